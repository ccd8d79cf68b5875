//! What is decoded of an address before it is signed.

/// The characters that HubSpot decodes (documented). Every other escape stays as it is, `%25` among them, so that what has
/// been decoded is never looked at again.
const DOCUMENTED: &[u8] = b":/?@!$'()*,;";

/// Hands the text over in pieces, with the escapes decoded. What is no whole escape is left alone.
pub(crate) fn decode(text: &str, mut take: impl FnMut(&[u8])) {
    let bytes = text.as_bytes();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'%') {
        at += found;
        match escape(&bytes[at..]) {
            Some(byte) if DOCUMENTED.contains(&byte) => {
                take(&bytes[from..at]);
                take(&[byte]);
                at += 3;
                from = at;
            }
            _ => at += 1,
        }
    }
    take(&bytes[from..]);
}

/// The byte that an escape at the beginning stands for.
fn escape(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [b'%', high, low, ..] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        let mut bytes = Vec::new();
        decode(text, |piece| bytes.extend_from_slice(piece));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn twelve_escapes_are_decoded_in_either_case() {
        let escapes = "%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B";
        assert_eq!(decoded(escapes), ":/?@!$'()*,;");
        assert_eq!(decoded(&escapes.to_lowercase()), ":/?@!$'()*,;");
    }

    #[test]
    fn every_other_escape_stays() {
        for byte in 0..=u8::MAX {
            let escape = format!("a%{byte:02X}b");
            if !DOCUMENTED.contains(&byte) {
                assert_eq!(decoded(&escape), escape);
            }
        }
    }

    #[test]
    fn what_is_no_whole_escape_stays_and_nothing_is_decoded_twice() {
        for text in ["", "%", "%2", "%%", "a%2", "%G0", "%2G", "%+1", "%252F", "%25%32%46"] {
            assert_eq!(decoded(text), text);
        }
        assert_eq!(decoded("%%2F%2%3a"), "%/%2:");
        assert_eq!(decoded("ü%2Fü"), "ü/ü");
    }
}
