//! Which messages belong together.

use std::collections::{BTreeMap, BTreeSet};

use hubchannel_api::model::{ChannelAccountId, ChannelId, MessageId, ThreadId};
use serde::{Deserialize, Serialize};

use super::{Address, Draft, Line, State};
use crate::{
    behaviour::ClosedThread, changes::ChangeKind, people::AgentError, seed::Threading, snapshot::SnapshotError,
};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Threads {
    pub(super) all: Vec<Thread>,
    #[serde(with = "crate::snapshot::form::pairs")]
    by: BTreeMap<(ChannelAccountId, Belonging), usize>,
}

/// What messages of one thread share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum Belonging {
    Id(String),
    Visitors(BTreeSet<Address>),
}

impl Threads {
    pub(super) fn get(&self, id: &ThreadId) -> Option<&Thread> {
        self.all.iter().find(|thread| thread.id == *id)
    }

    /// Fails where places lead nowhere.
    pub(super) fn check(&self) -> Result<(), SnapshotError> {
        match self.by.values().position(|at| *at >= self.all.len()) {
            Some(at) => Err(SnapshotError::at(format!("state.threads.by[{at}][1]"), "there is no thread here")),
            None => Ok(()),
        }
    }

    pub(super) fn get_mut(&mut self, id: &ThreadId) -> Option<&mut Thread> {
        self.all.iter_mut().find(|thread| thread.id == *id)
    }
}

impl State {
    pub(crate) fn threads(&self) -> &[Thread] {
        &self.threads.all
    }

    pub(crate) fn thread(&self, id: &ThreadId) -> Option<&Thread> {
        self.threads.get(id)
    }

    /// Those on the outside of a thread, by whom messages come into it, with their names.
    pub(crate) fn visitors_of(&self, id: &ThreadId) -> Vec<(Address, Option<String>)> {
        let last = self.outside(id, true);
        let named = last
            .iter()
            .filter_map(|visitor| Some((Address::of(visitor)?, visitor.name.as_ref().cloned())));
        let named: Vec<(Address, Option<String>)> = named.collect();
        let place = self.threads.all.iter().position(|thread| thread.id == *id);
        let mut belonging = self.threads.by.iter().filter(|(_, at)| Some(**at) == place);
        match belonging.find_map(|((_, belonging), _)| match belonging {
            Belonging::Visitors(addresses) => Some(addresses),
            Belonging::Id(_) => None,
        }) {
            // It is the thread of just these.
            Some(addresses) => {
                let name = |address: &Address| named.iter().find(|(known, _)| known == address)?.1.clone();
                addresses
                    .iter()
                    .map(|address| (address.clone(), name(address)))
                    .collect()
            }
            None => named,
        }
    }

    /// Finds or opens the thread that the message belongs to, and adds it there.
    pub(super) fn thread_for(&mut self, line: &Line, draft: &Draft, message: &MessageId) -> ThreadId {
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
        let place = belonging.clone().map(|belonging| (line.account_id.clone(), belonging));
        let known = place.as_ref().and_then(|place| self.threads.by.get(place)).copied();
        let known = known.filter(|at| self.behaviour.closed_thread == ClosedThread::Reopen || !self.is_closed(*at));
        if let Some(thread) = known.and_then(|at| self.threads.all.get_mut(at)) {
            thread.messages.push(message.clone());
            return thread.id.clone();
        }
        let thread = Thread {
            id: self.ids.thread(),
            channel_id: line.channel_id.clone(),
            channel_account_id: line.account_id.clone(),
            integration_thread_ids: match belonging {
                Some(Belonging::Id(id)) => vec![id],
                _ => Vec::new(),
            },
            messages: vec![message.clone()],
        };
        let id = thread.id.clone();
        let at = self.threads.all.len();
        self.threads.by.extend(place.map(|place| (place, at)));
        self.threads.all.push(thread);
        id
    }

    /// Gives a thread one more id of the bridge's.
    pub(crate) fn add_integration_thread(&mut self, id: &ThreadId, own: String) -> Result<(), AgentError> {
        let found = self.threads.all.iter().position(|thread| thread.id == *id);
        let at = found.ok_or_else(|| AgentError::NoThread(id.clone()))?;
        let Some(thread) = self.threads.all.get(at) else {
            return Err(AgentError::NoThread(id.clone()));
        };
        if thread.integration_thread_ids.is_empty() {
            return Err(AgentError::NoOwnIds(thread.channel_id.clone()));
        }
        let place = (thread.channel_account_id.clone(), Belonging::Id(own.clone()));
        match self.threads.by.get(&place) {
            Some(other) if *other == at => return Ok(()),
            Some(other) => {
                let other = self.threads.all.get(*other).map(|thread| thread.id.clone());
                return Err(AgentError::ThreadIdTaken {
                    integration_thread_id: own,
                    thread: other.unwrap_or_else(|| id.clone()),
                });
            }
            None => {}
        }
        self.threads.by.insert(place, at);
        if let Some(thread) = self.threads.all.get_mut(at) {
            thread.integration_thread_ids.push(own);
            self.changes.note(ChangeKind::Conversation, id);
        }
        Ok(())
    }
}
