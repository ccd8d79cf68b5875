//! Presence: a member is absent, null, or has a value.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, Visitor},
};

/// A member of a JSON object, with its presence.
///
/// ```
/// use hubchannel_model::Message;
///
/// let message: Message = serde_json::from_str(r#"{"text": "hello", "richText": null}"#)?;
/// assert_eq!(message.text.as_deref(), Some("hello"));
/// assert!(message.rich_text.is_null());
/// assert!(message.subject.is_absent());
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// HubSpot leaves members out, sends them as `null`, or fills them, and "required" in its descriptions does not
/// always mean present. The three states are different values here, so that what is read can be written again
/// unchanged, and so that a request can say `null` where it means "clear this". Who only asks for the value uses
/// [`as_ref`](Field::as_ref), [`as_deref`](Field::as_deref) or [`into_option`](Field::into_option).
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field<T> {
    /// The member is not there.
    #[default]
    Absent,
    /// The member is there and is `null`.
    Null,
    /// The member is there with this value.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub const fn as_ref(&self) -> Option<&T> {
        match self {
            Field::Value(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }

    /// The value for changing in place, if there is one.
    pub const fn as_mut(&mut self) -> Option<&mut T> {
        match self {
            Field::Value(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }

    /// The value's target, if there is one: `&str` for a `Field<String>`, a slice for a `Field<Vec<_>>`.
    pub fn as_deref(&self) -> Option<&T::Target>
    where
        T: std::ops::Deref,
    {
        self.as_ref().map(T::deref)
    }

    /// The value, if there is one; forgets whether the member was absent or null.
    pub fn into_option(self) -> Option<T> {
        match self {
            Field::Value(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }

    /// Whether the member is not there.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Field::Absent)
    }

    /// Whether the member is there and is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Field::Null)
    }

    /// Whether the member has a value.
    pub const fn is_value(&self) -> bool {
        matches!(self, Field::Value(_))
    }
}

impl<T: fmt::Debug> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Absent => f.write_str("absent"),
            Field::Null => f.write_str("null"),
            Field::Value(value) => value.fmt(f),
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Field::Value(value)
    }
}

/// `None` becomes an absent member, never `null`.
impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Field::Absent, Field::Value)
    }
}

/// Makes a field of what its value is made of, so that records are filled by hand with `into` alone.
macro_rules! into_field {
    ($name:ident: $($from:ty),+) => { $(
        impl From<$from> for $crate::Field<$name> {
            fn from(value: $from) -> Self {
                $crate::Field::Value(value.into())
            }
        }
    )+ };
}

pub(crate) use into_field;

into_field!(String: &str);

/// Reads `null` as [`Field::Null`]. In a struct of your own, `#[serde(default)]` makes a missing member
/// [`Field::Absent`].
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut field = Field::Absent;
        Filling(&mut field).deserialize(deserializer)?;
        Ok(field)
    }
}

/// Reads a value or `null` straight into a field: large values are not handed up through every layer of the parser.
pub(crate) struct Filling<'f, T>(pub(crate) &'f mut Field<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Filling<'_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Filling<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 = Field::Value(T::deserialize(deserializer)?);
        Ok(())
    }

    #[inline]
    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        *self.0 = Field::Null;
        Ok(())
    }

    #[inline]
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.visit_none()
    }
}

/// How a field is read in a record.
pub(crate) trait Fill<T> {
    fn filling(&mut self) -> Filling<'_, T>;
}

impl<T> Fill<T> for Field<T> {
    #[inline]
    fn filling(&mut self) -> Filling<'_, T> {
        Filling(self)
    }
}

/// Writes the value or `null`. In a struct of your own, `#[serde(skip_serializing_if = "Field::is_absent")]` leaves
/// absent members out.
impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Field::Value(value) => value.serialize(serializer),
            Field::Absent | Field::Null => serializer.serialize_none(),
        }
    }
}
