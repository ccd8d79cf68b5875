//! When a portal's token is replaced, by whom, and what happens when that fails.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

#[path = "common/calls.rs"]
mod calls;
mod common;
#[path = "common/crowd.rs"]
mod crowd;
#[path = "common/hubspot.rs"]
mod hubspot;

use hubchannel_api::{
    Client, ErrorKind, PublishMessage,
    model::{DeliveryIdentifier, NewMessage, Participant},
};
use hubchannel_middleware::{CredentialsErrorKind, PortalToken, RetryPolicy, Stack, TokenStore as _};

use self::{
    calls::{crowd, failure, ok},
    common::{drive, pends, seconds},
    hubspot::{DEAD, HubSpot, LIFETIME, Next, PORTAL, connected, read},
};

#[test]
fn the_first_call_gets_a_token_and_the_next_ones_use_it() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    for _ in 0..3 {
        ok(&hubspot, &client);
    }
    assert_eq!(hubspot.calls(), ["0", "0", "0"]);
    assert_eq!(
        hubspot.state().asked,
        ["grant_type=refresh_token&refresh_token=hush-refresh-0&client_id=client-7&client_secret=hush-client-secret"]
    );
}

#[test]
fn a_token_is_replaced_before_its_end_and_not_sooner() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    ok(&hubspot, &client);
    hubspot.clock.advance(seconds(LIFETIME - 121));
    ok(&hubspot, &client);
    hubspot.clock.advance(seconds(1));
    ok(&hubspot, &client);
    assert_eq!(hubspot.calls(), ["0", "0", "1"]);
    assert_eq!(hubspot.refreshes(), 2);
}

#[test]
fn the_time_that_the_answer_took_counts() {
    let hubspot = HubSpot::new();
    hubspot.state().takes = seconds(20);
    let client = hubspot.client(hubspot.portal());
    ok(&hubspot, &client);
    hubspot.clock.advance(seconds(LIFETIME - 120 - 20));
    ok(&hubspot, &client);
    assert_eq!(hubspot.calls(), ["0", "1"], "it is good from when it was asked for");
}

#[test]
fn a_thousand_calls_with_an_expired_token_make_one_refresh() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    ok(&hubspot, &client);
    hubspot.clock.advance(seconds(LIFETIME + 5));
    hubspot.state().takes = seconds(3);
    let mut crowd = crowd(&hubspot);
    for _ in 0..1_000 {
        let client = client.clone();
        crowd.come(async move { client.get_message(read()).await.map(drop) });
    }
    assert_eq!(crowd.waiting(), 1_000);
    crowd.advance(seconds(3));
    assert_eq!(crowd.done.len(), 1_000);
    assert!(crowd.done.iter().all(|(_, _, result)| result.is_ok()));
    assert_eq!(hubspot.refreshes(), 2, "one at the start and one for all of them");
}

#[test]
fn a_thousand_calls_that_are_refused_make_one_refresh_and_two_requests_each() {
    let hubspot = HubSpot::new();
    let portal = hubspot.portal();
    let client = hubspot.client(portal.clone());
    ok(&hubspot, &client);
    let slow = slow_client(&hubspot, portal);
    let mut crowd = crowd(&hubspot);
    for _ in 0..1_000 {
        let slow = slow.clone();
        crowd.come(async move { slow.get_message(read()).await.map(|reply| reply.attempts().count) });
    }
    hubspot.revoke_access();
    hubspot.state().takes = seconds(3);
    crowd.advance_through(seconds(300));
    assert!(crowd.done.iter().all(|(_, _, result)| matches!(result, Ok(2))));
    assert_eq!(crowd.done.len(), 1_000);
    assert_eq!(hubspot.refreshes(), 2);
    assert_eq!(hubspot.calls().len(), 1 + 2_000);
}

#[test]
fn neither_a_dropped_caller_nor_an_idle_one_holds_up_the_others() {
    let hubspot = HubSpot::new();
    hubspot.state().takes = seconds(3);
    let portal = hubspot.portal();
    let mut crowd = crowd(&hubspot);
    for _ in 0..4 {
        let portal = portal.clone();
        crowd.come(async move { portal.access_token().await.is_ok() });
    }
    crowd.give_up(0);
    crowd.set_polled(0, false);
    crowd.advance(seconds(3));
    assert_eq!(crowd.done.len(), 2);
    assert!(crowd.done.iter().all(|(_, _, ok)| *ok));
    crowd.poll_all_again();
    assert_eq!((crowd.done.len(), hubspot.refreshes()), (3, 1));
}

#[tokio::test]
async fn a_refresh_that_everybody_has_left_is_finished_and_saved() {
    let hubspot = HubSpot::new();
    hubspot.state().takes = seconds(3);
    hubspot.then([Next::Replace("hush-refresh-1")]);
    let store = connected();
    let portals = hubspot.builder(store.clone()).build();
    let portal = portals.portal(PORTAL);
    let mut call = Box::pin(portal.access_token());
    assert!(pends(call.as_mut()));
    drop(call);
    tokio::task::yield_now().await;
    hubspot.clock.advance(seconds(3));
    tokio::task::yield_now().await;
    let stored = store.load(&PORTAL.into()).await.unwrap().unwrap();
    assert_eq!(stored.tokens.refresh_token.expose(), "hush-refresh-1");
    assert_eq!(portal.access_token().await.unwrap().expose(), "hush-access-0");
    assert_eq!(hubspot.refreshes(), 1);
}

#[test]
fn a_late_refusal_of_an_old_token_replaces_nothing() {
    let hubspot = HubSpot::new();
    let portal = hubspot.portal();
    let client = hubspot.client(portal.clone());
    ok(&hubspot, &client);
    let slow = slow_client(&hubspot, portal);
    let mut crowd = crowd(&hubspot);
    for _ in 0..50 {
        let slow = slow.clone();
        crowd.come(async move { slow.get_message(read()).await.is_ok() });
        // Their refusals come in one after the other.
        crowd.advance(seconds(1));
    }
    hubspot.revoke_access();
    ok(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 2);
    crowd.advance_through(seconds(400));
    assert_eq!(crowd.done.len(), 50);
    assert!(crowd.done.iter().all(|(_, _, ok)| *ok));
    assert_eq!(hubspot.refreshes(), 2, "the new token is there already");
}

fn slow_client(hubspot: &HubSpot, portal: PortalToken) -> Client {
    let stack = Stack::new(slow::Slow(hubspot.clone()))
        .clock(hubspot.clock.clone())
        .oauth(portal)
        .retry(None)
        .attempt_timeout(None)
        .deadline(None);
    Client::new(stack.build())
}

mod slow {
    use super::*;
    use hubchannel_api::{Body, HttpTransport, TransportError, clock::Clock as _};

    /// Hands requests on after a while.
    #[derive(Debug)]
    pub(super) struct Slow(pub(super) HubSpot);

    #[async_trait::async_trait]
    impl HttpTransport for Slow {
        async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>, TransportError> {
            self.0.clock.sleep(seconds(90)).await;
            self.0.send(request).await
        }
    }
}

#[test]
fn a_second_refusal_is_the_answer_and_no_loop() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    ok(&hubspot, &client);
    hubspot.state().refuses_all = true;
    let error = drive(&hubspot.clock, client.get_message(read())).unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(error.attempts().count, 2);
    assert_eq!(hubspot.calls(), ["0", "0", "1"]);

    // Whatever is wrong, it is not the token's age: it is left alone for a minute.
    for _ in 0..10 {
        hubspot.clock.advance(seconds(5));
        let error = drive(&hubspot.clock, client.get_message(read())).unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.attempts().count), (401, 1));
    }
    assert_eq!(hubspot.refreshes(), 2);
    hubspot.clock.advance(seconds(10));
    drive(&hubspot.clock, client.get_message(read())).unwrap_err();
    assert_eq!(hubspot.refreshes(), 3);
}

#[test]
fn a_refused_token_that_comes_again_is_not_asked_for_by_every_call() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    ok(&hubspot, &client);
    hubspot.state().refuses_all = true;
    let same = r#"{"access_token":"hush-access-0","expires_in":1800,"hub_id":62515}"#;
    hubspot.then(vec![Next::Answer(200, same); 5]);
    for _ in 0..12 {
        let error = drive(&hubspot.clock, client.get_message(read())).unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.attempts().count), (401, 1));
        hubspot.clock.advance(seconds(5));
    }
    assert_eq!(hubspot.refreshes(), 2, "one at the start and one in a minute");
    drive(&hubspot.clock, client.get_message(read())).unwrap_err();
    assert_eq!(hubspot.refreshes(), 3);
}

#[test]
fn a_publish_that_was_refused_is_repeated_with_the_same_key_or_none() {
    let hubspot = HubSpot::new();
    let portal = hubspot.portal();
    let client = hubspot.client(portal);
    ok(&hubspot, &client);
    hubspot.revoke_access();
    let sender = Participant::new(DeliveryIdentifier::opaque("chat:1"));
    let call = PublishMessage::new("1", NewMessage::incoming("2", sender, "hi"));
    let reply = drive(&hubspot.clock, client.publish_message(call)).unwrap();
    assert_eq!(reply.attempts().count, 2);
}

#[test]
fn while_a_token_is_good_a_failure_to_replace_it_costs_nothing() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    ok(&hubspot, &client);
    hubspot.clock.advance(seconds(LIFETIME - 60));
    hubspot.then([Next::Lost, Next::Answer(503, ""), Next::Answer(400, DEAD)]);
    for _ in 0..3 {
        ok(&hubspot, &client);
        ok(&hubspot, &client);
        hubspot.clock.advance(seconds(5));
    }
    assert_eq!(hubspot.refreshes(), 4, "each failure is followed by a pause");
    assert_eq!(hubspot.calls(), ["0"; 7]);
}

#[tokio::test]
async fn while_a_token_is_good_nobody_waits_for_the_one_that_replaces_it() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    client.get_message(read()).await.unwrap();
    hubspot.clock.advance(seconds(LIFETIME - 100));
    hubspot.then([Next::Silence, Next::Issue]);
    let at_once = || {
        let mut call = Box::pin(client.get_message(read()));
        !pends(call.as_mut())
    };
    for _ in 0..3 {
        assert!(at_once());
        tokio::task::yield_now().await;
    }
    assert_eq!(hubspot.refreshes(), 2, "all of them share one that says nothing");
    hubspot.clock.advance(seconds(30));
    tokio::task::yield_now().await;
    hubspot.state().takes = seconds(3);
    hubspot.clock.advance(seconds(1));
    assert!(at_once());
    tokio::task::yield_now().await;
    hubspot.clock.advance(seconds(3));
    tokio::task::yield_now().await;
    assert!(at_once());
    assert_eq!(hubspot.calls(), ["0", "0", "0", "0", "0", "1"]);
    assert_eq!(hubspot.refreshes(), 3);

    hubspot.clock.advance(seconds(LIFETIME));
    assert!(!at_once(), "without a good one there is nothing to go on with");
}

#[test]
fn without_a_good_token_a_failure_is_told_and_shared_for_a_while() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    hubspot.then([Next::Lost, Next::Answer(503, "")]);
    let (error, credentials) = failure(&hubspot, &client);
    assert_eq!(credentials.kind(), CredentialsErrorKind::Unavailable);
    assert!(error.is_retryable() && !error.outcome_unknown(), "{error}");
    assert_eq!(error.attempts().count, 0);
    for _ in 0..100 {
        failure(&hubspot, &client);
    }
    assert_eq!(hubspot.refreshes(), 1);
    hubspot.clock.advance(seconds(1));
    failure(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 2);
    hubspot.clock.advance(seconds(1));
    failure(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 2, "the second pause is longer");
    hubspot.clock.advance(seconds(1));
    ok(&hubspot, &client);
    assert_eq!(hubspot.calls(), ["0"], "nothing is sent without a token");
}

#[test]
fn a_failure_that_passes_is_repeated_by_the_stack() {
    let hubspot = HubSpot::new();
    hubspot.then([Next::Lost, Next::Answer(502, "<html>"), Next::Answer(429, "{}")]);
    let stack = Stack::new(hubspot.clone())
        .clock(hubspot.clock.clone())
        .oauth(hubspot.portal())
        .retry(RetryPolicy::new().seed(7).max_attempts(20))
        .build();
    ok(&hubspot, &Client::new(stack));
    assert_eq!(hubspot.refreshes(), 4);
}

#[test]
fn the_token_endpoint_s_retry_after_is_heeded() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    hubspot.then([Next::Busy("40")]);
    failure(&hubspot, &client);
    hubspot.clock.advance(seconds(39));
    failure(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 1);
    hubspot.clock.advance(seconds(1));
    ok(&hubspot, &client);
}

#[test]
fn a_token_endpoint_that_says_nothing_keeps_nobody_waiting_for_ever() {
    let hubspot = HubSpot::new();
    hubspot.then([Next::Silence]);
    let portal = hubspot.portal();
    let error = drive(&hubspot.clock, portal.access_token()).unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert!(error.to_string().contains("30s"), "{error}");
    assert_eq!(hubchannel_api::clock::Clock::monotonic(&hubspot.clock), seconds(30));
    hubspot.clock.advance(seconds(1));
    drive(&hubspot.clock, portal.access_token()).unwrap();
    assert_eq!(hubspot.clock.sleepers(), 0);
}

#[test]
fn each_way_to_fail_says_who_can_mend_it() {
    use CredentialsErrorKind::{App, Reconnect, Rejected, Unavailable, WrongPortal};
    let cases = [
        (Next::Answer(400, DEAD), Reconnect, true, false),
        (Next::Answer(400, r#"{"status":"BAD_REFRESH_TOKEN","message":"missing"}"#), Reconnect, true, false),
        (Next::Answer(400, r#"{"error":"invalid_grant"}"#), Reconnect, true, false),
        (Next::Answer(400, r#"{"status":"MISMATCH_REFRESH_TOKEN_CLIENT","error":"invalid_grant"}"#), App, false, false),
        (Next::Answer(400, r#"{"status":"BAD_CLIENT_ID","message":"unknown"}"#), App, false, false),
        (Next::Answer(401, r#"{"error":"invalid_client"}"#), App, false, false),
        (Next::Answer(403, "no"), Rejected, false, false),
        (Next::Answer(404, "<html>"), Rejected, false, false),
        (Next::Answer(500, DEAD), Unavailable, false, true),
        (Next::Answer(200, "<html>"), Unavailable, false, true),
        (Next::Answer(200, r#"{"expires_in":1800}"#), Unavailable, false, true),
        (Next::Answer(200, r#"{"access_token":"two words"}"#), Unavailable, false, true),
        (Next::OtherPortal, WrongPortal, true, false),
        (Next::Lost, Unavailable, false, true),
    ];
    for (next, kind, reconnect, retryable) in cases {
        let hubspot = HubSpot::new();
        let client = hubspot.client(hubspot.portal());
        hubspot.then([next.clone()]);
        let (error, credentials) = failure(&hubspot, &client);
        assert_eq!(credentials.kind(), kind, "{next:?}");
        assert_eq!(credentials.must_reconnect(), reconnect, "{next:?}");
        assert_eq!((credentials.is_retryable(), error.is_retryable()), (retryable, retryable), "{next:?}");
        assert_eq!(credentials.portal().unwrap(), PORTAL);
        assert!(!error.outcome_unknown());
        assert_eq!(error.kind() == ErrorKind::Refused, !retryable, "{next:?}");
        assert!(hubspot.calls().is_empty(), "{next:?}");
        assert_eq!(error.to_string().contains("install the app again"), reconnect, "{error}");
    }
}

#[test]
fn a_clock_that_is_set_is_no_reason_to_use_a_token_beyond_its_end() {
    use hubchannel_api::clock::Clock as _;
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    ok(&hubspot, &client);
    let wall = hubspot.clock.wall();
    hubspot.clock.set_wall(wall - seconds(1_000_000));
    hubspot.clock.advance(seconds(LIFETIME));
    ok(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 2);
    hubspot.clock.set_wall(wall + seconds(1_000_000));
    ok(&hubspot, &client);
    assert_eq!(hubspot.calls(), ["0", "1", "2"]);
}

#[test]
fn a_token_with_a_short_time_is_used_for_half_of_it_and_one_without_any_once() {
    let hubspot = HubSpot::new();
    hubspot.state().lifetime = 60;
    let client = hubspot.client(hubspot.portal());
    ok(&hubspot, &client);
    hubspot.clock.advance(seconds(29));
    ok(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 1);
    hubspot.clock.advance(seconds(1));
    ok(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 2);

    let hubspot = HubSpot::new();
    hubspot.state().lifetime = 0;
    let portal = hubspot.portal();
    for count in 1..4 {
        drive(&hubspot.clock, portal.access_token()).unwrap();
        assert_eq!(hubspot.refreshes(), count);
    }
}

#[test]
fn the_call_s_deadline_ends_the_call_and_not_the_refresh_of_the_others() {
    let hubspot = HubSpot::new();
    hubspot.state().takes = seconds(25);
    let portal = hubspot.portal();
    let hasty = Stack::new(hubspot.clone())
        .clock(hubspot.clock.clone())
        .oauth(portal.clone())
        .deadline(seconds(10))
        .build();
    let (hasty, patient) = (Client::new(hasty), hubspot.client(portal));
    let mut crowd = crowd(&hubspot);
    crowd.come(async move { hasty.get_message(read()).await.map(drop) });
    crowd.come(async move { patient.get_message(read()).await.map(drop) });
    crowd.advance_through(seconds(25));
    let hasty = crowd.done[0].2.as_ref().unwrap_err();
    assert!(hasty.is_timeout() && !hasty.outcome_unknown());
    assert!(crowd.done[1].2.is_ok());
    assert_eq!(hubspot.refreshes(), 1);
}

#[test]
fn a_call_that_is_cut_off_while_its_token_is_replaced_was_turned_down() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    ok(&hubspot, &client);
    hubspot.revoke_access();
    hubspot.then([Next::Silence]);
    let mut options = hubchannel_api::CallOptions::default();
    options.deadline = Some(seconds(10));
    let sender = Participant::new(DeliveryIdentifier::opaque("chat:1"));
    let call = PublishMessage::new("1", NewMessage::incoming("2", sender, "hi")).with_options(options);
    let error = drive(&hubspot.clock, client.publish_message(call)).unwrap_err();
    assert!(error.is_timeout() && !error.outcome_unknown(), "{error}");
}

#[test]
fn pauses_after_failures_grow_up_to_half_a_minute_and_begin_anew_after_a_success() {
    let hubspot = HubSpot::new();
    let portal = hubspot.portal();
    hubspot.then(vec![Next::Lost; 9]);
    let mut pauses = Vec::new();
    while drive(&hubspot.clock, portal.access_token()).is_err() {
        let before = hubspot.refreshes();
        let mut pause = 0;
        while hubspot.refreshes() == before {
            hubspot.clock.advance(seconds(1));
            pause += 1;
            drop(drive(&hubspot.clock, portal.access_token()));
        }
        pauses.push(pause);
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30, 30]);
    hubspot.revoke_access();
    hubspot.clock.advance(seconds(LIFETIME));
    hubspot.then([Next::Lost]);
    drive(&hubspot.clock, portal.access_token()).unwrap_err();
    hubspot.clock.advance(seconds(1));
    drive(&hubspot.clock, portal.access_token()).unwrap();
}

#[test]
fn a_refusal_of_a_token_that_time_has_replaced_leaves_the_new_one_replaceable() {
    let hubspot = HubSpot::new();
    let portal = hubspot.portal();
    let client = hubspot.client(portal.clone());
    ok(&hubspot, &client);
    hubspot.clock.advance(seconds(LIFETIME - 130));
    // Sent with the old token, and refused 90 seconds later.
    let slow = slow_client(&hubspot, portal);
    let mut crowd = crowd(&hubspot);
    crowd.come(async move { slow.get_message(read()).await.is_ok() });
    crowd.advance(seconds(20));
    ok(&hubspot, &client);
    hubspot.state().valid.remove("hush-access-0");
    crowd.advance(seconds(70));
    assert_eq!(hubspot.refreshes(), 2, "the one that time has brought");
    hubspot.revoke_access();
    ok(&hubspot, &client);
    assert_eq!(hubspot.refreshes(), 3);
}
