//! The kept inputs of the fuzz targets, as a plain test: what was found once is not found again.

#![allow(clippy::expect_used, reason = "a failing test is how this reports")]

#[path = "fuzz/seeds.rs"]
mod seeds;
#[path = "fuzz/targets.rs"]
mod targets;

/// What the model exports and nobody reads from JSON.
const NOT_DECODED: &[&str] = &[
    "ChannelAccountQuery",
    "ChannelQuery",
    "DecodeError",
    "Events",
    "Extra",
    "Field",
    "FileFolder",
    "Finding",
    "InboxQuery",
    "NewFile",
    "NotFinite",
    "Place",
    "PortalChannelAccountQuery",
    "Preflight",
    "Severity",
    "SignedUrlQuery",
    "StagingRedirect",
    "ThreadEntryQuery",
    "ThreadQuery",
    "Unrecognized",
    "Violations",
];

#[test]
fn what_is_decoded_survives() {
    seeds::each("decoders", |seed| {
        targets::decoders(seed);
        // The first byte chooses a type by its place; the rest is worth a try as any other.
        for (_, decoder) in targets::DECODERS {
            decoder(seed.get(1..).unwrap_or_default());
        }
    });
}

#[test]
fn pairs_survive() {
    seeds::each("pairs", targets::pairs);
}

#[test]
fn webhooks_are_verified_and_read() {
    seeds::each("webhooks", targets::webhooks);
}

#[test]
fn every_type_that_is_decoded_is_fuzzed() {
    let (_, exports) = include_str!("../crates/model/src/lib.rs")
        .split_once("pub use self::{")
        .expect("the list of exports");
    let (exports, _) = exports.split_once("};").expect("the end of the list");
    let words = |text: &'static str| text.split(|character: char| !character.is_alphanumeric());
    let missing: Vec<&str> = words(exports)
        .filter(|name| name.starts_with(char::is_uppercase) && !NOT_DECODED.contains(name))
        .filter(|name| {
            !targets::DECODERS
                .iter()
                .any(|(known, _)| words(known).any(|word| word == *name))
        })
        .collect();
    assert!(missing.is_empty(), "to be added to `DECODERS` in tests/fuzz/targets.rs: {missing:?}");
}
