//! Tokio's clock in more runtimes than one. Alone in its process, because what is tried is its first use there.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::time::Duration;

use hubchannel_api::clock::Clock;
use hubchannel_middleware::TokioClock;
use tokio::runtime::{Builder, Runtime};

const HOUR: Duration = Duration::from_secs(3600);

/// A runtime whose time stands still unless all wait.
fn paused() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

async fn passes() {
    for duration in [Duration::from_millis(1), HOUR] {
        let before = TokioClock.monotonic();
        TokioClock.sleep(duration).await;
        assert_eq!(TokioClock.monotonic() - before, duration);
    }
}

#[test]
fn time_passes_in_every_runtime_whichever_asked_for_it_first() {
    let earlier = paused();
    paused().block_on(async {
        TokioClock.sleep(HOUR * 24 * 365).await;
        passes().await;
    });
    earlier.block_on(passes());
    paused().block_on(passes());
    let running = Builder::new_current_thread().enable_time().build().unwrap();
    running.block_on(async {
        let before = TokioClock.monotonic();
        TokioClock.sleep(Duration::from_millis(1)).await;
        assert!(TokioClock.monotonic() - before >= Duration::from_millis(1));
    });
}
