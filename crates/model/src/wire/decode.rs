//! From bytes to a value, with an error that names the place.

use std::fmt;

use serde::de::DeserializeOwned;

/// Decodes one JSON value.
///
/// ```
/// use hubchannel_model::{Message, decode};
///
/// let message: Message = decode(br#"{"text": "hello"}"#)?;
/// assert_eq!(message.text.as_deref(), Some("hello"));
///
/// let error = decode::<Message>(br#"{"senders": [{"name": 5}]}"#).unwrap_err();
/// assert_eq!(error.path(), "senders[0].name");
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
///
/// The same as `serde_json::from_slice`, but faster, because the bytes are checked as UTF-8 once and in one piece, and
/// with the path of the member at fault, which is found by parsing a second time only after a failure.
///
/// # Errors
/// When the bytes are not UTF-8, not one JSON value, or not a `T`.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, DecodeError> {
    let text = std::str::from_utf8(json).map_err(|error| {
        DecodeError::new("", &format_args!("not UTF-8: invalid byte at offset {}", error.valid_up_to()))
    })?;
    serde_json::from_str(text).map_err(|error| explain::<T>(text, &error))
}

#[cold]
fn explain<T: DeserializeOwned>(text: &str, error: &serde_json::Error) -> DecodeError {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(found) if error.is_data() => {
            let path = found.path().to_string();
            DecodeError::new(if path == "." { "" } else { &path }, found.inner())
        }
        _ => DecodeError::new("", error),
    }
}

/// Why bytes are not the value that was asked for.
///
/// Shows the member's path and the reason with line and column.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    path: String,
    reason: String,
}

impl DecodeError {
    pub(crate) fn new(path: &str, reason: &dyn fmt::Display) -> Self {
        DecodeError(Box::new(Inner {
            path: path.to_owned(),
            reason: reason.to_string(),
        }))
    }

    /// Where in the document: `senders[0].name`; empty for the document as a whole.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What is wrong there, without line and column, which mean nothing to somebody who has another text before him.
    pub(crate) fn reason_alone(&self) -> &str {
        let reason = self.reason();
        reason.rsplit_once(" at line ").map_or(reason, |(reason, _)| reason)
    }

    /// What is wrong there, with line and column where they are known.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path() {
            "" => f.write_str(self.reason()),
            path => write!(f, "{path}: {}", self.reason()),
        }
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

impl std::error::Error for DecodeError {}
