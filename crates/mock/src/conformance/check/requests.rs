//! What a peer receives is what was sent.

use http::{HeaderMap, HeaderValue, Method, Response, Uri};
use hubchannel_api::{Body, Reach, TransportErrorKind::Refused};

use super::{
    Verdict,
    trial::{BODY, Exam, TOKEN, fail, same, same_bytes},
};
use crate::conformance::check::answers::{every_byte, large};

pub(super) async fn the_method_arrives(exam: Exam<'_>) -> Verdict {
    let trial = exam.answering(Response::default()).await?;
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for method in &methods {
        trial
            .answer(trial.request(method.clone(), "/messages", Body::empty())?)
            .await?;
    }
    let received: Vec<_> = trial
        .received()
        .iter()
        .map(|request| request.method().clone())
        .collect();
    same("methods", &*received, &methods)
}

pub(super) async fn path_and_query_arrive_as_they_are_written(exam: Exam<'_>) -> Verdict {
    for rest in [
        "",
        "/",
        "/messages?",
        "/a%2Fb/c%20d/%C3%A9/~x-y_z.t?q=a+b%26c&empty=&q=%22",
        "/a//b;c=d,e/@:!$&'()*+?next=/x?y",
    ] {
        let trial = exam.answering(Response::default()).await?;
        let mut request = trial.post()?;
        let address = format!("{}{rest}", trial.base_url());
        let uri: Uri = address
            .parse()
            .map_err(|error| fail(format_args!("the base address gives no address: {error}")))?;
        *request.uri_mut() = uri.clone();
        trial.answer(request).await?;
        let received = trial.received_one().await?;
        let written = |uri: &Uri| uri.path_and_query().map(|path| path.to_string());
        same("path and query", written(received.uri()), written(&uri))?;
    }
    Ok(())
}

/// What some readers of addresses change: each means another thing than what they make of it.
pub(super) async fn an_unusual_address_arrives_as_it_is_written_or_is_refused(exam: Exam<'_>) -> Verdict {
    for rest in [
        "/messages?text='hello'",
        "/messages?text=\"hello\"",
        "/messages/{id}",
        "/messages/..\\x",
        "/a/../messages",
        "/a/./messages",
        "/a/%2e%2E/messages",
    ] {
        let trial = exam.answering(Response::default()).await?;
        let mut request = trial.post()?;
        // Where it can be the address of a request at all.
        let Ok(uri) = format!("{}{rest}", trial.base_url()).parse::<Uri>() else {
            continue;
        };
        *request.uri_mut() = uri.clone();
        let result = trial.wait(trial.sending(request)).await?;
        if result.is_err() {
            trial.failure(result, &[Refused], Reach::NotSent)?;
            trial.received_only(0).await?;
            continue;
        }
        let received = trial.received_one().await?;
        let written = |uri: &Uri| uri.path_and_query().map(|path| path.to_string());
        same("path and query", written(received.uri()), written(&uri))?;
    }
    Ok(())
}

/// What some clients change without a word, and some ask another server than is named.
pub(super) async fn an_address_that_names_no_server_is_refused(exam: Exam<'_>) -> Verdict {
    exam.connects()?;
    let trial = exam.answering(Response::default()).await?;
    let whole = trial.post()?.uri().to_string();
    let no_address = |error| fail(format_args!("the base address gives no address: {error}"));
    let uri: Uri = whole.parse().map_err(no_address)?;
    let parts = (uri.scheme_str(), uri.authority(), uri.path_and_query());
    let (Some(scheme), Some(authority), Some(path)) = parts else {
        return Err(fail("the base address is not whole"));
    };
    let host = authority.host();
    for (what, method, address) in [
        ("to an address with a user name", Method::POST, format!("{scheme}://{TOKEN}@{authority}{path}")),
        ("to an address with a password", Method::POST, format!("{scheme}://ada:{TOKEN}@{authority}{path}")),
        ("to a port that is none", Method::POST, format!("{scheme}://{host}:99999{path}")),
        ("to an empty port", Method::POST, format!("{scheme}://{host}:{path}")),
        ("by ftp", Method::POST, format!("ftp://{authority}{path}")),
        ("to a path without a server", Method::POST, path.to_string()),
        ("for a tunnel", Method::CONNECT, whole),
    ] {
        let mut request = trial.post()?;
        *request.method_mut() = method;
        *request.uri_mut() = address.parse().map_err(no_address)?;
        let result = trial.wait(trial.sending(request)).await?;
        let outcome = result
            .as_ref()
            .map(Response::status)
            .map_err(|error| (error.kind(), error.reach()));
        same(format_args!("what a request {what} came to"), outcome, Err((Refused, Reach::NotSent)))?;
        trial.failure(result, &[Refused], Reach::NotSent)?;
    }
    trial.received_only(0).await
}

pub(super) async fn headers_arrive_with_all_their_values(exam: Exam<'_>) -> Verdict {
    let trial = exam.answering(Response::default()).await?;
    let mut request = trial.post()?;
    for (name, value) in [
        ("x-tag", "one"),
        ("x-tag", "two, three"),
        ("x-empty", ""),
        ("x-blanks", "a  b"),
    ] {
        request.headers_mut().append(name, HeaderValue::from_static(value));
    }
    let sent = request.headers().clone();
    trial.answer(request).await?;
    all_there(trial.received_one().await?.headers(), &sent)
}

/// Wants all of these headers, each with all its values in order.
pub(super) fn all_there(seen: &HeaderMap, expected: &HeaderMap) -> Verdict {
    for name in expected.keys() {
        let values = |headers: &HeaderMap| -> Vec<_> {
            headers
                .get_all(name)
                .iter()
                .map(|value| value.as_bytes().escape_ascii().to_string())
                .collect()
        };
        same(format_args!("header {name}"), values(seen), values(expected))?;
    }
    Ok(())
}

pub(super) async fn headers_are_added_only_where_http_needs_them(exam: Exam<'_>) -> Verdict {
    const NEEDED: &[&str] = &["host", "content-length", "transfer-encoding", "connection", "te"];
    let trial = exam.answering(Response::default()).await?;
    let request = trial.post()?;
    let mut bare = trial.post()?;
    bare.headers_mut().clear();
    let sent = [request.headers().clone(), HeaderMap::new()];
    trial.answer(request).await?;
    trial.answer(bare).await?;
    trial.received_only(2).await?;
    for (received, sent) in trial.received().iter().zip(sent) {
        let added: Vec<_> = received
            .headers()
            .keys()
            .map(|name| name.as_str())
            .filter(|name| !sent.contains_key(*name) && !NEEDED.contains(name) && !trial.adds().contains(name))
            .collect();
        same("headers that were added", added, Vec::new())?;
    }
    Ok(())
}

pub(super) async fn a_body_arrives_whole(exam: Exam<'_>) -> Verdict {
    for body in [Vec::new(), BODY.into(), every_byte(), large()] {
        let trial = exam.answering(Response::default()).await?;
        trial
            .answer(trial.request(Method::POST, "/messages", body.clone())?)
            .await?;
        same_bytes("body", trial.received_one().await?.body(), &body)?;
    }
    Ok(())
}

pub(super) async fn an_extension_of_a_request_changes_nothing(exam: Exam<'_>) -> Verdict {
    #[derive(Clone)]
    struct Unheard;

    let trial = exam.answering(Response::default()).await?;
    let mut request = trial.post()?;
    request.extensions_mut().insert(Unheard);
    trial.answer(request).await?;
    same_bytes("body", trial.received_one().await?.body(), BODY.as_bytes())
}
