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
        ["GET /custom-channels security | security changed: a[x] -> a[x, y] | breaking"]
    );
    assert_eq!(
        between(&of("a", "query", &["x"]), &of("b", "query", &["x", "y"])),
        ["GET /custom-channels security | security changed: a[x] -> a[x, y] | breaking"]
    );
}

/// A description with these schemes, of which the last one is asked for.
fn with_schemes(schemes: &[(&str, Value)]) -> Contract {
    let (asked, _) = schemes.last().unwrap();
    let description = json!({
        "openapi": "3.0.1", "info": { "version": "v3" },
        "components": { "securitySchemes": schemes.iter().cloned().collect::<std::collections::BTreeMap<_, _>>() },
        "paths": { "/custom-channels": { "get": { "responses": {}, "security": [{ *asked: [] }] } } },
    });
    openapi_in(&description.to_string()).unwrap()
}

#[test]
fn a_scheme_that_came_is_none_of_those_that_are_still_there() {
    let key = || json!({ "type": "apiKey", "in": "query", "name": "key" });
    assert_eq!(
        between(&with_schemes(&[("a", key())]), &with_schemes(&[("a", key()), ("b", key())])),
        [
            "GET /custom-channels security | security added: b | worth adopting",
            "GET /custom-channels security | security removed: a | breaking",
            "scheme b | security added: there | worth adopting",
        ]
    );
}

#[test]
fn a_renamed_scheme_is_known_whatever_its_tokens_look_like_and_wherever_they_are_renewed() {
    let bearer = |hint: &str| json!({ "type": "http", "scheme": "bearer", "bearerFormat": hint });
    assert_eq!(
        between(&with_schemes(&[("a", bearer("x"))]), &with_schemes(&[("b", bearer("y"))])),
        ["scheme a | security changed: bearerFormat x -> bearerFormat y | harmless"]
    );
    let oauth = |renewed: &str| {
        let flow = json!({ "tokenUrl": "https://api.example/token", "refreshUrl": renewed, "scopes": {} });
        json!({ "type": "oauth2", "flows": { "clientCredentials": flow } })
    };
    let [old, new] = ["https://api.example/old", "https://api.example/new"];
    assert_eq!(
        between(&with_schemes(&[("a", oauth(old))]), &with_schemes(&[("b", oauth(new))])),
        [format!(
            "scheme a | security changed: flow clientCredentials refreshUrl {old} -> flow clientCredentials refreshUrl {new} \
             | breaking"
        )]
    );
}

#[test]
fn a_renamed_record_is_no_change() {
    let text = CHECKED_IN[0].1;
    for name in v3().records.keys() {
        let renamed = text.replace(&format!("\"{name}\""), &format!("\"Renamed{name}\""));
        assert_ne!(renamed, text);
        assert_eq!(diff(&v3(), &contract_in(&renamed).unwrap()), [], "{name}");
    }
}

#[test]
fn a_record_that_is_spelt_out_in_place_is_no_change() {
    let spelt_out = changes(|contract| {
        let client = contract.records.remove("PublicClient").unwrap();
        member(contract, "PublicConversationsMessage", "client").schema = client;
    });
    assert_eq!(spelt_out, []);
}

#[test]
fn a_record_that_is_described_in_parts_is_no_change() {
    let in_parts = changes(|contract| {
        let whole = contract.records["PublicClient"].clone();
        let Shape::Object(mut rest) = whole.shape else {
            panic!("no object")
        };
        let kind = rest.members.remove("clientType").unwrap();
        let base = Object {
            members: [("clientType".to_owned(), kind)].into(),
            rest: Rest::Open,
        };
        let part = |shape| Schema {
            shape,
            ..Schema::default()
        };
        contract.records.insert("Base".to_owned(), part(Shape::Object(base)));
        let parts = vec![part(Shape::Named("Base".to_owned())), part(Shape::Object(rest))];
        let all = Combination::new(How::All, parts, None);
        contract
            .records
            .insert("PublicClient".to_owned(), part(Shape::Combination(all)));
    });
    assert_eq!(in_parts, []);
}

#[test]
fn order_and_prose_are_no_change() {
    let description = |required: &str, values: &str, prose: &str| {
        let text = format!(
            r##"{{"openapi":"3.0.1","info":{{"title":"{prose}","version":"v3"}},"paths":{{
            "/v3/custom-channels":{{"post":{{"operationId":"{prose}","requestBody":{{"content":{{"application/json":{{
            "schema":{{"$ref":"#/components/schemas/A"}},"example":"{prose}"}}}}}},"responses":{{"200":{{
            "description":"{prose}"}}}}}}}}}},"components":{{"schemas":{{"A":{{"type":"object","description":"{prose}",
            "required":[{required}],"properties":{{"x":{{"type":"string","enum":[{values}]}},"y":{{"type":"string"}}}}}}}}}}}}"##
        );
        openapi_in(&text).unwrap()
    };
    let one = description(r#""x","y""#, r#""P","Q""#, "one");
    let other = description(r#""y","x""#, r#""Q","P""#, "other");
    assert_eq!(diff(&one, &other), []);
    assert_ne!(diff(&one, &description(r#""y""#, r#""Q","P""#, "other")), []);
}

#[test]
fn names_and_what_is_spelt_out_may_take_turns() {
    let old = object(&[("x", object(&[("x", named("Old"))]))]);
    let new = object(&[("x", named("New"))]);
    let old = with(named("Old"), [("Old".to_owned(), old)]);
    let outer = object(&[("x", new.clone())]);
    let new = with(outer, [("New".to_owned(), object(&[("x", object(&[("x", named("New"))]))]))]);
    assert_eq!(diff(&old, &new), []);
    assert_eq!(diff(&new, &old), []);
}

#[test]
fn what_is_said_beside_a_name_and_behind_it_is_the_same_as_in_place() {
    let mut inner = Schema::from(Shape::Integer);
    inner.format = Some("int32".to_owned());
    inner.rules.insert("minimum".to_owned(), "1".to_owned());
    let mut outer = named("Inner");
    outer.nullable = true;
    outer.rules.insert("maximum".to_owned(), "9".to_owned());
    let mut in_place = inner.clone();
    in_place.nullable = true;
    in_place.rules.insert("maximum".to_owned(), "9".to_owned());
    let records = [("Inner", inner), ("Outer", outer)];
    assert_eq!(told_with(named("Outer"), in_place.clone(), &records), [""; 0]);
    in_place.rules.insert("minimum".to_owned(), "0".to_owned());
    in_place.nullable = false;
    in_place.format = None;
    assert_eq!(
        told_with(named("Outer"), in_place, &records),
        [
            "… | format removed: int32 | worth adopting",
            "… | nullable changed: yes -> no | harmless",
            "… | rule changed: minimum 1 -> minimum 0 | harmless",
        ]
    );
}
