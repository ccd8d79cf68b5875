//! Messages, and how their delivery went.

use std::{
    collections::{BTreeMap, HashMap},
    time::SystemTime,
};

use hubchannel_api::model::{
    ActorId, AppId, ChannelAccountId, ChannelId, Client, ClientType, ContactId, FailureDetails, Field, Message,
    MessageDirection, MessageId, MessageStatus, MessageType, Recipient, Sender, StatusType, ThreadId, Timestamp,
    TruncationStatus,
};
use serde::{Deserialize, Serialize};

use super::{Conversation, Draft, Line, State, conversations::Conversations, row::Row};
use crate::{behaviour::CreatedBy, changes::ChangeKind, retention::json_length, snapshot::SnapshotError};

/// What is published.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Messages {
    all: Row<Stored>,
    #[serde(skip)]
    by_id: HashMap<MessageId, usize>,
    /// By account and idempotency key.
    #[serde(skip)]
    by_key: HashMap<(ChannelAccountId, String), usize>,
    #[serde(skip)]
    bytes: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Stored {
    pub(super) portal_id: u64,
    pub(super) message: Message,
    /// The idempotency key that it was published with.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Who those on the outside are, as far as the bridge has said so.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(super) contacts: Vec<ContactId>,
    /// The number of the event that tells of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<u64>,
    /// How many bytes are kept for it, about.
    #[serde(skip)]
    bytes: usize,
}

impl Stored {
    pub(super) fn new(portal_id: u64, message: Message) -> Self {
        Stored {
            portal_id,
            message,
            bytes: 0,
            key: None,
            contacts: Vec::new(),
            event: None,
        }
    }

    /// Counts its bytes, with those of the bridge's id of its conversation.
    fn weigh(&mut self, conversations: &Conversations) {
        let id = self.message.conversations_thread_id.as_ref();
        let conversation = id.and_then(|id| conversations.get(id));
        let own_id = conversation.map_or(0, Conversation::own_length);
        self.bytes = json_length(&self.message) + own_id + self.key.as_ref().map_or(0, String::len);
    }

    fn account_and_key(&self) -> Option<(ChannelAccountId, String)> {
        let account = self.message.channel_account_id.as_ref()?;
        Some((account.clone(), self.key.clone()?))
    }
}

impl Messages {
    /// How many there ever were.
    pub(super) fn ever(&self) -> usize {
        self.all.ever()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Stored> + ExactSizeIterator {
        self.all.iter()
    }

    fn get(&self, id: &MessageId) -> Option<&Stored> {
        self.all.get(*self.by_id.get(id)?)
    }

    fn with_key(&self, key: &(ChannelAccountId, String)) -> Option<&Stored> {
        self.all.get(*self.by_key.get(key)?)
    }

    fn push(&mut self, stored: Stored) {
        let place = self.all.ever();
        self.bytes = self.bytes.saturating_add(stored.bytes);
        let id = stored.message.id.as_ref().cloned();
        self.by_id.extend(id.map(|id| (id, place)));
        self.by_key.extend(stored.account_and_key().map(|key| (key, place)));
        self.all.push(stored);
    }

    /// Takes the oldest out.
    pub(super) fn pop(&mut self) -> Option<Stored> {
        let place = self.all.ever() - self.all.len();
        let oldest = self.all.pop()?;
        self.bytes = self.bytes.saturating_sub(oldest.bytes);
        if let Some(id) = oldest.message.id.as_ref() {
            self.by_id.remove(id);
        }
        if let Some(key) = oldest.account_and_key()
            && self.by_key.get(&key) == Some(&place)
        {
            self.by_key.remove(&key);
        }
        Some(oldest)
    }

    /// Changes a message.
    fn change(&mut self, id: &MessageId, act: impl FnOnce(&mut Message)) -> Option<&Message> {
        let stored = self.all.get_mut(*self.by_id.get(id)?)?;
        let before = json_length(&stored.message);
        act(&mut stored.message);
        let more = json_length(&stored.message);
        stored.bytes = stored.bytes.saturating_sub(before).saturating_add(more);
        self.bytes = self.bytes.saturating_sub(before).saturating_add(more);
        Some(&stored.message)
    }

    /// Says which event tells of the latest message.
    pub(super) fn told_by(&mut self, event: u64) {
        let latest = self.all.ever().checked_sub(1);
        if let Some(stored) = latest.and_then(|latest| self.all.get_mut(latest)) {
            stored.event = Some(event);
        }
    }

    /// Fails where messages cannot be told apart, and finds again which has which id and which key.
    pub(super) fn check(&mut self) -> Result<(), SnapshotError> {
        self.by_id.clear();
        self.by_key.clear();
        self.all.check(|| "state.messages.all".to_owned())?;
        for (at, (place, stored)) in self.all.places().enumerate() {
            let path = |member: &str| format!("state.messages.all.kept[{at}].{member}");
            let Some(id) = stored.message.id.as_ref() else {
                return Err(SnapshotError::at(path("message.id"), "a message has an id"));
            };
            if self.by_id.insert(id.clone(), place).is_some() {
                let message = format!("another message has the id {id}");
                return Err(SnapshotError::at(path("message.id"), message));
            }
            if let Some(key) = stored.account_and_key()
                && self.by_key.insert(key, place).is_some()
            {
                return Err(SnapshotError::at(path("key"), "another message of the account has this key"));
            }
        }
        Ok(())
    }

    /// Counts again how many bytes are kept.
    pub(super) fn weigh(&mut self, conversations: &Conversations) {
        self.all.iter_mut().for_each(|stored| stored.weigh(conversations));
        let bytes = self.all.iter().map(|stored| stored.bytes);
        self.bytes = bytes.fold(0, usize::saturating_add);
    }
}

/// How a message's delivery went.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) status: StatusType,
    pub(crate) reason: Option<String>,
}

impl State {
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.messages.iter().map(|stored| &stored.message)
    }

    pub(super) fn messages_of(&self, portal_id: u64) -> impl Iterator<Item = &Message> {
        let all = self.messages.iter();
        all.filter(move |stored| stored.portal_id == portal_id)
            .map(|stored| &stored.message)
    }

    /// The message of this id, in whichever portal.
    pub(crate) fn message_by_id(&self, id: &MessageId) -> Option<&Message> {
        self.messages.get(id).map(|stored| &stored.message)
    }

    /// The message of this id, where portal and channel are its own.
    pub(crate) fn message(&self, portal_id: u64, channel_id: &ChannelId, id: &MessageId) -> Option<&Message> {
        let stored = self.messages.get(id)?;
        (stored.portal_id == portal_id && stored.message.channel_id.as_ref() == Some(channel_id))
            .then_some(&stored.message)
    }

    /// Stores the message, or returns the one that was stored with the same key before.
    pub(crate) fn publish(&mut self, line: &Line, draft: Draft, now: SystemTime) -> Message {
        let key = draft.key.clone().map(|key| (line.account_id.clone(), key));
        if let Some(first) = key.as_ref().and_then(|key| self.messages.with_key(key)) {
            return first.message.clone();
        }
        let id = self.ids.message();
        let contacts = draft.contacts.clone();
        let made = self.people.ever();
        self.introduce(line.portal_id, &draft);
        let thread_id = self.thread_for(line, &draft, now);
        let message = self.compose(line, draft, id, thread_id, now);
        for contact in self.people.contacts_from(made) {
            self.changes.note(ChangeKind::Contact, &contact.id);
        }
        let mut stored = Stored::new(line.portal_id, message.clone());
        stored.key = key.map(|(_, key)| key);
        let contact = contacts.first().cloned();
        stored.contacts = contacts;
        self.store(stored);
        self.converse(line, &message, now);
        if let (Some(contact), Some(thread_id)) = (contact, message.conversations_thread_id.as_ref()) {
            self.belongs_to(thread_id, contact);
        }
        message
    }

    /// Keeps a message.
    pub(super) fn store(&mut self, mut stored: Stored) {
        stored.weigh(&self.conversations);
        let message = &stored.message;
        let id = message.id.as_ref().map(|id| id.as_str().to_owned());
        let thread_id = message.conversations_thread_id.as_ref().cloned();
        self.changes.note_in(ChangeKind::Message, id, thread_id);
        self.people.mention(stored.portal_id, message);
        self.messages.push(stored);
    }

    /// Whether a message of the draft's key was published on the line.
    pub(crate) fn has_key(&self, line: &Line, draft: &Draft) -> bool {
        let key = draft.key.clone().map(|key| (line.account_id.clone(), key));
        key.is_some_and(|key| self.messages.with_key(&key).is_some())
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
        let failed = report.status == StatusType::Failed;
        let mut reported = status(report.status);
        if let (true, Some(reason)) = (failed, report.reason) {
            let mut details = FailureDetails::default();
            details.error_message = reason.into();
            details.error_message_tokens = BTreeMap::new().into();
            reported.failure_details = details.into();
        }
        let message = self.messages.change(id, |message| {
            message.status = reported.into();
            message.updated_at = Timestamp::from(now).into();
        })?;
        let thread_id = message.conversations_thread_id.as_ref().cloned();
        self.changes
            .note_in(ChangeKind::Message, Some(id.to_string()), thread_id);
        Some(message)
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
