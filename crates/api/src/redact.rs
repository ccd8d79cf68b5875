//! What of a request or a response may be shown in logs, recordings and `Debug`.

use std::fmt::{self, Write as _};

use http::{HeaderMap, HeaderName, header};
use percent_encoding::percent_decode_str;

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

/// The piece of a path that a secret follows.
const BEFORE_A_SECRET: &str = "channel-account-staging-tokens";

/// A path, shown without its query and without the token that the path of one operation has in it.
///
/// ```
/// use hubchannel_api::redact::Path;
///
/// let path = Path("/conversations/v3/custom-channels/2930388/channel-account-staging-tokens/a1b2?x=1");
/// assert_eq!(path.to_string(), "/conversations/v3/custom-channels/2930388/channel-account-staging-tokens/…");
/// assert_eq!(Path("/conversations/v3/custom-channels/2930388?x=1").to_string(), "/conversations/v3/custom-channels/2930388");
/// ```
///
/// It goes by the text alone, so that it is good for requests of any origin. Everything from the token on is hidden.
/// `Debug` of an `http::Request` or `Uri` knows nothing of this and shows the whole address.
#[derive(Clone, Copy)]
pub struct Path<'a>(pub &'a str);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.split(['?', '#']).next().unwrap_or_default();
        let mut rest = path;
        while !rest.is_empty() {
            let (piece, after) = match rest.split_once('/') {
                Some((piece, after)) => (piece, Some(after)),
                None => (rest, None),
            };
            // Servers decode a path's pieces, so another spelling reaches the same operation.
            let decoded = percent_decode_str(piece).decode_utf8_lossy();
            let start = decoded.get(..BEFORE_A_SECRET.len());
            if start.is_some_and(|start| start.eq_ignore_ascii_case(BEFORE_A_SECRET)) {
                f.write_str(BEFORE_A_SECRET)?;
                let more = decoded.len() > BEFORE_A_SECRET.len() || after.is_some_and(|after| !after.is_empty());
                return if more { f.write_str("/…") } else { Ok(()) };
            }
            f.write_str(piece)?;
            let Some(after) = after else { return Ok(()) };
            f.write_char('/')?;
            rest = after;
        }
        Ok(())
    }
}

impl fmt::Debug for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}
