//! What a refresh does beside connections, disconnections, and other processes with the same store.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

#[path = "common/calls.rs"]
mod calls;
mod common;
#[path = "common/crowd.rs"]
mod crowd;
#[path = "common/hubspot.rs"]
mod hubspot;

use hubchannel_middleware::{CredentialsErrorKind, MemoryTokenStore, PortalToken, PortalTokens, TokenStore as _};

use self::{
    calls::{crowd, failure, ok},
    common::{drive, pends, seconds},
    crowd::Crowd,
    hubspot::{DEAD, Flaky, HubSpot, LIFETIME, Next, PORTAL, REFRESH, connected},
};

#[test]
fn a_portal_that_is_not_connected_says_so_and_asks_nobody() {
    let hubspot = HubSpot::new();
    let portal = hubspot.builder(MemoryTokenStore::new()).build().portal(PORTAL);
    let client = hubspot.client(portal.clone());
    let (_, credentials) = failure(&hubspot, &client);
    assert_eq!(credentials.kind(), CredentialsErrorKind::NotConnected);
    assert!(credentials.must_reconnect());
    assert_eq!(hubspot.refreshes(), 0);
    drive(&hubspot.clock, portal.connect(PortalTokens::new(REFRESH))).unwrap();
    ok(&hubspot, &client);
}

#[test]
fn a_refresh_token_that_is_taken_no_more_is_not_sent_again() {
    let hubspot = HubSpot::new();
    hubspot.state().refresh_tokens.clear();
    let store = Flaky::new(connected());
    let portal = hubspot.builder(store.clone()).build().portal(PORTAL);
    let client = hubspot.client(portal.clone());
    for _ in 0..10 {
        let (_, credentials) = failure(&hubspot, &client);
        assert_eq!(credentials.kind(), CredentialsErrorKind::Reconnect);
        hubspot.clock.advance(seconds(60));
    }
    assert_eq!(hubspot.refreshes(), 1);

    // Connected anew, here or by another process.
    hubspot.state().refresh_tokens.insert("hush-refresh-1".to_owned());
    drive(&hubspot.clock, store.save_as_another(&PortalTokens::new("hush-refresh-1")));
    ok(&hubspot, &client);
    hubspot.state().refresh_tokens.clear();
    hubspot.revoke_access();
    failure(&hubspot, &client);
    hubspot.state().refresh_tokens.insert("hush-refresh-2".to_owned());
    drive(&hubspot.clock, portal.connect(PortalTokens::new("hush-refresh-2"))).unwrap();
    ok(&hubspot, &client);
}

#[test]
fn a_refresh_token_that_another_process_has_brought_to_life_is_sent_again() {
    let hubspot = HubSpot::new();
    let store = Flaky::new(connected());
    let client = hubspot.client(hubspot.builder(store.clone()).build().portal(PORTAL));
    hubspot.then([Next::Answer(400, DEAD)]);
    let (_, credentials) = failure(&hubspot, &client);
    assert_eq!(credentials.kind(), CredentialsErrorKind::Reconnect);
    hubspot.clock.advance(seconds(60));
    failure(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 1);

    hubspot.clock.advance(seconds(60));
    let (token, end) = hubspot.issue(LIFETIME);
    drive(&hubspot.clock, store.save_as_another(&PortalTokens::new(REFRESH).with_access_token(token, end)));
    ok(&hubspot, &client);
    hubspot.clock.advance(seconds(LIFETIME));
    ok(&hubspot, &client);
    assert_eq!(hubspot.calls(), ["0", "1"]);
}

#[test]
fn a_disconnected_portal_has_no_token() {
    let hubspot = HubSpot::new();
    let portal = hubspot.portal();
    let client = hubspot.client(portal.clone());
    ok(&hubspot, &client);
    drive(&hubspot.clock, portal.disconnect()).unwrap();
    let (_, credentials) = failure(&hubspot, &client);
    assert_eq!(credentials.kind(), CredentialsErrorKind::NotConnected);
}

#[test]
fn a_refresh_under_way_does_not_undo_a_new_connection() {
    for access in [false, true] {
        let hubspot = HubSpot::new();
        hubspot.state().takes = seconds(3);
        let store = connected();
        let portal = hubspot.builder(store.clone()).build().portal(PORTAL);
        let mut crowd = crowd(&hubspot);
        let before = portal.clone();
        crowd.come(async move { before.access_token().await });
        hubspot.state().refresh_tokens.insert("hush-refresh-1".to_owned());
        let mut tokens = PortalTokens::new("hush-refresh-1");
        if access {
            let (token, end) = hubspot.issue(LIFETIME);
            tokens = tokens.with_access_token(token, end);
        }
        drive(&hubspot.clock, portal.connect(tokens)).unwrap();
        let after = portal.clone();
        crowd.come(async move { after.access_token().await });
        crowd.advance_through(seconds(20));
        assert_eq!(crowd.done.len(), 2);
        assert!(crowd.done.iter().all(|(_, _, token)| token.is_ok()));
        let stored = drive(&hubspot.clock, store.load(&PORTAL.into())).unwrap().unwrap();
        assert_eq!(stored.tokens.refresh_token.expose(), "hush-refresh-1", "{access}");
    }
}

#[test]
fn a_token_is_used_when_it_is_saved_and_not_before() {
    let hubspot = HubSpot::new();
    let store = Flaky::new(connected());
    store.fail(2);
    hubspot.then([Next::Replace("hush-refresh-1")]);
    let portal = hubspot.builder(store.clone()).build().portal(PORTAL);
    let client = hubspot.client(portal);
    for _ in 0..2 {
        let (error, credentials) = failure(&hubspot, &client);
        assert_eq!(credentials.kind(), CredentialsErrorKind::Store);
        assert!(error.is_retryable(), "{error}");
        hubspot.clock.advance(seconds(5));
    }
    assert!(hubspot.calls().is_empty());
    ok(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 1, "what could not be saved is saved, and no other is asked for");
    assert_eq!(store.log(), ["load", "save", "load", "save", "load", "save"]);
    let stored = drive(&hubspot.clock, store.beneath.load(&PORTAL.into()))
        .unwrap()
        .unwrap();
    assert_eq!(stored.tokens.refresh_token.expose(), "hush-refresh-1");
    assert_eq!(stored.tokens.access_token.unwrap().expose(), "hush-access-0");
}

#[test]
fn a_save_that_failed_but_happened_is_recognised() {
    let hubspot = HubSpot::new();
    let mut store = Flaky::new(connected());
    store.saves_all_the_same = true;
    store.fail(1);
    hubspot.then([Next::Replace("hush-refresh-1")]);
    let client = hubspot.client(hubspot.builder(store.clone()).build().portal(PORTAL));
    failure(&hubspot, &client);
    hubspot.clock.advance(seconds(1));
    ok(&hubspot, &client);
    assert_eq!((hubspot.refreshes(), hubspot.calls()), (1, vec!["0".to_owned()]));
}

#[test]
fn a_restart_goes_on_with_what_was_saved() {
    let hubspot = HubSpot::new();
    let store = connected();
    ok(&hubspot, &hubspot.client(hubspot.builder(store.clone()).build().portal(PORTAL)));
    ok(&hubspot, &hubspot.client(hubspot.builder(store.clone()).build().portal(PORTAL)));
    assert_eq!(hubspot.refreshes(), 1);
    hubspot.clock.advance(seconds(LIFETIME - 119));
    ok(&hubspot, &hubspot.client(hubspot.builder(store).build().portal(PORTAL)));
    assert_eq!(hubspot.calls(), ["0", "0", "1"]);
}

#[test]
fn what_another_process_has_saved_is_used() {
    let hubspot = HubSpot::new();
    let store = connected();
    let one = hubspot.client(hubspot.builder(store.clone()).build().portal(PORTAL));
    let other = hubspot.client(hubspot.builder(store).build().portal(PORTAL));
    ok(&hubspot, &one);
    ok(&hubspot, &other);
    hubspot.clock.advance(seconds(LIFETIME));
    ok(&hubspot, &one);
    ok(&hubspot, &other);
    hubspot.revoke_access();
    ok(&hubspot, &one);
    ok(&hubspot, &other);
    assert_eq!(hubspot.refreshes(), 3, "one for both, each time");
}

#[test]
fn what_another_process_saves_meanwhile_is_not_wiped_out() {
    let hubspot = HubSpot::new();
    let store = Flaky::new(connected());
    let (token, end) = hubspot.issue(LIFETIME);
    // It was as quick, and has a good token.
    let theirs = PortalTokens::new(REFRESH).with_access_token(token, end);
    *store.meanwhile.lock().unwrap() = Some(theirs.clone());
    let client = hubspot.client(hubspot.builder(store.clone()).build().portal(PORTAL));
    ok(&hubspot, &client);
    assert_eq!(hubspot.calls(), ["0"], "theirs, which everybody has");
    let stored = drive(&hubspot.clock, store.beneath.load(&PORTAL.into()))
        .unwrap()
        .unwrap();
    assert_eq!(stored.tokens, theirs);

    // What was got in vain is saved at no later time either.
    hubspot.clock.advance(seconds(LIFETIME));
    let saves = |store: &Flaky| store.log().iter().filter(|what| **what == "save").count();
    let before = saves(&store);
    ok(&hubspot, &client);
    assert_eq!(saves(&store), before + 1);

    // It has connected the portal anew.
    hubspot.clock.advance(seconds(LIFETIME));
    hubspot.state().refresh_tokens.insert("hush-refresh-9".to_owned());
    *store.meanwhile.lock().unwrap() = Some(PortalTokens::new("hush-refresh-9"));
    ok(&hubspot, &client);
    let stored = drive(&hubspot.clock, store.beneath.load(&PORTAL.into()))
        .unwrap()
        .unwrap();
    assert_eq!(stored.tokens.refresh_token.expose(), "hush-refresh-9");

    // It has saved something of no use to this one, which saves over it.
    hubspot.clock.advance(seconds(LIFETIME));
    let useless = PortalTokens::new("hush-refresh-9")
        .with_access_token("hush-old", hubchannel_api::clock::Clock::wall(&hubspot.clock));
    *store.meanwhile.lock().unwrap() = Some(useless);
    let refreshes = hubspot.refreshes();
    ok(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), refreshes + 1);
}

#[test]
fn what_a_refresh_of_an_earlier_connection_comes_to_counts_no_more() {
    let hubspot = HubSpot::new();
    hubspot.state().takes = seconds(3);
    hubspot.then([Next::Answer(400, DEAD)]);
    let portal = hubspot.portal();
    let mut crowd = crowd(&hubspot);
    let call = |crowd: &mut Crowd<bool>| {
        let portal = portal.clone();
        crowd.come(async move { portal.access_token().await.is_ok() });
    };
    call(&mut crowd);
    hubspot.state().refresh_tokens.insert("hush-refresh-1".to_owned());
    drive(&hubspot.clock, portal.connect(PortalTokens::new("hush-refresh-1"))).unwrap();
    crowd.advance(seconds(1));
    call(&mut crowd);
    crowd.advance(seconds(2));
    call(&mut crowd);
    crowd.advance(seconds(1));
    let results: Vec<bool> = crowd.done.iter().map(|(_, _, ok)| *ok).collect();
    assert_eq!(results, [true; 3], "who has waited for the earlier one looks again");
    assert_eq!(hubspot.refreshes(), 2);
}

#[test]
fn what_another_process_has_saved_is_used_while_the_token_endpoint_is_left_alone() {
    for next in [Next::Busy("4000"), Next::Busy("99999999999999999999")] {
        let hubspot = HubSpot::new();
        let store = Flaky::new(connected());
        let client = hubspot.client(hubspot.builder(store.clone()).build().portal(PORTAL));
        hubspot.then([next]);
        failure(&hubspot, &client);
        // Looked at once a second, however many call, and HubSpot is not asked.
        for _ in 0..20 {
            hubspot.clock.advance(seconds(1));
            (0..5).for_each(|_| drop(failure(&hubspot, &client)));
        }
        assert_eq!((store.log().len(), hubspot.refreshes()), (21, 1));
        let (token, end) = hubspot.issue(LIFETIME);
        drive(&hubspot.clock, store.save_as_another(&PortalTokens::new(REFRESH).with_access_token(token, end)));
        hubspot.clock.advance(seconds(1));
        ok(&hubspot, &client);
        assert_eq!(hubspot.refreshes(), 1);

        // That it was there does not end the pause.
        hubspot.clock.advance(seconds(LIFETIME));
        let (_, credentials) = failure(&hubspot, &client);
        assert!(credentials.is_retryable());
        assert_eq!(hubspot.refreshes(), 1);
    }
}

#[test]
fn no_answer_of_the_token_endpoint_shuts_a_portal_out_for_more_than_a_day() {
    const DAY: u64 = 24 * 60 * 60;
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    hubspot.then([Next::Busy("99999999999999999999")]);
    let (_, credentials) = failure(&hubspot, &client);
    assert_eq!(credentials.retry_after(), Some(seconds(DAY)));
    hubspot.clock.advance(seconds(DAY - 1));
    let (_, credentials) = failure(&hubspot, &client);
    assert_eq!(credentials.retry_after(), Some(seconds(1)));
    assert_eq!(hubspot.refreshes(), 1);
    hubspot.clock.advance(seconds(1));
    ok(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 2);
}

/// A portal whose tokens are being saved in a refresh, and a caller who waits for that.
fn saving(hubspot: &HubSpot) -> (PortalToken, Flaky, Crowd<Result<String, CredentialsErrorKind>>) {
    let mut store = Flaky::new(connected());
    store.slow = Some(hubspot.clock.clone());
    let portal = hubspot.builder(store.clone()).build().portal(PORTAL);
    let mut crowd = crowd(hubspot);
    let caller = portal.clone();
    crowd.come(async move {
        let token = caller.access_token().await;
        token
            .map(|token| token.expose().to_owned())
            .map_err(|error| error.kind())
    });
    assert_eq!(store.log(), ["load", "save"]);
    (portal, store, crowd)
}

#[test]
fn a_refresh_that_is_saving_does_not_undo_a_disconnection() {
    let hubspot = HubSpot::new();
    let (portal, _, mut crowd) = saving(&hubspot);
    drive(&hubspot.clock, portal.disconnect()).unwrap();
    crowd.advance_through(seconds(5));
    assert_eq!(crowd.done[0].2, Err(CredentialsErrorKind::NotConnected));
    let error = drive(&hubspot.clock, portal.access_token()).unwrap_err();
    assert_eq!(error.kind(), CredentialsErrorKind::NotConnected);
}

#[test]
fn a_refresh_that_is_saving_does_not_undo_a_new_connection() {
    let hubspot = HubSpot::new();
    let (portal, _, mut crowd) = saving(&hubspot);
    let (token, end) = hubspot.issue(LIFETIME);
    let tokens = PortalTokens::new("hush-refresh-1").with_access_token(token.clone(), end);
    let mut connecting = Box::pin(portal.connect(tokens));
    assert!(pends(connecting.as_mut()));
    hubspot.clock.advance(seconds(1));
    // Both saves have ended, and the connection is the first to learn of it.
    assert!(!pends(connecting.as_mut()));
    crowd.advance_through(seconds(5));
    assert_eq!(crowd.done[0].2.as_deref(), Ok(token.expose()));
    let now = drive(&hubspot.clock, portal.access_token()).unwrap();
    assert_eq!(now.expose(), token.expose());
}
