//! Where two documents differ.

use std::collections::HashMap;
use std::fmt;

use crate::{
    json::{Json, units},
    number,
};

/// One place where two documents differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The place: `senders[0].name`; empty for the documents as a whole.
    pub path: String,
    /// What the left document has there.
    pub left: Option<Json>,
    /// What the right document has there.
    pub right: Option<Json>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "the document"
        } else {
            &self.path
        };
        write!(f, "{path}: {} | {}", Side(&self.left), Side(&self.right))
    }
}

struct Side<'a>(&'a Option<Json>);

impl fmt::Display for Side<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 160;

        let Some(json) = self.0 else {
            return f.write_str("absent");
        };
        let text = json.to_string();
        match text.char_indices().nth(MOST) {
            None => f.write_str(&text),
            Some((end, _)) => write!(f, "{}… ({} bytes)", &text[..end], text.len()),
        }
    }
}

/// Every place where two documents differ as JSON values: members in any order, numbers by their exact decimal
/// value, strings by their code points. Where a name is doubled, first is compared with first.
pub fn differences(left: &Json, right: &Json) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(left), Some(right), &mut found);
    found
}

/// Fails unless both texts are JSON and the same value, showing every place where they differ.
#[track_caller]
pub fn assert_same_json(left: &str, right: &str) {
    let parse = |side: &str, text: &str| -> Json {
        let parsed = text.parse();
        assert!(parsed.is_ok(), "the {side} text is {}: {text}", parsed.expect_err("checked"));
        parsed.expect("checked")
    };
    let found = differences(&parse("left", left), &parse("right", right));
    let list: Vec<String> = found.iter().map(|difference| format!("  {difference}")).collect();
    assert!(found.is_empty(), "the documents differ (left | right):\n{}", list.join("\n"));
}

fn compare(path: &str, left: Option<&Json>, right: Option<&Json>, found: &mut Vec<Difference>) {
    let same = match (left, right) {
        (Some(Json::Array(left)), Some(Json::Array(right))) => {
            for at in 0..left.len().max(right.len()) {
                compare(&format!("{path}[{at}]"), left.get(at), right.get(at), found);
            }
            true
        }
        (Some(Json::Object(left)), Some(Json::Object(right))) => {
            compare_members(path, left, right, found);
            true
        }
        (Some(Json::Null), Some(Json::Null)) => true,
        (Some(Json::Bool(left)), Some(Json::Bool(right))) => left == right,
        (Some(Json::Number(left)), Some(Json::Number(right))) => number::is_same(left, right),
        (Some(Json::String(left)), Some(Json::String(right))) => units(left) == units(right),
        _ => false,
    };
    if !same {
        found.push(Difference {
            path: path.to_owned(),
            left: left.cloned(),
            right: right.cloned(),
        });
    }
}

fn compare_members(path: &str, left: &[(String, Json)], right: &[(String, Json)], found: &mut Vec<Difference>) {
    let mut places = HashMap::<Vec<u16>, usize>::new();
    // By name, in the order in which the names are met.
    let mut values: Vec<(Vec<u16>, [Vec<&Json>; 2])> = Vec::new();
    for (side, members) in [left, right].into_iter().enumerate() {
        for (name, value) in members {
            let place = *places.entry(units(name)).or_insert(values.len());
            if place == values.len() {
                values.push((units(name), [Vec::new(), Vec::new()]));
            }
            values[place].1[side].push(value);
        }
    }
    for (name, [left, right]) in values {
        let shown = String::from_utf16_lossy(&name);
        let place = if path.is_empty() {
            shown
        } else {
            format!("{path}.{shown}")
        };
        for at in 0..left.len().max(right.len()) {
            compare(&place, left.get(at).copied(), right.get(at).copied(), found);
        }
    }
}
