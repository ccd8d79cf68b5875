//! The other direction: what a client writes, a server reads.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]
#![cfg(feature = "server")]

mod common;

use common::{Wire, hello, now};
use http::{Method, Request};
use hubchannel_api::{
    ApiVersion, Body, Client, GetMessage, PublishMessage, UpdateMessageStatus,
    model::StatusUpdate,
    server::{AnyCall, ReadError, RouteError, route},
};
use proptest::prelude::*;

fn request(method: Method, path: &str) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method;
    *request.uri_mut() = format!("http://localhost{path}").parse().unwrap();
    request
}

proptest! {
    #[test]
    fn a_server_reads_the_call_that_a_client_wrote(
        version in proptest::sample::select(&ApiVersion::ALL[..]),
        channel in 0_i32..,
        message in ".{1,40}".prop_filter("a path's own", |id| id != "." && id != ".."),
    ) {
        let wire = Wire::ok();
        let client = Client::builder(wire.clone()).api_version(version).build();
        let update = UpdateMessageStatus::new(channel.to_string(), message.as_str(), StatusUpdate::failed("no"));
        now(client.update_message_status(update.clone())).unwrap();
        let sent = wire.only();
        let found = route(&sent).unwrap();
        prop_assert_eq!(found.version(), version);
        let AnyCall::UpdateMessageStatus(read) = found.read(&sent).unwrap() else { panic!("another operation") };
        prop_assert_eq!(read.channel_id, update.channel_id);
        prop_assert_eq!(read.message_id, update.message_id);
        prop_assert_eq!(read.body, update.body);
    }

    #[test]
    fn no_path_makes_a_server_stumble(path in "/(conversations/(v3/custom-channels|custom-channels/v3)/)?[ -~]{0,40}") {
        if let Ok(uri) = path.parse::<http::Uri>() {
            let mut request = Request::new(());
            *request.uri_mut() = uri;
            let _ = route(&request);
        }
    }
}

#[test]
fn a_server_knows_every_spelling() {
    let starts = ApiVersion::ALL
        .map(ApiVersion::base)
        .into_iter()
        .chain(["/conversations/custom-channels/v3"]);
    for start in starts {
        for end in ["", "/", "?x=1", "/?x=1"] {
            let found = route(&request(Method::GET, &format!("{start}/7/messages/m%2F1{end}"))).unwrap();
            assert_eq!(found.operation().name, "get_message", "{start} {end}");
            let AnyCall::GetMessage(call) = found.read(&request(Method::GET, "/")).unwrap() else {
                panic!()
            };
            assert_eq!((call.channel_id.as_str(), call.message_id.as_str()), ("7", "m/1"));
        }
    }
}

#[test]
fn what_is_no_operation_is_told_apart() {
    let base = "/conversations/v3/custom-channels";
    let cases = [
        (Method::GET, "/".to_owned(), RouteError::NotFound),
        (
            Method::GET,
            format!("{base}/7/messages/"),
            RouteError::MethodNotAllowed {
                allowed: vec![Method::POST],
            },
        ),
        (Method::GET, format!("{base}/7/messages//"), RouteError::NotFound),
        (Method::GET, format!("{base}/7/messages/m/x"), RouteError::NotFound),
        (Method::GET, format!("{base}/7/messages/%ff"), RouteError::NotFound),
        (Method::GET, "/conversations/v4/custom-channels/7/messages/m".to_owned(), RouteError::NotFound),
        (Method::GET, format!("{base}x/7/messages/m"), RouteError::NotFound),
        (Method::GET, format!("{base}/seven/messages/m"), RouteError::Parameter { name: "channelId" }),
        (Method::GET, format!("{base}/+7/messages/m"), RouteError::Parameter { name: "channelId" }),
        (Method::GET, format!("{base}/2147483648/messages/m"), RouteError::Parameter { name: "channelId" }),
        (
            Method::DELETE,
            format!("{base}/7/messages/m"),
            RouteError::MethodNotAllowed {
                allowed: vec![Method::GET, Method::PATCH],
            },
        ),
    ];
    for (method, path, expected) in cases {
        assert_eq!(route(&request(method, &path)).unwrap_err(), expected, "{path}");
    }
}

#[test]
fn a_body_must_be_declared_as_json_and_be_the_operation_s() {
    let wire = Wire::ok();
    now(wire.client().publish_message(PublishMessage::new("1", hello()))).unwrap();
    let mut sent = wire.only();
    let found = route(&sent).unwrap();
    sent.headers_mut()
        .insert("content-type", "Application/JSON; charset=utf-8".parse().unwrap());
    assert!(matches!(found.read(&sent).unwrap(), AnyCall::PublishMessage(_)));
    sent.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(found.read(&sent).unwrap_err(), ReadError::MediaType);
    sent.headers_mut()
        .insert("content-type", "application/json".parse().unwrap());
    *sent.body_mut() = Body::from(r#"{"text":[]}"#);
    assert!(matches!(found.read(&sent).unwrap_err(), ReadError::Body(error) if error.path() == "text"));
}

#[test]
fn a_read_asks_for_no_body() {
    let call = GetMessage::new("1", "2");
    let wire = Wire::ok();
    now(wire.client().get_message(call)).unwrap();
    assert!(matches!(route(&wire.only()).unwrap().read(&wire.only()).unwrap(), AnyCall::GetMessage(_)));
}

#[test]
fn the_parameters_of_a_path_are_known_before_the_body_is_read() {
    let found = route(&request(Method::PATCH, "/conversations/v3/custom-channels/7/messages/m%2F1")).unwrap();
    assert_eq!(found.parameter("channelId"), Some("7"));
    assert_eq!(found.parameter("messageId"), Some("m/1"));
    assert_eq!(found.parameter("messages"), None);
}
