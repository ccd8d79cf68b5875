//! The client's limiter before a server that counts as HubSpot does.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

// What the crowd of callers knows the crate by.
extern crate hubchannel as hubchannel_api;

#[path = "../crates/middleware/tests/common/crowd.rs"]
mod crowd;

use std::{sync::Arc, time::Duration};

use hubchannel::{
    Client, Error, GetMessage,
    clock::Clock,
    emulator::{Emulator, RateLimits, Seed},
    middleware::{RateLimiter, Stack},
};
use proptest::prelude::*;

use self::crowd::Crowd;

type Callers = Crowd<Result<(), Error>>;

fn emulator(crowd: &Callers, limits: RateLimits) -> Emulator {
    let seed = Seed::default().with_clock(crowd.clock.clone()).with_rate_limits(limits);
    Emulator::with_seed(seed)
}

/// A client that repeats nothing, so that every 429 is seen.
fn client(crowd: &Callers, emulator: &Emulator, limiter: &RateLimiter) -> Client {
    let stack = Stack::new(emulator.transport().with_access_token(emulator.access_token()))
        .clock(crowd.clock.clone())
        .retry(None)
        .deadline(None)
        .rate_limiter(limiter.clone());
    Client::new(stack.build())
}

/// Comes that often, at once.
fn come(crowd: &mut Callers, client: &Client, emulator: &Emulator, count: usize) {
    for _ in 0..count {
        let (client, call) = (client.clone(), GetMessage::new(emulator.channel_id(), "5c1f"));
        crowd.come(async move { client.get_message(call).await.map(|_| ()) });
    }
}

fn limiter(crowd: &Callers, limit: u32) -> RateLimiter {
    RateLimiter::new(limit, RateLimiter::WINDOW, Arc::new(crowd.clock.clone()))
}

/// The statuses of all answers so far.
fn answers(emulator: &Emulator) -> Vec<u16> {
    let received = emulator.received().into_iter();
    received
        .map(|request| request.answered.map_or(0, |status| status.as_u16()))
        .collect()
}

/// How much of the limit was used, once all of it was for the first time: until then, whoever comes starts at once.
fn used(emulator: &Emulator, limit: u32) -> f64 {
    let starts: Vec<_> = emulator.received().iter().map(|request| request.at).collect();
    let limit = limit as usize;
    let windows = starts.len() / limit - 1;
    assert!(windows >= 5, "only {} starts", starts.len());
    let took = starts[limit * (windows + 1) - 1].duration_since(starts[limit - 1]);
    windows as f64 * RateLimiter::WINDOW.as_secs_f64() / took.unwrap().as_secs_f64()
}

/// Callers who come in this pattern, so many after each time, to three stacks that share a limiter, as the parts of a bridge
/// do; and always more than there is room for.
fn saturate(limit: u32, pattern: impl IntoIterator<Item = (Duration, usize)>) -> f64 {
    let mut crowd = Callers::new();
    let emulator = emulator(&crowd, RateLimits::new(limit, RateLimiter::WINDOW));
    let limiter = limiter(&crowd, limit);
    let clients = [(); 3].map(|()| client(&crowd, &emulator, &limiter));
    for ((after, count), client) in pattern.into_iter().zip(clients.iter().cycle()) {
        crowd.advance_through(after);
        let is_first_window = crowd.clock.monotonic() <= RateLimiter::WINDOW;
        assert!(crowd.waiting() > 0 || is_first_window, "there was too little to send");
        come(&mut crowd, client, &emulator, count);
    }
    let answers = answers(&emulator);
    assert!(answers.iter().all(|status| *status == 404), "{answers:?}");
    used(&emulator, limit)
}

#[test]
fn whoever_keeps_to_the_limiter_is_never_one_too_many_and_uses_almost_all() {
    let seconds = Duration::from_secs;
    let at_once = vec![
        (seconds(0), 600),
        (seconds(0), 600),
        (seconds(0), 600),
        (seconds(100), 0),
    ];
    let steadily = vec![(Duration::from_millis(50), 1); 2000];
    let in_waves = vec![(seconds(10), 150); 10];
    for pattern in [at_once, steadily, in_waves] {
        let used = saturate(RateLimiter::PUBLIC_APP, pattern);
        assert!(used > 0.95, "{used}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    #[test]
    fn almost_all_of_a_limit_is_used_however_callers_come(
        limit in 2..30_u32,
        gaps in prop::collection::vec((0..4000_u64, 0..20_usize), 20..60),
    ) {
        // Three times as many as there is room for until the next come, and some more.
        let gaps = gaps.into_iter().chain([(10_000, 0); 7]);
        let mut after = Duration::ZERO;
        let pattern = gaps.map(|(gap, more)| {
            let count = (u64::from(3 * limit) * gap).div_ceil(10_000) as usize + more;
            (std::mem::replace(&mut after, Duration::from_millis(gap)), count)
        });
        let used = saturate(limit, pattern);
        prop_assert!(used > 0.95, "{}", used);
    }
}

#[test]
fn a_limiter_that_knows_too_much_learns_the_limit_from_the_first_answers() {
    let mut crowd = Callers::new();
    let emulator = emulator(&crowd, RateLimits::new(20, RateLimiter::WINDOW));
    let limiter = limiter(&crowd, RateLimiter::PUBLIC_APP);
    let client = client(&crowd, &emulator, &limiter);
    for _ in 0..30 {
        come(&mut crowd, &client, &emulator, 10);
        crowd.advance_through(Duration::from_secs(1));
    }
    crowd.advance_through(Duration::from_secs(300));
    assert_eq!(limiter.limit(), (20, RateLimiter::WINDOW));
    let answers = answers(&emulator);
    assert_eq!((answers.len(), answers.iter().filter(|status| **status == 429).count()), (300, 0));
}

#[test]
fn whoever_keeps_to_nothing_is_turned_down() {
    let mut crowd = Callers::new();
    let emulator = emulator(&crowd, RateLimits::public_app());
    let stack = Stack::new(emulator.transport().with_access_token(emulator.access_token()))
        .clock(crowd.clock.clone())
        .retry(None);
    let client = Client::new(stack.build());
    come(&mut crowd, &client, &emulator, 150);
    assert_eq!(crowd.clock.monotonic(), Duration::ZERO);
    let limited = crowd.done.iter().filter_map(|(_, _, result)| result.as_ref().err());
    assert_eq!(limited.filter(|error| error.is_rate_limited()).count(), 40);
    assert_eq!(answers(&emulator).iter().filter(|status| **status == 429).count(), 40);
}
