//! reqwest's errors, told as transport errors.

use std::{error::Error as StdError, fmt};

use hubchannel_api::{Reach, TransportError, TransportErrorKind, innermost};

/// Why there is no HTTP client: usually TLS, which finds no certificates or no provider, or a proxy in the environment
/// whose address is none.
///
/// Of the proxy only the variable is shown: its address may have a password in it.
#[derive(Debug)]
pub struct BuildError(Cause);

#[derive(Debug)]
enum Cause {
    Client(reqwest::Error),
    /// Without reqwest's error, which has the address in it.
    Proxy {
        variable: &'static str,
    },
}

impl BuildError {
    pub(crate) fn client(cause: reqwest::Error) -> Self {
        BuildError(Cause::Client(cause))
    }

    /// For the proxy that this variable of the environment names.
    pub(crate) fn proxy(variable: &'static str) -> Self {
        BuildError(Cause::Proxy { variable })
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Cause::Client(cause) => write!(f, "the HTTP client cannot be set up: {}", innermost(cause)),
            Cause::Proxy { variable } => write!(
                f,
                "the HTTP client cannot be set up: what the environment has in {variable} is no address of a proxy, such as \
                 http://user:password@host:8080, in which special characters of the password are percent-encoded"
            ),
        }
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0 {
            Cause::Client(cause) => Some(cause),
            Cause::Proxy { .. } => None,
        }
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
