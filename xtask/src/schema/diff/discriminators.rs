//! What tells the alternatives of a union apart, where the description says it in so many words.
//!
//! A discriminator lists the values that a member may have. So it means what such a list means: one more is a limit for
//! what is sent, unless the alternatives had no other values before, and one less is none. Whatever comes is read.
//! What a value stands for is followed to what it has become, since the names of records are not on the wire.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Direction, Kind, Place, Said};
use super::schemas::Walk;
use super::unions::{Alternative, Union};
use super::verdict::Verdict;
use super::{said, sides};
use crate::schema::contract::{Combination, Discriminator, Schema, Shape};

/// The record for each value of a discriminator.
type Targets = BTreeMap<String, String>;

impl Walk<'_> {
    /// Compares the discriminators of two unions.
    pub(super) fn told_apart(
        &mut self,
        place: &Place,
        direction: Direction,
        union: &Union,
        [old, new]: [&Combination; 2],
    ) {
        match (&old.discriminator, &new.discriminator) {
            (None, None) => {}
            (Some(was), Some(now)) if was.member == now.member => {
                let targets = [was.targets(old), now.targets(new)];
                self.targets(place, direction, &was.member, [&targets[0], &targets[1]], Some(union));
            }
            (was, now) => {
                let narrows = now
                    .as_ref()
                    .is_some_and(|now| self.narrows(now, &now.targets(new), union));
                let said = [was, now].map(|of| of.as_ref().map(said::discriminator_in_short));
                self.found
                    .judge(place, Kind::Rule, direction, said, verdict(direction, narrows));
            }
        }
    }

    /// Compares the discriminators that stand beside parts which all hold.
    pub(super) fn told_apart_beside(&mut self, place: &Place, direction: Direction, called: [&Schema; 2]) {
        let [old, new] = [
            self.old.settled.discriminators(called[0]),
            self.new.settled.discriminators(called[1]),
        ];
        for (member, of) in sides(&*old, &*new) {
            self.work_at(place, [of.0, of.1].into_iter().flatten().map(BTreeMap::len).sum());
            if let (Some(was), Some(now)) = of {
                self.targets(place, direction, member, [was, now], None);
                continue;
            }
            let narrows = of.1.is_some_and(|now| {
                let values = values(&self.old.settled.of(called[0]), member);
                values.is_empty() || !values.iter().all(|value| now.contains_key(value))
            });
            let said = [of.0, of.1].map(|targets| {
                let discriminator = targets.map(|targets| Discriminator {
                    member: member.clone(),
                    mapping: targets.clone(),
                });
                discriminator.as_ref().map(said::discriminator_in_short)
            });
            self.found
                .judge(place, Kind::Rule, direction, said, verdict(direction, narrows));
        }
    }

    /// Whether a new discriminator forbids values that the alternatives could have before.
    fn narrows(&self, now: &Discriminator, targets: &Targets, union: &Union) -> bool {
        let could_be_others = |(was, alternative): &(Alternative, Alternative)| {
            let Some(name) = alternative.name() else { return false };
            let had = values(&self.old.settled.of(&was.schema), &now.member);
            let is_told = |value: &String| targets.get(value).is_some_and(|target| target == name);
            had.is_empty() || !had.iter().all(is_told)
        };
        union.both.iter().any(could_be_others)
    }

    /// Compares what the values of a discriminator stand for.
    fn targets(
        &mut self,
        place: &Place,
        direction: Direction,
        member: &str,
        [old, new]: [&Targets; 2],
        union: Option<&Union>,
    ) {
        let became: BTreeSet<(&str, &str)> = union
            .into_iter()
            .flat_map(|union| &union.both)
            .filter_map(|(was, now)| Some((was.name()?, now.name()?)))
            .collect();
        let [listed_old, listed_new] = union.map(Union::names).unwrap_or_default();
        let said = |value: &str, target: Option<&String>| {
            target.map(|target| Said::short(format!("told apart by {member}: {value} is {target}")))
        };
        self.work_at(place, old.len() + new.len());
        for (value, (was, now)) in sides(old, new) {
            let verdict = match (was, now) {
                (Some(was), Some(now)) if became.contains(&(was.as_str(), now.as_str())) => continue,
                (Some(was), Some(now)) => {
                    let is_listed = listed_old.contains(was.as_str()) || listed_new.contains(now.as_str());
                    if !is_listed || self.is_same_record(was, now) {
                        // Nothing else leads to them from here.
                        self.pair(was, now, direction);
                        continue;
                    }
                    Verdict::Breaking
                }
                (Some(_), None) if direction == Direction::Sent => Verdict::Breaking,
                (Some(_), None) => Verdict::Harmless,
                _ => Verdict::Adopt,
            };
            let said = [said(value, was), said(value, now)];
            self.found.judge(place, Kind::Rule, direction, said, verdict);
        }
    }

    fn is_same_record(&mut self, old: &str, new: &str) -> bool {
        let named = |name: &str| Schema::from(Shape::Named(name.to_owned()));
        self.old.says.digest(&named(old)) == self.new.says.digest(&named(new))
    }
}

fn verdict(direction: Direction, narrows: bool) -> Verdict {
    match direction {
        Direction::Sent if narrows => Verdict::Breaking,
        _ => Verdict::Adopt,
    }
}

/// The only values that a member has, if they are listed.
fn values(settled: &Schema, member: &str) -> BTreeSet<String> {
    match &settled.shape {
        Shape::Object(object) => object.members.get(member).map(|member| member.schema.values.clone()),
        _ => None,
    }
    .unwrap_or_default()
}
