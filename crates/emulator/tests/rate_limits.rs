//! Requests that are one too many.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::Duration;

use common::{Answer, Ask, Bench, CHANNELS, MESSAGES, hello, in_process, noon};
use hubchannel_api::clock::{Clock, ManualClock};
use hubchannel_emulator::{
    AccountSeed, AppSeed, ChannelSeed, Emulator, Fault, FaultRule, RateLimitBody, RateLimits, Seed, TokenSeed,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::json;

const TEN_SECONDS: Duration = Duration::from_secs(10);

fn with(limits: RateLimits) -> (ManualClock, Emulator) {
    let clock = ManualClock::new(noon());
    let seed = Seed::default().with_clock(clock.clone()).with_rate_limits(limits);
    (clock, Emulator::with_seed(seed))
}

fn get() -> Ask {
    Ask::get(format!("{MESSAGES}/5c1f"))
}

/// The numbers of an answer's headers, by the end of their names; -1 where there is none.
fn told<const N: usize>(answer: &Answer, names: [&str; N]) -> [i64; N] {
    names.map(|name| {
        answer
            .header(&format!("x-hubspot-ratelimit-{name}"))
            .parse()
            .unwrap_or(-1)
    })
}

#[tokio::test]
async fn limits_are_hubspots_unless_set() {
    let clock = ManualClock::new(noon());
    let emulator = Emulator::with_seed(Seed::default().with_clock(clock.clone()));
    for left in (0..110).rev() {
        let answer = in_process(&emulator, Ask::publish(hello())).await;
        assert_eq!(answer.status, 201);
        assert_eq!(told(&answer, ["max", "remaining", "interval-milliseconds"]), [110, left, 10_000]);
        assert_eq!(told(&answer, ["daily", "daily-remaining", "secondly", "secondly-remaining"]), [-1; 4]);
    }
    let answer = in_process(&emulator, Ask::publish(hello())).await;
    assert_eq!(answer.status, 429);
    assert_eq!(told(&answer, ["max", "remaining", "interval-milliseconds"]), [110, 0, 10_000]);
    assert_eq!(answer.header("retry-after"), "");
    assert_eq!(
        answer.error(),
        json!({
            "status": "error",
            "message": "You have reached your ten_secondly_rolling limit.",
            "errorType": "RATE_LIMIT",
            "policyName": "TEN_SECONDLY_ROLLING",
        })
    );
    assert_eq!(emulator.messages().len(), 110);
    // A request that is turned down does not count.
    clock.advance(TEN_SECONDS);
    assert_eq!(in_process(&emulator, get()).await.status, 429);
    clock.advance(Duration::from_nanos(1));
    assert_eq!(told(&in_process(&emulator, get()).await, ["remaining"]), [109]);
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let seed = Seed::default()
        .with_clock(ManualClock::new(noon()))
        .without_rate_limits();
    let emulator = Emulator::with_seed(seed);
    for _ in 0..300 {
        let answer = in_process(&emulator, get()).await;
        assert_eq!(answer.status, 404);
        assert_eq!(told(&answer, ["max", "remaining", "interval-milliseconds"]), [-1; 3]);
    }
}

#[tokio::test]
async fn whatever_a_good_token_asks_for_counts_and_nothing_else_does() {
    let (_, emulator) = with(RateLimits::new(100, TEN_SECONDS));
    let mut left = 100;
    for (ask, status, counts) in [
        (Ask::publish(hello()), 201, true),
        (Ask::publish(json!({})), 400, true),
        (get(), 404, true),
        (Ask::get(format!("{CHANNELS}/77/messages/5c1f")), 404, true),
        (Ask::get("/conversations/v3/conversations/inboxes"), 200, true),
        (get().token("narrow"), 401, false),
        (get().anonymous(), 401, false),
        (Ask::get(CHANNELS).developer(), 200, false),
        (Ask::get(CHANNELS), 403, false),
        (Ask::get("/nowhere"), 404, false),
        (Ask::new(http::Method::DELETE, MESSAGES), 405, false),
        (Ask::form("/oauth/v3/token", &[("client_id", "x")]), 400, false),
    ] {
        let shown = format!("{ask:?}");
        let answer = in_process(&emulator, ask).await;
        left -= i64::from(counts);
        assert_eq!(
            (answer.status, told(&answer, ["remaining"])),
            (status, [if counts { left } else { -1 }]),
            "{shown}"
        );
    }
    // What never gets through, and what is answered in HubSpot's place, is not counted.
    emulator.fail_next(Fault::DropBeforeEffect);
    emulator.fail_next(Fault::answer(http::StatusCode::OK, ""));
    emulator.add_fault(FaultRule::new(Fault::DropAfterEffect).from(1).times(1));
    for _ in 0..3 {
        let _ = common::try_in_process(&emulator, get()).await;
    }
    assert_eq!(told(&in_process(&emulator, get()).await, ["remaining"]), [left - 2]);
}

#[tokio::test]
async fn a_missing_scope_counts() {
    let seed = Seed::default()
        .with_clock(ManualClock::new(noon()))
        .add_token(TokenSeed::new("narrow", 62515, 40_776_849).set_scopes(["files"]));
    let answer = in_process(&Emulator::with_seed(seed), get().token("narrow")).await;
    assert_eq!((answer.status, told(&answer, ["remaining"])), (403, [109]));
}

#[tokio::test]
async fn every_policy_has_its_body_in_every_shape() {
    let limits = RateLimits::new(2, TEN_SECONDS);
    for (limits, policy, bucket, waits) in [
        (limits, "TEN_SECONDLY_ROLLING", "ten-secondly", "11"),
        (limits.set_secondly(1), "SECONDLY", "secondly", "2"),
        // Noon is at 22:13:20.
        (limits.set_daily(1), "DAILY", "daily", "6401"),
        // Nobody gets in before midnight, whatever the others say.
        (limits.set_secondly(1).set_daily(1), "DAILY", "daily", "6401"),
    ] {
        for body in [
            RateLimitBody::PolicyName,
            RateLimitBody::GroupName,
            RateLimitBody::Category,
        ] {
            let (_, emulator) = with(limits.set_body(body).tell_retry_after());
            let bench = Bench::new(emulator).await;
            while bench.ask(get()).await.status == 404 {}
            let answer = bench.ask_twice(get()).await;
            assert_eq!((answer.status, answer.header("retry-after")), (429, waits));
            let message = format!("You have reached your {} limit.", policy.to_lowercase());
            let mut expected = json!({"status": "error", "message": message});
            if body == RateLimitBody::Category {
                expected["category"] = "RATE_LIMITS".into();
            } else {
                expected["errorType"] = "RATE_LIMIT".into();
                expected["policyName"] = policy.into();
            }
            if body == RateLimitBody::GroupName {
                expected["groupName"] = format!("publicapi:oauth-api-calls-{bucket}:40776849:62515").into();
            }
            assert_eq!(answer.error(), expected);
        }
    }
}

#[tokio::test]
async fn calls_with_the_developers_key_are_counted_by_app_where_that_is_set() {
    let clock = ManualClock::new(noon());
    let limits = RateLimits::new(2, TEN_SECONDS).limit_developer_key().set_daily(1);
    let seed = Seed::default()
        .with_clock(clock)
        .with_rate_limits(limits)
        .add_app(AppSeed::new(77));
    let emulator = Emulator::with_seed(seed);
    let list = |app: u64| Ask::get(format!("{CHANNELS}?hapikey=emulated-developer-key&appId={app}")).anonymous();
    for left in [1, 0] {
        let answer = in_process(&emulator, list(40_776_849)).await;
        // The limit of the day is a portal's.
        assert_eq!((answer.status, told(&answer, ["remaining", "daily"])), (200, [left, -1]));
    }
    assert_eq!(in_process(&emulator, list(40_776_849)).await.status, 429);
    assert_eq!(in_process(&emulator, list(77)).await.status, 200);
    assert_eq!(in_process(&emulator, get()).await.status, 404);
}

/// Of the two apps' tokens for two portals.
const TOKENS: [(&str, u64, u64); 5] = [
    ("a", 1, 100),
    ("again-a", 1, 100),
    ("b", 1, 200),
    ("c", 2, 100),
    ("d", 2, 200),
];

/// Limits, known to the reference too.
#[derive(Clone, Copy, Debug)]
struct Known {
    max: usize,
    interval: Duration,
    secondly: Option<usize>,
    daily: Option<usize>,
}

impl Known {
    fn limits(&self) -> RateLimits {
        let number = |max: usize| u32::try_from(max).unwrap();
        let limits = RateLimits::new(number(self.max), self.interval);
        let limits = self.secondly.map_or(limits, |max| limits.set_secondly(number(max)));
        self.daily.map_or(limits, |max| limits.set_daily(number(max)))
    }
}

fn known() -> impl Strategy<Value = Known> {
    let interval = select(vec![1, 700, 1_000, 3_000]).prop_map(Duration::from_millis);
    (0..5_usize, interval, option::of(0..4_usize), option::of(0..12_usize)).prop_map(
        |(max, interval, secondly, daily)| Known {
            max,
            interval,
            secondly,
            daily,
        },
    )
}

/// How much later than the one before, and with which token.
fn requests() -> impl Strategy<Value = Vec<(Duration, usize)>> {
    let edges = vec![
        999_999_999,
        1_000_000_000,
        1_000_000_001,
        700_000_000,
        3_000_000_000,
        3_000_000_001,
    ];
    let pause = prop_oneof![
        4 => Just(0),
        6 => (0..8_u64).prop_map(|steps| steps * 100_000_000),
        2 => select(edges),
        1 => Just(3_600_000_000_000),
    ];
    vec((pause.prop_map(Duration::from_nanos), 0..TOKENS.len()), 0..80)
}

/// A request that was taken.
#[derive(Clone, Copy, Debug)]
struct Taken {
    at: Duration,
    day: u64,
    portal_id: u64,
    app_id: u64,
}

fn emulator(known: &Known, clock: &ManualClock) -> Emulator {
    let seed =
        Seed::new(ChannelSeed::new("10", 100), AccountSeed::new("20", "10", 1), TokenSeed::new("unused", 9, 900));
    let tokens = TOKENS.into_iter();
    let seed = tokens.fold(seed, |seed, (secret, portal, app)| seed.add_token(TokenSeed::new(secret, portal, app)));
    Emulator::with_seed(seed.with_clock(clock.clone()).with_rate_limits(known.limits()))
}

async fn run(known: Known, requests: Vec<(Duration, usize)>) {
    let clock = ManualClock::new(noon());
    let emulator = emulator(&known, &clock);
    let mut all: Vec<Taken> = Vec::new();
    for (number, (pause, token)) in requests.into_iter().enumerate() {
        clock.advance(pause);
        let (secret, portal_id, app_id) = TOKENS[token];
        let at = clock.monotonic();
        let wall = clock.wall().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
        let this = Taken {
            at,
            day: wall.as_secs() / 86_400,
            portal_id,
            app_id,
        };
        let own = |other: &&Taken| (other.portal_id, other.app_id) == (portal_id, app_id);
        let within =
            |all: &[Taken], window: Duration| all.iter().filter(own).filter(|other| at - other.at <= window).count();
        let today = |all: &[Taken]| {
            let own = all
                .iter()
                .filter(|other| (other.portal_id, other.day) == (portal_id, this.day));
            own.count()
        };
        let second = Duration::from_secs(1);
        let policy = if known.daily.is_some_and(|max| today(&all) >= max) {
            "DAILY"
        } else if within(&all, known.interval) >= known.max {
            "TEN_SECONDLY_ROLLING"
        } else if known.secondly.is_some_and(|max| within(&all, second) >= max) {
            "SECONDLY"
        } else {
            all.push(this);
            ""
        };
        let answer = in_process(&emulator, Ask::get(format!("{CHANNELS}/10/messages/5c1f")).token(secret)).await;
        let body = answer.json();
        assert_eq!(body["policyName"].as_str().unwrap_or_default(), policy, "request {number}");
        assert_eq!(answer.status == 429, !policy.is_empty(), "request {number}");
        let left = |max: usize, used: usize| i64::try_from(max.saturating_sub(used)).unwrap();
        assert_eq!(
            told(&answer, ["remaining", "secondly-remaining", "daily-remaining"]),
            [
                left(known.max, within(&all, known.interval)),
                known.secondly.map_or(-1, |max| left(max, within(&all, second))),
                known.daily.map_or(-1, |max| left(max, today(&all))),
            ],
            "request {number}"
        );
    }
    never_more_than(known.max, known.interval, &all);
}

/// Fails if any window, both of its ends included, has more requests of one app for one portal than the limit.
fn never_more_than(max: usize, interval: Duration, all: &[Taken]) {
    for first in all {
        let same = all
            .iter()
            .filter(|other| (other.portal_id, other.app_id) == (first.portal_id, first.app_id));
        let within = same
            .filter(|other| other.at >= first.at && other.at - first.at <= interval)
            .count();
        assert!(within <= max, "{within} from {first:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_window_takes_its_limit_and_no_more(known in known(), requests in requests()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(known, requests));
    }
}
