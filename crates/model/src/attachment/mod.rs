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

use crate::tagged::tagged;

tagged! {
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
    pub enum Attachment {
        /// A file in the portal's file manager.
        File(FileAttachment) = "FILE",
        /// A place.
        Location(LocationAttachment) = "LOCATION",
        /// A contact card.
        Contact(ContactAttachment) = "CONTACT",
        /// Something that the outside service cannot hand over.
        UnsupportedContent(UnsupportedContentAttachment) = "UNSUPPORTED_CONTENT",
        /// A heading above the message.
        MessageHeader(MessageHeaderAttachment) = "MESSAGE_HEADER",
        /// Answers to choose from.
        QuickReplies(QuickRepliesAttachment) = "QUICK_REPLIES",
        /// A post or story that the message refers to.
        SocialMediaMetadata(SocialMediaMetadataAttachment) = "SOCIAL_MEDIA_METADATA",
        /// The WhatsApp template that a message was made from. HubSpot returns this and does not accept it.
        WhatsAppTemplateMetadata(WhatsAppTemplateMetadataAttachment) = "WHATSAPP_TEMPLATE_METADATA",
    }
}
