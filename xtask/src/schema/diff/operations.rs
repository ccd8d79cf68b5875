//! What differs in the operations: their paths, parameters, bodies, responses and credentials, as far as that is not
//! said by schemas.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Direction, Item, Kind, Root};
use super::{Found, print};
use crate::schema::contract::{Content, Contract, Operation, OperationId, Parameter, Requirement, Schema, Scheme};
use crate::schema::openapi::is_version;

/// Compares all that is not a schema.
pub(super) fn compare(old: &Contract, new: &Contract, found: &mut Found) {
    each_one(&old.servers, &new.servers, |was, now| {
        found.add(Item::new(Root::Api), Kind::Server, Direction::Sent, was, now);
    });
    let same_version = old.version == new.version;
    for (old, new) in matched(old, new) {
        match (old, new) {
            (Some((id, _)), None) => {
                let item = Item::new(Root::Operation(id.clone()));
                found.add(item, Kind::Operation, Direction::Sent, Some("there".to_owned()), None);
            }
            (None, Some((id, _))) => {
                let item = Item::new(Root::Operation(id.clone()));
                found.add(item, Kind::Operation, Direction::Sent, None, Some("there".to_owned()));
            }
            (Some((id, old)), Some((new_id, new))) => {
                let item = Item::new(Root::Operation(id.clone()));
                let paths = [id, new_id].map(|id| {
                    if same_version {
                        id.path.clone()
                    } else {
                        versionless(&id.path)
                    }
                });
                if paths[0] != paths[1] {
                    let [was, now] = [id, new_id].map(|id| Some(id.path.clone()));
                    found.add_with(item.clone(), Kind::Path, Direction::Sent, was, now, same_version);
                }
                operation(&item, old, new, found);
            }
            (None, None) => {}
        }
    }
    schemes(old, new, found);
}

/// An operation, where its contract has it.
type Side<'a> = Option<(&'a OperationId, &'a Operation)>;

/// The operations of both, those that do the same side by side: those of the same spelling first, then those that differ
/// only in their spelling, of several the one that is of the contract's own version.
pub(super) fn matched<'a>(old: &'a Contract, new: &'a Contract) -> Vec<(Side<'a>, Side<'a>)> {
    let mut left: Vec<(&OperationId, &Operation)> = new.operations.iter().collect();
    let (same, moved): (Vec<_>, Vec<_>) = old
        .operations
        .iter()
        .partition(|(id, _)| new.operations.contains_key(*id));
    left.retain(|(id, _)| !old.operations.contains_key(*id));
    let mut all: Vec<(Side<'a>, Side<'a>)> = same
        .into_iter()
        .map(|(id, of)| (Some((id, of)), new.operations.get_key_value(id)))
        .collect();
    for (id, of) in moved {
        let is_same = |(other, _): &(&OperationId, _)| same_operation(other) == same_operation(id);
        let is_own = |(other, _): &(&OperationId, _)| other.path.split('/').any(|segment| segment == new.version);
        let at = left
            .iter()
            .position(|other| is_same(other) && is_own(other))
            .or_else(|| left.iter().position(is_same));
        all.push((Some((id, of)), at.map(|at| left.remove(at))));
    }
    all.extend(left.into_iter().map(|side| (None, Some(side))));
    all
}

/// What two spellings of an operation have in common: the method, and the path without the version, the names of its
/// parameters, and slashes too many.
pub(crate) fn same_operation(id: &OperationId) -> (String, Vec<String>) {
    let segments = id
        .path
        .split('/')
        .filter(|segment| !segment.is_empty() && !is_version(segment))
        .map(|segment| {
            if segment.starts_with('{') {
                "{}".to_owned()
            } else {
                segment.to_owned()
            }
        });
    (id.method.clone(), segments.collect())
}

fn versionless(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| if is_version(segment) { "{version}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

fn operation(item: &Item, old: &Operation, new: &Operation, found: &mut Found) {
    if old.deprecated != new.deprecated {
        let [was, now] = [old, new].map(|of| Some(print::yes_or_no(of.deprecated)));
        found.add(item.clone(), Kind::Deprecated, Direction::Sent, was, now);
    }
    for (id, (old, new)) in sides(&old.parameters, &new.parameters) {
        let item = item.step(&format!(" {id}"));
        match (old, new) {
            (Some(old), Some(new)) => {
                required(&item, Direction::Sent, [old.required, new.required], found);
                carriage(&item, Direction::Sent, old, new, found);
            }
            (old, new) => {
                let must = new.is_some_and(|new| new.required);
                let [was, now] = [old, new].map(|of| of.map(|of| print::schema_in_short(&of.schema)));
                found.add_with(item, Kind::Parameter, Direction::Sent, was, now, must);
            }
        }
    }
    let body = item.step(" body");
    match (&old.body, &new.body) {
        (None, None) => {}
        (Some(old), Some(new)) => {
            required(&body, Direction::Sent, [old.required, new.required], found);
            media_types(&body, Direction::Sent, &old.content, &new.content, found);
        }
        (old, new) => {
            let must = new.as_ref().is_some_and(|new| new.required);
            let [was, now] = [old, new].map(|of| of.as_ref().map(|of| print::content_in_short(&of.content)));
            found.add_with(body, Kind::Body, Direction::Sent, was, now, must);
        }
    }
    for (status, (old, new)) in sides(&old.responses, &new.responses) {
        let item = item.step(&format!(" response {status}"));
        match (old, new) {
            (Some(old), Some(new)) => {
                media_types(&item, Direction::Received, &old.content, &new.content, found);
                for (name, (old, new)) in sides(&old.headers, &new.headers) {
                    let item = item.step(&format!(" header {name}"));
                    match (old, new) {
                        (Some(old), Some(new)) => {
                            required(&item, Direction::Received, [old.required, new.required], found);
                            carriage(&item, Direction::Received, old, new, found);
                        }
                        (old, new) => {
                            let [was, now] = [old, new].map(|of| of.map(|of| print::schema_in_short(&of.schema)));
                            found.add(item, Kind::Header, Direction::Received, was, now);
                        }
                    }
                }
            }
            (old, new) => {
                let [was, now] = [old, new].map(|of| of.map(|of| print::content_in_short(&of.content)));
                found.add(item, Kind::Response, Direction::Received, was, now);
            }
        }
    }
    security(&item.step(" security"), &old.security, &new.security, found);
}

fn required(item: &Item, direction: Direction, sides: [bool; 2], found: &mut Found) {
    if sides[0] != sides[1] {
        let [was, now] = sides.map(|side| Some(print::required_or_not(side)));
        found.add(item.clone(), Kind::Required, direction, was, now);
    }
}

/// What stands beside the schema of a parameter or a header.
fn carriage(item: &Item, direction: Direction, old: &Parameter, new: &Parameter, found: &mut Found) {
    if old.deprecated != new.deprecated {
        let [was, now] = [old, new].map(|of| Some(print::yes_or_no(of.deprecated)));
        found.add(item.clone(), Kind::Deprecated, direction, was, now);
    }
    let facts = |of: &Parameter| {
        let style = of.style.clone().unwrap_or_else(|| "usual style".to_owned());
        let explode = of
            .explode
            .map_or_else(|| "usual lists".to_owned(), |explode| format!("explode {explode}"));
        format!("{style}, {explode}")
    };
    if facts(old) != facts(new) {
        let [was, now] = [old, new].map(|of| Some(facts(of)));
        found.add(item.clone(), Kind::Rule, direction, was, now);
    }
}

/// Each media type that only one of the two has. One that is gone was what somebody sent or read.
fn media_types(item: &Item, direction: Direction, old: &Content, new: &Content, found: &mut Found) {
    let types = |content: &Content| content.keys().map(|name| media_type(name)).collect();
    each_one(&types(old), &types(new), |was, now| {
        let is_gone = was.is_some();
        found.add_with(item.clone(), Kind::Type, direction, was, now, is_gone);
    });
}

/// A media type without what is only another way to write it.
fn media_type(name: &str) -> String {
    let mut parts = name.split(';').map(|part| part.trim().to_ascii_lowercase());
    let name = parts.next().unwrap_or_default();
    parts
        .filter(|part| part != "charset=utf-8")
        .fold(name, |name, part| format!("{name};{part}"))
}

/// What is sent or received in one form, side by side: that of the same media type, and of the only others.
pub(super) fn contents<'a>(old: &'a Content, new: &'a Content) -> Vec<(&'a Schema, &'a Schema)> {
    let by_type = |content: &'a Content| -> BTreeMap<String, &'a Schema> {
        content
            .iter()
            .map(|(name, schema)| (media_type(name), schema))
            .collect()
    };
    let (old, new) = (by_type(old), by_type(new));
    let (mut both, mut left) = (Vec::new(), (Vec::new(), Vec::new()));
    for (old, new) in sides(&old, &new).into_values() {
        match (old, new) {
            (Some(old), Some(new)) => both.push((*old, *new)),
            (old, new) => {
                left.0.extend(old);
                left.1.extend(new);
            }
        }
    }
    if let ([old], [new]) = (left.0.as_slice(), left.1.as_slice()) {
        both.push((*old, *new));
    }
    both
}

fn security(item: &Item, old: &BTreeSet<Requirement>, new: &BTreeSet<Requirement>, found: &mut Found) {
    // Without any requirement, no credential is asked for; the first one added is asked of everybody.
    let (was_open, is_open) = (old.is_empty(), new.is_empty());
    let said = |all: &BTreeSet<Requirement>| -> BTreeSet<String> { all.iter().map(print::security_in_short).collect() };
    each_one(&said(old), &said(new), |was, now| {
        let matters = if was.is_some() { !is_open } else { was_open };
        found.add_with(item.clone(), Kind::Security, Direction::Auth, was, now, matters);
    });
}

fn schemes(old: &Contract, new: &Contract, found: &mut Found) {
    for (name, (old, new)) in sides(&old.schemes, &new.schemes) {
        let item = Item::new(Root::Scheme(name.clone()));
        match (old, new) {
            (Some(old), Some(new)) => {
                each_one(&facts(old), &facts(new), |was, now| {
                    found.add_with(item.clone(), Kind::Security, Direction::Auth, was, now, true);
                });
                each_one(&scopes(old), &scopes(new), |was, now| {
                    found.add(item.step(" scopes"), Kind::Security, Direction::Auth, was, now);
                });
            }
            // Whether anybody needs it is said by the operations.
            (old, new) => {
                let [was, now] = [old, new].map(|of| of.map(|_| "there".to_owned()));
                found.add(item, Kind::Security, Direction::Auth, was, now);
            }
        }
    }
}

fn facts(scheme: &Scheme) -> BTreeSet<String> {
    let own = scheme.facts.iter().map(|(name, fact)| format!("{name} {fact}"));
    let flows = scheme.flows.iter().flat_map(|(flow, of)| {
        let kind = std::iter::once(format!("flow {flow}"));
        kind.chain(
            of.urls
                .iter()
                .map(move |(name, url)| format!("flow {flow} {name} {url}")),
        )
    });
    own.chain(flows).collect()
}

fn scopes(scheme: &Scheme) -> BTreeSet<String> {
    let scopes = |(flow, of): (&String, &crate::schema::contract::Flow)| {
        of.scopes
            .iter()
            .map(|scope| format!("{flow} {scope}"))
            .collect::<Vec<_>>()
    };
    scheme.flows.iter().flat_map(scopes).collect()
}

/// Tells each element that only one of the two has.
fn each_one(old: &BTreeSet<String>, new: &BTreeSet<String>, mut tell: impl FnMut(Option<String>, Option<String>)) {
    for gone in old.difference(new) {
        tell(Some(gone.clone()), None);
    }
    for added in new.difference(old) {
        tell(None, Some(added.clone()));
    }
}

/// Each key of the two, with what each has there.
pub(super) fn sides<'a, K: Ord, V>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
) -> BTreeMap<&'a K, (Option<&'a V>, Option<&'a V>)> {
    let mut all: BTreeMap<&K, (Option<&V>, Option<&V>)> = old.iter().map(|(key, of)| (key, (Some(of), None))).collect();
    for (key, of) in new {
        let (_, there) = all.entry(key).or_insert((None, None));
        *there = Some(of);
    }
    all
}
