//! Schemas of two contracts, side by side.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::change::{Change, Direction, Item, Kind, Place, Root, Said};
use super::parts::is_in_parts;
use super::said::{self, Sayer};
use super::unions::{member_step, unions};
use super::verdict::{self, Verdict};
use super::{Found, sides};
use crate::schema::contract::{
    Combination, Contract, How, Member, Object, Rest, Schema, Settled, Shape, Whole, tags, weight,
};
use crate::schema::work::{self, TooMuch, Work};

/// The records that stand at the same places of two contracts, by their names, and the directions that lead there.
pub(crate) type Pairs = BTreeMap<(String, String), BTreeSet<Direction>>;

/// One of the two contracts.
#[derive(Debug)]
pub(super) struct Side<'a> {
    pub(super) contract: &'a Contract,
    pub(super) settled: Settled<'a>,
    pub(super) says: Sayer<'a>,
}

impl<'a> Side<'a> {
    pub(super) fn new(contract: &'a Contract) -> Self {
        Self {
            contract,
            settled: Settled::new(contract),
            says: Sayer::new(contract),
        }
    }
}

/// Walks both contracts from their operations down.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) old: Side<'a>,
    pub(super) new: Side<'a>,
    pub(super) found: Found,
    work: Work,
    pairs: Pairs,
    /// Pairs that are still to be compared, with the direction that led there.
    open: Vec<(String, String, Direction)>,
    /// Schemas that are still to be compared, of which only one has a name, or some are described in parts.
    apart: Vec<Apart>,
    /// All that was ever among them, with the first of its places. Without it, names and what is spelt out in place could
    /// take turns for ever.
    met: HashMap<(Schema, Schema, Direction), Place>,
    /// The other places of these, by the first one.
    again: Again,
}

/// Two schemas that have no pair of names to be known by.
#[derive(Debug)]
struct Apart {
    place: Place,
    direction: Direction,
    old: Schema,
    new: Schema,
}

/// Places at which the same stands again, by the first one: those of the old contract, and those of the new one.
type Again = [BTreeMap<Item, BTreeSet<Item>>; 2];

impl<'a> Walk<'a> {
    pub(super) fn new(old: &'a Contract, new: &'a Contract) -> Self {
        Self {
            old: Side::new(old),
            new: Side::new(new),
            found: Found::default(),
            work: Work::default(),
            pairs: Pairs::new(),
            open: Vec::new(),
            apart: Vec::new(),
            met: HashMap::new(),
            again: Again::default(),
        }
    }

    /// Compares what the operations have led to, and all that this leads to in turn.
    pub(super) fn finish(self) -> Result<(Vec<Change>, Pairs), TooMuch> {
        Ok(self.finish_counting()?.0)
    }

    /// The same, and how many steps it took.
    pub(super) fn finish_counting(mut self) -> Result<((Vec<Change>, Pairs), usize), TooMuch> {
        while !self.is_too_much() {
            if let Some((old, new, direction)) = self.open.pop() {
                let records = (self.old.contract.records.get(&old), self.new.contract.records.get(&new));
                if let (Some(old_schema), Some(new_schema)) = records {
                    let place = Place::new(Root::Record(old), Root::Record(new));
                    self.record(&place, direction, old_schema, new_schema);
                }
            } else if let Some(apart) = self.apart.pop() {
                self.inside(&apart.place, apart.direction, [&apart.old, &apart.new]);
            } else {
                break;
            }
        }
        let mut changes = std::mem::take(&mut self.found).into_changes();
        for change in &mut changes {
            change.also.extend(others(&change.item, &self.again[0]));
            let there: Vec<Item> = change
                .there
                .iter()
                .flat_map(|item| others(item, &self.again[1]))
                .collect();
            change.there.extend(there);
            change.also.remove(&change.item);
            self.work.add(change.also.len() + change.there.len());
            if self.is_too_much() {
                break;
            }
        }
        let steps = self.steps();
        match self.is_too_much() {
            true => Err(TooMuch),
            false => Ok(((changes, self.pairs), steps)),
        }
    }

    /// Counts what is done at a place. The way to it is written out once for each step.
    pub(super) fn work_at(&self, place: &Place, steps: usize) {
        let way = place.old.steps.len().max(place.new.steps.len());
        self.work.add(1 + steps + way / 256);
    }

    fn steps(&self) -> usize {
        self.work.steps() + self.old.settled.work.steps() + self.new.settled.work.steps()
    }

    /// Whether so much was done that the rest is not even tried.
    pub(super) fn is_too_much(&self) -> bool {
        self.steps() > work::MOST
    }

    /// Compares what stands at one place.
    pub(super) fn schema(&mut self, place: &Place, direction: Direction, old: &Schema, new: &Schema) {
        if self.is_too_much() {
            return;
        }
        let wholes = [self.old.settled.of(old), self.new.settled.of(new)];
        let nullable = wholes.each_ref().map(|whole| whole.nullable);
        // Whatever is read as any value is read as null too. The only value of a member tells a kind, which null does not.
        let is_any = matches!(wholes[0].shape, Shape::Any);
        let is_read = is_any || (place.old.is_in_member() && wholes[0].values.len() != 1);
        match (&old.shape, &new.shape) {
            // Who allows null, the name or what uses it, makes no difference.
            (Shape::Named(old_name), Shape::Named(new_name)) if old.nullable == new.nullable => {
                let [old, new] = [old_name, new_name].map(|name| Root::Record(name.clone()));
                self.nullable(&Place::new(old, new), direction, nullable, is_read);
            }
            _ => self.nullable(place, direction, nullable, is_read),
        }
        self.record(place, direction, old, new);
    }

    /// Compares what stands at one place but for whether it may be null.
    fn record(&mut self, place: &Place, direction: Direction, old: &Schema, new: &Schema) {
        self.work_at(place, 0);
        if let (Shape::Named(old_name), Shape::Named(new_name)) = (&old.shape, &new.shape)
            && [old, new].iter().all(|of| of.format.is_none() && of.values.is_empty())
        {
            self.rules(place, direction, old, new);
            self.pair(old_name, new_name, direction);
            return;
        }
        // One of them may have a name for what the other says in place.
        let called = [old, new];
        let wholes = [self.old.settled.of(old), self.new.settled.of(new)];
        self.work_at(place, wholes.iter().map(|whole| weight(whole)).sum());
        let is_made = wholes.iter().any(|whole| !matches!(whole, Whole::Itself(_)));
        let (old, new): (&Schema, &Schema) = (&wholes[0], &wholes[1]);
        self.rules(place, direction, old, new);
        self.told_apart_beside(place, direction, called);
        let in_parts = is_in_parts(old) || is_in_parts(new);
        if !in_parts
            && self.as_unions([old, new], called).is_none()
            && !self.types(place, direction, [old, new], called)
        {
            return;
        }
        match is_made {
            false => self.inside(place, direction, called),
            true if has_inside(&old.shape) || has_inside(&new.shape) => self.put_apart(place, direction, called),
            true => {}
        }
    }

    /// Compares what is said of the type and of the values at a place. `false` where no closer look makes sense.
    fn types(&mut self, place: &Place, direction: Direction, [old, new]: [&Schema; 2], called: [&Schema; 2]) -> bool {
        let same_type = self.is_same_type(&old.shape, &new.shape);
        if !same_type || old.values.is_empty() != new.values.is_empty() {
            let mut said = [self.old.says.type_of(called[0]), self.new.says.type_of(called[1])];
            if said[0].text == said[1].text {
                said = [self.old.says.type_of(old), self.new.says.type_of(new)];
            }
            let verdict = verdict::of_types(direction, old, new, same_type);
            self.found.judge(place, Kind::Type, direction, said.map(Some), verdict);
            return false;
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
        true
    }

    /// `is_read` tells that null can be read where the value stands, which is not always where it is told of.
    fn nullable(&mut self, place: &Place, direction: Direction, sides: [bool; 2], is_read: bool) {
        if sides[0] != sides[1] {
            let said = sides.map(|side| Some(said::yes_or_no(side)));
            self.found.add_with(place, Kind::Nullable, direction, said, !is_read);
        }
    }

    fn rules(&mut self, place: &Place, direction: Direction, old: &Schema, new: &Schema) {
        for (keyword, (old, new)) in sides(&old.rules, &new.rules) {
            if old != new {
                let [was, now] = [old, new].map(|of| of.map(|value| Said::short(format!("{keyword} {value}"))));
                self.found.add(place, Kind::Rule, direction, was, now);
            }
        }
    }

    /// Keeps two schemas for later. What has a name is told of there; what has none, at the first of its places.
    fn put_apart(&mut self, place: &Place, direction: Direction, [old, new]: [&Schema; 2]) {
        let by_name = |schema: &Schema, place: &Item| match &schema.shape {
            Shape::Named(name) => Item::new(Root::Record(name.clone())),
            _ => place.clone(),
        };
        let place = Place {
            old: by_name(old, &place.old),
            new: by_name(new, &place.new),
        };
        let key = (old.clone(), new.clone(), direction);
        if let Some(first) = self.met.get(&key) {
            let [old_again, new_again] = &mut self.again;
            for (again, first, other) in [(old_again, &first.old, place.old), (new_again, &first.new, place.new)] {
                if *first != other {
                    again.entry(first.clone()).or_default().insert(other);
                }
            }
            return;
        }
        self.met.insert(key, place.clone());
        self.apart.push(Apart {
            place,
            direction,
            old: old.clone(),
            new: new.clone(),
        });
    }

    /// Compares what two schemas of one type consist of.
    fn inside(&mut self, place: &Place, direction: Direction, called: [&Schema; 2]) {
        let wholes = [self.old.settled.of(called[0]), self.new.settled.of(called[1])];
        let (old, new): (&Schema, &Schema) = (&wholes[0], &wholes[1]);
        if is_in_parts(old) || is_in_parts(new) {
            if !self.parts(place, direction, [old, new]) {
                let said = [self.old.says.type_of(called[0]), self.new.says.type_of(called[1])].map(Some);
                self.found.judge(place, Kind::Type, direction, said, Verdict::Breaking);
            }
            return;
        }
        if let Some((old, new)) = self.as_unions([old, new], called) {
            self.combination(place, direction, &old, &new);
            return;
        }
        match (&old.shape, &new.shape) {
            (Shape::Array(old), Shape::Array(new)) => self.schema(&place.step("[]"), direction, old, new),
            (Shape::Object(old), Shape::Object(new)) => self.object(place, direction, old, new),
            (Shape::Combination(old), Shape::Combination(new)) => self.combination(place, direction, old, new),
            _ => {}
        }
    }

    pub(super) fn pair(&mut self, old: &str, new: &str, direction: Direction) {
        let directions = self.pairs.entry((old.to_owned(), new.to_owned())).or_default();
        if directions.insert(direction) {
            self.open.push((old.to_owned(), new.to_owned(), direction));
        }
    }

    fn object(&mut self, place: &Place, direction: Direction, old: &Object, new: &Object) {
        for (name, of) in sides(&old.members, &new.members) {
            if self.is_too_much() {
                return;
            }
            let place = place.step(&member_step(name));
            self.work_at(&place, 0);
            let travels = [
                of.0.is_some_and(|member| travels(&self.old.settled, member, direction)),
                of.1.is_some_and(|member| travels(&self.new.settled, member, direction)),
            ];
            if travels == [false, false] {
                continue;
            }
            if let (Some(old), Some(new)) = of {
                self.required(&place, direction, [old.required && travels[0], new.required && travels[1]]);
                self.schema(&place, direction, &old.schema, &new.schema);
            } else {
                let must = [of.0, of.1].into_iter().flatten().any(|member| member.required);
                let said = [
                    of.0.map(|member| self.old.says.member(member)),
                    of.1.map(|member| self.new.says.member(member)),
                ];
                let is_narrower = match (&old.rest, of.1) {
                    // It had a type already, as all other members have.
                    (Rest::Of(values), Some(new)) => self.old.says.digest(values) != self.new.says.digest(&new.schema),
                    _ => false,
                };
                self.found
                    .add_with(&place, Kind::Member, direction, said, must || is_narrower);
            }
        }
        match (&old.rest, &new.rest) {
            (Rest::Of(old), Rest::Of(new)) => self.schema(&place.step("{}"), direction, old, new),
            (old, new) if old == new => {}
            (old, new) => {
                let said = [Some(self.old.says.rest(old)), Some(self.new.says.rest(new))];
                let verdict = verdict::of_rests(direction, old, new);
                self.found
                    .judge(&place.step("{}"), Kind::Type, direction, said, verdict);
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
        let union = unions(&mut self.old, old, &mut self.new, new, &self.work);
        self.told_apart(place, direction, &union, [old, new]);
        for (old, new) in union.both {
            let place = Place {
                old: old.at(&place.old),
                new: new.at(&place.new),
            };
            self.schema(&place, direction, &old.schema, &new.schema);
        }
        for gone in union.gone {
            let was = self.old.says.schema(&gone.schema);
            let place = Place {
                old: gone.at(&place.old),
                new: gone.at(&place.new),
            };
            self.found.add(&place, Kind::Alternative, direction, Some(was), None);
        }
        for added in union.added {
            let now = self.new.says.schema(&added.schema);
            let place = Place {
                old: added.at(&place.old),
                new: added.at(&place.new),
            };
            self.found.add(&place, Kind::Alternative, direction, None, Some(now));
        }
    }

    /// Two schemas as unions, where only one of them is and the other is like one of its alternatives: what could only
    /// be one thing may now be others too, or the other way round.
    fn as_unions(&mut self, settled: [&Schema; 2], called: [&Schema; 2]) -> Option<(Combination, Combination)> {
        let [old, new] = settled.map(|schema| match &schema.shape {
            Shape::Combination(combination) if combination.how != How::All => Some(combination),
            _ => None,
        });
        let (old, new) = match (old, new) {
            (Some(old), None) => (old.clone(), Combination::new(old.how, vec![called[1].clone()], None)),
            (None, Some(new)) => (Combination::new(new.how, vec![called[0].clone()], None), new.clone()),
            _ => return None,
        };
        let both = unions(&mut self.old, &old, &mut self.new, &new, &self.work).both;
        let is_one_of_them = both.iter().any(|(was, now)| was.is_alike(now));
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
            // A map that gains members is a map still.
            (Shape::Object(old), Shape::Object(new)) => {
                let both_map = [old, new].iter().all(|object| matches!(object.rest, Rest::Of(_)));
                both_map || is_map(old) == is_map(new)
            }
            (Shape::Combination(old), Shape::Combination(new)) => {
                let is_choice = old.how != How::All && new.how != How::All;
                old.how == new.how
                    || (is_choice
                        && tags(&self.old.settled, old).all_differ()
                        && tags(&self.new.settled, new).all_differ())
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

/// Whether a member is sent or received at all.
fn travels(settled: &Settled<'_>, member: &Member, direction: Direction) -> bool {
    let never = match direction {
        Direction::Sent => "readOnly",
        Direction::Received => "writeOnly",
        Direction::Auth => return true,
    };
    settled
        .of(&member.schema)
        .rules
        .get(never)
        .is_none_or(|rule| rule != "true")
}

/// The places at which an item stands too, for what was compared at the first place only.
fn others(item: &Item, again: &BTreeMap<Item, BTreeSet<Item>>) -> Vec<Item> {
    if again.is_empty() {
        return Vec::new();
    }
    let ends = item.ends_of_steps().into_iter();
    let behind = ends.filter_map(|end| {
        let (first, rest) = item.steps.split_at_checked(end)?;
        let first = Item::new(item.root.clone()).step(first);
        Some(again.get(&first)?.iter().map(move |other| other.step(rest)))
    });
    behind.flatten().collect()
}
