//! Tokens, keys and secrets.

use std::fmt;

/// A token, key or secret that does not print.
///
/// ```
/// use hubchannel_model::Secret;
///
/// let token = Secret::new("pat-na1-0123");
/// assert_eq!(format!("{token:?}"), "Secret(…)");
/// assert_eq!(token.expose(), "pat-na1-0123");
/// ```
///
/// `Debug` is redacted and there is no `Display`, no `Serialize` and no comparison: the text leaves only through
/// [`expose`](Secret::expose).
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Wraps the text as it is.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Secret(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text, which is never a usable secret.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Secret::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret::new(text)
    }
}
