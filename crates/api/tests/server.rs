//! The other direction: what a client writes, a server reads.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]
#![cfg(feature = "server")]

mod common;

use common::{
    Wire,
    cases::{Case, cases},
    hello, now,
};
use http::{Method, Request};
use hubchannel_api::{
    ApiVersion, ArchiveChannel, Area, Body, Client, GetMessage, PublishMessage, UpdateMessageStatus,
    model::StatusUpdate,
    server::{AnyCall, OPERATIONS, ReadError, RouteError, answer, route},
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

/// Makes a call once more.
fn again(client: &Client, call: AnyCall) {
    let done = match call {
        AnyCall::ListChannels(call) => now(client.list_channels(call)).map(drop),
        AnyCall::CreateChannel(call) => now(client.create_channel(*call)).map(drop),
        AnyCall::GetChannel(call) => now(client.get_channel(call)).map(drop),
        AnyCall::UpdateChannel(call) => now(client.update_channel(*call)).map(drop),
        AnyCall::ArchiveChannel(call) => now(client.archive_channel(call)).map(drop),
        AnyCall::UpdateChannelAccountStagingToken(call) => {
            now(client.update_channel_account_staging_token(*call)).map(drop)
        }
        AnyCall::ListChannelAccounts(call) => now(client.list_channel_accounts(*call)).map(drop),
        AnyCall::CreateChannelAccount(call) => now(client.create_channel_account(*call)).map(drop),
        AnyCall::GetChannelAccount(call) => now(client.get_channel_account(call)).map(drop),
        AnyCall::UpdateChannelAccount(call) => now(client.update_channel_account(call)).map(drop),
        AnyCall::PublishMessage(call) => now(client.publish_message(*call)).map(drop),
        AnyCall::GetMessage(call) => now(client.get_message(call)).map(drop),
        AnyCall::UpdateMessageStatus(call) => now(client.update_message_status(call)).map(drop),
        other => panic!("nobody makes {other:?} once more"),
    };
    done.unwrap();
}

#[test]
fn every_operation_is_read_as_the_call_that_was_written() {
    let of_channels = OPERATIONS.iter().filter(|known| known.area == Area::CustomChannels);
    let known: Vec<&str> = of_channels.map(|operation| operation.name).collect();
    let called: Vec<&str> = cases().iter().map(Case::name).collect();
    assert_eq!(known, called, "each operation has its case, in HubSpot's order");
    for version in ApiVersion::ALL {
        for case in cases() {
            let wire = Wire::answering(case.status, &[], &case.answer.to_string());
            let client = Client::builder(wire.clone()).api_version(version).build();
            (case.call)(&client).unwrap();
            let sent = wire.only();
            let found = route(&sent).unwrap();
            assert_eq!((found.operation().name, found.version()), (case.name(), version));
            again(&client, found.read(&sent).unwrap());
            let repeated = wire.sent().pop().unwrap();
            assert_eq!(repeated.method(), sent.method());
            assert_eq!(repeated.uri(), sent.uri());
            assert_eq!(repeated.body().as_bytes(), sent.body().as_bytes(), "{}", case.line);
        }
    }
}

#[test]
fn channels_are_listed_and_created_at_every_spelling() {
    let starts = ApiVersion::ALL
        .map(ApiVersion::base)
        .into_iter()
        .chain(["/conversations/custom-channels/v3"]);
    for start in starts {
        for end in ["", "/", "?limit=5", "/?limit=5"] {
            let asked = request(Method::GET, &format!("{start}{end}"));
            let found = route(&asked).unwrap();
            assert_eq!(found.operation().name, "list_channels", "{start} {end}");
            let AnyCall::ListChannels(call) = found.read(&asked).unwrap() else {
                panic!()
            };
            assert_eq!(call.query.limit, end.contains('?').then_some(5));
            assert_eq!(
                route(&request(Method::POST, &format!("{start}{end}")))
                    .unwrap()
                    .operation()
                    .name,
                "create_channel"
            );
        }
        let error = route(&request(Method::DELETE, start)).unwrap_err();
        let allowed = vec![Method::GET, Method::POST];
        assert_eq!(error, RouteError::MethodNotAllowed { allowed });
        for end in ["//", "x", "x/", "//7"] {
            assert_eq!(
                route(&request(Method::GET, &format!("{start}{end}"))).unwrap_err(),
                RouteError::NotFound,
                "{end}"
            );
        }
    }
}

#[test]
fn a_list_in_a_query_repeats_its_name_or_has_commas() {
    let base = "/conversations/v3/custom-channels/7/channel-accounts";
    for query in [
        "sort=a&sort=b+c&deliveryIdentifierType=HS_SHORT_CODE&deliveryIdentifierType=X&unknown=1&archived=false",
        "sort=a%2Cb%20c&&deliveryIdentifierType=HS_SHORT_CODE,X&archived=true&archived=false&empty",
    ] {
        let asked = request(Method::GET, &format!("{base}?{query}"));
        let AnyCall::ListChannelAccounts(call) = route(&asked).unwrap().read(&asked).unwrap() else {
            panic!()
        };
        assert_eq!(call.query.sort, ["a", "b c"], "{query}");
        let kinds: Vec<&str> = call
            .query
            .delivery_identifier_type
            .iter()
            .map(|kind| kind.as_str())
            .collect();
        assert_eq!(kinds, ["HS_SHORT_CODE", "X"]);
        assert_eq!(call.query.archived, Some(false));
    }
}

#[test]
fn a_value_of_a_query_that_is_not_of_its_type_is_named() {
    let base = "/conversations/v3/custom-channels";
    for (path, name) in [
        ("?limit=many", "limit"),
        ("/7/channel-accounts?archived=maybe", "archived"),
        ("/7/channel-accounts/8?archived=", "archived"),
    ] {
        let asked = request(Method::GET, &format!("{base}{path}"));
        let error = route(&asked).unwrap().read(&asked).unwrap_err();
        assert!(matches!(&error, ReadError::Query(error) if error.path() == name), "{error}");
    }
    let asked = request(Method::GET, &format!("{base}/7/channel-accounts/8?limit=many"));
    assert!(route(&asked).unwrap().read(&asked).is_ok(), "a parameter that the operation does not have");
}

#[test]
fn an_operation_without_an_answer_is_answered_without_a_body() {
    let response = answer::<ArchiveChannel>(&(), None).unwrap();
    assert_eq!(response.status(), 204);
    assert!(response.body().is_empty() && response.headers().is_empty());
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
            Method::GET,
            format!("{base}/7/channel-accounts/9223372036854775808"),
            RouteError::Parameter {
                name: "channelAccountId",
            },
        ),
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
