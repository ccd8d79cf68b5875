//! What may be wrong where nothing that was tried makes a signature fit.

use http::{
    HeaderMap,
    header::{CONTENT_ENCODING, CONTENT_LENGTH},
};

use crate::{SignatureVersion, Verifier, forwarded, verifier::Place};

/// What comes into question, and nothing of it alone: that nothing fits does not tell a wrong secret from an address of
/// which something was lost on the way.
pub(super) fn hints(verifier: &Verifier, version: SignatureVersion, headers: &HeaderMap, body: &[u8]) -> Vec<String> {
    let mut hints: Vec<String> = of_the_body(headers, body).collect();
    if let Some(hint) = of_the_secret(verifier) {
        hints.push(hint.to_owned());
    }
    if version != SignatureVersion::V1 {
        hints.push(of_the_address(verifier, headers));
    }
    hints.push(
        "the secret is another app's: it has to be the client secret of the app that owns the channel; name others with \
         `suspect`, and they are tried"
            .to_owned(),
    );
    hints
}

pub(super) fn after_the_budget(
    verifier: &Verifier,
    version: SignatureVersion,
    headers: &HeaderMap,
    body: &[u8],
) -> Vec<String> {
    let mut hints = hints(verifier, version, headers, body);
    hints.push("the body is too long to try everything; send a short message and explain that".to_owned());
    hints
}

/// What a proxy or router may have lost of the address, so that nothing in the request tells it.
fn of_the_address(verifier: &Verifier, headers: &HeaderMap) -> String {
    let taken = match &verifier.place {
        Place::Known(url) => format!("it is taken to be at {}", url.origin()),
        Place::AsForwarded => match forwarded::origin(headers) {
            Ok(origin) => format!("the proxy says that it is at {}", origin.concat()),
            Err(_) => "the proxy does not say where it is".to_owned(),
        },
        Place::Unknown => "where it is was not said".to_owned(),
    };
    format!(
        "the address is another one: {taken}, and the rest is the target's; hold that against the channel's `webhookUrl`. A \
         router that takes the beginning of the path away, or a proxy that changes host or path, leaves no trace in the \
         request: give the verifier that beginning in its `public_url`, or hand over the target as it came in"
    )
}

fn of_the_body(headers: &HeaderMap, body: &[u8]) -> impl Iterator<Item = String> {
    let said = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let length = said.filter(|said| *said != body.len()).map(|said| {
        format!("the body was changed or cut: `Content-Length` says {said} bytes, and {} were handed over", body.len())
    });
    let encoding = headers.contains_key(CONTENT_ENCODING).then(|| {
        "the body was compressed on its way: there is a `Content-Encoding`; whether HubSpot signs before or after that is \
         unknown"
            .to_owned()
    });
    let text = std::str::from_utf8(body).unwrap_or_default();
    let replaced = text.contains('\u{fffd}').then(|| {
        "the body was read as text, and what was no text is lost: it has replacement characters in it".to_owned()
    });
    let sorted = has_sorted_members(text).then(|| {
        "the body was read as JSON and written again by something that sorts: its members stand in the order of the \
         alphabet"
            .to_owned()
    });
    [length, encoding, replaced, sorted].into_iter().flatten()
}

/// Whether the outermost members of a JSON object stand in the order of the alphabet. A handful of them do not by chance.
fn has_sorted_members(text: &str) -> bool {
    const ENOUGH: usize = 4;

    let names = member_names(text);
    names.len() >= ENOUGH && names.is_sorted()
}

/// What is written before a colon one level deep.
fn member_names(text: &str) -> Vec<&str> {
    let (mut depth, mut string, mut last) = (0_usize, None, None);
    let mut escaped = false;
    let mut names = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match (string, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(from), b'"') => (string, last) = (None, text.get(from..at)),
            (Some(_), _) => {}
            (None, b'"') => string = Some(at + 1),
            (None, b'{' | b'[') => depth += 1,
            (None, b'}' | b']') => depth = depth.saturating_sub(1),
            (None, b':') if depth == 1 => names.extend(last),
            (None, _) => {}
        }
    }
    names
}

fn of_the_secret(verifier: &Verifier) -> Option<&'static str> {
    let secret = verifier.keys.first()?.secret().expose();
    if secret.starts_with("pat-") {
        Some("the secret is an access token; requests are signed with the app's client secret")
    } else if !looks_like_a_client_secret(secret) {
        Some("the secret does not look like a client secret, which is five groups of digits and letters where seen")
    } else {
        None
    }
}

/// 8, 4, 4, 4 and 12 characters, with hyphens between.
fn looks_like_a_client_secret(secret: &str) -> bool {
    secret.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}
