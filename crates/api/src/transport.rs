//! One HTTP exchange, and how it can fail.

use std::{error::Error as StdError, fmt, pin::Pin, sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_model::Secret;

use crate::{Attempts, Body};

/// Carries one HTTP exchange. Implement this to bring another HTTP client, a double, or a layer around a transport.
///
/// ```
/// use async_trait::async_trait;
/// use http::{Request, Response};
/// use hubchannel_api::{Body, HttpTransport, TransportError, redact::Path};
///
/// #[derive(Debug)]
/// struct Logged<T>(T);
///
/// #[async_trait]
/// impl<T: HttpTransport> HttpTransport for Logged<T> {
///     async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
///         println!("{} {}", request.method(), Path(request.uri().path()));
///         self.0.send(request).await
///     }
/// }
/// ```
///
/// A transport
/// - hands over method, address, headers and body as they are, and adds only what HTTP itself needs (`Host`,
///   `Content-Length` …);
/// - refuses a request whose headers contradict its body, as [`check_framing`](crate::check_framing) does;
/// - over connections, refuses an address with a user name, and what else [`check_address`](crate::check_address) does;
/// - returns a response of any status as `Ok`, compressed where it comes so, follows no redirect, and repeats nothing;
/// - fails with [`Reach::NotSent`] only when no byte of the request can have reached the server;
/// - opens a body that is not in memory itself, reads it no faster than it is sent, and fails with
///   [`TransportErrorKind::Source`] when that fails, so that the server sees no request that looks whole;
/// - reads the whole body of a response, up to a limit of its own, beyond which it fails; where the request's extensions
///   have a [`StreamResponse`](crate::StreamResponse) it may hand over the body of a success as it comes in, and ends it
///   with an error when it breaks off;
/// - lets nothing of the address's query, of a token in its path (see [`redact::Path`](crate::redact::Path)), of headers
///   or of bodies into an error;
/// - may be dropped at any await, and then goes on with nothing: its connection ends, or its stream where exchanges share
///   one, unless the exchange was over.
///
/// A layer that puts a secret onto a request says so of the outcome, with [`hide_secrets`](crate::hide_secrets).
///
/// What a client that speaks `http_body` needs between itself and [`Body`] is in `adapter`, with the feature `http-body`.
/// The crate `hubchannel-mock` has a suite that checks all of this.
#[async_trait]
pub trait HttpTransport: fmt::Debug + Send + Sync + 'static {
    /// Sends the request and waits for the whole response.
    ///
    /// Nothing is sent before the future is polled. Poll it soon: the times that layers keep may begin with the call.
    ///
    /// # Errors
    /// When there is no response, or not all of it.
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError>;
}

/// What [`HttpTransport::send`] returns, as `async_trait` writes it out.
///
/// A layer that has nothing to do once it has handed a request on can return the future of the transport beneath as it
/// is. That saves the allocation, and the copies, of a future of its own:
///
/// ```
/// use http::{HeaderValue, Request};
/// use hubchannel_api::{Body, Exchange, HttpTransport};
///
/// #[derive(Debug)]
/// struct Marked<T>(T);
///
/// impl<T: HttpTransport> HttpTransport for Marked<T> {
///     fn send<'a, 'exchange>(&'a self, mut request: Request<Body>) -> Exchange<'exchange>
///     where
///         'a: 'exchange,
///         Self: 'exchange,
///     {
///         request.headers_mut().insert("x-mark", HeaderValue::from_static("1"));
///         self.0.send(request)
///     }
/// }
/// ```
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

/// A shared handle to any transport; cheap to clone.
#[derive(Clone)]
pub struct Transport(Arc<dyn HttpTransport>);

impl Transport {
    /// Makes a transport shareable.
    pub fn new(transport: impl HttpTransport) -> Self {
        Transport(Arc::new(transport))
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl HttpTransport for Transport {
    fn send<'a, 'exchange>(&'a self, request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        self.0.send(request)
    }
}

/// Why there is no response.
///
/// `Display` is one line without the address's query, headers or bodies. The cause, if there is one, is the error's source.
pub struct TransportError(Box<Inner>);

struct Inner {
    kind: TransportErrorKind,
    reach: Reach,
    message: String,
    attempts: Option<Attempts>,
    retry_after: Option<Duration>,
    /// What was put onto the request, and may be in no text.
    hidden: Vec<Secret>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kept a response away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection to the server: name not found, refused, no route, TLS not agreed.
    Connect,
    /// Too much time passed.
    Timeout,
    /// The connection broke, or what came is not HTTP.
    Interrupted,
    /// The response is larger than the transport's limit.
    ResponseTooLarge,
    /// A layer did not send the request, which a limit has no room for at present.
    RateLimited,
    /// A layer refused to send the request: no credentials for it, an address that is not safe for them.
    Refused,
    /// The body of the request could not be read from its source, or is not as long as the source said.
    Source,
    /// Anything else.
    Other,
}

impl TransportErrorKind {
    /// Whether the reason passes without anybody mending it, so that the same request may succeed later.
    ///
    /// False for what a layer refuses, for an answer that is too large, and for a body whose source fails: all will be
    /// so again. A connection that does not come about counts as passing, although a wrong name or certificate does not
    /// mend itself.
    pub fn passes_by_itself(self) -> bool {
        !matches!(self, TransportErrorKind::Refused | TransportErrorKind::ResponseTooLarge | TransportErrorKind::Source)
    }
}

/// Whether the request can have reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// No: no byte of it left for the server.
    NotSent,
    /// Perhaps: the server may have received it and acted.
    Unknown,
}

impl TransportError {
    /// An error with a message for people, which must show nothing secret.
    pub fn new(kind: TransportErrorKind, reach: Reach, message: impl Into<String>) -> Self {
        TransportError(Box::new(Inner {
            kind,
            reach,
            message: message.into(),
            attempts: None,
            retry_after: None,
            hidden: Vec::new(),
            source: None,
        }))
    }

    /// An error with its cause: what happened, and behind a colon what the [`innermost`] cause says, which is where the facts
    /// are. No cause may show anything secret.
    ///
    /// ```
    /// use std::io;
    /// use hubchannel_api::{Reach, TransportError, TransportErrorKind};
    ///
    /// let cause = io::Error::from(io::ErrorKind::ConnectionRefused);
    /// let error = TransportError::caused(TransportErrorKind::Connect, Reach::NotSent, "no connection", cause);
    /// assert_eq!(error.to_string(), "no connection: connection refused");
    /// ```
    pub fn caused(
        kind: TransportErrorKind,
        reach: Reach,
        what: &str,
        cause: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let cause = cause.into();
        let message = format!("{what}: {}", innermost(&*cause));
        TransportError::new(kind, reach, message).with_source(cause)
    }

    /// Adds the cause, which must show nothing secret either.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Says anew whether the request can have reached the server, for a transport that passes on what a body's source
    /// reports: the source cannot know.
    #[must_use]
    pub fn with_reach(mut self, reach: Reach) -> Self {
        self.0.reach = reach;
        self
    }

    /// Adds what was tried, for a layer that repeats requests, or that holds one back for another reason than its kind
    /// tells: nothing was.
    #[must_use]
    pub fn with_attempts(mut self, attempts: Attempts) -> Self {
        self.0.attempts = Some(attempts);
        self
    }

    /// Adds for how long from now repeating is known to be of no use.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hubchannel_api::{Reach, TransportError, TransportErrorKind};
    ///
    /// let full = TransportError::new(TransportErrorKind::RateLimited, Reach::NotSent, "no room at present");
    /// let full = full.with_retry_after(Duration::from_secs(300));
    /// assert_eq!(full.retry_after(), Some(Duration::from_secs(300)));
    /// ```
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Keeps secrets of the request's out of what is shown of a call that fails with it.
    pub(crate) fn hiding(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        self.0.hidden.extend(secrets);
        self
    }

    pub(crate) fn take_hidden(&mut self) -> Vec<Secret> {
        std::mem::take(&mut self.0.hidden)
    }

    /// For how long from the error on repeating is known to be of no use: until a limit has room again, for example.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What was tried, where a layer has said it; see [`Attempts::of`].
    pub fn attempts(&self) -> Option<&Attempts> {
        self.0.attempts.as_ref()
    }

    /// What kept the response away.
    pub fn kind(&self) -> TransportErrorKind {
        self.0.kind
    }

    /// Whether the request can have reached the server.
    pub fn reach(&self) -> Reach {
        self.0.reach
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("kind", &self.0.kind)
            .field("reach", &self.0.reach)
            .field("message", &self.0.message)
            .field("attempts", &self.0.attempts)
            .field("retry_after", &self.0.retry_after)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_ref()
            .map(|source| &**source as &(dyn StdError + 'static))
    }
}

/// The last of an error's causes, or the error itself where it has none: what is the matter, without what it was the
/// matter with.
pub fn innermost<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}
