//! A program that ends in the middle of a refresh, and the next one with the same store.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;
#[path = "common/hubspot.rs"]
mod hubspot;

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use hubchannel_api::{
    Client, Error, PublishMessage,
    clock::Clock as _,
    model::{DeliveryIdentifier, NewMessage, Participant, PortalId},
};
use hubchannel_middleware::{
    CredentialsError, CredentialsErrorKind, MemoryTokenStore, PortalTokens, Revision, Saved, StoreError, Stored,
    TokenStore,
};

use self::{
    common::{drive, pends, seconds},
    hubspot::{HubSpot, LIFETIME, Next, PORTAL, connected},
};

/// A store from which nothing comes back any more after this many steps. Each operation has two: before it is done, and
/// after. Clones are the same.
#[derive(Clone, Debug)]
struct Ending {
    beneath: MemoryTokenStore,
    left: Arc<AtomicUsize>,
}

impl Ending {
    async fn step(&self) {
        let left = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_err() {
            pending::<()>().await;
        }
    }
}

#[async_trait]
impl TokenStore for Ending {
    async fn load(&self, portal: &PortalId) -> Result<Option<Stored>, StoreError> {
        self.step().await;
        let stored = self.beneath.load(portal).await;
        self.step().await;
        stored
    }

    async fn save(
        &self,
        portal: &PortalId,
        tokens: &PortalTokens,
        replaces: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        self.step().await;
        let saved = self.beneath.save(portal, tokens, replaces).await;
        self.step().await;
        saved
    }

    async fn remove(&self, portal: &PortalId) -> Result<(), StoreError> {
        self.step().await;
        let removed = self.beneath.remove(portal).await;
        self.step().await;
        removed
    }
}

async fn publish(client: Client) -> Result<(), Error> {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:1"));
    let call = PublishMessage::new("1", NewMessage::incoming("2", visitor, "hello"));
    client.publish_message(call).await.map(drop)
}

/// What the next program comes to after one that has ended with this many steps of its store, and whether that one had
/// published by then.
fn after(hubspot: &HubSpot, store: &MemoryTokenStore, steps: usize) -> (Result<(), Error>, bool) {
    let first = Ending {
        beneath: store.clone(),
        left: Arc::new(AtomicUsize::new(steps)),
    };
    let portals = hubspot.builder(first).build();
    let mut call = Box::pin(publish(hubspot.client(portals.portal(PORTAL))));
    let mut published = !pends(call.as_mut());
    // It may have asked HubSpot, which takes its time.
    hubspot.clock.advance(seconds(1));
    published = published || !pends(call.as_mut());
    drop((call, portals));
    let portals = hubspot.builder(store.clone()).build();
    let told = drive(&hubspot.clock, publish(hubspot.client(portals.portal(PORTAL))));
    (told, published)
}

#[test]
fn a_program_that_ends_anywhere_in_a_refresh_loses_nothing() {
    let ended = || PortalTokens::new("hush-refresh-0").with_access_token("hush-old", HubSpot::new().clock.wall());
    for takes in [0, 1] {
        for tokens in [PortalTokens::new("hush-refresh-0"), ended()] {
            let mut published = Vec::new();
            for steps in 0..=4 {
                let hubspot = HubSpot::new();
                hubspot.state().takes = seconds(takes);
                let store = MemoryTokenStore::new().with(PORTAL, tokens.clone());
                let (told, first) = after(&hubspot, &store, steps);
                told.unwrap();
                published.push(first);
                // So does the one after that, when the token has ended.
                hubspot.clock.advance(seconds(LIFETIME));
                after(&hubspot, &store, steps).0.unwrap();
            }
            assert_eq!(published, [false, false, false, false, true], "a refresh has four steps");
        }
    }
}

#[test]
fn a_refresh_token_that_replaces_another_is_lost_with_a_program_that_ends_before_it_is_saved() {
    // Saved or not, by when the first program ends.
    for (steps, lost) in [(1, false), (2, true), (3, false), (4, false)] {
        let hubspot = HubSpot::new();
        hubspot.then([Next::Replace("hush-refresh-1")]);
        let store = connected();
        let (told, _) = after(&hubspot, &store, steps);
        match told {
            Ok(()) => assert!(!lost, "{steps}"),
            Err(error) => {
                let credentials = CredentialsError::of(&error).unwrap();
                assert_eq!((credentials.kind(), lost), (CredentialsErrorKind::Reconnect, true), "{steps}: {error}");
            }
        }
    }
}
