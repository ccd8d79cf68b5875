//! A contract as an OpenAPI document again, for programs that know nothing else.

use serde_json::{Map, Value, json};

use super::contract::{Content, Contract, Operation, OperationId};
use super::files;
use super::json_schema::{DEFINITIONS, records, schema_of};
use crate::error::Result;

/// The operations of this version whose paths have this in them, as an OpenAPI document without credentials.
pub(crate) fn describe(version: &str, path: &str) -> Result<String> {
    Ok(document(&files::read_checked_in(version)?, path))
}

fn document(contract: &Contract, path: &str) -> String {
    let mut paths = Map::new();
    for (OperationId { path: own, method }, operation) in &contract.operations {
        if own.contains(path) {
            let methods = paths.entry(own.clone()).or_insert_with(|| json!({}));
            methods[method.to_ascii_lowercase()] = described(operation);
        }
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Custom channels", "version": contract.version },
        "paths": paths,
        "components": { "schemas": records(contract) },
    });
    document.to_string().replace(DEFINITIONS, "#/components/schemas/")
}

fn described(operation: &Operation) -> Value {
    let parameters = operation.parameters.iter().map(|(id, parameter)| {
        json!({
            "in": id.location,
            "name": id.name,
            "required": parameter.required,
            "schema": schema_of(&parameter.schema),
        })
    });
    let responses = operation.responses.iter().map(|(status, response)| {
        let described = json!({ "description": status, "content": media(&response.content) });
        (status.clone(), described)
    });
    let mut made = json!({
        "parameters": parameters.collect::<Vec<_>>(),
        "responses": responses.collect::<Map<_, _>>(),
    });
    if let Some(body) = &operation.body {
        made["requestBody"] = json!({ "required": body.required, "content": media(&body.content) });
    }
    made
}

fn media(content: &Content) -> Value {
    let content = content.iter();
    let described = content.map(|(media_type, schema)| (media_type.clone(), json!({ "schema": schema_of(schema) })));
    Value::Object(described.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::contract::Shape;
    use crate::schema::json::{self as read, Node};
    use crate::schema::openapi;

    #[test]
    fn what_is_described_is_read_as_the_same_operations() {
        let contract = files::read_checked_in("v3").unwrap();
        // What is read is HubSpot's, of an older version that says these things in the same way.
        let text = document(&contract, "/messages").replace("3.1.0", "3.0.3");
        let again = openapi::import(&Node::document(&read::parse(&text).unwrap())).unwrap();
        let mut expected = contract.operations.clone();
        expected.retain(|id, _| id.path.contains("/messages"));
        assert!(expected.len() >= 3);
        assert_eq!(again.operations.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (id, operation) in &expected {
            let read = &again.operations[id];
            assert_eq!(read.body.is_some(), operation.body.is_some(), "{id:?}");
            let statuses = |operation: &Operation| operation.responses.keys().cloned().collect::<Vec<_>>();
            assert_eq!(statuses(read), statuses(operation), "{id:?}");
        }
        let members = |contract: &Contract| match &contract.records["ChannelIntegrationMessageEgg"].shape {
            Shape::Object(object) => {
                let members = object.members.iter();
                members
                    .map(|(name, member)| (name.clone(), member.required))
                    .collect::<Vec<_>>()
            }
            _ => Vec::new(),
        };
        assert!(members(&contract).contains(&("text".to_owned(), true)));
        assert_eq!(members(&again), members(&contract));
    }
}
