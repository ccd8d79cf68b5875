//! What came out of the checks.

use std::fmt;

/// What came out of the checks. `Display` is a line for each.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Report(Vec<(&'static str, Result<(), String>)>);

impl Report {
    pub(super) fn add(&mut self, check: &'static str, verdict: Result<(), String>) {
        self.0.push((check, verdict));
    }

    /// Panics with the whole report if a check failed.
    ///
    /// # Panics
    /// If a check failed.
    #[track_caller]
    #[expect(clippy::panic, reason = "a store that fails must fail the test that asks")]
    pub fn assert(&self) {
        if self.failed().next().is_some() {
            panic!("the store does not do what a store must do\n{self}")
        }
    }

    /// The checks that passed.
    pub fn passed(&self) -> impl Iterator<Item = &'static str> {
        let passed = self.0.iter().filter(|(_, verdict)| verdict.is_ok());
        passed.map(|(check, _)| *check)
    }

    /// The checks that failed, each with what was seen.
    pub fn failed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0
            .iter()
            .filter_map(|(check, verdict)| Some((*check, verdict.as_ref().err()?.as_str())))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (check, verdict) in &self.0 {
            match verdict {
                Ok(()) => writeln!(f, "passed   {check}")?,
                Err(why) => writeln!(f, "FAILED   {check}: {why}")?,
            }
        }
        write!(f, "{} passed, {} failed", self.passed().count(), self.failed().count())
    }
}
