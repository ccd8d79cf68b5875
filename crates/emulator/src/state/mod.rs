//! What an emulator holds, and how requests change it. Knows nothing of HTTP, JSON or clocks.

mod channels;
mod draft;
mod ids;
mod messages;

use std::time::SystemTime;

use hubchannel_api::model::{ChannelAccountId, ChannelId};

use self::messages::Messages;
pub use self::messages::Thread;
pub(crate) use self::{
    channels::{Channels, MOST as MOST_CHANNELS},
    draft::{Address, Draft, Party},
    ids::Ids,
    messages::Report,
};
use crate::seed::{Seed, Threading};

/// All of it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) ids: Ids,
    pub(crate) channels: Channels,
    messages: Messages,
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
    pub(crate) fn new(seed: &Seed, now: SystemTime) -> Self {
        State {
            ids: Ids::new(seed.id_seed()),
            channels: Channels::new(seed.channels(), now),
            messages: Messages::default(),
        }
    }
}
