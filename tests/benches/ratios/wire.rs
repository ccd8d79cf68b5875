//! What a publish costs over real connections, beside the libraries underneath.
//!
//! Each client works on a thread of its own against one server, and takes turns with the client that it is compared with.
//! CPU is that of the client's thread alone, so that the server's does not count; time is how long a turn of requests
//! takes, server and all. All send the same bytes but for the order of the headers, which the server holds them to.

#![allow(clippy::disallowed_methods, reason = "how long work really takes is the point here")]

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{
    HeaderValue,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use http_body_util::{BodyExt as _, Full};
use hubchannel::{
    Client, HttpTransport, PublishMessage,
    hyper::HyperTransport,
    middleware::{RateLimiter, Stack, TokioClock},
    model::{NewMessage, decode},
    reqwest::ReqwestTransport,
};
use hubchannel_testkit::bodies;
use hyper_util::{client::legacy, rt::TokioExecutor};
use rustix::time::{ClockId, clock_gettime};

use crate::{baseline, measure::Table};

/// How many requests a turn is of.
const REQUESTS: usize = 512;
const ROUNDS: usize = 31;
/// How many clients take turns.
const CLIENTS: usize = 5;
const PATH: &str = "/conversations/v3/custom-channels/2930388/messages";
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const USER_AGENT: &str = concat!("hubchannel/", env!("CARGO_PKG_VERSION"));

/// The requests that connections began with, each written in one way, so that those that say the same are one.
type Seen = Arc<Mutex<BTreeSet<String>>>;

/// What one request of a turn took.
#[derive(Clone, Copy, Debug)]
struct Cost {
    cpu: f64,
    time: f64,
}

/// A client on a thread of its own, which makes a turn of requests when it is told to.
struct Worker {
    orders: Sender<usize>,
    costs: Receiver<Cost>,
}

type Exchange = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = ()>>>>;

impl Worker {
    fn start(name: &str, make: impl FnOnce() -> Exchange + Send + 'static) -> Self {
        let (orders, taken) = channel::<usize>();
        let (told, costs) = channel();
        // By its name a profiler tells whose work it sees.
        let thread = thread::Builder::new().name(name.to_owned());
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let local = tokio::task::LocalSet::new();
            let exchange = local.block_on(&runtime, async { make() });
            for in_flight in taken {
                let (cpu, time) = (thread_time(), Instant::now());
                local.block_on(&runtime, turn(&exchange, in_flight));
                let per_request = |all: Duration| all.as_nanos() as f64 / REQUESTS as f64;
                let cost = Cost {
                    cpu: per_request(thread_time() - cpu),
                    time: per_request(time.elapsed()),
                };
                told.send(cost).unwrap();
            }
        };
        drop(thread.spawn(work).unwrap());
        Worker { orders, costs }
    }

    fn turn(&self, in_flight: usize) -> Cost {
        self.orders.send(in_flight).unwrap();
        self.costs.recv().unwrap()
    }
}

async fn turn(exchange: &Exchange, in_flight: usize) {
    let lanes = (0..in_flight).map(|_| {
        let exchange = Rc::clone(exchange);
        tokio::task::spawn_local(async move {
            for _ in 0..REQUESTS / in_flight {
                exchange().await;
            }
        })
    });
    for lane in lanes.collect::<Vec<_>>() {
        lane.await.unwrap();
    }
}

fn thread_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

/// Publishes over the full stack and each transport, beside the same over reqwest and hyper alone.
pub(crate) fn publish(table: &mut Table) {
    if !table.wants("over the wire") {
        return;
    }
    let seen = Arc::default();
    let server = serve(&seen);
    let [ours, over_hyper, typed, ready, hyper] = [
        Worker::start("ours", move || stack(server, ReqwestTransport::new().unwrap())),
        Worker::start("over hyper", move || stack(server, HyperTransport::new().unwrap())),
        Worker::start("typed", move || typed_reqwest(server)),
        Worker::start("ready", move || ready_reqwest(server)),
        Worker::start("hyper", move || bare_hyper(server)),
    ];
    for in_flight in [1, 16, 64] {
        let what = |beside: &str| format!("over the wire, {in_flight} at once, {beside}");
        let costs = costs([&ours, &over_hyper, &typed, &ready, &hyper], in_flight);
        let cpu = |at: usize| costs.iter().map(|round| round[at].cpu).collect::<Vec<_>>();
        let time = |at: usize| costs.iter().map(|round| round[at].time).collect::<Vec<_>>();
        table.add(&what("CPU beside reqwest"), Some(1.05), &cpu(0), &cpu(2));
        table.add(&what("CPU beside ready reqwest"), None, &cpu(0), &cpu(3));
        table.add(&what("CPU beside hyper"), None, &cpu(0), &cpu(4));
        table.add(&what("time beside reqwest"), None, &time(0), &time(2));
        table.add(&what("time beside ready reqwest"), None, &time(0), &time(3));
        table.add(&what("time beside hyper"), None, &time(0), &time(4));
        table.add(&what("by hyper, CPU beside reqwest"), Some(1.05), &cpu(1), &cpu(2));
        table.add(&what("by hyper, time beside hyper"), Some(1.0 / 0.75), &time(1), &time(4));
        table.add(&what("reqwest's CPU beside hyper"), None, &cpu(2), &cpu(4));
        table.add(&what("reqwest's time beside hyper"), None, &time(2), &time(4));
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1, "not all have sent the same: {seen:#?}");
}

/// What each client's request took in each round. Who begins changes, so that going last is nobody's advantage.
fn costs(workers: [&Worker; CLIENTS], in_flight: usize) -> Vec<[Cost; CLIENTS]> {
    for worker in workers {
        worker.turn(in_flight);
    }
    (0..ROUNDS)
        .map(|round| {
            let mut costs = [Cost { cpu: 0.0, time: 0.0 }; CLIENTS];
            for step in 0..CLIENTS {
                let at = (round + step) % CLIENTS;
                costs[at] = workers[at].turn(in_flight);
            }
            costs
        })
        .collect()
}

/// All that a bridge has around it, a limit that is never reached included.
fn stack(server: SocketAddr, transport: impl HttpTransport) -> Exchange {
    let body: NewMessage = decode(bodies::NEW_MESSAGE.as_bytes()).unwrap();
    let limiter = RateLimiter::new(10_000_000, Duration::from_secs(10), Arc::new(TokioClock));
    let stack = Stack::new(transport)
        .access_token("token")
        .rate_limiter(limiter)
        .build();
    let client = Client::builder(stack)
        .base_url(format!("http://{server}").parse().unwrap())
        .build();
    Rc::new(move || {
        let call = PublishMessage::new("2930388", body.clone());
        let client = client.clone();
        Box::pin(async move { drop(client.publish_message(call).await.unwrap()) })
    })
}

/// A client of reqwest that says of itself what ours does.
fn bare_reqwest() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .user_agent(USER_AGENT)
        .default_headers([(ACCEPT, JSON)].into_iter().collect())
        .build()
        .unwrap()
}

/// What somebody writes by hand who wants no more than the types.
fn typed_reqwest(server: SocketAddr) -> Exchange {
    let client = bare_reqwest();
    let body: baseline::NewMessage = serde_json::from_str(bodies::NEW_MESSAGE).unwrap();
    let url = format!("http://{server}{PATH}");
    Rc::new(move || {
        // Each publish has a message of its own, here as there.
        let body = body.clone();
        let request = client
            .post(&url)
            .bearer_auth("token")
            .header(CONTENT_TYPE, JSON)
            .body(serde_json::to_vec(&body).unwrap());
        Box::pin(async move {
            let answer = request.send().await.unwrap().bytes().await.unwrap();
            let message: baseline::Message = serde_json::from_slice(&answer).unwrap();
            drop(std::hint::black_box(message));
        })
    })
}

fn ready_reqwest(server: SocketAddr) -> Exchange {
    let client = bare_reqwest();
    let url = format!("http://{server}{PATH}");
    Rc::new(move || {
        let request = client
            .post(&url)
            .bearer_auth("token")
            .header(CONTENT_TYPE, JSON)
            .body(Bytes::from_static(bodies::NEW_MESSAGE.as_bytes()));
        Box::pin(async move { drop(request.send().await.unwrap().bytes().await.unwrap()) })
    })
}

fn bare_hyper(server: SocketAddr) -> Exchange {
    let client = legacy::Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let url = format!("http://{server}{PATH}");
    Rc::new(move || {
        let request = http::Request::post(&url)
            .header(ACCEPT, JSON)
            .header(http::header::USER_AGENT, USER_AGENT)
            .header(CONTENT_TYPE, JSON)
            .header(AUTHORIZATION, "Bearer token")
            .body(Full::new(Bytes::from_static(bodies::NEW_MESSAGE.as_bytes())));
        let answer = client.request(request.unwrap());
        Box::pin(async move { drop(answer.await.unwrap().into_body().collect().await.unwrap().to_bytes()) })
    })
}

/// A server that reads requests to their end and gives each the same answer, as cheaply as can be.
fn serve(seen: &Seen) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::clone(seen);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, seen) = (stream.unwrap(), Arc::clone(&seen));
            thread::spawn(move || answer_all(stream, &seen));
        }
    });
    address
}

fn answer_all(mut stream: TcpStream, seen: &Seen) {
    let answer = format!(
        "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
        bodies::MESSAGE.len(),
        bodies::MESSAGE
    );
    stream.set_nodelay(true).unwrap();
    let (mut bytes, mut buffer, mut is_first) = (Vec::new(), [0; 8192], true);
    loop {
        while let Some(end) = end_of_request(&bytes) {
            if std::mem::take(&mut is_first) {
                seen.lock().unwrap().insert(in_one_way(&bytes[..end]));
            }
            bytes.drain(..end);
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// A request with its header lines in order.
fn in_one_way(request: &[u8]) -> String {
    let text = std::str::from_utf8(request).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.lines().collect();
    lines.sort_unstable();
    format!("{}\n\n{body}", lines.join("\n"))
}

fn end_of_request(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).unwrap();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse::<usize>().unwrap())
    });
    let end = head + length.unwrap_or_default();
    (bytes.len() >= end).then_some(end)
}
