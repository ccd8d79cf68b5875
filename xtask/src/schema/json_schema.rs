//! A contract as JSON Schema, for a validator that this project did not write.

use serde_json::{Map, Value, json};

use super::contract::{Contract, Object, Rest, Schema, Shape};

/// The schema of values like this one, with all records of the contract at hand.
#[cfg(test)]
pub(crate) fn of(contract: &Contract, schema: &Schema) -> Value {
    let mut whole = schema_of(schema);
    whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    whole["$defs"] = Value::Object(records(contract));
    whole
}

/// The schemas of all records of the contract, which name each other as in [`DEFINITIONS`].
pub(super) fn records(contract: &Contract) -> Map<String, Value> {
    let records = contract.records.iter();
    records
        .map(|(name, record)| (name.clone(), schema_of(record)))
        .collect()
}

/// What the names of records begin with where one schema is in another.
pub(super) const DEFINITIONS: &str = "#/$defs/";

pub(super) fn schema_of(schema: &Schema) -> Value {
    let mut made = match &schema.shape {
        Shape::Any => json!({}),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Integer => json!({ "type": "integer" }),
        Shape::Number => json!({ "type": "number" }),
        Shape::String => json!({ "type": "string" }),
        Shape::Array(items) => json!({ "type": "array", "items": schema_of(items) }),
        Shape::Object(object) => object_of(object),
        Shape::Named(name) => json!({ "$ref": format!("{DEFINITIONS}{name}") }),
        Shape::Combination(union) => {
            let alternatives: Vec<Value> = union.alternatives.iter().map(schema_of).collect();
            json!({ union.how.keyword(): alternatives })
        }
    };
    match schema.format.as_deref() {
        Some("int32") => {
            made["minimum"] = json!(i32::MIN);
            made["maximum"] = json!(i32::MAX);
        }
        Some("int64") => {
            made["minimum"] = json!(i64::MIN);
            made["maximum"] = json!(i64::MAX);
        }
        Some(format) => made["format"] = json!(format),
        None => {}
    }
    if !schema.values.is_empty() {
        made["enum"] = json!(schema.values);
    }
    for (keyword, rule) in &schema.rules {
        // A rule is JSON.
        if !["default", "deprecated"].contains(&keyword.as_str())
            && let Ok(rule) = serde_json::from_str(rule)
        {
            made[keyword] = rule;
        }
    }
    match schema.nullable {
        true => json!({ "anyOf": [{ "type": "null" }, made] }),
        false => made,
    }
}

fn object_of(object: &Object) -> Value {
    let members: Map<String, Value> = object
        .members
        .iter()
        .map(|(name, member)| (name.clone(), schema_of(&member.schema)))
        .collect();
    let required: Vec<&String> = object
        .members
        .iter()
        .filter(|(_, member)| member.required)
        .map(|(name, _)| name)
        .collect();
    let mut made = json!({ "type": "object", "properties": members, "required": required });
    match &object.rest {
        Rest::Open => {}
        Rest::Closed => made["additionalProperties"] = json!(false),
        Rest::Of(values) => made["additionalProperties"] = schema_of(values),
    }
    made
}
