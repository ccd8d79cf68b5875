//! HubSpot's bodies as tables, written from its descriptions and not from the model, so that a test which compares the
//! two compares something.

use Kind::{Attachment, Bool, Error, Id, List, Map, Number, Object, Text, Time, Word};

pub(crate) type Members = &'static [(&'static str, Kind)];

/// What a member holds.
pub(crate) enum Kind {
    Text,
    Time,
    /// A string or a number.
    Id,
    Number,
    Bool,
    /// One of these words, or a new one.
    Word(&'static [&'static str]),
    List(&'static Kind),
    /// An object with names of the sender's choice.
    Map(&'static Kind),
    Object(Members),
    Attachment,
    /// A string or an object.
    Error,
}

const IDENTIFIER: Kind = Object(&[
    (
        "type",
        Word(&[
            "CHANNEL_SPECIFIC_OPAQUE_ID",
            "HS_EMAIL_ADDRESS",
            "HS_PHONE_NUMBER",
            "HS_SHORT_CODE",
        ]),
    ),
    ("value", Text),
]);

const DIRECTION: Kind = Word(&["INCOMING", "OUTGOING"]);

const STATUS: Kind = Word(&["FAILED", "READ", "RECEIVED", "SENT"]);

pub(crate) const MESSAGE: Members = &[
    ("type", Word(&["MESSAGE"])),
    ("id", Id),
    ("conversationsThreadId", Id),
    ("createdAt", Time),
    ("updatedAt", Time),
    ("createdBy", Id),
    (
        "client",
        Object(&[
            ("clientType", Word(&["HUBSPOT", "INTEGRATION", "SYSTEM", "UNKNOWN"])),
            ("integrationAppId", Id),
        ]),
    ),
    (
        "senders",
        List(&Object(&[
            ("actorId", Id),
            ("name", Text),
            ("senderField", Text),
            ("deliveryIdentifier", IDENTIFIER),
        ])),
    ),
    (
        "recipients",
        List(&Object(&[
            ("actorId", Id),
            ("name", Text),
            ("recipientField", Text),
            ("deliveryIdentifier", IDENTIFIER),
        ])),
    ),
    ("archived", Bool),
    ("text", Text),
    ("richText", Text),
    ("subject", Text),
    ("attachments", List(&Attachment)),
    ("truncationStatus", Word(&["NOT_TRUNCATED", "TRUNCATED", "TRUNCATED_TO_MOST_RECENT_REPLY"])),
    (
        "status",
        Object(&[
            ("statusType", STATUS),
            ("failureDetails", Object(&[("errorMessage", Text), ("errorMessageTokens", Map(&Text))])),
        ]),
    ),
    ("direction", DIRECTION),
    ("channelId", Id),
    ("channelAccountId", Id),
    ("inReplyToId", Id),
];

const PARTICIPANT: Kind = Object(&[
    ("deliveryIdentifier", IDENTIFIER),
    ("name", Text),
    ("senderActorId", Id),
]);

pub(crate) const NEW_MESSAGE: Members = &[
    ("text", Text),
    ("channelAccountId", Id),
    ("messageDirection", DIRECTION),
    ("senders", List(&PARTICIPANT)),
    ("recipients", List(&PARTICIPANT)),
    ("attachments", List(&Attachment)),
    ("timestamp", Time),
    ("richText", Text),
    ("integrationThreadId", Text),
    ("integrationIdempotencyId", Text),
    ("inReplyToId", Id),
    ("associateWithContactId", Id),
    (
        "preResolvedContacts",
        Object(&[("contacts", List(&Object(&[("contactVid", Id), ("contactPropertiesLeadingToMatch", List(&Text))])))]),
    ),
];

pub(crate) const STATUS_UPDATE: Members = &[("statusType", STATUS), ("errorMessage", Text)];

pub(crate) const ERROR_BODY: Members = &[
    ("status", Text),
    ("message", Text),
    ("correlationId", Text),
    ("category", Word(&["VALIDATION_ERROR", "OBJECT_NOT_FOUND", "MISSING_SCOPES", "RATE_LIMITS"])),
    ("subCategory", Text),
    ("context", Map(&List(&Text))),
    ("errors", List(&Error)),
    ("links", Map(&Text)),
    ("errorType", Text),
    ("policyName", Text),
    ("groupName", Text),
    ("requestId", Text),
];

pub(crate) const ERROR_DETAIL: Members = &[
    ("message", Text),
    ("code", Text),
    ("in", Text),
    ("subCategory", Text),
    ("context", Map(&List(&Text))),
];

const PLACE: Kind = Word(&["HOME", "WORK"]);

const PROFILE: Kind = Object(&[
    (
        "name",
        Object(&[
            ("firstName", Text),
            ("middleName", Text),
            ("lastName", Text),
            ("prefix", Text),
            ("suffix", Text),
        ]),
    ),
    ("org", Object(&[("company", Text), ("department", Text), ("title", Text)])),
    (
        "addresses",
        List(&Object(&[
            ("street", Text),
            ("city", Text),
            ("state", Text),
            ("zip", Text),
            ("country", Text),
            ("countryCode", Text),
            ("type", PLACE),
        ])),
    ),
    ("emails", List(&Object(&[("email", Text), ("type", PLACE)]))),
    ("phones", List(&Object(&[("phone", Text), ("type", Word(&["CELL", "HOME", "MAIN", "WORK"]))]))),
    ("urls", List(&Object(&[("url", Text), ("type", PLACE)]))),
]);

/// Each kind of attachment by its `type`.
pub(crate) const ATTACHMENTS: &[(&str, Members)] = &[
    (
        "FILE",
        &[
            ("fileId", Id),
            ("fileUsageType", Word(&["AUDIO", "IMAGE", "OTHER", "STICKER", "VOICE_RECORDING"])),
            ("name", Text),
            ("url", Text),
        ],
    ),
    (
        "LOCATION",
        &[
            ("latitude", Number),
            ("longitude", Number),
            ("address", Text),
            ("name", Text),
            ("url", Text),
        ],
    ),
    ("CONTACT", &[("contactProfile", PROFILE)]),
    ("UNSUPPORTED_CONTENT", &[]),
    ("MESSAGE_HEADER", &[("text", Text), ("fileId", Id)]),
    (
        "QUICK_REPLIES",
        &[
            ("quickReplies", List(&Object(&[("value", Text), ("valueType", Word(&["TEXT", "URL"])), ("label", Text)]))),
            ("allowMultiSelect", Bool),
            ("allowUserInput", Bool),
        ],
    ),
    (
        "SOCIAL_MEDIA_METADATA",
        &[(
            "socialMetadata",
            Object(&[
                ("mediaType", Word(&["ARTICLE", "AUDIO", "CAROUSEL", "NONE", "PHOTO", "STORY", "VIDEO"])),
                ("id", Text),
                ("description", Text),
                ("mediaTitle", Text),
                ("mediaUrl", Text),
                ("mediaUrlString", Text),
                ("thumbnailUrl", Text),
            ]),
        )],
    ),
    (
        "WHATSAPP_TEMPLATE_METADATA",
        &[
            ("crmObjectIds", Map(&Id)),
            ("parameters", Map(&Text)),
            ("contentId", Id),
            ("mappedTemplateId", Id),
            ("rootMicId", Id),
        ],
    ),
];
