//! Queries: what may be in them, and how they are written.

use hubchannel_model::schema::{Enum, Naming};
use percent_encoding::utf8_percent_encode;

use super::RESERVED;

/// A parameter that an operation's query may have. None is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryParameter {
    /// The name.
    pub name: &'static str,
    /// What the value is.
    pub r#type: QueryType,
    /// What names the values, where that is an enum.
    pub(crate) named_by: Option<&'static Enum>,
}

/// What the value of a query's parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QueryType {
    /// Any text.
    Text,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// `true` or `false`.
    Boolean,
    /// Several texts, each with the name before it.
    TextList,
    /// Several of these values, each with the name before it. Others may be tried.
    WordList(&'static [&'static str]),
}

/// A parameter of this name and type.
pub(super) const fn parameter(name: &'static str, r#type: QueryType) -> QueryParameter {
    QueryParameter {
        name,
        r#type,
        named_by: None,
    }
}

/// A parameter of this name, which is a list of what an enum names.
pub(super) const fn words_of<T: Naming>(name: &'static str) -> QueryParameter {
    QueryParameter {
        name,
        r#type: QueryType::WordList(T::ENUM.named),
        named_by: Some(T::ENUM),
    }
}

/// Writes a query behind a path; nothing where there are no pairs.
pub(crate) fn write<N: AsRef<str>>(address: &mut String, pairs: &[(N, String)]) {
    let mut before = '?';
    for (name, value) in pairs {
        address.push(before);
        address.extend(utf8_percent_encode(name.as_ref(), RESERVED));
        address.push('=');
        address.extend(utf8_percent_encode(value, RESERVED));
        before = '&';
    }
}
