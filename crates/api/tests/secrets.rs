//! What must not be shown is not shown.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use common::{Wire, now};
use http::{
    HeaderValue, Request, Response,
    header::{ACCEPT, AUTHORIZATION, COOKIE},
};
use hubchannel_api::{
    Body, Call, CallEndpoint, Client, ConversationsClient, DownloadFile, EndpointsClient, Error, FilesClient, GetActor,
    GetChannel, HttpTransport, Reach, ReadActors, TransportError, TransportErrorKind, UpdateChannelAccountStagingToken,
    hide_secrets,
    model::{ActorBatch, DeliveryIdentifier, StagingTokenUpdate},
    redact::{Headers, Path},
};
use proptest::{collection, prelude::*, sample};

#[test]
fn a_path_is_shown_without_the_token_in_it() {
    let before = "/conversations/v3/custom-channels/7/channel-account-staging-tokens";
    for token in [
        "/SECRET",
        "/SECRET/",
        "//SECRET",
        "/a/SECRET",
        "/SEC%2FRET",
        "%2FSECRET",
        "%2fSECRET/x",
        "/…SECRET",
        ".SECRET",
    ] {
        assert_eq!(Path(&format!("{before}{token}")).to_string(), format!("{before}/…"), "{token}");
    }
    for spelling in [
        "channel%2Daccount-staging-tokens",
        "Channel-Account-Staging-Tokens",
        "%63hannel-account-staging-tokens",
    ] {
        let path = format!("https://example.com/x/{spelling}/SECRET?hapikey=SECRET");
        let shown = "https://example.com/x/channel-account-staging-tokens/…";
        assert_eq!(Path(&path).to_string(), shown);
        assert_eq!(format!("{:?}", Path(&path)), format!("{shown:?}"));
    }
}

#[test]
fn a_path_that_is_no_operation_here_is_shown_without_its_token_too() {
    for (path, shown) in [
        ("/oauth/v1/access-tokens/SECRET", "/oauth/v1/access-tokens/…"),
        ("/oauth/v1/refresh-tokens/SECRET/", "/oauth/v1/refresh-tokens/…"),
        ("//oauth//v1//access-tokens//SECRET", "//oauth//v1//access-tokens/…"),
        ("/oauth/v1/access-tokens/", "/oauth/v1/access-tokens"),
        ("/oauth/v1/access-tokens/./../SECRET", "/oauth/v1/access-tokens/…"),
        ("/oauth%2Fv1%2faccess-tokens%2FSECRET", "/…/access-tokens/…"),
        ("/oauth%252Fv1%252Faccess%252Dtokens/SECRET", "/…/access-tokens/…"),
        ("/oauth/v1%5Crefresh-tokens%5CSECRET", "/oauth/…/refresh-tokens/…"),
        ("/oauth/v1/Refresh-Tokens;v=1/SECRET", "/oauth/v1/refresh-tokens/…"),
    ] {
        assert_eq!(Path(path).to_string(), shown, "{path}");
    }
}

/// One character of a path in one of its spellings.
fn spelt(character: char, how: u8) -> String {
    let escaped = format!("%{:02X}", u32::from(character));
    match how % 8 {
        0 => escaped,
        1 => escaped.to_ascii_lowercase(),
        2 => escaped.replace('%', "%25"),
        3 => escaped.replace('%', "%2525"),
        4 => character.to_ascii_uppercase().to_string(),
        _ => character.to_string(),
    }
}

/// The path of an operation with a token in it, in one of its spellings.
fn path_with_secret() -> impl Strategy<Value = String> {
    let start = sample::select(vec![
        "/conversations/v3/custom-channels/7/channel-account-staging-tokens/",
        "/conversations/custom-channels/2026-03/7/channel-account-staging-tokens/",
        "/oauth/v1/access-tokens/",
        "/oauth/v1/refresh-tokens/",
    ]);
    let slashes =
        collection::vec(sample::select(vec!["/", "/", "/", "//", "/./", "%2F", "%2f", "%252F", "/%2F", "%5C"]), 9);
    let before = sample::select(vec!["", "https://api.hubapi.com", "/proxy"]);
    let after = sample::select(vec!["", "/", "//", "/more", "?hapikey=SECRET", "#SECRET", "%2F", "/SECRET"]);
    (before, start, slashes, collection::vec(any::<u8>(), 80), after).prop_map(
        |(before, start, slashes, how, after)| {
            let mut slashes = slashes.into_iter();
            let path: String = start
                .chars()
                .zip(how)
                .map(|(character, how)| match character {
                    '/' => slashes.next().unwrap_or("/").to_owned(),
                    character => spelt(character, how),
                })
                .collect();
            format!("{before}{path}SECRET{after}")
        },
    )
}

proptest! {
    #[test]
    fn a_path_is_shown_without_its_token_in_any_spelling(path in path_with_secret()) {
        let shown = Path(&path).to_string();
        prop_assert!(!shown.contains("SECRET"), "{} of {}", shown, path);
        prop_assert!(shown.ends_with("-tokens/…"), "{} of {}", shown, path);
    }

    #[test]
    fn any_text_is_shown_without_its_query_and_otherwise_as_it_is(path in "[a-z/%.]{0,20}", query in "[?#].{0,9}") {
        prop_assert_eq!(Path(&format!("{path}{query}")).to_string(), path);
    }
}

#[test]
fn any_other_path_is_shown_as_it_is() {
    for path in [
        "",
        "/",
        "//",
        "/a//b/",
        "a/%2F%FF/\u{e9}",
        "/x/channel-account-staging-tokens",
    ] {
        assert_eq!(Path(path).to_string(), path);
        assert_eq!(Path(&format!("{path}?hapikey=SECRET#SECRET")).to_string(), path);
    }
}

fn staging(token: &str) -> UpdateChannelAccountStagingToken {
    let body = StagingTokenUpdate::new("Harbour website", DeliveryIdentifier::opaque("harbour"));
    UpdateChannelAccountStagingToken::new("7", token, body)
}

/// Everything that is shown of a failed call.
fn shown(answer: Wire, token: &str) -> (Error, String) {
    let error = now(answer.client().update_channel_account_staging_token(staging(token))).unwrap_err();
    let source = std::error::Error::source(&error).map(|source| format!("{source} {source:?}"));
    let shown = format!("{error} {error:?} {source:?}");
    (error, shown)
}

#[test]
fn no_error_shows_the_token_of_its_call() {
    let token = "SECRET/1+\u{fc}";
    let long = "x".repeat(297);
    let bodies = [
        format!(r#"{{"message":"Staging token {token} not found","correlationId":"{token}"}}"#),
        format!(r#"{{"message":"{long}{token}"}}"#),
        format!(
            r#"{{"category":"{token}","subCategory":"{token}","message":"","errors":["{token}",{{"message":"{token}"}}]}}"#
        ),
        format!(r#"{{"inner":{{"message":"{token}","category":"{token}"}}}}"#),
        "<html><title>Error 404 at /x/channel-account-staging-tokens/SECRET%2F1%2B%C3%BC</title></html>".to_owned(),
    ];
    for body in bodies {
        let (error, shown) = shown(Wire::answering(404, &[], &body), token);
        assert!(!shown.contains("SECRET") && shown.contains('…'), "{shown}");
        assert_eq!(error.body().unwrap(), body.as_bytes(), "the bytes stay");
    }
    let (_, shown) = shown(Wire::answering(200, &[], r#"{"accountToken":["SECRET/1+ü"]}"#), token);
    assert!(!shown.contains("SECRET") && shown.contains("accountToken"), "{shown}");
}

#[test]
fn a_transport_that_tells_the_address_tells_no_token() {
    let wire = Wire::new(|| {
        let message = "cannot reach /x/channel-account-staging-tokens/SECRET";
        Err(TransportError::new(TransportErrorKind::Connect, Reach::NotSent, message))
    });
    let (_, shown) = shown(wire, "SECRET");
    assert!(!shown.contains("SECRET") && shown.contains("cannot reach"), "{shown}");
}

#[test]
fn a_token_that_cannot_be_sent_is_not_shown_either() {
    let (_, shown) = shown(Wire::ok(), "..");
    assert!(shown.contains("accountToken must not be"), "{shown}");
    let mut call = staging("SECRET");
    call.channel_id = "no number".into();
    let error = now(Wire::ok().client().update_channel_account_staging_token(call)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("SECRET"));
}

#[test]
fn neither_the_call_nor_what_layers_are_told_shows_the_token() {
    let wire = Wire::answering(200, &[], r#"{"accountToken":"SECRET"}"#);
    let call = staging("SECRET");
    assert!(!format!("{call:?}").contains("SECRET"));
    let reply = now(wire.client().update_channel_account_staging_token(call)).unwrap();
    assert!(!format!("{reply:?}").contains("SECRET"));
    let sent = wire.only();
    let told = sent.extensions().get::<Call>().unwrap();
    assert!(!format!("{told:?} {}", Path(&sent.uri().to_string())).contains("SECRET"));
    assert!(sent.uri().path().ends_with("/SECRET"));
}

#[test]
fn a_piece_of_a_path_with_somebody_s_address_is_hidden_in_any_spelling() {
    for piece in [
        "E-ada@example.com",
        "E-ada%40example.com",
        "ada%2540example.com",
        "@",
        "x%2Fada@b",
    ] {
        let path = format!("/conversations/v3/conversations/actors/{piece}/more?x=1");
        assert_eq!(Path(&path).to_string(), "/conversations/v3/conversations/actors/…/more", "{piece}");
    }
}

/// Everything that is shown of an error.
fn shown_of(error: &Error) -> String {
    let source = std::error::Error::source(error).map(|source| format!("{source} {source:?}"));
    format!("{error} {error:?} {error:#?} {source:?}")
}

#[test]
fn nothing_shows_whom_a_call_is_about_not_even_in_the_server_s_words() {
    let answer =
        r#"{"message":"no E-ada@example.com, ada@example.com or ada%40example.com, nor +1 555 0100 in 7, ok"}"#;
    let wire = Wire::answering(404, &[], answer);
    let conversations = ConversationsClient::new(wire.clone());
    for error in [
        now(conversations.get_actor(GetActor::new("E-ada@example.com"))).unwrap_err(),
        now(conversations.read_actors(ReadActors::new(ActorBatch::new(["A-1", "E-ada@example.com"])))).unwrap_err(),
    ] {
        let shown = shown_of(&error);
        assert!(!shown.contains("ada") && shown.contains("no …, … or …, nor "), "{shown}");
    }
    let call = CallEndpoint::get("/crm/v3/objects/contacts")
        .add_segment("ada@example.com")
        .add_segment("7")
        .add_query("phone", "+1 555 0100");
    assert!(format!("{call:?}").contains(r#"path: "/crm/v3/objects/contacts/…/…""#), "{call:?}");
    let wire = Wire::answering(404, &[], answer);
    let base_url = "https://proxy.example.com/hub/spot".parse().unwrap();
    let endpoints = EndpointsClient::builder(wire.clone()).base_url(base_url).build();
    let shown = shown_of(&now(endpoints.call_endpoint(call)).unwrap_err());
    assert!(!shown.contains(" ada") && !shown.contains("555") && shown.contains("in 7, ok"), "{shown}");
    let sent = wire.only();
    assert_eq!(sent.uri().path(), "/hub/spot/crm/v3/objects/contacts/ada%40example.com/7");
    let told = sent.extensions().get::<Call>();
    assert_eq!(Path::of(told, sent.uri().path()).to_string(), "/hub/spot/crm/v3/objects/contacts/…/…");
}

/// A layer that puts a pass onto every request, and one around it that puts a shorter one.
#[derive(Debug)]
struct WithPasses(Wire);

#[async_trait]
impl HttpTransport for WithPasses {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let outcome = hide_secrets(self.0.send(request).await, [&"SECRET-pass".into(), &"7".into()]);
        hide_secrets(outcome, [&"SECRET".into(), &"by/pass".into()])
    }
}

#[test]
fn no_error_shows_what_a_layer_has_put_onto_the_request() {
    let bodies = [
        r#"{"message":"no SECRET-pass in 7, ok","category":"SECRET-pass","correlationId":"SECRET"}"#,
        r#"{"message":"no SECRET or SECRET-pass in 7, ok","errors":[{"message":"SECRET-pass"}]}"#,
        r#"{"error":{"message":"no SECRET-pass in 7, ok","status":"SECRET-pass","correlationId":"SECRET-pass"}}"#,
        "<html><title>no SECRET-pass in 7, ok</title></html>",
    ];
    let wires = bodies.map(|body| Wire::answering(404, &[], body));
    let lost = Wire::new(|| {
        let message = "no SECRET-pass in 7, ok";
        Err(TransportError::new(TransportErrorKind::Connect, Reach::NotSent, message))
    });
    for wire in wires.into_iter().chain([lost]) {
        let client = Client::new(WithPasses(wire.clone()));
        let files = FilesClient::new(WithPasses(wire));
        for error in [
            now(client.get_channel(GetChannel::new("1"))).unwrap_err(),
            now(files.download_file(DownloadFile::new("https://cdn.example.com/a"))).unwrap_err(),
        ] {
            let shown = shown_of(&error);
            assert!(!shown.contains("SECRET") && !shown.contains("pass"), "{shown}");
            assert!(shown.contains("in 7, ok"), "{shown}");
        }
    }
    let reply = now(WithPasses(Wire::ok()).send(Request::new(Body::empty()))).unwrap();
    assert!(reply.extensions().is_empty(), "a success costs nothing");
}

#[test]
fn no_answer_has_a_secret_in_place_of_an_id() {
    for status in [200, 404] {
        for id in ["SECRET-pass", "id-SECRET", "by%2Fpass"] {
            let ids = [
                ("x-hubspot-correlation-id", id),
                ("x-request-id", id),
                ("x-request-id", "7"),
            ];
            let client = Client::new(WithPasses(Wire::answering(status, &ids, "<html>")));
            let error = now(client.get_channel(GetChannel::new("1"))).unwrap_err();
            let shown = format!("{} {:?}", shown_of(&error), Headers(error.headers().unwrap()));
            assert!(!shown.contains("SECRET") && !shown.contains("pass"), "{shown}");
            assert_eq!(error.correlation_id(), None, "{id}");
        }
        let ids = [("x-hubspot-correlation-id", "SECRET-pass"), ("x-request-id", "a-7")];
        let client = Client::new(WithPasses(Wire::answering(status, &ids, "<html>")));
        let error = now(client.get_channel(GetChannel::new("1"))).unwrap_err();
        assert_eq!(error.correlation_id(), Some("a-7"), "what has none stays");
    }
}

#[test]
fn no_error_shows_what_an_endpoint_was_called_with() {
    let answer =
        r#"{"message":"no CIrT0abc.def-7, T0ken-SECRET, Basic.SECRET, key=SECRET1; application/xml or 7a, ok"}"#;
    let call = CallEndpoint::get("/oauth/v1/access-tokens")
        .add_segment("CIrT0abc.def-7")
        .add_query("portal", "7a")
        .add_query("proof", "T0ken-SECRET")
        .set_header(ACCEPT, HeaderValue::from_static("application/xml"))
        .set_header(AUTHORIZATION, HeaderValue::from_static("Basic Basic.SECRET"))
        .set_header(COOKIE, HeaderValue::from_static("key=SECRET1"));
    let endpoints = EndpointsClient::new(Wire::answering(404, &[], answer));
    let shown = shown_of(&now(endpoints.call_endpoint(call)).unwrap_err());
    assert!(shown.contains("no …, …, …, …; application/xml or 7a, ok"), "{shown}");
    assert!(!shown.contains("SECRET") && !shown.contains("CIrT0"), "{shown}");
}

/// A server that repeats this of an address that it redirects to, or was asked for.
fn shown_of_download(redirected: bool, path: &str, told: &str) -> String {
    let address = format!("https://cdn.example.com{path}");
    let body = format!(r#"{{"message":"no such file: {told}, sorry"}}"#);
    let asked = AtomicBool::new(!redirected);
    let location = address.clone();
    let wire = Wire::new(move || {
        let response = Response::builder();
        let response = if asked.swap(true, Ordering::SeqCst) {
            response.status(404).body(Body::from(body.clone()))
        } else {
            response.status(302).header("location", &location).body(Body::empty())
        };
        Ok(response.unwrap())
    });
    let first = if redirected {
        "https://cdn.example.com/f/mail-and-more".to_owned()
    } else {
        address
    };
    let files = FilesClient::new(wire);
    shown_of(&now(files.download_file(DownloadFile::new(first))).unwrap_err())
}

#[test]
fn no_error_of_a_download_shows_the_path_of_a_foreign_address() {
    let path = "/f/c4pability%2Dof-SECRET/%c3%bc/SECRET%20file.png";
    for told in [
        path,
        "/f/c4pability-of-SECRET/\u{fc}/SECRET file.png",
        "f/c4pability%2Dof-SECRET/%c3%bc/SECRET%20file.png",
        "f/c4pability-of-SECRET/\u{fc}/SECRET file.png",
        "%2Ff%2Fc4pability-of-SECRET%2F%C3%BC%2FSECRET%20file.png",
        "SECRET%20file.png",
        "the key c4pability-of-SECRET",
        "https://cdn.example.com/f/c4pability%2Dof-SECRET/%c3%bc/SECRET%20file.png",
    ] {
        for redirected in [false, true] {
            for query in ["", "?expires=1800000000"] {
                let shown = shown_of_download(redirected, &format!("{path}{query}"), told);
                assert!(!shown.contains("SECRET") && !shown.contains("c4pability"), "{told}: {shown}");
                assert!(shown.contains("no such file: ") && shown.contains("…, sorry"), "{told}: {shown}");
            }
        }
    }
    let shown = shown_of_download(false, "/", "n/a");
    assert!(shown.contains("no such file: n/a, sorry"), "{shown}");
}

proptest! {
    #[test]
    fn no_error_of_a_download_shows_a_foreign_path_however_it_is_spelt(
        pieces in collection::vec("[a-z]{0,3}S9([0-9A-Za-z_~-]|%2[0-9a-fA-F]|%[cC]3%[aAbB][0-9]){4,20}", 1..5),
        redirected: bool,
        decoded: bool,
        slash: bool,
    ) {
        let path = format!("/{}", pieces.join("/"));
        let told = if decoded { percent_encoding::percent_decode_str(&path).decode_utf8_lossy() } else { (*path).into() };
        let told = if slash { &told } else { told.trim_start_matches('/') };
        let told = serde_json::to_string(told).unwrap();
        let shown = shown_of_download(redirected, &path, told.trim_matches('"'));
        prop_assert!(!shown.contains("S9"), "{} of {}", shown, path);
    }
}

#[cfg(feature = "server")]
#[test]
fn a_server_shows_no_token_of_any_operation() {
    use http::Request;
    use hubchannel_api::{
        ApiVersion, Area, Segment,
        server::{OPERATIONS, route},
    };

    const FORM: &str = "--x\r\ncontent-disposition: form-data; name=\"fileName\"\r\n\r\na\r\n\
        --x\r\ncontent-disposition: form-data; name=\"folderPath\"\r\n\r\n/\r\n\
        --x\r\ncontent-disposition: form-data; name=\"options\"\r\n\r\n{}\r\n\
        --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\r\n--x--\r\n";
    let mut with_secrets = 0;
    for operation in OPERATIONS {
        let pieces = operation.path.iter().map(|segment| match segment {
            Segment::Literal(literal) => (*literal).to_owned(),
            Segment::Secret(_) => "SECRET".to_owned(),
            _ => "7".to_owned(),
        });
        let path = pieces.fold(operation.area.base(ApiVersion::V3).to_owned(), |path, piece| format!("{path}/{piece}"));
        let (media_type, body) = match operation.area {
            Area::OAuth => ("application/x-www-form-urlencoded", "{}"),
            Area::Files => ("multipart/form-data; boundary=x", FORM),
            _ => ("application/json", "{}"),
        };
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = operation.method.clone();
        *request.uri_mut() = path.parse().unwrap();
        request
            .headers_mut()
            .insert("content-type", media_type.parse().unwrap());
        let found = route(&request).unwrap();
        let call = found.read(&request).unwrap();
        assert!(!format!("{found:?} {call:?} {}", Path(&path)).contains("SECRET"), "{path}");
        with_secrets += usize::from(path.contains("SECRET"));
    }
    assert_eq!(with_secrets, 1);
}
