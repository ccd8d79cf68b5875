//! Webhooks: signed as HubSpot's, in the order of a thread, and again until they are taken or given up.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test is how this reports"
)]

mod bridge;
#[path = "../common/mod.rs"]
mod common;
mod model;

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bridge::{Bridge, Fate, client, clock, open, seed, settle};
use hubchannel_api::{
    Client, TransportErrorKind, UpdateChannel, UpdateChannelAccount,
    clock::{Clock, ManualClock},
    model::{ChannelAccountUpdate, ChannelEvents, ChannelPatch, ConversationEvents},
};
use hubchannel_emulator::{
    AppSeed, Emulator, WebhookDelivery, WebhookEvent, WebhookOutcome, WebhookPolicy, WebhookState,
};
use serde_json::{Value, json};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An emulator with a thread, and its bridge.
async fn stage() -> (Emulator, Bridge, String) {
    let clock = clock();
    let emulator = Emulator::with_seed(seed(&clock));
    let thread = open(&emulator, "chat-1").await;
    (emulator, Bridge::new(&clock), thread)
}

fn outcomes(delivery: &WebhookDelivery) -> Vec<WebhookOutcome> {
    let attempts = delivery.attempts.iter();
    attempts.map(|attempt| attempt.outcome.clone().unwrap()).collect()
}

#[tokio::test]
async fn a_reply_arrives_signed_and_whole() {
    let (emulator, bridge, thread) = stage().await;
    emulator.agent_replies(&*thread, "Yes, Grüße 👋").unwrap();
    assert_eq!(emulator.deliver(&bridge).await, 1);
    assert_eq!(emulator.deliver(&bridge).await, 0);
    let arrived = bridge.arrived();
    let events: ChannelEvents = arrived[0].parse().unwrap();
    assert!(!events.is_list());
    assert_eq!(events.to_vec(), emulator.events());
    let [delivery] = &emulator.deliveries()[..] else {
        panic!("one delivery")
    };
    assert_eq!(delivery.event, WebhookEvent::Channel(emulator.events()[0].clone()));
    let attempt = &delivery.attempts[0];
    let answered = WebhookOutcome::Answered {
        status: 204.try_into().unwrap(),
        body: "answer".into(),
    };
    assert_eq!(
        (delivery.state, attempt.outcome.as_ref(), attempt.url.as_str(), attempt.at, attempt.ended_at),
        (WebhookState::Delivered, Some(&answered), bridge::URL, bridge.clock().wall(), Some(bridge.clock().wall()))
    );
    assert_eq!(attempt.headers["x-hubspot-request-timestamp"], "1700000000000");
    assert_eq!(attempt.headers["content-type"], "application/json");
    let shown = format!("{delivery:?}");
    let signature = attempt.headers["x-hubspot-signature-v3"].to_str().unwrap();
    assert!(!shown.contains(signature) && !shown.contains("tenant"), "{shown}");
}

#[tokio::test]
async fn whatever_keeps_a_delivery_from_being_taken_brings_it_again() {
    let (emulator, bridge, thread) = stage().await;
    emulator.agent_replies(&*thread, "Yes").unwrap();
    let fates = [
        Fate::Answered(500),
        Fate::Answered(404),
        Fate::Answered(302),
        Fate::Refused,
        Fate::Lost,
    ];
    bridge.will(fates);
    settle(&emulator, &bridge).await;
    let delivery = &emulator.deliveries()[0];
    let answered = |status: u16| WebhookOutcome::Answered {
        status: status.try_into().unwrap(),
        body: "answer".into(),
    };
    let failed = |kind, message: &str| WebhookOutcome::Failed {
        kind,
        message: message.to_owned(),
    };
    let expected = [
        answered(500),
        answered(404),
        answered(302),
        failed(TransportErrorKind::Connect, "nobody is there"),
        failed(TransportErrorKind::Interrupted, "cut off"),
        answered(204),
    ];
    assert_eq!(outcomes(delivery), expected);
    assert_eq!(bridge.texts(), ["Yes"; 5]);
    assert_eq!(delivery.state, WebhookState::Delivered);
    // The body stays the same, the signature is of its own time.
    assert!(
        delivery
            .attempts
            .iter()
            .all(|attempt| attempt.body == delivery.attempts[0].body)
    );
    let times: Vec<_> = delivery.attempts.iter().map(|attempt| attempt.at).collect();
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_none() {
    let (emulator, bridge, thread) = stage().await;
    emulator.agent_replies(&*thread, "Yes").unwrap();
    bridge.will([Fate::Silence]);
    let mut delivering = pin!(emulator.deliver(&bridge));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(delivering.as_mut().poll(&mut context), Poll::Pending);
    bridge.clock().advance(Duration::from_millis(4_999));
    assert_eq!(delivering.as_mut().poll(&mut context), Poll::Pending);
    bridge.clock().advance(Duration::from_millis(1));
    assert_eq!(delivering.as_mut().poll(&mut context), Poll::Ready(1));
    assert_eq!(outcomes(&emulator.deliveries()[0]), [WebhookOutcome::TimedOut]);
    settle(&emulator, &bridge).await;
    assert_eq!(bridge.texts(), ["Yes", "Yes"]);
}

#[tokio::test]
async fn a_delivery_that_nobody_waits_for_any_more_comes_again() {
    let (emulator, bridge, thread) = stage().await;
    emulator.agent_replies(&*thread, "Yes").unwrap();
    bridge.will([Fate::Silence]);
    {
        let mut delivering = pin!(emulator.deliver(&bridge));
        assert!(
            delivering
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        assert_eq!(emulator.deliveries()[0].state, WebhookState::UnderWay);
    }
    assert_eq!(outcomes(&emulator.deliveries()[0]), [WebhookOutcome::Abandoned]);
    settle(&emulator, &bridge).await;
    assert_eq!(bridge.texts(), ["Yes", "Yes"]);
}

#[tokio::test]
async fn a_thread_waits_for_its_first_and_no_other_thread_does() {
    let (emulator, bridge, first) = stage().await;
    let second = open(&emulator, "chat-2").await;
    for (thread, text) in [(&first, "1a"), (&first, "1b"), (&second, "2a"), (&first, "1c")] {
        emulator.agent_replies(&**thread, text).unwrap();
    }
    bridge.will([Fate::Answered(503)]);
    assert_eq!(emulator.deliver(&bridge).await, 2);
    assert_eq!(bridge.texts(), ["1a", "2a"]);
    settle(&emulator, &bridge).await;
    assert_eq!(bridge.texts(), ["1a", "2a", "1a", "1b", "1c"]);
}

#[tokio::test]
async fn after_ten_retries_within_a_day_a_delivery_is_given_up_and_the_next_one_comes() {
    let (emulator, bridge, thread) = stage().await;
    let start = bridge.clock().wall();
    emulator.agent_replies(&*thread, "lost").unwrap();
    emulator.agent_replies(&*thread, "next").unwrap();
    bridge.will([Fate::Answered(500); 11]);
    settle(&emulator, &bridge).await;
    let deliveries = emulator.deliveries();
    assert_eq!((deliveries[0].attempts.len(), deliveries[0].state), (11, WebhookState::GivenUp));
    let last = deliveries[0].attempts[10].at;
    assert!(last <= start + DAY && last > start + DAY / 10 * 9, "{last:?}");
    assert_eq!((deliveries[1].attempts.len(), deliveries[1].state), (1, WebhookState::Delivered));
    assert_eq!(emulator.pending_deliveries(), 0);

    let again = emulator.replay(0).unwrap();
    emulator.deliver(&bridge).await;
    let deliveries = emulator.deliveries();
    assert_eq!((again, deliveries[2].replay_of, deliveries[2].state), (2, Some(0), WebhookState::Delivered));
    assert_eq!(deliveries[2].event.event_id(), deliveries[0].event.event_id());
    assert_eq!(deliveries[2].attempts[0].body, deliveries[0].attempts[0].body);
    assert_eq!(emulator.replay(3), None);
}

#[tokio::test]
async fn a_policy_says_how_often_and_how_long() {
    let clock = clock();
    let policy = WebhookPolicy::default()
        .set_retries(2)
        .set_spread(Duration::from_secs(60));
    let emulator = Emulator::with_seed(seed(&clock).with_webhook_policy(policy));
    let bridge = Bridge::new(&clock);
    let thread = open(&emulator, "chat-1").await;
    let start = clock.wall();
    emulator.agent_replies(&*thread, "lost").unwrap();
    bridge.will([Fate::Answered(500); 3]);
    settle(&emulator, &bridge).await;
    assert_eq!(emulator.deliveries()[0].state, WebhookState::GivenUp);
    assert!(clock.wall() <= start + Duration::from_secs(60));
}

#[tokio::test]
async fn a_retry_can_be_had_at_once() {
    let (emulator, bridge, thread) = stage().await;
    emulator.agent_replies(&*thread, "Yes").unwrap();
    bridge.will([Fate::Refused]);
    emulator.deliver(&bridge).await;
    assert!(emulator.deliveries()[0].state.waits_until().unwrap() > bridge.clock().wall());
    assert!(emulator.retry_now(0));
    assert_eq!(emulator.until_next_delivery(), Some(Duration::ZERO));
    assert_eq!(emulator.deliver(&bridge).await, 1);
    assert!(!emulator.retry_now(0) && !emulator.retry_now(7));
}

#[tokio::test]
async fn the_address_counts_that_the_channel_has_when_it_is_told() {
    let (emulator, bridge, thread) = stage().await;
    let developer = emulator.transport().with_developer_key("77", emulator.developer_key());
    let developer = Client::new(developer);
    let patch = async |patch: ChannelPatch| {
        developer
            .update_channel(UpdateChannel::new("1000", patch))
            .await
            .unwrap();
    };
    emulator.agent_replies(&*thread, "first").unwrap();
    patch(ChannelPatch::new().clear_webhook_url()).await;
    emulator.agent_replies(&*thread, "told nobody").unwrap();
    emulator.deliver(&bridge).await;
    let reason = "channel 1000 has no webhookUrl".to_owned();
    assert_eq!(outcomes(&emulator.deliveries()[0]), [WebhookOutcome::Unsent { reason }]);
    patch(ChannelPatch::new().set_webhook_url("bridge.example.com")).await;
    emulator.retry_now(0);
    emulator.deliver(&bridge).await;
    let reason = "the address is none of the form https://host/path".to_owned();
    assert_eq!(outcomes(&emulator.deliveries()[0])[1..], [WebhookOutcome::Unsent { reason }]);
    patch(ChannelPatch::new().set_webhook_url("https://bridge.example.com")).await;
    settle(&emulator, &bridge).await;
    assert_eq!((bridge.texts(), emulator.deliveries().len()), (vec!["first".to_owned()], 1));
}

#[tokio::test]
async fn what_happens_to_accounts_is_told_in_either_form() {
    let identifiers = [
        json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "harbour"}),
        json!("harbour"),
    ];
    for (as_text, identifier) in identifiers.into_iter().enumerate() {
        let clock = clock();
        let seed = seed(&clock);
        let emulator = Emulator::with_seed(match as_text {
            0 => seed,
            _ => seed.with_account_identifiers_as_text(),
        });
        let bridge = Bridge::new(&clock);
        let update = UpdateChannelAccount::new("1000", "2000", ChannelAccountUpdate::new().set_authorized(false));
        client(&emulator).update_channel_account(update).await.unwrap();
        assert!(emulator.purge_channel_account("2000"));
        assert!(!emulator.purge_channel_account("2000"));
        assert!(emulator.channel_accounts().is_empty());
        settle(&emulator, &bridge).await;
        let bodies: Vec<Value> = bridge
            .arrived()
            .iter()
            .map(|arrived| serde_json::from_slice(arrived.body()).unwrap())
            .collect();
        let kinds = ["CHANNEL_ACCOUNT_UPDATED", "CHANNEL_ACCOUNT_PURGED"];
        for (body, kind) in bodies.iter().zip(kinds) {
            let expected = json!({
                "type": kind,
                "portalId": "62515",
                "channelId": "1000",
                "eventId": body["eventId"],
                "eventTimestamp": "2023-11-14T22:13:20.000Z",
                "channelAccountId": "2000",
                "channelAccountDeliveryIdentifier": identifier,
                "authorized": false,
            });
            assert_eq!(*body, expected);
        }
        assert_eq!(bodies.len(), 2);
    }
}

#[tokio::test]
async fn an_app_that_subscribes_is_told_what_happens_in_conversations() {
    let clock = clock();
    let app = |id: u64| AppSeed::new(id).set_client(format!("client {id}"), "hush");
    let subscribed = app(77).set_subscription_url("https://bridge.example.com/subscriptions");
    // Another one is not in the portal.
    let elsewhere = app(78).set_subscription_url("https://bridge.example.com/other");
    let emulator = Emulator::with_seed(seed(&clock).add_app(subscribed).add_app(elsewhere));
    let bridge = Bridge::new(&clock);
    let thread = open(&emulator, "chat-1").await;
    emulator.assign_thread(&*thread, "A-2620022").unwrap();
    emulator.close_thread(&*thread).unwrap();
    bridge.will([Fate::Answered(500)]);
    settle(&emulator, &bridge).await;
    let mut told = Vec::new();
    for arrived in bridge.arrived() {
        let events: ConversationEvents = arrived.parse_conversation_events().unwrap();
        assert!(events.is_list());
        let event = events[0].as_conversation().unwrap();
        assert_eq!(event.object_id.as_ref().unwrap().as_str(), thread);
        told.push(format!(
            "{} {} {}",
            event.subscription_type.as_ref().unwrap(),
            event.property_value.as_deref().unwrap_or_default(),
            event.attempt_number.as_ref().unwrap().as_str(),
        ));
    }
    assert_eq!(
        told,
        [
            "conversation.creation  0",
            "conversation.creation  1",
            "conversation.newMessage  0",
            "conversation.propertyChange 2620022 0",
            "conversation.propertyChange CLOSED 0",
        ]
    );
    let body: Value = serde_json::from_slice(bridge.arrived()[4].body()).unwrap();
    assert_eq!(
        body,
        json!([{
            "eventId": body[0]["eventId"].as_u64().unwrap(),
            "portalId": 62515,
            "appId": 77,
            "occurredAt": 1_700_000_000_000_u64,
            "subscriptionType": "conversation.propertyChange",
            "attemptNumber": 0,
            "objectId": thread.parse::<u64>().unwrap(),
            "changeSource": "CRM",
            "propertyName": "status",
            "propertyValue": "CLOSED",
        }])
    );
    assert!(emulator.events().is_empty());
}

/// Lets tasks run until this is so.
async fn until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..10_000 {
        if is_so() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it has not come about");
}

#[tokio::test]
async fn a_courier_that_keeps_delivering_is_woken_by_events_and_by_time() {
    let (emulator, bridge, thread) = stage().await;
    let clock: ManualClock = bridge.clock().clone();
    let (courier, way) = (emulator.clone(), bridge.clone());
    let task = tokio::spawn(async move { courier.keep_delivering(&way).await });
    tokio::task::yield_now().await;
    emulator.agent_replies(&*thread, "1").unwrap();
    until(|| bridge.texts() == ["1"]).await;
    bridge.will([Fate::Refused]);
    emulator.agent_replies(&*thread, "2").unwrap();
    until(|| clock.sleepers() == 1 && emulator.deliveries()[1].state.waits_until().is_some()).await;
    clock.advance(emulator.until_next_delivery().unwrap());
    until(|| bridge.texts() == ["1", "2"]).await;
    emulator.replay(0).unwrap();
    until(|| bridge.texts() == ["1", "2", "1"]).await;
    task.abort();
}

#[tokio::test]
async fn a_slow_bridge_holds_up_its_own_thread_alone() {
    let (emulator, bridge, first) = stage().await;
    let second = open(&emulator, "chat-2").await;
    bridge.will([Fate::Silence]);
    emulator.agent_replies(&*first, "1").unwrap();
    let mut delivering = pin!(emulator.deliver(&bridge));
    poll_fn(|context| {
        assert!(delivering.as_mut().poll(context).is_pending());
        emulator.agent_replies(&*second, "2").unwrap();
        assert!(delivering.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    assert_eq!(bridge.texts(), ["1", "2"]);
}
