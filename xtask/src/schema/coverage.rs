//! How much of HubSpot's descriptions the code implements, as a table.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::check::Report;
use super::contract::{Contract, Schema, Shape};
use super::diff::{Change, Kind};

/// One kind of fact in one version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// How many there are in HubSpot's description.
    pub(crate) all: usize,
    /// Of these, how many differ in the code, and are listed as deviations.
    pub(crate) listed: usize,
    /// Of these, how many differ in the code, and are not listed.
    pub(crate) unlisted: usize,
}

/// The counts of one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) version: String,
    pub(crate) operations: Count,
    pub(crate) parameters: Count,
    pub(crate) records: usize,
    pub(crate) members: Count,
    pub(crate) required: Count,
    pub(crate) values: Count,
    pub(crate) alternatives: Count,
}

/// Counts the facts of a contract, and what a check of the code against it has found.
pub(crate) fn of(contract: &Contract, report: &Report) -> Coverage {
    let mut coverage = Coverage {
        version: contract.version.clone(),
        records: contract.records.len(),
        ..Coverage::default()
    };
    coverage.operations.all = contract.operations.len();
    coverage.parameters.all = contract
        .operations
        .values()
        .map(|operation| operation.parameters.len())
        .sum();
    contract.each_schema(&mut |schema| {
        coverage.values.all += schema.values.len();
        match &schema.shape {
            Shape::Object(object) => {
                coverage.members.all += object.members.len();
                coverage.required.all += object.members.values().filter(|member| member.required).count();
            }
            Shape::Combination(combination) => coverage.alternatives.all += combination.alternatives.len(),
            _ => {}
        }
    });
    count(contract, &report.listed, &mut coverage, |count| &mut count.listed);
    count(contract, &report.unlisted, &mut coverage, |count| &mut count.unlisted);
    coverage
}

fn count(contract: &Contract, changes: &[Change], coverage: &mut Coverage, of: impl Fn(&mut Count) -> &mut usize) {
    // A place may differ in more than one way and is one place all the same.
    let places = |kinds: &[Kind]| {
        let of_kinds = changes
            .iter()
            .filter(|change| kinds.contains(&change.kind) && change.now.is_some());
        of_kinds.map(|change| &change.item).collect::<BTreeSet<_>>()
    };
    let has = |item: &&&super::diff::Item, place: &str| item.steps.contains(place);
    let (types, facts) = (places(&[Kind::Member, Kind::Type, Kind::Format]), places(&[Kind::Required]));
    *of(&mut coverage.operations) = places(&[Kind::Operation]).len();
    *of(&mut coverage.parameters) = places(&[Kind::Parameter, Kind::Type, Kind::Format, Kind::Rule])
        .iter()
        .filter(|item| has(item, " query ") || has(item, " path "))
        .count();
    *of(&mut coverage.members) = types.iter().filter(|item| item.steps.starts_with('.')).count();
    *of(&mut coverage.required) = facts.iter().filter(|item| item.steps.starts_with('.')).count();
    *of(&mut coverage.alternatives) = places(&[Kind::Alternative]).len();
    let single = changes
        .iter()
        .filter(|change| change.kind == Kind::EnumValue && change.now.is_some());
    let whole = changes
        .iter()
        .filter(|change| change.kind == Kind::Type)
        .map(|change| values_at(contract, change));
    *of(&mut coverage.values) = single.count() + whole.sum::<usize>();
}

/// How many values HubSpot lists at a place where the code lists none.
fn values_at(contract: &Contract, change: &Change) -> usize {
    let records = change.called.iter().filter_map(|name| contract.records.get(name));
    records
        .filter_map(|record| find(contract, record, &change.item.steps))
        .map(|schema| schema.values.len())
        .sum()
}

/// The schema at the end of some steps.
fn find<'c>(contract: &'c Contract, schema: &'c Schema, steps: &str) -> Option<&'c Schema> {
    let schema = contract.resolve(schema);
    if steps.is_empty() {
        return Some(schema);
    }
    match &schema.shape {
        Shape::Array(items) => find(contract, items, steps.strip_prefix("[]")?),
        Shape::Object(object) => {
            let steps = steps.strip_prefix('.')?;
            let end = steps.find(['.', '[', '{', '|']).unwrap_or(steps.len());
            find(contract, &object.members.get(&steps[..end])?.schema, &steps[end..])
        }
        _ => None,
    }
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
            of.records.to_string(),
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
    let mut cell = format!("{} of {}", count.all.saturating_sub(count.listed + count.unlisted), count.all);
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
    use crate::schema::{code, deviations};

    fn covered(change: impl Fn(&mut Contract)) -> Vec<Coverage> {
        let deviations = deviations::parse(include_str!("../../contracts/deviations.json")).unwrap();
        let versions = ApiVersion::ALL.into_iter().zip(checked_in());
        versions
            .map(|(version, mut contract)| {
                change(&mut contract);
                of(&contract, &check(&code::of(version), &contract, &deviations, None))
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
                assert!(count.all > count.listed);
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
            assert_eq!((after.members.all, after.members.unlisted), (before.members.all + 1, 1));
            // The values of a member that is missing are missing with it, and are not counted one by one.
            assert_eq!(after.values.unlisted, 1);
        }
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
                all: 13,
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
