//! Enums that HubSpot may extend at any time.

/// Declares a string enum of the API whose unknown values survive.
///
/// ```text
/// open_enum! {
///     /// What the value says.
///     pub enum MessageDirection {
///         /// What this one means.
///         Incoming = "INCOMING",
///     }
/// }
/// ```
///
/// The hidden variant holds any other text. It cannot be named outside this crate, so a value that gets a variant
/// of its own later breaks no `match`.
macro_rules! open_enum {
    (
        $(#[$docs:meta])*
        pub enum $name:ident { $( $(#[$value_docs:meta])* $value:ident = $wire:literal, )+ }
    ) => {
        $(#[$docs])*
        ///
        /// Values that this version does not name are kept and written again: read them with `as_str`, make them with
        /// `from`.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$value_docs])* $value, )+
            #[doc(hidden)]
            _Other($crate::wire::OtherValue),
        }

        impl $name {
            /// The values that this version names, in HubSpot's spelling.
            pub const NAMED: &'static [&'static str] = &[$($wire,)+];

            /// The value as HubSpot spells it.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $( $name::$value => $wire, )+
                    $name::_Other(other) => &other.0,
                }
            }

            /// Whether this version names the value.
            pub fn is_named(&self) -> bool {
                !matches!(self, $name::_Other(_))
            }
        }

        impl From<&str> for $name {
            #[inline]
            fn from(value: &str) -> Self {
                match value {
                    $( $wire => $name::$value, )+
                    other => $name::_Other($crate::wire::OtherValue(other.into())),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                value.as_str().into()
            }
        }

        $crate::wire::into_field!($name: &str, String);

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(self.as_str(), f)
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
                $crate::schema::Shape::Words(<$name as $crate::schema::Naming>::ENUM)
            }

            fn note_unknown(&self, walk: &mut $crate::schema::Walk) {
                if !self.is_named() {
                    walk.found("has no name for its value");
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Value;

                impl serde::de::Visitor<'_> for Value {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("a string (", stringify!($name), ")"))
                    }

                    #[inline]
                    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<$name, E> {
                        Ok(value.into())
                    }
                }

                deserializer.deserialize_str(Value)
            }
        }

        impl serde::Serialize for $name {
            #[inline]
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// A value that this version does not name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    unreachable_pub,
    reason = "public only inside hidden variants, so that nobody else can make or match one"
)]
pub struct OtherValue(pub(crate) Box<str>);

impl std::fmt::Debug for OtherValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

pub(crate) use open_enum;
