//! The limit of a day.

use std::time::Duration;

use super::{RateLimiter, headers::Told};

/// Whether the day's limit is used up, and when to see whether it still is.
#[derive(Debug, Default)]
pub(super) struct Day {
    used_up_until: Option<Duration>,
}

impl Day {
    /// How long requests are still refused, where they are.
    pub(super) fn refuses(&self, now: Duration) -> Option<Duration> {
        let until = self.used_up_until.filter(|until| *until > now)?;
        Some(until.saturating_sub(now))
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.used_up_until.is_some()
    }

    /// A request starts; whether it is the one that sees how things are, before which no other one starts.
    pub(super) fn start(&mut self, now: Duration) -> bool {
        let probe = self.used_up_until.is_some();
        if probe {
            self.close(now);
        }
        probe
    }

    /// Learns from an answer. Only that of a probe opens the day again: the others began before it was closed.
    pub(super) fn learn(&mut self, now: Duration, probe: bool, told: &Told) {
        if told.day_is_used_up {
            self.close(now);
        } else if probe && told.turned_down {
            self.used_up_until = Some(now);
        } else if probe {
            self.used_up_until = None;
        }
    }

    /// The probe ended without an answer, so the next request is one.
    pub(super) fn lost(&mut self, now: Duration) {
        if self.used_up_until.is_some() {
            self.used_up_until = Some(now);
        }
    }

    fn close(&mut self, now: Duration) {
        self.used_up_until = Some(now.saturating_add(RateLimiter::DAILY_PAUSE));
    }
}
