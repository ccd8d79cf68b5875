//! What of a request or a response may be shown in logs, recordings and `Debug`.

use std::fmt;

use http::{HeaderMap, HeaderName, header};

/// Headers whose values are shown. Any other may hold a token or a cookie.
const SHOWN: [HeaderName; 10] = [
    header::ACCEPT,
    header::ALLOW,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::DATE,
    header::HOST,
    header::RETRY_AFTER,
    header::USER_AGENT,
    HeaderName::from_static("x-hubspot-correlation-id"),
    HeaderName::from_static("x-request-id"),
];

/// Headers, shown with the values of those that are known to hold nothing secret and the names of all.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use hubchannel_api::redact::Headers;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("accept", HeaderValue::from_static("application/json"));
/// headers.insert("authorization", HeaderValue::from_static("Bearer pat-na1-0123"));
/// assert_eq!(format!("{:?}", Headers(&headers)), r#"{"accept": "application/json", "authorization": …}"#);
/// ```
#[derive(Clone, Copy)]
pub struct Headers<'a>(pub &'a HeaderMap);

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.0 {
            if is_shown(name) {
                map.entry(&name.as_str(), value);
            } else {
                map.entry(&name.as_str(), &format_args!("…"));
            }
        }
        map.finish()
    }
}

/// Whether the value of a header of this name may be shown.
pub fn is_shown(name: &HeaderName) -> bool {
    SHOWN.contains(name)
}
