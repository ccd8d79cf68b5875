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

use std::hint::black_box;

use hubchannel_model::decode;
use hubchannel_testkit::{assert_same_json, bodies};

use crate::measure::Table;

fn main() {
    let mut table = Table::new();
    model(&mut table);
    client::publish(&mut table);
    print!("{table}");
}

/// Reading and writing bodies, beside derived structs that drop what they do not know.
fn model(table: &mut Table) {
    let known = bodies::MESSAGE.as_bytes();
    let unknown = bodies::message_from_tomorrow().into_bytes();

    let ours: hubchannel_model::Message = decode(known).unwrap();
    let derived: baseline::Message = serde_json::from_slice(known).unwrap();
    let value: serde_json::Value = serde_json::from_slice(known).unwrap();
    for written in [
        serde_json::to_string(&ours),
        serde_json::to_string(&derived),
        serde_json::to_string(&value),
    ] {
        assert_same_json(&written.unwrap(), bodies::MESSAGE);
    }

    let decode_ours = |json: &[u8]| drop(black_box(decode::<hubchannel_model::Message>(black_box(json)).unwrap()));
    let decode_derived = |json: &[u8]| {
        drop(black_box(serde_json::from_slice::<baseline::Message>(black_box(json)).unwrap()));
    };
    let decode_value = |json: &[u8]| {
        drop(black_box(serde_json::from_slice::<serde_json::Value>(black_box(json)).unwrap()));
    };

    table.compare("decode, all known", Some(0.65), || decode_ours(known), || decode_derived(known));
    table.compare("decode, with unknowns", Some(0.80), || decode_ours(&unknown), || decode_derived(&unknown));
    table.compare("decode, serde_json::Value", None, || decode_value(known), || decode_derived(known));
    table.compare("decode, derive from text", None, || decode_text(known), || decode_derived(known));
    table.compare("encode", Some(1.02), || encode(&ours), || encode(&derived));
    table.compare("encode, serde_json::Value", None, || encode(&value), || encode(&derived));
}

/// What is left when the derived structs are read as cleverly as this project reads its own: one check of the bytes.
fn decode_text(json: &[u8]) {
    let text = std::str::from_utf8(black_box(json)).unwrap();
    drop(black_box(serde_json::from_str::<baseline::Message>(text).unwrap()));
}

fn encode<T: serde::Serialize>(value: &T) {
    drop(black_box(serde_json::to_vec(black_box(value)).unwrap()));
}
