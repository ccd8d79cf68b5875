//! The members of an object that this crate has no name for.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned, ser::SerializeMap};

use super::{decode_text, raw};
use crate::{DecodeError, schema::Walk};

/// The members of a JSON object that the type around it does not name, as JSON text.
///
/// ```
/// use hubchannel_model::Message;
///
/// let json = r#"{"id":"5c1f","sentiment":{"score":0.70}}"#;
/// let message: Message = serde_json::from_str(json)?;
/// assert_eq!(message.extra.get("sentiment"), Some(r#"{"score":0.70}"#));
/// assert_eq!(serde_json::to_string(&message)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// HubSpot adds members without notice. They are kept exactly as they came, in their order and with every digit, and
/// are written again after the named ones. An `Extra` is one pointer wide and allocates only when it holds something.
///
/// Two are equal when they hold the same names with the same text in the same order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extra(
    #[expect(clippy::box_collection, reason = "one pointer wide in every record")] Option<Box<Vec<Entry>>>,
);

#[derive(Clone, PartialEq, Eq)]
struct Entry {
    name: Box<str>,
    json: Box<str>,
}

impl Extra {
    /// Whether there are no such members.
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// The JSON text of a member; of the last one where the name is doubled.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entries()
            .iter()
            .rev()
            .find(|entry| *entry.name == *name)
            .map(|entry| &*entry.json)
    }

    /// A member decoded as `T`; `None` when there is none of that name.
    ///
    /// # Errors
    /// When the member is there and is not a `T`.
    pub fn decode<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, DecodeError> {
        self.get(name).map(decode_text).transpose()
    }

    /// Names and JSON texts in the order in which they came.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.entries().iter().map(|entry| (&*entry.name, &*entry.json))
    }

    /// Adds a member to be written, replacing every one of that name.
    ///
    /// A name that the type around it has a field for is written only while that field is absent.
    ///
    /// # Errors
    /// When the value cannot be written as JSON: a map with keys that are no strings, or a failing `Serialize`.
    pub fn insert<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), DecodeError> {
        let json = serde_json::to_string(value).map_err(|error| DecodeError::of_parser(name, &error))?;
        self.remove(name);
        self.push(name.into(), json.into());
        Ok(())
    }

    /// Takes a member out; returns the JSON text of the last one of that name.
    pub fn remove(&mut self, name: &str) -> Option<Box<str>> {
        let entries = self.0.as_deref_mut()?;
        let mut removed = None;
        entries.retain_mut(|entry| {
            let goes = *entry.name == *name;
            if goes {
                removed = Some(std::mem::take(&mut entry.json));
            }
            !goes
        });
        if entries.is_empty() {
            self.0 = None;
        }
        removed
    }

    /// Notes each of them as unknown, or as odd where the type around it names it.
    pub(crate) fn note_unknown(&self, walk: &mut Walk, members: &[&str]) {
        for (name, _) in self.iter() {
            walk.member(name, |walk| {
                if members.contains(&name) {
                    walk.is_odd();
                } else {
                    walk.found("is no member");
                }
            });
        }
    }

    /// Appends valid JSON text.
    pub(crate) fn push(&mut self, name: Box<str>, json: Box<str>) {
        self.0.get_or_insert_default().push(Entry { name, json });
    }

    /// Writes the members that `written` does not name.
    #[inline]
    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M, written: impl Fn(&str) -> bool) -> Result<(), M::Error> {
        match &self.0 {
            None => Ok(()),
            Some(entries) => {
                entries
                    .iter()
                    .filter(|entry| !written(&entry.name))
                    .try_for_each(|Entry { name, json }| {
                        let json = raw::value(json).map_err(serde::ser::Error::custom)?;
                        map.serialize_entry(&**name, json)
                    })
            }
        }
    }

    fn entries(&self) -> &[Entry] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

/// The names alone: a member that nobody knows may be a secret.
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}
