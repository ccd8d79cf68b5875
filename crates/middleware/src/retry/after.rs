//! How long a server asks to be left alone.

use std::time::{Duration, SystemTime};

use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{DATE, RETRY_AFTER},
};

/// The header `Retry-After`, in seconds or as a date; the longest, where there are several.
///
/// A date is measured from the answer's own `Date`, so that a clock that is wrong here does no harm, else from the time
/// of day given. What is neither form says nothing.
pub(crate) fn retry_after(headers: &HeaderMap, wall: SystemTime) -> Option<Duration> {
    let mut values = headers.get_all(RETRY_AFTER).iter().peekable();
    values.peek()?;
    let sent = headers.get(DATE).and_then(date).unwrap_or(wall);
    values
        .filter_map(|value| seconds(value).or_else(|| until(value, sent)))
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

/// The least wait after this status, whatever the server says: what HubSpot documents of it.
pub(super) fn documented(status: StatusCode) -> Duration {
    Duration::from_secs(match status.as_u16() {
        // The lock is held for two seconds.
        423 => 2,
        // "A few seconds" are to pass after a gateway's failure.
        502 | 504 => 2,
        // The shortest window of a limit.
        429 => 1,
        _ => 0,
    })
}

/// The window of HubSpot's limits, after which what counts now counts no more.
pub(super) const LIMIT_WINDOW: Duration = Duration::from_secs(10);
