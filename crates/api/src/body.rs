//! What a request or a response carries.

use std::fmt;

use bytes::Bytes;

/// The body of a request or a response.
///
/// ```
/// use hubchannel_api::Body;
///
/// let body = Body::from("{}");
/// assert_eq!(body.as_bytes().map(|bytes| &bytes[..]), Some(&b"{}"[..]));
/// assert_eq!(body.len(), 2);
/// ```
///
/// Cheap to clone, so that a request can be repeated. `Debug` shows the length only.
#[derive(Clone, Default)]
pub struct Body(Bytes);

impl Body {
    /// A body of no bytes.
    pub const fn empty() -> Self {
        Body(Bytes::new())
    }

    /// The bytes, where they are in memory, as those of every body so far are.
    pub const fn as_bytes(&self) -> Option<&Bytes> {
        Some(&self.0)
    }

    /// How many bytes there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len())
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Body(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Body(bytes.into())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Body(text.into())
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Body(Bytes::from_static(text.as_bytes()))
    }
}
