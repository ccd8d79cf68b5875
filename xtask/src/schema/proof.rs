//! The two-way proof, driven by the contracts alone: whatever HubSpot's descriptions allow is read without a rest, and
//! whatever the model writes is what they allow.

use std::collections::{BTreeMap, BTreeSet};

use hubchannel_api::ApiVersion;
use hubchannel_testkit::{samples, values::requests};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde::Serialize;
use serde_json::Value;

use super::code;
use super::contract::tests::checked_in;
use super::contract::{Contract, Schema, Shape};
use super::deviations::{self, Deviation};
use super::diff::{self, Direction, Pairs, Root, Verdict};
use super::generate::Generator;
use super::mutate::mutants;
use super::{json_schema, kinds};

/// A version: what HubSpot says, which records of the code stand at the same places, and what differs on purpose.
struct Version {
    code: Contract,
    contract: Contract,
    pairs: Pairs,
    deviations: Vec<Deviation>,
}

fn versions() -> Vec<Version> {
    let deviations = deviations::parse(include_str!("../../contracts/deviations.json")).unwrap();
    let versions = ApiVersion::ALL.into_iter().map(code::of).zip(checked_in());
    versions
        .map(|(code, contract)| Version {
            pairs: diff::diff_with_pairs(&code.contract, &contract).unwrap().1,
            deviations: deviations
                .iter()
                .filter(|deviation| deviation.versions.contains(&contract.version))
                .cloned()
                .collect(),
            code: code.contract,
            contract,
        })
        .collect()
}

impl Version {
    /// Whether a place of a record, or one above it, deviates.
    fn deviates(&self, record: &str, place: &str) -> bool {
        self.deviations.iter().any(|deviation| {
            deviation.item.strip_prefix(record).is_some_and(|steps| {
                let steps = steps.trim_end_matches("[]");
                !steps.is_empty()
                    && place
                        .strip_prefix(steps)
                        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            })
        })
    }

    /// Whether a place that is some records further in, such as `.channel.capabilities.x`, deviates or is in what does.
    fn deviates_within(&self, record: &str, place: &str) -> bool {
        let mut at = vec![(record.to_owned(), String::new())];
        for step in place.split('.').skip(1) {
            let (name, _) = step.split_once('[').unwrap_or((step, ""));
            let mut next = Vec::new();
            for (record, above) in &at {
                let place = format!("{above}.{name}");
                if self.deviates(record, &place) {
                    return true;
                }
                let Some(Shape::Object(object)) = self.code.records.get(record).map(|record| &record.shape) else {
                    continue;
                };
                let Some(member) = object.members.get(name) else {
                    continue;
                };
                next.extend(records_in(&member.schema).into_iter().map(|name| (name, String::new())));
            }
            at = next;
        }
        false
    }

    /// The records that the code has for one of HubSpot's.
    fn records_for(&self, hubspot: &str) -> BTreeSet<&str> {
        let at = self.pairs.keys().filter(|(_, name)| name == hubspot);
        at.map(|(record, _)| record.as_str()).collect()
    }
}

/// The records that a schema is of, or is a list of, or a choice of.
fn records_in(schema: &Schema) -> Vec<String> {
    match &schema.shape {
        Shape::Named(name) => vec![name.clone()],
        Shape::Array(items) => records_in(items),
        Shape::Combination(union) => union.alternatives.iter().flat_map(records_in).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn whatever_a_description_allows_is_read_without_a_rest_and_written_the_same() {
    let mut read_values = 0;
    for version in versions() {
        for (record, hubspot) in version.pairs.keys() {
            let read = kinds::record(record).unwrap();
            for value in Generator::new(&version.contract).all(&version.contract.records[hubspot]) {
                let text = value.to_string();
                let reading = match read(text.as_bytes()) {
                    Ok(reading) => reading,
                    Err(error) => {
                        // Where HubSpot describes another type than it takes, the member at fault is named.
                        let place = format!(".{}", error.path());
                        assert!(version.deviates(record, &place), "{hubspot}: {error}\n{text}");
                        continue;
                    }
                };
                assert_eq!(serde_json::from_str::<Value>(&reading.json).unwrap(), value, "{hubspot} as {record}");
                for unknown in reading.unknown {
                    let place = format!(".{}", unknown.split(' ').next().unwrap_or_default());
                    assert!(version.deviates_within(record, &place), "{hubspot} as {record}: {unknown}\n{text}");
                }
                read_values += 1;
            }
        }
    }
    assert!(read_values > 5_000, "only {read_values}");
}

#[test]
fn null_is_read_wherever_a_description_may_come_to_allow_it_unless_that_is_said_to_break() {
    let (mut read, mut lost) = (0, 0);
    for version in versions() {
        for mutant in mutants(&version.contract) {
            let allows_null = |(kind, _, now): &(diff::Kind, _, Option<String>)| {
                *kind == diff::Kind::Nullable && now.as_deref() == Some("yes")
            };
            let Root::Record(name) = &mutant.root else { continue };
            // Null in place of a whole record is told of at each of its places.
            if mutant.steps.is_empty() || !mutant.reports.iter().any(allows_null) {
                continue;
            }
            let changes = diff::diff(&version.contract, &mutant.contract).unwrap();
            for ((record, hubspot), directions) in &version.pairs {
                if hubspot != name
                    || directions.contains(&Direction::Sent)
                    || changes
                        .iter()
                        .any(|change| change.directions.contains(&Direction::Sent))
                    || version.deviates(record, &mutant.steps)
                {
                    continue;
                }
                let values = Generator::new(&mutant.contract).variants(&mutant.contract.records[hubspot]);
                let is_read = values.iter().all(|value| {
                    let reading = kinds::record(record).unwrap()(value.to_string().as_bytes());
                    reading.is_ok_and(|reading| reading.unknown.iter().all(|unknown| !unknown.ends_with("can be read")))
                });
                let breaks = changes.iter().any(|change| change.verdict == Verdict::Breaking);
                assert!(is_read || breaks, "{record}: {}", mutant.what);
                if is_read { read += 1 } else { lost += 1 }
            }
        }
    }
    assert!(read > 100 && lost > 10, "{read} read, {lost} lost");
}

#[test]
fn a_request_that_lacks_what_is_required_is_refused_at_its_place_and_no_other_is() {
    // The client writes these where they are missing.
    const WRITTEN_BY_THE_CLIENT: [&str; 3] = ["recipients", "attachments", "timestamp"];
    // HubSpot takes some lists that are missing for empty ones, so the absence of these is advice.
    let is_advice = |path: &str| {
        let list = path.rsplit_once('.').map(|(_, name)| name);
        let lists = [
            "addresses",
            "emails",
            "phones",
            "urls",
            "contactPropertiesLeadingToMatch",
        ];
        list.is_some_and(|list| lists.contains(&list))
    };

    let mut refused = 0;
    let code = code::of(ApiVersion::V3);
    for (id, operation) in &code.contract.operations {
        let Some(body) = &operation.body else { continue };
        let schema = &body.content["application/json"];
        let Shape::Named(record) = &schema.shape else {
            panic!("{id}: no record")
        };
        let read = kinds::record(record).unwrap();
        let generator = Generator::new(&code.contract);
        for whole in [generator.full(schema), generator.least(schema)] {
            let mut places = Vec::new();
            members(&code.contract, schema, &whole, "", &mut places);
            // A body without anything that could be optional is nothing to send.
            if whole.as_object().is_some_and(serde_json::Map::is_empty) {
                continue;
            }
            let reading = read(whole.to_string().as_bytes()).unwrap();
            let found: Vec<_> = reading
                .refused
                .iter()
                .filter(|(path, _)| !is_empty_list(&whole, path))
                .collect();
            assert!(found.is_empty(), "{record}: {found:?}");
            for (pointer, path, required) in places {
                let mut value = whole.clone();
                remove(&mut value, &pointer);
                if value.as_object().is_some_and(serde_json::Map::is_empty) {
                    continue;
                }
                let text = value.to_string();
                let reading = read(text.as_bytes()).unwrap();
                // An attachment that is not whole is kept, and refused for what it lacks.
                let at: Vec<&str> = reading
                    .refused
                    .iter()
                    .map(|(path, _)| path.as_str())
                    .filter(|path| !is_empty_list(&value, path))
                    .collect();
                let is_written = WRITTEN_BY_THE_CLIENT.contains(&path.as_str());
                let wanted: Vec<&str> = match required && !is_written && !is_advice(&path) {
                    true => vec![path.as_str()],
                    false => Vec::new(),
                };
                assert_eq!(at, wanted, "{record} without {path}:\n{text}");
                refused += wanted.len();
            }
        }
    }
    assert!(refused > 40, "only {refused}");
}

/// Each member of a value: its pointer, its path as the model writes paths, and whether it is required.
fn members(
    contract: &Contract,
    schema: &Schema,
    value: &Value,
    pointer: &str,
    found: &mut Vec<(String, String, bool)>,
) {
    match (&contract.resolve(schema).shape, value) {
        (Shape::Object(object), Value::Object(of)) => {
            for (name, value) in of {
                let Some(member) = object.members.get(name) else {
                    continue;
                };
                let pointer = format!("{pointer}/{name}");
                members(contract, &member.schema, value, &pointer, found);
                let path = path_of(&pointer);
                found.push((pointer, path, member.required));
            }
        }
        (Shape::Array(items), Value::Array(of)) => {
            for (at, value) in of.iter().enumerate() {
                members(contract, items, value, &format!("{pointer}/{at}"), found);
            }
        }
        (Shape::Combination(union), value) => {
            let is_kind = |alternative: &&Schema| match &contract.resolve(alternative).shape {
                Shape::Object(object) => {
                    let values = &object.members["type"].schema.values;
                    value["type"].as_str().is_some_and(|kind| values.contains(kind))
                }
                _ => false,
            };
            if let Some(alternative) = union.alternatives.iter().find(is_kind) {
                members(contract, alternative, value, pointer, found);
            }
        }
        _ => {}
    }
}

/// A list of which there must be something, such as `senders`, and which is empty all the same: descriptions allow that.
fn is_empty_list(value: &Value, path: &str) -> bool {
    value.get(path).and_then(Value::as_array).is_some_and(Vec::is_empty)
}

fn path_of(pointer: &str) -> String {
    let mut path = String::new();
    for step in pointer.split('/').skip(1) {
        match step.parse::<usize>() {
            Ok(at) => path.push_str(&format!("[{at}]")),
            Err(_) if path.is_empty() => path.push_str(step),
            Err(_) => path.push_str(&format!(".{step}")),
        }
    }
    path
}

fn remove(value: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
}

#[test]
fn whatever_is_read_is_written_as_the_description_has_it() {
    for version in versions() {
        for (record, hubspot) in version.pairs.keys() {
            let schema = &version.contract.records[hubspot];
            let validator = validator(&version.contract, schema);
            let read = kinds::record(record).unwrap();
            for value in Generator::new(&version.contract).all(schema) {
                if let Ok(reading) = read(value.to_string().as_bytes()) {
                    let written: Value = serde_json::from_str(&reading.json).unwrap();
                    assert_eq!(complaints(&version, hubspot, &validator, &written), [""; 0], "{hubspot}: {written}");
                }
            }
        }
    }
}

#[test]
fn whatever_a_client_builds_is_what_every_description_allows() {
    built("NewMessage", requests::new_message());
    built("StatusUpdate", requests::status_update());
    built("NewChannel", requests::new_channel());
    built("ChannelPatch", requests::channel_patch());
    built("NewChannelAccount", requests::new_channel_account());
    built("ChannelAccountUpdate", requests::channel_account_update());
    built("StagingTokenUpdate", requests::staging_token_update());
}

/// Holds what constructors and setters make against the schema of the record in every version.
fn built<S: proptest::strategy::Strategy<Value: Serialize>>(record: &str, strategy: S) {
    let versions = versions();
    let validators: Vec<(&str, Validator)> = versions
        .iter()
        .map(|version| {
            let hubspot = version
                .pairs
                .iter()
                .find(|((name, _), directions)| name == record && directions.contains(&Direction::Sent));
            let hubspot = hubspot.unwrap().0.1.as_str();
            (hubspot, validator(&version.contract, &version.contract.records[hubspot]))
        })
        .collect();
    for value in samples(&strategy, 256) {
        let written = serde_json::to_value(&value).unwrap();
        for (version, (hubspot, validator)) in versions.iter().zip(&validators) {
            let found = complaints(version, hubspot, validator, &written);
            assert_eq!(found, [""; 0], "{} in {}: {written:#}", record, version.contract.version);
        }
    }
}

fn validator(contract: &Contract, schema: &Schema) -> Validator {
    let schema = json_schema::of(contract, schema);
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

/// What a validator says of a value, but for what is listed as a deviation.
fn complaints(version: &Version, root: &str, validator: &Validator, value: &Value) -> Vec<String> {
    validator
        .iter_errors(value)
        .filter(|error| !is_listed(version, root, error))
        .map(|error| format!("{}: {error} ({})", error.instance_path(), error.schema_path()))
        .collect()
}

/// Whether the member that an error is about is a deviation. The path of the schema tells: from the record that it was
/// in last, `properties` and the name of the member.
fn is_listed(version: &Version, root: &str, error: &ValidationError<'_>) -> bool {
    let path = error.schema_path().as_str();
    let (hubspot, steps) = match path.rsplit_once("$defs/") {
        Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
        None => (root, path.trim_start_matches('/')),
    };
    let member = match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str().unwrap_or_default().to_owned(),
        _ => {
            let rest = steps.strip_prefix("properties/").unwrap_or_default();
            rest.split('/').next().unwrap_or_default().to_owned()
        }
    };
    let records = version.records_for(hubspot);
    records
        .iter()
        .any(|record| version.deviates(record, &format!(".{member}")))
}

#[test]
fn the_validator_refuses_what_a_description_does_not_allow() {
    let mut refused = BTreeMap::<&str, usize>::new();
    for version in versions() {
        for schema in version.contract.records.values() {
            let Shape::Object(object) = &schema.shape else { continue };
            let validator = validator(&version.contract, schema);
            let full = Generator::new(&version.contract).full(schema);
            assert!(validator.is_valid(&full), "{full}");
            for (name, member) in &object.members {
                let mut wrong = full.clone();
                wrong[name] = Value::Null;
                assert!(!validator.is_valid(&wrong), "{name} of {full}");
                *refused.entry("null").or_default() += 1;
                if member.required {
                    let mut lacking = full.clone();
                    lacking.as_object_mut().unwrap().remove(name);
                    assert!(!validator.is_valid(&lacking), "{full} without {name}");
                    *refused.entry("required").or_default() += 1;
                }
            }
        }
    }
    assert!(refused.values().all(|count| *count > 100), "{refused:?}");
}
