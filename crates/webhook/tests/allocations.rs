//! What verifying costs in memory: nothing.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use allocation_counter::measure;
use bytes::Bytes;
use http::Method;
use hubchannel_model::{ChannelEvent, decode};
use hubchannel_testkit::bodies;
use hubchannel_webhook::Signer;

use self::common::{SECRET, at, verifier};

#[test]
fn verifying_allocates_nothing_and_parsing_no_more_than_decoding_does() {
    let event = Bytes::from(bodies::reply_event(bodies::MESSAGE));
    let target = "/hubspot/events?tenant=acme%3Aeu%2Fwest";
    let url = format!("https://bridge.example.com{target}");
    let headers = Signer::new(SECRET).sign(&Method::POST, &url, &event, at(1_780_000_000_000));
    let verifier = verifier("https://bridge.example.com").or_secret("another");
    let verify = || {
        let outcome = verifier.verify(&Method::POST, target, &headers, event.clone(), at(1_780_000_000_000));
        outcome.unwrap()
    };
    // What is allocated once for the program shall not count.
    drop(verify().parse().unwrap());
    let verified = verify();
    assert_eq!(measure(|| drop(verify())).count_total, 0);

    let decoding = measure(|| drop(decode::<ChannelEvent>(&event).unwrap())).count_total;
    // And the list that it stands in.
    assert_eq!(measure(|| drop(verified.parse().unwrap())).count_total, decoding + 1);
}
