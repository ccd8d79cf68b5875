//! What only the way in process can show.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    pin::pin,
    task::{Context, Waker},
};

use hubchannel_api::{
    Client, ErrorKind, PublishMessage,
    model::{DeliveryIdentifier, NewMessage, Participant, Secret},
};
use hubchannel_emulator::{Emulator, Fault};

fn hello(emulator: &Emulator) -> PublishMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    let body = NewMessage::incoming(emulator.channel_account_id(), visitor, "Hello");
    PublishMessage::new(emulator.channel_id(), body)
}

#[test]
fn silence_lasts_until_it_is_dropped() {
    for (fault, messages) in [(Fault::SilenceBeforeEffect, 0), (Fault::SilenceAfterEffect, 1)] {
        let emulator = Emulator::new();
        let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
        emulator.fail_next(fault);
        {
            let mut call = pin!(client.publish_message(hello(&emulator)));
            for _ in 0..10 {
                assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            }
        }
        assert_eq!(emulator.messages().len(), messages);
        assert_eq!(emulator.received()[0].answered, None);
    }
}

#[tokio::test]
async fn nothing_shows_the_token() {
    let emulator = Emulator::new();
    let transport = emulator.transport().with_access_token(emulator.access_token());
    Client::new(transport.clone())
        .publish_message(hello(&emulator))
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
        .publish_message(hello(&emulator))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(emulator.received().is_empty());
}
