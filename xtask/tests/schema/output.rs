use std::io;

use crate::program::{contract, file, folder, schema_into};

/// Where nobody reads any more.
fn closed() -> io::PipeWriter {
    let (_, writer) = io::pipe().unwrap();
    writer
}

#[test]
fn a_reader_that_goes_away_changes_nothing_but_what_it_reads() {
    let folder = folder("output-closed");
    let breaking = file(&folder, "breaking.json", contract("v3").replace("\"richText\"", "\"formattedText\""));
    let bodies = folder.join("bodies");
    file(&bodies, "message/a.json", "{}");
    for (arguments, code) in [
        (vec!["help"], 0),
        (vec!["check"], 0),
        (vec!["coverage"], 0),
        (vec!["diff", "v3", &breaking], 1),
        (vec!["diff", "v3", "v3", "--json"], 0),
        (vec!["check", "--spec", &breaking, "--version", "v3"], 1),
        (vec!["payloads", bodies.to_str().unwrap()], 0),
    ] {
        let outcome = schema_into(closed(), &arguments);
        assert_eq!(outcome.code, Some(code), "{arguments:?}: {}", outcome.err);
        assert!(!outcome.err.contains("panicked") && !outcome.err.contains("write"), "{}", outcome.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_for_another_reason_is_told() {
    let full = std::fs::File::create("/dev/full").unwrap();
    let outcome = schema_into(full, ["diff", "v3", "v3"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.starts_with("xtask: cannot write: "), "{}", outcome.err);
}
