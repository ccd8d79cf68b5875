//! How a user connects an account in HubSpot's settings.

use std::{error, fmt};

use hubchannel_api::model::{ChannelId, InboxId, StagingRedirect, Url};

/// A user who is on the way to the bridge, to connect an account.
///
/// ```
/// use hubchannel_api::{Client, UpdateChannelAccountStagingToken, model::{DeliveryIdentifier, StagingTokenUpdate}};
/// use hubchannel_emulator::{AccountSeed, ChannelSeed, Emulator, InboxSeed, Seed, TokenSeed};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let channel = ChannelSeed::new("1000", 77).set_channel_account_connection_redirect_url("https://bridge.example.com/");
/// let seed = Seed::new(channel, AccountSeed::new("2000", "1000", 62515), TokenSeed::new("token", 62515, 77));
/// let emulator = Emulator::with_seed(seed.add_inbox(InboxSeed::new("3000", 62515)));
///
/// // The user chooses the channel in the settings of an inbox, and comes to the bridge.
/// let connection = emulator.start_connection("1000", "3000")?;
/// assert!(connection.url.starts_with("https://bridge.example.com/?accountToken="));
///
/// // The bridge says what the account is.
/// let body = StagingTokenUpdate::new("Harbour website", DeliveryIdentifier::opaque("harbour"));
/// let update = UpdateChannelAccountStagingToken::new("1000", connection.redirect.account_token, body);
/// Client::new(emulator.transport().with_access_token("token")).update_channel_account_staging_token(update).await?;
/// assert_eq!(emulator.channel_accounts().len(), 2);
/// assert_eq!(emulator.events().len(), 1);
/// # Ok(())
/// # }
/// ```
///
/// `Debug` does not show the token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connection {
    /// Where HubSpot sends the user: the channel's address, with what the bridge is told in its query.
    pub url: Url,
    /// The same in parts.
    pub redirect: StagingRedirect,
}

/// Why a user cannot connect an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionError {
    /// There is no such channel, or portals do not see it yet.
    NoChannel(ChannelId),
    /// There is no such inbox.
    NoInbox(InboxId),
    /// The channel has no `channelAccountConnectionRedirectUrl`, so that HubSpot does not offer it to users.
    NoRedirectUrl(ChannelId),
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectionError::NoChannel(id) => {
                write!(f, "the emulator shows portals no channel {id}; seed or register it, and let its delay pass")
            }
            ConnectionError::NoInbox(id) => write!(f, "the emulator has no inbox {id}; seed it with Seed::add_inbox"),
            ConnectionError::NoRedirectUrl(id) => {
                write!(f, "channel {id} has no channelAccountConnectionRedirectUrl; set it to where users are to come")
            }
        }
    }
}

impl error::Error for ConnectionError {}
