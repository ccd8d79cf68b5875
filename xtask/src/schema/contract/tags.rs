//! By what the alternatives of a union are told apart.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Combination, Object, Schema, Settled, Shape};

/// What tells the alternatives of a union apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tags {
    /// The member that does, if there is one.
    pub(crate) member: Option<String>,
    /// The only value that each alternative has of it.
    pub(crate) of: Vec<Option<String>>,
}

/// Finds the member that tells them apart: the one that the description names, or `type`, or else any that all of them
/// must have, each with another only value.
pub(crate) fn tags(settled: &Settled<'_>, union: &Combination) -> Tags {
    let alternatives: Vec<_> = union.alternatives.iter().map(|of| settled.of(of)).collect();
    let of = |member: &str| -> Vec<Option<String>> { alternatives.iter().map(|of| value(of, member)).collect() };
    let told_by = |member: &str, of: Vec<Option<String>>| Tags {
        member: Some(member.to_owned()),
        of,
    };
    if let Some(discriminator) = &union.discriminator {
        let told: Vec<Option<String>> = of(&discriminator.member)
            .into_iter()
            .zip(&union.alternatives)
            .map(|(value, alternative)| value.or_else(|| discriminator.value_of(alternative)))
            .collect();
        if told.iter().any(Option::is_some) {
            return told_by(&discriminator.member, told);
        }
    }
    let by_type = of("type");
    if by_type.iter().any(Option::is_some) {
        return told_by("type", by_type);
    }
    let first = alternatives.first().and_then(|first| object(first));
    let others = first.into_iter().flat_map(|first| &first.members);
    let mut others = others.filter(|(_, member)| member.required && member.schema.values.len() == 1);
    let different = others.find_map(|(name, _)| {
        let must = |of: &Schema| object(of).is_some_and(|of| of.members.get(name).is_some_and(|of| of.required));
        // Before all of them are looked at for each of the members of the first.
        if alternatives.len() < 2 || !alternatives.iter().all(|of| must(of)) {
            return None;
        }
        let told = of(name);
        let differ = told.iter().flatten().collect::<BTreeSet<_>>().len() == told.len();
        differ.then(|| told_by(name, told))
    });
    different.unwrap_or_else(|| Tags {
        member: None,
        of: vec![None; alternatives.len()],
    })
}

impl Tags {
    /// Whether each alternative has a tag of its own: then it makes no difference whether one or any of them is asked
    /// for.
    pub(crate) fn all_differ(&self) -> bool {
        self.of.iter().flatten().collect::<BTreeSet<_>>().len() == self.of.len()
    }

    /// How the step to each alternative is written: by its tag where that is its own, or by its number.
    pub(crate) fn steps(&self) -> Vec<String> {
        let mut count = BTreeMap::<&String, usize>::new();
        for tag in self.of.iter().flatten() {
            *count.entry(tag).or_default() += 1;
        }
        let step = |(at, tag): (usize, &Option<String>)| match tag {
            Some(tag) if count.get(tag) == Some(&1) => format!("|{}", in_step(tag)),
            _ => format!("|{}", at + 1),
        };
        self.of.iter().enumerate().map(step).collect()
    }
}

/// A name as it stands in the steps to a place: what could be taken for another step has a backslash before it.
pub(crate) fn in_step(name: &str) -> Cow<'_, str> {
    let is_special = |character: char| ". []{}|&\\".contains(character);
    match name.contains(is_special) {
        false => Cow::Borrowed(name),
        true => {
            let mut escaped = String::new();
            for character in name.chars() {
                if is_special(character) {
                    escaped.push('\\');
                }
                escaped.push(character);
            }
            Cow::Owned(escaped)
        }
    }
}

impl super::Discriminator {
    /// The only value that a union's discriminator has for an alternative.
    fn value_of(&self, alternative: &Schema) -> Option<String> {
        let Shape::Named(name) = &alternative.shape else {
            return None;
        };
        let mut values = self
            .mapping
            .iter()
            .filter(|(_, target)| *target == name)
            .map(|(value, _)| value);
        match (values.next(), values.next()) {
            (None, _) => Some(name.clone()),
            (Some(only), None) => Some(only.clone()),
            _ => None,
        }
    }

    /// The record for each value: those that are listed, and those alternatives that are told by their own names.
    pub(crate) fn targets(&self, union: &Combination) -> BTreeMap<String, String> {
        let listed: BTreeSet<&String> = self.mapping.values().collect();
        let unlisted = union
            .alternatives
            .iter()
            .filter_map(|alternative| match &alternative.shape {
                Shape::Named(name) if !listed.contains(name) => Some((name.clone(), name.clone())),
                _ => None,
            });
        let mut targets: BTreeMap<String, String> = unlisted.collect();
        targets.extend(self.mapping.clone());
        targets
    }
}

fn object(schema: &Schema) -> Option<&Object> {
    match &schema.shape {
        Shape::Object(object) => Some(object),
        _ => None,
    }
}

fn value(schema: &Schema, member: &str) -> Option<String> {
    let values = &object(schema)?.members.get(member)?.schema.values;
    match values.len() {
        1 => values.first().cloned(),
        _ => None,
    }
}
