//! The client: a handle to the API over some transport.

use std::{fmt, sync::Arc};

use http::HeaderValue;
use hubchannel_model::{
    Channel, ChannelAccount, ChannelAccountQuery, ChannelId, ChannelQuery, Field, Message, NewMessage, Page,
    StagingToken,
};

use crate::{
    ApiVersion, ArchiveChannel, BaseUrl, CreateChannel, CreateChannelAccount, CustomChannels, Error, GetChannel,
    GetChannelAccount, GetMessage, HttpTransport, Items, KeySource, ListChannelAccounts, ListChannels, PublishMessage,
    RandomKeys, Reply, Transport, UpdateChannel, UpdateChannelAccount, UpdateChannelAccountStagingToken,
    UpdateMessageStatus,
    clock::{Clock, SystemClock},
    http_api::HttpApi,
    operation::{Target, checked},
};

/// A handle to HubSpot's custom channels. Cheap to clone; clones share everything.
///
/// ```
/// use hubchannel_api::{Client, Error, HttpTransport, PublishMessage};
/// use hubchannel_model::{DeliveryIdentifier, NewMessage, Participant};
///
/// async fn hello(transport: impl HttpTransport) -> Result<(), Error> {
///     let client = Client::new(transport);
///     let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
///     let body = NewMessage::incoming("3307400689", visitor, "Hello");
///     let message = client.publish_message(PublishMessage::new("2930388", body)).await?;
///     println!("published as {:?} in thread {:?}", message.id, message.conversations_thread_id);
///     Ok(())
/// }
/// ```
///
/// The transport brings the connection and, usually as a stack of layers, credentials, repeats and timeouts.
#[derive(Clone)]
pub struct Client {
    api: Arc<dyn CustomChannels>,
    clock: Arc<dyn Clock>,
    keys: Arc<dyn KeySource>,
}

impl Client {
    /// A client of HubSpot's API `v3` over this transport.
    pub fn new(transport: impl HttpTransport) -> Self {
        Client::builder(transport).build()
    }

    /// A client over this transport with settings of its own.
    pub fn builder(transport: impl HttpTransport) -> ClientBuilder {
        ClientBuilder {
            transport: Transport::new(transport),
            target: Target::default(),
            clock: Arc::new(SystemClock),
            keys: Arc::new(RandomKeys),
        }
    }

    /// A client of something that is no HTTP at all: a double in a test.
    ///
    /// The client checks and completes calls as always, so the double receives what HubSpot would.
    pub fn from_api(api: impl CustomChannels) -> Self {
        Client {
            api: Arc::new(api),
            clock: Arc::new(SystemClock),
            keys: Arc::new(RandomKeys),
        }
    }

    /// The same client with another clock: the time that a message without `timestamp` is given, and that waits go by.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use hubchannel_api::{Client, CustomChannels, clock::ManualClock};
    ///
    /// fn in_a_test(double: impl CustomChannels) -> (Client, ManualClock) {
    ///     let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    ///     (Client::from_api(double).with_clock(clock.clone()), clock)
    /// }
    /// ```
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Client {
            clock: Arc::new(clock),
            ..self
        }
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Lists the app's channels, one page; [`channels`](Client::channels) lists all.
    ///
    /// This and the other operations on channels need the developer's API key with the app's id (documented).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_channels(&self, call: ListChannels) -> Result<Reply<Page<Channel>>, Error> {
        checked(call, |call| self.api.list_channels(call))?.await
    }

    /// Every channel of the app that the query asks for, from its page on.
    pub fn channels(&self, query: ChannelQuery) -> Items<Channel> {
        Items::of(self, ListChannels::new(query), |client, call| {
            Box::pin(async move { client.list_channels(call).await })
        })
    }

    /// Registers a channel for the app. The body is checked first, see
    /// [`NewChannel::check`](hubchannel_model::NewChannel::check).
    ///
    /// ```
    /// use hubchannel_api::{Client, CreateChannel, Error};
    /// use hubchannel_model::{ChannelCapabilities, ChannelId, NewChannel, ThreadingModel};
    ///
    /// async fn register(client: &Client) -> Result<Option<ChannelId>, Error> {
    ///     let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId)
    ///         .add_delivery_identifier_type("CHANNEL_SPECIFIC_OPAQUE_ID")
    ///         .set_allow_outgoing_messages(true);
    ///     let body = NewChannel::new("Harbour chat", capabilities).set_webhook_url("https://bridge.example.com/hubspot");
    ///     let channel = client.create_channel(CreateChannel::new(body)).await?;
    ///     Ok(channel.into_inner().id.into_option())
    /// }
    /// ```
    ///
    /// # Errors
    /// See [`Error`]. Where [`Error::outcome_unknown`] is true the channel may have been registered: list the channels
    /// before trying again.
    pub async fn create_channel(&self, call: CreateChannel) -> Result<Reply<Channel>, Error> {
        checked(call, |call| self.api.create_channel(call))?.await
    }

    /// Reads a channel.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_channel(&self, call: GetChannel) -> Result<Reply<Channel>, Error> {
        checked(call, |call| self.api.get_channel(call))?.await
    }

    /// Changes a channel. The body is checked first, see [`ChannelPatch::check`](hubchannel_model::ChannelPatch::check).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_channel(&self, call: UpdateChannel) -> Result<Reply<Channel>, Error> {
        checked(call, |call| self.api.update_channel(call))?.await
    }

    /// Archives a channel, in every portal that uses it. There is no way back in this API.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn archive_channel(&self, call: ArchiveChannel) -> Result<Reply<()>, Error> {
        checked(call, |call| self.api.archive_channel(call))?.await
    }

    /// Says what the account is that a user is connecting. The body is checked first, see
    /// [`StagingTokenUpdate::check`](hubchannel_model::StagingTokenUpdate::check).
    ///
    /// ```
    /// use hubchannel_api::{Client, Error, UpdateChannelAccountStagingToken};
    /// use hubchannel_model::{ChannelId, DeliveryIdentifier, StagingRedirect, StagingTokenUpdate};
    ///
    /// /// Takes the visit of a user whom HubSpot has sent, and says where to send him back to; nowhere that is not
    /// /// HubSpot's, because whoever made the link chose the address.
    /// async fn connect(client: &Client, channel: &ChannelId, visit: StagingRedirect) -> Result<Option<String>, Error> {
    ///     let back = visit.hubspot_redirect_url().map(str::to_owned);
    ///     let body = StagingTokenUpdate::new("Harbour website", DeliveryIdentifier::opaque("harbour-website"));
    ///     let call = UpdateChannelAccountStagingToken::new(channel.clone(), visit.account_token, body);
    ///     match client.update_channel_account_staging_token(call).await {
    ///         Err(error) if error.is_conflict() => println!("connected already"),
    ///         answer => drop(answer?),
    ///     }
    ///     Ok(back)
    /// }
    /// ```
    ///
    /// # Errors
    /// See [`Error`]. Where [`Error::is_conflict`] is true the account has been taken to be connected already
    /// (observed). `Display` and `Debug` of the error show the token nowhere, even where the server's answer repeats it;
    /// the answer's own [`body`](Error::body) and [`error_body`](Error::error_body), and what a transport of somebody
    /// else's reports, may have it.
    pub async fn update_channel_account_staging_token(
        &self,
        call: UpdateChannelAccountStagingToken,
    ) -> Result<Reply<StagingToken>, Error> {
        let token = call.account_token.clone();
        let result = checked(call, |call| self.api.update_channel_account_staging_token(call))?.await;
        result.map_err(|error| error.hiding([token]))
    }

    /// Lists a channel's accounts in the portal, one page; [`channel_accounts`](Client::channel_accounts) lists all.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_channel_accounts(&self, call: ListChannelAccounts) -> Result<Reply<Page<ChannelAccount>>, Error> {
        checked(call, |call| self.api.list_channel_accounts(call))?.await
    }

    /// Every account of a channel that the query asks for, from its page on.
    pub fn channel_accounts(
        &self,
        channel_id: impl Into<ChannelId>,
        query: ChannelAccountQuery,
    ) -> Items<ChannelAccount> {
        Items::of(self, ListChannelAccounts::new(channel_id, query), |client, call| {
            Box::pin(async move { client.list_channel_accounts(call).await })
        })
    }

    /// Connects an account to an inbox, without a user. The body is checked first, see
    /// [`NewChannelAccount::check`](hubchannel_model::NewChannelAccount::check).
    ///
    /// # Errors
    /// See [`Error`]. Where [`Error::outcome_unknown`] is true the account may have been connected: list the accounts
    /// before trying again.
    pub async fn create_channel_account(&self, call: CreateChannelAccount) -> Result<Reply<ChannelAccount>, Error> {
        checked(call, |call| self.api.create_channel_account(call))?.await
    }

    /// Reads an account.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_channel_account(&self, call: GetChannelAccount) -> Result<Reply<ChannelAccount>, Error> {
        checked(call, |call| self.api.get_channel_account(call))?.await
    }

    /// Renames an account, or allows or forbids its use. The body is checked first, see
    /// [`ChannelAccountUpdate::check`](hubchannel_model::ChannelAccountUpdate::check).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_channel_account(&self, call: UpdateChannelAccount) -> Result<Reply<ChannelAccount>, Error> {
        checked(call, |call| self.api.update_channel_account(call))?.await
    }

    /// Publishes a message.
    ///
    /// The body is completed first: `recipients` and `attachments` that are absent become empty lists, a
    /// `timestamp` without value the present time, and an `integrationIdempotencyId` without value a random one. Then it is
    /// checked, see [`NewMessage::check`]. Both happen at once; it is sent when the future is first polled, and its deadline
    /// begins then.
    ///
    /// # Errors
    /// See [`Error`]. Every error carries the idempotency key that the call was made with; where
    /// [`Error::outcome_unknown`] is true the message may have been published, and a repeat needs that key. Whoever drops
    /// the call before it ends gets no error and so no key: name the message by a key of your own then.
    pub fn publish_message(
        &self,
        mut call: PublishMessage,
    ) -> impl Future<Output = Result<Reply<Message>, Error>> + Send + use<'_> {
        // No async function: its future would hold the message twice over, and whoever moves it copies both.
        self.complete(&mut call.body);
        let key = call.body.integration_idempotency_id.as_ref().cloned();
        let reply = checked(call, |call| self.api.publish_message(call));
        async move {
            let result = match reply {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            result.map_err(|error| match key {
                Some(key) => error.with_idempotency_key(key),
                None => error,
            })
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_message(&self, call: GetMessage) -> Result<Reply<Message>, Error> {
        checked(call, |call| self.api.get_message(call))?.await
    }

    /// Reports how an agent's reply fared. The report is checked first, see
    /// [`StatusUpdate::check`](hubchannel_model::StatusUpdate::check).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_message_status(&self, call: UpdateMessageStatus) -> Result<Reply<Message>, Error> {
        checked(call, |call| self.api.update_message_status(call))?.await
    }

    fn complete(&self, body: &mut NewMessage) {
        if body.recipients.is_absent() {
            body.recipients = Field::Value(Vec::new());
        }
        if body.attachments.is_absent() {
            body.attachments = Field::Value(Vec::new());
        }
        if !body.timestamp.is_value() {
            body.timestamp = Field::Value(self.clock.wall().into());
        }
        if !body.integration_idempotency_id.is_value() {
            body.integration_idempotency_id = Field::Value(self.keys.next_key());
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.api).finish_non_exhaustive()
    }
}

/// Settings of a [`Client`].
#[derive(Debug)]
pub struct ClientBuilder {
    transport: Transport,
    target: Target,
    clock: Arc<dyn Clock>,
    keys: Arc<dyn KeySource>,
}

impl ClientBuilder {
    /// The version of the API; `v3` unless set.
    #[must_use]
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.target.version = version;
        self
    }

    /// Where the API is; HubSpot's address unless set.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.target.base_url = base_url;
        self
    }

    /// Names the program in `User-Agent`, before hubchannel's own name and version.
    #[must_use]
    pub fn user_agent(mut self, program: &HeaderValue) -> Self {
        self.target.name_program(program);
        self
    }

    /// Where the time comes from that a message without `timestamp` is given, and that waits go by.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        ClientBuilder {
            clock: Arc::new(clock),
            ..self
        }
    }

    /// Where the key comes from that a message without `integrationIdempotencyId` is given.
    #[must_use]
    pub fn key_source(self, keys: impl KeySource) -> Self {
        ClientBuilder {
            keys: Arc::new(keys),
            ..self
        }
    }

    /// The client.
    pub fn build(self) -> Client {
        Client {
            api: Arc::new(HttpApi::new(self.transport, self.target)),
            clock: self.clock,
            keys: self.keys,
        }
    }
}
