//! A server of raw bytes on this machine, and the ledger of what was truly done there.
//!
//! It knows nothing of hubchannel: it reads HTTP by hand, does what it is told by a list of faults, one for each request,
//! and writes down what it did. Like HubSpot as hubchannel takes it to be, it makes one message of one key, and an account
//! of every request for one.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::net::sockopt::set_socket_linger;
use serde_json::{Value, json};

use crate::{
    course::Truth,
    fault::{Answer, End, Fault},
    line::Far,
    request::{Request, read},
    world::REFRESH_TOKEN,
};

/// What the server has seen and done, in the order in which it did.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The keys of all requests to publish a text, whatever became of them.
    pub(crate) keys: BTreeMap<String, Vec<String>>,
    /// The messages, by their key: the text and the id.
    pub(crate) messages: BTreeMap<String, (String, String)>,
    /// How often an account of a name was made.
    pub(crate) accounts: BTreeMap<String, usize>,
    /// How often the status of a message was set.
    pub(crate) statuses: usize,
    /// How many requests were read to their end.
    pub(crate) requests: usize,
    /// How many bytes the last of them had, and its answer.
    pub(crate) lengths: (usize, usize),
    /// How many requests had a fate that leaves the client without a word of whether they were done.
    pub(crate) hidden: usize,
    /// The tokens up to this number have ended: a request brings `token-0`, then `token-1` ….
    pub(crate) ended: usize,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    ledger: Mutex<Ledger>,
    faults: Mutex<VecDeque<Fault>>,
    /// How many connections there are on which nothing more is heard, and whose end has not come.
    silent: AtomicUsize,
    /// The number of the request that gets no answer, since the caller leaves when it was heard.
    withheld: Mutex<Option<usize>>,
    /// How many connections there are on which it was withheld, and whose end has not come.
    left: AtomicUsize,
    stopped: AtomicBool,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = listen();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            ledger: Mutex::default(),
            faults: Mutex::default(),
            silent: AtomicUsize::new(0),
            withheld: Mutex::default(),
            left: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let server = Server {
            address,
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            let mut connections = Vec::new();
            for stream in listener.incoming() {
                if shared.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream.map(Arc::new) else { continue };
                connections.push(Arc::downgrade(&stream));
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.serve(stream));
            }
            // The others have ended when either side had had enough.
            for stream in connections.iter().filter_map(Weak::upgrade) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
        server
    }

    /// What becomes of the next requests. Those after them are done and answered.
    pub(crate) fn schedule(&self, faults: impl IntoIterator<Item = Fault>) {
        *lock(&self.shared.faults) = faults.into_iter().collect();
    }

    /// Takes the next fault off the list if nobody is to be at the address.
    pub(crate) fn takes_no_server(&self) -> bool {
        let mut faults = lock(&self.shared.faults);
        let no_server = faults.front() == Some(&Fault::NoServer);
        if no_server {
            faults.pop_front();
        }
        no_server
    }

    /// Gone when the last of the server's threads has ended.
    pub(crate) fn threads(&self) -> Weak<Shared> {
        Arc::downgrade(&self.shared)
    }
}

impl Ledger {
    /// The ids of the messages of a text.
    pub(crate) fn made(&self, text: &str) -> Vec<String> {
        let of_text = self.messages.values().filter(|(of, _)| of == text);
        of_text.map(|(_, id)| id.clone()).collect()
    }

    pub(crate) fn keys(&self, text: &str) -> Vec<String> {
        self.keys.get(text).cloned().unwrap_or_default()
    }
}

/// Whoever keeps a ledger.
pub(crate) trait Keeps {
    fn ledger(&self) -> MutexGuard<'_, Ledger>;
}

impl Keeps for Server {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.shared.ledger)
    }
}

impl<K: Keeps> Truth for K {
    fn made(&self, text: &str) -> Vec<String> {
        self.ledger().made(text)
    }

    fn hidden(&self) -> usize {
        self.ledger().hidden
    }

    fn keys(&self, text: &str) -> Vec<String> {
        self.ledger().keys(text)
    }

    fn story(&self) -> String {
        format!("{:?}", self.ledger())
    }

    fn secrets(&self) -> Vec<String> {
        ["token-", REFRESH_TOKEN, "client-hush"].map(str::to_owned).to_vec()
    }
}

impl Far for Server {
    fn silent(&self) -> usize {
        self.shared.silent.load(Ordering::SeqCst)
    }

    fn is_held(&self) -> bool {
        self.silent() > 0 || self.shared.left.load(Ordering::SeqCst) > 0
    }

    fn withhold(&self, request: Option<usize>) {
        *lock(&self.shared.withheld) = request;
    }

    fn heard(&self) -> usize {
        self.ledger().requests
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Server")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// A request names the port, and must have as many bytes whenever its seed is played: so all ports have five digits.
fn listen() -> TcpListener {
    let tries = (0..1_000).map(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    let mut tries = tries.filter(|listener| listener.local_addr().unwrap().port() >= 10_000);
    tries.next().unwrap_or_else(|| panic!("no port of five digits is free"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// What becomes of a connection that has just come, if that is its end.
    fn at_once(&self) -> Option<End> {
        let mut faults = lock(&self.faults);
        let Some(&Fault::CutConnection(end)) = faults.front() else {
            return None;
        };
        faults.pop_front();
        lock(&self.ledger).hidden += 1;
        Some(end)
    }

    fn serve(&self, stream: Arc<TcpStream>) -> io::Result<()> {
        if let Some(end) = self.at_once() {
            return cut(stream, end);
        }
        // Whoever is dropped must notice at once.
        stream.set_nodelay(true)?;
        // A connection that is kept open and never used again takes no fault.
        while stream.peek(&mut [0])? > 0 {
            let fault = lock(&self.faults).pop_front().unwrap_or(Fault::None);
            lock(&self.ledger).hidden += usize::from(fault.hides());
            let most = match fault {
                Fault::CutConnection(_) => 0,
                Fault::CutRequest(bytes, _) => bytes,
                _ => usize::MAX,
            };
            let Some(request) = read(&stream, most)? else {
                return cut(stream, fault.end());
            };
            let answer = match &fault {
                Fault::CutRequest(..) | Fault::FallSilent { done: false } => Vec::new(),
                Fault::Answer { answer, done: false } => answer.to_bytes(),
                Fault::Answer { answer, done: true } => {
                    self.answer(&request);
                    answer.to_bytes()
                }
                Fault::EndToken => {
                    lock(&self.ledger).end(&request.token);
                    self.answer(&request)
                }
                _ => self.answer(&request),
            };
            let waiting = match fault {
                _ if self.withholds() => Some(Waiting::new(&self.left)),
                Fault::FallSilent { .. } => Some(Waiting::new(&self.silent)),
                _ => None,
            };
            // Only now, so that whoever has heard of it finds all that became of it.
            lock(&self.ledger).note(&request, answer.len());
            if let Some(waiting) = waiting {
                return waiting.for_the_end(stream);
            }
            match fault {
                Fault::CutRequest(_, end) => return cut(stream, end),
                Fault::CutAnswer(bytes, end) => {
                    (&*stream).write_all(&answer[..bytes.min(answer.len() - 1)])?;
                    return cut(stream, end);
                }
                _ => (&*stream).write_all(&answer)?,
            }
        }
        Ok(())
    }

    /// Whether the next request that is noted gets no answer.
    fn withholds(&self) -> bool {
        *lock(&self.withheld) == Some(lock(&self.ledger).requests + 1)
    }

    fn answer(&self, request: &Request) -> Vec<u8> {
        lock(&self.ledger).answer(request).to_bytes()
    }
}

impl Ledger {
    /// Notes a request and how long its answer is.
    pub(crate) fn note(&mut self, request: &Request, answer: usize) {
        self.requests += 1;
        self.lengths = (request.length, answer);
        if let (Some(text), Some(key)) = (request.text("text"), request.text("integrationIdempotencyId")) {
            self.keys.entry(text).or_default().push(key);
        }
    }

    fn number(token: &str) -> Option<usize> {
        token.strip_prefix("Bearer token-")?.parse().ok()
    }

    pub(crate) fn end(&mut self, token: &str) {
        if let Some(number) = Ledger::number(token) {
            self.ended = self.ended.max(number + 1);
        }
    }

    fn is_good(&self, token: &str) -> bool {
        Ledger::number(token).is_some_and(|number| number >= self.ended)
    }

    /// Does what is asked for, if the token is good.
    pub(crate) fn answer(&mut self, request: &Request) -> Answer {
        let (status, body) = match self.is_good(&request.token) {
            true => self.handle(request),
            false => (
                401,
                json!({"status": "error", "category": "EXPIRED_AUTHENTICATION", "message": "the token has expired"}),
            ),
        };
        Answer {
            status,
            headers: Vec::new(),
            body: body.to_string(),
        }
    }

    fn handle(&mut self, request: &Request) -> (u16, Value) {
        match (request.method.as_str(), request.path.rsplit('/').next()) {
            ("POST", Some("messages")) => self.publish(request),
            ("POST", Some("channel-accounts")) => {
                let name = request.text("name").unwrap_or_default();
                *self.accounts.entry(name.clone()).or_default() += 1;
                (201, json!({"id": "7", "name": name}))
            }
            ("PATCH", Some(id)) => {
                self.statuses += 1;
                (200, json!({"id": id, "status": {"statusType": request.text("statusType")}}))
            }
            _ => (404, json!({"status": "error", "message": "no such thing"})),
        }
    }

    fn publish(&mut self, request: &Request) -> (u16, Value) {
        let (Some(text), Some(key)) = (request.text("text"), request.text("integrationIdempotencyId")) else {
            return (400, json!({"status": "error", "message": "no text or no key"}));
        };
        let id = format!("m{}", self.messages.len());
        let (text, id) = self.messages.entry(key).or_insert((text, id));
        (201, json!({"id": id, "text": text}))
    }
}

/// Held while a connection stays open on which nothing more is said.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Waiting(count)
    }

    /// Waits until the client lets go of the connection.
    fn for_the_end(self, stream: Arc<TcpStream>) -> io::Result<()> {
        (&*stream).read(&mut [0]).map(drop)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn cut(stream: Arc<TcpStream>, end: End) -> io::Result<()> {
    if end == End::Reset {
        set_socket_linger(&*stream, Some(Duration::ZERO))?;
    }
    drop(stream);
    Ok(())
}
