//! The message to publish: from flags or from a JSON body.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
    str::FromStr,
};

use hubchannel::model::{
    ChannelAccountId, DeliveryIdentifier, DeliveryIdentifierType, Field, FileAttachment, IntegrationThreadId,
    MessageDirection, NewMessage, Participant, Timestamp, decode,
};

use crate::{
    args::{Content, Direction, Publish},
    failure::Failure,
};

/// The message that the command line asks for. What is missing in it is for the client to complete or refuse.
pub(crate) fn message(publish: &Publish, account: Option<&ChannelAccountId>) -> Result<NewMessage, Failure> {
    let mut message = match &publish.body {
        Some(path) => from_json(path)?,
        None => from_flags(&publish.content),
    };
    fill("--account", "channelAccountId", publish.account.as_ref(), &mut message.channel_account_id)?;
    if let (true, Some(account)) = (message.channel_account_id.is_absent(), account) {
        message.channel_account_id = Field::Value(account.clone());
    }
    let key = publish.idempotency_id.as_ref();
    fill("--idempotency-id", "integrationIdempotencyId", key, &mut message.integration_idempotency_id)?;
    Ok(message)
}

/// Takes a member from a flag, unless the body says something else.
fn fill<T: Clone + PartialEq>(
    flag: &str,
    member: &str,
    value: Option<&T>,
    field: &mut Field<T>,
) -> Result<(), Failure> {
    match (value, field.as_ref()) {
        (Some(value), Some(said)) if value != said => {
            Err(Failure::usage(format!("{flag} and the body's {member} differ; give one of them")))
        }
        (Some(value), None) => {
            *field = Field::Value(value.clone());
            Ok(())
        }
        _ => Ok(()),
    }
}

fn from_json(path: &Path) -> Result<NewMessage, Failure> {
    let (name, json) = if path == Path::new("-") {
        let mut json = Vec::new();
        ("the standard input".to_owned(), io::stdin().lock().read_to_end(&mut json).map(|_| json))
    } else {
        (path.display().to_string(), fs::read(path))
    };
    let json = json.map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
    decode(&json).map_err(|error| Failure::usage(format!("{name} is not the body of a message: {error}")))
}

fn from_flags(content: &Content) -> NewMessage {
    let mut message = NewMessage::default();
    message.message_direction = Field::Value(match content.direction {
        Direction::Incoming => MessageDirection::Incoming,
        Direction::Outgoing => MessageDirection::Outgoing,
    });
    message.senders = Field::Value(participants(&content.from, content.from_name.as_deref()));
    message.recipients = Field::Value(participants(&content.to, content.to_name.as_deref()));
    message.text = content.text.clone().into();
    message.rich_text = content.rich_text.clone().into();
    message.integration_thread_id = content.thread.as_deref().map(IntegrationThreadId::from).into();
    message.timestamp = content.timestamp.as_deref().map(Timestamp::from).into();
    message.in_reply_to_id = content.in_reply_to.clone().into();
    if let Some(contact) = &content.contact {
        message = message.set_associate_with_contact_id(contact.clone());
    }
    content
        .file
        .iter()
        .fold(message, |message, file| message.add_attachment(FileAttachment::new(file.clone())))
}

/// The first one has the name.
fn participants(identifiers: &[Identifier], name: Option<&str>) -> Vec<Participant> {
    let mut name = name;
    identifiers
        .iter()
        .map(|identifier| {
            let participant = Participant::new(DeliveryIdentifier::from(identifier));
            match name.take() {
                Some(name) => participant.set_name(name),
                None => participant,
            }
        })
        .collect()
}

/// An address as it is written on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identifier {
    kind: DeliveryIdentifierType,
    value: String,
}

impl FromStr for Identifier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, value) = match text.split_once(':') {
            Some(("email", value)) => (DeliveryIdentifierType::HsEmailAddress, value),
            Some(("phone", value)) => (DeliveryIdentifierType::HsPhoneNumber, value),
            Some(("short-code", value)) => (DeliveryIdentifierType::HsShortCode, value),
            Some(("id", value)) => (DeliveryIdentifierType::ChannelSpecificOpaqueId, value),
            Some((name, value)) if DeliveryIdentifierType::NAMED.contains(&name) => (name.into(), value),
            _ => (DeliveryIdentifierType::ChannelSpecificOpaqueId, text),
        };
        if value.is_empty() {
            return Err("must not be empty; write one like email:ada@example.com".to_owned());
        }
        Ok(Identifier {
            kind,
            value: value.to_owned(),
        })
    }
}

impl From<&Identifier> for DeliveryIdentifier {
    fn from(identifier: &Identifier) -> Self {
        DeliveryIdentifier::new(identifier.kind.clone(), identifier.value.clone())
    }
}
