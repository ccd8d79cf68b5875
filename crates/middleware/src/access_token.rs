//! The OAuth token of a portal.

use std::{fmt, net::IpAddr};

use async_trait::async_trait;
use http::{HeaderValue, Request, Response, Uri, header::AUTHORIZATION, uri::Scheme};
use hubchannel_api::{
    Body, Call, Credential, HttpTransport, Reach, Transport, TransportError, TransportErrorKind, model::Secret,
};

/// Adds a portal's OAuth token to every request that needs one: `Authorization: Bearer …`.
///
/// ```
/// use hubchannel_api::{HttpTransport, model::Secret};
/// use hubchannel_middleware::AccessToken;
///
/// fn authorised(transport: impl HttpTransport, token: &str) -> AccessToken {
///     AccessToken::new(transport, &Secret::from(token))
/// }
/// ```
///
/// It fails closed, before anything is sent: with a token that no header can carry, for an operation that needs
/// another kind of credential, and for a plain `http` address of another machine, where anybody on the way could read
/// the token.
pub struct AccessToken {
    inner: Transport,
    header: Result<HeaderValue, &'static str>,
    plain_http: bool,
}

impl AccessToken {
    /// Adds this token.
    pub fn new(inner: impl HttpTransport, token: &Secret) -> Self {
        AccessToken {
            inner: Transport::new(inner),
            header: header(token),
            plain_http: false,
        }
    }

    /// Allows plain `http` to any machine, for a network that is safe in itself.
    #[must_use]
    pub fn allow_plain_http(self) -> Self {
        AccessToken {
            plain_http: true,
            ..self
        }
    }
}

fn header(token: &Secret) -> Result<HeaderValue, &'static str> {
    if token.is_empty() {
        return Err("the access token is empty");
    }
    if token.expose().contains(char::is_whitespace) {
        return Err("the access token has blanks or line ends in it; it is one word");
    }
    let mut header = HeaderValue::try_from(format!("Bearer {}", token.expose()))
        .map_err(|_| "the access token has characters that no header can carry")?;
    header.set_sensitive(true);
    Ok(header)
}

#[async_trait]
impl HttpTransport for AccessToken {
    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let credential = request.extensions().get::<Call>().map(|call| call.operation.credential);
        match credential {
            Some(Credential::None) => return self.inner.send(request).await,
            Some(Credential::PortalToken) | None => {}
            Some(_) => return Err(refuse("the operation needs the developer's API key, not a portal's access token")),
        }
        if !self.plain_http && !is_safe(request.uri()) {
            return Err(refuse(
                "an access token is not sent over plain http to another machine; use https, or allow it",
            ));
        }
        let header = self.header.clone().map_err(refuse)?;
        request.headers_mut().insert(AUTHORIZATION, header);
        self.inner.send(request).await
    }
}

/// Whether only the two ends can read what is sent there.
fn is_safe(uri: &Uri) -> bool {
    if uri.scheme() == Some(&Scheme::HTTPS) {
        return true;
    }
    let host = uri.host().unwrap_or_default();
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn refuse(message: &str) -> TransportError {
    TransportError::new(TransportErrorKind::Refused, Reach::NotSent, message)
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("inner", &self.inner)
            .field("plain_http", &self.plain_http)
            .finish_non_exhaustive()
    }
}
