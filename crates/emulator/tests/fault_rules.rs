//! Requests that go wrong by rule.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use common::{Ask, Bench, CHANNELS, MESSAGES, hello, in_process, noon, try_in_process};
use http::{Method, StatusCode};
use hubchannel_api::{
    CreateChannel, GetMessage, ListChannels, PublishMessage, Reach, TransportErrorKind, clock::ManualClock,
};
use hubchannel_emulator::{Emulator, Fault, FaultRule, Seed};
use serde_json::json;

const BROKEN: Fault = Fault::StatusBeforeEffect(StatusCode::INTERNAL_SERVER_ERROR);

/// The statuses of that many publishes.
async fn publishes(emulator: &Emulator, count: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(in_process(emulator, Ask::publish(hello())).await.status);
    }
    statuses
}

async fn statuses(rule: FaultRule) -> Vec<u16> {
    let emulator = Emulator::new();
    emulator.add_fault(rule);
    publishes(&emulator, 8).await
}

#[tokio::test]
async fn a_rule_says_which_of_the_requests_go_wrong() {
    let rule = || FaultRule::new(BROKEN);
    for (rule, struck) in [
        (rule(), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        (rule().times(2), vec![1, 2]),
        (rule().times(0), vec![]),
        (rule().every(3), vec![3, 6]),
        (rule().every(0), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        (rule().from(6), vec![6, 7, 8]),
        (rule().from(0).times(1), vec![1]),
        (rule().from(3).every(2).times(2), vec![4, 6]),
        (rule().with_probability(0.0), vec![]),
        (rule().with_probability(f64::NAN), vec![]),
        (rule().with_probability(1.0), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        (rule().with_probability(7.0).times(1), vec![1]),
    ] {
        let shown = format!("{rule:?}");
        let expected: Vec<u16> = (1..=8)
            .map(|number| if struck.contains(&number) { 500 } else { 201 })
            .collect();
        assert_eq!(statuses(rule).await, expected, "{shown}");
    }
}

#[tokio::test]
async fn a_rule_says_what_kind_of_request_goes_wrong() {
    let asks = || {
        [
            Ask::publish(hello()),
            Ask::get(format!("{MESSAGES}/5c1f?a=b")),
            Ask::get("/conversations/custom-channels/2026-03/0002930388/messages/5c1f/"),
            Ask::get(format!("{CHANNELS}/77/messages/5c1f")),
            Ask::get(CHANNELS).developer(),
            Ask::get("/nowhere"),
        ]
    };
    let rule = || FaultRule::new(BROKEN);
    for (rule, struck) in [
        (rule(), vec![0, 1, 2, 3, 4, 5]),
        (rule().operation::<PublishMessage>(), vec![0]),
        (rule().operation::<GetMessage>(), vec![1, 2, 3]),
        (rule().operation::<ListChannels>(), vec![4]),
        (rule().operation::<CreateChannel>(), vec![]),
        (rule().channel("2930388"), vec![0, 1, 2]),
        (rule().channel("77"), vec![3]),
        (rule().channel("2930388").operation::<GetMessage>(), vec![1, 2]),
        (rule().method(Method::POST), vec![0]),
        (rule().path(format!("{MESSAGES}/5c1f")), vec![1]),
        (rule().path_prefix(CHANNELS), vec![0, 1, 3, 4]),
        (rule().path("/nowhere").method(Method::POST), vec![]),
    ] {
        let shown = format!("{rule:?}");
        let emulator = Emulator::new();
        let id = emulator.add_fault(rule);
        let mut seen = Vec::new();
        for (at, ask) in asks().into_iter().enumerate() {
            if in_process(&emulator, ask).await.status == 500 {
                seen.push(at);
            }
        }
        assert_eq!(seen, struck, "{shown}");
        let standing = emulator.faults();
        assert_eq!(
            (standing[0].id, standing[0].met, standing[0].struck),
            (id, struck.len() as u64, struck.len() as u64)
        );
    }
}

#[tokio::test]
async fn rules_are_met_in_order_and_only_until_one_strikes() {
    let emulator = Emulator::new();
    let status = |status| FaultRule::new(Fault::StatusBeforeEffect(StatusCode::from_u16(status).unwrap()));
    let first = emulator.add_fault(status(500).every(2));
    let second = emulator.add_fault(status(503).every(2));
    assert_eq!(publishes(&emulator, 6).await, [201, 500, 503, 500, 201, 500]);
    let counts = |at: usize| (emulator.faults()[at].met, emulator.faults()[at].struck);
    assert_eq!((counts(0), counts(1)), ((6, 3), (3, 1)));
    assert!(emulator.remove_fault(first) && !emulator.remove_fault(first));
    assert_eq!(emulator.faults()[0].id, second);
    assert_eq!(publishes(&emulator, 2).await, [503, 201]);
    assert_eq!(emulator.pending_faults(), 0);
    emulator.fail_times(BROKEN, 3);
    emulator.add_fault(status(500).times(4));
    assert_eq!(emulator.pending_faults(), 7);
    emulator.clear_faults();
    assert!(emulator.faults().is_empty());
    assert_ne!(emulator.add_fault(status(500)), second);
}

#[tokio::test]
async fn chance_is_the_same_in_every_run_of_a_seed() {
    let run = async |seed: u64, rules: usize| {
        let emulator = Emulator::with_seed(Seed::default().with_id_seed(seed).without_rate_limits());
        for _ in 0..rules {
            emulator.add_fault(FaultRule::new(BROKEN).with_probability(0.25));
        }
        publishes(&emulator, 400).await
    };
    let struck = |statuses: &[u16]| statuses.iter().filter(|status| **status == 500).count();
    let once = run(7, 1).await;
    assert_eq!(once, run(7, 1).await);
    assert_ne!(once, run(8, 1).await);
    assert!((70..130).contains(&struck(&once)), "{}", struck(&once));
    // A second rule draws for itself: of the requests that the first one spares, it strikes a quarter.
    let both = run(7, 2).await;
    assert!(once.iter().zip(&both).all(|(one, both)| *one == 201 || *both == 500));
    assert!((145..205).contains(&struck(&both)), "{}", struck(&both));
}

#[tokio::test]
async fn a_status_comes_with_a_body_of_hubspots() {
    for (status, category) in [
        (401, "INVALID_AUTHENTICATION"),
        (409, "CONFLICT"),
        (429, ""),
        (477, ""),
        (418, ""),
        (500, "INTERNAL_ERROR"),
        (503, "SERVICE_UNAVAILABLE"),
    ] {
        let bench = Bench::new(Emulator::new()).await;
        bench
            .emulator
            .fail_times(Fault::StatusBeforeEffect(StatusCode::from_u16(status).unwrap()), 2);
        let answer = bench.ask_twice(Ask::publish(hello())).await;
        assert_eq!(answer.status, status);
        let body = answer.error();
        assert_eq!((&body["status"], body["category"].as_str().unwrap_or_default()), (&json!("error"), category));
        assert_eq!(body["policyName"] == "TEN_SECONDLY_ROLLING", status == 429);
        assert_eq!(answer.header("retry-after"), if status == 477 { "60" } else { "" });
        assert!(bench.emulator.messages().is_empty());
    }
    for status in [502, 504, 521, 522, 524] {
        let emulator = Emulator::new();
        emulator.fail_next(Fault::StatusAfterEffect(StatusCode::from_u16(status).unwrap()));
        let answer = in_process(&emulator, Ask::publish(hello())).await;
        assert_eq!(answer.status, status);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert_eq!(emulator.messages().len(), 1);
        assert_eq!(emulator.received()[0].answered.unwrap(), status);
    }
    let emulator = Emulator::new();
    emulator.fail_next(Fault::StatusBeforeEffect(StatusCode::NO_CONTENT));
    let answer = in_process(&emulator, Ask::publish(hello())).await;
    assert_eq!((answer.status, answer.body), (204, Vec::new()));
}

#[tokio::test]
async fn a_token_that_expires_is_expired_for_all_that_follows() {
    let bench = Bench::new(Emulator::new()).await;
    let anonymous = || Ask::get(format!("{MESSAGES}/5c1f")).anonymous();
    bench
        .emulator
        .add_fault(FaultRule::new(Fault::ExpireToken).from(2).times(2));
    assert_eq!(bench.ask(Ask::publish(hello())).await.status, 201);
    // There is nothing to expire.
    assert_eq!(bench.ask(anonymous()).await.error()["category"], "INVALID_AUTHENTICATION");
    for _ in 0..2 {
        assert_eq!(bench.ask(Ask::publish(hello())).await.error()["category"], "EXPIRED_AUTHENTICATION");
    }
    assert_eq!(bench.ask_twice(Ask::get(format!("{MESSAGES}/5c1f"))).await.status, 401);
    assert_eq!(bench.ask(Ask::get(CHANNELS).developer()).await.status, 200);
    assert_eq!(bench.emulator.messages().len(), 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_was_acted_upon() {
    let emulator = Emulator::new();
    emulator.fail_next(Fault::TearAnswer(40));
    let error = try_in_process(&emulator, Ask::publish(hello())).await.unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Interrupted, Reach::Unknown));
    assert_eq!(emulator.messages().len(), 1);
    assert_eq!(emulator.received()[0].answered, Some(StatusCode::CREATED));
    emulator.fail_next(Fault::TearAnswer(1_000_000));
    assert_eq!(in_process(&emulator, Ask::publish(hello())).await.status, 201);
}

#[test]
fn a_delay_lasts_as_long_as_the_clock_says() {
    let delay = Duration::from_secs(30);
    for (fault, at_once) in [
        (Fault::DelayBeforeEffect(delay), 0),
        (Fault::DelayAfterEffect(delay), 1),
    ] {
        let clock = ManualClock::new(noon());
        let emulator = Emulator::with_seed(Seed::default().with_clock(clock.clone()));
        emulator.fail_times(fault, 2);
        let mut context = Context::from_waker(Waker::noop());
        let mut call = pin!(in_process(&emulator, Ask::publish(hello())));
        assert!(call.as_mut().poll(&mut context).is_pending());
        assert_eq!(emulator.messages().len(), at_once);
        clock.advance(delay - Duration::from_nanos(1));
        assert!(call.as_mut().poll(&mut context).is_pending());
        assert_eq!(emulator.received()[0].answered, None);
        // Another request is answered meanwhile.
        emulator.remove_fault(emulator.faults()[0].id);
        let other = in_process(&emulator, Ask::publish(hello()));
        assert!(matches!(pin!(other).poll(&mut context), Poll::Ready(answer) if answer.status == 201));
        clock.advance(Duration::from_nanos(1));
        assert!(matches!(call.poll(&mut context), Poll::Ready(answer) if answer.status == 201));
        assert_eq!(emulator.messages().len(), 2);
        assert_eq!(emulator.received()[0].answered, Some(StatusCode::CREATED));
    }
}

#[test]
fn who_hangs_up_while_it_waits_gets_nothing_done() {
    let emulator = Emulator::with_seed(Seed::default().with_clock(ManualClock::new(noon())));
    emulator.fail_next(Fault::DelayBeforeEffect(Duration::from_secs(1)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(
        pin!(in_process(&emulator, Ask::publish(hello())))
            .poll(&mut context)
            .is_pending()
    );
    assert!(emulator.messages().is_empty());
    emulator.clear_received();
    assert!(emulator.received().is_empty());
}

#[test]
fn rules_show_no_token_of_a_path() {
    let path = format!("{CHANNELS}/2930388/channel-account-staging-tokens/s3cr3t");
    let shown = format!("{:?}", FaultRule::new(BROKEN).path(path));
    assert!(shown.contains("channel-account-staging-tokens") && !shown.contains("s3cr3t"), "{shown}");
}

#[cfg(feature = "http")]
mod over_http {
    use hubchannel_emulator::HttpServer;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;
    use crate::common::raw;

    #[tokio::test]
    async fn an_answer_that_breaks_off_says_how_long_it_would_be() {
        let emulator = Emulator::new();
        let server = HttpServer::start(emulator.clone()).await.unwrap();
        let bytes = raw::write(Ask::publish(hello()), &emulator);
        let whole = raw::read(&raw::exchange(&server, &bytes).await.unwrap());
        for length in [0, 1, 40, whole.body.len() - 1] {
            emulator.fail_next(Fault::TearAnswer(length));
            let torn = raw::exchange(&server, &bytes).await.unwrap();
            let head = torn.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
            let said = String::from_utf8(torn[..head].to_ascii_lowercase()).unwrap();
            assert!(said.starts_with("http/1.1 201 created"), "{said}");
            assert!(said.contains(&format!("content-length: {}", whole.body.len())), "{said}");
            assert_eq!(torn.len() - head - 4, length);
        }
        emulator.fail_next(Fault::TearAnswer(whole.body.len()));
        assert_eq!(raw::read(&raw::exchange(&server, &bytes).await.unwrap()).status, 201);
        assert_eq!(emulator.messages().len(), 6);
    }

    #[tokio::test]
    async fn a_large_answer_breaks_off_at_its_byte() {
        let emulator = Emulator::new();
        let server = HttpServer::start(emulator.clone()).await.unwrap();
        let mut body = hello();
        body["text"] = "a".repeat(2_000_000).into();
        let bytes = raw::write(Ask::publish(body), &emulator);
        emulator.fail_next(Fault::TearAnswer(1_900_000));
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        let mut torn = Vec::new();
        stream.read_to_end(&mut torn).await.unwrap();
        let head = torn.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        assert_eq!(torn.len() - head - 4, 1_900_000);
    }

    #[tokio::test]
    async fn a_delay_is_by_the_emulators_clock() {
        let clock = ManualClock::new(noon());
        let emulator = Emulator::with_seed(Seed::default().with_clock(clock.clone()));
        let server = HttpServer::start(emulator.clone()).await.unwrap();
        let bytes = raw::write(Ask::publish(hello()), &emulator);
        emulator.fail_next(Fault::DelayBeforeEffect(Duration::from_secs(3_600)));
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        // On one thread, whoever sees that the fault has struck sees the wait begun.
        while emulator.pending_faults() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(emulator.messages().is_empty());
        // Others are served meanwhile.
        assert_eq!(raw::read(&raw::exchange(&server, &bytes).await.unwrap()).status, 201);
        clock.advance(Duration::from_secs(3_600));
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert_eq!(raw::read(&answer).status, 201);
        assert_eq!(emulator.messages().len(), 2);
    }
}
