//! What changed on the wire between two contracts.
//!
//! Two contracts are walked side by side, from their operations down. Names of schemas play no part on the wire: what
//! stands at the same place is compared, whatever it is called, and each pair of records is compared once, however many
//! places lead there; so is a record against what the other contract spells out in its place. So a change in a shared
//! record is one change, which knows the directions it travels in.

mod change;
mod credentials;
mod discriminators;
mod operations;
mod parts;
mod print;
mod said;
mod schemas;
mod unions;
mod verdict;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use self::change::Place;
pub(crate) use self::change::{Change, Direction, Item, Kind, Root, Said, Verdict};
#[cfg(test)]
pub(crate) use self::operations::same_operation;
pub(crate) use self::parts::step as part_step;
pub(crate) use self::print::{to_json, to_text, what};
pub(crate) use self::said::Sayer;
#[cfg(test)]
pub(crate) use self::said::{schema_in_short, type_in_short};
pub(crate) use self::schemas::Pairs;
pub(crate) use self::unions::member_step;
use crate::schema::contract::Contract;
use crate::schema::work::TooMuch;

/// Everything that differs, in the order of the places.
pub(crate) fn diff(old: &Contract, new: &Contract) -> Result<Vec<Change>, TooMuch> {
    Ok(diff_with_pairs(old, new)?.0)
}

/// Everything that differs, and which records of the two were found at the same places.
pub(crate) fn diff_with_pairs(old: &Contract, new: &Contract) -> Result<(Vec<Change>, Pairs), TooMuch> {
    let mut walk = schemas::Walk::new(old, new);
    operations::compare(&mut walk);
    walk.finish()
}

/// How many steps it takes to find what differs.
#[cfg(test)]
pub(crate) fn steps(old: &Contract, new: &Contract) -> Result<usize, TooMuch> {
    let mut walk = schemas::Walk::new(old, new);
    operations::compare(&mut walk);
    Ok(walk.finish_counting()?.1)
}

/// Collects differences. The same one found on two ways is one that travels in two directions.
#[derive(Debug, Default)]
struct Found {
    facts: BTreeMap<(Item, Kind, Option<Said>, Option<Said>), Facts>,
}

#[derive(Debug, Default)]
struct Facts {
    /// What it means in each of them.
    directions: BTreeMap<Direction, Verdict>,
    there: BTreeSet<Item>,
}

impl Found {
    fn add(&mut self, place: &Place, kind: Kind, direction: Direction, was: Option<Said>, now: Option<Said>) {
        self.add_with(place, kind, direction, [was, now], false);
    }

    /// Adds what may matter more than its kind alone tells: see [`verdict`].
    fn add_with(&mut self, place: &Place, kind: Kind, direction: Direction, said: [Option<Said>; 2], matters: bool) {
        let [was, now] = said.each_ref().map(|said| said.as_ref().map(|said| said.text.as_str()));
        let verdict = verdict::of(kind, direction, was, now, matters);
        self.judge(place, kind, direction, said, verdict);
    }

    /// Adds what was judged where it was found.
    fn judge(&mut self, place: &Place, kind: Kind, direction: Direction, said: [Option<Said>; 2], verdict: Verdict) {
        let [was, now] = said;
        let facts = self.facts.entry((place.old.clone(), kind, was, now)).or_default();
        let known = facts.directions.entry(direction).or_insert(verdict);
        *known = verdict.max(*known);
        facts.there.insert(place.new.clone());
    }

    fn into_changes(self) -> Vec<Change> {
        let change = |((item, kind, was, now), facts): ((Item, Kind, Option<Said>, Option<Said>), Facts)| Change {
            verdict: facts.directions.values().copied().max().unwrap_or(Verdict::Harmless),
            item,
            kind,
            directions: facts.directions.into_keys().collect(),
            also: BTreeSet::new(),
            there: facts.there,
            was,
            now,
        };
        self.facts.into_iter().map(change).collect()
    }
}

/// Each key of the two, with what each has there.
fn sides<'a, K: Ord, V>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
) -> BTreeMap<&'a K, (Option<&'a V>, Option<&'a V>)> {
    let mut all: BTreeMap<&K, (Option<&V>, Option<&V>)> = old.iter().map(|(key, of)| (key, (Some(of), None))).collect();
    for (key, of) in new {
        let (_, there) = all.entry(key).or_insert((None, None));
        *there = Some(of);
    }
    all
}
