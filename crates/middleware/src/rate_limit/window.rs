//! A window that rolls: the state of a limiter, without time of its own.

use std::{
    collections::{BTreeMap, VecDeque},
    task::Waker,
    time::Duration,
};

use super::{RateLimiter, headers::Told};

/// A place in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// Past the window by this much, a start is outside of it also where both of its ends count.
const STEP: Duration = Duration::from_millis(1);

/// Nothing sensible is shorter or longer.
const INTERVALS: std::ops::RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(60);

/// No `Retry-After` closes a limiter for longer, so that no answer closes it for good.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) struct Window {
    limit: u32,
    interval: Duration,
    /// When requests started, as far back as the window reaches.
    starts: VecDeque<Duration>,
    /// How many of the limit others have used, and until when that counts.
    others: (u32, Duration),
    /// Before this nothing starts.
    closed_until: Duration,
    /// Before this everything is refused.
    day_until: Option<Duration>,
    next: u64,
    queue: BTreeMap<Ticket, Option<Waker>>,
}

impl Window {
    pub(super) fn new(limit: u32, interval: Duration) -> Self {
        Window {
            limit: limit.max(1),
            interval,
            starts: VecDeque::new(),
            others: (0, Duration::ZERO),
            closed_until: Duration::ZERO,
            day_until: None,
            next: 0,
            queue: BTreeMap::new(),
        }
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    pub(super) fn interval(&self) -> Duration {
        self.interval
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// When requests are tried again, where they are refused now.
    pub(super) fn closed_for_the_day(&self, now: Duration) -> Option<Duration> {
        self.day_until.filter(|until| *until > now)
    }

    /// Takes the last place in the queue.
    pub(super) fn enter(&mut self) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        self.queue.insert(ticket, None);
        ticket
    }

    pub(super) fn is_next(&self, ticket: &Ticket) -> bool {
        self.queue.first_key_value().is_some_and(|(first, _)| first == ticket)
    }

    pub(super) fn wake_when_next(&mut self, ticket: &Ticket, waker: &Waker) {
        if let Some(place) = self.queue.get_mut(ticket) {
            *place = Some(waker.clone());
        }
    }

    /// When the one with this place can start, if nobody before him gives up and nothing more is learnt.
    pub(super) fn begin(&self, ticket: &Ticket, now: Duration) -> Duration {
        let (others, until) = self.others;
        let left = if until > now {
            self.limit.saturating_sub(others)
        } else {
            self.limit
        };
        let mut first = now.max(self.closed_until);
        if left == 0 {
            first = first.max(until);
        }
        // Each start follows the one that is `room` before it, by a window at least.
        let room = usize::try_from(left.max(1)).unwrap_or(usize::MAX);
        let known = self.starts.len();
        let mut follows = known + self.queue.range(..*ticket).count();
        let mut windows: u32 = 0;
        while follows >= room && (windows == 0 || follows >= known) {
            follows -= room;
            windows = windows.saturating_add(1);
        }
        let span = |windows: u32| (self.interval + STEP).checked_mul(windows).unwrap_or(Duration::MAX);
        match self.starts.get(follows) {
            Some(start) if windows > 0 => {
                let next = first.max(start.saturating_add(span(1)));
                next.saturating_add(span(windows - 1))
            }
            _ => first.saturating_add(span(windows)),
        }
    }

    /// Takes a start, and lets the next one see to his own.
    pub(super) fn start(&mut self, ticket: &Ticket, now: Duration) {
        self.forget(now);
        self.starts.push_back(now);
        self.leave(ticket);
    }

    /// Gives a place up.
    pub(super) fn leave(&mut self, ticket: &Ticket) {
        let was_next = self.is_next(ticket);
        self.queue.remove(ticket);
        if was_next {
            self.wake_next();
        }
    }

    pub(super) fn learn(&mut self, now: Duration, told: &Told, closed: bool) {
        if let Some(interval) = told.interval
            && INTERVALS.contains(&interval)
        {
            self.interval = interval;
        }
        if let Some(max) = told.max
            && (1..=RateLimiter::MOST).contains(&max)
        {
            self.limit = max;
            if let Some(remaining) = told.remaining {
                let within = |start: &&Duration| start.saturating_add(self.interval) >= now;
                let ours = u32::try_from(self.starts.iter().rev().take_while(within).count()).unwrap_or(u32::MAX);
                let others = max.saturating_sub(remaining).saturating_sub(ours);
                self.others = (others, now.saturating_add(self.interval + STEP));
            }
        }
        if closed {
            let wait = told.retry_after.unwrap_or(self.interval + STEP).min(LONGEST);
            self.closed_until = self.closed_until.max(now.saturating_add(wait));
        }
        match told.daily_remaining {
            Some(0) => {
                self.day_until = Some(now.saturating_add(RateLimiter::DAILY_PAUSE));
                self.wake_all();
            }
            Some(_) => self.day_until = None,
            None => {}
        }
        // Whatever was learnt may let the first one begin at another time.
        self.wake_next();
    }

    /// Drops the starts that no window reaches, not even the longest that may yet be learnt.
    fn forget(&mut self, now: Duration) {
        let longest = self.interval.max(*INTERVALS.end()) + STEP;
        while self
            .starts
            .front()
            .is_some_and(|start| now > start.saturating_add(longest))
        {
            self.starts.pop_front();
        }
    }

    fn wake_next(&mut self) {
        if let Some((_, place)) = self.queue.iter_mut().next()
            && let Some(waker) = place.take()
        {
            waker.wake();
        }
    }

    fn wake_all(&mut self) {
        for place in self.queue.values_mut() {
            if let Some(waker) = place.take() {
                waker.wake();
            }
        }
    }
}
