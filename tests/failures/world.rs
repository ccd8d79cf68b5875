//! A bridge before the ledger's server: the whole stack over real sockets, on a clock that the test turns.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel::{
    BaseUrl, Body, Client, HttpTransport, KeySource, OAuthApp, OAuthClient, Transport, TransportError,
    middleware::{MemoryTokenStore, PortalTokens, Portals, RateLimiter, RetryPolicy, Stack},
};
use tokio::net::TcpSocket;

use crate::{
    course::Bridge,
    fault::Fault,
    ledger::Server,
    line::{Far, Line, START, Watched, clock_at},
    schedule::Schedule,
    tokens::TokenEndpoint,
};

/// How long an attempt may take.
const ATTEMPT: Duration = Duration::from_secs(30);

/// What must be seen by nobody.
pub(crate) const REFRESH_TOKEN: &str = "refresh-hush-hush";

pub(crate) struct World {
    pub(crate) server: Arc<Server>,
    pub(crate) client: Client,
    pub(crate) line: Arc<Line>,
}

impl World {
    pub(crate) fn new(seed: u64, schedule: &Schedule, wire: &Transport) -> Self {
        let server = Arc::new(Server::start());
        server.schedule(schedule.faults.clone());
        let line = Line::new(clock_at(START), Arc::clone(&server) as Arc<dyn Far>, &schedule.jumps);
        let detour = Detour {
            transport: wire.clone(),
            server: Arc::clone(&server),
        };
        let oauth = OAuthClient::new(TokenEndpoint::new(&schedule.tokens), app());
        let base_url = format!("http://{}", server.address).parse().unwrap();
        World {
            client: client(seed, schedule, &line, detour, oauth, ("62515", REFRESH_TOKEN), base_url),
            server,
            line,
        }
    }

    pub(crate) fn bridge(&self) -> Bridge<'_> {
        Bridge {
            client: &self.client,
            line: &self.line,
            truth: &*self.server,
        }
    }

    /// That nothing but this becomes of requests.
    pub(crate) fn with_faults(seed: u64, faults: &[Fault], wire: &Transport) -> Self {
        let faults = faults.to_vec();
        let schedule = Schedule {
            faults,
            ..Schedule::default()
        };
        World::new(seed, &schedule, wire)
    }
}

pub(crate) fn app() -> OAuthApp {
    OAuthApp::new("client-7", "client-hush")
}

/// A client with all layers that there are, and with keys that come again with the seed.
pub(crate) fn client(
    seed: u64,
    schedule: &Schedule,
    line: &Arc<Line>,
    transport: impl HttpTransport,
    oauth: OAuthClient,
    (portal, refresh_token): (&str, &str),
    base_url: BaseUrl,
) -> Client {
    let clock = &line.clock;
    let store = MemoryTokenStore::new().with(portal, PortalTokens::new(refresh_token));
    let portals = Portals::builder(oauth, store).clock(clock.clone()).build();
    let stack = Stack::new(Watched::new(line, transport))
        .oauth(portals.portal(portal))
        .retry(RetryPolicy::new().longest_wait(Duration::from_secs(8)).seed(seed))
        .attempt_timeout(ATTEMPT)
        .deadline(Duration::from_secs(600))
        .clock(clock.clone());
    let stack = match schedule.limit {
        Some(limit) => stack.rate_limiter(RateLimiter::new(limit, RateLimiter::WINDOW, Arc::new(clock.clone()))),
        None => stack,
    };
    let keys = Keys {
        seed,
        made: AtomicUsize::new(0),
    };
    Client::builder(stack.build())
        .base_url(base_url)
        .clock(clock.clone())
        .key_source(keys)
        .build()
}

#[derive(Debug)]
struct Keys {
    seed: u64,
    made: AtomicUsize,
}

impl KeySource for Keys {
    fn next_key(&self) -> String {
        format!("key-{}-{}", self.seed, self.made.fetch_add(1, Ordering::SeqCst))
    }
}

/// Leads a request to an address where nobody is, when its turn has come.
#[derive(Debug)]
struct Detour {
    transport: Transport,
    server: Arc<Server>,
}

#[async_trait]
impl HttpTransport for Detour {
    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, TransportError> {
        // Held until the attempt is over: nobody else gets the port, and it is none of a connection that is still open.
        let nobody = self.server.takes_no_server().then(|| {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
            socket
        });
        if let Some(nobody) = &nobody {
            let path = request.uri().path().to_owned();
            *request.uri_mut() = format!("http://{}{path}", nobody.local_addr().unwrap())
                .parse()
                .unwrap();
        }
        self.transport.send(request).await
    }
}
