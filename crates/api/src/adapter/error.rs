//! The errors of clients, told as transport errors.

use std::error::Error as StdError;

use crate::{Reach, TransportError, TransportErrorKind};

impl TransportError {
    /// An error with its cause: what happened, and behind a colon what the innermost cause says, which is where the facts
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
