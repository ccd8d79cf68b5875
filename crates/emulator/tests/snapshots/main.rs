//! Snapshots: whatever has happened, an emulator that goes on from one cannot be told from the first.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

#[path = "../common/mod.rs"]
mod common;
mod courses;
mod damage;
mod events;
mod restarts;
mod world;
