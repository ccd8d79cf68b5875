//! Paths with parameters, written and matched.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::ApiVersion;

/// One piece of a path between slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Segment {
    /// Fixed text.
    Literal(&'static str),
    /// A parameter of this name that is a whole number.
    Digits(&'static str),
    /// A parameter of this name that is any text but an empty one.
    Text(&'static str),
}

/// Everything but the characters that RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Writes address and path; fails with the parameter at fault and the rule that it breaks.
pub(super) fn write(
    base_url: &str,
    version: ApiVersion,
    path: &'static [Segment],
    values: &[&str],
) -> Result<String, (&'static str, &'static str)> {
    let mut values = values.iter().copied();
    let mut text = String::with_capacity(160);
    text.push_str(base_url);
    text.push_str(version.base());
    for segment in path {
        text.push('/');
        match *segment {
            Segment::Literal(literal) => text.push_str(literal),
            Segment::Digits(name) => {
                let value = values.next().unwrap_or_default();
                if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err((name, "must be digits, such as 2930388"));
                }
                text.push_str(value);
            }
            Segment::Text(name) => match values.next().unwrap_or_default() {
                "" => return Err((name, "must not be empty")),
                // Readers of addresses drop these even when they are escaped, and so would reach another path.
                "." | ".." => return Err((name, "must not be a path's `.` or `..`")),
                value => text.extend(utf8_percent_encode(value, RESERVED)),
            },
        }
    }
    Ok(text)
}
