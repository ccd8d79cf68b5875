//! Proof that the suite ran with the features of serde_json that it was asked to run with.
//!
//! `cargo xtask exact-json` runs it with `arbitrary_precision`, `float_roundtrip` and `preserve_order` switched on, as
//! another crate in a user's build may do; everything else runs it without.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use serde_json::Value;

fn reprinted(json: &str) -> String {
    serde_json::from_str::<Value>(json).unwrap().to_string()
}

#[test]
fn serde_json_has_the_features_that_were_asked_for() {
    let exact = cfg!(exact_json);
    assert_eq!(reprinted("1.00") == "1.00", exact, "arbitrary_precision");
    assert_eq!(reprinted(r#"{"b":1,"a":2}"#) == r#"{"b":1,"a":2}"#, exact, "preserve_order");
}
