//! Bodies on their way out.

use std::{
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::{Body, BodyStream, Reach, TransportError};

/// The body of a request as an HTTP client takes it: bytes in memory, or read no faster than they are sent.
///
/// Its length is told where it is known. Where the body cannot be read to its end, or is not as long as its source said,
/// the client is told of an error without details, so that it breaks the request off; [`Failure`] has them.
///
/// Making one of bytes in memory allocates nothing. `Debug` shows the length only.
pub struct Outgoing(Kind);

enum Kind {
    /// Empty when it was handed over.
    Whole(Bytes),
    Streamed(Box<Streamed>),
}

struct Streamed {
    /// How many bytes are still to come, where that is known. The stream itself fails when it is not true.
    left: Option<u64>,
    first: Option<Bytes>,
    /// Never locked: some clients want what they send to be shareable.
    stream: Mutex<BodyStream>,
    failure: Failure,
}

/// What kept a body from being read while it was sent, if anything did. Cheap to clone; clones are of the same body.
#[derive(Clone, Default)]
pub struct Failure(Option<Arc<Mutex<Option<TransportError>>>>);

impl Outgoing {
    /// A body to send, and what tells later why it could not be read.
    ///
    /// The first piece of one that is not in memory is read at once, so that a source which cannot be opened costs no
    /// connection.
    ///
    /// # Errors
    /// When that fails; nothing was sent.
    pub async fn open(body: Body) -> Result<(Self, Failure), TransportError> {
        let mut streamed = match body.into_bytes() {
            Ok(bytes) => return Ok((bytes.into(), Failure::default())),
            Err(body) => Box::new(Streamed {
                left: body.len(),
                first: None,
                stream: Mutex::new(body.open()),
                failure: Failure(Some(Arc::default())),
            }),
        };
        let first = poll_fn(|context| streamed.poll_source(context)).await;
        streamed.first = first.transpose().map_err(|error| error.with_reach(Reach::NotSent))?;
        let failure = streamed.failure.clone();
        Ok((Outgoing(Kind::Streamed(streamed)), failure))
    }
}

/// For bytes that cannot fail to be read.
impl From<Bytes> for Outgoing {
    fn from(bytes: Bytes) -> Self {
        Outgoing(Kind::Whole(bytes))
    }
}

impl Streamed {
    fn poll_source(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        let stream = self.stream.get_mut().unwrap_or_else(PoisonError::into_inner);
        futures_core::Stream::poll_next(Pin::new(stream), context)
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        let piece = match self.first.take() {
            Some(first) => Some(Ok(first)),
            None => ready!(self.poll_source(context)),
        };
        Poll::Ready(match piece {
            Some(Ok(piece)) => {
                self.left = self.left.map(|left| left.saturating_sub(piece.len() as u64));
                Some(Ok(piece))
            }
            Some(Err(error)) => {
                self.failure.set(error.with_reach(Reach::Unknown));
                Some(Err(io::Error::other("the body to send cannot be read")))
            }
            None => None,
        })
    }
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let piece = match &mut self.0 {
            Kind::Whole(bytes) if bytes.is_empty() => None,
            Kind::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Kind::Streamed(streamed) => ready!(streamed.poll_piece(context)),
        };
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.0, Kind::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        let left = match &self.0 {
            Kind::Whole(bytes) => Some(bytes.len() as u64),
            Kind::Streamed(streamed) => streamed.left,
        };
        left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.size_hint().exact() {
            Some(left) => write!(f, "Outgoing({left} bytes)"),
            None => f.write_str("Outgoing(unknown length)"),
        }
    }
}

impl Failure {
    /// What kept the body from being read, if that is what happened, and otherwise this error: what looks like a
    /// connection that broke may be a body that could not be sent.
    ///
    /// It is told once; whether the request can have reached the server is then unknown.
    pub fn or(&self, error: TransportError) -> TransportError {
        self.take().unwrap_or(error)
    }

    fn take(&self) -> Option<TransportError> {
        let failure = self.0.as_ref()?;
        failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, error: TransportError) {
        if let Some(failure) = &self.0 {
            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}

/// Without what the error says, which is for whoever takes it.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Failure")
    }
}
