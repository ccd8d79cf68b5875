//! Carries HubSpot's custom channels straight over [hyper](hyper_util), with nothing in between.
//!
//! ```
//! use hubchannel_api::Client;
//! use hubchannel_hyper::{BuildError, HyperTransport};
//!
//! fn client() -> Result<Client, BuildError> {
//!     Ok(Client::new(HyperTransport::new()?))
//! }
//! ```
//!
//! The transport does one exchange and nothing else, as that of `hubchannel-reqwest` does. It takes less time for each
//! request and brings far fewer crates, and it can do less:
//!
//! | | `hubchannel-hyper` | `hubchannel-reqwest` |
//! |---|---|---|
//! | `https` | with the feature `rustls`, which is off unless asked for | rustls unless switched off, or the platform's library |
//! | proxies | none | those of the environment |
//! | HTTP/2 | no | with a feature |
//! | a client that the program has set up | no | `from_client` |
//!
//! HubSpot is reached over `https`: for it, switch `rustls` on. Without, the transport is for an emulator, for tests, and
//! for what stands beside a proxy that speaks TLS.
//!
//! It needs a Tokio runtime: outside of one, a request is refused. Its I/O and time have to be switched on
//! (`enable_all`), which nobody can ask it; where they are not, Tokio panics.

mod connect;
mod error;
mod transport;

pub use self::{
    error::BuildError,
    transport::{HyperTransport, HyperTransportBuilder},
};
