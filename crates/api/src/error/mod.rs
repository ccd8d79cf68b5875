//! The one error type: what went wrong, whether it may have been done all the same, and what to do.

mod answer;
mod text;

use std::{cmp::Reverse, error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use hubchannel_model::{DecodeError, ErrorBody, Secret, Violations};

use self::answer::Answer;
use crate::{
    Attempts, Body, Operation, OperationInfo, Reach, Repeat, TransportError, TransportErrorKind, redact::ID_HEADERS,
    status,
};

/// Why a call failed.
///
/// ```
/// use hubchannel_api::{Client, GetMessage, HttpTransport};
///
/// # async fn example(client: &Client) {
/// match client.get_message(GetMessage::new("2930388", "5c1f0b8e")).await {
///     Ok(message) => println!("{:?}", message.text),
///     Err(error) if error.is_not_found() => println!("no such message"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
///
/// `Display` is one line with the operation, status, category, message and correlation id, cut to a sensible length
/// and without control characters; it says whether anything may have been done. It shows no token, no address's query
/// and no body, nor the call's credential where the server repeats it; the body's bytes are in [`body`](Error::body).
/// Other words of the server's are shown as safely by [`shown`](Error::shown).
///
/// The question after a failed call is whether to repeat it:
/// - [`outcome_unknown`](Error::outcome_unknown) false: nothing was done. Repeat if
///   [`is_retryable`](Error::is_retryable), else mend the cause first.
/// - [`outcome_unknown`](Error::outcome_unknown) true: it may have been done. Repeat a publish only with
///   [`idempotency_key`](Error::idempotency_key).
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    operation: Option<&'static OperationInfo>,
    key: Option<String>,
    /// Whether the call does what a key is for without having one.
    keyed: bool,
    /// What the call was made with and no text may show, not even the server's.
    hidden: Vec<Secret>,
    attempts: Attempts,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    /// The request is not as it must be.
    Violations(Violations),
    /// A parameter of the path is not as it must be.
    Parameter { name: &'static str, rule: &'static str },
    /// The body cannot be written as JSON.
    Unwritable(serde_json::Error),
    /// There was no response.
    Transport(TransportError),
    /// The server refused.
    Answer {
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
        answer: Answer,
    },
    /// The server agreed, but its answer cannot be read.
    Unreadable {
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
        error: DecodeError,
    },
    /// A list cannot be followed to its end.
    List(&'static str),
    /// The double or transport does not implement the operation.
    Unsupported,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call is not as it must be and was not sent: see [`Error::violations`].
    Invalid,
    /// A layer of the transport refused to send it: no credentials, an address that is not safe for them.
    Refused,
    /// A layer of the transport did not send it, for a limit has no room at present.
    RateLimited,
    /// The body of the request, such as a file to upload, could not be read or has changed its length.
    Source,
    /// There was no connection, and nothing was sent.
    Connect,
    /// Too much time passed.
    Timeout,
    /// The connection broke, or what came is not HTTP.
    Interrupted,
    /// The response was larger than the transport takes.
    ResponseTooLarge,
    /// The server answered with a status that is no success.
    Rejected,
    /// The server answered with success and with a body that is not what was asked for.
    Unreadable,
    /// The implementation behind the client does not know the operation.
    Unsupported,
    /// Anything else that a transport reports.
    Transport,
}

impl Error {
    fn new(kind: ErrorKind, operation: Option<&'static OperationInfo>, cause: Cause) -> Self {
        Error(Box::new(Inner {
            kind,
            operation,
            key: None,
            keyed: false,
            hidden: Vec::new(),
            attempts: Attempts::default(),
            cause,
        }))
    }

    /// The call's body breaks rules.
    pub fn invalid(operation: &'static OperationInfo, violations: Violations) -> Self {
        Error::new(ErrorKind::Invalid, Some(operation), Cause::Violations(violations))
    }

    pub(crate) fn invalid_parameter(operation: &'static OperationInfo, name: &'static str, rule: &'static str) -> Self {
        Error::new(ErrorKind::Invalid, Some(operation), Cause::Parameter { name, rule })
    }

    pub(crate) fn unwritable(operation: &'static OperationInfo, error: serde_json::Error) -> Self {
        Error::new(ErrorKind::Invalid, Some(operation), Cause::Unwritable(error))
    }

    /// The implementation does not know the operation; what the methods of
    /// [`CustomChannels`](crate::CustomChannels) return where they are not overridden.
    pub fn unsupported<O: Operation>() -> Self {
        Error::unsupported_operation(O::INFO)
    }

    pub(crate) fn unsupported_operation(operation: &'static OperationInfo) -> Self {
        Error::new(ErrorKind::Unsupported, Some(operation), Cause::Unsupported)
    }

    pub(crate) fn endless_list() -> Self {
        let reason = "the list goes on with a page that has come before, and would never end";
        Error::new(ErrorKind::Unreadable, None, Cause::List(reason))
    }

    pub(crate) fn list_without_items() -> Self {
        let reason = "a page of the list says nothing of items, not even that there are none";
        Error::new(ErrorKind::Unreadable, None, Cause::List(reason))
    }

    /// There was no response.
    pub fn from_transport(operation: &'static OperationInfo, mut error: TransportError) -> Self {
        let kind = match error.kind() {
            TransportErrorKind::Connect => ErrorKind::Connect,
            TransportErrorKind::Timeout => ErrorKind::Timeout,
            TransportErrorKind::Interrupted => ErrorKind::Interrupted,
            TransportErrorKind::ResponseTooLarge => ErrorKind::ResponseTooLarge,
            TransportErrorKind::RateLimited => ErrorKind::RateLimited,
            TransportErrorKind::Refused => ErrorKind::Refused,
            TransportErrorKind::Source => ErrorKind::Source,
            TransportErrorKind::Other => ErrorKind::Transport,
        };
        let (attempts, hidden) = (Attempts::of(&error), error.take_hidden());
        Error::new(kind, Some(operation), Cause::Transport(error))
            .with_attempts(attempts)
            .hiding(hidden)
    }

    /// The server answered with a status that is no success.
    pub fn rejected(operation: &'static OperationInfo, status: StatusCode, headers: HeaderMap, body: Body) -> Self {
        let body = body.as_bytes().cloned().unwrap_or_default();
        let answer = Answer::read(&body);
        Error::new(
            ErrorKind::Rejected,
            Some(operation),
            Cause::Answer {
                status,
                headers,
                body,
                answer,
            },
        )
    }

    /// The server answered with success, but not with what was asked for.
    pub fn unreadable(
        operation: &'static OperationInfo,
        status: StatusCode,
        headers: HeaderMap,
        body: Body,
        error: DecodeError,
    ) -> Self {
        let body = body.as_bytes().cloned().unwrap_or_default();
        Error::new(
            ErrorKind::Unreadable,
            Some(operation),
            Cause::Unreadable {
                status,
                headers,
                body,
                error,
            },
        )
    }

    /// Adds the key that the call was made with.
    #[must_use]
    pub fn with_idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.0.key = Some(key.into());
        self
    }

    /// Adds what was tried.
    #[must_use]
    pub fn with_attempts(mut self, attempts: Attempts) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Says that the call may be repeated as if it had a key.
    pub(crate) fn keyed_if(mut self, keyed: bool) -> Self {
        self.0.keyed = keyed;
        self
    }

    /// Keeps secrets of the call's out of what is shown.
    pub(crate) fn hiding(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        let hidden = &mut self.0.hidden;
        hidden.extend(secrets);
        // What is part of another goes after it, or the rest of that would stay.
        hidden.sort_by_key(|secret| Reverse(secret.expose().len()));
        self
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed.
    pub fn operation(&self) -> Option<&'static OperationInfo> {
        self.0.operation
    }

    /// What was tried until the call failed. The count is 0 where nothing of it came to the transport: an invalid call,
    /// one that a layer held back.
    ///
    /// Where [`gave_up`](Attempts::gave_up) is set, a layer has repeated the call already: repeating it at once once
    /// more multiplies the attempts.
    pub fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    /// What the transport reported, where there was no response.
    pub fn transport_error(&self) -> Option<&TransportError> {
        match &self.0.cause {
            Cause::Transport(error) => Some(error),
            _ => None,
        }
    }

    /// The `integrationIdempotencyId` that the message was published with, also where the client made it up: repeat
    /// with this one.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// Whether the operation may have been done although the call failed.
    ///
    /// True when the request may have reached the server and no answer says that it was turned down: a broken
    /// connection, a timeout after sending, a conflict (409), a status of 500 or more, a success that cannot be read; of
    /// the last attempt or of one before it. False for an operation that only reads.
    pub fn outcome_unknown(&self) -> bool {
        if self.0.operation.is_some_and(|operation| operation.effect.is_none()) {
            return false;
        }
        if self.0.attempts.earlier_unknown {
            return true;
        }
        match &self.0.cause {
            Cause::Transport(error) => error.reach() == Reach::Unknown,
            Cause::Answer { status, .. } => status::may_have_acted(*status),
            Cause::Unreadable { .. } => true,
            Cause::Violations(_)
            | Cause::Parameter { .. }
            | Cause::Unwritable(_)
            | Cause::List(_)
            | Cause::Unsupported => false,
        }
    }

    /// Whether the same call, with the same key, may be made again and may then succeed.
    ///
    /// True for what passes by itself (no connection, a timeout, a limit, a lock, a server that failed), as long as
    /// nothing was done or the operation may be done twice. False for everything that needs mending first, and for
    /// 409, which may mean that it is done already.
    pub fn is_retryable(&self) -> bool {
        let passes = match &self.0.cause {
            Cause::Transport(error) => error.kind().passes_by_itself(),
            Cause::Answer { status, .. } => status::passes_by_itself(*status),
            _ => false,
        };
        passes && (!self.outcome_unknown() || self.may_repeat())
    }

    fn may_repeat(&self) -> bool {
        match self.0.operation.map(|operation| operation.repeat) {
            Some(Repeat::Always) => true,
            Some(Repeat::WithKey) => self.0.keyed || self.0.key.is_some(),
            Some(Repeat::Never) | None => false,
        }
    }

    /// For how long from the error on the same call is known to be of no use; nothing where nothing is known.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hubchannel_api::Error;
    ///
    /// /// When to try again, for a queue of its own.
    /// fn next_try(error: &Error) -> Option<Duration> {
    ///     let least = Duration::from_secs(30);
    ///     error.is_retryable().then(|| error.retry_after().unwrap_or_default().max(least))
    /// }
    /// ```
    ///
    /// Of an answer, it is what its `Retry-After` asks for, in seconds or as a date beside the answer's own `Date`, and
    /// not less than what is [known of its status](status::least_wait). Where a layer held the call back, it is the time
    /// until a limit has room again or a token is asked for again. Whether to repeat at all says
    /// [`is_retryable`](Error::is_retryable).
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.0.cause {
            Cause::Transport(error) => error.retry_after(),
            Cause::Answer { status, headers, .. } => {
                let asked = status::retry_after(headers, None);
                let least = status::least_wait(*status, asked);
                (asked.is_some() || !least.is_zero()).then_some(least)
            }
            _ => None,
        }
    }

    /// Whether the call itself is at fault and was not sent.
    pub fn is_invalid(&self) -> bool {
        self.kind() == ErrorKind::Invalid
    }

    /// Whether there was no connection. Nothing was done.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether too much time passed. It may have been done, unless [`outcome_unknown`](Error::outcome_unknown) is false.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether the credentials are missing, wrong, expired or too weak (401, 403). Nothing was done.
    pub fn is_auth(&self) -> bool {
        matches!(self.status(), Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN))
    }

    /// Whether the channel, account or message is not there, or is another app's (404). Nothing was done.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether the present state forbids it, perhaps because it is done already (409).
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Whether a limit was passed (429), or a layer did not send the call lest one be. Nothing was done.
    /// [`retry_after`](Error::retry_after) says for how long, where that is known.
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited || self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// The response's status, where there was a response.
    pub fn status(&self) -> Option<StatusCode> {
        match &self.0.cause {
            Cause::Answer { status, .. } | Cause::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The response's headers, where there was a response.
    pub fn headers(&self) -> Option<&HeaderMap> {
        match &self.0.cause {
            Cause::Answer { headers, .. } | Cause::Unreadable { headers, .. } => Some(headers),
            _ => None,
        }
    }

    /// The response's body as it came, where there was a response.
    pub fn body(&self) -> Option<&Bytes> {
        match &self.0.cause {
            Cause::Answer { body, .. } | Cause::Unreadable { body, .. } => Some(body),
            _ => None,
        }
    }

    /// HubSpot's error body, where the response has one in the usual shape, as it came: see [`shown`](Error::shown).
    pub fn error_body(&self) -> Option<&ErrorBody> {
        match &self.0.cause {
            Cause::Answer {
                answer: Answer::Known(body),
                ..
            } => Some(body),
            _ => None,
        }
    }

    /// What HubSpot's support finds the request by: from the body, else from the response's headers; as it came: see
    /// [`shown`](Error::shown).
    pub fn correlation_id(&self) -> Option<&str> {
        let from_body = match &self.0.cause {
            Cause::Answer { answer, .. } => answer.correlation_id(),
            _ => None,
        };
        from_body.or_else(|| {
            ID_HEADERS
                .iter()
                .find_map(|name| self.headers()?.get(name)?.to_str().ok().filter(|id| !id.is_empty()))
        })
    }

    /// A text of the server's as `Display` shows it: without the secrets that the call was made with, on one line,
    /// without control characters, and cut after 300 characters.
    ///
    /// ```
    /// use hubchannel_api::{Error, model::ErrorCategory};
    ///
    /// fn logged(error: &Error) -> String {
    ///     let category = error.error_body().and_then(|body| body.category.as_ref());
    ///     let category = category.map_or("none", ErrorCategory::as_str);
    ///     format!("category={} id={}", error.shown(category), error.shown(error.correlation_id().unwrap_or("none")))
    /// }
    /// ```
    pub fn shown<'a>(&'a self, text: &'a str) -> impl fmt::Display + 'a {
        text::line(text, &self.0.hidden)
    }

    /// The rules that the call breaks.
    pub fn violations(&self) -> Option<&Violations> {
        match &self.0.cause {
            Cause::Violations(violations) => Some(violations),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{}: ", operation.name)?;
        }
        let hidden = &*self.0.hidden;
        match &self.0.cause {
            Cause::Violations(violations) => write!(f, "{}", text::line(violations, hidden))?,
            Cause::Parameter { name, rule } => write!(f, "{name} {rule}")?,
            Cause::Unwritable(error) => write!(f, "the body cannot be written as JSON: {}", text::line(error, hidden))?,
            Cause::Transport(error) => write!(f, "{}", text::line(error, hidden))?,
            Cause::Answer { status, answer, .. } => {
                write!(f, "the server answered {}", status.as_u16())?;
                match status.canonical_reason() {
                    Some(reason) if answer.category().is_none() => write!(f, " {reason}")?,
                    _ => {}
                }
                answer.write(f, hidden)?;
            }
            Cause::Unreadable { status, error, .. } => {
                write!(
                    f,
                    "the server answered {}, but the answer cannot be read: {}",
                    status.as_u16(),
                    text::line(error, hidden)
                )?;
            }
            Cause::List(reason) => f.write_str(reason)?,
            Cause::Unsupported => f.write_str("not supported by the implementation behind this client")?,
        }
        if let Some(id) = self.correlation_id() {
            write!(f, " (correlation id {})", text::line(&id, hidden))?;
        }
        let attempts = self.0.attempts.to_string();
        if !attempts.is_empty() {
            write!(f, "; {attempts}")?;
        }
        match self.0.operation.and_then(|operation| operation.effect) {
            Some(effect) if self.outcome_unknown() => write!(f, "; it may have been {effect}"),
            Some(effect) => write!(f, "; nothing was {effect}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("outcome_unknown", &self.outcome_unknown())
            .field("idempotency_key", &self.0.key)
            .field("message", &format_args!("{self}"))
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Cause::Violations(violations) => Some(violations),
            Cause::Unwritable(error) => Some(error),
            // Its text is this error's text; what comes next is its own cause.
            Cause::Transport(error) => error.source(),
            Cause::Unreadable { error, .. } => Some(error),
            Cause::Parameter { .. } | Cause::Answer { .. } | Cause::List(_) | Cause::Unsupported => None,
        }
    }
}

const _: () = assert!(size_of::<Error>() == size_of::<usize>());
