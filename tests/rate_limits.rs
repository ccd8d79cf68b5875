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

#[test]
fn whoever_keeps_to_the_limiter_is_never_one_too_many_and_uses_almost_all() {
    let mut crowd = Callers::new();
    let emulator = emulator(&crowd, RateLimits::public_app());
    let limiter = limiter(&crowd, RateLimiter::PUBLIC_APP);
    // Three stacks that share a limiter, as the parts of a bridge do, and always more to send than there is room for.
    let clients = [(); 3].map(|()| client(&crowd, &emulator, &limiter));
    for client in &clients {
        come(&mut crowd, client, &emulator, 600);
    }
    let time = Duration::from_secs(100);
    crowd.advance_through(time - Duration::from_nanos(1));
    assert!(crowd.waiting() > 0, "there was too little to send");
    let answers = answers(&emulator);
    assert!(answers.iter().all(|status| *status == 404), "{answers:?}");
    let most = f64::from(RateLimiter::PUBLIC_APP) * time.as_secs_f64() / RateLimiter::WINDOW.as_secs_f64();
    let used = answers.len() as f64 / most;
    assert!(used > 0.95, "{used}");
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
