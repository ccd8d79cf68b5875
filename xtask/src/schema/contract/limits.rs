//! Rules, formats and listed values: which of them say nothing, and what several say together.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::Value;

use super::Schema;

/// What is told of a value as a whole, of whatever part of its description it stands in.
pub(super) const OF_THE_WHOLE: &[&str] = &["default", "deprecated", "readOnly", "writeOnly"];

/// A rule as a contract has it: nothing where it only says what holds anyway, and a number always in the same spelling.
pub(crate) fn rule(keyword: &str, value: &Value) -> Option<String> {
    let says_nothing = match keyword {
        "minItems" | "minLength" | "minProperties" => value.as_f64() == Some(0.0),
        "default" => false,
        _ => *value == Value::Bool(false),
    };
    if says_nothing {
        return None;
    }
    // Beyond that, not every whole number is one that can be told from its neighbours.
    const MOST: f64 = 9_007_199_254_740_992.0;
    Some(match value.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and of few enough digits")]
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() < MOST => (number as i64).to_string(),
        _ => value.to_string(),
    })
}

/// Adds what another schema says beside its shape, but for one rule; `None` where that cannot be said in one.
pub(super) fn join(schema: &mut Schema, other: &Schema, but_for: &str) -> Option<()> {
    match (&schema.format, &other.format) {
        (_, None) => {}
        (None, Some(_)) => schema.format.clone_from(&other.format),
        (Some(one), Some(other)) if one == other => {}
        (Some(_), Some(_)) => return None,
    }
    if schema.values.is_empty() {
        schema.values.clone_from(&other.values);
    } else if !other.values.is_empty() {
        schema.values.retain(|value| other.values.contains(value));
        if schema.values.is_empty() {
            return None;
        }
    }
    bound(&mut schema.rules, &other.rules, ["maximum", "exclusiveMaximum"], Ordering::Less)?;
    bound(&mut schema.rules, &other.rules, ["minimum", "exclusiveMinimum"], Ordering::Greater)?;
    for (keyword, rule) in &other.rules {
        if BOUNDS.contains(&keyword.as_str()) || keyword == but_for {
            continue;
        }
        let narrower = match keyword.as_str() {
            "maxItems" | "maxLength" | "maxProperties" => Some(Ordering::Less),
            "minItems" | "minLength" | "minProperties" => Some(Ordering::Greater),
            _ => None,
        };
        match (schema.rules.get(keyword), narrower) {
            (None, _) => {
                schema.rules.insert(keyword.clone(), rule.clone());
            }
            (Some(known), _) if known == rule => {}
            (Some(known), Some(narrower)) => {
                if compare(rule, known)? == narrower {
                    schema.rules.insert(keyword.clone(), rule.clone());
                }
            }
            (Some(_), None) => return None,
        }
    }
    Some(())
}

const BOUNDS: [&str; 4] = ["maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"];

/// Adds a bound, which is a number and whether it is itself beyond the bound.
fn bound(
    rules: &mut BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
    [number, exclusive]: [&str; 2],
    narrower: Ordering,
) -> Option<()> {
    // Without a number it says nothing.
    let Some(limit) = other.get(number) else {
        return Some(());
    };
    let order = match rules.get(number) {
        None => narrower,
        Some(known) if known == limit => Ordering::Equal,
        Some(known) => compare(limit, known)?,
    };
    if order == narrower {
        rules.insert(number.to_owned(), limit.clone());
        rules.remove(exclusive);
    }
    if order == narrower || order == Ordering::Equal {
        rules.extend(other.get(exclusive).map(|rule| (exclusive.to_owned(), rule.clone())));
    }
    Some(())
}

fn compare(one: &str, other: &str) -> Option<Ordering> {
    let number = |rule: &str| rule.parse::<f64>().ok();
    number(one)?.partial_cmp(&number(other)?)
}
