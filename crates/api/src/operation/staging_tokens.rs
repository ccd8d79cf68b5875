//! The operation on staging tokens, by which a user connects an account.

use http::{Method, StatusCode};
use hubchannel_model::{ChannelId, Secret, StagingToken, StagingTokenUpdate, Violations};

use super::{Credential, Operation, OperationInfo, Repeat, Segment, json, operation, scope};
use crate::{Area, Body, Error};

operation! {
    /// Says what the account is that a user is connecting:
    /// `PATCH …/{channelId}/channel-account-staging-tokens/{accountToken}`.
    ///
    /// ```
    /// use hubchannel_api::UpdateChannelAccountStagingToken;
    /// use hubchannel_model::{DeliveryIdentifier, StagingTokenUpdate};
    ///
    /// let body = StagingTokenUpdate::new("Harbour website", DeliveryIdentifier::opaque("harbour-website"));
    /// let connect = UpdateChannelAccountStagingToken::new("2930388", "a1b2", body);
    /// assert!(!format!("{connect:?}").contains("a1b2"));
    /// ```
    ///
    /// HubSpot sends the token with the user, see [`StagingRedirect`](hubchannel_model::StagingRedirect), and creates the
    /// account when the bridge has sent the user back (documented).
    ///
    /// Never repeated when nobody knows whether it was done: what HubSpot makes of a second time is unknown, and 409
    /// has been taken to mean that the account is connected already (observed), so a repeat would turn a success into an
    /// error. The event `CHANNEL_ACCOUNT_CREATED` or the list of accounts tells.
    pub struct UpdateChannelAccountStagingToken {
        /// The channel that the account is to be of: digits.
        pub channel_id: ChannelId,
        /// The token that came with the user. It is part of the path, and never shown.
        pub account_token: Secret,
        /// What the account is.
        pub body: StagingTokenUpdate,
    }

    /// Says this of the account with this token.
    pub fn new(
        channel_id: impl Into<ChannelId>,
        account_token: impl Into<Secret>,
        body: StagingTokenUpdate
    );
}

impl Operation for UpdateChannelAccountStagingToken {
    type Output = StagingToken;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "update_channel_account_staging_token",
        area: Area::CustomChannels,
        method: Method::PATCH,
        path: &[
            Segment::Int32("channelId"),
            Segment::Literal("channel-account-staging-tokens"),
            Segment::Secret("accountToken"),
        ],
        query: &[],
        success: StatusCode::OK,
        effect: Some("connected"),
        credential: Credential::PortalToken,
        scopes: scope::READ_OR_WRITE,
        repeat: Repeat::Never,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str(), self.account_token.expose()].into_iter()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body)
    }
}
