//! A body as it is read, piece by piece.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use crate::{Reach, TransportError, TransportErrorKind};

type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// A body as it is read: bytes, piece by piece, to the end or to an error.
///
/// ```
/// use bytes::Bytes;
/// use hubchannel_api::{BodyStream, TransportError};
///
/// async fn laughter() -> Result<(), TransportError> {
///     let mut stream = BodyStream::unfold(3, |left| async move {
///         Ok((left > 0).then(|| (Bytes::from_static(b"ha"), left - 1)))
///     });
///     assert_eq!(stream.next().await.transpose()?, Some(Bytes::from_static(b"ha")));
///     assert_eq!(stream.read(4).await?, "haha");
///     Ok(())
/// }
/// ```
///
/// It is a [`Stream`] too. After an error there is nothing more. Whoever drops it before its end gives up the rest.
pub struct BodyStream(Option<Pieces>);

impl BodyStream {
    /// What a stream gives, up to its first error.
    pub fn new(stream: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static) -> Self {
        BodyStream(Some(Box::pin(stream)))
    }

    /// One piece.
    pub fn once(bytes: Bytes) -> Self {
        let bytes = (!bytes.is_empty()).then_some(bytes);
        BodyStream::new(Ready(bytes.map(Ok)))
    }

    /// No piece but this error.
    pub fn failed(error: TransportError) -> Self {
        BodyStream::new(Ready(Some(Err(error))))
    }

    /// What a function gives: called with the state, it returns a piece and the next state, or `None` at the end.
    pub fn unfold<S, F>(state: S, next: impl Fn(S) -> F + Send + 'static) -> Self
    where
        S: Send + 'static,
        F: Future<Output = Result<Option<(Bytes, S)>, TransportError>> + Send + 'static,
    {
        let first = Box::pin(next(state));
        BodyStream::new(Unfold {
            next: Box::new(next),
            running: Some(first),
        })
    }

    /// The next piece, which is never empty; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, TransportError>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Reads everything that is left, up to a limit in bytes.
    ///
    /// # Errors
    /// When it cannot be read to its end, or is larger than the limit.
    pub async fn read(mut self, limit: u64) -> Result<Bytes, TransportError> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            if whole.len() as u64 + piece.len() as u64 > limit {
                return Err(too_large(limit));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// The same, failing where it is not of this length.
    pub(super) fn measured(self, length: u64, differs: fn(u64, bool) -> TransportError) -> Self {
        BodyStream::new(Measured {
            inner: self,
            length,
            left: length,
            last: None,
            differs,
        })
    }
}

pub(super) fn too_large(limit: u64) -> TransportError {
    let message = format!("the body is larger than the limit of {limit} bytes");
    TransportError::new(TransportErrorKind::ResponseTooLarge, Reach::Unknown, message)
}

impl Stream for BodyStream {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some(stream) = &mut self.0 else {
                return Poll::Ready(None);
            };
            match ready!(stream.as_mut().poll_next(context)) {
                Some(Ok(piece)) if piece.is_empty() => {}
                Some(Ok(piece)) => return Poll::Ready(Some(Ok(piece))),
                end => {
                    self.0 = None;
                    return Poll::Ready(end);
                }
            }
        }
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyStream")
    }
}

/// At most one item, which is there already.
struct Ready(Option<Result<Bytes, TransportError>>);

impl Stream for Ready {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take())
    }
}

type Next<S, F> = Box<dyn Fn(S) -> F + Send>;

struct Unfold<S, F> {
    next: Next<S, F>,
    running: Option<Pin<Box<F>>>,
}

impl<S, F> Stream for Unfold<S, F>
where
    F: Future<Output = Result<Option<(Bytes, S)>, TransportError>>,
{
    type Item = Result<Bytes, TransportError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Some(running) = &mut this.running else {
            return Poll::Ready(None);
        };
        match ready!(running.as_mut().poll(context)) {
            Ok(Some((piece, state))) => {
                running.set((this.next)(state));
                Poll::Ready(Some(Ok(piece)))
            }
            end => {
                this.running = None;
                Poll::Ready(end.map(|_| None).unwrap_or_else(|error| Some(Err(error))))
            }
        }
    }
}

struct Measured {
    inner: BodyStream,
    length: u64,
    left: u64,
    /// The last piece, kept back until it is sure that it is: who counts bytes stops reading when it has them all.
    last: Option<Bytes>,
    differs: fn(u64, bool) -> TransportError,
}

impl Stream for Measured {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let piece = match ready!(Pin::new(&mut self.inner).poll_next(context)) {
                Some(Ok(piece)) => piece,
                None if self.left == 0 => return Poll::Ready(self.last.take().map(Ok)),
                None => return Poll::Ready(Some(Err((self.differs)(self.length, false)))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            };
            match self.left.checked_sub(piece.len() as u64) {
                // Nothing is left and here is more, so that the last piece was none.
                None => return Poll::Ready(Some(Err((self.differs)(self.length, true)))),
                Some(0) => {
                    self.left = 0;
                    self.last = Some(piece);
                }
                Some(left) => {
                    self.left = left;
                    return Poll::Ready(Some(Ok(piece)));
                }
            }
        }
    }
}
