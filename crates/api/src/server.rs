//! The other direction: requests read, answers written.
//!
//! An emulator or a proxy finds the operation that a request asks for with [`route`], checks credentials by what the
//! [`Route`] says of it, reads the call with [`Route::read`], and writes the answer with [`answer`]. All of this uses
//! the client's own operations, so the two directions cannot drift apart.

use http::{
    HeaderValue, Method, Request, Response,
    header::{CONTENT_TYPE, LOCATION},
};
use hubchannel_model::{DecodeError, decode};
use percent_encoding::percent_decode_str;
use serde::{Serialize, de::DeserializeOwned};

use crate::{ApiVersion, Body, GetMessage, Operation, OperationInfo, PublishMessage, Segment, UpdateMessageStatus};

/// A call of any operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AnyCall {
    /// Publishes a message.
    PublishMessage(Box<PublishMessage>),
    /// Reads a message.
    GetMessage(GetMessage),
    /// Reports how an agent's reply fared.
    UpdateMessageStatus(UpdateMessageStatus),
}

/// Every operation that [`route`] knows.
pub const OPERATIONS: &[&OperationInfo] = &[PublishMessage::INFO, GetMessage::INFO, UpdateMessageStatus::INFO];

/// Which operation a request asks for.
#[derive(Clone, Debug)]
pub struct Route {
    operation: &'static OperationInfo,
    version: ApiVersion,
    values: Vec<String>,
}

/// Why a request asks for no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// No operation has this path.
    #[error("no operation has this path")]
    NotFound,
    /// Operations have this path, but none has this method.
    #[error("no operation has this method at this path")]
    MethodNotAllowed {
        /// The methods that there are.
        allowed: Vec<Method>,
    },
    /// A parameter of the path is not of its type.
    #[error("the path's parameter {name} is not a number")]
    Parameter {
        /// The parameter.
        name: &'static str,
    },
}

/// Why a request cannot be read as a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is a body and no header that calls it JSON.
    #[error("the body is not declared as JSON")]
    MediaType,
    /// The body is not the operation's.
    #[error("the body cannot be read: {0}")]
    Body(DecodeError),
}

/// Finds the operation that a request asks for: by method and path in every version and every known spelling, with or
/// without a slash at the end.
///
/// # Errors
/// When there is none, or when a number in the path is none.
pub fn route<B>(request: &Request<B>) -> Result<Route, RouteError> {
    let path = request.uri().path();
    let path = path.strip_suffix('/').unwrap_or(path);
    let (version, rest) = ApiVersion::ALL
        .into_iter()
        .flat_map(|version| {
            [Some(version.base()), version.alias()]
                .into_iter()
                .flatten()
                .map(move |base| (version, base))
        })
        .find_map(|(version, base)| Some((version, path.strip_prefix(base)?.strip_prefix('/')?)))
        .ok_or(RouteError::NotFound)?;
    let pieces = rest
        .split('/')
        .map(|piece| percent_decode_str(piece).decode_utf8().map(|text| text.into_owned()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| RouteError::NotFound)?;
    let mut allowed = Vec::new();
    for operation in OPERATIONS {
        if !fits(operation.path, &pieces) {
            continue;
        }
        if operation.method == *request.method() {
            let values = values(operation.path, pieces)?;
            return Ok(Route {
                operation,
                version,
                values,
            });
        }
        allowed.push(operation.method.clone());
    }
    Err(if allowed.is_empty() {
        RouteError::NotFound
    } else {
        RouteError::MethodNotAllowed { allowed }
    })
}

fn fits(path: &[Segment], pieces: &[String]) -> bool {
    path.len() == pieces.len()
        && path.iter().zip(pieces).all(|(segment, piece)| match segment {
            Segment::Literal(literal) => piece == literal,
            _ => !piece.is_empty(),
        })
}

fn values(path: &[Segment], pieces: Vec<String>) -> Result<Vec<String>, RouteError> {
    let mut values = Vec::new();
    for (segment, piece) in path.iter().zip(pieces) {
        match segment.parameter() {
            None => {}
            Some(name) if !segment.fits(&piece) => return Err(RouteError::Parameter { name }),
            Some(_) => values.push(piece),
        }
    }
    Ok(values)
}

impl Route {
    /// The operation.
    pub fn operation(&self) -> &'static OperationInfo {
        self.operation
    }

    /// The version whose path was used.
    pub fn version(&self) -> ApiVersion {
        self.version
    }

    /// The value of one of the path's parameters, by its name in [`OperationInfo::path`]: to look at before the body is
    /// read.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut names = self.operation.path.iter().filter_map(|segment| segment.parameter());
        let at = names.position(|candidate| candidate == name)?;
        self.values.get(at).map(String::as_str)
    }

    /// Reads the call.
    ///
    /// # Errors
    /// When the body is not declared as JSON, or not the operation's.
    pub fn read(&self, request: &Request<Body>) -> Result<AnyCall, ReadError> {
        let value = |at: usize| self.values.get(at).map_or("", String::as_str);
        Ok(match self.operation.name {
            name if name == PublishMessage::INFO.name => {
                AnyCall::PublishMessage(Box::new(PublishMessage::new(value(0), read_json(request)?)))
            }
            name if name == GetMessage::INFO.name => AnyCall::GetMessage(GetMessage::new(value(0), value(1))),
            _ => AnyCall::UpdateMessageStatus(UpdateMessageStatus::new(value(0), value(1), read_json(request)?)),
        })
    }
}

fn read_json<T: DeserializeOwned>(request: &Request<Body>) -> Result<T, ReadError> {
    let declared = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ReadError::MediaType);
    }
    decode(request.body().as_bytes().map_or(&[], |bytes| bytes)).map_err(ReadError::Body)
}

/// Writes the answer of a successful operation.
///
/// `location` is the path of what was created, if something was.
///
/// # Errors
/// When the answer cannot be written as JSON.
pub fn answer<O: Operation<Output: Serialize>>(
    output: &O::Output,
    location: Option<&HeaderValue>,
) -> Result<Response<Body>, serde_json::Error> {
    let mut response = json(output)?;
    *response.status_mut() = O::INFO.success;
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location.clone());
    }
    Ok(response)
}

/// Writes any JSON as a response with status 200, for error bodies and the like.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn json<T: Serialize>(value: &T) -> Result<Response<Body>, serde_json::Error> {
    let mut response = Response::new(Body::from(serde_json::to_vec(value)?));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    Ok(response)
}
