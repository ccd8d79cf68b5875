//! What became of a message whose outcome is unknown.

use std::time::Duration;

use http::{Response, StatusCode};
use hubchannel::{
    CannotTell, ListThreadMessages, PublishMessage, ReconcilePublish, Reconciled,
    clock::Clock as _,
    emulator::{Fault, FaultRule, Seed},
};

use crate::{
    hub::{Hub, Told, both_ways},
    messages::{hello, publish},
};

/// What can be held against each other.
fn told(hub: &Hub, reconciled: Reconciled) -> Result<String, String> {
    match reconciled {
        Reconciled::Found(message) => Ok(message.id.as_ref().unwrap().to_string()),
        Reconciled::NotFound => Err("not found".to_owned()),
        Reconciled::CannotTell(CannotTell::Failed(error)) => Err(format!("{:?}", Told::of(hub, &error))),
        Reconciled::CannotTell(why) => Err(format!("{why:?}")),
        other => panic!("{other:?}"),
    }
}

/// A conversation of one message, and a second one that goes wrong so; what is to be reconciled.
async fn lost(hub: &Hub, fault: Fault) -> ReconcilePublish {
    let first = publish(hub, hello(hub, "first")).await.unwrap();
    hub.clock.advance(Duration::from_secs(60));
    hub.emulator.fail_next(fault);
    let call = hello(hub, "second");
    let error = publish(hub, call.clone()).await.unwrap_err();
    assert!(error.outcome_unknown());
    let thread = first.conversations_thread_id.as_ref().unwrap().clone();
    ReconcilePublish::after(call, &error)
        .with_thread(hub.conversations(), thread)
        .with_others([first.id.as_ref().unwrap().as_str()])
}

async fn reconcile(hub: &Hub, call: ReconcilePublish) -> Result<String, String> {
    let client = hub.client();
    told(hub, hub.turning(client.reconcile_publish(call)).await)
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_found() {
    for fault in [Fault::DropAfterEffect, Fault::TearAnswer(25)] {
        both_ways(Seed::default, async |hub: &Hub| {
            let call = lost(hub, fault.clone()).await;
            let found = reconcile(hub, call).await;
            assert_eq!(found, Ok(hub.emulator.messages()[1].id.as_ref().unwrap().to_string()));
        })
        .await;
    }
}

#[tokio::test]
async fn a_message_that_was_not_published_is_missed_after_a_minute() {
    both_ways(Seed::default, async |hub: &Hub| {
        let call = lost(hub, Fault::DropBeforeEffect).await;
        let before = hub.clock.monotonic();
        assert_eq!(reconcile(hub, call.clone()).await, Err("not found".to_owned()));
        assert_eq!(hub.clock.monotonic() - before, Duration::from_secs(63));
        let published = publish(hub, call.publish.clone()).await.unwrap();
        assert_eq!(hub.emulator.messages().len(), 2);
        assert_eq!(reconcile(hub, call).await, Ok(published.id.as_ref().unwrap().to_string()));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_tells_the_id_that_the_message_is_read_by() {
    both_ways(Seed::default, async |hub: &Hub| {
        let published = publish(hub, hello(hub, "k")).await.unwrap();
        let id = published.id.as_ref().unwrap().to_string();
        let answer = format!(r#"{{"id":"{id}","senders":5}}"#);
        hub.emulator
            .fail_next(Fault::AnswerAfterEffect(Response::new(answer.into())));
        let error = publish(hub, hello(hub, "k")).await.unwrap_err();
        let call = ReconcilePublish::after(hello(hub, "k"), &error);
        assert_eq!(reconcile(hub, call.clone()).await, Ok(id));
        let missed = reconcile(hub, call.with_message_id("0000")).await;
        assert_eq!(missed, Err("not found".to_owned()));
        Told::of(hub, &error)
    })
    .await;
}

#[tokio::test]
async fn a_thread_that_cannot_be_read_leaves_it_open() {
    both_ways(Seed::default, async |hub: &Hub| {
        let call = lost(hub, Fault::DropAfterEffect).await;
        let forbidden = Fault::StatusBeforeEffect(StatusCode::FORBIDDEN);
        hub.emulator
            .add_fault(FaultRule::new(forbidden).operation::<ListThreadMessages>().times(1));
        let open = reconcile(hub, call.clone()).await.unwrap_err();
        assert!(open.contains("Some(403)"), "{open}");
        let nowhere = ReconcilePublish::new(PublishMessage::clone(&call.publish));
        assert_eq!(reconcile(hub, nowhere).await, Err("NowhereToLook".to_owned()));
        assert!(reconcile(hub, call).await.is_ok());
        open
    })
    .await;
}
