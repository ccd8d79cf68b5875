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
fn a_part_that_is_as_it_was_is_known_wherever_it_stands() {
    let of = |member: &str| {
        let choice = |names: [&str; 2]| json!({ "oneOf": names.map(|name| described(json!({ name: text() }), &[])) });
        // Parts stand in the order of their texts.
        received(&json!({ "allOf": [choice(["r", "s"]), choice([member, "y"])] }), &json!({}))
    };
    assert_eq!(
        between(&of("a"), &of("x")),
        [
            "…|1.a | member removed: optional string | breaking",
            "…|1.x | member added: optional string | worth adopting",
        ]
    );
}

#[test]
fn of_the_objects_in_parts_those_with_a_member_in_common_are_one() {
    // Neither has what only the other one has, so no object says both.
    let closed = |members: Value| {
        let mut object = described(members, &[]);
        object["additionalProperties"] = json!(false);
        object
    };
    let of = |parts: Value| received(&json!({ "allOf": parts }), &json!({}));
    let old = of(json!([closed(json!({ "a": text() })), closed(json!({ "m": text() }))]));
    let new = of(json!([closed(json!({ "m": text(), "z": text() }))]));
    assert_eq!(
        between(&old, &new),
        [
            "…&1 | alternative removed: object with a | breaking",
            "….z | member added: optional string | worth adopting",
        ]
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

#[test]
fn parts_that_are_named_again_and_again_are_put_together_once() {
    let all = |parts: &[&str]| {
        Schema::from(Shape::Combination(Combination::new(
            How::All,
            parts.iter().map(|name| named(name)).collect(),
            None,
        )))
    };
    let text = |name: &str| {
        let text = Schema::from(Shape::String);
        object(&[(name, text)])
    };
    let doubled = |last: &str| {
        let chain = (0..60).map(|at| {
            let next = format!("P{}", at + 1);
            (format!("P{at}"), all(&[&next, &next]))
        });
        with(all(&["P0", "P0"]), chain.chain([("P60".to_owned(), text(last))]))
    };
    assert_eq!(diff(&doubled("a"), &with(text("a"), [])), []);
    assert_eq!(
        lines(&diff(&doubled("a"), &doubled("b"))),
        [
            "PublicClient.clientType.a | member removed: optional string | breaking",
            "PublicClient.clientType.b | member added: optional string | worth adopting",
        ]
    );
}

#[test]
fn what_is_described_in_parts_is_told_of_with_the_record_that_it_is_in() {
    let of = |member: &str| {
        let parts = vec![named("Part"), object(&[(member, Schema::default())])];
        let all = Schema::from(Shape::Combination(Combination::new(How::All, parts, None)));
        with(all, [("Part".to_owned(), object(&[("shared", Schema::default())]))])
    };
    let found = diff(&of("a"), &of("b"));
    assert_eq!(
        lines(&found),
        [
            "PublicClient.clientType.a | member removed: optional any value | breaking",
            "PublicClient.clientType.b | member added: optional any value | worth adopting",
        ]
    );
    for change in found {
        assert_eq!(change.called(), BTreeSet::from(["PublicClient"]));
    }
}

#[test]
fn what_parts_say_of_a_value_holds_of_the_whole() {
    let mut short = Schema::from(Shape::String);
    short.rules.insert("maxLength".to_owned(), "9".to_owned());
    short.nullable = true;
    let mut whole = Schema::from(Shape::Any);
    whole.rules.insert("minLength".to_owned(), "1".to_owned());
    let parts = union(How::All, [short, whole]);
    let mut in_place = Schema::from(Shape::String);
    in_place.rules = [("maxLength", "9"), ("minLength", "1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    // Null is allowed only where all parts allow it.
    assert_eq!(told(parts.clone(), in_place.clone()), [""; 0]);
    in_place.nullable = true;
    assert_eq!(told(parts, in_place), ["… | nullable changed: no -> yes | harmless"]);
}
