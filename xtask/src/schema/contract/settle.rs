//! What holds of the values at a place, however the description says it: under a name, in parts, or spelt out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;
use std::rc::Rc;

use super::limits;
use super::print::schema_text;
use super::{Combination, Contract, How, Object, Rest, Schema, Shape};
use crate::schema::work::{MOST, Work};

/// Settles the schemas of one contract, that of each name once.
#[derive(Clone, Debug)]
pub(crate) struct Settled<'a> {
    contract: &'a Contract,
    known: RefCell<HashMap<&'a str, Whole<'a>>>,
    /// The pieces that were put together, and the attempts at it.
    pub(crate) work: Work,
    told: RefCell<HashMap<&'a str, Rc<Discriminators>>>,
}

/// By the member that tells what a value is: the record for each value of it.
pub(crate) type Discriminators = BTreeMap<String, BTreeMap<String, String>>;

/// A schema that says everything by itself.
#[derive(Clone, Debug)]
pub(crate) enum Whole<'s> {
    /// It did so from the start.
    Itself(&'s Schema),
    /// It was found under a name.
    Named(&'s Schema),
    /// It was put together of what is named and of parts.
    Made(Rc<Schema>),
}

impl Deref for Whole<'_> {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        match self {
            Self::Itself(schema) | Self::Named(schema) => schema,
            Self::Made(schema) => schema,
        }
    }
}

impl<'a> Settled<'a> {
    pub(crate) fn new(contract: &'a Contract) -> Self {
        Self {
            contract,
            known: RefCell::default(),
            work: Work::default(),
            told: RefCell::default(),
        }
    }

    /// The schema that says in one place what this one says through names and in parts that all hold. What is said on
    /// the way counts too: a value may be null where any name on the way allows it, and all rules hold.
    ///
    /// Where that cannot be said in one schema, as of an object that is also one of several, it is as few parts as
    /// possible, none of them a name and none in parts itself. Null is said of the whole, never of one of these.
    pub(crate) fn of<'s>(&self, schema: &'s Schema) -> Whole<'s>
    where
        'a: 's,
    {
        match &schema.shape {
            Shape::Named(name) if says_nothing_beside(schema) => match self.named(name) {
                Some(whole) => whole,
                None => Whole::Itself(schema),
            },
            Shape::Named(_) => Whole::Made(Rc::new(self.made(schema))),
            Shape::Combination(parts) if parts.how == How::All => Whole::Made(Rc::new(self.made(schema))),
            _ => Whole::Itself(schema),
        }
    }

    /// The discriminators that stand beside parts which all hold, and so are in no settled schema. Those of each name
    /// are found once.
    pub(crate) fn discriminators(&self, schema: &Schema) -> Rc<Discriminators> {
        let name = match &schema.shape {
            Shape::Named(name) if says_nothing_beside(schema) => self.contract.records.get_key_value(name),
            _ => None,
        };
        if let Some(known) = name.and_then(|(name, _)| self.told.borrow().get(name.as_str()).cloned()) {
            return known;
        }
        let mut found = Discriminators::new();
        for leaf in self.leaves(schema) {
            if let Shape::Combination(Combination {
                how: How::All,
                discriminator: Some(discriminator),
                ..
            }) = &leaf.schema.shape
            {
                let values = found.entry(discriminator.member.clone()).or_default();
                values.extend(discriminator.mapping.clone());
            }
        }
        let found = Rc::new(found);
        if let Some((name, _)) = name {
            self.told.borrow_mut().insert(name, Rc::clone(&found));
        }
        found
    }

    /// What a name stands for, found once for it and for all names on the way.
    fn named(&self, name: &str) -> Option<Whole<'a>> {
        let mut way = Vec::new();
        let (mut name, mut record) = self.contract.records.get_key_value(name)?;
        let mut end = self.known.borrow().get(name.as_str()).cloned();
        while end.is_none() && way.len() <= self.contract.records.len() {
            way.push(name.as_str());
            let next = match &record.shape {
                Shape::Named(next) if says_nothing_beside(record) => self.contract.records.get_key_value(next),
                _ => None,
            };
            let Some(next) = next else { break };
            (name, record) = next;
            end = self.known.borrow().get(name.as_str()).cloned();
        }
        let end = end.unwrap_or_else(|| match &record.shape {
            Shape::Named(_) => Whole::Made(Rc::new(self.made(record))),
            Shape::Combination(parts) if parts.how == How::All => Whole::Made(Rc::new(self.made(record))),
            _ => Whole::Named(record),
        });
        let mut known = self.known.borrow_mut();
        known.extend(way.into_iter().map(|name| (name, end.clone())));
        Some(end)
    }

    fn made(&self, schema: &Schema) -> Schema {
        let mut leaves = self.leaves(schema);
        // What is left out means what is said at the place itself, before what is said of it elsewhere.
        if schema.rules.contains_key("default") {
            leaves.iter_mut().skip(1).for_each(|leaf| leaf.has_default = false);
        }
        let nullable = leaves.iter().all(|leaf| leaf.nullable || leaf.is_beside);
        let mut parts: Vec<&Leaf<'_>> = leaves.iter().collect();
        // A choice can have more said beside it, but nothing can be said of a choice that is known to be an object.
        parts.sort_by_key(|leaf| is_choice(&leaf.schema.shape));
        let mut whole = Schema::default();
        let mut made = match parts.iter().all(|leaf| whole.join(leaf).is_some()) {
            true => whole,
            false => in_parts(parts, &self.work),
        };
        made.nullable = nullable;
        made
    }

    /// Everything that is said of a value, each piece once: a part that is met again, which may be in a circle, says
    /// nothing new.
    fn leaves<'s>(&'s self, schema: &'s Schema) -> Vec<Leaf<'s>> {
        let mut leaves = Vec::new();
        let mut met = BTreeSet::new();
        let mut open = vec![(schema, false)];
        while let Some((part, nullable)) = open.pop() {
            if !met.insert(std::ptr::from_ref(part)) {
                continue;
            }
            let nullable = nullable || part.nullable;
            let is_beside = match &part.shape {
                Shape::Named(name) => {
                    open.extend(self.contract.records.get(name).map(|record| (record, nullable)));
                    true
                }
                Shape::Combination(parts) if parts.how == How::All => {
                    open.extend(parts.alternatives.iter().rev().map(|part| (part, nullable)));
                    true
                }
                _ => false,
            };
            self.work.add(1 + weight(part));
            leaves.push(Leaf {
                schema: part,
                nullable,
                is_beside,
                has_default: true,
            });
        }
        leaves
    }
}

/// One piece of what is said of a value.
struct Leaf<'s> {
    schema: &'s Schema,
    /// Whether it allows null, by itself or by what leads to it.
    nullable: bool,
    /// Whether it stands beside a name or beside parts, and its shape says nothing more.
    is_beside: bool,
    /// Whether the default that it names is the one that holds.
    has_default: bool,
}

/// What does not fit into one schema, as few as do fit together. Which they are does not depend on any name.
fn in_parts(mut leaves: Vec<&Leaf<'_>>, work: &Work) -> Schema {
    let key = |leaf: &&Leaf<'_>| (is_choice(&leaf.schema.shape), nameless(leaf.schema), schema_text(leaf.schema));
    leaves.sort_by_cached_key(key);
    let mut parts: Vec<Schema> = Vec::new();
    for leaf in leaves {
        let joined = parts.iter_mut().find_map(|part| {
            work.add(1 + weight(part));
            if work.steps() > MOST {
                return None;
            }
            let mut whole = part.clone();
            whole.join(leaf)?;
            *part = whole;
            Some(())
        });
        if joined.is_none() {
            let mut part = Schema::default();
            // Nothing is said of it as yet that it could be at odds with.
            part.join(leaf);
            parts.push(part);
        }
    }
    let mut whole = Schema::default();
    for keyword in limits::OF_THE_WHOLE {
        let said: BTreeSet<String> = parts
            .iter_mut()
            .filter_map(|part| part.rules.remove(*keyword))
            .collect();
        if let Some(said) = said.into_iter().next_back() {
            whole.rules.insert((*keyword).to_owned(), said);
        }
    }
    whole.shape = Shape::Combination(Combination::new(How::All, parts, None));
    whole
}

/// How much there is in a schema, without what is in its parts.
pub(crate) fn weight(schema: &Schema) -> usize {
    let of_shape = match &schema.shape {
        Shape::Object(object) => object.members.len(),
        Shape::Combination(combination) => combination.alternatives.len(),
        _ => 0,
    };
    of_shape + schema.values.len()
}

fn is_choice(shape: &Shape) -> bool {
    matches!(shape, Shape::Combination(_))
}

/// What can be told of a schema at a glance, without a name of a record.
fn nameless(schema: &Schema) -> String {
    let shape = match &schema.shape {
        Shape::Object(object) => format!("object {:?}", object.members.keys()),
        Shape::Combination(combination) => format!("{:?} {}", combination.how, combination.alternatives.len()),
        Shape::Array(_) => "array".to_owned(),
        Shape::Named(_) => String::new(),
        scalar => format!("{scalar:?}"),
    };
    format!("{shape} {:?} {:?} {:?}", schema.format, schema.values, schema.rules)
}

fn says_nothing_beside(schema: &Schema) -> bool {
    !schema.nullable && schema.format.is_none() && schema.values.is_empty() && schema.rules.is_empty()
}

impl Schema {
    /// Adds what a piece says of the same values; `None`, and nobody knows what is left, where that cannot be said in
    /// one schema.
    fn join(&mut self, leaf: &Leaf<'_>) -> Option<()> {
        let but_for = if leaf.has_default { "" } else { "default" };
        limits::join(self, leaf.schema, but_for)?;
        match leaf.is_beside {
            true => Some(()),
            false => self.shape.join(&leaf.schema.shape),
        }
    }
}

impl Shape {
    /// Adds what another shape says of the same value; `None` where no shape says both.
    fn join(&mut self, other: &Self) -> Option<()> {
        match (&mut *self, other) {
            (_, Self::Any) => Some(()),
            (Self::Any, _) => {
                self.clone_from(other);
                Some(())
            }
            (Self::Number, Self::Integer) => {
                *self = Self::Integer;
                Some(())
            }
            (Self::Integer, Self::Number) => Some(()),
            (Self::Object(whole), Self::Object(part)) => whole.join(part),
            (Self::Array(whole), Self::Array(part)) => join_inner(whole, part),
            (one, other) => (one == other).then_some(()),
        }
    }
}

/// Adds what is said of the same values somewhere else. Null is allowed only where both allow it.
fn join_inner(schema: &mut Schema, other: &Schema) -> Option<()> {
    if schema == other {
        return Some(());
    }
    limits::join(schema, other, "")?;
    schema.nullable &= other.nullable;
    schema.shape.join(&other.shape)
}

impl Object {
    /// Adds what another object has; `None` where no object says both.
    fn join(&mut self, other: &Self) -> Option<()> {
        // What one says of all other members it says of those that only the other one has.
        let reaches = |one: &Self, other: &Self| {
            one.rest == Rest::Open || other.members.keys().all(|name| one.members.contains_key(name))
        };
        let both_limit = self.rest != Rest::Open && other.rest != Rest::Open;
        if !reaches(self, other) || !reaches(other, self) || (both_limit && self.rest != other.rest) {
            return None;
        }
        for (name, member) in &other.members {
            match self.members.get_mut(name) {
                None => {
                    self.members.insert(name.clone(), member.clone());
                }
                Some(known) => {
                    known.required |= member.required;
                    join_inner(&mut known.schema, &member.schema)?;
                }
            }
        }
        if self.rest == Rest::Open {
            self.rest = other.rest.clone();
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::contract::Member;

    fn text(rules: &[(&str, &str)]) -> Schema {
        Schema {
            shape: Shape::String,
            rules: rules
                .iter()
                .map(|(keyword, rule)| ((*keyword).to_owned(), (*rule).to_owned()))
                .collect(),
            ..Schema::default()
        }
    }

    fn values(values: &[&str]) -> Schema {
        Schema {
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            ..text(&[])
        }
    }

    fn all(parts: &[Schema]) -> Schema {
        combination(How::All, parts)
    }

    fn combination(how: How, parts: &[Schema]) -> Schema {
        Schema {
            shape: Shape::Combination(Combination::new(how, parts.to_vec(), None)),
            ..Schema::default()
        }
    }

    fn object(rest: Rest, members: &[(&str, Schema)]) -> Schema {
        let member = |(name, schema): &(&str, Schema)| {
            let member = Member {
                required: false,
                schema: schema.clone(),
            };
            ((*name).to_owned(), member)
        };
        Schema {
            shape: Shape::Object(Object {
                members: members.iter().map(member).collect(),
                rest,
            }),
            ..Schema::default()
        }
    }

    fn settled(schema: &Schema) -> Schema {
        let contract = Contract::default();
        Schema::clone(&Settled::new(&contract).of(schema))
    }

    #[test]
    fn the_narrower_of_two_limits_holds() {
        for (one, other, both) in [
            (&[("maxLength", "8")][..], &[("maxLength", "9")][..], &[("maxLength", "8")][..]),
            (&[("minLength", "8")], &[("minLength", "9")], &[("minLength", "9")]),
            (&[("maximum", "8")], &[("maximum", "7.5")], &[("maximum", "7.5")]),
            (
                &[("maximum", "8"), ("exclusiveMaximum", "true")],
                &[("maximum", "8")],
                &[("maximum", "8"), ("exclusiveMaximum", "true")],
            ),
            (&[("maximum", "8"), ("exclusiveMaximum", "true")], &[("maximum", "7")], &[("maximum", "7")]),
            (&[("readOnly", "true")], &[], &[("readOnly", "true")]),
            (&[("pattern", "\"a\"")], &[("pattern", "\"a\"")], &[("pattern", "\"a\"")]),
        ] {
            assert_eq!(settled(&all(&[text(one), text(other)])), text(both), "{one:?} {other:?}");
            assert_eq!(settled(&all(&[text(other), text(one)])), text(both), "{one:?} {other:?}");
        }
        assert_eq!(settled(&all(&[values(&["A", "B"]), values(&["B", "C"])])), values(&["B"]));
    }

    #[test]
    fn what_no_schema_says_alone_stays_in_parts_and_nothing_is_lost() {
        let mut uuid = text(&[]);
        uuid.format = Some("uuid".to_owned());
        let mut date = text(&[]);
        date.format = Some("date".to_owned());
        let one = combination(How::One, &[values(&["A"]), values(&["B"])]);
        let other = combination(How::Any, &[values(&["A"]), values(&["C"])]);
        for (first, second) in [
            (text(&[("pattern", "\"a\"")]), text(&[("pattern", "\"b\"")])),
            (values(&["A"]), values(&["B"])),
            (uuid, date),
            (text(&[]), object(Rest::Open, &[])),
            (object(Rest::Open, &[("a", text(&[]))]), one.clone()),
            (one, other),
            // The one that has no other members forbids what the other one has.
            (object(Rest::Closed, &[("a", text(&[]))]), object(Rest::Open, &[("b", text(&[]))])),
        ] {
            let whole = all(&[first.clone(), second.clone()]);
            assert_eq!(settled(&whole), whole);
            assert_eq!(settled(&all(&[all(&[second]), first])), whole);
        }
    }

    #[test]
    fn objects_are_one_object_however_many_they_are_and_whatever_is_beside() {
        let one = combination(How::One, &[values(&["A"]), values(&["B"])]);
        let whole = object(Rest::Open, &[("a", values(&["X"])), ("b", text(&[])), ("c", text(&[]))]);
        let parts = [
            object(Rest::Open, &[("a", text(&[])), ("b", text(&[]))]),
            one.clone(),
            object(Rest::Open, &[("a", values(&["X"])), ("c", text(&[]))]),
        ];
        assert_eq!(settled(&all(&parts)), all(&[whole, one]));
    }
}
