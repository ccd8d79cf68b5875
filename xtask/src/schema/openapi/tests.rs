use serde_json::{Value, json};

use super::*;
use crate::schema::files::openapi_in;
use crate::schema::json;

/// A small description of everything that HubSpot's have, and of what OpenAPI offers beyond.
fn description() -> Value {
    json!({
        "openapi": "3.0.1",
        "info": { "title": "Channels", "version": "v3", "description": "prose" },
        "servers": [{ "url": "https://api.example" }],
        "tags": [{ "name": "Channels" }],
        "security": [{ "key": [] }],
        "paths": {
            "/v3/custom-channels/{id}": {
                "parameters": [{ "$ref": "#/components/parameters/Id" }],
                "get": {
                    "operationId": "get",
                    "tags": ["Channels"],
                    "parameters": [{
                        "name": "sort", "in": "query", "style": "form", "explode": true, "description": "prose",
                        "schema": { "type": "array", "items": { "type": "string" } }
                    }],
                    "responses": {
                        "200": {
                            "description": "prose",
                            "headers": { "Location": { "style": "simple", "explode": false, "schema": { "type": "string" } } },
                            "content": { "application/json": {
                                "schema": { "$ref": "#/components/schemas/Channel" },
                                "example": { "id": "1" }
                            } }
                        },
                        "204": { "content": {} },
                        "default": { "$ref": "#/components/responses/Error" }
                    },
                    "security": []
                },
                "put": {
                    "requestBody": { "required": true, "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/Channel" }
                    } } },
                    "responses": { "200": {} }
                }
            }
        },
        "components": {
            "parameters": { "Id": { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } } },
            "responses": { "Error": { "content": { "*/*": { "schema": { "type": "object" } } } } },
            "schemas": {
                "Channel": {
                    "type": "object",
                    "title": "prose",
                    "required": ["parent", "tags"],
                    "properties": {
                        "parent": { "nullable": true, "allOf": [{ "$ref": "#/components/schemas/Channel" }] },
                        "tags": { "type": "object", "additionalProperties": { "type": "integer", "format": "int64" } },
                        "kind": { "type": "string", "nullable": true, "enum": ["B", "A", null], "example": "A" },
                        "any": {},
                        "pick": { "oneOf": [{ "type": "string", "maxLength": 3 }, { "type": "boolean" }] }
                    },
                    "additionalProperties": false,
                    "x-hubspot-sub-type-impl": true
                }
            },
            "securitySchemes": { "key": { "type": "apiKey", "name": "hapikey", "in": "query" } }
        }
    })
}

fn imported(description: &Value) -> Result<Contract> {
    import(&Node::document(description))
}

/// What is said of the description with the value at this place changed.
fn complaint(place: &str, value: Value) -> String {
    let mut description = description();
    *description.pointer_mut(place).expect(place) = value;
    imported(&description).unwrap_err().to_string()
}

#[test]
fn an_import_keeps_the_wire_and_leaves_the_prose() {
    let expected = r##"{
  "contract": 1,
  "version": "v3",
  "servers": ["https://api.example"],
  "operations": {
    "GET /v3/custom-channels/{id}": {
      "parameters": {
        "path id": { "required": true, "schema": { "type": "string" } },
        "query sort": { "schema": { "type": "array", "items": { "type": "string" } } }
      },
      "responses": {
        "200": { "headers": { "Location": { "schema": { "type": "string" } } }, "content": { "application/json": { "record": "Channel" } } },
        "204": {},
        "default": { "content": { "*/*": { "type": "object" } } }
      },
      "security": []
    },
    "PUT /v3/custom-channels/{id}": {
      "parameters": {
        "path id": { "required": true, "schema": { "type": "string" } }
      },
      "body": { "required": true, "content": { "application/json": { "record": "Channel" } } },
      "responses": {
        "200": {}
      },
      "security": [{ "key": [] }]
    }
  },
  "records": {
    "Channel": { "type": "object", "members": {
      "any": { "type": "any" },
      "kind": { "type": "string", "nullable": true, "enum": [
        "A",
        "B"
      ] },
      "parent": { "required": true, "record": "Channel", "nullable": true },
      "pick": { "oneOf": [
        { "type": "boolean" },
        { "type": "string", "maxLength": 3 }
      ] },
      "tags": { "required": true, "type": "object", "rest": { "type": "integer", "format": "int64" } }
    }, "rest": "none" }
  },
  "schemes": {
    "key": { "in": "query", "name": "hapikey", "type": "apiKey" }
  }
}
"##;
    let contract = imported(&description()).unwrap();
    assert_eq!(contract.to_text(), expected);
    assert_eq!(Contract::parse(&Node::document(&json::parse(expected).unwrap())), Ok(contract));
}

#[test]
fn a_style_that_is_not_the_usual_one_is_kept() {
    let mut description = description();
    let sort = description
        .pointer_mut("/paths/~1v3~1custom-channels~1{id}/get/parameters/0")
        .unwrap();
    sort["explode"] = json!(false);
    assert!(
        imported(&description)
            .unwrap()
            .to_text()
            .contains(r#""query sort": { "explode": false, "#)
    );
}

#[test]
fn another_file_is_told_in_a_line() {
    assert_eq!(complaint("", json!([])), "not an OpenAPI description, which would be an object");
    assert_eq!(complaint("", json!({})), "not an OpenAPI description: it has no `openapi`");
    assert_eq!(
        complaint("", json!({ "swagger": "2.0" })),
        r#"this is Swagger "2.0", not OpenAPI 3.0, which is what HubSpot publishes"#
    );
    assert_eq!(
        complaint("/openapi", json!("3.1.0")),
        "this is OpenAPI 3.1.0, not OpenAPI 3.0, which is what HubSpot publishes"
    );
    assert_eq!(
        complaint("/paths", json!({ "/crm/v3/objects/contacts": {} })),
        "not HubSpot's description of custom channels: no path has `custom-channels` in it"
    );
    assert_eq!(
        complaint("/info/version", json!("latest")),
        "/info/version: `latest` is no version of the API, such as `v3` or `2026-03`"
    );
}

#[test]
fn yaml_is_told_from_broken_json() {
    for yaml in [
        "openapi: 3.0.1\ninfo:\n",
        "---\nopenapi: 3.0.1\n",
        "# HubSpot\n\"openapi\": 3.0.1\n",
    ] {
        assert!(json::parse(yaml).unwrap_err().to_string().starts_with("this is YAML;"), "{yaml}");
    }
    for (broken, begins) in [
        ("", "not JSON: there is nothing in it"),
        ("\u{feff}", "not JSON: there is nothing in it"),
        ("{", "not JSON: it stops in the middle, at line 1 column 1"),
        (r#"{"a":1,}"#, "not JSON: "),
        ("{} {}", "not JSON: "),
        ("404: {", "this is YAML"),
    ] {
        let said = json::parse(broken).unwrap_err().to_string();
        assert!(said.starts_with(begins), "{broken}: {said}");
        assert_eq!(said.lines().count(), 1);
    }
}

#[test]
fn a_reference_that_leads_nowhere_is_named() {
    let schema = "/paths/~1v3~1custom-channels~1{id}/put/requestBody/content/application~1json/schema";
    assert_eq!(
        complaint(schema, json!({ "$ref": "#/components/schemas/Chanel" })),
        "there is no schema `Chanel`, though the operation PUT /v3/custom-channels/{id} refers to it; add it, or mend the \
         reference"
    );
    assert_eq!(
        complaint("/components/schemas/Channel/properties/any", json!({ "$ref": "#/components/schemas/Nope" })),
        "there is no schema `Nope`, though the schema `Channel` refers to it; add it, or mend the reference"
    );
    assert_eq!(
        complaint(schema, json!({ "$ref": "other.json#/Channel" })),
        "/paths/~1v3~1custom-channels~1{id}/put/requestBody/content/application~1json/schema/$ref: \
         `other.json#/Channel` does not refer to one of this file's schemas"
    );
    assert_eq!(
        complaint("/components/responses/Error", json!({ "$ref": "#/components/responses/Eror" })),
        "/components/responses/Error/$ref: there is no `Eror` among the responses"
    );
    assert_eq!(
        complaint("/security", json!([{ "token": [] }])),
        "there is no security scheme `token`, though it is asked for"
    );
}

#[test]
fn circles_of_names_are_found() {
    assert_eq!(
        complaint("/components/schemas/Channel", json!({ "$ref": "#/components/schemas/Channel" })),
        "the schema `Channel` refers only to itself; give it a type"
    );
    assert_eq!(
        complaint("/components/responses/Error", json!({ "$ref": "#/components/responses/Error" })),
        "/paths/~1v3~1custom-channels~1{id}/get/responses/default: the references lead in a circle"
    );
}

#[test]
fn what_could_matter_on_the_wire_is_not_dropped() {
    let member = "/components/schemas/Channel/properties/any";
    assert_eq!(
        complaint(member, json!({ "type": "string", "not": {} })),
        "/components/schemas/Channel/properties/any: `not` is not understood here, and could matter on the wire"
    );
    assert!(complaint(member, json!({ "type": "string", "items": {} })).contains("`items`"));
    assert!(
        complaint(member, json!({ "$ref": "#/components/schemas/Channel", "nullable": true })).contains("`nullable`")
    );
    assert!(complaint(member, json!({ "type": "null" })).contains("no type `null`"));
    assert!(complaint(member, json!({ "type": ["string", "null"] })).contains("a list of types is OpenAPI 3.1"));
    assert!(complaint(member, json!({ "type": "integer", "enum": ["1"] })).contains("this is no integer"));
    assert!(complaint(member, json!({ "type": "number", "enum": [1] })).contains("only strings and integers"));
    assert!(complaint(member, json!({ "enum": ["a", 1] })).contains("enum/1: this is no string"));
    assert!(complaint(member, json!({ "enum": [1, 1.5] })).contains("enum/0: this is no string"));
    assert!(complaint(member, json!({ "type": "boolean", "enum": ["a"] })).contains("only strings and integers"));
    assert!(complaint(member, json!({ "enum": [] })).contains("an enum without values"));
    assert!(complaint(member, json!({ "oneOf": [] })).contains("nothing to choose from"));
    assert!(complaint("/servers/0", json!({ "url": "/", "variables": {} })).contains("`variables`"));
}

#[test]
fn what_is_there_twice_in_two_spellings_is_refused() {
    let content = "/paths/~1v3~1custom-channels~1{id}/get/responses/200/content";
    assert_eq!(
        complaint(content, json!({ "application/json": {}, "Application/JSON; charset=utf-8": {} })),
        "/paths/~1v3~1custom-channels~1{id}/get/responses/200/content/application~1json: `Application/JSON; charset=utf-8` \
         stands beside it, which is the same media type; only one can be meant"
    );
    let response = "/paths/~1v3~1custom-channels~1{id}/get/responses/200";
    let header = json!({ "schema": { "type": "string" } });
    assert!(
        complaint(response, json!({ "headers": { "Location": header, "location": header } }))
            .contains("this header is there twice, in another spelling")
    );
    let responses = "/paths/~1v3~1custom-channels~1{id}/get/responses";
    assert!(complaint(responses, json!({ "2XX": {}, "2xx": {} })).contains("this status is there twice"));
}

#[test]
fn rules_that_say_nothing_are_left_out_and_numbers_are_spelt_alike() {
    let mut description = description();
    let member = "/components/schemas/Channel/properties/any";
    *description.pointer_mut(member).unwrap() = json!({
        "type": "number", "maximum": 100.0, "minimum": 0.5, "exclusiveMaximum": false, "deprecated": false,
        "readOnly": false, "writeOnly": false, "minItems": 0, "minLength": 0, "minProperties": 0, "uniqueItems": false,
        "default": 0
    });
    let text = imported(&description).unwrap().to_text();
    let expected = r#""any": { "type": "number", "default": 0, "maximum": 100, "minimum": 0.5 }"#;
    assert!(text.contains(expected), "{text}");
}

#[test]
fn members_beside_parts_and_integers_that_are_listed_are_taken() {
    let mut description = description();
    let member = "/components/schemas/Channel/properties/any";
    *description.pointer_mut(member).unwrap() = json!({
        "allOf": [{ "$ref": "#/components/schemas/Channel" }],
        "required": ["size"],
        "properties": { "size": { "type": "integer", "enum": [10, 2] } }
    });
    let text = imported(&description).unwrap().to_text();
    let expected = r#""any": { "allOf": [
        { "record": "Channel" },
        { "type": "object", "members": {
          "size": { "required": true, "type": "integer", "enum": [
            "10",
            "2"
          ] }
        } }
      ] }"#;
    assert!(text.contains(expected), "{text}");
    assert_eq!(Contract::parse(&Node::document(&json::parse(&text).unwrap())), imported(&description));
}

#[test]
fn listed_integers_need_no_type() {
    let of = |schema: Value| {
        let mut description = description();
        *description
            .pointer_mut("/components/schemas/Channel/properties/any")
            .unwrap() = schema;
        imported(&description).unwrap()
    };
    assert_eq!(of(json!({ "enum": [10, 2] })), of(json!({ "type": "integer", "enum": [10, 2] })));
    let nullable = json!({ "enum": [null, 2], "nullable": true });
    assert_eq!(of(nullable), of(json!({ "type": "integer", "enum": [2], "nullable": true })));
    assert_eq!(of(json!({ "enum": ["10", "2"] })), of(json!({ "type": "string", "enum": ["10", "2"] })));
}

#[test]
fn what_is_shared_is_not_copied_without_end() {
    let of = |operations: usize, members: usize| {
        let members: serde_json::Map<String, Value> = (0..members).map(|at| (format!("m{at}"), json!({}))).collect();
        let shared = json!({ "content": { "application/json": { "schema": { "properties": members } } } });
        let paths: serde_json::Map<String, Value> = (0..operations)
            .map(|at| {
                let get = json!({ "responses": { "200": { "$ref": "#/components/responses/Shared" } } });
                (format!("/custom-channels/{at}"), json!({ "get": get }))
            })
            .collect();
        let description = json!({
            "openapi": "3.0.1", "info": { "version": "v3" }, "paths": paths,
            "components": { "responses": { "Shared": shared } },
        });
        openapi_in(&description.to_string())
    };
    assert!(of(100, 1_000).is_ok());
    let refused = of(1_100, 1_000).unwrap_err().to_string();
    assert!(refused.contains("/responses/200: what operations share comes to more than 1000000 values"), "{refused}");
}

#[test]
fn what_holds_for_all_operations_is_not_copied_without_end() {
    let paths = |operations: usize| -> Value {
        let get = json!({ "get": { "responses": {} } });
        let paths = (0..operations).map(|at| (format!("/custom-channels/{at}"), get.clone()));
        Value::Object(paths.collect())
    };
    let of = |operations: usize| {
        let scopes: Vec<String> = (0..1_000).map(|at| format!("scope{at}")).collect();
        let description = json!({
            "openapi": "3.0.1", "info": { "version": "v3" }, "paths": paths(operations), "security": [{ "key": scopes }],
            "components": { "securitySchemes": { "key": { "type": "apiKey", "in": "query", "name": "key" } } },
        });
        openapi_in(&description.to_string())
    };
    assert!(of(100).is_ok());
    assert!(of(1_100).unwrap_err().to_string().contains("what operations share"));
}
