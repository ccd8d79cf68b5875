//! What the headers of a request say, and nothing that they say twice.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;

use crate::{
    Rejection, SIGNATURE_HEADER, SIGNATURE_V3_HEADER, SIGNATURE_VERSION_HEADER, SignatureVersion, TIMESTAMP_HEADER,
    rejection::Reason,
    signature::{Tag, read_tag, text_length},
};

/// A signature as the headers bring it.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'h> {
    pub(crate) version: SignatureVersion,
    pub(crate) tag: Tag,
    /// The text that was signed, and the time that it means; empty and `None` in versions 1 and 2.
    pub(crate) timestamp: &'h str,
    pub(crate) signed_at: Option<SystemTime>,
}

/// The one value of a header, as text; `None` without the header.
pub(crate) fn single<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>, Rejection> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Reason::DuplicateHeader(name).into());
    }
    // Visible ASCII, spaces and tabs.
    value.to_str().map(Some).map_err(|_| Reason::HeaderNotText(name).into())
}

impl<'h> Claim<'h> {
    /// Reads the signature. One of version 3 decides alone, whatever stands beside it.
    pub(crate) fn read(headers: &'h HeaderMap) -> Result<Self, Rejection> {
        match single(headers, SIGNATURE_V3_HEADER)? {
            Some(text) => Claim::read_v3(text, headers),
            None => Claim::read_older(headers),
        }
    }

    fn read_v3(text: &str, headers: &'h HeaderMap) -> Result<Self, Rejection> {
        let version = SignatureVersion::V3;
        let tag = tag(version, text)?;
        let timestamp = single(headers, TIMESTAMP_HEADER)?.ok_or(Reason::MissingTimestamp)?;
        let millis = millis(timestamp).ok_or(Reason::TimestampFormat)?;
        let signed_at = UNIX_EPOCH.checked_add(Duration::from_millis(millis));
        Ok(Claim {
            version,
            tag,
            timestamp,
            signed_at: Some(signed_at.ok_or(Reason::TimestampFormat)?),
        })
    }

    fn read_older(headers: &'h HeaderMap) -> Result<Self, Rejection> {
        let Some(text) = single(headers, SIGNATURE_HEADER)? else {
            return Err(if is_of_tomorrow(headers) {
                Reason::UnknownVersion
            } else {
                Reason::MissingSignature
            }
            .into());
        };
        let version = match single(headers, SIGNATURE_VERSION_HEADER)? {
            Some("v1") => SignatureVersion::V1,
            Some("v2") => SignatureVersion::V2,
            _ => return Err(Reason::UnknownVersion.into()),
        };
        Ok(Claim {
            version,
            tag: tag(version, text)?,
            timestamp: "",
            signed_at: None,
        })
    }
}

fn tag(version: SignatureVersion, text: &str) -> Result<Tag, Rejection> {
    if text.len() != text_length(version) {
        return Err(Reason::SignatureLength(version, text.len()).into());
    }
    read_tag(version, text).ok_or(Reason::SignatureEncoding(version).into())
}

/// The digits of a number and nothing else. A sign, a space or a zero before them would be another text for the same time,
/// and since nothing stands between body and time when they are signed, a zero at the end of the body could become one.
fn millis(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = digits && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}

/// Whether there is a signature of a version that is not known yet.
fn is_of_tomorrow(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let version = name.as_str().strip_prefix("x-hubspot-signature-v");
        version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
    })
}
