//! What is decoded of an address before it is signed.

/// Which percent escapes the signer has decoded.
///
/// HubSpot decodes [`Documented`](Decoding::Documented) ones. The others are mistakes that people have made, for finding
/// out who made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Decoding {
    /// Those of the twelve characters that HubSpot lists, with digits in either case.
    Documented,
    /// The same, where the digits are capitals.
    DocumentedInCapitals,
    /// None.
    Nothing,
    /// All.
    Everything,
}

/// The characters that HubSpot decodes (documented). Every other escape stays as it is, `%25` among them, so that what has
/// been decoded is never looked at again.
const DOCUMENTED: &[u8] = b":/?@!$'()*,;";

impl Decoding {
    /// Hands the text over in pieces, with the escapes decoded. What is no whole escape is left alone.
    pub(crate) fn feed(self, text: &str, mut take: impl FnMut(&[u8])) {
        let bytes = text.as_bytes();
        let (mut from, mut at) = (0, 0);
        while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'%') {
            at += found;
            match escape(&bytes[at..]) {
                Some(byte) if self.decodes(byte, &bytes[at + 1..at + 3]) => {
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

    fn decodes(self, byte: u8, digits: &[u8]) -> bool {
        match self {
            Decoding::Documented => DOCUMENTED.contains(&byte),
            Decoding::DocumentedInCapitals => DOCUMENTED.contains(&byte) && !digits.iter().any(u8::is_ascii_lowercase),
            Decoding::Nothing => false,
            Decoding::Everything => true,
        }
    }
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

    fn decoded(decoding: Decoding, text: &str) -> String {
        let mut bytes = Vec::new();
        decoding.feed(text, |piece| bytes.extend_from_slice(piece));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn twelve_escapes_are_decoded_in_either_case() {
        let escapes = "%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B";
        assert_eq!(decoded(Decoding::Documented, escapes), ":/?@!$'()*,;");
        assert_eq!(decoded(Decoding::Documented, &escapes.to_lowercase()), ":/?@!$'()*,;");
        assert_eq!(decoded(Decoding::DocumentedInCapitals, "%2F%2f%2A%2a"), "/%2f*%2a");
    }

    #[test]
    fn every_other_escape_stays() {
        for byte in 0..=u8::MAX {
            let escape = format!("a%{byte:02X}b");
            if !DOCUMENTED.contains(&byte) {
                assert_eq!(decoded(Decoding::Documented, &escape), escape);
            }
            assert_eq!(decoded(Decoding::Nothing, &escape), escape);
        }
        assert_eq!(decoded(Decoding::Everything, "%2B%20%41"), "+ A");
    }

    #[test]
    fn what_is_no_whole_escape_stays_and_nothing_is_decoded_twice() {
        for text in ["", "%", "%2", "%%", "a%2", "%G0", "%2G", "%+1", "%252F", "%25%32%46"] {
            assert_eq!(decoded(Decoding::Documented, text), text);
        }
        assert_eq!(decoded(Decoding::Documented, "%%2F%2%3a"), "%/%2:");
        assert_eq!(decoded(Decoding::Documented, "ü%2Fü"), "ü/ü");
        assert_eq!(decoded(Decoding::Everything, "%252F"), "%2F");
    }
}
