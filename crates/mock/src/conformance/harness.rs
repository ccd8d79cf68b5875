//! What an implementation brings to be checked.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::Request;
use hubchannel_api::{BaseUrl, HttpTransport, Transport};

use super::{Peer, turns};

/// Brings a transport to be checked, and peers for it. See the [module](super) for an example.
#[async_trait]
pub trait Harness: Send + Sync {
    /// Sets up a peer that behaves like this, and a transport that reaches it.
    ///
    /// Each call gives a new scene: a peer that has received nothing yet, at an address of its own, and a transport with
    /// no connection yet. Several scenes may exist at once. Failures to set up that are nobody's intention should panic.
    ///
    /// # Errors
    /// When the transport cannot have such a peer, with the reason why.
    async fn set_up(&self, peer: Peer) -> Result<Scene, Skip>;

    /// The names, in lower case, of headers that the transport adds to a request that comes without them, though HTTP does
    /// not need them. A transport that cannot do otherwise says so here and in its documentation; none unless this is
    /// written.
    fn adds(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether a request goes over a connection to the server that its address names, as it does unless this is written. A
    /// transport without connections may take any address; what it must refuse is then not checked.
    fn connects(&self) -> bool {
        true
    }

    /// Resolves when somebody who still waits for an answer waits in vain: some seconds of real time where there are
    /// sockets, some thousand [`turns`] where there are none.
    ///
    /// Only a check that fails waits for it to resolve. It should be long, for a slow machine must not make a check
    /// fail.
    async fn patience(&self);

    /// Lets happen what can happen by now: bytes that travel, tasks that run. Where time is moved by hand, it is moved
    /// on here, past the timeouts of the transport.
    ///
    /// It is called where something must not happen, some times in a row, and again and again while a check waits for
    /// time to pass. It may do less than it says, and then a check overlooks something, but does not fail without
    /// reason.
    async fn settle(&self) {
        turns(64).await;
    }
}

/// A transport, a peer that it reaches, and what the peer received.
pub struct Scene {
    pub(super) transport: Transport,
    pub(super) base_url: BaseUrl,
    received: Box<dyn Fn() -> Vec<Request<Bytes>> + Send + Sync>,
    open: Option<Box<dyn Fn() -> usize + Send + Sync>>,
}

impl Scene {
    /// A transport under test, the address at which it finds the peer, and a way to see what the peer received.
    ///
    /// `received` returns every request in the order in which they came, with the method, the path and query as they
    /// came, all headers and the body. It may hold what keeps the peer alive: a scene is dropped when its check is over.
    pub fn new(
        transport: impl HttpTransport,
        base_url: BaseUrl,
        received: impl Fn() -> Vec<Request<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        Scene {
            transport: Transport::new(transport),
            base_url,
            received: Box::new(received),
            open: None,
        }
    }

    /// Adds a way to see how many connections the peer has open: those that it has taken and whose end it has not seen.
    /// Where exchanges share a connection, as over HTTP/2, how many streams; where there are no connections, how many
    /// exchanges are under way.
    ///
    /// A peer sees the end of a connection where it reads on to it, as all but
    /// [`StopsReading`](Peer::StopsReading) do. Without this, what depends on it is not checked.
    #[must_use]
    pub fn with_open_connections(self, open: impl Fn() -> usize + Send + Sync + 'static) -> Self {
        Scene {
            open: Some(Box::new(open)),
            ..self
        }
    }

    /// How many connections are open.
    pub(super) fn open(&self) -> Result<usize, Skip> {
        let open = self.open.as_ref();
        open.map(|open| open())
            .ok_or_else(|| Skip::because("the harness does not see the ends of connections"))
    }

    pub(super) fn received(&self) -> Vec<Request<Bytes>> {
        (self.received)()
    }
}

impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scene")
            .field("transport", &self.transport)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// Why a transport cannot have some peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip(String);

impl Skip {
    /// Declines a peer for this reason, which the report shows.
    pub fn because(reason: impl fmt::Display) -> Self {
        Skip(reason.to_string())
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
