//! What a message carries besides its text.

use super::{
    Kind,
    Kind::{Bool, Id, List, Map, Number, Object, Text, Word},
    Kinds, Members,
};

/// Each kind of attachment by its `type`.
pub(crate) const ATTACHMENTS: Kinds = &[
    ("FILE", FILE),
    ("LOCATION", LOCATION),
    ("CONTACT", CONTACT),
    ("UNSUPPORTED_CONTENT", &[]),
    ("MESSAGE_HEADER", MESSAGE_HEADER),
    ("QUICK_REPLIES", QUICK_REPLIES),
    ("SOCIAL_MEDIA_METADATA", SOCIAL_MEDIA_METADATA),
    ("WHATSAPP_TEMPLATE_METADATA", WHATSAPP_TEMPLATE_METADATA),
];

pub(crate) const FILE: Members = &[
    ("fileId", Id),
    ("fileUsageType", Word(&["AUDIO", "IMAGE", "OTHER", "STICKER", "VOICE_RECORDING"])),
    ("name", Text),
    ("url", Text),
];

pub(crate) const LOCATION: Members = &[
    ("latitude", Number),
    ("longitude", Number),
    ("address", Text),
    ("name", Text),
    ("url", Text),
];

pub(crate) const CONTACT: Members = &[("contactProfile", Object(CONTACT_PROFILE))];

pub(crate) const CONTACT_PROFILE: Members = &[
    ("name", Object(CONTACT_NAME)),
    ("org", Object(CONTACT_ORG)),
    ("addresses", List(&Object(CONTACT_ADDRESS))),
    ("emails", List(&Object(CONTACT_EMAIL))),
    ("phones", List(&Object(CONTACT_PHONE))),
    ("urls", List(&Object(CONTACT_URL))),
];

pub(crate) const CONTACT_NAME: Members = &[
    ("firstName", Text),
    ("middleName", Text),
    ("lastName", Text),
    ("prefix", Text),
    ("suffix", Text),
];

pub(crate) const CONTACT_ORG: Members = &[("company", Text), ("department", Text), ("title", Text)];

const PLACE: Kind = Word(&["HOME", "WORK"]);

pub(crate) const CONTACT_ADDRESS: Members = &[
    ("street", Text),
    ("city", Text),
    ("state", Text),
    ("zip", Text),
    ("country", Text),
    ("countryCode", Text),
    ("type", PLACE),
];

pub(crate) const CONTACT_EMAIL: Members = &[("email", Text), ("type", PLACE)];

pub(crate) const CONTACT_PHONE: Members = &[("phone", Text), ("type", Word(&["CELL", "HOME", "MAIN", "WORK"]))];

pub(crate) const CONTACT_URL: Members = &[("url", Text), ("type", PLACE)];

pub(crate) const MESSAGE_HEADER: Members = &[("text", Text), ("fileId", Id)];

pub(crate) const QUICK_REPLIES: Members = &[
    ("quickReplies", List(&Object(QUICK_REPLY))),
    ("allowMultiSelect", Bool),
    ("allowUserInput", Bool),
];

pub(crate) const QUICK_REPLY: Members = &[("value", Text), ("valueType", Word(&["TEXT", "URL"])), ("label", Text)];

pub(crate) const SOCIAL_MEDIA_METADATA: Members = &[("socialMetadata", Object(SOCIAL_METADATA))];

pub(crate) const SOCIAL_METADATA: Members = &[
    ("mediaType", Word(&["ARTICLE", "AUDIO", "CAROUSEL", "NONE", "PHOTO", "STORY", "VIDEO"])),
    ("id", Text),
    ("description", Text),
    ("mediaTitle", Text),
    ("mediaUrl", Text),
    ("mediaUrlString", Text),
    ("thumbnailUrl", Text),
];

pub(crate) const WHATSAPP_TEMPLATE_METADATA: Members = &[
    ("crmObjectIds", Map(&Id)),
    ("parameters", Map(&Text)),
    ("contentId", Id),
    ("mappedTemplateId", Id),
    ("rootMicId", Id),
];
