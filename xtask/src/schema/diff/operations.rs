//! What differs in the operations: their paths, parameters, bodies, responses and credentials. From there the schemas are
//! compared.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::change::{Direction, Kind, Place, Root, Said};
use super::credentials::{Renames, schemes, security};
use super::schemas::Walk;
use super::{said, sides};
use crate::schema::contract::{
    Content, Contract, Operation, OperationId, Parameter, ParameterId, Response, Schema, in_step, media_type,
};
use crate::schema::openapi::is_version;

/// Compares everything but what is behind names, which the walk keeps for later. Of an operation that only one of the two
/// has, nothing is said but that.
pub(super) fn compare(walk: &mut Walk<'_>) {
    let (old, new) = (walk.old.contract, walk.new.contract);
    let api = Place::new(Root::Api, Root::Api);
    let servers = |of: &Contract| {
        let addresses = of.servers.iter().map(|server| server.trim_end_matches('/').to_owned());
        // Whoever serves the description is meant where no server is named.
        addresses.filter(|address| !address.is_empty()).collect()
    };
    each_one(&servers(old), &servers(new), |was, now| {
        walk.found.add(&api, Kind::Server, Direction::Sent, was, now);
    });
    let same_version = old.version == new.version;
    let renames = Renames::new(old, new);
    for (old, new) in matched(old, new) {
        let (Some(id), Some(new_id)) = (old.or(new).map(|(id, _)| id), new.or(old).map(|(id, _)| id)) else {
            continue;
        };
        let place = Place::new(Root::Operation(id.clone()), Root::Operation(new_id.clone()));
        if let (Some((_, old)), Some((_, new))) = (old, new) {
            path(walk, &place, [id, new_id], same_version);
            operation(walk, &place, [old, new], &moved(id, new_id));
            security(walk, &place.step(" security"), &old.security, &renames.in_old(&new.security));
        } else {
            let was = old.map(|(_, operation)| walk.old.says.operation(operation));
            let now = new.map(|(_, operation)| walk.new.says.operation(operation));
            walk.found.add(&place, Kind::Operation, Direction::Sent, was, now);
        }
    }
    schemes(walk, &renames, old, new);
}

/// Where the operation is, as far as that is not only another version or another name for a parameter.
fn path(walk: &mut Walk<'_>, place: &Place, ids: [&OperationId; 2], same_version: bool) {
    let paths = ids.map(|id| {
        let path = nameless(&id.path);
        if same_version { path } else { versionless(&path) }
    });
    if paths[0] != paths[1] {
        let said = ids.map(|id| Some(Said::short(&id.path)));
        walk.found
            .add_with(place, Kind::Path, Direction::Sent, said, same_version);
    }
    for (old, new) in moved(ids[0], ids[1]) {
        if old != new {
            let place = place.steps([&old, &new].map(step).each_ref().map(String::as_str));
            let [was, now] = [old, new].map(|id| Some(Said::short(id.name)));
            walk.found.add(&place, Kind::Parameter, Direction::Sent, was, now);
        }
    }
}

/// What the new contract calls the parameters in the path, by what the old one calls them.
fn moved(old: &OperationId, new: &OperationId) -> BTreeMap<ParameterId, ParameterId> {
    let in_path = |name: &str| ParameterId {
        location: "path".to_owned(),
        name: name.to_owned(),
    };
    let names = names(&old.path).into_iter().zip(names(&new.path));
    names.map(|(old, new)| (in_path(old), in_path(new))).collect()
}

/// The parameters of an operation, those in its path by the names of the old contract: their names are not sent.
fn renamed(operation: &Operation, moved: &BTreeMap<ParameterId, ParameterId>) -> BTreeMap<ParameterId, Parameter> {
    let mut renamed = operation.parameters.clone();
    let taken: Vec<(ParameterId, Parameter)> = moved
        .iter()
        .filter_map(|(old, new)| Some((old.clone(), renamed.remove(new)?)))
        .collect();
    renamed.extend(taken);
    renamed
}

/// The names of the parameters of a path, in their order.
fn names(path: &str) -> Vec<&str> {
    let ends = path.split('{').skip(1);
    ends.filter_map(|end| Some(end.split_once('}')?.0)).collect()
}

/// A path without the names of its parameters: `/channels/{}:archive`.
fn nameless(path: &str) -> String {
    let mut rest = path;
    let mut nameless = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        nameless.push_str(before);
        nameless.push_str("{}");
        rest = after;
    }
    nameless + rest
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
    let is_own = |id: &OperationId| id.path.split('/').any(|segment| segment == new.version);
    // Those of the contract's own version first, and each in the order of the paths.
    left.sort_by_key(|(id, _)| !is_own(id));
    let mut spellings = HashMap::<_, VecDeque<(&OperationId, &Operation)>>::new();
    for side in left {
        spellings.entry(same_operation(side.0)).or_default().push_back(side);
    }
    for (id, of) in moved {
        let other = spellings.get_mut(&same_operation(id)).and_then(VecDeque::pop_front);
        all.push((Some((id, of)), other));
    }
    let left: BTreeMap<_, _> = spellings.into_values().flatten().collect();
    all.extend(left.into_iter().map(|side| (None, Some(side))));
    all
}

/// What two spellings of an operation have in common: the method, and the path without the version, the names of its
/// parameters, and slashes too many.
pub(crate) fn same_operation(id: &OperationId) -> (String, Vec<String>) {
    let path = nameless(&id.path);
    let segments = path
        .split('/')
        .filter(|segment| !segment.is_empty() && !is_version(segment));
    (id.method.clone(), segments.map(str::to_owned).collect())
}

fn versionless(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| if is_version(segment) { "{version}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

fn step(id: &ParameterId) -> String {
    format!(" {} {}", id.location, in_step(&id.name))
}

/// The parameters by what they are called on the wire, where the names of headers are the same in small letters, each
/// with its own spelling.
fn as_sent(parameters: &BTreeMap<ParameterId, Parameter>) -> BTreeMap<ParameterId, (&ParameterId, &Parameter)> {
    let by_name = |(id, parameter)| {
        let mut name = ParameterId::clone(id);
        if name.location == "header" {
            name.name.make_ascii_lowercase();
        }
        (name, (id, parameter))
    };
    parameters.iter().map(by_name).collect()
}

fn operation(
    walk: &mut Walk<'_>,
    place: &Place,
    [old, new]: [&Operation; 2],
    moved: &BTreeMap<ParameterId, ParameterId>,
) {
    deprecated(walk, place, Direction::Sent, [old.deprecated, new.deprecated]);
    let new_parameters = renamed(new, moved);
    for (id, (old, new)) in sides(&as_sent(&old.parameters), &as_sent(&new_parameters)) {
        let [was, now] = [old.or(new), new.or(old)].map(|of| of.map_or(id, |(spelt, _)| *spelt));
        let now = moved.get(now).unwrap_or(now);
        let place = place.steps([was, now].map(step).each_ref().map(String::as_str));
        let of = (old.map(|(_, of)| *of), new.map(|(_, of)| *of));
        if let (Some(old), Some(new)) = of {
            parameter(walk, &place, Direction::Sent, old, new);
        } else {
            let must = of.1.is_some_and(|new| new.required);
            let said = [
                of.0.map(|of| walk.old.says.parameter(of)),
                of.1.map(|of| walk.new.says.parameter(of)),
            ];
            walk.found
                .add_with(&place, Kind::Parameter, Direction::Sent, said, must);
        }
    }
    let body = place.step(" body");
    match (&old.body, &new.body) {
        (None, None) => {}
        (Some(old), Some(new)) => {
            walk.required(&body, Direction::Sent, [old.required, new.required]);
            content(walk, &body, Direction::Sent, &old.content, &new.content);
        }
        (old, new) => {
            let must = new.as_ref().is_some_and(|new| new.required);
            let said = [
                old.as_ref().map(|of| walk.old.says.body(of)),
                new.as_ref().map(|of| walk.new.says.body(of)),
            ];
            walk.found.add_with(&body, Kind::Body, Direction::Sent, said, must);
        }
    }
    for (status, of) in sides(&old.responses, &new.responses) {
        let place = place.step(&format!(" response {status}"));
        if let (Some(old), Some(new)) = of {
            response(walk, &place, old, new);
        } else {
            let was = of.0.map(|of| walk.old.says.response(of));
            let now = of.1.map(|of| walk.new.says.response(of));
            walk.found.add(&place, Kind::Response, Direction::Received, was, now);
        }
    }
}

fn response(walk: &mut Walk<'_>, place: &Place, old: &Response, new: &Response) {
    content(walk, place, Direction::Received, &old.content, &new.content);
    let by_name = |response: &'_ Response| -> BTreeMap<String, (String, Parameter)> {
        let by_name = |(name, of): (&String, &Parameter)| (name.to_ascii_lowercase(), (name.clone(), of.clone()));
        response.headers.iter().map(by_name).collect()
    };
    for (name, (old, new)) in sides(&by_name(old), &by_name(new)) {
        let spelt =
            [old.or(new), new.or(old)].map(|of| format!(" header {}", in_step(of.map_or(name, |(spelt, _)| spelt))));
        let place = place.steps(spelt.each_ref().map(String::as_str));
        let of = (old.map(|(_, of)| of), new.map(|(_, of)| of));
        if let (Some(old), Some(new)) = of {
            parameter(walk, &place, Direction::Received, old, new);
        } else {
            let was = of.0.map(|of| walk.old.says.parameter(of));
            let now = of.1.map(|of| walk.new.says.parameter(of));
            walk.found.add(&place, Kind::Header, Direction::Received, was, now);
        }
    }
}

/// A parameter or a header.
fn parameter(walk: &mut Walk<'_>, place: &Place, direction: Direction, old: &Parameter, new: &Parameter) {
    walk.required(place, direction, [old.required, new.required]);
    deprecated(walk, place, direction, [old.deprecated, new.deprecated]);
    let carriage = [old, new].map(|of| said::carriage(of).unwrap_or_else(|| "style as usual".to_owned()));
    if carriage[0] != carriage[1] {
        let [was, now] = carriage.map(|said| Some(Said::short(said)));
        walk.found.add(place, Kind::Rule, direction, was, now);
    }
    walk.schema(place, direction, &old.schema, &new.schema);
}

fn deprecated(walk: &mut Walk<'_>, place: &Place, direction: Direction, sides: [bool; 2]) {
    if sides[0] != sides[1] {
        let [was, now] = sides.map(|side| Some(said::yes_or_no(side)));
        walk.found.add(place, Kind::Deprecated, direction, was, now);
    }
}

/// Each media type that only one of the two has, and what is sent or received in those of both. One that is gone was what
/// somebody sent or read.
fn content(walk: &mut Walk<'_>, place: &Place, direction: Direction, old: &Content, new: &Content) {
    let types = |content: &Content| content.keys().map(|name| media_type(name)).collect();
    let (was, now): (BTreeSet<String>, BTreeSet<String>) = (types(old), types(new));
    each_one(&was, &now, |gone, added| {
        let is_gone = gone.as_ref().is_some_and(|gone| match direction {
            Direction::Sent => !now.iter().any(|wide| covers(wide, &gone.text)),
            // What could be anything is now one of these.
            _ => now.is_empty() || !now.iter().all(|narrow| covers(&gone.text, narrow)),
        });
        walk.found
            .add_with(place, Kind::Type, direction, [gone, added], is_gone);
    });
    for (old, new) in contents(old, new) {
        walk.schema(place, direction, old, new);
    }
}

/// Whether a range of media types, such as `text/*`, has another one in it.
fn covers(range: &str, other: &str) -> bool {
    match range.strip_suffix('*') {
        Some("*/") => true,
        Some(before) => other.starts_with(before),
        None => range == other,
    }
}

/// What is sent or received in one form, side by side: that of the same media type, and of the only others.
fn contents<'a>(old: &'a Content, new: &'a Content) -> Vec<(&'a Schema, &'a Schema)> {
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

/// Tells each element that only one of the two has.
pub(super) fn each_one(
    old: &BTreeSet<String>,
    new: &BTreeSet<String>,
    mut tell: impl FnMut(Option<Said>, Option<Said>),
) {
    for gone in old.difference(new) {
        tell(Some(Said::short(gone)), None);
    }
    for added in new.difference(old) {
        tell(None, Some(Said::short(added)));
    }
}
