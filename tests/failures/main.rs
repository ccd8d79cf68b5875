//! What a bridge is told when things go wrong, held against what truly happened.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test is how this reports"
)]

mod ledger;
mod schedule;
mod world;

use std::{error::Error as _, fmt::Write as _};

use hubchannel::{
    CreateChannelAccount, Error, ErrorKind, PublishMessage, UpdateMessageStatus,
    model::{DeliveryIdentifier, NewChannelAccount, NewMessage, Participant, StatusUpdate},
    reqwest::ReqwestTransport,
};

use self::{
    ledger::Fault,
    schedule::{Random, faults},
    world::{REFRESH_TOKEN, World},
};

const SCHEDULES: u64 = 1_500;

fn message(text: &str) -> PublishMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat-42"));
    let body = NewMessage::incoming("3307400689", visitor, text).set_integration_thread_id("chat-42");
    PublishMessage::new("2930388", body)
}

/// Of a test, since finding out whom to trust takes long.
fn wire() -> ReqwestTransport {
    ReqwestTransport::new().unwrap()
}

/// Publishes once; the text tells messages apart.
async fn publish(world: &World, call: PublishMessage) -> Result<String, Error> {
    let client = world.client.clone();
    let reply = world.run(async move { client.publish_message(call).await }).await;
    reply.map(|message| message.id.as_ref().unwrap().as_str().to_owned())
}

/// The ids of the messages of a text.
fn made(world: &World, text: &str) -> Vec<String> {
    let ledger = world.server.ledger();
    let of_text = ledger.messages.values().filter(|(of, _)| of == text);
    of_text.map(|(_, id)| id.clone()).collect()
}

/// Holds what the caller was told of a message against the ledger. What was made before, in a call that was left in doubt,
/// is not what this one tells of.
fn is_true(world: &World, text: &str, before: &[String], told: &Result<String, Error>, faults: &[Fault]) {
    let made = made(world, text);
    assert!(made.len() <= 1, "doubled: {made:?}");
    match told {
        Ok(id) => assert_eq!(made, [id.as_str()]),
        Err(error) if error.outcome_unknown() => {
            assert!(faults.iter().any(World::may_hide), "{error}: everything was told");
            assert!(error.idempotency_key().is_some());
        }
        Err(error) => assert_eq!(made, before, "{error}"),
    }
    if let Some(keys) = world.server.ledger().keys.get(text) {
        assert!(keys.iter().all(|key| *key == keys[0]), "other keys for the same message: {keys:?}");
    }
}

/// No secret is in whatever can be said of an error.
fn is_discreet(error: &Error, text: &str) {
    let mut said = format!("{error}\n{error:?}\n{error:#?}");
    let mut cause = error.source();
    while let Some(of) = cause {
        write!(said, "\n{of}\n{of:?}").unwrap();
        cause = of.source();
    }
    for secret in ["token-", REFRESH_TOKEN, "client-hush", text] {
        assert!(!said.contains(secret), "{secret} is in\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_no_message_is_doubled_and_the_caller_is_told_the_truth() {
    let wire = wire();
    let (mut published, mut unknown) = (0, 0);
    for seed in 0..SCHEDULES {
        let mut random = Random::new(seed);
        let faults = faults(&mut random);
        let text = format!("visitor's words {seed}");
        let world = World::new(seed, &wire);
        world.server.schedule(faults.clone());
        // Shown only where something below does not hold.
        let scene = Scene(format!("seed {seed}: {faults:?}"));
        let mut told = publish(&world, message(&text)).await;
        is_true(&world, &text, &[], &told, &faults);
        // A caller who is left in doubt, or told to come back, does so with the same key until it is done.
        for _ in 0..faults.len() {
            let Err(error) = &told else { break };
            is_discreet(error, &text);
            match (error.outcome_unknown(), error.is_retryable()) {
                (true, _) => unknown += 1,
                (false, true) => {}
                (false, false) => break,
            }
            let mut again = message(&text);
            again.body = again
                .body
                .set_integration_idempotency_id(error.idempotency_key().unwrap());
            let before = made(&world, &text);
            told = publish(&world, again).await;
            is_true(&world, &text, &before, &told, &faults);
        }
        published += usize::from(told.is_ok());
        drop(scene);
    }
    // Otherwise this would prove little.
    assert!(published > 1_000 && unknown > 100, "{published} {unknown}");
}

/// Says what was going on when a test fails.
struct Scene(String);

impl Drop for Scene {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_ends_at_any_byte_doubles_nothing() {
    let wire = wire();
    let text = "cut";
    for byte in 0..900 {
        for fault in [Fault::CutRequest(byte), Fault::CutAnswer(byte)] {
            let _scene = Scene(format!("{fault:?}"));
            let world = World::new(0, &wire);
            world.server.schedule([fault.clone()]);
            let told = publish(&world, message(text)).await;
            is_true(&world, text, &[], &told, &[fault]);
            // The key makes it safe to repeat, so that nobody hears of it.
            assert!(told.is_ok(), "{told:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_no_key_is_never_done_twice_and_what_may_be_repeated_is() {
    let wire = wire();
    let (mut made, mut unknown) = (0, 0);
    for seed in 0..SCHEDULES / 3 {
        let faults = faults(&mut Random::new(seed));
        let _scene = Scene(format!("seed {seed}: {faults:?}"));
        let world = World::new(seed, &wire);
        world.server.schedule(faults.clone());
        let body = NewChannelAccount::new("7", "shop").set_delivery_identifier(DeliveryIdentifier::opaque("shop"));
        let client = world.client.clone();
        let call = CreateChannelAccount::new("2930388", body);
        let told = world
            .run(async move { client.create_channel_account(call).await })
            .await;
        let count = world.server.ledger().accounts.get("shop").copied().unwrap_or_default();
        assert!(count <= 1, "{count} accounts");
        match &told {
            Ok(_) => made += 1,
            Err(error) if error.outcome_unknown() => unknown += 1,
            Err(error) => assert_eq!(count, 0, "{error}"),
        }
        if let Err(error) = &told {
            is_discreet(error, "shop");
        }

        // What says the same again is repeated until it is heard, unless there is no end of it.
        let world = World::new(seed, &wire);
        world.server.schedule(faults.clone());
        let client = world.client.clone();
        let call = UpdateMessageStatus::new("2930388", "m1", StatusUpdate::sent());
        let told = world.run(async move { client.update_message_status(call).await }).await;
        match told {
            Ok(_) => assert!(world.server.ledger().statuses > 0),
            Err(error) if error.outcome_unknown() => {}
            Err(error) => assert_eq!(world.server.ledger().statuses, 0, "{error}"),
        }
    }
    assert!(made > 100 && unknown > 50, "{made} {unknown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_leaves_the_outcome_open_and_says_so() {
    let world = World::new(1, &wire());
    world.server.schedule(vec![Fault::FallSilent { done: true }; 20]);
    let told = publish(&world, message("silence")).await;
    let error = told.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.outcome_unknown());
    assert_eq!(error.attempts().count, 4);
    assert_eq!(world.server.ledger().messages.len(), 1);
}
