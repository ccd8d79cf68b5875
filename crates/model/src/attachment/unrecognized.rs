//! Attachments kept whole.

use std::fmt;

use serde::{
    Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::{self, SerializeMap},
};
use serde_json::value::RawValue;

use crate::{DecodeError, wire::raw};

/// An attachment that this version cannot read, as JSON text. `Debug` does not show the text, which may hold secrets.
#[derive(Clone)]
pub struct UnrecognizedAttachment {
    kind: Option<Box<str>>,
    json: Box<str>,
    refused: Option<DecodeError>,
}

impl UnrecognizedAttachment {
    pub(super) fn new(kind: Option<&str>, json: &str, refused: Option<DecodeError>) -> Self {
        UnrecognizedAttachment {
            kind: kind.map(Into::into),
            json: json.into(),
            refused,
        }
    }

    /// The `type`, if there is one and it is a string.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// Whether it can be written member by member: not where it is no object, or where a name is no text because of an
    /// escape.
    fn has_members(&self) -> bool {
        self.json.starts_with('{') && (!self.json.contains(r"\u") || each_member(&self.json, |_, _| {}).is_ok())
    }

    /// The whole attachment as it came.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Why an attachment of a kind that this version knows could not be read; `None` for an unknown kind.
    pub fn decode_error(&self) -> Option<&DecodeError> {
        self.refused.as_ref()
    }
}

impl fmt::Debug for UnrecognizedAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnrecognizedAttachment")
            .field("kind", &self.kind)
            .field("json", &format_args!("{} bytes", self.json.len()))
            .field("decode_error", &self.refused)
            .finish()
    }
}

/// By the text.
impl PartialEq for UnrecognizedAttachment {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl Eq for UnrecognizedAttachment {}

/// Member by member, so that an attachment inside a tagged or flattened type of the user's is an object there as well.
impl Serialize for UnrecognizedAttachment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.has_members() {
            return raw::value(&self.json)
                .map_err(ser::Error::custom)?
                .serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        let mut written = Ok(());
        each_member(&self.json, |name, json| {
            if written.is_ok() {
                written = map.serialize_entry(name, json);
            }
        })
        .map_err(ser::Error::custom)?;
        written?;
        map.end()
    }
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

    serde_json::Deserializer::from_str(json).deserialize_map(Object(see))
}
