//! Bodies that are larger than memory should have to be.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use bytes::Bytes;
use http::Request;
use hubchannel::{
    Body, BodySource, BodyStream, Reach, StreamResponse, TransportError, TransportErrorKind, hyper::HyperTransport,
    reqwest::ReqwestTransport,
};

use crate::transport::Loopback;

/// Much more than the two ends of a connection hold for it.
pub(crate) const LARGE: u64 = 96 << 20;

/// What the system may hold of a connection over loopback, and the HTTP client before it.
const BUFFERED: u64 = 24 << 20;

const PIECE: u64 = 64 << 10;

/// Reads a request and a body of this length behind its head, counts what came of it, and answers.
pub(crate) fn counting(length: u64, counter: Arc<AtomicU64>) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let mut piece = vec![0; 16 << 10];
        while counter.load(Ordering::SeqCst) < length {
            let read = stream.read(&mut piece).unwrap();
            if read == 0 {
                break;
            }
            counter.fetch_add(read as u64, Ordering::SeqCst);
        }
        // Whoever has hung up gets no answer.
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        String::from_utf8(head).unwrap()
    });
    (base_url, served)
}

pub(crate) fn put(base_url: &str, body: impl Into<Body>) -> Request<Body> {
    Request::put(format!("{base_url}/file")).body(body.into()).unwrap()
}

/// Zeros, and how far ahead of the server they were read at most.
#[derive(Clone)]
struct Zeros {
    length: u64,
    received: Arc<AtomicU64>,
    lead: Arc<AtomicU64>,
}

impl BodySource for Zeros {
    fn length(&self) -> u64 {
        self.length
    }

    fn open(&self) -> BodyStream {
        let zeros = self.clone();
        BodyStream::unfold(0, move |read| {
            let zeros = zeros.clone();
            async move {
                let lead = u64::saturating_sub(read, zeros.received.load(Ordering::SeqCst));
                zeros.lead.fetch_max(lead, Ordering::SeqCst);
                let size = PIECE.min(zeros.length - read);
                Ok((size > 0).then(|| (Bytes::from(vec![0; usize::try_from(size).unwrap()]), read + size)))
            }
        })
    }
}

async fn large_body<T: Loopback>() {
    let received = Arc::new(AtomicU64::new(0));
    let zeros = Zeros {
        length: LARGE,
        received: Arc::clone(&received),
        lead: Arc::default(),
    };
    let (base_url, served) = counting(LARGE, Arc::clone(&received));
    let request = put(&base_url, Body::from_source(zeros.clone()));
    T::limited(1_000).send(request).await.unwrap();
    let head = served.join().unwrap();
    assert!(head.contains(&format!("content-length: {LARGE}\r\n")), "{head}");
    assert_eq!(received.load(Ordering::SeqCst), LARGE);
    let lead = zeros.lead.load(Ordering::SeqCst);
    assert!(lead < BUFFERED, "{lead} bytes were read before the server had them");
}

async fn large_answer<T: Loopback>() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (wanted, lead) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let served = thread::spawn({
        let (wanted, lead) = (Arc::clone(&wanted), Arc::clone(&lead));
        move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\n\r\n").unwrap();
            let mut sent = 0;
            while sent < LARGE {
                stream.write_all(&[0; PIECE as usize]).unwrap();
                sent += PIECE;
                lead.fetch_max(sent.saturating_sub(wanted.load(Ordering::SeqCst)), Ordering::SeqCst);
            }
        }
    });
    let mut request = Request::get(base_url).body(Body::empty()).unwrap();
    request.extensions_mut().insert(StreamResponse);
    // Far below what comes: the limit is for answers that are read whole.
    let body = T::limited(1_000).send(request).await.unwrap().into_body();
    assert_eq!((body.len(), body.as_bytes()), (Some(LARGE), None));
    let mut stream = body.open();
    while let Some(piece) = stream.next().await {
        wanted.fetch_add(piece.unwrap().len() as u64, Ordering::SeqCst);
        tokio::task::yield_now().await;
    }
    served.join().unwrap();
    assert_eq!(wanted.load(Ordering::SeqCst), LARGE);
    let lead = lead.load(Ordering::SeqCst);
    assert!(lead < BUFFERED, "{lead} bytes had come before they were wanted");
}

#[tokio::test]
async fn a_large_body_is_read_no_faster_than_it_is_sent() {
    large_body::<ReqwestTransport>().await;
    large_body::<HyperTransport>().await;
}

#[tokio::test]
async fn a_large_answer_is_read_no_faster_than_it_is_wanted() {
    large_answer::<ReqwestTransport>().await;
    large_answer::<HyperTransport>().await;
}

/// A body of a length that nobody knows, which ends with an error if it is to.
fn unknown_length(fails: bool) -> Body {
    let pieces = BodyStream::unfold(0, move |sent| async move {
        match sent {
            0..3 => Ok(Some((Bytes::from_static(b"piece"), sent + 1))),
            _ if fails => Err(TransportError::new(TransportErrorKind::Source, Reach::NotSent, "the source dried up")),
            _ => Ok(None),
        }
    });
    Body::from_stream(None, pieces)
}

async fn chunked<T: Loopback>() {
    let (base_url, served) = counting(15 + 3 * 5 + 5, Arc::default());
    T::limited(1_000)
        .send(put(&base_url, unknown_length(false)))
        .await
        .unwrap();
    let head = served.join().unwrap();
    assert!(head.contains("transfer-encoding: chunked\r\n"), "{head}");
    assert!(!head.contains("content-length"), "{head}");
}

#[tokio::test]
async fn a_body_of_unknown_length_goes_in_chunks() {
    chunked::<ReqwestTransport>().await;
    chunked::<HyperTransport>().await;
}

async fn dried_up<T: Loopback>() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let mut received = Vec::new();
        // How the connection ends is the transport's business.
        let _ = listener.accept().unwrap().0.read_to_end(&mut received);
        received
    });
    let error = T::limited(1_000)
        .send(put(&base_url, unknown_length(true)))
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::Unknown));
    assert_eq!(error.to_string(), "the source dried up");
    let received = served.join().unwrap();
    assert!(!received.ends_with(b"0\r\n\r\n"), "the request looks whole");
}

#[tokio::test]
async fn a_source_that_fails_on_the_way_is_the_error() {
    dried_up::<ReqwestTransport>().await;
    dried_up::<HyperTransport>().await;
}

/// A server that answers before it has read the body, and then waits for the end of the connection.
async fn dried_up_after_the_answer<T: Loopback>(streams: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (fail, told) = tokio::sync::oneshot::channel();
    // As soon as the answer has begun, or when the caller has the beginning of it.
    let (server_s, caller_s) = if streams {
        (None, Some(fail))
    } else {
        (Some(fail), None)
    };
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 4096];
        assert!(stream.read(&mut head).unwrap() > 0);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf ")
            .unwrap();
        if let Some(fail) = server_s {
            let _ = fail.send(());
        }
        // How the connection ends is the transport's business.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let told = Arc::new(tokio::sync::Mutex::new(Some(told)));
    let pieces = BodyStream::unfold(0, move |sent| {
        let told = Arc::clone(&told);
        async move {
            if sent == 0 {
                return Ok(Some((Bytes::from_static(b"piece"), 1)));
            }
            if let Some(told) = told.lock().await.take() {
                told.await.unwrap();
            }
            Err(TransportError::new(TransportErrorKind::Source, Reach::NotSent, "the source dried up"))
        }
    });
    let body = Body::from_stream(None, pieces);
    let mut request = put(&base_url, body);
    if streams {
        request.extensions_mut().insert(StreamResponse);
    }
    let answer = T::limited(1_000).send(request).await;
    let error = match caller_s {
        Some(fail) => {
            let body = answer.unwrap().into_body();
            fail.send(()).unwrap();
            body.read(u64::MAX).await.unwrap_err()
        }
        None => answer.unwrap_err(),
    };
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Source, Reach::Unknown), "{error}");
    served.join().unwrap();
}

#[tokio::test]
async fn a_source_that_fails_when_the_answer_has_begun_is_the_error() {
    for streams in [false, true] {
        dried_up_after_the_answer::<ReqwestTransport>(streams).await;
        dried_up_after_the_answer::<HyperTransport>(streams).await;
    }
}
