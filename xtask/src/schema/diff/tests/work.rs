//! What is compared takes steps by the size of the files, and what would take more is refused.

use super::super::steps;
use super::*;
use crate::schema::work::{MOST, TooMuch};

/// A circle of this many records, each with a way to the next.
fn circle(length: usize) -> Contract {
    let records = (0..length).map(|at| {
        let next = described(json!({ "next": reference(&format!("R{}", (at + 1) % length)) }), &[]);
        (format!("R{at}"), next)
    });
    received(&reference("R0"), &Value::Object(records.collect()))
}

/// As many members as this, each of the same schema but for its name.
fn many(count: usize, schema: impl Fn(usize) -> Value) -> Value {
    let members: serde_json::Map<String, Value> = (0..count).map(|at| (format!("m{at}"), schema(at))).collect();
    described(Value::Object(members), &[])
}

/// `count` members, of which each is all of a record of as many members, and of something of its own. One of the two
/// contracts has other members in the record.
fn put_together(count: usize, member: &str) -> Contract {
    let members = (0..count).map(|at| (format!("{member}{at}"), text()));
    let part = described(Value::Object(members.collect()), &[]);
    let own =
        |at: usize| json!({ "allOf": [reference("Part"), described(json!({ format!("own{at}"): text() }), &[])] });
    received(&many(count, own), &json!({ "Part": part }))
}

/// `count` members that are all the same, put together of a record of as many members and of something else.
fn again(count: usize, member: &str) -> Contract {
    let members = (0..count).map(|at| (format!("{member}{at}"), text()));
    let part = described(Value::Object(members.collect()), &[]);
    let same = |_| json!({ "allOf": [reference("Part"), described(json!({ "own": text() }), &[])] });
    received(&many(count, same), &json!({ "Part": part }))
}

/// A choice of this many objects, which have members in common but no two the same.
fn choice(count: usize, member: &str) -> Contract {
    let alternative = |at: usize| described(json!({ "same": text(), format!("{member}{at}"): text() }), &[]);
    received(&json!({ "oneOf": (0..count).map(alternative).collect::<Vec<_>>() }), &json!({}))
}

/// The same, each told by its `type`.
fn told_choice(count: usize, member: &str) -> Contract {
    let alternative = |at: usize| {
        let tag = json!({ "type": "string", "enum": [format!("t{at}")] });
        described(json!({ "type": tag, format!("{member}{at}"): text() }), &[])
    };
    received(&json!({ "oneOf": (0..count).map(alternative).collect::<Vec<_>>() }), &json!({}))
}

#[test]
fn hubspot_s_versions_take_far_less_than_is_allowed() {
    let contracts = checked_in();
    for (old, new) in contracts.iter().zip(contracts.iter().skip(1)) {
        let steps = steps(old, new).unwrap();
        assert!((500..MOST / 50).contains(&steps), "{} to {}: {steps}", old.version, new.version);
    }
}

#[test]
fn twice_the_size_is_twice_the_work() {
    type Make = fn(usize) -> [Contract; 2];
    let all: [(&str, Make); 4] = [
        ("a circle", |size| [circle(size), circle(size)]),
        ("a circle of half the length", |size| [circle(size), circle(size / 2)]),
        ("a choice that is told apart", |size| [told_choice(size, "a"), told_choice(size, "b")]),
        ("members", |size| [many(size, |_| text()), many(size, |_| json!({}))].map(|of| received(&of, &json!({})))),
    ];
    for (what, make) in all {
        let [small, large] = [200, 400].map(|size| {
            let [old, new] = make(size);
            steps(&old, &new).unwrap()
        });
        assert!(large <= 2 * small + 50, "{what}: {small} steps, and then {large}");
    }
}

#[test]
fn what_would_take_the_product_of_both_is_refused() {
    for (what, old, new) in [
        ("circles of other lengths", circle(1_009), circle(1_013)),
        ("parts at many places", put_together(800, "a"), put_together(800, "b")),
        ("the same at many places", again(800, "a"), again(800, "b")),
        ("a choice", choice(1_200, "a"), choice(1_200, "b")),
    ] {
        assert_eq!(try_diff(&old, &new), Err(TooMuch), "{what}");
    }
    // Smaller ones are not.
    for (what, old, new) in [
        ("circles of other lengths", circle(31), circle(37)),
        ("parts at many places", put_together(30, "a"), put_together(30, "b")),
        ("the same at many places", again(30, "a"), again(30, "b")),
        ("a choice", choice(30, "a"), choice(30, "b")),
    ] {
        let steps = steps(&old, &new).unwrap();
        assert!(steps < MOST / 20, "{what}: {steps}");
    }
}

#[test]
fn a_long_name_counts_by_its_length_where_it_leads_to_many_others() {
    let inner = |count: usize, schema: Value| many(count, |_| schema.clone());
    let of = |schema: Value| {
        let long = "n".repeat(200_000);
        received(&described(json!({ long: inner(2_000, schema) }), &[]), &json!({}))
    };
    assert_eq!(try_diff(&of(text()), &of(json!({ "type": "boolean" }))), Err(TooMuch));
}

#[test]
fn the_steps_to_a_place_end_where_no_name_does() {
    let item = Item::new(Root::Api)
        .step(" query a")
        .step(&member_step("b.c"))
        .step("[]")
        .step(&member_step("d\\"));
    let item = item.step(&member_step("e"));
    let ends: Vec<&str> = item.ends_of_steps().into_iter().map(|end| &item.steps[..end]).collect();
    assert_eq!(
        ends,
        [
            "",
            " query",
            " query a",
            " query a.b\\.c",
            " query a.b\\.c[]",
            " query a.b\\.c[].d\\\\",
            &item.steps
        ]
    );
}
