//! What an emulator starts with.

use std::{sync::Arc, time::SystemTime};

use hubchannel_api::{
    clock::{Clock, SystemClock},
    model::{ChannelAccountId, ChannelId, Secret},
};

/// What an emulator starts with: channels, channel accounts, access tokens, a clock, and where ids come from.
///
/// ```
/// use hubchannel_emulator::{AccountSeed, ChannelSeed, Emulator, Seed, Threading, TokenSeed};
///
/// let channel = ChannelSeed::new("1000", 77).set_threading(Threading::DeliveryIdentifier);
/// let account = AccountSeed::new("2000", "1000", 62515);
/// let seed = Seed::new(channel, account, TokenSeed::new("first", 62515, 77))
///     .add_account(AccountSeed::new("2001", "1000", 62516))
///     .add_token(TokenSeed::new("second", 62516, 77));
/// let emulator = Emulator::with_seed(seed);
/// assert_eq!(emulator.channel_id(), "1000");
/// assert_eq!(emulator.access_token().expose(), "first");
/// ```
///
/// Portals and apps are numbers that the others name. Of two with the same id the later one counts.
#[derive(Clone, Debug)]
pub struct Seed {
    channels: Vec<ChannelSeed>,
    accounts: Vec<AccountSeed>,
    tokens: Vec<TokenSeed>,
    first: First,
    clock: Arc<dyn Clock>,
    id_seed: u64,
    strict: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct First {
    pub(crate) channel: ChannelSeed,
    pub(crate) account: AccountSeed,
    pub(crate) token: TokenSeed,
}

impl Seed {
    /// One channel, one account and one token, to which others can be added.
    pub fn new(channel: ChannelSeed, account: AccountSeed, token: TokenSeed) -> Self {
        Seed {
            channels: vec![channel.clone()],
            accounts: vec![account.clone()],
            tokens: vec![token.clone()],
            first: First {
                channel,
                account,
                token,
            },
            clock: Arc::new(SystemClock),
            id_seed: 0,
            strict: false,
        }
    }

    /// Adds a channel.
    #[must_use]
    pub fn add_channel(mut self, channel: ChannelSeed) -> Self {
        self.channels.push(channel);
        self
    }

    /// Adds a channel account.
    #[must_use]
    pub fn add_account(mut self, account: AccountSeed) -> Self {
        self.accounts.push(account);
        self
    }

    /// Adds an access token.
    #[must_use]
    pub fn add_token(mut self, token: TokenSeed) -> Self {
        self.tokens.push(token);
        self
    }

    /// Where the time comes from; the machine's clock unless set.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Seed {
            clock: Arc::new(clock),
            ..self
        }
    }

    /// What ids are made from. The same number and the same requests give the same ids; 0 unless set.
    #[must_use]
    pub fn with_id_seed(self, id_seed: u64) -> Self {
        Seed { id_seed, ..self }
    }

    /// Refuses a publish without `recipients`, `attachments`, `timestamp` or `messageDirection`, which HubSpot describes
    /// as required but has been seen to accept.
    #[must_use]
    pub fn strict(self) -> Self {
        Seed { strict: true, ..self }
    }

    pub(crate) fn first(&self) -> &First {
        &self.first
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn id_seed(&self) -> u64 {
        self.id_seed
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    pub(crate) fn token(&self, text: &str) -> Option<&TokenSeed> {
        self.tokens.iter().rev().find(|token| token.secret.expose() == text)
    }

    pub(crate) fn channel(&self, id: &str) -> Option<&ChannelSeed> {
        self.channels.iter().rev().find(|channel| channel.id == id)
    }

    pub(crate) fn account(&self, id: &str) -> Option<&AccountSeed> {
        self.accounts.iter().rev().find(|account| account.id == id)
    }
}

/// App 40776849 with channel 2930388, which threads by `integrationThreadId`; in portal 62515 the channel account
/// 3307400689, and a token with both scopes that does not expire.
impl Default for Seed {
    fn default() -> Self {
        const PORTAL: u64 = 62515;
        const APP: u64 = 40_776_849;
        Seed::new(
            ChannelSeed::new("2930388", APP),
            AccountSeed::new("3307400689", "2930388", PORTAL),
            TokenSeed::new("emulated-access-token", PORTAL, APP),
        )
    }
}

/// A custom channel, which belongs to an app and is shared by all portals that have the app.
#[derive(Clone, Debug)]
pub struct ChannelSeed {
    pub(crate) id: ChannelId,
    pub(crate) app_id: u64,
    pub(crate) threading: Threading,
}

impl ChannelSeed {
    /// A channel of this app. The id is digits; it threads by `integrationThreadId`.
    pub fn new(id: impl Into<ChannelId>, app_id: u64) -> Self {
        ChannelSeed {
            id: id.into(),
            app_id,
            threading: Threading::IntegrationThreadId,
        }
    }

    /// Sets who decides which messages belong together.
    #[must_use]
    pub fn set_threading(self, threading: Threading) -> Self {
        ChannelSeed { threading, ..self }
    }
}

/// Who decides which messages belong together: a channel's `threadingModel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Threading {
    /// The bridge, by `integrationThreadId`.
    IntegrationThreadId,
    /// HubSpot, by the participants.
    DeliveryIdentifier,
}

/// A channel account: the connection of a channel to an inbox in one portal.
#[derive(Clone, Debug)]
pub struct AccountSeed {
    pub(crate) id: ChannelAccountId,
    pub(crate) channel_id: ChannelId,
    pub(crate) portal_id: u64,
    pub(crate) active: bool,
    pub(crate) authorized: bool,
}

impl AccountSeed {
    /// An account of this channel in this portal, active and authorized.
    pub fn new(id: impl Into<ChannelAccountId>, channel_id: impl Into<ChannelId>, portal_id: u64) -> Self {
        AccountSeed {
            id: id.into(),
            channel_id: channel_id.into(),
            portal_id,
            active: true,
            authorized: true,
        }
    }

    /// Sets whether it is switched on in HubSpot.
    #[must_use]
    pub fn set_active(self, active: bool) -> Self {
        AccountSeed { active, ..self }
    }

    /// Sets whether it may be used.
    #[must_use]
    pub fn set_authorized(self, authorized: bool) -> Self {
        AccountSeed { authorized, ..self }
    }
}

/// An OAuth access token of an app for a portal.
#[derive(Clone, Debug)]
pub struct TokenSeed {
    pub(crate) secret: Secret,
    pub(crate) portal_id: u64,
    pub(crate) app_id: u64,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: Option<SystemTime>,
}

impl TokenSeed {
    /// A token with the scopes to read and write custom channels that does not expire.
    pub fn new(secret: impl Into<Secret>, portal_id: u64, app_id: u64) -> Self {
        TokenSeed {
            secret: secret.into(),
            portal_id,
            app_id,
            scopes: [
                "conversations.custom_channels.read",
                "conversations.custom_channels.write",
            ]
            .map(str::to_owned)
            .into(),
            expires_at: None,
        }
    }

    /// Sets the scopes that it was granted.
    #[must_use]
    pub fn set_scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets when it stops being good, by the emulator's clock.
    #[must_use]
    pub fn set_expires_at(mut self, time: impl Into<SystemTime>) -> Self {
        self.expires_at = Some(time.into());
        self
    }
}
