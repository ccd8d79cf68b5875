//! What a [`DeliveryStore`] must do, as checks that anybody who writes one can run.
//!
//! ```
//! use hubchannel_webhook::{MemoryDeliveryStore, conformance};
//!
//! # async fn example() {
//! let report = conformance::run(async || {
//!     // Where there is a database: empty it, and connect to it twice.
//!     let store = MemoryDeliveryStore::new();
//!     Ok([store.clone(), store])
//! })
//! .await;
//! report.assert();
//! # }
//! ```
//!
//! The checks are those of the list at [`DeliveryStore`]. Each asks for an empty store as two processes see it. They bring
//! their own times, in whole seconds of the year 2026, and need no runtime and no clock: what waits for a database waits on
//! whatever runtime the suite is run.

mod checks;
mod report;

use self::checks::Exam;
pub use self::report::Report;
use crate::{DeliveryStore, DeliveryStoreError};

/// Runs all checks, one after the other. A check for which there is no store has failed.
pub async fn run<S: DeliveryStore>(set_up: impl AsyncFn() -> Result<[S; 2], DeliveryStoreError>) -> Report {
    let mut report = Report::default();
    for (name, check) in checks::CHECKS {
        let verdict = match set_up().await {
            Ok([one, other]) => check(&Exam::new(&one, &other)).await,
            Err(error) => Err(format!("no store: {error}")),
        };
        report.add(name, verdict);
    }
    report
}
