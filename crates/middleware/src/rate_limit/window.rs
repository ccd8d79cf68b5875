//! A window that rolls: which starts count, and when there is room for more. It has no time of its own.

use std::{collections::VecDeque, iter, ops::RangeInclusive, time::Duration};

use http::StatusCode;
use hubchannel_api::status::least_wait;

use super::headers::Told;

/// The intervals that are learnt; nothing sensible is shorter or longer.
const LEARNT: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(60);

/// No `Retry-After` closes a window for longer, so that no answer closes it for good. HubSpot's longest is a day.
const LONGEST_CLOSED: Duration = Duration::from_secs(24 * 60 * 60);

/// How old an answer may be for its `Remaining` to be of use, in the longest window.
const OLD: Duration = Duration::from_secs(30);

/// So many starts in any interval of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) max: u32,
    pub(super) interval: Duration,
}

impl Limit {
    /// How long a start counts: a fiftieth longer than the interval, because HubSpot counts requests when they arrive,
    /// and the way there is not equally long for all; but at least a millisecond, so that no two starts are exactly the
    /// interval apart, not even on a clock of milliseconds.
    fn span(self) -> Duration {
        self.interval
            .saturating_add((self.interval / 50).max(Duration::from_millis(1)))
    }

    fn max(self) -> usize {
        usize::try_from(self.max).unwrap_or(usize::MAX)
    }
}

#[derive(Debug)]
pub(super) struct Window {
    made: Limit,
    /// The most that is learnt in place of `made.max`.
    most: u32,
    limit: Limit,
    /// When requests started, ours and those that others are known to have started, the oldest first; as far back as
    /// the longest window that may yet be learnt reaches.
    starts: VecDeque<Duration>,
    closed_until: Duration,
}

impl Window {
    pub(super) fn new(made: Limit) -> Self {
        let made = Limit {
            max: made.max.max(1),
            interval: made.interval.max(Duration::from_millis(1)),
        };
        Window {
            most: made.max.saturating_mul(4),
            limit: made,
            made,
            starts: VecDeque::new(),
            closed_until: Duration::ZERO,
        }
    }

    pub(super) fn limit(&self) -> Limit {
        self.limit
    }

    pub(super) fn learn_at_most(&mut self, most: u32) {
        self.most = most.max(1);
        self.limit.max = self.limit.max.min(self.most_within(self.limit.interval));
    }

    /// When there is room for one more start after this many others, if nothing more is learnt.
    pub(super) fn opens(&self, now: Duration, after: usize) -> Duration {
        let first = now.max(self.closed_until);
        let max = self.limit.max();
        // Whoever starts takes the room of the one `max` starts before; beyond `max` that is one of those yet to come.
        let (windows, place) = (after / max, after % max);
        let room = (self.starts.len() + place)
            .checked_sub(max)
            .and_then(|before| self.starts.get(before));
        let start = match room {
            Some(before) => first.max(before.saturating_add(self.limit.span())),
            None => first,
        };
        let windows = u32::try_from(windows).unwrap_or(u32::MAX);
        start.saturating_add(self.limit.span().checked_mul(windows).unwrap_or(Duration::MAX))
    }

    /// How many can start now.
    pub(super) fn room(&self, now: Duration) -> usize {
        if self.closed_until > now {
            return 0;
        }
        self.limit.max().saturating_sub(self.counting(now))
    }

    pub(super) fn start(&mut self, now: Duration) {
        let longest = self.keep();
        while self
            .starts
            .front()
            .is_some_and(|start| start.saturating_add(longest) < now)
        {
            self.starts.pop_front();
        }
        self.starts.push_back(now);
    }

    /// Whether nothing of what has been is of any consequence now.
    pub(super) fn is_idle(&self, now: Duration) -> bool {
        self.counting(now) == 0 && self.closed_until <= now
    }

    /// Learns from the answer to what started then; whether all who wait should look again.
    pub(super) fn learn(&mut self, now: Duration, started: Duration, told: &Told) -> bool {
        let before = self.limit;
        if let Some(limit) = self.learnt(told) {
            self.limit = limit;
        }
        if let Some(remaining) = told.remaining {
            self.count_others(now, started, remaining);
        }
        let was_open = self.closed_until <= now;
        if told.turned_down {
            let wait = match told.retry_after {
                // What asks for no wait at all does not know the window.
                Some(asked) => least_wait(StatusCode::TOO_MANY_REQUESTS, Some(asked)),
                None => self.limit.span(),
            };
            self.closed_until = self.closed_until.max(now.saturating_add(wait.min(LONGEST_CLOSED)));
        }
        self.limit != before || was_open && told.turned_down
    }

    fn learnt(&self, told: &Told) -> Option<Limit> {
        let interval = told.interval.unwrap_or(self.made.interval);
        if told.interval.is_some() && !LEARNT.contains(&interval) {
            return None;
        }
        let max = told.max?.min(self.most_within(interval));
        Some(Limit { max, interval })
    }

    /// The most for an interval of this length: no faster than `most` in the interval that this was made with.
    fn most_within(&self, interval: Duration) -> u32 {
        let most = u128::from(self.most) * interval.as_nanos() / self.made.interval.as_nanos();
        u32::try_from(most).unwrap_or(u32::MAX).max(1)
    }

    /// Where HubSpot has counted more than we know of, others have started the rest. They count as if they had started
    /// just now, the latest that can be.
    ///
    /// What of ours is on its way may be counted or not and is taken to be, so that none is counted twice. If that was
    /// wrong, one of the next answers tells.
    fn count_others(&mut self, now: Duration, started: Duration, remaining: u32) {
        let old = now.saturating_sub(started);
        if old.saturating_add(self.limit.span()) > self.keep() {
            return;
        }
        let remaining = usize::try_from(remaining).unwrap_or(usize::MAX);
        let used = self.limit.max().saturating_sub(remaining);
        let others = used.saturating_sub(self.counting(started));
        self.starts.extend(iter::repeat_n(now, others));
    }

    /// How many starts count at this time, those after it included.
    fn counting(&self, time: Duration) -> usize {
        let span = self.limit.span();
        self.starts.len() - self.starts.partition_point(|start| start.saturating_add(span) <= time)
    }

    fn keep(&self) -> Duration {
        let longest = Limit {
            interval: self.made.interval.max(*LEARNT.end()),
            ..self.made
        };
        longest.span().saturating_add(OLD)
    }
}
