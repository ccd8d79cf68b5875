//! A server of raw bytes on this machine, and the ledger of what was truly done there.
//!
//! It knows nothing of hubchannel: it reads HTTP by hand, does what it is told by a list of faults, one for each request,
//! and writes down what it did. Like HubSpot as hubchannel takes it to be, it makes one message of one key, and an account
//! of every request for one.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use http::Response;
use hubchannel::Body;
use serde_json::{Value, json};

use crate::{course::Truth, line::Far, world::REFRESH_TOKEN};

/// What becomes of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is done and answered.
    None,
    /// There is nobody at the address.
    NoServer,
    /// The connection ends when this many bytes of the request were read, or all of them: before it is done.
    CutRequest(usize),
    /// It is done, and the connection ends without an answer.
    LoseAnswer,
    /// It is done, and the connection ends when this many bytes of the answer were sent, but not all of them.
    CutAnswer(usize),
    /// Nothing more is heard of it, whether it was done or not.
    FallSilent { done: bool },
    /// It is answered like this, whether it was done or not.
    Answer { answer: Answer, done: bool },
    /// The token that the request came with ends, before the request is looked at.
    EndToken,
}

impl Fault {
    /// Whether the client cannot know if it was done. Whoever turns a request down says that it was not.
    pub(crate) fn hides(&self) -> bool {
        match self {
            Fault::None | Fault::NoServer | Fault::EndToken => false,
            Fault::Answer { answer, done } => *done || !(400..500).contains(&answer.status),
            Fault::CutRequest(_) | Fault::LoseAnswer | Fault::CutAnswer(_) | Fault::FallSilent { .. } => true,
        }
    }
}

/// An answer that is no success, or a success that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

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
    /// How many requests had a fate that leaves the client without a word of whether they were done.
    pub(crate) hidden: usize,
    /// The tokens up to this number have ended: a request brings `token-0`, then `token-1` ….
    pub(crate) ended: usize,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    ledger: Mutex<Ledger>,
    faults: Mutex<VecDeque<Fault>>,
    /// Connections on which nothing more is heard.
    held: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            ledger: Mutex::default(),
            faults: Mutex::default(),
            held: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let server = Server {
            address,
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&shared);
                // A connection ends when either side has had enough.
                thread::spawn(move || stream.and_then(|stream| shared.serve(stream)));
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

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.shared.ledger)
    }
}

impl Truth for Server {
    fn made(&self, text: &str) -> Vec<String> {
        let ledger = self.ledger();
        let of_text = ledger.messages.values().filter(|(of, _)| of == text);
        of_text.map(|(_, id)| id.clone()).collect()
    }

    fn hidden(&self) -> usize {
        self.ledger().hidden
    }

    fn keys(&self, text: &str) -> Vec<String> {
        self.ledger().keys.get(text).cloned().unwrap_or_default()
    }

    fn secrets(&self) -> Vec<String> {
        ["token-", REFRESH_TOKEN, "client-hush"].map(str::to_owned).to_vec()
    }
}

impl Far for Server {
    fn is_silent(&self) -> bool {
        !lock(&self.shared.held).is_empty()
    }

    fn hang_up(&self) {
        lock(&self.shared.held).clear();
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
        self.hang_up();
        let _ = TcpStream::connect(self.address);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request as it came.
struct Request {
    method: String,
    path: String,
    token: String,
    body: Value,
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        // Whoever is dropped must notice at once.
        stream.set_nodelay(true)?;
        loop {
            // A connection that is kept open and never used again takes no fault.
            let mut first = [0];
            if stream.read(&mut first)? == 0 {
                return Ok(());
            }
            let fault = lock(&self.faults).pop_front().unwrap_or(Fault::None);
            lock(&self.ledger).hidden += usize::from(fault.hides());
            let most = match fault {
                Fault::CutRequest(bytes) => bytes.max(1),
                _ => usize::MAX,
            };
            let Some(request) = read(&mut stream, first[0], most)? else {
                return Ok(());
            };
            lock(&self.ledger).note(&request);
            let answer = match fault {
                Fault::CutRequest(_) | Fault::NoServer => return Ok(()),
                Fault::None => self.answer(&request),
                Fault::LoseAnswer => {
                    self.answer(&request);
                    return Ok(());
                }
                Fault::CutAnswer(bytes) => {
                    let answer = self.answer(&request);
                    stream.write_all(&answer[..bytes.min(answer.len() - 1)])?;
                    return Ok(());
                }
                Fault::FallSilent { done } => {
                    if done {
                        self.answer(&request);
                    }
                    lock(&self.held).push(stream);
                    return Ok(());
                }
                Fault::Answer { answer, done } => {
                    if done {
                        self.answer(&request);
                    }
                    answer.to_bytes()
                }
                Fault::EndToken => {
                    lock(&self.ledger).end(&request.token);
                    self.answer(&request)
                }
            };
            stream.write_all(&answer)?;
        }
    }

    /// Does what is asked for, if the token is good.
    fn answer(&self, request: &Request) -> Vec<u8> {
        let mut ledger = lock(&self.ledger);
        let (status, body) = match ledger.is_good(&request.token) {
            true => ledger.handle(request),
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
        .to_bytes()
    }
}

impl Answer {
    pub(crate) fn to_response(&self) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(*name, value);
        }
        response.body(self.body.clone().into()).unwrap()
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {} Any\r\ncontent-length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        format!("{text}\r\n{}", self.body).into_bytes()
    }
}

impl Ledger {
    fn note(&mut self, request: &Request) {
        self.requests += 1;
        if let (Some(text), Some(key)) = (request.text("text"), request.text("integrationIdempotencyId")) {
            self.keys.entry(text).or_default().push(key);
        }
    }

    fn number(token: &str) -> Option<usize> {
        token.strip_prefix("Bearer token-")?.parse().ok()
    }

    fn end(&mut self, token: &str) {
        if let Some(number) = Ledger::number(token) {
            self.ended = self.ended.max(number + 1);
        }
    }

    fn is_good(&self, token: &str) -> bool {
        Ledger::number(token).is_some_and(|number| number >= self.ended)
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

impl Request {
    fn text(&self, member: &str) -> Option<String> {
        self.body[member].as_str().map(str::to_owned)
    }
}

/// Reads a request to its end; `None` where the other side ends before, or where no more than `most` bytes are to be read.
fn read(stream: &mut TcpStream, first: u8, most: usize) -> io::Result<Option<Request>> {
    let mut bytes = vec![first];
    let mut buffer = [0; 4096];
    loop {
        if let Some(request) = parse(&bytes) {
            return Ok(Some(request));
        }
        let room = most.saturating_sub(bytes.len()).min(buffer.len());
        match room {
            0 => return Ok(None),
            _ => match stream.read(&mut buffer[..room])? {
                0 => return Ok(None),
                read => bytes.extend_from_slice(&buffer[..read]),
            },
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Request> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let header = |wanted: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        values.next().map(|(_, value)| value.to_owned())
    };
    let length: usize = header("content-length").map_or(0, |length| length.parse().unwrap());
    let body = bytes.get(end..end + length)?;
    Some(Request {
        method,
        path,
        token: header("authorization").unwrap_or_default(),
        body: serde_json::from_slice(body).unwrap_or(Value::Null),
    })
}
