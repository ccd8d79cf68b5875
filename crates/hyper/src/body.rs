//! Bodies between the transport trait and hyper, as bytes or as they are read.

use std::{
    error::Error as StdError,
    future::poll_fn,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hubchannel_api::{Body, BodyStream, Reach, TransportError, TransportErrorKind};

use crate::error::interrupted;

/// What kept a body that is read while it is sent from being read, if anything did.
#[derive(Clone, Default)]
pub(crate) struct Failure(Option<Arc<Mutex<Option<TransportError>>>>);

impl Failure {
    pub(crate) fn take(&self) -> Option<TransportError> {
        let failure = self.0.as_ref()?;
        failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, error: TransportError) {
        if let Some(failure) = &self.0 {
            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}

/// A body to send.
pub(crate) enum Outgoing {
    /// In memory, until it is handed over.
    Whole(Option<Bytes>),
    Streamed {
        /// How many bytes are still to come, where that is known. The stream itself fails when it is not true.
        left: Option<u64>,
        first: Option<Bytes>,
        stream: BodyStream,
        failure: Failure,
    },
}

/// A body to send. The first piece of one that is not in memory is read before there is a connection, so that a source
/// which cannot be opened costs none.
pub(crate) async fn outgoing(body: Body) -> Result<(Outgoing, Failure), TransportError> {
    if let Some(bytes) = body.as_bytes() {
        let whole = Some(bytes.clone()).filter(|bytes| !bytes.is_empty());
        return Ok((Outgoing::Whole(whole), Failure::default()));
    }
    let failure = Failure(Some(Arc::default()));
    let mut stream = body.open();
    let first = stream
        .next()
        .await
        .transpose()
        .map_err(|error| error.with_reach(Reach::NotSent))?;
    let outgoing = Outgoing::Streamed {
        left: body.len(),
        first,
        stream,
        failure: failure.clone(),
    };
    Ok((outgoing, failure))
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let (left, first, stream, failure) = match &mut *self {
            Outgoing::Whole(bytes) => return Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Outgoing::Streamed {
                left,
                first,
                stream,
                failure,
            } => (left, first, stream, failure),
        };
        let piece = match first.take() {
            Some(first) => Ok(first),
            None => match ready!(Pin::new(stream).poll_next(context)) {
                Some(piece) => piece,
                None => return Poll::Ready(None),
            },
        };
        Poll::Ready(Some(match piece {
            Ok(piece) => {
                *left = left.map(|left| left.saturating_sub(piece.len() as u64));
                Ok(Frame::data(piece))
            }
            Err(error) => {
                failure.set(error.with_reach(Reach::Unknown));
                Err("the body cannot be read")
            }
        }))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Outgoing::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        let left = match self {
            Outgoing::Whole(bytes) => Some(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Outgoing::Streamed { left, .. } => *left,
        };
        left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Reads a body to its end, unless it has more bytes than this.
pub(crate) async fn read<B>(body: B, limit: usize) -> Result<Bytes, TransportError>
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>>,
{
    let declared = body.size_hint().exact();
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(piece) = poll_fn(|context| poll_piece(body.as_mut(), context)).await {
        let piece = piece?;
        if first.len() + all.len() + piece.len() > limit {
            return Err(too_large(limit));
        }
        // Most answers come in one piece, which needs no copy.
        if first.is_empty() && all.is_empty() {
            first = piece;
            continue;
        }
        if all.is_empty() {
            all.reserve(first.len() + piece.len());
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&piece);
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

fn too_large(limit: usize) -> TransportError {
    let message = format!("the response is larger than the limit of {limit} bytes");
    TransportError::new(TransportErrorKind::ResponseTooLarge, Reach::Unknown, message)
}

/// The next bytes. What is no data is trailers, which are passed by.
fn poll_piece<B>(mut body: Pin<&mut B>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>>
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + ?Sized,
{
    loop {
        if body.is_end_stream() {
            return Poll::Ready(None);
        }
        let frame = match ready!(body.as_mut().poll_frame(context)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Some(Err(interrupted(error)))),
            None => return Poll::Ready(None),
        };
        if let Ok(piece) = frame.into_data() {
            return Poll::Ready(Some(Ok(piece)));
        }
    }
}

/// The body of a response as it comes in.
pub(crate) fn incoming<B>(body: B, failure: Failure) -> Body
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + Unpin + 'static,
{
    let length = body.size_hint().exact();
    Body::from_stream(length, BodyStream::new(Incoming { body, failure }))
}

struct Incoming<B> {
    body: B,
    /// Of the body that may still be being sent.
    failure: Failure,
}

impl<B> Stream for Incoming<B>
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Unpin,
{
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let piece = ready!(poll_piece(Pin::new(&mut this.body), context));
        Poll::Ready(piece.map(|piece| piece.map_err(|error| this.failure.take().unwrap_or(error))))
    }
}
