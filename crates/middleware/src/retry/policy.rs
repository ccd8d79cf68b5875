//! How often, after which waits and within which budget requests are repeated.

use std::time::Duration;

use fastrand::Rng;

use super::RetryBudget;

/// How often, after which waits and within which budget a [`Retry`](super::Retry) repeats.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::{RetryPolicy, Stack};
///
/// fn patient(transport: impl HttpTransport) -> Stack {
///     let policy = RetryPolicy::new().max_attempts(8).longest_wait(Duration::from_secs(30));
///     Stack::new(transport).retry(policy).deadline(Duration::from_secs(300)).build()
/// }
/// ```
///
/// Clones share the budget.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    pub(super) max_attempts: u32,
    pub(super) first_wait: Duration,
    pub(super) longest_wait: Duration,
    pub(super) budget: RetryBudget,
    pub(super) least_time: Duration,
    pub(super) only_unsent: bool,
    seed: Option<u64>,
}

impl RetryPolicy {
    /// How much time a repeat must have before the end of the call unless told otherwise. What begins later is most likely
    /// cut off, and its outcome unknown.
    pub const LEAST_TIME: Duration = Duration::from_millis(250);

    /// At most 4 attempts; waits of up to 500 ms, 1 s, 2 s and so on, never more than 8 s; a budget of its own.
    pub fn new() -> Self {
        RetryPolicy {
            max_attempts: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            budget: RetryBudget::default(),
            least_time: RetryPolicy::LEAST_TIME,
            only_unsent: false,
            seed: None,
        }
    }

    /// How often a request is tried at most, the first time included; 4 unless set. 0 is taken as 1. A try that a layer
    /// beneath holds back, for want of a token, counts.
    #[must_use]
    pub fn max_attempts(self, count: u32) -> Self {
        RetryPolicy {
            max_attempts: count.max(1),
            ..self
        }
    }

    /// What the wait before the second attempt is drawn from: nothing up to this; 500 ms unless set. It doubles with
    /// each further attempt.
    #[must_use]
    pub fn first_wait(self, duration: Duration) -> Self {
        RetryPolicy {
            first_wait: duration,
            ..self
        }
    }

    /// Where the doubling ends; 8 s unless set. What the server asks for, and what HubSpot documents, may be longer.
    #[must_use]
    pub fn longest_wait(self, duration: Duration) -> Self {
        RetryPolicy {
            longest_wait: duration,
            ..self
        }
    }

    /// The budget, to share one among several stacks; one of [`RetryBudget::CAPACITY`] for itself unless set.
    ///
    /// ```
    /// use hubchannel_middleware::{RetryBudget, RetryPolicy};
    ///
    /// let budget = RetryBudget::new(100);
    /// let of_publishes = RetryPolicy::new().budget(budget.clone());
    /// let of_reads = RetryPolicy::new().max_attempts(2).budget(budget);
    /// ```
    #[must_use]
    pub fn budget(self, budget: RetryBudget) -> Self {
        RetryPolicy { budget, ..self }
    }

    /// How much time a repeat must have before the end of the call; [`LEAST_TIME`](Self::LEAST_TIME) unless set. Where
    /// the least wait leaves no more, the call gives up at once, with [`GaveUp::Deadline`](hubchannel_api::GaveUp::Deadline); and
    /// so does one that would get room in a [`RateLimit`](crate::RateLimit) beneath so late. Where a timer ends the wait
    /// late, half of it must be left. The first attempt begins however little time there is.
    #[must_use]
    pub fn least_time(self, duration: Duration) -> Self {
        RetryPolicy {
            least_time: duration,
            ..self
        }
    }

    /// Repeats only what was certainly not sent, whatever the operation: no connection, no token, no room in a limit.
    ///
    /// ```
    /// use hubchannel_api::HttpTransport;
    /// use hubchannel_middleware::{RetryPolicy, Stack};
    ///
    /// fn careful(transport: impl HttpTransport) -> Stack {
    ///     Stack::new(transport).retry(RetryPolicy::new().only_unsent()).build()
    /// }
    /// ```
    ///
    /// An answer that turns a request down, such as 429, has been an attempt that was sent; it and all that leaves the
    /// outcome unknown are handed back with [`GaveUp::Sent`](hubchannel_api::GaveUp::Sent), a read included. That is for
    /// who repeats by himself, and for a server of which nobody knows what a second request does. What
    /// [`Credentials`](crate::Credentials) do with a token that is refused stays as it is.
    #[must_use]
    pub fn only_unsent(self) -> Self {
        RetryPolicy {
            only_unsent: true,
            ..self
        }
    }

    /// Draws the same waits every time, for tests.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        RetryPolicy {
            seed: Some(seed),
            ..self
        }
    }

    pub(super) fn rng(&self) -> Rng {
        self.seed.map_or_else(Rng::new, Rng::with_seed)
    }

    /// The longest draw before this attempt, the second being the first that is waited for.
    pub(super) fn ceiling(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(2);
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        self.first_wait.saturating_mul(factor).min(self.longest_wait)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy::new()
    }
}
