//! What an emulator holds, and how requests change it. Knows nothing of HTTP, JSON or clocks.

mod accounts;
mod apps;
mod channels;
mod contacts;
mod conversations;
mod converse;
mod draft;
mod entries;
mod events;
mod files;
mod ids;
mod inboxes;
mod kept;
mod limits;
mod messages;
mod people;
mod reply;
mod retain;
mod row;
mod staging;
mod threads;
mod token_row;
mod tokens;

use std::{collections::BTreeSet, time::SystemTime};

use hubchannel_api::model::{ChannelAccountId, ChannelId, Timestamp};

pub use self::threads::Thread;
pub(crate) use self::{
    accounts::{Accounts, NewAccount, Taken, is_archived},
    apps::Apps,
    channels::{Channels, MOST as MOST_CHANNELS},
    conversations::{Conversation, EntryRef},
    draft::{Address, Draft, Party},
    entries::Doer,
    files::{DOWNLOADS, Duplicate, Files, NewFile, StoredFile, end_after},
    ids::Ids,
    inboxes::Inboxes,
    kept::KeptState,
    limits::{Caller, Exceeded, Limits, Quota},
    messages::Report,
    retain::Gone,
    staging::{NotConnected, Staging, USER},
    tokens::{Grant, LIFETIME, NotIssued, Tokens},
};
use self::{conversations::Conversations, events::Events, messages::Messages, people::People};
use crate::{
    behaviour::Behaviour,
    changes::Changes,
    retention::{Dropped, Retention},
    seed::{Seed, Threading},
};

/// All of it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) ids: Ids,
    pub(crate) apps: Apps,
    pub(crate) channels: Channels,
    pub(crate) inboxes: Inboxes,
    pub(crate) accounts: Accounts,
    pub(crate) staging: Staging,
    pub(crate) tokens: Tokens,
    pub(crate) files: Files,
    pub(crate) people: People,
    pub(crate) limits: Limits,
    /// For those who watch.
    pub(crate) changes: Changes,
    pub(crate) events: Events,
    messages: Messages,
    conversations: Conversations,
    pub(crate) retention: Retention,
    pub(crate) dropped: Dropped,
    /// What has gone and was not asked for yet.
    gone: Vec<Gone>,
    /// Whether events about accounts have the identifier's value alone.
    identifiers_as_text: bool,
    pub(crate) behaviour: Behaviour,
}

/// What a message travels on: an account that may be used, and all that stands behind it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) channel_id: ChannelId,
    pub(crate) account_id: ChannelAccountId,
    pub(crate) portal_id: u64,
    pub(crate) app_id: u64,
    pub(crate) threading: Threading,
}

impl State {
    /// The portals that have an inbox, an account, a token, a user or a contact.
    pub(crate) fn portals(&self) -> BTreeSet<u64> {
        let inboxes = self.inboxes.all().map(|(portal_id, _)| portal_id);
        let accounts = self.accounts.everywhere().map(|(portal_id, _)| portal_id);
        let tokens = self.tokens.all().map(|token| token.portal_id);
        let people = self.people.portals();
        inboxes.chain(accounts).chain(tokens).chain(people).collect()
    }

    pub(crate) fn new(seed: &Seed, now: SystemTime) -> Self {
        let created_at = Timestamp::from(now);
        let mut ids = Ids::new(seed.id_seed());
        let mut inboxes = Inboxes::new(seed.inboxes(), &created_at);
        State {
            apps: Apps::new(seed.apps()),
            channels: Channels::new(seed.channels(), now),
            accounts: Accounts::new(seed, &mut inboxes, &mut ids, &created_at),
            inboxes,
            ids,
            staging: Staging::default(),
            tokens: Tokens::new(seed.tokens()),
            files: Files::default(),
            people: People::new(seed.agents(), seed.contacts()),
            limits: Limits::default(),
            changes: Changes::default(),
            events: Events::default(),
            messages: Messages::default(),
            conversations: Conversations::default(),
            retention: *seed.retention(),
            dropped: Dropped::default(),
            gone: Vec::new(),
            identifiers_as_text: seed.account_identifiers_as_text(),
            behaviour: seed.behaviour().clone(),
        }
    }
}
