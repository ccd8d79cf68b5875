//! What every transport over real connections must do, over loopback.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

mod conformance;
mod files;
mod refusals;
mod server;
mod streams;
mod tls;
mod transport;
