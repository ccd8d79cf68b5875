//! How a stack repeats calls for which there is no token at present.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;
#[path = "common/hubspot.rs"]
mod hubspot;

use std::time::Duration;

use hubchannel_api::{CallOptions, Client, Error, GaveUp, clock::Clock as _};
use hubchannel_middleware::{CredentialsError, PortalToken, RetryBudget, RetryPolicy, Stack};

use self::{
    common::{drive, seconds},
    hubspot::{HubSpot, Next, read},
};

fn client(hubspot: &HubSpot, portal: PortalToken, policy: RetryPolicy) -> Client {
    let stack = Stack::new(hubspot.clone())
        .clock(hubspot.clock.clone())
        .oauth(portal)
        .retry(policy.seed(7));
    Client::new(stack.build())
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
