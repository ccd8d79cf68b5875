//! What tells the alternatives of a union apart: told the same way round, whichever of the two is the old one.

use super::*;

/// A record with these members, of which the first has this one value, if any.
fn told_by(members: &[&str], value: Option<&str>) -> Value {
    let mut of: serde_json::Map<String, Value> = members.iter().map(|name| ((*name).to_owned(), text())).collect();
    if let (Some(value), Some(first)) = (value, members.first()) {
        of[*first]["enum"] = json!([value]);
    }
    described(Value::Object(of), &[])
}

/// `A` and `B`, which have a `kind` and a `sort`.
fn free() -> Value {
    json!({ "A": told_by(&["kind", "sort", "a"], None), "B": told_by(&["kind", "sort", "b"], None) })
}

/// The same, with the only value that each has for its `kind`.
fn pinned() -> Value {
    json!({ "A": told_by(&["kind", "sort", "a"], Some("a")), "B": told_by(&["kind", "sort", "b"], Some("b")) })
}

fn choice(names: &[&str]) -> Value {
    json!({ "oneOf": names.iter().map(|name| reference(name)).collect::<Vec<_>>() })
}

fn by(member: &str, mapping: &[(&str, &str)]) -> Value {
    let mapping: serde_json::Map<String, Value> = mapping
        .iter()
        .map(|(value, name)| ((*value).to_owned(), reference(name)["$ref"].clone()))
        .collect();
    json!({ "propertyName": member, "mapping": mapping })
}

fn told_apart(mut union: Value, by: Value) -> Value {
    union["discriminator"] = by;
    union
}

/// What is sent, and the same received.
fn both_ways(schema: &Value, schemas: &Value) -> [Contract; 2] {
    [sent(schema, schemas), received(schema, schemas)]
}

/// The facts, without the verdicts.
fn facts(changes: &[Change]) -> BTreeSet<(&Item, Kind, Option<&Said>, Option<&Said>)> {
    changes
        .iter()
        .map(|change| (&change.item, change.kind, change.was.as_ref(), change.now.as_ref()))
        .collect()
}

/// Asserts that the same is told both ways round, and returns the verdict: sent and received, forth and back.
fn verdicts(old: (&Value, &Value), new: (&Value, &Value)) -> [[&'static str; 2]; 2] {
    let sides = both_ways(old.0, old.1).into_iter().zip(both_ways(new.0, new.1));
    let mut of: Vec<[&'static str; 2]> = Vec::new();
    for (old, new) in sides {
        let (forth, back) = (diff(&old, &new), diff(&new, &old));
        let turned = facts(&back)
            .into_iter()
            .map(|(item, kind, was, now)| (item, kind, now, was));
        assert_eq!(facts(&forth), turned.collect());
        let is_about_it = |change: &&Change| change.kind == Kind::Rule;
        let worst = |changes: &[Change]| changes.iter().filter(is_about_it).map(|change| change.verdict).max();
        of.push([&forth, &back].map(|changes| worst(changes).map_or("nothing", Verdict::name)));
    }
    [[of[0][0], of[1][0]], [of[0][1], of[1][1]]]
}

const NOTHING: &str = "nothing";
const HARMLESS: &str = "harmless";
const ADOPT: &str = "worth adopting";
const BREAKING: &str = "breaking";

#[test]
fn a_change_to_a_discriminator_is_judged_by_the_way_it_is_read_and_by_what_travels() {
    let plain = choice(&["A", "B"]);
    let kind = told_apart(plain.clone(), by("kind", &[("a", "A"), ("b", "B")]));
    let sort = told_apart(plain.clone(), by("sort", &[("a", "A"), ("b", "B")]));
    let more = told_apart(plain.clone(), by("kind", &[("a", "A"), ("b", "B"), ("c", "B")]));
    let other = told_apart(plain.clone(), by("kind", &[("a", "A"), ("c", "B")]));
    let turned = told_apart(plain.clone(), by("kind", &[("a", "B"), ("b", "A")]));
    let names = told_apart(plain.clone(), json!({ "propertyName": "kind" }));
    // From the first to the second: sent, received; and from the second to the first.
    for (what, schemas, old, new, forth, back) in [
        ("added", free(), &plain, &kind, [BREAKING, ADOPT], [ADOPT, ADOPT]),
        ("added where it says nothing new", pinned(), &plain, &kind, [ADOPT, ADOPT], [ADOPT, ADOPT]),
        ("added with other values", pinned(), &plain, &other, [BREAKING, ADOPT], [ADOPT, ADOPT]),
        ("renamed", free(), &kind, &sort, [BREAKING, ADOPT], [BREAKING, ADOPT]),
        ("renamed to what has a value", pinned(), &sort, &kind, [ADOPT, ADOPT], [BREAKING, ADOPT]),
        ("one value more", free(), &kind, &more, [ADOPT, ADOPT], [BREAKING, HARMLESS]),
        ("another value", free(), &kind, &other, [BREAKING, ADOPT], [BREAKING, ADOPT]),
        ("values of one another", free(), &kind, &turned, [BREAKING, BREAKING], [BREAKING, BREAKING]),
        ("names instead of values", free(), &names, &kind, [BREAKING, ADOPT], [BREAKING, ADOPT]),
        ("the same", free(), &kind, &kind, [NOTHING, NOTHING], [NOTHING, NOTHING]),
    ] {
        assert_eq!(verdicts((old, &schemas), (new, &schemas)), [forth, back], "{what}");
    }
}

#[test]
fn a_discriminator_beside_parts_is_compared_too() {
    let plain = json!({ "allOf": [reference("Base"), reference("A")] });
    let schemas = |member: &str| {
        let base = told_by(&["kind", "sort"], None);
        json!({ "Base": base, "A": told_by(&[member], None), "B": told_by(&["b"], None), "C": told_by(&["c"], None) })
    };
    let kind = told_apart(plain.clone(), by("kind", &[("b", "B")]));
    let sort = told_apart(plain.clone(), by("sort", &[("b", "B")]));
    let more = told_apart(plain.clone(), by("kind", &[("b", "B"), ("c", "C")]));
    let all = &schemas("a");
    for (what, old, new, forth, back) in [
        ("added", &plain, &kind, [BREAKING, ADOPT], [ADOPT, ADOPT]),
        ("renamed", &kind, &sort, [BREAKING, ADOPT], [BREAKING, ADOPT]),
        ("one value more", &kind, &more, [ADOPT, ADOPT], [BREAKING, HARMLESS]),
        ("the same", &more, &more, [NOTHING, NOTHING], [NOTHING, NOTHING]),
    ] {
        assert_eq!(verdicts((old, all), (new, all)), [forth, back], "{what}");
    }
    // What only a value leads to is compared all the same.
    let mut changed = schemas("a");
    changed["B"] = told_by(&["other"], None);
    assert_eq!(
        between(&received(&kind, all), &received(&kind, &changed)),
        [
            "B.b | member removed: optional string | breaking",
            "B.other | member added: optional string | worth adopting",
        ]
    );
    // However it is reached.
    let through = |union: &Value| {
        let mut all = schemas("a");
        all["Told"] = union.clone();
        all["Alias"] = json!({ "allOf": [reference("Told")], "nullable": true });
        sent(&reference("Alias"), &all)
    };
    assert_eq!(
        between(&through(&plain), &through(&kind)),
        ["Told | rule added: told apart by kind: b is B | breaking"]
    );
}

#[test]
fn a_value_is_followed_to_records_that_are_no_alternatives() {
    let of = |name: &str, member: &str| {
        let union = told_apart(choice(&["A", "B"]), by("kind", &[("a", "A"), ("b", "B"), ("x", name)]));
        let mut schemas = free();
        schemas[name] = told_by(&["kind", member], None);
        (union, schemas)
    };
    let (old, new) = (of("X", "x"), of("Y", "x"));
    assert_eq!(verdicts((&old.0, &old.1), (&new.0, &new.1)), [[NOTHING; 2]; 2]);
    let new = of("X", "y");
    assert_eq!(
        between(&sent(&old.0, &old.1), &sent(&new.0, &new.1)),
        [
            "X.x | member removed: optional string | breaking",
            "X.y | member added: optional string | worth adopting",
        ]
    );
    // What stood for another record now stands for an alternative, and the other way round.
    let listed = told_apart(choice(&["A", "B"]), by("kind", &[("a", "A"), ("b", "B"), ("x", "B")]));
    assert_eq!(verdicts((&old.0, &old.1), (&listed, &free())), [[BREAKING; 2]; 2]);
}

#[test]
fn a_value_that_moves_to_an_alternative_of_the_same_members_stands_for_the_same() {
    let schemas = |b: &str| json!({ "A": told_by(&["kind", "x"], None), "B": told_by(&["kind", b], None) });
    // Each has a value by which it is known, and one of them has another.
    let of = |other: &str| told_apart(choice(&["A", "B"]), by("kind", &[("a", "A"), ("b", "B"), ("c", other)]));
    for (schemas, verdict) in [(schemas("x"), NOTHING), (schemas("y"), BREAKING)] {
        assert_eq!(verdicts((&of("A"), &schemas), (&of("B"), &schemas)), [[verdict; 2]; 2]);
    }
}

#[test]
fn names_that_are_sent_count_wherever_the_union_stands() {
    let of = |name: &str| {
        let union = told_apart(choice(&[name, "B"]), json!({ "propertyName": "kind" }));
        let schemas = json!({
            name: told_by(&["kind", "a"], None), "B": told_by(&["kind", "b"], None), "Union": union,
            "C": told_by(&["c"], None),
        });
        // A member that is gone is known by the digest of what lies beneath it.
        let added = described(json!({ "u": reference("Union") }), &[]);
        (received(&described(json!({}), &[]), &schemas), received(&added, &schemas))
    };
    let digest = |name: &str| {
        let (old, new) = of(name);
        diff(&old, &new).remove(0).now.unwrap().beneath
    };
    assert!(digest("A").is_some());
    assert_ne!(digest("A"), digest("Z"));
}

#[test]
fn a_union_within_is_not_taken_apart_where_only_one_side_tells_how() {
    let schemas = |inner: Value| {
        let mut all = free();
        all["C"] = told_by(&["kind", "c"], None);
        all["Inner"] = inner;
        all
    };
    let plain = schemas(choice(&["A", "B"]));
    let told = schemas(told_apart(choice(&["A", "B"]), by("kind", &[("a", "A"), ("b", "B")])));
    let outer = choice(&["Inner", "C"]);
    assert_eq!(
        between(&sent(&outer, &plain), &sent(&outer, &told)),
        ["Inner | rule added: told apart by kind: a is A, b is B | breaking"]
    );
    let by_kind = told_apart(outer.clone(), by("kind", &[("i", "Inner"), ("c", "C")]));
    assert_eq!(
        between(&sent(&outer, &plain), &sent(&by_kind, &plain)),
        ["… | rule added: told apart by kind: c is C, i is Inner | breaking"]
    );
    // The same under another name.
    let mut renamed = plain.clone();
    renamed["Renamed"] = renamed["Inner"].clone();
    let by_kind = told_apart(choice(&["Renamed", "C"]), by("kind", &[("i", "Renamed"), ("c", "C")]));
    assert_eq!(
        between(&sent(&outer, &plain), &sent(&by_kind, &renamed)),
        ["… | rule added: told apart by kind: c is C, i is Renamed | breaking"]
    );
    for (old, new) in [
        ((&outer, &plain), (&outer, &told)),
        ((&outer, &plain), (&by_kind, &renamed)),
    ] {
        assert_eq!(verdicts(old, new), [[BREAKING, ADOPT], [ADOPT, ADOPT]]);
    }
}
