//! The smallest documents of a shape, for tests that make one member large.

use super::{Kind, Members, Shape};
use crate::json::Json;

/// One kind of object that a shape may be.
#[derive(Clone, Debug)]
pub struct SmallObject {
    /// The object, with its `type` where it has a certain one, and else without members.
    pub json: Json,
    /// Its other members' names, each with the smallest value that it takes.
    pub members: Vec<(&'static str, Json)>,
    /// The members that are lists, each with the smallest item that it takes.
    pub lists: Vec<(&'static str, Json)>,
    /// The members whose names within are the sender's choice, each with the smallest value that one takes.
    pub maps: Vec<(&'static str, Json)>,
}

impl Shape {
    /// Each kind of object that it may be.
    pub fn small_objects(&self) -> Vec<SmallObject> {
        objects(self.kind)
    }

    /// The `type` that it must have.
    pub fn tag(&self) -> Option<&'static str> {
        match self.kind {
            Kind::TaggedObject(tag, _) => Some(tag),
            _ => None,
        }
    }
}

fn objects(kind: &Kind) -> Vec<SmallObject> {
    match kind {
        Kind::Object(members) | Kind::Forgiving(members) => vec![object(None, members)],
        Kind::TaggedObject(tag, members) => vec![object(Some(tag), members)],
        Kind::Tagged(kinds) | Kind::TaggedForgiving(kinds) => {
            kinds.iter().map(|(tag, members)| object(Some(tag), members)).collect()
        }
        Kind::Either(kinds) => kinds.iter().flat_map(objects).collect(),
        Kind::OneOrMany(item) | Kind::Kept(item) => objects(item),
        _ => Vec::new(),
    }
}

fn object(tag: Option<&str>, members: Members) -> SmallObject {
    let members = || members.iter().filter(|(name, _)| tag.is_none() || *name != "type");
    SmallObject {
        json: Json::object(tag.map(|tag| ("type", Json::string(tag)))),
        members: members().map(|(name, kind)| (*name, value(kind))).collect(),
        lists: members()
            .filter_map(|(name, kind)| match kind.held() {
                Kind::List(item) => Some((*name, value(item))),
                _ => None,
            })
            .collect(),
        maps: members()
            .filter_map(|(name, kind)| match kind.held() {
                Kind::Map(item) => Some((*name, value(item))),
                _ => None,
            })
            .collect(),
    }
}

/// The smallest value of a kind that is not null.
fn value(kind: &Kind) -> Json {
    match kind {
        Kind::Text | Kind::Time | Kind::Word(_) => Json::string(""),
        Kind::Id | Kind::Number => Json::Number("0".to_owned()),
        Kind::Bool => Json::Bool(true),
        Kind::List(_) => Json::Array(Vec::new()),
        Kind::Map(_) | Kind::Object(_) | Kind::Forgiving(_) => Json::object([]),
        Kind::TaggedObject(tag, _) => Json::object([("type", Json::string(tag))]),
        Kind::Tagged(kinds) | Kind::TaggedForgiving(kinds) => {
            Json::object(kinds.first().map(|(tag, _)| ("type", Json::string(tag))))
        }
        Kind::Either(kinds) => kinds.first().map_or(Json::Null, value),
        Kind::OneOrMany(kind)
        | Kind::Kept(kind)
        | Kind::Foreign(kind)
        | Kind::Vital(kind)
        | Kind::VitalAsAWhole(kind) => value(kind),
    }
}
