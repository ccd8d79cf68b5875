//! Recorded bodies, read by the model and written again: what it loses, and what it has no name for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use hubchannel_model::DecodeError;
use hubchannel_testkit::differences;
use hubchannel_testkit::json::{Json, ParseError};

use super::json;
use super::kinds::{Read, Reading};
use super::manifest::Expected;

/// What became of one recorded value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was written again as it came; these places have no name.
    Kept { unknown: Vec<String> },
    /// It failed as it was known to; if it could be read all the same, these places have no name.
    FailedAsKnown { unknown: Vec<String> },
    /// Anything else: what is wrong, line by line.
    Wrong(Vec<String>),
}

/// Reads a value and writes it again. A recorded body that would be refused before it is sent has to be expected to be;
/// where nothing at all is expected, no matter.
pub(crate) fn examine(json: &[u8], read: Read, expected: Option<&Expected>) -> Outcome {
    let unreadable_at = expected.and_then(|expected| expected.unreadable_at.as_deref());
    let reading = match (read(json), unreadable_at) {
        (Err(error), Some(path)) if error.path() == path => {
            return Outcome::FailedAsKnown { unknown: Vec::new() };
        }
        (Err(error), Some(path)) => {
            return Outcome::Wrong(vec![format!(
                "should not be readable at {path}, and is not readable: {error}"
            )]);
        }
        (Err(error), None) => return Outcome::Wrong(vec![format!("cannot be read: {}", cause(json, &error))]),
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
    if let Some(expected) = expected {
        wrong.extend(refused_otherwise(&reading, &expected.refused_at));
    }
    let Reading { unknown, refused, .. } = reading;
    match (wrong.is_empty(), expected.is_some() && !refused.is_empty()) {
        (false, _) => Outcome::Wrong(wrong),
        (true, true) => Outcome::FailedAsKnown { unknown },
        (true, false) => Outcome::Kept { unknown },
    }
}

/// Why a value cannot be read. A byte order mark is read by nobody here, and not taken away either: only whoever recorded
/// the value knows whether it came with one.
fn cause(json: &[u8], error: &DecodeError) -> String {
    match json::no_json(json) {
        Some(what) => what.to_owned(),
        None if json.starts_with(json::BYTE_ORDER_MARK) => {
            "it begins with a byte order mark, which JSON on the wire must not; take it away unless it came with the body"
                .to_owned()
        }
        None => error.to_string(),
    }
}

/// Where the check before sending does not refuse what it is expected to, or refuses more.
fn refused_otherwise(reading: &Reading, expected: &BTreeSet<String>) -> Vec<String> {
    let is_refused = |path: &&String| reading.refused.iter().any(|(refused, _)| refused == *path);
    let missed = expected
        .iter()
        .filter(|path| !is_refused(path))
        .map(|path| format!("should be refused for {path} before it is sent, and is not"));
    let more = reading
        .refused
        .iter()
        .filter(|(path, _)| !expected.contains(path))
        .map(|(_, said)| format!("would be refused before it is sent, which is not expected: {said}"));
    missed.chain(more).collect()
}

fn parse(json: &[u8]) -> Result<Json, String> {
    let text = std::str::from_utf8(json).map_err(|error| error.to_string())?;
    text.parse().map_err(|error: ParseError| match error.is_too_deep() {
        true => format!("cannot be compared: {error}; shorten it in the recording, or take this value out"),
        false => error.to_string(),
    })
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
                self.without_name(kind, unknown);
            }
            Outcome::FailedAsKnown { unknown } => {
                self.failed_as_known += 1;
                self.without_name(kind, unknown);
            }
            Outcome::Wrong(lines) => {
                self.problems += 1;
                for line in lines {
                    _ = writeln!(self.text, "{place} ({kind}): {line}");
                }
            }
        }
    }

    fn without_name(&mut self, kind: &str, places: Vec<String>) {
        for place in places {
            let place = format!("{kind}: {}", without_indexes(&place));
            *self.unknown.entry(place).or_default() += 1;
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
