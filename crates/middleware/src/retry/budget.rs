//! How many repeats a program can afford while nothing works.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// How much may be repeated before something succeeds again, so that an outage is not multiplied. Clones share it.
///
/// ```
/// use hubchannel_middleware::RetryBudget;
///
/// let budget = RetryBudget::new(50);
/// assert_eq!(budget.available(), 50);
/// ```
///
/// It is a purse and not a clock: time alone refills nothing.
///
/// | what | costs | gives |
/// |---|---|---|
/// | a repeat | [`COST`](Self::COST) = 5 | |
/// | a repeat after a timeout: no answer in time, 408, 504, 522, 524 | [`TIMEOUT_COST`](Self::TIMEOUT_COST) = 10 | |
/// | a repeat of what was not sent for want of a token | nothing | |
/// | a first attempt that gets an answer for good, be it a refusal | | [`REWARD`](Self::REWARD) = 1 |
/// | a repeat that gets one | | what it cost |
/// | a wait for a repeat that is dropped | | what it cost |
///
/// So while everything works, at most one call in five is repeated for long, and while nothing does, repeats stop after a
/// hundred, or fifty after timeouts, however many calls are made.
#[derive(Clone)]
pub struct RetryBudget(Arc<Purse>);

struct Purse {
    capacity: u32,
    available: AtomicU32,
}

impl RetryBudget {
    /// What a budget holds unless told otherwise.
    pub const CAPACITY: u32 = 500;
    /// What a repeat costs.
    pub const COST: u32 = 5;
    /// What a repeat after a timeout costs, which holds a connection at both ends for longest.
    pub const TIMEOUT_COST: u32 = 10;
    /// What a first attempt gives that gets an answer for good.
    pub const REWARD: u32 = 1;

    /// A full budget that never holds more than this; 0 forbids all repeats, `u32::MAX` forbids hardly any.
    pub fn new(capacity: u32) -> Self {
        RetryBudget(Arc::new(Purse {
            capacity,
            available: AtomicU32::new(capacity),
        }))
    }

    /// What it holds now.
    pub fn available(&self) -> u32 {
        self.0.available.load(Ordering::Relaxed)
    }

    /// Takes this much, if it is there, until the repeat is sent.
    pub(super) fn take(&self, cost: u32) -> Option<Taken<'_>> {
        self.0
            .available
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |available| available.checked_sub(cost))
            .ok()?;
        Some(Taken { budget: self, cost })
    }

    pub(super) fn give(&self, amount: u32) {
        let fill = |available: u32| Some(available.saturating_add(amount).min(self.0.capacity));
        // The closure always has a value, so this cannot fail.
        let _ = self
            .0
            .available
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fill);
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        RetryBudget::new(RetryBudget::CAPACITY)
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryBudget")
            .field("available", &self.available())
            .field("capacity", &self.0.capacity)
            .finish()
    }
}

/// What was taken for a repeat that is not sent yet; goes back when dropped.
#[derive(Debug)]
#[must_use]
pub(super) struct Taken<'a> {
    budget: &'a RetryBudget,
    cost: u32,
}

impl Taken<'_> {
    /// The repeat is sent. Its cost comes back only with [`RetryBudget::give`].
    pub(super) fn spend(mut self) -> u32 {
        std::mem::take(&mut self.cost)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.cost > 0 {
            self.budget.give(self.cost);
        }
    }
}
