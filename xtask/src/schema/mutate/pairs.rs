//! Two changes at once, of which none may hide the other.

use std::cell::RefCell;

use hubchannel_testkit::samples;

use super::{Mutant, made};
use crate::schema::contract::Contract;
use crate::schema::diff::{Item, Kind, Root, same_operation};

/// A contract with two facts changed.
pub(crate) struct Pair {
    pub(crate) first: Mutant,
    pub(crate) second: Mutant,
    /// With both changes. The second cannot be made where the first has taken away what it is about.
    pub(crate) both: Contract,
}

/// As many pairs as this, always the same: a third of them of changes that are near each other, and a third of which the
/// second takes away the only operation that leads to the first. Fewer, by those whose second change cannot be made after
/// the first.
pub(crate) fn pairs(contract: &Contract, count: usize) -> Vec<Pair> {
    const NEAR: usize = 24;

    let told = RefCell::new(Vec::new());
    let note = |_, what: &str| {
        told.borrow_mut().push(what.to_owned());
        false
    };
    made(contract, &note);
    let told = told.take();
    let beneath = beneath_one_operation(contract, &told);
    let at = |place: usize| made(contract, &|at, _| at == place).mutants.pop().unwrap();
    let pair = |(first, second, near, how): (usize, usize, usize, u8)| {
        let (first, second) = match how {
            0 => (first, (first + 1 + near) % told.len()),
            1 => beneath[first % beneath.len()],
            _ => (first, second),
        };
        let (first, second) = (at(first), at(second));
        let mut both = made(&first.contract, &|_, what| what == second.what && what != first.what).mutants;
        Some(Pair {
            both: both.pop()?.contract,
            first,
            second,
        })
    };
    let places = (0..told.len(), 0..told.len(), 0..NEAR, 0..3_u8);
    samples(&places, count).filter_map(pair).collect()
}

/// The changes to records that a single operation leads to, each with the one that removes this operation.
fn beneath_one_operation(contract: &Contract, told: &[String]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for name in contract.records.keys() {
        let mut leading = contract
            .operations
            .keys()
            .filter(|id| contract.reached_from_operation(id).contains(name.as_str()));
        let (Some(only), None) = (leading.next(), leading.next()) else {
            continue;
        };
        let removed = format!("remove the operation at {:?}", Root::Operation(only.clone()));
        let removed = told.iter().position(|what| *what == removed).unwrap();
        let record = format!(" at {:?}", Root::Record(name.clone()));
        let in_record = told.iter().enumerate().filter(|(_, what)| what.contains(&record));
        found.extend(in_record.map(|(at, _)| (at, removed)));
    }
    found
}

impl Mutant {
    pub(crate) fn item(&self) -> Item {
        Item {
            root: self.root.clone(),
            steps: self.steps.clone(),
        }
    }

    /// Whether this is about what the other one is about, or about something in it or around it, so that both together
    /// need not be the sum of the two.
    pub(crate) fn touches(&self, other: &Self) -> bool {
        let same_root = match (&self.root, &other.root) {
            // The same operation of another version may be the one that is gone.
            (Root::Operation(one), Root::Operation(another)) => same_operation(one) == same_operation(another),
            (one, another) => one == another,
        };
        same_root
            && (self.steps.starts_with(&other.steps)
                || other.steps.starts_with(&self.steps)
                || (self.union().is_some() && self.union() == other.union()))
    }

    /// The place of the union, where this is about one of its alternatives: their numbers are those of their neighbours.
    fn union(&self) -> Option<&str> {
        let is_alternative = self.reports.iter().any(|(kind, ..)| *kind == Kind::Alternative);
        let (union, _) = self.steps.rsplit_once('|')?;
        is_alternative.then_some(union)
    }
}
