//! What a layer has put onto a request and no error may show.

use std::borrow::Cow;

use http::{Extensions, HeaderMap, HeaderValue, Response};
use hubchannel_model::Secret;
use percent_encoding::utf8_percent_encode;

use crate::{
    Body, TransportError,
    operation::RESERVED,
    redact::{ID_HEADERS, SHORTEST_SECRET},
};

/// In the extensions of a response that is no success.
#[derive(Clone, Debug)]
struct Hidden(Vec<Secret>);

/// Leaves with the outcome of a request which secrets were put onto it, for a layer that does that: no
/// [`Error`](crate::Error) shows them then, though a server or a proxy repeats them in its answer.
///
/// ```
/// use async_trait::async_trait;
/// use http::{HeaderValue, Request, Response};
/// use hubchannel_api::{Body, HttpTransport, TransportError, hide_secrets, model::Secret};
///
/// #[derive(Debug)]
/// struct WithPass<T> {
///     inner: T,
///     pass: Secret,
///     header: HeaderValue,
/// }
///
/// #[async_trait]
/// impl<T: HttpTransport> HttpTransport for WithPass<T> {
///     async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, TransportError> {
///         request.headers_mut().insert("x-proxy-pass", self.header.clone());
///         hide_secrets(self.inner.send(request).await, [&self.pass])
///     }
/// }
/// ```
///
/// What other layers have left stays. Texts that are [too short](SHORTEST_SECRET) are not hidden. The [`ID_HEADERS`], which errors and
/// spans show of every answer, are left empty where one of these secrets is in them. A success is otherwise returned as it
/// is, and costs a look at these: no error shows another value of one.
///
/// # Errors
/// The one that is given, if it is one.
pub fn hide_secrets<'a>(
    outcome: Result<Response<Body>, TransportError>,
    secrets: impl IntoIterator<Item = &'a Secret>,
) -> Result<Response<Body>, TransportError> {
    let mut response = match outcome {
        Ok(response) => response,
        Err(error) => return Err(error.hiding(long(secrets).cloned())),
    };
    if response.status().is_success() {
        empty_ids(response.headers_mut(), long(secrets));
        return Ok(response);
    }
    let mut hidden = take_hidden(response.extensions_mut());
    hidden.extend(long(secrets).cloned());
    empty_ids(response.headers_mut(), hidden.iter());
    response.extensions_mut().insert(Hidden(hidden));
    Ok(response)
}

/// Leaves nothing of an id that has one of these in it.
pub(crate) fn empty_ids<'a>(headers: &mut HeaderMap, secrets: impl Iterator<Item = &'a Secret>) {
    if !ID_HEADERS.iter().any(|name| headers.contains_key(name)) {
        return;
    }
    for secret in secrets {
        for name in ID_HEADERS {
            if headers.get_all(&name).iter().any(|id| is_in(id, secret)) {
                headers.insert(name, HeaderValue::from_static(""));
            }
        }
    }
}

fn is_in(value: &HeaderValue, secret: &Secret) -> bool {
    let (text, plain) = (String::from_utf8_lossy(value.as_bytes()), secret.expose());
    let is_in = |secret: &str| secret.len() >= SHORTEST_SECRET && text.contains(secret);
    is_in(plain) || text.contains('%') && is_in(&Cow::from(utf8_percent_encode(plain, RESERVED)))
}

fn long<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> impl Iterator<Item = &'a Secret> {
    let secrets = secrets.into_iter();
    secrets.filter(|secret| secret.expose().len() >= SHORTEST_SECRET)
}

/// What layers have left with a response.
pub(crate) fn take_hidden(extensions: &mut Extensions) -> Vec<Secret> {
    extensions.remove().map_or_else(Vec::new, |Hidden(secrets)| secrets)
}
