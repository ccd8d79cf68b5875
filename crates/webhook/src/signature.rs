//! HubSpot's three ways to sign a request.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{
    Hmac, KeyInit as _, Mac as _,
    digest::{CtOutput, Digest as _},
};
use hubchannel_model::Secret;
use sha2::Sha256;

use crate::escape::Decoding;

/// The header with a signature of version 3.
pub const SIGNATURE_V3_HEADER: &str = "x-hubspot-signature-v3";

/// The header with the time of a signature of version 3, in milliseconds since 1970.
pub const TIMESTAMP_HEADER: &str = "x-hubspot-request-timestamp";

/// The header with a signature of version 1 or 2.
pub const SIGNATURE_HEADER: &str = "x-hubspot-signature";

/// The header that says which of the two [`SIGNATURE_HEADER`] has.
pub const SIGNATURE_VERSION_HEADER: &str = "x-hubspot-signature-version";

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SignatureVersion {
    /// SHA-256 of secret and body. Neither the address nor the time is signed, so that whoever has seen one request can
    /// send it again, at any time and to any address.
    V1,
    /// SHA-256 of secret, method, address and body. The time is not signed, so that whoever has seen one request can send
    /// it again at any time.
    V2,
    /// HMAC with SHA-256 over method, address, body and time.
    V3,
}

impl fmt::Display for SignatureVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            SignatureVersion::V1 => "v1",
            SignatureVersion::V2 => "v2",
            SignatureVersion::V3 => "v3",
        })
    }
}

/// Thirty-two bytes: what all three come down to.
pub(crate) type Tag = [u8; 32];

/// What is signed, whichever way.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) version: SignatureVersion,
    pub(crate) method: &'a str,
    /// The address in pieces, none of which ends within an escape.
    pub(crate) uri: [&'a str; 4],
    /// What is decoded of it in version 3.
    pub(crate) decoding: Decoding,
    pub(crate) body: &'a [u8],
    /// The text of the header in version 3.
    pub(crate) timestamp: &'a str,
}

/// A secret that is ready for use.
#[derive(Clone)]
pub(crate) struct Key {
    secret: Secret,
    /// What an HMAC by this secret begins with.
    mac: Hmac<Sha256>,
}

impl Key {
    /// `None` for a secret that is none: anybody can sign with that.
    pub(crate) fn new(secret: Secret) -> Option<Self> {
        if secret.expose().trim().is_empty() {
            return None;
        }
        let mac = Hmac::new_from_slice(secret.expose().as_bytes()).ok()?;
        Some(Key { secret, mac })
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Whether this is the signature, in a time that does not tell how much of it is right.
    pub(crate) fn is_tag(&self, signed: &Signed<'_>, tag: &Tag) -> bool {
        match signed.version {
            SignatureVersion::V3 => self.hmac(signed).verify_slice(tag).is_ok(),
            SignatureVersion::V1 | SignatureVersion::V2 => {
                CtOutput::<Sha256>::new(self.hash(signed).finalize()) == CtOutput::new((*tag).into())
            }
        }
    }

    /// The signature as it stands in a header.
    pub(crate) fn sign(&self, signed: &Signed<'_>) -> String {
        match signed.version {
            SignatureVersion::V3 => STANDARD.encode(self.hmac(signed).finalize().into_bytes()),
            SignatureVersion::V1 | SignatureVersion::V2 => hex(&self.hash(signed).finalize()),
        }
    }

    fn hmac(&self, signed: &Signed<'_>) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(signed.method.as_bytes());
        for piece in signed.uri {
            signed.decoding.feed(piece, |bytes| mac.update(bytes));
        }
        mac.update(signed.body);
        mac.update(signed.timestamp.as_bytes());
        mac
    }

    fn hash(&self, signed: &Signed<'_>) -> Sha256 {
        let mut hash = Sha256::new();
        hash.update(self.secret.expose());
        if signed.version == SignatureVersion::V2 {
            hash.update(signed.method);
            for piece in signed.uri {
                hash.update(piece);
            }
        }
        hash.update(signed.body);
        hash
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.secret == other.secret
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.secret.fmt(f)
    }
}

/// How long the text of a signature is.
pub(crate) fn text_length(version: SignatureVersion) -> usize {
    match version {
        SignatureVersion::V3 => 44,
        SignatureVersion::V1 | SignatureVersion::V2 => 64,
    }
}

/// Reads a signature in the one way in which it is written, so that no other text stands for the same.
pub(crate) fn read_tag(version: SignatureVersion, text: &str) -> Option<Tag> {
    match version {
        SignatureVersion::V3 => {
            // One byte more than there can be, because the library counts by fours.
            let mut buffer = [0; 33];
            let length = STANDARD.decode_slice(text, &mut buffer).ok()?;
            buffer[..length].try_into().ok()
        }
        SignatureVersion::V1 | SignatureVersion::V2 => read_hex(text.as_bytes()),
    }
}

fn read_hex(text: &[u8]) -> Option<Tag> {
    let mut tag = Tag::default();
    if text.len() != 2 * tag.len() {
        return None;
    }
    for (byte, digits) in tag.iter_mut().zip(text.chunks_exact(2)) {
        *byte = hex_digit(digits[0])? << 4 | hex_digit(digits[1])?;
    }
    Some(tag)
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";

    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
