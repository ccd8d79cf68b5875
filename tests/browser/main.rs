//! The emulator's page in a real browser, with the emulator's server and a bridge behind it.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod answering;
mod browser;
mod hostile;
mod live;
mod older;
mod setup;
mod world;
