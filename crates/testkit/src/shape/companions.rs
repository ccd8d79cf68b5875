//! What a bridge needs beside channels: inboxes, actors, threads and files.

use super::{
    Kind,
    Kind::{Bool, Forgiving, Id, List, Map, Number, Object, Tagged, Text, Time, Word},
    Kinds, Members,
    attachments::ATTACHMENTS,
    channels::page,
    errors::DETAILED_ERROR,
    messages::{CLIENT, MESSAGE, RECIPIENT, SENDER},
};

pub(crate) const INBOX: Members = &[
    ("id", Id),
    ("name", Text),
    ("type", Word(&["HELP_DESK", "INBOX"])),
    ("createdAt", Time),
    ("updatedAt", Time),
    ("archived", Bool),
    ("archivedAt", Time),
];

pub(crate) const PAGE_OF_INBOXES: Members = page!(Object(INBOX));

pub(crate) const ACTOR: Members = &[
    ("type", Word(&["AGENT", "BOT", "EMAIL", "INTEGRATOR", "LLM", "SYSTEM", "VISITOR"])),
    ("id", Id),
    ("name", Text),
    ("email", Text),
    ("avatar", Text),
];

pub(crate) const ACTOR_BATCH: Members = &[("inputs", List(&Id))];

pub(crate) const ACTOR_BATCH_RESULT: Members = &[
    ("status", Word(&["CANCELED", "COMPLETE", "PENDING", "PROCESSING"])),
    ("results", List(&Object(ACTOR))),
    ("requestedAt", Time),
    ("startedAt", Time),
    ("completedAt", Time),
    ("links", Map(&Text)),
    ("numErrors", Number),
    ("errors", List(&Forgiving(DETAILED_ERROR))),
];

const THREAD_STATUS: Kind = Word(&["CLOSED", "OPEN"]);

pub(crate) const THREAD_ASSOCIATIONS: Members = &[("associatedTicketId", Id)];

pub(crate) const THREAD: Members = &[
    ("id", Id),
    ("createdAt", Time),
    ("closedAt", Time),
    ("status", THREAD_STATUS),
    ("originalChannelId", Id),
    ("originalChannelAccountId", Id),
    ("latestMessageTimestamp", Time),
    ("latestMessageSentTimestamp", Time),
    ("latestMessageReceivedTimestamp", Time),
    ("assignedTo", Id),
    ("spam", Bool),
    ("inboxId", Id),
    ("associatedContactId", Id),
    ("archived", Bool),
    ("threadAssociations", Object(THREAD_ASSOCIATIONS)),
];

pub(crate) const PAGE_OF_THREADS: Members = page!(Object(THREAD));

pub(crate) const THREAD_UPDATE: Members = &[("status", THREAD_STATUS), ("archived", Bool)];

/// Each kind of entry by its `type`.
pub(crate) const THREAD_ENTRIES: Kinds = &[
    ("MESSAGE", MESSAGE),
    ("COMMENT", COMMENT),
    ("WELCOME_MESSAGE", WELCOME_MESSAGE),
    ("ASSIGNMENT", ASSIGNMENT),
    ("THREAD_STATUS_CHANGE", THREAD_STATUS_CHANGE),
    ("THREAD_INBOX_CHANGE", THREAD_INBOX_CHANGE),
];

pub(crate) const PAGE_OF_THREAD_ENTRIES: Members = page!(Tagged(THREAD_ENTRIES));

/// What every entry has, and these members.
macro_rules! entry {
    ($($member:expr),+) => {
        &[
            ("id", Id),
            ("conversationsThreadId", Id),
            ("createdAt", Time),
            ("updatedAt", Time),
            ("createdBy", Id),
            ("client", Object(CLIENT)),
            ("senders", List(&Object(SENDER))),
            ("recipients", List(&Object(RECIPIENT))),
            ("archived", Bool),
            $($member,)+
        ]
    };
}

pub(crate) const COMMENT: Members =
    entry!(("text", Text), ("richText", Text), ("attachments", List(&Tagged(ATTACHMENTS))));

pub(crate) const WELCOME_MESSAGE: Members = entry!(("text", Text), ("richText", Text));

pub(crate) const ASSIGNMENT: Members = entry!(("assignedTo", Id), ("assignedFrom", Id));

pub(crate) const THREAD_STATUS_CHANGE: Members = entry!(("newStatus", THREAD_STATUS));

pub(crate) const THREAD_INBOX_CHANGE: Members = entry!(("fromInboxId", Id), ("toInboxId", Id));

const ACCESS: Kind = Word(&[
    "HIDDEN_INDEXABLE",
    "HIDDEN_NOT_INDEXABLE",
    "HIDDEN_PRIVATE",
    "HIDDEN_SENSITIVE",
    "PRIVATE",
    "PUBLIC_INDEXABLE",
    "PUBLIC_NOT_INDEXABLE",
    "SENSITIVE",
]);

pub(crate) const FILE_UPLOAD_OPTIONS: Members = &[
    ("access", ACCESS),
    ("ttl", Text),
    ("overwrite", Bool),
    ("duplicateValidationStrategy", Word(&["NONE", "REJECT", "RETURN_EXISTING"])),
    ("duplicateValidationScope", Word(&["ENTIRE_PORTAL", "EXACT_FOLDER"])),
];

pub(crate) const UPLOADED_FILE: Members = &[
    ("id", Id),
    ("createdAt", Time),
    ("updatedAt", Time),
    ("archived", Bool),
    ("archivedAt", Time),
    ("expiresAt", Number),
    ("parentFolderId", Id),
    ("name", Text),
    ("path", Text),
    ("size", Number),
    ("height", Number),
    ("width", Number),
    ("encoding", Text),
    ("type", Text),
    ("extension", Text),
    ("defaultHostingUrl", Text),
    ("url", Text),
    ("isUsableInContent", Bool),
    ("access", ACCESS),
    ("fileMd5", Text),
    ("sourceGroup", Text),
];

/// The address is a string and nothing else.
pub(crate) const SIGNED_URL: Members = &[
    ("url", Text),
    ("expiresAt", Time),
    ("name", Text),
    ("extension", Text),
    ("type", Text),
    ("size", Number),
    ("height", Number),
    ("width", Number),
];
