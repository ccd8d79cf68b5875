//! How long a bridge may take, and how often it is asked again.

use std::time::{Duration, SystemTime};

use fastrand::Rng;

/// How long a bridge may take to answer, and how often and for how long an event is delivered again.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_emulator::{Seed, WebhookPolicy};
///
/// // All retries within a minute, for a bridge that is tried out by hand.
/// let policy = WebhookPolicy::default().set_spread(Duration::from_secs(60));
/// let seed = Seed::default().with_webhook_policy(policy);
/// # let _ = seed;
/// ```
///
/// The default is what HubSpot documents for all its webhooks: five seconds to answer, and up to ten retries, which are
/// spread over 24 hours with random delays. How they are spread is unknown; here each retry comes at some time in its tenth
/// of the 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookPolicy {
    timeout: Duration,
    retries: u32,
    spread: Duration,
}

impl Default for WebhookPolicy {
    fn default() -> Self {
        WebhookPolicy {
            timeout: Duration::from_secs(5),
            retries: 10,
            spread: Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl WebhookPolicy {
    /// Sets how long a bridge may take to answer.
    #[must_use]
    pub fn set_timeout(self, timeout: Duration) -> Self {
        WebhookPolicy { timeout, ..self }
    }

    /// Sets how often an event is delivered again, after the first time.
    #[must_use]
    pub fn set_retries(self, retries: u32) -> Self {
        WebhookPolicy { retries, ..self }
    }

    /// Sets how long after the first attempt the last one can be.
    #[must_use]
    pub fn set_spread(self, spread: Duration) -> Self {
        WebhookPolicy { spread, ..self }
    }

    /// How long a bridge may take to answer.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How often an event is delivered again, after the first time.
    pub fn retries(&self) -> u32 {
        self.retries
    }

    /// How long after the first attempt the last one can be.
    pub fn spread(&self) -> Duration {
        self.spread
    }

    /// When the next attempt is due after so many; `None` where there are no more.
    pub(super) fn next(
        &self,
        attempts: usize,
        first: SystemTime,
        now: SystemTime,
        random: &mut Rng,
    ) -> Option<SystemTime> {
        let done = u32::try_from(attempts).unwrap_or(u32::MAX).saturating_sub(1);
        if done >= self.retries {
            return None;
        }
        let slot = self.spread / self.retries;
        let start = first.checked_add(slot * done).unwrap_or(now).max(now);
        let end = first.checked_add(slot * (done + 1)).unwrap_or(now);
        let room = end.duration_since(start).unwrap_or_default();
        Some(start + room.mul_f64(random.f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_are_spread_over_the_whole_time_and_come_to_an_end() {
        let policy = WebhookPolicy::default();
        let first = SystemTime::UNIX_EPOCH;
        let mut random = Rng::with_seed(7);
        let mut now = first;
        for attempts in 1..=10 {
            let due = policy.next(attempts, first, now, &mut random).expect("a retry");
            assert!(due >= now && due <= first + policy.spread() / 10 * attempts as u32, "attempt {attempts}");
            now = due;
        }
        assert!(now > first + policy.spread() / 10 * 9);
        assert_eq!(policy.next(11, first, now, &mut random), None);
        assert_eq!(policy.set_retries(0).next(1, first, now, &mut random), None);
        // Whoever is late is not made to wait longer.
        let late = first + policy.spread() * 2;
        assert_eq!(policy.next(1, first, late, &mut random), Some(late));
    }
}
