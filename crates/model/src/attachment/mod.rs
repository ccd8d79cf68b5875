//! What a message carries besides its text.

mod check;
mod contact;
mod kinds;
mod unrecognized;

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
    unrecognized::UnrecognizedAttachment,
};

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

use crate::{
    DecodeError, decode,
    wire::{Record, raw},
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
            _Unrecognized(UnrecognizedAttachment),
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
            pub fn as_unrecognized(&self) -> Option<&UnrecognizedAttachment> {
                match self {
                    Attachment::_Unrecognized(unrecognized) => Some(unrecognized),
                    _ => None,
                }
            }

            fn from_json(json: &str) -> Self {
                let kind = kind_of(json);
                let refused = match kind.as_deref() {
                    $( kind if kind == <$record as Record>::TAG => match serde_json::from_str(json) {
                        Ok(attachment) => return Attachment::$kind(attachment),
                        Err(_) => explain::<$record>(json),
                    }, )+
                    _ => None,
                };
                Attachment::_Unrecognized(UnrecognizedAttachment::new(kind.as_deref(), json, refused))
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
        raw::capture(deserializer).map(|json| Attachment::from_json(&json))
    }
}

/// The `type` of an attachment's text, wherever in the object it stands.
fn kind_of(json: &str) -> Option<Cow<'_, str>> {
    struct Kind<'s, 'de>(&'s mut Option<Cow<'de, str>>);

    impl<'de> Visitor<'de> for Kind<'_, 'de> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        /// Stops at the tag and leaves the rest unread, which the parser then calls an error.
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(name) = map.next_key_seed(raw::Text)? {
                if name == "type" {
                    *self.0 = Some(map.next_value_seed(raw::Text)?);
                    return Ok(());
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }

    let mut kind = None;
    let _ = serde_json::Deserializer::from_str(json).deserialize_map(Kind(&mut kind));
    kind
}

#[cold]
fn explain<T: serde::de::DeserializeOwned>(json: &str) -> Option<DecodeError> {
    decode::<T>(json.as_bytes()).err()
}
