//! The code against one of HubSpot's contracts: everything that differs and is not listed as a deviation.

mod print;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use hubchannel_model::schema::Enum;

pub(crate) use self::print::to_text;
use super::code::Code;
use super::contract::{Contract, Schema, Shape};
use super::deviations::Deviation;
use super::diff::{self, Change, Item, Kind, Root, Said, Sayer, Verdict};
use super::work::TooMuch;

/// What is not accounted for.
#[derive(Debug)]
pub(crate) struct Finding {
    /// The place, named as the code names it.
    pub(crate) item: String,
    pub(crate) what: What,
    /// The other places, where the code says the same more than once and it is told of once.
    pub(crate) also: Vec<String>,
    /// What HubSpot calls the record.
    pub(crate) called: BTreeSet<String>,
    /// File and line in the code.
    pub(crate) place: Option<String>,
    /// The enum that names the values or kinds, where one of them differs.
    pub(crate) of_enum: Option<&'static Enum>,
    /// More that helps to see what happened.
    pub(crate) notes: Vec<String>,
}

#[derive(Debug)]
pub(crate) enum What {
    /// The code and HubSpot say different things.
    Differs {
        kind: Kind,
        code: Option<Said>,
        hubspot: Option<Said>,
        /// What was beneath it when it was listed, where all else is as listed.
        listed: Option<String>,
    },
    /// What is listed as a deviation of this kind is none any more.
    Stale(Kind),
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
pub(crate) fn check(
    code: &Code,
    contract: &Contract,
    deviations: &[Deviation],
    before: Option<&Contract>,
) -> Result<Report, TooMuch> {
    let (changes, pairs) = diff::diff_with_pairs(&code.contract, contract)?;
    let reached: BTreeSet<&str> = pairs.keys().map(|(name, _)| name.as_str()).collect();
    let mut open = Open::new(deviations, &contract.version);
    let news = News {
        contract,
        before,
        changes: OnceCell::new(),
    };
    let mut report = Report {
        version: contract.version.clone(),
        findings: Vec::new(),
        listed: Vec::new(),
        unlisted: Vec::new(),
    };
    // Of each finding, what HubSpot leads to no more.
    let mut lost: Vec<BTreeSet<&str>> = Vec::new();
    for change in changes.into_iter().filter(|change| matters(code, change)) {
        let item = named(code, &change.item);
        if open.closes(&item, &change) {
            report.listed.push(change);
        } else {
            let listed = open.is_but_for_beneath(&item, &change);
            report.findings.push(finding(code, item, &change, listed, &news));
            lost.push(match change.was.is_some() && removes(change.kind) {
                true => leads_to(&code.contract, &change.item),
                false => BTreeSet::new(),
            });
            report.unlisted.push(change);
        }
    }
    let cause = |is_it: &dyn Fn(&str) -> bool| lost.iter().position(|lost| lost.iter().any(|name| is_it(name)));
    let known = contract.reached();
    for (name, record) in contract
        .records
        .iter()
        .filter(|(name, _)| !known.contains(name.as_str()))
    {
        let item = Item::new(Root::Record(name.clone()));
        let change = Change {
            there: BTreeSet::from([item.clone()]),
            also: BTreeSet::new(),
            item,
            kind: Kind::Record,
            directions: BTreeSet::new(),
            was: None,
            now: Some(Sayer::new(contract).record(record)),
            verdict: Verdict::Adopt,
        };
        if open.closes(name, &change) {
            report.listed.push(change);
            continue;
        }
        let listed = open.is_but_for_beneath(name, &change);
        match cause(&|of_code| has_all(code, of_code, record)).filter(|_| listed.is_none()) {
            Some(cause) => {
                let note = format!("no operation leads to HubSpot's {name} any more");
                report.findings[cause].notes.push(note);
            }
            None => report.findings.push(unreached(name, &change, listed)),
        }
        report.unlisted.push(change);
    }
    for deviation in open.0 {
        let root = root_of(code, &deviation.item).filter(|root| !reached.contains(root));
        match root.and_then(|root| cause(&|name| name == root)) {
            Some(cause) => {
                let root = root.unwrap_or_default();
                let note =
                    format!("nothing leads to {root} any more, for which a deviation is listed: {}", deviation.item);
                report.findings[cause].notes.push(note);
            }
            None => stale(deviation, &mut report.findings),
        }
    }
    Ok(report)
}

/// Whether the code has to account for a difference.
fn matters(code: &Code, change: &Change) -> bool {
    // Only how those credentials travel that the code's operations ask for. Which scopes there are is said where they are
    // asked for.
    let is_unused_scheme = match &change.item.root {
        Root::Scheme(name) => !code.contract.schemes.contains_key(name) || !change.item.steps.is_empty(),
        _ => false,
    };
    // Whatever member comes may be null, whether it is said or not; an item of a list may not.
    let is_null_that_comes = change.kind == Kind::Nullable && change.verdict == Verdict::Harmless;
    !is_unused_scheme && !is_null_that_comes
}

/// The deviations that no difference was found for as yet.
struct Open<'d>(Vec<&'d Deviation>);

impl<'d> Open<'d> {
    fn new(deviations: &'d [Deviation], version: &str) -> Self {
        let of_version = |deviation: &&Deviation| deviation.versions.contains(version);
        Self(deviations.iter().filter(of_version).collect())
    }

    /// Whether a difference is among them. Then it is not any more.
    fn closes(&mut self, item: &str, change: &Change) -> bool {
        let beneath = change.now.as_ref().and_then(|now| now.beneath.as_ref());
        let fits = |deviation: &&Deviation| deviation.is_of(item, change) && deviation.beneath.as_ref() == beneath;
        let at = self.0.iter().position(fits);
        at.map(|at| self.0.remove(at)).is_some()
    }

    /// What was beneath a difference that is as listed in all else, which takes it off the list too.
    fn is_but_for_beneath(&mut self, item: &str, change: &Change) -> Option<String> {
        let at = self.0.iter().position(|deviation| deviation.is_of(item, change))?;
        let beneath = self.0.remove(at).beneath.clone();
        Some(beneath.unwrap_or_else(|| "nothing".to_owned()))
    }
}

impl Deviation {
    fn is_of(&self, item: &str, change: &Change) -> bool {
        let is = |listed: &Option<String>, said: &Option<Said>| {
            listed.as_deref() == said.as_ref().map(|said| said.text.as_str())
        };
        self.item == item && self.kind == change.kind && is(&self.code, &change.was) && is(&self.hubspot, &change.now)
    }
}

/// Whether a record of the code has all members of one of HubSpot's.
fn has_all(code: &Code, name: &str, hubspot: &Schema) -> bool {
    match (code.contract.records.get(name).map(|record| &record.shape), &hubspot.shape) {
        (Some(Shape::Object(ours)), Shape::Object(theirs)) => {
            theirs.members.keys().all(|name| ours.members.contains_key(name))
        }
        _ => false,
    }
}

/// The records that the code's operation or record at a place leads to.
fn leads_to<'c>(contract: &'c Contract, item: &Item) -> BTreeSet<&'c str> {
    match &item.root {
        Root::Operation(id) => contract.reached_from_operation(id),
        Root::Record(name) => contract.reached_from_record(name),
        Root::Api | Root::Scheme(_) => BTreeSet::new(),
    }
}

/// The place in the words of the code: operations by the names of the client's methods.
fn named(code: &Code, item: &Item) -> String {
    match &item.root {
        Root::Operation(id) => match code.operations.get(id) {
            Some(name) => format!("{name}{}", item.steps),
            None => item.to_string(),
        },
        _ => item.to_string(),
    }
}

fn finding(code: &Code, item: String, change: &Change, listed: Option<String>, before: &News<'_>) -> Finding {
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
            listed,
        },
        also: change.also.iter().map(|also| named(code, also)).collect(),
        called: change.called().into_iter().map(str::to_owned).collect(),
        place: place.and_then(|name| code.places.get(&name).cloned()),
        of_enum: match change.kind {
            kind @ (Kind::EnumValue | Kind::Alternative) => code.enum_at(&change.item, kind),
            _ => None,
        },
        notes: before.of(change),
    }
}

/// What changed since the contract before, found out once, and only if somebody asks.
struct News<'a> {
    contract: &'a Contract,
    before: Option<&'a Contract>,
    changes: OnceCell<Vec<Change>>,
}

impl News<'_> {
    /// Which values came and went since, for a list of values that is not listed here.
    fn of(&self, change: &Change) -> Vec<String> {
        let Some(before) = self.before.filter(|_| change.kind == Kind::Type) else {
            return Vec::new();
        };
        let called = change.called();
        let same_place = |news: &&Change| {
            news.kind == Kind::EnumValue
                && matches!(&news.item.root, Root::Record(name) if called.contains(name.as_str()))
                && news.item.steps == change.item.steps
        };
        let changes = self
            .changes
            .get_or_init(|| diff::diff(before, self.contract).unwrap_or_default());
        changes.iter().filter(same_place).map(diff::what).collect()
    }
}

fn unreached(name: &str, change: &Change, listed: Option<String>) -> Finding {
    Finding {
        item: name.to_owned(),
        what: What::Differs {
            kind: change.kind,
            code: None,
            hubspot: change.now.clone(),
            listed,
        },
        also: Vec::new(),
        called: BTreeSet::new(),
        place: None,
        of_enum: None,
        notes: Vec::new(),
    }
}

/// Tells that a deviation is none any more, beside what has caused it where that is found already.
fn stale(deviation: &Deviation, findings: &mut Vec<Finding>) {
    let is_below = |finding: &&mut Finding| match deviation.item.strip_prefix(finding.item.as_str()) {
        Some("") => matches!(&finding.what, What::Differs { kind, .. } if *kind == deviation.kind || removes(*kind)),
        Some(rest) => rest.starts_with(['.', '[', '{', '|', '&', ' ']),
        None => false,
    };
    let note = format!("a deviation is listed for {} ({}), which it ends", deviation.item, deviation.kind);
    match findings.iter_mut().find(is_below) {
        Some(cause) => cause.notes.push(note),
        None => findings.push(Finding {
            item: deviation.item.clone(),
            what: What::Stale(deviation.kind),
            also: Vec::new(),
            called: BTreeSet::new(),
            place: None,
            of_enum: None,
            notes: Vec::new(),
        }),
    }
}

fn removes(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Operation
            | Kind::Parameter
            | Kind::Body
            | Kind::Response
            | Kind::Header
            | Kind::Member
            | Kind::Alternative
            | Kind::Type
    )
}

/// The record that an item is in.
fn root_of<'c>(code: &'c Code, item: &str) -> Option<&'c str> {
    let in_record = |name: &&String| {
        item.strip_prefix(name.as_str())
            .is_some_and(|rest| rest.starts_with(['.', '[', '{', '|', '&']))
    };
    code.contract.records.keys().find(in_record).map(String::as_str)
}
