//! What a request gets.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use hubchannel_api::{Body, Reach, TransportError, TransportErrorKind, redact::Headers};
use serde::Serialize;

use super::{Received, rule::header};
use crate::misuse::misuse;

/// What a request to a [`MockTransport`](crate::MockTransport) gets: a response, a failure, or nothing.
///
/// ```
/// use hubchannel_mock::Answer;
/// use serde_json::json;
///
/// let published = Answer::json(201, json!({"id": "5c1f0b8e", "text": "Hello"}));
/// let busy = Answer::status(429).header("retry-after", "10");
/// let echo = Answer::with(|request| Answer::bytes(200, request.body.as_bytes().cloned().unwrap_or_default()));
/// # let _ = (published, busy, echo);
/// ```
///
/// Any `http::Response<Body>` becomes an answer with `into`. `Debug` shows no body and of the headers only the values
/// that never hold a secret.
#[derive(Clone)]
#[must_use]
pub struct Answer(Kind);

#[derive(Clone)]
enum Kind {
    Response(Response<Body>),
    Failure(TransportErrorKind, Reach, Arc<str>),
    Silence,
    With(Arc<dyn Fn(&Received) -> Answer + Send + Sync>),
}

impl Answer {
    /// A response with this status, no headers and no body.
    ///
    /// # Panics
    /// If there can be no such status: below 100 or above 999. So for all answers with a status.
    #[track_caller]
    pub fn status(status: u16) -> Self {
        Answer::bytes(status, Bytes::new())
    }

    /// A response with a body of JSON: written with `serde_json::json!`, or any type that serialises, such as
    /// [`Message`](hubchannel_api::model::Message).
    ///
    /// # Panics
    /// If the value cannot be written as JSON.
    #[track_caller]
    pub fn json(status: u16, body: impl Serialize) -> Self {
        match serde_json::to_vec(&body) {
            Ok(json) => Answer::bytes(status, json).header(CONTENT_TYPE, "application/json;charset=utf-8"),
            Err(error) => misuse(format_args!("the answer cannot be written as JSON: {error}")),
        }
    }

    /// A response with a body of text.
    #[track_caller]
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Answer::bytes(status, body.into()).header(CONTENT_TYPE, "text/plain;charset=utf-8")
    }

    /// A response with a web page for a body, as gateways answer when HubSpot does not.
    #[track_caller]
    pub fn html(status: u16, body: impl Into<String>) -> Self {
        Answer::bytes(status, body.into()).header(CONTENT_TYPE, "text/html;charset=utf-8")
    }

    /// A response with any body, not called anything.
    #[track_caller]
    pub fn bytes(status: u16, body: impl Into<Bytes>) -> Self {
        let Ok(status) = StatusCode::from_u16(status) else {
            misuse(format_args!("{status} is no HTTP status"))
        };
        let mut response = Response::new(Body::from(body.into()));
        *response.status_mut() = status;
        response.into()
    }

    /// Adds a header to the response, beside others of that name.
    ///
    /// # Panics
    /// If there can be no such header, or if the answer is not a response.
    #[track_caller]
    pub fn header(mut self, name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) -> Self {
        let (name, value) = header(name, value);
        match &mut self.0 {
            Kind::Response(response) => response.headers_mut().append(name, value),
            _ => misuse("only a response has headers"),
        };
        self
    }

    /// The connection is refused: nothing is sent.
    pub fn refused() -> Self {
        Answer::failure(TransportErrorKind::Connect, Reach::NotSent, "connection refused")
    }

    /// The request arrives, the answer is lost: nobody knows whether it was done.
    pub fn lost() -> Self {
        Answer::failure(
            TransportErrorKind::Interrupted,
            Reach::Unknown,
            "the connection was closed before the answer came",
        )
    }

    /// No connection comes about in time: nothing is sent.
    pub fn timeout_before_sending() -> Self {
        Answer::failure(TransportErrorKind::Timeout, Reach::NotSent, "no connection in time")
    }

    /// The request is sent, no answer comes in time: nobody knows whether it was done.
    pub fn timeout_after_sending() -> Self {
        Answer::failure(TransportErrorKind::Timeout, Reach::Unknown, "no answer in time")
    }

    /// The request arrives, the answer is larger than the transport takes: nobody knows what it says.
    pub fn too_large() -> Self {
        Answer::failure(
            TransportErrorKind::ResponseTooLarge,
            Reach::Unknown,
            "the answer is larger than the transport takes",
        )
    }

    /// Any other failure; see [`TransportError::new`].
    pub fn failure(kind: TransportErrorKind, reach: Reach, message: impl Into<String>) -> Self {
        Answer(Kind::Failure(kind, reach, message.into().into()))
    }

    /// No answer ever: the exchange waits until it is dropped.
    pub fn silence() -> Self {
        Answer(Kind::Silence)
    }

    /// An answer made from the request when it comes.
    pub fn with(make: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        Answer(Kind::With(Arc::new(make)))
    }

    pub(super) async fn give(mut self, received: &Received) -> Result<Response<Body>, TransportError> {
        loop {
            match self.0 {
                Kind::Response(response) => return Ok(response),
                Kind::Failure(kind, reach, message) => return Err(TransportError::new(kind, reach, &*message)),
                Kind::Silence => std::future::pending().await,
                Kind::With(make) => self = make(received),
            }
        }
    }
}

impl From<Response<Body>> for Answer {
    fn from(response: Response<Body>) -> Self {
        Answer(Kind::Response(response))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Response(response) => f
                .debug_struct("Response")
                .field("status", &response.status())
                .field("headers", &Headers(response.headers()))
                .field("body", response.body())
                .finish(),
            Kind::Failure(kind, reach, _) => f.debug_tuple("Failure").field(kind).field(reach).finish(),
            Kind::Silence => f.write_str("Silence"),
            Kind::With(_) => f.write_str("With(…)"),
        }
    }
}
