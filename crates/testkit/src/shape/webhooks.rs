//! What a channel's webhook and an app's subscriptions bring. HubSpot describes none of it: these are as seen.

use super::{
    Kind,
    Kind::{Bool, Either, Foreign, Id, List, Number, Object, Tagged, Text, Time, Vital, VitalAsAWhole, Word},
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
    ("channelIntegrationThreadIds", Vital(&List(&Id))),
    ("message", VitalAsAWhole(&Object(REPLY))),
];

/// A message as some bridges expect it in a webhook: with the ids of its conversation within, perhaps.
const REPLY: Members = &[
    ("id", Vital(&Id)),
    ("conversationsThreadId", Vital(&Id)),
    ("createdBy", Id),
    ("createdAt", Time),
    ("senders", List(&Object(SENDER))),
    ("recipients", VitalAsAWhole(&List(&Object(RECIPIENT)))),
    ("text", Vital(&Text)),
    ("richText", Vital(&Text)),
    ("attachments", Vital(&List(&Tagged(ATTACHMENTS)))),
    ("status", MESSAGE_STATUS),
    ("channelAccountId", Vital(&Id)),
    ("channelIntegrationThreadIds", Foreign(&List(&Id))),
];

/// An object or a string: it is not known which.
pub(crate) const ACCOUNT_IDENTIFIER: Kind = Either(&[Text, Object(IDENTIFIER)]);

pub(crate) const ACCOUNT_EVENT: Members = &[
    ("portalId", Id),
    ("channelId", Id),
    ("eventId", Id),
    ("eventTimestamp", Time),
    ("channelAccountId", Vital(&Id)),
    ("channelAccountDeliveryIdentifier", Vital(&ACCOUNT_IDENTIFIER)),
    ("authorized", Vital(&Bool)),
];

pub(crate) const CONVERSATION_EVENT: Members = &[
    ("eventId", Id),
    ("subscriptionId", Id),
    ("portalId", Id),
    ("appId", Id),
    ("occurredAt", Number),
    (
        "subscriptionType",
        Vital(&Word(&[
            "conversation.creation",
            "conversation.deletion",
            "conversation.newMessage",
            "conversation.privacyDeletion",
            "conversation.propertyChange",
        ])),
    ),
    ("attemptNumber", Number),
    ("objectId", Vital(&Id)),
    ("changeSource", Text),
    ("changeFlag", Text),
    ("propertyName", Vital(&Text)),
    ("propertyValue", Vital(&Text)),
    ("messageId", Vital(&Id)),
    ("messageType", Word(&["COMMENT", "MESSAGE"])),
];
