//! A layer for tower.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::Receiver;

/// Lets only verified requests through to a service, with the body that was verified.
///
/// ```
/// use hubchannel_webhook::{Receiver, VerifyLayer};
/// use tower_layer::Layer;
///
/// fn protect<S>(receiver: Receiver, service: S) -> impl Sized {
///     VerifyLayer::new(receiver).layer(service)
/// }
/// ```
///
/// The service finds a [`Verified`](crate::Verified) among the request's extensions, and the same bytes as its body: all
/// pieces in one, which is read whole before the service is called, within the receiver's limit, and without trailers, which
/// are not signed. Headers are handed on as they came, and only those of the signature are vouched for. What is refused does
/// not come to the service: it is answered with the refusal's status and an empty body.
///
/// A service that does not read the body as JSON takes too much for HubSpot's: see [`Verifier`](crate::Verifier) for how a
/// signed request may be cut elsewhere.
#[derive(Clone, Debug)]
pub struct VerifyLayer {
    receiver: Receiver,
}

impl VerifyLayer {
    /// Lets through what the receiver takes.
    pub fn new(receiver: Receiver) -> Self {
        VerifyLayer { receiver }
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = Verify<S>;

    fn layer(&self, inner: S) -> Verify<S> {
        Verify {
            inner,
            receiver: self.receiver.clone(),
        }
    }
}

/// A service behind a [`VerifyLayer`].
#[derive(Clone, Debug)]
pub struct Verify<S> {
    inner: S,
    receiver: Receiver,
}

impl<S, B, A> Service<Request<B>> for Verify<S>
where
    S: Service<Request<B>, Response = Response<A>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + From<Bytes> + Send + 'static,
    B::Data: Send,
    B::Error: Send,
    A: Default,
{
    type Response = Response<A>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<A>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was asked whether it is ready is the one to call.
        let inner = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, inner);
        let receiver = self.receiver.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match receiver.receive_body(&parts, body).await {
                Ok(verified) => {
                    let body = B::from(verified.body().clone());
                    parts.extensions.insert(verified);
                    ready.call(Request::from_parts(parts, body)).await
                }
                Err(refusal) => {
                    let mut response = Response::new(A::default());
                    *response.status_mut() = refusal.status();
                    Ok(response)
                }
            }
        })
    }
}
