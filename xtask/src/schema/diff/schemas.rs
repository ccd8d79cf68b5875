//! Schemas of two contracts, side by side.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::change::{Change, Direction, Item, Kind, Place, Root, Said};
use super::said::{self, Sayer};
use super::unions::{is_tagged, unions};
use super::{Found, sides};
use crate::schema::contract::{Combination, Contract, How, Object, Rest, Schema, Shape};

/// The records that stand at the same places of two contracts, by their names, and the directions that lead there.
pub(crate) type Pairs = BTreeMap<(String, String), BTreeSet<Direction>>;

/// Walks both contracts from their operations down.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) old: &'a Contract,
    pub(super) new: &'a Contract,
    pub(super) old_says: Sayer<'a>,
    pub(super) new_says: Sayer<'a>,
    pub(super) found: Found,
    pairs: Pairs,
    /// Pairs that are still to be compared, with the direction that led there.
    open: Vec<(String, String, Direction)>,
    /// Schemas that are still to be compared, of which only one has a name, or some are described in parts.
    apart: Vec<Apart>,
    /// All that was ever among them, with the first of its places. Without it, names and what is spelt out in place could
    /// take turns for ever.
    met: HashMap<(Schema, Schema, Direction), Item>,
    /// The other places of these in the new contract, each behind the first.
    again: BTreeSet<(Item, Item)>,
}

/// Two schemas that have no pair of names to be known by.
#[derive(Debug)]
struct Apart {
    place: Place,
    direction: Direction,
    old: Schema,
    new: Schema,
}

impl<'a> Walk<'a> {
    pub(super) fn new(old: &'a Contract, new: &'a Contract) -> Self {
        Self {
            old,
            new,
            old_says: Sayer::new(old),
            new_says: Sayer::new(new),
            found: Found::default(),
            pairs: Pairs::new(),
            open: Vec::new(),
            apart: Vec::new(),
            met: HashMap::new(),
            again: BTreeSet::new(),
        }
    }

    /// Compares what the operations have led to, and all that this leads to in turn.
    pub(super) fn finish(mut self) -> (Vec<Change>, Pairs) {
        loop {
            if let Some((old, new, direction)) = self.open.pop() {
                if let (Some(old_schema), Some(new_schema)) = (self.old.records.get(&old), self.new.records.get(&new)) {
                    let place = Place::new(Root::Record(old), Root::Record(new));
                    self.schema(&place, direction, old_schema, new_schema);
                }
            } else if let Some(apart) = self.apart.pop() {
                self.inside(&apart.place, apart.direction, &apart.old, &apart.new);
            } else {
                break;
            }
        }
        let mut changes = self.found.into_changes();
        for change in &mut changes {
            let again = |item: &Item| {
                let behind = self.again.iter().filter_map(|(first, other)| {
                    let steps = item.steps.strip_prefix(first.steps.as_str())?;
                    (first.root == item.root).then(|| other.step(steps))
                });
                behind.collect::<Vec<_>>()
            };
            let others: Vec<Item> = change.there.iter().flat_map(again).collect();
            change.there.extend(others);
        }
        (changes, self.pairs)
    }

    /// Compares what stands at one place.
    pub(super) fn schema(&mut self, place: &Place, direction: Direction, old: &Schema, new: &Schema) {
        if let (Shape::Named(old_name), Shape::Named(new_name)) = (&old.shape, &new.shape) {
            self.beside(place, direction, old, new);
            self.pair(old_name, new_name, direction);
            return;
        }
        // One of them may have a name for what the other says in place.
        let called = [old, new];
        let (settled_old, settled_new) = (self.old.settle(old), self.new.settle(new));
        let (old, new) = (&*settled_old, &*settled_new);
        self.beside(place, direction, old, new);
        if let Some((old, new)) = self.as_unions([old, new], called) {
            self.combination(place, direction, &old, &new);
            return;
        }
        let same_type = self.is_same_type(&old.shape, &new.shape);
        if !same_type || old.values.is_empty() != new.values.is_empty() {
            let mut said = [self.old_says.type_of(called[0]), self.new_says.type_of(called[1])];
            if said[0].text == said[1].text {
                said = [self.old_says.type_of(old), self.new_says.type_of(new)];
            }
            // Strings that may now be any were never a danger, nor are fewer of them when they are only read.
            let matters = !same_type || (direction == Direction::Sent && old.values.is_empty());
            self.found
                .add_with(place, Kind::Type, direction, said.map(Some), matters);
            return;
        }
        if old.format != new.format {
            let [was, now] = [old, new].map(|of| of.format.as_ref().map(Said::short));
            self.found.add(place, Kind::Format, direction, was, now);
        }
        for gone in old.values.difference(&new.values) {
            self.found
                .add(place, Kind::EnumValue, direction, Some(Said::short(gone)), None);
        }
        for added in new.values.difference(&old.values) {
            self.found
                .add(place, Kind::EnumValue, direction, None, Some(Said::short(added)));
        }
        let named = called.map(|of| match &of.shape {
            Shape::Named(name) => Some(name.clone()),
            _ => None,
        });
        let in_parts = [&settled_old, &settled_new].map(|of| matches!(of, Cow::Owned(_)));
        if named == [None, None] && in_parts == [false, false] {
            self.inside(place, direction, old, new);
        } else if has_inside(&old.shape) {
            self.put_apart(place, direction, [old, new], named);
        }
    }

    /// Compares what stands beside a type.
    fn beside(&mut self, place: &Place, direction: Direction, old: &Schema, new: &Schema) {
        if old.nullable != new.nullable {
            let [was, now] = [old, new].map(|of| Some(said::yes_or_no(of.nullable)));
            self.found.add(place, Kind::Nullable, direction, was, now);
        }
        for (keyword, (old, new)) in sides(&old.rules, &new.rules) {
            if old != new {
                let [was, now] = [old, new].map(|of| of.map(|value| Said::short(format!("{keyword} {value}"))));
                self.found.add(place, Kind::Rule, direction, was, now);
            }
        }
    }

    /// Keeps two schemas for later. What has a name is told of there; what has none, at the first of its places.
    fn put_apart(&mut self, place: &Place, direction: Direction, [old, new]: [&Schema; 2], named: [Option<String>; 2]) {
        let [old_name, new_name] = named;
        let by_name = |name: Option<String>, place: &Item| match name {
            Some(name) => Item::new(Root::Record(name)),
            None => place.clone(),
        };
        let place = Place {
            old: by_name(old_name.or_else(|| new_name.clone()), &place.old),
            new: by_name(new_name, &place.new),
        };
        let key = (old.clone(), new.clone(), direction);
        if let Some(first) = self.met.get(&key) {
            if *first != place.new {
                self.again.insert((first.clone(), place.new));
            }
            return;
        }
        self.met.insert(key, place.new.clone());
        self.apart.push(Apart {
            place,
            direction,
            old: old.clone(),
            new: new.clone(),
        });
    }

    /// Compares what two schemas of one type consist of.
    fn inside(&mut self, place: &Place, direction: Direction, old: &Schema, new: &Schema) {
        match (&old.shape, &new.shape) {
            (Shape::Array(old), Shape::Array(new)) => self.schema(&place.step("[]"), direction, old, new),
            (Shape::Object(old), Shape::Object(new)) => self.object(place, direction, old, new),
            (Shape::Combination(old), Shape::Combination(new)) => self.combination(place, direction, old, new),
            _ => {}
        }
    }

    fn pair(&mut self, old: &str, new: &str, direction: Direction) {
        let directions = self.pairs.entry((old.to_owned(), new.to_owned())).or_default();
        if directions.insert(direction) {
            self.open.push((old.to_owned(), new.to_owned(), direction));
        }
    }

    fn object(&mut self, place: &Place, direction: Direction, old: &Object, new: &Object) {
        for (name, of) in sides(&old.members, &new.members) {
            let place = place.step(&format!(".{name}"));
            if let (Some(old), Some(new)) = of {
                self.required(&place, direction, [old.required, new.required]);
                self.schema(&place, direction, &old.schema, &new.schema);
            } else {
                let must = [of.0, of.1].into_iter().flatten().any(|member| member.required);
                let said = [
                    of.0.map(|member| self.old_says.member(member)),
                    of.1.map(|member| self.new_says.member(member)),
                ];
                self.found.add_with(&place, Kind::Member, direction, said, must);
            }
        }
        match (&old.rest, &new.rest) {
            (Rest::Of(old), Rest::Of(new)) => self.schema(&place.step("{}"), direction, old, new),
            (old, new) if old == new => {}
            (old, new) => {
                let said = [Some(self.old_says.rest(old)), Some(self.new_says.rest(new))];
                let sent = direction == Direction::Sent;
                self.found
                    .add_with(&place.step("{}"), Kind::Type, direction, said, sent);
            }
        }
    }

    pub(super) fn required(&mut self, place: &Place, direction: Direction, sides: [bool; 2]) {
        if sides[0] != sides[1] {
            let [was, now] = sides.map(|side| Some(Said::short(said::required_or_not(side))));
            self.found.add(place, Kind::Required, direction, was, now);
        }
    }

    fn combination(&mut self, place: &Place, direction: Direction, old: &Combination, new: &Combination) {
        let union = unions(self.old, old, self.new, new);
        for (old, new) in union.both {
            self.schema(&place.steps([&old.step, &new.step]), direction, old.schema, new.schema);
        }
        for gone in union.gone {
            let was = self.old_says.schema(gone.schema);
            let place = place.step(&gone.step);
            self.found.add(&place, Kind::Alternative, direction, Some(was), None);
        }
        for added in union.added {
            let now = self.new_says.schema(added.schema);
            let place = place.step(&added.step);
            self.found.add(&place, Kind::Alternative, direction, None, Some(now));
        }
        if old.discriminator != new.discriminator {
            let [was, now] = [old, new].map(|of| of.discriminator.as_ref().map(said::discriminator_in_short));
            self.found.add(place, Kind::Rule, direction, was, now);
        }
    }

    /// Two schemas as unions, where only one of them is and the other is like one of its alternatives: what could only
    /// be one thing may now be others too, or the other way round.
    fn as_unions(&self, settled: [&Schema; 2], called: [&Schema; 2]) -> Option<(Combination, Combination)> {
        let union = |schema: &Schema| match &schema.shape {
            Shape::Combination(combination) if combination.how != How::All => Some(combination.clone()),
            _ => None,
        };
        let (old, new) = match settled.map(union) {
            [Some(old), None] => {
                let new = Combination::new(old.how, vec![called[1].clone()], None);
                (old, new)
            }
            [None, Some(new)] => (Combination::new(new.how, vec![called[0].clone()], None), new),
            _ => return None,
        };
        let is_one_of_them = !unions(self.old, &old, self.new, &new).both.is_empty();
        is_one_of_them.then_some((old, new))
    }

    /// Whether two shapes are of one JSON type, so that it makes sense to look closer.
    fn is_same_type(&self, old: &Shape, new: &Shape) -> bool {
        match (old, new) {
            (Shape::Any, Shape::Any)
            | (Shape::Boolean, Shape::Boolean)
            | (Shape::Integer, Shape::Integer)
            | (Shape::Number, Shape::Number)
            | (Shape::String, Shape::String)
            | (Shape::Array(_), Shape::Array(_)) => true,
            (Shape::Object(old), Shape::Object(new)) => is_map(old) == is_map(new),
            (Shape::Combination(old), Shape::Combination(new)) => {
                let is_choice = old.how != How::All && new.how != How::All;
                old.how == new.how || (is_choice && is_tagged(self.old, old) && is_tagged(self.new, new))
            }
            _ => false,
        }
    }
}

fn has_inside(shape: &Shape) -> bool {
    matches!(shape, Shape::Array(_) | Shape::Object(_) | Shape::Combination(_))
}

/// Whether an object has names of its sender's choice only.
fn is_map(object: &Object) -> bool {
    object.members.is_empty() && matches!(object.rest, Rest::Of(_))
}
