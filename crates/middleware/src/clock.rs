//! Tokio's time.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime},
};

use hubchannel_api::clock::{Clock, Sleep, SystemClock};
use tokio::time;

/// The clock of a Tokio runtime: waits cost a timer and no thread, and follow a paused runtime.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_api::clock::Clock;
/// use hubchannel_middleware::TokioClock;
///
/// async fn pause() {
///     TokioClock.sleep(Duration::from_millis(50)).await;
/// }
/// ```
///
/// Waits need a runtime with its timer switched on.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioClock;

impl Clock for TokioClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn monotonic(&self) -> Duration {
        /// Of the machine, because a paused runtime's time runs ahead of that of every other runtime.
        static START: OnceLock<Instant> = OnceLock::new();
        /// A year, because a runtime that was paused before the start is behind it.
        const AT_START: Duration = Duration::from_secs(365 * 24 * 60 * 60);

        let start = time::Instant::from_std(*START.get_or_init(Instant::now));
        let now = time::Instant::now();
        match now.checked_duration_since(start) {
            Some(after) => AT_START.saturating_add(after),
            None => AT_START.saturating_sub(start.saturating_duration_since(now)),
        }
    }

    fn wall(&self) -> SystemTime {
        SystemClock.wall()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(async move { time::sleep(duration).await })
    }
}
