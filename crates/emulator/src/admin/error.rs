//! Why something cannot be done.

use std::{error, fmt};

/// Why the emulator does not do what it was told. Nothing has changed then.
///
/// `Display` says what is wrong, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdminError {
    /// What kind of error it is.
    pub kind: AdminErrorKind,
    /// What is wrong, and how to mend it.
    pub message: String,
    /// The member of the input that is at fault, such as `files[0].base64`, where it is one.
    pub field: Option<String>,
}

/// What kind of error an [`AdminError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AdminErrorKind {
    /// There is no such thing.
    NotFound,
    /// The input is not what it must be.
    Invalid,
    /// The emulator's rules, which are HubSpot's, say no.
    Refused,
    /// What was waited for did not come in time.
    TimedOut,
}

impl AdminErrorKind {
    /// The name, as the admin API has it.
    pub fn as_str(self) -> &'static str {
        match self {
            AdminErrorKind::NotFound => "notFound",
            AdminErrorKind::Invalid => "invalid",
            AdminErrorKind::Refused => "refused",
            AdminErrorKind::TimedOut => "timedOut",
        }
    }
}

impl AdminError {
    fn new(kind: AdminErrorKind, message: impl Into<String>) -> Self {
        AdminError {
            kind,
            message: message.into(),
            field: None,
        }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        AdminError::new(AdminErrorKind::NotFound, message)
    }

    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        AdminError {
            field: Some(field.into()),
            ..AdminError::new(AdminErrorKind::Invalid, message)
        }
    }

    /// The same of a member of a member.
    pub(crate) fn within(self, outer: &str) -> Self {
        AdminError {
            field: Some(match self.field {
                Some(field) => format!("{outer}.{field}"),
                None => outer.to_owned(),
            }),
            ..self
        }
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        AdminError::new(AdminErrorKind::Refused, message)
    }

    pub(crate) fn timed_out(message: impl Into<String>) -> Self {
        AdminError::new(AdminErrorKind::TimedOut, message)
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl error::Error for AdminError {}
