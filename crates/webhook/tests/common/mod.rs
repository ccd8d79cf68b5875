//! What the tests of this folder share.

#![allow(
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "each test uses a part of it, and a failing one panics"
)]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use http::{HeaderMap, HeaderName, HeaderValue};
use hubchannel_webhook::Verifier;

/// The secret of HubSpot's own examples.
pub const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";

pub const PUBLIC: &str = "https://bridge.example.com";

/// The time of day, so many milliseconds after 1970.
pub fn at(millis: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis)
}

/// Takes what is signed with [`SECRET`] for this address.
pub fn verifier(public: &str) -> Verifier {
    Verifier::new(SECRET).public_url(public.parse().unwrap())
}

pub fn headers<const N: usize>(pairs: [(&'static str, &str); N]) -> HeaderMap {
    pairs
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect()
}

/// The headers of a request of version 3.
pub fn v3(signature: &str, timestamp: &str) -> HeaderMap {
    headers([
        ("x-hubspot-signature-v3", signature),
        ("x-hubspot-request-timestamp", timestamp),
    ])
}

/// The headers of a request of an older version.
pub fn older(version: &str, signature: &str) -> HeaderMap {
    headers([
        ("x-hubspot-signature", signature),
        ("x-hubspot-signature-version", version),
    ])
}

/// What a future gives that waits for nothing.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

/// What a future gives that only lets others have their turn.
pub fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..10_000)
        .find_map(|_| match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        })
        .unwrap_or_else(|| panic!("it waits"))
}
