//! Clients that wait, that only listen, or that take their time.

use std::time::Duration;

use hubchannel_emulator::Fault;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    CLOSE, World,
    common::{Ask, MESSAGES, hello, raw},
    length, publish, rest, start, statuses,
};

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

/// A request whose answer is late by a second, and of which the client has said all and listens.
async fn half_closed(world: &World, fault: Fault, pieces: &[&[u8]]) -> TcpStream {
    world.emulator.fail_next(fault);
    let mut stream = world.connect().await;
    stream.set_nodelay(true).unwrap();
    for piece in pieces {
        stream.write_all(piece).await.unwrap();
        settle().await;
    }
    stream.shutdown().await.unwrap();
    stream
}

#[tokio::test]
async fn who_has_said_all_and_listens_is_answered_though_late() {
    let world = start().await;
    let whole = raw::write(Ask::publish(hello()), &world.emulator);
    let head = whole.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let read = raw::write(Ask::get(format!("{MESSAGES}/5c1f")), &world.emulator);
    let second = Duration::from_secs(1);
    for (pieces, status) in [
        (&[&whole[..]][..], 201),
        (&[&whole[..head], &whole[head..]], 201),
        (&[&whole[..head], &whole[head..head + 5], &whole[head + 5..]], 201),
        (&[&read[..]], 404),
    ] {
        world.emulator.clear_received();
        let mut stream = half_closed(&world, Fault::DelayAfterEffect(second), pieces).await;
        while world.clock.sleepers() == 0 || world.emulator.received().is_empty() {
            tokio::task::yield_now().await;
        }
        settle().await;
        let mut early = [0];
        let error = stream.try_read(&mut early).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "answered too early");
        world.clock.advance(second);
        assert_eq!(raw::read(&rest(&mut stream).await).status, status, "{} pieces", pieces.len());
    }
    assert_eq!(world.emulator.messages().len(), 3);
}

#[tokio::test]
async fn who_has_said_all_before_the_effect_of_what_is_delayed_has_hung_up() {
    let world = start().await;
    let whole = raw::write(Ask::publish(hello()), &world.emulator);
    for fault in [
        Fault::DelayBeforeEffect(Duration::from_secs(1)),
        Fault::SilenceBeforeEffect,
    ] {
        let mut stream = half_closed(&world, fault, &[&whole]).await;
        assert_eq!(rest(&mut stream).await, b"");
    }
    world.clock.advance(Duration::from_secs(60));
    settle().await;
    assert!(world.emulator.messages().is_empty());
    assert_eq!(world.emulator.received().len(), 2);
    world.is_well().await;
}

#[tokio::test]
async fn who_breaks_off_within_a_body_is_not_waited_for() {
    let world = start().await;
    let whole = raw::write(Ask::publish(hello()), &world.emulator);
    let fault = Fault::DelayAfterEffect(Duration::from_secs(1));
    let mut stream = half_closed(&world, fault, &[&whole[..whole.len() - 1]]).await;
    assert_eq!(rest(&mut stream).await, b"");
    assert!(world.emulator.received().is_empty());
}

/// Lets the server do what it can do now.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}
