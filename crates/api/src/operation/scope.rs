//! The OAuth scopes of custom channels.

pub(super) const READ: &str = "conversations.custom_channels.read";
pub(super) const WRITE: &str = "conversations.custom_channels.write";

/// Either will do.
pub(super) const READ_OR_WRITE: &[&str] = &[READ, WRITE];
