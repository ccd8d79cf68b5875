//! How a stack repeats calls for which there is no token at present.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;
#[path = "common/hubspot.rs"]
mod hubspot;

use std::time::Duration;

use hubchannel_api::{CallOptions, Client, Error, GaveUp, HttpTransport, clock::Clock as _};
use hubchannel_middleware::{CredentialsError, PortalToken, RetryBudget, RetryPolicy, Stack};

use self::{
    common::{READ, attempts, drive, request, seconds},
    hubspot::{HubSpot, Next, read},
};

fn stack(hubspot: &HubSpot, portal: PortalToken, policy: RetryPolicy) -> Stack {
    let stack = Stack::new(hubspot.clone())
        .clock(hubspot.clock.clone())
        .oauth(portal)
        .retry(policy.seed(7));
    stack.build()
}

fn client(hubspot: &HubSpot, portal: PortalToken, policy: RetryPolicy) -> Client {
    Client::new(stack(hubspot, portal, policy))
}

fn call(hubspot: &HubSpot, client: &Client) -> Result<(), Error> {
    drive(&hubspot.clock, client.get_message(read())).map(drop)
}

#[test]
fn each_attempt_waits_until_a_token_is_asked_for_again() {
    let hubspot = HubSpot::new();
    hubspot.then([Next::Lost, Next::Answer(503, ""), Next::Lost]);
    let client = client(&hubspot, hubspot.portal(), RetryPolicy::new());
    call(&hubspot, &client).unwrap();
    assert_eq!(hubspot.refreshes(), 4, "no attempt is spent on a pause");
    assert!(hubspot.clock.monotonic() >= seconds(1 + 2 + 4));
}

#[test]
fn a_pause_that_is_longer_than_the_call_ends_it_at_once() {
    let hubspot = HubSpot::new();
    hubspot.then([Next::Busy("40")]);
    let client = client(&hubspot, hubspot.portal(), RetryPolicy::new());
    let hasty = read().with_options(CallOptions::default().with_deadline(seconds(40)));
    let error = drive(&hubspot.clock, client.get_message(hasty)).unwrap_err();
    assert_eq!(error.attempts().gave_up, Some(GaveUp::Deadline));
    assert_eq!(CredentialsError::of(&error).unwrap().retry_after(), Some(seconds(40)));
    assert_eq!(hubspot.clock.monotonic(), Duration::ZERO);
    hubspot.clock.advance(seconds(15));
    call(&hubspot, &client).unwrap();
    assert_eq!(hubspot.refreshes(), 2);
    assert!(hubspot.clock.monotonic() >= seconds(40));
}

#[test]
fn how_long_a_call_was_held_back_for_want_of_a_token_is_told() {
    let hubspot = HubSpot::new();
    hubspot.state().takes = seconds(5);
    let stack = stack(&hubspot, hubspot.portal(), RetryPolicy::new());
    let held = || {
        let attempts = attempts(&drive(&hubspot.clock, stack.send(request(READ, false))));
        (attempts.count, attempts.held, attempts.waited)
    };
    assert_eq!(held(), (1, seconds(5), Duration::ZERO));
    assert_eq!(held(), (1, Duration::ZERO, Duration::ZERO));
    hubspot.revoke_access();
    assert_eq!(held(), (2, seconds(5), Duration::ZERO), "for the other one");
}

#[test]
fn a_call_that_is_cut_off_while_it_is_held_back_tells_for_how_long_it_was() {
    for repeats in [true, false] {
        let hubspot = HubSpot::new();
        hubspot.then([Next::Silence]);
        let client = if repeats {
            client(&hubspot, hubspot.portal(), RetryPolicy::new())
        } else {
            hubspot.client(hubspot.portal())
        };
        let hasty = read().with_options(CallOptions::default().with_deadline(seconds(20)));
        let error = drive(&hubspot.clock, client.get_message(hasty)).unwrap_err();
        let attempts = error.attempts();
        assert_eq!((attempts.count, attempts.held), (0, seconds(20)), "{repeats}");
        assert_eq!(attempts.elapsed, seconds(if repeats { 20 } else { 0 }));
    }
}

#[test]
fn what_is_not_sent_for_want_of_a_token_takes_nothing_of_the_budget() {
    let hubspot = HubSpot::new();
    let budget = RetryBudget::new(20);
    let client = client(&hubspot, hubspot.portal(), RetryPolicy::new().budget(budget.clone()));
    hubspot.then(vec![Next::Lost; 16]);
    for _ in 0..4 {
        let error = call(&hubspot, &client).unwrap_err();
        assert!(error.is_retryable(), "{error}");
    }
    assert!(hubspot.calls().is_empty());
    assert_eq!(budget.available(), 20);
}

#[test]
fn what_was_sent_and_turned_down_takes_it() {
    let hubspot = HubSpot::new();
    let budget = RetryBudget::new(20);
    let policy = RetryPolicy::new().budget(budget.clone()).max_attempts(2);
    let client = client(&hubspot, hubspot.portal(), policy);
    call(&hubspot, &client).unwrap();
    hubspot.revoke_access();
    hubspot.then([Next::Lost, Next::Lost]);
    let error = call(&hubspot, &client).unwrap_err();
    assert_eq!(error.attempts().gave_up, Some(GaveUp::MaxAttempts));
    assert_eq!(hubspot.calls(), ["0", "0"]);
    assert_eq!(budget.available(), 15);
}

#[test]
fn a_first_attempt_that_waited_for_its_token_gives_what_any_gives() {
    let hubspot = HubSpot::new();
    let budget = RetryBudget::new(20);
    let policy = RetryPolicy::new().budget(budget.clone()).max_attempts(2);
    let client = client(&hubspot, hubspot.portal(), policy);
    call(&hubspot, &client).unwrap();
    hubspot.revoke_access();
    hubspot.then([Next::Lost, Next::Lost]);
    call(&hubspot, &client).unwrap_err();
    hubspot.clock.advance(seconds(10));
    hubspot.then([Next::Lost]);
    call(&hubspot, &client).unwrap();
    assert_eq!(budget.available(), 16);
}
