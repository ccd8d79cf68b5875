//! What a bridge is told when things go wrong, held against what truly happened.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test is how this reports"
)]

mod course;
mod dropped;
mod emulated;
mod fault;
mod ledger;
mod line;
mod request;
#[path = "../said.rs"]
mod said;
mod schedule;
mod scripted;
mod tokens;
mod world;

use std::{env, ops::Range};

use hubchannel::{
    CreateChannelAccount, ErrorKind, Transport, UpdateMessageStatus,
    hyper::HyperTransport,
    model::{DeliveryIdentifier, NewChannelAccount, StatusUpdate},
    reqwest::ReqwestTransport,
};

use self::{
    course::{Tally, Truth as _, is_discreet, message, options},
    fault::{End, Fault},
    ledger::Keeps as _,
    line::STAYS_OPEN,
    schedule::{Random, Schedule, refusal},
    world::World,
};

const SCHEDULES: u64 = 3_000;

/// How many are played twice.
const AGAIN: u64 = 300;

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

/// The transports over sockets, in turn. Of a test, since finding out whom to trust takes long.
struct Wires([Transport; 2]);

impl Wires {
    fn new() -> Self {
        Wires([
            Transport::new(ReqwestTransport::new().unwrap()),
            Transport::new(HyperTransport::new().unwrap()),
        ])
    }

    fn of(&self, seed: u64) -> &Transport {
        let [one, other] = &self.0;
        if seed.is_multiple_of(2) { one } else { other }
    }
}

async fn play(seed: u64, wires: &Wires, tally: &mut Tally) -> String {
    let schedule = Schedule::new(&mut Random::new(seed)).over_sockets();
    // Shown only where something does not hold.
    let _scene = Scene(format!("{SEED}={seed}: {schedule:?}"));
    let world = World::new(seed, &schedule, wires.of(seed));
    world.bridge().play(seed, &schedule, tally).await
}

#[tokio::test]
async fn whatever_goes_wrong_no_message_is_doubled_and_the_caller_is_told_the_truth() {
    let wires = Wires::new();
    let mut tally = Tally::default();
    for seed in seeds(SCHEDULES) {
        play(seed, &wires, &mut tally).await;
    }
    tally.tells_enough(seeds(SCHEDULES));
}

#[tokio::test]
async fn a_seed_happens_again_as_it_happened() {
    let wires = Wires::new();
    let mut tally = Tally::default();
    for seed in seeds(AGAIN) {
        let first = play(seed, &wires, &mut tally).await;
        assert_eq!(play(seed, &wires, &mut tally).await, first, "{SEED}={seed}");
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
    for wire in &Wires::new().0 {
        let whole = World::with_faults(0, &[], wire);
        whole.bridge().publish(message("cut")).await.unwrap();
        let (request, answer) = whole.server.ledger().lengths;
        assert!(request > 300 && answer > 50, "{request} {answer}");
        for end in End::ALL {
            ends(wire, Fault::CutConnection(end), 1).await;
            for byte in 0..request {
                ends(wire, Fault::CutRequest(byte, end), 1).await;
            }
            ends(wire, Fault::CutRequest(request, end), 2).await;
            for byte in 0..answer {
                ends(wire, Fault::CutAnswer(byte, end), 2).await;
            }
        }
    }
}

/// Publishes a message where a connection ends like this. Of the requests so many are read to their end.
async fn ends(wire: &Transport, fault: Fault, whole: usize) {
    let _scene = Scene(format!("{fault:?} {wire:?}"));
    let world = World::with_faults(0, &[fault], wire);
    let bridge = world.bridge();
    let before = bridge.before("cut");
    let told = bridge.publish(message("cut")).await;
    bridge.is_true("cut", &before, &told);
    // The key makes it safe to repeat, so that nobody hears of it.
    assert!(told.is_ok(), "{told:?}");
    assert_eq!(world.server.ledger().requests, whole);
}

#[tokio::test]
async fn what_has_no_key_is_never_done_twice_and_what_may_be_repeated_is() {
    let wires = Wires::new();
    let (mut made, mut unknown) = (0, 0);
    for seed in seeds(SCHEDULES / 3) {
        let schedule = Schedule::new(&mut Random::new(seed)).over_sockets();
        let _scene = Scene(format!("{SEED}={seed}: {schedule:?}"));
        let world = World::new(seed, &schedule, wires.of(seed));
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
                is_discreet(error, &*world.server, "shop");
                if error.outcome_unknown() {
                    assert!(hidden > 0, "everything was told, and yet: {error:?}");
                    unknown += 1;
                } else {
                    assert_eq!(count, 0, "{error:?}");
                }
            }
        }

        // What says the same again is repeated until it is heard, unless there is no end of it.
        let world = World::new(seed, &schedule, wires.of(seed));
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
    let wires = Wires::new();
    for fault in refusals {
        assert!(!fault.hides());
        for wire in &wires.0 {
            let world = World::with_faults(3, &vec![fault.clone(); 40], wire);
            let error = world.bridge().publish(message("refused")).await.unwrap_err();
            assert!(!error.outcome_unknown(), "{error:?}");
            assert_eq!(world.server.made("refused"), [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_server_that_never_answers_leaves_the_outcome_open_and_says_so() {
    for wire in &Wires::new().0 {
        let world = World::with_faults(1, &vec![Fault::FallSilent { done: true }; 20], wire);
        let told = world.bridge().publish(message("silence")).await;
        let error = told.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.outcome_unknown());
        assert_eq!(error.attempts().count, 4);
        assert_eq!(world.server.ledger().messages.len(), 1);
    }
}

/// Clients keep connections for later, and there are more worlds than a process may have files.
#[tokio::test]
async fn nothing_of_a_world_stays_open_when_it_is_over() {
    for wire in &Wires::new().0 {
        let world = World::with_faults(0, &[], wire);
        world.bridge().publish(message("over")).await.unwrap();
        let threads = world.server.threads();
        drop(world);
        for _ in 0..STAYS_OPEN {
            if threads.strong_count() == 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
        assert_eq!(threads.strong_count(), 0, "{wire:?}");
    }
}
