//! Which alternatives of two unions stand for the same.

use crate::schema::contract::{Combination, Contract, How, Object, Schema, Shape};

/// The alternatives of two unions, each with its place among those of its contract.
pub(super) struct Union<'a> {
    pub(super) both: Vec<(Alternative<'a>, Alternative<'a>)>,
    pub(super) gone: Vec<Alternative<'a>>,
    pub(super) added: Vec<Alternative<'a>>,
}

/// One alternative of a union.
pub(super) struct Alternative<'a> {
    pub(super) schema: &'a Schema,
    /// How the step to it is written, see [`super::Item`].
    pub(super) step: String,
    tag: Option<String>,
    /// The names of its members but for `type`, where it is an object.
    members: Option<Vec<String>>,
}

/// Finds the alternatives that stand for the same: by the value of their `type`, by their name, by being the same, and
/// at last by being the only ones left, unless these are told to be different things.
pub(super) fn unions<'a>(
    old: &Contract,
    old_union: &'a Combination,
    new: &Contract,
    new_union: &'a Combination,
) -> Union<'a> {
    let mut union = Union {
        both: Vec::new(),
        gone: alternatives(old, old_union),
        added: alternatives(new, new_union),
    };
    if old_union.how != How::All {
        union.join(|was, now| was.tag.is_some() && was.tag == now.tag);
        union.join(|was, now| {
            matches!((&was.schema.shape, &now.schema.shape), (Shape::Named(was), Shape::Named(now)) if was == now)
        });
    }
    union.join(|was, now| was.schema == now.schema);
    if let ([_], [_]) = (&*union.gone, &*union.added) {
        union.join(|was, now| was.may_be(now));
    }
    union
}

/// Whether all alternatives are told apart by a `type` of their own: then it makes no difference whether one or any of
/// them is asked for.
pub(super) fn is_tagged(contract: &Contract, union: &Combination) -> bool {
    let tags: Vec<Option<String>> = union
        .alternatives
        .iter()
        .map(|alternative| tag(&contract.settle(alternative)))
        .collect();
    let different: std::collections::BTreeSet<&String> = tags.iter().flatten().collect();
    different.len() == union.alternatives.len()
}

/// The step to an alternative of a union.
pub(crate) fn step_of(contract: &Contract, alternative: &Schema, at: usize) -> String {
    step(tag(&contract.settle(alternative)).as_deref(), at)
}

fn step(tag: Option<&str>, at: usize) -> String {
    match tag {
        Some(tag) => format!("|{tag}"),
        None => format!("|{}", at + 1),
    }
}

fn alternatives<'a>(contract: &Contract, union: &'a Combination) -> Vec<Alternative<'a>> {
    let alternative = |(at, schema): (usize, &'a Schema)| {
        let settled = contract.settle(schema);
        let tag = tag(&settled);
        Alternative {
            schema,
            step: step(tag.as_deref(), at),
            tag,
            members: object(&settled).map(|object| {
                let names = object.members.keys().filter(|name| *name != "type");
                names.cloned().collect()
            }),
        }
    };
    union.alternatives.iter().enumerate().map(alternative).collect()
}

impl Alternative<'_> {
    /// Whether this may have become that: two kinds of different `type` have at least a member in common then.
    fn may_be(&self, other: &Self) -> bool {
        match (&self.tag, &other.tag, &self.members, &other.members) {
            (Some(_), Some(_), Some(one), Some(other)) => {
                one.iter().any(|name| other.contains(name)) || (one.is_empty() && other.is_empty())
            }
            _ => true,
        }
    }
}

impl Union<'_> {
    fn join(&mut self, is_same: impl Fn(&Alternative<'_>, &Alternative<'_>) -> bool) {
        let mut gone = Vec::new();
        for was in std::mem::take(&mut self.gone) {
            match self.added.iter().position(|now| is_same(&was, now)) {
                Some(at) => self.both.push((was, self.added.remove(at))),
                None => gone.push(was),
            }
        }
        self.gone = gone;
    }
}

fn object(settled: &Schema) -> Option<&Object> {
    match &settled.shape {
        Shape::Object(object) => Some(object),
        _ => None,
    }
}

/// The only value that the member `type` of an alternative has.
fn tag(settled: &Schema) -> Option<String> {
    let values = &object(settled)?.members.get("type")?.schema.values;
    match values.len() {
        1 => values.first().cloned(),
        _ => None,
    }
}
