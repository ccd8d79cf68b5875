//! Credentials, repeats, limits, timeouts and spans around any transport of HubSpot's custom channels.
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
//! | [`CallSpan`] | call | it sees how the call ends, whatever ends it |
//! | [`Deadline`] | call | it bounds everything that happens for a call, waits between attempts included |
//! | [`Retry`] | call | it repeats all that is beneath it; around the deadline it would double the caller's time |
//! | [`Credentials`] | attempt | a repeat needs the token of its own time, and what waits must not hold one |
//! | [`RateLimit`] | attempt | every attempt counts, and the wait for a start is no part of the attempt's time |
//! | [`AttemptSpan`] | attempt | it shows what went over the wire, and what had no answer in time |
//! | [`AttemptTimeout`] | attempt | it measures the wire and not the wait for a token |
//!
//! [`FileSource`] is no layer: it is a file on disk as the body of an upload, over any transport.

mod clock;
mod credentials;
mod file;
mod incoming;
mod progress;
mod rate_limit;
mod retry;
mod stack;
mod timeout;
mod trace;

pub use self::{
    clock::TokioClock,
    credentials::{
        Credentials, CredentialsError, CredentialsErrorKind, DeveloperKey, FileTokenStore, MemoryTokenStore,
        PortalToken, PortalTokens, Portals, PortalsBuilder, Revision, Saved, StoreError, Stored, TokenStore,
    },
    file::FileSource,
    rate_limit::{RateLimit, RateLimitKey, RateLimiter, RateLimiters, Start},
    retry::{Retry, RetryBudget, RetryPolicy},
    stack::{Stack, StackBuilder},
    timeout::{AttemptTimeout, Deadline},
    trace::{AttemptSpan, CallSpan},
};
