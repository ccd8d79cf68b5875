//! Every operation over the wire: what it sends, in each version, and what it makes of the answer.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use common::{Wire, cases::cases, json, now};
use http::Request;
use hubchannel_api::{
    ApiVersion, ArchiveChannel, BaseUrl, Body, Call, CallOptions, Client, CreateChannel, CreateChannelAccount,
    Credential, Error, GetChannel, GetChannelAccount, ListChannelAccounts, ListChannels, Repeat, UpdateChannel,
    UpdateChannelAccount, UpdateChannelAccountStagingToken, UpdateMessageStatus,
    model::{
        ChannelAccountQuery, ChannelAccountUpdate, ChannelCapabilities, ChannelPatch, ChannelQuery, DeliveryIdentifier,
        Field, NewChannel, NewChannelAccount, StagingTokenUpdate, StatusUpdate, ThreadingModel,
    },
};
use serde_json::Value;

fn call_of(request: &Request<Body>) -> &Call {
    request.extensions().get::<Call>().unwrap()
}

#[test]
fn every_operation_is_sent_as_hubspot_describes_it() {
    let bases = [
        (ApiVersion::V3, "/conversations/v3/custom-channels"),
        (ApiVersion::V2025_09, "/conversations/custom-channels/2025-09"),
        (ApiVersion::V2026_03, "/conversations/custom-channels/2026-03"),
        (ApiVersion::V2026_09, "/conversations/custom-channels/2026-09"),
    ];
    for (version, base) in bases {
        for case in cases() {
            let wire = Wire::answering(case.status, &[], &text(&case.answer));
            let client = Client::builder(wire.clone()).api_version(version).build();
            assert_eq!((case.call)(&client).unwrap(), case.answer, "{}", case.line);

            let sent = wire.only();
            let path = sent.uri().to_string();
            let path = path.strip_prefix("https://api.hubapi.com").unwrap();
            let path = path.strip_prefix(base).unwrap_or(path);
            assert_eq!(format!("{} {} {path}", call_of(&sent).operation.name, sent.method()), case.line, "{version}");
            if case.body.is_null() {
                assert!(sent.body().is_empty() && !sent.headers().contains_key("content-type"), "{}", case.line);
            } else {
                assert_eq!(json(&sent), case.body, "{}", case.line);
                assert_eq!(sent.headers()["content-type"], "application/json");
            }
        }
    }
}

#[test]
fn every_request_says_where_the_api_is_and_which_portal_it_is_for() {
    let base_url: BaseUrl = "https://proxy.example.com/hubspot".parse().unwrap();
    for case in cases() {
        let wire = Wire::answering(case.status, &[], &text(&case.answer));
        let client = Client::builder(wire.clone()).base_url(base_url.clone()).build();
        (case.call)(&client).unwrap();
        let sent = wire.only();
        let call = call_of(&sent);
        assert_eq!(call.base_url.as_ref(), Some(&base_url), "{}", case.line);
        assert!(base_url.is_origin_of(sent.uri()));
        assert!(call.options.portal.is_none());
    }
    let wire = Wire::answering(200, &[], "{}");
    let call = GetChannel::new("1").with_options(CallOptions::for_portal("62515"));
    now(wire.client().get_channel(call)).unwrap();
    assert_eq!(call_of(&wire.only()).options.portal.as_ref().unwrap(), "62515");
}

#[test]
fn another_server_is_told_from_the_api_s_own() {
    let base_url: BaseUrl = "https://api.example.com:8443/hubspot".parse().unwrap();
    for (address, same) in [
        ("https://api.example.com:8443/", true),
        ("https://API.Example.com:8443/elsewhere?x=1", true),
        ("https://api.example.com/hubspot", false),
        ("http://api.example.com:8443/hubspot", false),
        ("https://api.example.com.evil.example:8443/hubspot", false),
        ("https://evil.example/api.example.com:8443/hubspot", false),
        ("https://api.example.com:8443@evil.example/hubspot", false),
        ("https://user@api.example.com:8443/hubspot", false),
        ("/hubspot", false),
    ] {
        assert_eq!(base_url.is_origin_of(&address.parse().unwrap()), same, "{address}");
    }
}

fn text(answer: &Value) -> String {
    if answer.is_null() {
        String::new()
    } else {
        answer.to_string()
    }
}

#[test]
fn every_operation_names_each_parameter_of_its_query() {
    for case in cases() {
        let wire = Wire::answering(case.status, &[], &text(&case.answer));
        (case.call)(&wire.client()).unwrap();
        let sent = wire.only();
        let described: Vec<&str> = call_of(&sent)
            .operation
            .query
            .iter()
            .map(|parameter| parameter.name)
            .collect();
        let query = sent
            .uri()
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty());
        for pair in query {
            let (name, _) = pair.split_once('=').unwrap();
            assert!(described.contains(&name), "{name} of {}", case.line);
        }
    }
}

type Told = (&'static str, Credential, &'static [&'static str], Repeat, Option<&'static str>);

#[test]
fn layers_are_told_the_credential_the_scopes_and_whether_to_repeat() {
    use Credential::{DeveloperKey, PortalToken};
    use Repeat::{Always, Never, WithKey};

    const READ: &str = "conversations.custom_channels.read";
    const WRITE: &str = "conversations.custom_channels.write";
    let expected: [Told; 13] = [
        ("list_channels", DeveloperKey, &[], Always, None),
        ("create_channel", DeveloperKey, &[], Never, Some("registered")),
        ("get_channel", DeveloperKey, &[], Always, None),
        ("update_channel", DeveloperKey, &[], Always, Some("updated")),
        ("archive_channel", DeveloperKey, &[], Always, Some("archived")),
        ("update_channel_account_staging_token", PortalToken, &[READ, WRITE], Never, Some("connected")),
        ("list_channel_accounts", PortalToken, &[READ, WRITE], Always, None),
        ("create_channel_account", PortalToken, &[READ, WRITE], Never, Some("connected")),
        ("get_channel_account", PortalToken, &[READ, WRITE], Always, None),
        ("update_channel_account", PortalToken, &[READ, WRITE], Always, Some("updated")),
        ("publish_message", PortalToken, &[WRITE], WithKey, Some("published")),
        ("get_message", PortalToken, &[READ], Always, None),
        ("update_message_status", PortalToken, &[WRITE], Always, Some("updated")),
    ];
    let told: Vec<_> = cases()
        .iter()
        .map(|case| {
            let wire = Wire::answering(case.status, &[], &text(&case.answer));
            (case.call)(&wire.client()).unwrap();
            call_of(&wire.only()).operation
        })
        .map(|info| (info.name, info.credential, info.scopes, info.repeat, info.effect))
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn a_query_that_asks_for_nothing_is_not_there() {
    let wire = Wire::answering(200, &[], "{}");
    now(wire
        .client()
        .list_channel_accounts(ListChannelAccounts::new("7", ChannelAccountQuery::default())))
    .unwrap();
    now(wire.client().get_channel_account(GetChannelAccount::new("7", "8"))).unwrap();
    for sent in wire.sent() {
        assert_eq!(sent.uri().path_and_query().unwrap().as_str(), sent.uri().path());
    }
}

#[test]
fn what_was_created_is_found_in_the_headers_of_the_answer() {
    let location = "/conversations/v3/custom-channels/2930388";
    let wire = Wire::answering(201, &[("location", location)], r#"{"id":"2930388"}"#);
    let capabilities = ChannelCapabilities::new(ThreadingModel::DeliveryIdentifier);
    let create = CreateChannel::new(NewChannel::new("Harbour chat", capabilities));
    assert_eq!(now(wire.client().create_channel(create)).unwrap().headers()["location"], location);
}

#[test]
fn a_channel_is_archived_whatever_the_body_of_the_success() {
    for (status, body) in [(204, ""), (200, "{}"), (202, "<html>")] {
        let wire = Wire::answering(status, &[], body);
        let reply = now(wire.client().archive_channel(ArchiveChannel::new("7"))).unwrap();
        assert_eq!(reply.status().unwrap().as_u16(), status);
    }
}

fn staging(channel: &str, token: &str) -> UpdateChannelAccountStagingToken {
    let body = StagingTokenUpdate::new("Harbour website", DeliveryIdentifier::opaque("harbour"));
    UpdateChannelAccountStagingToken::new(channel, token, body)
}

#[test]
fn ids_that_are_none_are_refused_before_anything_is_sent() {
    let wire = Wire::ok();
    let client = wire.client();
    let rename = |account: &str| {
        let body = ChannelAccountUpdate::new().set_name("x");
        now(client.update_channel_account(UpdateChannelAccount::new("7", account, body))).unwrap_err()
    };
    let errors: Vec<(Error, &str)> = vec![
        (now(client.get_channel(GetChannel::new(""))).unwrap_err(), "channelId must be digits"),
        (now(client.get_channel(GetChannel::new("+7"))).unwrap_err(), "channelId must be digits"),
        (now(client.get_channel(GetChannel::new("2147483648"))).unwrap_err(), "channelId must be at most 2147483647"),
        (now(client.archive_channel(ArchiveChannel::new("7/messages"))).unwrap_err(), "channelId must be digits"),
        (
            now(client.update_channel(UpdateChannel::new("seven", ChannelPatch::new()))).unwrap_err(),
            "channelId must be digits",
        ),
        (
            now(client.list_channel_accounts(ListChannelAccounts::new("", ChannelAccountQuery::default())))
                .unwrap_err(),
            "channelId must be digits",
        ),
        (
            now(client.create_channel_account(CreateChannelAccount::new("-1", NewChannelAccount::new("1", "x"))))
                .unwrap_err(),
            "channelId must be digits",
        ),
        (now(client.get_channel_account(GetChannelAccount::new("7", "8a"))).unwrap_err(), "channelAccountId must be"),
        (rename("9223372036854775808"), "channelAccountId must be at most 9223372036854775807"),
        (rename(""), "channelAccountId must be digits"),
        (now(client.update_channel_account_staging_token(staging("7", ""))).unwrap_err(), "accountToken must not be"),
        (now(client.update_channel_account_staging_token(staging("7", ".."))).unwrap_err(), "accountToken must not be"),
        (now(client.update_channel_account_staging_token(staging("a", "b"))).unwrap_err(), "channelId must be digits"),
    ];
    for (error, rule) in errors {
        assert!(error.is_invalid() && !error.outcome_unknown() && !error.is_retryable());
        assert!(error.to_string().contains(rule), "{error}");
    }
    assert!(wire.sent().is_empty());
}

#[test]
fn bodies_that_break_rules_are_refused_before_anything_is_sent() {
    let wire = Wire::ok();
    let client = wire.client();
    let mut nameless = NewChannel::new("", ChannelCapabilities::new(ThreadingModel::IntegrationThreadId));
    nameless.name = Field::Null;
    let unknown = ChannelCapabilities::new(ThreadingModel::from(""));
    let half = StagingTokenUpdate::new("x", DeliveryIdentifier::opaque(""));
    let errors = [
        now(client.create_channel(CreateChannel::new(nameless))).unwrap_err(),
        now(client.update_channel(UpdateChannel::new("7", ChannelPatch::new().set_capabilities(unknown)))).unwrap_err(),
        now(client.update_channel_account_staging_token(UpdateChannelAccountStagingToken::new("7", "t", half)))
            .unwrap_err(),
        now(client.create_channel_account(CreateChannelAccount::new("7", NewChannelAccount::new("", "x"))))
            .unwrap_err(),
        now(client.update_channel_account(UpdateChannelAccount::new("7", "8", ChannelAccountUpdate::new())))
            .unwrap_err(),
        now(client.update_message_status(UpdateMessageStatus::new("7", "5c1f", StatusUpdate::new("RECEIVED"))))
            .unwrap_err(),
    ];
    let paths: Vec<&str> = errors
        .iter()
        .map(|error| error.violations().unwrap().iter().next().unwrap().path.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "name",
            "capabilities.threadingModel",
            "deliveryIdentifier.value",
            "inboxId",
            "",
            "statusType"
        ]
    );
    assert!(wire.sent().is_empty());
}

#[test]
fn a_page_longer_than_hubspot_counts_is_refused_before_anything_is_sent() {
    let wire = Wire::ok();
    let client = wire.client();
    let most = i32::MAX.cast_unsigned();
    let (channels, accounts) = (ChannelQuery::default(), ChannelAccountQuery::default());
    for error in [
        now(client.list_channels(ListChannels::new(channels.clone().set_limit(most + 1)))).unwrap_err(),
        now(client.list_channels(ListChannels::new(channels.set_default_page_length(u32::MAX)))).unwrap_err(),
        now(client.list_channel_accounts(ListChannelAccounts::new("7", accounts.clone().set_limit(u32::MAX))))
            .unwrap_err(),
    ] {
        assert!(error.is_invalid() && error.to_string().contains("must be at most 2147483647"), "{error}");
    }
    assert!(wire.sent().is_empty());

    let wire = Wire::answering(200, &[], "{}");
    now(wire
        .client()
        .list_channel_accounts(ListChannelAccounts::new("7", accounts.set_limit(most))))
    .unwrap();
    assert_eq!(wire.only().uri().query(), Some("limit=2147483647"));
}

#[test]
fn what_is_only_advised_against_is_sent() {
    let wire = Wire::answering(200, &[], "{}");
    let client = wire.client();
    let model = ChannelCapabilities::new("BY_MOOD").add_delivery_identifier_type("HS_PIGEON");
    now(client.update_channel(UpdateChannel::new("7", ChannelPatch::new().set_capabilities(model)))).unwrap();
    let rename = ChannelAccountUpdate::new().set_name("");
    now(client.update_channel_account(UpdateChannelAccount::new("7", "8", rename))).unwrap();
    now(client.update_message_status(UpdateMessageStatus::new("7", "5c1f", StatusUpdate::new("DELIVERED")))).unwrap();
    assert_eq!(wire.sent().len(), 3);
}

#[test]
fn a_conflict_leaves_open_whether_an_account_is_connected_and_is_not_repeated() {
    let wire = Wire::answering(409, &[], "");
    let error = now(wire.client().update_channel_account_staging_token(staging("7", "a1b2"))).unwrap_err();
    assert!(error.is_conflict() && error.outcome_unknown() && !error.is_retryable());
    assert!(!call_of(&wire.only()).may_repeat());
    assert!(error.to_string().ends_with("; it may have been connected"), "{error}");
}
