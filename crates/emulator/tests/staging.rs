//! Accounts that users connect in HubSpot's settings, with answers written by hand.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::collections::BTreeMap;

use common::{Ask, Bench, CHANNELS, SPELLINGS, noon};
use http::Method;
use hubchannel_api::{clock::ManualClock, model::StagingRedirect, server::query_pairs};
use hubchannel_emulator::{AccountSeed, ChannelSeed, ConnectionError, Emulator, InboxSeed, Seed, TokenSeed};
use serde_json::{Value, json};

const REDIRECT: &str = "https://bridge.example.com/connect?tenant=a%26b#top";

fn seed() -> Seed {
    let channel = ChannelSeed::new("2930388", 40_776_849)
        .set_name("Harbour chat")
        .set_channel_account_connection_redirect_url(REDIRECT);
    Seed::default()
        .with_clock(ManualClock::new(noon()))
        .add_channel(channel)
        .add_channel(ChannelSeed::new("500", 40_776_849))
        .add_inbox(InboxSeed::new("901", 62516))
        .add_account(AccountSeed::new("700", "2930388", 62516))
        .add_token(TokenSeed::new("elsewhere", 62516, 40_776_849))
}

fn identifier() -> Value {
    json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "harbour"})
}

fn finish(base: &str, token: &str, body: Value) -> Ask {
    Ask::new(Method::PATCH, format!("{base}/2930388/channel-account-staging-tokens/{token}")).json(body)
}

fn token(emulator: &Emulator) -> String {
    let connection = emulator.start_connection("2930388", "485728346").unwrap();
    connection.redirect.account_token.expose().to_owned()
}

#[test]
fn a_user_is_sent_to_the_bridge_with_five_parameters() {
    let emulator = Emulator::with_seed(seed());
    let connection = emulator.start_connection("2930388", "485728346").unwrap();
    let (address, fragment) = connection.url.split_once('#').unwrap();
    assert_eq!(fragment, "top");
    let request = http::Request::get(address).body(()).unwrap();
    assert!(address.starts_with("https://bridge.example.com/connect?tenant=a%26b&accountToken="), "{address}");
    let pairs = query_pairs(&request);
    let values: BTreeMap<_, _> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let secret = connection.redirect.account_token.expose();
    assert_eq!(
        values,
        BTreeMap::from([
            ("tenant", "a&b"),
            ("accountToken", secret),
            ("channelId", "2930388"),
            ("inboxId", "485728346"),
            ("portalId", "62515"),
            ("redirectUrl", "https://app.hubspot.com/live-messages-settings/62515/inboxes/485728346/edit"),
        ])
    );
    let read = StagingRedirect::from_pairs(pairs).unwrap();
    assert_eq!(read.hubspot_redirect_url(), connection.redirect.hubspot_redirect_url());
    assert!(read.hubspot_redirect_url().is_some());
    assert!(!format!("{connection:?}").contains(secret));
    assert!(!secret.is_empty());
    assert_ne!(token(&emulator), secret);
    assert_eq!((emulator.channel_accounts().len(), emulator.events().len()), (2, 0));
}

#[test]
fn a_connection_needs_channel_inbox_and_address() {
    let emulator = Emulator::with_seed(seed());
    for (channel, inbox, error) in [
        ("1", "485728346", ConnectionError::NoChannel("1".into())),
        ("2930388", "1", ConnectionError::NoInbox("1".into())),
        ("500", "485728346", ConnectionError::NoRedirectUrl("500".into())),
    ] {
        assert_eq!(emulator.start_connection(channel, inbox).unwrap_err(), error);
        assert!(
            error
                .to_string()
                .contains(if channel == "2930388" { inbox } else { channel }),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_bridge_finishes_a_connection_once_in_every_version_and_spelling() {
    let bench = Bench::new(Emulator::with_seed(seed())).await;
    for (number, (spelling, _)) in SPELLINGS.into_iter().enumerate() {
        let token = token(&bench.emulator);
        let identifier = json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": spelling});
        let body = json!({"accountName": "Harbour website", "deliveryIdentifier": identifier});
        let answer = bench.ask(finish(spelling, &token, body.clone())).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.json(),
            json!({
                "accountToken": token,
                "createdAt": "2023-11-14T22:13:20.000Z",
                "genericChannelId": 2_930_388,
                "inboxId": 485_728_346,
                "userId": 2_620_022,
                "accountName": "Harbour website",
                "deliveryIdentifier": identifier,
            })
        );
        let accounts = serde_json::to_value(bench.emulator.channel_accounts()).unwrap();
        let account = &accounts[number + 2];
        let id = account["id"].as_str().unwrap();
        assert_eq!(
            *account,
            json!({
                "id": id,
                "name": "Harbour website",
                "channelId": "2930388",
                "inboxId": "485728346",
                "createdAt": "2023-11-14T22:13:20.000Z",
                "active": true,
                "authorized": true,
                "archived": false,
                "deliveryIdentifier": identifier,
            })
        );
        let read = bench
            .ask_twice(Ask::get(format!("{CHANNELS}/2930388/channel-accounts/{id}")))
            .await;
        assert_eq!(read.json(), *account);
        let events = serde_json::to_value(bench.emulator.events()).unwrap();
        assert_eq!(events.as_array().unwrap().len(), number + 1);
        assert_eq!(events[number]["type"], "CHANNEL_ACCOUNT_CREATED");
        assert_eq!(events[number]["channelAccountId"], id);

        let again = bench.ask_twice(finish(spelling, &token, body)).await;
        let error = json!({
            "status": "error",
            "message": "The channel account of this staging token is connected already",
            "category": "CONFLICT",
        });
        assert_eq!((again.status, again.error()), (409, error));
    }
    assert_eq!(bench.emulator.channel_accounts().len(), 7);
}

#[tokio::test]
async fn an_unknown_token_is_not_there_and_is_not_shown() {
    let bench = Bench::new(Emulator::with_seed(seed())).await;
    let token = token(&bench.emulator);
    let error = json!({
        "status": "error",
        "message": "Channel account staging token not found",
        "category": "OBJECT_NOT_FOUND",
    });
    let body = json!({"accountName": "Harbour", "deliveryIdentifier": identifier()});
    let over_500 = format!("{CHANNELS}/500/channel-account-staging-tokens/{token}");
    for ask in [
        finish(CHANNELS, "unknown", body.clone()),
        finish(CHANNELS, &token, body.clone()).token("elsewhere"),
        Ask::new(Method::PATCH, over_500).json(body),
    ] {
        let answer = bench.ask_twice(ask).await;
        assert_eq!((answer.status, answer.error()), (404, error.clone()));
    }
    assert_eq!(bench.emulator.channel_accounts().len(), 2);
}

#[tokio::test]
async fn a_token_is_still_good_after_what_was_turned_down() {
    let bench = Bench::new(Emulator::with_seed(seed())).await;
    let body = json!({"inboxId": "485728346", "name": "x", "authorized": true, "deliveryIdentifier": identifier()});
    let taken = bench
        .ask(Ask::new(Method::POST, format!("{CHANNELS}/2930388/channel-accounts")).json(body))
        .await;
    let token = token(&bench.emulator);
    let missing = |body: &Value, members: &str| {
        let column = body.to_string().len();
        format!("Invalid input JSON on line 1, column {column}. Some required fields were not set: [{members}]")
    };
    let old = "/conversations/custom-channels/2025-09";
    let stale = "/conversations/custom-channels/2026-09";
    let named = json!({"accountName": "x"});
    for (base, body, status, message) in [
        (CHANNELS, json!({"accountName": ""}), 400, "accountName must not be empty".to_owned()),
        (old, named.clone(), 400, missing(&named, "deliveryIdentifier")),
        (stale, json!({}), 400, missing(&json!({}), "accountName, deliveryIdentifier")),
        (
            CHANNELS,
            json!({"deliveryIdentifier": {"type": "HS_SHORT_CODE", "value": "x"}}),
            400,
            "x is not a valid HS_SHORT_CODE".to_owned(),
        ),
        (
            CHANNELS,
            json!({"deliveryIdentifier": identifier()}),
            409,
            format!("Channel account with this delivery identifier already exists. Existing ID: {}", taken.id()),
        ),
    ] {
        let answer = bench.ask_twice(finish(base, &token, body)).await;
        assert_eq!((answer.status, answer.error()["message"].as_str()), (status, Some(&*message)));
    }
    // Nothing need be said in the versions that describe it so: the account is called as the channel is.
    let answer = bench.ask(finish(CHANNELS, &token, json!({}))).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json().get("accountName"), None);
    let accounts = bench.emulator.channel_accounts();
    assert_eq!(accounts.last().unwrap().name.as_deref(), Some("Harbour chat"));
}
