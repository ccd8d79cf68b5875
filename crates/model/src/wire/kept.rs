//! How a value that was kept whole, as JSON text, is written again.

use std::fmt;

use serde::{
    Deserializer as _, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::{Error as _, SerializeMap},
};
use serde_json::value::RawValue;

use super::{parse, raw};

/// Writes valid JSON text. An object is written member by member, so that it is an object too inside a tagged or
/// flattened type of the user's.
pub(crate) fn write<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if !has_members(json) {
        return raw::value(json).map_err(S::Error::custom)?.serialize(serializer);
    }
    let mut map = serializer.serialize_map(None)?;
    let mut written = Ok(());
    each_member(json, |name, json| {
        if written.is_ok() {
            written = map.serialize_entry(name, json);
        }
    })
    .map_err(S::Error::custom)?;
    written?;
    map.end()
}

/// Whether two texts are written as the same: where they are objects, by the names and texts of their members in their
/// order.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let members = |json: &str| {
        let mut members = Vec::new();
        let read = each_member(json, |name, json| members.push((name.to_owned(), json.get().to_owned())));
        read.ok().map(|()| members)
    };
    one == other || members(one).is_some_and(|one| Some(one) == members(other))
}

/// Whether it can be written member by member: not where it is no object, or where a name is no text because of an
/// escape.
fn has_members(json: &str) -> bool {
    json.starts_with('{') && (!json.contains(r"\u") || each_member(json, |_, _| {}).is_ok())
}

/// Shows the members of an object as they come, doubled ones too; fails where the text is no object or has names that
/// are no text.
fn each_member(json: &str, see: impl FnMut(&str, &RawValue)) -> serde_json::Result<()> {
    struct Object<F>(F);

    impl<'de, F: FnMut(&str, &RawValue)> Visitor<'de> for Object<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some(name) = map.next_key_seed(raw::Text)? {
                (self.0)(&name, map.next_value()?);
            }
            Ok(())
        }
    }

    parse::parser(json).deserialize_map(Object(see))
}
