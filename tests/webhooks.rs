//! Agents' replies through a real server, byte by byte as HubSpot sends them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{FromRef, State},
    http::Method,
    routing::post,
};
use hubchannel::{
    model::{ChannelEvent, ChannelEvents, ConversationEvents},
    webhook::{
        AgentReply, Answer, Begin, Delivered, Deliveries, DeliveryKey, MemoryDeliveryStore, Receiver, RefusalKind,
        Signer, Verified, Verifier, VerifyLayer,
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A request that was signed elsewhere: the secret of HubSpot's examples, an address with escapes, a body with letters
/// beyond ASCII.
const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
const TARGET: &str = "/hubspot/events?tenant=acme%3Aeu%2Fwest&mail=ops%40example.com&q=a%2Bb%20c%26d%25";
const SIGNED: &str = "x-hubspot-signature-v3: GnewxRGy0ouo613qWpJQdzr9EOK8fbnQloeEwltgHlE=\r\n\
    x-hubspot-request-timestamp: 1700000000000\r\n";
const BODY: &str = concat!(
    r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"62515","channelId":"365015","eventId":"evt-1","#,
    r#""channelIntegrationThreadIds":["thread-1"],"message":{"id":"msg-1","type":"MESSAGE","text":"Grüße 👋"}}"#,
);

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_001_000)
}

/// A bridge, and what it has seen.
#[derive(Clone)]
struct Bridge {
    receiver: Receiver,
    deliveries: Deliveries,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    texts: Mutex<Vec<String>>,
    refusals: Mutex<Vec<(RefusalKind, String)>>,
    refused: AtomicUsize,
    /// The outside service is out of order.
    fails: AtomicBool,
}

impl FromRef<Bridge> for Receiver {
    fn from_ref(bridge: &Bridge) -> Receiver {
        bridge.receiver.clone()
    }
}

impl Bridge {
    fn new() -> Self {
        Bridge::keeping(MemoryDeliveryStore::new())
    }

    fn keeping(store: MemoryDeliveryStore) -> Self {
        let verifier = Verifier::new(SECRET).public_url("https://bridge.example.com".parse().unwrap());
        let seen = Arc::new(Seen::default());
        let told = Arc::clone(&seen);
        let receiver = Receiver::new(verifier, now)
            .body_limit(4096)
            .on_refusal(move |refused| {
                let explanation = refused.explain().map(|explanation| explanation.to_string());
                let shown = explanation.unwrap_or_else(|| refused.to_string());
                told.refusals.lock().unwrap().push((refused.refusal().kind(), shown));
                told.refused.fetch_add(1, Ordering::Relaxed);
            });
        Bridge {
            receiver,
            deliveries: Deliveries::new(store),
            seen,
        }
    }

    fn refusals(&self) -> Vec<(RefusalKind, String)> {
        self.seen.refusals.lock().unwrap().clone()
    }

    fn texts(&self) -> Vec<String> {
        self.seen.texts.lock().unwrap().clone()
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/hubspot/events", post(hook))
            .route("/hubspot/subscriptions", post(subscriptions))
            .with_state(self.clone())
    }
}

async fn hook(State(bridge): State<Bridge>, Delivered(events): Delivered<ChannelEvents>) -> Answer {
    for event in &events {
        match bridge.deliveries.begin(DeliveryKey::of(event), now()).await {
            Ok(Begin::New(mut delivery)) => {
                if !deliver(&bridge, event) {
                    // Where this fails, others wait until the lease is over.
                    let _ = delivery.release(now()).await;
                    return Answer::ComeAgain;
                }
                if delivery.complete(now()).await.is_err() {
                    return Answer::ComeAgain;
                }
            }
            Ok(Begin::Complete) => {}
            _ => return Answer::ComeAgain,
        }
    }
    Answer::Done
}

/// Passes a message on to the outside service, unless that is out of order.
fn deliver(bridge: &Bridge, event: &ChannelEvent) -> bool {
    if bridge.seen.fails.load(Ordering::Relaxed) {
        return false;
    }
    let text = AgentReply::of(event).and_then(|reply| reply.text());
    let mut texts = bridge.seen.texts.lock().unwrap();
    texts.push(text.unwrap_or("no reply").to_owned());
    true
}

async fn subscriptions(State(bridge): State<Bridge>, Delivered(events): Delivered<ConversationEvents>) -> Answer {
    let statuses = events.iter().filter_map(|event| event.as_conversation()?.new_status());
    let mut texts = bridge.seen.texts.lock().unwrap();
    texts.extend(statuses.map(|status| status.to_string()));
    Answer::Done
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Sends pieces one after the other, and reads until the server closes the connection.
async fn send_pieces(address: SocketAddr, pieces: impl IntoIterator<Item = &[u8]>) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in pieces {
        // Where the server has answered already, it need not read on.
        if stream.write_all(piece).await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

async fn send(address: SocketAddr, request: &[u8]) -> u16 {
    status(&send_pieces(address, [request]).await)
}

fn status(answer: &str) -> u16 {
    answer
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .unwrap_or_else(|| panic!("no status in {answer:?}"))
}

fn request(target: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

/// The headers of a request to this address, signed here.
fn sign(secret: &str, url: &str, body: &str) -> String {
    let headers = Signer::new(secret).sign(&Method::POST, url, body, now());
    let line = |(name, value): (&_, &axum::http::HeaderValue)| format!("{name}: {}\r\n", value.to_str().unwrap());
    headers.iter().map(line).collect()
}

#[tokio::test]
async fn a_reply_signed_elsewhere_comes_in_however_it_is_cut() {
    let whole = request(TARGET, SIGNED, BODY);
    let head = String::from_utf8(request(TARGET, SIGNED, "")).unwrap();
    let mut chunked = head
        .replace("Content-Length: 0", "Transfer-Encoding: chunked")
        .into_bytes();
    for piece in BODY.as_bytes().chunks(7) {
        chunked.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        chunked.extend_from_slice(piece);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let absolute = request(&format!("http://elsewhere.example{TARGET}"), SIGNED, BODY);

    for bytes in [&whole, &chunked, &absolute] {
        for size in [bytes.len(), 1, 13] {
            let bridge = Bridge::new();
            let address = serve(bridge.router()).await;
            let answer = send_pieces(address, bytes.chunks(size)).await;
            assert_eq!(status(&answer), 204, "{answer} {:?}", bridge.refusals());
            assert_eq!(bridge.texts(), ["Grüße 👋"]);
        }
    }
}

#[tokio::test]
async fn a_nested_router_verifies_the_whole_address() {
    let bridge = Bridge::new();
    let inner = Router::new().route("/events", post(hook)).with_state(bridge.clone());
    let layered = Router::new()
        .route("/events", post(behind_the_layer))
        .layer(VerifyLayer::new(bridge.receiver.clone()));
    let router = Router::new().nest("/hubspot", inner).nest("/layered/hubspot", layered);
    let address = serve(router).await;
    assert_eq!(send(address, &request(TARGET, SIGNED, BODY)).await, 204, "{:?}", bridge.refusals());

    let target = format!("/layered{TARGET}");
    let headers = sign(SECRET, &format!("https://bridge.example.com{target}"), BODY);
    assert_eq!(send(address, &request(&target, &headers, BODY)).await, 200, "{:?}", bridge.refusals());
    assert_eq!(send(address, &request(&target, SIGNED, BODY)).await, 401);
}

/// Has the same bytes twice: verified, and as the body.
async fn behind_the_layer(Extension(verified): Extension<Verified>, body: Bytes) -> String {
    assert_eq!(verified.body(), &body);
    verified.parse().unwrap()[0].kind().unwrap().to_owned()
}

#[tokio::test]
async fn a_layer_lets_only_verified_requests_through() {
    let bridge = Bridge::new();
    let router = Router::new()
        .route("/hubspot/events", post(behind_the_layer))
        .layer(VerifyLayer::new(bridge.receiver.clone()));
    let address = serve(router).await;
    let answer = send_pieces(address, [&*request(TARGET, SIGNED, BODY)]).await;
    assert!(answer.ends_with("\r\n\r\nOUTGOING_CHANNEL_MESSAGE_CREATED"), "{answer}");

    let answer = send_pieces(address, [&*request(TARGET, "", BODY)]).await;
    assert_eq!(status(&answer), 401);
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    assert_eq!(bridge.refusals()[0].0, RefusalKind::Rejected);
}

#[tokio::test]
async fn what_is_refused_is_told_to_the_developer_and_not_to_the_caller() {
    let bridge = Bridge::new();
    let address = serve(bridge.router()).await;
    let written_anew = BODY.replace("\":", "\": ");
    let answer = send_pieces(address, [&*request(TARGET, SIGNED, &written_anew)]).await;
    assert_eq!(status(&answer), 401);
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "");
    let (kind, told) = &bridge.refusals()[0];
    assert_eq!(*kind, RefusalKind::Rejected);
    assert!(told.contains("read as JSON and written again"), "{told}");
    assert!(bridge.texts().is_empty());
}

#[tokio::test]
async fn odd_headers_on_the_wire_are_refused() {
    let bridge = Bridge::new();
    let address = serve(bridge.router()).await;
    let good = String::from_utf8(request(TARGET, SIGNED, BODY)).unwrap();
    let (signature, time) = SIGNED.split_once("\r\n").unwrap();
    for (from, to) in [
        (SIGNED, format!("{SIGNED}{signature}\r\n")),
        (SIGNED, format!("{SIGNED}{time}")),
        (SIGNED, SIGNED.replace("HlE=", "HlI=")),
        (SIGNED, SIGNED.replace("1700000000000", "1700000000001")),
        (SIGNED, SIGNED.replace("1700000000000", "01700000000000")),
        ("POST", "PUT".to_owned()),
        ("%3A", "%253A".to_owned()),
        ("%2B", "+".to_owned()),
        ("/hubspot/events", "/hubspot/events/".to_owned()),
    ] {
        let answer = send(address, good.replacen(from, &to, 1).as_bytes()).await;
        assert!(matches!(answer, 401 | 404 | 405), "{to} {answer}");
    }
    let mut binary = good.replace("GnewxRGy", "GnewxRG\0").into_bytes();
    let at = binary.iter().position(|byte| *byte == 0).unwrap();
    binary[at] = 0xff;
    assert_eq!(send(address, &binary).await, 401);
    assert!(bridge.texts().is_empty());
    // What HubSpot decodes may be sent decoded.
    assert_eq!(send(address, good.replacen("%3A", ":", 1).as_bytes()).await, 204);
}

#[tokio::test]
async fn long_bodies_are_not_read_and_broken_ones_are_no_deliveries() {
    let bridge = Bridge::new();
    let address = serve(bridge.router()).await;
    let long = "a".repeat(5000);
    assert_eq!(send(address, &request(TARGET, SIGNED, &long)).await, 413);
    let head = String::from_utf8(request(TARGET, SIGNED, "")).unwrap();
    let chunked = head.replace("Content-Length: 0", "Transfer-Encoding: chunked");
    let chunks = format!("{chunked}1000\r\n{}\r\n1\r\na\r\n0\r\n\r\n", &long[..4096]);
    assert_eq!(send(address, chunks.as_bytes()).await, 413);

    // The answer comes although the body never does: without a signature nobody waits for it.
    let unsigned = head
        .replace(SIGNED, "")
        .replace("Content-Length: 0", "Content-Length: 1000");
    assert_eq!(send(address, unsigned.as_bytes()).await, 401);

    let broken = head.replace("Content-Length: 0", "Content-Length: 1000");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(broken.as_bytes()).await.unwrap();
    stream.write_all(BODY.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
    while bridge.seen.refused.load(Ordering::Relaxed) < 4 {
        tokio::task::yield_now().await;
    }
    let kinds: Vec<_> = bridge.refusals().into_iter().map(|(kind, _)| kind).collect();
    let too_large = RefusalKind::TooLarge;
    assert_eq!(kinds, [too_large, too_large, RefusalKind::Rejected, RefusalKind::Incomplete]);
    assert!(bridge.texts().is_empty());
}

#[tokio::test]
async fn what_is_signed_and_cannot_be_read_is_said_to_be_so() {
    let bridge = Bridge::new();
    let address = serve(bridge.router()).await;
    let url = "https://bridge.example.com/hubspot/events";
    for body in ["", "{", "hello"] {
        let request = request("/hubspot/events", &sign(SECRET, url, body), body);
        assert_eq!(send(address, &request).await, 400);
    }
    let kinds: Vec<_> = bridge.refusals().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [RefusalKind::Unreadable; 3]);
    for body in ["[]", "{}", r#"{"type":"NEW"}"#] {
        let request = request("/hubspot/events", &sign(SECRET, url, body), body);
        assert_eq!(send(address, &request).await, 204);
    }
}

#[tokio::test]
async fn a_reply_that_failed_comes_again_and_one_that_is_done_does_nothing() {
    let bridge = Bridge::new();
    let address = serve(bridge.router()).await;
    let delivery = request(TARGET, SIGNED, BODY);
    bridge.seen.fails.store(true, Ordering::Relaxed);
    assert_eq!(send(address, &delivery).await, 503);
    bridge.seen.fails.store(false, Ordering::Relaxed);
    assert_eq!(send(address, &delivery).await, 204);
    assert_eq!(send(address, &delivery).await, 204);
    assert_eq!(bridge.texts(), ["Grüße 👋"]);
}

#[tokio::test]
async fn two_processes_with_one_store_do_a_reply_once() {
    let store = MemoryDeliveryStore::new();
    let (one, other) = (Bridge::keeping(store.clone()), Bridge::keeping(store));
    let (one_address, other_address) = (serve(one.router()).await, serve(other.router()).await);
    let delivery = request(TARGET, SIGNED, BODY);
    one.seen.fails.store(true, Ordering::Relaxed);
    assert_eq!(send(one_address, &delivery).await, 503);
    // What one has released, the other does at once; and then neither.
    assert_eq!(send(other_address, &delivery).await, 204);
    one.seen.fails.store(false, Ordering::Relaxed);
    assert_eq!(send(one_address, &delivery).await, 204);
    assert_eq!((one.texts().len(), other.texts().len()), (0, 1));
}

#[tokio::test]
async fn a_closed_conversation_comes_in_by_a_subscription() {
    let bridge = Bridge::new();
    let address = serve(bridge.router()).await;
    let body = r#"[{"eventId":101,"subscriptionType":"conversation.propertyChange","objectId":19615248623,
        "propertyName":"status","propertyValue":"CLOSED","occurredAt":1700000000000,"attemptNumber":0}]"#;
    let headers = sign(SECRET, "https://bridge.example.com/hubspot/subscriptions", body);
    assert_eq!(send(address, &request("/hubspot/subscriptions", &headers, body)).await, 204);
    assert_eq!(bridge.texts(), ["CLOSED"]);
}
