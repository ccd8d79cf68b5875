//! Every switch, both ways.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::Duration;

use common::{Answer, Ask, Bench, CHANNELS, MESSAGES, hello, hello_with, noon};
use http::Method;
use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{
    Emulator, Seed, TokenSeed,
    behaviour::{
        Behaviour, ClosedThread, CreatedBy, DuplicateIdentifier, MissingMembers, PrivateAppTokens, RefreshTokens,
        RepeatedKey, SecondStagingPatch, UnknownContact, UnusableAccount,
    },
};
use serde_json::{Value, json};

const ACCOUNTS: &str = "/conversations/v3/custom-channels/2930388/channel-accounts";

const THREADS: &str = "/conversations/v3/conversations/threads";

async fn with(behaviour: Behaviour) -> Bench {
    Bench::new(Emulator::with_seed(Seed::default().with_behaviour(behaviour))).await
}

fn unset() -> Behaviour {
    Behaviour::default()
}

#[tokio::test]
async fn missing_members() {
    let body =
        || hello_with(json!({"recipients": null, "attachments": null, "timestamp": null, "messageDirection": null}));
    for behaviour in [unset(), unset().set_missing_members(MissingMembers::Accept)] {
        let answer = with(behaviour).await.ask(Ask::publish(body())).await;
        assert_eq!((answer.status, &answer.json()["direction"]), (201, &json!("INCOMING")));
    }
    let strict = with(unset().set_missing_members(MissingMembers::Refuse)).await;
    let answer = strict.ask_twice(Ask::publish(body())).await;
    let names = "Some required fields were not set: [messageDirection, recipients, attachments, timestamp]";
    assert_eq!(answer.status, 400);
    assert!(answer.error()["message"].as_str().unwrap().ends_with(names));
    assert_eq!(strict.ask(Ask::publish(hello())).await.status, 201);
}

#[tokio::test]
async fn unusable_account() {
    let publish = async |behaviour: Behaviour, authorized: bool, active: bool| {
        let bench = with(behaviour).await;
        let path = format!("{ACCOUNTS}/3307400689");
        bench
            .ask(Ask::new(Method::PATCH, path).json(json!({"authorized": authorized})))
            .await;
        bench.emulator.set_channel_account_active("3307400689", active);
        (bench.ask(Ask::publish(hello())).await.status, bench.emulator.messages().len())
    };
    for (authorized, active) in [(false, true), (true, false), (false, false)] {
        assert_eq!(publish(unset(), authorized, active).await, (400, 0));
        let accept = unset().set_unusable_account(UnusableAccount::Accept);
        assert_eq!(publish(accept, authorized, active).await, (201, 1));
    }
}

/// Publishes, closes the thread, publishes twice more; the threads of the messages and the first one's status.
async fn close(behaviour: Behaviour) -> (Vec<Value>, Value) {
    let bench = with(behaviour).await;
    let thread = async || bench.ask(Ask::publish(hello())).await.json()["conversationsThreadId"].clone();
    let first = thread().await;
    let path = format!("{THREADS}/{}", first.as_str().unwrap());
    let closed = bench
        .ask(Ask::new(Method::PATCH, path.as_str()).json(json!({"status": "CLOSED"})))
        .await;
    assert_eq!(closed.json()["status"], "CLOSED");
    let threads = vec![first, thread().await, thread().await];
    let status = bench.ask_twice(Ask::get(path)).await.json()["status"].clone();
    (threads, status)
}

#[tokio::test]
async fn closed_thread() {
    let (threads, status) = close(unset()).await;
    assert!(threads[0] == threads[1] && threads[1] == threads[2] && status == "OPEN");
    let (threads, status) = close(unset().set_closed_thread(ClosedThread::Another)).await;
    assert!(threads[0] != threads[1] && threads[1] == threads[2] && status == "CLOSED");
}

#[tokio::test]
async fn repeated_key() {
    let keyed = || Ask::publish(hello_with(json!({"integrationIdempotencyId": "k"})));
    let repeat = async |behaviour: Behaviour| {
        let bench = with(behaviour).await;
        let first = bench.ask(keyed()).await;
        let again = bench.ask(keyed()).await;
        // What has no key is never a repeat.
        bench.ask(Ask::publish(hello())).await;
        bench.ask(Ask::publish(hello())).await;
        (again.status, again.json()["id"] == first.json()["id"], bench.emulator.messages().len())
    };
    assert_eq!(repeat(unset()).await, (201, true, 3));
    assert_eq!(repeat(unset().set_repeated_key(RepeatedKey::Conflict)).await, (409, false, 3));
    assert_eq!(repeat(unset().set_repeated_key(RepeatedKey::AnotherMessage)).await, (201, false, 4));
}

#[tokio::test]
async fn duplicate_identifier() {
    let connect = || {
        let identifier = json!({"type": "HS_PHONE_NUMBER", "value": "+15550001111"});
        let body = json!({"inboxId": "485728346", "name": "a", "authorized": true, "deliveryIdentifier": identifier});
        Ask::new(Method::POST, ACCOUNTS).json(body)
    };
    for (behaviour, second) in [
        (unset(), 409),
        (unset().set_duplicate_identifier(DuplicateIdentifier::Accept), 201),
    ] {
        let bench = with(behaviour).await;
        assert_eq!(bench.ask(connect()).await.status, 201);
        assert_eq!(bench.ask(connect()).await.status, second);
    }
}

#[tokio::test]
async fn second_staging_patch() {
    let finish = async |behaviour: Behaviour| {
        let bench = with(behaviour).await;
        let patch = json!({"channelAccountConnectionRedirectUrl": "https://bridge.example/connect"});
        bench
            .ask(
                Ask::new(Method::PATCH, format!("{CHANNELS}/2930388"))
                    .json(patch)
                    .developer(),
            )
            .await;
        let connection = bench.emulator.start_connection("2930388", "485728346").unwrap();
        let token = connection.redirect.account_token;
        let path = format!("{CHANNELS}/2930388/channel-account-staging-tokens/{}", token.expose());
        let name = |name: &str| Ask::new(Method::PATCH, path.as_str()).json(json!({"accountName": name}));
        let answers: (Answer, Answer) = (bench.ask(name("first")).await, bench.ask(name("second")).await);
        assert_eq!(answers.0.status, 200);
        assert_eq!(bench.emulator.channel_accounts().len(), 2);
        assert_eq!(bench.emulator.channel_accounts()[1].name.as_deref(), Some("first"));
        answers
    };
    assert_eq!(finish(unset()).await.1.status, 409);
    let (first, second) = finish(unset().set_second_staging_patch(SecondStagingPatch::Unchanged)).await;
    assert_eq!((second.status, second.json()), (200, first.json()));
}

#[tokio::test]
async fn created_by() {
    let created_by = async |behaviour: Behaviour| {
        let bench = with(behaviour).await;
        let answer = bench.ask(Ask::publish(hello())).await.json();
        (answer["createdBy"].clone(), answer["senders"][0]["actorId"].clone())
    };
    let (created_by_sender, sender) = created_by(unset()).await;
    assert_eq!(created_by_sender, sender);
    assert_eq!(created_by(unset().set_created_by(CreatedBy::App)).await, (json!("I-40776849"), sender));
}

#[tokio::test]
async fn private_app_tokens() {
    for (tokens, expected) in [(PrivateAppTokens::Refuse, 401), (PrivateAppTokens::Accept, 201)] {
        let seed = Seed::default()
            .add_token(TokenSeed::new("pat-na1-0", 62515, 40_776_849).private_app())
            .with_behaviour(unset().set_private_app_tokens(tokens));
        let bench = Bench::new(Emulator::with_seed(seed)).await;
        assert_eq!(bench.ask(Ask::publish(hello()).token("pat-na1-0")).await.status, expected);
        let answer = bench.ask_twice(Ask::get(CHANNELS).token("pat-na1-0")).await;
        assert_eq!((answer.status, &answer.error()["category"]), (401, &json!("INVALID_AUTHENTICATION")));
        // Elsewhere HubSpot takes them.
        assert_eq!(bench.ask_twice(Ask::get(THREADS).token("pat-na1-0")).await.status, 200);
    }
    assert_eq!(unset(), unset().set_private_app_tokens(PrivateAppTokens::Refuse));
}

#[tokio::test]
async fn unknown_contact() {
    let contact = async |behaviour: Behaviour| {
        let bench = with(behaviour).await;
        bench.ask(Ask::publish(hello())).await;
        bench.ask_twice(Ask::get(THREADS)).await.json()["results"][0]
            .get("associatedContactId")
            .cloned()
    };
    assert_eq!(contact(unset()).await, Some(json!("1401")));
    assert_eq!(contact(unset().set_unknown_contact(UnknownContact::Absent)).await, None);
}

#[tokio::test]
async fn refresh_tokens() {
    for (tokens, again) in [(RefreshTokens::Keep, 200), (RefreshTokens::Rotate, 400)] {
        let bench = with(unset().set_refresh_tokens(tokens)).await;
        let token = bench.emulator.refresh_token(62515, ["files"]);
        let form = || {
            let pairs = [
                ("grant_type", "refresh_token"),
                ("client_id", "emulated-client-40776849"),
                ("client_secret", "emulated-client-secret"),
                ("refresh_token", token.expose()),
            ];
            Ask::form("/oauth/v3/token", &pairs)
        };
        assert_eq!(bench.ask(form()).await.status, 200);
        assert_eq!(bench.ask(form()).await.status, again);
    }
}

#[tokio::test]
async fn listing_delay() {
    let clock = ManualClock::new(noon());
    let behaviour = unset().set_listing_delay(Duration::from_secs(5));
    let seed = Seed::default().with_clock(clock.clone()).with_behaviour(behaviour);
    let late = Bench::new(Emulator::with_seed(seed)).await;
    let register = || {
        Ask::new(Method::POST, CHANNELS)
            .json(json!({"name": "n", "capabilities": {}}))
            .developer()
    };
    let listed = async |bench: &Bench| bench.ask_twice(Ask::get(CHANNELS).developer()).await.json()["total"].clone();
    assert_eq!(late.ask(register()).await.status, 201);
    assert_eq!(listed(&late).await, 1);
    clock.advance(Duration::from_secs(5));
    assert_eq!(listed(&late).await, 2);
    let prompt = with(unset()).await;
    prompt.ask(register()).await;
    assert_eq!(listed(&prompt).await, 2);
}

#[tokio::test]
async fn shorthands_of_the_seed_set_one_switch_each() {
    let seed = Seed::default()
        .with_behaviour(unset().set_created_by(CreatedBy::App))
        .strict();
    let bench = Bench::new(Emulator::with_seed(seed)).await;
    let answer = bench.ask(Ask::publish(hello_with(json!({"timestamp": null})))).await;
    assert_eq!(answer.status, 400);
    assert_eq!(bench.ask(Ask::publish(hello())).await.json()["createdBy"], "I-40776849");
    assert_eq!(bench.ask(Ask::get(format!("{MESSAGES}/5c1f"))).await.status, 404);
}
