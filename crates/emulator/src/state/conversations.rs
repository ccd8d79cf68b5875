//! Conversations as HubSpot's own API shows them: the threads that messages are in, and what stands in them.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use hubchannel_api::model::{ChannelAccountId, ChannelId, MessageId, Thread as Shown, ThreadEntry, ThreadId};
use serde::{Deserialize, Serialize};

use super::{Address, State, entries::Entry, row::Row, threads::Belonging};
use crate::{
    people::AgentError,
    snapshot::{MOST_EVER, SnapshotError},
};

/// A conversation of a portal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Conversation {
    pub(super) portal_id: u64,
    pub(super) shown: Shown,
    /// The bridge's ids of it, or the one that was made up in their place; none on a channel that threads by participants.
    pub(super) own_ids: Vec<String>,
    /// Whose conversation it is, on a channel that threads by participants.
    pub(super) visitors: BTreeSet<Address>,
    pub(super) entries: Row<Entry>,
}

impl Conversation {
    pub(crate) fn shown(&self) -> &Shown {
        &self.shown
    }

    pub(crate) fn portal_id(&self) -> u64 {
        self.portal_id
    }

    pub(crate) fn own_ids(&self) -> &[String] {
        &self.own_ids
    }

    /// Its messages, those of agents too, in their order.
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &MessageId> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Message(id) => Some(id),
            Entry::Act { .. } => None,
        })
    }

    /// How many bytes of the bridge's id of it each message keeps.
    pub(super) fn own_length(&self) -> usize {
        self.own_ids.first().map_or(0, String::len)
    }

    pub(crate) fn id(&self) -> ThreadId {
        self.shown.id.as_ref().cloned().unwrap_or_else(|| "".into())
    }

    pub(crate) fn channel_id(&self) -> ChannelId {
        let id = self.shown.original_channel_id.as_ref();
        id.cloned().unwrap_or_else(|| "".into())
    }

    pub(crate) fn account_id(&self) -> ChannelAccountId {
        let id = self.shown.original_channel_account_id.as_ref();
        id.cloned().unwrap_or_else(|| "".into())
    }
}

/// Every conversation of every portal, by its place, and where each is found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Conversations {
    #[serde(with = "crate::snapshot::form::pairs")]
    all: BTreeMap<usize, Conversation>,
    /// How many there ever were, which is the place of the next.
    ever: usize,
    #[serde(skip)]
    by_id: HashMap<ThreadId, usize>,
    /// Where messages go that belong together.
    #[serde(with = "crate::snapshot::form::pairs")]
    by_belonging: BTreeMap<(ChannelAccountId, Belonging), usize>,
    /// The place of the conversation of every entry, the oldest entry first.
    order: VecDeque<usize>,
}

impl Conversations {
    pub(super) fn ever(&self) -> usize {
        self.ever
    }

    /// How many entries there are in all of them.
    pub(super) fn entries(&self) -> usize {
        self.order.len()
    }

    /// Whether the oldest entry of all is a message.
    pub(super) fn begins_with_message(&self) -> bool {
        let conversation = self.order.front().and_then(|place| self.at(*place));
        let oldest = conversation.and_then(|conversation| conversation.entries.iter().next());
        matches!(oldest, Some(Entry::Message(_)))
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, &Conversation)> {
        self.all.iter().map(|(place, conversation)| (*place, conversation))
    }

    pub(super) fn place(&self, id: &ThreadId) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(super) fn at(&self, place: usize) -> Option<&Conversation> {
        self.all.get(&place)
    }

    pub(super) fn get(&self, id: &ThreadId) -> Option<&Conversation> {
        self.at(self.place(id)?)
    }

    pub(super) fn get_mut(&mut self, id: &ThreadId) -> Option<&mut Conversation> {
        let place = self.place(id)?;
        self.all.get_mut(&place)
    }

    /// Where messages go that belong so to the account.
    pub(super) fn belonging(&self, to: &(ChannelAccountId, Belonging)) -> Option<usize> {
        self.by_belonging.get(to).copied()
    }

    /// Adds one, and says where it is.
    pub(super) fn add(&mut self, conversation: Conversation) -> usize {
        let place = self.ever;
        self.ever += 1;
        self.by_id.insert(conversation.id(), place);
        self.all.insert(place, conversation);
        place
    }

    /// Lets what belongs so go to the conversation at this place from now on.
    pub(super) fn claim(&mut self, belonging: (ChannelAccountId, Belonging), place: usize) {
        self.by_belonging.insert(belonging, place);
    }

    /// Adds an entry to a conversation.
    pub(super) fn enter(&mut self, place: usize, entry: Entry) {
        if let Some(conversation) = self.all.get_mut(&place) {
            conversation.entries.push(entry);
            self.order.push_back(place);
        }
    }

    /// Takes the oldest entry out, and with what stood in it last its conversation.
    pub(super) fn pop(&mut self) -> Option<(Entry, Option<Conversation>)> {
        let place = self.order.pop_front()?;
        let conversation = self.all.get_mut(&place)?;
        let entry = conversation.entries.pop()?;
        if !conversation.entries.is_empty() {
            return Some((entry, None));
        }
        let conversation = self.all.remove(&place)?;
        self.by_id.remove(&conversation.id());
        let account = conversation.account_id();
        let own = conversation.own_ids.iter().cloned().map(Belonging::Id);
        let all = own.chain([Belonging::Visitors(conversation.visitors.clone())]);
        for belonging in all {
            let belonging = (account.clone(), belonging);
            // A later conversation may have taken its place.
            if self.belonging(&belonging) == Some(place) {
                self.by_belonging.remove(&belonging);
            }
        }
        Some((entry, Some(conversation)))
    }

    /// Fails where places lead nowhere or messages are not those that there are, and finds again what has which id.
    pub(super) fn check<'m>(&mut self, messages: impl Iterator<Item = &'m MessageId>) -> Result<(), SnapshotError> {
        self.by_id.clear();
        let wrong =
            |path: String, message: &str| Err(SnapshotError::at(format!("state.conversations.{path}"), message));
        if self.ever >= MOST_EVER {
            return wrong("ever".to_owned(), "there were never so many conversations");
        }
        for (at, (place, conversation)) in self.all.iter().enumerate() {
            if *place >= self.ever {
                return wrong(format!("all[{at}][0]"), "places are less than `ever`");
            }
            conversation
                .entries
                .check(|| format!("state.conversations.all[{at}][1].entries"))?;
            if !conversation.shown.id.is_value() {
                return wrong(format!("all[{at}][1].shown.id"), "this has no id");
            }
            if self.by_id.insert(conversation.id(), *place).is_some() {
                return wrong(format!("all[{at}][1].shown.id"), "another one has this id");
            }
        }
        let lost = self
            .by_belonging
            .values()
            .position(|place| !self.all.contains_key(place));
        if let Some(at) = lost {
            return wrong(format!("byBelonging[{at}][1]"), "there is no conversation here");
        }
        let mut messages = messages.fuse();
        let mut rows: BTreeMap<usize, _> = self.iter().map(|(place, of)| (place, of.entries.iter())).collect();
        for (at, place) in self.order.iter().enumerate() {
            let entry = rows.get_mut(place).and_then(Iterator::next);
            match entry {
                None => return wrong(format!("order[{at}]"), "the conversation here has no more entries"),
                Some(Entry::Message(id)) if messages.next() != Some(id) => {
                    return wrong(format!("order[{at}]"), "this entry is not the message that comes next");
                }
                Some(_) => {}
            }
        }
        if let Some(at) = rows.values().position(|row| row.len() > 0) {
            return wrong(format!("all[{at}][1].entries"), "not all of these are in `order`");
        }
        if messages.next().is_some() {
            return wrong("order".to_owned(), "there are messages that are in no conversation");
        }
        if let Some(at) = self.all.values().position(|of| of.entries.is_empty()) {
            return wrong(format!("all[{at}][1].entries"), "nothing stands in this conversation");
        }
        Ok(())
    }
}

impl State {
    /// Every conversation of every portal.
    pub(crate) fn conversations(&self) -> impl DoubleEndedIterator<Item = &Conversation> {
        self.conversations.iter().map(|(_, conversation)| conversation)
    }

    /// The portal's conversations, each with its place among all.
    pub(crate) fn conversations_of(&self, portal_id: u64) -> impl Iterator<Item = (usize, &Shown)> {
        let all = self.conversations.iter();
        all.filter(move |(_, conversation)| conversation.portal_id == portal_id)
            .map(|(place, conversation)| (place, &conversation.shown))
    }

    /// The conversation of whichever portal.
    pub(crate) fn conversation_by_id(&self, id: &ThreadId) -> Result<&Conversation, AgentError> {
        let found = self.conversations.get(id);
        found.ok_or_else(|| AgentError::NoThread(id.clone()))
    }

    pub(crate) fn conversation(&self, portal_id: u64, id: &ThreadId) -> Option<&Conversation> {
        self.conversations.get(id).filter(|of| of.portal_id == portal_id)
    }

    /// What stands in the conversation, each with its id and its place in it.
    pub(crate) fn entries<'s>(
        &'s self,
        conversation: &'s Conversation,
    ) -> impl Iterator<Item = (usize, &'s MessageId, EntryRef<'s>)> {
        conversation.entries.places().filter_map(move |(place, entry)| {
            Some(match entry {
                Entry::Message(id) => (place, id, EntryRef::Message(self.message_by_id(id)?)),
                Entry::Act { id, shown } => (place, id, EntryRef::Act(shown)),
            })
        })
    }
}

/// What stands in a conversation, where it is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EntryRef<'s> {
    Message(&'s hubchannel_api::model::Message),
    Act(&'s ThreadEntry),
}

impl EntryRef<'_> {
    pub(crate) fn to_entry(self) -> ThreadEntry {
        match self {
            EntryRef::Message(message) => ThreadEntry::Message(message.clone()),
            EntryRef::Act(act) => act.clone(),
        }
    }
}
