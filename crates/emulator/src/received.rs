//! What came in.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use hubchannel_api::{
    Body,
    redact::{Headers, Path},
};

/// A request as the emulator received it, and the status of its answer.
///
/// ```
/// use hubchannel_api::{Client, GetMessage};
/// use hubchannel_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let emulator = Emulator::new();
/// let error = Client::new(emulator.transport()).get_message(GetMessage::new("2930388", "5c1f")).await;
/// assert!(error.is_err());
/// for request in emulator.received() {
///     assert_eq!(request.path_and_query, "/conversations/v3/custom-channels/2930388/messages/5c1f");
///     assert_eq!(request.answered, Some(http::StatusCode::UNAUTHORIZED));
/// }
/// # }
/// ```
///
/// `Debug` shows neither query nor body nor a token in the path, and of headers only those that are known to hold nothing secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// The method.
    pub method: Method,
    /// Path and query as they were written. A query may hold a developer key, a path a staging token.
    pub path_and_query: String,
    /// The headers. `Authorization` holds the token.
    pub headers: HeaderMap,
    /// The body; empty where it was too large.
    pub body: Bytes,
    /// The answer's status; `None` where no answer was sent.
    pub answered: Option<StatusCode>,
}

impl Received {
    pub(crate) fn new(request: &Request<Body>) -> Self {
        let uri = request.uri();
        Received {
            method: request.method().clone(),
            path_and_query: uri
                .path_and_query()
                .map_or(uri.path(), |path_and_query| path_and_query.as_str())
                .to_owned(),
            headers: request.headers().clone(),
            body: request.body().as_bytes().cloned().unwrap_or_default(),
            answered: None,
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("path", &Path(&self.path_and_query))
            .field("headers", &Headers(&self.headers))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("answered", &self.answered)
            .finish()
    }
}

/// Requests in the order of their arrival.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    /// How many came before the first that is kept.
    forgotten: usize,
    kept: Vec<Received>,
}

impl Arrivals {
    /// Keeps a request; returns its number.
    pub(crate) fn push(&mut self, received: Received) -> usize {
        self.kept.push(received);
        self.forgotten + self.kept.len() - 1
    }

    /// Says how the request of this number was answered, if it is still kept.
    pub(crate) fn answer(&mut self, number: usize, status: StatusCode) {
        let at = number.checked_sub(self.forgotten);
        if let Some(received) = at.and_then(|at| self.kept.get_mut(at)) {
            received.answered = Some(status);
        }
    }

    pub(crate) fn all(&self) -> &[Received] {
        &self.kept
    }

    pub(crate) fn clear(&mut self) {
        self.forgotten += self.kept.len();
        self.kept.clear();
    }
}
