//! A bridge before the ledger's server: the whole stack over real sockets, on a clock that the test turns.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel::{
    Body, Client, HttpTransport, OAuthApp, OAuthClient, Reply, TransportError,
    clock::ManualClock,
    middleware::{MemoryTokenStore, PortalTokens, Portals, RetryPolicy, Stack},
    mock::MockOAuth,
    model::TokenResponse,
    reqwest::ReqwestTransport,
};

use crate::ledger::{Fault, Server};

/// How long an attempt may take.
const ATTEMPT: Duration = Duration::from_secs(30);

/// No wait between attempts is as long as an attempt may take: neither what the server asks for nor what is added to it.
const LONGEST_WAIT: Duration = Duration::from_secs(29);

/// How often a call may be looked at without anything going on. No machine is so slow that this is not a standstill.
const STANDSTILL: u32 = 100_000_000;

/// What must be seen by nobody.
pub(crate) const REFRESH_TOKEN: &str = "refresh-hush-hush";

pub(crate) struct World {
    pub(crate) server: Arc<Server>,
    pub(crate) client: Client,
    pub(crate) clock: ManualClock,
}

impl World {
    pub(crate) fn new(seed: u64, wire: &ReqwestTransport) -> Self {
        let server = Arc::new(Server::start());
        // Shortly before the date in `Retry-After`.
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(2_051_222_400));
        let refreshed = Arc::new(AtomicUsize::new(0));
        let store = MemoryTokenStore::new().with("62515", PortalTokens::new(REFRESH_TOKEN));
        let portals = Portals::builder(oauth(&refreshed), store).clock(clock.clone()).build();
        let transport = Detour {
            transport: wire.clone(),
            server: Arc::clone(&server),
        };
        let stack = Stack::new(transport)
            .oauth(portals.portal("62515"))
            .retry(RetryPolicy::new().longest_wait(Duration::from_secs(8)).seed(seed))
            .attempt_timeout(ATTEMPT)
            .deadline(Duration::from_secs(600))
            .clock(clock.clone())
            .build();
        let base_url = format!("http://{}", server.address).parse().unwrap();
        World {
            client: Client::builder(stack).base_url(base_url).clock(clock.clone()).build(),
            server,
            clock,
        }
    }

    /// Runs a call to its end. Time passes only where the call waits between attempts, or for what will not come.
    pub(crate) async fn run<T: Send + 'static>(&self, call: impl Future<Output = T> + Send + 'static) -> T {
        let mut call = tokio::spawn(call);
        for _ in 0..STANDSTILL {
            tokio::select! {
                biased;
                done = &mut call => {
                    self.server.hang_up();
                    return done.unwrap();
                }
                () = tokio::task::yield_now() => {}
            }
            if let Some(wake) = self.clock.next_wake()
                && (wake <= LONGEST_WAIT || self.server.takes_silence())
            {
                self.clock.advance(wake);
            }
        }
        panic!("nothing goes on: {:?}", self.clock);
    }
}

/// An endpoint for tokens that always has another: `token-0`, `token-1` ….
fn oauth(refreshed: &Arc<AtomicUsize>) -> OAuthClient {
    let refreshed = Arc::clone(refreshed);
    let mut api = MockOAuth::new();
    api.expect_request_token().returning(move |_| {
        let number = refreshed.fetch_add(1, Ordering::SeqCst);
        Ok(Reply::new(TokenResponse::new(format!("token-{number}"), 1800).set_refresh_token(REFRESH_TOKEN)))
    });
    OAuthClient::from_api(api, OAuthApp::new("client-7", "client-hush"))
}

/// Leads a request to an address where nobody is, when its turn has come.
#[derive(Debug)]
struct Detour {
    transport: ReqwestTransport,
    server: Arc<Server>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}

#[async_trait]
impl HttpTransport for Detour {
    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, TransportError> {
        if self.server.takes_no_server() {
            let nobody = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
            let path = request.uri().path().to_owned();
            *request.uri_mut() = format!("http://{nobody}{path}").parse().unwrap();
        }
        self.transport.send(request).await
    }
}

impl World {
    /// Whether what becomes of a request can leave it done without a word.
    pub(crate) fn may_hide(fault: &Fault) -> bool {
        !matches!(fault, Fault::None | Fault::NoServer | Fault::EndToken)
    }
}
