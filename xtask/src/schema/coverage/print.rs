//! The counts as people read them.

use std::fmt::Write as _;

use super::{Count, Coverage};

/// The table, a line for each version.
pub(crate) fn to_text(all: &[Coverage]) -> String {
    let mut rows = vec![[
        "version".to_owned(),
        "operations".to_owned(),
        "parameters".to_owned(),
        "records".to_owned(),
        "members".to_owned(),
        "required".to_owned(),
        "enum values".to_owned(),
        "alternatives".to_owned(),
    ]];
    rows.extend(all.iter().map(|of| {
        [
            of.version.clone(),
            cell(of.operations),
            cell(of.parameters),
            cell(of.records),
            cell(of.members),
            cell(of.required),
            cell(of.values),
            cell(of.alternatives),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text.push_str("implemented of described; after `+` what differs on purpose, after `!` what is not accounted for\n");
    text
}

pub(super) fn cell(count: Count) -> String {
    let mut cell = format!("{} of {}", count.implemented, count.all());
    if count.listed > 0 {
        _ = write!(cell, " +{}", count.listed);
    }
    if count.unlisted > 0 {
        _ = write!(cell, " !{}", count.unlisted);
    }
    cell
}
