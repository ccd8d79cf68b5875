//! Forms with a file in them, written around the file without reading it.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;

use crate::{Body, BodySource, BodyStream, TransportError};

/// A form before the file is added.
pub(crate) struct Form<'a> {
    pub(crate) boundary: &'a str,
    pub(crate) fields: &'a [(&'static str, String)],
    pub(crate) file_name: &'a str,
    pub(crate) media_type: &'a str,
}

/// Whether this can separate the fields of a form without being quoted.
pub(crate) fn is_boundary(text: &str) -> bool {
    (1..=70).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl Form<'_> {
    /// The form with a file of this content as its last field, called `file`.
    pub(crate) fn with_content(&self, content: Body) -> Body {
        let boundary = self.boundary;
        let mut head = String::new();
        for (name, value) in self.fields {
            head.push_str(&format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        head.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(self.file_name),
            self.media_type,
        ));
        let tail = format!("\r\n--{boundary}--\r\n");
        Body::from_source(Around {
            head: head.into(),
            content,
            tail: tail.into(),
        })
    }
}

/// A name as browsers write it between quotation marks. Whoever names the file must not end the line or the name.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A body with something before and after it.
struct Around {
    head: Bytes,
    content: Body,
    tail: Bytes,
}

impl BodySource for Around {
    fn length(&self) -> u64 {
        let around = self.head.len() as u64 + self.tail.len() as u64;
        self.content.len().unwrap_or_default().saturating_add(around)
    }

    fn open(&self) -> BodyStream {
        BodyStream::new(InTurn {
            streams: [
                Some(BodyStream::once(self.head.clone())),
                Some(self.content.open()),
                Some(BodyStream::once(self.tail.clone())),
            ],
        })
    }
}

/// One stream after the other.
struct InTurn {
    streams: [Option<BodyStream>; 3],
}

impl Stream for InTurn {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        for slot in &mut self.streams {
            let Some(stream) = slot else { continue };
            match ready!(Pin::new(stream).poll_next(context)) {
                None => *slot = None,
                piece => return Poll::Ready(piece),
            }
        }
        Poll::Ready(None)
    }
}
