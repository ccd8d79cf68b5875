//! Answers that are still coming in when a layer hands them on, and how long they may take.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use http::Response;
use hubchannel_api::{
    Body, BodyStream, Reach, TransportError, TransportErrorKind,
    clock::{Clock, Sleep},
};

/// How long what comes in may take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// This long until the next byte, while somebody waits for it.
    Silence(Duration),
    /// Until this time of the clock, whether somebody reads or not.
    End { at: Duration, of: Duration },
}

/// The same answer; its body, if it is still to come in, ends with an error where it takes longer.
pub(crate) fn limited(response: Response<Body>, clock: &Arc<dyn Clock>, limit: Limit) -> Response<Body> {
    if response.body().as_bytes().is_some() {
        return response;
    }
    response.map(|body| {
        let incoming = Incoming {
            stream: body.open(),
            clock: Arc::clone(clock),
            limit,
            sleep: None,
        };
        Body::from_stream(body.len(), BodyStream::new(incoming))
    })
}

struct Incoming {
    stream: BodyStream,
    clock: Arc<dyn Clock>,
    limit: Limit,
    /// Until it has taken too long; of a silence only while it lasts.
    sleep: Option<Sleep>,
}

impl Incoming {
    fn too_late(&self) -> TransportError {
        let message = match self.limit {
            Limit::Silence(limit) => format!("the answer broke off: no byte of it came for {limit:?}"),
            Limit::End { of, .. } => format!("the call took longer than its deadline of {of:?}"),
        };
        TransportError::new(TransportErrorKind::Timeout, Reach::Unknown, message)
    }
}

impl Stream for Incoming {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let left = match this.limit {
            Limit::Silence(limit) => limit,
            Limit::End { at, .. } => at.saturating_sub(this.clock.monotonic()),
        };
        if left.is_zero() && matches!(this.limit, Limit::End { .. }) {
            return Poll::Ready(Some(Err(this.too_late())));
        }
        if let Poll::Ready(piece) = pin!(&mut this.stream).poll_next(context) {
            if matches!(this.limit, Limit::Silence(_)) {
                this.sleep = None;
            }
            return Poll::Ready(piece);
        }
        let sleep = this.sleep.get_or_insert_with(|| this.clock.sleep(left));
        match sleep.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(this.too_late()))),
            Poll::Pending => Poll::Pending,
        }
    }
}
