//! The transport and its settings.

use std::{fmt, mem, sync::Arc, time::Duration};

use http::{Request, Response};
use hubchannel_api::{
    Body, Exchange, HttpTransport, Reach, StreamResponse, TransportError, TransportErrorKind,
    adapter::{Failure, MAX_RESPONSE_BYTES, Outgoing, incoming, read},
    check_framing,
};
use tokio::runtime::Handle;

use crate::{BuildError, addresses::Addresses, error::transport_error, proxy};

/// Carries HTTP exchanges over a [`reqwest::Client`]. Cheap to clone; clones share the connections.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_reqwest::ReqwestTransport;
///
/// let transport = ReqwestTransport::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .max_response_bytes(1 << 20)
///     .build()?;
/// # Ok::<(), hubchannel_reqwest::BuildError>(())
/// ```
#[derive(Clone)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    addresses: Arc<Addresses>,
    max_response_bytes: usize,
}

/// How long a connection may take, TLS included, unless it is set otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl ReqwestTransport {
    /// A transport with a client of its own: connections within 10 s, responses up to 8 MiB.
    ///
    /// `https` goes through the proxy that the environment names in `HTTPS_PROXY` or `ALL_PROXY`, except to the hosts in
    /// `NO_PROXY`; plain `http` through none.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn new() -> Result<Self, BuildError> {
        ReqwestTransport::builder().build()
    }

    /// A transport with settings of its own.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder {
            connect_timeout: CONNECT_TIMEOUT,
            max_response_bytes: MAX_RESPONSE_BYTES,
        }
    }

    /// A transport over a client that the program has set up, with responses up to 8 MiB.
    ///
    /// Some of what a transport promises is then the program's to keep: the client must follow no redirects
    /// (`redirect::Policy::none()`), or a token may reach a foreign host; it must repeat nothing (`retry::never()`), or
    /// a message may be doubled; where reqwest has features for compression, it must leave answers as they come
    /// (`no_gzip()` and its like); and a proxy or default header of its own goes with every request.
    pub fn from_client(client: reqwest::Client) -> Self {
        ReqwestTransport {
            client,
            addresses: Arc::default(),
            max_response_bytes: MAX_RESPONSE_BYTES,
        }
    }

    /// Sets the largest response that is read whole, in bytes of the body. One that is streamed has no limit here.
    #[must_use]
    pub fn with_max_response_bytes(self, max_response_bytes: usize) -> Self {
        ReqwestTransport {
            max_response_bytes,
            ..self
        }
    }
}

impl HttpTransport for ReqwestTransport {
    fn send<'a, 'exchange>(&'a self, mut request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        Box::pin(async move {
            check_framing(&request)?;
            if Handle::try_current().is_err() {
                let why = "the request is not sent outside a Tokio runtime";
                return Err(TransportError::new(TransportErrorKind::Refused, Reach::NotSent, why));
            }
            let url = self.addresses.of(&request)?;
            let streams = request.extensions().get::<StreamResponse>().is_some();
            let (body, failure) = match mem::take(request.body_mut()).into_bytes() {
                Ok(bytes) => (bytes.into(), Failure::default()),
                Err(body) => {
                    let (body, failure) = Outgoing::open(body).await?;
                    (reqwest::Body::wrap(body), failure)
                }
            };
            // Without the extensions: what layers tell each other is for none beneath them.
            let exchange = {
                let mut exchange = reqwest::Request::new(mem::take(request.method_mut()), url);
                *exchange.version_mut() = request.version();
                *exchange.headers_mut() = mem::take(request.headers_mut());
                *exchange.body_mut() = Some(body);
                self.client.execute(exchange)
            };
            let response = exchange.await.map_err(|error| failure.or(transport_error(error)));
            let (mut answer, body) = response.map(divided)?;
            *answer.body_mut() = if streams && answer.status().is_success() {
                incoming(body, failure, transport_error)
            } else {
                // What broke the connection may be the body that was still being sent.
                let read = read(body, self.max_response_bytes, transport_error).await;
                read.map_err(|error| failure.or(error))?.into()
            };
            Ok(answer)
        })
    }
}

/// An answer whose body is still to come, and that body.
fn divided(mut response: reqwest::Response) -> (Response<Body>, reqwest::Body) {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = response.status();
    *answer.version_mut() = response.version();
    *answer.headers_mut() = mem::take(response.headers_mut());
    (answer, response.into())
}

/// Without the client, whose own `Debug` shows default headers.
impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`ReqwestTransport`].
#[derive(Clone, Debug)]
pub struct ReqwestTransportBuilder {
    connect_timeout: Duration,
    max_response_bytes: usize,
}

impl ReqwestTransportBuilder {
    /// How long a connection may take, TLS included; 10 s unless set. Nothing is sent before there is one.
    #[must_use]
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        ReqwestTransportBuilder {
            connect_timeout,
            ..self
        }
    }

    /// The largest response that is read, in bytes of the body; 8 MiB unless set.
    #[must_use]
    pub fn max_response_bytes(self, max_response_bytes: usize) -> Self {
        ReqwestTransportBuilder {
            max_response_bytes,
            ..self
        }
    }

    /// The transport.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn build(self) -> Result<ReqwestTransport, BuildError> {
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // Whatever another part of the program has switched on in reqwest.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(self.connect_timeout)
            .no_proxy();
        if let Some(proxy) = proxy::for_https()? {
            client = client.proxy(proxy);
        }
        Ok(ReqwestTransport {
            client: client.build().map_err(BuildError::client)?,
            addresses: Arc::default(),
            max_response_bytes: self.max_response_bytes,
        })
    }
}
