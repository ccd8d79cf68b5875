//! JSON bodies.

use hubchannel_model::{DecodeError, decode};

use super::OperationInfo;
use crate::{Body, Error};

/// As much as most bodies need, so that a text does not move to larger and larger room while it is written.
const ROOM: usize = 1024;

pub(super) fn write<T: serde::Serialize>(info: &'static OperationInfo, value: &T) -> Result<Option<Body>, Error> {
    let mut json = Vec::with_capacity(ROOM);
    serde_json::to_writer(&mut json, value).map_err(|error| Error::unwritable(info, error))?;
    Ok(Some(Body::from(json)))
}

pub(super) fn read<T: serde::de::DeserializeOwned>(body: &Body) -> Result<T, DecodeError> {
    decode(body.as_bytes().map_or(&[], |bytes| bytes))
}
