//! Of any window's length of time, none has more starts than the limit.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test is how this reports")]

#[path = "common/crowd.rs"]
mod crowd;

use std::{
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{
    Body, Call, DownloadFile, HttpTransport, Reach, TransportError, TransportErrorKind,
    clock::{Clock, ManualClock},
};
use hubchannel_middleware::{RateLimit, RateLimiter, RateLimiters, Stack, Start};
use proptest::prelude::*;

use self::crowd::{Crowd, millis};

const INTERVAL: Duration = Duration::from_secs(10);

/// How long a start counts.
const SPAN: Duration = Duration::from_millis(10_200);

type Callers = Crowd<Result<Start, TransportError>>;

fn limiter(crowd: &Callers, limit: u32) -> RateLimiter {
    RateLimiter::new(limit, INTERVAL, Arc::new(crowd.clock.clone()))
}

fn come(crowd: &mut Callers, limiter: &RateLimiter, end: Option<Duration>) -> usize {
    let limiter = limiter.clone();
    crowd.come(async move { limiter.start(end).await })
}

fn come_together(crowd: &mut Callers, limiter: &RateLimiter, count: usize) {
    for _ in 0..count {
        come(crowd, limiter, None);
    }
}

/// Who started, and when.
fn starts(crowd: &Callers) -> Vec<(usize, Duration)> {
    let started = crowd.done.iter().filter(|(_, _, outcome)| outcome.is_ok());
    started.map(|(who, at, _)| (*who, *at)).collect()
}

fn refusals(crowd: &Callers) -> Vec<&TransportError> {
    crowd
        .done
        .iter()
        .filter_map(|(_, _, outcome)| outcome.as_ref().err())
        .collect()
}

/// Fails if an interval, both of its ends included, has more of these times than the limit.
#[track_caller]
fn never_more_than(limit: usize, times: &[Duration]) {
    for (at, first) in times.iter().enumerate() {
        let within = times[at..].iter().filter(|time| **time - *first <= INTERVAL).count();
        assert!(within <= limit, "{within} in the interval from {first:?}: {times:?}");
    }
}

#[derive(Clone, Debug)]
enum Event {
    Come(usize),
    GiveUp(usize),
    Rest(usize),
    Advance(u64),
    Through(u64),
    Next,
}

fn time() -> impl Strategy<Value = u64> {
    let edges = prop::sample::select(vec![99, 100, 101, 9_999, 10_000, 10_001, 10_199, 10_200, 10_201]);
    prop_oneof![0..50_u64, 0..25_000_u64, edges]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (1..12_usize).prop_map(Event::Come),
        2 => any::<usize>().prop_map(Event::GiveUp),
        1 => any::<usize>().prop_map(Event::Rest),
        2 => time().prop_map(Event::Advance),
        2 => time().prop_map(Event::Through),
        3 => Just(Event::Next),
    ];
    prop::collection::vec(event, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_interval_has_more_starts_than_the_limit(limit in 1..9_u32, events in events(), rests in any::<bool>()) {
        let mut crowd = Callers::new();
        let limiter = limiter(&crowd, limit);
        for event in events {
            match event {
                Event::Come(count) => come_together(&mut crowd, &limiter, count),
                Event::GiveUp(at) => crowd.give_up(at),
                Event::Rest(at) => crowd.set_polled(at, !rests),
                Event::Advance(time) => crowd.advance(millis(time)),
                Event::Through(time) => crowd.advance_through(millis(time)),
                Event::Next => drop(crowd.advance_to_next()),
            }
            prop_assert_eq!(limiter.waiting(), crowd.waiting());
        }
        // Whoever is left is served in the end, so nothing was lost with those who gave up.
        crowd.poll_all_again();
        while crowd.waiting() > 0 {
            prop_assert!(crowd.advance_to_next(), "{} wait and nothing is to happen", crowd.waiting());
        }
        let starts = starts(&crowd);
        let times: Vec<_> = starts.iter().map(|(_, at)| *at).collect();
        never_more_than(limit as usize, &times);
        prop_assert!(rests || starts.is_sorted_by_key(|(who, _)| *who), "{:?}", starts);
        prop_assert_eq!(crowd.clock.sleepers(), 0);
    }

    #[test]
    fn a_start_comes_no_later_than_the_window_asks(limit in 1..9_usize, gaps in prop::collection::vec(0..4_000_u64, 1..60)) {
        let mut crowd = Callers::new();
        let limiter = limiter(&crowd, limit as u32);
        let mut came = Vec::new();
        for gap in gaps {
            crowd.advance_through(millis(gap));
            came.push(crowd.clock.monotonic());
            come(&mut crowd, &limiter, None);
        }
        while crowd.advance_to_next() {}
        let mut wanted: Vec<Duration> = Vec::new();
        for (at, came) in came.into_iter().enumerate() {
            let follows = at.checked_sub(limit).map(|at| wanted[at] + SPAN);
            let before = wanted.last().copied().unwrap_or_default();
            wanted.push(came.max(before).max(follows.unwrap_or_default()));
        }
        let found: Vec<Duration> = starts(&crowd).into_iter().map(|(_, at)| at).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn who_counts_arrivals_sees_no_more_either(limit in 1..9_u32, ways in prop::collection::vec(0..200_u64, 60)) {
        let mut crowd = Callers::new();
        let limiter = limiter(&crowd, limit);
        come_together(&mut crowd, &limiter, ways.len());
        while crowd.advance_to_next() {}
        let ways = ways.into_iter().map(millis);
        let mut arrivals: Vec<_> = starts(&crowd).into_iter().zip(ways).map(|((_, at), way)| at + way).collect();
        arrivals.sort();
        never_more_than(limit as usize, &arrivals);
    }
}

#[test]
fn under_saturation_the_limit_is_used() {
    let mut crowd = Callers::new();
    let limiter = limiter(&crowd, 110);
    come_together(&mut crowd, &limiter, 2200);
    while crowd.advance_to_next() {}
    let times: Vec<_> = starts(&crowd).into_iter().map(|(_, at)| at).collect();
    never_more_than(110, &times);
    let took = times.last().unwrap().as_secs_f64();
    // The last window has only begun.
    let used = (times.len() - 110) as f64 / (110.0 * took / INTERVAL.as_secs_f64());
    assert!(used > 0.95, "{used}");
}

#[test]
fn who_waits_is_served_in_the_order_of_arrival_though_some_give_up() {
    let mut crowd = Callers::new();
    let limiter = limiter(&crowd, 2);
    come_together(&mut crowd, &limiter, 9);
    // The first who waits, one in the middle, the last.
    crowd.give_up(0);
    crowd.give_up(2);
    crowd.give_up(4);
    while crowd.advance_to_next() {}
    assert_eq!(
        starts(&crowd),
        [(0, 0), (1, 0), (3, 1), (4, 1), (6, 2), (7, 2)].map(|(who, spans)| (who, SPAN * spans))
    );
}

#[test]
fn who_is_not_polled_keeps_nobody_waiting_and_keeps_his_place() {
    let mut crowd = Callers::new();
    let limiter = limiter(&crowd, 1);
    come_together(&mut crowd, &limiter, 4);
    crowd.set_polled(0, false);
    crowd.advance_through(SPAN * 2 + millis(500));
    let begun = starts(&crowd);
    assert_eq!(begun.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [0, 2], "{begun:?}");
    crowd.poll_all_again();
    while crowd.advance_to_next() {}
    let begun = starts(&crowd);
    assert_eq!(begun.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [0, 2, 1, 3], "{begun:?}");
}

#[test]
fn a_wait_that_would_end_too_late_fails_at_once_and_takes_nothing() {
    let mut crowd = Callers::new();
    let limiter = limiter(&crowd, 2);
    come_together(&mut crowd, &limiter, 2);
    // The third can start after a span, the fifth after two.
    come(&mut crowd, &limiter, Some(SPAN));
    let error = refusals(&crowd)[0];
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::RateLimited, Reach::NotSent));
    assert_eq!(error.to_string(), "the rate limit has room again in 10.2s, which is too late for this call");
    assert_eq!(error.retry_after(), Some(SPAN));
    come(&mut crowd, &limiter, Some(SPAN + millis(1)));
    come(&mut crowd, &limiter, Some(SPAN + millis(1)));
    come(&mut crowd, &limiter, Some(SPAN * 2));
    assert_eq!(crowd.waiting(), 2);
    let refused = refusals(&crowd);
    assert_eq!(refused.len(), 2);
    assert!(refused[1].to_string().contains("20.4s"), "{refused:?}");
    while crowd.advance_to_next() {}
    assert_eq!(starts(&crowd).len(), 4);
}

/// Wants the limiter while it is woken, as an executor does that polls where it wakes.
struct Impatient(RateLimiter, Mutex<Vec<usize>>);

impl Wake for Impatient {
    fn wake(self: Arc<Self>) {
        let waiting = self.0.waiting();
        self.1.lock().unwrap().push(waiting);
    }
}

#[test]
fn nobody_is_woken_while_the_limiter_is_held() {
    let clock = ManualClock::new(std::time::SystemTime::UNIX_EPOCH);
    let limiter = RateLimiter::new(1, INTERVAL, Arc::new(clock));
    let impatient = Arc::new(Impatient(limiter.clone(), Mutex::default()));
    let waker = Waker::from(Arc::clone(&impatient));
    let mut context = Context::from_waker(&waker);
    let mut calls: Vec<_> = (0..3).map(|_| Box::pin(limiter.start(None))).collect();
    let ready = calls.iter_mut().map(|call| call.as_mut().poll(&mut context).is_ready());
    assert_eq!(ready.collect::<Vec<_>>(), [true, false, false]);
    drop(calls.remove(1));
    assert_eq!(*impatient.1.lock().unwrap(), [1], "the next one was woken");
}

#[test]
fn threads_that_share_a_limiter_start_no_more_than_the_limit() {
    let clock = ManualClock::new(std::time::SystemTime::UNIX_EPOCH);
    let limiter = RateLimiter::new(50, INTERVAL, Arc::new(clock.clone()));
    let started: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut context = Context::from_waker(Waker::noop());
                    let tries = (0..100).map(|_| Box::pin(limiter.start(None)).as_mut().poll(&mut context));
                    tries.filter(Poll::is_ready).count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((started, limiter.waiting(), clock.sleepers()), (50, 0, 0));
}

#[test]
fn portals_have_limiters_of_their_own_which_are_kept_as_long_as_they_count() {
    let clock = ManualClock::new(std::time::SystemTime::UNIX_EPOCH);
    let of_all: Arc<dyn Clock> = Arc::new(clock.clone());
    let limiters = RateLimiters::new(move || RateLimiter::new(1, INTERVAL, Arc::clone(&of_all)));
    let starts = |portal: u32| {
        let limiter = limiters.clone().of(portal);
        let mut start = Box::pin(limiter.start(None));
        start.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
    };
    for portal in 0..1000 {
        assert!(starts(portal), "{portal} has not started anything yet");
    }
    for portal in 0..1000 {
        assert!(!starts(portal), "{portal} has started one");
    }
    clock.advance(SPAN);
    assert!(starts(7));
    for portal in 1000..4000 {
        limiters.of(portal);
    }
    assert!(!starts(7), "it was not forgotten with those that count no more");
    let shown = format!("{limiters:?}");
    assert!(!shown.contains(" 8: ") && shown.contains("7: RateLimiter"), "{shown}");
}

/// Answers everything at once, with a smaller limit that somebody else uses.
#[derive(Debug)]
struct Busy;

#[async_trait]
impl HttpTransport for Busy {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
        let answer = Response::builder()
            .header("x-hubspot-ratelimit-max", "3")
            .header("X-HubSpot-RateLimit-Remaining", "0");
        Ok(answer.body(Body::empty()).unwrap())
    }
}

type Sending = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

fn sending(transport: impl HttpTransport) -> Sending {
    Box::pin(async move { transport.send(Request::new(Body::empty())).await })
}

fn poll(sending: &mut Sending) -> Poll<Result<Response<Body>, TransportError>> {
    sending.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_layer_counts_what_it_sends_and_learns_from_what_comes() {
    let clock = ManualClock::new(std::time::SystemTime::UNIX_EPOCH);
    let limiter = RateLimiter::new(9, INTERVAL, Arc::new(clock.clone()));
    assert!(poll(&mut sending(RateLimit::new(Busy, limiter.clone()))).is_ready());
    assert_eq!(limiter.limit().0, 3);
    // The other two of three were used by somebody else.
    let stack = Stack::new(Busy).rate_limiter(limiter.clone()).clock(clock.clone());
    let mut second = sending(stack.build());
    assert!(poll(&mut second).is_pending());
    assert_eq!(limiter.waiting(), 1);
    drop(second);
    assert_eq!((limiter.waiting(), clock.sleepers()), (0, 0));
}

#[test]
fn a_call_that_would_wait_past_its_deadline_is_told_at_once_and_not_repeated() {
    let clock = ManualClock::new(std::time::SystemTime::UNIX_EPOCH);
    let limiter = RateLimiter::new(1, INTERVAL, Arc::new(clock.clone()));
    let stack = Stack::new(Busy)
        .rate_limiter(limiter.clone())
        .clock(clock.clone())
        .deadline(SPAN)
        .build();
    assert!(poll(&mut sending(stack.clone())).is_ready());
    let Poll::Ready(Err(error)) = poll(&mut sending(stack)) else {
        panic!("it waits")
    };
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::RateLimited, Reach::NotSent));
    assert!(error.to_string().contains("room again in "), "{error}");
    assert_eq!((limiter.waiting(), clock.sleepers()), (0, 0));
}

#[test]
fn a_foreign_host_neither_waits_for_hubspots_limit_nor_sets_it() {
    /// Says that nothing is left, for a long time.
    #[derive(Debug)]
    struct Hostile;

    #[async_trait]
    impl HttpTransport for Hostile {
        async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
            let response = Response::builder()
                .status(429)
                .header("retry-after", "86400")
                .header("x-hubspot-ratelimit-daily-remaining", "0")
                .header("x-hubspot-ratelimit-max", "1")
                .header("x-hubspot-ratelimit-remaining", "0");
            Ok(response.body(Body::empty()).unwrap())
        }
    }

    let clock = ManualClock::new(std::time::SystemTime::UNIX_EPOCH);
    let limiter = RateLimiter::new(1, INTERVAL, Arc::new(clock));
    let layer = RateLimit::new(Hostile, limiter.clone());
    let now = |request| {
        let mut sending = layer.send(request);
        match sending.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(response) => response.unwrap().status(),
            Poll::Pending => panic!("it waits"),
        }
    };
    for _ in 0..3 {
        let mut call = Call::new(DownloadFile::INFO);
        call.foreign = true;
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(call);
        assert_eq!(now(request), 429);
    }
    // The one start that HubSpot allows is still there.
    let mut start = std::pin::pin!(limiter.start(None));
    assert!(start.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
}
