//! What a client sends.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::{Duration, SystemTime};

use common::{Wire, hello, json, now};
use http::HeaderValue;
use hubchannel_api::{
    ApiVersion, Call, Client, CustomChannels, Error, GetMessage, KeySource, PublishMessage, Reply, UpdateMessageStatus,
    clock::ManualClock,
    model::{Field, Message, NewMessage, StatusUpdate, decode},
};
use serde_json::{Value, json};

#[test]
fn every_version_has_its_path() {
    let paths = [
        (ApiVersion::V3, "/conversations/v3/custom-channels/7"),
        (ApiVersion::V2025_09, "/conversations/custom-channels/2025-09/7"),
        (ApiVersion::V2026_03, "/conversations/custom-channels/2026-03/7"),
        (ApiVersion::V2026_09, "/conversations/custom-channels/2026-09/7"),
    ];
    for (version, channel) in paths {
        let wire = Wire::ok();
        let client = Client::builder(wire.clone()).api_version(version).build();
        now(client.publish_message(PublishMessage::new("7", hello()))).unwrap();
        now(client.get_message(GetMessage::new("7", "m1"))).unwrap();
        now(client.update_message_status(UpdateMessageStatus::new("7", "m1", StatusUpdate::sent()))).unwrap();
        let sent: Vec<String> = wire
            .sent()
            .iter()
            .map(|sent| format!("{} {}", sent.method(), sent.uri()))
            .collect();
        let expected = [
            format!("POST https://api.hubapi.com{channel}/messages"),
            format!("GET https://api.hubapi.com{channel}/messages/m1"),
            format!("PATCH https://api.hubapi.com{channel}/messages/m1"),
        ];
        assert_eq!(sent, expected);
    }
}

#[test]
fn requests_say_what_they_are() {
    let wire = Wire::ok();
    let client = Client::builder(wire.clone())
        .user_agent(&HeaderValue::from_static("bridge/2.0"))
        .build();
    now(client.publish_message(PublishMessage::new("1", hello()))).unwrap();
    now(client.get_message(GetMessage::new("1", "m"))).unwrap();
    let [publish, get] = &wire.sent()[..] else {
        panic!("two requests")
    };
    let user_agent = concat!("bridge/2.0 hubchannel/", env!("CARGO_PKG_VERSION"));
    for request in [publish, get] {
        assert_eq!(request.headers()["accept"], "application/json");
        assert_eq!(request.headers()["user-agent"], user_agent);
    }
    assert_eq!(publish.headers()["content-type"], "application/json");
    assert!(!get.headers().contains_key("content-type") && get.body().is_empty());
}

#[test]
fn layers_are_told_about_the_call() {
    let wire = Wire::ok();
    now(wire.client().publish_message(PublishMessage::new("1", hello()))).unwrap();
    now(wire.client().get_message(GetMessage::new("1", "m"))).unwrap();
    let told: Vec<_> = wire
        .sent()
        .iter()
        .map(|sent| sent.extensions().get::<Call>().unwrap().clone())
        .map(|call| (call.operation.name, call.keyed, call.may_repeat()))
        .collect();
    assert_eq!(told, [("publish_message", true, true), ("get_message", false, true)]);
}

#[test]
fn ids_are_one_piece_of_the_path_whatever_is_in_them() {
    let wire = Wire::ok();
    now(wire.client().get_message(GetMessage::new("1", "a/b?c#d e%2F..\u{e9}"))).unwrap();
    assert_eq!(wire.only().uri().path(), "/conversations/v3/custom-channels/1/messages/a%2Fb%3Fc%23d%20e%252F..%C3%A9");
}

#[test]
fn ids_that_are_none_are_refused_before_anything_is_sent() {
    let wire = Wire::ok();
    let cases = [
        ("", "m", "channelId"),
        ("12a", "m", "channelId"),
        ("-1", "m", "channelId"),
        ("1/2", "m", "channelId"),
        ("\u{661}", "m", "channelId"),
        ("2147483648", "m", "channelId"),
        ("1", "", "messageId"),
        ("1", ".", "messageId"),
        ("1", "..", "messageId"),
    ];
    for (channel, message, parameter) in cases {
        let error = now(wire.client().get_message(GetMessage::new(channel, message))).unwrap_err();
        assert!(error.is_invalid() && !error.outcome_unknown() && !error.is_retryable());
        assert!(error.to_string().contains(parameter), "{error}");
    }
    assert!(wire.sent().is_empty());
}

#[test]
fn a_double_gets_no_id_that_is_none() {
    #[derive(Debug)]
    struct Never;

    #[async_trait::async_trait]
    impl CustomChannels for Never {
        async fn get_message(&self, call: GetMessage) -> Result<Reply<Message>, Error> {
            panic!("{call:?} came through")
        }
    }

    for (channel, message, rule) in [
        ("12a", "m", "channelId must be digits"),
        ("2147483648", "m", "channelId must be at most 2147483647"),
        ("1", "", "messageId must not be empty"),
    ] {
        let error = now(Client::from_api(Never).get_message(GetMessage::new(channel, message))).unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains(rule), "{error}");
    }
    let error = now(Client::from_api(Never).publish_message(PublishMessage::new("a", hello()))).unwrap_err();
    assert!(error.is_invalid() && error.idempotency_key().is_some(), "{error}");
}

#[derive(Debug)]
struct Numbered;

impl KeySource for Numbered {
    fn next_key(&self) -> String {
        "made-up".to_owned()
    }
}

fn completed(body: &str) -> Value {
    let wire = Wire::ok();
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_millis(1_779_884_100_123));
    let client = Client::builder(wire.clone()).clock(clock).key_source(Numbered).build();
    let body: NewMessage = decode(body.as_bytes()).unwrap();
    now(client.publish_message(PublishMessage::new("1", body))).unwrap();
    json(&wire.only())
}

#[test]
fn a_message_is_completed_with_lists_time_and_key() {
    let minimal = r#"{"channelAccountId":"2","messageDirection":"INCOMING","text":"hi",
        "senders":[{"deliveryIdentifier":{"type":"HS_SHORT_CODE","value":"12345"}}]}"#;
    assert_eq!(
        completed(minimal),
        json!({
            "channelAccountId": "2",
            "messageDirection": "INCOMING",
            "text": "hi",
            "senders": [{"deliveryIdentifier": {"type": "HS_SHORT_CODE", "value": "12345"}}],
            "recipients": [],
            "attachments": [],
            "timestamp": "2026-05-27T12:15:00.123Z",
            "integrationIdempotencyId": "made-up",
        })
    );
}

#[test]
fn what_the_caller_says_goes_out_as_it_is() {
    let said = r#"{"channelAccountId":"2","messageDirection":"SIDEWAYS","text":"hi","senders":[],"mood":"fine",
        "timestamp":"2026-05-27T14:15:00+02:00","integrationIdempotencyId":"chat:1/7","integrationThreadId":null,
        "associateWithContactId":"0815"}"#
        .replace("SIDEWAYS", "OUTGOING")
        .replace(r#""senders":[]"#, r#""senders":[{"deliveryIdentifier":{"type":"NEW_TYPE","value":"x"}}]"#);
    let mut expected: Value = serde_json::from_str(&said).unwrap();
    expected["recipients"] = json!([]);
    expected["attachments"] = json!([]);
    assert_eq!(completed(&said), expected);
}

#[test]
fn a_key_is_made_up_once_for_each_call_and_never_twice_the_same() {
    let wire = Wire::ok();
    for _ in 0..100 {
        now(wire.client().publish_message(PublishMessage::new("1", hello()))).unwrap();
    }
    let mut keys: Vec<String> = wire
        .sent()
        .iter()
        .map(|sent| json(sent)["integrationIdempotencyId"].as_str().unwrap().to_owned())
        .collect();
    assert!(keys.iter().all(|key| key.len() == 36 && key.as_bytes()[14] == b'4'), "{keys:?}");
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 100);
}

#[test]
fn a_message_that_breaks_rules_is_refused_before_anything_is_sent() {
    let wire = Wire::ok();
    let mut body = hello();
    body.text = Field::Value(String::new());
    body.integration_idempotency_id = Field::Value(String::new());
    let error = now(wire.client().publish_message(PublishMessage::new("1", body))).unwrap_err();
    let paths: Vec<&str> = error
        .violations()
        .unwrap()
        .iter()
        .map(|violation| violation.path.as_str())
        .collect();
    assert_eq!(paths, ["text", "integrationIdempotencyId"]);
    assert!(error.is_invalid() && error.to_string().ends_with("nothing was published"), "{error}");
    let update = UpdateMessageStatus::new("1", "m", StatusUpdate::new("RECEIVED"));
    assert!(
        now(wire.client().update_message_status(update))
            .unwrap_err()
            .is_invalid()
    );
    assert!(wire.sent().is_empty());
}

#[test]
fn an_address_must_be_one() {
    use hubchannel_api::{BaseUrl, InvalidBaseUrl};

    let cases = [
        ("example.com", InvalidBaseUrl::NotAbsolute),
        ("", InvalidBaseUrl::NotAbsolute),
        ("ftp://example.com", InvalidBaseUrl::Scheme),
        ("https://user:word@example.com", InvalidBaseUrl::UserInfo),
        ("https://example.com?x=1", InvalidBaseUrl::Query),
        ("https://example.com#x", InvalidBaseUrl::Query),
        ("https://example.com:99999", InvalidBaseUrl::Port),
        ("https://example.com:", InvalidBaseUrl::Port),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<BaseUrl>().unwrap_err(), expected, "{text}");
    }
    for text in ["https://example.com:8443/x", "http://[::1]:8080", "http://[::1]"] {
        assert!(text.parse::<BaseUrl>().is_ok(), "{text}");
    }
}
