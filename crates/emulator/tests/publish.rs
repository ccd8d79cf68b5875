//! What publishing creates.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use common::{Ask, Bench, MESSAGES, hello, hello_with};
use http::Method;
use hubchannel_api::{ApiVersion, clock::ManualClock};
use hubchannel_emulator::{AccountSeed, ChannelSeed, Emulator, Seed, Threading, TokenSeed};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

fn keyed(key: &str) -> Value {
    hello_with(json!({"integrationIdempotencyId": key}))
}

#[tokio::test]
async fn a_published_message_is_answered_in_full_and_read_back() {
    let bench = Bench::new(Emulator::new()).await;
    let published = bench.ask(Ask::publish(hello())).await;
    assert_eq!(published.status, 201);
    let id = published.id();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(published.header("location"), format!("{MESSAGES}/{id}"));
    assert_eq!(
        published.json(),
        json!({
            "type": "MESSAGE",
            "id": id,
            "conversationsThreadId": "19615248001",
            "createdAt": "2026-05-27T12:15:00.123Z",
            "createdBy": "V-1401",
            "client": {"clientType": "INTEGRATION", "integrationAppId": 40776849},
            "senders": [{
                "actorId": "V-1401",
                "name": "Ada",
                "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:987654321"},
            }],
            "recipients": [],
            "archived": false,
            "text": "Hello",
            "attachments": [],
            "truncationStatus": "NOT_TRUNCATED",
            "status": {"statusType": "RECEIVED"},
            "direction": "INCOMING",
            "channelId": "2930388",
            "channelAccountId": "3307400689",
        })
    );
    let read = bench.ask_twice(Ask::get(format!("{MESSAGES}/{id}"))).await;
    assert_eq!(read.status, 200);
    assert_eq!(read.json(), published.json());
    assert_eq!(serde_json::to_value(bench.emulator.messages()).unwrap(), json!([published.json()]));
}

#[tokio::test]
async fn every_documented_member_of_a_publish_has_its_place_in_the_answer() {
    let emulator = Emulator::new();
    let body = json!({
        "channelAccountId": "3307400689",
        "messageDirection": "OUTGOING",
        "senders": [{
            "name": "Grace",
            "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "grace@example.com"},
            "senderActorId": "A-2620022",
        }],
        "recipients": [{"deliveryIdentifier": {"type": "HS_PHONE_NUMBER", "value": "+4915112345678"}, "name": "Ada"}],
        "text": "plain",
        "richText": "<b>rich</b>",
        "timestamp": "2026-05-27T14:16:00.000999+02:00",
        "inReplyToId": "3ad3474b08dd408ca57a8454e355e942",
        "integrationThreadId": "chat-42",
        "integrationIdempotencyId": "chat-42/8",
        "associateWithContactId": 1401,
        "preResolvedContacts": {"contacts": [{"contactVid": 1401, "contactPropertiesLeadingToMatch": ["email"]}]},
        "unheardOf": true,
        "attachments": [
            {"type": "FILE", "fileId": 122692044085_u64, "name": "ignored.png"},
            {"type": "FILE", "fileId": "7", "fileUsageType": "STICKER"},
            {"type": "LOCATION", "latitude": 52.5200066, "longitude": 13, "name": "Here", "url": null},
            {"type": "CONTACT", "contactProfile": {
                "name": {"firstName": "Ada", "nickname": "A"},
                "addresses": [], "emails": [{"email": "ada@example.com", "type": "WORK"}], "phones": [], "urls": [],
            }},
            {"type": "UNSUPPORTED_CONTENT", "reason": "a hologram"},
            {"type": "MESSAGE_HEADER", "text": "Header", "fileId": "8"},
            {"type": "QUICK_REPLIES", "quickReplies": [{"value": "yes", "valueType": "TEXT", "label": "Yes"}]},
            {"type": "SOCIAL_MEDIA_METADATA", "socialMetadata": {"mediaType": "STORY", "id": "s1"}},
        ],
    });
    let published = common::in_process(&emulator, Ask::publish(body)).await;
    assert_eq!(
        published.json(),
        json!({
            "type": "MESSAGE",
            "id": published.id(),
            "conversationsThreadId": "19615248001",
            "createdAt": "2026-05-27T12:16:00.000Z",
            "createdBy": "A-2620022",
            "client": {"clientType": "INTEGRATION", "integrationAppId": 40776849},
            "senders": [{
                "actorId": "A-2620022",
                "name": "Grace",
                "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "grace@example.com"},
            }],
            "recipients": [{
                "actorId": "V-1401",
                "name": "Ada",
                "deliveryIdentifier": {"type": "HS_PHONE_NUMBER", "value": "+4915112345678"},
            }],
            "archived": false,
            "text": "plain",
            "richText": "<b>rich</b>",
            "attachments": [
                {"type": "FILE", "fileId": "122692044085", "fileUsageType": "OTHER"},
                {"type": "FILE", "fileId": "7", "fileUsageType": "STICKER"},
                {"type": "LOCATION", "latitude": 52.5200066, "longitude": 13, "name": "Here"},
                {"type": "CONTACT", "contactProfile": {
                    "name": {"firstName": "Ada"},
                    "addresses": [], "emails": [{"email": "ada@example.com", "type": "WORK"}], "phones": [], "urls": [],
                }},
                {"type": "UNSUPPORTED_CONTENT"},
                {"type": "MESSAGE_HEADER", "text": "Header", "fileId": 8},
                {
                    "type": "QUICK_REPLIES",
                    "quickReplies": [{"value": "yes", "valueType": "TEXT", "label": "Yes"}],
                    "allowMultiSelect": false,
                    "allowUserInput": false,
                },
                {"type": "SOCIAL_MEDIA_METADATA", "socialMetadata": {"mediaType": "STORY", "id": "s1"}},
            ],
            "truncationStatus": "NOT_TRUNCATED",
            "status": {"statusType": "SENT"},
            "direction": "OUTGOING",
            "channelId": "2930388",
            "channelAccountId": "3307400689",
            "inReplyToId": "3ad3474b08dd408ca57a8454e355e942",
        })
    );
}

#[tokio::test]
async fn a_repeated_publish_creates_one_message() {
    let bench = Bench::new(Emulator::new()).await;
    let first = bench.ask(Ask::publish(keyed("chat-42/7"))).await;
    let again = bench.ask_twice(Ask::publish(keyed("chat-42/7"))).await;
    assert_eq!((again.status, again.json()), (201, first.json()));
    assert_eq!(again.header("location"), first.header("location"));
    let mut other = keyed("chat-42/7");
    other["text"] = "something else".into();
    assert_eq!(bench.ask_twice(Ask::publish(other)).await.json(), first.json());
    assert_eq!(bench.emulator.messages().len(), 1);
    assert_eq!(bench.emulator.threads()[0].messages.len(), 1);
}

#[tokio::test]
async fn different_keys_create_different_messages() {
    let bench = Bench::new(Emulator::new()).await;
    let first = bench.ask(Ask::publish(keyed("chat-42/7"))).await;
    let second = bench.ask(Ask::publish(keyed("chat-42/8"))).await;
    assert_ne!(first.id(), second.id());
    assert_eq!(bench.emulator.messages().len(), 2);
}

#[tokio::test]
async fn without_a_key_every_publish_creates_a_message() {
    let bench = Bench::new(Emulator::new()).await;
    for body in [hello(), hello(), keyed(""), keyed("")] {
        assert_eq!(bench.ask(Ask::publish(body)).await.status, 201);
    }
    assert_eq!(bench.emulator.messages().len(), 4);
}

#[tokio::test]
async fn a_repeat_shows_the_message_as_it_is_now() {
    let bench = Bench::new(Emulator::new()).await;
    let first = bench.ask(Ask::publish(keyed("k"))).await;
    bench.ask(Ask::patch(&first.id(), json!({"statusType": "READ"}))).await;
    let again = bench.ask(Ask::publish(keyed("k"))).await;
    assert_eq!(again.json()["status"], json!({"statusType": "READ"}));
}

/// Two accounts in one portal, one in another.
fn two_portals(threading: Threading) -> Seed {
    let channel = ChannelSeed::new("2930388", 77).set_threading(threading);
    Seed::new(channel, AccountSeed::new("3307400689", "2930388", 1), TokenSeed::new("one", 1, 77))
        .add_account(AccountSeed::new("3307400690", "2930388", 1))
        .add_account(AccountSeed::new("4000", "2930388", 2))
        .add_token(TokenSeed::new("two", 2, 77))
}

#[tokio::test]
async fn keys_and_threads_are_of_one_channel_account() {
    let emulator = Emulator::with_seed(two_portals(Threading::IntegrationThreadId));
    let mut ids = Vec::new();
    for (account, token) in [("3307400689", "one"), ("3307400690", "one"), ("4000", "two")] {
        let body = hello_with(json!({"channelAccountId": account, "integrationIdempotencyId": "k"}));
        ids.push(
            common::in_process(&emulator, Ask::publish(body).token(token))
                .await
                .id(),
        );
    }
    assert_eq!(emulator.messages().len(), 3);
    assert_eq!(emulator.threads().len(), 3);
    let foreign = Ask::get(format!("{MESSAGES}/{}", ids[2])).token("one");
    assert_eq!(common::in_process(&emulator, foreign).await.status, 404);
    // The same person at two accounts of a portal, and in another portal somebody else.
    let authors: Vec<_> = emulator
        .messages()
        .into_iter()
        .map(|message| message.created_by.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(authors, ["V-1401", "V-1401", "V-1402"]);
}

async fn thread_of(emulator: &Emulator, body: Value) -> String {
    let answer = common::in_process(emulator, Ask::publish(body)).await;
    answer.json()["conversationsThreadId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_channel_that_threads_by_id_keeps_ids_apart() {
    let emulator = Emulator::new();
    let of = async |id: Value| thread_of(&emulator, hello_with(json!({"integrationThreadId": id}))).await;
    let first = of("a".into()).await;
    assert_eq!(of("a".into()).await, first);
    assert_ne!(of("b".into()).await, first);
    let made_up = of(Value::Null).await;
    assert_ne!(made_up, first);
    assert_ne!(of(Value::Null).await, made_up);
    let ids: Vec<_> = emulator
        .threads()
        .into_iter()
        .map(|thread| (thread.integration_thread_ids.concat(), thread.messages.len()))
        .collect();
    let expected = [("a", 2), ("b", 1), ("8465029001", 1), ("8465029002", 1)].map(|(id, count)| (id.to_owned(), count));
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn a_channel_that_threads_by_participants_keeps_people_apart() {
    let emulator = Emulator::with_seed(two_portals(Threading::DeliveryIdentifier));
    let person = |value: &str| json!([{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": value}}]);
    let from = async |value: &str| thread_of(&emulator, hello_with(json!({"senders": person(value)}))).await;
    let ada = from("ada").await;
    assert_eq!(from("ada").await, ada);
    assert_ne!(from("grace").await, ada);
    let reply = hello_with(json!({
        "messageDirection": "OUTGOING",
        "senders": person("shop"),
        "recipients": person("ada"),
        "integrationThreadId": "something else",
    }));
    assert_eq!(thread_of(&emulator, reply).await, ada);
    assert!(
        emulator
            .threads()
            .iter()
            .all(|thread| thread.integration_thread_ids.is_empty())
    );
}

#[tokio::test]
async fn what_hubspot_lets_pass_is_let_pass() {
    let bench = Bench::new(Emulator::new()).await;
    let sparse = json!({
        "channelAccountId": "3307400689",
        "senders": [{"deliveryIdentifier": {"type": "HS_PHONE_NUMBER", "value": "+4915112345678"}}],
        "text": "Hello",
    });
    let answer = bench.ask(Ask::publish(sparse.clone())).await;
    assert_eq!(answer.status, 201);
    let message = answer.json();
    assert_eq!(message["direction"], "INCOMING");
    assert_eq!(message["recipients"], json!([]));
    assert_eq!(message["attachments"], json!([]));

    let strict = Emulator::with_seed(Seed::default().strict());
    let refused = common::in_process(&strict, Ask::publish(sparse.clone())).await;
    let end = sparse.to_string().len();
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.error()["message"],
        format!(
            "Invalid input JSON on line 1, column {end}. Some required fields were not set: [messageDirection, \
             recipients, attachments, timestamp]"
        )
    );
}

#[tokio::test]
async fn times_come_from_the_clock() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_millis(1_779_884_100_123));
    let emulator = Emulator::with_seed(Seed::default().with_clock(clock.clone()));
    let published = common::in_process(&emulator, Ask::publish(hello_with(json!({"timestamp": null})))).await;
    assert_eq!(published.json()["createdAt"], "2026-05-27T12:15:00.123Z");
    assert_eq!(published.json().get("updatedAt"), None);
    clock.advance(Duration::from_secs(5));
    let patched = common::in_process(&emulator, Ask::patch(&published.id(), json!({"statusType": "READ"}))).await;
    assert_eq!(patched.json()["createdAt"], "2026-05-27T12:15:00.123Z");
    assert_eq!(patched.json()["updatedAt"], "2026-05-27T12:15:05.123Z");
}

#[tokio::test]
async fn all_versions_and_spellings_reach_the_same_messages() {
    let bench = Bench::new(Emulator::new()).await;
    let bases: Vec<&str> = ApiVersion::ALL
        .into_iter()
        .flat_map(|version| [Some(version.base()), version.alias()])
        .flatten()
        .collect();
    assert_eq!(bases.len(), 5);
    for base in &bases {
        for slash in ["", "/"] {
            let path = format!("{base}/2930388/messages{slash}");
            let published = bench.ask(Ask::new(Method::POST, path).json(hello())).await;
            assert_eq!(published.status, 201, "{base}");
            let location = published.header("location").to_owned();
            assert!(location.contains("/custom-channels"), "{location}");
            assert_eq!(bench.ask_twice(Ask::get(location)).await.json(), published.json());
            for other in &bases {
                let path = format!("{other}/2930388/messages/{}{slash}", published.id());
                assert_eq!(bench.ask(Ask::get(path)).await.json(), published.json());
            }
        }
    }
    let zeros = "/conversations/v3/custom-channels/0002930388/messages";
    assert_eq!(bench.ask(Ask::new(Method::POST, zeros).json(hello())).await.status, 201);
}

#[tokio::test]
async fn the_same_seed_and_requests_give_the_same_answers() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let run = async |id_seed| {
        let emulator = Emulator::with_seed(Seed::default().with_clock(clock.clone()).with_id_seed(id_seed));
        let first = common::in_process(&emulator, Ask::publish(hello())).await;
        let second = common::in_process(&emulator, Ask::get("/")).await;
        (first.id(), first.header("x-hubspot-correlation-id").to_owned(), second.headers)
    };
    assert_eq!(run(1).await, run(1).await);
    assert_ne!(run(1).await, run(2).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_publishes_at_once_lose_nothing() {
    let emulator = Emulator::with_seed(Seed::default().without_rate_limits());
    let tasks: Vec<_> = (0..200)
        .map(|number| {
            let emulator = emulator.clone();
            // Every key comes twice.
            let body = keyed(&format!("k{}", number / 2));
            tokio::spawn(async move { common::in_process(&emulator, Ask::publish(body)).await.id() })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 100);
    assert_eq!(emulator.messages().len(), 100);
    assert_eq!(emulator.threads()[0].messages.len(), 100);
    assert_eq!(emulator.received().len(), 200);
}
