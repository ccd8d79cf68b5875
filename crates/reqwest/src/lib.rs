//! Carries HubSpot's custom channels over [reqwest].
//!
//! ```
//! use hubchannel_api::Client;
//! use hubchannel_reqwest::{BuildError, ReqwestTransport};
//!
//! fn client() -> Result<Client, BuildError> {
//!     Ok(Client::new(ReqwestTransport::new()?))
//! }
//! ```
//!
//! The transport does one exchange and nothing else: it follows no redirect, repeats nothing, adds no credentials, and
//! keeps no timeout but that of the connection. All of that is the business of layers around it, such as the `Stack` of
//! `hubchannel-middleware`.
//!
//! It needs a Tokio runtime: outside of one, a request is refused. Its I/O and time have to be switched on
//! (`enable_all`), which nobody can ask it; where they are not, Tokio panics.
//!
//! What reqwest does otherwise than a transport must:
//! - It changes addresses as browsers do. One that it would change is refused: with quotes, braces or a backslash in it
//!   that are not percent-encoded, or with `.` or `..` as a piece of its path.
//! - It adds `accept: */*` to a request without that header. Those of `hubchannel-api` all have one.

mod addresses;
mod error;
mod proxy;
mod transport;

pub use self::{
    error::BuildError,
    transport::{ReqwestTransport, ReqwestTransportBuilder},
};
