//! What came out of the checks.

use std::fmt;

use super::Skip;
use crate::misuse::misuse;

/// What came out of the checks. `Display` is a line for each.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Report(Vec<(&'static str, Outcome)>);

#[derive(Clone, Debug)]
enum Outcome {
    Passed,
    Skipped(String),
    Failed(String),
}

/// Why a check ended early.
#[derive(Debug)]
pub(super) enum Stop {
    Skip(Skip),
    Fail(String),
}

impl From<Skip> for Stop {
    fn from(skip: Skip) -> Self {
        Stop::Skip(skip)
    }
}

impl Report {
    pub(super) fn add(&mut self, check: &'static str, result: Result<(), Stop>) {
        let outcome = match result {
            Ok(()) => Outcome::Passed,
            Err(Stop::Skip(reason)) => Outcome::Skipped(reason.to_string()),
            Err(Stop::Fail(why)) => Outcome::Failed(why),
        };
        self.0.push((check, outcome));
    }

    /// Panics with the whole report if a check failed, or if none was made.
    ///
    /// # Panics
    /// If a check failed, or if all were skipped.
    #[track_caller]
    pub fn assert(&self) {
        if self.failed().next().is_some() {
            misuse(format_args!("the transport does not do what a transport must do\n{self}"))
        }
        if self.passed().next().is_none() {
            misuse(format_args!("nothing was checked\n{self}"))
        }
    }

    /// The checks that passed.
    pub fn passed(&self) -> impl Iterator<Item = &'static str> {
        self.0
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Passed))
            .map(|(check, _)| *check)
    }

    /// The checks that could not be made, each with the harness's reason.
    pub fn skipped(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().filter_map(|(check, outcome)| match outcome {
            Outcome::Skipped(reason) => Some((*check, reason.as_str())),
            _ => None,
        })
    }

    /// The checks that failed, each with what was seen.
    pub fn failed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().filter_map(|(check, outcome)| match outcome {
            Outcome::Failed(why) => Some((*check, why.as_str())),
            _ => None,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (check, outcome) in &self.0 {
            match outcome {
                Outcome::Passed => writeln!(f, "passed   {check}")?,
                Outcome::Skipped(reason) => writeln!(f, "skipped  {check}: {reason}")?,
                Outcome::Failed(why) => writeln!(f, "FAILED   {check}: {why}")?,
            }
        }
        let (passed, skipped, failed) = (self.passed().count(), self.skipped().count(), self.failed().count());
        write!(f, "{passed} passed, {skipped} skipped, {failed} failed")
    }
}
