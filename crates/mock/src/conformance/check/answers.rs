//! What the transport returns is what the peer answered.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header::SET_COOKIE};
use hubchannel_api::{
    Client, PublishMessage,
    model::{DeliveryIdentifier, NewMessage, Participant},
};
use serde_json::{Value, json};

use super::{
    Verdict,
    requests::all_there,
    trial::{BODY, Exam, fail, same, same_bytes},
};
use crate::conformance::{Framing, Peer};

/// Each byte that there is.
pub(super) fn every_byte() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

/// One MiB that does not repeat soon.
pub(super) fn large() -> Vec<u8> {
    (0..0x10_0000_u32)
        .map(|at| (at.wrapping_mul(0x9e37_79b1) >> 24) as u8)
        .collect()
}

/// More than what sockets hold between one who writes and one who does not read.
pub(super) fn very_large() -> Vec<u8> {
    let mut bytes = large().repeat(8);
    bytes.splice(..BODY.len(), BODY.bytes());
    bytes
}

pub(super) fn response(status: StatusCode, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
}

pub(super) async fn an_answer_of_any_status_is_an_answer(exam: Exam<'_>) -> Verdict {
    for status in [
        200, 201, 202, 204, 400, 401, 404, 409, 418, 423, 429, 477, 500, 503, 599,
    ] {
        let Ok(status) = StatusCode::from_u16(status) else {
            continue;
        };
        let body = if status == StatusCode::NO_CONTENT { "" } else { "{}" };
        let trial = exam.answering(response(status, body)).await?;
        let (parts, came) = trial.answer(trial.post()?).await?;
        same("status", parts.status, status)?;
        same_bytes(format_args!("body of the status {status}"), &came, body.as_bytes())?;
        trial.received_only(1).await?;
    }
    Ok(())
}

pub(super) async fn headers_of_an_answer_come_with_all_their_values(exam: Exam<'_>) -> Verdict {
    let mut response = response(StatusCode::TOO_MANY_REQUESTS, "{}");
    for (name, value) in [
        ("content-type", "application/json;charset=utf-8"),
        ("set-cookie", "a=1; Path=/"),
        ("set-cookie", "b=2"),
        ("retry-after", "10"),
        ("x-empty", ""),
        ("x-blanks", "a  b"),
    ] {
        let name = HeaderName::from_static(name);
        response.headers_mut().append(name, HeaderValue::from_static(value));
    }
    let sent = response.headers().clone();
    let trial = exam.answering(response).await?;
    let (parts, _) = trial.answer(trial.post()?).await?;
    all_there(&parts.headers, &sent)
}

pub(super) async fn header_bytes_beyond_ascii_travel_both_ways(exam: Exam<'_>) -> Verdict {
    let name = HeaderName::from_static("x-name");
    let value = HeaderValue::from_bytes(b"J\xc3\xb6rg, Ren\xe9").map_err(fail)?;
    let mut response = response(StatusCode::OK, "{}");
    response.headers_mut().insert(name.clone(), value.clone());
    let expected = response.headers().clone();
    let trial = exam.answering(response).await?;
    let mut request = trial.post()?;
    request.headers_mut().insert(name, value);
    let (parts, _) = trial.answer(request).await?;
    all_there(&parts.headers, &expected)?;
    all_there(trial.received_one().await?.headers(), &expected)
}

pub(super) async fn a_body_of_known_length_comes_whole(exam: Exam<'_>) -> Verdict {
    comes_whole(exam, Framing::Length).await
}

pub(super) async fn a_body_in_pieces_comes_whole(exam: Exam<'_>) -> Verdict {
    comes_whole(exam, Framing::Chunked).await
}

async fn comes_whole(exam: Exam<'_>, framing: Framing) -> Verdict {
    for body in [Vec::new(), every_byte(), large()] {
        let response = response(StatusCode::OK, body.clone());
        let trial = exam.peer(Peer::Answers { response, framing }).await?;
        let (_, came) = trial.answer(trial.post()?).await?;
        same_bytes("body", &came, &body)?;
    }
    Ok(())
}

pub(super) async fn an_answer_that_comes_in_drips_comes_whole(exam: Exam<'_>) -> Verdict {
    for framing in [Framing::Length, Framing::Chunked] {
        for body in [Vec::new(), every_byte()] {
            let mut response = response(StatusCode::CREATED, body.clone());
            for cookie in ["a=1; Path=/", "b=2"] {
                response
                    .headers_mut()
                    .append(SET_COOKIE, HeaderValue::from_static(cookie));
            }
            let sent = response.headers().clone();
            let trial = exam.peer(Peer::Drips { response, framing }).await?;
            for _ in 0..2 {
                let (parts, came) = trial.answer(trial.post()?).await?;
                same("status", parts.status, StatusCode::CREATED)?;
                all_there(&parts.headers, &sent)?;
                same_bytes("body", &came, &body)?;
            }
            trial.received_only(2).await?;
        }
    }
    Ok(())
}

pub(super) async fn a_page_comes_as_it_is(exam: Exam<'_>) -> Verdict {
    const PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\u{e9}</body></html>\r\n";
    let mut response = response(StatusCode::BAD_GATEWAY, PAGE);
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("text/html; charset=UTF-8"));
    let sent = response.headers().clone();
    let trial = exam.answering(response).await?;
    let (parts, came) = trial.answer(trial.post()?).await?;
    same("status", parts.status, StatusCode::BAD_GATEWAY)?;
    all_there(&parts.headers, &sent)?;
    same_bytes("body", &came, PAGE.as_bytes())
}

pub(super) async fn a_compressed_answer_comes_as_it_is(exam: Exam<'_>) -> Verdict {
    /// `{"id":"7"}` by gzip.
    const COMPRESSED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\
        \xabV\xcaLQ\xb2R2W\xaa\x05\x00A\xb4\x95\xf2\n\x00\x00\x00";
    let mut response = response(StatusCode::OK, COMPRESSED);
    response
        .headers_mut()
        .insert("content-encoding", HeaderValue::from_static("gzip"));
    let sent = response.headers().clone();
    let trial = exam.answering(response).await?;
    let (parts, came) = trial.answer(trial.post()?).await?;
    all_there(&parts.headers, &sent)?;
    same_bytes("body of a compressed answer", &came, COMPRESSED)
}

pub(super) async fn an_empty_answer_comes_as_it_is(exam: Exam<'_>) -> Verdict {
    for status in [StatusCode::OK, StatusCode::INTERNAL_SERVER_ERROR] {
        let trial = exam.answering(response(status, "")).await?;
        let (parts, came) = trial.answer(trial.post()?).await?;
        same("status", parts.status, status)?;
        same_bytes("body", &came, b"")?;
    }
    Ok(())
}

pub(super) async fn a_client_publishes_over_the_transport(exam: Exam<'_>) -> Verdict {
    let mut response = response(StatusCode::CREATED, json!({"id": "5c1f0b8e", "text": "Hello"}).to_string());
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json;charset=utf-8"));
    let trial = exam.answering(response).await?;
    let client = Client::builder(trial.transport().clone())
        .base_url(trial.base_url().clone())
        .build();
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    let body = NewMessage::incoming("3307400689", visitor, "Hello").set_integration_idempotency_id("chat-42/7");
    let message = trial
        .wait(client.publish_message(PublishMessage::new("2930388", body)))
        .await?
        .map_err(|error| fail(format_args!("the client failed: {error}")))?;
    same("id", message.id.as_ref().map(ToString::to_string), Some("5c1f0b8e".to_owned()))?;
    same("status", message.status(), Some(StatusCode::CREATED))?;
    let received = trial.received_one().await?;
    let json: Value = serde_json::from_slice(received.body()).map_err(fail)?;
    same("key", json.get("integrationIdempotencyId"), Some(&json!("chat-42/7")))
}
