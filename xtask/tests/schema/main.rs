//! `cargo xtask schema` as a maintainer runs it.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod check;
mod diff;
mod output;
mod payloads;
mod program;
