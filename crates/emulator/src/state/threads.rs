//! Which messages belong together.

use std::{collections::BTreeSet, time::SystemTime};

use hubchannel_api::model::{ChannelAccountId, ChannelId, MessageId, ThreadId};
use serde::{Deserialize, Serialize};

use super::{Address, Draft, Line, State, conversations::Conversation, converse::opened, row::Row};
use crate::{behaviour::ClosedThread, changes::ChangeKind, people::AgentError, seed::Threading};

/// A conversation's thread.
///
/// ```
/// use hubchannel_api::{Client, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
/// use hubchannel_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), hubchannel_api::Error> {
/// let emulator = Emulator::new();
/// let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
/// let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
/// for text in ["Hello", "Anybody there?"] {
///     let body = NewMessage::incoming(emulator.channel_account_id(), visitor.clone(), text)
///         .set_integration_thread_id("chat-42");
///     client.publish_message(PublishMessage::new(emulator.channel_id(), body)).await?;
/// }
/// let threads = emulator.threads();
/// assert_eq!(threads.len(), 1);
/// assert_eq!(threads[0].integration_thread_ids, ["chat-42"]);
/// assert_eq!(threads[0].messages.len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Thread {
    /// HubSpot's id of it.
    pub id: ThreadId,
    /// The channel that it began on.
    pub channel_id: ChannelId,
    /// The channel account that it began on.
    pub channel_account_id: ChannelAccountId,
    /// The bridge's ids of it, or the one that was made up in their place; none on a channel that threads by participants.
    pub integration_thread_ids: Vec<String>,
    /// Its messages, those of agents too, in their order.
    pub messages: Vec<MessageId>,
}

impl From<&Conversation> for Thread {
    fn from(conversation: &Conversation) -> Self {
        Thread {
            id: conversation.id(),
            channel_id: conversation.channel_id(),
            channel_account_id: conversation.account_id(),
            integration_thread_ids: conversation.own_ids.clone(),
            messages: conversation.messages().cloned().collect(),
        }
    }
}

/// What messages of one thread share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum Belonging {
    Id(String),
    Visitors(BTreeSet<Address>),
}

impl State {
    /// Those on the outside of a thread, by whom messages come into it, with their names.
    pub(crate) fn visitors_of(&self, conversation: &Conversation) -> Vec<(Address, Option<String>)> {
        let last = self.outside(&conversation.id(), true);
        let named = last
            .iter()
            .filter_map(|visitor| Some((Address::of(visitor)?, visitor.name.as_ref().cloned())));
        let named: Vec<(Address, Option<String>)> = named.collect();
        if conversation.visitors.is_empty() {
            return named;
        }
        // It is the thread of just these.
        let name = |address: &Address| named.iter().find(|(known, _)| known == address)?.1.clone();
        let visitors = conversation.visitors.iter();
        visitors.map(|address| (address.clone(), name(address))).collect()
    }

    /// Finds or opens the thread that the message belongs to.
    pub(super) fn thread_for(&mut self, line: &Line, draft: &Draft, now: SystemTime) -> ThreadId {
        let belonging = match line.threading {
            Threading::IntegrationThreadId => {
                let given = draft.integration_thread.clone();
                Some(Belonging::Id(given.unwrap_or_else(|| self.ids.integration_thread())))
            }
            Threading::DeliveryIdentifier => {
                let visitors: BTreeSet<_> = draft.visitors().iter().map(|party| party.address.clone()).collect();
                // Nobody is no reason to belong together.
                (!visitors.is_empty()).then_some(Belonging::Visitors(visitors))
            }
        };
        let belonging = belonging.map(|belonging| (line.account_id.clone(), belonging));
        let known = belonging.as_ref().and_then(|to| self.conversations.belonging(to));
        let known = known.filter(|at| self.behaviour.closed_thread == ClosedThread::Reopen || !self.is_closed(*at));
        if let Some(conversation) = known.and_then(|at| self.conversations.at(at)) {
            return conversation.id();
        }
        let account = self
            .accounts
            .get(line.portal_id, &line.channel_id, line.account_id.as_str());
        let inbox_id = account.and_then(|account| account.inbox_id.as_ref().cloned());
        let id = self.ids.thread();
        let (own_ids, visitors) = match belonging.as_ref().map(|(_, belonging)| belonging) {
            Some(Belonging::Id(id)) => (vec![id.clone()], BTreeSet::new()),
            Some(Belonging::Visitors(visitors)) => (Vec::new(), visitors.clone()),
            None => (Vec::new(), BTreeSet::new()),
        };
        let place = self.conversations.add(Conversation {
            portal_id: line.portal_id,
            shown: opened(line, id.clone(), inbox_id, now.into()),
            own_ids,
            visitors,
            entries: Row::default(),
        });
        if let Some(belonging) = belonging {
            self.conversations.claim(belonging, place);
        }
        id
    }

    /// Gives a thread one more id of the bridge's.
    pub(crate) fn add_integration_thread(&mut self, id: &ThreadId, own: String) -> Result<(), AgentError> {
        let no_thread = || AgentError::NoThread(id.clone());
        let at = self.conversations.place(id).ok_or_else(no_thread)?;
        let conversation = self.conversation_by_id(id)?;
        if conversation.own_ids.is_empty() {
            return Err(AgentError::NoOwnIds(conversation.channel_id()));
        }
        let belonging = (conversation.account_id(), Belonging::Id(own.clone()));
        match self.conversations.belonging(&belonging) {
            Some(other) if other == at => return Ok(()),
            Some(other) => {
                let other = self.conversations.at(other).map(Conversation::id);
                return Err(AgentError::ThreadIdTaken {
                    integration_thread_id: own,
                    thread: other.unwrap_or_else(|| id.clone()),
                });
            }
            None => {}
        }
        self.conversations.claim(belonging, at);
        let conversation = self.conversations.get_mut(id).ok_or_else(no_thread)?;
        if !conversation.own_ids.contains(&own) {
            conversation.own_ids.push(own);
        }
        self.changes.note(ChangeKind::Conversation, id);
        Ok(())
    }
}
