//! Channels that apps have registered.

use std::time::{Duration, SystemTime};

use hubchannel_api::model::{Channel, ChannelId, ChannelPatch, Field, NewChannel, Url};
use serde::{Deserialize, Serialize};

use super::Ids;
use crate::seed::ChannelSeed;

/// How many an app may have.
pub(crate) const MOST: usize = 10;

/// The app has as many as it may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooMany;

/// Every channel there ever was, in the order of registration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Channels(Vec<Held>);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Held {
    app_id: u64,
    channel: Channel,
    archived: bool,
    /// When others than its maker begin to see it.
    #[serde(with = "crate::snapshot::form::time")]
    shown_from: SystemTime,
}

impl Held {
    fn is(&self, id: &str) -> bool {
        self.channel.id.as_ref().is_some_and(|own| own == id)
    }

    fn is_shown(&self, now: SystemTime) -> bool {
        !self.archived && self.shown_from <= now
    }
}

impl Channels {
    /// These, registered now.
    pub(super) fn new(seeds: &[ChannelSeed], now: SystemTime) -> Self {
        let mut channels = Channels(Vec::new());
        for seed in seeds {
            channels.0.retain(|held| !held.is(seed.id.as_str()));
            channels.0.push(Held {
                app_id: seed.app_id,
                channel: seed.channel(now.into()),
                archived: false,
                shown_from: now,
            });
        }
        channels
    }

    /// The ids of all, archived ones too.
    pub(super) fn ids(&self) -> impl Iterator<Item = Option<&str>> {
        self.0.iter().map(|held| held.channel.id.as_ref().map(|id| id.as_str()))
    }

    pub(super) fn set_webhook_url(&mut self, id: &ChannelId, url: Url) {
        if let Some(held) = self.0.iter_mut().find(|held| held.is(id.as_str())) {
            held.channel.webhook_url = url.into();
        }
    }

    /// Every channel that is not archived.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Channel> {
        self.0.iter().filter(|held| !held.archived).map(|held| &held.channel)
    }

    /// What the app's list shows, each channel with its place among all there ever were.
    pub(crate) fn listed(&self, app_id: u64, now: SystemTime) -> impl Iterator<Item = (usize, &Channel)> {
        let all = self.0.iter().enumerate();
        all.filter(move |(_, held)| held.app_id == app_id && held.is_shown(now))
            .map(|(place, held)| (place, &held.channel))
    }

    /// The channel, where it is the app's.
    pub(crate) fn owned(&self, app_id: u64, id: &str) -> Option<&Channel> {
        self.find(app_id, id).map(|held| &held.channel)
    }

    /// The channel, where it is the app's and portals see it already.
    pub(crate) fn shown(&self, app_id: u64, id: &str, now: SystemTime) -> Option<&Channel> {
        self.find(app_id, id)
            .filter(|held| held.is_shown(now))
            .map(|held| &held.channel)
    }

    /// The channel, whoever's it is, where portals see it.
    pub(crate) fn seen(&self, id: &str, now: SystemTime) -> Option<&Channel> {
        let found = self.0.iter().find(|held| held.is(id) && held.is_shown(now));
        found.map(|held| &held.channel)
    }

    /// The app that has registered the channel, archived ones too.
    pub(crate) fn owner(&self, id: &str) -> Option<u64> {
        self.0.iter().find(|held| held.is(id)).map(|held| held.app_id)
    }

    fn find(&self, app_id: u64, id: &str) -> Option<&Held> {
        self.0
            .iter()
            .find(|held| held.app_id == app_id && !held.archived && held.is(id))
    }

    fn find_mut(&mut self, app_id: u64, id: &str) -> Option<&mut Held> {
        self.0
            .iter_mut()
            .find(|held| held.app_id == app_id && !held.archived && held.is(id))
    }

    /// Registers a channel, which others see after the delay.
    pub(crate) fn register(
        &mut self,
        ids: &mut Ids,
        app_id: u64,
        new: NewChannel,
        now: SystemTime,
        delay: Duration,
    ) -> Result<Channel, TooMany> {
        let has = self.0.iter().filter(|held| held.app_id == app_id && !held.archived);
        if has.count() >= MOST {
            return Err(TooMany);
        }
        let channel = Channel::build(|channel| {
            channel.id = self.unused(ids).into();
            channel.name = new.name;
            channel.capabilities = new.capabilities;
            channel.created_at = Field::Value(now.into());
            channel.webhook_url = new.webhook_url;
            channel.channel_account_connection_redirect_url = new.channel_account_connection_redirect_url;
            channel.channel_description = new.channel_description;
            channel.channel_logo_url = new.channel_logo_url;
        });
        self.0.push(Held {
            app_id,
            channel: channel.clone(),
            archived: false,
            shown_from: now.checked_add(delay).unwrap_or(now),
        });
        Ok(channel)
    }

    /// An id that no channel has ever had.
    fn unused(&self, ids: &mut Ids) -> ChannelId {
        loop {
            let id = ids.channel();
            if !self.0.iter().any(|held| held.is(id.as_str())) {
                return id;
            }
        }
    }

    /// Changes what the patch has: a value replaces, null removes.
    pub(crate) fn change(&mut self, app_id: u64, id: &str, patch: ChannelPatch) -> Option<&Channel> {
        fn apply<T>(field: &mut Field<T>, change: Field<T>) {
            match change {
                Field::Absent => {}
                Field::Null => *field = Field::Absent,
                value => *field = value,
            }
        }
        let channel = &mut self.find_mut(app_id, id)?.channel;
        apply(&mut channel.name, patch.name);
        apply(&mut channel.capabilities, patch.capabilities);
        apply(&mut channel.webhook_url, patch.webhook_url);
        apply(&mut channel.channel_account_connection_redirect_url, patch.channel_account_connection_redirect_url);
        apply(&mut channel.channel_description, patch.channel_description);
        apply(&mut channel.channel_logo_url, patch.channel_logo_url);
        Some(channel)
    }

    /// Archives the channel; `false` where there is none.
    pub(crate) fn archive(&mut self, app_id: u64, id: &str) -> bool {
        let found = self.find_mut(app_id, id);
        let is_there = found.is_some();
        if let Some(held) = found {
            held.archived = true;
        }
        is_there
    }
}
