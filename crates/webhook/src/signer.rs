//! The other side: what HubSpot does before it calls.

use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use hubchannel_model::Secret;

use crate::{
    SIGNATURE_HEADER, SIGNATURE_V3_HEADER, SIGNATURE_VERSION_HEADER, SignatureVersion, TIMESTAMP_HEADER,
    escape::Decoding,
    signature::{Key, Signed},
};

/// Signs requests as HubSpot does, for tests of whatever receives them.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use http::Method;
/// use hubchannel_webhook::{Signer, Verifier};
///
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000);
/// let url = "https://bridge.example.com/events?mail=ada%40example.com";
/// let headers = Signer::new("client-secret").sign(&Method::POST, url, "{}", now);
///
/// let verifier = Verifier::new("client-secret").public_url("https://bridge.example.com".parse()?);
/// verifier.verify(&Method::POST, "/events?mail=ada%40example.com", &headers, "{}", now)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What it signs, a [`Verifier`](crate::Verifier) with the same secret and the address in question takes, within five
/// minutes of the time that was signed, and nothing else. What no verifier takes it signs all the same: with an empty secret,
/// or for an address that is none, such as one with a `{`.
#[derive(Clone, Debug)]
pub struct Signer {
    key: Option<Key>,
}

impl Signer {
    /// Signs with this secret.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Signer {
            key: Key::new(secret.into()),
        }
    }

    /// The headers that a request has by version 3: signature, and time to the millisecond.
    ///
    /// `url` is the whole public address, as it is called. Times before 1970 become 1970.
    pub fn sign(&self, method: &Method, url: &str, body: impl AsRef<[u8]>, at: SystemTime) -> HeaderMap {
        let millis = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let timestamp = millis.to_string();
        let signature = self.signature(SignatureVersion::V3, method, url, body.as_ref(), &timestamp);
        headers([(SIGNATURE_V3_HEADER, signature), (TIMESTAMP_HEADER, timestamp)])
    }

    /// The headers that a request has by version 1.
    pub fn sign_v1(&self, body: impl AsRef<[u8]>) -> HeaderMap {
        let signature = self.signature(SignatureVersion::V1, &Method::POST, "", body.as_ref(), "");
        headers([
            (SIGNATURE_HEADER, signature),
            (SIGNATURE_VERSION_HEADER, "v1".to_owned()),
        ])
    }

    /// The headers that a request has by version 2.
    pub fn sign_v2(&self, method: &Method, url: &str, body: impl AsRef<[u8]>) -> HeaderMap {
        let signature = self.signature(SignatureVersion::V2, method, url, body.as_ref(), "");
        headers([
            (SIGNATURE_HEADER, signature),
            (SIGNATURE_VERSION_HEADER, "v2".to_owned()),
        ])
    }

    fn signature(&self, version: SignatureVersion, method: &Method, url: &str, body: &[u8], timestamp: &str) -> String {
        let signed = Signed {
            version,
            method: method.as_str(),
            uri: [url, "", "", ""],
            decoding: Decoding::Documented,
            body,
            timestamp,
        };
        self.key.as_ref().map(|key| key.sign(&signed)).unwrap_or_default()
    }
}

fn headers(pairs: [(&'static str, String); 2]) -> HeaderMap {
    let pairs = pairs.map(|(name, text)| {
        // Digits and base64 are fine in a header; if they were not, an empty signature would pass nowhere.
        let value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        (HeaderName::from_static(name), value)
    });
    pairs.into_iter().collect()
}
