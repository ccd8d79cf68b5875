//! Signatures that were made elsewhere: HubSpot's own examples, and others made with another language's library.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use http::Method;
use hubchannel_webhook::{RejectionKind, Signer, Verifier};

use self::common::{SECRET, at, older, v3, verifier};

/// A request of version 3 and its signature.
struct Vector {
    secret: &'static str,
    method: Method,
    public: &'static str,
    target: &'static str,
    body: &'static str,
    timestamp: u64,
    signature: &'static str,
}

const EXAMPLE: &str = r#"{"example_field":"example_value"}"#;

const GREETING: &str = concat!(
    r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"62515","channelId":"365015","eventId":"evt-1","#,
    r#""channelIntegrationThreadIds":["thread-1"],"message":{"id":"msg-1","type":"MESSAGE","text":"Grüße 👋"}}"#,
);

const VECTORS: [Vector; 5] = [
    Vector {
        secret: SECRET,
        method: Method::POST,
        public: "https://www.example.com",
        target: "/webhook_uri",
        body: EXAMPLE,
        timestamp: 1_700_000_000_000,
        signature: "rQEKkaNUiu+1qGF//O/pw4BCzstSqO1PyUnGICmf+7o=",
    },
    Vector {
        secret: SECRET,
        method: Method::POST,
        public: "https://bridge.example.com",
        target: "/hubspot/events?tenant=acme%3Aeu%2Fwest&mail=ops%40example.com&q=a%2Bb%20c%26d%25",
        body: GREETING,
        timestamp: 1_700_000_000_000,
        signature: "GnewxRGy0ouo613qWpJQdzr9EOK8fbnQloeEwltgHlE=",
    },
    Vector {
        secret: "secret",
        method: Method::POST,
        public: "https://getklai.getklai.com",
        target: "/api/webhooks/hubspot/custom-channel",
        body: r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED"}"#,
        timestamp: 1_760_000_000_000,
        signature: "2IDXdne/hvorATbjN8oFmTJOmZ6J28ImZBRD6k4h+R4=",
    },
    Vector {
        secret: SECRET,
        method: Method::GET,
        public: "https://www.example.com",
        target: "/cards?userId=123&userEmail=user%40example.com&portalId=62515",
        body: "",
        timestamp: 1_700_000_000_000,
        signature: "Rwex5xRuCk9Cmx5wukOV687ScXPH1/BZcMl7GLpADJA=",
    },
    Vector {
        secret: SECRET,
        method: Method::POST,
        public: "https://www.example.com",
        target: "/hook",
        body: "",
        timestamp: 1_700_000_000_000,
        signature: "MyIIEDIcJhFBNkDie8Met+sqIePp5z5Wa2zsxW8dea4=",
    },
];

#[test]
fn version_3_is_verified_as_documented() {
    for vector in &VECTORS {
        let verifier = Verifier::new(vector.secret).public_url(vector.public.parse().unwrap());
        let headers = v3(vector.signature, &vector.timestamp.to_string());
        let verified = verifier
            .verify(&vector.method, vector.target, &headers, vector.body, at(vector.timestamp + 1))
            .unwrap_or_else(|rejection| panic!("{}: {rejection}", vector.target));
        assert_eq!(verified.body(), vector.body);
        assert_eq!(verified.signed_at(), Some(at(vector.timestamp)));
    }
}

#[test]
fn version_3_is_signed_as_documented() {
    for vector in &VECTORS {
        let url = format!("{}{}", vector.public, vector.target);
        let signed = Signer::new(vector.secret).sign(&vector.method, &url, vector.body, at(vector.timestamp));
        assert_eq!(signed, v3(vector.signature, &vector.timestamp.to_string()), "{url}");
    }
}

#[test]
fn signatures_over_an_address_that_was_not_decoded_are_refused() {
    for (vector, undecoded) in [
        (&VECTORS[1], "p3+3sUjMu2UHlmxM+oOTZHQKY1+r9l8LUcuYyS/uSSE="),
        (&VECTORS[3], "0LRntbq7pC+sSNJwcmmTzJDsR35u4pbRBKFERJg8G6g="),
    ] {
        let headers = v3(undecoded, &vector.timestamp.to_string());
        let rejection = verifier(vector.public)
            .verify(&vector.method, vector.target, &headers, vector.body, at(vector.timestamp))
            .unwrap_err();
        assert_eq!(rejection.kind(), RejectionKind::Mismatch);
    }
}

const CONTACT_CREATION: &str = concat!(
    r#"[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"#,
    r#""subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","#,
    r#""changeFlag":"NEW","appId":54321}]"#,
);
const V1: &str = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de";
const V2_GET: &str = "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e";
const V2_POST: &str = "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900";

#[test]
fn version_1_passes_where_it_is_accepted() {
    let verifier = verifier("https://www.example.com");
    let headers = older("v1", V1);
    let verify = |verifier: &Verifier| verifier.verify(&Method::POST, "/any", &headers, CONTACT_CREATION, at(0));
    assert_eq!(verify(&verifier).unwrap_err().kind(), RejectionKind::VersionNotAccepted);
    assert_eq!(verify(&verifier.clone().accept_v2()).unwrap_err().kind(), RejectionKind::VersionNotAccepted);
    let verified = verify(&verifier.accept_v1()).unwrap();
    assert_eq!(verified.version().to_string(), "v1");
    assert_eq!(verified.signed_at(), None);
    let events = verified.parse_conversation_events().unwrap();
    assert_eq!(events[0].as_conversation().unwrap().event_id, 1.into());

    assert_eq!(Signer::new(SECRET).sign_v1(CONTACT_CREATION), headers);
}

#[test]
fn version_2_passes_where_it_is_accepted() {
    let verifier = verifier("https://www.example.com");
    for (method, body, signature) in [(Method::GET, "", V2_GET), (Method::POST, EXAMPLE, V2_POST)] {
        let headers = older("v2", signature);
        let verify = |verifier: &Verifier| verifier.verify(&method, "/webhook_uri", &headers, body, at(0));
        assert_eq!(verify(&verifier).unwrap_err().kind(), RejectionKind::VersionNotAccepted);
        assert_eq!(verify(&verifier.clone().accept_v1()).unwrap_err().kind(), RejectionKind::VersionNotAccepted);
        assert_eq!(verify(&verifier.clone().accept_v2()).unwrap().version().to_string(), "v2");

        let signed = Signer::new(SECRET).sign_v2(&method, "https://www.example.com/webhook_uri", body);
        assert_eq!(signed, headers);
    }
}

#[test]
fn a_signature_of_version_3_decides_alone() {
    let verifier = verifier("https://www.example.com").accept_v1().accept_v2();
    let (right, wrong) = (VECTORS[0].signature, VECTORS[4].signature);
    let verify = |v3_signature: &str, older_signature: &str| {
        let mut headers = v3(v3_signature, "1700000000000");
        headers.extend(older("v2", older_signature));
        verifier.verify(&Method::POST, "/webhook_uri", &headers, EXAMPLE, at(1_700_000_000_000))
    };
    assert!(verify(right, "whatever").is_ok());
    assert_eq!(verify(wrong, V2_POST).unwrap_err().kind(), RejectionKind::Mismatch);
}

/// What somebody makes of a hash over a secret and a text, of which he knows the length of the one and all of the other: a
/// hash over the same and more.
fn extend(hash: &str, length: usize, more: &[u8]) -> (Vec<u8>, String) {
    let mut state = [0_u32; 8];
    for (word, digits) in state.iter_mut().zip(hash.as_bytes().chunks_exact(8)) {
        *word = u32::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
    }
    let padded = |length: usize, end: usize| {
        let mut padding = vec![0x80];
        padding.resize((length + 9).next_multiple_of(64) - length - 8, 0);
        padding.extend((8 * u64::try_from(end).unwrap()).to_be_bytes());
        padding
    };
    let glue = padded(length, length);
    let mut rest = more.to_vec();
    rest.extend(padded(more.len(), length + glue.len() + more.len()));
    let blocks: Vec<[u8; 64]> = rest.chunks_exact(64).map(|block| block.try_into().unwrap()).collect();
    sha2::block_api::compress256(&mut state, &blocks);
    ([glue, more.to_vec()].concat(), state.map(|word| format!("{word:08x}")).concat())
}

#[test]
fn what_is_appended_to_an_older_signature_passes_and_cannot_be_read() {
    let verifier = verifier("https://www.example.com").accept_v1().accept_v2();
    let more = br#",{"eventId":2}]"#;
    let uri = "POSThttps://www.example.com/webhook_uri";
    for (version, signature, body, before) in [("v1", V1, CONTACT_CREATION, ""), ("v2", V2_POST, EXAMPLE, uri)] {
        let length = SECRET.len() + before.len() + body.len();
        let (appended, forged) = extend(signature, length, more);
        let body = [body.as_bytes(), &appended].concat();
        let headers = older(version, &forged);
        let verified = verifier
            .verify(&Method::POST, "/webhook_uri", &headers, body, at(0))
            .unwrap();
        assert!(verified.parse().is_err() && verified.parse_conversation_events().is_err());
        assert!(std::str::from_utf8(verified.body()).is_err());
    }
}
