//! What an answer says of the limits.

use std::time::Duration;

use http::{HeaderMap, header::RETRY_AFTER};

/// What an answer says of the limits; what is missing, or makes no sense, is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) max: Option<u32>,
    pub(super) remaining: Option<u32>,
    pub(super) interval: Option<Duration>,
    pub(super) daily_remaining: Option<u64>,
    pub(super) retry_after: Option<Duration>,
}

impl Told {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let number = |name: &str| -> Option<u64> {
            let text = headers.get(name)?.to_str().ok()?.trim();
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            // Digits alone fail to parse only because they are too many.
            digits.then(|| text.parse().unwrap_or(u64::MAX))
        };
        let small = |name: &str| number(name).and_then(|number| u32::try_from(number).ok());
        Told {
            max: small("x-hubspot-ratelimit-max"),
            remaining: small("x-hubspot-ratelimit-remaining"),
            interval: number("x-hubspot-ratelimit-interval-milliseconds").map(Duration::from_millis),
            daily_remaining: number("x-hubspot-ratelimit-daily-remaining"),
            retry_after: number(RETRY_AFTER.as_str()).map(Duration::from_secs),
        }
    }
}
