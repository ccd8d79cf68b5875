//! Foreign text made fit for one line of a log.

use std::fmt::{self, Write as _};

use hubchannel_model::Secret;
use percent_encoding::utf8_percent_encode;

use crate::operation::RESERVED;

/// The longest text that is shown of anything foreign, in characters.
const LONGEST: usize = 300;

/// Shows foreign text without control characters, without the secrets that the call was made with, and cut to a sensible
/// length.
pub(super) fn line<'a, T: fmt::Display + ?Sized>(text: &'a T, hidden: &'a [Secret]) -> impl fmt::Display + 'a {
    Line { text, hidden }
}

struct Line<'a, T: ?Sized> {
    text: &'a T,
    hidden: &'a [Secret],
}

impl<T: fmt::Display + ?Sized> fmt::Display for Line<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer {
            out: f,
            left: LONGEST,
            space: false,
        };
        // The writer fails on purpose once it is full.
        let whole = match self.hidden {
            [] => write!(writer, "{}", self.text),
            // Before anything is cut, so that no part of it stays.
            secrets => writer.write_str(&secrets.iter().fold(self.text.to_string(), without)),
        };
        match whole {
            Err(fmt::Error) if writer.left == 0 => f.write_char('…'),
            other => other,
        }
    }
}

/// Takes a secret out of a text, also as it is spelled in an address.
fn without(text: String, secret: &Secret) -> String {
    let plain = secret.expose();
    if plain.is_empty() {
        return text;
    }
    let escaped = utf8_percent_encode(plain, RESERVED).to_string();
    text.replace(plain, "…").replace(&escaped, "…")
}

struct Writer<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    left: usize,
    space: bool,
}

impl fmt::Write for Writer<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if character.is_whitespace() {
                self.space = true;
                continue;
            }
            if std::mem::take(&mut self.space) {
                self.put(' ')?;
            }
            if character.is_control() || is_format(character) {
                character.escape_unicode().try_for_each(|escaped| self.put(escaped))?;
            } else {
                self.put(character)?;
            }
        }
        Ok(())
    }
}

impl Writer<'_, '_> {
    fn put(&mut self, character: char) -> fmt::Result {
        self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
        self.out.write_char(character)
    }
}

/// Characters that change how the text around them is shown: marks of direction, and what has no width.
fn is_format(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}
