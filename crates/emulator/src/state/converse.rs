//! What is done with conversations: messages come in, agents open, close and assign them.

use std::time::SystemTime;

use hubchannel_api::model::{
    ActorId, ActorType, ContactId, ConversationEventType, Field, InboxId, Message, MessageDirection, Thread,
    ThreadEntryType, ThreadId, ThreadStatus, Timestamp,
};

use super::{Address, Doer, Line, State, USER, conversations::Conversation, entries::Entry};
use crate::{behaviour::UnknownContact, changes::ChangeKind, people::AgentError};

impl State {
    /// Whether the conversation at this place is closed.
    pub(super) fn is_closed(&self, place: usize) -> bool {
        let conversation = self.conversations.at(place);
        conversation.is_some_and(|conversation| conversation.shown.status.as_ref() == Some(&ThreadStatus::Closed))
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
        let place = self.conversations.place(id)?;
        let conversation = self.conversations.get_mut(id)?;
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
            self.conversations.enter(place, change);
            self.changes.note(ChangeKind::Conversation, id);
            self.tell_of(portal_id, id, ConversationEventType::PropertyChange, &now, |event| {
                event.property_name = "status".to_owned().into();
                event.property_value = status.as_str().to_owned().into();
            });
        }
        self.conversations.at(place).map(Conversation::shown)
    }

    /// Says who is to answer.
    pub(crate) fn assign(&mut self, id: &ThreadId, agent: Option<ActorId>, now: Timestamp) -> Result<(), AgentError> {
        let portal_id = self.conversation_by_id(id)?.portal_id;
        if let Some(agent) = agent
            .as_ref()
            .filter(|agent| self.people.agent(portal_id, agent).is_none())
        {
            return Err(AgentError::NoAgent(agent.clone()));
        }
        let place = self.conversations.place(id);
        let (Some(place), Some(conversation)) = (place, self.conversations.get_mut(id)) else {
            return Err(AgentError::NoThread(id.clone()));
        };
        let to = Field::from(agent);
        if conversation.shown.assigned_to != to {
            let from = std::mem::replace(&mut conversation.shown.assigned_to, to.clone());
            let value = to.as_ref().and_then(ActorId::key).unwrap_or_default().to_owned();
            let assignment = Entry::assignment(&mut self.ids, id, (from, to), &Doer::agent(USER), now.clone());
            self.conversations.enter(place, assignment);
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
        let Some(conversation) = self.conversations.get_mut(id) else {
            return;
        };
        let portal_id = conversation.portal_id;
        self.people.mention_contact(portal_id, &contact);
        let before = std::mem::replace(&mut conversation.shown.associated_contact_id, contact.into_text().into());
        if let Some(before) = before.as_ref() {
            self.people.release_contact(portal_id, before);
        }
        self.changes.note(ChangeKind::Conversation, id);
    }

    /// Says which contact a conversation is with, and remembers it of the visitor's address.
    pub(crate) fn associate(&mut self, id: &ThreadId, contact: ContactId) -> Result<(), AgentError> {
        let portal_id = self.conversation_by_id(id)?.portal_id;
        if self.people.contact(portal_id, contact.as_str()).is_none() {
            return Err(AgentError::NoContact(contact));
        }
        // Before anything is remembered of another contact, which could be the end of this one.
        self.belongs_to(id, contact.clone());
        if let Some(address) = self.outside(id, false).first().and_then(Address::of) {
            self.people.identify(portal_id, &address, &contact);
        }
        Ok(())
    }

    /// Notes a message that was just published in its conversation, which it opens where it is closed.
    pub(super) fn converse(&mut self, line: &Line, message: &Message, now: SystemTime) {
        let Some(id) = message.conversations_thread_id.as_ref() else {
            return;
        };
        let place = self.conversations.place(id);
        let (Some(place), Some(conversation)) = (place, self.conversations.get_mut(id)) else {
            return;
        };
        let begins = conversation.entries.ever() == 0;
        let shown = &mut conversation.shown;
        if begins && self.behaviour.unknown_contact == UnknownContact::VisitorId {
            let visitor = first_visitor(message);
            if let Some(visitor) = &visitor {
                self.people.mention_contact(line.portal_id, visitor);
            }
            shown.associated_contact_id = visitor.into();
        }
        let own = match message.direction.as_ref() {
            Some(MessageDirection::Outgoing) => &mut shown.latest_message_sent_timestamp,
            _ => &mut shown.latest_message_received_timestamp,
        };
        later(own, message.created_at.as_ref());
        later(&mut shown.latest_message_timestamp, message.created_at.as_ref());
        if let Some(message) = message.id.as_ref() {
            self.conversations.enter(place, Entry::Message(message.clone()));
        }
        let at = Timestamp::from(now);
        if begins {
            self.changes.note(ChangeKind::Conversation, id);
            self.tell_of(line.portal_id, id, ConversationEventType::Creation, &at, |_| {});
        }
        self.tell_of(line.portal_id, id, ConversationEventType::NewMessage, &at, |event| {
            event.message_id = message.id.clone();
            event.message_type = ThreadEntryType::Message.into();
        });
        if !begins {
            self.set_status(line.portal_id, id, ThreadStatus::Open, &Doer::system(), at);
        }
    }
}

/// A conversation in which nothing stands yet.
pub(super) fn opened(line: &Line, id: ThreadId, inbox_id: Option<InboxId>, now: Timestamp) -> Thread {
    Thread::build(|thread| {
        thread.id = id.into();
        thread.created_at = now.into();
        thread.status = ThreadStatus::Open.into();
        thread.original_channel_id = line.channel_id.clone().into();
        thread.original_channel_account_id = line.account_id.clone().into();
        thread.spam = false.into();
        thread.inbox_id = inbox_id.into();
        thread.archived = false.into();
    })
}

/// The first visitor, as long as there are no contacts.
fn first_visitor(message: &Message) -> Option<ContactId> {
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
