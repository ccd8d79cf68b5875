//! What callers see of requests that go wrong.

use http::StatusCode;
use hubchannel::{
    ErrorKind,
    emulator::{Fault, Seed},
};

use crate::{
    hub::{Hub, Told, both_ways},
    messages::{hello, publish},
};

#[tokio::test]
async fn a_lost_answer_and_a_repeat_make_one_message() {
    both_ways(Seed::default, async |hub: &Hub| {
        hub.emulator.fail_next(Fault::DropAfterEffect);
        let error = publish(hub, hello(hub, "k")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert!(error.outcome_unknown() && error.is_retryable());
        assert_eq!(hub.emulator.messages().len(), 1);
        let message = publish(hub, hello(hub, "k")).await.unwrap();
        assert_eq!(hub.emulator.messages(), std::slice::from_ref(&message));
        (Told::of(hub, &error), message)
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_and_another_key_make_two_messages() {
    both_ways(Seed::default, async |hub: &Hub| {
        hub.emulator.fail_next(Fault::DropAfterEffect);
        publish(hub, hello(hub, "k")).await.unwrap_err();
        publish(hub, hello(hub, "l")).await.unwrap();
        assert_eq!(hub.emulator.messages().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn every_fault_is_told_truly() {
    for (fault, kind, messages) in [
        (Fault::DropBeforeEffect, ErrorKind::Interrupted, 0),
        (Fault::DropAfterEffect, ErrorKind::Interrupted, 1),
        (Fault::TearAnswer(0), ErrorKind::Interrupted, 1),
        (Fault::TearAnswer(30), ErrorKind::Interrupted, 1),
        (Fault::answer(StatusCode::BAD_GATEWAY, "<title>502</title>"), ErrorKind::Rejected, 0),
        (Fault::StatusBeforeEffect(StatusCode::BAD_GATEWAY), ErrorKind::Rejected, 0),
        (Fault::StatusAfterEffect(StatusCode::SERVICE_UNAVAILABLE), ErrorKind::Rejected, 1),
        (Fault::AnswerAfterEffect(http::Response::new("".into())), ErrorKind::Unreadable, 1),
    ] {
        let told = both_ways(Seed::default, async |hub: &Hub| {
            hub.emulator.fail_next(fault.clone());
            let error = publish(hub, hello(hub, "k")).await.unwrap_err();
            assert_eq!(hub.emulator.messages().len(), messages, "{fault:?}");
            assert_eq!(hub.emulator.received().len(), 1, "{fault:?}");
            publish(hub, hello(hub, "k")).await.unwrap();
            assert_eq!(hub.emulator.messages().len(), 1, "{fault:?}");
            Told::of(hub, &error)
        })
        .await;
        assert_eq!((told.kind, told.outcome_unknown), (kind, true), "{fault:?}");
    }
}

/// The one difference: over HTTP there is a connection before there is a request.
#[tokio::test]
async fn a_connection_that_is_refused_over_http_is_one_that_breaks() {
    both_ways(Seed::default, async |hub: &Hub| {
        hub.emulator.fail_next(Fault::RefuseConnection);
        let error = publish(hub, hello(hub, "k")).await.unwrap_err();
        let expected = match hub.is_over_http() {
            true => (ErrorKind::Interrupted, true),
            false => (ErrorKind::Connect, false),
        };
        assert_eq!((error.kind(), error.outcome_unknown()), expected);
        assert!(hub.emulator.received().is_empty());
        publish(hub, hello(hub, "k")).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn faults_come_one_by_one_and_can_be_taken_back() {
    both_ways(Seed::default, async |hub: &Hub| {
        hub.emulator
            .fail_next(Fault::StatusBeforeEffect(StatusCode::GATEWAY_TIMEOUT));
        hub.emulator.fail_times(Fault::DropBeforeEffect, 2);
        assert_eq!(hub.emulator.pending_faults(), 3);
        let first = publish(hub, hello(hub, "k")).await.unwrap_err();
        let second = publish(hub, hello(hub, "k")).await.unwrap_err();
        assert_eq!((first.kind(), second.kind()), (ErrorKind::Rejected, ErrorKind::Interrupted));
        hub.emulator.clear_faults();
        publish(hub, hello(hub, "k")).await.unwrap();
        assert_eq!(hub.emulator.received().len(), 3);
        hub.emulator.clear_received();
        assert!(hub.emulator.received().is_empty());
        [first, second].map(|error| Told::of(hub, &error))
    })
    .await;
}
