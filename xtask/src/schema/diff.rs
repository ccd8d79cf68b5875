//! What changed on the wire between two contracts.
//!
//! Two contracts are walked side by side, from their operations down. Names of schemas play no part on the wire: what
//! stands at the same place is compared, whatever it is called, and each pair of records is compared once, however many
//! places lead there; so is a record against what the other contract spells out in its place. So a change in a shared record is one change, which knows the directions it travels in.

mod change;
mod compare;
mod operations;
mod print;
mod verdict;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use self::change::{Change, Direction, Item, Kind, Root, Verdict};
pub(crate) use self::compare::Pairs;
#[cfg(test)]
pub(crate) use self::operations::same_operation;
#[cfg(test)]
pub(crate) use self::print::{content_in_short, member_in_short, schema_in_short, type_and_format_in_short};
pub(crate) use self::print::{to_json, to_text, what};
use crate::schema::contract::Contract;

/// Everything that differs, in the order of the places.
pub(crate) fn diff(old: &Contract, new: &Contract) -> Vec<Change> {
    diff_with_pairs(old, new).0
}

/// Everything that differs, and which records of the two were found at the same places.
pub(crate) fn diff_with_pairs(old: &Contract, new: &Contract) -> (Vec<Change>, Pairs) {
    let mut found = Found::default();
    operations::compare(old, new, &mut found);
    let pairs = compare::Walk::new(old, new).run(&mut found);
    (found.into_changes(), pairs)
}

/// Collects differences. The same one found on two ways is one that travels in two directions.
#[derive(Default)]
pub(crate) struct Found {
    facts: BTreeMap<(Item, Kind, Option<String>, Option<String>), Facts>,
    /// What the new contract calls the record that is being compared.
    called: Option<String>,
}

#[derive(Default)]
struct Facts {
    directions: BTreeSet<Direction>,
    called: BTreeSet<String>,
    /// Whether it matters more than its kind alone tells: see [`verdict`].
    matters: bool,
}

impl Found {
    fn is_called(&mut self, name: Option<String>) {
        self.called = name;
    }

    fn add(&mut self, item: Item, kind: Kind, direction: Direction, was: Option<String>, now: Option<String>) {
        self.add_with(item, kind, direction, was, now, false);
    }

    fn add_with(
        &mut self,
        item: Item,
        kind: Kind,
        direction: Direction,
        was: Option<String>,
        now: Option<String>,
        matters: bool,
    ) {
        let called = match &item.root {
            Root::Record(_) => self.called.clone(),
            _ => None,
        };
        let facts = self.facts.entry((item, kind, was, now)).or_default();
        facts.directions.insert(direction);
        facts.called.extend(called);
        facts.matters |= matters;
    }

    fn into_changes(self) -> Vec<Change> {
        self.facts
            .into_iter()
            .map(|((item, kind, was, now), facts)| {
                let verdict = facts
                    .directions
                    .iter()
                    .map(|direction| verdict::of(kind, *direction, was.as_deref(), now.as_deref(), facts.matters))
                    .max()
                    .unwrap_or(Verdict::Harmless);
                Change {
                    item,
                    kind,
                    directions: facts.directions,
                    called: facts.called,
                    was,
                    now,
                    verdict,
                }
            })
            .collect()
    }
}
