//! Endpoints that have no operation of their own: called by method and path, through the same stack as everything else.

mod call;
mod client;

use std::fmt;

use async_trait::async_trait;

pub use self::{
    call::{CallEndpoint, EndpointAnswer},
    client::{EndpointsClient, EndpointsClientBuilder},
};
use crate::{Error, Reply};

/// Any endpoint of HubSpot's.
///
/// Code that needs it takes an [`EndpointsClient`]; this trait is for those who put something else behind one, such as
/// the double `MockEndpoints` of `hubchannel-mock`. The method has a body that answers like [`Error::unsupported`].
#[async_trait]
pub trait Endpoints: fmt::Debug + Send + Sync + 'static {
    /// Calls an endpoint.
    ///
    /// # Errors
    /// See [`Error`]. It may have been done all the same when [`Error::outcome_unknown`] is true.
    async fn call_endpoint(&self, call: CallEndpoint) -> Result<Reply<EndpointAnswer>, Error> {
        Err(Error::unsupported_operation(call.info()))
    }
}
