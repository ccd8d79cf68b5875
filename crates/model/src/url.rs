//! Addresses that may have a secret in them.

use std::{fmt, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::into_field;

/// An address, as text, whose `Debug` stops where a secret may begin.
///
/// ```
/// use hubchannel_model::Url;
///
/// let url = Url::from("https://bridge.example.com/hubspot?token=hush");
/// assert_eq!(format!("{url:?}"), r#""https://bridge.example.com/hubspot?…""#);
/// assert_eq!(url.as_str(), "https://bridge.example.com/hubspot?token=hush");
/// ```
///
/// Bridges put tokens into the query of a webhook's address (observed), and addresses of files may be signed there. So
/// `Debug` shows neither query nor fragment, nor a user and password before the host. Nothing is parsed or checked: it is
/// read and written as it is. Use it as a `str`.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url(String);

impl Url {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole address.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.find(['?', '#']).unwrap_or(self.0.len());
        let (shown, hidden) = self.0.split_at(end);
        let (scheme, rest) = shown
            .split_once("//")
            .map_or(("", shown), |(scheme, rest)| (scheme, rest));
        let host = rest.find('/').unwrap_or(rest.len());
        let mut text = match rest[..host].rfind('@') {
            Some(at) => format!("{scheme}//…{}", &rest[at..]),
            None => shown.to_owned(),
        };
        if let Some(mark) = hidden.chars().next() {
            text.push(mark);
            text.push('…');
        }
        text.fmt(f)
    }
}

impl Deref for Url {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Url {
    fn from(text: &str) -> Self {
        Url(text.to_owned())
    }
}

impl From<String> for Url {
    fn from(text: String) -> Self {
        Url(text)
    }
}

into_field!(Url: &str, String);

impl AsRef<str> for Url {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Url {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Url {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl<'de> Deserialize<'de> for Url {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Url)
    }
}

impl Serialize for Url {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
