//! What serde says of a value that it refuses, without the value.
//!
//! serde quotes: `invalid type: string "…"`, `unknown variant `…``. A type of the user's may say anything. So nothing goes
//! through here that is not of a known form, and of the known forms only what no value can be in.

use super::Place;

/// Takes the places off the end of a message, where serde_json writes them: as often as one error was made of another.
/// The last one counts.
pub(super) fn without_place(message: &str) -> (String, Option<Place>) {
    let mut found = None;
    let mut message = message;
    while let Some((rest, place)) = split_place(message) {
        found = found.or(Some(place));
        message = rest;
    }
    (message.to_owned(), found)
}

fn split_place(message: &str) -> Option<(&str, Place)> {
    let (rest, place) = message.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    let place = Place {
        line: line.parse().ok()?,
        column: column.parse().ok()?,
    };
    Some((rest, place))
}

/// The message without any value that it quotes.
pub(super) fn without_values(message: &str) -> String {
    wrong_type(message)
        .or_else(|| unknown_word(message))
        .or_else(|| about_members(message))
        .or_else(|| SYNTAX.contains(&message).then(|| message.to_owned()))
        .unwrap_or_else(|| "refused by the type that reads it".to_owned())
}

/// `invalid type: …, expected …` and the same of a value.
fn wrong_type(message: &str) -> Option<String> {
    ["invalid type: ", "invalid value: "].into_iter().find_map(|start| {
        let rest = message.strip_prefix(start)?;
        // What is expected is said by the type, and never by the value; it comes last.
        let (given, expected) = match rest.rsplit_once(", expected ") {
            Some((given, expected)) => (given, format!(", expected {expected}")),
            None => (rest, String::new()),
        };
        Some(format!("{start}{}{expected}", kind(given)))
    })
}

/// What kind of value serde has described.
fn kind(given: &str) -> &'static str {
    const FIXED: [(&str, &str); 15] = [
        ("boolean `", "a boolean"),
        ("integer `", "a number"),
        ("floating point `", "a number"),
        ("character `", "a character"),
        ("string \"", "a string"),
        ("byte array", "bytes"),
        ("unit value", "null"),
        ("null", "null"),
        ("Option value", "an optional value"),
        ("newtype struct", "a value in another"),
        ("sequence", "an array"),
        ("map", "an object"),
        ("number", "a number"),
        ("enum", "an enum"),
        ("unit variant", "an enum"),
    ];
    const OWN: [&str; 8] = [
        "a boolean",
        "a number",
        "a string",
        "null",
        "an array",
        "an object",
        HALF_A_CHARACTER,
        "a character",
    ];
    let own = OWN.into_iter().find(|own| *own == given);
    let fixed = FIXED.into_iter().find(|(start, _)| {
        if start.ends_with(['`', '"']) {
            given.starts_with(start)
        } else {
            given == *start
        }
    });
    own.or(fixed.map(|(_, kind)| kind)).unwrap_or("another value")
}

/// What an id is that no text can be.
pub(crate) const HALF_A_CHARACTER: &str = "a string with half a character (a lone surrogate)";

/// `unknown variant `…`, expected …`: the variant is a value, what is expected are the type's names.
fn unknown_word(message: &str) -> Option<String> {
    let word = message.strip_prefix("unknown variant `")?;
    let ends = ["`, expected ", "`, there are no variants"];
    let end = ends.into_iter().filter_map(|end| word.rfind(end)).max()?;
    Some(format!("unknown variant{}", word.get(end + 1..)?))
}

/// What is said of members by their names, and of lengths.
fn about_members(message: &str) -> Option<String> {
    let starts = [
        "missing field `",
        "duplicate field `",
        "unknown field `",
        "invalid length ",
    ];
    starts
        .iter()
        .any(|start| message.starts_with(start))
        .then(|| message.to_owned())
}

/// What serde_json says of text that is no JSON, here of text within a text.
const SYNTAX: [&str; 22] = [
    "EOF while parsing a list",
    "EOF while parsing an object",
    "EOF while parsing a string",
    "EOF while parsing a value",
    "expected `:`",
    "expected `,` or `]`",
    "expected `,` or `}`",
    "expected ident",
    "expected value",
    "expected `\"`",
    "invalid escape",
    "invalid number",
    "number out of range",
    "invalid unicode code point",
    "control character (\\u0000-\\u001F) found while parsing a string",
    "key must be a string",
    "float key must be finite (got NaN or +/-inf)",
    "lone leading surrogate in hex escape",
    "recursion limit exceeded",
    "trailing comma",
    "trailing characters",
    "unexpected end of hex escape",
];
