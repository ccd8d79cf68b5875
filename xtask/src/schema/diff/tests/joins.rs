//! Which alternative of a union has become which: each of the ways to tell decides where no other one before it does.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, TestRunner};

use super::super::schemas::Side;
use super::super::unions::unions;
use super::*;
use crate::schema::contract::Discriminator;
use crate::schema::work::Work;

/// A record of texts, with a `type` of one value if there is one.
fn record(tag: Option<&str>, members: &[&str]) -> Schema {
    let mut of: Vec<(&str, Schema)> = members
        .iter()
        .map(|name| (*name, Schema::from(Shape::String)))
        .collect();
    if let Some(tag) = tag {
        let mut tag_of = Schema::from(Shape::String);
        tag_of.values.insert(tag.to_owned());
        of.push(("type", tag_of));
    }
    object(&of)
}

/// A record without members, told from others by how many it may have.
fn empty(at_most: &str) -> Schema {
    let mut schema = object(&[]);
    schema.rules.insert("maxProperties".to_owned(), at_most.to_owned());
    schema
}

/// A union of records, and the value that a discriminator has for each.
type Told<'t> = &'t [(&'t str, Option<&'t str>, Schema)];

fn contract_of(told: Told<'_>) -> (Contract, Combination) {
    let names = told.iter().map(|(name, ..)| named(name)).collect();
    let mapping: std::collections::BTreeMap<String, String> = told
        .iter()
        .filter_map(|(name, value, _)| Some(((*value)?.to_owned(), (*name).to_owned())))
        .collect();
    let discriminator = (!mapping.is_empty()).then(|| Discriminator {
        member: "kind".to_owned(),
        mapping,
    });
    let records = told
        .iter()
        .map(|(name, _, schema)| ((*name).to_owned(), schema.clone()));
    let contract = Contract {
        records: records.collect(),
        ..Contract::default()
    };
    (contract, Combination::new(How::One, names, discriminator))
}

/// The names of those that were put together, and of those that are alone.
fn joined(old: Told<'_>, new: Told<'_>) -> (BTreeSet<(String, String)>, [BTreeSet<String>; 2]) {
    let (old, old_union) = contract_of(old);
    let (new, new_union) = contract_of(new);
    let union = unions(&mut Side::new(&old), &old_union, &mut Side::new(&new), &new_union, &Work::default());
    let name = |name: Option<&str>| name.unwrap().to_owned();
    let both = union.both.iter().map(|(was, now)| (name(was.name()), name(now.name())));
    let alone = [&union.gone, &union.added].map(|of| of.iter().map(|of| name(of.name())).collect());
    (both.collect(), alone)
}

#[test]
fn of_those_that_have_as_much_in_common_the_least_apart_are_one() {
    // Whatever their digests are, by which it is decided at last.
    for own in ["c", "d", "e", "f", "g", "h", "i", "j"] {
        let more = [own, "p", "q"].map(|name| format!("{name}{own}"));
        let with = |count: usize, others: &str| {
            let own: Vec<String> = more.iter().take(count).map(|name| format!("{others}{name}")).collect();
            let members: Vec<&str> = ["a", "b"].into_iter().chain(own.iter().map(String::as_str)).collect();
            record(None, &members)
        };
        let old = [("A", None, with(0, "")), ("B", None, with(2, "old"))];
        let new = [("X", None, with(3, "new")), ("Y", None, with(1, "other"))];
        let wanted = [("A", "Y"), ("B", "X")].map(|(was, now)| (was.to_owned(), now.to_owned()));
        assert_eq!(joined(&old, &new).0, BTreeSet::from(wanted), "{own}");
    }
}

#[test]
fn each_way_to_tell_which_alternative_became_which_decides_where_none_before_it_does() {
    let same = || record(None, &["kind", "a"]);
    let text = || Schema::from(Shape::String);
    for (what, old, new, pairs) in [
        (
            "the same under the same name",
            &[("A", None, same()), ("B", None, same())][..],
            &[("B", None, same()), ("C", None, same())][..],
            &[("A", "C"), ("B", "B")][..],
        ),
        (
            "the same with the same value",
            &[("A", Some("a"), same()), ("B", Some("b"), same())],
            &[("X", Some("b"), same()), ("Y", Some("a"), same())],
            &[("A", "Y"), ("B", "X")],
        ),
        (
            "the same under the same name with another value",
            &[("A", Some("a"), same()), ("B", Some("b"), same())],
            &[("B", Some("c"), same()), ("C", Some("d"), same())],
            &[("A", "C"), ("B", "B")],
        ),
        (
            "the same under another name with another value",
            &[("A", Some("a"), empty("1")), ("B", Some("b"), empty("2"))],
            &[("X", Some("c"), empty("2")), ("Y", Some("d"), empty("1"))],
            &[("A", "Y"), ("B", "X")],
        ),
        (
            "what is told by the same value",
            &[
                ("A", None, record(Some("a"), &["x"])),
                ("B", None, record(Some("b"), &["y"])),
            ],
            &[
                ("A", None, record(Some("b"), &["y", "w"])),
                ("B", None, record(Some("a"), &["x", "z"])),
            ],
            &[("A", "B"), ("B", "A")],
        ),
        (
            "what has the same name",
            &[
                ("A", None, record(None, &["a", "b"])),
                ("B", None, record(None, &["b", "c"])),
            ],
            &[
                ("A", None, record(None, &["b", "c", "d"])),
                ("B", None, record(None, &["a", "b", "e"])),
            ],
            &[("A", "A"), ("B", "B")],
        ),
        (
            "what has members in common",
            &[
                ("A", None, record(None, &["a", "b"])),
                ("B", None, record(None, &["c", "d"])),
            ],
            &[
                ("X", None, record(None, &["c", "d", "e"])),
                ("Y", None, record(None, &["a", "b", "e"])),
            ],
            &[("A", "Y"), ("B", "X")],
        ),
        (
            "what has most in common first",
            &[
                ("A", None, record(None, &["a", "b", "c"])),
                ("B", None, record(None, &["a", "b"])),
            ],
            &[
                ("X", None, record(None, &["a", "b", "d"])),
                ("Y", None, record(None, &["a", "b", "c", "d", "e"])),
            ],
            &[("A", "Y"), ("B", "X")],
        ),
        (
            "what is told by another member, and has most in common",
            &[
                ("A", None, record(Some("a"), &["kind", "x"])),
                ("B", None, record(Some("b"), &["kind", "y"])),
            ],
            &[
                ("X", Some("a"), record(None, &["type", "kind", "y"])),
                ("Y", Some("b"), record(None, &["type", "x"])),
            ],
            &[("A", "Y"), ("B", "X")],
        ),
        (
            "the only ones left",
            &[("A", None, text()), ("B", None, same())],
            &[("X", None, Schema::from(Shape::Integer)), ("B", None, same())],
            &[("A", "X"), ("B", "B")],
        ),
        (
            "nothing that is told to be something else",
            &[("A", None, record(Some("a"), &["x"])), ("B", None, same())],
            &[("X", None, record(Some("c"), &["z"])), ("B", None, same())],
            &[("B", "B")],
        ),
    ] {
        let of = |pairs: &[(&str, &str)]| -> BTreeSet<(String, String)> {
            let owned = pairs.iter().map(|(was, now)| ((*was).to_owned(), (*now).to_owned()));
            owned.collect()
        };
        let (both, alone) = joined(old, new);
        assert_eq!(both, of(pairs), "{what}");
        assert_eq!(alone.map(|of| of.len()), [old.len() - pairs.len(), new.len() - pairs.len()], "{what}");
        // And the same the other way round.
        let turned: Vec<(&str, &str)> = pairs.iter().map(|(was, now)| (*now, *was)).collect();
        assert_eq!(joined(new, old).0, of(&turned), "{what}, the other way round");
    }
}

const NAMES: [&str; 4] = ["A", "B", "C", "Inner"];

/// A body that is a union of some of these records, told apart by what may be.
fn any_union() -> impl Strategy<Value = (Value, Value)> {
    let tag = || proptest::option::weighted(0.4, select(vec!["a", "b", "c"]));
    let members = || subsequence(vec!["kind", "x", "y", "z"], 0..=4);
    let object = (tag(), members()).prop_map(|(tag, members)| {
        let mut of: serde_json::Map<String, Value> = members.iter().map(|name| ((*name).to_owned(), text())).collect();
        if let Some(tag) = tag {
            of.insert("type".to_owned(), json!({ "type": "string", "enum": [tag] }));
        }
        described(Value::Object(of), &[])
    });
    let values = proptest::collection::btree_map(select(vec!["a", "b", "c"]), select(NAMES.to_vec()), 0..3);
    let told = proptest::option::weighted(0.5, (select(vec!["type", "kind"]), values));
    let union = (select(vec!["oneOf", "anyOf"]), subsequence(NAMES.to_vec(), 1..=4), told);
    let union = union.prop_map(|(how, names, told)| {
        let mut union = json!({ how: names.iter().map(|name| reference(name)).collect::<Vec<_>>() });
        if let Some((member, values)) = told {
            let mapping = values
                .into_iter()
                .map(|(value, name)| (value.to_owned(), reference(name)["$ref"].clone()));
            union["discriminator"] =
                json!({ "propertyName": member, "mapping": mapping.collect::<serde_json::Map<_, _>>() });
        }
        union
    });
    (union.clone(), union, proptest::array::uniform3(object)).prop_map(|(outer, inner, [a, b, c])| {
        let schemas = json!({ "A": a, "B": b, "C": c, "Inner": inner });
        (outer, schemas)
    })
}

#[test]
fn whatever_a_union_becomes_is_the_same_facts_back_and_forth() {
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(512)
    };
    let strategy = (any_union(), any_union());
    let outcome = TestRunner::new(config).run(&strategy, |((old, old_schemas), (new, new_schemas))| {
        for way in [sent, received] {
            let (old, new) = (way(&old, &old_schemas), way(&new, &new_schemas));
            let (forth, back) = (diff(&old, &new), diff(&new, &old));
            let facts = |changes: &[Change], is_turned: bool| -> BTreeSet<_> {
                let fact = |change: &Change| {
                    let said = [change.was.clone(), change.now.clone()];
                    let [was, now] = said;
                    let said = if is_turned { [now, was] } else { [was, now] };
                    (change.kind, said)
                };
                changes.iter().map(fact).collect()
            };
            prop_assert_eq!(facts(&forth, false), facts(&back, true));
            prop_assert_eq!(diff(&old, &old), []);
        }
        Ok(())
    });
    outcome.unwrap();
}
