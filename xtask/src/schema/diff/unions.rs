//! Which alternatives of two unions stand for the same.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::Hash;

use super::change::{Item, Root};
use super::schemas::Side;
use crate::schema::contract::{Combination, Schema, Shape, in_step, tags};
use crate::schema::work::{MOST, Work};

/// The alternatives of two unions, each with its place among those of its contract.
pub(super) struct Union {
    pub(super) both: Vec<(Alternative, Alternative)>,
    pub(super) gone: Vec<Alternative>,
    pub(super) added: Vec<Alternative>,
}

/// One alternative of a union.
pub(super) struct Alternative {
    pub(super) schema: Schema,
    /// The record that it is an alternative of, where that is not the union itself but one among its alternatives.
    record: Option<String>,
    /// How the step to it is written, see [`Item`].
    step: String,
    /// The only value of what tells it apart, and the member that does.
    tag: Option<String>,
    told_by: Option<String>,
    digest: String,
    /// The names of its members but for the one that tells it, where it is an object.
    members: Option<BTreeSet<String>>,
    shape: &'static str,
}

/// Finds the alternatives that stand for the same: by being the same, whatever they are called; by what tells them
/// apart; by their name; by what they have in common; and at last by being the only ones left, unless these are told to
/// be different things.
pub(super) fn unions(
    old: &mut Side<'_>,
    old_union: &Combination,
    new: &mut Side<'_>,
    new_union: &Combination,
    work: &Work,
) -> Union {
    let none = BTreeSet::new();
    let mut gone = alternatives(old, old_union, &none);
    let mut added = alternatives(new, new_union, &none);
    let whole = [&gone, &added].map(|found| unions_among(found));
    if !whole[1].is_empty() {
        gone = alternatives(old, old_union, &whole[1]);
    }
    if !whole[0].is_empty() {
        added = alternatives(new, new_union, &whole[0]);
    }
    let mut union = Union {
        both: Vec::new(),
        gone,
        added,
    };
    work.add(union.weight());
    union.join(|of| Some((of.digest.clone(), of.tag.clone(), of.name().map(str::to_owned))));
    union.join(|of| Some((of.digest.clone(), of.tag.clone())));
    union.join(|of| Some((of.digest.clone(), of.name().map(str::to_owned))));
    union.join(|of| Some(of.digest.clone()));
    union.join_alike(work, |of| Some((of.told_by.clone()?, of.tag.clone())), |_, _| true);
    union.join(|of| of.name().map(str::to_owned));
    union.join_alike(work, |_| Some(()), |was, now| !was.is_told_as(now) && was.in_common(now) > 0);
    if let ([was], [now]) = (&*union.gone, &*union.added)
        && was.may_be(now)
    {
        union.join(|_| Some(()));
    }
    union
}

/// All alternatives. A union that is itself an alternative of one that chooses alike is as if its own were listed there,
/// unless the other contract has it as a whole.
fn alternatives(side: &mut Side<'_>, union: &Combination, whole: &BTreeSet<String>) -> Vec<Alternative> {
    let mut finding = Finding {
        whole,
        met: BTreeSet::new(),
        found: Vec::new(),
        known: HashMap::new(),
    };
    finding.add(side, union, &Way::default());
    finding.found
}

/// The names and the digests of the alternatives that are unions and stay whole, such as those with a discriminator.
fn unions_among(found: &[Alternative]) -> BTreeSet<String> {
    let unions = found.iter().filter(|of| of.shape == UNION);
    unions
        .flat_map(|of| [Some(of.digest.clone()), of.name().map(str::to_owned)])
        .flatten()
        .collect()
}

/// The way from a union to one within it.
#[derive(Clone, Default)]
struct Way {
    record: Option<String>,
    steps: String,
    is_within: bool,
}

/// The alternatives that were found so far.
struct Finding<'w> {
    /// The unions that stay as they are, by their names and digests.
    whole: &'w BTreeSet<String>,
    /// The names of the unions that were gone into.
    met: BTreeSet<String>,
    found: Vec<Alternative>,
    /// What was found, and whether it was so within another union.
    known: HashMap<Schema, bool>,
}

impl Finding<'_> {
    fn add(&mut self, side: &mut Side<'_>, union: &Combination, way: &Way) {
        let told = tags(&side.settled, union);
        for ((alternative, step), tag) in union.alternatives.iter().zip(told.steps()).zip(told.of) {
            let settled = side.settled.of(alternative);
            let step = format!("{}{step}", way.steps);
            let digest = side.says.digest(alternative);
            if let Shape::Combination(inner) = &settled.shape
                && inner.how == union.how
                && [union, inner].iter().all(|union| union.discriminator.is_none())
                && !settled.nullable
                && settled.values.is_empty()
                && settled.rules.is_empty()
                && !self.whole.contains(&digest)
                && !name(alternative).is_some_and(|name| self.whole.contains(name))
            {
                let inner_way = match name(alternative) {
                    Some(name) if !self.met.insert(name.to_owned()) => continue,
                    Some(name) => Way {
                        record: Some(name.to_owned()),
                        steps: String::new(),
                        is_within: true,
                    },
                    None => Way {
                        record: way.record.clone(),
                        steps: step,
                        is_within: true,
                    },
                };
                self.add(side, inner, &inner_way);
                continue;
            }
            // What is an alternative on two ways is one.
            match self.known.get_mut(alternative) {
                Some(is_within) if *is_within || way.is_within => continue,
                Some(_) => {}
                None => {
                    self.known.insert(alternative.clone(), way.is_within);
                }
            }
            let members = match &settled.shape {
                Shape::Object(object) => {
                    let others = object.members.keys().filter(|name| Some(*name) != told.member.as_ref());
                    Some(others.cloned().collect())
                }
                _ => None,
            };
            self.found.push(Alternative {
                schema: alternative.clone(),
                record: way.record.clone(),
                step,
                told_by: tag.is_some().then(|| told.member.clone()).flatten(),
                tag,
                digest,
                members,
                shape: kind(&settled.shape),
            });
        }
    }
}

fn name(schema: &Schema) -> Option<&str> {
    match &schema.shape {
        Shape::Named(name) => Some(name),
        _ => None,
    }
}

impl Alternative {
    /// Where it stands, if the union stands there.
    pub(super) fn at(&self, union: &Item) -> Item {
        match &self.record {
            Some(record) => Item::new(Root::Record(record.clone())).step(&self.step),
            None => union.step(&self.step),
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        name(&self.schema)
    }

    fn weight(&self) -> usize {
        self.members.as_ref().map_or(0, BTreeSet::len)
    }

    /// Whether the tags of the two are values of the same member.
    fn is_told_as(&self, other: &Self) -> bool {
        self.told_by.is_some() && self.told_by == other.told_by
    }

    /// Whether this may have become that: two kinds that are told apart have at least a member in common then.
    fn may_be(&self, other: &Self) -> bool {
        match (&self.tag, &other.tag, &self.members, &other.members) {
            (Some(_), Some(_), Some(one), Some(other)) => {
                !one.is_disjoint(other) || (one.is_empty() && other.is_empty())
            }
            _ => true,
        }
    }

    /// Whether the two are of one type at least.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        self.shape == other.shape
    }

    /// How much this has in common with that.
    fn in_common(&self, other: &Self) -> usize {
        match (&self.members, &other.members) {
            (Some(one), Some(other)) => one.intersection(other).count(),
            _ => usize::from(self.is_alike(other)),
        }
    }

    /// How many members only one of the two has.
    fn apart(&self, other: &Self) -> usize {
        match (&self.members, &other.members) {
            (Some(one), Some(other)) => one.symmetric_difference(other).count(),
            _ => 0,
        }
    }
}

impl Union {
    /// The names of the alternatives of both.
    pub(super) fn names(&self) -> [BTreeSet<&str>; 2] {
        let (was, now) = self
            .both
            .iter()
            .map(|(was, now)| (was, now))
            .unzip::<_, _, Vec<_>, Vec<_>>();
        [(was, &self.gone), (now, &self.added)]
            .map(|(both, alone)| both.into_iter().chain(alone).filter_map(Alternative::name).collect())
    }

    /// How many alternatives and members there are.
    fn weight(&self) -> usize {
        self.gone.iter().chain(&self.added).map(|of| 1 + of.weight()).sum()
    }

    /// Puts those of the same key together, the first with the first.
    fn join<K: Eq + Hash>(&mut self, key: impl Fn(&Alternative) -> Option<K>) {
        let mut added = HashMap::<K, VecDeque<usize>>::new();
        for (at, now) in self.added.iter().enumerate() {
            if let Some(key) = key(now) {
                added.entry(key).or_default().push_back(at);
            }
        }
        let partner = |was: &Alternative| added.get_mut(&key(was)?)?.pop_front();
        let partners = self.gone.iter().map(partner).collect();
        self.put_together(partners);
    }

    /// Puts together those of a group of which one may have become the other: what has most in common first.
    fn join_alike<K: Eq + Hash>(
        &mut self,
        work: &Work,
        group: impl Fn(&Alternative) -> Option<K>,
        may_be: impl Fn(&Alternative, &Alternative) -> bool,
    ) {
        let mut groups = HashMap::<K, Vec<usize>>::new();
        for (at, now) in self.added.iter().enumerate() {
            if let Some(group) = group(now) {
                groups.entry(group).or_default().push(at);
            }
        }
        let mut alike = Vec::new();
        for (was_at, was) in self.gone.iter().enumerate() {
            for &now_at in group(was).and_then(|group| groups.get(&group)).into_iter().flatten() {
                let now = &self.added[now_at];
                work.add(1 + was.weight().min(now.weight()));
                if work.steps() > MOST {
                    return;
                }
                if may_be(was, now) {
                    let most_first = std::cmp::Reverse(was.in_common(now));
                    // No name decides.
                    let key = (most_first, was.apart(now), &was.digest, &now.digest);
                    alike.push((key, was_at, now_at));
                }
            }
        }
        alike.sort();
        let mut partners = vec![None; self.gone.len()];
        let mut taken = vec![false; self.added.len()];
        for (_, was, now) in alike {
            if partners[was].is_none() && !taken[now] {
                partners[was] = Some(now);
                taken[now] = true;
            }
        }
        self.put_together(partners);
    }

    /// Takes the partners of those that are gone from those that are added.
    fn put_together(&mut self, partners: Vec<Option<usize>>) {
        let mut added: Vec<Option<Alternative>> = std::mem::take(&mut self.added).into_iter().map(Some).collect();
        for (was, partner) in std::mem::take(&mut self.gone).into_iter().zip(partners) {
            match partner.and_then(|at| added[at].take()) {
                Some(now) => self.both.push((was, now)),
                None => self.gone.push(was),
            }
        }
        self.added = added.into_iter().flatten().collect();
    }
}

const UNION: &str = "union";

fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "any",
        Shape::Boolean => "boolean",
        Shape::Integer | Shape::Number => "number",
        Shape::String => "string",
        Shape::Array(_) => "array",
        Shape::Object(_) => "object",
        Shape::Named(_) => "named",
        Shape::Combination(_) => UNION,
    }
}

/// The step to a member.
pub(crate) fn member_step(name: &str) -> String {
    format!(".{}", in_step(name))
}
