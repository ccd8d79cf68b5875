//! What people do to a body before they verify it, backwards.

const RAW: &str = "verify the bytes as they came in, before anything reads them";

/// What the body may have been, and what was done to it then.
pub(super) fn guesses(body: &[u8]) -> Vec<(Vec<u8>, String)> {
    let mut guesses = Vec::new();
    let mut guess = |bytes: Vec<u8>, what: &str| guesses.push((bytes, format!("{what}; {RAW}")));

    guess(Vec::new(), "signed without a body: was it an empty one?");
    let trimmed = body.trim_ascii();
    guess(trimmed.to_vec(), "the body has white space around it that was not signed");
    guess([body, b"\n"].concat(), "the body has lost the line break at its end");
    if let Some(bare) = body.strip_prefix(b"\xef\xbb\xbf") {
        guess(bare.to_vec(), "the body has a byte order mark that was not signed");
    }
    let Ok(text) = std::str::from_utf8(body) else {
        let utf8: String = body.iter().map(|byte| char::from(*byte)).collect();
        guess(utf8.into_bytes(), "the body was written as Latin-1, and signed as UTF-8");
        return guesses;
    };
    if let Some(bytes) = text.chars().map(|character| u8::try_from(character).ok()).collect() {
        guess(bytes, "the body was read as Latin-1, although it is UTF-8");
    }
    let anew = "the body was read as JSON and written again";
    let compact = compact(text);
    let plain = unescaped(&compact);
    guess(escaped(&plain).into_bytes(), &format!("{anew}, with other escapes"));
    guess(plain.into_bytes(), &format!("{anew}, with other escapes"));
    guess(compact.into_bytes(), &format!("{anew}, with other white space"));
    guesses
}

/// Without the white space between the parts of a JSON text.
fn compact(text: &str) -> String {
    let (mut within, mut escaped) = (false, false);
    let stays = |character: &char| {
        let space = !within && matches!(character, ' ' | '\t' | '\n' | '\r');
        if !escaped && *character == '"' {
            within = !within;
        }
        escaped = within && !escaped && *character == '\\';
        !space
    };
    text.chars().filter(stays).collect()
}

/// With no more escapes in the strings of a JSON text than there must be.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let escape = &rest[at..];
        let (character, length) = match escape.as_bytes().get(1) {
            Some(b'/') => (Some('/'), 2),
            Some(b'u') => unicode(escape),
            Some(_) => (None, escape.chars().take(2).map(char::len_utf8).sum()),
            None => (None, 1),
        };
        match character {
            Some(character) => plain.push(character),
            None => plain.push_str(&escape[..length]),
        }
        rest = &escape[length..];
    }
    plain.push_str(rest);
    plain
}

/// The character that an escape with digits stands for, where it need not be an escape; and how long that is.
fn unicode(escape: &str) -> (Option<char>, usize) {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = escape.get(..6).and_then(unit);
    let second = escape.get(6..12).and_then(unit);
    let mut characters = char::decode_utf16(first.into_iter().chain(second));
    match characters.next() {
        Some(Ok(character)) if character >= ' ' && !matches!(character, '"' | '\\' | '\u{7f}') => {
            (Some(character), 6 * character.len_utf16())
        }
        _ => (None, escape.chars().take(2).map(char::len_utf8).sum()),
    }
}

/// With escapes for everything that is not ASCII.
fn escaped(text: &str) -> String {
    let mut units = [0; 2];
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_between_the_parts_and_stays_within_strings() {
        let text = "{ \"a b\" : [ 1 ,\n\t\"c \\\" : d\\\\\" , \"\" ] }\r\n";
        assert_eq!(compact(text), r#"{"a b":[1,"c \" : d\\",""]}"#);
        assert_eq!(compact("\" \\"), "\" \\");
    }

    #[test]
    fn escapes_go_where_none_are_needed() {
        let text = r#""a\/b \u003cb\u003e Gr\u00fc\u00DFe \ud83d\udc4b \n\\u0041 \u0022 \u0000 \ud83d \ud83dx \u12 \u+123 \ü""#;
        let plain = r#""a/b <b> Grüße 👋 \n\\u0041 \u0022 \u0000 \ud83d \ud83dx \u12 \u+123 \ü""#;
        assert_eq!(unescaped(text), plain);
        assert_eq!(unescaped("\\"), "\\");
        assert_eq!(escaped("Grüße 👋"), r"Gr\u00fc\u00dfe \ud83d\udc4b");
    }
}
