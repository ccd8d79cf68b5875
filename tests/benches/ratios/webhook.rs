//! From the bytes of a webhook's request to a typed event.

use std::{
    hint::black_box,
    time::{Duration, SystemTime},
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use hubchannel::webhook::{Signer, Verifier};
use hubchannel_testkit::bodies;
use sha2::Sha256;

use crate::{baseline, measure::Table};

const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
const TARGET: &str = "/hubspot/events?tenant=acme%3Aeu%2Fwest";
const URL: &str = "https://bridge.example.com/hubspot/events?tenant=acme%3Aeu%2Fwest";

/// An agent's reply of 1.4 KB, beside the least that anybody could do: an HMAC over the same bytes, compared with nothing,
/// and derived structs that drop what they do not know.
pub(crate) fn receive(table: &mut Table) {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000);
    let event = bytes::Bytes::from(bodies::reply_event(bodies::MESSAGE));
    let headers = Signer::new(SECRET).sign(&Method::POST, URL, &event, now);
    let verifier = Verifier::new(SECRET).public_url("https://bridge.example.com".parse().unwrap());

    let verify = || {
        let (headers, event) = (black_box(&headers), black_box(&event).clone());
        verifier
            .verify(&Method::POST, black_box(TARGET), headers, event, now)
            .unwrap()
    };
    let bare_hmac = || {
        let mut mac = Hmac::<Sha256>::new_from_slice(black_box(SECRET.as_bytes())).unwrap();
        for part in [&b"POST"[..], URL.as_bytes(), black_box(&event), b"1780000000000"] {
            mac.update(part);
        }
        mac.finalize()
    };
    table.compare("webhook, verify", None, || drop(black_box(verify())), || drop(black_box(bare_hmac())));
    let ours = || drop(black_box(verify().parse().unwrap()));
    let bare = || {
        drop(black_box(bare_hmac()));
        drop(black_box(serde_json::from_slice::<baseline::Event>(black_box(&event)).unwrap()));
    };
    table.compare("webhook, verify and parse", Some(1.00), ours, bare);
}
