//! Conversations as HubSpot's own API shows them: the threads that messages are in, and who takes part.

use std::time::SystemTime;

use hubchannel_api::model::{
    Actor, ActorId, ActorType, ChannelAccount, ContactId, DeliveryIdentifierType, Field, InboxId, Message,
    MessageDirection, MessageId, Thread, ThreadId, ThreadStatus, Timestamp,
};

use super::{Line, State, USER};

/// A conversation of a portal. Its place is that of its thread among the threads of messages.
#[derive(Debug)]
pub(crate) struct Conversation {
    portal_id: u64,
    shown: Thread,
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

    /// What stands in the portal's thread, each with its place in it.
    pub(crate) fn entries(&self, portal_id: u64, id: &ThreadId) -> Option<impl Iterator<Item = (usize, &Message)>> {
        self.conversation(portal_id, id)?;
        let thread = self.messages.threads.iter().find(|thread| thread.id == *id)?;
        let messages = thread.messages.iter().enumerate();
        Some(messages.filter_map(move |(place, id)| Some((place, self.portal_message(portal_id, id)?))))
    }

    /// The message of this id, on whichever of the portal's channels.
    fn portal_message(&self, portal_id: u64, id: &MessageId) -> Option<&Message> {
        let stored = self.messages.all.get(*self.messages.by_id.get(id.as_str())?)?;
        (stored.portal_id == portal_id).then_some(&stored.message)
    }

    /// Opens or closes a conversation.
    pub(crate) fn set_status(
        &mut self,
        portal_id: u64,
        id: &ThreadId,
        status: ThreadStatus,
        now: Timestamp,
    ) -> Option<&Thread> {
        let conversation = self
            .conversations
            .iter_mut()
            .find(|conversation| conversation.portal_id == portal_id && conversation.shown.id.as_ref() == Some(id))?;
        let shown = &mut conversation.shown;
        if shown.status.as_ref() != Some(&status) {
            shown.closed_at = match status {
                ThreadStatus::Closed => now.into(),
                _ => Field::Absent,
            };
            shown.status = status.into();
        }
        Some(shown)
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
            self.conversations.push(Conversation {
                portal_id: line.portal_id,
                shown: opened(line, message, inbox_id, now.into()),
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
        shown.status = ThreadStatus::Open.into();
        shown.closed_at = Field::Absent;
    }

    /// Who acts in the portal under this id.
    pub(crate) fn actor(&self, portal_id: u64, app_id: u64, id: &ActorId) -> Option<Actor> {
        let (name, email) = match id.actor_type()? {
            ActorType::Visitor => self.visitor_name(portal_id, id)?,
            ActorType::Agent if id.key() == Some(&USER.to_string()) => {
                (Some("Emulated agent".to_owned()), Some("agent@example.com".to_owned()))
            }
            ActorType::Integrator if id.key() == Some(&app_id.to_string()) => (Some("Emulated app".to_owned()), None),
            ActorType::System if id.key() == Some("hubspot") => (Some("HubSpot".to_owned()), None),
            _ => return None,
        };
        Some(Actor::build(|actor| {
            actor.r#type = id.actor_type().into();
            actor.id = id.clone().into();
            actor.name = name.into();
            actor.email = email.into();
        }))
    }

    /// What a visitor was called last, and the address where it is one of e-mail; `None` where nobody has the id.
    fn visitor_name(&self, portal_id: u64, id: &ActorId) -> Option<(Option<String>, Option<String>)> {
        let own = self.messages.all.iter().filter(|stored| stored.portal_id == portal_id);
        let mut found = None;
        for stored in own {
            let senders = stored.message.senders.as_deref().unwrap_or_default().iter();
            let senders = senders.map(|sender| (&sender.actor_id, &sender.name, &sender.delivery_identifier));
            let recipients = stored.message.recipients.as_deref().unwrap_or_default().iter();
            let recipients = recipients.map(|other| (&other.actor_id, &other.name, &other.delivery_identifier));
            for (actor, name, identifier) in senders.chain(recipients) {
                if actor.as_ref() != Some(id) {
                    continue;
                }
                let (last_name, last_email) = found.get_or_insert((None, None));
                if let Some(name) = name.as_ref() {
                    *last_name = Some(name.clone());
                }
                let identifier = identifier.as_ref();
                let is_email = |kind: &DeliveryIdentifierType| *kind == DeliveryIdentifierType::HsEmailAddress;
                if identifier
                    .and_then(|identifier| identifier.r#type.as_ref())
                    .is_some_and(is_email)
                {
                    *last_email = identifier.and_then(|identifier| identifier.value.as_ref().cloned());
                }
            }
        }
        found
    }
}

/// A conversation that begins with this message.
fn opened(line: &Line, message: &Message, inbox_id: Option<InboxId>, now: Timestamp) -> Thread {
    Thread::build(|thread| {
        thread.id = message.conversations_thread_id.clone();
        thread.created_at = now.into();
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
