//! Conversations as HubSpot's own API shows them: the threads that messages are in, and what is done with them.

use std::time::SystemTime;

use hubchannel_api::model::{
    ActorId, ActorType, ChannelAccount, ContactId, ConversationEventType, Field, InboxId, Message, MessageDirection,
    MessageId, Thread, ThreadEntry, ThreadEntryType, ThreadId, ThreadStatus, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Address, Doer, Line, State, USER, entries::Entry};
use crate::{behaviour::UnknownContact, changes::ChangeKind, people::AgentError};

/// A conversation of a portal. Its place is that of its thread among the threads of messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Conversation {
    portal_id: u64,
    shown: Thread,
    entries: Vec<Entry>,
}

impl Conversation {
    pub(super) fn id(&self) -> Option<&ThreadId> {
        self.shown.id.as_ref()
    }
}

impl State {
    /// Every conversation of every portal.
    pub(crate) fn conversations(&self) -> impl Iterator<Item = &Thread> {
        self.conversations.iter().map(|conversation| &conversation.shown)
    }

    /// The portal's conversations, each with its place among all.
    pub(crate) fn conversations_of(&self, portal_id: u64) -> impl Iterator<Item = (usize, &Thread)> {
        let all = self.conversations.iter().enumerate();
        all.filter(move |(_, conversation)| conversation.portal_id == portal_id)
            .map(|(place, conversation)| (place, &conversation.shown))
    }

    pub(crate) fn conversation(&self, portal_id: u64, id: &ThreadId) -> Option<&Thread> {
        let mut all = self.conversations_of(portal_id);
        all.find_map(|(_, thread)| (thread.id.as_ref() == Some(id)).then_some(thread))
    }

    /// The portal that the thread is in.
    pub(crate) fn portal_of(&self, id: &ThreadId) -> Result<u64, AgentError> {
        let found = self.place(id).and_then(|at| self.conversations.get(at));
        found
            .map(|conversation| conversation.portal_id)
            .ok_or_else(|| AgentError::NoThread(id.clone()))
    }

    fn place(&self, id: &ThreadId) -> Option<usize> {
        let is = |known: &Conversation| known.shown.id.as_ref() == Some(id);
        self.conversations.iter().position(is)
    }

    /// Whether the conversation at this place is closed.
    pub(super) fn is_closed(&self, at: usize) -> bool {
        let conversation = self.conversations.get(at);
        conversation.is_some_and(|conversation| conversation.shown.status.as_ref() == Some(&ThreadStatus::Closed))
    }

    /// What stands in the portal's thread, each with its id and its place in it.
    pub(crate) fn entries(
        &self,
        portal_id: u64,
        id: &ThreadId,
    ) -> Option<impl Iterator<Item = (usize, &MessageId, ThreadEntry)>> {
        let conversation = self.conversations.get(self.place(id)?)?;
        if conversation.portal_id != portal_id {
            return None;
        }
        let entries = conversation.entries.iter().enumerate();
        Some(entries.filter_map(move |(place, entry)| {
            Some(match entry {
                Entry::Message(id) => (place, id, ThreadEntry::Message(self.message_by_id(id)?.clone())),
                Entry::Act { id, shown } => (place, id, ThreadEntry::clone(shown)),
            })
        }))
    }

    /// Opens or closes a conversation.
    pub(crate) fn set_status(
        &mut self,
        portal_id: u64,
        id: &ThreadId,
        status: ThreadStatus,
        doer: &Doer,
        now: Timestamp,
    ) -> Option<&Thread> {
        let at = self.place(id)?;
        let conversation = self.conversations.get_mut(at)?;
        if conversation.portal_id != portal_id {
            return None;
        }
        let shown = &mut conversation.shown;
        if shown.status.as_ref() != Some(&status) {
            shown.closed_at = match status {
                ThreadStatus::Closed => now.clone().into(),
                _ => Field::Absent,
            };
            shown.status = status.clone().into();
            let change = Entry::status_change(&mut self.ids, id, status.clone(), doer, now.clone());
            conversation.entries.push(change);
            self.changes.note(ChangeKind::Conversation, id);
            self.tell_of(portal_id, id, ConversationEventType::PropertyChange, &now, |event| {
                event.property_name = "status".to_owned().into();
                event.property_value = status.as_str().to_owned().into();
            });
        }
        self.conversations.get(at).map(|conversation| &conversation.shown)
    }

    /// Says who is to answer.
    pub(crate) fn assign(&mut self, id: &ThreadId, agent: Option<ActorId>, now: Timestamp) -> Result<(), AgentError> {
        let portal_id = self.portal_of(id)?;
        if let Some(agent) = agent
            .as_ref()
            .filter(|agent| self.people.agent(portal_id, agent).is_none())
        {
            return Err(AgentError::NoAgent(agent.clone()));
        }
        let at = self.place(id);
        let Some(conversation) = at.and_then(|at| self.conversations.get_mut(at)) else {
            return Err(AgentError::NoThread(id.clone()));
        };
        let to = Field::from(agent);
        if conversation.shown.assigned_to != to {
            let from = std::mem::replace(&mut conversation.shown.assigned_to, to.clone());
            let value = to.as_ref().and_then(ActorId::key).unwrap_or_default().to_owned();
            let assignment = Entry::assignment(&mut self.ids, id, (from, to), &Doer::agent(USER), now.clone());
            conversation.entries.push(assignment);
            self.changes.note(ChangeKind::Conversation, id);
            self.tell_of(portal_id, id, ConversationEventType::PropertyChange, &now, |event| {
                event.property_name = "assignedTo".to_owned().into();
                event.property_value = value.into();
            });
        }
        Ok(())
    }

    /// Says which contact a conversation is with.
    pub(super) fn belongs_to(&mut self, id: &ThreadId, contact: ContactId) {
        let at = self.place(id);
        if let Some(conversation) = at.and_then(|at| self.conversations.get_mut(at)) {
            conversation.shown.associated_contact_id = contact.into_text().into();
            self.changes.note(ChangeKind::Conversation, id);
        }
    }

    /// Says which contact a conversation is with, and remembers it of the visitor's address.
    pub(crate) fn associate(&mut self, id: &ThreadId, contact: ContactId) -> Result<(), AgentError> {
        let portal_id = self.portal_of(id)?;
        if self.people.contact(portal_id, contact.as_str()).is_none() {
            return Err(AgentError::NoContact(contact));
        }
        if let Some(address) = self.outside(id, false).first().and_then(Address::of) {
            self.people.identify(portal_id, &address, &contact);
        }
        self.belongs_to(id, contact);
        Ok(())
    }

    /// Notes a message that was just published in its conversation, which it opens where it is closed.
    pub(super) fn converse(&mut self, line: &Line, message: &Message, now: SystemTime) {
        let id = message.conversations_thread_id.as_ref();
        let known = self
            .conversations
            .iter()
            .position(|known| known.shown.id.as_ref() == id);
        let at = known.unwrap_or_else(|| {
            let account = self
                .accounts
                .get(line.portal_id, &line.channel_id, line.account_id.as_str());
            let inbox_id = account.and_then(|account: &ChannelAccount| account.inbox_id.as_ref().cloned());
            let mut shown = opened(line, message, inbox_id, now.into());
            if self.behaviour.unknown_contact == UnknownContact::Absent {
                shown.associated_contact_id = Field::Absent;
            }
            self.conversations.push(Conversation {
                portal_id: line.portal_id,
                entries: Vec::new(),
                shown,
            });
            self.conversations.len() - 1
        });
        let Some(conversation) = self.conversations.get_mut(at) else {
            return;
        };
        let shown = &mut conversation.shown;
        let own = match message.direction.as_ref() {
            Some(MessageDirection::Outgoing) => &mut shown.latest_message_sent_timestamp,
            _ => &mut shown.latest_message_received_timestamp,
        };
        later(own, message.created_at.as_ref());
        later(&mut shown.latest_message_timestamp, message.created_at.as_ref());
        conversation
            .entries
            .extend(message.id.as_ref().cloned().map(Entry::Message));
        let Some(id) = id else { return };
        let at = Timestamp::from(now);
        if known.is_none() {
            self.changes.note(ChangeKind::Conversation, id);
            self.tell_of(line.portal_id, id, ConversationEventType::Creation, &at, |_| {});
        }
        self.tell_of(line.portal_id, id, ConversationEventType::NewMessage, &at, |event| {
            event.message_id = message.id.clone();
            event.message_type = ThreadEntryType::Message.into();
        });
        if known.is_some() {
            self.set_status(line.portal_id, id, ThreadStatus::Open, &Doer::system(), now.into());
        }
    }
}

/// A conversation that begins with this message.
fn opened(line: &Line, message: &Message, inbox_id: Option<InboxId>, now: Timestamp) -> Thread {
    Thread::build(|thread| {
        thread.id = message.conversations_thread_id.clone();
        thread.created_at = now.into();
        thread.status = ThreadStatus::Open.into();
        thread.original_channel_id = line.channel_id.clone().into();
        thread.original_channel_account_id = line.account_id.clone().into();
        thread.spam = false.into();
        thread.inbox_id = inbox_id.into();
        thread.associated_contact_id = contact(message).into();
        thread.archived = false.into();
    })
}

/// The first visitor, as long as there are no contacts.
fn contact(message: &Message) -> Option<ContactId> {
    let senders = message.senders.as_deref().unwrap_or_default().iter();
    let senders = senders.map(|sender| &sender.actor_id);
    let recipients = message.recipients.as_deref().unwrap_or_default().iter();
    let recipients = recipients.map(|recipient| &recipient.actor_id);
    let mut actors = senders.chain(recipients).filter_map(Field::as_ref);
    let visitor = actors.find(|actor| actor.actor_type() == Some(ActorType::Visitor))?;
    visitor.key().map(ContactId::from)
}

fn later(field: &mut Field<Timestamp>, time: Option<&Timestamp>) {
    if let Some(time) = time
        && field.as_ref().is_none_or(|known| known < time)
    {
        *field = Field::Value(time.clone());
    }
}
