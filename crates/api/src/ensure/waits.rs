//! When to look again, and how much time is left for it.

use std::time::Duration;

use crate::{CallOptions, Error, OperationInfo, Reach, TransportError, TransportErrorKind, clock::Clock};

/// How long to wait before each further look at what HubSpot shows only after a while.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_api::Waits;
///
/// let usual = Waits::default();
/// assert_eq!(usual, Waits::doubling(Duration::from_secs(1), 6));
/// assert_eq!(usual.total(), Duration::from_secs(63));
/// assert_eq!(Waits::none().total(), Duration::ZERO);
/// ```
///
/// There is always a look before the first wait. A channel that was just registered has been missing from the list for
/// some seconds; released bridges look up to six times, after 1, 2, 4, 8, 16 and 32 seconds (observed), and so does the
/// default. How long it takes at most is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits(Vec<Duration>);

impl Waits {
    /// These waits, one after the other.
    pub fn new(waits: impl IntoIterator<Item = Duration>) -> Self {
        Waits(waits.into_iter().collect())
    }

    /// No wait: one look and no other.
    pub fn none() -> Self {
        Waits::new([])
    }

    /// So many waits, each twice as long as the one before it.
    pub fn doubling(first: Duration, count: usize) -> Self {
        let next = |wait: &Duration| Some(wait.saturating_mul(2));
        Waits::new(std::iter::successors(Some(first), next).take(count))
    }

    /// All of them together.
    pub fn total(&self) -> Duration {
        self.0
            .iter()
            .fold(Duration::ZERO, |sum, wait| sum.saturating_add(*wait))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Duration> + '_ {
        self.0.iter().copied()
    }
}

/// About a minute: 1, 2, 4, 8, 16 and 32 seconds.
impl Default for Waits {
    fn default() -> Self {
        Waits::doubling(Duration::from_secs(1), 6)
    }
}

/// The time that several calls have together: the deadline of the call which they are made for.
pub(crate) struct Pace<'a> {
    clock: &'a dyn Clock,
    options: &'a CallOptions,
    end: Option<Duration>,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(clock: &'a dyn Clock, options: &'a CallOptions) -> Self {
        let end = options
            .deadline
            .map(|deadline| clock.monotonic().saturating_add(deadline));
        Pace { clock, options, end }
    }

    /// What one more call is made with: the caller's options, with the time that is left.
    pub(crate) fn call(&self, operation: &'static OperationInfo) -> Result<CallOptions, Error> {
        let left = self.left();
        if left == Some(Duration::ZERO) {
            return Err(self.too_late(operation));
        }
        Ok(CallOptions {
            deadline: left,
            ..self.options.clone()
        })
    }

    /// Waits; `false` at once where the deadline would come first.
    pub(crate) async fn wait(&self, wait: Duration) -> bool {
        if self.left().is_some_and(|left| left <= wait) {
            return false;
        }
        self.clock.sleep(wait).await;
        true
    }

    /// The operation is not begun for want of time.
    pub(crate) fn too_late(&self, operation: &'static OperationInfo) -> Error {
        let message = "not sent, because the deadline leaves no time for it and for the looks before it";
        Error::from_transport(operation, TransportError::new(TransportErrorKind::Timeout, Reach::NotSent, message))
    }

    fn left(&self) -> Option<Duration> {
        self.end.map(|end| end.saturating_sub(self.clock.monotonic()))
    }
}
