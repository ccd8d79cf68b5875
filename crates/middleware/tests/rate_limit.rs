//! Of any window's length of time, none has more starts than the limit.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test is how this reports")]

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use hubchannel_api::{
    Body, HttpTransport, Reach, TransportError, TransportErrorKind,
    clock::{Clock, ManualClock},
};
use hubchannel_middleware::{RateLimit, RateLimiter, Stack};
use proptest::prelude::*;

const INTERVAL: Duration = Duration::from_secs(10);

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Whether a future asked to be polled.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

type Start = Pin<Box<dyn Future<Output = Result<(), TransportError>> + Send>>;

/// Callers of one limiter, each polled when it has asked for it and at no other time.
struct Crowd {
    clock: ManualClock,
    limiter: RateLimiter,
    waiting: Vec<(usize, Start, Arc<Flag>)>,
    came: usize,
    /// Who started, and when.
    starts: Vec<(usize, Duration)>,
    refused: Vec<(usize, TransportError)>,
}

impl Crowd {
    fn new(limit: u32) -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        Crowd {
            limiter: RateLimiter::new(limit, INTERVAL, Arc::new(clock.clone())),
            clock,
            waiting: Vec::new(),
            came: 0,
            starts: Vec::new(),
            refused: Vec::new(),
        }
    }

    fn come(&mut self) {
        self.come_until(None);
    }

    fn come_until(&mut self, end: Option<Duration>) {
        let limiter = self.limiter.clone();
        let start: Start = Box::pin(async move { limiter.start(end).await });
        self.waiting
            .push((self.came, start, Arc::new(Flag(AtomicBool::new(true)))));
        self.came += 1;
        self.settle();
    }

    fn give_up(&mut self, at: usize) {
        if !self.waiting.is_empty() {
            drop(self.waiting.remove(at % self.waiting.len()));
            self.settle();
        }
    }

    fn advance(&mut self, time: Duration) {
        self.clock.advance(time);
        self.settle();
    }

    /// Moves the clock to where something is to happen; `false` where nothing is.
    fn advance_to_next(&mut self) -> bool {
        match self.clock.next_wake() {
            Some(wait) => {
                self.advance(wait);
                true
            }
            None => false,
        }
    }

    fn settle(&mut self) {
        while let Some(at) = self
            .waiting
            .iter()
            .position(|(_, _, flag)| flag.0.swap(false, Ordering::SeqCst))
        {
            let (who, start, flag) = &mut self.waiting[at];
            let waker = Waker::from(Arc::clone(flag));
            if let Poll::Ready(outcome) = start.as_mut().poll(&mut Context::from_waker(&waker)) {
                match outcome {
                    Ok(()) => self.starts.push((*who, self.clock.monotonic())),
                    Err(error) => self.refused.push((*who, error)),
                }
                drop(self.waiting.remove(at));
            }
        }
    }

    fn answer(&self, status: u16, headers: &[(&'static str, &str)]) {
        self.limiter.learn(&answer(status, headers));
    }
}

fn answer(status: u16, headers: &[(&'static str, &str)]) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    response
}

/// Fails if a window, both of its ends included, has more starts than the limit.
#[track_caller]
fn never_more_than(limit: usize, starts: &[(usize, Duration)]) {
    for (at, (_, start)) in starts.iter().enumerate() {
        let within = starts[at..]
            .iter()
            .take_while(|(_, other)| *other - *start <= INTERVAL)
            .count();
        assert!(within <= limit, "{within} starts in the window from {start:?}: {starts:?}");
    }
}

#[derive(Clone, Debug)]
enum Event {
    Come(usize),
    GiveUp(usize),
    Advance(u64),
    Next,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        3 => (1..12_usize).prop_map(Event::Come),
        2 => any::<usize>().prop_map(Event::GiveUp),
        3 => prop_oneof![0..50_u64, 0..20_000_u64, Just(10_000), Just(9_999), Just(10_001)].prop_map(Event::Advance),
        3 => Just(Event::Next),
    ];
    proptest::collection::vec(event, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_window_has_more_starts_than_the_limit(limit in 1..9_u32, events in events()) {
        let mut crowd = Crowd::new(limit);
        for event in events {
            match event {
                Event::Come(count) => (0..count).for_each(|_| crowd.come()),
                Event::GiveUp(at) => crowd.give_up(at),
                Event::Advance(time) => crowd.advance(millis(time)),
                Event::Next => drop(crowd.advance_to_next()),
            }
            prop_assert_eq!(crowd.limiter.waiting(), crowd.waiting.len());
        }
        // Whoever is left is served in the end, so nothing was lost with those who gave up.
        while !crowd.waiting.is_empty() {
            prop_assert!(crowd.advance_to_next(), "{} wait and nothing is to happen", crowd.waiting.len());
        }
        never_more_than(limit as usize, &crowd.starts);
        prop_assert!(crowd.starts.is_sorted_by_key(|(who, _)| *who), "{:?}", crowd.starts);
        prop_assert_eq!(crowd.clock.sleepers(), 0);
    }

    #[test]
    fn a_start_comes_no_later_than_the_window_asks(limit in 1..9_usize, gaps in proptest::collection::vec(0..4_000_u64, 1..60)) {
        let mut crowd = Crowd::new(limit as u32);
        let mut came = Vec::new();
        for gap in gaps {
            // Whoever is to start before this one comes, starts at his time.
            let until = crowd.clock.monotonic() + millis(gap);
            while crowd.clock.next_wake().is_some_and(|wait| crowd.clock.monotonic() + wait <= until) {
                crowd.advance_to_next();
            }
            let rest = until - crowd.clock.monotonic();
            crowd.advance(rest);
            came.push(until);
            crowd.come();
        }
        while crowd.advance_to_next() {}
        let mut wanted: Vec<Duration> = Vec::new();
        for (at, came) in came.into_iter().enumerate() {
            let follows = at.checked_sub(limit).map(|at| wanted[at] + INTERVAL + millis(1));
            let before = wanted.last().copied().unwrap_or_default();
            wanted.push(came.max(before).max(follows.unwrap_or_default()));
        }
        let found: Vec<Duration> = crowd.starts.iter().map(|(_, start)| *start).collect();
        prop_assert_eq!(found, wanted);
    }
}

#[test]
fn under_saturation_the_limit_is_used() {
    let mut crowd = Crowd::new(110);
    for _ in 0..2200 {
        crowd.come();
    }
    while crowd.advance_to_next() {}
    never_more_than(110, &crowd.starts);
    let took = crowd.starts.last().unwrap().1;
    let possible = 110.0 * (took.as_secs_f64() / INTERVAL.as_secs_f64() + 1.0);
    let used = crowd.starts.len() as f64 / possible;
    assert!(used > 0.95, "{used}");
}

#[test]
fn a_wait_that_would_end_too_late_fails_at_once_and_takes_nothing() {
    let mut crowd = Crowd::new(2);
    crowd.come();
    crowd.come();
    // The third can start after a window, the fifth after two.
    crowd.come_until(Some(millis(10_000)));
    let (_, error) = crowd.refused.pop().unwrap();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Timeout, Reach::NotSent));
    assert_eq!(error.to_string(), "the rate limit has room again in 10.001s, which is too late for this call");
    crowd.come_until(Some(millis(10_002)));
    crowd.come_until(Some(millis(10_002)));
    crowd.come_until(Some(millis(20_002)));
    assert_eq!((crowd.waiting.len(), crowd.refused.len()), (2, 1), "{:?}", crowd.refused);
    assert!(crowd.refused[0].1.to_string().contains("20.002s"), "{:?}", crowd.refused);
    while crowd.advance_to_next() {}
    assert_eq!(crowd.starts.len(), 4);
}

#[test]
fn answers_replace_the_limit_within_reason() {
    let mut crowd = Crowd::new(5);
    for (max, interval) in [
        ("", "10000"),
        ("0", "0"),
        ("-3", "999"),
        ("1e3", "60001"),
        ("5000", "x"),
        ("99999999999999999999", ""),
    ] {
        crowd.answer(
            200,
            &[
                ("x-hubspot-ratelimit-max", max),
                ("x-hubspot-ratelimit-interval-milliseconds", interval),
            ],
        );
        assert_eq!(crowd.limiter.limit(), (5, INTERVAL), "{max} {interval}");
    }
    crowd.answer(
        200,
        &[
            ("x-hubspot-ratelimit-max", "2"),
            ("x-hubspot-ratelimit-interval-milliseconds", "20000"),
        ],
    );
    assert_eq!(crowd.limiter.limit(), (2, millis(20_000)));
    (0..3).for_each(|_| crowd.come());
    assert_eq!(crowd.starts.len(), 2);
    crowd.answer(
        200,
        &[
            ("x-hubspot-ratelimit-max", "3"),
            ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
        ],
    );
    crowd.settle();
    assert_eq!(crowd.starts.len(), 3, "who waits is told of a larger limit");
}

#[test]
fn what_others_use_is_not_used_here() {
    let mut crowd = Crowd::new(10);
    crowd.come();
    // Of ten, one was used here and eight are gone.
    crowd.answer(
        200,
        &[
            ("x-hubspot-ratelimit-max", "10"),
            ("x-hubspot-ratelimit-remaining", "2"),
        ],
    );
    (0..9).for_each(|_| crowd.come());
    assert_eq!(crowd.starts.len(), 3);
    // All is used by others: nothing starts, but not for ever.
    crowd.answer(
        200,
        &[
            ("x-hubspot-ratelimit-max", "10"),
            ("x-hubspot-ratelimit-remaining", "0"),
        ],
    );
    crowd.advance(millis(9_000));
    assert_eq!(crowd.starts.len(), 3);
    while crowd.advance_to_next() {}
    assert_eq!(crowd.starts.len(), 10);
}

#[test]
fn an_answer_of_429_closes_the_window_and_not_for_ever() {
    let mut crowd = Crowd::new(10);
    crowd.answer(429, &[("retry-after", "3")]);
    crowd.come();
    crowd.advance(millis(2_999));
    assert_eq!(crowd.starts.len(), 0);
    crowd.advance(millis(1));
    assert_eq!(crowd.starts.len(), 1);

    crowd.answer(429, &[]);
    crowd.come();
    crowd.advance(INTERVAL);
    assert_eq!(crowd.starts.len(), 1);
    assert!(crowd.advance_to_next());
    assert_eq!(crowd.starts.len(), 2);

    crowd.answer(429, &[("retry-after", "99999999999999999999999")]);
    crowd.come();
    crowd.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(crowd.starts.len(), 3);
}

#[test]
fn a_used_up_day_refuses_at_once_and_is_tried_again() {
    let mut crowd = Crowd::new(1);
    (0..3).for_each(|_| crowd.come());
    crowd.answer(200, &[("x-hubspot-ratelimit-daily-remaining", "0")]);
    crowd.settle();
    assert_eq!(crowd.refused.len(), 2, "those who wait are told too");
    let (_, error) = &crowd.refused[0];
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Refused, Reach::NotSent));
    assert!(error.to_string().contains("daily limit"), "{error}");
    crowd.advance(RateLimiter::DAILY_PAUSE);
    crowd.come();
    assert_eq!(crowd.starts.len(), 2);
    crowd.answer(200, &[("x-hubspot-ratelimit-daily-remaining", "0")]);
    crowd.answer(200, &[("x-hubspot-ratelimit-daily-remaining", "7")]);
    crowd.advance(INTERVAL + millis(1));
    crowd.come();
    assert_eq!(crowd.starts.len(), 3);
}

/// Answers everything at once, and never the same limit twice.
#[derive(Debug)]
struct Busy;

#[async_trait]
impl HttpTransport for Busy {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
        Ok(answer(200, &[("x-hubspot-ratelimit-max", "3"), ("x-hubspot-ratelimit-remaining", "0")]))
    }
}

type Sending = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

fn sending(transport: impl HttpTransport) -> Sending {
    Box::pin(async move { transport.send(Request::new(Body::empty())).await })
}

fn poll(sending: &mut Sending) -> Poll<Result<Response<Body>, TransportError>> {
    sending.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_layer_counts_what_it_sends_and_learns_from_what_comes() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let limiter = RateLimiter::new(9, INTERVAL, Arc::new(clock.clone()));
    assert!(poll(&mut sending(RateLimit::new(Busy, limiter.clone()))).is_ready());
    assert_eq!(limiter.limit().0, 3);
    // The other two of three were used by somebody else.
    let stack = Stack::new(Busy)
        .rate_limiter(limiter.clone())
        .clock(clock.clone())
        .build();
    let mut second = sending(stack);
    assert!(poll(&mut second).is_pending());
    assert_eq!(limiter.waiting(), 1);
    drop(second);
    assert_eq!((limiter.waiting(), clock.sleepers()), (0, 0));
}

#[test]
fn a_call_that_would_wait_past_its_deadline_is_told_at_once_and_not_repeated() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let limiter = RateLimiter::new(1, INTERVAL, Arc::new(clock.clone()));
    let stack = Stack::new(Busy)
        .rate_limiter(limiter.clone())
        .clock(clock.clone())
        .deadline(millis(10_001))
        .build();
    assert!(poll(&mut sending(stack.clone())).is_ready());
    let Poll::Ready(Err(error)) = poll(&mut sending(stack)) else {
        panic!("it waits")
    };
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Timeout, Reach::NotSent));
    assert!(error.to_string().contains("room again in "), "{error}");
    assert_eq!((limiter.waiting(), clock.sleepers()), (0, 0));
}
