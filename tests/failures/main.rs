//! What a bridge is told when things go wrong, held against what truly happened.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test is how this reports"
)]

mod ledger;
mod line;
mod schedule;
mod tokens;
mod world;

use std::{env, error::Error as _, fmt::Write as _, ops::Range, time::Duration};

use hubchannel::{
    CallOptions, CreateChannelAccount, Error, ErrorKind, PublishMessage, UpdateMessageStatus,
    model::{DeliveryIdentifier, NewChannelAccount, NewMessage, Participant, StatusUpdate},
    reqwest::ReqwestTransport,
};

use self::{
    ledger::Fault,
    schedule::{Leave, Random, Schedule, refusal},
    world::{REFRESH_TOKEN, World},
};

const SCHEDULES: u64 = 3_000;

/// Set to a seed, this runs its schedule alone.
const SEED: &str = "HUBCHANNEL_FAILURE_SEED";

/// The seeds to run: those below the end, or the one that is asked for.
fn seeds(end: u64) -> Range<u64> {
    match env::var(SEED) {
        Ok(seed) => {
            let seed = seed.parse().unwrap();
            seed..seed + 1
        }
        Err(_) => 0..end,
    }
}

fn options(deadline: Option<Duration>) -> CallOptions {
    deadline.map_or_else(CallOptions::default, |deadline| CallOptions::default().with_deadline(deadline))
}

fn with_deadline(call: PublishMessage, deadline: Option<Duration>) -> PublishMessage {
    call.with_options(options(deadline))
}

fn message(text: &str) -> PublishMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat-42"));
    let body = NewMessage::incoming("3307400689", visitor, text).set_integration_thread_id("chat-42");
    PublishMessage::new("2930388", body)
}

/// Of a test, since finding out whom to trust takes long.
fn wire() -> ReqwestTransport {
    ReqwestTransport::new().unwrap()
}

/// Publishes once; the text tells messages apart. Nothing is told to a caller who leaves.
async fn publish(world: &World, leave: Option<Leave>, call: PublishMessage) -> Option<Result<String, Error>> {
    let reply = world.line.run(leave, world.client.publish_message(call)).await?;
    Some(reply.map(|message| message.id.as_ref().unwrap().as_str().to_owned()))
}

async fn publish_to_the_end(world: &World, call: PublishMessage) -> Result<String, Error> {
    publish(world, None, call).await.unwrap()
}

/// The ids of the messages of a text.
fn made(world: &World, text: &str) -> Vec<String> {
    let ledger = world.server.ledger();
    let of_text = ledger.messages.values().filter(|(of, _)| of == text);
    of_text.map(|(_, id)| id.clone()).collect()
}

/// What the ledger says before a call.
struct Before {
    made: Vec<String>,
    hidden: usize,
}

impl Before {
    fn of(world: &World, text: &str) -> Self {
        Before {
            made: made(world, text),
            hidden: world.server.ledger().hidden,
        }
    }
}

fn is_not_doubled(world: &World, text: &str) {
    let made = made(world, text);
    assert!(made.len() <= 1, "doubled: {made:?}");
    if let Some(keys) = world.server.ledger().keys.get(text) {
        assert!(keys.iter().all(|key| *key == keys[0]), "other keys for the same message: {keys:?}");
    }
}

/// Holds what the caller was told of a message against the ledger. What was made before, in a call that was left in doubt,
/// is not what this one tells of.
fn is_true(world: &World, text: &str, before: &Before, told: &Result<String, Error>) {
    is_not_doubled(world, text);
    let made = made(world, text);
    match told {
        Ok(id) => assert_eq!(made, [id.as_str()]),
        Err(error) if error.outcome_unknown() => {
            assert!(world.server.ledger().hidden > before.hidden, "everything was told, and yet: {error:?}");
            assert!(error.idempotency_key().is_some());
        }
        Err(error) => assert_eq!(made, before.made, "{error:?}"),
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

#[tokio::test]
async fn whatever_goes_wrong_no_message_is_doubled_and_the_caller_is_told_the_truth() {
    let wire = wire();
    let (mut published, mut unknown, mut known, mut left) = (0, 0, 0, 0);
    for seed in seeds(SCHEDULES) {
        let schedule = Schedule::new(&mut Random::new(seed));
        let text = format!("visitor's words {seed}");
        let world = World::new(seed, &schedule, &wire);
        // Shown only where something below does not hold.
        let _scene = Scene(format!("{SEED}={seed}: {schedule:?}"));
        let mut call = with_deadline(message(&text), schedule.deadline);
        if schedule.leave.is_some() {
            // Whoever leaves is not told the key, so he brings one.
            call.body = call.body.set_integration_idempotency_id(format!("own-{seed}"));
        }
        let mut before = Before::of(&world, &text);
        let mut told = publish(&world, schedule.leave, call.clone()).await;
        // What was under way when the caller left may be done at any time.
        let has_left = told.is_none();
        left += usize::from(has_left);
        // A caller who is left in doubt, or told to come back, does so with the same key until it is done.
        for _ in 0..=schedule.faults.len() {
            let may_help = match &told {
                None => {
                    is_not_doubled(&world, &text);
                    true
                }
                Some(told) => {
                    if has_left {
                        is_not_doubled(&world, &text);
                        assert!(told.as_ref().is_err() || made(&world, &text).len() == 1);
                    } else {
                        is_true(&world, &text, &before, told);
                    }
                    match told {
                        Ok(_) => false,
                        Err(error) => {
                            is_discreet(error, &text);
                            let key = error.idempotency_key().unwrap();
                            call.body = call.body.set_integration_idempotency_id(key);
                            unknown += usize::from(error.outcome_unknown());
                            known += usize::from(!error.outcome_unknown());
                            error.outcome_unknown() || error.is_retryable()
                        }
                    }
                }
            };
            if !may_help {
                break;
            }
            world.line.clock.advance(schedule.pause);
            before = Before::of(&world, &text);
            told = publish(&world, None, call.clone()).await;
        }
        published += usize::from(told.is_some_and(|told| told.is_ok()));
    }
    // Otherwise this would prove little.
    if seeds(SCHEDULES).count() > 1 {
        let counts = [published, unknown, known, left];
        eprintln!("published {published}, unknown {unknown}, known {known}, left {left}");
        assert!(published > 1_500 && counts.iter().all(|count| *count > 200), "{counts:?}");
    }
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

#[tokio::test]
async fn a_connection_that_ends_at_any_byte_doubles_nothing() {
    let wire = wire();
    let text = "cut";
    for byte in 0..900 {
        for fault in [Fault::CutRequest(byte), Fault::CutAnswer(byte)] {
            let _scene = Scene(format!("{fault:?}"));
            let world = World::with_faults(0, &[fault], &wire);
            let before = Before::of(&world, text);
            let told = publish_to_the_end(&world, message(text)).await;
            is_true(&world, text, &before, &told);
            // The key makes it safe to repeat, so that nobody hears of it.
            assert!(told.is_ok(), "{told:?}");
        }
    }
}

#[tokio::test]
async fn what_has_no_key_is_never_done_twice_and_what_may_be_repeated_is() {
    let wire = wire();
    let (mut made, mut unknown) = (0, 0);
    for seed in seeds(SCHEDULES / 3) {
        let schedule = Schedule::new(&mut Random::new(seed));
        let _scene = Scene(format!("{SEED}={seed}: {schedule:?}"));
        let world = World::new(seed, &schedule, &wire);
        let body = NewChannelAccount::new("7", "shop").set_delivery_identifier(DeliveryIdentifier::opaque("shop"));
        let call = CreateChannelAccount::new("2930388", body).with_options(options(schedule.deadline));
        let told = world
            .line
            .run(schedule.leave, world.client.create_channel_account(call))
            .await;
        let (count, hidden) = {
            let ledger = world.server.ledger();
            (ledger.accounts.get("shop").copied().unwrap_or_default(), ledger.hidden)
        };
        assert!(count <= 1, "{count} accounts");
        match &told {
            None => {}
            Some(Ok(_)) => {
                assert_eq!(count, 1);
                made += 1;
            }
            Some(Err(error)) => {
                is_discreet(error, "shop");
                if error.outcome_unknown() {
                    assert!(hidden > 0, "everything was told, and yet: {error:?}");
                    unknown += 1;
                } else {
                    assert_eq!(count, 0, "{error:?}");
                }
            }
        }

        // What says the same again is repeated until it is heard, unless there is no end of it.
        let world = World::new(seed, &schedule, &wire);
        let call = UpdateMessageStatus::new("2930388", "m1", StatusUpdate::sent());
        let call = call.with_options(options(schedule.deadline));
        let told = world
            .line
            .run(schedule.leave, world.client.update_message_status(call))
            .await;
        let ledger = world.server.ledger();
        match told {
            None => {}
            Some(Ok(_)) => assert!(ledger.statuses > 0),
            Some(Err(error)) if error.outcome_unknown() => assert!(ledger.hidden > 0, "{error:?}"),
            Some(Err(error)) => assert_eq!(ledger.statuses, 0, "{error:?}"),
        }
    }
    if seeds(SCHEDULES).count() > 1 {
        assert!(made > 100 && unknown > 50, "{made} {unknown}");
    }
}

#[tokio::test]
async fn a_server_that_only_turns_requests_down_leaves_nothing_open() {
    let mut random = Random::new(7);
    let answer = |answer| Fault::Answer { answer, done: false };
    let refusals = [answer(refusal(&mut random)), Fault::NoServer, Fault::EndToken];
    let wire = wire();
    for fault in refusals {
        assert!(!fault.hides());
        let world = World::with_faults(3, &vec![fault; 40], &wire);
        let error = publish_to_the_end(&world, message("refused")).await.unwrap_err();
        assert!(!error.outcome_unknown(), "{error:?}");
        assert_eq!(made(&world, "refused").len(), 0);
    }
}

#[tokio::test]
async fn a_server_that_never_answers_leaves_the_outcome_open_and_says_so() {
    let world = World::with_faults(1, &vec![Fault::FallSilent { done: true }; 20], &wire());
    let told = publish_to_the_end(&world, message("silence")).await;
    let error = told.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.outcome_unknown());
    assert_eq!(error.attempts().count, 4);
    assert_eq!(world.server.ledger().messages.len(), 1);
}
