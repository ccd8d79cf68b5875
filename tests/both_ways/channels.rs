//! Channels: made sure of, read, changed and archived.

use std::time::Duration;

use hubchannel::{
    ArchiveChannel, ChannelOutcome, CreateChannel, EnsureChannel, EnsureError, GetChannel, UpdateChannel, Waits,
    clock::Clock as _,
    emulator::{Fault, FaultRule, Seed},
    model::{ChannelCapabilities, ChannelPatch, NewChannel, ThreadingModel},
};

use crate::hub::{Hub, Told, both_ways};

const HOOK: &str = "https://bridge.example.com/hubspot";

fn seed() -> Seed {
    Seed::default().with_listing_delay(Duration::from_secs(3))
}

fn body() -> NewChannel {
    NewChannel::new("Harbour chat", ChannelCapabilities::new(ThreadingModel::IntegrationThreadId)).set_webhook_url(HOOK)
}

fn call() -> EnsureChannel {
    EnsureChannel::by_webhook_url(body())
}

/// The id and how it came about.
async fn ensure(hub: &Hub, call: EnsureChannel) -> (String, ChannelOutcome) {
    let client = hub.client();
    let ensured = hub.turning(client.ensure_channel(call)).await.unwrap();
    (ensured.channel.id.as_ref().unwrap().to_string(), ensured.outcome)
}

#[tokio::test]
async fn a_bridge_makes_sure_of_its_channel_once() {
    both_ways(seed, async |hub: &Hub| {
        let (id, outcome) = ensure(hub, call()).await;
        // Seven seconds before it is registered, and three until it is listed.
        assert_eq!((outcome, hub.clock.monotonic()), (ChannelOutcome::Created, Duration::from_secs(10)));
        assert_eq!(ensure(hub, call()).await, (id.clone(), ChannelOutcome::Found));
        assert_eq!(hub.emulator.channels().len(), 2);

        let client = hub.client();
        let read = client.get_channel(GetChannel::new(id.as_str())).await.unwrap();
        assert_eq!(read.threading_model(), Some(&ThreadingModel::IntegrationThreadId));
        let change = ChannelPatch::new().set_name("Harbour");
        let changed = client
            .update_channel(UpdateChannel::new(id.as_str(), change))
            .await
            .unwrap();
        assert_eq!(hub.emulator.channels()[1], *changed);
        client.archive_channel(ArchiveChannel::new(id.as_str())).await.unwrap();
        let gone = client.get_channel(GetChannel::new(id.as_str())).await.unwrap_err();
        assert!(gone.is_not_found(), "{gone}");
        (id, read.into_inner(), changed.into_inner(), Told::of(hub, &gone))
    })
    .await;
}

#[tokio::test]
async fn a_registration_whose_answer_is_lost_is_not_repeated() {
    for (fault, outcome) in [
        (Fault::DropAfterEffect, Some(ChannelOutcome::Appeared)),
        (Fault::TearAnswer(9), Some(ChannelOutcome::Appeared)),
        (Fault::DropBeforeEffect, None),
    ] {
        let told = both_ways(seed, async |hub: &Hub| {
            hub.emulator
                .add_fault(FaultRule::new(fault.clone()).operation::<CreateChannel>().times(1));
            let client = hub.client();
            let ensured = hub.turning(client.ensure_channel(call())).await;
            let told = match ensured {
                Ok(ensured) => Ok(ensured.outcome),
                Err(EnsureError::Unknown { .. }) => Err("unknown"),
                Err(error) => panic!("{error}"),
            };
            (told, hub.clock.monotonic(), hub.emulator.channels().len())
        })
        .await;
        assert_eq!(told.0, outcome.ok_or("unknown"), "{fault:?}");
        assert_eq!(told.2, 1 + usize::from(outcome.is_some()), "{fault:?}");
    }
}

#[tokio::test]
async fn a_channel_with_another_address_is_changed_where_that_is_asked_for() {
    both_ways(seed, async |hub: &Hub| {
        let (id, _) = ensure(hub, call()).await;
        let moved = EnsureChannel::by_name(body().set_webhook_url("https://new.example.com/hubspot"));
        let client = hub.client();
        let seen = hub.turning(client.ensure_channel(moved.clone())).await.unwrap();
        assert!(seen.differed() && !seen.updated);
        let changed = hub
            .turning(client.ensure_channel(moved.with_update(true)))
            .await
            .unwrap();
        assert!(changed.updated);
        let address = hub.emulator.channels()[1].webhook_url.as_deref().map(str::to_owned);
        assert_eq!(address.as_deref(), Some("https://new.example.com/hubspot"));
        (id, seen.differences, changed.channel)
    })
    .await;
}

#[tokio::test]
async fn two_channels_that_are_what_was_asked_for_are_both_named() {
    both_ways(seed, async |hub: &Hub| {
        let client = hub.client();
        for _ in 0..2 {
            client.create_channel(CreateChannel::new(body())).await.unwrap();
        }
        hub.clock.advance(Duration::from_secs(4));
        let error = client
            .ensure_channel(call().with_waits_before(Waits::none()))
            .await
            .unwrap_err();
        let EnsureError::Ambiguous { ids, created, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!((ids.len(), created), (2, &None));
        error.to_string()
    })
    .await;
}
