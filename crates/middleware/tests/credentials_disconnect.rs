//! A portal that is disconnected stays so, whatever was under way.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;
#[path = "common/hubspot.rs"]
mod hubspot;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hubchannel_api::{
    clock::{Clock as _, ManualClock},
    model::PortalId,
};
use hubchannel_middleware::{
    CredentialsErrorKind, MemoryTokenStore, PortalToken, PortalTokens, Revision, Saved, StoreError, Stored, TokenStore,
};

use self::{
    common::{drive, pends, seconds},
    hubspot::{HubSpot, PORTAL, REFRESH, connected, read},
};

const BACK: &str = "https://bridge.example.com/oauth";

/// A store that takes its time. Clones are the same.
#[derive(Clone, Debug)]
struct Slow {
    beneath: MemoryTokenStore,
    clock: ManualClock,
    /// How long what was read is on its way back.
    load: Duration,
    /// How long it takes until something is saved.
    save: Duration,
    /// How long it takes until it says so.
    answer: Duration,
    /// How long it takes until something is removed.
    remove: Duration,
    /// How many of the next saves fail at once.
    failing: Arc<Mutex<usize>>,
}

impl Slow {
    fn new(hubspot: &HubSpot, beneath: MemoryTokenStore) -> Self {
        Slow {
            beneath,
            clock: hubspot.clock.clone(),
            load: Duration::ZERO,
            save: Duration::ZERO,
            answer: Duration::ZERO,
            remove: Duration::ZERO,
            failing: Arc::default(),
        }
    }

    async fn takes(&self, time: Duration) {
        if !time.is_zero() {
            self.clock.sleep(time).await;
        }
    }

    fn has_something(&self) -> bool {
        drive(&self.clock, self.beneath.load(&PORTAL.into())).unwrap().is_some()
    }
}

#[async_trait]
impl TokenStore for Slow {
    async fn load(&self, portal: &PortalId) -> Result<Option<Stored>, StoreError> {
        let stored = self.beneath.load(portal).await;
        self.takes(self.load).await;
        stored
    }

    async fn save(
        &self,
        portal: &PortalId,
        tokens: &PortalTokens,
        replaces: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        let fails = {
            let mut failing = self.failing.lock().unwrap();
            let fails = *failing > 0;
            *failing = failing.saturating_sub(1);
            fails
        };
        if fails {
            return Err(StoreError::unavailable("the disk is full"));
        }
        self.takes(self.save).await;
        let saved = self.beneath.save(portal, tokens, replaces).await;
        self.takes(self.answer).await;
        saved
    }

    async fn remove(&self, portal: &PortalId) -> Result<(), StoreError> {
        self.takes(self.remove).await;
        self.beneath.remove(portal).await
    }
}

fn is_disconnected(hubspot: &HubSpot, portal: &PortalToken, store: &Slow) {
    for _ in 0..2 {
        let error = drive(&hubspot.clock, portal.access_token()).unwrap_err();
        assert_eq!(error.kind(), CredentialsErrorKind::NotConnected);
        hubspot.clock.advance(seconds(60));
    }
    drive(&hubspot.clock, hubspot.client(portal.clone()).get_message(read())).unwrap_err();
    assert!(hubspot.calls().is_empty(), "no call went out with a token");
    assert!(!store.has_something());
}

#[test]
fn a_consent_that_is_being_saved_does_not_undo_a_disconnection() {
    for caller_is_polled in [false, true] {
        let hubspot = HubSpot::new();
        let mut store = Slow::new(&hubspot, MemoryTokenStore::new());
        store.save = seconds(1);
        *store.failing.lock().unwrap() = 1;
        let portals = hubspot.builder(store.clone()).build();
        let error = drive(&hubspot.clock, portals.connect("hush-code", BACK)).unwrap_err();
        assert_eq!(error.kind(), CredentialsErrorKind::Store);
        let portal = portals.portal(PORTAL);
        let mut call = Box::pin(portal.access_token());
        assert!(pends(call.as_mut()), "the save is under way");
        // Whoever goes away and comes again has to wait as well.
        assert!(pends(Box::pin(portal.disconnect()).as_mut()));
        let mut leaving = Box::pin(portal.disconnect());
        assert!(pends(leaving.as_mut()), "it waits for that");
        hubspot.clock.advance(seconds(1));
        if caller_is_polled {
            pends(call.as_mut());
        }
        drive(&hubspot.clock, leaving).unwrap();
        if !caller_is_polled {
            let error = drive(&hubspot.clock, call).unwrap_err();
            assert_eq!(error.kind(), CredentialsErrorKind::NotConnected);
        }
        is_disconnected(&hubspot, &portal, &store);
    }
}

#[test]
fn a_portal_that_is_being_connected_is_disconnected_when_its_tokens_are_saved() {
    for (save, answer) in [(1, 0), (0, 1)] {
        let hubspot = HubSpot::new();
        let mut store = Slow::new(&hubspot, MemoryTokenStore::new());
        (store.save, store.answer) = (seconds(save), seconds(answer));
        let portals = hubspot.builder(store.clone()).build();
        let mut connecting = Box::pin(portals.connect("hush-code", BACK));
        assert!(pends(connecting.as_mut()), "the save is under way");
        let portal = portals.portal(PORTAL);
        let mut leaving = Box::pin(portal.disconnect());
        assert!(pends(leaving.as_mut()), "it waits for that");
        hubspot.clock.advance(seconds(1));
        drive(&hubspot.clock, leaving).unwrap();
        drive(&hubspot.clock, connecting).unwrap();
        is_disconnected(&hubspot, &portal, &store);
    }
}

#[test]
fn a_connect_that_hears_late_of_its_save_goes_by_what_a_removal_has_left() {
    let hubspot = HubSpot::new();
    let mut store = Slow::new(&hubspot, MemoryTokenStore::new());
    (store.remove, store.answer) = (seconds(1), seconds(2));
    let portals = hubspot.builder(store.clone()).build();
    let portal = portals.portal(PORTAL);
    let mut leaving = Box::pin(portal.disconnect());
    assert!(pends(leaving.as_mut()), "the removal is under way");
    let mut connecting = Box::pin(portals.connect("hush-code", BACK));
    assert!(pends(connecting.as_mut()), "what is saved is removed before its word is back");
    drive(&hubspot.clock, leaving).unwrap();
    drive(&hubspot.clock, connecting).unwrap();
    is_disconnected(&hubspot, &portal, &store);
}

#[test]
fn of_two_consents_at_once_the_later_one_counts() {
    for (later_fails, later_ends_first) in [(false, false), (false, true), (true, true)] {
        let hubspot = HubSpot::new();
        let mut store = Slow::new(&hubspot, MemoryTokenStore::new());
        store.answer = seconds(1);
        let portal = hubspot.builder(store.clone()).build().portal(PORTAL);
        let consent = |number: u32| {
            let (token, end) = hubspot.issue(1_800);
            PortalTokens::new(format!("hush-refresh-{number}")).with_access_token(token, end)
        };
        let mut earlier = Box::pin(portal.connect(consent(0)));
        assert!(pends(earlier.as_mut()), "it is saved, and does not know");
        *store.failing.lock().unwrap() = usize::from(later_fails);
        let mut later = Box::pin(portal.connect(consent(1)));
        assert_eq!(pends(later.as_mut()), !later_fails, "saved over it, or kept");
        hubspot.clock.advance(seconds(1));
        if later_ends_first {
            if !later_fails {
                drive(&hubspot.clock, later).unwrap();
            }
            drive(&hubspot.clock, earlier).unwrap();
        } else {
            drive(&hubspot.clock, earlier).unwrap();
            drive(&hubspot.clock, later).unwrap();
        }
        let token = drive(&hubspot.clock, portal.access_token()).unwrap();
        assert_eq!(token.expose(), "hush-access-1", "{later_fails} {later_ends_first}");
    }
}

#[test]
fn what_was_read_while_a_portal_was_being_disconnected_is_not_used_afterwards() {
    let hubspot = HubSpot::new();
    let (token, end) = hubspot.issue(1_800);
    let tokens = PortalTokens::new(REFRESH).with_access_token(token, end);
    let mut store = Slow::new(&hubspot, MemoryTokenStore::new().with(PORTAL, tokens));
    (store.load, store.remove) = (seconds(2), seconds(1));
    let portal = hubspot.builder(store.clone()).build().portal(PORTAL);
    let mut leaving = Box::pin(portal.disconnect());
    assert!(pends(leaving.as_mut()));
    let mut call = Box::pin(portal.access_token());
    assert!(pends(call.as_mut()), "it has read the tokens");
    hubspot.clock.advance(seconds(1));
    drive(&hubspot.clock, leaving).unwrap();
    let error = drive(&hubspot.clock, call).unwrap_err();
    assert_eq!(error.kind(), CredentialsErrorKind::NotConnected);
    is_disconnected(&hubspot, &portal, &store);
}

#[test]
fn a_consent_that_is_given_while_a_portal_is_being_disconnected_is_not_lost() {
    // Kept before the removal is over, and after.
    for late in [false, true] {
        let hubspot = HubSpot::new();
        let mut store = Slow::new(&hubspot, connected());
        (store.load, store.remove) = (seconds(if late { 2 } else { 0 }), seconds(1));
        let portals = hubspot.builder(store.clone()).build();
        let portal = portals.portal(PORTAL);
        let mut leaving = Box::pin(portal.disconnect());
        assert!(pends(leaving.as_mut()));
        *store.failing.lock().unwrap() = 1;
        let mut connecting = Box::pin(portals.connect("hush-code", BACK));
        assert_eq!(pends(connecting.as_mut()), late);
        hubspot.clock.advance(seconds(1));
        drive(&hubspot.clock, leaving).unwrap();
        if late {
            drive(&hubspot.clock, connecting).unwrap_err();
        }
        let token = drive(&hubspot.clock, portal.access_token()).unwrap();
        assert_eq!(token.expose(), "hush-access-0", "{late}");
        assert!(store.has_something());
    }
}

#[test]
fn a_portal_that_could_not_be_removed_from_the_store_may_still_be_used() {
    let hubspot = HubSpot::new();
    let mut store = Slow::new(&hubspot, connected());
    store.remove = seconds(600);
    let portal = hubspot.builder(store).build().portal(PORTAL);
    let error = drive(&hubspot.clock, portal.disconnect()).unwrap_err();
    assert!(error.is_retryable(), "{error}");
    drive(&hubspot.clock, portal.access_token()).unwrap();
}

/// The token endpoint takes its time, and who disconnects waits for no answer of it.
#[test]
fn nobody_waits_for_hubspot_to_disconnect() {
    let hubspot = HubSpot::new();
    hubspot.state().takes = seconds(20);
    let store = Slow::new(&hubspot, connected());
    let portal = hubspot.builder(store.clone()).build().portal(PORTAL);
    let mut call = Box::pin(portal.access_token());
    assert!(pends(call.as_mut()));
    let mut leaving = Box::pin(portal.disconnect());
    assert!(!pends(leaving.as_mut()));
    let error = drive(&hubspot.clock, call).unwrap_err();
    assert_eq!(error.kind(), CredentialsErrorKind::NotConnected);
    is_disconnected(&hubspot, &portal, &store);
}
