//! What the workspace's tests share.
//!
//! - [`json`]: a JSON tree that keeps numbers and strings as they are written, and [`assert_same_json`], which compares
//!   two documents exactly and says where they differ. It is independent of `serde_json` and of its features.
//! - [`documents`]: strategies for whole JSON documents, weighted to what goes wrong at the edges.
//! - [`values`]: strategies for the model's types.
//! - [`bodies`]: typical bodies, written by hand.
//!
//! Used from `tests/` folders only: in a unit test, a second copy of the types under test would come with it.

#![allow(clippy::expect_used, reason = "a failing test is how this crate reports")]

pub mod bodies;
mod difference;
pub mod documents;
pub mod json;
mod number;
mod scalars;
mod shape;
pub mod values;

pub use self::{
    difference::{Difference, assert_same_json, differences},
    json::Json,
};

use proptest::test_runner::Config;

/// How property tests run here: a number of cases that keeps the suite quick, or as many as `PROPTEST_CASES` says, and
/// without files of past failures, which belong into tests of their own.
pub fn cases() -> Config {
    let config = Config::default();
    Config {
        cases: std::env::var_os("PROPTEST_CASES").map_or(96, |_| config.cases),
        failure_persistence: None,
        ..config
    }
}
