//! What the workspace's tests share.
//!
//! - [`json`]: a JSON tree that keeps numbers and strings as they are written, and [`assert_same_json`], which compares
//!   two documents exactly and says where they differ. It is independent of `serde_json` and of its features.
//! - [`shape`]: HubSpot's bodies as tables, one for each type of the model; [`for_every_type!`] pairs them, so that a test
//!   may run over all.
//! - [`documents`]: strategies for whole JSON documents, weighted to what goes wrong at the edges.
//! - [`faults`]: documents with one mistake, and where it is.
//! - [`values`]: strategies for the model's types.
//! - [`bodies`]: typical bodies, written by hand.
//!
//! Used from `tests/` folders only: in a unit test, a second copy of the types under test would come with it.

#![allow(clippy::expect_used, reason = "a failing test is how this crate reports")]

pub mod bodies;
mod difference;
pub mod documents;
pub mod faults;
pub mod json;
mod number;
mod scalars;
pub mod shape;
pub mod values;

pub use self::{
    difference::{Difference, assert_same_json, differences},
    json::Json,
};

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, TestRunner},
};

/// How property tests run here: a number of cases that keeps the suite quick, or as many as `PROPTEST_CASES` says, and
/// without files of past failures, which belong into tests of their own.
pub fn cases() -> Config {
    cases_or(96)
}

fn cases_or(usual: u32) -> Config {
    let config = Config::default();
    Config {
        cases: std::env::var_os("PROPTEST_CASES").map_or(usual, |_| config.cases),
        failure_persistence: None,
        ..config
    }
}

/// Runs a property test outside of `proptest!`, where a macro makes one for each type: with fewer cases, because there
/// are many of them. Fails with the smallest value found for which the property panics.
///
/// # Panics
/// When there is such a value.
#[track_caller]
pub fn for_all<S: Strategy>(strategy: &S, property: impl Fn(S::Value)) {
    let outcome = TestRunner::new(cases_or(32)).run(strategy, |value| {
        property(value);
        Ok(())
    });
    if let Err(failure) = outcome {
        std::panic::resume_unwind(Box::new(failure.to_string()));
    }
}

/// So many values, the same ones every time: for a test of what a strategy makes in the end.
///
/// # Panics
/// When the strategy gives up.
pub fn samples<S: Strategy>(strategy: &S, count: usize) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(move |_| strategy.new_tree(&mut runner).expect("it makes values").current())
}
