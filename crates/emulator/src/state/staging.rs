//! Accounts that users are connecting in HubSpot's settings.

use hubchannel_api::model::{ChannelId, DeliveryIdentifier, InboxId, Secret, StagingToken, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Ids, NewAccount, State, accounts::Taken};
use crate::behaviour::SecondStagingPatch;

/// Who connects accounts in every portal.
pub(crate) const USER: u64 = 2_620_022;

/// Every connection that was ever begun.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Staging(Vec<Held>);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Held {
    portal_id: u64,
    secret: Secret,
    token: StagingToken,
    connected: bool,
}

/// Why a staging token does not become an account.
#[derive(Clone, Debug)]
pub(crate) enum NotConnected {
    NoToken,
    Already,
    Taken(Taken),
}

impl Staging {
    /// Begins a connection.
    pub(crate) fn begin(
        &mut self,
        ids: &mut Ids,
        portal_id: u64,
        channel_id: &ChannelId,
        inbox_id: &InboxId,
        now: Timestamp,
    ) -> Secret {
        let secret = Secret::from(ids.secret());
        let token = StagingToken::build(|token| {
            token.account_token = secret.clone().into();
            token.created_at = now.into();
            token.generic_channel_id = channel_id.clone().into_number().into();
            token.inbox_id = inbox_id.clone().into_number().into();
            token.user_id = USER.into();
        });
        self.0.push(Held {
            portal_id,
            secret: secret.clone(),
            token,
            connected: false,
        });
        secret
    }
}

impl State {
    /// Connects the account that the token stands for; `None` keeps the channel's name.
    pub(crate) fn finish(
        &mut self,
        portal_id: u64,
        channel_id: &ChannelId,
        secret: &Secret,
        (name, delivery_identifier): (Option<String>, Option<DeliveryIdentifier>),
        channel_name: &str,
        now: Timestamp,
    ) -> Result<StagingToken, NotConnected> {
        let found = self.staging.0.iter().position(|held| {
            held.portal_id == portal_id
                && held.secret == *secret
                && held.token.generic_channel_id.as_ref() == Some(channel_id)
        });
        let held = found
            .and_then(|at| self.staging.0.get(at))
            .ok_or(NotConnected::NoToken)?;
        if held.connected {
            return match self.behaviour.second_staging_patch {
                SecondStagingPatch::Conflict => Err(NotConnected::Already),
                SecondStagingPatch::Unchanged => Ok(held.token.clone()),
            };
        }
        let mut token = held.token.clone();
        token.account_name = name.clone().into();
        token.delivery_identifier = delivery_identifier.clone().into();
        let inbox_id = token.inbox_id.as_ref().cloned().unwrap_or_else(|| "".into());
        let new = NewAccount {
            portal_id,
            channel_id: channel_id.clone(),
            inbox_id: inbox_id.into_text(),
            name: name.unwrap_or_else(|| channel_name.to_owned()),
            authorized: true,
            delivery_identifier,
        };
        self.connect(new, now).map_err(NotConnected::Taken)?;
        if let Some(held) = found.and_then(|at| self.staging.0.get_mut(at)) {
            held.connected = true;
            held.token = token.clone();
        }
        Ok(token)
    }
}
