//! Inboxes, actors and threads, with answers written by hand. What changes nothing is asked in process and over HTTP.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::Duration;

use common::{Ask, Bench, hello, hello_with, noon};
use http::Method;
use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{AccountSeed, ChannelSeed, Emulator, InboxSeed, Seed, Threading, TokenSeed};
use serde_json::{Value, json};

/// Every known start of a path to conversations.
const BASES: [&str; 2] = [
    "/conversations/v3/conversations",
    "/conversations/conversations/2026-09",
];

fn seed(clock: &ManualClock) -> Seed {
    Seed::default()
        .with_clock(clock.clone())
        .add_inbox(InboxSeed::new("900", 62515).set_name("Support").help_desk())
        .add_inbox(InboxSeed::new("901", 62516))
        .add_channel(ChannelSeed::new("500", 40_776_849).set_threading(Threading::DeliveryIdentifier))
        .add_account(AccountSeed::new("501", "500", 62515).set_inbox("900"))
        .add_account(AccountSeed::new("700", "2930388", 62516))
        .add_token(TokenSeed::new("elsewhere", 62516, 40_776_849))
        .add_token(TokenSeed::new("reader", 62515, 40_776_849).set_scopes(["conversations.read"]))
        .add_token(TokenSeed::new("channels", 62515, 40_776_849).set_scopes(["conversations.custom_channels.read"]))
}

async fn bench() -> (Bench, ManualClock) {
    let clock = ManualClock::new(noon());
    (Bench::new(Emulator::with_seed(seed(&clock))).await, clock)
}

fn get(path: &str) -> Ask {
    Ask::get(format!("{}/{path}", BASES[0]))
}

fn set(thread: &str, body: Value) -> Ask {
    Ask::new(Method::PATCH, format!("{}/threads/{thread}", BASES[0])).json(body)
}

fn no_thread(id: &str) -> Value {
    json!({
        "status": "error",
        "message": format!("Thread {id} not found"),
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "ConversationsResourceNotFoundError.THREAD_NOT_FOUND",
        "context": {"id": [id]},
    })
}

/// Publishes, and says in which thread.
async fn publish(bench: &Bench, changes: Value) -> String {
    let answer = bench.ask(Ask::publish(hello_with(changes))).await;
    assert_eq!(answer.status, 201);
    answer.json()["conversationsThreadId"].as_str().unwrap().to_owned()
}

fn ids(page: &Value) -> Vec<&str> {
    let results = page["results"].as_array().unwrap();
    results.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_portal_sees_its_own_inboxes() {
    let (bench, _) = bench().await;
    let support = json!({
        "id": "900",
        "name": "Support",
        "type": "HELP_DESK",
        "createdAt": "2023-11-14T22:13:20.000Z",
        "updatedAt": "2023-11-14T22:13:20.000Z",
        "archived": false,
    });
    for base in BASES {
        for slash in ["", "/"] {
            let listed = bench.ask_twice(Ask::get(format!("{base}/inboxes{slash}"))).await.json();
            assert_eq!((ids(&listed), &listed["total"]), (vec!["485728346", "900"], &json!(2)));
            assert_eq!(listed["results"][1], support);
            let one = bench.ask_twice(Ask::get(format!("{base}/inboxes/900{slash}"))).await;
            assert_eq!((one.status, one.json()), (200, support.clone()));
        }
    }
    let first = bench.ask_twice(get("inboxes?limit=1")).await.json();
    let after = first["paging"]["next"]["after"].as_str().unwrap().to_owned();
    assert_eq!(ids(&bench.ask_twice(get(&format!("inboxes?after={after}"))).await.json()), ["900"]);
    assert_eq!(bench.ask_twice(get("inboxes?archived=true")).await.json()["total"], 0);
    for path in ["inboxes/901", "inboxes/1", "inboxes/900?archived=true"] {
        let answer = bench.ask_twice(get(path)).await;
        assert_eq!((answer.status, answer.error()["category"].as_str()), (404, Some("OBJECT_NOT_FOUND")));
    }
    let answer = bench.ask_twice(get("inboxes").token("channels")).await;
    assert_eq!(answer.error()["errors"][0]["context"], json!({"requiredScopes": ["conversations.read"]}));
}

#[tokio::test]
async fn a_portal_sees_its_accounts_of_every_channel_without_identifiers() {
    let (bench, _) = bench().await;
    for (query, expected) in [
        ("", vec!["3307400689", "501"]),
        ("?channelId=500", vec!["501"]),
        ("?inboxId=485728346,900", vec!["3307400689", "501"]),
        ("?inboxId=900&channelId=2930388", vec![]),
        ("?archived=true", vec![]),
    ] {
        let listed = bench.ask_twice(get(&format!("channel-accounts{query}"))).await.json();
        assert_eq!(ids(&listed), expected, "{query}");
    }
    let elsewhere = bench.ask_twice(get("channel-accounts").token("elsewhere")).await.json();
    assert_eq!(ids(&elsewhere), ["700"]);
}

#[tokio::test]
async fn a_publish_opens_a_conversation_and_the_next_goes_on_with_it() {
    let (bench, clock) = bench().await;
    let thread = publish(&bench, json!({})).await;
    let mut expected = json!({
        "id": thread,
        "createdAt": "2023-11-14T22:13:20.000Z",
        "status": "OPEN",
        "originalChannelId": "2930388",
        "originalChannelAccountId": "3307400689",
        "latestMessageTimestamp": "2026-05-27T12:15:00.123Z",
        "latestMessageReceivedTimestamp": "2026-05-27T12:15:00.123Z",
        "spam": false,
        "inboxId": "485728346",
        "associatedContactId": "1401",
        "archived": false,
    });
    for base in BASES {
        let answer = bench.ask_twice(Ask::get(format!("{base}/threads/{thread}"))).await;
        assert_eq!((answer.status, answer.json()), (200, expected.clone()));
    }
    clock.advance(Duration::from_secs(1));
    let sent = json!({
        "messageDirection": "OUTGOING",
        "recipients": hello()["senders"],
        "timestamp": "2026-05-27T12:16:00Z",
    });
    assert_eq!(publish(&bench, sent).await, thread);
    assert_eq!(publish(&bench, json!({"timestamp": "2026-05-27T12:10:00Z"})).await, thread);
    expected["latestMessageTimestamp"] = "2026-05-27T12:16:00.000Z".into();
    expected["latestMessageSentTimestamp"] = "2026-05-27T12:16:00.000Z".into();
    assert_eq!(bench.ask_twice(get(&format!("threads/{thread}"))).await.json(), expected);
    assert_eq!(serde_json::to_value(bench.emulator.conversations()).unwrap(), json!([expected]));

    // A repeat that creates nothing opens nothing either.
    let key = json!({"integrationIdempotencyId": "k", "timestamp": "2026-05-27T12:20:00Z"});
    publish(&bench, key.clone()).await;
    bench.ask(set(&thread, json!({"status": "CLOSED"}))).await;
    publish(&bench, key).await;
    assert_eq!(bench.ask_twice(get(&format!("threads/{thread}"))).await.json()["status"], "CLOSED");
}

#[tokio::test]
async fn a_closed_conversation_opens_again_with_the_next_message() {
    let (bench, clock) = bench().await;
    for (at, changes) in [json!({}), json!({"channelAccountId": "501"})].into_iter().enumerate() {
        let ask = |body: Value| {
            let channel = if at == 0 { "2930388" } else { "500" };
            Ask::new(Method::POST, format!("{}/{channel}/messages", common::CHANNELS)).json(body)
        };
        let first = bench.ask(ask(hello_with(changes.clone()))).await.json();
        let thread = first["conversationsThreadId"].as_str().unwrap();
        let path = format!("threads/{thread}");
        let open = bench.ask_twice(get(&path)).await.json();
        clock.advance(Duration::from_secs(60));
        let closed = bench.ask(set(thread, json!({"status": "CLOSED"}))).await;
        let mut expected = open.clone();
        expected["status"] = "CLOSED".into();
        expected["closedAt"] = json!(format!("2023-11-14T22:{}:20.000Z", 14 + at));
        assert_eq!((closed.status, closed.json()), (200, expected.clone()));
        clock.advance(Duration::from_secs(0));
        assert_eq!(bench.ask_twice(set(thread, json!({"status": "CLOSED"}))).await.json(), expected);
        assert_eq!(bench.ask_twice(get(&path)).await.json(), expected);
        let second = bench.ask(ask(hello_with(changes))).await.json();
        assert_eq!(second["conversationsThreadId"], thread);
        assert_eq!(bench.ask_twice(get(&path)).await.json(), open);
        bench.ask(set(thread, json!({"status": "CLOSED"}))).await;
        assert_eq!(bench.ask(set(thread, json!({"status": "OPEN"}))).await.json(), open);
        assert_eq!(bench.ask_twice(set(thread, json!({"archived": false}))).await.json(), open);
    }
}

#[tokio::test]
async fn a_thread_that_cannot_be_had_or_changed_is_turned_down() {
    let (bench, _) = bench().await;
    let thread = publish(&bench, json!({})).await;
    for (ask, id) in [
        (get("threads/1"), "1"),
        (get("threads/1/messages"), "1"),
        (get("threads/1/messages/5c1f"), "1"),
        (set("1", json!({"status": "CLOSED"})), "1"),
        (get(&format!("threads/{thread}?archived=true")), &*thread),
        (get(&format!("threads/{thread}")).token("elsewhere"), &*thread),
        (get(&format!("threads/{thread}/messages")).token("elsewhere"), &*thread),
        (set(&thread, json!({"status": "CLOSED"})).token("elsewhere"), &*thread),
    ] {
        let answer = bench.ask_twice(ask).await;
        assert_eq!((answer.status, answer.error()), (404, no_thread(id)));
    }
    for (body, message) in [
        (json!({}), "Failed to update object. The body of the request is empty."),
        (json!({"archived": true}), "archived must not be true"),
        (
            json!({"status": "ENDED"}),
            "Invalid input JSON on line -1, column -1: Cannot deserialize value of type `ThreadStatus` from String \
             \"ENDED\": not one of the values accepted for Enum class: [OPEN, CLOSED]",
        ),
    ] {
        let answer = bench.ask_twice(set(&thread, body)).await;
        assert_eq!((answer.status, answer.error()["message"].as_str()), (400, Some(message)));
    }
    let answer = bench
        .ask_twice(set(&thread, json!({"status": "CLOSED"})).token("reader"))
        .await;
    assert_eq!(answer.error()["errors"][0]["context"], json!({"requiredScopes": ["conversations.write"]}));
    assert_eq!(bench.ask_twice(get(&format!("threads/{thread}"))).await.json()["status"], "OPEN");
}

#[tokio::test]
async fn threads_can_be_filtered_and_come_in_pages() {
    let (bench, _) = bench().await;
    let mut all = Vec::new();
    for (number, visitor) in ["a", "b", "a"].into_iter().enumerate() {
        let sender = json!([{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": visitor}}]);
        let time = format!("2026-05-27T12:0{number}:00Z");
        let thread = format!("{number}");
        let body = json!({"senders": sender, "integrationThreadId": thread, "timestamp": time});
        all.push(publish(&bench, body).await);
    }
    bench.ask(set(&all[1], json!({"status": "CLOSED"}))).await;
    for (query, expected) in [
        ("", vec![0, 1, 2]),
        ("threadStatus=CLOSED", vec![1]),
        ("threadStatus=OPEN", vec![0, 2]),
        ("associatedContactId=1401", vec![0, 2]),
        ("associatedContactId=1401&inboxId=900", vec![]),
        ("inboxId=900&inboxId=485728346", vec![0, 1, 2]),
        ("latestMessageTimestampAfter=2026-05-27T12:00:00Z&sort=latestMessageTimestamp", vec![1, 2]),
        ("archived=true", vec![]),
        ("limit=500", vec![0, 1, 2]),
    ] {
        let expected: Vec<&str> = expected.into_iter().map(|at: usize| &*all[at]).collect();
        let page = bench.ask_twice(get(&format!("threads?{query}"))).await.json();
        assert_eq!((ids(&page), page.get("total")), (expected, None), "{query}");
    }
    let page = bench.ask_twice(get("threads?limit=2")).await.json();
    let after = page["paging"]["next"]["after"].as_str().unwrap().to_owned();
    assert_eq!(ids(&bench.ask_twice(get(&format!("threads?after={after}"))).await.json()), [&all[2]]);
    for (query, message) in [
        ("limit=501", "limit must be between 1 and 500"),
        ("threadStatus=ENDED", "Unable to parse value for query parameter: threadStatus"),
        ("latestMessageTimestampAfter=now", "Unable to parse value for query parameter: latestMessageTimestampAfter"),
    ] {
        let answer = bench.ask_twice(get(&format!("threads?{query}"))).await;
        assert_eq!((answer.status, answer.error()["message"].as_str()), (400, Some(message)));
    }
    assert_eq!(ids(&bench.ask_twice(get("threads").token("elsewhere")).await.json()), [""; 0]);
}

#[tokio::test]
async fn a_thread_shows_its_messages_in_order_and_as_they_are_now() {
    let (bench, _) = bench().await;
    let thread = publish(&bench, json!({"text": "1"})).await;
    publish(&bench, json!({"text": "elsewhere", "integrationThreadId": "other"})).await;
    for text in ["2", "3"] {
        publish(&bench, json!({"text": text})).await;
    }
    let path = format!("threads/{thread}/messages");
    let page = bench.ask_twice(get(&path)).await.json();
    let texts: Vec<&str> = page["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["text"].as_str().unwrap())
        .collect();
    assert_eq!((texts, page.get("total")), (vec!["1", "2", "3"], None));
    let id = page["results"][1]["id"].as_str().unwrap();
    let reported = bench.ask(Ask::patch(id, json!({"statusType": "READ"}))).await.json();
    assert_eq!(bench.ask_twice(get(&format!("{path}/{id}"))).await.json(), reported);
    let first = bench.ask_twice(get(&format!("{path}?limit=1"))).await.json();
    let after = first["paging"]["next"]["after"].as_str().unwrap();
    let second = bench
        .ask_twice(get(&format!("{path}?limit=1&after={after}")))
        .await
        .json();
    assert_eq!(second["results"][0], reported);
    let answer = bench.ask_twice(get(&format!("{path}/5c1f"))).await;
    assert_eq!((answer.status, answer.error()["context"].clone()), (404, json!({"messageId": ["5c1f"]})));
    let other = bench.emulator.messages()[1].id.as_ref().unwrap().to_string();
    assert_eq!(bench.ask_twice(get(&format!("{path}/{other}"))).await.status, 404);
}

#[tokio::test]
async fn actors_are_those_who_take_part() {
    let (bench, _) = bench().await;
    publish(&bench, json!({})).await;
    let mail = json!([{
        "name": "Grace",
        "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "grace@example.com"},
    }]);
    publish(&bench, json!({"senders": mail})).await;
    let ada = json!({"type": "VISITOR", "id": "V-1401", "name": "Ada"});
    let grace = json!({"type": "VISITOR", "id": "V-1402", "name": "Grace", "email": "grace@example.com"});
    let agent = json!({"type": "AGENT", "id": "A-2620022", "name": "Emulated agent", "email": "agent@example.com"});
    let app = json!({"type": "INTEGRATOR", "id": "I-40776849", "name": "Emulated app"});
    let hubspot = json!({"type": "SYSTEM", "id": "S-hubspot", "name": "HubSpot"});
    for actor in [&ada, &grace, &agent, &app, &hubspot] {
        let answer = bench
            .ask_twice(get(&format!("actors/{}", actor["id"].as_str().unwrap())))
            .await;
        assert_eq!((answer.status, &answer.json()), (200, actor));
    }
    for id in ["V-1", "A-1", "I-1", "X-1", "nobody", "L-1"] {
        let answer = bench.ask_twice(get(&format!("actors/{id}"))).await;
        assert_eq!((answer.status, answer.error()["context"].clone()), (404, json!({"actorId": [id]})));
    }
    assert_eq!(bench.ask_twice(get("actors/V-1401").token("elsewhere")).await.status, 404);
    for base in BASES {
        let body = json!({"inputs": ["V-1402", "V-1", "A-2620022"]});
        let batch = Ask::new(Method::POST, format!("{base}/actors/batch/read")).json(body);
        let answer = bench.ask_twice(batch.token("reader")).await;
        assert_eq!(
            (answer.status, answer.json()),
            (
                200,
                json!({
                    "status": "COMPLETE",
                    "results": [grace, agent],
                    "startedAt": "2023-11-14T22:13:20.000Z",
                    "completedAt": "2023-11-14T22:13:20.000Z",
                })
            )
        );
    }
    let empty = Ask::new(Method::POST, format!("{}/actors/batch/read", BASES[0])).json(json!({}));
    let message = "Invalid input JSON on line 1, column 2. Some required fields were not set: [inputs]";
    assert_eq!(bench.ask_twice(empty).await.error()["message"], message);
}
