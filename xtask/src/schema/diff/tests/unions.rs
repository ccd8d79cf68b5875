//! Which alternatives of two unions are the same.

use super::*;

fn one_of(alternatives: &[Value]) -> Value {
    json!({ "oneOf": alternatives })
}

/// An object with a member of one value, and another member.
fn told_by(tag: &str, value: &str, member: &str) -> Value {
    described(json!({ tag: { "type": "string", "enum": [value] }, member: text() }), &[tag])
}

fn plain(members: &[&str]) -> Value {
    let members: serde_json::Map<String, Value> = members.iter().map(|name| ((*name).to_owned(), text())).collect();
    described(Value::Object(members), &[])
}

#[test]
fn several_changes_at_once_hide_none() {
    let old = one_of(&[plain(&["a", "b", "c"]), plain(&["d", "e", "f"])]);
    let new = one_of(&[plain(&["d", "e"]), plain(&["a", "b"])]);
    assert_eq!(
        between(&received(&old, &json!({})), &received(&new, &json!({}))),
        [
            "…|1.c | member removed: optional string | breaking",
            "…|2.f | member removed: optional string | breaking",
        ]
    );
}

#[test]
fn names_of_alternatives_mean_nothing() {
    for alternative in [plain as fn(&[&str]) -> Value, |members| {
        told_by("kind", members[0], members[0])
    }] {
        let of = |names: [&str; 2]| {
            let schemas = json!({ names[0]: alternative(&["a"]), names[1]: alternative(&["b"]) });
            sent(&one_of(&names.map(reference)), &schemas)
        };
        assert_eq!(between(&of(["A", "B"]), &of(["X", "Y"])), SAME);
        // Even where each has the other's.
        assert_eq!(between(&of(["A", "B"]), &of(["B", "A"])), SAME);
    }
}

#[test]
fn any_member_that_differs_tells_them_apart() {
    let old = one_of(&[told_by("kind", "A", "x"), told_by("kind", "B", "x")]);
    let mut new = one_of(&[told_by("kind", "B", "x"), told_by("kind", "A", "y")]);
    let found = between(&received(&old, &json!({})), &received(&new, &json!({})));
    assert_eq!(
        found,
        [
            "…|A.x | member removed: optional string | breaking",
            "…|A.y | member added: optional string | worth adopting",
        ]
    );
    // Whichever of them may be meant.
    new = json!({ "anyOf": [told_by("kind", "B", "x"), told_by("kind", "A", "x")] });
    assert_eq!(between(&received(&old, &json!({})), &received(&new, &json!({}))), SAME);
}

#[test]
fn of_two_with_one_tag_the_same_is_the_same() {
    let old = one_of(&[told_by("type", "A", "x"), told_by("type", "A", "y")]);
    let mut more = told_by("type", "A", "x");
    more["properties"]["z"] = text();
    let new = one_of(&[told_by("type", "A", "y"), more]);
    assert_eq!(
        between(&received(&old, &json!({})), &received(&new, &json!({}))),
        ["…|1.z | member added: optional string | worth adopting"]
    );
}

fn by_kind(names: [&str; 2], values: [&str; 2]) -> Contract {
    let mut union = one_of(&names.map(reference));
    let mapping = json!({ values[0]: reference(names[0])["$ref"], values[1]: reference(names[1])["$ref"] });
    union["discriminator"] = json!({ "propertyName": "kind", "mapping": mapping });
    let kind = |member: &str| described(json!({ "kind": text(), member: text() }), &["kind"]);
    let schemas = json!({ names[0]: kind("a"), names[1]: kind("b") });
    sent(&union, &schemas)
}

#[test]
fn a_discriminator_is_compared_by_what_its_values_stand_for() {
    let old = by_kind(["A", "B"], ["a", "b"]);
    assert_eq!(between(&old, &by_kind(["X", "Y"], ["a", "b"])), SAME);
    assert_eq!(
        between(&old, &by_kind(["A", "B"], ["alpha", "b"])),
        [
            "… | rule added: told apart by kind: alpha is A | worth adopting",
            "… | rule removed: told apart by kind: a is A | breaking",
        ]
    );
    assert_eq!(
        between(&old, &by_kind(["A", "B"], ["b", "a"])),
        [
            "… | rule changed: told apart by kind: a is A -> told apart by kind: a is B | breaking",
            "… | rule changed: told apart by kind: b is B -> told apart by kind: b is A | breaking",
        ]
    );
}

#[test]
fn a_choice_within_a_choice_is_one_choice() {
    let schemas = json!({
        "A": plain(&["a"]), "B": plain(&["b"]), "C": plain(&["c"]),
        "Inner": one_of(&[reference("A"), reference("B")]),
        "Circle": one_of(&[reference("Circle"), reference("A")]),
    });
    let flat = one_of(&["A", "B", "C"].map(reference));
    let nested = one_of(&["Inner", "C"].map(reference));
    assert_eq!(between(&sent(&flat, &schemas), &sent(&nested, &schemas)), SAME);
    assert_eq!(between(&sent(&reference("Circle"), &schemas), &sent(&reference("A"), &schemas)), SAME);
}

#[test]
fn choices_that_lead_to_each_other_come_to_an_end() {
    let schemas = json!({ "U": one_of(&[reference("V")]), "V": { "anyOf": [reference("U")] } });
    let list = json!({ "type": "array", "items": text() });
    assert_ne!(between(&sent(&reference("U"), &schemas), &sent(&list, &json!({}))), SAME);
    assert_ne!(between(&sent(&list, &json!({})), &sent(&reference("U"), &schemas)), SAME);
}

#[test]
fn alternatives_that_are_spelt_out_are_told_apart() {
    let text = || Schema::from(Shape::String);
    let yes = || Schema::from(Shape::Boolean);
    let old = union(How::One, [kind("A", "x", text()), kind("B", "x", text()), kind("C", "x", text())]);
    let new = union(How::One, [kind("A", "x", yes()), kind("B", "x", yes()), kind("C", "x", text())]);
    assert_eq!(
        told(old.clone(), new),
        [
            "…|A.x | type changed: string -> boolean | breaking",
            "…|B.x | type changed: string -> boolean | breaking",
        ]
    );
    // Two that look alike in short are two.
    let more = [kind("D", "x", text()), kind("E", "x", yes())];
    let Shape::Combination(known) = &old.shape else {
        panic!()
    };
    let new = union(How::One, known.alternatives.iter().cloned().chain(more));
    assert_eq!(
        told(old, new),
        [
            "…|D | alternative added: object with type, x | worth adopting",
            "…|E | alternative added: object with type, x | worth adopting",
        ]
    );
}

#[test]
fn the_last_alternatives_left_are_one_only_where_they_may_be() {
    let old = union(How::One, [kind("A", "x", Schema::default()), kind("B", "y", Schema::default())]);
    let renamed = union(How::One, [kind("A", "x", Schema::default()), kind("C", "y", Schema::default())]);
    let other = union(How::One, [kind("A", "x", Schema::default()), kind("C", "z", Schema::default())]);
    assert_eq!(
        told(old.clone(), renamed),
        [
            "…|B.type | enum value added: C | worth adopting",
            "…|B.type | enum value removed: B | harmless",
        ]
    );
    assert_eq!(
        told(old, other),
        [
            "…|B | alternative removed: object with type, y | harmless",
            "…|C | alternative added: object with type, z | worth adopting",
        ]
    );
}

#[test]
fn one_of_or_any_of_is_the_same_where_each_has_a_type_of_its_own() {
    let kinds = || [kind("A", "x", Schema::default()), kind("B", "x", Schema::default())];
    assert_eq!(told(union(How::One, kinds()), union(How::Any, kinds())), [""; 0]);
    let plain = || [Schema::from(Shape::String), Schema::from(Shape::Boolean)];
    assert_eq!(
        told(union(How::One, plain()), union(How::Any, plain())),
        ["… | type changed: oneOf of boolean, string -> anyOf of boolean, string | breaking"]
    );
}

#[test]
fn what_may_only_be_one_thing_is_a_choice_of_one() {
    let a = || kind("A", "x", Schema::default());
    assert_eq!(told(a(), union(How::One, [a()])), [""; 0]);
    assert_eq!(told_with(named("Kind"), union(How::Any, [named("Kind")]), &[("Kind", a())]), [""; 0]);
    let more = union(How::One, [named("Kind"), kind("B", "x", Schema::default())]);
    assert_eq!(
        told_with(a(), more, &[("Kind", a())]),
        ["…|B | alternative added: object with type, x | worth adopting"]
    );
}
