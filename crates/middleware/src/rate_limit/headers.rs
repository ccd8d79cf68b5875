//! What an answer says of the limits.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, Response, StatusCode};
use hubchannel_api::{Body, status::retry_after};

static MAX: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-max");
static REMAINING: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-remaining");
static INTERVAL: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-interval-milliseconds");
static DAILY_REMAINING: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-daily-remaining");
static DAILY: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-daily");

/// What an answer says of the limits; what is missing, or makes no sense, is not there.
///
/// The pair `-Secondly` is left alone: it is deprecated (documented), and whether its limit still holds is unknown. Where
/// it does, a 429 says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) max: Option<u32>,
    pub(super) remaining: Option<u32>,
    pub(super) interval: Option<Duration>,
    pub(super) day_is_used_up: bool,
    /// Whether the request was turned down because it was one too many.
    pub(super) turned_down: bool,
    pub(super) retry_after: Option<Duration>,
}

impl Told {
    pub(super) fn read(response: &Response<Body>, wall: SystemTime) -> Self {
        let headers = response.headers();
        let turned_down = response.status() == StatusCode::TOO_MANY_REQUESTS;
        Told {
            max: small(headers, &MAX).filter(|max| *max > 0),
            remaining: small(headers, &REMAINING),
            interval: number(headers, &INTERVAL).map(Duration::from_millis),
            day_is_used_up: day_is_used_up(response),
            turned_down,
            retry_after: retry_after(headers, Some(wall)),
        }
    }
}

/// Whether nothing is left of the day's limit.
pub(crate) fn day_is_used_up(response: &Response<Body>) -> bool {
    let headers = response.headers();
    let nothing_left = number(headers, &DAILY_REMAINING) == Some(0);
    // A day's limit of 0 is none that could be used up.
    let has_limit = number(headers, &DAILY) != Some(0);
    let turned_down = response.status() == StatusCode::TOO_MANY_REQUESTS;
    nothing_left && has_limit || turned_down && names_the_day(response.body())
}

/// The smallest number that the header gives, where it is there more than once.
fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let numbers = headers.get_all(name).iter().filter_map(|value| {
        let text = value.to_str().ok()?.trim();
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // Digits alone fail to parse only because they are too many.
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    });
    numbers.min()
}

fn small(headers: &HeaderMap, name: &HeaderName) -> Option<u32> {
    number(headers, name).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// Whether the body of an error says that it was the limit of the day. There is no need to read it as JSON: at worst,
/// one request waits in vain.
fn names_the_day(body: &Body) -> bool {
    let value = || {
        let text = std::str::from_utf8(body.as_bytes()?).ok()?;
        let (_, rest) = text.split_once(r#""policyName""#)?;
        rest.trim_start().strip_prefix(':')
    };
    value().is_some_and(|value| value.trim_start().starts_with(r#""DAILY""#))
}
