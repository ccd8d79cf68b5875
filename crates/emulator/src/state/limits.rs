//! Which requests were taken of late, and whether one more is.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::seed::RateLimits;

const SECOND: Duration = Duration::from_secs(1);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Caller {
    pub(crate) app_id: u64,
    /// `None` for the developer's key.
    pub(crate) portal_id: Option<u64>,
}

/// What was taken, as far back as a limit reaches.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// When, by monotonic time, the oldest first.
    taken: BTreeMap<Caller, VecDeque<Duration>>,
    /// How many on which day since 1970, by portal.
    days: BTreeMap<u64, (u64, u32)>,
}

/// What is left behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) remaining: u32,
    pub(crate) secondly_remaining: Option<u32>,
    pub(crate) daily_remaining: Option<u32>,
}

/// Which limit a request is too many for, and how long there is no room for another. The longest of them counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    Interval(Duration),
    Second(Duration),
    Day(Duration),
}

impl Limits {
    /// Takes a request, if there is room for it.
    pub(crate) fn take(
        &mut self,
        limits: &RateLimits,
        caller: Caller,
        now: Duration,
        wall: SystemTime,
    ) -> (Quota, Option<Exceeded>) {
        let taken = self.taken.entry(caller).or_default();
        let kept_for = limits.interval.max(SECOND);
        while taken.front().is_some_and(|at| !counts(*at, now, kept_for)) {
            taken.pop_front();
        }
        let since = wall.duration_since(UNIX_EPOCH).unwrap_or_default();
        let today = since.as_secs() / DAY.as_secs();
        let daily = limits.daily.zip(caller.portal_id).map(|(max, portal_id)| {
            let day = self.days.entry(portal_id).or_default();
            if day.0 != today {
                *day = (today, 0);
            }
            (max, &mut day.1)
        });

        let exceeded = match &daily {
            Some((max, used)) if *max <= **used => {
                let passed = Duration::from_secs(today * DAY.as_secs());
                Some(Exceeded::Day((passed + DAY).saturating_sub(since)))
            }
            _ => {
                let interval = closed_for(taken, limits.max, limits.interval, now).map(Exceeded::Interval);
                let second = || closed_for(taken, limits.secondly?, SECOND, now).map(Exceeded::Second);
                interval.or_else(second)
            }
        };
        if exceeded.is_none() {
            taken.push_back(now);
        }
        let left = |max: u32, interval: Duration| {
            let used = taken.iter().filter(|at| counts(**at, now, interval)).count();
            max.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))
        };
        let quota = Quota {
            remaining: left(limits.max, limits.interval),
            secondly_remaining: limits.secondly.map(|max| left(max, SECOND)),
            daily_remaining: daily.map(|(max, used)| {
                *used = used.saturating_add(u32::from(exceeded.is_none()));
                max.saturating_sub(*used)
            }),
        };
        (quota, exceeded)
    }
}

/// Whether what was taken then still counts, in a window of this length with both ends.
fn counts(at: Duration, now: Duration, interval: Duration) -> bool {
    now.saturating_sub(at) <= interval
}

/// How long there is no room; `None` where there is.
fn closed_for(taken: &VecDeque<Duration>, max: u32, interval: Duration, now: Duration) -> Option<Duration> {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let Some(last) = max.checked_sub(1) else {
        return Some(interval);
    };
    // Of the latest `max`, the oldest has to be gone.
    let at = taken.iter().rev().nth(last)?;
    counts(*at, now, interval).then(|| at.saturating_add(interval).saturating_sub(now))
}
