//! What the operations look like on the wire, as a table.
//!
//! This is for the workspace's own checks, which hold the table against HubSpot's descriptions: `cargo xtask schema`.
//! It is hidden from the documentation and may change with any release.

use hubchannel_model::schema::{Described, Enum, Shape};

use crate::{Operation, OperationInfo, QueryParameter, operation::Declared};

/// One operation.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// What is known of it without a value of it.
    pub info: &'static OperationInfo,
    /// What the request's body looks like; `None` for one without.
    pub body: Option<fn() -> Shape>,
    /// What the body of a successful answer looks like.
    pub answer: fn() -> Shape,
    /// The file that declares it.
    pub file: &'static str,
    /// The line in the file.
    pub line: u32,
}

impl Endpoint {
    pub(crate) const fn of<O: Operation<Output: Described> + Declared>() -> Self {
        Endpoint {
            info: O::INFO,
            body: O::BODY,
            answer: <O::Output>::shape,
            file: O::PLACE.0,
            line: O::PLACE.1,
        }
    }
}

/// The enum that names the values of a query's parameter.
pub fn named_by(parameter: &QueryParameter) -> Option<&'static Enum> {
    parameter.named_by
}

/// Every operation.
pub const ENDPOINTS: &[Endpoint] = crate::server::ENDPOINTS;
