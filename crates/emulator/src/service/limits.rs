//! Requests that are one too many.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER};
use hubchannel_api::model::ErrorCategory;

use super::refusal::Refusal;
use crate::{
    seed::{RateLimitBody, RateLimits, Seed},
    state::{Caller, Exceeded, Quota, State},
};

const MAX: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-max");
const REMAINING: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-remaining");
const INTERVAL: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-interval-milliseconds");
const SECONDLY: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-secondly");
const SECONDLY_REMAINING: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-secondly-remaining");
const DAILY: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-daily");
const DAILY_REMAINING: HeaderName = HeaderName::from_static("x-hubspot-ratelimit-daily-remaining");

/// Counts a request of this caller; returns what every answer to it then says.
pub(super) fn count(seed: &Seed, state: &mut State, caller: Caller) -> Result<HeaderMap, Refusal> {
    let Some(limits) = seed.rate_limits() else {
        return Ok(HeaderMap::new());
    };
    if caller.portal_id.is_none() && !limits.developer_key {
        return Ok(HeaderMap::new());
    }
    let clock = seed.clock();
    let (quota, exceeded) = state.limits.take(limits, caller, clock.monotonic(), clock.wall());
    let headers = headers(limits, quota);
    match exceeded {
        None => Ok(headers),
        Some(exceeded) => Err(refusal(limits, caller, exceeded).headers(headers)),
    }
}

fn headers(limits: &RateLimits, quota: Quota) -> HeaderMap {
    let interval = u64::try_from(limits.interval.as_millis()).unwrap_or(u64::MAX);
    let mut headers = HeaderMap::new();
    headers.insert(MAX, limits.max.into());
    headers.insert(REMAINING, quota.remaining.into());
    headers.insert(INTERVAL, interval.into());
    let pairs = [
        (SECONDLY, limits.secondly),
        (SECONDLY_REMAINING, quota.secondly_remaining),
        // A limit of the day that does not hold for the caller is not told of.
        (DAILY, limits.daily.filter(|_| quota.daily_remaining.is_some())),
        (DAILY_REMAINING, quota.daily_remaining),
    ];
    headers.extend(
        pairs
            .into_iter()
            .filter_map(|(name, number)| Some((name, HeaderValue::from(number?)))),
    );
    headers
}

fn refusal(limits: &RateLimits, caller: Caller, exceeded: Exceeded) -> Refusal {
    let (policy, bucket, wait) = match exceeded {
        Exceeded::Interval(wait) => ("TEN_SECONDLY_ROLLING", "ten-secondly", wait),
        Exceeded::Second(wait) => ("SECONDLY", "secondly", wait),
        Exceeded::Day(wait) => ("DAILY", "daily", wait),
    };
    let message = format!("You have reached your {} limit.", policy.to_ascii_lowercase());
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, message);
    let refusal = match limits.body {
        RateLimitBody::Category => refusal.category(ErrorCategory::RateLimits),
        RateLimitBody::PolicyName | RateLimitBody::GroupName => refusal.with(|body| {
            body.error_type = "RATE_LIMIT".into();
            body.policy_name = policy.into();
        }),
    };
    let refusal = match (limits.body, caller.portal_id) {
        (RateLimitBody::GroupName, Some(portal_id)) => refusal.with(|body| {
            body.group_name = format!("publicapi:oauth-api-calls-{bucket}:{}:{portal_id}", caller.app_id).into();
        }),
        _ => refusal,
    };
    if limits.retry_after {
        // At the end of the wait the window is still full.
        refusal.header(RETRY_AFTER, (wait.as_secs() + 1).into())
    } else {
        refusal
    }
}
