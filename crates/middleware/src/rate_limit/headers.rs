//! What an answer says of the limits.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, Response, StatusCode, header::RETRY_AFTER};
use hubchannel_api::{Body, status::retry_after};

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
    /// Reads an answer; `wall` is asked only where a date has to be held against it.
    pub(super) fn read(response: &Response<Body>, wall: impl FnOnce() -> SystemTime) -> Self {
        let headers = response.headers();
        let numbers = Numbers::read(headers);
        let has_retry_after = headers.contains_key(RETRY_AFTER);
        Told {
            max: numbers.max.map(small).filter(|max| *max > 0),
            remaining: numbers.remaining.map(small),
            interval: numbers.interval.map(Duration::from_millis),
            day_is_used_up: numbers.use_up_the_day(response),
            turned_down: response.status() == StatusCode::TOO_MANY_REQUESTS,
            retry_after: has_retry_after.then(|| retry_after(headers, Some(wall()))).flatten(),
        }
    }
}

/// Whether nothing is left of the day's limit.
pub(crate) fn day_is_used_up(response: &Response<Body>) -> bool {
    Numbers::read(response.headers()).use_up_the_day(response)
}

/// The numbers in the headers: of each the smallest, where it is there more than once.
#[derive(Debug, Default)]
struct Numbers {
    max: Option<u64>,
    remaining: Option<u64>,
    interval: Option<u64>,
    daily: Option<u64>,
    daily_remaining: Option<u64>,
}

impl Numbers {
    /// In one pass, which is cheaper than a look for each name.
    fn read(headers: &HeaderMap) -> Self {
        let mut numbers = Numbers::default();
        for (name, value) in headers {
            let Some(rest) = name.as_str().strip_prefix("x-hubspot-ratelimit-") else {
                continue;
            };
            let place = match rest {
                "max" => &mut numbers.max,
                "remaining" => &mut numbers.remaining,
                "interval-milliseconds" => &mut numbers.interval,
                "daily" => &mut numbers.daily,
                "daily-remaining" => &mut numbers.daily_remaining,
                _ => continue,
            };
            if let Some(number) = number(value) {
                *place = Some(place.map_or(number, |other| other.min(number)));
            }
        }
        numbers
    }

    fn use_up_the_day(&self, response: &Response<Body>) -> bool {
        let nothing_left = self.daily_remaining == Some(0);
        // A day's limit of 0 is none that could be used up.
        let has_limit = self.daily != Some(0);
        let turned_down = response.status() == StatusCode::TOO_MANY_REQUESTS;
        nothing_left && has_limit || turned_down && names_the_day(response.body())
    }
}

fn number(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Digits alone fail to parse only because they are too many.
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
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
