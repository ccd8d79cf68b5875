//! Where a body comes from that is not in memory.

use super::BodyStream;

/// Where the body of a request comes from: it can be opened again for each attempt, and says before how long it is.
///
/// ```
/// use bytes::Bytes;
/// use hubchannel_api::{Body, BodySource, BodyStream};
///
/// /// Zeros, as many as are wanted, without holding them in memory.
/// struct Zeros(u64);
///
/// impl BodySource for Zeros {
///     fn length(&self) -> u64 {
///         self.0
///     }
///
///     fn open(&self) -> BodyStream {
///         BodyStream::unfold(self.0, |left| async move {
///             let piece = left.min(0x1_0000);
///             Ok((left > 0).then(|| (Bytes::from(vec![0; piece as usize]), left - piece)))
///         })
///     }
/// }
///
/// let body = Body::from_source(Zeros(1 << 40));
/// assert_eq!(body.len(), Some(1 << 40));
/// assert_eq!(body.as_bytes(), None);
/// ```
///
/// A file on disk is the `FileSource` of `hubchannel-middleware`. What a source gives each time should be the same; where
/// its length is another than it said, the request fails.
pub trait BodySource: Send + Sync + 'static {
    /// How many bytes there are.
    fn length(&self) -> u64;

    /// Reads them from the beginning. Nothing happens before the stream is polled; that it cannot be opened is its first
    /// item, of the kind [`TransportErrorKind::Source`](crate::TransportErrorKind::Source).
    fn open(&self) -> BodyStream;
}
