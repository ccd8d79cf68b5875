//! Credentials and timeouts around any transport of HubSpot's custom channels.
//!
//! ```
//! use hubchannel_api::{Client, HttpTransport};
//! use hubchannel_middleware::Stack;
//!
//! fn client(transport: impl HttpTransport, token: &str) -> Client {
//!     Client::new(Stack::new(transport).access_token(token).build())
//! }
//! ```
//!
//! A layer is a transport around a transport. [`Stack`] puts the layers into the one order in which they work; each
//! can also be used alone. From the caller to the wire:
//!
//! | layer | once per | why there |
//! |---|---|---|
//! | [`Deadline`] | call | it bounds everything that happens for a call, waits between attempts included |
//! | [`AccessToken`] | attempt | a repeat needs the token of its own time, and what waits must not hold one |
//! | [`AttemptTimeout`] | attempt | it measures the wire and not the wait for a token |
//!
//! There is no retry and no rate limit yet: a call is one attempt.

mod access_token;
mod clock;
mod stack;
mod timeout;

pub use self::{
    access_token::AccessToken,
    clock::TokioClock,
    stack::{Stack, StackBuilder},
    timeout::{AttemptTimeout, Deadline},
};
