//! Bodies that cannot be read, in the words of HubSpot's parser.

use http::Request;
use hubchannel_api::{Body, server::ReadError};
use serde::de::IgnoredAny;

use super::{BODY_LIMIT, TooLarge, refusal::Refusal};

pub(super) fn check_size(request: &Request<Body>) -> Result<(), Refusal> {
    if request.body().len().is_some_and(|length| length > BODY_LIMIT as u64)
        || request.extensions().get::<TooLarge>().is_some()
    {
        Err(Refusal::too_large())
    } else {
        Ok(())
    }
}

/// Why a body could not be read.
pub(super) fn refuse(body: &Body, error: ReadError) -> Refusal {
    let error = match error {
        ReadError::Body(error) => error,
        ReadError::Query(error) => return Refusal::unparseable_query_parameter(error.path()),
        _ => return Refusal::not_json(),
    };
    let bytes = bytes(body);
    if let Err(error) = std::str::from_utf8(bytes) {
        let (line, column) = end_of(bytes.get(..error.valid_up_to()).unwrap_or_default());
        let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
        return Refusal::bad_json(Some((line, column + 1)), &format!("Invalid UTF-8 start byte 0x{byte:x}"));
    }
    if let Err(malformed) = serde_json::from_slice::<IgnoredAny>(bytes) {
        return not_json_at(bytes, &malformed, error.reason());
    }
    let place = error.place().map(|place| (place.line, place.column));
    let what = match error.path() {
        "" => "the body",
        path => path,
    };
    Refusal::bad_json(place, &format!("Cannot construct instance of `{what}`, problem: {}", error.reason()))
}

fn not_json_at(bytes: &[u8], error: &serde_json::Error, problem: &str) -> Refusal {
    let place = (error.line(), error.column());
    let line = bytes.split(|byte| *byte == b'\n').nth(place.0.saturating_sub(1));
    let character = line
        .and_then(|line| line.get(place.1.saturating_sub(1)..))
        .and_then(|rest| String::from_utf8_lossy(rest).chars().next());
    match character {
        Some(character) if !error.is_eof() => {
            let code = u32::from(character);
            Refusal::bad_json(Some(place), &format!("Unexpected character ('{character}' (code {code})): {problem}"))
        }
        _ => Refusal::bad_json(Some(place), &format!("Unexpected end-of-input: {problem}")),
    }
}

/// Line and column of the body's last character, where HubSpot notices what is missing.
pub(super) fn end(body: &Body) -> (usize, usize) {
    end_of(bytes(body).trim_ascii_end())
}

fn end_of(bytes: &[u8]) -> (usize, usize) {
    let line = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
    let last = bytes.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    (line, String::from_utf8_lossy(last).chars().count())
}

pub(super) fn bytes(body: &Body) -> &[u8] {
    body.as_bytes().map_or(&[], |bytes| bytes)
}
