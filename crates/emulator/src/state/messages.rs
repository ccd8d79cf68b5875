//! Messages, and how their delivery went.

use std::{collections::BTreeMap, time::SystemTime};

use hubchannel_api::model::{
    ActorId, AppId, ChannelAccountId, ChannelId, Client, ClientType, FailureDetails, Field, Message, MessageDirection,
    MessageId, MessageStatus, MessageType, Recipient, Sender, StatusType, ThreadId, Timestamp, TruncationStatus,
};
use serde::{Deserialize, Serialize};

use super::{Draft, Line, State};
use crate::{behaviour::CreatedBy, changes::ChangeKind, snapshot::SnapshotError};

/// What is published.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Messages {
    all: Vec<Stored>,
    #[serde(skip)]
    by_id: BTreeMap<String, usize>,
    /// By account and idempotency key.
    #[serde(with = "crate::snapshot::form::pairs")]
    by_key: BTreeMap<(ChannelAccountId, String), usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Stored {
    portal_id: u64,
    message: Message,
}

impl Messages {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn has(&self, id: &MessageId) -> bool {
        self.by_id.contains_key(id.as_str())
    }

    /// Fails where places lead nowhere, and finds again which message has which id.
    pub(super) fn check(&mut self) -> Result<(), SnapshotError> {
        self.by_id.clear();
        for (at, stored) in self.all.iter().enumerate() {
            let path = || format!("state.messages.all[{at}].message.id");
            let Some(id) = stored.message.id.as_ref() else {
                return Err(SnapshotError::at(path(), "a message has an id"));
            };
            if self.by_id.insert(id.as_str().to_owned(), at).is_some() {
                return Err(SnapshotError::at(path(), format!("another message has the id {id}")));
            }
        }
        match self.by_key.values().position(|at| *at >= self.all.len()) {
            Some(at) => Err(SnapshotError::at(format!("state.messages.byKey[{at}][1]"), "there is no message here")),
            None => Ok(()),
        }
    }
}

/// How a message's delivery went.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) status: StatusType,
    pub(crate) reason: Option<String>,
}

impl State {
    pub(crate) fn messages(&self) -> impl ExactSizeIterator<Item = &Message> {
        self.messages.all.iter().map(|stored| &stored.message)
    }

    pub(super) fn messages_of(&self, portal_id: u64) -> impl Iterator<Item = &Message> {
        let all = self.messages.all.iter();
        all.filter(move |stored| stored.portal_id == portal_id)
            .map(|stored| &stored.message)
    }

    /// The message of this id, in whichever portal.
    pub(crate) fn message_by_id(&self, id: &MessageId) -> Option<&Message> {
        let stored = self.messages.all.get(*self.messages.by_id.get(id.as_str())?)?;
        Some(&stored.message)
    }

    /// The message of this id, where portal and channel are its own.
    pub(crate) fn message(&self, portal_id: u64, channel_id: &ChannelId, id: &MessageId) -> Option<&Message> {
        let stored = self.messages.all.get(*self.messages.by_id.get(id.as_str())?)?;
        (stored.portal_id == portal_id && stored.message.channel_id.as_ref() == Some(channel_id))
            .then_some(&stored.message)
    }

    /// Stores the message, or returns the one that was stored with the same key before.
    pub(crate) fn publish(&mut self, line: &Line, draft: Draft, now: SystemTime) -> Message {
        let key = draft.key.clone().map(|key| (line.account_id.clone(), key));
        let first = key.as_ref().and_then(|key| self.messages.by_key.get(key));
        if let Some(first) = first.and_then(|at| self.messages.all.get(*at)) {
            return first.message.clone();
        }
        let id = self.ids.message();
        let contact = draft.contacts.first().cloned();
        let contacts = self.people.contacts().len();
        self.introduce(line.portal_id, &draft);
        let thread_id = self.thread_for(line, &draft, &id);
        let message = self.compose(line, draft, id, thread_id, now);
        for contact in self.people.contacts().iter().skip(contacts) {
            self.changes.note(ChangeKind::Contact, &contact.id);
        }
        let at = self.store(line.portal_id, message.clone());
        self.messages.by_key.extend(key.map(|key| (key, at)));
        self.converse(line, &message, now);
        if let (Some(contact), Some(thread_id)) = (contact, message.conversations_thread_id.as_ref()) {
            self.belongs_to(thread_id, contact);
        }
        message
    }

    /// Keeps the message, and says where.
    pub(super) fn store(&mut self, portal_id: u64, message: Message) -> usize {
        let at = self.messages.all.len();
        let id = message.id.as_ref().map(|id| id.as_str().to_owned());
        let thread_id = message.conversations_thread_id.as_ref().cloned();
        self.changes.note_in(ChangeKind::Message, id.clone(), thread_id);
        self.messages.by_id.extend(id.map(|id| (id, at)));
        self.messages.all.push(Stored { portal_id, message });
        at
    }

    /// Whether a message of the draft's key was published on the line.
    pub(crate) fn has_key(&self, line: &Line, draft: &Draft) -> bool {
        let key = draft.key.clone().map(|key| (line.account_id.clone(), key));
        key.is_some_and(|key| self.messages.by_key.contains_key(&key))
    }

    fn compose(&mut self, line: &Line, draft: Draft, id: MessageId, thread_id: ThreadId, now: SystemTime) -> Message {
        let incoming = draft.direction == MessageDirection::Incoming;
        let app = ActorId::from(format!("I-{}", line.app_id));
        let senders: Vec<Sender> = draft
            .senders
            .iter()
            .map(|party| {
                let mut sender = Sender::default();
                let actor = match &party.actor {
                    Some(actor) => actor.clone(),
                    None if incoming => self.people.at(&mut self.ids, line.portal_id, &party.address),
                    None => app.clone(),
                };
                sender.actor_id = actor.into();
                sender.name = party.name.clone().into();
                sender.delivery_identifier = Field::Value((&party.address).into());
                sender
            })
            .collect();
        let recipients: Vec<Recipient> = draft
            .recipients
            .iter()
            .map(|party| {
                let mut recipient = Recipient::default();
                let actor = match &party.actor {
                    Some(actor) => Some(actor.clone()),
                    None if incoming => None,
                    None => Some(self.people.at(&mut self.ids, line.portal_id, &party.address)),
                };
                recipient.actor_id = actor.into();
                recipient.name = party.name.clone().into();
                recipient.delivery_identifier = Field::Value((&party.address).into());
                recipient
            })
            .collect();
        let mut client = Client::default();
        client.client_type = ClientType::Integration.into();
        client.integration_app_id = AppId::from_number(line.app_id).into();

        let mut message = Message::default();
        message.r#type = MessageType::Message.into();
        message.id = id.into();
        message.conversations_thread_id = thread_id.into();
        message.created_at = created_at(draft.timestamp.as_ref(), now).into();
        let sender = senders.first().and_then(|sender| sender.actor_id.as_ref());
        message.created_by = match (self.behaviour.created_by, sender) {
            (CreatedBy::Sender, Some(sender)) => sender.clone(),
            _ => app,
        }
        .into();
        message.client = client.into();
        message.senders = senders.into();
        message.recipients = recipients.into();
        message.archived = false.into();
        message.text = draft.text.into();
        message.rich_text = draft.rich_text.into();
        message.attachments = draft.attachments.into();
        message.truncation_status = TruncationStatus::NotTruncated.into();
        message.status = status(if incoming {
            StatusType::Received
        } else {
            StatusType::Sent
        })
        .into();
        message.direction = draft.direction.into();
        message.channel_id = line.channel_id.clone().into();
        message.channel_account_id = line.account_id.clone().into();
        message.in_reply_to_id = draft.in_reply_to.into();
        message
    }

    /// Notes how the message's delivery went; `None` where there is no such message.
    pub(crate) fn report(
        &mut self,
        portal_id: u64,
        channel_id: &ChannelId,
        id: &MessageId,
        report: Report,
        now: SystemTime,
    ) -> Option<&Message> {
        self.message(portal_id, channel_id, id)?;
        let at = *self.messages.by_id.get(id.as_str())?;
        let stored = self.messages.all.get_mut(at)?;
        let failed = report.status == StatusType::Failed;
        let mut reported = status(report.status);
        if let (true, Some(reason)) = (failed, report.reason) {
            let mut details = FailureDetails::default();
            details.error_message = reason.into();
            details.error_message_tokens = BTreeMap::new().into();
            reported.failure_details = details.into();
        }
        stored.message.status = reported.into();
        stored.message.updated_at = Timestamp::from(now).into();
        let thread_id = stored.message.conversations_thread_id.as_ref().cloned();
        self.changes
            .note_in(ChangeKind::Message, Some(id.to_string()), thread_id);
        Some(&stored.message)
    }
}

pub(super) fn status(status: StatusType) -> MessageStatus {
    let mut value = MessageStatus::default();
    value.status_type = status.into();
    value
}

/// The time that the request gives, else the present one; in UTC, to the millisecond.
fn created_at(timestamp: Option<&Timestamp>, now: SystemTime) -> Timestamp {
    timestamp
        .and_then(Timestamp::to_unix_millis)
        .map_or_else(|| now.into(), Timestamp::from_unix_millis)
}
