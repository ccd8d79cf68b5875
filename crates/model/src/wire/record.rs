//! How a record, a JSON object with named members, is read and written.
//!
//! [`record!`] declares the struct as its documentation shows it and a small table of its members; the one visitor
//! below reads every record by that table. It keeps what it cannot name in [`Extra`], tells absent from null, refuses
//! a member given twice, and never buffers.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serializer,
    de::{self, DeserializeSeed, Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};

use super::{Extra, Field, parse, raw};

/// A struct declared by [`record!`].
pub(crate) trait Record: Default {
    /// The type's name, for error messages.
    const NAME: &'static str;
    /// The names of the members on the wire, in the order of declaration.
    const MEMBERS: &'static [&'static str];
    /// The value of the `type` member that an attachment record is known by; written first, checked when read.
    const TAG: Option<&'static str>;

    /// Which member has this name; one past the last if none has.
    fn find(name: &str) -> usize;
    /// Whether the member at this place is not absent.
    fn is_present(&self, member: usize) -> bool;
    /// Reads the next value of `map` into the member at this place. Forgivingly, a value that the member does not take is
    /// kept in `extra`, unless the member is vital.
    fn read<'de, const FORGIVES: bool, A: MapAccess<'de>>(
        &mut self,
        member: usize,
        map: &mut A,
    ) -> Result<(), A::Error>;
    /// Writes every member that is present, without the tag.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
    fn extra_mut(&mut self) -> &mut Extra;

    /// All of `Deserialize`. Asks for a map and not a struct: a struct in a flattened type is shown only the members
    /// that it names.
    #[inline]
    fn read_from<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RecordVisitor::<Self, false>(PhantomData))
    }

    /// The rest of a map whose tag is already read.
    #[inline]
    fn read_after_tag<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        read_members::<false, _, _>(map, true)
    }

    /// All of `Serialize`.
    #[inline]
    fn write_to<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(tag) = Self::TAG {
            map.serialize_entry("type", tag)?;
        }
        self.write(&mut map)?;
        map.end()
    }
}

struct RecordVisitor<R, const FORGIVES: bool>(PhantomData<R>);

impl<'de, R: Record, const FORGIVES: bool> Visitor<'de> for RecordVisitor<R, FORGIVES> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", R::NAME)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<R, A::Error> {
        read_members::<FORGIVES, _, _>(&mut map, false)
    }
}

#[inline]
fn read_members<'de, const FORGIVES: bool, R: Record, A: MapAccess<'de>>(
    map: &mut A,
    mut tagged: bool,
) -> Result<R, A::Error> {
    let mut record = R::default();
    let mut other = None;
    while let Some(member) = map.next_key_seed(KeySeed::<R>(&mut other, PhantomData))? {
        if member < R::MEMBERS.len() {
            record.read::<FORGIVES, _>(member, map)?;
        } else if let Some(name) = other.take() {
            let json = map.next_value_seed(Json)?;
            record.extra_mut().push(name, json);
        } else if let Some(tag) = R::TAG {
            if std::mem::replace(&mut tagged, true) {
                refuse_double(map, "type")?;
            }
            map.next_value_seed(Exactly(tag))?;
        }
    }
    Ok(record)
}

/// Finds the member that a key names. A name that no member has is left in the slot, except the tag's.
struct KeySeed<'a, R>(&'a mut Option<Box<str>>, PhantomData<R>);

impl<'de, R: Record> DeserializeSeed<'de> for KeySeed<'_, R> {
    type Value = usize;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<R: Record> Visitor<'_> for KeySeed<'_, R> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    #[inline]
    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        let member = R::find(name);
        if member == R::MEMBERS.len() && !(R::TAG.is_some() && name == "type") {
            *self.0 = Some(name.into());
        }
        Ok(member)
    }
}

/// The text of any value.
struct Json;

impl<'de> DeserializeSeed<'de> for Json {
    type Value = Box<str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Box<str>, D::Error> {
        raw::read(deserializer)
    }
}

/// A tag that must be this one.
struct Exactly(&'static str);

impl<'de> DeserializeSeed<'de> for Exactly {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Exactly {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the type {:?}", self.0)
    }

    #[inline]
    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        if value == self.0 {
            Ok(())
        } else {
            Err(E::invalid_value(de::Unexpected::Str(value), &self))
        }
    }
}

/// Refuses the second of two members of the same name, from inside its value, so that the error's path names it.
#[cold]
pub(crate) fn refuse_double<'de, A: MapAccess<'de>>(map: &mut A, name: &str) -> Result<(), A::Error> {
    struct Second<'n>(&'n str);

    impl<'de> DeserializeSeed<'de> for Second<'_> {
        type Value = ();

        fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
            Err(D::Error::custom(format_args!("duplicate field `{}`", self.0)))
        }
    }

    map.next_value_seed(Second(name))
}

/// Reads the next value into a member, or keeps it among the others where it is not what the member takes.
pub(crate) fn fill_or_keep<'de, A, S>(member: S, extra: &mut Extra, name: &str, map: &mut A) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    S: for<'json> DeserializeSeed<'json, Value = ()>,
{
    if extra.get(name).is_some() {
        return refuse_double(map, name);
    }
    let json = map.next_value_seed(Json)?;
    if member.deserialize(&mut parse::parser(&json)).is_err() {
        extra.push(name.into(), json);
    }
    Ok(())
}

/// What can be read forgivingly: what is odd within costs nothing but itself, unless it is vital.
pub(crate) trait Forgiving: Sized {
    fn read_forgivingly<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<R: Record> Forgiving for R {
    fn read_forgivingly<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RecordVisitor::<Self, true>(PhantomData))
    }
}

/// An item that is no record is not let off.
impl<R: Record> Forgiving for Vec<R> {
    fn read_forgivingly<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::<Forgiven<R>>::deserialize(deserializer)?;
        Ok(items.into_iter().map(|Forgiven(item)| item).collect())
    }
}

/// What was read forgivingly.
struct Forgiven<T>(T);

impl<'de, T: Forgiving> Deserialize<'de> for Forgiven<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read_forgivingly(deserializer).map(Forgiven)
    }
}

/// Reads a value or `null` into a field, forgivingly.
pub(crate) struct FillingForgivingly<'f, T>(pub(crate) &'f mut Field<T>);

impl<'de, T: Forgiving> DeserializeSeed<'de> for FillingForgivingly<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 = match Field::deserialize(deserializer)? {
            Field::Absent => Field::Absent,
            Field::Null => Field::Null,
            Field::Value(Forgiven(value)) => Field::Value(value),
        };
        Ok(())
    }
}

/// Declares a JSON object of the API.
///
/// ```text
/// record! {
///     /// What the object is.
///     pub struct Message {
///         /// What the member means.
///         pub thread_id: Field<ThreadId> => "conversationsThreadId" (required),
///     }
/// }
/// ```
///
/// `tag "FILE"` before the members makes it an attachment of that kind; `keeps members` lets a member that cannot be read
/// cost nothing but itself: it stays absent, and what came is in `extra`. A `vital` member is never let off so:
///
/// ```text
///         pub id: Field<MessageId> => "id" (required) vital,
///         pub message: Field<Message> => "message" vital as a whole,
/// ```
///
/// Records that keep no members by themselves are read like that too where they are read forgivingly, as events are on a
/// second try. `as a whole` then reads forgivingly what is within the member, which is a record or a list of records.
///
/// What stands in parentheses is how HubSpot describes the member: notes of [`Member`](crate::schema::Member), which
/// decide nothing here.
macro_rules! record {
    (
        $(#[$docs:meta])*
        pub struct $name:ident $(tag $tag:literal)? $(keeps $odd:ident)? {
            $(
                $(#[$member_docs:meta])*
                pub $member:ident: Field<$type:ty> => $wire:literal
                    $( ($($note:ident),+) )? $( $vital:ident $($whole:ident)* )?,
            )*
        }
    ) => {
        $(#[$docs])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$member_docs])* pub $member: $crate::Field<$type>, )*
            /// The members that have no field here, kept as they came.
            pub extra: $crate::Extra,
        }

        impl $name {
            /// Builds one by hand, for a test or a double: what `fill` leaves alone stays absent.
            pub fn build(fill: impl FnOnce(&mut Self)) -> Self {
                let mut record = Self::default();
                fill(&mut record);
                record
            }
        }

        const _: () = {
            #[allow(unused_imports, reason = "a record may have no members, or only maps")]
            use $crate::wire::Fill as _;

            #[allow(non_camel_case_types, dead_code, reason = "the members by name, as indexes; there may be none")]
            enum At { $($member,)* }

            #[allow(dead_code, reason = "a record may have no members")]
            const KEEPS_ODD: bool = $crate::wire::record!(@odd $($odd)?);

            impl $crate::wire::Record for $name {
                const NAME: &'static str = stringify!($name);
                const MEMBERS: &'static [&'static str] = &[$($wire,)*];
                const TAG: Option<&'static str> = $crate::wire::record!(@tag $($tag)?);

                #[inline]
                fn find(name: &str) -> usize {
                    match name {
                        $( $wire => At::$member as usize, )*
                        _ => Self::MEMBERS.len(),
                    }
                }

                #[inline]
                fn is_present(&self, member: usize) -> bool {
                    $( if member == At::$member as usize { return !self.$member.is_absent(); } )*
                    let _ = member;
                    false
                }

                #[inline]
                fn read<'de, const FORGIVES: bool, A: serde::de::MapAccess<'de>>(
                    &mut self,
                    member: usize,
                    map: &mut A,
                ) -> Result<(), A::Error> {
                    $( if member == At::$member as usize {
                        if !self.$member.is_absent() { return $crate::wire::refuse_double(map, $wire); }
                        return $crate::wire::record!(
                            @read [$($vital $($whole)*)?] KEEPS_ODD, FORGIVES, self, $member, $wire, map
                        );
                    } )*
                    let _ = (member, map);
                    Ok(())
                }

                #[inline]
                fn write<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                    $( if !self.$member.is_absent() { map.serialize_entry($wire, &self.$member)?; } )*
                    self.extra.write(map, |name| {
                        (name == "type" && Self::TAG.is_some()) || self.is_present(Self::find(name))
                    })
                }

                fn extra_mut(&mut self) -> &mut $crate::Extra {
                    &mut self.extra
                }
            }

            impl $crate::schema::Described for $name {
                fn shape() -> $crate::schema::Shape {
                    const TABLE: &$crate::schema::Table = &$crate::schema::Table {
                        name: stringify!($name),
                        file: file!(),
                        line: line!(),
                        tag: $crate::wire::record!(@tag $($tag)?),
                        members: &[ $(
                            $crate::schema::Member::new($wire, <$type as $crate::schema::Described>::shape)
                                $( $( .$note() )+ )?,
                        )* ],
                    };
                    $crate::schema::Shape::Record(TABLE)
                }

                fn note_unknown(&self, walk: &mut $crate::schema::Walk) {
                    $( if let Some(value) = self.$member.as_ref() {
                        walk.member($wire, |walk| $crate::schema::Described::note_unknown(value, walk));
                    } )*
                    self.extra.note_unknown(walk, <Self as $crate::wire::Record>::MEMBERS);
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    <Self as $crate::wire::Record>::read_from(deserializer)
                }
            }

            $crate::wire::record!(@kind $name $($tag)?);

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    $crate::wire::Record::write_to(self, serializer)
                }
            }
        };
    };
    (@read [] $keeps:ident, $forgives:ident, $self:ident, $member:ident, $wire:literal, $map:ident) => {
        if $keeps || $forgives {
            $crate::wire::fill_or_keep($self.$member.filling(), &mut $self.extra, $wire, $map)
        } else {
            $map.next_value_seed($self.$member.filling())
        }
    };
    (@read [vital] $keeps:ident, $forgives:ident, $self:ident, $member:ident, $wire:literal, $map:ident) => {
        $map.next_value_seed($self.$member.filling())
    };
    (@read [vital as a whole] $keeps:ident, $forgives:ident, $self:ident, $member:ident, $wire:literal, $map:ident) => {
        if $forgives {
            $map.next_value_seed($crate::wire::FillingForgivingly(&mut $self.$member))
        } else {
            $map.next_value_seed($self.$member.filling())
        }
    };
    (@odd) => { false };
    (@odd members) => { true };
    (@kind $name:ident) => {};
    (@kind $name:ident $tag:literal) => { impl $crate::tagged::OfKind for $name {} };
    (@tag) => { None };
    (@tag $tag:literal) => { Some($tag) };
}

pub(crate) use record;
