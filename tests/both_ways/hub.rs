//! An emulator with a way to it, in process or over HTTP on loopback. Whatever is done must come to the same over either:
//! what the caller is told, what the emulator was asked and answered, and all that it holds in the end.

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a failing test is how this reports"
)]
#![allow(dead_code, reason = "each test uses some of it")]

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel::{
    BaseUrl, Body, Client, ConversationsClient, Error, ErrorKind, FilesClient, HttpTransport, KeySource, Transport,
    TransportError,
    clock::ManualClock,
    emulator::{Emulator, HttpServer, Seed},
    middleware::{DeveloperKey, Stack, StackBuilder},
    reqwest::ReqwestTransport,
};

/// When the clock begins, since 1970.
pub(crate) const START: Duration = Duration::from_secs(1_700_000_000);

/// What HTTP itself needs, and a client on a socket adds.
const OF_THE_WIRE: [&str; 2] = ["content-length", "host"];

/// HubSpot for a test, by one of the two ways.
pub(crate) struct Hub {
    pub(crate) emulator: Emulator,
    pub(crate) clock: ManualClock,
    on_the_way: Arc<AtomicUsize>,
    over_http: Option<(ReqwestTransport, HttpServer)>,
}

impl Hub {
    async fn new(seed: impl Fn() -> Seed, over_http: bool) -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + START);
        let emulator = Emulator::with_seed(seed().with_clock(clock.clone()));
        let over_http = match over_http {
            true => Some((ReqwestTransport::new().unwrap(), HttpServer::start(emulator.clone()).await.unwrap())),
            false => None,
        };
        Hub {
            emulator,
            clock,
            on_the_way: Arc::default(),
            over_http,
        }
    }

    pub(crate) fn is_over_http(&self) -> bool {
        self.over_http.is_some()
    }

    /// The way to the emulator, without credentials.
    pub(crate) fn transport(&self) -> Transport {
        let transport = match &self.over_http {
            Some((wire, _)) => Transport::new(wire.clone()),
            None => Transport::new(self.emulator.transport()),
        };
        Transport::new(Counted(transport, Arc::clone(&self.on_the_way)))
    }

    /// Where requests have to go.
    pub(crate) fn base_url(&self) -> BaseUrl {
        let server = self.over_http.as_ref();
        server.map_or_else(BaseUrl::default, |(_, server)| server.base_url())
    }

    /// A client with the seeded credentials, which sends everything once.
    pub(crate) fn client(&self) -> Client {
        self.client_over(self.stack())
    }

    /// The same over this stack.
    pub(crate) fn client_over(&self, stack: Stack) -> Client {
        Client::builder(stack)
            .base_url(self.base_url())
            .clock(self.clock.clone())
            .key_source(Keys::default())
            .build()
    }

    pub(crate) fn conversations(&self) -> ConversationsClient {
        ConversationsClient::builder(self.stack())
            .base_url(self.base_url())
            .build()
    }

    pub(crate) fn files(&self) -> FilesClient {
        FilesClient::builder(self.stack())
            .base_url(self.base_url())
            .key_source(Keys::default())
            .build()
    }

    /// What those clients go through.
    pub(crate) fn stack(&self) -> Stack {
        self.plain_stack().retry(None).build()
    }

    /// Credentials, and no timeouts that whoever turns the clock would turn with it.
    pub(crate) fn plain_stack(&self) -> StackBuilder {
        let key = DeveloperKey::new(self.emulator.app_id(), self.emulator.developer_key());
        Stack::new(self.transport())
            .access_token(self.emulator.access_token())
            .developer_key(key)
            .attempt_timeout(None)
            .idle_timeout(None)
            .deadline(None)
            .clock(self.clock.clone())
    }

    /// Does this work, and turns the clock wherever the work waits for nothing else. The server's own patience goes by the
    /// same clock, so it stands still while a request is on its way.
    pub(crate) async fn turning<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::task::yield_now() => {}
            }
            if self.on_the_way.load(Ordering::SeqCst) == 0
                && let Some(wait) = self.clock.next_wake()
            {
                self.clock.advance(wait);
            }
        }
    }

    /// A text without what differs by the way: where the emulator is.
    pub(crate) fn placeless(&self, text: &str) -> String {
        text.replace(self.base_url().as_str(), BaseUrl::default().as_str())
    }

    /// What can be told of the emulator afterwards.
    fn traces(&self) -> (Vec<String>, serde_json::Value) {
        let received = self.emulator.received().into_iter().map(|request| {
            let mut headers: Vec<String> = request
                .headers
                .iter()
                .filter(|(name, _)| !OF_THE_WIRE.contains(&name.as_str()))
                .map(|(name, value)| format!("{name}: {value:?}", value = String::from_utf8_lossy(value.as_bytes())))
                .collect();
            headers.sort_unstable();
            self.placeless(&format!(
                "{:?} {} {} {headers:?} {:?}\n{:?} {:?} {:?}",
                request.at,
                request.method,
                request.path_and_query,
                String::from_utf8_lossy(&request.body),
                request.ended_at,
                request.answered,
                String::from_utf8_lossy(&request.answer),
            ))
        });
        let state = String::from_utf8(self.emulator.snapshot().to_json()).unwrap();
        (received.collect(), serde_json::from_str(&self.placeless(&state)).unwrap())
    }
}

/// A transport that counts what is on its way.
#[derive(Debug)]
struct Counted(Transport, Arc<AtomicUsize>);

/// Held while a request is on its way.
struct OnTheWay<'a>(&'a AtomicUsize);

impl Drop for OnTheWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl HttpTransport for Counted {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let _on_the_way = OnTheWay(&self.1);
        self.0.send(request).await
    }
}

/// Does this in process and over HTTP, and holds all that comes of it against each other.
pub(crate) async fn both_ways<T: std::fmt::Debug + PartialEq>(
    seed: impl Fn() -> Seed,
    test: impl AsyncFn(&Hub) -> T,
) -> T {
    let mut ways = Vec::new();
    for over_http in [false, true] {
        let hub = Hub::new(&seed, over_http).await;
        let told = by_one_way(&hub, &test).await;
        ways.push((told, hub.traces()));
    }
    let (over_http, in_process) = (ways.pop().unwrap(), ways.pop().unwrap());
    let ((other_told, (other_received, other_state)), (told, (received, state))) = (over_http, in_process);
    assert_eq!(other_told, told, "what the caller is told over HTTP, and in process");
    assert_eq!(other_received.len(), received.len(), "requests");
    for (other, request) in other_received.iter().zip(&received) {
        assert_eq!(other, request, "what the emulator is asked and answers over HTTP, and in process");
    }
    assert_eq!(other_state, state, "what the emulator holds in the end over HTTP, and in process");
    told
}

/// The same of callers who come all at once, of whom nobody knows which is first: what they are told alone must agree.
pub(crate) async fn both_ways_at_once<T: std::fmt::Debug + PartialEq>(
    seed: impl Fn() -> Seed,
    test: impl AsyncFn(&Hub) -> T,
) -> T {
    let told = by_one_way(&Hub::new(&seed, false).await, &test).await;
    assert_eq!(by_one_way(&Hub::new(&seed, true).await, &test).await, told);
    told
}

async fn by_one_way<T>(hub: &Hub, test: &impl AsyncFn(&Hub) -> T) -> T {
    let _way = Way(hub.is_over_http());
    test(hub).await
}

/// The same keys each time.
#[derive(Debug, Default)]
struct Keys(AtomicU64);

impl KeySource for Keys {
    fn next_key(&self) -> String {
        format!("key-{}", self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// Says by which way it went when a test fails.
struct Way(bool);

impl Drop for Way {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", if self.0 { "over HTTP" } else { "in process" });
        }
    }
}

/// What there is to know of an error. How a transport words it is its own affair.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) kind: ErrorKind,
    pub(crate) status: Option<u16>,
    pub(crate) outcome_unknown: bool,
    pub(crate) retryable: bool,
    pub(crate) attempts: u32,
    /// HubSpot's answer, if there was one.
    pub(crate) answer: Option<String>,
    pub(crate) shown: Option<String>,
}

impl Told {
    pub(crate) fn of(hub: &Hub, error: &Error) -> Self {
        let answered = error.transport_error().is_none();
        Told {
            kind: error.kind(),
            status: error.status().map(|status| status.as_u16()),
            outcome_unknown: error.outcome_unknown(),
            retryable: error.is_retryable(),
            attempts: error.attempts().count,
            answer: error.body().map(|body| hub.placeless(&String::from_utf8_lossy(body))),
            shown: answered.then(|| hub.placeless(&error.to_string())),
        }
    }
}
