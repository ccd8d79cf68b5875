//! The client: a handle to the API over some transport.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use http::HeaderValue;
use hubchannel_model::{Field, Message, NewMessage};

use crate::{
    ApiVersion, BaseUrl, CustomChannels, Error, GetMessage, HttpTransport, KeySource, Operation, PublishMessage,
    RandomKeys, Reply, Transport, UpdateMessageStatus,
    clock::{Clock, SystemClock},
    operation::{Target, check, write_request},
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
/// The transport brings the connection and, usually as a stack of layers, credentials and timeouts.
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
            version: ApiVersion::default(),
            base_url: BaseUrl::default(),
            user_agent: HeaderValue::from_static(USER_AGENT),
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

    /// Publishes a message.
    ///
    /// The body is completed first: `recipients` and `attachments` that are absent become empty lists, a
    /// `timestamp` without value the present time, and an `integrationIdempotencyId` without value a random one. Then it is checked, see
    /// [`NewMessage::check`].
    ///
    /// # Errors
    /// See [`Error`]. Every error carries the idempotency key that the call was made with; where
    /// [`Error::outcome_unknown`] is true the message may have been published, and a repeat needs that key. Whoever drops
    /// the call before it ends gets no error and so no key: name the message by a key of your own then.
    pub async fn publish_message(&self, mut call: PublishMessage) -> Result<Reply<Message>, Error> {
        self.complete(&mut call.body);
        let key = call.body.integration_idempotency_id.as_ref().cloned();
        let result = match check(&call) {
            Ok(()) => self.api.publish_message(call).await,
            Err(error) => Err(error),
        };
        result.map_err(|error| match key {
            Some(key) => error.with_idempotency_key(key),
            None => error,
        })
    }

    /// Reads a message.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_message(&self, call: GetMessage) -> Result<Reply<Message>, Error> {
        check(&call)?;
        self.api.get_message(call).await
    }

    /// Reports how an agent's reply fared. The report is checked first, see
    /// [`StatusUpdate::check`](hubchannel_model::StatusUpdate::check).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_message_status(&self, call: UpdateMessageStatus) -> Result<Reply<Message>, Error> {
        check(&call)?;
        self.api.update_message_status(call).await
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

const USER_AGENT: &str = concat!("hubchannel/", env!("CARGO_PKG_VERSION"));

/// Settings of a [`Client`].
#[derive(Debug)]
pub struct ClientBuilder {
    transport: Transport,
    version: ApiVersion,
    base_url: BaseUrl,
    user_agent: HeaderValue,
    clock: Arc<dyn Clock>,
    keys: Arc<dyn KeySource>,
}

impl ClientBuilder {
    /// The version of the API; `v3` unless set.
    #[must_use]
    pub fn api_version(self, version: ApiVersion) -> Self {
        ClientBuilder { version, ..self }
    }

    /// Where the API is; HubSpot's address unless set.
    #[must_use]
    pub fn base_url(self, base_url: BaseUrl) -> Self {
        ClientBuilder { base_url, ..self }
    }

    /// Names the program in `User-Agent`, before hubchannel's own name and version.
    #[must_use]
    pub fn user_agent(self, program: &HeaderValue) -> Self {
        let both = [program.as_bytes(), b" ", USER_AGENT.as_bytes()].concat();
        // Two values and a blank are a value.
        let user_agent = HeaderValue::from_maybe_shared(bytes::Bytes::from(both)).unwrap_or(self.user_agent);
        ClientBuilder { user_agent, ..self }
    }

    /// Where the time comes from that a message without `timestamp` is given.
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
        let target = Target {
            base_url: self.base_url,
            version: self.version,
            user_agent: self.user_agent,
        };
        let api = HttpApi {
            transport: self.transport,
            target,
        };
        Client {
            api: Arc::new(api),
            clock: self.clock,
            keys: self.keys,
        }
    }
}

/// The API over HTTP.
#[derive(Debug)]
struct HttpApi {
    transport: Transport,
    target: Target,
}

impl HttpApi {
    async fn execute<O: Operation>(&self, operation: O) -> Result<Reply<O::Output>, Error> {
        let request = write_request(&operation, &self.target)?;
        drop(operation);
        let response = self
            .transport
            .send(request)
            .await
            .map_err(|error| Error::from_transport(O::INFO, error))?;
        let (parts, body) = response.into_parts();
        // Any status of success will do, not only the documented one.
        if !parts.status.is_success() {
            return Err(Error::rejected(O::INFO, parts.status, parts.headers, body));
        }
        match O::read_output(&body) {
            Ok(value) => Ok(Reply::from_response(value, parts)),
            Err(error) => Err(Error::unreadable(O::INFO, parts.status, parts.headers, body, error)),
        }
    }
}

#[async_trait]
impl CustomChannels for HttpApi {
    async fn publish_message(&self, call: PublishMessage) -> Result<Reply<Message>, Error> {
        self.execute(call).await
    }

    async fn get_message(&self, call: GetMessage) -> Result<Reply<Message>, Error> {
        self.execute(call).await
    }

    async fn update_message_status(&self, call: UpdateMessageStatus) -> Result<Reply<Message>, Error> {
        self.execute(call).await
    }
}
