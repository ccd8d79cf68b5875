//! What an emulator starts with.

mod account;
mod app;
mod channel;
mod inbox;
mod rate_limits;
mod token;

use std::{sync::Arc, time::Duration};

use hubchannel_api::{
    clock::{Clock, SystemClock},
    model::{Secret, Url},
};

use crate::{
    people::{Agent, Contact},
    retention::Retention,
    webhooks::WebhookPolicy,
};

pub use self::{
    account::AccountSeed,
    app::AppSeed,
    channel::{ChannelSeed, Threading},
    inbox::InboxSeed,
    rate_limits::{RateLimitBody, RateLimits},
    token::TokenSeed,
};
use crate::behaviour::{Behaviour, ClosedThread, MissingMembers, RefreshTokens};

/// What an emulator starts with: apps, channels, inboxes, channel accounts, access tokens, a clock, and where ids come from.
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
    apps: Vec<AppSeed>,
    channels: Vec<ChannelSeed>,
    inboxes: Vec<InboxSeed>,
    accounts: Vec<AccountSeed>,
    tokens: Vec<TokenSeed>,
    first: First,
    clock: Arc<dyn Clock>,
    id_seed: u64,
    agents: Vec<Agent>,
    contacts: Vec<Contact>,
    webhook_policy: WebhookPolicy,
    account_identifiers_as_text: bool,
    behaviour: Behaviour,
    rate_limits: Option<RateLimits>,
    retention: Retention,
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
            apps: vec![AppSeed::new(channel.app_id)],
            channels: vec![channel.clone()],
            inboxes: Vec::new(),
            accounts: vec![account.clone()],
            tokens: vec![token.clone()],
            first: First {
                channel,
                account,
                token,
            },
            clock: Arc::new(SystemClock),
            id_seed: 0,
            agents: Vec::new(),
            contacts: Vec::new(),
            webhook_policy: WebhookPolicy::default(),
            account_identifiers_as_text: false,
            behaviour: Behaviour::default(),
            rate_limits: Some(RateLimits::default()),
            retention: Retention::default(),
        }
    }

    /// Adds an app.
    #[must_use]
    pub fn add_app(mut self, app: AppSeed) -> Self {
        self.apps.retain(|other| other.id != app.id);
        self.apps.push(app);
        self
    }

    /// Adds a channel.
    #[must_use]
    pub fn add_channel(mut self, channel: ChannelSeed) -> Self {
        self.channels.push(channel);
        self
    }

    /// Adds an inbox.
    #[must_use]
    pub fn add_inbox(mut self, inbox: InboxSeed) -> Self {
        self.inboxes.push(inbox);
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

    /// Adds a user of a portal.
    #[must_use]
    pub fn add_agent(mut self, agent: Agent) -> Self {
        self.agents.push(agent);
        self
    }

    /// Adds a contact.
    #[must_use]
    pub fn add_contact(mut self, contact: Contact) -> Self {
        self.contacts.push(contact);
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

    /// What HubSpot does where it can be switched, in place of all that was set of it before.
    #[must_use]
    pub fn with_behaviour(self, behaviour: Behaviour) -> Self {
        Seed { behaviour, ..self }
    }

    /// Refuses a publish without `recipients`, `attachments`, `timestamp` or `messageDirection`, which HubSpot describes
    /// as required but has been seen to accept: [`MissingMembers::Refuse`].
    #[must_use]
    pub fn strict(self) -> Self {
        let behaviour = self.behaviour.clone().set_missing_members(MissingMembers::Refuse);
        self.with_behaviour(behaviour)
    }

    /// Sets [how late](Behaviour::set_listing_delay) a new channel is seen; at once unless set.
    #[must_use]
    pub fn with_listing_delay(self, listing_delay: Duration) -> Self {
        let behaviour = self.behaviour.clone().set_listing_delay(listing_delay);
        self.with_behaviour(behaviour)
    }

    /// Gives a new refresh token with every access token, and takes the old one no more: [`RefreshTokens::Rotate`].
    #[must_use]
    pub fn with_rotating_refresh_tokens(self) -> Self {
        let behaviour = self.behaviour.clone().set_refresh_tokens(RefreshTokens::Rotate);
        self.with_behaviour(behaviour)
    }

    /// Opens a new thread with a message whose thread is closed: [`ClosedThread::Another`].
    #[must_use]
    pub fn with_new_threads_after_closed_ones(self) -> Self {
        let behaviour = self.behaviour.clone().set_closed_thread(ClosedThread::Another);
        self.with_behaviour(behaviour)
    }

    /// How many requests are taken; as many as HubSpot takes of a [public app](RateLimits::public_app) unless set.
    #[must_use]
    pub fn with_rate_limits(self, limits: RateLimits) -> Self {
        Seed {
            rate_limits: Some(limits),
            ..self
        }
    }

    /// How much is kept of what comes and goes; 100,000 messages, and of other things as the default [`Retention`] says,
    /// unless set.
    #[must_use]
    pub fn with_retention(self, retention: Retention) -> Self {
        Seed { retention, ..self }
    }

    /// Sets where the first channel's webhooks go.
    #[must_use]
    pub fn with_webhook_url(mut self, url: impl Into<Url>) -> Self {
        let channel = self.first.channel.clone().set_webhook_url(url);
        let same = |other: &&mut ChannelSeed| other.id == channel.id;
        self.channels
            .iter_mut()
            .filter(same)
            .for_each(|other| *other = channel.clone());
        self.first.channel = channel;
        self
    }

    /// Sets the client secret of the first channel's app, with which its webhooks are signed.
    #[must_use]
    pub fn with_client_secret(mut self, secret: impl Into<Secret>) -> Self {
        let app_id = self.first.channel.app_id;
        let mut apps = self.apps.iter_mut();
        if let Some(app) = apps.find(|app| app.id == app_id) {
            app.client_secret = secret.into();
        }
        self
    }

    /// Sets how long bridges may take to answer webhooks, and how often these are repeated.
    #[must_use]
    pub fn with_webhook_policy(self, webhook_policy: WebhookPolicy) -> Self {
        Seed { webhook_policy, ..self }
    }

    /// Writes `channelAccountDeliveryIdentifier` in events about accounts as the identifier's value alone. Unless set it is
    /// an object with type and value. Which of them HubSpot does is not known.
    #[must_use]
    pub fn with_account_identifiers_as_text(self) -> Self {
        Seed {
            account_identifiers_as_text: true,
            ..self
        }
    }

    /// Takes any number of requests, and says nothing of limits.
    #[must_use]
    pub fn without_rate_limits(self) -> Self {
        Seed {
            rate_limits: None,
            ..self
        }
    }

    pub(crate) fn webhook_policy(&self) -> WebhookPolicy {
        self.webhook_policy
    }

    pub(crate) fn account_identifiers_as_text(&self) -> bool {
        self.account_identifiers_as_text
    }

    pub(crate) fn apps(&self) -> &[AppSeed] {
        &self.apps
    }

    pub(crate) fn agents(&self) -> &[Agent] {
        &self.agents
    }

    pub(crate) fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    pub(crate) fn first(&self) -> &First {
        &self.first
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn id_seed(&self) -> u64 {
        self.id_seed
    }

    pub(crate) fn behaviour(&self) -> &Behaviour {
        &self.behaviour
    }

    pub(crate) fn rate_limits(&self) -> Option<&RateLimits> {
        self.rate_limits.as_ref()
    }

    pub(crate) fn retention(&self) -> &Retention {
        &self.retention
    }

    pub(crate) fn tokens(&self) -> &[TokenSeed] {
        &self.tokens
    }

    pub(crate) fn channels(&self) -> &[ChannelSeed] {
        &self.channels
    }

    pub(crate) fn inboxes(&self) -> &[InboxSeed] {
        &self.inboxes
    }

    pub(crate) fn accounts(&self) -> &[AccountSeed] {
        &self.accounts
    }
}
/// App 40776849 with channel 2930388, which threads by `integrationThreadId`; in portal 62515 inbox 485728346 with the
/// channel account 3307400689, and a token with a bridge's scopes that does not expire.
impl Default for Seed {
    fn default() -> Self {
        const PORTAL: u64 = 62515;
        const APP: u64 = 40_776_849;
        Seed::new(
            ChannelSeed::new("2930388", APP),
            AccountSeed::new("3307400689", "2930388", PORTAL),
            TokenSeed::new("emulated-access-token", PORTAL, APP),
        )
        .add_inbox(InboxSeed::new("485728346", PORTAL))
    }
}
