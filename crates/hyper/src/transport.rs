//! The transport and its settings.

use std::{fmt, mem, time::Duration};

use http::{Request, Response, Version, uri::Scheme};
use hubchannel_api::{
    Body, Exchange, HttpTransport, Reach, StreamResponse, TransportError, TransportErrorKind,
    adapter::{MAX_RESPONSE_BYTES, Outgoing, incoming, read},
    check_address, check_framing,
};
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioTimer},
};
use tokio::runtime::Handle;

use crate::{
    BuildError,
    connect::{HAS_TLS, Limited, Unlimited, connector},
    error::{exchange_error, interrupted},
};

/// Carries HTTP exchanges over hyper, by HTTP/1.1. Cheap to clone; clones share the connections.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_hyper::HyperTransport;
///
/// let transport = HyperTransport::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .max_response_bytes(1 << 20)
///     .build()?;
/// # Ok::<(), hubchannel_hyper::BuildError>(())
/// ```
///
/// A connection that nobody uses is kept for 90 s. No proxy is used, whatever the environment says.
#[derive(Clone)]
pub struct HyperTransport {
    client: legacy::Client<Limited<Unlimited>, Outgoing>,
    max_response_bytes: usize,
}

/// How long a connection may take, TLS included, unless it is set otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection that nobody uses is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

impl HyperTransport {
    /// A transport with connections within 10 s and responses up to 8 MiB.
    ///
    /// # Errors
    /// With the feature `rustls`, when the platform's certificates cannot be used.
    pub fn new() -> Result<Self, BuildError> {
        HyperTransport::builder().build()
    }

    /// A transport with settings of its own.
    pub fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder {
            connect_timeout: CONNECT_TIMEOUT,
            max_response_bytes: MAX_RESPONSE_BYTES,
        }
    }
}

impl HttpTransport for HyperTransport {
    fn send<'a, 'exchange>(&'a self, mut request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        Box::pin(async move {
            check(&request)?;
            let streams = request.extensions().get::<StreamResponse>().is_some();
            let (body, failure) = Outgoing::open(mem::take(request.body_mut())).await?;
            *request.version_mut() = Version::HTTP_11;
            let exchange = self.client.request(request.map(|_| body));
            let response = exchange.await.map_err(|error| failure.or(exchange_error(error)));
            let (mut answer, body) = response.map(divided)?;
            *answer.body_mut() = if streams && answer.status().is_success() {
                incoming(body, failure, interrupted)
            } else {
                // What broke the connection may be the body that was still being sent.
                let read = read(body, self.max_response_bytes, interrupted).await;
                read.map_err(|error| failure.or(error))?.into()
            };
            Ok(answer)
        })
    }
}

/// An answer whose body is still to come, and that body.
fn divided<B>(response: Response<B>) -> (Response<Body>, B) {
    let (head, body) = response.into_parts();
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = head.status;
    *answer.version_mut() = head.version;
    *answer.headers_mut() = head.headers;
    (answer, body)
}

/// Whether this can be sent at all.
fn check(request: &Request<Body>) -> Result<(), TransportError> {
    let refuse = |why: &str| Err(TransportError::new(TransportErrorKind::Refused, Reach::NotSent, why));
    check_framing(request)?;
    check_address(request)?;
    if !HAS_TLS && request.uri().scheme() == Some(&Scheme::HTTPS) {
        return refuse(
            "the transport was built without TLS, which https needs: switch on the feature `rustls` of hubchannel-hyper, \
             or `hyper-rustls` of hubchannel",
        );
    }
    if Handle::try_current().is_err() {
        return refuse("the request is not sent outside a Tokio runtime");
    }
    Ok(())
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport")
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`HyperTransport`].
#[derive(Clone, Debug)]
pub struct HyperTransportBuilder {
    connect_timeout: Duration,
    max_response_bytes: usize,
}

impl HyperTransportBuilder {
    /// How long a connection may take, TLS included; 10 s unless set. Nothing is sent before there is one.
    #[must_use]
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        HyperTransportBuilder {
            connect_timeout,
            ..self
        }
    }

    /// The largest response that is read whole, in bytes of the body; 8 MiB unless set. One that is streamed has no limit
    /// here.
    #[must_use]
    pub fn max_response_bytes(self, max_response_bytes: usize) -> Self {
        HyperTransportBuilder {
            max_response_bytes,
            ..self
        }
    }

    /// The transport.
    ///
    /// # Errors
    /// With the feature `rustls`, when the platform's certificates cannot be used.
    pub fn build(self) -> Result<HyperTransport, BuildError> {
        let connector = Limited::new(connector(self.connect_timeout)?, self.connect_timeout);
        let client = legacy::Client::builder(TokioExecutor::new())
            // Of a request on a connection that had ended before any of it was written; then another connection takes it.
            .retry_canceled_requests(true)
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector);
        Ok(HyperTransport {
            client,
            max_response_bytes: self.max_response_bytes,
        })
    }
}
