//! From bytes to a value, with an error that names the place.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment, Track};

use super::{
    Forgiving, Line, parse,
    reason::{without_place, without_values},
};

/// Decodes one JSON value.
///
/// ```
/// use hubchannel_model::{Message, decode};
///
/// let message: Message = decode(br#"{"text": "hello"}"#)?;
/// assert_eq!(message.text.as_deref(), Some("hello"));
///
/// let error = decode::<Message>(br#"{"senders": [{"name": 5}]}"#).unwrap_err();
/// assert_eq!(error.path(), "senders[0].name");
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
///
/// The same as `serde_json::from_slice`, but faster, because the bytes are checked as UTF-8 once and in one piece, and
/// with the path of the member at fault, which is found by parsing a second time only after a failure.
///
/// # Errors
/// When the bytes are not UTF-8, not one JSON value, or not a `T`.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, DecodeError> {
    let text = std::str::from_utf8(json).map_err(|error| {
        DecodeError::new("", &format_args!("not UTF-8: invalid byte at offset {}", error.valid_up_to()))
    })?;
    decode_text(text)
}

/// Decodes text that is known to be text.
pub(crate) fn decode_text<T: DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
    parse::from_str(text).map_err(|error| explain::<T>(text, &error))
}

/// Decodes a record; where that fails once more, forgivingly: a member that cannot be read costs nothing but itself, unless
/// it is vital.
pub(crate) fn decode_forgivingly<R: Forgiving + DeserializeOwned>(text: &str) -> Result<R, DecodeError> {
    parse::from_str(text).or_else(|_| forgive(text))
}

#[cold]
fn forgive<R: Forgiving>(text: &str) -> Result<R, DecodeError> {
    let mut parser = parse::parser(text);
    let mut track = Track::new();
    let read = R::read_forgivingly(serde_path_to_error::Deserializer::new(&mut parser, &mut track));
    match read.and_then(|record| parser.end().map(|()| record)) {
        Ok(record) => Ok(record),
        Err(error) => Err(DecodeError::of_parser(&shown(&track.path()), &error)),
    }
}

#[cold]
fn explain<T: DeserializeOwned>(text: &str, error: &serde_json::Error) -> DecodeError {
    match serde_path_to_error::deserialize::<_, T>(&mut parse::parser(text)) {
        Err(found) if found.inner().is_data() => DecodeError::of_parser(&shown(found.path()), found.inner()),
        Err(found) => {
            let path = syntax::path(text, found.inner()).unwrap_or_else(|| shown(found.path()));
            DecodeError::of_parser(&path, found.inner())
        }
        // There is more behind the value.
        Ok(_) => DecodeError::of_parser("", error),
    }
}

/// A path as it is written. What fails where a name should be is in the object around it.
fn shown(path: &Path) -> String {
    let text = path.to_string();
    match path.iter().next_back() {
        None => String::new(),
        Some(Segment::Unknown) => text.trim_end_matches('?').trim_end_matches('.').to_owned(),
        Some(_) => text,
    }
}

/// Where text ceases to be JSON, also within what a type takes as it comes without looking inside.
mod syntax {
    use std::fmt;

    use serde::{
        Deserialize, Deserializer,
        de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
    };

    use super::parse;

    /// The path of the value in which this error is; `None` where it cannot be found.
    pub(super) fn path(text: &str, error: &serde_json::Error) -> Option<String> {
        let found = serde_path_to_error::deserialize::<_, Anything>(&mut parse::parser(text)).err()?;
        let is_same = (found.inner().line(), found.inner().column()) == (error.line(), error.column());
        is_same.then(|| super::shown(found.path()))
    }

    /// Any value, looked through.
    struct Anything;

    impl<'de> Deserialize<'de> for Anything {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(Anything)
        }
    }

    impl<'de> Visitor<'de> for Anything {
        type Value = Self;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON value")
        }

        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_str<E: de::Error>(self, _: &str) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
            while seq.next_element::<Anything>()?.is_some() {}
            Ok(self)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
            while map.next_key::<IgnoredAny>()?.is_some() {
                map.next_value::<Anything>()?;
            }
            Ok(self)
        }
    }
}

/// Why bytes are not the value that was asked for.
///
/// Shows the member's path and the reason with line and column.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    path: String,
    reason: String,
    place: Option<Place>,
}

/// Where in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The line, counted from 1.
    pub line: usize,
    /// The last byte that the parser had read of the line, counted from 1; 0 where it had read none of it, as at the end
    /// of a text that ends with a line break.
    pub column: usize,
}

impl DecodeError {
    /// For a reason in words of this crate's own.
    pub(crate) fn new(path: &str, reason: &dyn fmt::Display) -> Self {
        DecodeError(Box::new(Inner {
            path: path.to_owned(),
            reason: reason.to_string(),
            place: None,
        }))
    }

    /// For a reason in words of serde's, or of a type that may quote what it was given.
    pub(crate) fn of_parser(path: &str, error: &serde_json::Error) -> Self {
        let (reason, place) = without_place(&error.to_string());
        // What is wrong with the text itself is said in fixed words.
        let reason = if error.is_data() {
            without_values(&reason)
        } else {
            reason
        };
        DecodeError(Box::new(Inner {
            path: path.to_owned(),
            reason,
            place,
        }))
    }

    /// The same of a list that stands at this path of a larger value: what is wrong with it is the list or one of its items.
    pub(crate) fn in_list(mut self, path: &str) -> Self {
        self.0.path.insert_str(0, path);
        self
    }

    /// Which member: `senders[0].name`; empty for the document as a whole. Where the text is no JSON, the member that was
    /// being read when it ceased to be.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What is wrong there. It tells what kind of value stands there, and nothing of the value itself: that may be a
    /// secret or somebody's own words. So the words of a type outside this crate are not in it either.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Where in the text the parser noticed it, which is behind the fault.
    ///
    /// The text is the one that was read. What is kept whole where it cannot be read (an attachment, an event, an entry
    /// of a thread) is a text of its own, and so is a member that is kept in an [`Extra`](crate::Extra): there the place
    /// counts from its beginning, which is that of [`Unrecognized::json`](crate::Unrecognized::json) or of
    /// [`Extra::get`](crate::Extra::get).
    pub fn place(&self) -> Option<Place> {
        self.0.place
    }
}

/// On one line, with no more than the first 200 characters of the path and of the reason.
impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path().is_empty() {
            write!(f, "{}: ", Line(self.path()))?;
        }
        write!(f, "{}", Line(self.reason()))?;
        match self.place() {
            Some(Place { line, column }) => write!(f, " at line {line} column {column}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

impl std::error::Error for DecodeError {}
