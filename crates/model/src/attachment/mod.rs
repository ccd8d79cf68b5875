//! What a message carries besides its text.

mod contact;
mod kinds;

pub use self::{
    contact::{
        AddressType, ContactAddress, ContactEmail, ContactName, ContactOrg, ContactPhone, ContactProfile, ContactUrl,
        PhoneType,
    },
    kinds::{
        ContactAttachment, FileAttachment, FileUsageType, LocationAttachment, MediaType, MessageHeaderAttachment,
        QuickRepliesAttachment, QuickReply, QuickReplyValueType, SocialMediaMetadataAttachment, SocialMetadata,
        UnsupportedContentAttachment, WhatsAppTemplateMetadataAttachment,
    },
};

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

use crate::{
    Unrecognized,
    schema::{self, Described, Shape, Walk},
    wire::{
        Record, decode_text, parse,
        raw::{self, FromJson},
    },
};

macro_rules! attachment {
    ($( $(#[$docs:meta])* $kind:ident($record:ident), )+) => {
        /// One attachment of a message.
        ///
        /// ```
        /// use hubchannel_model::{Attachment, FileAttachment};
        ///
        /// let photo: Attachment = FileAttachment::new("122692044085").into();
        /// let json = r#"{"type":"FILE","fileId":"122692044085"}"#;
        /// assert_eq!(serde_json::to_string(&photo)?, json);
        ///
        /// let new: Attachment = serde_json::from_str(r#"{"type":"HOLOGRAM","depth":3}"#)?;
        /// assert_eq!(new.kind(), Some("HOLOGRAM"));
        /// assert!(new.as_unrecognized().is_some());
        /// # Ok::<(), serde_json::Error>(())
        /// ```
        ///
        /// An attachment never costs the message that it came with: of an unknown kind, or of a known kind with
        /// members that do not decode, it is kept whole, for
        /// [`as_unrecognized`](Attachment::as_unrecognized) to show, and is written again as it came.
        ///
        /// HubSpot accepts every kind here except [`WhatsAppTemplateMetadata`](Attachment::WhatsAppTemplateMetadata),
        /// which it only returns (described).
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Attachment {
            $( $(#[$docs])* $kind($record), )+
            #[doc(hidden)]
            _Unrecognized(Unrecognized),
        }

        impl Attachment {
            /// The kind as HubSpot spells it; `None` when there is no `type` that is a string.
            pub fn kind(&self) -> Option<&str> {
                match self {
                    $( Attachment::$kind(_) => <$record as Record>::TAG, )+
                    Attachment::_Unrecognized(unrecognized) => unrecognized.kind(),
                }
            }

            /// The attachment as it came, when this version cannot read it.
            pub fn as_unrecognized(&self) -> Option<&Unrecognized> {
                match self {
                    Attachment::_Unrecognized(unrecognized) => Some(unrecognized),
                    _ => None,
                }
            }

            fn read(json: &str) -> serde_json::Result<Self> {
                let mut kind = None;
                let mut parser = parse::parser(json);
                let read = parser.deserialize_map(Reader(&mut kind));
                match read.and_then(|read| parser.end().map(|()| read)) {
                    Ok(Some(attachment)) => Ok(attachment),
                    Ok(None) => Ok(Attachment::with_kind(kind.as_deref(), json)),
                    Err(_) => raw::checked(json).map(|json| Attachment::with_kind(kind.as_deref(), json)),
                }
            }

            /// Reads the members after a tag of this kind; `None` for a kind that has no record.
            fn read_after_tag<'de, A: MapAccess<'de>>(kind: &str, map: &mut A) -> Result<Option<Self>, A::Error> {
                match Some(kind) {
                    $( kind if kind == <$record as Record>::TAG => {
                        Record::read_after_tag(map).map(|attachment| Some(Attachment::$kind(attachment)))
                    } )+
                    _ => Ok(None),
                }
            }

            /// Reads an attachment whose tag does not come first, or which cannot be read and is kept.
            #[cold]
            fn with_kind(kind: Option<&str>, json: &str) -> Self {
                let refused = match kind {
                    $( kind if kind == <$record as Record>::TAG => match decode_text(json) {
                        Ok(attachment) => return Attachment::$kind(attachment),
                        Err(error) => Some(error),
                    }, )+
                    _ => None,
                };
                Attachment::_Unrecognized(Unrecognized::new(kind, json, refused))
            }
        }

        impl Described for Attachment {
            fn shape() -> Shape {
                schema::one_of(&[$( <$record>::shape, )+])
            }

            fn note_unknown(&self, walk: &mut Walk) {
                match self {
                    $( Attachment::$kind(attachment) => attachment.note_unknown(walk), )+
                    Attachment::_Unrecognized(_) => walk.found("is of no kind that can be read"),
                }
            }
        }

        $( impl From<$record> for Attachment {
            fn from(attachment: $record) -> Self {
                Attachment::$kind(attachment)
            }
        } )+

        impl Serialize for Attachment {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( Attachment::$kind(attachment) => attachment.serialize(serializer), )+
                    Attachment::_Unrecognized(unrecognized) => unrecognized.serialize(serializer),
                }
            }
        }
    };
}

attachment! {
    /// A file in the portal's file manager.
    File(FileAttachment),
    /// A place.
    Location(LocationAttachment),
    /// A contact card.
    Contact(ContactAttachment),
    /// Something that the outside service cannot hand over.
    UnsupportedContent(UnsupportedContentAttachment),
    /// A heading above the message.
    MessageHeader(MessageHeaderAttachment),
    /// Answers to choose from.
    QuickReplies(QuickRepliesAttachment),
    /// A post or story that the message refers to.
    SocialMediaMetadata(SocialMediaMetadataAttachment),
    /// The WhatsApp template that a message was made from. HubSpot returns this and does not accept it.
    WhatsAppTemplateMetadata(WhatsAppTemplateMetadataAttachment),
}

impl<'de> Deserialize<'de> for Attachment {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        raw::read(deserializer)
    }
}

impl FromJson for Attachment {
    #[inline]
    fn from_json(json: &str) -> serde_json::Result<Self> {
        Attachment::read(json)
    }
}

/// Reads an attachment whose tag comes first, as it does where HubSpot writes it, and whose kind is known. Leaves the
/// tag in the slot in any case.
struct Reader<'s, 'de>(&'s mut Option<Cow<'de, str>>);

impl<'de> Visitor<'de> for Reader<'_, 'de> {
    type Value = Option<Attachment>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Attachment>, A::Error> {
        let mut first = true;
        while let Some(name) = map.next_key_seed(raw::Text)? {
            if name == "type" {
                let kind = &*self.0.insert(map.next_value_seed(raw::Text)?);
                if first && let Some(attachment) = Attachment::read_after_tag(kind, &mut map)? {
                    return Ok(Some(attachment));
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
