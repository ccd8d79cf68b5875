//! What is written otherwise, and is the same on the wire.

use super::*;

#[test]
fn rules_that_say_what_holds_anyway_are_no_change() {
    let of = |schema: &Value| sent(&described(json!({ "a": schema }), &[]), &json!({}));
    for (plain, more) in [
        (json!({ "type": "array", "items": text() }), json!({ "uniqueItems": false, "minItems": 0 })),
        (text(), json!({ "minLength": 0, "deprecated": false, "readOnly": false })),
        (json!({ "type": "number", "maximum": 100 }), json!({ "maximum": 100.0, "exclusiveMaximum": false })),
    ] {
        let mut written = plain.clone();
        written
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        assert_eq!(between(&of(&plain), &of(&written)), SAME, "{written}");
    }
}

#[test]
fn headers_statuses_and_the_usual_server_may_be_spelt_otherwise() {
    let of = |header: &str, status: &str| {
        let get = json!({
            "parameters": [{ "in": "header", "name": header, "schema": text() }],
            "responses": { status: { "headers": { header: { "schema": text() } } } },
        });
        description(&json!({ "/custom-channels": { "get": get } }), &json!({}))
    };
    assert_eq!(between(&of("Location", "2XX"), &of("location", "2xx")), SAME);
    let told = between(&of("Location", "2XX"), &of("Place", "2XX"));
    assert_eq!(told.len(), 4, "{told:?}");

    let mut old = of("Location", "200");
    let mut new = old.clone();
    old.servers.clear();
    new.servers = ["/".to_owned()].into();
    assert_eq!(between(&old, &new), SAME);
}

#[test]
fn null_may_be_allowed_by_a_name_or_by_what_uses_it() {
    let of = |at_use: bool, at_name: bool| {
        let member = json!({ "allOf": [reference("A")], "nullable": at_use });
        let mut record = described(json!({ "x": text() }), &[]);
        record["nullable"] = json!(at_name);
        sent(&described(json!({ "a": member }), &[]), &json!({ "A": record }))
    };
    assert_eq!(between(&of(true, false), &of(false, true)), SAME);
    assert_eq!(between(&of(true, false), &of(true, true)), SAME);
    assert_eq!(between(&of(true, false), &of(false, false)), ["….a | nullable changed: yes -> no | breaking"]);
    assert_eq!(between(&of(false, true), &of(false, false)), ["A | nullable changed: yes -> no | breaking"]);
}

#[test]
fn schemes_are_known_by_how_they_travel() {
    let of = |name: &str, place: &str, scopes: &[&str]| {
        let description = json!({
            "openapi": "3.0.1", "info": { "version": "v3" }, "components": { "securitySchemes": {
                name: { "type": "apiKey", "in": place, "name": "key" },
            } },
            "paths": { "/custom-channels": { "get": { "responses": {}, "security": [{ name: scopes }] } } },
        });
        openapi_in(&description.to_string()).unwrap()
    };
    assert_eq!(between(&of("a", "query", &[]), &of("b", "query", &[])), SAME);
    assert_ne!(between(&of("a", "query", &[]), &of("b", "header", &[])), SAME);
    assert_eq!(
        between(&of("a", "query", &["x", "y"]), &of("a", "query", &["x"])),
        ["GET /custom-channels security | security changed: a[x, y] -> a[x] | worth adopting"]
    );
    assert_eq!(
        between(&of("a", "query", &["x"]), &of("a", "query", &["x", "y"])),
        [
            "GET /custom-channels security | security added: a[x, y] | worth adopting",
            "GET /custom-channels security | security removed: a[x] | breaking",
        ]
    );
}
