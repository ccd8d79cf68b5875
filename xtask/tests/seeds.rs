//! The kept inputs of the fuzz target `schema`, as a plain test: what was found once is not found again.

#![allow(clippy::expect_used, reason = "a failing test is how this reports")]

#[path = "../../tests/fuzz/seeds.rs"]
mod seeds;

#[test]
fn contracts_survive() {
    seeds::each("schema", xtask::fuzz_entry::schema);
}
