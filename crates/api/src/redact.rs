//! What of a request or a response may be shown in logs, recordings and `Debug`.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use http::{HeaderMap, HeaderName, header};
use percent_encoding::percent_decode_str;

use crate::Call;

/// The headers with what HubSpot's support finds a request by, the one to look at first before the other.
///
/// A server could put anything there. [`hide_secrets`](crate::hide_secrets) leaves nothing of one that has a secret in it.
pub const ID_HEADERS: [HeaderName; 2] = [
    HeaderName::from_static("x-hubspot-correlation-id"),
    HeaderName::from_static("x-request-id"),
];

/// How long a secret is at least, in bytes. Were shorter texts hidden, any message would be full of holes.
pub const SHORTEST_SECRET: usize = 6;

/// Headers whose values are shown, besides [`ID_HEADERS`]. Any other may hold a token or a cookie.
const SHOWN: [HeaderName; 8] = [
    header::ACCEPT,
    header::ALLOW,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::DATE,
    header::HOST,
    header::RETRY_AFTER,
    header::USER_AGENT,
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
    SHOWN.contains(name) || ID_HEADERS.contains(name)
}

/// The pieces of HubSpot's paths that a secret follows: the token of a staging token's path, and those of `v1` of OAuth.
const BEFORE_A_SECRET: [&str; 3] = ["channel-account-staging-tokens", "access-tokens", "refresh-tokens"];

/// A path, shown without its query, and without the tokens and people's addresses that the paths of some operations have
/// in them.
///
/// ```
/// use hubchannel_api::redact::Path;
///
/// let path = Path("/conversations/v3/custom-channels/2930388/channel-account-staging-tokens/a1b2?x=1");
/// assert_eq!(path.to_string(), "/conversations/v3/custom-channels/2930388/channel-account-staging-tokens/…");
/// assert_eq!(Path("/oauth/v1/access-tokens/CIrT").to_string(), "/oauth/v1/access-tokens/…");
/// assert_eq!(Path("/conversations/v3/custom-channels/2930388?x=1").to_string(), "/conversations/v3/custom-channels/2930388");
/// ```
///
/// It goes by the text alone, so that it is good for requests of any origin: also for paths of HubSpot's that this crate
/// has no operation for, such as `/oauth/v1/refresh-tokens/{token}`, and for every spelling that a server may take for
/// one of them. Everything from the token on is hidden. A piece with an `@` in it, such as the actor
/// `E-ada@example.com`, is shown as `…`. `Debug` of an `http::Request` or `Uri` knows nothing of this and
/// shows the whole address.
#[derive(Clone, Copy)]
pub struct Path<'a>(pub &'a str);

impl<'a> Path<'a> {
    /// The path of a request of this call: nothing of it where the address came [from outside](Call::foreign), because
    /// who knows such an address may have all that is there; and nothing of what was
    /// [added](crate::CallEndpoint::add_segment) to the path of an endpoint, because nobody knows what that is.
    ///
    /// ```
    /// use hubchannel_api::{Call, DownloadFile, redact::Path};
    ///
    /// let mut call = Call::new(DownloadFile::INFO);
    /// assert_eq!(Path::of(Some(&call), "/files/v3/x").to_string(), "/files/v3/x");
    /// call.foreign = true;
    /// assert_eq!(Path::of(Some(&call), "/a1b2/tour.mp4").to_string(), "/…");
    /// ```
    pub fn of(call: Option<&'a Call>, path: &'a str) -> Self {
        match call {
            Some(call) if call.foreign => Path("/…"),
            Some(call) => Path(call.shown_path.as_deref().unwrap_or(path)),
            None => Path(path),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.split(['?', '#']).next().unwrap_or_default();
        let mut rest = path;
        while !rest.is_empty() {
            let (piece, after) = match rest.split_once('/') {
                Some((piece, after)) => (piece, Some(after)),
                None => (rest, None),
            };
            if let Some(secret) = Secret::find(piece) {
                f.write_str(if secret.is_behind_others { "…/" } else { "" })?;
                f.write_str(secret.name)?;
                let more = secret.is_in_piece || after.is_some_and(|after| !after.is_empty());
                return if more { f.write_str("/…") } else { Ok(()) };
            }
            f.write_str(if is_of_a_person(piece) { "…" } else { piece })?;
            let Some(after) = after else { return Ok(()) };
            f.write_char('/')?;
            rest = after;
        }
        Ok(())
    }
}

/// Where in a piece of a path a name stands that a secret follows.
struct Secret {
    name: &'static str,
    /// Whether there is more of the piece before the name.
    is_behind_others: bool,
    /// Whether there is more of the piece behind the name.
    is_in_piece: bool,
}

impl Secret {
    fn find(piece: &str) -> Option<Self> {
        // Servers decode a path's pieces, and those behind them once more, so another spelling reaches the same operation:
        // one with slashes of its own among them.
        let decoded = decoded(piece);
        let mut start = 0;
        for inner in decoded.split_inclusive(['/', '\\']) {
            let begins = |name: &&str| {
                let beginning = inner.get(..name.len());
                beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(name))
            };
            if let Some(name) = BEFORE_A_SECRET.into_iter().find(begins) {
                return Some(Secret {
                    name,
                    is_behind_others: start > 0,
                    is_in_piece: decoded.len() > start + name.len(),
                });
            }
            start += inner.len();
        }
        None
    }
}

/// Whether a piece of a path has somebody's address in it.
fn is_of_a_person(piece: &str) -> bool {
    piece.contains('@') || piece.contains('%') && decoded(piece).contains('@')
}

/// The piece without escapes, nor escapes of escapes.
fn decoded(piece: &str) -> Cow<'_, str> {
    // More often than any server or proxy on the way decodes.
    const MOST: usize = 8;

    let mut text = Cow::Borrowed(piece);
    for _ in 0..MOST {
        let next = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if next == *text {
            break;
        }
        text = Cow::Owned(next);
    }
    text
}

impl fmt::Debug for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}
