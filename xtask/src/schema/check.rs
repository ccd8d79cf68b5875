//! The code against one of HubSpot's contracts: everything that differs and is not listed as a deviation.

mod print;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub(crate) use self::print::to_text;
use super::code::Code;
use super::contract::Contract;
use super::deviations::Deviation;
use super::diff::{self, Change, Item, Kind, Root, Verdict};

/// What is not accounted for.
#[derive(Debug)]
pub(crate) struct Finding {
    /// The place, named as the code names it.
    pub(crate) item: String,
    pub(crate) what: What,
    /// What HubSpot calls the record.
    pub(crate) called: BTreeSet<String>,
    /// File and line in the code.
    pub(crate) place: Option<String>,
    /// More that helps to see what happened.
    pub(crate) notes: Vec<String>,
}

#[derive(Debug)]
pub(crate) enum What {
    /// The code and HubSpot say different things.
    Differs {
        kind: Kind,
        code: Option<String>,
        hubspot: Option<String>,
    },
    /// What is listed as a deviation is none any more.
    Stale,
    /// None of HubSpot's operations leads to a record of its description.
    Unreached,
}

/// What a check has found.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) version: String,
    pub(crate) findings: Vec<Finding>,
    /// The differences that are listed as deviations, and those that are not.
    pub(crate) listed: Vec<Change>,
    pub(crate) unlisted: Vec<Change>,
}

/// Holds the code against a contract. `before` is the contract that it was last held against, if that is another one: it
/// tells what is new in a list that is too long to be listed.
pub(crate) fn check(code: &Code, contract: &Contract, deviations: &[Deviation], before: Option<&Contract>) -> Report {
    let (changes, pairs) = diff::diff_with_pairs(&code.contract, contract);
    let reached: BTreeSet<&str> = pairs.keys().map(|(name, _)| name.as_str()).collect();
    let mut open: Vec<&Deviation> = deviations
        .iter()
        .filter(|deviation| deviation.versions.contains(&contract.version))
        .collect();
    let mut report = Report {
        version: contract.version.clone(),
        findings: Vec::new(),
        listed: Vec::new(),
        unlisted: Vec::new(),
    };
    for change in changes {
        // How a token is got is no part of the operations.
        if matches!(change.item.root, Root::Scheme(_)) {
            continue;
        }
        let item = item(code, &change);
        if is_listed(&mut open, &item, &change) {
            report.listed.push(change);
        } else {
            report.findings.push(finding(code, item, &change, contract, before));
            report.unlisted.push(change);
        }
    }
    let known = contract.reached();
    for name in contract.records.keys().filter(|name| !known.contains(name.as_str())) {
        let change = Change {
            item: Item::new(Root::Record(name.clone())),
            kind: Kind::Record,
            directions: BTreeSet::new(),
            called: BTreeSet::from([name.clone()]),
            was: None,
            now: Some("there".to_owned()),
            verdict: Verdict::Adopt,
        };
        if is_listed(&mut open, name, &change) {
            report.listed.push(change);
        } else {
            unreached(name, &mut report.findings);
        }
    }
    for deviation in open {
        stale(code, deviation, &reached, &mut report.findings);
    }
    report
}

/// Whether a difference is among the deviations that are still open, which it then closes.
fn is_listed(open: &mut Vec<&Deviation>, item: &str, change: &Change) -> bool {
    let fits = |deviation: &&Deviation| {
        (deviation.item.as_str(), deviation.kind, &deviation.code, &deviation.hubspot)
            == (item, change.kind, &change.was, &change.now)
    };
    let at = open.iter().position(fits);
    at.map(|at| open.remove(at)).is_some()
}

/// The place in the words of the code: operations by the names of the client's methods.
fn item(code: &Code, change: &Change) -> String {
    match &change.item.root {
        Root::Operation(id) => match code.operations.get(id) {
            Some(name) => format!("{name}{}", change.item.steps),
            None => change.item.to_string(),
        },
        _ => change.item.to_string(),
    }
}

fn finding(code: &Code, item: String, change: &Change, contract: &Contract, before: Option<&Contract>) -> Finding {
    let place = match &change.item.root {
        Root::Operation(id) => code.operations.get(id).map(|name| (*name).to_owned()),
        Root::Record(name) => Some(name.clone()),
        Root::Api | Root::Scheme(_) => None,
    };
    Finding {
        item,
        what: What::Differs {
            kind: change.kind,
            code: change.was.clone(),
            hubspot: change.now.clone(),
        },
        called: change.called.clone(),
        place: place.and_then(|name| code.places.get(&name).cloned()),
        notes: news(change, contract, before),
    }
}

/// Which values came and went since the contract before, for a list of values that is not listed here.
fn news(change: &Change, contract: &Contract, before: Option<&Contract>) -> Vec<String> {
    let Some(before) = before.filter(|_| change.kind == Kind::Type) else {
        return Vec::new();
    };
    let same_place = |news: &&Change| {
        matches!(&news.item.root, Root::Record(name) if change.called.contains(name))
            && news.item.steps == change.item.steps
            && news.kind == Kind::EnumValue
    };
    diff::diff(before, contract)
        .iter()
        .filter(same_place)
        .map(diff::what)
        .collect()
}

/// Tells of a record that no operation of HubSpot's leads to, beside what may be the cause where something is found.
fn unreached(name: &str, findings: &mut Vec<Finding>) {
    match findings.first_mut() {
        Some(first) if !matches!(first.what, What::Unreached) => {
            first.notes.push(format!("no operation leads to HubSpot's {name}"));
        }
        _ => findings.push(Finding {
            item: name.to_owned(),
            what: What::Unreached,
            called: BTreeSet::new(),
            place: None,
            notes: Vec::new(),
        }),
    }
}

/// Tells that a deviation is none any more, beside what has caused it where that is found already.
fn stale(code: &Code, deviation: &Deviation, reached: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    let is_below = |finding: &&mut Finding| match deviation.item.strip_prefix(finding.item.as_str()) {
        Some("") => matches!(&finding.what, What::Differs { kind, .. } if *kind == deviation.kind || removes(*kind)),
        Some(rest) => rest.starts_with(['.', '[', '{', '|', ' ']),
        None => false,
    };
    let note = format!("a deviation is listed for {} ({}), which it ends", deviation.item, deviation.kind);
    if let Some(cause) = findings.iter_mut().find(is_below) {
        cause.notes.push(note);
        return;
    }
    let root = root_of(code, &deviation.item);
    if let (Some(root), Some(first)) = (root, findings.first_mut())
        && !reached.contains(root)
    {
        first
            .notes
            .push(format!("nothing leads to {root} any more, for which a deviation is listed: {}", deviation.item));
        return;
    }
    findings.push(Finding {
        item: deviation.item.clone(),
        what: What::Stale,
        called: BTreeSet::new(),
        place: None,
        notes: Vec::new(),
    });
}

fn removes(kind: Kind) -> bool {
    matches!(kind, Kind::Member | Kind::Parameter | Kind::Operation | Kind::Header | Kind::Response)
}

/// The record that an item is in.
fn root_of<'c>(code: &'c Code, item: &str) -> Option<&'c str> {
    let in_record = |name: &&String| {
        item.strip_prefix(name.as_str())
            .is_some_and(|rest| rest.starts_with(['.', '[', '{', '|']))
    };
    code.contract.records.keys().find(in_record).map(String::as_str)
}
