//! A code is good for one use: what keeps the tokens that it brought from being saved does not lose them.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;
#[path = "common/hubspot.rs"]
mod hubspot;

use std::future::pending;

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{Body, Client, HttpTransport, OAuthApp, OAuthClient, TransportError, clock::Clock as _};
use hubchannel_middleware::{
    CredentialsError, CredentialsErrorKind, MemoryTokenStore, PortalTokens, Portals, TokenStore as _,
};

use self::{
    common::{drive, pends, seconds},
    hubspot::{Flaky, HubSpot, LIFETIME, Next, PORTAL, connected, read},
};

const BACK: &str = "https://bridge.example.com/oauth";

fn connect(hubspot: &HubSpot, portals: &Portals) -> Result<(), CredentialsError> {
    drive(&hubspot.clock, portals.connect("hush-code", BACK)).map(drop)
}

fn ok(hubspot: &HubSpot, client: &Client) {
    drive(&hubspot.clock, client.get_message(read())).unwrap();
}

fn stored(hubspot: &HubSpot, store: &Flaky) -> PortalTokens {
    let stored = drive(&hubspot.clock, store.beneath.load(&PORTAL.into()));
    stored.unwrap().unwrap().tokens
}

#[test]
fn a_store_that_fails_once_costs_no_second_consent() {
    for beneath in [MemoryTokenStore::new(), connected()] {
        let hubspot = HubSpot::new();
        let store = Flaky::new(beneath);
        store.fail(1);
        let portals = hubspot.builder(store.clone()).build();
        let error = connect(&hubspot, &portals).unwrap_err();
        assert_eq!(error.kind(), CredentialsErrorKind::Store);
        assert_eq!(error.portal().unwrap(), PORTAL);
        assert!(!error.is_retryable() && !error.must_reconnect(), "{error}");
        assert!(
            error
                .to_string()
                .contains("the code is used up, and its tokens are kept"),
            "{error}"
        );

        ok(&hubspot, &hubspot.client(portals.portal(PORTAL)));
        assert_eq!(hubspot.calls(), ["0"], "the token that the code brought");
        assert_eq!(hubspot.refreshes(), 1, "the code");
        assert_eq!(stored(&hubspot, &store).access_token.unwrap().expose(), "hush-access-0");
    }
}

#[test]
fn tokens_that_are_not_saved_are_not_used_and_not_forgotten() {
    let hubspot = HubSpot::new();
    let store = Flaky::new(MemoryTokenStore::new());
    store.fail(3);
    let portals = hubspot.builder(store.clone()).build();
    connect(&hubspot, &portals).unwrap_err();
    (0..1_000).for_each(|number| drop(portals.portal(number.to_string())));
    for _ in 0..2 {
        let error = drive(&hubspot.clock, portals.portal(PORTAL).access_token()).unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (CredentialsErrorKind::Store, true));
        hubspot.clock.advance(seconds(LIFETIME));
    }
    assert!(hubspot.calls().is_empty());
    ok(&hubspot, &hubspot.client(portals.portal(PORTAL)));
    assert_eq!(hubspot.calls(), ["1"], "the first has ended meanwhile, and its refresh token goes on");
}

#[test]
fn a_portal_that_is_connected_goes_on_while_its_new_tokens_wait_for_the_store() {
    let hubspot = HubSpot::new();
    let store = Flaky::new(connected());
    let portals = hubspot.builder(store.clone()).build();
    let client = hubspot.client(portals.portal(PORTAL));
    ok(&hubspot, &client);
    store.fail(2);
    connect(&hubspot, &portals).unwrap_err();
    ok(&hubspot, &client);
    hubspot.clock.advance(seconds(1));
    ok(&hubspot, &client);
    ok(&hubspot, &client);
    assert_eq!(hubspot.calls(), ["0", "0", "1", "1"]);
    assert_eq!(stored(&hubspot, &store).access_token.unwrap().expose(), "hush-access-1");
}

#[test]
fn what_hubspot_has_given_another_process_later_counts() {
    let hubspot = HubSpot::new();
    let store = Flaky::new(MemoryTokenStore::new());
    store.fail(1);
    let portals = hubspot.builder(store.clone()).build();
    connect(&hubspot, &portals).unwrap_err();
    hubspot.clock.advance(seconds(5));
    let (token, end) = hubspot.issue(LIFETIME);
    let theirs = PortalTokens::new("hush-refresh-9").with_access_token(token, end);
    drive(&hubspot.clock, store.save_as_another(&theirs));
    ok(&hubspot, &hubspot.client(portals.portal(PORTAL)));
    assert_eq!(stored(&hubspot, &store), theirs);
    assert_eq!(hubspot.calls(), ["1"]);
}

#[test]
fn a_save_that_failed_but_happened_is_not_repeated() {
    let hubspot = HubSpot::new();
    let mut store = Flaky::new(MemoryTokenStore::new());
    store.saves_all_the_same = true;
    store.fail(1);
    let portals = hubspot.builder(store.clone()).build();
    connect(&hubspot, &portals).unwrap_err();
    ok(&hubspot, &hubspot.client(portals.portal(PORTAL)));
    assert_eq!(store.log(), ["load", "save", "load"]);
}

#[test]
fn who_disconnects_a_portal_disconnects_it_from_unsaved_tokens_too() {
    let hubspot = HubSpot::new();
    let store = Flaky::new(MemoryTokenStore::new());
    store.fail(1);
    let portals = hubspot.builder(store).build();
    connect(&hubspot, &portals).unwrap_err();
    let portal = portals.portal(PORTAL);
    drive(&hubspot.clock, portal.disconnect()).unwrap();
    let error = drive(&hubspot.clock, portal.access_token()).unwrap_err();
    assert_eq!(error.kind(), CredentialsErrorKind::NotConnected);
}

#[tokio::test]
async fn a_browser_that_goes_away_does_not_lose_the_tokens() {
    // Before the code's answer, and between that and the end of the save.
    for answered in [false, true] {
        let hubspot = HubSpot::new();
        hubspot.state().takes = seconds(3);
        let mut store = Flaky::new(MemoryTokenStore::new());
        store.slow = Some(hubspot.clock.clone());
        let portals = hubspot.builder(store.clone()).build();
        let mut call = Box::pin(portals.connect("hush-code", BACK));
        assert!(pends(call.as_mut()));
        if answered {
            hubspot.clock.advance(seconds(3));
            assert!(pends(call.as_mut()));
            assert_eq!(store.log(), ["load", "save"]);
        }
        drop(call);
        for _ in 0..3 {
            tokio::task::yield_now().await;
            hubspot.clock.advance(seconds(3));
        }
        tokio::task::yield_now().await;
        let token = portals.portal(PORTAL).access_token().await.unwrap();
        assert_eq!(token.expose(), "hush-access-0", "{answered}");
        assert_eq!(hubspot.refreshes(), 1, "{answered}");
    }
}

#[test]
fn without_a_runtime_who_is_dropped_while_saving_leaves_the_tokens_to_the_next_call() {
    let hubspot = HubSpot::new();
    let mut store = Flaky::new(MemoryTokenStore::new());
    store.slow = Some(hubspot.clock.clone());
    let portals = hubspot.builder(store).build();
    let mut call = Box::pin(portals.connect("hush-code", BACK));
    assert!(pends(call.as_mut()));
    drop(call);
    ok(&hubspot, &hubspot.client(portals.portal(PORTAL)));
    assert_eq!((hubspot.refreshes(), hubspot.calls()), (1, vec!["0".to_owned()]));
}

#[test]
fn a_code_that_may_be_used_up_is_not_to_be_tried_again() {
    let used_up = [
        Next::Lost,
        Next::Silence,
        Next::Answer(500, "{}"),
        Next::Answer(504, "{}"),
        Next::Answer(200, "no tokens"),
        Next::Answer(200, r#"{"access_token":7}"#),
    ];
    for next in used_up {
        let hubspot = HubSpot::new();
        hubspot.then([next.clone()]);
        let portals = hubspot
            .builder(MemoryTokenStore::new())
            .answer_timeout(seconds(7))
            .build();
        let began = hubspot.clock.monotonic();
        let error = connect(&hubspot, &portals).unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (CredentialsErrorKind::Unavailable, false), "{next:?}");
        assert!(
            error
                .to_string()
                .contains("the code may be used up; let the user consent again"),
            "{error}"
        );
        assert!(hubspot.clock.monotonic() - began <= seconds(7));
    }
    for next in [Next::Busy("5"), Next::Answer(423, "{}")] {
        let hubspot = HubSpot::new();
        hubspot.then([next.clone()]);
        let portals = hubspot.builder(MemoryTokenStore::new()).build();
        let error = connect(&hubspot, &portals).unwrap_err();
        assert!(error.is_retryable() && !error.to_string().contains("used up"), "{next:?}: {error}");
        connect(&hubspot, &portals).unwrap();
    }
}

#[test]
fn a_code_that_hubspot_does_not_take_is_called_a_code() {
    for body in [
        r#"{"error":"invalid_grant","status":"BAD_AUTH_CODE","message":"missing or unknown auth code"}"#,
        r#"{"status":"BAD_AUTH_CODE","message":"missing or unknown auth code"}"#,
        r#"{"error":"invalid_grant","error_description":"missing or unknown auth code"}"#,
    ] {
        let hubspot = HubSpot::new();
        hubspot.then([Next::Answer(400, body)]);
        let portals = hubspot.builder(MemoryTokenStore::new()).build();
        let error = connect(&hubspot, &portals).unwrap_err();
        let said = error.to_string();
        assert!(error.must_reconnect() && !error.is_retryable(), "{body}");
        assert!(said.contains("does not take the code") && said.contains("unknown auth code"), "{said}");
        assert!(!said.contains("refresh token"), "{said}");
    }
}

/// Tells no portal, and says nothing when it is asked for it.
#[derive(Debug)]
struct Reserved;

#[async_trait]
impl HttpTransport for Reserved {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        if request.uri().path().ends_with("/introspect") {
            pending::<()>().await;
        }
        Ok(Response::new(Body::from(
            r#"{"access_token":"hush-access","refresh_token":"hush-refresh","expires_in":1800}"#,
        )))
    }
}

#[test]
fn who_does_not_say_of_which_portal_a_token_is_is_not_waited_for_without_end() {
    let clock = HubSpot::new().clock;
    let oauth = OAuthClient::new(Reserved, OAuthApp::new("client-7", "hush-client-secret"));
    let portals = Portals::builder(oauth, MemoryTokenStore::new())
        .clock(clock.clone())
        .build();
    let began = clock.monotonic();
    let error = drive(&clock, portals.connect("hush-code", BACK)).unwrap_err();
    assert_eq!(clock.monotonic() - began, seconds(30));
    assert!(!error.is_retryable() && error.to_string().contains("the code is used up"), "{error}");
}
