//! A bridge before the ledger's server: the whole stack over real sockets, on a clock that the test turns.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel::{
    Body, Client, HttpTransport, OAuthApp, OAuthClient, Transport, TransportError,
    clock::ManualClock,
    middleware::{MemoryTokenStore, PortalToken, PortalTokens, Portals, RateLimiter, RetryPolicy, Stack},
};
use tokio::net::TcpSocket;

use crate::{
    course::Bridge,
    ledger::{Fault, Server},
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
        let clock = clock_at(START);
        let line = Line::new(clock.clone(), Arc::clone(&server) as Arc<dyn Far>, &schedule.jumps);
        let detour = Detour {
            transport: wire.clone(),
            server: Arc::clone(&server),
        };
        let oauth = OAuthClient::new(TokenEndpoint::new(&schedule.tokens), OAuthApp::new("client-7", "client-hush"));
        let store = MemoryTokenStore::new().with("62515", PortalTokens::new(REFRESH_TOKEN));
        let portals = Portals::builder(oauth, store).clock(clock.clone()).build();
        let stack = stack(seed, schedule, Watched::new(&line, detour), portals.portal("62515"), &clock);
        let base_url = format!("http://{}", server.address).parse().unwrap();
        World {
            client: Client::builder(stack).base_url(base_url).clock(clock).build(),
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

/// All layers that there are.
pub(crate) fn stack(
    seed: u64,
    schedule: &Schedule,
    transport: impl HttpTransport,
    portal: PortalToken,
    clock: &ManualClock,
) -> Stack {
    let stack = Stack::new(transport)
        .oauth(portal)
        .retry(RetryPolicy::new().longest_wait(Duration::from_secs(8)).seed(seed))
        .attempt_timeout(ATTEMPT)
        .deadline(Duration::from_secs(600))
        .clock(clock.clone());
    match schedule.limit {
        Some(limit) => stack.rate_limiter(RateLimiter::new(limit, RateLimiter::WINDOW, Arc::new(clock.clone()))),
        None => stack,
    }
    .build()
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
