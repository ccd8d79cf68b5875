//! Strategies for the model's types.

use hubchannel_model::{
    Attachment, DeliveryIdentifier, ErrorBody, FileAttachment, LocationAttachment, Message, MessageDirection,
    NewMessage, Participant, StatusUpdate, Timestamp, decode,
};
use proptest::{collection::vec, option, prelude::*};

use crate::{
    Json,
    documents::{self, Limits},
};

/// Any message that HubSpot might return.
pub fn message() -> impl Strategy<Value = Message> {
    documents::message(Limits::None).prop_map(decoded)
}

/// Any attachment, of unknown kinds and broken ones too.
pub fn attachment() -> impl Strategy<Value = Attachment> {
    documents::attachment(Limits::None).prop_map(decoded)
}

/// Any body that publishes a message, whether it passes the check or not.
pub fn new_message() -> impl Strategy<Value = NewMessage> {
    documents::new_message(Limits::None).prop_map(decoded)
}

/// Any report of a status, whether it passes the check or not.
pub fn status_update() -> impl Strategy<Value = StatusUpdate> {
    documents::status_update(Limits::None).prop_map(decoded)
}

/// Any body of an error.
pub fn error_body() -> impl Strategy<Value = ErrorBody> {
    documents::error_body(Limits::None).prop_map(decoded)
}

/// A body that publishes a message and passes its check.
pub fn publishable() -> impl Strategy<Value = NewMessage> {
    let identifier = prop_oneof![
        "[^\\PC]{1,20}".prop_map(DeliveryIdentifier::opaque),
        "[a-z]{1,8}@example\\.com".prop_map(DeliveryIdentifier::email),
        "\\+49[0-9]{8,11}".prop_map(DeliveryIdentifier::phone),
    ];
    let participant = (identifier, option::of("\\PC{0,12}")).prop_map(|(identifier, name)| {
        let participant = Participant::new(identifier);
        match name {
            Some(name) => participant.set_name(name),
            None => participant,
        }
    });
    let attachment = prop_oneof![
        "[0-9]{4,12}".prop_map(|id| Attachment::from(FileAttachment::new(id))),
        (-90..90_i64, -180..180_i64)
            .prop_map(|(latitude, longitude)| { LocationAttachment::new(latitude.into(), longitude.into()).into() }),
    ];
    let optional = (
        option::of("\\PC{1,20}"),
        option::of("\\PC{1,20}"),
        option::of(0..4_102_444_800_000_i64),
        option::of("<p>\\PC{0,20}</p>"),
    );
    (
        ("[1-9][0-9]{3,9}", any::<bool>(), "\\PC{1,40}"),
        (participant.clone(), vec(participant, 0..3), vec(attachment, 0..3)),
        optional,
    )
        .prop_map(|((account, incoming, text), (sender, recipients, attachments), optional)| {
            let direction = if incoming {
                MessageDirection::Incoming
            } else {
                MessageDirection::Outgoing
            };
            let mut body = NewMessage::new(account, direction, sender, text);
            body = recipients.into_iter().fold(body, NewMessage::add_recipient);
            body = attachments.into_iter().fold(body, NewMessage::add_attachment);
            let (key, thread, time, rich_text) = optional;
            body.integration_idempotency_id = key.into();
            body.integration_thread_id = thread.into();
            body.timestamp = time.map(Timestamp::from_unix_millis).into();
            body.rich_text = rich_text.into();
            body
        })
}

fn decoded<T: serde::de::DeserializeOwned>(document: Json) -> T {
    decode(document.to_string().as_bytes()).expect("every generated document decodes")
}
