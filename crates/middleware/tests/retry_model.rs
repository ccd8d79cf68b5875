//! Random courses of failures, held against a small model of what is to happen.

mod common;

use std::time::Duration;

use hubchannel_api::{
    Attempts, Call, CreateChannelAccount, GaveUp, GetMessage, HttpTransport, Operation, PublishMessage, Reach,
    TransportErrorKind, clock::Clock,
};
use hubchannel_middleware::{Deadline, Retry, RetryBudget, RetryPolicy};
use proptest::{
    collection::vec,
    option,
    prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    sample::select,
    test_runner::TestCaseError,
};

use self::common::{End, Wire, attempts, drive, request_of};

/// How an attempt ends, and what the model knows of it.
#[derive(Clone, Debug)]
struct Step {
    takes: Duration,
    end: End,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Settled,
    Final {
        unknown: bool,
    },
    Passing {
        unknown: bool,
        floor: u64,
        spread: u64,
        cost: u32,
    },
}

impl Fate {
    fn unknown(self) -> bool {
        matches!(self, Fate::Final { unknown: true } | Fate::Passing { unknown: true, .. })
    }
}

/// The model's own words for what is documented of each end.
fn ends() -> impl Strategy<Value = (End, Fate)> {
    let settled =
        select(vec![200_u16, 201, 400, 401, 404, 422]).prop_map(|status| (End::status(status), Fate::Settled));
    let conflict = Just((End::status(409), Fate::Settled));
    let broken = select(vec![501_u16, 525]).prop_map(|status| (End::status(status), Fate::Final { unknown: true }));
    let refused = Just((End::Failure(TransportErrorKind::Refused, Reach::NotSent), Fate::Final { unknown: false }));
    let passing = (
        select(vec![
            (423_u16, false, 2, 0, 5),
            (429, false, 1, 10, 5),
            (477, false, 10, 0, 5),
            (408, true, 0, 0, 10),
            (500, true, 0, 0, 5),
            (502, true, 2, 0, 5),
            (503, true, 0, 0, 5),
            (504, true, 2, 0, 10),
            (521, true, 2, 0, 5),
            (524, true, 2, 0, 10),
        ]),
        option::of(prop_oneof![Just(0_u64), 0_u64..100]),
    )
        .prop_map(|((status, unknown, least, spread, cost), after)| {
            let end = End::status(status);
            let end = match after {
                Some(after) => end.with_header("retry-after", after.to_string()),
                None => end,
            };
            let fate = Fate::Passing {
                unknown,
                floor: match after {
                    Some(after) if status == 477 => after,
                    after => after.unwrap_or_default().max(least),
                },
                spread: if after.unwrap_or_default() > 0 { 0 } else { spread },
                cost,
            };
            (end, fate)
        });
    let cut = (
        select(vec![
            (TransportErrorKind::Connect, 5),
            (TransportErrorKind::Interrupted, 5),
            (TransportErrorKind::Timeout, 10),
            (TransportErrorKind::Other, 5),
        ]),
        any::<bool>(),
    )
        .prop_map(|((kind, cost), unknown)| {
            let reach = if unknown { Reach::Unknown } else { Reach::NotSent };
            let fate = Fate::Passing {
                unknown,
                floor: 0,
                spread: 0,
                cost,
            };
            (End::Failure(kind, reach), fate)
        });
    prop_oneof![2 => settled, 1 => conflict, 1 => broken, 1 => refused, 6 => passing, 6 => cut]
}

fn steps() -> impl Strategy<Value = Step> {
    let takes = prop_oneof![3 => Just(0_u64), 3 => 0_u64..3_000, 1 => 0_u64..40_000];
    (ends(), takes).prop_map(|((end, fate), takes)| Step {
        takes: Duration::from_millis(takes),
        end,
        fate,
    })
}

/// An operation, and whether it may be done twice.
fn calls() -> impl Strategy<Value = (Call, bool)> {
    let call = |operation, keyed| {
        let mut call = Call::new(operation);
        call.keyed = keyed;
        call
    };
    select(vec![
        (call(GetMessage::INFO, false), true),
        (call(PublishMessage::INFO, true), true),
        (call(PublishMessage::INFO, false), false),
        (call(CreateChannelAccount::INFO, false), false),
    ])
}

#[derive(Clone, Debug)]
struct Settings {
    max: u32,
    first: Duration,
    longest: Duration,
    deadline: Option<Duration>,
    least: Duration,
    capacity: u32,
    seed: u64,
}

fn settings() -> impl Strategy<Value = Settings> {
    (1_u32..7, 0_u64..3_000, 0_u64..6_000, option::of(1_u64..90_000), 0_u64..2_000, 0_u32..60, any::<u64>()).prop_map(
        |(max, first, longest, deadline, least, capacity, seed)| Settings {
            max,
            first: Duration::from_millis(first),
            longest: Duration::from_millis(longest),
            deadline: deadline.map(Duration::from_millis),
            least: Duration::from_millis(least),
            capacity,
            seed,
        },
    )
}

/// The bounds of a wait before this attempt.
fn bounds(settings: &Settings, fate: Fate, attempt: u32) -> (Duration, Duration) {
    let Fate::Passing { floor, spread, .. } = fate else {
        return (Duration::ZERO, Duration::ZERO);
    };
    let floor = Duration::from_secs(floor);
    let backoff = (settings.first * 2_u32.pow(attempt - 2)).min(settings.longest);
    (floor, floor + backoff.max(Duration::from_secs(spread)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_happens_the_rules_hold(
        settings in settings(),
        courses in vec((calls(), vec(steps(), 7)), 1..6),
    ) {
        let budget = RetryBudget::new(settings.capacity);
        let policy = RetryPolicy::new()
            .max_attempts(settings.max)
            .first_wait(settings.first)
            .longest_wait(settings.longest)
            .least_time(settings.least)
            .budget(budget.clone())
            .seed(settings.seed);
        let mut purse = settings.capacity;
        for ((call, repeatable), steps) in courses {
            let wire = Wire::timed(steps.iter().map(|step| (step.takes, step.end.clone())));
            let retry = Retry::new(wire.clone(), wire.clock(), policy.clone());
            let layers = Deadline::new(retry, wire.clock(), settings.deadline);
            let outcome = drive(&wire.clock, layers.send(request_of(call)));
            let starts: Vec<Duration> = wire.seen().iter().map(|seen| seen.at).collect();
            let course = Course { settings: &settings, steps: &steps, starts: &starts, repeatable };
            course.check(&attempts(&outcome), &mut purse, wire.clock.monotonic())?;
            prop_assert_eq!(budget.available(), purse);
            prop_assert_eq!(wire.clock.sleepers(), 0);
        }
    }
}

struct Course<'a> {
    settings: &'a Settings,
    steps: &'a [Step],
    starts: &'a [Duration],
    repeatable: bool,
}

impl Course<'_> {
    /// Goes through the attempts that were seen, and finds for each why it was or was not followed by another.
    fn check(&self, attempts: &Attempts, purse: &mut u32, over: Duration) -> Result<(), TestCaseError> {
        let made = self.starts.len();
        let end = self.settings.deadline.unwrap_or(Duration::MAX);
        prop_assert!(made as u32 <= self.settings.max);
        prop_assert!(over <= end, "the deadline is kept");
        let latest = end.saturating_sub(self.settings.least);
        let mut reward = 1;
        let mut waited = Duration::ZERO;
        let mut held_back = 0;
        for (index, step) in self.steps.iter().take(made).enumerate() {
            let attempt = index as u32 + 1;
            let ended = self.starts[index].saturating_add(step.takes);
            if let Some(next) = self.starts.get(index + 1) {
                let Fate::Passing { unknown, cost, .. } = step.fate else {
                    return Err(TestCaseError::fail(format!("{step:?} was repeated")));
                };
                prop_assert!(self.repeatable || !unknown, "{:?} was repeated", step);
                let wait = *next - ended;
                let (least, most) = bounds(self.settings, step.fate, attempt + 1);
                prop_assert!(least <= wait && wait <= most, "{:?} is not in {:?}..={:?}", wait, least, most);
                prop_assert!(*next < latest);
                prop_assert!(*purse >= cost, "a repeat that nobody could pay for");
                *purse -= cost;
                reward = cost;
                waited += wait;
                continue;
            }
            let cut_off = ended > end;
            let (ended, gave_up) = if cut_off {
                (end, Some(GaveUp::Deadline))
            } else {
                (ended, self.gave_up(step.fate, attempt, ended, *purse))
            };
            held_back = usize::from(!cut_off && step.fate == Fate::Final { unknown: false });
            if !cut_off && step.fate == Fate::Settled {
                *purse = (*purse + reward).min(self.settings.capacity);
            }
            prop_assert_eq!(attempts.gave_up, gave_up, "after {:?}", step);
            prop_assert_eq!(attempts.elapsed, ended);
            prop_assert_eq!(over, ended, "nothing is waited for in vain");
        }
        prop_assert_eq!(attempts.count as usize, made - held_back, "what a layer refuses is no attempt");
        prop_assert_eq!(attempts.waited, waited);
        let earlier_unknown = self.steps[..made - 1].iter().any(|step| step.fate.unknown());
        prop_assert_eq!(attempts.earlier_unknown, earlier_unknown);
        Ok(())
    }

    /// Why the last attempt is the last, if it was to be repeated.
    fn gave_up(&self, fate: Fate, attempt: u32, now: Duration, purse: u32) -> Option<GaveUp> {
        let Fate::Passing { unknown, cost, .. } = fate else {
            return None;
        };
        let end = self.settings.deadline.unwrap_or(Duration::MAX);
        let (least, _) = bounds(self.settings, fate, attempt + 1);
        match () {
            () if unknown && !self.repeatable => Some(GaveUp::NotRepeatable),
            () if attempt >= self.settings.max => Some(GaveUp::MaxAttempts),
            () if now + least >= end.saturating_sub(self.settings.least) => Some(GaveUp::Deadline),
            () if purse < cost => Some(GaveUp::Budget),
            () => None,
        }
    }
}
