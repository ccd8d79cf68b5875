//! The state as it is kept between two emulators.

use std::collections::BTreeSet;

use hubchannel_api::model::{ChannelId, Secret, Url};
use serde::{Deserialize, Serialize};

use super::{
    Accounts, Apps, Channels, Conversations, Events, Files, Ids, Inboxes, Limits, Messages, People, Staging, State,
    Tokens, accounts,
};
use crate::{
    retention::{Dropped, Retention},
    seed::Seed,
    snapshot::{SnapshotError, check_dropped},
};

/// What of a [`State`] outlasts it: all but what a [`Seed`] says, requests that count for limits, and who watches.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KeptState {
    ids: Ids,
    apps: Apps,
    channels: Channels,
    inboxes: Inboxes,
    accounts: Vec<accounts::Held>,
    staging: Staging,
    tokens: Tokens,
    files: Files,
    people: People,
    messages: Messages,
    conversations: Conversations,
    events: Events,
    retention: Retention,
    dropped: Dropped,
}

impl State {
    /// What is to be kept.
    pub(crate) fn keep(&self) -> KeptState {
        KeptState {
            ids: self.ids.clone(),
            apps: self.apps.clone(),
            channels: self.channels.clone(),
            inboxes: self.inboxes.clone(),
            accounts: self.accounts.held().to_vec(),
            staging: self.staging.clone(),
            tokens: self.tokens.clone(),
            files: self.files.clone(),
            people: self.people.clone(),
            messages: self.messages.clone(),
            conversations: self.conversations.clone(),
            events: self.events.clone(),
            retention: self.retention,
            dropped: self.dropped,
        }
    }

    /// Takes the place of all that there is with what was kept. Who watches is told to look at everything again.
    pub(crate) fn take_up(&mut self, kept: KeptState, seed: &Seed) {
        self.ids = kept.ids;
        self.apps = kept.apps;
        self.channels = kept.channels;
        self.inboxes = kept.inboxes;
        self.accounts = Accounts::with_held(kept.accounts, seed);
        self.staging = kept.staging;
        self.tokens = kept.tokens;
        self.files.replace(kept.files);
        self.people = kept.people;
        self.messages = kept.messages;
        self.conversations = kept.conversations;
        self.events = kept.events;
        self.retention = kept.retention;
        self.dropped = kept.dropped;
        self.gone.clear();
        self.limits = Limits::default();
        self.changes.skip();
    }
}

impl KeptState {
    /// Says where the channel's webhooks go.
    pub(crate) fn set_webhook_url(&mut self, channel_id: &ChannelId, url: Url) {
        self.channels.set_webhook_url(channel_id, url);
    }

    /// Says what the app's webhooks are signed with.
    pub(crate) fn set_client_secret(&mut self, app_id: u64, secret: Secret) {
        self.apps.set_client_secret(app_id, secret);
    }

    /// Fails where the parts do not belong together, and finds again what follows from them.
    pub(crate) fn check(&mut self) -> Result<(), SnapshotError> {
        self.ids.check()?;
        for (name, dropped) in self.dropped.by_name() {
            check_dropped(format!("state.dropped.{name}"), dropped)?;
        }
        let accounts = self.accounts.iter().map(accounts::Held::id);
        unique("accounts", accounts)?;
        unique("channels", self.channels.ids())?;
        unique(
            "inboxes",
            self.inboxes
                .all()
                .map(|(_, inbox)| inbox.id.as_ref().map(|id| id.as_str())),
        )?;
        self.files.check()?;
        self.events.check()?;
        self.messages.check()?;
        let messages = self.messages.iter().filter_map(|stored| stored.message.id.as_ref());
        self.conversations.check(messages)?;
        self.messages.weigh(&self.conversations);
        self.people.check()?;
        for stored in self.messages.iter() {
            self.people.mention(stored.portal_id, &stored.message);
            for contact in &stored.contacts {
                self.people.mention_contact(stored.portal_id, contact);
            }
        }
        for (_, conversation) in self.conversations.iter() {
            if let Some(contact) = conversation.shown().associated_contact_id.as_ref() {
                self.people.mention_contact(conversation.portal_id(), contact);
            }
        }
        self.ids
            .check_given(self.messages.ever(), self.conversations.ever(), self.files.len())
    }
}

/// Fails where a thing has no id, or that of another.
fn unique<'i>(list: &str, ids: impl Iterator<Item = Option<&'i str>>) -> Result<(), SnapshotError> {
    let mut seen = BTreeSet::new();
    for (at, id) in ids.enumerate() {
        let wrong = match id {
            Some(id) if seen.insert(id) => continue,
            Some(id) => format!("another one has the id {id}"),
            None => "this has no id".to_owned(),
        };
        return Err(SnapshotError::at(format!("state.{list}[{at}]"), wrong));
    }
    Ok(())
}
