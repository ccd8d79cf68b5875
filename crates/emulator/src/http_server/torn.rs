//! Bodies that break off.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use super::connection::Scissors;

/// A body that says how long it is, and of which only the beginning arrives: the connection is cut behind it.
pub(super) struct TornBody {
    whole: u64,
    beginning: Option<Bytes>,
    scissors: Scissors,
}

impl TornBody {
    pub(super) fn new(mut bytes: Bytes, length: usize, scissors: Scissors) -> Self {
        let whole = bytes.len() as u64;
        bytes.truncate(length);
        TornBody {
            whole,
            beginning: Some(bytes).filter(|bytes| !bytes.is_empty()),
            scissors,
        }
    }
}

impl HttpBody for TornBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.beginning.take() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None => {
                // Nothing wakes it up again: the connection ends as soon as what has been handed over is on its way.
                self.scissors.cut_behind();
                Poll::Pending
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}
