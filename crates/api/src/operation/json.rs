//! JSON bodies.

use hubchannel_model::{DecodeError, decode};

use super::OperationInfo;
use crate::{Body, Error};

pub(super) fn write<T: serde::Serialize>(info: &'static OperationInfo, value: &T) -> Result<Option<Body>, Error> {
    serde_json::to_vec(value)
        .map(|json| Some(Body::from(json)))
        .map_err(|error| Error::unwritable(info, error))
}

pub(super) fn read<T: serde::de::DeserializeOwned>(body: &Body) -> Result<T, DecodeError> {
    decode(body.as_bytes().map_or(&[], |bytes| bytes))
}
