//! Channels, their accounts, staging tokens, and the pages that lists come in.

use super::{
    Kind::{Bool, Forgiving, Id, List, Number, Object, Text, Time, Word},
    Members,
    messages::{IDENTIFIER, IDENTIFIER_TYPE},
};

pub(crate) const CAPABILITIES: Members = &[
    ("deliveryIdentifierTypes", List(&IDENTIFIER_TYPE)),
    ("threadingModel", Word(&["DELIVERY_IDENTIFIER", "INTEGRATION_THREAD_ID"])),
    (
        "richText",
        List(&Word(&[
            "BLOCKQUOTE",
            "BOLD",
            "HYPERLINK",
            "ITALIC",
            "LISTS",
            "TEXT_ALIGNMENT",
            "TEXT_COLOR",
        ])),
    ),
    ("allowInlineImages", Bool),
    ("allowOutgoingMessages", Bool),
    ("allowConversationStart", Bool),
    ("allowMultipleRecipients", Bool),
    ("outgoingAttachmentTypes", List(&Word(&["FILE"]))),
    ("allowedFileAttachmentMimeTypes", List(&Text)),
    ("maxFileAttachmentCount", Number),
    ("maxFileAttachmentSizeBytes", Number),
    ("maxTotalFileAttachmentSizeBytes", Number),
    ("allowFileAttachments", Bool),
];

pub(crate) const NEW_CHANNEL: Members = &[
    ("capabilities", Forgiving(CAPABILITIES)),
    ("channelAccountConnectionRedirectUrl", Text),
    ("channelDescription", Text),
    ("channelLogoUrl", Text),
    ("name", Text),
    ("webhookUrl", Text),
];

pub(crate) const CHANNEL_PATCH: Members = NEW_CHANNEL;

pub(crate) const CHANNEL: Members = &[
    ("capabilities", Forgiving(CAPABILITIES)),
    ("channelAccountConnectionRedirectUrl", Text),
    ("channelDescription", Text),
    ("channelLogoUrl", Text),
    ("createdAt", Time),
    ("id", Id),
    ("name", Text),
    ("webhookUrl", Text),
];

pub(crate) const NEW_CHANNEL_ACCOUNT: Members = &[
    ("authorized", Bool),
    ("deliveryIdentifier", Object(IDENTIFIER)),
    ("inboxId", Id),
    ("name", Text),
];

pub(crate) const CHANNEL_ACCOUNT_UPDATE: Members = &[("authorized", Bool), ("name", Text)];

pub(crate) const CHANNEL_ACCOUNT: Members = &[
    ("active", Bool),
    ("archived", Bool),
    ("archivedAt", Time),
    ("authorized", Bool),
    ("channelId", Id),
    ("createdAt", Time),
    ("deliveryIdentifier", Object(IDENTIFIER)),
    ("id", Id),
    ("inboxId", Id),
    ("name", Text),
];

/// The token is a string and nothing else.
pub(crate) const STAGING_TOKEN: Members = &[
    ("accountName", Text),
    ("accountToken", Text),
    ("createdAt", Time),
    ("deliveryIdentifier", Object(IDENTIFIER)),
    ("genericChannelId", Id),
    ("inboxId", Id),
    ("userId", Id),
];

pub(crate) const STAGING_TOKEN_UPDATE: Members = &[("accountName", Text), ("deliveryIdentifier", Object(IDENTIFIER))];

pub(crate) const NEXT_PAGE: Members = &[("after", Text), ("link", Text)];

pub(crate) const PREVIOUS_PAGE: Members = &[("before", Text), ("link", Text)];

pub(crate) const PAGING: Members = &[("next", Object(NEXT_PAGE)), ("prev", Object(PREVIOUS_PAGE))];

/// A page of these items.
macro_rules! page {
    ($item:expr) => {
        &[
            ("total", $crate::shape::Kind::Number),
            ("results", $crate::shape::Kind::List(&$item)),
            ("paging", $crate::shape::Kind::Object($crate::shape::channels::PAGING)),
        ]
    };
}

pub(crate) use page;

pub(crate) const PAGE_OF_CHANNELS: Members = page!(Object(CHANNEL));

pub(crate) const PAGE_OF_CHANNEL_ACCOUNTS: Members = page!(Object(CHANNEL_ACCOUNT));
