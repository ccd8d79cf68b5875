//! What the status of an answer says of the request's fate.
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

use http::StatusCode;

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
/// and for 525 and 526, for which HubSpot sends people to its support (documented).
pub fn passes_by_itself(status: StatusCode) -> bool {
    // 423: a lock of two seconds. 477: the portal is being moved. 521 to 524: the way to HubSpot is broken. 525 and 526
    // need HubSpot's support.
    matches!(status.as_u16(), 408 | 423 | 429 | 477 | 500 | 502..=504 | 520..=524)
}
