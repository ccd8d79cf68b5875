//! What is said of a body that cannot be read: what is wrong, and no value that stands in it.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{collections::BTreeMap, fmt, net::IpAddr, num::NonZeroU8};

use hubchannel_model::*;
use hubchannel_testkit::{Json, cases, documents::Limits, for_every_type, shape::Shape};
use proptest::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};

const NUMBER: &str = "735773577";

/// What must be seen nowhere.
fn is_shown(text: &str) -> bool {
    text.contains("SECRET") || text.contains(NUMBER) || text.contains("7.357")
}

#[track_caller]
fn shows_no_value(error: &DecodeError) {
    for text in [error.to_string(), format!("{error:?}"), error.reason().to_owned()] {
        assert!(!is_shown(&text), "{text}");
        assert!(!text.contains(['\n', '\r', '\u{2028}']), "{text:?}");
    }
    assert!(!error.reason().is_empty());
}

/// What the reason is for which the text is no `T`.
#[track_caller]
fn reason<T: DeserializeOwned>(json: &str) -> String {
    let error = decode::<T>(json.as_bytes()).err().unwrap();
    shows_no_value(&error);
    error.reason().to_owned()
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only read")]
enum Word {
    One,
    Two(u8),
    Three { a: u8 },
}

#[derive(Debug, Deserialize)]
enum Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only read")]
struct Strict {
    mood: u8,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
#[allow(dead_code, reason = "only read")]
enum Tagged {
    A { a: u8 },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "only read")]
enum Untagged {
    A(u8),
    B(bool),
}

/// A type that quotes what it was given.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Given")]
struct Talkative;

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Given(serde_json::Value);

impl TryFrom<Given> for Talkative {
    type Error = String;

    fn try_from(given: Given) -> Result<Self, String> {
        Err(format!("cannot take {}", given.0))
    }
}

/// A visitor that refuses everything in serde's own words.
struct Refusing;

impl<'de> Deserialize<'de> for Refusing {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Refusing;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("nothing, really")
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[test]
fn a_reason_tells_the_kind_of_value_and_not_the_value() {
    let string = r#""SECRET\", expected `a\n` at line 1 column 2""#;
    for (json, kind) in [
        (string, "a string"),
        (NUMBER, "a number"),
        ("-735773577", "a number"),
        // Where serde_json keeps the digits of numbers, it hands out some of them as objects.
        ("7.3577", if cfg!(exact_json) { "an object" } else { "a number" }),
        ("true", "a boolean"),
        ("null", "null"),
        (r#"["SECRET"]"#, "an array"),
        (r#"{"a": "SECRET"}"#, "an object"),
    ] {
        assert_eq!(reason::<Refusing>(json), format!("invalid type: {kind}, expected nothing, really"), "{json}");
    }
    assert_eq!(reason::<NonZeroU8>("0"), "invalid value: a number, expected a nonzero u8");
    assert_eq!(reason::<u8>(NUMBER), "invalid value: a number, expected u8");
    assert_eq!(reason::<u8>("-735773577"), "invalid value: a number, expected u8");
    assert_eq!(reason::<u8>("7.357"), "invalid type: a number, expected u8");
    assert_eq!(reason::<char>(string), "invalid value: a string, expected a character");
    assert_eq!(reason::<(u8, u8)>("[1]"), "invalid length 1, expected a tuple of size 2");
    assert_eq!(reason::<Word>(r#""SECRET`, expected `x""#), "unknown variant, expected one of `One`, `Two`, `Three`");
    assert_eq!(reason::<Nothing>(r#""SECRET""#), "unknown variant, there are no variants");
    assert_eq!(reason::<Word>(r#"{"Two": "SECRET"}"#), "invalid type: a string, expected u8");
    assert_eq!(reason::<Tagged>(r#"{"type": "SECRET"}"#), "unknown variant, expected `A`");
    assert_eq!(reason::<Tagged>(r#"{"type": "A", "a": "SECRET"}"#), "invalid type: a string, expected u8");
    assert_eq!(reason::<Tagged>(r#"{"type": "A"}"#), "missing field `a`");
    assert_eq!(reason::<Strict>(r#"{"mood": 1, "food": "SECRET"}"#), "unknown field `food`, expected `mood`");
    assert_eq!(reason::<BTreeMap<u8, u8>>(r#"{"SECRET": 1}"#), "invalid value: expected key to be a number in quotes");
}

#[test]
fn what_a_foreign_type_says_is_not_repeated() {
    let foreign = "refused by the type that reads it";
    assert_eq!(reason::<Talkative>(r#"{"a": ["SECRET", 735773577]}"#), foreign);
    assert_eq!(reason::<IpAddr>(r#""SECRET""#), foreign);
    assert_eq!(reason::<Untagged>(r#""SECRET""#), foreign);
    let message: Message = decode(br#"{"mood": "SECRET"}"#).unwrap();
    let error = message.extra.decode::<IpAddr>("mood").unwrap_err();
    assert_eq!(error.reason(), foreign);
}

#[test]
fn text_that_is_no_json_is_said_to_be_none() {
    for json in [
        "",
        "[",
        "{",
        "\"SECRET",
        "[1",
        "[\"SECRET\" 2]",
        "{\"SECRET\"}",
        "{\"a\": 1 \"SECRET\"}",
        "SECRET",
        "tru",
        "01",
        "-",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\\u12\"",
        "\"\u{1}\"",
        "[1,]",
        "{} 735773577",
        "{5: 1}",
    ] {
        assert_ne!(reason::<serde_json::Value>(json), "refused by the type that reads it", "{json}");
        assert_ne!(reason::<BTreeMap<String, Field<Number>>>(json), "refused by the type that reads it", "{json}");
    }
    let deep = "[".repeat(1_000);
    assert_eq!(reason::<serde_json::Value>(&deep), "recursion limit exceeded");
}

#[test]
fn a_place_is_counted_in_the_text_that_was_read() {
    let place = |json: &str| {
        let error = decode::<Message>(json.as_bytes()).unwrap_err();
        let place = error.place().unwrap();
        (place.line, place.column)
    };
    assert_eq!(place("[]"), (1, 0));
    assert_eq!(place("{\n\"text\": 5}"), (2, 9));
    assert_eq!(place("{\"text\": \"a\",\n"), (2, 0));

    let text = "{\"attachments\": [\n\n{\"type\": \"FILE\", \"fileId\": true}]}";
    let message: Message = decode(text.as_bytes()).unwrap();
    let kept = message.attachments.as_deref().unwrap()[0].as_unrecognized().unwrap();
    let place = kept.decode_error().unwrap().place().unwrap();
    assert_eq!(place.line, 1);
    assert!(place.column <= kept.json().len());
}

/// The values that a member may wrongly have.
fn odd_values() -> impl Iterator<Item = Json> {
    let values = [
        r#""SECRET""#,
        NUMBER,
        "7.3577",
        r#"["SECRET"]"#,
        r#"{"type":"SECRET"}"#,
        r#"[["SECRET"]]"#,
    ];
    values.into_iter().map(|value| value.parse().unwrap())
}

/// Each member in turn has a value that it cannot have.
#[track_caller]
fn no_member_is_shown<T: DeserializeOwned>(shape: Shape) {
    for value in odd_values() {
        if let Err(error) = decode::<T>(value.to_string().as_bytes()) {
            shows_no_value(&error);
        }
        for object in shape.small_objects() {
            for (name, _) in &object.members {
                let document = object.json.clone().with(name, value.clone()).to_string();
                if let Err(error) = decode::<T>(document.as_bytes()) {
                    shows_no_value(&error);
                }
            }
        }
    }
}

macro_rules! every_type {
    ($($name:ident: $type:ty = $_table:expr,)+) => {
        mod no_value_of_a_member_is_shown {
            use super::*;
            $( #[test] fn $name() {
                no_member_is_shown::<$type>(Shape::named(stringify!($name)));
            } )+
        }
    };
}

for_every_type!(every_type);

/// A string with a value that must not be shown within any text.
fn secret() -> impl Strategy<Value = String> {
    let around = || prop_oneof![any::<String>(), "[`\", a-z:\n]{0,9}", Just("`, expected `".to_owned())];
    (around(), around()).prop_map(|(before, after)| format!("{before}SECRET{after}"))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_text_is_shown_whatever_is_around_it(secret in secret()) {
        let json = serde_json::to_string(&secret).unwrap();
        for text in [json.clone(), format!("[{json}]"), format!(r#"{{"a": {json}, "type": {json}}}"#)] {
            for error in [
                decode::<u8>(text.as_bytes()).err(),
                decode::<char>(text.as_bytes()).err(),
                decode::<Word>(text.as_bytes()).err(),
                decode::<Tagged>(text.as_bytes()).err(),
                decode::<Talkative>(text.as_bytes()).err(),
                decode::<Refusing>(text.as_bytes()).err(),
                decode::<Number>(text.as_bytes()).err(),
                decode::<BTreeMap<String, bool>>(text.as_bytes()).err(),
                decode::<Message>(text.as_bytes()).err(),
            ]
            .into_iter()
            .flatten()
            {
                // A name may be of the sender's choice; in these documents it is not.
                shows_no_value(&error);
            }
        }
    }

    #[test]
    fn no_kind_of_document_is_said_to_be_refused_by_a_type(document in Shape::named("message").documents(Limits::None)) {
        let reason = decode::<StatusUpdate>(format!("[{document}]").as_bytes()).unwrap_err();
        prop_assert_eq!(reason.reason(), "invalid type: an array, expected an object (StatusUpdate)");
    }
}
