//! Channel accounts: connecting, listing and changing them, with answers written by hand. What changes nothing is asked in
//! process and over HTTP.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::Duration;

use common::{Ask, Bench, CHANNELS, SPELLINGS, hello_with, noon};
use http::Method;
use hubchannel_api::{
    clock::ManualClock,
    model::{ChannelEvent, DeliveryIdentifier},
};
use hubchannel_emulator::{AccountSeed, ChannelSeed, Emulator, InboxSeed, Seed, TokenSeed};
use serde_json::{Value, json};

const ACCOUNTS: &str = "/conversations/v3/custom-channels/2930388/channel-accounts";

async fn bench() -> Bench {
    let seed = Seed::default()
        .with_clock(ManualClock::new(noon()))
        .add_channel(ChannelSeed::new("500", 40_776_849))
        .add_channel(ChannelSeed::new("600", 99))
        .add_inbox(InboxSeed::new("900", 62515).set_name("Support").help_desk())
        .add_inbox(InboxSeed::new("901", 62516))
        .add_account(
            AccountSeed::new("700", "2930388", 62516)
                .set_name("Elsewhere")
                .set_delivery_identifier(DeliveryIdentifier::opaque("harbour")),
        )
        .add_token(TokenSeed::new("elsewhere", 62516, 40_776_849))
        .add_token(TokenSeed::new("read-only", 62515, 40_776_849).set_scopes(["conversations.custom_channels.read"]))
        .add_token(TokenSeed::new("unfit", 62515, 40_776_849).set_scopes(["conversations.read"]));
    Bench::new(Emulator::with_seed(seed)).await
}

fn harbour() -> Value {
    json!({
        "inboxId": "900",
        "name": "Harbour website",
        "authorized": true,
        "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "harbour"},
    })
}

fn harbour_with(changes: Value) -> Value {
    let mut body = harbour();
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn create(body: Value) -> Ask {
    Ask::new(Method::POST, ACCOUNTS).json(body)
}

fn patch(id: &str, body: Value) -> Ask {
    Ask::new(Method::PATCH, format!("{ACCOUNTS}/{id}")).json(body)
}

fn get(id: &str) -> Ask {
    Ask::get(format!("{ACCOUNTS}/{id}"))
}

fn ids(page: &Value) -> Vec<&str> {
    let results = page["results"].as_array().unwrap();
    results.iter().map(|account| account["id"].as_str().unwrap()).collect()
}

fn no_account(id: &str) -> Value {
    json!({
        "status": "error",
        "message": format!("Channel account {id} not found"),
        "category": "OBJECT_NOT_FOUND",
        "context": {"channelAccountId": [id]},
    })
}

#[tokio::test]
async fn a_connected_account_is_what_was_asked_for() {
    let bench = bench().await;
    let answer = bench
        .ask(create(harbour_with(json!({"accountId": "7", "inboxId": 900}))))
        .await;
    assert_eq!(answer.status, 201);
    let id = answer.id();
    assert!(id.parse::<i64>().is_ok(), "{id}");
    assert_eq!(
        answer.json(),
        json!({
            "id": id,
            "name": "Harbour website",
            "channelId": "2930388",
            "inboxId": "900",
            "createdAt": "2023-11-14T22:13:20.000Z",
            "active": true,
            "authorized": true,
            "archived": false,
            "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "harbour"},
        })
    );
    assert_eq!(answer.header("location"), format!("{ACCOUNTS}/{id}"));
    assert_eq!(bench.ask_twice(get(&id)).await.json(), answer.json());
    let listed = bench.ask_twice(Ask::get(ACCOUNTS)).await.json();
    assert_eq!(ids(&listed), ["3307400689", &id]);
    assert_eq!(listed["results"][1], answer.json());
    // It carries messages from now on.
    let published = bench
        .ask(Ask::publish(hello_with(json!({"channelAccountId": id}))))
        .await;
    assert_eq!((published.status, published.json()["channelAccountId"].as_str()), (201, Some(&*id)));
}

#[tokio::test]
async fn every_version_and_spelling_reaches_the_same_accounts() {
    let bench = bench().await;
    for (spelling, own) in SPELLINGS {
        for slash in ["", "/"] {
            let identifier = json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": format!("{spelling}{slash}")});
            let path = |rest: &str| format!("{spelling}/2930388/channel-accounts{rest}{slash}");
            let body = harbour_with(json!({"deliveryIdentifier": identifier}));
            let created = bench.ask(Ask::new(Method::POST, path("")).json(body)).await;
            assert_eq!(created.status, 201, "{spelling}{slash}");
            let one = format!("/{}", created.id());
            assert_eq!(created.header("location"), format!("{own}/2930388/channel-accounts{one}"));
            assert_eq!(bench.ask_twice(Ask::get(path(&one))).await.json(), created.json());
            let listed = bench.ask_twice(Ask::get(path(""))).await.json();
            assert_eq!(listed["results"].as_array().unwrap().last(), Some(&created.json()));
            let forbidden = Ask::new(Method::PATCH, path(&one)).json(json!({"authorized": false}));
            assert_eq!(bench.ask_twice(forbidden).await.json()["authorized"], false);
        }
    }
}

#[tokio::test]
async fn an_update_changes_name_and_authorization_alone() {
    let bench = bench().await;
    let mut expected = bench.ask_twice(get("3307400689")).await.json();
    for change in [
        json!({"name": "Harbour"}),
        json!({"authorized": false, "inboxId": "900", "active": false}),
    ] {
        for member in ["name", "authorized"] {
            if let Some(value) = change.get(member) {
                expected[member] = value.clone();
            }
        }
        let answer = bench.ask_twice(patch("3307400689", change)).await;
        assert_eq!((answer.status, answer.json()), (200, expected.clone()));
    }
    assert_eq!(bench.ask_twice(get("3307400689")).await.json(), expected);
    assert_eq!(bench.ask_twice(Ask::publish(common::hello())).await.status, 400);
    bench.ask(patch("3307400689", json!({"authorized": true}))).await;
    assert_eq!(bench.ask(Ask::publish(common::hello())).await.status, 201);
}

#[tokio::test]
async fn what_cannot_be_connected_or_changed_is_turned_down() {
    let bench = bench().await;
    let accounts = bench.emulator.channel_accounts();
    let invalid = |message: &str| json!({"status": "error", "message": message, "category": "VALIDATION_ERROR"});
    let missing = |body: &Value, members: &str| {
        let column = body.to_string().len();
        invalid(&format!(
            "Invalid input JSON on line 1, column {column}. Some required fields were not set: [{members}]"
        ))
    };
    let empty = json!({
        "status": "error",
        "message": "Failed to update object. The body of the request is empty.",
        "category": "VALIDATION_ERROR",
        "subCategory": "CustomChannelsError.EMPTY_UPDATE_REQUEST_BODY",
    });
    for (body, error) in [
        (json!({}), missing(&json!({}), "inboxId, name, authorized")),
        (json!({"deliveryIdentifier": {}}), missing(&json!({"deliveryIdentifier": {}}), "type, value")),
        (harbour_with(json!({"name": ""})), invalid("name must not be empty")),
        (
            harbour_with(json!({"deliveryIdentifier": {"type": "HS_PHONE_NUMBER", "value": "0151"}})),
            invalid("0151 is not a valid HS_PHONE_NUMBER"),
        ),
    ] {
        let answer = bench.ask_twice(create(body)).await;
        assert_eq!((answer.status, answer.error()), (400, error));
    }
    let text = bench
        .ask_twice(create(harbour_with(json!({"deliveryIdentifier": "harbour"}))))
        .await;
    let message = text.error()["message"].as_str().unwrap().to_owned();
    assert!(text.status == 400 && message.contains("Cannot construct instance of `deliveryIdentifier`"), "{message}");
    // Unknown, of another portal.
    for inbox in ["1", "901", "x"] {
        let answer = bench.ask_twice(create(harbour_with(json!({"inboxId": inbox})))).await;
        let error = json!({
            "status": "error",
            "message": format!("Inbox {inbox} not found"),
            "category": "OBJECT_NOT_FOUND",
            "context": {"inboxId": [inbox]},
        });
        assert_eq!((answer.status, answer.error()), (404, error));
    }
    for (body, error) in [
        (json!({}), empty.clone()),
        (json!({"inboxId": "900"}), empty),
        (json!({"name": null}), invalid("name must not be null")),
        (json!({"name": "x", "authorized": null}), invalid("authorized must not be null")),
        (json!({"name": ""}), invalid("name must not be empty")),
    ] {
        let answer = bench.ask_twice(patch("3307400689", body)).await;
        assert_eq!((answer.status, answer.error()), (400, error));
    }
    assert_eq!(bench.emulator.channel_accounts(), accounts);
    assert_eq!(bench.emulator.events(), []);
}

#[tokio::test]
async fn an_account_is_seen_over_its_own_channel_and_portal_alone() {
    let bench = bench().await;
    for (path, token) in [
        (format!("{ACCOUNTS}/1"), "emulated-access-token"),
        (format!("{ACCOUNTS}/700"), "emulated-access-token"),
        (format!("{ACCOUNTS}/3307400689"), "elsewhere"),
        (format!("{CHANNELS}/500/channel-accounts/3307400689"), "emulated-access-token"),
    ] {
        let id = path.rsplit('/').next().unwrap();
        let read = Ask::get(path.as_str()).token(token);
        let rename = Ask::new(Method::PATCH, path.as_str())
            .token(token)
            .json(json!({"name": "x"}));
        for ask in [read, rename] {
            let answer = bench.ask_twice(ask).await;
            assert_eq!((answer.status, answer.error()), (404, no_account(id)));
        }
    }
    let elsewhere = bench.ask_twice(Ask::get(ACCOUNTS).token("elsewhere")).await.json();
    assert_eq!(ids(&elsewhere), ["700"]);
    assert_eq!(elsewhere["results"][0]["inboxId"], "901");
    for path in ["600/channel-accounts", "600/channel-accounts/700", "1/channel-accounts"] {
        let answer = bench.ask_twice(Ask::get(format!("{CHANNELS}/{path}"))).await;
        let channel = path.split('/').next().unwrap();
        let error = json!({
            "status": "error",
            "message": format!("Channel {channel} not found"),
            "category": "OBJECT_NOT_FOUND",
            "context": {"channelId": [channel]},
        });
        assert_eq!((answer.status, answer.error()), (404, error));
    }
}

#[tokio::test]
async fn either_scope_will_do_and_a_developer_s_key_will_not() {
    let bench = bench().await;
    assert_eq!(
        bench
            .ask_twice(patch("3307400689", json!({"name": "x"})).token("read-only"))
            .await
            .status,
        200
    );
    assert_eq!(bench.ask_twice(get("3307400689").token("read-only")).await.status, 200);
    let scopes = json!([
        "conversations.custom_channels.read",
        "conversations.custom_channels.write"
    ]);
    for ask in [create(harbour()), get("3307400689"), Ask::get(ACCOUNTS)] {
        let answer = bench.ask_twice(ask.clone().token("unfit")).await;
        assert_eq!(answer.status, 403);
        assert_eq!(answer.error()["errors"][0]["context"], json!({"requiredScopes": scopes}));
        assert_eq!(bench.ask_twice(ask.developer()).await.error()["category"], "INVALID_AUTHENTICATION");
    }
}

#[tokio::test]
async fn an_identifier_is_had_once_in_a_channel_and_portal() {
    let bench = bench().await;
    // Portal 62516 has it on the same channel, which is no matter.
    let first = bench.ask(create(harbour())).await.id();
    let answer = bench
        .ask_twice(create(harbour_with(json!({"name": "Other", "inboxId": "485728346"}))))
        .await;
    let error = json!({
        "status": "error",
        "message": format!("Channel account with this delivery identifier already exists. Existing ID: {first}"),
        "category": "CONFLICT",
    });
    assert_eq!((answer.status, answer.error()), (409, error));
    // Nor is another channel, another kind, or none at all.
    let elsewhere = Ask::new(Method::POST, format!("{CHANNELS}/500/channel-accounts")).json(harbour());
    let code = json!({"deliveryIdentifier": {"type": "HS_SHORT_CODE", "value": "4711"}});
    let none = json!({"deliveryIdentifier": null});
    for ask in [
        elsewhere,
        create(harbour_with(code)),
        create(harbour_with(none.clone())),
        create(harbour_with(none)),
    ] {
        assert_eq!(bench.ask(ask).await.status, 201);
    }
    // To move it to another inbox it is archived and connected anew.
    assert!(bench.emulator.archive_channel_account(first.as_str()));
    let moved = bench.ask(create(harbour_with(json!({"inboxId": "485728346"})))).await;
    assert_eq!((moved.status, moved.json()["inboxId"].as_str()), (201, Some("485728346")));
    assert_ne!(moved.id(), first);
}

#[tokio::test]
async fn an_archived_account_is_listed_and_read_on_request() {
    let bench = bench().await;
    let id = bench.ask(create(harbour())).await.id();
    assert!(bench.emulator.archive_channel_account(id.as_str()));
    assert!(!bench.emulator.archive_channel_account(id.as_str()));
    assert!(!bench.emulator.archive_channel_account("1"));
    let read = bench
        .ask_twice(Ask::get(format!("{ACCOUNTS}/{id}?archived=true")))
        .await
        .json();
    assert_eq!((&read["archived"], &read["archivedAt"]), (&json!(true), &json!("2023-11-14T22:13:20.000Z")));
    for ask in [
        get(&id),
        Ask::get(format!("{ACCOUNTS}/{id}?archived=false")),
        patch(&id, json!({"authorized": true})),
        Ask::publish(hello_with(json!({"channelAccountId": id}))),
    ] {
        let answer = bench.ask_twice(ask).await;
        assert_eq!((answer.status, answer.error()), (404, no_account(&id)));
    }
    let other = bench
        .ask_twice(Ask::get(format!("{ACCOUNTS}/3307400689?archived=true")))
        .await;
    assert_eq!(other.status, 404);
    assert_eq!(ids(&bench.ask_twice(Ask::get(ACCOUNTS)).await.json()), ["3307400689"]);
    let archived = bench
        .ask_twice(Ask::get(format!("{ACCOUNTS}?archived=true")))
        .await
        .json();
    assert_eq!((ids(&archived), &archived["total"]), (vec![&*id], &json!(1)));
    let answer = bench.ask_twice(Ask::get(format!("{ACCOUNTS}?archived=maybe"))).await;
    assert_eq!(answer.error()["message"], "Unable to parse value for query parameter: archived");
}

#[tokio::test]
async fn only_hubspot_switches_an_account_on_and_off() {
    let bench = bench().await;
    assert!(bench.emulator.set_channel_account_active("3307400689", false));
    assert!(!bench.emulator.set_channel_account_active("1", false));
    assert_eq!(bench.ask_twice(get("3307400689")).await.json()["active"], false);
    assert_eq!(bench.ask_twice(Ask::publish(common::hello())).await.status, 400);
    assert!(bench.emulator.set_channel_account_active("3307400689", true));
    assert_eq!(bench.ask(Ask::publish(common::hello())).await.status, 201);
}

#[tokio::test]
async fn the_list_can_be_filtered_and_comes_in_pages() {
    let bench = bench().await;
    let mut all = vec!["3307400689".to_owned()];
    for (kind, value) in [
        ("CHANNEL_SPECIFIC_OPAQUE_ID", "a,b"),
        ("HS_PHONE_NUMBER", "+4915112345678"),
        ("HS_SHORT_CODE", "4711"),
        ("CHANNEL_SPECIFIC_OPAQUE_ID", "4711"),
    ] {
        let identifier = json!({"deliveryIdentifier": {"type": kind, "value": value}});
        all.push(bench.ask(create(harbour_with(identifier))).await.id());
    }
    for (query, expected) in [
        ("", vec![0, 1, 2, 3, 4]),
        ("deliveryIdentifierType=HS_PHONE_NUMBER", vec![2]),
        ("deliveryIdentifierType=HS_PHONE_NUMBER,HS_SHORT_CODE", vec![2, 3]),
        ("deliveryIdentifierType=HS_PHONE_NUMBER&deliveryIdentifierType=HS_SHORT_CODE", vec![2, 3]),
        ("deliveryIdentifierValue=4711", vec![3, 4]),
        ("deliveryIdentifierValue=a%2Cb&deliveryIdentifierValue=%2B4915112345678", vec![1, 2]),
        ("deliveryIdentifierValue=4711&deliveryIdentifierType=HS_SHORT_CODE", vec![3]),
        ("deliveryIdentifierValue=a", vec![]),
    ] {
        let expected: Vec<&str> = expected.into_iter().map(|at: usize| &*all[at]).collect();
        let page = bench.ask_twice(Ask::get(format!("{ACCOUNTS}?{query}"))).await.json();
        assert_eq!((ids(&page), &page["total"]), (expected.clone(), &json!(expected.len())), "{query}");
        // The same one by one.
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = bench
                .ask_twice(Ask::get(format!("{ACCOUNTS}?{query}&limit=1{after}")))
                .await
                .json();
            seen.extend(ids(&page).into_iter().map(str::to_owned));
            let Some(next) = page["paging"]["next"]["after"].as_str() else {
                break;
            };
            after = format!("&after={next}");
        }
        assert_eq!(seen, expected, "{query}");
    }
    let answer = bench
        .ask_twice(Ask::get(format!("{ACCOUNTS}?deliveryIdentifierType=EMAIL")))
        .await;
    let error = json!({
        "status": "error",
        "message": "Unable to parse value for query parameter: deliveryIdentifierType",
    });
    assert_eq!((answer.status, answer.error()), (400, error));
    assert_eq!(bench.ask_twice(Ask::get(format!("{ACCOUNTS}?limit=0"))).await.status, 400);
}

#[tokio::test]
async fn what_is_done_to_accounts_is_noted_for_the_webhook() {
    let clock = ManualClock::new(noon());
    let bench = Bench::new(Emulator::with_seed(Seed::default().with_clock(clock.clone()))).await;
    let id = bench
        .ask(create(harbour_with(json!({"inboxId": "485728346"}))))
        .await
        .id();
    clock.advance(Duration::from_secs(1));
    bench.ask(patch(&id, json!({"authorized": false}))).await;
    bench.emulator.set_channel_account_active(id.as_str(), false);
    let events = serde_json::to_value(bench.emulator.events()).unwrap();
    let event_ids: std::collections::BTreeSet<_> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["eventId"].to_string())
        .collect();
    assert_eq!(event_ids.len(), 3);
    for (at, (kind, authorized, time)) in [
        ("CHANNEL_ACCOUNT_CREATED", true, "2023-11-14T22:13:20.000Z"),
        ("CHANNEL_ACCOUNT_UPDATED", false, "2023-11-14T22:13:21.000Z"),
        ("CHANNEL_ACCOUNT_UPDATED", false, "2023-11-14T22:13:21.000Z"),
    ]
    .into_iter()
    .enumerate()
    {
        let event = json!({
            "type": kind,
            "portalId": "62515",
            "channelId": "2930388",
            "eventId": events[at]["eventId"],
            "eventTimestamp": time,
            "channelAccountId": id,
            "channelAccountDeliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "harbour"},
            "authorized": authorized,
        });
        assert_eq!(events[at], event);
    }
    assert!(matches!(bench.emulator.events()[0], ChannelEvent::ChannelAccountCreated(_)));
}
