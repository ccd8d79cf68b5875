//! Tokio's time.

use std::{
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use hubchannel_api::clock::{Clock, Sleep, SystemClock};

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
        static START: OnceLock<tokio::time::Instant> = OnceLock::new();
        START.get_or_init(tokio::time::Instant::now).elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemClock.wall()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(async move { tokio::time::sleep(duration).await })
    }
}
