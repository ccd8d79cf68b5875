//! What holds of the values at a place, however the description says it: under a name, in parts, or spelt out.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Combination, Contract, How, Object, Rest, Schema, Shape};

impl Contract {
    /// The schema that says in one place what this one says through names and in parts that all hold. What is said on
    /// the way counts too: a value may be null where any name on the way allows it, and all rules hold.
    ///
    /// Parts that cannot be put together, such as a union and an object, are left as they are.
    pub(crate) fn settle<'a>(&'a self, schema: &'a Schema) -> Cow<'a, Schema> {
        let named = self.under_names(schema);
        let Shape::Combination(parts) = &named.shape else {
            return named;
        };
        match (parts.how, self.whole(&named, parts)) {
            (How::All, Some(whole)) => Cow::Owned(whole),
            _ => named,
        }
    }

    /// What a name stands for, with what is said beside it and beside each name that it leads to.
    fn under_names<'a>(&'a self, schema: &'a Schema) -> Cow<'a, Schema> {
        let mut found = Cow::Borrowed(schema);
        // One step more than there are records would be a circle, which reading refuses.
        for _ in 0..=self.records.len() {
            let Shape::Named(name) = &found.shape else { break };
            let Some(record) = self.records.get(name) else { break };
            found = match says_nothing_beside(&found) {
                true => Cow::Borrowed(record),
                false => {
                    let mut both = record.clone();
                    both.nullable |= found.nullable;
                    both.limit(&found);
                    Cow::Owned(both)
                }
            };
        }
        found
    }

    /// Puts the parts of something together; `None` where they do not fit. A part that is met again, which may be in a
    /// circle, says nothing new.
    fn whole(&self, outer: &Schema, parts: &Combination) -> Option<Schema> {
        let mut whole = Schema {
            shape: Shape::Any,
            ..outer.clone()
        };
        let mut all_nullable = true;
        let mut met = BTreeSet::new();
        let mut open: Vec<(&Schema, bool)> = parts.alternatives.iter().map(|part| (part, false)).collect();
        while let Some((part, nullable)) = open.pop() {
            if !met.insert(std::ptr::from_ref(part)) {
                continue;
            }
            let nullable = nullable || part.nullable;
            whole.limit(part);
            match &part.shape {
                Shape::Named(name) => open.extend(self.records.get(name).map(|record| (record, nullable))),
                Shape::Combination(parts) if parts.how == How::All => {
                    open.extend(parts.alternatives.iter().map(|part| (part, nullable)));
                }
                shape => {
                    all_nullable &= nullable;
                    whole.shape.join(shape)?;
                }
            }
        }
        whole.nullable |= all_nullable;
        Some(whole)
    }
}

fn says_nothing_beside(schema: &Schema) -> bool {
    !schema.nullable && schema.format.is_none() && schema.values.is_empty() && schema.rules.is_empty()
}

impl Schema {
    /// Adds what another one says of the same values, beside their shape. What is said already stays.
    fn limit(&mut self, other: &Self) {
        if self.format.is_none() {
            self.format.clone_from(&other.format);
        }
        if self.values.is_empty() {
            self.values.clone_from(&other.values);
        } else if !other.values.is_empty() {
            self.values.retain(|value| other.values.contains(value));
        }
        for (keyword, rule) in &other.rules {
            self.rules.entry(keyword.clone()).or_insert_with(|| rule.clone());
        }
    }
}

impl Shape {
    /// Adds what another shape says of the same value; `None` where no value is of both.
    fn join(&mut self, other: &Self) -> Option<()> {
        match (&mut *self, other) {
            (_, Self::Any) => Some(()),
            (Self::Any, _) => {
                self.clone_from(other);
                Some(())
            }
            (Self::Object(whole), Self::Object(part)) => whole.join(part),
            (one, other) => (one == other).then_some(()),
        }
    }
}

impl Object {
    /// Adds what another object has; `None` where the two say different things of one member.
    fn join(&mut self, other: &Self) -> Option<()> {
        let fits = self.members.iter().all(|(name, member)| match other.members.get(name) {
            Some(same) => same.schema == member.schema,
            None => true,
        });
        if !fits || (self.rest != Rest::Open && other.rest != Rest::Open && self.rest != other.rest) {
            return None;
        }
        for (name, member) in &other.members {
            let known = self.members.entry(name.clone()).or_insert_with(|| member.clone());
            known.required |= member.required;
        }
        if self.rest == Rest::Open {
            self.rest = other.rest.clone();
        }
        Some(())
    }
}
