//! What HubSpot says when something is wrong.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Unrecognized,
    schema::{Described, Shape, Walk},
    tagged,
    wire::{
        decode_text, open_enum, parse,
        raw::{self, FromJson},
        record,
    },
};

record! {
    /// The body of an error in HubSpot's usual shape.
    ///
    /// ```
    /// use hubchannel_model::{ErrorBody, ErrorCategory};
    ///
    /// let body: ErrorBody = serde_json::from_str(
    ///     r#"{"status":"error","message":"Channel 477835 not found","category":"OBJECT_NOT_FOUND"}"#,
    /// )?;
    /// assert_eq!(body.message.as_deref(), Some("Channel 477835 not found"));
    /// assert_eq!(body.category.as_ref(), Some(&ErrorCategory::ObjectNotFound));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Anything may be missing: HubSpot documents every member as optional, and bodies without `category`, with an
    /// empty `correlationId`, with plain strings in `errors` and with members of their own have been seen. Only the
    /// status of the response tells what happened; the message is for people and has been wrong (observed).
    ///
    /// A member of another JSON type than it should be costs nothing but itself: it is absent, and as it came in `extra`.
    pub struct ErrorBody keeps members {
        /// `error`, and from OAuth endpoints a code.
        pub status: Field<String> => "status",
        /// What is wrong, for people.
        pub message: Field<String> => "message" (required),
        /// What HubSpot's support finds the request by.
        pub correlation_id: Field<String> => "correlationId" (required),
        /// The kind of error.
        pub category: Field<ErrorCategory> => "category" (required),
        /// A finer kind, such as `ChannelIntegrationMessagePublishError.CHANNEL_DOES_NOT_EXIST`.
        pub sub_category: Field<String> => "subCategory",
        /// The values at fault by their name; names may have spaces.
        pub context: Field<BTreeMap<String, Vec<String>>> => "context",
        /// The single errors.
        pub errors: Field<Vec<ErrorDetail>> => "errors",
        /// Pages that may help, by name.
        pub links: Field<BTreeMap<String, String>> => "links",
        /// `RATE_LIMIT` where a limit was passed; in place of `category`.
        pub error_type: Field<String> => "errorType",
        /// The limit that was passed: `DAILY`, `TEN_SECONDLY_ROLLING` or `SECONDLY`.
        pub policy_name: Field<String> => "policyName",
        /// Whose limit was passed: bucket, app and portal.
        pub group_name: Field<String> => "groupName",
        /// Another id of the request.
        pub request_id: Field<String> => "requestId",
    }
}

open_enum! {
    /// The kind of an error, as far as seen.
    pub enum ErrorCategory {
        /// The request's content is wrong.
        ValidationError = "VALIDATION_ERROR",
        /// The app lacks a scope.
        MissingScopes = "MISSING_SCOPES",
        /// The user lacks a permission.
        MissingPermissions = "MISSING_PERMISSIONS",
        /// No credentials, or the wrong ones.
        InvalidAuthentication = "INVALID_AUTHENTICATION",
        /// The token has expired.
        ExpiredAuthentication = "EXPIRED_AUTHENTICATION",
        /// There is no such object, or it is another app's.
        ObjectNotFound = "OBJECT_NOT_FOUND",
        /// There is such an object already.
        ObjectAlreadyExists = "OBJECT_ALREADY_EXISTS",
        /// The request's form is wrong.
        BadRequest = "BAD_REQUEST",
        /// The request contradicts the present state.
        Conflict = "CONFLICT",
        /// A limit was passed.
        RateLimits = "RATE_LIMITS",
        /// The caller is shut out.
        Banned = "BANNED",
        /// HubSpot failed.
        InternalError = "INTERNAL_ERROR",
        /// HubSpot failed.
        InternalServerError = "INTERNAL_SERVER_ERROR",
        /// HubSpot, or somebody it called, is away.
        ServiceUnavailable = "SERVICE_UNAVAILABLE",
    }
}

record! {
    /// One of several errors, in its long form. Called `ErrorDetail` in HubSpot's descriptions. A member of another JSON
    /// type than it should be is absent, and as it came in `extra`.
    pub struct DetailedError keeps members {
        /// What is wrong, for people.
        pub message: Field<String> => "message" (required),
        /// A code.
        pub code: Field<String> => "code",
        /// The member or parameter at fault.
        pub r#in: Field<String> => "in",
        /// A finer kind.
        pub sub_category: Field<String> => "subCategory",
        /// The values at fault by their name.
        pub context: Field<BTreeMap<String, Vec<String>>> => "context",
    }
}

/// One of several errors: an object as described, or only its message (observed). Anything else is kept whole, and costs
/// none of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorDetail {
    /// An object.
    Detailed(DetailedError),
    /// A string.
    Message(String),
    #[doc(hidden)]
    _Unrecognized(Unrecognized),
}

impl ErrorDetail {
    /// What is wrong, for people.
    pub fn message(&self) -> Option<&str> {
        match self {
            ErrorDetail::Detailed(detail) => detail.message.as_deref(),
            ErrorDetail::Message(message) => Some(message),
            ErrorDetail::_Unrecognized(_) => None,
        }
    }

    /// The error as it came, when it is neither object nor string.
    pub fn as_unrecognized(&self) -> Option<&Unrecognized> {
        match self {
            ErrorDetail::_Unrecognized(unrecognized) => Some(unrecognized),
            _ => None,
        }
    }
}

/// Described as the object alone.
impl Described for ErrorDetail {
    fn shape() -> Shape {
        DetailedError::shape()
    }

    fn note_unknown(&self, walk: &mut Walk) {
        match self {
            ErrorDetail::Detailed(detail) => detail.note_unknown(walk),
            ErrorDetail::Message(_) => {}
            ErrorDetail::_Unrecognized(_) => walk.found("is of no kind that can be read"),
        }
    }
}

impl FromJson for ErrorDetail {
    fn from_json(json: &str) -> serde_json::Result<Self> {
        if let Ok(message) = parse::from_str(json) {
            return Ok(ErrorDetail::Message(message));
        }
        tagged::read_or_keep(decode_text(json), json, "type", ErrorDetail::Detailed, ErrorDetail::_Unrecognized)
    }
}

impl<'de> Deserialize<'de> for ErrorDetail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        raw::read(deserializer)
    }
}

impl Serialize for ErrorDetail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ErrorDetail::Detailed(detail) => detail.serialize(serializer),
            ErrorDetail::Message(message) => serializer.serialize_str(message),
            ErrorDetail::_Unrecognized(unrecognized) => unrecognized.serialize(serializer),
        }
    }
}
