//! What differs in how a client shows who it is: what the operations ask for, and how each credential travels.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Direction, Kind, Place, Root, Said};
use super::operations::each_one;
use super::schemas::Walk;
use super::verdict::Verdict;
use super::{said, sides};
use crate::schema::contract::{Contract, Flow, Requirement, Scheme};

/// What the old contract calls the schemes of the new one. Names of schemes are not on the wire.
pub(super) struct Renames<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Renames<'a> {
    /// Of the schemes whose names only one of the two has, those that travel alike are the same.
    pub(super) fn new(old: &'a Contract, new: &'a Contract) -> Self {
        let mut gone: Vec<(&String, &Scheme)> = old.schemes.iter().collect();
        gone.retain(|(name, _)| !new.schemes.contains_key(*name));
        let mut renames = BTreeMap::new();
        for (name, scheme) in new.schemes.iter().filter(|(name, _)| !old.schemes.contains_key(*name)) {
            if let Some(at) = gone.iter().position(|(_, other)| carriage(other) == carriage(scheme)) {
                renames.insert(name.as_str(), gone.remove(at).0.as_str());
            }
        }
        Self(renames)
    }

    fn name<'n>(&self, name: &'n str) -> &'n str
    where
        'a: 'n,
    {
        self.0.get(name).copied().unwrap_or(name)
    }

    /// What the new contract asks for, in the names of the old one.
    pub(super) fn in_old(&self, requirements: &BTreeSet<Requirement>) -> BTreeSet<Requirement> {
        let renamed = |requirement: &Requirement| {
            let schemes = requirement.iter();
            schemes
                .map(|(scheme, scopes)| (self.name(scheme).to_owned(), scopes.clone()))
                .collect()
        };
        requirements.iter().map(renamed).collect()
    }
}

/// How a credential is got and travels, without what only some of its users meet.
fn carriage(scheme: &Scheme) -> BTreeMap<String, String> {
    let mut facts = facts(scheme);
    facts.retain(|name, _| name != HINT && !name.ends_with(REFRESH));
    facts
}

/// Only tells people what a token looks like.
const HINT: &str = "bearerFormat";

/// Where a token is renewed, if that is not where it is got.
const REFRESH: &str = "refreshUrl";

/// What an operation asks for. Of the same schemes other scopes are one change, and what will not do any more beside what
/// will is one by itself; so is a scheme that came or went.
pub(super) fn security(walk: &mut Walk<'_>, place: &Place, old: &BTreeSet<Requirement>, new: &BTreeSet<Requirement>) {
    // Without any requirement no credential is needed, as with one that asks for nothing.
    let nothing = BTreeSet::from([Requirement::new()]);
    let [old, new] = [old, new].map(|all| if all.is_empty() { &nothing } else { all });
    let will_do = |was: &Requirement| new.iter().any(|now| asks_for_no_more(was, now));
    // The first credential is asked of everybody. Elsewhere one more costs nobody anything.
    let is_first = *old == nothing && !will_do(&Requirement::new());
    let mut tell = |said: [Option<String>; 2], matters: bool| {
        let said = said.map(|said| said.map(Said::short));
        walk.found
            .add_with(place, Kind::Security, Direction::Auth, said, matters);
    };
    let mut by_schemes = BTreeMap::<Vec<&String>, [Vec<&Requirement>; 2]>::new();
    for (side, only) in [old.difference(new), new.difference(old)].into_iter().enumerate() {
        for requirement in only {
            by_schemes.entry(requirement.keys().collect()).or_default()[side].push(requirement);
        }
    }
    for [gone, added] in by_schemes.into_values() {
        let (kept, lost): (Vec<_>, Vec<_>) = gone.into_iter().partition(|was| will_do(was));
        let (changed, removed) = match (added.is_empty(), kept.is_empty()) {
            (true, _) => (Vec::new(), [kept, lost].concat()),
            (false, true) => (lost, Vec::new()),
            (false, false) => (kept, lost),
        };
        if !changed.is_empty() {
            let breaks = !changed.iter().all(|was| will_do(was));
            tell([&changed, &added].map(|any| Some(any_of(any))), breaks);
        } else if *new != nothing {
            for now in added {
                tell([None, Some(said::security_in_short(now))], is_first);
            }
        }
        for was in removed.into_iter().filter(|_| *old != nothing) {
            tell([Some(said::security_in_short(was)), None], !will_do(was));
        }
    }
}

/// Requirements of which one is enough.
fn any_of(requirements: &[&Requirement]) -> String {
    let said: Vec<String> = requirements.iter().map(|of| said::security_in_short(of)).collect();
    said.join(" or ")
}

/// Whether who has the one has all that the other one asks for.
fn asks_for_no_more(was: &Requirement, now: &Requirement) -> bool {
    now.iter()
        .all(|(scheme, scopes)| was.get(scheme).is_some_and(|was| scopes.is_subset(was)))
}

pub(super) fn schemes(walk: &mut Walk<'_>, renames: &Renames<'_>, old: &Contract, new: &Contract) {
    let called: BTreeMap<String, &String> = new
        .schemes
        .keys()
        .map(|name| (renames.name(name).to_owned(), name))
        .collect();
    let new: BTreeMap<String, Scheme> = new
        .schemes
        .iter()
        .map(|(name, scheme)| (renames.name(name).to_owned(), scheme.clone()))
        .collect();
    for (name, of) in sides(&old.schemes, &new) {
        let new_name = called.get(name).map_or(name, |name| *name);
        let place = Place::new(Root::Scheme(name.clone()), Root::Scheme(new_name.clone()));
        if let (Some(old), Some(new)) = of {
            for (name, (was, now)) in sides(&facts(old), &facts(new))
                .into_iter()
                .filter(|(_, (was, now))| was != now)
            {
                let verdict = fact(old, name, was.is_none());
                let said = [was, now].map(|fact| fact.map(|fact| Said::short(format!("{name}{fact}"))));
                walk.found.judge(&place, Kind::Security, Direction::Auth, said, verdict);
            }
            let place = place.step(" scopes");
            each_one(&scopes(old), &scopes(new), |was, now| {
                walk.found.add(&place, Kind::Security, Direction::Auth, was, now);
            });
        } else {
            // Whether anybody needs it is said by the operations.
            let [was, now] = [of.0, of.1].map(|of| of.map(|_| Said::short("there")));
            walk.found.add(&place, Kind::Security, Direction::Auth, was, now);
        }
    }
}

/// What it means that a fact came, went or is another one.
fn fact(old: &Scheme, name: &str, added: bool) -> Verdict {
    let mut words = name.split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some(HINT), ..) => Verdict::Harmless,
        // One more way to get a token leaves the others as they are.
        (Some("flow"), Some(flow), _) if added && !old.flows.contains_key(flow) => Verdict::Adopt,
        (Some("flow"), _, Some(REFRESH)) if added => Verdict::Adopt,
        _ => Verdict::Breaking,
    }
}

/// Each fact by its name: a blank and the fact, or nothing where there is no more to say than that it is there.
fn facts(scheme: &Scheme) -> BTreeMap<String, String> {
    let own = scheme
        .facts
        .iter()
        .map(|(name, fact)| (name.clone(), format!(" {fact}")));
    let flows = scheme.flows.iter().flat_map(|(flow, of)| {
        let kind = std::iter::once((format!("flow {flow}"), String::new()));
        let urls = of.urls.iter();
        kind.chain(urls.map(move |(name, url)| (format!("flow {flow} {name}"), format!(" {url}"))))
    });
    own.chain(flows).collect()
}

fn scopes(scheme: &Scheme) -> BTreeSet<String> {
    let scopes = |(flow, of): (&String, &Flow)| {
        of.scopes
            .iter()
            .map(|scope| format!("{flow} {scope}"))
            .collect::<Vec<_>>()
    };
    scheme.flows.iter().flat_map(scopes).collect()
}
