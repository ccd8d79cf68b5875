//! How much of HubSpot's descriptions the code implements, as a table.
//!
//! Every fact of a description is counted once: as implemented, as differing on purpose, or as not accounted for. What
//! lies beneath something that differs is counted as that is. A record counts as the best of the ways that lead to it.

mod print;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(crate) use self::print::to_text;
use super::check::Report;
use super::contract::{
    Content, Contract, How, Object, Operation, OperationId, Rest, Schema, Settled, Shape, in_step, media_type, tags,
    weight,
};
use super::diff::{Change, Item, Kind, Root, member_step, part_step};
use super::work::{MOST, TooMuch};

/// How the code stands to a fact of HubSpot's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Implemented,
    /// It differs, and is listed as a deviation.
    Listed,
    /// It differs, and is not listed.
    Unlisted,
}

/// One kind of fact in one version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) implemented: usize,
    /// How many differ in the code, and are listed as deviations.
    pub(crate) listed: usize,
    /// How many differ in the code, and are not listed.
    pub(crate) unlisted: usize,
}

impl Count {
    fn add(&mut self, status: Status) {
        match status {
            Status::Implemented => self.implemented += 1,
            Status::Listed => self.listed += 1,
            Status::Unlisted => self.unlisted += 1,
        }
    }

    fn all(self) -> usize {
        self.implemented + self.listed + self.unlisted
    }
}

/// The counts of one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) version: String,
    pub(crate) operations: Count,
    pub(crate) parameters: Count,
    pub(crate) records: Count,
    pub(crate) members: Count,
    /// What must be there, among parameters and members.
    pub(crate) required: Count,
    pub(crate) values: Count,
    pub(crate) alternatives: Count,
}

/// Counts the facts of a contract, by what a check of the code against it has found.
pub(crate) fn of(contract: &Contract, report: &Report) -> Result<Coverage, TooMuch> {
    let mut counting = Counting {
        contract,
        settled: Settled::new(contract),
        marks: BTreeMap::new(),
        open: [const { Vec::new() }; 3],
        parts: HashSet::new(),
        coverage: Coverage {
            version: contract.version.clone(),
            ..Coverage::default()
        },
    };
    counting.mark(&report.listed, Status::Listed);
    counting.mark(&report.unlisted, Status::Unlisted);
    for (id, operation) in &contract.operations {
        counting.operation(id, operation);
    }
    counting.records();
    match counting.is_too_much() {
        true => Err(TooMuch),
        false => Ok(counting.coverage),
    }
}

/// Walks a contract once.
struct Counting<'a> {
    contract: &'a Contract,
    settled: Settled<'a>,
    /// What differs at each place.
    marks: BTreeMap<&'a Item, Vec<(&'a Change, Status)>>,
    /// The records that are still to be counted, by the status of what leads there.
    open: [Vec<String>; 3],
    /// What is put together of parts, and was counted.
    parts: HashSet<Schema>,
    coverage: Coverage,
}

impl<'a> Counting<'a> {
    fn mark(&mut self, changes: &'a [Change], status: Status) {
        for change in changes.iter().filter(|change| change.now.is_some()) {
            for place in &change.there {
                self.marks.entry(place).or_default().push((change, status));
            }
        }
    }

    /// The worst of what differs at a place.
    fn at(&self, item: &Item, counts: impl Fn(&Change) -> bool) -> Status {
        let marks = self.marks.get(item).into_iter().flatten();
        let statuses = marks.filter(|(change, _)| counts(change)).map(|(_, status)| *status);
        statuses.max().unwrap_or(Status::Implemented)
    }

    /// Whether what stands at a place is there, and what it is.
    fn there(&self, item: &Item) -> Status {
        self.at(item, |change| match change.kind {
            Kind::Operation | Kind::Parameter | Kind::Body | Kind::Response | Kind::Header => true,
            Kind::Record | Kind::Member | Kind::Alternative => true,
            Kind::Format | Kind::Nullable | Kind::Rule => true,
            // A type that was added is a media type, beside those that are as they were.
            Kind::Type => change.was.is_some(),
            Kind::Server | Kind::Path | Kind::Deprecated | Kind::Security | Kind::Required | Kind::EnumValue => false,
        })
    }

    fn required(&self, item: &Item) -> Status {
        self.at(item, |change| change.kind == Kind::Required)
    }

    fn operation(&mut self, id: &OperationId, operation: &Operation) {
        let item = Item::new(Root::Operation(id.clone()));
        let status = self.there(&item);
        self.coverage.operations.add(status);
        for (id, parameter) in &operation.parameters {
            let item = item.step(&format!(" {} {}", id.location, in_step(&id.name)));
            let status = self.schema(&item, &parameter.schema, status);
            self.coverage.parameters.add(status);
            if parameter.required {
                self.coverage.required.add(status.max(self.required(&item)));
            }
        }
        if let Some(body) = &operation.body {
            let item = item.step(" body");
            self.content(&item, &body.content, status);
        }
        for (code, response) in &operation.responses {
            let item = item.step(&format!(" response {code}"));
            let status = status.max(self.there(&item));
            for (name, header) in &response.headers {
                self.schema(&item.step(&format!(" header {}", in_step(name))), &header.schema, status);
            }
            self.content(&item, &response.content, status);
        }
    }

    /// Counts what is in each form. One that the code does not have takes all with it that is described beneath it.
    fn content(&mut self, item: &Item, content: &Content, above: Status) {
        for (name, schema) in content {
            let name = media_type(name);
            let is_it = |change: &Change| {
                let added = change.now.as_ref().filter(|_| change.was.is_none());
                change.kind == Kind::Type && added.is_some_and(|now| now.text == name)
            };
            let status = above.max(self.at(item, is_it));
            self.schema(item, schema, status);
        }
    }

    fn is_too_much(&self) -> bool {
        self.settled.work.steps() > MOST
    }

    /// Counts what is in a schema. Returns how the code stands to it: as to what is above it, and to its type.
    fn schema(&mut self, item: &Item, schema: &Schema, above: Status) -> Status {
        self.settled.work.add(1 + weight(schema) + item.steps.len() / 256);
        if self.is_too_much() {
            return above;
        }
        let here = above.max(self.there(item));
        self.values(item, schema, here);
        match &schema.shape {
            Shape::Any | Shape::Boolean | Shape::Integer | Shape::Number | Shape::String => here,
            Shape::Array(items) => self.schema(&item.step("[]"), items, here),
            Shape::Object(object) => {
                self.members(item, object, here);
                match &object.rest {
                    Rest::Of(values) => self.schema(&item.step("{}"), values, here),
                    Rest::Open | Rest::Closed => here,
                }
            }
            Shape::Named(name) => {
                self.open[here as usize].push(name.clone());
                here
            }
            Shape::Combination(parts) if parts.how == How::All => {
                self.put_together(item, schema, here);
                here
            }
            Shape::Combination(union) => {
                let steps = tags(&self.settled, union).steps();
                for (alternative, step) in union.alternatives.iter().zip(steps) {
                    let item = item.step(&step);
                    let status = self.schema(&item, alternative, here);
                    self.coverage.alternatives.add(status);
                }
                here
            }
        }
    }

    fn values(&mut self, item: &Item, schema: &Schema, here: Status) {
        for value in &schema.values {
            let is_it = |change: &Change| {
                change.kind == Kind::EnumValue && change.now.as_ref().is_some_and(|now| now.text == *value)
            };
            self.coverage.values.add(here.max(self.at(item, is_it)));
        }
    }

    fn members(&mut self, item: &Item, object: &Object, here: Status) {
        for (name, member) in &object.members {
            let item = item.step(&member_step(name));
            let status = self.schema(&item, &member.schema, here);
            self.coverage.members.add(status);
            if member.required {
                self.coverage.required.add(status.max(self.required(&item)));
            }
        }
    }

    /// Counts what is described in parts as the whole that it is.
    fn put_together(&mut self, item: &Item, schema: &Schema, here: Status) {
        let whole = Schema::clone(&self.settled.of(schema));
        match &whole.shape {
            Shape::Combination(parts) if parts.how == How::All => {
                for (at, part) in parts.alternatives.iter().enumerate() {
                    let here = here.max(self.there(&item.step(&part_step(at))));
                    self.schema(item, part, here);
                }
            }
            _ => {
                if self.parts.insert(whole.clone()) {
                    self.schema(item, &whole, here);
                }
            }
        }
    }

    fn records(&mut self) {
        let mut done = BTreeSet::new();
        for status in Status::ALL {
            while let Some(name) = self.open[status as usize].pop() {
                if done.contains(&name) {
                    continue;
                }
                if let Some(record) = self.contract.records.get(&name) {
                    self.record(&name, record, status);
                }
                done.insert(name);
            }
        }
        let reached = self.contract.reached();
        for (name, record) in &self.contract.records {
            match (done.contains(name), reached.contains(name.as_str())) {
                (true, _) => {}
                // It is a part of others only, and was counted there.
                (false, true) => self.coverage.records.add(Status::Implemented),
                (false, false) => self.record(name, record, Status::Implemented),
            }
        }
    }

    fn record(&mut self, name: &str, record: &Schema, above: Status) {
        let item = Item::new(Root::Record(name.to_owned()));
        let status = self.schema(&item, record, above);
        self.coverage.records.add(status);
    }
}

impl Status {
    const ALL: [Self; 3] = [Self::Implemented, Self::Listed, Self::Unlisted];
}
