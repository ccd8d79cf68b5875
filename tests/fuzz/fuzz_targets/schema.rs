//! See `fuzz_entry.rs` of `xtask`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| xtask::fuzz_entry::schema(input));
