//! Strategies for whole JSON documents, weighted to the edges.
//!
//! Every document decodes into the model's type of the same name. Its members come in any order, spelt in any way;
//! each may be absent, null, or filled; strangers stand among them at every depth, some with names that nearly are
//! known ones; enums have values of tomorrow; attachments are of known kinds, of unknown kinds, broken, or no objects
//! at all, with their `type` in any place.

use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    json::{Json, literal, units},
    scalars,
    shape::{self, Kind, Kinds, Members, Shape},
};

/// What the documents are spared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// Nothing: all that JSON allows and the model keeps.
    None,
    /// What serde's own buffers and `serde_json::Value` refuse or drop: numbers beyond `f64`, lone surrogates, doubled
    /// names, and the names by which `serde_json` passes raw text to itself.
    Buffered,
}

/// A message as HubSpot returns it.
pub fn message(limits: Limits) -> BoxedStrategy<Json> {
    Shape::named("message").documents(limits)
}

/// A body that publishes a message; it need not pass any check.
pub fn new_message(limits: Limits) -> BoxedStrategy<Json> {
    Shape::named("new_message").documents(limits)
}

/// An attachment of a kind that the model knows, with members that it can read.
pub fn known_attachment(limits: Limits) -> BoxedStrategy<Json> {
    known(shape::ATTACHMENTS, limits)
}

/// An object of one of these kinds, or of none, or one that cannot be read.
fn tagged(kinds: Kinds, limits: Limits) -> BoxedStrategy<Json> {
    let oddity = prop_oneof![
        anything(limits),
        Just(Json::object([])),
        record(&[], limits, None),
        scalars::number(limits).prop_map(|kind| Json::object([("type", kind)])),
        Just(Json::object([("type", Json::Null), ("fileId", Json::string("1"))])),
    ];
    prop_oneof![
        6 => known(kinds, limits),
        1 => broken(kinds, limits),
        2 => record(&[], limits, Some(scalars::spelling("[A-Z]{3,9}(_[A-Z]{2,9})?"))),
        1 => oddity,
    ]
    .boxed()
}

/// An object of one of these kinds, with members that the model can read.
pub(crate) fn known(kinds: Kinds, limits: Limits) -> BoxedStrategy<Json> {
    let kinds = kinds.iter().map(|(kind, members)| tagged_object(kind, members, limits));
    proptest::strategy::Union::new(kinds).boxed()
}

fn tagged_object(kind: &'static str, members: Members, limits: Limits) -> BoxedStrategy<Json> {
    record(members, limits, Some(scalars::spelling(Just(kind.to_owned()))))
}

/// An object of a known kind, with a member of the wrong type or one too many, perhaps deep inside.
fn broken(kinds: Kinds, limits: Limits) -> BoxedStrategy<Json> {
    (known(kinds, limits), any::<prop::sample::Index>(), anything(limits), any::<bool>())
        .prop_map(move |(object, at, wrong, again)| match object {
            Json::Object(mut members) => {
                let at = at.index(members.len());
                if again && limits == Limits::None {
                    members.push((members[at].0.clone(), wrong));
                } else if members[at].0 != literal("type") {
                    members[at].1 = wrong;
                }
                Json::Object(members)
            }
            other => other,
        })
        .boxed()
}

/// Any JSON value, as it may stand where the model has no name.
pub fn anything(limits: Limits) -> BoxedStrategy<Json> {
    const LONE_SURROGATES: &[&str] = &[r#""\ud800""#, r#""a\uDC00b""#, r#""\udbff\u0041""#, r#""\ud83e\ud83e""#];

    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        scalars::number(limits),
        scalars::string(),
    ];
    let leaf = if limits == Limits::None {
        let lone = select(LONE_SURROGATES).prop_map(|literal| Json::String(literal.to_owned()));
        prop_oneof![12 => leaf, 1 => lone].boxed()
    } else {
        leaf.boxed()
    };
    leaf.prop_recursive(3, 12, 4, move |inner| {
        let members = vec((scalars::name(limits), inner.clone()), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Json::Array),
            members.prop_map(move |members| Json::Object(distinct(members))),
        ]
    })
    .boxed()
}

/// What a member of this kind holds, or a whole document.
pub(crate) fn value(kind: &'static Kind, limits: Limits) -> BoxedStrategy<Json> {
    match kind {
        Kind::Text => scalars::string(),
        Kind::Time => scalars::time(),
        Kind::Id => scalars::id(limits),
        Kind::Number => scalars::number(limits),
        Kind::Bool => any::<bool>().prop_map(Json::Bool).boxed(),
        Kind::Word(named) => scalars::word(named),
        Kind::List(item) => list(item, limits),
        Kind::Map(item) => vec((scalars::name(limits), value(item, limits)), 0..4)
            .prop_map(|members| Json::Object(distinct(members)))
            .boxed(),
        Kind::Object(members) | Kind::Forgiving(members) => record(members, limits, None),
        Kind::Kept(kind) => prop_oneof![8 => value(kind, limits), 1 => anything(limits)].boxed(),
        Kind::TaggedObject(kind, members) => tagged_object(kind, members, limits),
        Kind::Tagged(kinds) | Kind::TaggedForgiving(kinds) => tagged(kinds, limits),
        Kind::Either(kinds) => {
            let kinds = kinds.iter().map(|kind| value(kind, limits));
            proptest::strategy::Union::new(kinds).boxed()
        }
        Kind::OneOrMany(item) => prop_oneof![1 => value(item, limits), 2 => list(item, limits)].boxed(),
        Kind::Foreign(kind) | Kind::Vital(kind) | Kind::VitalAsAWhole(kind) => value(kind, limits),
    }
}

fn list(item: &'static Kind, limits: Limits) -> BoxedStrategy<Json> {
    let items = value(item, limits);
    prop_oneof![
        1 => Just(Vec::new()),
        3 => vec(items.clone(), 1),
        1 => vec(items, 2..5),
    ]
    .prop_map(Json::Array)
    .boxed()
}

/// An object of these members, with strangers among them; with a `type` where one is given.
fn record(members: Members, limits: Limits, kind: Option<BoxedStrategy<String>>) -> BoxedStrategy<Json> {
    let known: Vec<BoxedStrategy<Option<(String, Json)>>> = members
        .iter()
        .filter(|(name, _)| kind.is_none() || *name != "type")
        .map(|(name, kind)| {
            let filled = (scalars::spelling(Just((*name).to_owned())), value(kind, limits)).prop_map(Some);
            let null = Just(Some((literal(name), Json::Null)));
            prop_oneof![2 => Just(None), 1 => null, 7 => filled].boxed()
        })
        .collect();
    let tag = match kind {
        Some(kind) => kind
            .prop_map(|kind| Some((literal("type"), Json::String(kind))))
            .boxed(),
        None => Just(None).boxed(),
    };
    let stranger = (scalars::spelling(stranger(members, limits)), anything(limits), 0..10_u8);
    let strangers = prop_oneof![3 => Just(Vec::new()), 2 => vec(stranger, 1..4)];
    (known, tag, strangers)
        .prop_map(move |(known, tag, strangers)| {
            let mut all: Vec<(String, Json)> = known.into_iter().flatten().chain(tag).collect();
            for (name, value, again) in strangers {
                if again == 0 {
                    all.push((name.clone(), Json::Null));
                }
                all.push((name, value));
            }
            if limits == Limits::Buffered {
                all = distinct(all);
            }
            all
        })
        .prop_shuffle()
        .prop_map(Json::Object)
        .boxed()
}

/// The name of a member that an object with these members does not know.
fn stranger(members: Members, limits: Limits) -> BoxedStrategy<String> {
    let known = move |name: &str| name == "type" || members.iter().any(|(known, _)| *known == name);
    let near: Vec<BoxedStrategy<String>> = members.iter().map(|(name, _)| scalars::near(name)).collect();
    let near = match near.is_empty() {
        true => scalars::near("type"),
        false => proptest::strategy::Union::new(near).boxed(),
    };
    prop_oneof![
        3 => near,
        1 => select(&["extra", "value", "id", "text", "deliveryIdentifier"]).prop_map(str::to_owned),
        2 => scalars::plain_name(limits),
    ]
    .prop_map(move |name| if known(&name) { format!("{name}?") } else { name })
    .boxed()
}

/// The first member of each name.
fn distinct(members: Vec<(String, Json)>) -> Vec<(String, Json)> {
    let mut names = Vec::new();
    members
        .into_iter()
        .filter(|(name, _)| {
            let name = units(name);
            let new = !names.contains(&name);
            names.push(name);
            new
        })
        .collect()
}
