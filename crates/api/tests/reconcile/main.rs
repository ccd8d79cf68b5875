//! What became of a message whose outcome is unknown, against a HubSpot that shows messages late and fails.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

mod looks;
mod schedules;
mod world;
