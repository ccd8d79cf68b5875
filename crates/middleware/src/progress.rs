//! What the layers of one call tell each other.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hubchannel_api::{Attempts, Body, GaveUp, Reach};

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
    attempts: Attempts,
    began: Duration,
    ended: Duration,
    wait: Duration,
    on_wire: bool,
    last_may_have_acted: bool,
}

impl Progress {
    /// A call that ends at this monotonic time of the clock that all its layers share.
    pub(crate) fn until(end: Option<Duration>) -> Self {
        Progress(Arc::new(Inner {
            end,
            state: Mutex::default(),
        }))
    }

    pub(crate) fn of<B>(request: &http::Request<B>) -> Option<&Self> {
        request.extensions().get()
    }

    /// The call as one layer that repeats requests keeps it. A second such layer gets one of its own with the same end.
    pub(crate) fn claim(request: &mut http::Request<Body>) -> Self {
        let end = match Progress::of(request) {
            Some(progress) if progress.number() == 0 => return progress.clone(),
            Some(progress) => progress.end(),
            None => None,
        };
        let progress = Progress::until(end);
        request.extensions_mut().insert(progress.clone());
        progress
    }

    /// When the call must have ended.
    pub(crate) fn end(&self) -> Option<Duration> {
        self.0.end
    }

    /// The number of the present attempt, the first being 1; 0 where nothing counts them.
    pub(crate) fn number(&self) -> u32 {
        self.state().attempts.count
    }

    /// How long was waited before the present attempt.
    pub(crate) fn wait(&self) -> Duration {
        self.state().wait
    }

    /// An attempt begins, after a wait.
    pub(crate) fn begin(&self, now: Duration, wait: Duration) {
        let mut state = self.state();
        let state = &mut *state;
        if state.attempts.count == 0 {
            state.began = now;
        }
        state.attempts.count = state.attempts.count.saturating_add(1);
        state.attempts.waited = state.attempts.waited.saturating_add(wait);
        state.attempts.earlier_unknown |= state.last_may_have_acted;
        state.wait = wait;
        state.on_wire = false;
        state.last_may_have_acted = false;
    }

    /// From now on the present attempt may reach the server.
    pub(crate) fn reaches_wire(&self) {
        self.state().on_wire = true;
    }

    /// The present attempt was turned down, and has not yet been sent again.
    pub(crate) fn was_turned_down(&self) {
        self.state().on_wire = false;
    }

    /// The present attempt has ended. Layers beneath may have made several of it.
    pub(crate) fn attempted(&self, now: Duration, may_have_acted: bool, beneath: Option<&Attempts>) {
        let mut state = self.state();
        state.ended = now;
        state.on_wire = false;
        state.last_may_have_acted = may_have_acted;
        if let Some(beneath) = beneath {
            let attempts = &mut state.attempts;
            attempts.count = attempts.count.saturating_add(beneath.count.saturating_sub(1));
            attempts.waited = attempts.waited.saturating_add(beneath.waited);
            attempts.earlier_unknown |= beneath.earlier_unknown;
        }
    }

    /// Whether any attempt so far may have been carried out.
    pub(crate) fn may_have_acted(&self) -> bool {
        let state = self.state();
        state.attempts.earlier_unknown || state.last_may_have_acted
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
    /// Of a call whose attempts nobody counts there is no report.
    pub(crate) fn cut_off(&self, now: Duration) -> (Reach, Option<Attempts>) {
        let mut report = self.report(Some(GaveUp::Deadline));
        let state = self.state();
        report.elapsed = now.saturating_sub(state.began);
        // Between two attempts, the last one is an earlier one: the call ends with the wait and not with its answer.
        report.earlier_unknown |= state.last_may_have_acted;
        let reach = if state.on_wire { Reach::Unknown } else { Reach::NotSent };
        (reach, (report.count > 0).then_some(report))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_call_cut_off_between_attempts_was_not_sent_again_but_may_have_been_done_before() {
        let progress = Progress::until(Some(second(10)));
        progress.begin(second(1), Duration::ZERO);
        progress.reaches_wire();
        assert_eq!(progress.cut_off(second(2)).0, Reach::Unknown);
        progress.attempted(second(3), true, None);
        let (reach, attempts) = progress.cut_off(second(10));
        let attempts = attempts.unwrap();
        assert_eq!(reach, Reach::NotSent);
        assert_eq!((attempts.count, attempts.earlier_unknown), (1, true));
        assert_eq!((attempts.elapsed, attempts.gave_up), (second(9), Some(GaveUp::Deadline)));
        assert!(!progress.report(None).earlier_unknown, "its own answer tells of it");
    }

    #[test]
    fn of_a_call_that_nobody_repeats_there_is_no_report() {
        let progress = Progress::until(None);
        progress.reaches_wire();
        assert_eq!(progress.cut_off(second(1)), (Reach::Unknown, None));
    }
}
