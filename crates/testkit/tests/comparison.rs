//! The comparison that other tests lean on.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_testkit::{Json, assert_same_json, differences, documents, documents::Limits, json::MAX_DEPTH};
use proptest::prelude::*;

fn parsed(text: &str) -> Json {
    text.parse().unwrap()
}

fn shown(left: &str, right: &str) -> Vec<String> {
    differences(&parsed(left), &parsed(right))
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn equal_values_are_equal_however_they_are_written() {
    for (left, right) in [
        (r#"{"a":1,"b":2}"#, r#" {"b" : 2, "\u0061" : 1} "#),
        ("1", "1.0"),
        ("100", "1E+2"),
        ("-0", "0e7"),
        ("12.50", "125e-1"),
        ("123456789012345678901234567890123", "1.23456789012345678901234567890123e32"),
        (r#""\ud83e\udded/""#, r#""🧭\/""#),
        (r#""\"""#, r#""\u0022""#),
        (r#""\\""#, r#""\u005c""#),
    ] {
        assert_same_json(left, right);
    }
}

#[test]
fn every_difference_is_shown_with_its_path() {
    assert_eq!(shown("12345678901234567890123", "12345678901234567890124").len(), 1);
    assert_eq!(shown("0.1", "0.1000000000000000055511151231257827021181583404541015625").len(), 1);
    assert_eq!(shown("1", r#""1""#), [r#"the document: 1 | "1""#]);
    assert_eq!(shown(r#""\ud800""#, r#""\ufffd""#).len(), 1);
    assert_eq!(shown(r#"{"a":null}"#, "{}"), ["a: null | absent"]);
    assert_eq!(
        shown(r#"{"s":[{"n":"A"},{}],"z":true}"#, r#"{"z":false,"s":[{"n":"B"}]}"#),
        [r#"s[0].n: "A" | "B""#, "s[1]: {} | absent", "z: true | false"]
    );
    assert_eq!(shown(r#"{"a":1,"a":2}"#, r#"{"a":1}"#), ["a: 2 | absent"]);
}

#[test]
#[should_panic(expected = "senders[0].name: \"Ada\" | \"Eve\"")]
fn a_failed_comparison_says_where() {
    assert_same_json(r#"{"senders":[{"name":"Ada"}]}"#, r#"{"senders":[{"name":"Eve"}]}"#);
}

#[test]
fn what_is_no_json_is_refused() {
    for text in [
        "",
        "nul",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "-",
        "[1,]",
        "[1 2]",
        r#"{"a"}"#,
        r#"{a:1}"#,
        r#"{"a":1,}"#,
        "1 2",
        r#"""#,
        r#""\x""#,
        r#""\u12g4""#,
        "\"\n\"",
        "{]",
    ] {
        assert!(text.parse::<Json>().is_err(), "{text}");
    }
}

#[test]
fn what_is_too_deeply_nested_is_not_called_no_json() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(nested(MAX_DEPTH + 1).parse::<Json>().is_ok());
    let error = nested(MAX_DEPTH + 2).parse::<Json>().unwrap_err();
    assert!(error.is_too_deep());
    assert_eq!(error.to_string(), "too deeply nested: what stands at byte 201 is in more than 200 arrays and objects");
}

#[test]
fn members_can_be_set_and_taken_out() {
    let json = parsed(r#"{"a":1,"\u0062":2}"#);
    assert_eq!(json.clone().with("b", Json::Null).to_string(), r#"{"a":1,"b":null}"#);
    assert_eq!(json.clone().without("b").to_string(), r#"{"a":1}"#);
    assert_eq!(json.get("b").map(ToString::to_string).as_deref(), Some("2"));
}

proptest! {
    #![proptest_config(hubchannel_testkit::cases())]

    #[test]
    fn generated_documents_are_json_and_equal_to_themselves(document in documents::message(Limits::None)) {
        let text = document.to_string();
        prop_assert_eq!(parsed(&text).to_string(), &*text);
        assert_same_json(&document.spaced(), &text);
    }

    #[test]
    fn serde_json_takes_documents_within_the_limits_of_buffers(document in documents::message(Limits::Buffered)) {
        let value: Result<serde_json::Value, _> = serde_json::from_str(&document.to_string());
        prop_assert!(value.is_ok(), "{:?}", value);
    }
}
