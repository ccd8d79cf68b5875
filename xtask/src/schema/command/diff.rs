//! `diff`: what changed on the wire.

use super::USAGE;
use crate::error::{Error, Result};
use crate::output;
use crate::schema::diff::{self, Verdict};
use crate::schema::files;

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let (json, names): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|argument| *argument == "--json");
    if let Some(option) = names.iter().find(|name| name.starts_with('-')) {
        return Err(Error::usage(format!("`schema diff` does not take `{option}`\n\n{USAGE}")));
    }
    let [old, new] = names.as_slice() else {
        return Err(Error::usage(format!("`schema diff` takes two files or versions, the old one first\n\n{USAGE}")));
    };
    let changes = diff::diff(&files::read_any(old)?, &files::read_any(new)?)
        .map_err(|error| Error::failed(format!("{old} and {new}: {error}")))?;
    let shown = match json.is_empty() {
        true => diff::to_text(&changes),
        false => diff::to_json(&changes),
    };
    output::print(&shown)?;
    match changes
        .iter()
        .filter(|change| change.verdict == Verdict::Breaking)
        .count()
    {
        0 => Ok(()),
        breaking => Err(Error::failed(format!("{breaking} of the changes may break what is built on {old}"))),
    }
}
