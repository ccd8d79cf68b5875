//! How often the program tries, and what it tells of that.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::process::Output;

use serde_json::{Value, json};

use self::common::{TOKEN, failed, program, server, succeeded};

const CREATED: &str = "HTTP/1.1 201 Created\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{\"id\":\"m\"}";

fn ask(base_url: &str, arguments: &[&str]) -> Output {
    program()
        .env("HUBSPOT_ACCESS_TOKEN", TOKEN)
        .env("HUBSPOT_CHANNEL_ID", "1")
        .env("HUBSPOT_CHANNEL_ACCOUNT_ID", "2")
        .args(["--base-url", base_url])
        .args(arguments)
        .output()
        .unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

const PUBLISH: [&str; 6] = ["--json", "publish", "--from", "x", "--text", "hi"];

#[test]
fn a_publish_that_fails_in_passing_is_repeated_with_its_key() {
    let (base_url, heard) = server([None, Some(CREATED)]);
    let answer = json(&succeeded(&ask(&base_url, &PUBLISH)));
    assert_eq!((&answer["done"], &answer["attempts"]), (&json!("published"), &json!(2)));
    let keys: Vec<Value> = heard
        .join()
        .unwrap()
        .iter()
        .map(|request| json(request.split_once("\r\n\r\n").unwrap().1)["integrationIdempotencyId"].clone())
        .collect();
    assert!(keys[0].is_string());
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn people_are_told_of_more_than_one_attempt() {
    for (answers, told) in [(vec![Some(CREATED)], false), (vec![None, Some(CREATED)], true)] {
        let (base_url, _) = server(answers);
        let text = succeeded(&ask(&base_url, &PUBLISH[1..]));
        assert_eq!(text.contains("attempts  2"), told, "{text}");
    }
}

#[test]
fn as_many_attempts_are_made_as_are_asked_for() {
    for (attempts, made) in [("1", 1), ("2", 2)] {
        let (base_url, heard) = server(vec![None; made]);
        let arguments = [&["--attempts", attempts][..], &PUBLISH].concat();
        let error = json(&failed(&ask(&base_url, &arguments), 5))["error"].clone();
        assert_eq!((&error["attempts"], &error["gaveUp"]), (&json!(made), &json!("maxAttempts")));
        assert_eq!(heard.join().unwrap().len(), made);
    }
    failed(&ask("http://127.0.0.1:1", &["--attempts", "0", "read", "m"]), 2);
}

#[test]
fn a_wait_that_is_longer_than_the_call_is_told_and_not_waited_for() {
    let busy = "HTTP/1.1 503 Busy\r\nretry-after: 3600\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
    let (base_url, _) = server([Some(busy)]);
    let error = json(&failed(&ask(&base_url, &["--json", "read", "m"]), 3))["error"].clone();
    assert_eq!((&error["attempts"], &error["gaveUp"]), (&json!(1), &json!("deadline")));
    assert_eq!((&error["retryAfterSeconds"], &error["retryable"]), (&json!(3600), &json!(true)));
    assert!(error["hint"].as_str().unwrap().contains("3600 seconds"), "{error}");
}

#[test]
fn what_was_never_sent_counts_no_attempt() {
    let error = json(&failed(&ask("http://192.0.2.1", &["--json", "read", "m"]), 2))["error"].clone();
    assert_eq!((&error["attempts"], error.get("gaveUp")), (&json!(0), None));
}
