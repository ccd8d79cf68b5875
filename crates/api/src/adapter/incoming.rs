//! Bodies on their way in.

use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Body as HttpBody, SizeHint};

use super::Failure;
use crate::{Body, BodyStream, Reach, TransportError, TransportErrorKind, body::stream_differs};

/// Reads the body of an answer to its end, unless it has more bytes than the limit. One that comes in one piece is not
/// copied. `broke` tells the client's errors as transport errors.
///
/// # Errors
/// Of the kind [`ResponseTooLarge`](TransportErrorKind::ResponseTooLarge), as soon as it is known; of the kind
/// [`Interrupted`](TransportErrorKind::Interrupted) where the body ends without an error and is not as long as it said at
/// first; or what `broke` makes of the client's.
pub fn read<B>(
    mut body: B,
    limit: usize,
    broke: fn(B::Error) -> TransportError,
) -> impl Future<Output = Result<Bytes, TransportError>>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    let length = left(&body).exact();
    let mut came = Came::Whole(Bytes::new());
    // Flat, because whatever waits within it makes a future larger.
    poll_fn(move |context| {
        loop {
            let announced = left(&body).lower();
            if announced.saturating_add(came.len() as u64) > limit as u64 {
                return Poll::Ready(Err(too_large(limit)));
            }
            match ready!(poll_piece(&mut body, context)) {
                Some(Ok(piece)) => came.add(piece, announced),
                Some(Err(error)) => return Poll::Ready(Err(broke(error))),
                None => return Poll::Ready(came.whole(length)),
            }
        }
    })
}

/// What has come of a body.
enum Came {
    /// In one piece, as most answers, which needs no copy; empty as long as there is none.
    Whole(Bytes),
    Pieces(BytesMut),
}

/// How much room is made at once for what is only announced.
const ROOM: u64 = 64 << 10;

impl Came {
    fn len(&self) -> usize {
        match self {
            Came::Whole(bytes) => bytes.len(),
            Came::Pieces(bytes) => bytes.len(),
        }
    }

    /// Adds a piece of those that were announced.
    fn add(&mut self, piece: Bytes, announced: u64) {
        match self {
            Came::Whole(first) if first.is_empty() => *first = piece,
            Came::Whole(first) => {
                let announced = usize::try_from(announced.min(ROOM)).unwrap_or_default();
                let mut all = BytesMut::with_capacity(first.len() + piece.len().max(announced));
                all.extend_from_slice(first);
                all.extend_from_slice(&piece);
                *self = Came::Pieces(all);
            }
            Came::Pieces(all) => all.extend_from_slice(&piece),
        }
    }

    /// Everything, if that is as long as was announced.
    fn whole(&mut self, length: Option<u64>) -> Result<Bytes, TransportError> {
        let came = self.len() as u64;
        match length {
            Some(length) if length != came => Err(stream_differs(length, came > length)),
            _ => Ok(self.take()),
        }
    }

    fn take(&mut self) -> Bytes {
        match self {
            Came::Whole(bytes) => mem::take(bytes),
            Came::Pieces(bytes) => mem::take(bytes).freeze(),
        }
    }
}

fn too_large(limit: usize) -> TransportError {
    let message = format!("the response is larger than the limit of {limit} bytes");
    TransportError::new(TransportErrorKind::ResponseTooLarge, Reach::Unknown, message)
}

/// How much is still to come. Nothing of a body that is at its end, whatever its head announces: it does so in answer to
/// `HEAD`, too.
fn left<B: HttpBody>(body: &B) -> SizeHint {
    if body.is_end_stream() {
        return SizeHint::with_exact(0);
    }
    body.size_hint()
}

/// The next bytes. What is no data is trailers, which are passed by.
fn poll_piece<B>(body: &mut B, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, B::Error>>>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    loop {
        if body.is_end_stream() {
            return Poll::Ready(None);
        }
        let frame = match ready!(Pin::new(&mut *body).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        if let Ok(piece) = frame.into_data() {
            return Poll::Ready(Some(Ok(piece)));
        }
    }
}

/// The body of an answer as it comes in, for a request that asks for it by
/// [`StreamResponse`](crate::StreamResponse). `broke` tells the client's errors as transport errors; the failure is that of
/// the request's body, which may still be being sent and then is what broke the connection. It fails where it is not as
/// long as the client's body said at first.
pub fn incoming<B>(body: B, failure: Failure, broke: fn(B::Error) -> TransportError) -> Body
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
{
    let length = left(&body).exact();
    Body::from_stream(length, BodyStream::new(Incoming { body, failure, broke }))
}

struct Incoming<B: HttpBody> {
    body: B,
    failure: Failure,
    broke: fn(B::Error) -> TransportError,
}

impl<B> Stream for Incoming<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let piece = ready!(poll_piece(&mut this.body, context));
        Poll::Ready(piece.map(|piece| piece.map_err(|error| this.failure.or((this.broke)(error)))))
    }
}
