//! Whole requests, for servers that have no adapter.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    error::Error,
    sync::{Arc, Mutex},
};

use http::{Method, Request};
use hubchannel_webhook::{Answer, Receiver, Refusal, RefusalKind, RejectionKind, Signer, Verifier};

use self::common::{PUBLIC, SECRET, at, verifier};

const NOW: u64 = 1_780_000_000_000;

fn request(url: &str, body: &str) -> Request<Vec<u8>> {
    let mut request = Request::post(url).body(body.as_bytes().to_vec()).unwrap();
    request.headers_mut().extend(Signer::new(SECRET).sign(
        &Method::POST,
        "https://bridge.example.com/events?a=%40",
        body,
        at(NOW),
    ));
    request
}

#[test]
fn a_request_with_either_form_of_address_is_taken() {
    let receiver = Receiver::new(verifier(PUBLIC), || at(NOW));
    for url in ["/events?a=%40", "http://10.0.0.1:8080/events?a=%40", "/events?a=@"] {
        let verified = receiver.receive(request(url, "[]")).unwrap();
        assert_eq!(verified.body(), "[]");
    }
    let refusal = receiver.receive(request("/events?a=%2540", "[]")).unwrap_err();
    assert_eq!(refusal.rejection().unwrap().kind(), RejectionKind::Mismatch);
}

#[test]
fn the_clock_is_the_receivers() {
    let now = Arc::new(Mutex::new(at(NOW)));
    let clock = Arc::clone(&now);
    let receiver = Receiver::new(verifier(PUBLIC), move || *clock.lock().unwrap());
    assert!(receiver.receive(request("/events?a=%40", "[]")).is_ok());
    *now.lock().unwrap() = at(NOW + 300_001);
    let refusal = receiver.receive(request("/events?a=%40", "[]")).unwrap_err();
    assert_eq!(refusal.rejection().unwrap().kind(), RejectionKind::Stale);
}

#[test]
fn every_refusal_is_told_with_its_explanation() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let receiver = Receiver::new(verifier("http://bridge.example.com"), || at(NOW))
        .body_limit(10)
        .on_refusal(move |refused| {
            let explanation = refused.explain().map(|explanation| explanation.to_string());
            log.lock().unwrap().push((refused.refusal().kind(), explanation));
        });
    assert!(receiver.clone().receive(request("/events?a=%40", "[]")).is_err());
    let long = receiver.receive(request("/events?a=%40", "[1,2,3,4,5]")).unwrap_err();
    assert_eq!((long.kind(), long.status().as_u16()), (RefusalKind::TooLarge, 413));
    assert!(long.to_string().contains("more than 10 bytes"), "{long}");
    assert!(receiver.receive(request("/events?a=%40", "[1,2,3,4]")).is_err());
    let told = told.lock().unwrap();
    let kinds: Vec<_> = told.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [RefusalKind::Rejected, RefusalKind::TooLarge, RefusalKind::Rejected]);
    assert!(told[0].1.as_ref().unwrap().contains("found: signed for https://"));
    assert_eq!(told[1].1, None);
}

#[test]
fn a_refusal_says_what_to_answer_and_why() {
    let no_secret = Receiver::new(Verifier::new("").public_url(PUBLIC.parse().unwrap()), || at(NOW));
    let refusal = no_secret.receive(request("/events?a=%40", "[]")).unwrap_err();
    assert_eq!(refusal.status(), 500);
    assert!(refusal.source().unwrap().to_string().contains("no secret"));

    let receiver = Receiver::new(verifier(PUBLIC), || at(NOW));
    let verified = receiver.receive(request("/events?a=%40", "hello")).unwrap();
    let refusal = Refusal::from(verified.parse().unwrap_err());
    assert_eq!((refusal.kind(), refusal.status().as_u16()), (RefusalKind::Unreadable, 400));
    assert!(refusal.rejection().is_none() && !refusal.to_string().contains("hello"));
    assert_eq!((Answer::Done.status().as_u16(), Answer::ComeAgain.status().as_u16()), (204, 503));
}
