//! Bodies between the transport trait and reqwest, as bytes or as they are read.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hubchannel_api::{Body, BodyStream, Reach, TransportError};

use crate::error::transport_error;

/// What kept a body that is read while it is sent from being read, if anything did.
#[derive(Clone, Default)]
pub(crate) struct Failure(Arc<Mutex<Option<TransportError>>>);

impl Failure {
    pub(crate) fn take(&self) -> Option<TransportError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, error: TransportError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

/// A body to send. The first piece of one that is not in memory is read before there is a connection, so that a source
/// which cannot be opened costs none.
pub(crate) async fn outgoing(body: Body) -> Result<(reqwest::Body, Failure), TransportError> {
    let failure = Failure::default();
    if let Some(bytes) = body.as_bytes() {
        return Ok((bytes.clone().into(), failure));
    }
    let mut stream = body.open();
    let first = stream
        .next()
        .await
        .transpose()
        .map_err(|error| error.with_reach(Reach::NotSent))?;
    let outgoing = Outgoing {
        left: body.len(),
        first,
        stream: Mutex::new(stream),
        failure: failure.clone(),
    };
    Ok((reqwest::Body::wrap(outgoing), failure))
}

struct Outgoing {
    /// How many bytes are still to come, where that is known. The stream itself fails when it is not true.
    left: Option<u64>,
    first: Option<Bytes>,
    /// Never locked: reqwest wants what it sends to be shareable.
    stream: Mutex<BodyStream>,
    failure: Failure,
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let this = &mut *self;
        let piece = match this.first.take() {
            Some(first) => Ok(first),
            None => {
                let stream = this.stream.get_mut().unwrap_or_else(PoisonError::into_inner);
                match ready!(Pin::new(stream).poll_next(context)) {
                    Some(piece) => piece,
                    None => return Poll::Ready(None),
                }
            }
        };
        Poll::Ready(Some(match piece {
            Ok(piece) => {
                this.left = this.left.map(|left| left.saturating_sub(piece.len() as u64));
                Ok(Frame::data(piece))
            }
            Err(error) => {
                this.failure.set(error.with_reach(Reach::Unknown));
                Err("the body cannot be read")
            }
        }))
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The body of a response as it comes in.
pub(crate) fn incoming(response: reqwest::Response) -> Body {
    let length = response.content_length();
    Body::from_stream(length, BodyStream::new(Incoming(response.into())))
}

struct Incoming(reqwest::Body);

impl Stream for Incoming {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let frame = match ready!(Pin::new(&mut self.0).poll_frame(context)) {
                Some(frame) => frame.map_err(transport_error)?,
                None => return Poll::Ready(None),
            };
            // What is no data is trailers.
            if let Ok(piece) = frame.into_data() {
                return Poll::Ready(Some(Ok(piece)));
            }
        }
    }
}
