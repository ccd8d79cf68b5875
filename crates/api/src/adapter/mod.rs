//! Between [`Body`](crate::Body) and the bodies of an HTTP client, for those who bring another one.
//!
//! An [`Outgoing`] is what a client sends, and [`read`] and [`incoming`] take what it has received, over the traits of the
//! crate `http-body`, which most clients speak. A transport over a client such as that of hyper is then little more
//! than this:
//!
//! ```
//! # mod client {
//! #     use http::{Request, Response};
//! #     use hubchannel_api::adapter::Outgoing;
//! #     #[derive(Debug)]
//! #     pub struct Client;
//! #     pub type Incoming = Outgoing;
//! #     pub type BodyError = std::io::Error;
//! #     impl Client {
//! #         pub async fn request(&self, request: Request<Outgoing>) -> Result<Response<Incoming>, std::io::Error> {
//! #             Ok(Response::new(request.into_body()))
//! #         }
//! #     }
//! # }
//! use async_trait::async_trait;
//! use http::{Request, Response};
//! use hubchannel_api::{
//!     Body, HttpTransport, Reach, StreamResponse, TransportError, TransportErrorKind,
//!     adapter::{MAX_RESPONSE_BYTES, Outgoing, incoming, read},
//!     check_address, check_framing,
//! };
//!
//! #[derive(Debug)]
//! struct MyTransport(client::Client);
//!
//! #[async_trait]
//! impl HttpTransport for MyTransport {
//!     async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
//!         check_framing(&request)?;
//!         check_address(&request)?;
//!         let streams = request.extensions().get::<StreamResponse>().is_some();
//!         let (head, body) = request.into_parts();
//!         let (body, failure) = Outgoing::open(body).await?;
//!         let answer = self.0.request(Request::from_parts(head, body)).await;
//!         // Where the client can tell that there was no connection, it is `Connect` and `NotSent`.
//!         let (head, body) = answer.map_err(|error| failure.or(broke(error)))?.into_parts();
//!         let body = if streams && head.status.is_success() {
//!             incoming(body, failure, broke)
//!         } else {
//!             let bytes = read(body, MAX_RESPONSE_BYTES, broke).await;
//!             bytes.map_err(|error| failure.or(error))?.into()
//!         };
//!         Ok(Response::from_parts(head, body))
//!     }
//! }
//!
//! fn broke(error: client::BodyError) -> TransportError {
//!     TransportError::caused(TransportErrorKind::Interrupted, Reach::Unknown, "the connection broke", error)
//! }
//! ```
//!
//! What is still the client's to do: to ask for the address as it is written, to follow no redirect, to repeat nothing, to
//! add and take away no headers, to leave answers compressed as they come, and to end the connection, or the stream where
//! exchanges share one, when the exchange is dropped. The suite of `hubchannel-mock` tells whether it does.

mod incoming;
mod outgoing;

pub use self::{
    incoming::{incoming, read},
    outgoing::{Failure, Outgoing},
};

/// The largest response that a transport reads unless it is set otherwise, in bytes: 8 MiB, many times the largest that
/// is known of this API.
pub const MAX_RESPONSE_BYTES: usize = 8 << 20;
