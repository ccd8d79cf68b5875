//! What is described in parts that all hold.

use super::*;

/// The base, and one of two kinds.
fn in_parts(more: Value) -> Value {
    let choice = json!({ "oneOf": [described(json!({ "p": text() }), &[]), described(json!({ "q": text() }), &[])] });
    let Value::Array(mut parts) = more else {
        panic!("no list")
    };
    parts.extend([reference("Base"), choice]);
    json!({ "allOf": parts })
}

fn schemas() -> Value {
    json!({ "Base": described(json!({ "a": text() }), &[]), "More": described(json!({ "z": text() }), &["z"]) })
}

#[test]
fn one_more_object_beside_a_choice_is_more_members() {
    let (less, more) = (in_parts(json!([])), in_parts(json!([reference("More")])));
    let told = |way: fn(&Value, &Value) -> Contract, old: &Value, new: &Value| {
        between(&way(old, &schemas()), &way(new, &schemas()))
    };
    assert_eq!(told(sent, &less, &more), ["….z | member added: required string | breaking"]);
    assert_eq!(told(received, &less, &more), ["….z | member added: required string | worth adopting"]);
    assert_eq!(told(received, &more, &less), ["….z | member removed: required string | breaking"]);
    let all = json!({ "allOf": [reference("Base"), reference("More")] });
    let choice = "oneOf of object with p, object with q";
    assert_eq!(told(sent, &all, &more), [format!("…&1 | alternative added: {choice} | breaking")]);
    assert_eq!(told(received, &all, &more), [format!("…&1 | alternative added: {choice} | worth adopting")]);
    assert_eq!(told(received, &more, &all), [format!("…&1 | alternative removed: {choice} | breaking")]);
}

#[test]
fn the_choice_in_parts_is_compared_as_any_other() {
    let of = |members: Value| {
        let choice = json!({ "oneOf": [described(members, &[]), described(json!({ "q": text() }), &[])] });
        received(&json!({ "allOf": [reference("Base"), choice] }), &schemas())
    };
    assert_eq!(
        between(&of(json!({ "p": text(), "r": text() })), &of(json!({ "p": text() }))),
        ["…|1.r | member removed: optional string | breaking"]
    );
}

#[test]
fn no_rule_of_any_part_is_lost() {
    let of = |part: Value| {
        sent(&json!({ "allOf": [{ "type": "string", "maxLength": 9, "pattern": "z" }, part] }), &json!({}))
    };
    for (old, new, told) in [
        (
            json!({ "maxLength": 8 }),
            json!({ "maxLength": 7 }),
            &["… | rule changed: maxLength 8 -> maxLength 7 | breaking"][..],
        ),
        (json!({ "maxLength": 10 }), json!({ "maxLength": 11 }), &[]),
        (json!({ "maxLength": 10 }), json!({}), &[]),
    ] {
        assert_eq!(between(&of(old), &of(new)), told);
    }
    // Both patterns hold, so nothing says both.
    let of = |pattern: &str| {
        let parts = json!([{ "type": "string", "pattern": "z" }, { "type": "string", "pattern": pattern }]);
        sent(&json!({ "allOf": parts }), &json!({}))
    };
    let told = r#"… | rule changed: pattern "a" -> pattern "b" | breaking"#;
    assert_eq!(between(&of("a"), &of("b")), [told]);
}

#[test]
fn values_that_no_part_shares_are_not_any_value() {
    let of = |one: Value, other: Value| {
        let part = |values: Value| json!({ "type": "string", "enum": values });
        sent(&json!({ "allOf": [part(one), part(other)] }), &json!({}))
    };
    let (narrow, none) = (of(json!(["A", "B"]), json!(["B", "C"])), of(json!(["A"]), json!(["C"])));
    assert_eq!(between(&sent(&json!({ "type": "string", "enum": ["B"] }), &json!({})), &narrow), SAME);
    let any = sent(&text(), &json!({}));
    let told = between(&any, &none);
    assert!(told.iter().any(|line| line.ends_with("| breaking")), "{told:?}");
    assert_ne!(between(&narrow, &none), SAME);
}
