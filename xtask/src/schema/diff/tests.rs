//! Contracts that are made for one difference, and what is said of it.

mod discriminators;
mod joins;
mod mutants;
mod operations;
mod pairs;
mod parts;
mod places;
mod print;
mod same;
mod unions;
mod verdicts;
mod work;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{diff as try_diff, diff_with_pairs as try_diff_with_pairs, *};
use crate::schema::contract::tests::{CHECKED_IN, checked_in};
use crate::schema::contract::{Combination, Content, How, Member, Object, OperationId, Rest, Schema, Shape};
use crate::schema::files::{contract_in, openapi_in};
use crate::schema::mutate::mutants;

fn diff(old: &Contract, new: &Contract) -> Vec<Change> {
    try_diff(old, new).unwrap()
}

fn diff_with_pairs(old: &Contract, new: &Contract) -> (Vec<Change>, Pairs) {
    try_diff_with_pairs(old, new).unwrap()
}

fn v3() -> Contract {
    contract_in(CHECKED_IN[0].1).unwrap()
}

/// What is said of the v3 contract after it was changed.
fn changes(change: impl FnOnce(&mut Contract)) -> Vec<Change> {
    let mut changed = v3();
    change(&mut changed);
    diff(&v3(), &changed)
}

fn lines(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|change| format!("{} | {} | {}", change.item, what(change), change.verdict.name()))
        .collect()
}

fn member<'c>(contract: &'c mut Contract, record: &str, member: &str) -> &'c mut Member {
    match &mut contract.records.get_mut(record).unwrap().shape {
        Shape::Object(object) => object.members.get_mut(member).unwrap(),
        _ => panic!("{record} is no object"),
    }
}

fn named(name: &str) -> Schema {
    Shape::Named(name.to_owned()).into()
}

fn object(members: &[(&str, Schema)]) -> Schema {
    let member = |(name, schema): &(&str, Schema)| {
        let member = Member {
            required: false,
            schema: schema.clone(),
        };
        ((*name).to_owned(), member)
    };
    let members = members.iter().map(member).collect();
    let rest = Rest::Open;
    Shape::Object(Object { members, rest }).into()
}

/// The v3 contract with a member of this schema, and with these records.
fn with(member: Schema, records: impl IntoIterator<Item = (String, Schema)>) -> Contract {
    let mut contract = v3();
    self::member(&mut contract, "PublicClient", "clientType").schema = member;
    contract.records.extend(records);
    contract
}

fn union(how: How, alternatives: impl IntoIterator<Item = Schema>) -> Schema {
    let alternatives = alternatives.into_iter().collect();
    Schema::from(Shape::Combination(Combination::new(how, alternatives, None)))
}

/// An object with a `type` of one value, and a member.
fn kind(tag: &str, member: &str, schema: Schema) -> Schema {
    let mut tag_of = Schema::from(Shape::String);
    tag_of.values.insert(tag.to_owned());
    object(&[("type", tag_of), (member, schema)])
}

/// What is said of a member that was this and is that.
fn told(old: Schema, new: Schema) -> Vec<String> {
    told_with(old, new, &[])
}

fn told_with(old: Schema, new: Schema, records: &[(&str, Schema)]) -> Vec<String> {
    let records = || {
        records
            .iter()
            .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
    };
    lines(&diff(&with(old, records()), &with(new, records())))
        .into_iter()
        .map(|line| line.replace("PublicClient.clientType", "…"))
        .collect()
}

fn text() -> Value {
    json!({ "type": "string" })
}

/// An object with these members, as OpenAPI writes it.
fn described(members: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": members, "required": required })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A description of these paths and schemas.
fn description(paths: &Value, schemas: &Value) -> Contract {
    let description = json!({
        "openapi": "3.0.1", "info": { "version": "v3" }, "servers": [{ "url": "https://api.example" }],
        "paths": paths, "components": { "schemas": schemas },
    });
    openapi_in(&description.to_string()).unwrap()
}

/// A description in which this is sent.
fn sent(schema: &Value, schemas: &Value) -> Contract {
    let body = json!({ "content": { "application/json": { "schema": schema } } });
    let post = json!({ "requestBody": body, "responses": {} });
    description(&json!({ "/custom-channels": { "post": post } }), schemas)
}

/// A description in which this is received.
fn received(schema: &Value, schemas: &Value) -> Contract {
    let response = json!({ "content": { "application/json": { "schema": schema } } });
    let get = json!({ "responses": { "200": response } });
    description(&json!({ "/custom-channels": { "get": get } }), schemas)
}

/// What differs, with the body or the response as `…`.
fn between(old: &Contract, new: &Contract) -> Vec<String> {
    let lines = lines(&diff(old, new)).into_iter();
    lines
        .map(|line| {
            line.replace("POST /custom-channels body", "…")
                .replace("GET /custom-channels response 200", "…")
        })
        .collect()
}

const SAME: [&str; 0] = [];
