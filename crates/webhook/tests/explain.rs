//! What people get wrong is found and named, and nothing is told that must not be.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use http::{HeaderMap, HeaderValue, Method};
use hubchannel_testkit::{bodies, cases};
use hubchannel_webhook::{Explanation, Part, PublicUrl, RejectionKind, SIGNATURE_V3_HEADER, Signer, Verifier};
use proptest::prelude::*;

use self::common::{PUBLIC, SECRET, at, older, v3, verifier};

const NOW: u64 = 1_780_000_000_000;
const TARGET: &str = "/hubspot/events?tenant=acme%3Aeu&q=a%2Bb%20c";

fn body() -> String {
    bodies::reply_event(&bodies::MESSAGE.replace("Thanks", "Grüße 👋 <b>"))
}

fn signed(url: &str, body: &str) -> HeaderMap {
    Signer::new(SECRET).sign(&Method::POST, url, body, at(NOW))
}

/// The headers of the request that is right for [`PUBLIC`], [`TARGET`] and [`body`].
fn right() -> HeaderMap {
    signed(&format!("{PUBLIC}{TARGET}"), &body())
}

fn parts(explanation: &Explanation) -> Vec<Part> {
    explanation
        .differences()
        .iter()
        .map(|difference| difference.part())
        .collect()
}

/// Which parts are found to differ.
fn found(verifier: &Verifier, target: &str, headers: &HeaderMap, body: &str) -> Vec<Part> {
    let explanation = verifier.explain(&Method::POST, target, headers, body.to_owned(), at(NOW));
    assert!(explanation.rejection().is_some(), "{explanation}");
    assert_eq!(explanation.hints().len() > 0, explanation.differences().is_empty(), "{explanation}");
    for difference in explanation.differences() {
        assert!(explanation.to_string().contains(&difference.to_string()));
    }
    parts(&explanation)
}

#[test]
fn a_good_request_needs_no_explanation() {
    let explanation = verifier(PUBLIC).explain(&Method::POST, TARGET, &right(), body(), at(NOW));
    assert!(explanation.rejection().is_none() && explanation.signature_fits());
    assert_eq!(explanation.to_string(), "nothing is wrong with this request");
}

#[test]
fn a_clock_that_is_off_is_told_from_a_wrong_signature() {
    for (now, kind) in [
        (NOW + 3_600_000, RejectionKind::Stale),
        (NOW - 3_600_000, RejectionKind::Future),
    ] {
        let explanation = verifier(PUBLIC).explain(&Method::POST, TARGET, &right(), body(), at(now));
        assert_eq!(explanation.rejection().unwrap().kind(), kind);
        assert!(explanation.signature_fits() && explanation.differences().is_empty());
        assert!(explanation.to_string().contains("clock"), "{explanation}");

        let explanation = verifier(PUBLIC).explain(&Method::PATCH, TARGET, &right(), body(), at(now));
        assert_eq!((parts(&explanation), explanation.signature_fits()), (vec![Part::Method], false));
    }
}

#[test]
fn what_is_not_there_is_not_guessed_at() {
    for headers in [HeaderMap::new(), v3("too short", "1780000000000"), older("v7", "0")] {
        let explanation = verifier(PUBLIC).explain(&Method::POST, TARGET, &headers, body(), at(NOW));
        let rejection = explanation.rejection().unwrap();
        assert_eq!(explanation.to_string(), format!("rejected: {rejection}"));
    }
    let without_a_secret = Verifier::new("").public_url(PUBLIC.parse().unwrap());
    let explanation = without_a_secret.explain(&Method::POST, TARGET, &right(), body(), at(NOW));
    assert_eq!(explanation.rejection().unwrap().kind(), RejectionKind::NoSecret);
}

#[test]
fn a_wrong_scheme_or_host_is_found() {
    let (headers, body) = (right(), body());
    assert_eq!(found(&verifier("http://bridge.example.com"), TARGET, &headers, &body), [Part::Scheme]);
    assert_eq!(found(&verifier("https://Bridge.Example.com"), TARGET, &headers, &body), [Part::Host]);
    assert_eq!(found(&verifier("https://bridge.example.com:443"), TARGET, &headers, &body), [Part::Host]);
    let with_port = signed(&format!("{PUBLIC}:443{TARGET}"), &body);
    assert_eq!(found(&verifier(PUBLIC), TARGET, &with_port, &body), [Part::Host]);

    let behind = verifier("http://10.0.0.1:8080");
    for name in ["host", "x-forwarded-host"] {
        let mut headers = headers.clone();
        headers.insert(name, HeaderValue::from_static("bridge.example.com"));
        headers.append(name, HeaderValue::from_static("a, b, c"));
        assert_eq!(found(&behind, TARGET, &headers, &body), [Part::Scheme, Part::Host]);
    }
    let whole = format!("http://bridge.example.com{TARGET}");
    assert_eq!(found(&behind, &whole, &headers, &body), [Part::Scheme, Part::Host]);

    let explanation = behind.explain(&Method::POST, &whole, &headers, body, at(NOW));
    assert!(explanation.to_string().contains("bridge.example.com"), "{explanation}");
}

#[test]
fn an_address_that_was_never_configured_is_found_in_the_request() {
    let mut headers = right();
    headers.insert("host", HeaderValue::from_static("bridge.example.com"));
    let unknown = Verifier::new(SECRET);
    let explanation = unknown.explain(&Method::POST, TARGET, &headers, body(), at(NOW));
    assert_eq!(explanation.rejection().unwrap().kind(), RejectionKind::NoPublicUrl);
    assert_eq!(parts(&explanation), [Part::Host]);
    // Trusted to say what was called, the proxy says too little.
    assert_eq!(found(&unknown.trust_forwarded_headers(), TARGET, &headers, &body()), [Part::Host]);
}

#[test]
fn a_path_that_a_proxy_changed_is_found() {
    let body = body();
    let headers = signed(&format!("{PUBLIC}/api{TARGET}"), &body);
    let prefixed = |name: &'static str, value: &str| {
        let mut headers = headers.clone();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    };
    assert_eq!(found(&verifier(PUBLIC), TARGET, &prefixed("x-forwarded-prefix", "/api/"), &body), [Part::Path]);
    let original = prefixed("x-original-uri", &format!("/api{TARGET}"));
    assert_eq!(found(&verifier(PUBLIC), TARGET, &original, &body), [Part::Path]);
    let target = format!("/api{TARGET}");
    assert_eq!(found(&verifier("https://bridge.example.com/api"), &target, &headers, &body), [Part::Path]);
    let url = PUBLIC.parse::<PublicUrl>().unwrap().replacing("/api");
    assert_eq!(found(&Verifier::new(SECRET).public_url(url), &target, &headers, &body), [Part::Path]);
}

#[test]
fn slashes_and_queries_are_found() {
    let body = body();
    let without = signed("https://bridge.example.com/events", &body);
    let with = signed("https://bridge.example.com/events/", &body);
    assert_eq!(found(&verifier(PUBLIC), "/events/", &without, &body), [Part::TrailingSlash]);
    assert_eq!(found(&verifier(PUBLIC), "/events", &with, &body), [Part::TrailingSlash]);
    assert_eq!(found(&verifier(PUBLIC), "/events?utm=1", &without, &body), [Part::Query]);
    let root = signed(PUBLIC, &body);
    assert_eq!(found(&verifier(PUBLIC), "/", &root, &body), [Part::TrailingSlash]);
}

#[test]
fn an_address_decoded_too_much_or_too_little_is_found() {
    let (headers, body) = (right(), body());
    let verifier = verifier(PUBLIC);
    // By a framework, before it was handed over.
    assert_eq!(found(&verifier, "/hubspot/events?tenant=acme:eu&q=a+b c", &headers, &body), [Part::Decoding]);
    let spaced = signed(&format!("{PUBLIC}/events?q=a+b"), &body);
    assert_eq!(found(&verifier, "/events?q=a%20b", &spaced, &body), [Part::Decoding]);
    let letters = signed(&format!("{PUBLIC}/%C3%BC?q=1"), &body);
    assert_eq!(found(&verifier, "/ü?q=1", &letters, &body), [Part::Decoding]);

    // By whoever signed: the documented example without any decoding, and one made with another language's library.
    let undecoded = v3("0LRntbq7pC+sSNJwcmmTzJDsR35u4pbRBKFERJg8G6g=", "1700000000000");
    let cards = "/cards?userId=123&userEmail=user%40example.com&portalId=62515";
    let explanation = common::verifier("https://www.example.com").explain(&Method::GET, cards, &undecoded, "", at(NOW));
    assert_eq!(parts(&explanation), [Part::Decoding]);
}

#[test]
fn a_body_that_was_written_again_is_found() {
    let (headers, body) = (right(), body());
    let spaced = body.replace("\":", "\": ").replace(",\"", ", \"");
    let in_ascii = |text: &str| {
        let text = text.replace("ü", "\\u00fc").replace("ß", "\\u00df");
        text.replace("👋", "\\ud83d\\udc4b")
    };
    let ascii = in_ascii(&spaced);
    let slashes = body.replace('/', "\\/");
    let html = body.replace('<', "\\u003c").replace('>', "\\u003E");
    let latin: String = body.bytes().map(char::from).collect();
    for changed in [
        &spaced,
        &ascii,
        &slashes,
        &html,
        &latin,
        &format!("{body}\n"),
        &format!("\u{feff}{body}"),
        &body.replace(",\"", ",\r\n\t\""),
    ] {
        assert_eq!(found(&verifier(PUBLIC), TARGET, &headers, changed), [Part::Body], "{changed}");
    }
    let ascii_signed = signed(&format!("{PUBLIC}{TARGET}"), &in_ascii(&body));
    assert_eq!(found(&verifier(PUBLIC), TARGET, &ascii_signed, &spaced), [Part::Body]);
    let empty = signed(&format!("{PUBLIC}{TARGET}"), "");
    assert_eq!(found(&verifier(PUBLIC), TARGET, &empty, &body), [Part::Body]);
}

#[test]
fn what_cannot_be_proven_is_hinted_at() {
    let hints = |verifier: &Verifier, headers: &HeaderMap, body: &str| {
        let explanation = verifier.explain(&Method::POST, TARGET, headers, body.to_owned(), at(NOW));
        assert!(explanation.differences().is_empty() && !explanation.signature_fits());
        explanation.hints().collect::<Vec<_>>().join("\n")
    };
    let mut headers = right();
    headers.insert("content-length", HeaderValue::from(body().len()));
    let cut = hints(&verifier(PUBLIC), &headers, &body()[..900]);
    assert!(cut.contains("and 900 were handed over"), "{cut}");
    headers.insert("content-encoding", HeaderValue::from_static("gzip"));
    assert!(hints(&verifier(PUBLIC), &headers, "x").contains("compressed"));
    assert!(hints(&verifier(PUBLIC), &right(), &body().replace('ü', "\u{fffd}")).contains("replacement"));
    let sorted = r#"{"channelId":"1","eventId":"2","message":{"z":1,"a":2},"portalId":"3","type":"X"}"#;
    assert!(hints(&verifier(PUBLIC), &right(), sorted).contains("alphabet"));
    assert!(!hints(&verifier(PUBLIC), &right(), "{}").contains("alphabet"));

    for (secret, word) in [("pat-eu1-0123", "access token"), ("hello", "does not look like")] {
        let verifier = Verifier::new(secret).public_url(PUBLIC.parse().unwrap());
        let hints = hints(&verifier, &right(), &body());
        assert!(hints.contains(word) && hints.contains("another app's") && !hints.contains(secret), "{hints}");
    }
}

#[test]
fn what_fits_nothing_is_blamed_on_nothing_alone() {
    let explain = |verifier: &Verifier, headers: &HeaderMap| {
        let explanation = verifier.explain(&Method::POST, TARGET, headers, body(), at(NOW));
        assert!(explanation.differences().is_empty());
        explanation.hints().map(str::to_owned).collect::<Vec<_>>()
    };
    // Whether a router has taken an unknown beginning away, a proxy has called another host, or the secret is wrong.
    let other_app = Verifier::new("zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz").public_url(PUBLIC.parse().unwrap());
    let stripped = signed(&format!("{PUBLIC}/hush-path{TARGET}"), &body());
    let moved = signed(&format!("https://elsewhere.example{TARGET}"), &body());
    let hints = explain(&other_app, &right());
    assert_eq!(hints, explain(&verifier(PUBLIC), &stripped));
    assert_eq!(hints, explain(&verifier(PUBLIC), &moved));
    assert_eq!(hints.len(), 2, "{hints:?}");
    assert!(hints[0].contains("at https://bridge.example.com,") && hints[0].contains("router"), "{hints:?}");
    assert!(hints[1].starts_with("the secret is another app's"), "{hints:?}");

    // No more of the address than its host.
    let hints = explain(&verifier("https://bridge.example.com/hush-path/x"), &moved);
    assert!(hints[0].contains("at https://bridge.example.com,"), "{hints:?}");
    let forwarded = Verifier::new(SECRET).trust_forwarded_headers();
    assert!(explain(&forwarded, &moved)[0].contains("does not say"));
    let mut headers = moved;
    headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
    headers.insert("x-forwarded-host", HeaderValue::from_static("proxy.example"));
    assert!(explain(&forwarded, &headers)[0].contains("at https://proxy.example,"));
    // Version 1 does not sign the address.
    let hints = explain(&other_app.accept_v1(), &Signer::new(SECRET).sign_v1(body()));
    assert_eq!(hints.len(), 1, "{hints:?}");
}

#[test]
fn a_brace_in_the_target_is_found_to_have_been_decoded() {
    let (url, body) = ("https://bridge.example.com/events?filter=%7Ba%7D", body());
    let headers = signed(url, &body);
    let explanation = verifier(PUBLIC).explain(&Method::POST, "/events?filter={a}", &headers, body.clone(), at(NOW));
    assert_eq!(explanation.rejection().unwrap().kind(), RejectionKind::Target);
    assert_eq!(parts(&explanation), [Part::Decoding]);
    let (before, rest) = body.split_at(1);
    let moved = format!("/events?filter=%7Ba%7D{before}");
    let explanation = verifier(PUBLIC).explain(&Method::POST, &moved, &headers, rest.to_owned(), at(NOW));
    assert!(explanation.signature_fits() && explanation.to_string().contains("moved into it"), "{explanation}");
}

#[test]
fn a_beginning_of_the_path_that_stands_there_twice_is_found() {
    let body = body();
    // A proxy takes `/api` away, and the public address has the route as well.
    let headers = signed("https://bridge.example.com/api/hubspot/events", &body);
    for (public, target) in [
        ("https://bridge.example.com/api/hubspot", "/hubspot/events"),
        ("https://bridge.example.com/api/hubspot/events", "/hubspot/events"),
        ("https://bridge.example.com/api/hubspot/events", "/events"),
        ("https://bridge.example.com/api/hubspot", "/api/hubspot/events"),
    ] {
        assert_eq!(found(&verifier(public), target, &headers, &body), [Part::Path], "{public} {target}");
    }
    let www = signed("https://www.bridge.example.com/events", &body);
    assert_eq!(found(&verifier(PUBLIC), "/events", &www, &body), [Part::Host]);
    let bare = signed("https://bridge.example.com/events", &body);
    assert_eq!(found(&verifier("https://www.bridge.example.com"), "/events", &bare, &body), [Part::Host]);
}

#[test]
fn a_secret_in_quotes_or_of_another_app_is_found() {
    for wrapped in [format!("\"{SECRET}\""), format!("{SECRET}\n"), format!(" '{SECRET}' ")] {
        let verifier = Verifier::new(wrapped).public_url(PUBLIC.parse().unwrap());
        assert_eq!(found(&verifier, TARGET, &right(), &body()), [Part::Secret]);
    }
    let verifier = Verifier::new("new")
        .or_secret("old")
        .suspect("nobody's")
        .suspect(SECRET);
    let verifier = verifier.public_url("http://bridge.example.com".parse().unwrap());
    assert_eq!(found(&verifier, TARGET, &right(), &body()), [Part::Secret, Part::Scheme]);
    let explanation = verifier.explain(&Method::POST, TARGET, &right(), body(), at(NOW));
    assert!(explanation.to_string().contains("suspect 1"), "{explanation}");
}

#[test]
fn older_versions_are_explained_too() {
    let url = "https://bridge.example.com/events";
    let verifier = verifier("http://bridge.example.com").accept_v1().accept_v2();
    let v2 = Signer::new(SECRET).sign_v2(&Method::POST, url, body());
    assert_eq!(found(&verifier, "/events", &v2, &body()), [Part::Scheme]);
    let mut mislabelled = v2;
    mislabelled.insert("x-hubspot-signature-version", HeaderValue::from_static("v1"));
    assert_eq!(found(&verifier, "/events", &mislabelled, &body()), [Part::Version, Part::Scheme]);
    let explanation = common::verifier(PUBLIC).explain(
        &Method::POST,
        "/events",
        &Signer::new(SECRET).sign_v1(body()),
        body(),
        at(NOW),
    );
    assert_eq!(explanation.rejection().unwrap().kind(), RejectionKind::VersionNotAccepted);
    assert!(explanation.signature_fits());
}

#[test]
fn a_body_too_long_to_try_everything_ends_the_search() {
    let long = format!("{{\"text\": \"{}\"}}", "ü".repeat(6 * 1024 * 1024));
    let headers = signed("https://elsewhere.example/x", "{}");
    let explanation = verifier(PUBLIC).explain(&Method::POST, TARGET, &headers, long, at(NOW));
    assert!(explanation.hints().any(|hint| hint.contains("too long")), "{explanation}");
}

fn no_secret_in(shown: &str, headers: &HeaderMap, secrets: &[&str]) -> Result<(), TestCaseError> {
    let right = headers[SIGNATURE_V3_HEADER].to_str().unwrap();
    for secret in secrets.iter().chain([&right]) {
        prop_assert!(!shown.contains(*secret), "{}", shown);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever the mistakes, an explanation shows no secret, no signature and nothing of path or query, and where it
    /// finds differences, they are no more than were made.
    #[test]
    fn explanations_find_what_was_done_and_tell_no_secret(
        scheme: bool, host: bool, slash: bool, body_again: bool, quotes: bool, method: bool,
    ) {
        const QUOTED: &str = "\"yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy\"";

        let body = body();
        let headers = signed("https://bridge.example.com/hush-path/?token=hush-token", &body);
        let public = match (scheme, host) {
            (false, false) => PUBLIC,
            (true, false) => "http://bridge.example.com",
            (false, true) => "https://BRIDGE.example.com",
            (true, true) => "http://BRIDGE.example.com",
        };
        let secret = if quotes { QUOTED } else { SECRET };
        let verifier = Verifier::new(secret).suspect("hush-suspect").public_url(public.parse().unwrap());
        let target = if slash { "/hush-path?token=hush-token" } else { "/hush-path/?token=hush-token" };
        let received = if body_again { body.replace("\":", "\" : ") } else { body };
        let verb = if method { Method::PATCH } else { Method::POST };
        let explanation = verifier.explain(&verb, target, &headers, received, at(NOW));
        let made = [scheme, host, slash, body_again, quotes, method].iter().filter(|made| **made).count();
        let found = parts(&explanation);
        prop_assert_eq!(found.len(), if made <= 3 { made } else { 0 }, "{}", explanation);
        let shown = format!("{explanation} {explanation:?}");
        no_secret_in(&shown, &headers, &[SECRET, "hush-suspect", "hush-path", "hush-token"])?;
    }
}
