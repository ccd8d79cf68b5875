//! One JSON value as its own text.
//!
//! serde_json can hand out the text of a value while it parses, through `RawValue`, but that type refuses every
//! other source: the buffers that serde fills for tagged, untagged and flattened types, or a `serde_json::Value`.
//! [`read`] takes the text where there is one and prints the value again where there is none.

use std::{borrow::Cow, fmt, marker::PhantomData, sync::OnceLock};

use serde::{
    Deserialize, Deserializer,
    de::{
        self, DeserializeSeed, MapAccess, SeqAccess, Visitor,
        value::{BorrowedStrDeserializer, MapAccessDeserializer, MapDeserializer},
    },
};
use serde_json::{Value, value::RawValue};

use super::parse;

/// What is read from the text of one JSON value.
pub(crate) trait FromJson: Sized {
    /// Reads the text, which has no white space around it.
    ///
    /// It is JSON unless somebody has put text of his own under serde_json's name for raw text, in an object that serde
    /// has buffered. So text must be [`checked`] or parsed before it is kept to be written as JSON.
    fn from_json(json: &str) -> serde_json::Result<Self>;
}

impl FromJson for Box<str> {
    fn from_json(json: &str) -> serde_json::Result<Self> {
        checked(json).map(Into::into)
    }
}

/// The text, if it is one JSON value.
pub(crate) fn checked(json: &str) -> serde_json::Result<&str> {
    parse::from_str::<&RawValue>(json).map(RawValue::get)
}

/// Reads the next value from its text, without a copy where the source can lend it.
#[inline]
pub(crate) fn read<'de, T: FromJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_newtype_struct(raw_value_name(), Capture(PhantomData))
}

/// Valid JSON text, ready to be written. It is not parsed again: text is only kept once it has been checked.
#[inline]
pub(crate) fn value(text: &str) -> serde_json::Result<&RawValue> {
    <&RawValue>::deserialize(Kept(text)).or_else(|_| parse::from_str(text))
}

/// Hands valid text to a `RawValue` as serde_json does while it parses: as a map of one entry, the name and the text.
struct Kept<'de>(&'de str);

impl<'de> Deserializer<'de> for Kept<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, serde_json::Error> {
        let text = BorrowedStrDeserializer::new(self.0);
        visitor.visit_map(MapDeserializer::new(std::iter::once((raw_value_name(), text))))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The name by which a `RawValue` asks serde_json for text, learnt from `RawValue` itself.
#[inline]
fn raw_value_name() -> &'static str {
    static NAME: OnceLock<&'static str> = OnceLock::new();
    NAME.get_or_init(|| match <Box<RawValue>>::deserialize(NameProbe) {
        Err(NameOrError::Name(name)) => name,
        // A `RawValue` that asks in some other way: every capture then takes the way of a buffered value.
        _ => "",
    })
}

struct NameProbe;

#[derive(Debug)]
enum NameOrError {
    Name(&'static str),
    Error,
}

impl fmt::Display for NameOrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a value")
    }
}

impl std::error::Error for NameOrError {}

impl de::Error for NameOrError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        NameOrError::Error
    }
}

impl<'de> Deserializer<'de> for NameProbe {
    type Error = NameOrError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NameOrError> {
        Err(NameOrError::Error)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, _: V) -> Result<V::Value, NameOrError> {
        Err(NameOrError::Name(name))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Capture<T>(PhantomData<T>);

impl<'de, T: FromJson> Visitor<'de> for Capture<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    /// serde_json with text at hand: a map of one entry, the name and the text.
    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        match map.next_key_seed(FirstKey)? {
            Some(Key::Raw) => {
                let json = map.next_value_seed(Text)?;
                parsed(&json)
            }
            Some(Key::Other(key)) => buffered_map(key, map),
            None => parsed("{}"),
        }
    }

    /// A buffered value.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        print(&Value::deserialize(deserializer)?)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        print(&Value::from(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        print(&Value::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        print(&Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        print(&Value::from(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        print(&Value::from(value))
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        parsed("null")
    }

    fn visit_none<E: de::Error>(self) -> Result<T, E> {
        parsed("null")
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        print(&Value::deserialize(deserializer)?)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        print(&Value::deserialize(de::value::SeqAccessDeserializer::new(seq))?)
    }
}

/// The first key of a map.
enum Key {
    /// serde_json's name for raw text, which follows.
    Raw,
    Other(String),
}

/// serde_json lends its name for raw text as an identifier.
struct FirstKey;

impl<'de> DeserializeSeed<'de> for FirstKey {
    type Value = Key;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for FirstKey {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    #[inline]
    fn visit_str<E: de::Error>(self, key: &str) -> Result<Key, E> {
        if key == raw_value_name() {
            Ok(Key::Raw)
        } else {
            Ok(Key::Other(key.to_owned()))
        }
    }
}

/// A map from a source that knows no text and whose first key is already read: that entry is put back in front.
#[cold]
fn buffered_map<'de, T: FromJson, A: MapAccess<'de>>(first: String, rest: A) -> Result<T, A::Error> {
    struct Rejoined<A>(Option<String>, A);

    impl<'de, A: MapAccess<'de>> MapAccess<'de> for Rejoined<A> {
        type Error = A::Error;

        fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
            match self.0.take() {
                Some(first) => seed.deserialize(de::value::StringDeserializer::new(first)).map(Some),
                None => self.1.next_key_seed(seed),
            }
        }

        fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
            self.1.next_value_seed(seed)
        }
    }

    print(&Value::deserialize(MapAccessDeserializer::new(Rejoined(Some(first), rest)))?)
}

#[cold]
fn print<T: FromJson, E: de::Error>(value: &Value) -> Result<T, E> {
    parsed(&serde_json::to_string(value).map_err(E::custom)?)
}

#[inline]
fn parsed<T: FromJson, E: de::Error>(json: &str) -> Result<T, E> {
    T::from_json(json).map_err(E::custom)
}

/// A string, borrowed when the source can lend it.
pub(crate) struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    #[inline]
    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value))
    }
}

/// The JSON string in `text`, if it is one.
#[inline]
pub(crate) fn as_string(text: &str) -> Option<Cow<'_, str>> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    if inner.as_bytes().contains(&b'\\') {
        parse::from_str(text).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// What kind of JSON value `text` is, as an error message says it.
pub(crate) fn kind_of(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}
