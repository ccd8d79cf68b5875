//! The OAuth scopes.

pub(super) const READ: &str = "conversations.custom_channels.read";
pub(super) const WRITE: &str = "conversations.custom_channels.write";

/// Either will do.
pub(super) const READ_OR_WRITE: &[&str] = &[READ, WRITE];

pub(super) const CONVERSATIONS_READ: &str = "conversations.read";
pub(super) const CONVERSATIONS_WRITE: &str = "conversations.write";

/// Each will do to upload.
pub(super) const FILES_WRITE: &[&str] = &["files", "files.ui_hidden.write", "files.write"];

/// Each will do to read.
pub(super) const FILES_READ: &[&str] = &["files", "files.read", "files.ui_hidden.read"];
