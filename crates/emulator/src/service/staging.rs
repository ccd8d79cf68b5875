//! The operation on staging tokens, by which a bridge says what the account is that a user is connecting.

use http::Response;
use hubchannel_api::{
    ApiVersion, Body, UpdateChannelAccountStagingToken,
    model::{ChannelId, StagingTokenUpdate},
    server::AnyCall,
};

use super::{
    Desk,
    draft::{Place, require},
    identifier,
    refusal::Refusal,
    success,
};
use crate::state::NotConnected;

/// For a portal, over a channel that is there and has this name.
pub(super) fn act(
    desk: Desk<'_>,
    portal_id: u64,
    channel_id: &ChannelId,
    channel_name: &str,
    call: AnyCall,
) -> Result<Response<Body>, Refusal> {
    let AnyCall::UpdateChannelAccountStagingToken(call) = call else {
        return Err(Refusal::internal());
    };
    let end = desk.end();
    let delivery_identifier = identifier::read_optional(call.body.delivery_identifier.as_ref(), end)?;
    check(&call.body, desk.route.version(), end)?;
    let name = call.body.account_name.into_option();
    let said = (name, delivery_identifier);
    let now = desk.now.into();
    let token = desk
        .state
        .finish(portal_id, channel_id, &call.account_token, said, channel_name, now)
        .map_err(|reason| match reason {
            NotConnected::NoToken => Refusal::no_staging_token(),
            NotConnected::Already => Refusal::connected_already(),
            NotConnected::Taken(taken) => Refusal::identifier_taken(&taken),
        })?;
    success::<UpdateChannelAccountStagingToken>(&token, None)
}

/// Name and identifier may be missing in the versions that describe them so.
fn check(body: &StagingTokenUpdate, version: ApiVersion, end: Place<'_>) -> Result<(), Refusal> {
    if matches!(version, ApiVersion::V2025_09 | ApiVersion::V2026_09) {
        require(
            &[
                ("accountName", body.account_name.is_value()),
                ("deliveryIdentifier", body.delivery_identifier.is_value()),
            ],
            end,
        )?;
    }
    match body.account_name.as_deref() {
        Some("") => Err(Refusal::invalid("accountName must not be empty")),
        _ => Ok(()),
    }
}
