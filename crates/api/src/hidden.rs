//! What a layer has put onto a request and no error may show.

use http::{Extensions, Response};
use hubchannel_model::Secret;

use crate::{Body, TransportError};

/// Shorter texts are no secrets; without them, any message would be full of holes.
pub(crate) const SHORTEST_SECRET: usize = 6;

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
/// What other layers have left stays. Texts shorter than 6 bytes are not hidden. A success is returned as it is, and costs
/// nothing: no error shows a value of one.
///
/// # Errors
/// The one that is given, if it is one.
pub fn hide_secrets<'a>(
    outcome: Result<Response<Body>, TransportError>,
    secrets: impl IntoIterator<Item = &'a Secret>,
) -> Result<Response<Body>, TransportError> {
    match outcome {
        Ok(response) if response.status().is_success() => Ok(response),
        Ok(mut response) => {
            let mut hidden = take_hidden(response.extensions_mut());
            hidden.extend(long(secrets));
            response.extensions_mut().insert(Hidden(hidden));
            Ok(response)
        }
        Err(error) => Err(error.hiding(long(secrets))),
    }
}

fn long<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> impl Iterator<Item = Secret> {
    let secrets = secrets.into_iter();
    secrets
        .filter(|secret| secret.expose().len() >= SHORTEST_SECRET)
        .cloned()
}

/// What layers have left with a response.
pub(crate) fn take_hidden(extensions: &mut Extensions) -> Vec<Secret> {
    extensions.remove().map_or_else(Vec::new, |Hidden(secrets)| secrets)
}
