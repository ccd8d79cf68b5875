//! The admin API: the same over HTTP and from Rust, and closed to other sites.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test is how this reports"
)]
#![cfg(feature = "http")]

mod conversations;
mod desk;
mod guard;
mod live;
mod logs;
mod odd;
mod setup;
mod snapshot;
