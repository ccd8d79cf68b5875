//! What a request says of its body's length.

use http::{
    Request,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};

use crate::{Body, Reach, TransportError, TransportErrorKind};

/// Refuses a request whose headers contradict its body, for transports that hand headers on as they are.
///
/// A server reads as much of a connection as `Content-Length` says. Where that is not the body's length, it waits for what
/// never comes, or takes the next request on the connection for the rest of this one. How a body is cut into pieces is the
/// transport's own business, so a `Transfer-Encoding` is refused too.
///
/// ```
/// use http::Request;
/// use hubchannel_api::{Body, check_framing};
///
/// let honest = Request::post("https://api.hubapi.com/x").header("content-length", "2").body(Body::from("{}"))?;
/// assert!(check_framing(&honest).is_ok());
/// let wrong = Request::post("https://api.hubapi.com/x").header("content-length", "200").body(Body::from("{}"))?;
/// assert!(check_framing(&wrong).is_err());
/// # Ok::<(), http::Error>(())
/// ```
///
/// # Errors
/// Of the kind [`Refused`](TransportErrorKind::Refused); nothing was sent.
pub fn check_framing(request: &Request<Body>) -> Result<(), TransportError> {
    let headers = request.headers();
    let refuse = |why: &str| Err(TransportError::new(TransportErrorKind::Refused, Reach::NotSent, why));
    if headers.contains_key(TRANSFER_ENCODING) {
        return refuse("a request must not have the header Transfer-Encoding; the transport sees to it");
    }
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let Some(length) = lengths.next() else {
        return Ok(());
    };
    let digits = length
        .to_str()
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let said = digits.and_then(|digits| digits.parse::<u64>().ok());
    if said.is_none() || said != request.body().len() || lengths.next().is_some() {
        return refuse(
            "the header Content-Length is not the length of the request's body; leave it out, and the transport adds it",
        );
    }
    Ok(())
}
