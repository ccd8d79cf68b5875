//! What the head of an answer says of the request's fate, and of a further request.
//!
//! ```
//! use http::StatusCode;
//! use hubchannel_api::status;
//!
//! // Too many requests: turned down, and later it may work.
//! assert!(!status::may_have_acted(StatusCode::TOO_MANY_REQUESTS));
//! assert!(status::passes_by_itself(StatusCode::TOO_MANY_REQUESTS));
//! // A gateway without an answer: nobody knows, and later it may work.
//! assert!(status::may_have_acted(StatusCode::BAD_GATEWAY));
//! assert!(status::passes_by_itself(StatusCode::BAD_GATEWAY));
//! ```
//!
//! [`Error`](crate::Error) answers from these, and so does whatever layer repeats requests.

use std::time::{Duration, SystemTime};

use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{DATE, RETRY_AFTER},
};

/// Whether a server that answers with this status, no success, may have done what was asked all the same.
///
/// False for those that turn a request down, such as 404, 423 (a lock), 429 (a limit) and 477 (the portal is being
/// moved). True for all of 500 and more, and for 408 and 409. What the statuses mean is documented by HTTP and by
/// HubSpot; that nothing was done follows from it and is not stated.
pub fn may_have_acted(status: StatusCode) -> bool {
    // These turn the request down. Of the others a redirect may follow the deed, as it does on web pages; 409 may say that
    // an earlier attempt has done it; and of what nobody has documented, nobody knows.
    !matches!(
        status.as_u16(),
        307 | 308 | 400..=406 | 410..=418 | 421..=424 | 426 | 428 | 429 | 431 | 451 | 477
    )
}

/// Whether the reason for this status passes without anybody mending it, so that the same request may succeed later.
///
/// True for 408, 423, 429, 477, 500, 502 to 504 and 520 to 524. False for 409, which may say that it is done already,
/// and for 525 and 526, for which HubSpot sends people to its support (documented). It does so for 522 too; but a
/// connection that did not come about in time often does later.
pub fn passes_by_itself(status: StatusCode) -> bool {
    // 423: a lock of two seconds. 477: the portal is being moved. 521 to 524: the way to HubSpot is broken. 525 and 526
    // need HubSpot's support.
    matches!(status.as_u16(), 408 | 423 | 429 | 477 | 500 | 502..=504 | 520..=524)
}

/// The least time from an answer of this status until the same request can be of use again, given what the answer's
/// `Retry-After` [asks for](retry_after).
///
/// ```
/// use std::time::Duration;
/// use http::StatusCode;
/// use hubchannel_api::status::least_wait;
///
/// assert_eq!(least_wait(StatusCode::LOCKED, None), Duration::from_secs(2));
/// assert_eq!(least_wait(StatusCode::LOCKED, Some(Duration::from_secs(7))), Duration::from_secs(7));
/// assert_eq!(least_wait(StatusCode::SERVICE_UNAVAILABLE, None), Duration::ZERO);
/// ```
///
/// | status | at least | why |
/// |---|---|---|
/// | 423 | 2 s | that long a lock holds (documented) |
/// | 429 | 1 s | the shortest window of a limit (documented) |
/// | 477 without `Retry-After` | 10 s | the portal is being moved, which may take a day (documented); how soon to ask again without being told is this project's own choice |
/// | 502, 504 | 2 s | a few seconds are to pass after a gateway's failure (documented) |
/// | 520 to 524 | 2 s | the same of the gateway before HubSpot's own; how long is not documented |
/// | any other | 0 s | nothing is documented, 503 included |
pub fn least_wait(status: StatusCode, retry_after: Option<Duration>) -> Duration {
    let least = match (status.as_u16(), retry_after) {
        (423 | 502 | 504 | 520..=524, _) => 2,
        (429, _) => 1,
        (477, None) => 10,
        _ => 0,
    };
    retry_after.unwrap_or_default().max(Duration::from_secs(least))
}

/// What the header `Retry-After` asks for, in seconds or as a date; the longest, where there are several.
///
/// ```
/// use std::time::Duration;
/// use http::{HeaderMap, HeaderValue};
/// use hubchannel_api::status::retry_after;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", HeaderValue::from_static("Fri, 15 Jan 2027 08:00:30 GMT"));
/// assert_eq!(retry_after(&headers, None), None);
/// headers.insert("date", HeaderValue::from_static("Fri, 15 Jan 2027 08:00:00 GMT"));
/// assert_eq!(retry_after(&headers, None), Some(Duration::from_secs(30)));
/// ```
///
/// A date is measured from the answer's own `Date`, so that a clock that is wrong here does no harm, else from the time
/// of day given. Without either it says nothing, and so does what is neither form.
pub fn retry_after(headers: &HeaderMap, wall: Option<SystemTime>) -> Option<Duration> {
    let mut values = headers.get_all(RETRY_AFTER).iter().peekable();
    values.peek()?;
    let sent = headers.get(DATE).and_then(date).or(wall);
    values
        .filter_map(|value| seconds(value).or_else(|| until(value, sent?)))
        .max()
}

fn seconds(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Digits alone fail to parse only because they are too many.
    Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn until(value: &HeaderValue, sent: SystemTime) -> Option<Duration> {
    Some(date(value)?.duration_since(sent).unwrap_or_default())
}

fn date(value: &HeaderValue) -> Option<SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?.trim()).ok()
}
