//! How long a call and an attempt may take.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll, time::Duration};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{Body, Call, HttpTransport, Reach, Transport, TransportError, TransportErrorKind, clock::Clock};

/// Ends a call that takes too long, with everything that belongs to it.
///
/// The time is the call's own, from [`CallOptions::deadline`](hubchannel_api::CallOptions), else the layer's. The
/// request may have been sent by then, so the outcome is unknown; only a call without any time is never sent.
#[derive(Debug)]
pub struct Deadline {
    inner: Transport,
    clock: Arc<dyn Clock>,
    duration: Option<Duration>,
}

impl Deadline {
    /// Gives every call this much time; `None` leaves it to the calls.
    pub fn new(inner: impl HttpTransport, clock: Arc<dyn Clock>, duration: Option<Duration>) -> Self {
        Deadline {
            inner: Transport::new(inner),
            clock,
            duration,
        }
    }
}

#[async_trait]
impl HttpTransport for Deadline {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let own = request
            .extensions()
            .get::<Call>()
            .and_then(|call| call.options.deadline);
        let duration = own.or(self.duration);
        within(&self.inner, &*self.clock, duration, request, "the call took longer than its deadline").await
    }
}

/// Ends an attempt whose answer does not come in time. The request may have been sent by then, so the outcome is
/// unknown.
#[derive(Debug)]
pub struct AttemptTimeout {
    inner: Transport,
    clock: Arc<dyn Clock>,
    duration: Duration,
}

impl AttemptTimeout {
    /// Gives every attempt this much time.
    pub fn new(inner: impl HttpTransport, clock: Arc<dyn Clock>, duration: Duration) -> Self {
        AttemptTimeout {
            inner: Transport::new(inner),
            clock,
            duration,
        }
    }
}

#[async_trait]
impl HttpTransport for AttemptTimeout {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        within(&self.inner, &*self.clock, Some(self.duration), request, "no answer within the time of an attempt").await
    }
}

async fn within(
    inner: &Transport,
    clock: &dyn Clock,
    duration: Option<Duration>,
    request: Request<Body>,
    what: &str,
) -> Result<Response<Body>, TransportError> {
    let Some(duration) = duration else {
        return inner.send(request).await;
    };
    let late = |reach| TransportError::new(TransportErrorKind::Timeout, reach, format!("{what} of {duration:?}"));
    if duration.is_zero() {
        return Err(late(Reach::NotSent));
    }
    let mut answer = pin!(inner.send(request));
    let mut over = clock.sleep(duration);
    poll_fn(|context| {
        if let Poll::Ready(answer) = answer.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        over.as_mut().poll(context).map(|()| Err(late(Reach::Unknown)))
    })
    .await
}
