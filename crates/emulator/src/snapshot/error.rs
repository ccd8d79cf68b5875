//! Why something is no snapshot.

use std::{error, fmt};

/// Why a [`Snapshot`](super::Snapshot) cannot be read. Nothing has changed then.
///
/// `Display` says what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotError {
    /// The member that is at fault, such as `state.messages.all[3].message`; `None` where it is the whole.
    pub path: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl SnapshotError {
    pub(crate) fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        SnapshotError {
            path: Some(path.into()),
            message: message.into(),
        }
    }

    pub(crate) fn whole(message: impl Into<String>) -> Self {
        SnapshotError {
            path: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl error::Error for SnapshotError {}
