//! Recorded bodies, read by the model and written again: what it loses, and what it has no name for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hubchannel_testkit::{Json, differences};

use super::kinds::Read;
use super::manifest::Expected;

/// What became of one recorded value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was written again as it came; these places have no name.
    Kept { unknown: Vec<String> },
    /// It failed as it was known to.
    FailedAsKnown,
    /// Anything else: what is wrong, line by line.
    Wrong(Vec<String>),
}

/// Reads a value and writes it again.
pub(crate) fn examine(json: &[u8], read: Read, expected: Option<&Expected>) -> Outcome {
    let unreadable_at = expected.and_then(|expected| expected.unreadable_at.as_deref());
    let refused_at = expected.and_then(|expected| expected.refused_at.as_deref());
    let reading = match (read(json), unreadable_at) {
        (Err(error), Some(path)) if error.path() == path => return Outcome::FailedAsKnown,
        (Err(error), Some(path)) => {
            return Outcome::Wrong(vec![format!(
                "should not be readable at {path}, and is not readable: {error}"
            )]);
        }
        (Err(error), None) => return Outcome::Wrong(vec![format!("cannot be read: {error}")]),
        (Ok(_), Some(path)) => {
            return Outcome::Wrong(vec![format!("was read, although it should not be readable at {path}")]);
        }
        (Ok(reading), None) => reading,
    };
    let mut wrong = match (parse(json), parse(reading.json.as_bytes())) {
        (Ok(came), Ok(written)) => differences(&came, &written)
            .iter()
            .map(|difference| format!("came | was written again: {difference}"))
            .collect(),
        (Err(error), _) | (_, Err(error)) => vec![error],
    };
    if let Some(path) = refused_at
        && !reading.refused.iter().any(|(refused, _)| refused == path)
    {
        let others: Vec<&str> = reading.refused.iter().map(|(_, said)| said.as_str()).collect();
        let others = if others.is_empty() {
            "nothing".to_owned()
        } else {
            others.join("; ")
        };
        wrong.push(format!("should be refused for {path} before it is sent; refused is {others}"));
    }
    match (wrong.is_empty(), refused_at) {
        (false, _) => Outcome::Wrong(wrong),
        (true, Some(_)) => Outcome::FailedAsKnown,
        (true, None) => Outcome::Kept {
            unknown: reading.unknown,
        },
    }
}

fn parse(json: &[u8]) -> Result<Json, String> {
    let text = std::str::from_utf8(json).map_err(|error| error.to_string())?;
    text.parse().map_err(|error| format!("{error}"))
}

/// What became of all values.
#[derive(Debug, Default)]
pub(crate) struct Report {
    files: usize,
    values: usize,
    kept: usize,
    failed_as_known: usize,
    problems: usize,
    text: String,
    /// Places without a name, and how often each was found.
    unknown: BTreeMap<String, usize>,
}

impl Report {
    /// Counts a file, whatever is in it.
    pub(crate) fn file(&mut self) {
        self.files += 1;
    }

    /// Counts something wrong that is not about a value.
    pub(crate) fn problem(&mut self, place: &str, what: &str) {
        self.problems += 1;
        _ = writeln!(self.text, "{place}: {what}");
    }

    /// Says more about what was found before.
    pub(crate) fn note(&mut self, what: &str) {
        _ = writeln!(self.text, "{what}");
    }

    /// Counts a value of a kind.
    pub(crate) fn value(&mut self, place: &str, kind: &str, outcome: Outcome) {
        self.values += 1;
        match outcome {
            Outcome::Kept { unknown } => {
                self.kept += 1;
                for found in unknown {
                    *self
                        .unknown
                        .entry(format!("{kind}: {}", without_indexes(&found)))
                        .or_default() += 1;
                }
            }
            Outcome::FailedAsKnown => self.failed_as_known += 1,
            Outcome::Wrong(lines) => {
                self.problems += 1;
                for line in lines {
                    _ = writeln!(self.text, "{place} ({kind}): {line}");
                }
            }
        }
    }

    pub(crate) fn problems(&self) -> usize {
        self.problems
    }

    pub(crate) fn values(&self) -> usize {
        self.values
    }

    /// Everything, with the count at the end.
    pub(crate) fn to_text(&self) -> String {
        let mut text = self.text.clone();
        if !self.unknown.is_empty() {
            text.push_str("kept, but without a name in the model:\n");
            for (place, count) in &self.unknown {
                _ = writeln!(text, "  {place} ({count})");
            }
        }
        _ = writeln!(
            text,
            "{} values in {} files: {} kept whole, {} failing as they are known to, {} problem{}",
            self.values,
            self.files,
            self.kept,
            self.failed_as_known,
            self.problems,
            if self.problems == 1 { "" } else { "s" }
        );
        text
    }
}

/// A place in any item of a list.
fn without_indexes(place: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for character in place.chars() {
        match character {
            '[' => {
                inside = true;
                text.push('[');
            }
            ']' => {
                inside = false;
                text.push(']');
            }
            digit if inside && digit.is_ascii_digit() => {}
            other => text.push(other),
        }
    }
    text
}
