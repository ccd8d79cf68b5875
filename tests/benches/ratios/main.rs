//! The ratios of the design's speed table: what this project adds to, or saves from, what people write without it.
//!
//! Each is measured in one run with its baseline, turn by turn, so that it holds on any machine: `cargo xtask bench`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for a terminal, not a library"
)]

mod baseline;
mod client;
mod measure;
mod model;
mod webhook;
mod wire;

use crate::measure::Table;

fn main() {
    let mut table = Table::new();
    model::message(&mut table);
    model::smallest(&mut table);
    model::largest(&mut table);
    client::publish(&mut table);
    wire::publish(&mut table);
    webhook::receive(&mut table);
    print!("{table}");
}
