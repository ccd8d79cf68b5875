//! How long is waited for a repeat, and when it is not waited for.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::Request;
use hubchannel_api::{
    Body, Call, Client, GaveUp, GetMessage, HttpTransport, Reach, TransportErrorKind,
    clock::{Clock, ManualClock},
};
use hubchannel_middleware::{Deadline, RateLimiter, Retry, RetryPolicy, Stack, TokioClock};

use self::common::{
    CREATE, End, Outcome, PUBLISH, READ, Wire, attempts, drive, pends, request, request_of, retry, run, seconds,
};

#[test]
fn waits_grow_to_a_limit_and_differ_from_seed_to_seed() {
    let failing = || Wire::new((0..8).map(|_| End::refused()));
    let policy = || {
        RetryPolicy::new()
            .max_attempts(8)
            .first_wait(seconds(1))
            .longest_wait(seconds(5))
    };
    let waits = |seed| {
        let wire = failing();
        let retry = Retry::new(wire.clone(), wire.clock(), policy().seed(seed));
        drive(&wire.clock, retry.send(request(READ, false))).unwrap_err();
        wire.waits()
    };
    let mut most = [Duration::ZERO; 7];
    let mut least = [Duration::MAX; 7];
    for seed in 0..200 {
        let waits = waits(seed);
        assert_eq!(waits.len(), 7);
        for (at, wait) in waits.into_iter().enumerate() {
            most[at] = most[at].max(wait);
            least[at] = least[at].min(wait);
        }
    }
    for (at, limit) in [1, 2, 4, 5, 5, 5, 5].into_iter().map(seconds).enumerate() {
        assert!(most[at] <= limit && most[at] > limit * 9 / 10, "{most:?}");
        assert!(least[at] < limit / 10, "{least:?}");
    }
    assert_eq!(waits(3), waits(3));
    assert_ne!(waits(3), waits(4));
}

#[test]
fn what_is_known_of_a_status_is_waited_at_least() {
    for (status, least, most) in [
        (423, 2000, 2500),
        (502, 2000, 2500),
        (504, 2000, 2500),
        (520, 2000, 2500),
        (521, 2000, 2500),
        (522, 2000, 2500),
        (523, 2000, 2500),
        (524, 2000, 2500),
        (477, 10_000, 10_500),
        (503, 0, 500),
        (429, 1000, 11_000),
    ] {
        let mut longest = Duration::ZERO;
        for seed in 0..100 {
            let wire = Wire::new([End::status(status), End::status(200)]);
            let retry = Retry::new(wire.clone(), wire.clock(), RetryPolicy::new().seed(seed));
            drive(&wire.clock, retry.send(request(READ, false))).unwrap();
            let wait = wire.waits()[0];
            assert!(wait >= Duration::from_millis(least) && wait <= Duration::from_millis(most), "{status}: {wait:?}");
            longest = longest.max(wait);
        }
        assert!(longest > Duration::from_millis(least + (most - least) * 8 / 10), "{status}: {longest:?}");
    }
}

#[test]
fn callers_whose_429_asks_for_no_wait_come_back_spread_over_the_window() {
    for after in ["0", "Fri, 15 Jan 2027 07:59:00 GMT"] {
        let waits = (0..100).map(|seed| {
            let wire = Wire::new([End::status(429).with_header("retry-after", after), End::status(200)]);
            let retry = Retry::new(wire.clone(), wire.clock(), RetryPolicy::new().seed(seed));
            drive(&wire.clock, retry.send(request(READ, false))).unwrap();
            wire.waits()[0]
        });
        let (least, most) =
            waits.fold((Duration::MAX, Duration::ZERO), |(least, most), wait| (least.min(wait), most.max(wait)));
        assert!(least >= seconds(1) && least < seconds(2), "{after}: {least:?}");
        assert!(most > seconds(9) && most <= seconds(11), "{after}: {most:?}");
    }
}

fn wait_after(headers: &[(&'static str, &str)]) -> Duration {
    let end = headers
        .iter()
        .fold(End::status(503), |end, (name, value)| end.with_header(name, *value));
    let wire = Wire::new([end, End::status(200)]);
    run(&wire, RetryPolicy::new().first_wait(Duration::ZERO), request(READ, false)).unwrap();
    wire.waits()[0]
}

/// The wall of a [`Wire`] begins at Fri, 15 Jan 2027 08:00:00 GMT.
#[test]
fn retry_after_is_a_floor_in_seconds_and_as_a_date() {
    let cases: [(&str, u64); 22] = [
        ("0", 0),
        ("1", 1),
        ("007", 7),
        (" 9 ", 9),
        ("86400", 86_400),
        ("99999999999", 99_999_999_999),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30),
        ("Friday, 15-Jan-27 08:00:30 GMT", 30),
        ("Fri Jan 15 08:00:30 2027", 30),
        ("Sat, 16 Jan 2027 08:00:00 GMT", 86_400),
        ("Fri, 15 Jan 2027 08:00:00 GMT", 0),
        ("Fri, 15 Jan 2027 07:59:59 GMT", 0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 15 Jan 2027 08:00:30 CET", 0),
        ("Fri, 32 Jan 2027 08:00:30 GMT", 0),
        ("-5", 0),
        ("+5", 0),
        ("5.5", 0),
        ("5s", 0),
        ("", 0),
        ("soon", 0),
        ("0x10", 0),
    ];
    for (value, floor) in cases {
        assert_eq!(wait_after(&[("retry-after", value)]), seconds(floor), "{value:?}");
    }
}

#[test]
fn of_several_floors_the_longest_counts() {
    assert_eq!(wait_after(&[("retry-after", "3"), ("retry-after", "8"), ("retry-after", "junk")]), seconds(8));
    let wire = Wire::new([End::status(423).with_header("retry-after", "0"), End::status(200)]);
    run(&wire, RetryPolicy::new(), request(READ, false)).unwrap();
    assert!(wire.waits()[0] >= seconds(2), "a lock lasts two seconds whatever the header says");
    let wire = Wire::new([End::status(477).with_header("retry-after", "3"), End::status(200)]);
    run(&wire, RetryPolicy::new().first_wait(Duration::ZERO), request(READ, false)).unwrap();
    assert_eq!(wire.waits(), [seconds(3)], "how long a portal is being moved, the server knows best");
}

#[test]
fn a_date_is_measured_from_the_answer_s_own_date() {
    let date = ("date", "Mon, 01 Mar 2021 10:00:00 GMT");
    assert_eq!(wait_after(&[("retry-after", "Mon, 01 Mar 2021 10:00:12 GMT"), date]), seconds(12));
    assert_eq!(wait_after(&[("retry-after", "Mon, 01 Mar 2021 09:00:00 GMT"), date]), Duration::ZERO);
    assert_eq!(wait_after(&[("retry-after", "12"), date]), seconds(12));
    let junk = ("date", "yesterday");
    assert_eq!(wait_after(&[("retry-after", "Fri, 15 Jan 2027 08:00:30 GMT"), junk]), seconds(30));
}

#[test]
fn a_clock_that_is_set_while_waiting_changes_nothing() {
    for wall in [0, 4_000_000_000] {
        let wire = Wire::new([
            End::status(503).with_header("retry-after", "Fri, 15 Jan 2027 08:00:30 GMT"),
            End::status(200),
        ]);
        let retry = retry(&wire, RetryPolicy::new().first_wait(Duration::ZERO));
        let mut call = retry.send(request(READ, false));
        assert!(pends(call.as_mut()));
        wire.clock.set_wall(SystemTime::UNIX_EPOCH + seconds(wall));
        drive(&wire.clock, call).unwrap();
        assert_eq!(wire.waits(), [seconds(30)]);
    }
}

#[test]
fn a_wait_of_more_seconds_than_there_are_is_a_wait_for_ever() {
    let huge = "9".repeat(40);
    let wire = Wire::new([End::status(503).with_header("retry-after", huge), End::status(200)]);
    let retry = retry(&wire, RetryPolicy::new());
    let mut call = retry.send(request(READ, false));
    assert!(pends(call.as_mut()));
    wire.clock.advance(seconds(u64::MAX / 2));
    assert!(pends(call.as_mut()));
    drop(call);
    assert_eq!(wire.clock.sleepers(), 0);
}

#[test]
fn a_wait_beyond_the_deadline_gives_up_at_once() {
    for (after, waits) in [
        ("59", true),
        ("60", false),
        ("61", false),
        ("86400", false),
        (&*"9".repeat(40), false),
    ] {
        let wire = Wire::new([End::status(477).with_header("retry-after", after), End::status(200)]);
        let policy = RetryPolicy::new().first_wait(Duration::ZERO);
        let layers = Deadline::new(retry(&wire, policy), wire.clock(), Some(seconds(60)));
        let outcome = drive(&wire.clock, layers.send(request(CREATE, false)));
        assert_eq!(wire.seen().len(), if waits { 2 } else { 1 }, "{after}");
        if !waits {
            assert_eq!(wire.clock.monotonic(), Duration::ZERO, "{after}: not one moment later");
            assert_eq!(attempts(&outcome).gave_up, Some(GaveUp::Deadline));
            assert_eq!(outcome.unwrap().headers()["retry-after"], after);
        }
    }
}

#[test]
fn whether_there_is_time_for_an_attempt_is_no_matter_of_luck() {
    let mut waits = Vec::new();
    for seed in 0..100 {
        let wire = Wire::new([End::status(429), End::status(200)]);
        let policy = RetryPolicy::new().seed(seed);
        let layers = Deadline::new(Retry::new(wire.clone(), wire.clock(), policy), wire.clock(), Some(seconds(3)));
        let outcome = drive(&wire.clock, layers.send(request(READ, false)));
        assert_eq!(outcome.unwrap().status(), 200, "{seed}");
        waits.push(wire.waits()[0]);
    }
    let (least, most) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
    let latest = seconds(3) - RetryPolicy::LEAST_TIME;
    assert!(*least < Duration::from_millis(1200), "{least:?}");
    assert!(*most < latest && *most > latest - Duration::from_millis(200), "{most:?}");
}

/// Tokio's timer ends a wait at the next full millisecond, which is after the latest time here.
#[tokio::test(start_paused = true)]
async fn a_timer_that_ends_a_wait_a_little_late_costs_no_attempt() {
    for seed in 0..20 {
        let wire = Wire::new([End::status(429), End::status(200)]);
        let policy = RetryPolicy::new().seed(seed);
        let retry = Retry::new(wire.clone(), Arc::new(TokioClock), policy);
        let deadline = seconds(1) + Duration::from_micros(500) + RetryPolicy::LEAST_TIME;
        let layers = Deadline::new(retry, Arc::new(TokioClock), Some(deadline));
        let outcome = layers.send(request(READ, false)).await;
        assert_eq!(outcome.unwrap().status(), 200, "{seed}");
    }
}

#[test]
fn no_attempt_begins_without_time_to_be_answered() {
    let most = Duration::from_millis(1);
    for (least, waits) in [
        (None, false),
        (Some(Duration::ZERO), true),
        (Some(most / 2), true),
        (Some(most), false),
        (Some(seconds(30)), false),
    ] {
        let wire = Wire::new([End::status(503).with_header("retry-after", "5"), End::status(200)]);
        let mut policy = RetryPolicy::new().first_wait(Duration::ZERO);
        if let Some(least) = least {
            policy = policy.least_time(least);
        }
        let layers = Deadline::new(retry(&wire, policy), wire.clock(), Some(seconds(5) + most));
        let outcome = drive(&wire.clock, layers.send(request(READ, false)));
        assert_eq!(wire.seen().len(), if waits { 2 } else { 1 }, "{least:?}");
        if !waits {
            assert_eq!(wire.clock.monotonic(), Duration::ZERO, "{least:?}: not one moment later");
            assert_eq!(attempts(&outcome).gave_up, Some(GaveUp::Deadline));
        }
    }
}

#[test]
fn room_in_a_limit_that_comes_too_shortly_before_the_end_is_not_waited_for() {
    for (deadline, waits) in [(10_300, false), (10_700, true)] {
        for policy in [None, Some(RetryPolicy::new())] {
            let wire = Wire::new([End::status(200), End::status(200)]);
            let limiter = RateLimiter::new(1, seconds(10), wire.clock());
            let stack = Stack::new(wire.clone())
                .clock(wire.clock.clone())
                .rate_limiter(limiter)
                .retry(policy)
                .deadline(Duration::from_millis(deadline));
            let stack = stack.build();
            drive(&wire.clock, stack.send(request(READ, false))).unwrap();
            let outcome = drive(&wire.clock, stack.send(request(READ, false)));
            assert_eq!(outcome.is_ok(), waits, "{deadline}");
            assert_eq!(wire.clock.monotonic().is_zero(), !waits, "{deadline}");
        }
    }
}

#[test]
fn the_first_attempt_begins_however_little_time_there_is() {
    let wire = Wire::new([End::status(200)]);
    let stack = Stack::new(wire.clone())
        .clock(wire.clock.clone())
        .deadline(Duration::from_millis(1));
    assert!(drive(&wire.clock, stack.build().send(request(READ, false))).is_ok());
}

#[test]
fn a_wait_that_ends_too_late_is_followed_by_nothing() {
    let wire = Wire::new([End::status(503).with_header("retry-after", "30"), End::status(200)]);
    let stack = Stack::new(wire.clone()).clock(wire.clock.clone()).build();
    let mut call = stack.send(request(PUBLISH, true));
    assert!(pends(call.as_mut()));
    // The machine was asleep.
    wire.clock.advance(seconds(3600));
    let outcome = drive(&wire.clock, call);
    assert_eq!(wire.seen().len(), 1);
    let attempts = attempts(&outcome);
    assert_eq!((attempts.count, attempts.gave_up), (1, Some(GaveUp::Deadline)));
    assert_eq!((attempts.elapsed, attempts.waited), (Duration::ZERO, Duration::ZERO));
    assert_eq!(outcome.unwrap().status(), 503);
}

#[test]
fn of_the_least_time_half_may_be_gone_when_a_wait_ends() {
    let end = seconds(60);
    for least in [Duration::ZERO, seconds(8)] {
        for (late, begins) in [(least / 2 + Duration::from_nanos(1), false), (least / 2, true)] {
            let wire = Wire::new([End::status(503).with_header("retry-after", "30"), End::status(200)]);
            let policy = RetryPolicy::new().first_wait(Duration::ZERO).least_time(least);
            let layers = Deadline::new(retry(&wire, policy), wire.clock(), Some(end));
            let mut call = layers.send(request(READ, false));
            assert!(pends(call.as_mut()));
            wire.clock.advance(end - least + late - Duration::from_nanos(1));
            let outcome = drive(&wire.clock, call);
            assert_eq!(wire.seen().len(), if begins { 2 } else { 1 }, "{least:?}, {late:?}");
            assert_eq!(attempts(&outcome).gave_up, (!begins).then_some(GaveUp::Deadline));
        }
    }
}

#[test]
fn the_call_s_own_deadline_counts() {
    let wire = Wire::new([End::status(503).with_header("retry-after", "10"), End::status(200)]);
    let stack = Stack::new(wire.clone()).clock(wire.clock.clone()).build();
    let mut call = Call::new(READ);
    call.options.deadline = Some(seconds(5));
    let outcome = drive(&wire.clock, stack.send(request_of(call)));
    assert_eq!(attempts(&outcome).gave_up, Some(GaveUp::Deadline));
}

#[test]
fn a_deadline_in_the_middle_of_an_attempt_tells_of_those_before() {
    let wire = Wire::timed([(seconds(8), End::lost()), (seconds(100), End::status(201))]);
    let stack = Stack::new(wire.clone())
        .clock(wire.clock.clone())
        .attempt_timeout(None)
        .build();
    let outcome = drive(&wire.clock, stack.send(request(PUBLISH, true)));
    let attempts = attempts(&outcome);
    assert_eq!((attempts.count, attempts.gave_up), (2, Some(GaveUp::Deadline)));
    assert!(attempts.earlier_unknown);
    assert_eq!(attempts.elapsed, seconds(60));
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Timeout, Reach::Unknown));
}

/// Holds every request back for a time, as a layer that fetches a token or keeps a limit.
#[derive(Debug)]
struct Held<T>(T, ManualClock, Duration);

#[async_trait]
impl<T: HttpTransport> HttpTransport for Held<T> {
    async fn send(&self, request: Request<Body>) -> Outcome {
        self.1.sleep(self.2).await;
        self.0.send(request).await
    }
}

#[test]
fn a_deadline_around_anything_leaves_the_outcome_unknown() {
    let wire = Wire::new([End::status(201)]);
    let held = Held(wire.clone(), wire.clock.clone(), seconds(90));
    let repeated = Retry::new(held, wire.clock(), RetryPolicy::new());
    let layers = Deadline::new(repeated, wire.clock(), Some(seconds(60)));
    let error = drive(&wire.clock, layers.send(request(PUBLISH, true))).unwrap_err();
    assert_eq!(error.reach(), Reach::Unknown, "who knows what is beneath");
}

#[test]
fn a_timeout_of_an_attempt_is_repeated() {
    let wire = Wire::timed([(seconds(100), End::status(201)), (seconds(1), End::status(201))]);
    let stack = Stack::new(wire.clone()).clock(wire.clock.clone()).build();
    let outcome = drive(&wire.clock, stack.send(request(PUBLISH, true)));
    let attempts = attempts(&outcome);
    assert_eq!((attempts.count, attempts.earlier_unknown, attempts.gave_up), (2, true, None));
    assert_eq!(outcome.unwrap().status(), 201);
}

#[test]
fn a_repeat_that_the_limit_has_no_room_for_in_time_tells_of_the_attempts_before() {
    let wire = Wire::new([End::lost(), End::status(201)]);
    let limiter = RateLimiter::new(1, seconds(100), wire.clock());
    let stack = Stack::new(wire.clone())
        .clock(wire.clock.clone())
        .rate_limiter(limiter)
        .retry(RetryPolicy::new().first_wait(Duration::ZERO))
        .build();
    let outcome = drive(&wire.clock, stack.send(request(PUBLISH, true)));
    assert_eq!((wire.seen().len(), wire.clock.monotonic()), (1, Duration::ZERO));
    let attempts = attempts(&outcome);
    assert_eq!((attempts.count, attempts.earlier_unknown), (1, true), "the first one may have been done");
    assert_eq!(attempts.gave_up, Some(GaveUp::Deadline));
    assert_eq!(outcome.unwrap_err().reach(), Reach::NotSent);
}

#[test]
fn every_attempt_waits_for_the_limit_and_no_wait_counts_as_time_of_an_attempt() {
    let wire = Wire::timed([
        (seconds(1), End::status(503)),
        (seconds(1), End::status(503)),
        (seconds(1), End::status(201)),
    ]);
    let limiter = RateLimiter::new(1, seconds(10), wire.clock());
    let stack = Stack::new(wire.clone())
        .clock(wire.clock.clone())
        .rate_limiter(limiter)
        .retry(RetryPolicy::new().first_wait(Duration::ZERO))
        .attempt_timeout(seconds(2))
        .build();
    let outcome = drive(&wire.clock, stack.send(request(READ, false)));
    assert_eq!(outcome.unwrap().status(), 201);
    assert_eq!(wire.seen().len(), 3);
    assert!(wire.waits().iter().all(|wait| *wait >= seconds(10)), "{:?}", wire.waits());
}

#[test]
fn the_limit_of_a_day_is_waited_for_by_no_call_and_told_as_the_server_told_it() {
    const REMAINING: &str = "x-hubspot-ratelimit-daily-remaining";
    for limited in [false, true] {
        let wire = Wire::new([
            End::status(503),
            End::status(429)
                .with_header(REMAINING, "0")
                .with_header("retry-after", "1"),
            End::status(200),
        ]);
        let mut stack = Stack::new(wire.clone())
            .clock(wire.clock.clone())
            .retry(RetryPolicy::new().seed(1));
        if limited {
            stack = stack.rate_limiter(RateLimiter::public_app(wire.clock()));
        }
        let client = Client::new(stack.build());
        let error = drive(&wire.clock, client.get_message(GetMessage::new("1", "2"))).unwrap_err();
        assert_eq!(error.status().unwrap(), 429);
        assert!(error.is_rate_limited() && error.is_retryable(), "{error}");
        let attempts = error.attempts();
        assert_eq!((attempts.count, attempts.gave_up), (2, Some(GaveUp::DailyLimit)));
        if limited {
            let error = drive(&wire.clock, client.get_message(GetMessage::new("1", "2"))).unwrap_err();
            assert!(error.is_rate_limited() && error.is_retryable(), "{error}");
            assert_eq!(error.retry_after(), Some(RateLimiter::DAILY_PAUSE));
        }
        assert_eq!(wire.seen().len(), 2);
    }
    // Another limit with the same header, and a foreign host, of whose limits nothing is known.
    for (foreign, remaining) in [(false, "1"), (true, "0")] {
        let wire = Wire::new([End::status(429).with_header(REMAINING, remaining), End::status(200)]);
        let mut request = request(READ, false);
        request.extensions_mut().get_mut::<Call>().unwrap().foreign = foreign;
        assert!(run(&wire, RetryPolicy::new(), request).unwrap().status().is_success());
    }
}
