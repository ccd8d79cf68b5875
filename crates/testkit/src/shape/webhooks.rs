//! What a channel's webhook and an app's subscriptions bring. HubSpot describes none of it: these are as seen.

use super::{
    Kind,
    Kind::{Bool, Either, Foreign, Id, List, Number, Object, Tagged, Text, Time, Word},
    Kinds, Members,
    attachments::ATTACHMENTS,
    messages::{IDENTIFIER, MESSAGE_STATUS, RECIPIENT, SENDER},
};

/// Each kind of event by its `type`.
pub(crate) const CHANNEL_EVENTS: Kinds = &[
    ("OUTGOING_CHANNEL_MESSAGE_CREATED", OUTGOING_MESSAGE_CREATED),
    ("CHANNEL_ACCOUNT_CREATED", ACCOUNT_EVENT),
    ("CHANNEL_ACCOUNT_UPDATED", ACCOUNT_EVENT),
    ("CHANNEL_ACCOUNT_PURGED", ACCOUNT_EVENT),
];

pub(crate) const OUTGOING_MESSAGE_CREATED: Members = &[
    ("portalId", Id),
    ("channelId", Id),
    ("eventId", Id),
    ("eventTimestamp", Time),
    ("channelIntegrationThreadIds", List(&Id)),
    ("message", Object(REPLY)),
];

/// A message as some bridges expect it in a webhook: with the ids of its conversation within, perhaps.
const REPLY: Members = &[
    ("id", Id),
    ("conversationsThreadId", Id),
    ("createdBy", Id),
    ("createdAt", Time),
    ("senders", List(&Object(SENDER))),
    ("recipients", List(&Object(RECIPIENT))),
    ("text", Text),
    ("richText", Text),
    ("attachments", List(&Tagged(ATTACHMENTS))),
    ("status", MESSAGE_STATUS),
    ("channelAccountId", Id),
    ("channelIntegrationThreadIds", Foreign(&List(&Id))),
];

/// An object or a string: it is not known which.
pub(crate) const ACCOUNT_IDENTIFIER: Kind = Either(&[Text, Object(IDENTIFIER)]);

pub(crate) const ACCOUNT_EVENT: Members = &[
    ("portalId", Id),
    ("channelId", Id),
    ("eventId", Id),
    ("eventTimestamp", Time),
    ("channelAccountId", Id),
    ("channelAccountDeliveryIdentifier", ACCOUNT_IDENTIFIER),
    ("authorized", Bool),
];

pub(crate) const CONVERSATION_EVENT: Members = &[
    ("eventId", Id),
    ("subscriptionId", Id),
    ("portalId", Id),
    ("appId", Id),
    ("occurredAt", Number),
    (
        "subscriptionType",
        Word(&[
            "conversation.creation",
            "conversation.deletion",
            "conversation.newMessage",
            "conversation.privacyDeletion",
            "conversation.propertyChange",
        ]),
    ),
    ("attemptNumber", Number),
    ("objectId", Id),
    ("changeSource", Text),
    ("changeFlag", Text),
    ("propertyName", Text),
    ("propertyValue", Text),
    ("messageId", Id),
    ("messageType", Word(&["COMMENT", "MESSAGE"])),
];
