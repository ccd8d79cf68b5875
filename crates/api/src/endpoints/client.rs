//! The handle to endpoints.

use std::{fmt, sync::Arc};

use http::HeaderValue;

use super::{CallEndpoint, EndpointAnswer, Endpoints};
use crate::{BaseUrl, Error, HttpTransport, Reply, Transport, http_api::HttpApi, operation::Target};

/// A handle to endpoints that have no operation here, documented or not. Cheap to clone; clones share everything.
///
/// ```
/// use hubchannel_api::{CallEndpoint, EndpointsClient, Error, HttpTransport};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Account {
///     #[serde(rename = "portalId")]
///     portal_id: u64,
/// }
///
/// async fn portal(transport: impl HttpTransport) -> Result<u64, Error> {
///     let endpoints = EndpointsClient::new(transport);
///     let call = CallEndpoint::get("/account-info/v3/details");
///     let account = endpoints.call_endpoint(call).await?.decode::<Account>()?;
///     println!("{:?}, {:?}", account.status(), account.headers().get("x-hubspot-correlation-id"));
///     Ok(account.portal_id)
/// }
/// ```
///
/// The transport is the same as a [`Client`](crate::Client)'s, and all its layers do for such a call what they do for any
/// other: credentials, limits, repeats where they are safe, timeouts, spans.
#[derive(Clone)]
pub struct EndpointsClient {
    api: Arc<dyn Endpoints>,
}

impl EndpointsClient {
    /// Endpoints over this transport.
    pub fn new(transport: impl HttpTransport) -> Self {
        EndpointsClient::builder(transport).build()
    }

    /// Endpoints over this transport with settings of their own.
    pub fn builder(transport: impl HttpTransport) -> EndpointsClientBuilder {
        EndpointsClientBuilder {
            transport: Transport::new(transport),
            target: Target::default(),
        }
    }

    /// Endpoints over something that is no HTTP at all: a double in a test. It receives what HubSpot would.
    pub fn from_api(api: impl Endpoints) -> Self {
        EndpointsClient { api: Arc::new(api) }
    }

    /// Calls an endpoint. The answer of any success is handed over as it is, with its status and headers.
    ///
    /// # Errors
    /// See [`Error`]. A path that [`CallEndpoint`] does not allow is [invalid](Error::is_invalid).
    pub async fn call_endpoint(&self, call: CallEndpoint) -> Result<Reply<EndpointAnswer>, Error> {
        call.check()?;
        let secrets = call.secrets();
        let result = self.api.call_endpoint(call).await;
        result.map_err(|error| error.hiding(secrets))
    }
}

impl fmt::Debug for EndpointsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointsClient").field("api", &self.api).finish()
    }
}

/// Settings of an [`EndpointsClient`].
#[derive(Debug)]
pub struct EndpointsClientBuilder {
    transport: Transport,
    target: Target,
}

impl EndpointsClientBuilder {
    /// Where the API is; HubSpot's address unless set. No call goes to another host.
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

    /// The handle.
    pub fn build(self) -> EndpointsClient {
        EndpointsClient::from_api(HttpApi::new(self.transport, self.target))
    }
}
