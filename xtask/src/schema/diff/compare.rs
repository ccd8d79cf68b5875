//! Schemas of two contracts, side by side.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::change::{Direction, Item, Kind, Root};
use super::operations::{contents, matched, sides};
use super::{Found, print};
use crate::schema::contract::{Combination, Contract, How, Object, Operation, Rest, Schema, Shape};

/// The records that stand at the same places of two contracts, by their names, and the directions that lead there.
pub(crate) type Pairs = BTreeMap<(String, String), BTreeSet<Direction>>;

/// Walks both contracts from their operations down.
pub(super) struct Walk<'a> {
    old: &'a Contract,
    new: &'a Contract,
    pairs: Pairs,
    /// Pairs that are still to be compared, with the direction that led there.
    open: Vec<(String, String, Direction)>,
    /// Schemas that are still to be compared, of which only one has a name, or some are described in parts.
    apart: Vec<Apart>,
    /// All that was ever among them. Without it, names and what is spelt out in place could take turns for ever.
    met: HashSet<(Schema, Schema, Direction)>,
}

/// Two schemas that have no pair of names to be known by.
struct Apart {
    item: Item,
    /// What the new contract calls the record that the item is in.
    called: Option<String>,
    direction: Direction,
    old: Schema,
    new: Schema,
}

impl<'a> Walk<'a> {
    pub(super) fn new(old: &'a Contract, new: &'a Contract) -> Self {
        Self {
            old,
            new,
            pairs: Pairs::new(),
            open: Vec::new(),
            apart: Vec::new(),
            met: HashSet::new(),
        }
    }

    /// Compares everything that an operation of both contracts leads to. Of an operation that only one of them has,
    /// nothing is said but that.
    pub(super) fn run(mut self, found: &mut Found) -> Pairs {
        for (old, new) in matched(self.old, self.new) {
            if let (Some((id, old)), Some((_, new))) = (old, new) {
                self.operation(&Item::new(Root::Operation(id.clone())), old, new, found);
            }
        }
        loop {
            if let Some((old, new, direction)) = self.open.pop() {
                if let (Some(old_schema), Some(new_schema)) = (self.old.records.get(&old), self.new.records.get(&new)) {
                    found.is_called(Some(new));
                    self.schema(&Item::new(Root::Record(old)), direction, old_schema, new_schema, found);
                }
            } else if let Some(apart) = self.apart.pop() {
                found.is_called(apart.called);
                self.inside(&apart.item, apart.direction, &apart.old, &apart.new, found);
            } else {
                return self.pairs;
            }
        }
    }

    fn operation(&mut self, item: &Item, old: &Operation, new: &Operation, found: &mut Found) {
        for (id, of) in sides(&old.parameters, &new.parameters) {
            if let (Some(old), Some(new)) = of {
                self.schema(&item.step(&format!(" {id}")), Direction::Sent, &old.schema, &new.schema, found);
            }
        }
        if let (Some(old), Some(new)) = (&old.body, &new.body) {
            for (old, new) in contents(&old.content, &new.content) {
                self.schema(&item.step(" body"), Direction::Sent, old, new, found);
            }
        }
        for (status, of) in sides(&old.responses, &new.responses) {
            let (Some(old), Some(new)) = of else { continue };
            let item = item.step(&format!(" response {status}"));
            for (name, of) in sides(&old.headers, &new.headers) {
                if let (Some(old), Some(new)) = of {
                    let item = item.step(&format!(" header {name}"));
                    self.schema(&item, Direction::Received, &old.schema, &new.schema, found);
                }
            }
            for (old, new) in contents(&old.content, &new.content) {
                self.schema(&item, Direction::Received, old, new, found);
            }
        }
    }

    /// Compares what stands at one place.
    fn schema(&mut self, item: &Item, direction: Direction, old: &Schema, new: &Schema, found: &mut Found) {
        if old.nullable != new.nullable {
            let [was, now] = [old, new].map(|of| Some(print::yes_or_no(of.nullable)));
            found.add(item.clone(), Kind::Nullable, direction, was, now);
        }
        for (keyword, (old, new)) in sides(&old.rules, &new.rules) {
            if old != new {
                let [was, now] = [old, new].map(|of| of.map(|value| format!("{keyword} {value}")));
                found.add(item.clone(), Kind::Rule, direction, was, now);
            }
        }
        if let (Shape::Named(old), Shape::Named(new)) = (&old.shape, &new.shape) {
            self.pair(old, new, direction);
            return;
        }
        // One of them may have a name for what the other says in place.
        let called = [old, new];
        let (settled_old, settled_new) = (self.old.settle(old), self.new.settle(new));
        let (old, new) = (&*settled_old, &*settled_new);
        let same_type = is_same_type(&old.shape, &new.shape);
        if !same_type || old.values.is_empty() != new.values.is_empty() {
            let [was, now] = called.map(|of| Some(print::type_and_format_in_short(of)));
            // Strings that may now be any were never a danger, nor are fewer of them when they are only read.
            let matters = !same_type || (direction == Direction::Sent && old.values.is_empty());
            found.add_with(item.clone(), Kind::Type, direction, was, now, matters);
            return;
        }
        if old.format != new.format {
            found.add(item.clone(), Kind::Format, direction, old.format.clone(), new.format.clone());
        }
        for gone in old.values.difference(&new.values) {
            found.add(item.clone(), Kind::EnumValue, direction, Some(gone.clone()), None);
        }
        for added in new.values.difference(&old.values) {
            found.add(item.clone(), Kind::EnumValue, direction, None, Some(added.clone()));
        }
        let named = called.map(|of| match &of.shape {
            Shape::Named(name) => Some(name.clone()),
            _ => None,
        });
        let in_parts = [&settled_old, &settled_new].map(|of| matches!(of, Cow::Owned(_)));
        if named == [None, None] && in_parts == [false, false] {
            self.inside(item, direction, old, new, found);
        } else if has_inside(&old.shape) && self.met.insert((old.clone(), new.clone(), direction)) {
            // What has a name is told of there; what has none, at the first of its places.
            let [old_name, new_name] = named;
            let (item, called) = match old_name.or_else(|| new_name.clone()) {
                Some(name) => (Item::new(Root::Record(name)), new_name),
                None => (item.clone(), found.called.clone()),
            };
            self.apart.push(Apart {
                item,
                called,
                direction,
                old: old.clone(),
                new: new.clone(),
            });
        }
    }

    /// Compares what two schemas of one type consist of.
    fn inside(&mut self, item: &Item, direction: Direction, old: &Schema, new: &Schema, found: &mut Found) {
        match (&old.shape, &new.shape) {
            (Shape::Array(old), Shape::Array(new)) => self.schema(&item.step("[]"), direction, old, new, found),
            (Shape::Object(old), Shape::Object(new)) => self.object(item, direction, old, new, found),
            (Shape::Combination(old), Shape::Combination(new)) => {
                self.combination(item, direction, old, new, found);
            }
            _ => {}
        }
    }

    fn pair(&mut self, old: &str, new: &str, direction: Direction) {
        let directions = self.pairs.entry((old.to_owned(), new.to_owned())).or_default();
        if directions.insert(direction) {
            self.open.push((old.to_owned(), new.to_owned(), direction));
        }
    }

    fn object(&mut self, item: &Item, direction: Direction, old: &Object, new: &Object, found: &mut Found) {
        for (name, (old, new)) in sides(&old.members, &new.members) {
            let item = item.step(&format!(".{name}"));
            match (old, new) {
                (Some(old), Some(new)) => {
                    if old.required != new.required {
                        let [was, now] = [old, new].map(|of| Some(print::required_or_not(of.required)));
                        found.add(item.clone(), Kind::Required, direction, was, now);
                    }
                    self.schema(&item, direction, &old.schema, &new.schema, found);
                }
                (old, new) => {
                    let must = [old, new].into_iter().flatten().any(|member| member.required);
                    let [was, now] = [old, new].map(|of| of.map(print::member_in_short));
                    found.add_with(item, Kind::Member, direction, was, now, must);
                }
            }
        }
        match (&old.rest, &new.rest) {
            (Rest::Of(old), Rest::Of(new)) => self.schema(&item.step("{}"), direction, old, new, found),
            (old, new) if old == new => {}
            (old, new) => {
                let [was, now] = [old, new].map(|of| Some(print::rest_in_short(of)));
                found.add_with(item.step("{}"), Kind::Type, direction, was, now, direction == Direction::Sent);
            }
        }
    }

    fn combination(
        &mut self,
        item: &Item,
        direction: Direction,
        old: &Combination,
        new: &Combination,
        found: &mut Found,
    ) {
        let union = unions(self.old, old, self.new, new);
        for (old, new) in union.both {
            self.schema(&item.step("|"), direction, old, new, found);
        }
        for gone in union.gone {
            found.add(item.clone(), Kind::Alternative, direction, Some(print::schema_in_short(gone)), None);
        }
        for added in union.added {
            found.add(item.clone(), Kind::Alternative, direction, None, Some(print::schema_in_short(added)));
        }
        if old.discriminator != new.discriminator {
            let [was, now] = [old, new].map(|of| of.discriminator.as_ref().map(print::discriminator_in_short));
            found.add(item.clone(), Kind::Rule, direction, was, now);
        }
    }
}

fn has_inside(shape: &Shape) -> bool {
    matches!(shape, Shape::Array(_) | Shape::Object(_) | Shape::Combination(_))
}

/// Whether two shapes are of one JSON type, so that it makes sense to look closer.
fn is_same_type(old: &Shape, new: &Shape) -> bool {
    match (old, new) {
        (Shape::Any, Shape::Any)
        | (Shape::Boolean, Shape::Boolean)
        | (Shape::Integer, Shape::Integer)
        | (Shape::Number, Shape::Number)
        | (Shape::String, Shape::String)
        | (Shape::Array(_), Shape::Array(_)) => true,
        (Shape::Object(old), Shape::Object(new)) => is_map(old) == is_map(new),
        (Shape::Combination(old), Shape::Combination(new)) => old.how == new.how,
        _ => false,
    }
}

/// Whether an object has names of its sender's choice only.
fn is_map(object: &Object) -> bool {
    object.members.is_empty() && matches!(object.rest, Rest::Of(_))
}

/// The alternatives of two unions.
pub(crate) struct Union<'a> {
    pub(crate) both: Vec<(&'a Schema, &'a Schema)>,
    pub(crate) gone: Vec<&'a Schema>,
    pub(crate) added: Vec<&'a Schema>,
}

/// Finds the alternatives that stand for the same: by the value of their `type`, by their name, by being the same, and
/// at last by being the only ones left.
pub(crate) fn unions<'a>(
    old: &'a Contract,
    old_union: &'a Combination,
    new: &'a Contract,
    new_union: &'a Combination,
) -> Union<'a> {
    let mut union = Union {
        both: Vec::new(),
        gone: old_union.alternatives.iter().collect(),
        added: new_union.alternatives.iter().collect(),
    };
    if old_union.how != How::All {
        union.join(|was, now| tag(old, was).is_some_and(|of| tag(new, now) == Some(of)));
        union.join(|was, now| matches!((&was.shape, &now.shape), (Shape::Named(was), Shape::Named(now)) if was == now));
    }
    union.join(|was, now| was == now);
    if let ([_], [_]) = (&*union.gone, &*union.added) {
        union.join(|_, _| true);
    }
    union
}

impl Union<'_> {
    fn join(&mut self, is_same: impl Fn(&Schema, &Schema) -> bool) {
        let mut gone = Vec::new();
        for was in std::mem::take(&mut self.gone) {
            match self.added.iter().position(|now| is_same(was, now)) {
                Some(at) => self.both.push((was, self.added.remove(at))),
                None => gone.push(was),
            }
        }
        self.gone = gone;
    }
}

/// The only value that the member `type` of an alternative has.
fn tag(contract: &Contract, schema: &Schema) -> Option<String> {
    let schema = contract.settle(schema);
    let Shape::Object(object) = &schema.shape else {
        return None;
    };
    let values = &object.members.get("type")?.schema.values;
    match values.len() {
        1 => values.first().cloned(),
        _ => None,
    }
}
