//! One stack for many portals, each within its own limit.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;
#[path = "common/hubspot.rs"]
mod hubspot;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use http::{Request, Response, StatusCode};
use hubchannel_api::{
    Body, CallOptions, Client, Error, HttpTransport, ListChannels, TransportError,
    clock::Clock as _,
    model::{ChannelQuery, PortalId},
};
use hubchannel_middleware::{
    DeveloperKey, MemoryTokenStore, PortalTokens, Portals, RateLimitKey, RateLimiter, RateLimiters, Stack, StackBuilder,
};

use self::{
    common::{drive, pends},
    hubspot::{HubSpot, read},
};

/// HubSpot with a portal 1 that has used up its day, and what it was asked with.
#[derive(Clone, Debug, Default)]
struct Wire(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl HttpTransport for Wire {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let token = request.headers().get("authorization");
        let token = token.map_or("key", |token| token.to_str().unwrap()).to_owned();
        let used_up = token == "Bearer access-1";
        self.0.lock().unwrap().push(token);
        let mut response = Response::new(Body::from(if used_up { r#"{"policyName":"DAILY"}"# } else { "{}" }));
        if used_up {
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        }
        Ok(response)
    }
}

fn portals(hubspot: &HubSpot) -> Portals {
    let end = hubspot.clock.wall() + Duration::from_secs(1800);
    let store = ["1", "2"].iter().fold(MemoryTokenStore::new(), |store, portal| {
        let tokens = PortalTokens::new("refresh").with_access_token(format!("access-{portal}"), end);
        store.with(*portal, tokens)
    });
    hubspot.builder(store).build()
}

fn limiters(hubspot: &HubSpot, limit: u32) -> RateLimiters<RateLimitKey> {
    let clock = hubspot.clock.clone();
    RateLimiters::new(move || RateLimiter::new(limit, RateLimiter::WINDOW, Arc::new(clock.clone())))
}

fn stack(hubspot: &HubSpot, wire: &Wire) -> StackBuilder {
    Stack::new(wire.clone()).clock(hubspot.clock.clone())
}

fn read_for(hubspot: &HubSpot, client: &Client, portal: &str) -> Result<(), Error> {
    let call = read().with_options(CallOptions::for_portal(portal));
    drive(&hubspot.clock, client.get_message(call)).map(drop)
}

#[test]
fn a_portal_that_has_used_up_its_day_stops_no_other() {
    let (hubspot, wire) = (HubSpot::new(), Wire::default());
    let stack = stack(&hubspot, &wire)
        .portals(portals(&hubspot))
        .developer_key(DeveloperKey::new("7", "key"))
        .rate_limiters(limiters(&hubspot, 100));
    let client = Client::new(stack.build());
    for _ in 0..2 {
        assert!(read_for(&hubspot, &client, "1").unwrap_err().is_rate_limited());
        read_for(&hubspot, &client, "2").unwrap();
        drive(&hubspot.clock, client.list_channels(ListChannels::new(ChannelQuery::default()))).unwrap();
    }
    let asked = wire.0.lock().unwrap().clone();
    assert_eq!(asked, ["Bearer access-1", "Bearer access-2", "key", "Bearer access-2", "key"]);
}

#[test]
fn the_portal_of_a_stack_has_one_limit_whether_calls_name_it_or_not() {
    let (hubspot, wire) = (HubSpot::new(), Wire::default());
    let limiters = limiters(&hubspot, 1);
    let stack = stack(&hubspot, &wire)
        .oauth(portals(&hubspot).portal("2"))
        .rate_limiters(limiters.clone());
    let client = Client::new(stack.build());
    read_for(&hubspot, &client, "2").unwrap();
    let mut call = Box::pin(client.get_message(read()));
    assert!(pends(call.as_mut()));
    let waiting = |key| limiters.of(key).waiting();
    assert_eq!(waiting(RateLimitKey::Portal(PortalId::from("2"))), 1);
    assert_eq!(waiting(RateLimitKey::AnyPortal), 0);
}

#[test]
fn a_fixed_token_has_the_limit_of_the_portal_that_calls_name() {
    let (hubspot, wire) = (HubSpot::new(), Wire::default());
    let stack = stack(&hubspot, &wire)
        .access_token("any")
        .rate_limiters(limiters(&hubspot, 1));
    let client = Client::new(stack.build());
    read_for(&hubspot, &client, "1").unwrap();
    read_for(&hubspot, &client, "2").unwrap();
    drive(&hubspot.clock, client.get_message(read())).unwrap();
    assert_eq!(hubspot.clock.monotonic(), Duration::ZERO);
    drive(&hubspot.clock, client.get_message(read())).unwrap();
    assert!(hubspot.clock.monotonic() > Duration::ZERO);
}
