//! Changes as people read them, and as JSON.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::change::{Change, Kind, Root, Said, Verdict};

/// A list for people: the worst first, with a count at the end.
pub(crate) fn to_text(changes: &[Change]) -> String {
    let mut text = String::new();
    for verdict in [Verdict::Breaking, Verdict::Adopt, Verdict::Harmless] {
        let of_this: Vec<&Change> = changes.iter().filter(|change| change.verdict == verdict).collect();
        if of_this.is_empty() {
            continue;
        }
        _ = writeln!(text, "{}:", verdict.name());
        for group in groups(of_this) {
            lines(&mut text, &group);
        }
        text.push('\n');
    }
    text.push_str(&count(changes));
    text.push('\n');
    text
}

/// How many changes there are, by verdict.
fn count(changes: &[Change]) -> String {
    let of = |verdict| changes.iter().filter(|change| change.verdict == verdict).count();
    match changes.len() {
        0 => "nothing changed on the wire".to_owned(),
        all => format!(
            "{all} change{} on the wire: {} breaking, {} worth adopting, {} harmless",
            if all == 1 { "" } else { "s" },
            of(Verdict::Breaking),
            of(Verdict::Adopt),
            of(Verdict::Harmless)
        ),
    }
}

/// The same change to several operations is told once. The order stays that of the places.
fn groups(changes: Vec<&Change>) -> Vec<Vec<&Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    let mut places = HashMap::new();
    for change in changes {
        let place = match &change.item.root {
            Root::Operation(_) if change.kind != Kind::Path => {
                let key = (&change.item.steps, what(change), &change.directions);
                *places.entry(key).or_insert(groups.len())
            }
            _ => groups.len(),
        };
        match groups.get_mut(place) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

fn lines(text: &mut String, group: &[&Change]) {
    let Some(first) = group.first() else { return };
    let directions: Vec<&str> = first.directions.iter().map(|direction| direction.name()).collect();
    let said = format!("{} ({})", what(first), directions.join(", "));
    if group.len() == 1 {
        _ = writeln!(text, "  {}: {said}", first.item);
        return;
    }
    let place = match first.item.steps.trim_start() {
        "" => String::new(),
        steps => format!("{steps}: "),
    };
    _ = writeln!(text, "  {place}{said}, in {} operations:", group.len());
    for change in group {
        if let Root::Operation(id) = &change.item.root {
            _ = writeln!(text, "    {id}");
        }
    }
}

/// What happened at the place.
pub(crate) fn what(change: &Change) -> String {
    let kind = change.kind.name();
    let [was, now] = [&change.was, &change.now].map(text);
    match (was, now) {
        (None, Some(now)) => format!("{kind} added: {now}"),
        (Some(was), None) => format!("{kind} removed: {was}"),
        (was, now) => {
            let [was, now] = [was, now].map(|of| of.unwrap_or("nothing"));
            format!("{kind} changed: {was} -> {now}")
        }
    }
}

fn text(said: &Option<Said>) -> Option<&str> {
    said.as_ref().map(|said| said.text.as_str())
}

/// All changes as JSON, for machines.
pub(crate) fn to_json(changes: &[Change]) -> String {
    let list: Vec<Value> = changes
        .iter()
        .map(|change| {
            json!({
                "item": change.item.to_string(),
                "kind": change.kind.name(),
                "directions": change.directions.iter().map(|direction| direction.name()).collect::<Vec<_>>(),
                "verdict": change.verdict.name(),
                "was": text(&change.was),
                "now": text(&change.now),
            })
        })
        .collect();
    let of = |verdict| changes.iter().filter(|change| change.verdict == verdict).count();
    let all = json!({
        "breaking": of(Verdict::Breaking),
        "worthAdopting": of(Verdict::Adopt),
        "harmless": of(Verdict::Harmless),
        "changes": list,
    });
    format!("{all:#}\n")
}
