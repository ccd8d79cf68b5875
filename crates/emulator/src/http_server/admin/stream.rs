//! Changes as server-sent events.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;
use serde::Serialize;

use crate::{ChangeFeed, Heard, http_server::connection::Stop};

type Next = Pin<Box<dyn Future<Output = (Heard, ChangeFeed)> + Send>>;

/// A body that ends when the server stops. The next change is asked for when the one before has been handed over, so that
/// nothing piles up behind a slow reader.
struct Stream {
    opened: bool,
    next: Next,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

pub(super) fn body(feed: ChangeFeed, stop: Stop) -> Body {
    Body::new(Stream {
        opened: false,
        next: next(feed),
        stop: Box::pin(stop.wait()),
    })
}

fn next(mut feed: ChangeFeed) -> Next {
    Box::pin(async move {
        let heard = feed.next().await;
        (heard, feed)
    })
}

impl HttpBody for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !std::mem::replace(&mut self.opened, true) {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b":\n\n")))));
        }
        if self.stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        match self.next.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready((heard, feed)) => {
                self.next = next(feed);
                Poll::Ready(Some(Ok(Frame::data(event(&heard).into()))))
            }
        }
    }
}

fn event(heard: &Heard) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Data<'h> {
        sequence: u64,
        kind: &'h str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'h str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation_id: Option<&'h str>,
    }
    let data = match heard {
        Heard::Change(change) => Data {
            sequence: change.sequence,
            kind: change.kind.as_str(),
            id: change.id.as_deref(),
            conversation_id: change.conversation_id.as_ref().map(|id| id.as_str()),
        },
        Heard::Missed { sequence } => Data {
            sequence: *sequence,
            kind: "reload",
            id: None,
            conversation_id: None,
        },
    };
    // JSON on one line, which is what an event's data must be.
    let json = serde_json::to_string(&data).unwrap_or_default();
    format!("id: {}\nevent: {}\ndata: {json}\n\n", data.sequence, data.kind)
}
