//! Attachments kept whole.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{DecodeError, wire::kept};

/// An attachment that this version cannot read, as JSON text. `Debug` does not show the text, which may hold secrets.
#[derive(Clone)]
pub struct UnrecognizedAttachment {
    kind: Option<Box<str>>,
    json: Box<str>,
    refused: Option<DecodeError>,
}

impl UnrecognizedAttachment {
    pub(super) fn new(kind: Option<&str>, json: &str, refused: Option<DecodeError>) -> Self {
        UnrecognizedAttachment {
            kind: kind.map(Into::into),
            json: json.into(),
            refused,
        }
    }

    /// The `type`, if there is one and it is a string.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// The whole attachment as it came.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Why an attachment of a kind that this version knows could not be read; `None` for an unknown kind.
    pub fn decode_error(&self) -> Option<&DecodeError> {
        self.refused.as_ref()
    }
}

impl fmt::Debug for UnrecognizedAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnrecognizedAttachment")
            .field("kind", &self.kind)
            .field("json", &format_args!("{} bytes", self.json.len()))
            .field("decode_error", &self.refused)
            .finish()
    }
}

/// By the text.
impl PartialEq for UnrecognizedAttachment {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl Eq for UnrecognizedAttachment {}

impl Serialize for UnrecognizedAttachment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        kept::write(&self.json, serializer)
    }
}
