//! Messages: published, read, and reported.

use std::time::Duration;

use hubchannel::{
    Error, GetMessage, PublishMessage, UpdateMessageStatus,
    clock::Clock as _,
    emulator::{Fault, RateLimits, Seed, TokenSeed},
    middleware::RetryPolicy,
    model::{DeliveryIdentifier, Message, NewMessage, Participant, StatusUpdate},
};

use crate::hub::{Hub, Told, both_ways};

/// A visitor's message with this key.
pub(crate) fn hello(hub: &Hub, key: &str) -> PublishMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    let body = NewMessage::incoming(hub.emulator.channel_account_id(), visitor, "Hello")
        .set_integration_thread_id("chat-42")
        .set_integration_idempotency_id(key)
        .set_timestamp(hub.clock.wall());
    PublishMessage::new(hub.emulator.channel_id(), body)
}

pub(crate) async fn publish(hub: &Hub, call: PublishMessage) -> Result<Message, Error> {
    Ok(hub.client().publish_message(call).await?.into_inner())
}

#[tokio::test]
async fn a_message_is_published_once_read_and_reported() {
    both_ways(Seed::default, async |hub: &Hub| {
        let client = hub.client();
        let mut call = hello(hub, "a");
        call.body = call.body.set_rich_text("<p>Hello &amp; \u{fc}\u{1f600}</p>");
        let first = client.publish_message(call.clone()).await.unwrap();
        assert_eq!(first.status().map(|status| status.as_u16()), Some(201));
        hub.clock.advance(Duration::from_secs(5));
        let again = client.publish_message(call).await.unwrap().into_inner();
        assert_eq!(again.id, first.id);
        // Without a key the client makes one up.
        let mut keyless = hello(hub, "");
        keyless.body.integration_idempotency_id = None.into();
        let other = client.publish_message(keyless).await.unwrap().into_inner();
        assert_ne!(other.id, first.id);
        assert_eq!(hub.emulator.messages().len(), 2);

        let id = first.id.as_ref().unwrap().as_str();
        let failed = StatusUpdate::failed("the visitor has left");
        let report = UpdateMessageStatus::new(hub.emulator.channel_id(), id, failed);
        let reported = client.update_message_status(report).await.unwrap().into_inner();
        let read = client.get_message(GetMessage::new(hub.emulator.channel_id(), id)).await;
        let read = read.unwrap().into_inner();
        assert_eq!(read.status, reported.status);
        (first.into_inner(), again, other, read)
    })
    .await;
}

#[tokio::test]
async fn what_hubspot_turns_down_is_told_with_its_answer() {
    fn seed() -> Seed {
        Seed::default().add_token(TokenSeed::new("narrow", 62515, 40_776_849).set_scopes(["conversations.read"]))
    }

    both_ways(seed, async |hub: &Hub| {
        let with = |token: &str| hub.client_over(hub.plain_stack().access_token(token).retry(None).build());
        let mut elsewhere = hello(hub, "a");
        elsewhere.channel_id = "1".into();
        let mut nobody = hello(hub, "b");
        nobody.body.channel_account_id = "1".into();
        let errors = [
            hub.client().publish_message(elsewhere).await.unwrap_err(),
            hub.client().publish_message(nobody).await.unwrap_err(),
            with("unknown").publish_message(hello(hub, "c")).await.unwrap_err(),
            with("narrow").publish_message(hello(hub, "d")).await.unwrap_err(),
        ];
        let statuses = errors
            .each_ref()
            .map(|error| error.status().map(|status| status.as_u16()));
        assert_eq!(statuses, [404, 404, 401, 403].map(Some));
        assert_eq!(hub.emulator.messages(), []);
        errors.map(|error| Told::of(hub, &error))
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_too_often_is_told_so_and_is_welcome_later() {
    fn seed() -> Seed {
        Seed::default().with_rate_limits(RateLimits::new(3, Duration::from_secs(10)).tell_retry_after())
    }

    both_ways(seed, async |hub: &Hub| {
        for key in ["a", "b", "c"] {
            publish(hub, hello(hub, key)).await.unwrap();
        }
        let error = publish(hub, hello(hub, "d")).await.unwrap_err();
        assert!(error.is_rate_limited() && error.retry_after().is_some(), "{error}");
        let wait = error.retry_after();
        hub.clock.advance(wait.unwrap());
        (Told::of(hub, &error), wait, publish(hub, hello(hub, "d")).await.unwrap())
    })
    .await;
}

#[tokio::test]
async fn a_stack_repeats_what_is_safe_to_repeat() {
    both_ways(Seed::default, async |hub: &Hub| {
        let stack = hub.plain_stack().retry(RetryPolicy::new().seed(1));
        let client = hub.client_over(stack.build());
        let mut attempts = Vec::new();
        for (key, fault) in [
            ("a", Fault::RefuseConnection),
            ("b", Fault::DropBeforeEffect),
            ("c", Fault::DropAfterEffect),
            ("d", Fault::TearAnswer(20)),
            ("e", Fault::StatusBeforeEffect(http::StatusCode::BAD_GATEWAY)),
        ] {
            hub.emulator.fail_next(fault);
            let reply = hub.turning(client.publish_message(hello(hub, key))).await.unwrap();
            attempts.push((reply.attempts().count, reply.into_inner()));
        }
        assert!(attempts.iter().all(|(count, _)| *count == 2), "{attempts:?}");
        assert_eq!(hub.emulator.messages().len(), 5);
        attempts
    })
    .await;
}
