//! Values in queries.

/// The text with everything escaped that RFC 3986 does not call unreserved.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// Writes names and values behind an address, which may have a query already and a fragment.
pub(crate) fn with_query<'p>(address: &str, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
    let (address, fragment) = match address.split_once('#') {
        Some((address, fragment)) => (address, Some(fragment)),
        None => (address, None),
    };
    let mut before = if address.contains('?') { '&' } else { '?' };
    let mut whole = address.to_owned();
    for (name, value) in pairs {
        whole.push(before);
        whole.push_str(&escaped(name));
        whole.push('=');
        whole.push_str(&escaped(value));
        before = '&';
    }
    if let Some(fragment) = fragment {
        whole.push('#');
        whole.push_str(fragment);
    }
    whole
}
