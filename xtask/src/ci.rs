//! CI: its parts, their order, and how a run of them is reported.

use std::fmt;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::{deps, features, output, parts, schema};

type Part = fn(&[String]) -> Result<()>;

/// Quick answers first; tests last, so that their result ends what is on the screen.
const PARTS: &[(&str, Part)] = &[
    ("fmt", parts::fmt),
    ("clippy", parts::clippy),
    ("deps", deps::run),
    ("schema-check", schema::check),
    ("features", features::run),
    ("doc", parts::doc),
    ("exact-json", parts::exact_json),
    ("test", parts::test),
];

/// The part of CI with this name.
pub(crate) fn part(name: &str) -> Option<Part> {
    PARTS.iter().find(|(known, _)| *known == name).map(|(_, part)| *part)
}

/// Runs all parts, or all but the excepted ones, until one fails.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut report = Report::default();
    for (name, part) in chosen(arguments)? {
        output::print(&format!("\n=== {name} ===\n"))?;
        let (outcome, duration) = timed(|| part(&[]));
        report.add(name, outcome.is_ok(), duration);
        if let Err(error) = outcome {
            // What has failed matters more than whether this can be shown.
            _ = output::print(&format!("\n{report}\n"));
            return Err(Error::failed(format!("{error}\nrepeat it alone with `cargo xtask {name}`")));
        }
    }
    output::print(&format!("\n{report}\n"))
}

fn chosen(arguments: &[String]) -> Result<Vec<(&'static str, Part)>> {
    let mut chosen = PARTS.to_vec();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument != "--except" {
            return Err(Error::usage(format!("`ci` does not take `{argument}`, only `--except PART`")));
        }
        match arguments.next() {
            Some(name) if part(name).is_some() => chosen.retain(|(known, _)| known != name),
            Some(name) => return Err(Error::usage(format!("there is no part `{name}` to except"))),
            None => return Err(Error::usage("`--except` which part?")),
        }
    }
    Ok(chosen)
}

#[expect(clippy::disallowed_methods, reason = "how long a part really took is the point here")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

#[derive(Default)]
struct Report {
    lines: Vec<(&'static str, bool, Duration)>,
}

impl Report {
    fn add(&mut self, name: &'static str, passed: bool, duration: Duration) {
        self.lines.push((name, passed, duration));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ci:")?;
        for (name, passed, duration) in &self.lines {
            let verdict = if *passed { "" } else { " FAILED after" };
            write!(f, " {name}{verdict} {:.1}s,", duration.as_secs_f64())?;
        }
        let total: Duration = self.lines.iter().map(|(_, _, duration)| *duration).sum();
        write!(f, " in all {:.1}s", total.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[&str]) -> Result<Vec<&'static str>> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Ok(chosen(&arguments)?.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn tests_are_the_last_part() {
        assert_eq!(names(&[]).unwrap().last(), Some(&"test"));
    }

    #[test]
    fn excepted_parts_are_left_out() {
        assert_eq!(
            names(&["--except", "test", "--except", "doc"]).unwrap(),
            ["fmt", "clippy", "deps", "schema-check", "features", "exact-json"]
        );
    }

    #[test]
    fn an_unknown_part_cannot_be_excepted() {
        assert!(names(&["--except", "tset"]).is_err());
        assert!(names(&["--except"]).is_err());
        assert!(names(&["test"]).is_err());
    }
}
