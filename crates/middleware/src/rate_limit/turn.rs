//! Waiting for a start.

use std::{
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use hubchannel_api::{Attempts, GaveUp, Reach, TransportError, TransportErrorKind, clock::Sleep};

use super::{
    RateLimiter, Start,
    day::Day,
    queue::{GRACE, Queue, Ticket},
    window::Window,
};

#[derive(Debug)]
pub(super) struct State {
    pub(super) window: Window,
    pub(super) day: Day,
    pub(super) queue: Queue,
}

/// What one who looks is to do.
enum Turn {
    Start { probe: bool },
    Wait { until: Duration },
    TooLate { wait: Duration },
    DayIsUsedUp { wait: Duration },
}

impl State {
    /// Looks whether it is this one's turn, and keeps his place if it is not. Others are to be woken after that.
    fn look(
        &mut self,
        now: Duration,
        ticket: &mut Option<Ticket>,
        end: Option<Duration>,
        waker: &Waker,
    ) -> (Turn, Vec<Waker>) {
        if let Some(wait) = self.day.refuses(now) {
            return (Turn::DayIsUsedUp { wait }, Vec::new());
        }
        let ahead = self.queue.ahead(*ticket, now);
        let begin = self.window.opens(now, ahead);
        if begin <= now {
            self.window.start(now);
            let probe = self.day.start(now);
            let wakers = match ticket.take() {
                Some(ticket) => self.leave(now, ticket),
                None => Vec::new(),
            };
            return (Turn::Start { probe }, wakers);
        }
        if end.is_some_and(|end| begin >= end) {
            let wait = begin.saturating_sub(now);
            return (Turn::TooLate { wait }, Vec::new());
        }
        let place = self.queue.wait(*ticket, waker);
        *ticket = Some(place);
        let room = self.window.room(now);
        if room == 0 {
            return (Turn::Wait { until: begin }, Vec::new());
        }
        // What there is belongs to those before this one. They are called, and passed by if they do not come.
        let until = begin.min(now.saturating_add(GRACE));
        (Turn::Wait { until }, self.queue.call(room, Some(place), now))
    }

    /// Gives a place up. The next ones are to look again, because their times may have moved forward.
    fn leave(&mut self, now: Duration, ticket: Ticket) -> Vec<Waker> {
        if self.queue.leave(ticket) {
            self.call(now)
        } else {
            Vec::new()
        }
    }

    /// Calls those for whom there is room, and one at least, who then sees to when there is.
    pub(super) fn call(&mut self, now: Duration) -> Vec<Waker> {
        let room = self.window.room(now);
        self.queue.call(room.max(1), None, now)
    }
}

impl RateLimiter {
    /// Does something with the state at the present time, and then, with the state free again, wakes whom it names.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State, Duration) -> (T, Vec<Waker>)) -> T {
        let (value, wakers) = {
            let mut state = lock(&self.0.state);
            let now = self.0.clock.monotonic();
            act(&mut state, now)
        };
        wakers.into_iter().for_each(Waker::wake);
        value
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A wait for a start. Dropped, it leaves its place.
///
/// Everybody who waits has a timer of his own: so nobody depends on another's being polled.
pub(super) struct Waiting<'l> {
    pub(super) limiter: &'l RateLimiter,
    pub(super) ticket: Option<Ticket>,
    pub(super) end: Option<Duration>,
    pub(super) sleep: Option<(Duration, Sleep)>,
}

impl Future for Waiting<'_> {
    type Output = Result<Start, TransportError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let (ticket, end) = (&mut this.ticket, this.end);
            let (now, turn) = this.limiter.with(|state, now| {
                let (turn, wakers) = state.look(now, ticket, end, context.waker());
                ((now, turn), wakers)
            });
            let until = match turn {
                Turn::Start { probe } => return Poll::Ready(Ok(Start::new(this.limiter, now, probe))),
                Turn::TooLate { wait } => return Poll::Ready(Err(too_late(wait))),
                Turn::DayIsUsedUp { wait } => return Poll::Ready(Err(day_is_used_up(wait))),
                Turn::Wait { until } => until,
            };
            if this.sleep.as_ref().is_none_or(|(before, _)| *before != until) {
                this.sleep = Some((until, this.limiter.0.clock.sleep(until.saturating_sub(now))));
            }
            let over = this.sleep.as_mut().map(|(_, sleep)| sleep.as_mut().poll(context));
            if over != Some(Poll::Ready(())) {
                return Poll::Pending;
            }
            this.sleep = None;
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.limiter.with(|state, now| ((), state.leave(now, ticket)));
        }
    }
}

fn too_late(wait: Duration) -> TransportError {
    let message = format!("the rate limit has room again in {wait:?}, which is too late for this call");
    refused(message, wait, GaveUp::Deadline)
}

fn day_is_used_up(wait: Duration) -> TransportError {
    let message = format!(
        "the account's daily limit of requests is used up; it resets at midnight in the account's time zone, and is tried \
         again in {wait:?} at the earliest"
    );
    refused(message, wait, GaveUp::DailyLimit)
}

fn refused(message: String, wait: Duration, why: GaveUp) -> TransportError {
    // Trying again within the call is no use, and what repeats requests is to know that.
    let mut attempts = Attempts::default();
    attempts.gave_up = Some(why);
    TransportError::new(TransportErrorKind::RateLimited, Reach::NotSent, message)
        .with_retry_after(wait)
        .with_attempts(attempts)
}
