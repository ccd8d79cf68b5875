//! reqwest's errors, told as transport errors.

use std::error::Error as StdError;

use hubchannel_api::{Reach, TransportError, TransportErrorKind, adapter::innermost};

/// Why there is no HTTP client: usually TLS, which finds no certificates or no provider.
#[derive(Debug)]
pub struct BuildError(pub(crate) reqwest::Error);

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the HTTP client cannot be set up (TLS, or the proxy in the environment): {}", innermost(&self.0))
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

/// Tells what failed and whether the request can have left. The address is taken out, because it may hold a key.
pub(crate) fn transport_error(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    // A connection that was never there carried nothing, whatever kept it away; of anything later, nobody knows.
    let (kind, reach, what) = match () {
        () if error.is_connect() && error.is_timeout() => {
            (TransportErrorKind::Timeout, Reach::NotSent, "no connection in time")
        }
        () if error.is_connect() => (TransportErrorKind::Connect, Reach::NotSent, "no connection"),
        () if error.is_builder() => (TransportErrorKind::Refused, Reach::NotSent, "the request cannot be written"),
        () if error.is_timeout() => (TransportErrorKind::Timeout, Reach::Unknown, "no answer in time"),
        () => (TransportErrorKind::Interrupted, Reach::Unknown, "the connection broke"),
    };
    TransportError::caused(kind, reach, what, error)
}
