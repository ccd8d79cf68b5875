//! What the program leaves behind when it is told to end while the outcome is not known.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    io::Write as _,
    net::TcpStream,
    process::{Command, Output},
};

use serde_json::{Value, json};

use self::common::{TOKEN, failed, program, silent_server, spawn};

/// Runs the program against a server that takes the request and falls silent, then sends it the signal.
fn interrupted(signal: &str, arguments: &[&str], input: &str) -> (Output, String) {
    let (base_url, taken) = silent_server();
    let mut program = program();
    program
        .env("HUBSPOT_ACCESS_TOKEN", TOKEN)
        .env("HUBSPOT_CHANNEL_ID", "1")
        .env("HUBSPOT_CHANNEL_ACCOUNT_ID", "2")
        .args(["--base-url", &base_url])
        .args(arguments);
    let child = spawn(&mut program, input);
    let (_open, heard): (TcpStream, String) = taken.join().unwrap();
    let kill = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    (child.wait_with_output().unwrap(), heard)
}

fn sent_key(request: &str) -> Value {
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    body["integrationIdempotencyId"].clone()
}

#[test]
fn a_publish_that_is_interrupted_shows_the_key_that_was_sent_and_the_command_that_repeats_with_it() {
    for signal in ["-INT", "-TERM"] {
        let (output, heard) = interrupted(signal, &["publish", "--from", "x", "--text", "hi"], "");
        let text = failed(&output, 5);
        assert!(text.contains("interrupted") && text.contains("may have been published"), "{text}");
        let key = text.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
        assert_eq!(sent_key(&heard), key);
        assert!(text.ends_with(&format!("--text hi --idempotency-id {key}\n")), "{text}");
        assert!(!text.contains("has to be given again") && !text.contains(TOKEN), "{text}");
    }
}

#[test]
fn a_program_reads_the_same_of_an_interruption_as_of_any_unknown_outcome() {
    let arguments = [
        "--json",
        "publish",
        "--from",
        "x",
        "--text",
        "hi",
        "--idempotency-id",
        "my key",
    ];
    let (output, heard) = interrupted("-INT", &arguments, "");
    let error = serde_json::from_str::<Value>(&failed(&output, 5)).unwrap()["error"].clone();
    assert_eq!((&error["class"], &error["outcomeUnknown"]), (&json!("outcomeUnknown"), &json!(true)));
    assert_eq!((&error["idempotencyKey"], sent_key(&heard)), (&json!("my key"), json!("my key")));
    assert_eq!((&error["retryable"], error.get("attempts")), (&json!(true), None));
    assert!(error["hint"].as_str().unwrap().ends_with("--idempotency-id 'my key'"), "{error}");
}

#[test]
fn a_status_that_is_interrupted_leaves_the_outcome_unknown() {
    let (output, _) = interrupted("-TERM", &["status", "m", "sent"], "");
    let text = failed(&output, 5);
    assert!(text.contains("interrupted") && text.contains("may have been updated"), "{text}");
}

const BODY: &str = r#"{"messageDirection":"INCOMING","text":"hi","senders":[{"deliveryIdentifier":
    {"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"x"}}]}"#;

#[test]
fn a_body_that_can_be_read_once_has_to_be_given_again() {
    for arguments in [
        &["publish", "--body", "-"][..],
        &["publish", "--body=-"],
        &["publish", "--body", "/dev/stdin"],
    ] {
        let (output, _) = interrupted("-INT", arguments, BODY);
        let text = failed(&output, 5);
        assert!(text.contains("the same body, which was read from a stream and has to be given again"), "{text}");
        assert!(text.contains(" --idempotency-id "), "{text}");
    }
}

#[test]
fn a_body_in_a_file_is_there_for_the_repeat() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(BODY.as_bytes()).unwrap();
    let (output, _) = interrupted("-INT", &["publish", "--body", file.path().to_str().unwrap()], "");
    let text = failed(&output, 5);
    assert!(!text.contains("has to be given again") && text.contains("--body "), "{text}");
}
