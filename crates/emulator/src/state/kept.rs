//! The state as it is kept between two emulators.

use std::collections::BTreeSet;

use hubchannel_api::model::{ChannelId, Secret, Url};
use serde::{Deserialize, Serialize};

use super::{
    Accounts, Apps, Channels, Files, Ids, Inboxes, Limits, People, Staging, State, Tokens, accounts,
    conversations::Conversation, messages::Messages, threads::Threads,
};
use crate::{seed::Seed, snapshot::SnapshotError, webhooks::WebhookEvent};

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
    threads: Threads,
    conversations: Vec<Conversation>,
    events: Vec<WebhookEvent>,
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
            threads: self.threads.clone(),
            conversations: self.conversations.clone(),
            events: self.events.clone(),
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
        self.threads = kept.threads;
        self.conversations = kept.conversations;
        self.events = kept.events;
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
        let accounts = self.accounts.iter().map(accounts::Held::id);
        unique("accounts", accounts)?;
        unique("channels", self.channels.ids())?;
        unique(
            "inboxes",
            self.inboxes
                .all()
                .map(|(_, inbox)| inbox.id.as_ref().map(|id| id.as_str())),
        )?;
        unique(
            "files.all",
            self.files
                .all()
                .map(|file| file.shown.id.as_ref().map(|id| id.as_str())),
        )?;
        unique("threads.all", self.threads.all.iter().map(|thread| Some(thread.id.as_str())))?;
        self.messages.check()?;
        self.threads.check()?;
        self.ids
            .check_given(self.messages.len(), self.threads.all.len(), self.files.len())?;
        for (at, thread) in self.threads.all.iter().enumerate() {
            let conversation = self.conversations.get(at);
            if conversation.and_then(Conversation::id) != Some(&thread.id) {
                let message = format!("this must be the conversation of the thread {}", thread.id);
                return Err(SnapshotError::at(format!("state.conversations[{at}].shown.id"), message));
            }
            for (place, id) in thread.messages.iter().enumerate() {
                if !self.messages.has(id) {
                    let path = format!("state.threads.all[{at}].messages[{place}]");
                    return Err(SnapshotError::at(path, format!("there is no message {id}")));
                }
            }
        }
        if self.conversations.len() > self.threads.all.len() {
            let path = format!("state.conversations[{}]", self.threads.all.len());
            return Err(SnapshotError::at(path, "there is no thread to this conversation"));
        }
        Ok(())
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
