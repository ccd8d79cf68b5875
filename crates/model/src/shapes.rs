//! What comes in more than one JSON shape: as an object or as a string, as one object or as a list.
//!
//! The shape is found while reading and nothing is buffered, so that an error still names its path.

use std::{fmt, marker::PhantomData, sync::OnceLock};

use serde::{
    Deserializer,
    de::{self, Error as _, MapAccess, Unexpected, Visitor},
};

use crate::wire::{Record, raw};

/// A type that is an object, or in short a string.
pub(crate) trait ObjectOrString: Sized {
    type Object: Record;

    fn from_object(object: Self::Object) -> Self;
    fn from_string(text: &str) -> Self;

    /// All of `Deserialize`.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either(PhantomData))
    }
}

struct Either<T>(PhantomData<T>);

impl<'de, T: ObjectOrString> Visitor<'de> for Either<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({}) or a string", T::Object::NAME)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from_string(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        read_object(&mut map, &self).map(T::from_object)
    }
}

/// Reads the map that `deserialize_any` has found.
pub(crate) fn read_object<'de, R: Record, A: MapAccess<'de>>(
    map: &mut A,
    expected: &dyn de::Expected,
) -> Result<R, A::Error> {
    let mut object = R::read_after_tag(map)?;
    if is_number(&mut object) {
        return Err(A::Error::invalid_type(Unexpected::Other("number"), expected));
    }
    Ok(object)
}

/// Whether this is a number in disguise: where serde_json keeps the digits of numbers, which any program may have
/// switched on, it hands them out as objects to those who ask for any value.
fn is_number(object: &mut impl Record) -> bool {
    static DIGITS_ARE_KEPT: OnceLock<bool> = OnceLock::new();
    let kept = DIGITS_ARE_KEPT.get_or_init(|| {
        serde_json::from_str::<serde_json::Number>("1.00").is_ok_and(|number| number.to_string() == "1.00")
    });
    let extra = object.extra_mut();
    let disguised = *kept
        && extra.len() == 1
        && extra
            .get("$serde_json::private::Number")
            .and_then(raw::as_string)
            .is_some_and(|digits| serde_json::from_str::<serde_json::Number>(&digits).is_ok());
    disguised && (0..named(object)).all(|member| !object.is_present(member))
}

fn named<R: Record>(_: &R) -> usize {
    R::MEMBERS.len()
}
