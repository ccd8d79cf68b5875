//! What the admin API answers.

use axum::{body::Body, response::Response};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, SERVER, X_CONTENT_TYPE_OPTIONS,
        X_FRAME_OPTIONS,
    },
};
use serde::Serialize;

use crate::{
    SERVER_NAME, SnapshotError,
    admin::{AdminError, AdminErrorKind},
};

/// Why a request is not answered as it wants.
#[derive(Debug)]
pub(super) struct Problem {
    kind: ProblemKind,
    message: String,
    field: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProblemKind {
    Forbidden,
    UnsupportedMediaType,
    MethodNotAllowed,
    TooLarge,
    Of(AdminErrorKind),
}

impl Problem {
    pub(super) fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Problem {
            kind,
            message: message.into(),
            field: None,
        }
    }

    pub(super) fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Outer {
            error: Inner,
        }
        #[derive(Serialize)]
        struct Inner {
            code: &'static str,
            message: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            field: Option<String>,
        }
        let (status, code) = match self.kind {
            ProblemKind::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            ProblemKind::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupportedMediaType"),
            ProblemKind::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "methodNotAllowed"),
            ProblemKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "tooLarge"),
            ProblemKind::Of(kind) => (status(kind), kind.as_str()),
        };
        let error = Inner {
            code,
            message: self.message,
            field: self.field,
        };
        json(status, &Outer { error })
    }
}

fn status(kind: AdminErrorKind) -> StatusCode {
    match kind {
        AdminErrorKind::NotFound => StatusCode::NOT_FOUND,
        AdminErrorKind::Invalid => StatusCode::BAD_REQUEST,
        AdminErrorKind::Refused => StatusCode::CONFLICT,
        AdminErrorKind::TimedOut => StatusCode::REQUEST_TIMEOUT,
    }
}

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        Problem {
            kind: ProblemKind::Of(error.kind),
            message: error.message,
            field: error.field,
        }
    }
}

impl From<SnapshotError> for Problem {
    fn from(error: SnapshotError) -> Self {
        Problem {
            kind: ProblemKind::Of(AdminErrorKind::Invalid),
            message: error.message,
            field: error.path,
        }
    }
}

pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => with(status, "application/json", body.into()),
        // Which no view of the emulator's can bring about.
        Err(_) => with(StatusCode::INTERNAL_SERVER_ERROR, "application/json", Body::empty()),
    }
}

pub(super) fn with(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Adds to an answer what keeps browsers from making more of it than it is, where it does not say so itself.
pub(super) fn protect(headers: &mut HeaderMap) {
    let own = [
        (CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (SERVER, SERVER_NAME),
    ];
    for (name, value) in own {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
