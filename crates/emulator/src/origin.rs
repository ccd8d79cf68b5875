//! What an emulator is known by from its start.

use hubchannel_api::model::{ChannelAccountId, ChannelId, Secret};
use serde::{Deserialize, Serialize};

use crate::seed::First;

/// The ids of the first channel and account, with app and portal, and the first token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Origin {
    pub(crate) channel_id: ChannelId,
    pub(crate) app_id: u64,
    pub(crate) channel_account_id: ChannelAccountId,
    pub(crate) portal_id: u64,
    pub(crate) access_token: Secret,
}

impl From<&First> for Origin {
    fn from(first: &First) -> Self {
        Origin {
            channel_id: first.channel.id.clone(),
            app_id: first.channel.app_id,
            channel_account_id: first.account.id.clone(),
            portal_id: first.account.portal_id,
            access_token: first.token.secret.clone(),
        }
    }
}
