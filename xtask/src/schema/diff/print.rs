//! Changes as people read them, and as JSON.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::change::{Change, Item, Kind, Root, Said, Verdict};
use crate::schema::json::readable;

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

/// Names are whatever stood in the file, so they are written as what can be read.
fn lines(text: &mut String, group: &[&Change]) {
    let Some(first) = group.first() else { return };
    let directions: Vec<&str> = first.directions.iter().map(|direction| direction.name()).collect();
    let said = format!("{} ({})", what(first), directions.join(", "));
    if let [only] = group {
        _ = writeln!(text, "  {}", readable(&format!("{}: {said}", only.item)));
        also(text, "    ", only);
        return;
    }
    let place = match first.item.steps.trim_start() {
        "" => String::new(),
        steps => format!("{steps}: "),
    };
    _ = writeln!(text, "  {}, in {} operations:", readable(&format!("{place}{said}")), group.len());
    for change in group {
        if let Root::Operation(id) = &change.item.root {
            _ = writeln!(text, "    {}", readable(&id.to_string()));
            also(text, "      ", change);
        }
    }
}

/// The other places of a change, where one of the two contracts spells out what the other has once, or both do.
fn also(text: &mut String, indent: &str, change: &Change) {
    const MOST: usize = 8;

    let mut others: BTreeSet<&Item> = change.also.iter().collect();
    if change.there.len() > others.len() + 1 {
        others.extend(change.there.iter().filter(|item| **item != change.item));
    }
    for other in others.iter().take(MOST) {
        _ = writeln!(text, "{indent}also at {}", readable(&other.to_string()));
    }
    if others.len() > MOST {
        _ = writeln!(text, "{indent}and at {} more places", others.len() - MOST);
    }
}

/// Every place of a change, in whichever contract.
fn places(change: &Change) -> BTreeSet<String> {
    let all = change.also.iter().chain(&change.there).chain([&change.item]);
    all.map(Item::to_string).collect()
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
                "places": places(change),
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
