//! What a request or a response carries: bytes in memory, a source that can be opened again and again, or a stream that
//! is read once.

mod source;
mod stream;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;

pub use self::{source::BodySource, stream::BodyStream};
use crate::{Reach, TransportError, TransportErrorKind};

/// The body of a request or a response.
///
/// ```
/// use hubchannel_api::Body;
///
/// let body = Body::from("{}");
/// assert_eq!(body.as_bytes().map(|bytes| &bytes[..]), Some(&b"{}"[..]));
/// assert_eq!(body.len(), Some(2));
/// ```
///
/// Most bodies are in memory. A file to upload is a [`BodySource`], which is opened once for each attempt; a download
/// is a stream, which can be read once and which a transport hands over only where a request asks for it, see
/// [`StreamResponse`]. [`open`](Body::open) reads any of them piece by piece, [`read`](Body::read) whole.
///
/// Cheap to clone, so that a request can be repeated. `Debug` shows the length only.
#[derive(Clone)]
pub struct Body(Kind);

#[derive(Clone)]
enum Kind {
    Whole(Bytes),
    Source(Arc<dyn BodySource>),
    Once {
        length: Option<u64>,
        /// Empty once it was opened, by whichever clone.
        stream: Arc<Mutex<Option<BodyStream>>>,
    },
}

/// In a request's extensions: the body of a successful answer may be handed over while it is still coming in.
///
/// ```
/// use http::Request;
/// use hubchannel_api::{Body, HttpTransport, StreamResponse, TransportError};
///
/// async fn size(transport: &dyn HttpTransport, mut request: Request<Body>) -> Result<u64, TransportError> {
///     request.extensions_mut().insert(StreamResponse);
///     let mut stream = transport.send(request).await?.into_body().open();
///     let mut size = 0;
///     while let Some(piece) = stream.next().await {
///         size += piece?.len() as u64;
///     }
///     Ok(size)
/// }
/// ```
///
/// The limit that a transport has for responses does not hold then: whoever reads the stream keeps one. A layer's time for
/// an answer ends with its head; how long it may fall silent then, a layer may limit. A transport that cannot stream hands the body over whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamResponse;

impl Body {
    /// A body of no bytes.
    pub const fn empty() -> Self {
        Body(Kind::Whole(Bytes::new()))
    }

    /// A body that is read anew from its source whenever it is sent.
    pub fn from_source(source: impl BodySource) -> Self {
        Body(Kind::Source(Arc::new(source)))
    }

    /// A body that is read once, by whichever of its clones is first. `length` is how many bytes there will be, where
    /// that is known: a stream that ends before or goes on after it fails.
    pub fn from_stream(length: Option<u64>, stream: BodyStream) -> Self {
        Body(Kind::Once {
            length,
            stream: Arc::new(Mutex::new(Some(stream))),
        })
    }

    /// The bytes, where they are in memory.
    pub const fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Whole(bytes) => Some(bytes),
            Kind::Source(_) | Kind::Once { .. } => None,
        }
    }

    /// The bytes, where they are in memory; the body itself, where they are not.
    ///
    /// # Errors
    /// With the body, which is a source or a stream.
    pub fn into_bytes(self) -> Result<Bytes, Self> {
        match self.0 {
            Kind::Whole(bytes) => Ok(bytes),
            kind => Err(Body(kind)),
        }
    }

    /// How many bytes there are; `None` for a stream of which that is not known.
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Kind::Whole(bytes) => Some(bytes.len() as u64),
            Kind::Source(source) => Some(source.length()),
            Kind::Once { length, .. } => *length,
        }
    }

    /// Whether there are no bytes, as far as that is known.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Whether it can be opened again and again, so that a request with it can be repeated.
    pub fn is_repeatable(&self) -> bool {
        !matches!(self.0, Kind::Once { .. })
    }

    /// Reads the body piece by piece, from its beginning.
    ///
    /// The stream fails where the body is not as long as [`len`](Body::len) says, and where a body that can be read once
    /// was opened before. It never ends as if it were whole when it is not.
    pub fn open(&self) -> BodyStream {
        match &self.0 {
            Kind::Whole(bytes) => BodyStream::once(bytes.clone()),
            Kind::Source(source) => source.open().measured(source.length(), source_differs),
            Kind::Once { length, stream } => {
                let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                match (stream, *length) {
                    (None, _) => BodyStream::failed(TransportError::new(
                        TransportErrorKind::Source,
                        Reach::NotSent,
                        "the body can be read only once, and was",
                    )),
                    (Some(stream), None) => stream,
                    (Some(stream), Some(length)) => stream.measured(length, stream_differs),
                }
            }
        }
    }

    /// Reads the body whole, up to a limit in bytes.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than the limit.
    pub async fn read(&self, limit: u64) -> Result<Bytes, TransportError> {
        if self.len().is_some_and(|length| length > limit) {
            return Err(stream::too_large(limit));
        }
        match self.as_bytes() {
            Some(bytes) => Ok(bytes.clone()),
            None => self.open().read(limit).await,
        }
    }
}

fn source_differs(expected: u64, longer: bool) -> TransportError {
    let than = if longer { "longer" } else { "shorter" };
    let message = format!("the source of the body is {than} than the {expected} bytes that it said");
    TransportError::new(TransportErrorKind::Source, Reach::NotSent, message)
}

pub(crate) fn stream_differs(expected: u64, longer: bool) -> TransportError {
    let what = if longer { "goes on after" } else { "broke off before" };
    let message = format!("the body {what} the {expected} bytes that were announced");
    TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, message)
}

impl Default for Body {
    fn default() -> Self {
        Body::empty()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len() {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(unknown length)"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Body(Kind::Whole(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}
