//! Bytes that a well-behaved client does not send. Whatever comes, the server neither panics nor stops serving others.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]
#![cfg(feature = "http")]

mod common;

use std::{net::Ipv4Addr, time::Duration};

use common::{Answer, Ask, CHANNELS, MESSAGES, hello, noon, raw};
use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{Emulator, HttpServer, Seed, ServerTimeouts};
use proptest::{collection::vec, prelude::*, sample::select};
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

#[tokio::test]
async fn who_waits_to_be_let_in_is() {
    let world = start().await;
    let body = hello().to_string();
    let mut stream = world.connect().await;
    let head = publish(&format!("{}expect: 100-continue\r\n{CLOSE}", length(&body)), "");
    stream.write_all(&head).await.unwrap();
    let mut first = [0; 25];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(first, *b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.unwrap();
    assert_eq!(raw::read(&rest(&mut stream).await).status, 201);
}

#[tokio::test]
async fn who_has_said_all_and_listens_is_answered() {
    let world = start().await;
    let body = hello().to_string();
    for headers in [length(&body), format!("{}{CLOSE}", length(&body))] {
        let mut stream = world.connect().await;
        stream.write_all(&publish(&headers, &body)).await.unwrap();
        stream.shutdown().await.unwrap();
        assert_eq!(statuses(&rest(&mut stream).await), [201], "{headers:?}");
    }
}

#[tokio::test]
async fn who_is_slow_to_ask_is_hung_up_on_by_the_emulators_clock() {
    let world = start().await;
    let bytes = raw::write(Ask::publish(hello()), &world.emulator);
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    // Until the head or the body is too late, and with that the tick behind it.
    for (sent, patience) in [(1, 8), (head - 1, 8), (head, 20), (bytes.len() - 1, 20)] {
        let mut stream = world.connect().await;
        stream.write_all(&bytes[..sent]).await.unwrap();
        while world.clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        // Just in time.
        world
            .clock
            .advance(Duration::from_secs(patience) - Duration::from_millis(1));
        settle().await;
        let mut early = [0];
        assert!(stream.try_read(&mut early).is_err(), "{sent} bytes: hung up too early");
        while world.clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        world.clock.advance(Duration::from_secs(2));
        assert_eq!(rest(&mut stream).await, b"", "{sent} bytes");
        while world.clock.sleepers() > 0 {
            world.clock.advance(Duration::from_secs(2));
            settle().await;
        }
    }
    assert!(world.emulator.received().is_empty());
    world.is_well().await;
    // Nobody waits for whoever has asked for nothing yet, nor for whoever is done.
    let mut idle = world.connect().await;
    settle().await;
    assert_eq!(world.clock.sleepers(), 0);
    world.clock.advance(Duration::from_secs(3_600));
    let body = hello().to_string();
    for _ in 0..2 {
        idle.write_all(&publish(&length(&body), &body)).await.unwrap();
        let mut start = [0; 12];
        idle.read_exact(&mut start).await.unwrap();
        assert_eq!(start, *b"HTTP/1.1 201");
        // Of the rest of the answer, as much as there is.
        settle().await;
        let mut buffer = [0; 4_096];
        let _ = idle.try_read(&mut buffer);
        world.clock.advance(Duration::from_secs(3_600));
        settle().await;
    }
}

/// Lets the server do what it can do now.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let body = hello().to_string();
    let whole = publish(&length(&body), &body);
    let words = select(vec![
        "GET ",
        "POST ",
        "HTTP/1.1",
        "\r\n",
        "\r\n\r\n",
        ":",
        " ",
        "content-length: 5\r\n",
        "transfer-encoding: chunked\r\n",
        "0\r\n\r\n",
        "connection: close\r\n",
        "expect: 100-continue\r\n",
        AUTH,
        JSON,
        MESSAGES,
        "{}",
        "\0",
        "%",
    ]);
    prop_oneof![
        // A good request with some bytes of it changed, cut, or doubled.
        3 => (vec((0..whole.len(), any::<u8>()), 0..4), 0..=whole.len(), 1..3_usize).prop_map(move |(changes, end, times)| {
            let mut bytes = whole.clone();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            bytes.truncate(end);
            bytes.repeat(times)
        }),
        1 => vec(words, 0..30).prop_map(|words| words.concat().into_bytes()),
        1 => vec(any::<u8>(), 0..300),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_stop_the_server(connections in vec(pieces(), 1..4)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let world = start().await;
            for bytes in connections {
                let mut stream = world.connect().await;
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                let answer = rest(&mut stream).await;
                assert!(!answer.windows(12).any(|window| window == b"HTTP/1.1 500"), "{bytes:?}");
            }
            world.is_well().await;
            world.server.shutdown().await.unwrap();
        });
    }
}
