//! How much of HubSpot's descriptions the code implements, as a table.
//!
//! Every fact of a description is counted once: as implemented, as differing on purpose, or as not accounted for. What
//! lies beneath something that differs is counted as that is. A record counts as the best of the ways that lead to it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

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

/// The table, a line for each version.
pub(crate) fn to_text(all: &[Coverage]) -> String {
    let mut rows = vec![[
        "version".to_owned(),
        "operations".to_owned(),
        "parameters".to_owned(),
        "records".to_owned(),
        "members".to_owned(),
        "required".to_owned(),
        "enum values".to_owned(),
        "alternatives".to_owned(),
    ]];
    rows.extend(all.iter().map(|of| {
        [
            of.version.clone(),
            cell(of.operations),
            cell(of.parameters),
            cell(of.records),
            cell(of.members),
            cell(of.required),
            cell(of.values),
            cell(of.alternatives),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text.push_str("implemented of described; after `+` what differs on purpose, after `!` what is not accounted for\n");
    text
}

fn cell(count: Count) -> String {
    let mut cell = format!("{} of {}", count.implemented, count.all());
    if count.listed > 0 {
        _ = write!(cell, " +{}", count.listed);
    }
    if count.unlisted > 0 {
        _ = write!(cell, " !{}", count.unlisted);
    }
    cell
}

#[cfg(test)]
mod tests {
    use hubchannel_api::ApiVersion;

    use super::*;
    use crate::schema::check::check;
    use crate::schema::contract::tests::checked_in;
    use crate::schema::mutate::mutants;
    use crate::schema::{code, deviations};

    fn covered(change: impl Fn(&mut Contract)) -> Vec<Coverage> {
        let deviations = deviations::parse(include_str!("../../contracts/deviations.json")).unwrap();
        let versions = ApiVersion::ALL.into_iter().zip(checked_in());
        versions
            .map(|(version, mut contract)| {
                change(&mut contract);
                of(&contract, &check(&code::of(version), &contract, &deviations, None).unwrap()).unwrap()
            })
            .collect()
    }

    #[test]
    fn all_thirteen_operations_of_every_version_are_implemented() {
        for coverage in covered(|_| {}) {
            assert_eq!(cell(coverage.operations), "13 of 13", "{}", coverage.version);
            assert_eq!(coverage.alternatives.unlisted + coverage.alternatives.listed, 0);
            for count in [
                coverage.parameters,
                coverage.members,
                coverage.required,
                coverage.values,
            ] {
                assert_eq!(count.unlisted, 0);
                assert!(count.all() > count.listed);
            }
        }
    }

    #[test]
    fn what_is_missing_is_counted() {
        let before = covered(|_| {});
        let after = covered(|contract| match &mut contract.records.get_mut("PublicClient").unwrap().shape {
            Shape::Object(object) => {
                let kind = object.members.get_mut("clientType").unwrap();
                kind.schema.values.insert("ROBOT".to_owned());
                let copy = kind.clone();
                object.members.insert("otherType".to_owned(), copy);
            }
            _ => panic!("no object"),
        });
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(after.members.implemented, before.members.implemented);
            assert_eq!(after.members.unlisted, 1);
            // One that was added, and those of the copy, which are missing with it.
            let copied = after.values.all() - before.values.all() - 1;
            assert_eq!(after.values.unlisted, 1 + copied);
            assert!(copied > 1);
        }
    }

    #[test]
    fn what_is_beneath_something_missing_is_missing_too() {
        let whole = covered(|_| {});
        let without = covered(|contract| {
            let publish = contract
                .operations
                .iter()
                .find(|(id, _)| id.method == "POST" && id.path.ends_with("/messages"));
            let (id, publish) = publish.unwrap();
            let (mut id, mut publish) = (id.clone(), publish.clone());
            id.path.push_str("/again");
            // Only this operation leads to a copy of the record.
            let record = contract.records["PublicClient"].clone();
            contract.records.insert("Copy".to_owned(), record);
            let copy = Schema::from(Shape::Named("Copy".to_owned()));
            let response = publish.responses.get_mut("201").unwrap();
            response.content.insert("application/json".to_owned(), copy);
            contract.operations.insert(id, publish);
        });
        for (whole, without) in whole.iter().zip(&without) {
            assert_eq!(without.operations.unlisted, 1);
            assert!(without.parameters.unlisted > 0);
            assert_eq!((without.records.unlisted, without.members.unlisted), (1, 2));
            assert_eq!(without.members.implemented, whole.members.implemented);
        }
    }

    #[test]
    fn what_is_beneath_another_media_type_is_missing_and_nothing_beside_it() {
        let whole = covered(|_| {});
        let with = covered(|contract| {
            let record = contract.records["PublicClient"].clone();
            contract.records.insert("Copy".to_owned(), record);
            let copy = Schema::from(Shape::Named("Copy".to_owned()));
            let operations = contract.operations.iter_mut();
            let mut publish = operations.filter(|(id, _)| id.method == "POST" && id.path.ends_with("/messages"));
            let body = publish.next().unwrap().1.body.as_mut().unwrap();
            body.content.insert("Application/XML".to_owned(), copy);
        });
        for (whole, with) in whole.iter().zip(&with) {
            assert_eq!((with.records.unlisted, with.members.unlisted), (1, 2));
            assert_eq!(with.records.implemented, whole.records.implemented);
            assert_eq!(with.members.implemented, whole.members.implemented);
            assert_eq!(with.values.implemented, whole.values.implemented);
        }
    }

    #[test]
    fn every_fact_is_counted_once_whatever_changes() {
        let deviations = deviations::parse(include_str!("../../contracts/deviations.json")).unwrap();
        let (version, contract) = (ApiVersion::V3, checked_in().remove(0));
        let code = code::of(version);
        let facts = |coverage: &Coverage| {
            [
                coverage.operations,
                coverage.parameters,
                coverage.records,
                coverage.members,
                coverage.required,
                coverage.values,
                coverage.alternatives,
            ]
        };
        for mutant in mutants(&contract) {
            let report = check(&code, &mutant.contract, &deviations, None).unwrap();
            let coverage = of(&mutant.contract, &report).unwrap();
            let all = facts(&coverage).map(Count::all);
            assert_eq!(all, facts_in(&mutant.contract), "{}", mutant.what);
            // What HubSpot has no more is no fact to be counted.
            let counted = facts(&coverage).iter().map(|count| count.unlisted).sum::<usize>();
            let new = |change: &&Change| {
                change.now.is_some() && matches!(change.kind, Kind::Operation | Kind::Member | Kind::EnumValue)
            };
            if report.unlisted.iter().any(|change| new(&change)) {
                assert!(counted > 0, "{}", mutant.what);
            }
            if report.unlisted.is_empty() {
                assert_eq!(counted, 0, "{}", mutant.what);
            }
        }
    }

    /// How many facts there are, counted without a look at the code.
    fn facts_in(contract: &Contract) -> [usize; 7] {
        let mut facts = [0; 7];
        facts[0] = contract.operations.len();
        facts[2] = contract.records.len();
        for operation in contract.operations.values() {
            facts[1] += operation.parameters.len();
            facts[4] += operation.parameters.values().filter(|of| of.required).count();
        }
        contract.each_schema(&mut |schema| {
            facts[5] += schema.values.len();
            match &schema.shape {
                Shape::Object(object) => {
                    facts[3] += object.members.len();
                    facts[4] += object.members.values().filter(|member| member.required).count();
                }
                Shape::Combination(union) => facts[6] += union.alternatives.len(),
                _ => {}
            }
        });
        facts
    }

    #[test]
    fn a_list_of_values_that_the_code_leaves_open_is_counted_whole() {
        assert!(covered(|_| {}).iter().all(|coverage| coverage.values.listed > 300));
    }

    #[test]
    fn the_table_is_easy_to_read() {
        let coverage = Coverage {
            version: "v3".to_owned(),
            operations: Count {
                implemented: 10,
                listed: 2,
                unlisted: 1,
            },
            ..Coverage::default()
        };
        let text = to_text(&[coverage]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("version  operations      parameters"), "{text}");
        assert!(lines[1].starts_with("v3       10 of 13 +2 !1  0 of 0"), "{text}");
    }
}
