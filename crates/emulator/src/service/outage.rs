//! Answers with a status that no request has brought about.

use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use hubchannel_api::model::ErrorCategory;

use super::refusal::Refusal;

/// How long a portal that is being moved asks to wait, in seconds. HubSpot may say up to a day.
const MOVING: HeaderValue = HeaderValue::from_static("60");

/// What HubSpot says with this status, in its words where they are known.
pub(super) fn refusal(status: StatusCode) -> Refusal {
    let said = |message: &str| Refusal::new(status, message);
    match status.as_u16() {
        ..=399 => Refusal::empty(status),
        401 => Refusal::no_credentials(),
        409 => said("The request conflicts with the current state of the resource").category(ErrorCategory::Conflict),
        423 => said("The resource is locked by another request. Retry in a few seconds."),
        429 => said("You have reached your ten_secondly_rolling limit.").with(|body| {
            body.error_type = "RATE_LIMIT".into();
            body.policy_name = "TEN_SECONDLY_ROLLING".into();
        }),
        477 => said("This account is being migrated. Retry later.").header(RETRY_AFTER, MOVING),
        500 => Refusal::internal(),
        502 | 504 | 520..=526 => Refusal::page(status),
        503 => said("The service is unavailable.").category(ErrorCategory::from("SERVICE_UNAVAILABLE")),
        _ => said(&match status.canonical_reason() {
            Some(reason) => format!("HTTP {} {reason}", status.as_u16()),
            None => format!("HTTP {}", status.as_u16()),
        }),
    }
}
