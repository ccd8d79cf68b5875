//! Objects with names of the sender's choice.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt,
    marker::PhantomData,
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, Visitor},
};

use super::{Field, Filling, refuse_double};

/// How a field of a map is read in a record. As a method of the type itself it goes before the one of `Fill`.
impl<T> Field<BTreeMap<String, T>> {
    #[inline]
    pub(crate) fn filling(&mut self) -> FillingMap<'_, T> {
        FillingMap(self)
    }
}

/// Reads a map or `null`. A name that comes twice is refused, as a known member is: of the two, one would be lost.
pub(crate) struct FillingMap<'f, T>(&'f mut Field<BTreeMap<String, T>>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for FillingMap<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let mut map = Field::Absent;
        Filling(&mut map).deserialize(deserializer)?;
        *self.0 = match map {
            Field::Value(Distinct(map)) => Field::Value(map),
            Field::Null => Field::Null,
            Field::Absent => Field::Absent,
        };
        Ok(())
    }
}

/// A map in which every name came once.
struct Distinct<T>(BTreeMap<String, T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Distinct<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Distinct<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object (names and values)")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Distinct<T>, A::Error> {
                let mut map = BTreeMap::new();
                while let Some(name) = source.next_key::<String>()? {
                    match map.entry(name) {
                        Entry::Vacant(entry) => {
                            entry.insert(source.next_value()?);
                        }
                        Entry::Occupied(entry) => refuse_double(&mut source, entry.key())?,
                    }
                }
                Ok(Distinct(map))
            }
        }

        deserializer.deserialize_map(Members(PhantomData))
    }
}
