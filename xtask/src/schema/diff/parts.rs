//! What is described in parts that no single schema can say together, such as an object that is also one of several.
//!
//! All parts hold. So one more of them forbids something, and one less allows more: the other way round than with the
//! alternatives of a union.

use super::change::{Direction, Kind, Place};
use super::schemas::Walk;
use super::verdict::Verdict;
use crate::schema::contract::{How, Schema, Shape};

impl Walk<'_> {
    /// Compares settled schemas of which at least one is in parts. `false` where they have nothing in common.
    pub(super) fn parts(&mut self, place: &Place, direction: Direction, [old, new]: [&Schema; 2]) -> bool {
        let [mut gone, mut added] = [old, new].map(of);
        let mut both = Vec::new();
        self.work_at(place, gone.len().saturating_mul(added.len()));
        if self.is_too_much() {
            return true;
        }
        let digests = [
            gone.iter()
                .map(|(_, part)| self.old.says.digest(part))
                .collect::<Vec<_>>(),
            added.iter().map(|(_, part)| self.new.says.digest(part)).collect(),
        ];
        join(&mut gone, &mut added, &mut both, |(was, _), (now, _)| digests[0][*was] == digests[1][*now]);
        join(&mut gone, &mut added, &mut both, |(_, was), (_, now)| share_a_member(was, now));
        join(&mut gone, &mut added, &mut both, |(_, was), (_, now)| {
            is_choice(was) == is_choice(now) && std::mem::discriminant(&was.shape) == std::mem::discriminant(&now.shape)
        });
        if both.is_empty() {
            return false;
        }
        for ((_, old), (_, new)) in both {
            self.schema(place, direction, old, new);
        }
        for (at, part) in gone {
            let was = self.old.says.schema(part);
            let verdict = match direction {
                Direction::Sent if !has_members(part) => Verdict::Harmless,
                _ => Verdict::Breaking,
            };
            let place = place.step(&step(at));
            self.found
                .judge(&place, Kind::Alternative, direction, [Some(was), None], verdict);
        }
        for (at, part) in added {
            let now = self.new.says.schema(part);
            let verdict = match direction {
                Direction::Sent => Verdict::Breaking,
                _ => Verdict::Adopt,
            };
            let place = place.step(&step(at));
            self.found
                .judge(&place, Kind::Alternative, direction, [None, Some(now)], verdict);
        }
        true
    }
}

/// The step to a part, of which only what came or went is told with it.
pub(crate) fn step(at: usize) -> String {
    format!("&{}", at + 1)
}

pub(super) fn is_in_parts(schema: &Schema) -> bool {
    matches!(&schema.shape, Shape::Combination(parts) if parts.how == How::All)
}

type Part<'s> = (usize, &'s Schema);

fn of(schema: &Schema) -> Vec<Part<'_>> {
    match &schema.shape {
        Shape::Combination(parts) if parts.how == How::All => parts.alternatives.iter().enumerate().collect(),
        _ => vec![(0, schema)],
    }
}

fn join<'s>(
    gone: &mut Vec<Part<'s>>,
    added: &mut Vec<Part<'s>>,
    both: &mut Vec<(Part<'s>, Part<'s>)>,
    is_same: impl Fn(&Part<'s>, &Part<'s>) -> bool,
) {
    gone.retain(|was| match added.iter().position(|now| is_same(was, now)) {
        Some(at) => {
            both.push((*was, added.remove(at)));
            false
        }
        None => true,
    });
}

fn is_choice(schema: &Schema) -> bool {
    matches!(&schema.shape, Shape::Combination(_))
}

fn share_a_member(old: &Schema, new: &Schema) -> bool {
    match (&old.shape, &new.shape) {
        (Shape::Object(old), Shape::Object(new)) => old.members.keys().any(|name| new.members.contains_key(name)),
        _ => false,
    }
}

/// Whether members may go with it, which may be refused from then on.
fn has_members(part: &Schema) -> bool {
    match &part.shape {
        Shape::Object(object) => !object.members.is_empty(),
        Shape::Combination(_) | Shape::Named(_) => true,
        _ => false,
    }
}
