//! Ids: text in this crate, text or number on the wire.

use std::{cmp::Ordering, fmt, hash};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::wire::{
    HALF_A_CHARACTER, Text,
    raw::{self, FromJson},
};

/// What every id type holds: the text, and whether it is a number on the wire.
#[derive(Clone)]
pub(crate) struct Id {
    text: Text,
    number: bool,
}

impl Id {
    #[inline]
    pub(crate) fn text(text: &str) -> Self {
        Id {
            text: text.into(),
            number: false,
        }
    }

    pub(crate) fn number(number: u64) -> Self {
        Id {
            text: number.to_string().as_str().into(),
            number: true,
        }
    }

    pub(crate) fn into_number(self) -> Self {
        Id {
            number: is_plain_number(self.as_str()),
            ..self
        }
    }

    pub(crate) fn into_text(self) -> Self {
        Id { number: false, ..self }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        self.text.as_str()
    }

    pub(crate) fn is_number(&self) -> bool {
        self.number
    }

    pub(crate) fn is_digits(&self) -> bool {
        !self.as_str().is_empty() && self.as_str().bytes().all(|byte| byte.is_ascii_digit())
    }

    #[inline]
    pub(crate) fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.number {
            raw::value(self.as_str())
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer)
        } else {
            serializer.serialize_str(self.as_str())
        }
    }
}

impl FromJson for Id {
    #[inline]
    fn from_json(json: &str) -> serde_json::Result<Self> {
        match raw::as_string(json) {
            Some(text) => Ok(Id::text(&text)),
            None if matches!(json.as_bytes(), [b'0'..=b'9' | b'-', ..]) => Ok(Id {
                text: if is_plain_number(json) {
                    json
                } else {
                    raw::checked(json)?
                }
                .into(),
                number: true,
            }),
            None if json.starts_with('"') => Err(de::Error::custom(format_args!("invalid value: {HALF_A_CHARACTER}"))),
            None => Err(de::Error::custom(format_args!(
                "invalid type: {}, expected an id (a string or a number)",
                raw::kind_of(json)
            ))),
        }
    }
}

/// Whether the text is a JSON number of digits alone.
fn is_plain_number(text: &str) -> bool {
    match text.as_bytes() {
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        zero => zero == b"0",
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Id {}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl hash::Hash for Id {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

macro_rules! ids {
    ($( $(#[$docs:meta])* pub struct $name:ident; )+) => { $(
        $(#[$docs])*
        ///
        /// An opaque id: compare it and hand it back. It is read from a string or a number and written as it was
        /// read; two are equal when their text is.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Id);

        impl $name {
            /// An id that is a string on the wire.
            pub fn new(text: impl AsRef<str>) -> Self {
                $name(Id::text(text.as_ref()))
            }

            /// An id that is a number on the wire.
            pub fn from_number(number: u64) -> Self {
                $name(Id::number(number))
            }

            /// The same id as a number on the wire; stays a string where its text is not a number in plain digits.
            #[must_use]
            pub fn into_number(self) -> Self {
                $name(self.0.into_number())
            }

            /// The same id as a string on the wire.
            #[must_use]
            pub fn into_text(self) -> Self {
                $name(self.0.into_text())
            }

            /// The id's text, without quotes.
            #[inline]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// Whether it is a number on the wire.
            pub fn is_number(&self) -> bool {
                self.0.is_number()
            }

            /// Whether it is one or more ASCII digits and nothing else.
            pub fn is_digits(&self) -> bool {
                self.0.is_digits()
            }
        }

        impl crate::schema::Described for $name {
            fn shape() -> crate::schema::Shape {
                crate::schema::Shape::Id
            }
        }

        impl crate::preflight::AnyId for $name {
            fn as_str(&self) -> &str {
                self.0.as_str()
            }

            fn is_number(&self) -> bool {
                self.0.is_number()
            }

            fn is_digits(&self) -> bool {
                self.0.is_digits()
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                $name::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                $name::new(text)
            }
        }

        /// An id that is a number on the wire.
        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                $name::from_number(number)
            }
        }

        crate::wire::into_field!($name: &str, String, u64);

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

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if self.is_number() { f.write_str(self.as_str()) } else { fmt::Debug::fmt(self.as_str(), f) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                raw::read(deserializer).map($name)
            }
        }

        impl Serialize for $name {
            #[inline]
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.write(serializer)
            }
        }
    )+ };
}

ids! {
    /// A custom channel, which belongs to an app: digits, such as `2930388`.
    pub struct ChannelId;

    /// A channel account: one connection of a channel to an inbox.
    pub struct ChannelAccountId;

    /// A message in HubSpot: 32 hexadecimal digits where seen.
    pub struct MessageId;

    /// A conversation's thread in HubSpot: digits where seen. Not the bridge's own `integrationThreadId`.
    pub struct ThreadId;

    /// Who acts: a letter for the kind and an id, such as `A-2620022` for a user, `V-1401` for a visitor, `I-…` for
    /// an app, `E-…` for an e-mail address, `L-…` for a customer agent, or `S-hubspot`.
    pub struct ActorId;

    /// A file in the portal's file manager: a string in a file attachment, a number in a message header.
    pub struct FileId;

    /// A CRM contact, also called its vid: a number on the wire.
    pub struct ContactId;

    /// An app: a number on the wire.
    pub struct AppId;

    /// A CRM object or a template that this API only passes on: a number on the wire.
    pub struct ObjectId;

    /// An inbox or a help desk of a portal: a string in most bodies, a number in staging tokens.
    pub struct InboxId;

    /// A portal, which is HubSpot's word for a customer's account; also called hub id.
    pub struct PortalId;

    /// A user of HubSpot: a number on the wire.
    pub struct UserId;

    /// A ticket.
    pub struct TicketId;

    /// A conversation's id in the outside service, as the bridge gave it when it published, or as HubSpot made it up.
    pub struct IntegrationThreadId;

    /// One event that HubSpot reports: deliveries that are repeated carry the same one.
    pub struct EventId;

    /// A subscription to HubSpot's webhooks: a number on the wire.
    pub struct SubscriptionId;

    /// A folder in the portal's file manager.
    pub struct FolderId;
}
