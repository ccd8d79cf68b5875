//! Calls of one client, and callers at once, on HubSpot's clock.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_api::{Client, Error};
use hubchannel_middleware::CredentialsError;

use crate::{
    common::drive,
    crowd::Crowd,
    hubspot::{HubSpot, read},
};

pub(crate) fn ok(hubspot: &HubSpot, client: &Client) {
    drive(&hubspot.clock, client.get_message(read())).unwrap();
}

pub(crate) fn failure(hubspot: &HubSpot, client: &Client) -> (Error, CredentialsError) {
    let error = drive(&hubspot.clock, client.get_message(read())).unwrap_err();
    let credentials = CredentialsError::of(&error).cloned().unwrap();
    (error, credentials)
}

/// Callers on HubSpot's clock.
pub(crate) fn crowd<T>(hubspot: &HubSpot) -> Crowd<T> {
    let mut crowd = Crowd::new();
    crowd.clock = hubspot.clock.clone();
    crowd
}
