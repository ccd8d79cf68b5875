//! What answers teach a limiter, and what they cannot make it do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test is how this reports")]

#[path = "common/crowd.rs"]
mod crowd;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use http::{Response, StatusCode};
use hubchannel_api::{
    Body, Reach, TransportError, TransportErrorKind,
    clock::{Clock, ManualClock},
    status::least_wait,
};
use hubchannel_middleware::{RateLimiter, Start};
use proptest::prelude::*;

use self::crowd::{Crowd, millis};

const INTERVAL: Duration = Duration::from_secs(10);

/// How long a start counts.
const SPAN: Duration = Duration::from_millis(10_200);

const MAX: &str = "x-hubspot-ratelimit-max";
const REMAINING: &str = "x-hubspot-ratelimit-remaining";
const MILLISECONDS: &str = "x-hubspot-ratelimit-interval-milliseconds";
const DAILY: &str = "x-hubspot-ratelimit-daily";
const DAILY_REMAINING: &str = "x-hubspot-ratelimit-daily-remaining";

fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response<Body> {
    let answer = headers
        .iter()
        .fold(Response::builder().status(status), |answer, (name, value)| answer.header(*name, *value));
    answer.body(Body::from(body)).unwrap()
}

/// Callers of one limiter.
struct Callers {
    crowd: Crowd<Result<Start, TransportError>>,
    limiter: RateLimiter,
    /// The starts that have not been answered, when they were, and the limit that was in force then.
    unanswered: VecDeque<Start>,
    starts: Vec<(Duration, (u32, Duration))>,
    refused: Vec<TransportError>,
}

impl Callers {
    fn new(limit: u32) -> Self {
        let crowd = Crowd::new();
        Callers {
            limiter: RateLimiter::new(limit, INTERVAL, Arc::new(crowd.clock.clone())),
            crowd,
            unanswered: VecDeque::new(),
            starts: Vec::new(),
            refused: Vec::new(),
        }
    }

    fn come(&mut self, count: usize) -> &mut Self {
        (0..count).for_each(|_| self.come_until(None));
        self
    }

    fn come_until(&mut self, end: Option<Duration>) {
        let limiter = self.limiter.clone();
        self.crowd.come(async move { limiter.start(end).await });
        self.sort();
    }

    fn advance(&mut self, time: Duration) -> &mut Self {
        self.crowd.advance(time);
        self.sort();
        self
    }

    fn advance_to_next(&mut self) -> bool {
        let more = self.crowd.advance_to_next();
        self.sort();
        more
    }

    /// Answers the oldest start that has not been answered.
    fn answer(&mut self, status: u16, headers: &[(&str, &str)]) -> &mut Self {
        self.answer_with(&answer(status, headers, ""))
    }

    fn answer_with(&mut self, answer: &Response<Body>) -> &mut Self {
        if let Some(start) = self.unanswered.pop_front() {
            start.learn(answer);
        }
        self.crowd.settle();
        self.sort();
        self
    }

    fn sort(&mut self) {
        for (_, at, outcome) in self.crowd.done.drain(..) {
            match outcome {
                Ok(start) => {
                    self.unanswered.push_back(start);
                    self.starts.push((at, self.limiter.limit()));
                }
                Err(error) => self.refused.push(error),
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Event {
    Come(usize),
    GiveUp(usize),
    Advance(u64),
    Next,
    Answer(u16, Vec<(&'static str, String)>),
}

fn header() -> impl Strategy<Value = (&'static str, String)> {
    let name = prop::sample::select(vec![
        MAX,
        REMAINING,
        MILLISECONDS,
        "x-hubspot-ratelimit-secondly",
        DAILY,
        "retry-after",
    ]);
    let value = prop_oneof![
        6 => (0..12_u64).prop_map(|number| number.to_string()),
        3 => prop::sample::select(vec![1_000, 5_000, 9_999, 10_000, 20_000, 60_000]).prop_map(|millis: u32| millis.to_string()),
        1 => prop::sample::select(vec!["", "-1", "x", "1e9", " 3 ", "99999999999999999999", "4294967295"]).prop_map(String::from),
    ];
    (name, value)
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let edges = prop::sample::select(vec![9_999, 10_000, 10_001, 10_199, 10_200, 10_201]);
    let event = prop_oneof![
        3 => (1..12_usize).prop_map(Event::Come),
        1 => any::<usize>().prop_map(Event::GiveUp),
        2 => prop_oneof![0..50_u64, 0..70_000_u64, edges].prop_map(Event::Advance),
        3 => Just(Event::Next),
        4 => (prop::sample::select(vec![200, 200, 200, 429, 500]), prop::collection::vec(header(), 0..5))
            .prop_map(|(status, headers)| Event::Answer(status, headers)),
    ];
    prop::collection::vec(event, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_answered_the_limit_in_force_is_kept_and_nobody_waits_for_ever(limit in 1..6_u32, events in events()) {
        let mut callers = Callers::new(limit);
        for event in events {
            match event {
                Event::Come(count) => drop(callers.come(count)),
                Event::GiveUp(at) => callers.crowd.give_up(at),
                Event::Advance(time) => drop(callers.advance(millis(time))),
                Event::Next => drop(callers.advance_to_next()),
                Event::Answer(status, headers) => {
                    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
                    callers.answer(status, &headers);
                }
            }
            callers.sort();
            let (max, interval) = callers.limiter.limit();
            let most = f64::from(limit * 4) * interval.as_secs_f64() / INTERVAL.as_secs_f64();
            prop_assert!(max == 1 || f64::from(max) <= most, "{max} in {interval:?} is learnt from {limit}");
        }
        while callers.limiter.waiting() > 0 {
            prop_assert!(callers.advance_to_next(), "{} wait and nothing is to happen", callers.limiter.waiting());
        }
        for (at, (start, (max, interval))) in callers.starts.iter().enumerate() {
            let within = callers.starts[..=at].iter().filter(|(other, _)| *start - *other <= *interval).count();
            prop_assert!(within <= *max as usize, "{within} in the interval up to {start:?}: {:?}", callers.starts);
        }
        prop_assert_eq!(callers.crowd.clock.sleepers(), 0);
    }
}

#[test]
fn answers_replace_the_limit_within_reason() {
    let mut callers = Callers::new(50);
    for (max, interval, learnt) in [
        ("", "10000", None),
        ("0", "0", None),
        ("-3", "1000", None),
        ("1e3", "10000", None),
        ("20", "999", None),
        ("20", "60001", None),
        ("20", "10000", Some((20, 10_000))),
        ("", "10000", None),
        ("30", "x", Some((30, 10_000))),
        ("30", "20000", Some((30, 20_000))),
        ("31", "", Some((31, 10_000))),
        ("250", "10000", Some((200, 10_000))),
        ("99999999999999999999", "1000", Some((20, 1_000))),
        ("1", "60000", Some((1, 60_000))),
    ] {
        let before = callers.limiter.limit();
        callers.advance(Duration::from_secs(90)).come(1);
        callers.answer(200, &[(MAX, max), (MILLISECONDS, interval)]);
        let learnt = learnt.map_or(before, |(max, interval)| (max, millis(interval)));
        assert_eq!(callers.limiter.limit(), learnt, "{max} {interval}");
    }
}

#[test]
fn a_longer_window_reaches_back_to_starts_that_counted_no_more() {
    let mut callers = Callers::new(2);
    callers.come(6);
    while callers.advance_to_next() {}
    callers.unanswered.drain(..5);
    callers.answer(200, &[(MAX, "5"), (MILLISECONDS, "60000")]).come(1);
    while callers.advance_to_next() {}
    let starts: Vec<_> = callers.starts.iter().map(|(at, _)| *at).collect();
    let long = Duration::from_millis(61_200);
    assert_eq!(starts, [Duration::ZERO, Duration::ZERO, SPAN, SPAN, SPAN * 2, SPAN * 2, long]);
}

#[test]
fn the_smallest_of_contradictory_limits_counts() {
    let mut callers = Callers::new(5);
    callers
        .come(1)
        .answer(200, &[(MAX, "7"), (MAX, "x"), (MAX, "3"), (MAX, "9")]);
    assert_eq!(callers.limiter.limit().0, 3);
}

#[test]
fn a_process_can_be_held_to_its_share() {
    let clock = Arc::new(ManualClock::new(std::time::SystemTime::UNIX_EPOCH));
    let mut callers = Callers::new(1);
    callers.limiter = RateLimiter::new(3, INTERVAL, clock).learn_at_most(3);
    callers.come(2).answer(200, &[(MAX, "10"), (REMAINING, "5")]);
    assert_eq!(callers.limiter.limit().0, 3);
    callers.come(2);
    assert_eq!(callers.starts.len(), 3, "what others use of the rest is theirs");
}

#[test]
fn who_waits_is_told_of_another_limit() {
    let mut callers = Callers::new(2);
    callers.come(5);
    callers.come_until(Some(SPAN * 2 + millis(1)));
    assert_eq!((callers.starts.len(), callers.refused.len()), (2, 0));
    callers.answer(200, &[(MAX, "3")]);
    assert_eq!(callers.starts.len(), 3);
    callers.answer(200, &[(MAX, "1")]);
    assert_eq!(callers.refused.len(), 1, "it can no longer start in time");
}

#[test]
fn what_others_use_is_not_used_here() {
    let mut callers = Callers::new(10);
    // Of ten, one was used here and seven by others.
    callers.come(1).answer(200, &[(MAX, "10"), (REMAINING, "2")]);
    callers.come(9);
    assert_eq!(callers.starts.len(), 3);
    // An answer from before tells nothing new.
    callers.answer(200, &[(MAX, "10"), (REMAINING, "1")]);
    callers.advance(SPAN);
    assert_eq!(callers.starts.len(), 10, "what was used counts no more");
}

#[test]
fn an_answer_that_was_long_on_its_way_is_not_held_against_what_came_after() {
    let mut callers = Callers::new(10);
    callers.come(10).advance(millis(10_100));
    callers.advance(millis(200));
    // When this was said, the ten still counted; they do not now.
    callers.answer(200, &[(REMAINING, "0")]);
    callers.come(10);
    assert_eq!(callers.starts.len(), 20);
}

/// HubSpot's side as documented: of any ten seconds, so many requests are let through, whosever they are.
struct Counting {
    limit: usize,
    counted: VecDeque<Duration>,
}

impl Counting {
    fn counts(&mut self, now: Duration) -> Option<usize> {
        self.counted.retain(|at| now - *at <= INTERVAL);
        let room = self.limit - self.counted.len();
        let left = room.checked_sub(1)?;
        self.counted.push_back(now);
        Some(left)
    }
}

#[test]
fn the_sum_with_another_process_stays_within_the_limit_and_the_rest_is_used_when_it_is_over() {
    let mut callers = Callers::new(110);
    let mut hubspot = Counting {
        limit: 110,
        counted: VecDeque::new(),
    };
    let (mut ours, mut turned_down, mut alone) = (0, 0, 0);
    // The other process sends four requests a second for 300 s; ours sends one after the other without a pause.
    for step in 0..60_000_u32 {
        let now = callers.crowd.clock.monotonic();
        if step % 25 == 0 && step < 30_000 {
            hubspot.counts(now);
        }
        if !callers.unanswered.is_empty() {
            let left = hubspot.counts(now);
            let left = left.map(|left| {
                ours += 1;
                alone += u32::from(step >= 34_000);
                left.to_string()
            });
            match left {
                Some(left) => drop(callers.answer(200, &[(MAX, "110"), (REMAINING, &left)])),
                None => {
                    turned_down += 1;
                    callers.answer(429, &[(MAX, "110"), (REMAINING, "0")]);
                }
            }
        }
        if callers.limiter.waiting() == 0 {
            callers.come(1);
        }
        callers.advance(millis(10));
    }
    assert!(turned_down * 100 <= ours, "{turned_down} of {ours}");
    let possible = 26.0 * 110.0;
    assert!(f64::from(alone) > 0.9 * possible, "{alone} of {possible}");
    let beside = f64::from(ours - alone) / 34.0;
    assert!(beside > 0.9 * 70.0, "{beside} in ten seconds beside the other process");
}

#[test]
fn an_answer_of_429_closes_the_window_and_not_for_ever() {
    let mut callers = Callers::new(100);
    callers.come(4).answer(429, &[("retry-after", "3")]).come(1);
    callers.advance(millis(2_999));
    assert_eq!(callers.starts.len(), 4);
    callers.advance(millis(1));
    assert_eq!(callers.starts.len(), 5);

    let date = [
        ("date", "Tue, 24 Nov 2026 12:00:00 GMT"),
        ("retry-after", "Tue, 24 Nov 2026 12:00:04 GMT"),
    ];
    callers.answer(429, &date).come(1).advance(millis(3_999));
    assert_eq!(callers.starts.len(), 5);
    callers.advance(millis(1));
    assert_eq!(callers.starts.len(), 6);

    callers.answer(429, &[("retry-after", "soon")]).come(1);
    callers.advance(SPAN - millis(1));
    assert_eq!(callers.starts.len(), 6);
    callers.advance(millis(1));
    assert_eq!(callers.starts.len(), 7);

    callers
        .answer(429, &[("retry-after", "99999999999999999999999")])
        .come(1);
    callers.advance(Duration::from_secs(24 * 60 * 60 - 1));
    assert_eq!(callers.starts.len(), 7);
    callers.advance(Duration::from_secs(1));
    assert_eq!(callers.starts.len(), 8);
}

#[test]
fn an_answer_of_429_that_asks_for_no_wait_closes_the_window_for_the_least_that_is_of_use() {
    let past = "Tue, 24 Nov 2026 11:59:00 GMT";
    let same = "Tue, 24 Nov 2026 12:00:00 GMT";
    let floor = least_wait(StatusCode::TOO_MANY_REQUESTS, None);
    for asked in ["0", past, same] {
        let mut callers = Callers::new(100);
        callers
            .come(1)
            .answer(429, &[("date", same), ("retry-after", asked)])
            .come(3);
        assert_eq!(callers.starts.len(), 1, "{asked}");
        callers.advance(floor - millis(1));
        assert_eq!(callers.starts.len(), 1, "{asked}");
        callers.advance(millis(1));
        assert_eq!(callers.starts.len(), 4, "{asked}");
    }
}

#[test]
fn who_cannot_wait_until_a_closed_window_opens_is_told_at_once() {
    let mut callers = Callers::new(2);
    callers.come(2);
    (0..2).for_each(|_| callers.come_until(Some(SPAN + millis(1))));
    assert_eq!(callers.refused.len(), 0);
    callers.answer(429, &[("retry-after", "60")]);
    let told: Vec<_> = callers.refused.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["the rate limit has room again in 60s, which is too late for this call"; 2]);
}

#[test]
fn a_used_up_day_refuses_at_once_and_one_request_sees_whether_it_is_over() {
    let used_up = [(DAILY, "250000"), (DAILY_REMAINING, "0")];
    let mut callers = Callers::new(100);
    callers.come(100).come(2).answer(200, &used_up);
    assert_eq!(callers.refused.len(), 2, "those who wait are told too");
    callers.come(1);
    assert_eq!(callers.refused.len(), 3);
    let error = &callers.refused[2];
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::RateLimited, Reach::NotSent));
    assert!(error.to_string().contains("daily limit"), "{error}");
    assert_eq!(error.retry_after(), Some(RateLimiter::DAILY_PAUSE));

    // What was said before it was used up says nothing of now.
    callers
        .answer(200, &[(DAILY, "250000"), (DAILY_REMAINING, "1")])
        .come(1);
    assert_eq!((callers.starts.len(), callers.refused.len()), (100, 4));
    callers.unanswered.clear();

    callers.advance(RateLimiter::DAILY_PAUSE).come(5);
    assert_eq!((callers.starts.len(), callers.refused.len()), (101, 8), "one sees how things are");
    callers.answer(429, &used_up).come(1);
    assert_eq!((callers.starts.len(), callers.refused.len()), (101, 9));

    callers.advance(RateLimiter::DAILY_PAUSE).come(1);
    callers.unanswered.clear();
    callers.come(2);
    assert_eq!(
        (callers.starts.len(), callers.refused.len()),
        (103, 10),
        "one that got no answer is followed by another"
    );
    callers
        .answer(200, &[(DAILY, "250000"), (DAILY_REMAINING, "249999")])
        .come(5);
    assert_eq!((callers.starts.len(), callers.refused.len()), (108, 10));
}

#[test]
fn a_day_is_used_up_where_the_body_says_so_and_not_where_there_is_no_limit() {
    let daily = r#"{"status":"error","errorType":"RATE_LIMIT","policyName" : "DAILY"}"#;
    let rolling = r#"{"status":"error","errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING"}"#;
    for (status, headers, body, used_up) in [
        (429, [(DAILY, ""), (DAILY_REMAINING, "")], daily, true),
        (429, [(DAILY, ""), (DAILY_REMAINING, "")], rolling, false),
        (200, [(DAILY, ""), (DAILY_REMAINING, "")], daily, false),
        (200, [(DAILY, ""), (DAILY_REMAINING, "0")], "", true),
        (200, [(DAILY, "0"), (DAILY_REMAINING, "0")], "", false),
        (200, [(DAILY, "5"), (DAILY_REMAINING, "-1")], "", false),
    ] {
        let mut callers = Callers::new(100);
        callers.come(1).answer_with(&answer(status, &headers, body)).come(1);
        assert_eq!(callers.refused.len(), usize::from(used_up), "{status} {headers:?} {body}");
    }
}
