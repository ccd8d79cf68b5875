//! A request as the mock received it.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};
use hubchannel_api::{
    Body, Call,
    redact::{Headers, Path},
};
use serde_json::Value;

/// A request that a [`MockTransport`](crate::MockTransport) received.
///
/// ```
/// use hubchannel_api::{Client, GetMessage};
/// use hubchannel_mock::{Answer, MockTransport, when};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let transport = MockTransport::new().with(when().once(Answer::status(404)));
/// let client = Client::new(transport.clone());
/// let _ = client.get_message(GetMessage::new("2930388", "5c1f0b8e")).await;
///
/// let requests = transport.requests();
/// assert_eq!(requests[0].method, "GET");
/// assert_eq!(requests[0].header("accept"), Some("application/json"));
/// assert_eq!(requests[0].operation(), Some("get_message"));
/// # }
/// ```
///
/// `Debug` and `Display` show the path without the query, and without a token in it, and no body; `Debug` adds the headers,
/// with the values of those that never hold a secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// The method.
    pub method: Method,
    /// The whole address, query included.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, which is in memory.
    pub body: Body,
    /// What the request's extensions say about its call; `None` if it is not from a [`Client`](hubchannel_api::Client).
    pub call: Option<Call>,
}

impl Received {
    pub(super) fn new(request: Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        Received {
            call: parts.extensions.get::<Call>().cloned(),
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body,
        }
    }

    /// The first value of this header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON, if it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body.as_bytes()?).ok()
    }

    /// The name of the call's operation, such as `publish_message`.
    pub fn operation(&self) -> Option<&'static str> {
        self.call.as_ref().map(|call| call.operation.name)
    }

    /// Whether the call's body carries an idempotency key.
    pub fn is_keyed(&self) -> bool {
        self.call.as_ref().is_some_and(|call| call.keyed)
    }
}

/// The request without its extensions.
impl From<Received> for Request<Bytes> {
    fn from(received: Received) -> Self {
        let mut request = Request::new(received.body.as_bytes().cloned().unwrap_or_default());
        *request.method_mut() = received.method;
        *request.uri_mut() = received.uri;
        *request.headers_mut() = received.headers;
        request
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("path", &Path::of(self.call.as_ref(), self.uri.path()))
            .field("headers", &Headers(&self.headers))
            .field("body", &self.body)
            .field("operation", &self.operation())
            .field("keyed", &self.is_keyed())
            .finish()
    }
}

/// Method, path and operation.
impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, Path::of(self.call.as_ref(), self.uri.path()))?;
        match self.operation() {
            Some(operation) => write!(f, " ({operation})"),
            None => Ok(()),
        }
    }
}
