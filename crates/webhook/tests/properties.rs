//! Signer and verifier agree on whatever there is, and on nothing that was changed.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use http::{HeaderMap, HeaderValue, Method};
use hubchannel_model::{ChannelEvents, ConversationEvents, decode};
use hubchannel_testkit::cases;
use hubchannel_webhook::{PublicUrl, SIGNATURE_V3_HEADER, Signer, TIMESTAMP_HEADER, Verifier};
use proptest::prelude::*;

use self::common::at;

/// A request, and who signs it when.
#[derive(Clone, Debug)]
struct Case {
    secret: String,
    method: String,
    public: String,
    target: String,
    body: Vec<u8>,
    millis: u64,
}

impl Case {
    fn method(&self) -> Method {
        Method::from_bytes(self.method.as_bytes()).unwrap()
    }

    fn sign(&self) -> HeaderMap {
        let url = self.public.parse::<PublicUrl>().unwrap().of(&self.target).unwrap();
        Signer::new(&*self.secret).sign(&self.method(), &url, &self.body, at(self.millis))
    }

    fn passes(&self, headers: &HeaderMap, now: u64) -> bool {
        let verifier = Verifier::new(&*self.secret).public_url(self.public.parse().unwrap());
        let body = self.body.clone();
        verifier
            .verify(&self.method(), &self.target, headers, body, at(now))
            .is_ok()
    }
}

/// Characters of addresses, and escapes whole and broken.
fn address() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z0-9/?&=:@!$'()*,;+._~-]{1,6}",
        3 => "%[0-9A-F]{2}",
        2 => "%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B|3a|2f|3f|2a|2c|3b)",
        1 => "%[0-9a-f]{2}",
        1 => "%[0-9A-Fg-z%]?",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn case() -> impl Strategy<Value = Case> {
    let body = prop_oneof![
        3 => Just(br#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{"text":"Hallo"}}"#.to_vec()),
        2 => prop::collection::vec(any::<u8>(), 0..200),
        1 => Just(Vec::new()),
    ];
    let public = "https?://[a-z]{1,8}(\\.example)?(:[1-9][0-9]{0,3})?(/[a-z0-9%]{1,6}){0,2}";
    // From 1970 to long after anybody will ask.
    let millis = prop_oneof![4 => 1_700_000_000_000..1_900_000_000_000_u64, 1 => 600_000..9_000_000_000_000_000_u64];
    let method = prop_oneof![4 => Just("POST".to_owned()), 1 => "[A-Z]{1,7}"];
    let secret = "[!-~]{1,100}";
    (secret, method, public, address(), body, millis).prop_map(|(secret, method, public, path, body, millis)| Case {
        secret,
        method,
        public,
        target: format!("/{path}"),
        body,
        millis,
    })
}

/// The text with another character at one place.
fn change_text(text: &str, place: prop::sample::Index, to: char) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = place.index(characters.len());
    characters[at] = if characters[at] == to { '0' } else { to };
    characters.into_iter().collect()
}

/// What HubSpot signs of an address, by the list in its documentation.
fn signed_as(mut address: &str) -> String {
    const LIST: [(&str, char); 12] = [
        ("%3A", ':'),
        ("%2F", '/'),
        ("%3F", '?'),
        ("%40", '@'),
        ("%21", '!'),
        ("%24", '$'),
        ("%27", '\''),
        ("%28", '('),
        ("%29", ')'),
        ("%2A", '*'),
        ("%2C", ','),
        ("%3B", ';'),
    ];
    let mut signed = String::new();
    while let Some(first) = address.chars().next() {
        let start = address.get(..3).unwrap_or_default().to_uppercase();
        let listed = LIST.iter().find(|(escape, _)| *escape == start);
        signed.push(listed.map_or(first, |(_, character)| *character));
        address = &address[listed.map_or(first.len_utf8(), |(escape, _)| escape.len())..];
    }
    signed
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_is_signed_passes_within_five_minutes(case in case(), off in 0..=300_000_u64, after: bool) {
        let now = if after { case.millis + off } else { case.millis - off };
        prop_assert!(case.passes(&case.sign(), now));
    }

    #[test]
    fn a_second_beyond_the_window_is_refused(case in case(), beyond in 1..=300_000_u64) {
        let headers = case.sign();
        prop_assert!(!case.passes(&headers, case.millis + 300_000 + beyond));
        prop_assert!(!case.passes(&headers, case.millis - 300_000 - beyond));
    }

    #[test]
    fn a_changed_body_is_refused(case in case(), place: prop::sample::Index, change in 1..=255_u8, extra: u8) {
        let headers = case.sign();
        let mut changed = case.clone();
        if !changed.body.is_empty() {
            let at = place.index(changed.body.len());
            changed.body[at] ^= change;
            prop_assert!(!changed.passes(&headers, case.millis));
            changed.body.remove(at);
            prop_assert!(!changed.passes(&headers, case.millis));
        }
        let mut longer = case.clone();
        longer.body.push(extra);
        prop_assert!(!longer.passes(&headers, case.millis));
    }

    #[test]
    fn a_changed_secret_method_or_host_is_refused(case in case(), place: prop::sample::Index) {
        let headers = case.sign();
        let changed = Case { secret: change_text(&case.secret, place, 'x'), ..case.clone() };
        prop_assert!(!changed.passes(&headers, case.millis));
        let changed = Case { method: format!("{}X", case.method), ..case.clone() };
        prop_assert!(!changed.passes(&headers, case.millis));
        let changed = Case { method: case.method.to_lowercase(), ..case.clone() };
        prop_assert!(!changed.passes(&headers, case.millis));
        let scheme = if case.public.starts_with("https") {
            case.public.replacen("https", "http", 1)
        } else {
            case.public.replacen("http", "https", 1)
        };
        for public in [scheme, case.public.replacen("://", "://x", 1), format!("{}/x", case.public)] {
            let changed = Case { public, ..case.clone() };
            prop_assert!(!changed.passes(&headers, case.millis));
        }
    }

    #[test]
    fn a_changed_target_is_refused_unless_it_is_the_same_address(
        case in case(),
        place: prop::sample::Index,
        to in "[a-z0-9/?&=%A-F]",
    ) {
        let headers = case.sign();
        let to = to.chars().next().unwrap();
        for target in [
            change_text(&case.target, place, to),
            format!("{}/", case.target),
            format!("{}&x", case.target),
            format!("/{}", case.target),
            case.target.to_uppercase(),
            case.target.replace("%3a", ":").replace("%2B", "+"),
        ] {
            let same = target.starts_with('/') && signed_as(&target) == signed_as(&case.target);
            let changed = Case { target, ..case.clone() };
            prop_assert_eq!(changed.passes(&headers, case.millis), same, "{}", changed.target);
        }
    }

    #[test]
    fn a_changed_header_is_refused(case in case(), place: prop::sample::Index, byte in 0x20..0x7f_u8, high: bool) {
        for name in [SIGNATURE_V3_HEADER, TIMESTAMP_HEADER] {
            let headers = case.sign();
            let mut text = headers[name].as_bytes().to_vec();
            let at = place.index(text.len());
            let to = if high { byte | 0x80 } else { byte };
            let changed = |text: &[u8]| {
                let mut headers = headers.clone();
                headers.insert(name, HeaderValue::from_bytes(text).unwrap());
                case.passes(&headers, case.millis)
            };
            let mut shorter = text.clone();
            shorter.remove(at);
            prop_assert!(!changed(&shorter));
            let mut longer = text.clone();
            longer.insert(at, byte);
            // Within a run of equal digits this is the same as before, one longer.
            prop_assert!(!changed(&longer));
            if text[at] != to && to != 0xff {
                text[at] = to;
                prop_assert!(!changed(&text));
            }
        }
    }

    #[test]
    fn whatever_comes_in_is_refused_without_a_panic(
        method in "[!-~]{1,12}",
        target in ".{0,60}",
        signature in prop::collection::vec(any::<u8>(), 0..80),
        timestamp in prop::collection::vec(any::<u8>(), 0..30),
        older in "[0-9a-f]{60,68}",
        version in "v?[0-9]?",
        body in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let Ok(method) = Method::from_bytes(method.as_bytes()) else { return Ok(()) };
        let mut headers = HeaderMap::new();
        let pairs = [
            (SIGNATURE_V3_HEADER, &signature[..]),
            (TIMESTAMP_HEADER, &timestamp[..]),
            (hubchannel_webhook::SIGNATURE_HEADER, older.as_bytes()),
            (hubchannel_webhook::SIGNATURE_VERSION_HEADER, version.as_bytes()),
        ];
        for (name, value) in pairs {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                headers.insert(name, value);
            }
        }
        let verifier = Verifier::new("secret").accept_v1().accept_v2();
        let verifiers = [
            verifier.clone().public_url("https://a.example".parse().unwrap()),
            verifier.clone().trust_forwarded_headers(),
            verifier,
        ];
        for verifier in verifiers {
            let rejection = verifier.verify(&method, &target, &headers, body.clone(), at(1_780_000_000_000)).unwrap_err();
            prop_assert!(!rejection.to_string().is_empty());
            headers.remove(SIGNATURE_V3_HEADER);
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    /// A body is read as the model reads it, whether it is one event or a list.
    #[test]
    fn a_body_is_read_as_the_model_reads_it(
        before in "[ \t\r\n]{0,3}",
        json in "(\\{\"type\":\"(NEW|CHANNEL_ACCOUNT_CREATED)\"(,\"eventId\":(1|\"x\"|\\[\\]))?\\}|\\[(7|\\{\\})?\\]|null|7|\"a\"|\\{|\\[)",
        after in "[ \n]{0,2}\\]?",
    ) {
        let case = Case {
            secret: "secret".to_owned(),
            method: "POST".to_owned(),
            public: "https://a.example".to_owned(),
            target: "/".to_owned(),
            body: format!("{before}{json}{after}").into_bytes(),
            millis: 1_780_000_000_000,
        };
        let verifier = Verifier::new(&*case.secret).public_url(case.public.parse().unwrap());
        let outcome = verifier.verify(&case.method(), "/", &case.sign(), case.body.clone(), at(case.millis));
        let verified = outcome.unwrap();
        prop_assert_eq!(verified.parse().ok(), decode::<ChannelEvents>(&case.body).ok());
        let subscriptions = decode::<ConversationEvents>(&case.body).ok();
        prop_assert_eq!(verified.parse_conversation_events().ok(), subscriptions);
    }
}

proptest! {
    #![proptest_config(cases())]

    /// A public address stands before what comes in, letter by letter, and nothing in what comes in changes where it is.
    #[test]
    fn a_public_address_stays_in_front(
        public in "(https?://)?([a-zA-Z0-9.-]{0,8}|.{0,8})(:[0-9+]{0,6})?(/[ -~]{0,8}){0,2}/{0,2}",
        replaced in "(/[a-z]{1,3}){0,2}/?",
        target in "((https?|HTTP|ftp)://[a-z:@]{0,4})?/?[ -~ü]{0,20}",
    ) {
        let Ok(url) = public.parse::<PublicUrl>() else { return Ok(()) };
        prop_assert_eq!(url.as_str(), public.trim_end_matches('/'));
        let has_none_of = |unwanted: &str| !url.as_str().contains(|character| unwanted.contains(character));
        prop_assert!(has_none_of("?#{} \\"), "{}", url);
        for url in [url.clone(), url.replacing(&replaced)] {
            let Some(whole) = url.of(&target) else { continue };
            let rest = whole.strip_prefix(url.as_str());
            prop_assert!(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?'])), "{}", whole);
            prop_assert!(rest.is_some_and(|rest| target.ends_with(rest)), "{}", whole);
        }
    }
}
