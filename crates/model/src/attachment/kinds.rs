//! The kinds of attachment, one record each.

use std::collections::BTreeMap;

use super::ContactProfile;
use crate::{
    Field, FileId, Number, ObjectId, Url,
    wire::{open_enum, record, setters},
};

record! {
    /// A file in the portal's file manager; there is no way to attach one that is not uploaded (described).
    pub struct FileAttachment tag "FILE" {
        /// The file: a string on the wire. Required to publish.
        pub file_id: Field<FileId> => "fileId" (required),
        /// What the file is for. HubSpot once refused all but two values here; leaving it out worked (observed).
        pub file_usage_type: Field<FileUsageType> => "fileUsageType" (required_if_received),
        /// The file's name. HubSpot returns it and ignores it in requests (observed).
        pub name: Field<String> => "name" (only_received),
        /// Where to download the file, perhaps only with a signature. HubSpot returns it.
        pub url: Field<Url> => "url" (only_received),
    }
}

impl FileAttachment {
    /// A file to attach; its id is written as a string, as HubSpot describes it here.
    pub fn new(file_id: impl Into<FileId>) -> Self {
        FileAttachment {
            file_id: Field::Value(file_id.into().into_text()),
            ..Self::default()
        }
    }
}

setters! { FileAttachment
    /// Says what the file is for.
    set_file_usage_type = file_usage_type: FileUsageType,
}

record! {
    /// A place on Earth.
    pub struct LocationAttachment tag "LOCATION" {
        /// Degrees north. Required to publish.
        pub latitude: Field<Number> => "latitude" (required),
        /// Degrees east. Required to publish.
        pub longitude: Field<Number> => "longitude" (required),
        /// The postal address.
        pub address: Field<String> => "address",
        /// What the place is called.
        pub name: Field<String> => "name",
        /// A page about the place.
        pub url: Field<Url> => "url",
    }
}

impl LocationAttachment {
    /// A place to attach, in degrees north and east.
    pub fn new(latitude: Number, longitude: Number) -> Self {
        LocationAttachment {
            latitude: Field::Value(latitude),
            longitude: Field::Value(longitude),
            ..Self::default()
        }
    }
}

setters! { LocationAttachment
    /// Sets the postal address.
    set_address = address: String,
    /// Sets what the place is called.
    set_name = name: String,
    /// Sets a page about the place.
    set_url = url: Url,
}

record! {
    /// A contact card.
    pub struct ContactAttachment tag "CONTACT" {
        /// The card. Required to publish.
        pub contact_profile: Field<ContactProfile> => "contactProfile" (required),
    }
}

impl ContactAttachment {
    /// A card to attach.
    pub fn new(contact_profile: ContactProfile) -> Self {
        ContactAttachment {
            contact_profile: Field::Value(contact_profile),
            ..Self::default()
        }
    }
}

record! {
    /// Says that the visitor sent something which cannot be handed over.
    pub struct UnsupportedContentAttachment tag "UNSUPPORTED_CONTENT" {}
}

impl UnsupportedContentAttachment {
    /// A note that something is missing here.
    pub fn new() -> Self {
        Self::default()
    }
}

record! {
    /// A heading above the message.
    pub struct MessageHeaderAttachment tag "MESSAGE_HEADER" {
        /// The heading's text.
        pub text: Field<String> => "text",
        /// An image in the heading: a number on the wire, other than in [`FileAttachment`].
        pub file_id: Field<FileId> => "fileId" (int64),
    }
}

impl MessageHeaderAttachment {
    /// An empty heading.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the heading's image; written as a number, as HubSpot describes it.
    #[must_use]
    pub fn set_file_id(mut self, file_id: impl Into<FileId>) -> Self {
        self.file_id = Field::Value(file_id.into().into_number());
        self
    }
}

setters! { MessageHeaderAttachment
    /// Sets the heading's text.
    set_text = text: String,
}

record! {
    /// Answers for the reader to choose from.
    pub struct QuickRepliesAttachment tag "QUICK_REPLIES" {
        /// The answers. Required to publish.
        pub quick_replies: Field<Vec<QuickReply>> => "quickReplies" (required),
        /// Whether several may be chosen. HubSpot returns it.
        pub allow_multi_select: Field<bool> => "allowMultiSelect" (only_received, required),
        /// Whether free text is welcome too. HubSpot returns it.
        pub allow_user_input: Field<bool> => "allowUserInput" (only_received, required),
    }
}

impl QuickRepliesAttachment {
    /// Answers to attach.
    pub fn new(quick_replies: impl IntoIterator<Item = QuickReply>) -> Self {
        QuickRepliesAttachment {
            quick_replies: Field::Value(quick_replies.into_iter().collect()),
            ..Self::default()
        }
    }
}

record! {
    /// One answer to choose.
    pub struct QuickReply {
        /// What choosing it sends or opens. Required to publish.
        pub value: Field<String> => "value" (required),
        /// Whether the value is text or an address. Required to publish.
        pub value_type: Field<QuickReplyValueType> => "valueType" (required),
        /// What the button says, where it is not the value.
        pub label: Field<String> => "label",
    }
}

impl QuickReply {
    /// An answer that sends this text.
    pub fn text(value: impl Into<String>) -> Self {
        QuickReply::new(QuickReplyValueType::Text, value)
    }

    /// An answer that opens this address.
    pub fn url(value: impl Into<String>) -> Self {
        QuickReply::new(QuickReplyValueType::Url, value)
    }

    fn new(value_type: QuickReplyValueType, value: impl Into<String>) -> Self {
        QuickReply {
            value: Field::Value(value.into()),
            value_type: Field::Value(value_type),
            ..Self::default()
        }
    }
}

setters! { QuickReply
    /// Sets what the button says.
    set_label = label: String,
}

record! {
    /// A post, story or advertisement that the message refers to.
    pub struct SocialMediaMetadataAttachment tag "SOCIAL_MEDIA_METADATA" {
        /// What it refers to. Required to publish.
        pub social_metadata: Field<SocialMetadata> => "socialMetadata" (required),
    }
}

impl SocialMediaMetadataAttachment {
    /// A reference to attach.
    pub fn new(social_metadata: SocialMetadata) -> Self {
        SocialMediaMetadataAttachment {
            social_metadata: Field::Value(social_metadata),
            ..Self::default()
        }
    }
}

record! {
    /// A piece of social media.
    pub struct SocialMetadata {
        /// What kind of media it is. Required to publish.
        pub media_type: Field<MediaType> => "mediaType" (required),
        /// Its id in the outside service.
        pub id: Field<String> => "id",
        /// A description.
        pub description: Field<String> => "description",
        /// Its title.
        pub media_title: Field<String> => "mediaTitle",
        /// Where it is.
        pub media_url: Field<Url> => "mediaUrl",
        /// Where it is, as text; how it differs from `mediaUrl` is unknown.
        pub media_url_string: Field<Url> => "mediaUrlString",
        /// A small picture of it.
        pub thumbnail_url: Field<Url> => "thumbnailUrl",
    }
}

impl SocialMetadata {
    /// A piece of social media of this kind.
    pub fn new(media_type: impl Into<MediaType>) -> Self {
        SocialMetadata {
            media_type: Field::Value(media_type.into()),
            ..Self::default()
        }
    }
}

setters! { SocialMetadata
    /// Sets its id in the outside service.
    set_id = id: String,
    /// Sets a description.
    set_description = description: String,
    /// Sets its title.
    set_media_title = media_title: String,
    /// Sets where it is.
    set_media_url = media_url: Url,
    /// Sets where it is, as text.
    set_media_url_string = media_url_string: Url,
    /// Sets a small picture of it.
    set_thumbnail_url = thumbnail_url: Url,
}

record! {
    /// The WhatsApp template that a message was made from.
    pub struct WhatsAppTemplateMetadataAttachment tag "WHATSAPP_TEMPLATE_METADATA" {
        /// The CRM objects that filled the template, by their role: numbers on the wire.
        pub crm_object_ids: Field<BTreeMap<String, ObjectId>> => "crmObjectIds" (int64, only_received, required),
        /// The template's parameters by name.
        pub parameters: Field<BTreeMap<String, String>> => "parameters" (only_received, required),
        /// The content's id.
        pub content_id: Field<ObjectId> => "contentId" (int64, only_received),
        /// The template's id.
        pub mapped_template_id: Field<ObjectId> => "mappedTemplateId" (int64, only_received),
        /// The meaning of this id is unknown.
        pub root_mic_id: Field<ObjectId> => "rootMicId" (int64, only_received),
    }
}

open_enum! {
    /// What a file is for.
    pub enum FileUsageType {
        /// Sound.
        Audio = "AUDIO",
        /// A picture.
        Image = "IMAGE",
        /// Anything else.
        Other = "OTHER",
        /// A sticker.
        Sticker = "STICKER",
        /// A voice message.
        VoiceRecording = "VOICE_RECORDING",
    }
}

open_enum! {
    /// What a quick reply's value is.
    pub enum QuickReplyValueType {
        /// Text to send.
        Text = "TEXT",
        /// An address to open.
        Url = "URL",
    }
}

open_enum! {
    /// The kind of a piece of social media.
    pub enum MediaType {
        /// An article.
        Article = "ARTICLE",
        /// Sound.
        Audio = "AUDIO",
        /// Several pieces in a row.
        Carousel = "CAROUSEL",
        /// A document.
        Document = "DOCUMENT",
        /// An animated picture.
        Gif = "GIF",
        /// A link.
        Link = "LINK",
        /// No media.
        None = "NONE",
        /// A picture.
        Photo = "PHOTO",
        /// A poll.
        Poll = "POLL",
        /// A story.
        Story = "STORY",
        /// A film.
        Video = "VIDEO",
    }
}
