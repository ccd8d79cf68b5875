//! Bytes that a well-behaved client does not send. Whatever comes, the server neither panics nor stops serving others.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]
#![cfg(feature = "http")]

mod any_bytes;
#[path = "../common/mod.rs"]
mod common;
mod waiting;

use std::{net::Ipv4Addr, time::Duration};

use common::{Answer, Ask, CHANNELS, MESSAGES, hello, noon, raw};
use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{Emulator, HttpServer, Seed, ServerTimeouts};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const AUTH: &str = "authorization: Bearer emulated-access-token\r\n";

const JSON: &str = "content-type: application/json\r\n";

struct World {
    emulator: Emulator,
    server: HttpServer,
    clock: ManualClock,
}

async fn start() -> World {
    let clock = ManualClock::new(noon());
    let emulator = Emulator::with_seed(Seed::default().with_clock(clock.clone()).without_rate_limits());
    let timeouts = ServerTimeouts::default()
        .set_head(Duration::from_secs(8))
        .set_body(Duration::from_secs(20));
    let address = (Ipv4Addr::LOCALHOST, 0);
    let server = HttpServer::bind_with(emulator.clone(), address, timeouts)
        .await
        .unwrap();
    World {
        emulator,
        server,
        clock,
    }
}

impl World {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.server.address()).await.unwrap()
    }

    /// All that comes back for these bytes until the server closes, however it does. The client goes on to listen.
    async fn send(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect().await;
        // The server may hang up before it has read everything.
        let _ = stream.write_all(bytes).await;
        rest(&mut stream).await
    }

    /// The statuses of the answers to these bytes.
    async fn statuses(&self, bytes: &[u8]) -> Vec<u16> {
        statuses(&self.send(bytes).await)
    }

    async fn one(&self, bytes: &[u8]) -> Answer {
        raw::read(&self.send(bytes).await)
    }

    /// Fails unless others are still served.
    #[track_caller]
    fn is_well(&self) -> impl Future<Output = ()> {
        let bytes = raw::write(Ask::get(format!("{MESSAGES}/5c1f")), &self.emulator);
        let place = std::panic::Location::caller();
        async move { assert_eq!(self.one(&bytes).await.status, 404, "at {place}") }
    }
}

async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

fn statuses(bytes: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(bytes);
    let heads = text.split("HTTP/1.1 ").skip(1);
    heads.map(|head| head[..3].parse().unwrap()).collect()
}

/// A publish with these headers besides, and this body as it is.
fn publish(headers: &str, body: &str) -> Vec<u8> {
    format!("POST {MESSAGES} HTTP/1.1\r\nhost: localhost\r\n{AUTH}{JSON}{headers}\r\n{body}").into_bytes()
}

fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{AUTH}{headers}\r\n").into_bytes()
}

const CLOSE: &str = "connection: close\r\n";

fn length(body: &str) -> String {
    format!("content-length: {}\r\n", body.len())
}

#[tokio::test]
async fn requests_in_one_stream_are_answered_in_their_order() {
    let world = start().await;
    let body = hello().to_string();
    let bytes = [
        publish(&length(&body), &body),
        get("/nowhere", ""),
        publish("transfer-encoding: chunked\r\n", &format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())),
        get(&format!("{MESSAGES}/5c1f"), ""),
        publish(&length("{}"), "{}"),
        get(CHANNELS, CLOSE),
    ]
    .concat();
    assert_eq!(world.statuses(&bytes).await, [201, 404, 201, 404, 400, 403]);
    assert_eq!(world.emulator.messages().len(), 2);
    // The same byte by byte.
    let mut stream = world.connect().await;
    stream.set_nodelay(true).unwrap();
    for byte in &bytes {
        stream.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(statuses(&rest(&mut stream).await), [201, 404, 201, 404, 400, 403]);
}

#[tokio::test]
async fn chunks_of_every_shape_make_one_body() {
    let world = start().await;
    let body = hello().to_string();
    let chunks: String = body
        .chars()
        .map(|letter| format!("1;name=\"value\"\r\n{letter}\r\n"))
        .collect();
    let headers = format!("transfer-encoding: chunked\r\n{CLOSE}");
    let bytes = publish(&headers, &format!("{chunks}0\r\nx-trailer: 1\r\n\r\n"));
    assert_eq!(world.one(&bytes).await.status, 201);
    assert_eq!(world.emulator.received()[0].body, body);
    for wrong in [
        "x\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}}\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n{}",
        "-1\r\n",
        "2\r\n{}0\r\n\r\n",
    ] {
        assert!(!world.statuses(&publish(&headers, wrong)).await.contains(&201), "{wrong:?}");
        world.is_well().await;
    }
    assert_eq!(world.emulator.messages().len(), 1);
}

#[tokio::test]
async fn lengths_that_are_none_are_refused() {
    let world = start().await;
    for wrong in [
        "-1",
        "x",
        "",
        "1e3",
        "+2",
        "0x2",
        "2, 3",
        "99999999999999999999",
        "2\r\ncontent-length: 3",
    ] {
        let bytes = publish(&format!("content-length: {wrong}\r\n"), "{}");
        assert_eq!(world.statuses(&bytes).await, [400], "{wrong:?}");
    }
    world.is_well().await;
    assert_eq!(world.emulator.received().len(), 1, "nothing of it was taken for a request");
}

#[tokio::test]
async fn a_request_hidden_behind_two_lengths_is_none() {
    let world = start().await;
    let hidden = String::from_utf8(get("/hidden", CLOSE)).unwrap();
    let chunked = format!("0\r\n\r\n{hidden}");
    let lengths = format!("content-length: {}\r\n", chunked.len());
    for headers in [
        format!("{lengths}transfer-encoding: chunked\r\n"),
        format!("transfer-encoding: chunked\r\n{lengths}"),
        format!("transfer-encoding: chunked, identity\r\n{lengths}"),
        format!("transfer-encoding: xchunked\r\n{lengths}"),
        format!("transfer-encoding : chunked\r\n{lengths}"),
        format!("transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n{lengths}"),
    ] {
        world.emulator.clear_received();
        world.send(&publish(&headers, &chunked)).await;
        let received = world.emulator.received();
        let hidden = received.iter().any(|request| request.path_and_query.contains("hidden"));
        assert!(!hidden, "{headers:?}");
        world.is_well().await;
    }
}

#[tokio::test]
async fn heads_without_measure_are_refused() {
    let world = start().await;
    let long = "a".repeat(2_000_000);
    let many: String = (0..20_000).map(|number| format!("x-{number}: 1\r\n")).collect();
    for bytes in [
        get("/", &format!("x-long: {long}\r\n")),
        get(&format!("/{long}"), ""),
        get("/", &many),
        get("/", &format!("{long}: 1\r\n")),
    ] {
        let answered = world.statuses(&bytes).await;
        assert!(answered.is_empty() || matches!(answered[..], [400..=499]), "{answered:?}");
        world.is_well().await;
    }
    // Fifty headers, or one of 50 KB, are nothing special.
    let some: String = (0..50).map(|number| format!("x-{number}: 1\r\n")).collect();
    let large = format!("x-large: {}\r\n", "a".repeat(50_000));
    for headers in [some, large] {
        let bytes = get(&format!("{MESSAGES}/5c1f"), &format!("{headers}{CLOSE}"));
        assert_eq!(world.one(&bytes).await.status, 404);
    }
}

#[tokio::test]
async fn what_is_no_http_is_no_request() {
    let world = start().await;
    for bytes in [
        &b"\r\n\r\n\r\n"[..],
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / / HTTP/1.1\r\n\r\n",
        b"G\xffT / HTTP/1.1\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nx: a\0b\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let mut stream = world.connect().await;
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let answered = statuses(&rest(&mut stream).await);
        assert!(answered.is_empty() || matches!(answered[..], [400..=599]), "{bytes:?}: {answered:?}");
        world.is_well().await;
    }
}

#[tokio::test]
async fn every_way_to_write_an_address_leads_to_the_operation() {
    let world = start().await;
    let path = format!("{MESSAGES}/5c1f");
    for target in [
        format!("http://{}{path}", world.server.address()),
        format!("https://api.hubapi.com{path}"),
        format!("{path}?a=b#c"),
        format!("{path}/"),
    ] {
        let answer = world.one(&get(&target, CLOSE)).await;
        assert_eq!((answer.status, &answer.error()["context"]["messageId"][0]), (404, &"5c1f".into()), "{target}");
    }
    for (target, status) in [
        ("*", 404),
        ("http://localhost", 404),
        ("//", 404),
        ("/%", 404),
        ("/%ff%00", 404),
    ] {
        let answer = world.one(&get(target, CLOSE)).await;
        assert_eq!(answer.status, status, "{target}");
        assert!(answer.header("content-type").starts_with("text/html"), "{target}");
    }
}

#[tokio::test]
async fn wrong_verbs_and_routes_get_pages() {
    let world = start().await;
    for verb in ["DELETE", "PUT", "OPTIONS", "TRACE", "PROPFIND", "X"] {
        let bytes = format!("{verb} {MESSAGES} HTTP/1.1\r\nhost: localhost\r\n{AUTH}{CLOSE}\r\n");
        let answer = world.one(bytes.as_bytes()).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{verb}");
        assert!(answer.header("content-type").starts_with("text/html"), "{verb}");
    }
    // The answer to HEAD says how long the page would be, and has none.
    let head = format!("HEAD {MESSAGES} HTTP/1.1\r\nhost: localhost\r\n{AUTH}{CLOSE}\r\n");
    let answer = String::from_utf8(world.send(head.as_bytes()).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 ") && answer.ends_with("\r\n\r\n"), "{answer}");
    let connect = b"CONNECT localhost:80 HTTP/1.1\r\nhost: localhost:80\r\nconnection: close\r\n\r\n";
    assert_eq!(world.statuses(connect).await, [404]);
    world.is_well().await;
}

#[tokio::test]
async fn bodies_must_be_json_and_say_so() {
    let world = start().await;
    let body = hello().to_string();
    let post = |kind: &str, body: &[u8]| {
        let head = format!("POST {MESSAGES} HTTP/1.1\r\nhost: localhost\r\n{AUTH}{kind}{CLOSE}");
        [format!("{head}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
    };
    for kind in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "\u{e9}",
        "json",
        "*/*",
    ] {
        let kind = if kind.is_empty() {
            String::new()
        } else {
            format!("content-type: {kind}\r\n")
        };
        assert_eq!(world.one(&post(&kind, body.as_bytes())).await.status, 415, "{kind:?}");
    }
    for kind in ["application/json;charset=utf-8", "Application/JSON"] {
        let kind = format!("content-type: {kind}\r\n");
        assert_eq!(world.one(&post(&kind, body.as_bytes())).await.status, 201, "{kind:?}");
    }
    let cut = &body.as_bytes()[..body.len() - 1];
    for body in [
        &b""[..],
        b"\xff\xfe{",
        b"{\"text\":\"\xc3\"}",
        b"null",
        b"[]",
        b"\0",
        b"\xef\xbb\xbf{}",
        cut,
    ] {
        let answer = world.one(&post(JSON, body)).await;
        assert_eq!((answer.status, &answer.error()["status"]), (400, &"error".into()), "{body:?}");
    }
    let deep = "[".repeat(200_000);
    assert_eq!(world.one(&post(JSON, deep.as_bytes())).await.status, 400);
    world.is_well().await;
}

#[tokio::test]
async fn bodies_without_measure_are_turned_down() {
    let world = start().await;
    const LIMIT: usize = 4 * 1024 * 1024;
    for (size, status) in [(LIMIT, 400), (LIMIT + 1, 413), (2 * LIMIT, 413)] {
        let body = "a".repeat(size);
        let bytes = publish(&format!("{}{CLOSE}", length(&body)), &body);
        assert_eq!(world.one(&bytes).await.status, status, "{size}");
    }
    // Who announces more than the server ever reads on gets an answer or is hung up on, and holds nobody up.
    let mut stream = world.connect().await;
    let head = publish("content-length: 1000000000000\r\n", "");
    stream.write_all(&head).await.unwrap();
    let piece = vec![b'a'; 1 << 20];
    while stream.write_all(&piece).await.is_ok() {}
    world.is_well().await;
    assert!(world.emulator.messages().is_empty());
}
