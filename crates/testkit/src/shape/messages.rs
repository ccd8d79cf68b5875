//! Messages: published, reported on, and returned.

use super::{
    Kind,
    Kind::{Bool, Either, Id, List, Map, Object, Tagged, Text, Time, Vital, Word},
    Members,
    attachments::ATTACHMENTS,
};

pub(crate) const IDENTIFIER_TYPE: Kind = Word(&[
    "CHANNEL_SPECIFIC_OPAQUE_ID",
    "HS_EMAIL_ADDRESS",
    "HS_PHONE_NUMBER",
    "HS_SHORT_CODE",
]);

pub(crate) const IDENTIFIER: Members = &[("type", IDENTIFIER_TYPE), ("value", Text)];

const DIRECTION: Kind = Word(&["INCOMING", "OUTGOING"]);

const STATUS: Kind = Word(&["FAILED", "READ", "RECEIVED", "SENT"]);

pub(crate) const CLIENT: Members = &[
    ("clientType", Word(&["HUBSPOT", "INTEGRATION", "SYSTEM", "UNKNOWN"])),
    ("integrationAppId", Id),
];

pub(crate) const SENDER: Members = &[
    ("actorId", Id),
    ("name", Text),
    ("senderField", Text),
    ("deliveryIdentifier", Object(IDENTIFIER)),
];

pub(crate) const RECIPIENT: Members = &[
    ("actorId", Id),
    ("name", Text),
    ("recipientField", Text),
    ("deliveryIdentifier", Vital(&Object(IDENTIFIER))),
];

pub(crate) const FAILURE_DETAILS: Members = &[("errorMessage", Text), ("errorMessageTokens", Map(&Text))];

/// An object as described, or a string as seen.
pub(crate) const MESSAGE_STATUS: Kind = Either(&[
    STATUS,
    Object(&[("statusType", STATUS), ("failureDetails", Object(FAILURE_DETAILS))]),
]);

pub(crate) const MESSAGE: Members = &[
    ("type", Word(&["MESSAGE"])),
    ("id", Id),
    ("conversationsThreadId", Id),
    ("createdAt", Time),
    ("updatedAt", Time),
    ("createdBy", Id),
    ("client", Object(CLIENT)),
    ("senders", List(&Object(SENDER))),
    ("recipients", List(&Object(RECIPIENT))),
    ("archived", Bool),
    ("text", Text),
    ("richText", Text),
    ("subject", Text),
    ("attachments", List(&Tagged(ATTACHMENTS))),
    ("truncationStatus", Word(&["NOT_TRUNCATED", "TRUNCATED", "TRUNCATED_TO_MOST_RECENT_REPLY"])),
    ("status", MESSAGE_STATUS),
    ("direction", DIRECTION),
    ("channelId", Id),
    ("channelAccountId", Id),
    ("inReplyToId", Id),
];

pub(crate) const PARTICIPANT: Members = &[
    ("deliveryIdentifier", Object(IDENTIFIER)),
    ("name", Text),
    ("senderActorId", Id),
];

pub(crate) const PRE_RESOLVED_CONTACT: Members =
    &[("contactVid", Id), ("contactPropertiesLeadingToMatch", List(&Text))];

pub(crate) const PRE_RESOLVED_CONTACTS: Members = &[("contacts", List(&Object(PRE_RESOLVED_CONTACT)))];

pub(crate) const NEW_MESSAGE: Members = &[
    ("text", Text),
    ("channelAccountId", Id),
    ("messageDirection", DIRECTION),
    ("senders", List(&Object(PARTICIPANT))),
    ("recipients", List(&Object(PARTICIPANT))),
    ("attachments", List(&Tagged(ATTACHMENTS))),
    ("timestamp", Time),
    ("richText", Text),
    ("integrationThreadId", Id),
    ("integrationIdempotencyId", Text),
    ("inReplyToId", Id),
    ("associateWithContactId", Id),
    ("preResolvedContacts", Object(PRE_RESOLVED_CONTACTS)),
];

pub(crate) const STATUS_UPDATE: Members = &[("statusType", STATUS), ("errorMessage", Text)];
