//! What a caller is told when something is wrong.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::Duration;

use common::{Wire, now, publish};
use http::{HeaderMap, StatusCode};
use hubchannel_api::{
    Attempts, Body, Client, CustomChannels, Error, ErrorKind, GaveUp, GetMessage, Operation, PublishMessage, Reach,
    TransportError, TransportErrorKind, UpdateMessageStatus, model::StatusUpdate,
};

fn rejected(status: u16, headers: &[(&'static str, &str)], body: &str) -> Error {
    publish(&Wire::answering(status, headers, body)).unwrap_err()
}

#[test]
fn the_usual_body_is_read_and_shown_on_one_line() {
    let body = r#"{"status":"error","message":"Channel 12 not found","correlationId":"82db6b59","category":
        "OBJECT_NOT_FOUND","subCategory":"ChannelIntegrationMessagePublishError.CHANNEL_DOES_NOT_EXIST",
        "context":{"channelId":["12"]}}"#;
    let error = rejected(404, &[], body);
    assert_eq!(
        error.to_string(),
        "publish_message: the server answered 404 OBJECT_NOT_FOUND / \
         ChannelIntegrationMessagePublishError.CHANNEL_DOES_NOT_EXIST: Channel 12 not found \
         (correlation id 82db6b59); nothing was published"
    );
    assert!(error.is_not_found() && !error.is_retryable() && !error.outcome_unknown());
    assert_eq!(error.correlation_id(), Some("82db6b59"));
    let context = error.error_body().unwrap().context.as_ref().unwrap();
    assert_eq!(context["channelId"], ["12"]);
    assert_eq!(error.body().unwrap(), body.as_bytes());
}

#[test]
fn an_odd_member_costs_no_more_of_the_body_than_itself() {
    let body = r#"{"status":400,"message":"no","category":"VALIDATION_ERROR","correlationId":"c1","links":{"scopes":null},
        "context":{"channelId":"12"},"errors":[5,"first"]}"#;
    let error = rejected(400, &[], body);
    assert_eq!(error.error_body().unwrap().extra.get("context"), Some(r#"{"channelId":"12"}"#));
    assert_eq!(
        error.to_string(),
        "publish_message: the server answered 400 VALIDATION_ERROR: no; first (correlation id c1); nothing was published"
    );
}

#[test]
fn every_shape_of_body_gives_a_readable_line() {
    let cases = [
        (r#"{"message":"Unable to parse value for path parameter: channelId"}"#, "Bad Request: Unable to parse"),
        (r#"{"status":"error","message":"invalid","errors":["userId may not be null"]}"#, "invalid; userId may not"),
        (r#"{"message":"no","errors":[{"message":"first"},{"message":"second","code":"X"}]}"#, "no; first; second"),
        (
            r#"{"message":"secondly limit","errorType":"RATE_LIMIT","policyName":"SECONDLY","correlationId":""}"#,
            "RATE_LIMIT / SECONDLY: secondly limit; nothing",
        ),
        (r#"{"message":"m","context":{"a":"not a list"},"correlationId":"c1"}"#, ": m (correlation id c1)"),
        (r#"{"fail":{"error":{"message":"inside","category":"SERVICE_UNAVAILABLE"}}}"#, "SERVICE_UNAVAILABLE: inside"),
        (r#"{"error":"invalid_grant","error_description":"revoked"}"#, ": revoked"),
        (
            r#"{"errors":["userId may not be null","second"]}"#,
            "400 Bad Request: userId may not be null; second; nothing",
        ),
        (r#"{"errors":[{"code":"X"},{"message":"only here"}]}"#, "400 Bad Request: only here; nothing"),
        (r#"{"category":"VALIDATION_ERROR","errors":["e"]}"#, "400 VALIDATION_ERROR: e; nothing"),
        (r#"{"errors":[{"message":"deep","context":"no list of lists"}]}"#, "400 Bad Request: deep; nothing"),
        (r#"{"errors":["text"],"context":"none"}"#, "400 Bad Request: text; nothing"),
        (r#"[{"message":"listed"}]"#, "400 Bad Request: listed; nothing"),
        (r#"{"errors":[]}"#, "JSON without a message"),
        ("\u{feff}{\"message\":\"marked\"}", "400 Bad Request: marked; nothing"),
        ("\u{feff}<html><title>marked</title>", "a page titled marked"),
        ("\u{feff}", "an empty body"),
        ("[1,2]", "JSON without a message"),
        ("<html><head><TITLE>Error 404 Not Found</TITLE></head></html>", "a page titled Error 404 Not Found"),
        ("<!doctype html><p>hm", "a page without a title"),
        ("", "Bad Request: an empty body"),
        ("upstream connect error", "neither JSON nor a page"),
        ("\u{1}\u{2}", "neither JSON nor a page"),
    ];
    for (body, expected) in cases {
        let error = rejected(400, &[], body);
        let line = error.to_string();
        assert!(line.contains(expected), "{body}\n{line}");
        assert!(line.ends_with("; nothing was published"), "{line}");
        assert_eq!(error.body().unwrap(), body.as_bytes(), "the bytes stay");
        assert_eq!(error.kind(), ErrorKind::Rejected);
    }
}

#[test]
fn the_correlation_id_comes_from_the_headers_where_the_body_has_none() {
    let headers = [("x-hubspot-correlation-id", "from-header"), ("x-request-id", "other")];
    assert_eq!(rejected(502, &headers, "<html>").correlation_id(), Some("from-header"));
    assert_eq!(rejected(502, &headers[1..], "").correlation_id(), Some("other"));
    assert_eq!(rejected(400, &headers, r#"{"message":"m","correlationId":"own"}"#).correlation_id(), Some("own"));
}

#[test]
fn hostile_text_stays_on_one_line_and_short() {
    let message = format!("line\\nbreak\\u001b[31m\\u202e{}", "x".repeat(5000));
    let line = rejected(400, &[], &format!(r#"{{"message":"{message}"}}"#)).to_string();
    assert!(line.contains(r"line break\u{1b}[31m\u{202e}xxx"), "{line}");
    assert!(line.len() < 600 && line.contains('…'), "{line}");
    assert!(!line.chars().any(char::is_control));
}

#[test]
fn statuses_tell_whether_it_may_have_been_done() {
    // (status, may have been published, worth another try)
    let cases = [
        (301, true, false),
        (303, true, false),
        (307, false, false),
        (400, false, false),
        (401, false, false),
        (403, false, false),
        (404, false, false),
        (409, true, false),
        (418, false, false),
        (425, true, false),
        (499, true, false),
        (415, false, false),
        (423, false, true),
        (429, false, true),
        (477, false, true),
        (500, true, true),
        (501, true, false),
        (502, true, true),
        (503, true, true),
        (504, true, true),
        (524, true, true),
        (525, true, false),
    ];
    for (status, unknown, retryable) in cases {
        let error = rejected(status, &[], "");
        assert_eq!((error.outcome_unknown(), error.is_retryable()), (unknown, retryable), "{status}");
        let outcome = if unknown {
            "it may have been published"
        } else {
            "nothing was published"
        };
        assert!(error.to_string().ends_with(outcome), "{error}");
        assert!(error.idempotency_key().is_some(), "every failed publish tells its key");
    }
}

#[test]
fn a_success_that_cannot_be_read_may_have_been_done() {
    for body in ["", "<html>ok</html>", r#"{"id":{}}"#] {
        let error = rejected(201, &[], body);
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{body}");
        assert!(error.outcome_unknown() && !error.is_retryable());
    }
    let line = rejected(201, &[], r#"{"senders":[{"name":7}]}"#).to_string();
    assert!(line.contains("senders[0].name"), "{line}");
}

#[test]
fn transport_errors_keep_what_the_transport_knows() {
    let cases = [
        (TransportErrorKind::Connect, Reach::NotSent, ErrorKind::Connect, false, true),
        (TransportErrorKind::Timeout, Reach::NotSent, ErrorKind::Timeout, false, true),
        (TransportErrorKind::Timeout, Reach::Unknown, ErrorKind::Timeout, true, true),
        (TransportErrorKind::Interrupted, Reach::Unknown, ErrorKind::Interrupted, true, true),
        (TransportErrorKind::ResponseTooLarge, Reach::Unknown, ErrorKind::ResponseTooLarge, true, false),
        (TransportErrorKind::Refused, Reach::NotSent, ErrorKind::Refused, false, false),
        (TransportErrorKind::RateLimited, Reach::NotSent, ErrorKind::RateLimited, false, true),
    ];
    for (kind, reach, expected, unknown, retryable) in cases {
        let wire = Wire::new(move || Err(TransportError::new(kind, reach, "what happened")));
        let error = publish(&wire).unwrap_err();
        assert_eq!(error.kind(), expected);
        assert_eq!((error.outcome_unknown(), error.is_retryable()), (unknown, retryable), "{kind:?} {reach:?}");
        assert_eq!(error.is_rate_limited(), kind == TransportErrorKind::RateLimited);
        assert!(error.to_string().starts_with("publish_message: what happened; "), "{error}");
    }
}

#[test]
fn a_read_leaves_nothing_unknown() {
    let wire = Wire::answering(502, &[], "");
    let error = now(wire.client().get_message(GetMessage::new("1", "2"))).unwrap_err();
    assert!(!error.outcome_unknown() && error.is_retryable());
    assert_eq!(error.to_string(), "get_message: the server answered 502 Bad Gateway: an empty body");
    let report = UpdateMessageStatus::new("1", "2", StatusUpdate::sent());
    let error = now(wire.client().update_message_status(report)).unwrap_err();
    assert!(error.outcome_unknown() && error.is_retryable(), "setting a status twice sets it once");
}

#[test]
fn a_double_that_knows_nothing_says_so() {
    #[derive(Debug)]
    struct Nothing;
    impl CustomChannels for Nothing {}

    let error = now(Client::from_api(Nothing).publish_message(PublishMessage::new("1", common::hello()))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(!error.outcome_unknown() && !error.is_retryable());
}

#[test]
fn errors_are_small() {
    assert!(size_of::<Error>() <= 16 && size_of::<TransportError>() <= 16);
}

#[test]
fn neither_errors_nor_replies_show_what_may_be_secret() {
    let headers = [("set-cookie", "session=SECRET")];
    let error = rejected(201, &headers, r#"{"archived":"SECRET \"quoted\", expected words"}"#);
    let source = std::error::Error::source(&error).map(|source| format!("{source} {source:?}"));
    let shown = format!("{error} {error:?} {source:?}");
    assert!(!shown.contains("SECRET") && shown.contains("archived: invalid type: a string"), "{shown}");

    let body = r#"{"attachments":[{"type":"NEW","token":"SECRET"}],"token":"SECRET"}"#;
    let reply = publish(&Wire::answering(201, &headers, body)).unwrap();
    let shown = format!("{reply:?}");
    assert!(!shown.contains("SECRET") && shown.contains("set-cookie"), "{shown}");
}

#[test]
fn an_earlier_attempt_that_may_have_acted_leaves_the_outcome_unknown() {
    let earlier = |unknown| {
        let mut attempts = Attempts::one();
        attempts.count = 3;
        attempts.waited = Duration::from_millis(1500);
        attempts.earlier_unknown = unknown;
        attempts.gave_up = Some(GaveUp::MaxAttempts);
        attempts
    };
    let turned_down = |attempts| {
        let (status, body) = (StatusCode::TOO_MANY_REQUESTS, Body::from("{}"));
        Error::rejected(PublishMessage::INFO, status, HeaderMap::new(), body).with_attempts(attempts)
    };
    assert!(!turned_down(earlier(false)).outcome_unknown());
    let error = turned_down(earlier(true)).with_idempotency_key("k");
    assert!(error.outcome_unknown() && error.is_retryable());
    assert_eq!(
        error.to_string(),
        "publish_message: the server answered 429 Too Many Requests: JSON without a message; gave up after 3 attempts, \
         1.5s of waiting: as many as are made; it may have been published"
    );

    let refused = TransportError::new(TransportErrorKind::Connect, Reach::NotSent, "refused");
    let error = Error::from_transport(PublishMessage::INFO, refused.with_attempts(earlier(true)));
    assert!(error.outcome_unknown());
    assert_eq!(error.attempts().count, 3);
    let again = TransportError::new(TransportErrorKind::Connect, Reach::NotSent, "refused");
    let error = Error::from_transport(GetMessage::INFO, again.with_attempts(error.attempts().clone()));
    assert!(!error.outcome_unknown(), "reading changes nothing");
    assert_eq!(error.transport_error().and_then(TransportError::attempts), Some(error.attempts()));
}

#[test]
fn an_error_tells_how_long_to_wait_whoever_says_so() {
    type Headers = &'static [(&'static str, &'static str)];
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let answers: [(u16, Headers, Option<Duration>); 9] = [
        (503, &[], None),
        (503, &[("retry-after", "0")], seconds(0)),
        (503, &[("retry-after", "120")], seconds(120)),
        (503, &[("retry-after", "soon")], None),
        (
            503,
            &[
                ("retry-after", "Fri, 15 Jan 2027 08:01:00 GMT"),
                ("date", "Fri, 15 Jan 2027 08:00:00 GMT"),
            ],
            seconds(60),
        ),
        (503, &[("retry-after", "Fri, 15 Jan 2027 08:01:00 GMT")], None),
        (423, &[("retry-after", "1")], seconds(2)),
        (477, &[], seconds(10)),
        (404, &[], None),
    ];
    for (status, headers, wait) in answers {
        assert_eq!(rejected(status, headers, "{}").retry_after(), wait, "{status} {headers:?}");
    }
    let full = TransportError::new(TransportErrorKind::RateLimited, Reach::NotSent, "no room");
    assert_eq!(Error::from_transport(PublishMessage::INFO, full).retry_after(), None);
    let full = TransportError::new(TransportErrorKind::RateLimited, Reach::NotSent, "no room");
    let full = full.with_retry_after(Duration::from_secs(300));
    assert_eq!(Error::from_transport(PublishMessage::INFO, full).retry_after(), seconds(300));
}
