//! The client before the emulator, in process and over HTTP, with the same results.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

mod accounts;
mod channels;
mod connections;
mod conversations;
mod endpoints;
mod faults;
mod files;
mod hub;
mod lists;
mod messages;
mod oauth;
mod reconcile;
