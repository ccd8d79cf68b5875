//! Connections, TLS included, within a time.

use std::{
    error::Error as StdError,
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tower_service::Service;

use crate::BuildError;

/// What connects, before anything limits its time.
#[cfg(feature = "rustls")]
pub(crate) type Unlimited = hyper_rustls::HttpsConnector<HttpConnector>;
#[cfg(not(feature = "rustls"))]
pub(crate) type Unlimited = HttpConnector;

/// Whether this build speaks TLS.
pub(crate) const HAS_TLS: bool = cfg!(feature = "rustls");

/// Connects by TCP, and by TLS for `https`.
#[cfg(feature = "rustls")]
pub(crate) fn connector(limit: Duration) -> Result<Unlimited, BuildError> {
    use std::sync::Arc;

    use rustls::crypto::{CryptoProvider, aws_lc_rs};

    // What the program has installed counts, for some may use no other.
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
    let tls = hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_platform_verifier(provider)
        .map_err(BuildError::new)?;
    let mut tcp = tcp(limit);
    tcp.enforce_http(false);
    Ok(tls.https_or_http().enable_http1().wrap_connector(tcp))
}

/// Connects by TCP.
#[cfg(not(feature = "rustls"))]
pub(crate) fn connector(limit: Duration) -> Result<Unlimited, BuildError> {
    Ok(tcp(limit))
}

/// How long a connection may be silent before the other side is asked whether it is still there, and between two such
/// questions.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// How many such questions may go unanswered.
const KEEPALIVE_RETRIES: u32 = 3;

fn tcp(limit: Duration) -> HttpConnector {
    let mut tcp = HttpConnector::new();
    // Shared among a name's addresses, so that one from which nothing comes back leaves time for the next.
    tcp.set_connect_timeout(Some(limit));
    // A request is written whole, and is not to wait for company.
    tcp.set_nodelay(true);
    // What a router on the way has forgotten is found out while nobody waits for an answer.
    tcp.set_keepalive(Some(KEEPALIVE));
    tcp.set_keepalive_interval(Some(KEEPALIVE));
    tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
    tcp
}

/// Gives up on a connection that takes too long.
#[derive(Clone, Debug)]
pub(crate) struct Limited<C> {
    connector: C,
    limit: Duration,
}

impl<C> Limited<C> {
    pub(crate) fn new(connector: C, limit: Duration) -> Self {
        Limited { connector, limit }
    }
}

type BoxError = Box<dyn StdError + Send + Sync>;

impl<C> Service<Uri> for Limited<C>
where
    C: Service<Uri, Error: Into<BoxError>, Future: Send + 'static>,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context).map_err(Into::into)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "how long a connection takes is a matter of the real network"
    )]
    fn call(&mut self, address: Uri) -> Self::Future {
        let limit = self.limit;
        let connecting = self.connector.call(address);
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => Err(TooSlow(limit).into()),
            }
        })
    }
}

/// There was no connection in this time.
#[derive(Debug)]
pub(crate) struct TooSlow(Duration);

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it took longer than {:?}", self.0)
    }
}

impl StdError for TooSlow {}
