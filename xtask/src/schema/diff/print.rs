//! Changes as people read them, and as JSON; and pieces of contracts in a few words.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::change::{Change, Kind, Root, Verdict};
use crate::schema::contract::{Content, Discriminator, Member, Requirement, Rest, Schema, Shape};

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
    let same = |one: &Change, other: &Change| {
        matches!((&one.item.root, &other.item.root), (Root::Operation(_), Root::Operation(_)))
            && one.kind != Kind::Path
            && (&one.item.steps, what(one), &one.directions) == (&other.item.steps, what(other), &other.directions)
    };
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        match groups.iter_mut().find(|group| same(group[0], change)) {
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
    _ = writeln!(text, "  {}: {said}, in {} operations:", first.item.steps.trim_start(), group.len());
    for change in group {
        if let Root::Operation(id) = &change.item.root {
            _ = writeln!(text, "    {id}");
        }
    }
}

/// What happened at the place.
pub(crate) fn what(change: &Change) -> String {
    let kind = change.kind.name();
    match (&change.was, &change.now) {
        (None, Some(now)) => format!("{kind} added: {now}"),
        (Some(was), None) => format!("{kind} removed: {was}"),
        (was, now) => {
            let [was, now] = [was, now].map(|of| of.as_deref().unwrap_or("nothing"));
            format!("{kind} changed: {was} -> {now}")
        }
    }
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
                "was": change.was,
                "now": change.now,
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

pub(super) fn yes_or_no(fact: bool) -> String {
    if fact { "yes" } else { "no" }.to_owned()
}

pub(super) fn required_or_not(required: bool) -> String {
    if required { "required" } else { "optional" }.to_owned()
}

pub(crate) fn member_in_short(member: &Member) -> String {
    format!("{} {}", required_or_not(member.required), schema_in_short(&member.schema))
}

/// A schema in a few words. Different schemas may look alike; they are told apart elsewhere.
pub(crate) fn schema_in_short(schema: &Schema) -> String {
    match &schema.shape {
        Shape::Named(name) => name.clone(),
        _ => {
            let null = if schema.nullable { " or null" } else { "" };
            let rules = schema
                .rules
                .iter()
                .map(|(keyword, value)| format!(", {keyword} {value}"));
            format!("{}{null}{}", type_and_format_in_short(schema), rules.collect::<String>())
        }
    }
}

/// All that makes the type.
pub(crate) fn type_and_format_in_short(schema: &Schema) -> String {
    let format = schema
        .format
        .as_ref()
        .map_or_else(String::new, |format| format!(" {format}"));
    format!("{}{format}", type_in_short(schema))
}

/// The JSON type in a few words, with a digest of a list of values that is too long to be read.
fn type_in_short(schema: &Schema) -> String {
    const MOST: usize = 8;

    let values = &schema.values;
    match &schema.shape {
        _ if values.len() > MOST => format!("one of {} strings, digest {:016x}", values.len(), digest(values)),
        _ if !values.is_empty() => values.iter().map(String::as_str).collect::<Vec<_>>().join(" | "),
        Shape::Any => "any value".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Integer => "integer".to_owned(),
        Shape::Number => "number".to_owned(),
        Shape::String => "string".to_owned(),
        Shape::Array(items) => format!("array of {}", schema_in_short(items)),
        Shape::Object(object) if object.members.is_empty() => match &object.rest {
            Rest::Of(values) => format!("map to {}", schema_in_short(values)),
            Rest::Open => "object".to_owned(),
            Rest::Closed => "object without members".to_owned(),
        },
        Shape::Object(object) => {
            format!("object with {}", object.members.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
        }
        Shape::Named(name) => name.clone(),
        Shape::Combination(combination) => {
            let alternatives: Vec<String> = combination.alternatives.iter().map(schema_in_short).collect();
            format!("{} of {}", combination.how.keyword(), alternatives.join(", "))
        }
    }
}

/// FNV-1a of all values: the same on every machine and in every release of Rust.
fn digest<'a>(values: impl IntoIterator<Item = &'a String>) -> u64 {
    let bytes = values.into_iter().flat_map(|value| value.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

pub(crate) fn content_in_short(content: &Content) -> String {
    match content.is_empty() {
        true => "no content".to_owned(),
        false => content
            .iter()
            .map(|(media_type, schema)| format!("{} as {media_type}", schema_in_short(schema)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

pub(super) fn rest_in_short(rest: &Rest) -> String {
    match rest {
        Rest::Open => "any other members".to_owned(),
        Rest::Closed => "no other members".to_owned(),
        Rest::Of(values) => format!("other members of {}", schema_in_short(values)),
    }
}

pub(super) fn discriminator_in_short(discriminator: &Discriminator) -> String {
    let mapping = discriminator
        .mapping
        .iter()
        .map(|(value, record)| format!("{value} is {record}"));
    let mapping: Vec<String> = mapping.collect();
    format!("told apart by {}: {}", discriminator.member, mapping.join(", "))
}

/// Schemes that are needed together, with their scopes: `oauth2[a, b] + key`.
pub(super) fn security_in_short(requirement: &Requirement) -> String {
    let schemes: Vec<String> = requirement
        .iter()
        .map(|(scheme, scopes)| match scopes.is_empty() {
            true => scheme.clone(),
            false => format!("{scheme}[{}]", scopes.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
        })
        .collect();
    match schemes.is_empty() {
        true => "no credential".to_owned(),
        false => schemes.join(" + "),
    }
}
