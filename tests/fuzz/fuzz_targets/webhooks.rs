//! See `webhooks.rs` beside `targets.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hubchannel_fuzz::webhooks(input));
