//! What callers see of requests that go wrong, through the client.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    pin::pin,
    task::{Context, Waker},
};

use http::StatusCode;
use hubchannel_api::{
    Client, Error, ErrorKind, PublishMessage, Reply,
    model::{DeliveryIdentifier, Message, NewMessage, Participant, Secret},
};
use hubchannel_emulator::{Emulator, Fault};

fn client(emulator: &Emulator) -> Client {
    Client::new(emulator.transport().with_access_token(emulator.access_token()))
}

fn hello(emulator: &Emulator, key: &str) -> PublishMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    let body = NewMessage::incoming(emulator.channel_account_id(), visitor, "Hello");
    PublishMessage::new(emulator.channel_id(), body.set_integration_idempotency_id(key))
}

async fn publish(emulator: &Emulator, key: &str) -> Result<Reply<Message>, Error> {
    client(emulator).publish_message(hello(emulator, key)).await
}

#[tokio::test]
async fn a_lost_answer_and_a_repeat_make_one_message() {
    let emulator = Emulator::new();
    emulator.fail_next(Fault::DropAfterEffect);
    let error = publish(&emulator, "k").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.outcome_unknown() && error.is_retryable());
    assert_eq!(emulator.messages().len(), 1);
    let message = publish(&emulator, "k").await.unwrap();
    assert_eq!(emulator.messages(), [message.into_inner()]);
}

#[tokio::test]
async fn a_lost_answer_and_another_key_make_two_messages() {
    let emulator = Emulator::new();
    emulator.fail_next(Fault::DropAfterEffect);
    publish(&emulator, "k").await.unwrap_err();
    publish(&emulator, "l").await.unwrap();
    assert_eq!(emulator.messages().len(), 2);
}

#[tokio::test]
async fn every_fault_is_told_truly() {
    for (fault, kind, unknown, messages, received) in [
        (Fault::RefuseConnection, ErrorKind::Connect, false, 0, 0),
        (Fault::DropBeforeEffect, ErrorKind::Interrupted, true, 0, 1),
        (Fault::DropAfterEffect, ErrorKind::Interrupted, true, 1, 1),
        (Fault::answer(StatusCode::BAD_GATEWAY, "<title>502</title>"), ErrorKind::Rejected, true, 0, 1),
        (Fault::AnswerAfterEffect(http::Response::new("".into())), ErrorKind::Unreadable, true, 1, 1),
    ] {
        let emulator = Emulator::new();
        emulator.fail_next(fault.clone());
        let error = publish(&emulator, "k").await.unwrap_err();
        assert_eq!((error.kind(), error.outcome_unknown()), (kind, unknown), "{fault:?}");
        assert_eq!(emulator.messages().len(), messages, "{fault:?}");
        assert_eq!(emulator.received().len(), received, "{fault:?}");
        publish(&emulator, "k").await.unwrap();
        assert_eq!(emulator.messages().len(), 1, "{fault:?}");
    }
}

#[test]
fn silence_lasts_until_it_is_dropped() {
    for (fault, messages) in [(Fault::SilenceBeforeEffect, 0), (Fault::SilenceAfterEffect, 1)] {
        let emulator = Emulator::new();
        emulator.fail_next(fault);
        {
            let mut call = pin!(publish(&emulator, "k"));
            for _ in 0..10 {
                assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            }
        }
        assert_eq!(emulator.messages().len(), messages);
        assert_eq!(emulator.received()[0].answered, None);
    }
}

#[tokio::test]
async fn faults_come_one_by_one_and_can_be_taken_back() {
    let emulator = Emulator::new();
    emulator.fail_next(Fault::RefuseConnection);
    emulator.fail_times(Fault::DropBeforeEffect, 2);
    assert_eq!(emulator.pending_faults(), 3);
    assert!(publish(&emulator, "k").await.unwrap_err().is_connect());
    assert_eq!(publish(&emulator, "k").await.unwrap_err().kind(), ErrorKind::Interrupted);
    emulator.clear_faults();
    publish(&emulator, "k").await.unwrap();
    assert_eq!(emulator.received().len(), 2);
    emulator.clear_received();
    assert!(emulator.received().is_empty());
}

#[tokio::test]
async fn nothing_shows_the_token() {
    let emulator = Emulator::new();
    let transport = emulator.transport().with_access_token(emulator.access_token());
    Client::new(transport.clone())
        .publish_message(hello(&emulator, "k"))
        .await
        .unwrap();
    let shown = format!("{emulator:?} {transport:?} {:?}", emulator.received());
    assert!(!shown.contains(emulator.access_token().expose()), "{shown}");
    assert!(emulator.received()[0].headers["authorization"].is_sensitive());
}

#[tokio::test]
async fn a_token_that_is_no_header_is_refused_unsent() {
    let emulator = Emulator::new();
    let transport = emulator.transport().with_access_token(Secret::new("a\nb"));
    let error = Client::new(transport)
        .publish_message(hello(&emulator, "k"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(emulator.received().is_empty());
}
