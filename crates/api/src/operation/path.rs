//! Paths with parameters, checked and written.

use percent_encoding::utf8_percent_encode;

use super::RESERVED;

/// One piece of a path between slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Segment {
    /// Fixed text.
    Literal(&'static str),
    /// A parameter of this name that is a whole number, not negative, of 32 bits with its sign.
    Int32(&'static str),
    /// A parameter of this name that is a whole number, not negative, of 64 bits with its sign.
    Int64(&'static str),
    /// A parameter of this name that is any text but an empty one.
    Text(&'static str),
    /// The same, and a secret: [`redact::Path`](crate::redact::Path) shows the path without it.
    Secret(&'static str),
}

impl Segment {
    /// The parameter's name; `None` for fixed text.
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            Segment::Literal(_) => None,
            Segment::Int32(name) | Segment::Int64(name) | Segment::Text(name) | Segment::Secret(name) => Some(name),
        }
    }

    /// Whether this is a number that the parameter can be; `true` where it is no number at all.
    pub(crate) fn fits(self, value: &str) -> bool {
        match self {
            Segment::Int32(_) => is_digits(value) && value.parse::<i32>().is_ok(),
            Segment::Int64(_) => is_digits(value) && value.parse::<i64>().is_ok(),
            Segment::Literal(_) | Segment::Text(_) | Segment::Secret(_) => true,
        }
    }

    /// The rule that a value of the parameter breaks.
    fn broken_by(self, value: &str) -> Option<&'static str> {
        match (self, value) {
            (Segment::Literal(_), _) => None,
            (Segment::Int32(_) | Segment::Int64(_), _) if !is_digits(value) => Some("must be digits, such as 2930388"),
            (Segment::Int32(_), _) => (!self.fits(value)).then_some("must be at most 2147483647"),
            (Segment::Int64(_), _) => (!self.fits(value)).then_some("must be at most 9223372036854775807"),
            (Segment::Text(_) | Segment::Secret(_), "") => Some("must not be empty"),
            // Readers of addresses drop these even when they are escaped, and so would reach another path.
            (Segment::Text(_) | Segment::Secret(_), "." | "..") => Some("must not be a path's `.` or `..`"),
            (Segment::Text(_) | Segment::Secret(_), _) => None,
        }
    }
}

fn is_digits(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Checks the values of a path's parameters; fails with the parameter at fault and the rule that it breaks.
pub(super) fn check<'a>(
    path: &[Segment],
    mut values: impl Iterator<Item = &'a str>,
) -> Result<(), (&'static str, &'static str)> {
    let names = path.iter().filter_map(|segment| Some((*segment, segment.parameter()?)));
    for (segment, name) in names {
        if let Some(rule) = segment.broken_by(values.next().unwrap_or_default()) {
            return Err((name, rule));
        }
    }
    Ok(())
}

/// Writes a path whose values have been checked behind the address.
pub(super) fn write<'a>(address: &mut String, base: &str, path: &[Segment], mut values: impl Iterator<Item = &'a str>) {
    address.push_str(base);
    for segment in path {
        address.push('/');
        match *segment {
            Segment::Literal(literal) => address.push_str(literal),
            _ => address.extend(utf8_percent_encode(values.next().unwrap_or_default(), RESERVED)),
        }
    }
}
