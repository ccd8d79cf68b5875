//! JSON as it is written: a tree whose numbers and strings keep their spelling.

use std::fmt;

/// A JSON value that keeps how each number and string is written.
///
/// ```
/// use hubchannel_testkit::Json;
///
/// let json: Json = r#"{"id": 1.50, "name": "\u0041da"}"#.parse()?;
/// assert_eq!(json.to_string(), r#"{"id":1.50,"name":"\u0041da"}"#);
/// # Ok::<(), hubchannel_testkit::json::ParseError>(())
/// ```
#[derive(Clone)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written.
    Number(String),
    /// A string as it is written, with its quotes and escapes.
    String(String),
    /// The items.
    Array(Vec<Json>),
    /// Names as they are written, with quotes and escapes, and values; a name may occur twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A string with no more escapes than it needs.
    pub fn string(text: &str) -> Self {
        Json::String(literal(text))
    }

    /// An object of these members, named in plain text.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Self {
        Json::Object(
            members
                .into_iter()
                .map(|(name, value)| (literal(name), value))
                .collect(),
        )
    }

    /// The first member of this name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members
                .iter()
                .find(|(spelt, _)| is_spelling(spelt, name))
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The same object with this member in place of every one of its name.
    #[must_use]
    pub fn with(self, name: &str, value: Json) -> Self {
        match self.without(name) {
            Json::Object(mut members) => {
                members.push((literal(name), value));
                Json::Object(members)
            }
            other => other,
        }
    }

    /// The same object with no member of this name.
    #[must_use]
    pub fn without(self, name: &str) -> Self {
        match self {
            Json::Object(mut members) => {
                members.retain(|(spelt, _)| !is_spelling(spelt, name));
                Json::Object(members)
            }
            other => other,
        }
    }

    /// The text with white space of every kind wherever it may stand.
    pub fn spaced(&self) -> String {
        let mut text = String::from("\n ");
        self.write(&mut text, " \t\r\n").expect("a String takes any text");
        text.push('\t');
        text
    }

    fn write(&self, out: &mut impl fmt::Write, space: &str) -> fmt::Result {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(value) => write!(out, "{value}"),
            Json::Number(text) | Json::String(text) => out.write_str(text),
            Json::Array(items) => {
                write!(out, "[{space}")?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        write!(out, "{space},{space}")?;
                    }
                    item.write(out, space)?;
                }
                write!(out, "{space}]")
            }
            Json::Object(members) => {
                write!(out, "{{{space}")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        write!(out, "{space},{space}")?;
                    }
                    write!(out, "{name}{space}:{space}")?;
                    value.write(out, space)?;
                }
                write!(out, "{space}}}")
            }
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "")
    }
}

/// As JSON, so that a failing property test shows the document.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text as a JSON string with no more escapes than it needs.
pub fn literal(text: &str) -> String {
    spelt(text, |character| must_be_escaped(character).then(|| escape(character)))
}

/// The text as a JSON string in which characters are written as `spell` says, or plainly.
pub(crate) fn spelt(text: &str, spell: impl Fn(char) -> Option<String>) -> String {
    let characters = text
        .chars()
        .map(|character| spell(character).unwrap_or(character.into()));
    format!("\"{}\"", characters.collect::<String>())
}

pub(crate) fn must_be_escaped(character: char) -> bool {
    matches!(character, '"' | '\\' | '\0'..='\u{1f}')
}

/// The character as `\u…`.
pub(crate) fn escape(character: char) -> String {
    let units = character.encode_utf16(&mut [0; 2]).to_vec();
    units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// What a JSON string means, in UTF-16, because an escaped half of a surrogate pair may stand alone.
pub(crate) fn units(literal: &str) -> Vec<u16> {
    let inner = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let mut characters = inner.unwrap_or_default().chars();
    let mut units = Vec::new();
    while let Some(character) = characters.next() {
        let meant = match character {
            '\\' => match characters.next().unwrap_or_default() {
                'u' => {
                    let digits: String = characters.by_ref().take(4).collect();
                    units.extend(u16::from_str_radix(&digits, 16));
                    continue;
                }
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            },
            plain => plain,
        };
        units.extend_from_slice(meant.encode_utf16(&mut [0; 2]));
    }
    units
}

fn is_spelling(literal: &str, text: &str) -> bool {
    units(literal).into_iter().eq(text.encode_utf16())
}

/// Where a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The offset in bytes.
    pub offset: usize,
    /// What should be there.
    pub expected: &'static str,
}

impl ParseError {
    /// Whether it may be JSON, and a value in it stands in more than [`MAX_DEPTH`] arrays and objects.
    pub fn is_too_deep(&self) -> bool {
        self.expected == LESS_NESTING
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ParseError { offset, expected } = self;
        match self.is_too_deep() {
            true => write!(
                f,
                "too deeply nested: what stands at byte {offset} is in more than {MAX_DEPTH} arrays and objects"
            ),
            false => write!(f, "no JSON: expected {expected} at byte {offset}"),
        }
    }
}

impl std::error::Error for ParseError {}

impl std::str::FromStr for Json {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut parser = Parser { text, at: 0 };
        let value = parser.value(0)?;
        match parser.next() {
            None => Ok(value),
            Some(_) => Err(parser.expected("the end")),
        }
    }
}

/// In how many arrays and objects a value may stand.
pub const MAX_DEPTH: usize = 200;

const LESS_NESTING: &str = "less nesting";

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn value(&mut self, depth: usize) -> Result<Json, ParseError> {
        if depth > MAX_DEPTH {
            return Err(self.expected(LESS_NESTING));
        }
        match self.next() {
            Some(b'{') => self
                .sequence(b'}', |parser| {
                    parser.next();
                    let name = parser.string()?;
                    if !parser.takes(b':') {
                        return Err(parser.expected("`:`"));
                    }
                    Ok((name, parser.value(depth + 1)?))
                })
                .map(Json::Object),
            Some(b'[') => self.sequence(b']', |parser| parser.value(depth + 1)).map(Json::Array),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            _ => [
                ("null", Json::Null),
                ("true", Json::Bool(true)),
                ("false", Json::Bool(false)),
            ]
            .into_iter()
            .find(|(word, _)| self.text[self.at..].starts_with(word))
            .map(|(word, value)| {
                self.at += word.len();
                value
            })
            .ok_or_else(|| self.expected("a value")),
        }
    }

    /// What stands between brackets, the first of which is next.
    fn sequence<T>(
        &mut self,
        end: u8,
        mut item: impl FnMut(&mut Self) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        self.at += 1;
        let mut items = Vec::new();
        if self.takes(end) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.takes(end) {
                return Ok(items);
            }
            if !self.takes(b',') {
                return Err(self.expected("`,` or the closing bracket"));
            }
        }
    }

    fn string(&mut self) -> Result<String, ParseError> {
        let start = self.at;
        if !self.takes_here(|byte| byte == b'"') {
            return Err(self.expected("a string"));
        }
        loop {
            match self.here() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(self.text[start..self.at].to_owned());
                }
                Some(b'\\') => {
                    self.at += 1;
                    let digits = match self.here() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 0,
                        Some(b'u') => 4,
                        _ => return Err(self.expected("an escape")),
                    };
                    self.at += 1;
                    for _ in 0..digits {
                        if !self.takes_here(|byte| byte.is_ascii_hexdigit()) {
                            return Err(self.expected("a hexadecimal digit"));
                        }
                    }
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(self.expected("a character of a string")),
            }
        }
    }

    fn number(&mut self) -> Result<String, ParseError> {
        let start = self.at;
        self.takes_here(|byte| byte == b'-');
        if !self.takes_here(|byte| byte == b'0') {
            self.digits()?;
        }
        if self.takes_here(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.takes_here(|byte| byte.eq_ignore_ascii_case(&b'e')) {
            self.takes_here(|byte| matches!(byte, b'+' | b'-'));
            self.digits()?;
        }
        Ok(self.text[start..self.at].to_owned())
    }

    fn digits(&mut self) -> Result<(), ParseError> {
        if !self.takes_here(|byte| byte.is_ascii_digit()) {
            return Err(self.expected("a digit"));
        }
        while self.takes_here(|byte| byte.is_ascii_digit()) {}
        Ok(())
    }

    /// The byte that is next after white space.
    fn next(&mut self) -> Option<u8> {
        while self.takes_here(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {}
        self.here()
    }

    fn takes(&mut self, byte: u8) -> bool {
        self.next();
        self.takes_here(|here| here == byte)
    }

    fn here(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes_here(&mut self, wanted: impl Fn(u8) -> bool) -> bool {
        let takes = self.here().is_some_and(wanted);
        self.at += usize::from(takes);
        takes
    }

    fn expected(&self, expected: &'static str) -> ParseError {
        ParseError {
            offset: self.at,
            expected,
        }
    }
}
