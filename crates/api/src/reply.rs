//! A value with the response that brought it.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use http::{HeaderMap, StatusCode};

use crate::{Attempts, redact::Headers};

/// What an operation answered, with the status and headers of the response.
///
/// ```
/// use hubchannel_api::Reply;
/// use hubchannel_model::Message;
///
/// let mut message = Message::default();
/// message.text = "hello".into();
/// let reply = Reply::new(message);
/// assert_eq!(reply.text.as_deref(), Some("hello"));
/// assert_eq!(reply.status(), None);
/// ```
///
/// Use it as the value itself, or take that out with [`into_inner`](Reply::into_inner). From a double, status and
/// headers are empty.
#[derive(Clone)]
pub struct Reply<T>(Box<Inner<T>>);

/// In a box, because a reply is handed up through several futures, and a large value would be copied by each.
#[derive(Clone)]
struct Inner<T> {
    value: T,
    status: Option<StatusCode>,
    headers: HeaderMap,
    attempts: Attempts,
}

impl<T> Reply<T> {
    /// A value without a response, for doubles.
    pub fn new(value: T) -> Self {
        Reply(Box::new(Inner {
            value,
            status: None,
            headers: HeaderMap::new(),
            attempts: Attempts::default(),
        }))
    }

    pub(crate) fn from_response(value: T, status: StatusCode, headers: HeaderMap, attempts: Attempts) -> Self {
        Reply(Box::new(Inner {
            value,
            status: Some(status),
            headers,
            attempts,
        }))
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.0.value
    }

    /// The same response with another value.
    ///
    /// ```
    /// use hubchannel_api::Reply;
    ///
    /// assert_eq!(Reply::new("hello").map(str::len).into_inner(), 5);
    /// ```
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        let inner = *self.0;
        Reply(Box::new(Inner {
            value: change(inner.value),
            status: inner.status,
            headers: inner.headers,
            attempts: inner.attempts,
        }))
    }

    /// The response's status.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The response's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// What was tried until this response came; nothing at all from a double.
    pub fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("value", &self.0.value)
            .field("status", &self.0.status)
            .field("headers", &Headers(&self.0.headers))
            .field("attempts", &self.0.attempts)
            .finish()
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> DerefMut for Reply<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0.value
    }
}
