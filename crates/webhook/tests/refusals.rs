//! Whatever is missing, doubled, odd or hostile is refused, and the reason says what it is.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, Method, header::HOST};
use hubchannel_webhook::{
    Rejection, RejectionKind, SIGNATURE_HEADER, SIGNATURE_V3_HEADER, SIGNATURE_VERSION_HEADER, Signer,
    TIMESTAMP_HEADER, Verifier,
};

use self::common::{PUBLIC, SECRET, at, headers, older, v3, verifier};

const NOW: u64 = 1_780_000_000_000;
const BODY: &str = r#"{"type":"CHANNEL_ACCOUNT_PURGED"}"#;

fn signed(url: &str, millis: u64) -> HeaderMap {
    Signer::new(SECRET).sign(&Method::POST, url, BODY, at(millis))
}

fn verify(verifier: &Verifier, headers: &HeaderMap, now: SystemTime) -> Result<(), Rejection> {
    verifier
        .verify(&Method::POST, "/events", headers, BODY, now)
        .map(|verified| assert_eq!(verified.body(), BODY))
}

/// Why a request that is right but for its headers is refused.
fn why(change: impl FnOnce(&mut HeaderMap)) -> RejectionKind {
    let mut headers = signed("https://bridge.example.com/events", NOW);
    assert!(verify(&verifier(PUBLIC), &headers, at(NOW)).is_ok());
    change(&mut headers);
    verify(&verifier(PUBLIC), &headers, at(NOW)).unwrap_err().kind()
}

#[test]
fn without_a_secret_or_an_address_nothing_passes() {
    let headers = signed("https://bridge.example.com/events", NOW);
    for empty in ["", " ", "\n"] {
        let verifier = Verifier::new(empty).or_secret("").public_url(PUBLIC.parse().unwrap());
        let rejection = verify(&verifier, &headers, at(NOW)).unwrap_err();
        assert_eq!((rejection.kind(), rejection.status().as_u16()), (RejectionKind::NoSecret, 500));
        // Which is what anybody can sign with.
        let forged = Signer::new(empty).sign(&Method::POST, "https://bridge.example.com/events", BODY, at(NOW));
        assert!(verify(&verifier, &forged, at(NOW)).is_err());
    }
    let rejection = verify(&Verifier::new(SECRET), &headers, at(NOW)).unwrap_err();
    assert_eq!((rejection.kind(), rejection.status().as_u16()), (RejectionKind::NoPublicUrl, 500));
}

#[test]
fn any_of_several_secrets_is_good_and_an_empty_one_among_them_is_not() {
    let verifier = Verifier::new("old").or_secret("").or_secret("new");
    let verifier = verifier.public_url(PUBLIC.parse().unwrap());
    let outcome = |secret: &str| {
        let headers = Signer::new(secret).sign(&Method::POST, "https://bridge.example.com/events", BODY, at(NOW));
        let verified = verifier.verify(&Method::POST, "/events", &headers, BODY, at(NOW));
        verified
            .map(|verified| verified.secret_index())
            .map_err(|rejection| rejection.kind())
    };
    assert_eq!(outcome("old"), Ok(0));
    assert_eq!(outcome("new"), Ok(1));
    assert_eq!(outcome("other"), Err(RejectionKind::Mismatch));
    assert_eq!(outcome(""), Err(RejectionKind::SignatureLength));
}

#[test]
fn a_signature_is_good_for_five_minutes_before_and_after() {
    const MOST: u64 = 300_000;
    let headers = signed("https://bridge.example.com/events", NOW);
    let verifier = verifier(PUBLIC);
    let outcome = |now: SystemTime| verify(&verifier, &headers, now).map_err(|rejection| rejection.kind());
    assert_eq!(outcome(at(NOW)), Ok(()));
    assert_eq!(outcome(at(NOW + MOST)), Ok(()));
    assert_eq!(outcome(at(NOW - MOST)), Ok(()));
    let moment = Duration::from_nanos(1);
    assert_eq!(outcome(at(NOW + MOST) + moment), Err(RejectionKind::Stale));
    assert_eq!(outcome(at(NOW - MOST) - moment), Err(RejectionKind::Future));
    assert_eq!(outcome(UNIX_EPOCH - Duration::from_secs(1)), Err(RejectionKind::Future));
    assert_eq!(outcome(at(NOW * 100)), Err(RejectionKind::Stale));

    let late = verify(&verifier, &headers, at(NOW + 301_500)).unwrap_err();
    assert_eq!(late.time_difference(), Some(Duration::from_millis(301_500)));
    assert!(late.to_string().contains("301.500 s ago"), "{late}");
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(why(HeaderMap::clear), RejectionKind::MissingSignature);
    assert_eq!(why(|headers| _ = headers.remove(SIGNATURE_V3_HEADER)), RejectionKind::MissingSignature);
    assert_eq!(why(|headers| _ = headers.remove(TIMESTAMP_HEADER)), RejectionKind::MissingTimestamp);
}

#[test]
fn headers_that_stand_twice_are_refused_even_if_they_say_the_same() {
    for name in [SIGNATURE_V3_HEADER, TIMESTAMP_HEADER] {
        let double = |headers: &mut HeaderMap| {
            let same = headers[name].clone();
            headers.append(name, same);
        };
        assert_eq!(why(double), RejectionKind::DuplicateHeader);
    }
    let mut headers = older("v1", &"0".repeat(64));
    headers.append(SIGNATURE_VERSION_HEADER, HeaderValue::from_static("v2"));
    let verifier = verifier(PUBLIC).accept_v1().accept_v2();
    assert_eq!(verify(&verifier, &headers, at(NOW)).unwrap_err().kind(), RejectionKind::DuplicateHeader);
}

#[test]
fn headers_that_are_no_text_are_refused() {
    for name in [SIGNATURE_V3_HEADER, TIMESTAMP_HEADER] {
        for bytes in [&b"\xff"[..], "ü".as_bytes(), &[0x80; 44]] {
            let garble = |headers: &mut HeaderMap| {
                headers.insert(name, HeaderValue::from_bytes(bytes).unwrap());
            };
            let kind = why(garble);
            assert!(
                matches!(kind, RejectionKind::HeaderNotText | RejectionKind::SignatureLength),
                "{name} {bytes:?} {kind:?}"
            );
        }
    }
}

fn why_signature(text: &str) -> RejectionKind {
    why(|headers| _ = headers.insert(SIGNATURE_V3_HEADER, HeaderValue::from_str(text).unwrap()))
}

#[test]
fn signatures_of_another_length_or_alphabet_are_refused() {
    let right = signed("https://bridge.example.com/events", NOW)[SIGNATURE_V3_HEADER]
        .to_str()
        .unwrap()
        .to_owned();
    for text in [
        "",
        "=",
        &right[..43],
        &right.replace('=', ""),
        &format!("{right}="),
        &format!("{right}, {right}"),
        &format!("{right},"),
        &"A".repeat(1 << 16),
    ] {
        assert_eq!(why_signature(text), RejectionKind::SignatureLength, "{}", text.len());
    }
    for text in [
        &"-".repeat(44),
        &"_".repeat(44),
        &format!("{}==", &right[..42]),
        &format!(" {}", &right[..43]),
    ] {
        assert_eq!(why_signature(text), RejectionKind::SignatureEncoding, "{text}");
    }
    // The last digit before the padding has two bits that mean nothing, and must be zero.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let last = alphabet.find(&right[42..43]).unwrap();
    let same_bits = format!("{}{}=", &right[..42], &alphabet[last + 1..last + 2]);
    assert_eq!(why_signature(&same_bits), RejectionKind::SignatureEncoding);
}

#[test]
fn times_that_are_no_number_of_milliseconds_are_refused() {
    for text in [
        "",
        " 1780000000000",
        "1780000000000 ",
        "+1780000000000",
        "01780000000000",
        "00",
        "1780000000000, 1780000000000",
        "1780000000000,1780000000000",
        "1_780_000_000_000",
        "-1780000000000",
        "1780000000000.0",
        "1.78e12",
        "0x19E6F1B6C00",
        "2026-05-27T12:15:00Z",
        "99999999999999999999",
        "NaN",
    ] {
        let kind = why(|headers| _ = headers.insert(TIMESTAMP_HEADER, HeaderValue::from_str(text).unwrap()));
        assert_eq!(kind, RejectionKind::TimestampFormat, "{text}");
    }
    let long = "9".repeat(1 << 16);
    let kind = why(|headers| _ = headers.insert(TIMESTAMP_HEADER, HeaderValue::from_str(&long).unwrap()));
    assert_eq!(kind, RejectionKind::TimestampFormat);
    for (text, expected) in [
        ("18446744073709551615", RejectionKind::Future),
        ("0", RejectionKind::Stale),
        ("1", RejectionKind::Stale),
        // The text is what is signed, and not what it means.
        ("1780000000001", RejectionKind::Mismatch),
    ] {
        let kind = why(|headers| _ = headers.insert(TIMESTAMP_HEADER, HeaderValue::from_str(text).unwrap()));
        assert_eq!(kind, expected, "{text}");
    }
}

#[test]
fn versions_that_are_unknown_or_unsaid_are_refused() {
    let verifier = verifier(PUBLIC).accept_v1().accept_v2();
    let tag = "0".repeat(64);
    let unsaid = headers([(SIGNATURE_HEADER, &tag)]);
    let tomorrow = headers([("x-hubspot-signature-v4", &tag)]);
    for headers in [
        &older("v3", &tag),
        &older("V1", &tag),
        &older("", &tag),
        &older("v1, v2", &tag),
        &unsaid,
        &tomorrow,
    ] {
        let rejection = verify(&verifier, headers, at(NOW)).unwrap_err();
        assert_eq!(rejection.kind(), RejectionKind::UnknownVersion, "{headers:?}");
    }
    let version_alone = headers([(SIGNATURE_VERSION_HEADER, "v1")]);
    assert_eq!(verify(&verifier, &version_alone, at(NOW)).unwrap_err().kind(), RejectionKind::MissingSignature);
}

#[test]
fn older_signatures_in_capitals_or_with_other_digits_are_refused() {
    let verifier = verifier(PUBLIC).accept_v1();
    let right = Signer::new(SECRET).sign_v1(BODY)[SIGNATURE_HEADER]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(verify(&verifier, &older("v1", &right), at(NOW)).is_ok());
    for (text, expected) in [
        (right.to_uppercase(), RejectionKind::SignatureEncoding),
        ("g".repeat(64), RejectionKind::SignatureEncoding),
        (right[1..].to_owned(), RejectionKind::SignatureLength),
        ("0".repeat(64), RejectionKind::Mismatch),
    ] {
        assert_eq!(verify(&verifier, &older("v1", &text), at(NOW)).unwrap_err().kind(), expected);
    }
}

#[test]
fn nothing_of_the_address_is_taken_from_headers_or_a_whole_target() {
    let verifier = verifier(PUBLIC);
    let elsewhere = "http://elsewhere.example/events";
    let mut headers = signed(elsewhere, NOW);
    headers.insert(HOST, HeaderValue::from_static("elsewhere.example"));
    headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
    headers.insert("x-forwarded-host", HeaderValue::from_static("elsewhere.example"));
    for target in ["/events", elsewhere] {
        let rejection = verifier
            .verify(&Method::POST, target, &headers, BODY, at(NOW))
            .unwrap_err();
        assert_eq!(rejection.kind(), RejectionKind::Mismatch);
    }
    let right = signed("https://bridge.example.com/events", NOW);
    assert!(verifier.verify(&Method::POST, elsewhere, &right, BODY, at(NOW)).is_ok());
}

#[test]
fn forwarded_headers_are_believed_where_somebody_says_so() {
    let verifier = Verifier::new(SECRET).trust_forwarded_headers();
    let forwarded = |pairs: &[(&'static str, &str)]| {
        let mut headers = signed("https://bridge.example.com/events", NOW);
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        verify(&verifier, &headers, at(NOW)).map_err(|rejection| rejection.kind())
    };
    let (proto, host) = (("x-forwarded-proto", "https"), ("x-forwarded-host", "bridge.example.com"));
    assert_eq!(forwarded(&[proto, host, ("host", "10.0.0.1")]), Ok(()));
    assert_eq!(forwarded(&[proto, ("host", "bridge.example.com")]), Ok(()));
    assert_eq!(forwarded(&[("x-forwarded-proto", "http"), host]), Err(RejectionKind::Mismatch));
    assert_eq!(forwarded(&[proto, ("x-forwarded-host", "Bridge.example.com")]), Err(RejectionKind::Mismatch));

    let unclear: &[&[(&'static str, &str)]] = &[
        &[],
        &[proto],
        &[host],
        &[proto, host, host],
        &[proto, proto, host],
        &[("x-forwarded-proto", "https, http"), host],
        &[("x-forwarded-proto", "HTTPS"), host],
        &[("x-forwarded-proto", "https://evil.example/"), host],
        &[proto, ("x-forwarded-host", "bridge.example.com, a")],
        &[proto, ("x-forwarded-host", "")],
        &[proto, ("x-forwarded-host", "me@bridge.example.com")],
        &[proto, ("x-forwarded-host", "bridge.example.com/events?")],
        &[proto, ("x-forwarded-host", "bridge%2Eexample.com")],
        &[proto, ("x-forwarded-host", "ü"), ("host", "bridge.example.com")],
    ];
    for pairs in unclear {
        assert_eq!(forwarded(pairs), Err(RejectionKind::ForwardedHeaders), "{pairs:?}");
    }
}

#[test]
fn a_path_that_a_proxy_replaces_is_replaced_back() {
    let url = "https://bridge.example.com/api"
        .parse::<hubchannel_webhook::PublicUrl>()
        .unwrap();
    let verifier = Verifier::new(SECRET).public_url(url.replacing("/internal"));
    let headers = signed("https://bridge.example.com/api/events", NOW);
    let outcome = |target: &str| {
        let verified = verifier.verify(&Method::POST, target, &headers, BODY, at(NOW));
        verified.map(drop).map_err(|rejection| rejection.kind())
    };
    assert_eq!(outcome("/internal/events"), Ok(()));
    assert_eq!(outcome("/api/events"), Err(RejectionKind::Target));
    assert_eq!(outcome("/internal/events/"), Err(RejectionKind::Mismatch));
    for target in ["", "*", "events", "bridge.example.com:443"] {
        assert_eq!(outcome(target), Err(RejectionKind::Target));
    }
}

#[test]
fn broken_and_small_escapes_are_verified_as_they_stand() {
    let verifier = verifier(PUBLIC);
    for target in [
        "/%",
        "/%2",
        "/%zz?%",
        "/%2f%3A%3a",
        "/%25%32%46",
        "/a%00%ff",
        "/?q=%e2%82%ac&&&=%",
        "/%252F%253a",
        "/%2%2F%%2F%",
        "/?%2",
        "/ü",
    ] {
        let headers = signed(&format!("https://bridge.example.com{target}"), NOW);
        assert!(verifier.verify(&Method::POST, target, &headers, BODY, at(NOW)).is_ok(), "{target}");
    }
    // Either case of an escape that is decoded is the same, of another it is not.
    let headers = signed("https://bridge.example.com/%2Fa", NOW);
    assert!(verifier.verify(&Method::POST, "/%2fa", &headers, BODY, at(NOW)).is_ok());
    let headers = signed("https://bridge.example.com/%2Ba", NOW);
    assert!(
        verifier
            .verify(&Method::POST, "/%2ba", &headers, BODY, at(NOW))
            .is_err()
    );
}

/// Nothing stands between the parts of what is signed, so that bytes might wander over the seams.
#[test]
fn bytes_do_not_wander_between_address_body_and_time() {
    let verifier = verifier(PUBLIC);
    let kind = |target: &str, headers: &HeaderMap, body: &str| {
        let outcome = verifier.verify(&Method::POST, target, headers, body.to_owned(), at(NOW));
        outcome.map(drop).map_err(|rejection| rejection.kind())
    };
    let url = "https://bridge.example.com/events?tenant=a";
    let headers = signed(url, NOW);
    assert_eq!(kind("/events?tenant=a", &headers, BODY), Ok(()));
    for length in 1..=BODY.len() {
        let (before, rest) = BODY.split_at(length);
        let target = format!("/events?tenant=a{before}");
        assert_eq!(kind(&target, &headers, rest), Err(RejectionKind::Target), "{target}");
    }
    // What is left of the address is no JSON before the body.
    let outcome = verifier.verify(&Method::POST, "/events?tenan", &headers, format!("t=a{BODY}"), at(NOW));
    assert!(outcome.unwrap().parse().is_err());

    for body in ["10", "1700", "[]0", "1780000000000"] {
        let headers = Signer::new(SECRET).sign(&Method::POST, url, body, at(NOW));
        for length in 1..=body.len() {
            let (rest, after) = body.split_at(body.len() - length);
            let mut moved = headers.clone();
            let time = format!("{after}{NOW}");
            moved.insert(TIMESTAMP_HEADER, HeaderValue::from_str(&time).unwrap());
            assert!(kind("/events?tenant=a", &moved, rest).is_err(), "{rest} {time}");
        }
        for length in 1..=13 {
            let (before, time) = headers[TIMESTAMP_HEADER].to_str().unwrap().split_at(length);
            let mut moved = headers.clone();
            moved.insert(TIMESTAMP_HEADER, HeaderValue::from_str(time).unwrap());
            assert!(kind("/events?tenant=a", &moved, &format!("{body}{before}")).is_err(), "{time}");
        }
    }
}

#[test]
fn a_reason_shows_no_secret_and_no_signature() {
    let right = signed("https://bridge.example.com/events", NOW);
    let right = right[SIGNATURE_V3_HEADER].to_str().unwrap();
    let verifier = Verifier::new(SECRET)
        .or_secret("s3cret-other")
        .public_url(PUBLIC.parse().unwrap());
    let wrong = v3("rQEKkaNUiu+1qGF//O/pw4BCzstSqO1PyUnGICmf+7o=", &NOW.to_string());
    let rejection = verify(&verifier, &wrong, at(NOW)).unwrap_err();
    let shown = format!("{rejection} {rejection:?} {verifier:?} {:?}", Signer::new(SECRET));
    for secret in [SECRET, "s3cret-other", right, "rQEKkaNU"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(!rejection.to_string().contains('\n'));
}
