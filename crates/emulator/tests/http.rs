//! What only a socket can show.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]
#![cfg(feature = "http")]

mod common;

use std::io;

use common::{Answer, Ask, MESSAGES, hello, hello_with, raw};
use http::StatusCode;
use hubchannel_emulator::{Emulator, Fault, HttpServer};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn start() -> (Emulator, HttpServer) {
    let emulator = Emulator::new();
    let server = HttpServer::start(emulator.clone()).await.unwrap();
    (emulator, server)
}

async fn ask(server: &HttpServer, bytes: &[u8]) -> Answer {
    raw::read(&raw::exchange(server, bytes).await.unwrap())
}

/// What comes over a connection until it ends, however it ends.
async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    bytes
}

#[tokio::test]
async fn the_server_listens_on_loopback_and_says_where() {
    let (_, server) = start().await;
    assert!(server.address().ip().is_loopback());
    assert_eq!(server.base_url().as_str(), format!("http://{}", server.address()));
}

#[tokio::test]
async fn requests_are_recorded_as_they_came() {
    let (emulator, server) = start().await;
    let request = Ask::publish(hello()).header("x-mine", "a  b");
    let body = request.body.clone();
    let mut bytes = raw::write(request, &emulator);
    let place = bytes.windows(5).position(|window| window == b" HTTP").unwrap();
    bytes.splice(place..place, *b"?a=%2F&b");
    assert_eq!(ask(&server, &bytes).await.status, 201);
    let received = emulator.received();
    let [request] = received.as_slice() else {
        panic!("{received:?}")
    };
    assert_eq!(request.method, "POST");
    assert_eq!(request.path_and_query, format!("{MESSAGES}?a=%2F&b"));
    assert_eq!(request.headers["x-mine"], "a  b");
    assert_eq!(request.headers["authorization"], "Bearer emulated-access-token");
    assert_eq!(request.body, body);
    assert_eq!(request.answered, Some(StatusCode::CREATED));
    let shown = format!("{received:?} {emulator:?} {server:?}");
    assert!(!shown.contains("emulated-access-token") && !shown.contains("%2F"), "{shown}");
}

#[tokio::test]
async fn a_dropped_connection_shows_no_answer() {
    let (emulator, server) = start().await;
    let bytes = raw::write(Ask::publish(hello()), &emulator);
    for (fault, messages, received) in [
        (Fault::RefuseConnection, 0, 0),
        (Fault::DropBeforeEffect, 0, 1),
        (Fault::DropAfterEffect, 1, 2),
    ] {
        emulator.fail_next(fault);
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        assert_eq!(rest(stream).await, b"");
        assert_eq!(emulator.messages().len(), messages);
        assert_eq!(emulator.received().len(), received);
    }
    assert_eq!(ask(&server, &bytes).await.status, 201);
}

#[tokio::test]
async fn an_answer_on_demand_comes_as_it_was_made() {
    let (emulator, server) = start().await;
    let mut answer = http::Response::new("<title>502 Bad Gateway</title>".into());
    *answer.status_mut() = StatusCode::BAD_GATEWAY;
    answer
        .headers_mut()
        .insert("content-type", "text/html".parse().unwrap());
    emulator.fail_next(Fault::AnswerAfterEffect(answer));
    let answer = ask(&server, &raw::write(Ask::publish(hello()), &emulator)).await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.header("content-type"), "text/html");
    assert_eq!(answer.body, b"<title>502 Bad Gateway</title>");
    assert_eq!(emulator.messages().len(), 1);
}

#[tokio::test]
async fn a_silent_server_keeps_the_connection_until_it_stops() {
    let (emulator, server) = start().await;
    let bytes = raw::write(Ask::publish(hello()), &emulator);
    emulator.fail_next(Fault::SilenceAfterEffect);
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(&bytes).await.unwrap();
    // Another connection is served meanwhile, which also shows that the first request has been taken in.
    while emulator.pending_faults() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask(&server, &bytes).await.status, 201);
    assert_eq!(emulator.messages().len(), 2);
    assert_eq!(stream.try_read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    server.shutdown().await.unwrap();
    assert_eq!(rest(stream).await, b"");
}

#[tokio::test]
async fn whoever_asks_half_a_question_does_not_hold_up_the_end() {
    let (emulator, server) = start().await;
    let bytes = raw::write(Ask::publish(hello()), &emulator);
    let mut streams = Vec::new();
    // Nothing, half a head, and half a body.
    for length in [0, 30, bytes.len() - 10] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(&bytes[..length]).await.unwrap();
        streams.push(stream);
    }
    assert_eq!(ask(&server, &bytes).await.status, 201);
    let address = server.address();
    server.shutdown().await.unwrap();
    for stream in streams {
        assert!(!rest(stream).await.starts_with(b"HTTP/1.1 2"));
    }
    assert!(TcpStream::connect(address).await.is_err());
    assert_eq!(emulator.received().len(), 1);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_request() {
    let (emulator, server) = start().await;
    emulator.fail_next(Fault::DropBeforeEffect);
    let bytes = raw::write(Ask::publish(hello()), &emulator);
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(&bytes[..bytes.len() - 1]).await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(rest(stream).await, b"");
    assert!(emulator.received().is_empty());
    assert_eq!(emulator.pending_faults(), 1);
}

#[tokio::test]
async fn a_server_stops_when_it_is_dropped() {
    let (_, server) = start().await;
    let stream = TcpStream::connect(server.address()).await.unwrap();
    drop(server);
    assert_eq!(rest(stream).await, b"");
}

#[tokio::test]
async fn a_connection_carries_many_requests() {
    let (emulator, server) = start().await;
    let request = raw::write(Ask::publish(hello()), &emulator);
    let request = String::from_utf8(request).unwrap().replace("connection: close\r\n", "");
    let last = raw::write(Ask::publish(hello()), &emulator);
    let bytes = [request.as_bytes(), request.as_bytes(), &last].concat();
    let answers = String::from_utf8(raw::exchange(&server, &bytes).await.unwrap()).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 201 Created").count(), 3);
    assert_eq!(emulator.messages().len(), 3);
}

#[tokio::test]
async fn a_body_in_pieces_is_put_together() {
    let (emulator, server) = start().await;
    let body = hello().to_string();
    let (first, second) = body.split_at(50);
    let bytes = format!(
        "POST {MESSAGES} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\
         authorization: Bearer emulated-access-token\r\ncontent-type: application/json\r\n\r\n\
         {:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len(),
    );
    assert_eq!(ask(&server, bytes.as_bytes()).await.status, 201);
    assert_eq!(emulator.received()[0].body, body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_connections_at_once_lose_nothing() {
    let (emulator, server) = start().await;
    let server = std::sync::Arc::new(server);
    let tasks: Vec<_> = (0..60)
        .map(|number| {
            // Every key comes three times.
            let body = hello_with(json!({"integrationIdempotencyId": format!("k{}", number / 3)}));
            let bytes = raw::write(Ask::publish(body), &emulator);
            let server = server.clone();
            tokio::spawn(async move { ask(&server, &bytes).await.status })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 201);
    }
    assert_eq!(emulator.messages().len(), 20);
    assert_eq!(emulator.received().len(), 60);
}
