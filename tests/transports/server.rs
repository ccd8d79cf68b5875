//! A server of raw bytes, written by hand, so that nothing between the two ends repairs anything.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use hubchannel::{
    HttpTransport,
    mock::conformance::{Framing, Peer, Scene},
};
use rustix::net::sockopt::set_socket_linger;

/// The largest response that the transport is set to take.
pub(crate) const LIMIT: usize = 2 << 20;

pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    peer: Peer,
    received: Mutex<Vec<Request<Bytes>>>,
    /// Connections that stay open and are not read.
    held: Mutex<Vec<TcpStream>>,
    /// How many connections were taken and have not ended.
    open: AtomicUsize,
    stopped: AtomicBool,
}

/// A connection that was taken.
struct Open(Arc<Shared>);

impl Open {
    fn new(shared: &Arc<Shared>) -> Self {
        shared.open.fetch_add(1, Ordering::SeqCst);
        Open(Arc::clone(shared))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Server {
    pub(crate) fn start(peer: Peer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            peer,
            received: Mutex::default(),
            held: Mutex::default(),
            open: AtomicUsize::new(0),
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
                let open = Open::new(&shared);
                // A connection ends when either side has had enough.
                thread::spawn(move || stream.and_then(|stream| serve(&open.0, stream)));
            }
        });
        server
    }

    pub(crate) fn scene(self, transport: impl HttpTransport) -> Scene {
        let base_url = format!("http://{}", self.address).parse().unwrap();
        let shared = Arc::clone(&self.shared);
        Scene::new(transport, base_url, move || self.shared.received.lock().unwrap().clone())
            .with_open_connections(move || shared.open.load(Ordering::SeqCst))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(shared: &Shared, stream: TcpStream) -> io::Result<()> {
    if let Peer::ClosesAtOnce = shared.peer {
        return Ok(());
    }
    let mut out = stream.try_clone()?;
    let mut input = BufReader::new(stream);
    let most = match shared.peer {
        Peer::Resets { after } | Peer::StopsReading { after } => after,
        _ => usize::MAX,
    };
    while let Some(request) = read(&mut input, most)? {
        let body = request.body().clone();
        // Over all connections, for a client may open a second one.
        let answered = {
            let mut received = shared.received.lock().unwrap();
            received.push(request);
            received.len() - 1
        };
        match &shared.peer {
            Peer::Answers { response, framing } => write(&mut out, response, *framing, usize::MAX)?,
            Peer::Drips { response, framing } => drip(&mut out, response, *framing)?,
            Peer::CutsHead { response, after } => {
                let mut head = Vec::new();
                write(&mut head, response, Framing::Length, 0)?;
                assert!(*after < head.len(), "the head is no longer than {after} bytes");
                return out.write_all(&head[..*after]);
            }
            // With something left unread, the end of a connection is a reset.
            Peer::Resets { .. } => return out.peek(&mut [0]).map(drop),
            Peer::StopsReading { .. } => {
                shared.held.lock().unwrap().push(out);
                return Ok(());
            }
            Peer::Echoes => write(&mut out, &Response::new(body), Framing::Length, usize::MAX)?,
            Peer::Silent => {}
            Peer::HangsUp { after } if answered < *after => {
                write(&mut out, &Response::new(Bytes::new()), Framing::Length, usize::MAX)?;
            }
            Peer::HangsUp { .. } => return Ok(()),
            Peer::CutsOff {
                response,
                framing,
                after,
            } => return write(&mut out, response, *framing, *after),
            Peer::ResetsAnswer {
                response,
                framing,
                after,
            } => {
                write(&mut out, response, *framing, *after)?;
                return Ok(set_socket_linger(&out, Some(Duration::ZERO))?);
            }
            Peer::Stalls {
                response,
                framing,
                after,
            } => write(&mut out, response, *framing, *after)?,
            Peer::TooLarge {
                framing: Framing::Length,
            } => {
                write!(out, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", LIMIT + 1)?;
                return out.write_all(&vec![b'x'; LIMIT + 1]);
            }
            Peer::TooLarge {
                framing: Framing::Chunked,
            } => {
                write!(out, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
                loop {
                    chunk(&mut out, &[b'x'; 64 << 10])?;
                }
            }
            Peer::Garbles { bytes } => return out.write_all(bytes),
            peer => panic!("no server behaves like {peer:?}"),
        }
    }
    Ok(())
}

/// Reads a request to its end, or to so many bytes of its body; `None` when there is no further one.
fn read(input: &mut BufReader<TcpStream>, most: usize) -> io::Result<Option<Request<Bytes>>> {
    let Some(line) = line(input)? else { return Ok(None) };
    let line = String::from_utf8(line).unwrap();
    let [method, target, "HTTP/1.1"] = line.split(' ').collect::<Vec<_>>()[..] else {
        panic!("request line: {line}")
    };
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = method.parse().unwrap();
    *request.uri_mut() = target.parse().unwrap();
    let mut length = 0;
    while let Some(header) = line_of_head(input)? {
        let colon = header.iter().position(|byte| *byte == b':').unwrap();
        let name = HeaderName::from_bytes(&header[..colon]).unwrap();
        let value = HeaderValue::from_bytes(header[colon + 1..].trim_ascii()).unwrap();
        assert_ne!(name, "transfer-encoding", "the length of every body is known");
        if name == "content-length" {
            length = value.to_str().unwrap().parse().unwrap();
        }
        request.headers_mut().append(name, value);
    }
    let mut body = vec![0; length.min(most)];
    input.read_exact(&mut body)?;
    *request.body_mut() = body.into();
    Ok(Some(request))
}

/// A line of a head; `None` for the empty one at its end.
fn line_of_head(input: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    match line(input)? {
        Some(line) => Ok(Some(line).filter(|line| !line.is_empty())),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// A line without its end; `None` at the end of the connection.
fn line(input: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line)?;
    Ok(line.strip_suffix(b"\r\n").map(<[u8]>::to_vec))
}

/// Writes a response with so many bytes of its body.
fn write(out: &mut impl Write, response: &Response<Bytes>, framing: Framing, after: usize) -> io::Result<()> {
    let body = response.body();
    let sent = &body[..after.min(body.len())];
    let mut head = format!("HTTP/1.1 {} Some Reason\r\n", response.status().as_u16()).into_bytes();
    for (name, value) in response.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    match framing {
        _ if response.status() == StatusCode::NO_CONTENT => {}
        Framing::Length => write!(head, "content-length: {}\r\n", body.len())?,
        Framing::Chunked => head.extend_from_slice(b"transfer-encoding: chunked\r\n"),
    }
    head.extend_from_slice(b"\r\n");
    out.write_all(&head)?;
    match framing {
        Framing::Length => out.write_all(sent),
        Framing::Chunked => {
            if !sent.is_empty() {
                chunk(out, sent)?;
            }
            if sent.len() == body.len() {
                out.write_all(b"0\r\n\r\n")
            } else {
                Ok(())
            }
        }
    }
}

/// Writes a response so that each byte travels by itself.
fn drip(out: &mut TcpStream, response: &Response<Bytes>, framing: Framing) -> io::Result<()> {
    out.set_nodelay(true)?;
    let mut bytes = Vec::new();
    write(&mut bytes, response, framing, 0)?;
    match framing {
        Framing::Length => bytes.extend_from_slice(response.body()),
        Framing::Chunked if response.body().is_empty() => {}
        Framing::Chunked => {
            for byte in response.body() {
                chunk(&mut bytes, &[*byte])?;
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        }
    }
    for byte in bytes {
        out.write_all(&[byte])?;
        // Whoever reads gets his turn.
        thread::yield_now();
    }
    Ok(())
}

fn chunk(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    write!(out, "{:x}\r\n", bytes.len())?;
    out.write_all(bytes)?;
    out.write_all(b"\r\n")
}
