//! Tokens, keys and secrets.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::wire::into_field;

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
/// `Debug` is redacted and there is no `Display`: the text leaves through [`expose`](Secret::expose), and when the
/// secret is a member of a body and that body is written, which is what such a body is for. So a value with a secret in
/// it may be shown by `Debug`, and must not be logged as JSON.
///
/// Two are compared in a time that depends on their lengths alone.
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

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.0.as_bytes(), other.0.as_bytes());
        let differing = one.iter().zip(other).fold(0, |bits, (a, b)| bits | (a ^ b));
        one.len() == other.len() && std::hint::black_box(differing) == 0
    }
}

impl Eq for Secret {}

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

into_field!(Secret: &str, String);

/// Refuses anything that is no string, without showing it.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret (a string)")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
                Ok(text.into())
            }

            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Secret, E> {
                Err(E::invalid_type(de::Unexpected::Other("a boolean"), &self))
            }

            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
                Err(E::invalid_type(de::Unexpected::Other("a number"), &self))
            }

            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Secret, E> {
                self.visit_i64(0)
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
                self.visit_i64(0)
            }
        }

        // Not `deserialize_str`, with which serde_json itself would put a number into its error.
        deserializer.deserialize_any(Text)
    }
}

/// Writes the secret in the clear.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}
