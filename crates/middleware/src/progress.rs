//! What the layers of one call tell each other.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use hubchannel_api::{Attempts, Body, GaveUp, Reach, clock::Clock};

use crate::RetryPolicy;

/// How far a call has come and when it must end; in the extensions of its requests. Clones are the same call.
///
/// The deadline cuts everything beneath it off, what repeats requests included, and must still tell what was tried.
/// What repeats and what waits must know the end, so as not to begin what cannot be finished.
#[derive(Clone, Debug)]
pub(crate) struct Progress(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    end: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Those that have ended.
    attempts: Attempts,
    began: Duration,
    ended: Duration,
    wait: Duration,
    /// How long the present attempt was held back.
    held: Duration,
    /// Since when it is.
    held_since: Option<Duration>,
    /// Whether a layer counts.
    is_counted: bool,
    /// Whether a try has begun and not ended.
    is_trying: bool,
    /// How often the present try was handed to the transport.
    handed_on: u32,
    on_wire: bool,
    /// Whether the time of the call is over.
    is_cut_off: bool,
    last_may_have_acted: bool,
    /// Whether any attempt may have reached the server.
    may_have_been_sent: bool,
    /// How much time what begins must have before the end.
    least_time: Duration,
}

/// How far a request came in an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    NotSent,
    /// It was done, or turned down.
    Answered,
    MayHaveActed,
}

impl Progress {
    /// A call that ends at this monotonic time of the clock that all its layers share.
    pub(crate) fn until(end: Option<Duration>) -> Self {
        Progress(Arc::new(Inner {
            end,
            state: Mutex::new(State {
                least_time: RetryPolicy::LEAST_TIME,
                ..State::default()
            }),
        }))
    }

    pub(crate) fn of<B>(request: &http::Request<B>) -> Option<&Self> {
        request.extensions().get()
    }

    /// The call as one layer that repeats requests keeps it, none of which is to have less time than this. A second such
    /// layer gets one of its own with the same end.
    pub(crate) fn claim(request: &mut http::Request<Body>, least_time: Duration) -> Self {
        let end = match Progress::of(request) {
            Some(progress) if !progress.state().is_counted => {
                progress.state().least_time = least_time;
                return progress.clone();
            }
            Some(progress) => progress.0.end,
            None => None,
        };
        let progress = Progress::until(end);
        progress.state().least_time = least_time;
        request.extensions_mut().insert(progress.clone());
        progress
    }

    /// From when on nothing more is to begin that could have begun before.
    pub(crate) fn latest(&self) -> Option<Duration> {
        Some(self.0.end?.saturating_sub(self.state().least_time))
    }

    /// The number of the attempt that is made or comes next, the first being 1.
    pub(crate) fn number(&self) -> u32 {
        let state = self.state();
        let before = state.attempts.count.saturating_add(state.handed_on);
        before.saturating_add(u32::from(!state.on_wire))
    }

    /// How long was waited before the present try, and how long the attempt was then held back.
    pub(crate) fn waits(&self) -> (Duration, Duration) {
        let state = self.state();
        (state.wait, state.held)
    }

    /// A try begins, after a wait.
    pub(crate) fn begin(&self, now: Duration, wait: Duration) {
        let mut state = self.state();
        let state = &mut *state;
        if !state.is_counted {
            state.is_counted = true;
            state.began = now;
        }
        state.attempts.waited = state.attempts.waited.saturating_add(wait);
        state.attempts.earlier_unknown |= state.last_may_have_acted;
        state.wait = wait;
        state.held = Duration::ZERO;
        state.is_trying = true;
        state.handed_on = 0;
        state.on_wire = false;
        state.last_may_have_acted = false;
    }

    /// The request is handed to the transport, and from now on may reach the server.
    pub(crate) fn reaches_wire(&self) {
        let mut state = self.state();
        state.handed_on = state.handed_on.saturating_add(1);
        state.on_wire = true;
    }

    /// The present attempt was turned down, and has not yet been sent again.
    pub(crate) fn was_turned_down(&self) {
        let mut state = self.state();
        state.on_wire = false;
        state.held = Duration::ZERO;
    }

    /// The present try has ended. Layers beneath may have made several attempts of it, or none.
    pub(crate) fn attempted(&self, now: Duration, fate: Fate, made: &Attempts) {
        let mut state = self.state();
        state.ended = now;
        state.is_trying = false;
        state.handed_on = 0;
        state.on_wire = false;
        state.last_may_have_acted = fate == Fate::MayHaveActed;
        state.may_have_been_sent |= fate != Fate::NotSent || made.earlier_unknown;
        let attempts = &mut state.attempts;
        attempts.count = attempts.count.saturating_add(made.count);
        attempts.waited = attempts.waited.saturating_add(made.waited);
        attempts.held = attempts.held.saturating_add(made.held);
        attempts.earlier_unknown |= made.earlier_unknown;
    }

    /// Whether any attempt so far may have been carried out.
    pub(crate) fn may_have_acted(&self) -> bool {
        let state = self.state();
        state.attempts.earlier_unknown || state.last_may_have_acted
    }

    /// Whether any attempt so far may have reached the server.
    pub(crate) fn may_have_been_sent(&self) -> bool {
        self.state().may_have_been_sent
    }

    /// What was tried until the last attempt ended.
    pub(crate) fn report(&self, gave_up: Option<GaveUp>) -> Attempts {
        let state = self.state();
        let mut attempts = state.attempts.clone();
        attempts.elapsed = state.ended.saturating_sub(state.began);
        attempts.gave_up = gave_up;
        attempts
    }

    /// What was tried until the call is cut off now, and whether what is cut off can have reached the server.
    ///
    /// `told` is whether a layer tells when the wire is reached. Where none does, a try is an attempt; and of a call whose
    /// tries nobody counts either, there is no report.
    pub(crate) fn cut_off(&self, now: Duration, told: bool) -> (Reach, Option<Attempts>) {
        let mut report = self.report(Some(GaveUp::Deadline));
        let mut state = self.state();
        state.is_cut_off = true;
        let made = if told { state.handed_on } else { state.is_trying.into() };
        report.count = report.count.saturating_add(made);
        // Between two attempts, the last one is an earlier one: the call ends with the wait and not with its answer.
        report.earlier_unknown |= state.last_may_have_acted;
        report.held = report.held.saturating_add(state.held_until(now));
        if state.is_counted {
            report.elapsed = now.saturating_sub(state.began);
        } else {
            report.gave_up = None;
        }
        let reach = if state.on_wire { Reach::Unknown } else { Reach::NotSent };
        (reach, (state.is_counted || told).then_some(report))
    }

    /// Whether it is the end of the call's time that drops what is under way, and not the caller.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.state().is_cut_off
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How long the attempt has been held back by then, if it still is.
    fn held_until(&self, now: Duration) -> Duration {
        self.held_since
            .map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }
}

/// Waits for what a request is held back for. Only where that is not there at once, it is a matter for the clock and for
/// the call.
pub(crate) fn hold<'a, F: Future + Unpin>(
    progress: Option<&'a Progress>,
    clock: &'a dyn Clock,
    wait: F,
) -> Hold<'a, F> {
    Hold {
        wait,
        call: progress.map(|progress| (progress, clock)),
        held: None,
    }
}

/// What [`hold`] returns. It is no async function, whose future would have room for the wait twice.
pub(crate) struct Hold<'a, F> {
    wait: F,
    call: Option<(&'a Progress, &'a dyn Clock)>,
    held: Option<Held<'a>>,
}

impl<F: Future + Unpin> Future for Hold<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let there = Pin::new(&mut self.wait).poll(context);
        if let Some((progress, clock)) = self.call
            && there.is_pending()
        {
            self.held.get_or_insert_with(|| Held::since(progress, clock));
        }
        there
    }
}

/// A request that is held back, until this is dropped.
struct Held<'a> {
    progress: &'a Progress,
    clock: &'a dyn Clock,
}

impl<'a> Held<'a> {
    fn since(progress: &'a Progress, clock: &'a dyn Clock) -> Self {
        progress.state().held_since = Some(clock.monotonic());
        Held { progress, clock }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let now = self.clock.monotonic();
        let mut state = self.progress.state();
        let held = state.held_until(now);
        state.held_since = None;
        state.held = state.held.saturating_add(held);
        state.attempts.held = state.attempts.held.saturating_add(held);
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use hubchannel_api::clock::ManualClock;

    use super::*;

    fn second(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_call_cut_off_between_attempts_was_not_sent_again_but_may_have_been_done_before() {
        let progress = Progress::until(Some(second(10)));
        progress.begin(second(1), Duration::ZERO);
        progress.reaches_wire();
        assert_eq!(progress.cut_off(second(2), true).0, Reach::Unknown);
        progress.attempted(second(3), Fate::MayHaveActed, &Attempts::one());
        let (reach, attempts) = progress.cut_off(second(10), true);
        let attempts = attempts.unwrap();
        assert_eq!(reach, Reach::NotSent);
        assert_eq!((attempts.count, attempts.earlier_unknown), (1, true));
        assert_eq!((attempts.elapsed, attempts.gave_up), (second(9), Some(GaveUp::Deadline)));
        assert!(!progress.report(None).earlier_unknown, "its own answer tells of it");
    }

    #[test]
    fn what_held_an_attempt_back_is_not_told_of_the_next_one() {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        let progress = Progress::until(None);
        let hold = |seconds| {
            let held = Held::since(&progress, &clock);
            clock.advance(second(seconds));
            let report = progress.cut_off(clock.monotonic(), true).1.unwrap();
            drop(held);
            (report.held, progress.waits().1)
        };
        progress.begin(second(0), Duration::ZERO);
        assert_eq!(hold(5), (second(5), second(5)));
        assert_eq!(hold(1), (second(6), second(6)), "for the token, and then by the limit");
        progress.was_turned_down();
        assert_eq!(hold(2), (second(8), second(2)));
        progress.attempted(second(8), Fate::Answered, &Attempts::one());
        progress.begin(second(9), second(1));
        assert_eq!((progress.waits(), progress.report(None).held), ((second(1), second(0)), second(8)));
    }

    #[test]
    fn of_a_call_that_nobody_counts_there_is_no_report() {
        let progress = Progress::until(None);
        progress.reaches_wire();
        assert_eq!(progress.cut_off(second(1), false), (Reach::Unknown, None));
        assert_eq!(progress.cut_off(second(1), true), (Reach::Unknown, Some(Attempts::one())));
    }

    #[test]
    fn what_was_never_handed_on_is_no_attempt() {
        let progress = Progress::until(None);
        progress.begin(second(1), Duration::ZERO);
        assert_eq!(progress.number(), 1);
        progress.attempted(second(2), Fate::NotSent, &Attempts::default());
        progress.begin(second(3), second(1));
        assert_eq!(progress.number(), 1, "the first one that is sent");
        assert_eq!(progress.cut_off(second(4), true).1.unwrap().count, 0);
        assert_eq!(progress.cut_off(second(4), false).1.unwrap().count, 1, "nobody knows better");
        progress.reaches_wire();
        assert_eq!(progress.number(), 1);
        progress.was_turned_down();
        assert_eq!(progress.number(), 2, "it comes next");
        progress.reaches_wire();
        assert_eq!(progress.number(), 2);
        assert_eq!(progress.cut_off(second(4), true).1.unwrap().count, 2);
    }
}
