//! hyper's errors, told as transport errors.

use std::{error::Error as StdError, fmt, io};

use hubchannel_api::{Reach, TransportError, TransportErrorKind, innermost};
use hyper_util::client::legacy;

use crate::connect::TooSlow;

/// Why there is no transport: TLS finds no certificates of the platform.
#[derive(Debug)]
pub struct BuildError(Box<dyn StdError + Send + Sync>);

impl BuildError {
    #[cfg(feature = "rustls")]
    pub(crate) fn new(cause: impl StdError + Send + Sync + 'static) -> Self {
        BuildError(Box::new(cause))
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLS cannot be set up with the platform's certificates: {}", innermost(&*self.0))
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

/// Tells what kept the head of an answer away, and whether the request can have left.
pub(crate) fn exchange_error(error: legacy::Error) -> TransportError {
    if !error.is_connect() {
        return interrupted(error);
    }
    // A connection that was never there carried nothing, whatever kept it away.
    let (kind, what) = if chain(&error).any(is_timeout) {
        (TransportErrorKind::Timeout, "no connection in time")
    } else {
        (TransportErrorKind::Connect, "no connection")
    };
    TransportError::caused(kind, Reach::NotSent, what, error)
}

/// Tells that a connection broke that may have carried the request.
pub(crate) fn interrupted(error: impl Into<Box<dyn StdError + Send + Sync>>) -> TransportError {
    TransportError::caused(TransportErrorKind::Interrupted, Reach::Unknown, "the connection broke", error)
}

/// Whether it was this transport that would wait no longer, or the system.
fn is_timeout(cause: &(dyn StdError + 'static)) -> bool {
    cause.is::<TooSlow>()
        || cause
            .downcast_ref::<io::Error>()
            .is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| (*error).source())
}
