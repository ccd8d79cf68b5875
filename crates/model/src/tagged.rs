//! Objects of several kinds, told apart by their `type`: attachments, events of a channel, entries of a thread.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserializer as _, Serialize, Serializer,
    de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor},
};

use crate::{
    DecodeError,
    wire::{Line, decode_text, kept, parse, raw},
};

/// An object of a kind that this version does not know, or of a known kind and not readable; kept whole, as JSON text.
///
/// `Debug` shows its kind, cut where it is long, and no value from it, because it may hold anything.
#[derive(Clone)]
pub struct Unrecognized {
    kind: Option<Box<str>>,
    json: Box<str>,
    refused: Option<DecodeError>,
}

impl Unrecognized {
    pub(crate) fn new(kind: Option<&str>, json: &str, refused: Option<DecodeError>) -> Self {
        Unrecognized {
            kind: kind.map(Into::into),
            json: json.into(),
            refused,
        }
    }

    /// The `type`, if there is one and it is a string; of a subscription's event its `subscriptionType`.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// The whole value as it came.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Why a value of a kind that this version knows could not be read; `None` for an unknown kind.
    pub fn decode_error(&self) -> Option<&DecodeError> {
        self.refused.as_ref()
    }

    /// Reads it as a type of your own.
    ///
    /// # Errors
    /// When it is not a `T`.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        decode_text(&self.json)
    }
}

impl fmt::Debug for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unrecognized")
            .field("kind", &self.kind.as_deref().map(Line))
            .field("bytes", &self.json.len())
            .field("refused_at", &self.refused.as_ref().map(|error| Line(error.path())))
            .finish()
    }
}

/// By the names and texts of its members in their order, which is what is written; by the whole text where it has none.
impl PartialEq for Unrecognized {
    fn eq(&self, other: &Self) -> bool {
        kept::is_same(&self.json, &other.json)
    }
}

impl Eq for Unrecognized {}

impl Serialize for Unrecognized {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        kept::write(&self.json, serializer)
    }
}

/// An enum declared by [`tagged!`].
pub(crate) trait Tagged: Sized {
    /// Reads the members after a tag of this kind; `None` for a kind that is unknown, or whose record has the tag among its
    /// members.
    fn read_after_tag<'de, A: MapAccess<'de>>(kind: &str, map: &mut A) -> Result<Option<Self>, A::Error>;

    /// Reads a value of this kind; `None` for an unknown kind.
    fn recognized(kind: &str, json: &str) -> Option<Result<Self, DecodeError>>;

    fn unrecognized(value: Unrecognized) -> Self;

    /// All of `FromJson`: fails only where there is no JSON.
    #[inline]
    fn read(json: &str) -> serde_json::Result<Self> {
        let mut kind = None;
        let mut parser = parse::parser(json);
        let read = parser.deserialize_map(Reader(&mut kind, PhantomData));
        match read.and_then(|read| parser.end().map(|()| read)) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Ok(Self::with_kind(kind.as_deref(), json)),
            Err(_) => raw::checked(json).map(|json| Self::with_kind(kind.as_deref(), json)),
        }
    }

    /// Reads a value whose tag does not come first, or which cannot be read and is kept.
    #[cold]
    fn with_kind(kind: Option<&str>, json: &str) -> Self {
        let refused = match kind.and_then(|kind| Self::recognized(kind, json)) {
            Some(Ok(value)) => return value,
            Some(Err(error)) => Some(error),
            None => None,
        };
        Self::unrecognized(Unrecognized::new(kind, json, refused))
    }
}

/// Reads a value whose tag comes first, as it does where HubSpot writes it, and whose kind is known. Leaves the tag in the
/// slot in any case.
struct Reader<'s, 'de, T>(&'s mut Option<Cow<'de, str>>, PhantomData<T>);

impl<'de, T: Tagged> Visitor<'de> for Reader<'_, 'de, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        let mut first = true;
        while let Some(name) = map.next_key_seed(raw::Text)? {
            if name == "type" {
                let kind = &*self.0.insert(map.next_value_seed(raw::Text)?);
                if first && let Some(value) = T::read_after_tag(kind, &mut map)? {
                    return Ok(Some(value));
                }
                break;
            }
            map.next_value::<IgnoredAny>()?;
            first = false;
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// What was read as a record, or else the text with the reason, and with the kind that this member says.
pub(crate) fn read_or_keep<R, T>(
    read: Result<R, DecodeError>,
    json: &str,
    kind_member: &str,
    recognized: impl FnOnce(R) -> T,
    unrecognized: impl FnOnce(Unrecognized) -> T,
) -> serde_json::Result<T> {
    match read {
        Ok(record) => Ok(recognized(record)),
        Err(error) => {
            let json = raw::checked(json)?;
            Ok(unrecognized(Unrecognized::new(kind(json, kind_member).as_deref(), json, Some(error))))
        }
    }
}

/// A record that is one of several kinds.
pub(crate) trait OfKind: Clone {
    /// Whether what it writes is read as this kind again. A record that has its `type` among its members, as a message
    /// has, may be without it.
    fn is_of_kind(&self, _: &'static str) -> bool {
        true
    }

    fn set_kind(&mut self, _: &'static str) {}
}

/// Writes a record so that it is read as this kind again.
pub(crate) fn write<R: OfKind + Serialize, S: Serializer>(
    record: &R,
    kind: &'static str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if record.is_of_kind(kind) {
        return record.serialize(serializer);
    }
    let mut record = record.clone();
    record.set_kind(kind);
    record.serialize(serializer)
}

/// What an object says its kind is by a member of this name, wherever it stands; by the first one where it is doubled.
fn kind<'de>(json: &'de str, member: &str) -> Option<Cow<'de, str>> {
    struct Kind<'s, 'de>(&'s str, &'s mut Option<Cow<'de, str>>);

    impl<'de> Visitor<'de> for Kind<'_, 'de> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(name) = map.next_key_seed(raw::Text)? {
                if name == self.0 {
                    *self.1 = Some(map.next_value_seed(raw::Text)?);
                    break;
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }

    let mut kind = None;
    // An error says that the object goes on, or that there is none; neither matters to what was found.
    let _ = parse::parser(json).deserialize_map(Kind(member, &mut kind));
    kind
}

/// Declares an enum of records that are told apart by their `type`.
///
/// ```text
/// tagged! {
///     /// What happened.
///     pub enum ChannelEvent keeps members {
///         /// An agent has replied.
///         OutgoingMessageCreated(OutgoingMessageCreated) = "OUTGOING_CHANNEL_MESSAGE_CREATED",
///     }
/// }
/// ```
///
/// With `keeps members`, a record that cannot be read is read once more, forgivingly, before it is kept whole.
macro_rules! tagged {
    (
        $(#[$docs:meta])*
        pub enum $name:ident $(keeps $odd:ident)? {
            $( $(#[$kind_docs:meta])* $kind:ident($record:ident) = $tag:literal, )+
        }
    ) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$kind_docs])* $kind($record), )+
            #[doc(hidden)]
            _Unrecognized($crate::Unrecognized),
        }

        impl $name {
            /// The kinds that this version names, in HubSpot's spelling.
            pub const NAMED: &'static [&'static str] = &[$($tag,)+];

            /// The kind as HubSpot spells it; `None` when there is no `type` that is a string.
            pub fn kind(&self) -> Option<&str> {
                match self {
                    $( $name::$kind(_) => Some($tag), )+
                    $name::_Unrecognized(unrecognized) => unrecognized.kind(),
                }
            }

            /// The value as it came, when this version cannot read it.
            pub fn as_unrecognized(&self) -> Option<&$crate::Unrecognized> {
                match self {
                    $name::_Unrecognized(unrecognized) => Some(unrecognized),
                    _ => None,
                }
            }
        }

        impl $crate::tagged::Tagged for $name {
            #[inline]
            fn read_after_tag<'de, A: serde::de::MapAccess<'de>>(
                kind: &str,
                map: &mut A,
            ) -> Result<Option<Self>, A::Error> {
                use $crate::wire::Record;

                match kind {
                    $( $tag if <$record>::TAG.is_some() => {
                        Record::read_after_tag(map).map(|record| Some($name::$kind(record)))
                    } )+
                    _ => Ok(None),
                }
            }

            fn recognized(kind: &str, json: &str) -> Option<Result<Self, $crate::DecodeError>> {
                $crate::tagged::tagged!(@decode $($odd)?);
                match kind {
                    $( $tag => Some(decode(json).map($name::$kind)), )+
                    _ => None,
                }
            }

            fn unrecognized(value: $crate::Unrecognized) -> Self {
                $name::_Unrecognized(value)
            }
        }

        impl $crate::schema::Naming for $name {
            const ENUM: &'static $crate::schema::Enum = &$crate::schema::Enum {
                name: stringify!($name),
                file: file!(),
                line: line!(),
                named: $name::NAMED,
            };
        }

        impl $crate::schema::Described for $name {
            fn shape() -> $crate::schema::Shape {
                let kinds = <$name as $crate::schema::Naming>::ENUM;
                $crate::schema::one_of(kinds, &[$( <$record as $crate::schema::Described>::shape, )+])
            }

            fn note_unknown(&self, walk: &mut $crate::schema::Walk) {
                match self {
                    $( $name::$kind(record) => $crate::schema::Described::note_unknown(record, walk), )+
                    $name::_Unrecognized(_) => walk.found("is of no kind that can be read"),
                }
            }
        }

        impl $crate::wire::raw::FromJson for $name {
            #[inline]
            fn from_json(json: &str) -> serde_json::Result<Self> {
                $crate::tagged::Tagged::read(json)
            }
        }

        $( impl From<$record> for $name {
            fn from(mut record: $record) -> Self {
                $crate::tagged::OfKind::set_kind(&mut record, $tag);
                $name::$kind(record)
            }
        } )+

        impl<'de> serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::raw::read(deserializer)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( $name::$kind(record) => $crate::tagged::write(record, $tag, serializer), )+
                    $name::_Unrecognized(unrecognized) => unrecognized.serialize(serializer),
                }
            }
        }
    };
    (@decode) => { use $crate::wire::decode_text as decode; };
    (@decode members) => { use $crate::wire::decode_forgivingly as decode; };
}

pub(crate) use tagged;
