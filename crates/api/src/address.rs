//! Where a request is addressed to.

use http::{Method, Request, uri::Scheme};

use crate::{Reach, TransportError, TransportErrorKind};

/// Refuses a request that names no server to send it to, for transports over connections.
///
/// Its address must be `http` or `https`, with a host, a port that can be one if it has any, and no user name or password:
/// some clients drop these and some send them in a header, which whoever wrote the request has not seen. `CONNECT` asks
/// for a tunnel, which no exchange is.
///
/// ```
/// use http::Request;
/// use hubchannel_api::check_address;
///
/// assert!(check_address(&Request::get("https://api.hubapi.com/x").body(())?).is_ok());
/// assert!(check_address(&Request::get("https://ada:secret@api.hubapi.com/x").body(())?).is_err());
/// assert!(check_address(&Request::get("/x").body(())?).is_err());
/// # Ok::<(), http::Error>(())
/// ```
///
/// # Errors
/// Of the kind [`Refused`](TransportErrorKind::Refused), without the address; nothing was sent.
pub fn check_address<B>(request: &Request<B>) -> Result<(), TransportError> {
    let refuse = |why: &str| {
        let message = format!("the request cannot be written: {why}");
        Err(TransportError::new(TransportErrorKind::Refused, Reach::NotSent, message))
    };
    if request.method() == Method::CONNECT {
        return refuse("CONNECT opens a tunnel, which no exchange is");
    }
    let (Some(scheme), Some(authority)) = (request.uri().scheme(), request.uri().authority()) else {
        return refuse("its address names no server");
    };
    if *scheme != Scheme::HTTP && *scheme != Scheme::HTTPS {
        return refuse("its address is neither http nor https");
    }
    if authority.as_str().contains('@') {
        return refuse("a user name or password does not belong in its address");
    }
    let host = authority.host();
    // Some clients take the scheme's own port where they cannot read the one that is said.
    let is_whole = authority.as_str().len() == host.len() || authority.port_u16().is_some();
    if host.is_empty() || !is_whole {
        return refuse("its address has no host, or a port that is none");
    }
    Ok(())
}
