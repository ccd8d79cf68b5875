//! Input made to break a parser, for every type: refused or kept, never a panic or an overflow, and at a cost that grows
//! no faster than its length: here what is allocated; how often each byte is parsed, the crate's own tests count.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use allocation_counter::measure;
use hubchannel_model::*;
use hubchannel_testkit::{Json, assert_same_json, documents::Limits, for_all, for_every_type, shape::Shape};
use proptest::{prelude::*, sample::Index};
use serde::{Serialize, de::DeserializeOwned};

/// What cannot be cut to something whole, as a number can.
fn closed_documents(shape: Shape) -> impl Strategy<Value = String> {
    let documents = shape.documents(Limits::None);
    documents.prop_filter_map("it has an end", |document| {
        matches!(document, Json::Object(_) | Json::Array(_) | Json::String(_)).then(|| document.to_string())
    })
}

#[track_caller]
fn is_refused_when_cut<T: DeserializeOwned>(shape: Shape) {
    for object in shape.small_objects() {
        let members = object.members.iter().map(|(name, value)| (*name, value.clone()));
        let members = Json::object(members).to_string();
        let text = with_member(&object.json, "all", &members);
        for end in 0..text.len() {
            assert!(decode::<T>(&text.as_bytes()[..end]).is_err(), "{}", &text[..end]);
        }
    }
    for_all(&(closed_documents(shape), any::<Index>()), |(text, at)| {
        let cut = &text.as_bytes()[..at.index(text.len())];
        assert!(decode::<T>(cut).is_err());
        assert!(serde_json::from_slice::<T>(cut).is_err());
    });
}

#[track_caller]
fn is_refused_when_no_text<T: DeserializeOwned>(shape: Shape) {
    for_all(&(closed_documents(shape), any::<Index>()), |(text, at)| {
        for bytes in [b"\xff".as_slice(), b"\xc3", b"\xed\xa0\x80"] {
            let (before, after) = text.as_bytes().split_at(at.index(text.len()));
            let broken = [before, bytes, after].concat();
            assert!(decode::<T>(&broken).is_err());
            assert!(serde_json::from_slice::<T>(&broken).is_err());
        }
        assert!(decode::<T>(format!("\u{feff}{text}").as_bytes()).is_err());
    });
    for_all(&any::<Vec<u8>>(), |bytes| {
        let _ = decode::<T>(&bytes);
        let _ = serde_json::from_slice::<T>(&bytes);
    });
}

#[track_caller]
fn is_read_or_refused_when_changed<T: DeserializeOwned + Serialize>(shape: Shape) {
    for_all(&(shape.documents(Limits::None), any::<Index>(), any::<u8>()), |(document, at, byte)| {
        let mut bytes = document.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let Ok(value) = decode::<T>(&bytes) else { return };
        let changed: Json = std::str::from_utf8(&bytes).unwrap().parse().unwrap();
        let expected = match shape.tag() {
            // By itself, an object of a certain type is told by its Rust type, and gets the member when it is written.
            Some(tag) if changed.get("type").is_none() => changed.with("type", Json::string(tag)),
            _ => changed,
        };
        assert_same_json(&serde_json::to_string(&value).unwrap(), &expected.to_string());
    });
}

/// The object with one more member.
fn with_member(object: &Json, name: &str, value: &str) -> String {
    let object = object.to_string();
    let members = object.strip_suffix('}').unwrap();
    let comma = if members.len() > 1 { "," } else { "" };
    format!("{members}{comma}\"{name}\":{value}}}")
}

/// Is kept to the letter, or refused where `may_fail`.
#[track_caller]
fn is_kept<T: DeserializeOwned + Serialize>(text: &str, may_fail: bool) {
    match decode::<T>(text.as_bytes()) {
        Ok(value) => assert!(serde_json::to_string(&value).unwrap() == text, "{:.80}… is not kept", text),
        Err(error) => assert!(may_fail && !error.path().is_empty(), "{:.80}… fails: {error:.200}", text),
    }
}

#[track_caller]
fn survives_excess<T: DeserializeOwned + Serialize>(shape: Shape) {
    const DEPTH: usize = 100_000;
    assert!(decode::<T>("[".repeat(DEPTH).as_bytes()).is_err());
    for object in shape.small_objects() {
        let open = "[".repeat(DEPTH);
        assert!(decode::<T>(with_member(&object.json, "nest", &open).as_bytes()).is_err());
        is_kept::<T>(&with_member(&object.json, "nest", &format!("{open}{}", "]".repeat(DEPTH))), false);

        let digits = "9".repeat(5_000);
        let values = [
            "[".repeat(10_000) + &"]".repeat(10_000),
            r#"{"a":"#.repeat(10_000) + "0" + &"}".repeat(10_000),
            format!("\"{}\"", "a".repeat(5_000)),
            format!("-{digits}.{digits}e-{digits}"),
            "1e999999999999999999999999".to_owned(),
        ];
        for value in &values {
            is_kept::<T>(&with_member(&object.json, "unknown", value), false);
            for (name, _) in &object.members {
                is_kept::<T>(&with_member(&object.json, name, value), true);
            }
        }
    }
}

/// What it allocates to decode, to encode, and to fail.
fn allocated<T: DeserializeOwned + Serialize>(text: &str) -> u64 {
    let cost = measure(|| {
        let value: T = decode(text.as_bytes()).unwrap();
        serde_json::to_string(&value).unwrap();
        drop(decode::<T>(&text.as_bytes()[..text.len() - 1]));
    });
    cost.bytes_total
}

#[track_caller]
fn costs_grow_with_the_length<T: DeserializeOwned + Serialize>(what: &str, document: impl Fn(usize) -> String) {
    const ONCE: usize = 256;
    // What is allocated once for the program shall not count.
    allocated::<T>(&document(1));
    let (once, twice) = (allocated::<T>(&document(ONCE)), allocated::<T>(&document(2 * ONCE)));
    assert!(2 * twice < 5 * once, "{what}: {once} bytes for {ONCE}, {twice} for twice as many");
}

/// The item so many times, as an array.
fn array(item: &str, times: usize) -> String {
    format!("[{}]", vec![item; times].join(","))
}

/// An object of so many members.
fn map(value: &str, times: usize) -> String {
    let members: Vec<String> = (0..times).map(|at| format!(r#""name{at}":{value}"#)).collect();
    format!("{{{}}}", members.join(","))
}

#[track_caller]
fn has_no_quadratic_cost<T: DeserializeOwned + Serialize>(shape: Shape) {
    for object in shape.small_objects() {
        let members = |member: fn(usize) -> String, times: usize| {
            let members: Vec<String> = (0..times).map(member).collect();
            with_member(&object.json, "first", "0").replacen("\"first\":0", &members.join(","), 1)
        };
        costs_grow_with_the_length::<T>("unknown members", |times| members(|at| format!(r#""mood{at}":{at}"#), times));
        costs_grow_with_the_length::<T>("a doubled name", |times| members(|at| format!(r#""mood":"{at}""#), times));
        costs_grow_with_the_length::<T>("a long text", |times| {
            with_member(&object.json, "mood", &format!("\"{}\"", "\\u00e9".repeat(times)))
        });
        for (name, item) in &object.lists {
            costs_grow_with_the_length::<T>(name, |times| {
                with_member(&object.json, name, &array(&item.to_string(), times))
            });
        }
        for (name, value) in &object.maps {
            costs_grow_with_the_length::<T>(name, |times| {
                with_member(&object.json, name, &map(&value.to_string(), times))
            });
        }
    }
}

macro_rules! every_type {
    ($($name:ident: $type:ty = $_table:expr,)+) => {
        mod a_document_cut_anywhere_is_refused {
            use super::*;
            $( #[test] fn $name() {
                is_refused_when_cut::<$type>(Shape::named(stringify!($name)));
            } )+
        }

        mod bytes_that_are_no_text_are_refused {
            use super::*;
            $( #[test] fn $name() {
                is_refused_when_no_text::<$type>(Shape::named(stringify!($name)));
            } )+
        }

        mod a_changed_byte_is_refused_or_read {
            use super::*;
            $( #[test] fn $name() {
                is_read_or_refused_when_changed::<$type>(Shape::named(stringify!($name)));
            } )+
        }

        mod excess_is_kept_or_refused {
            use super::*;
            $( #[test] fn $name() {
                survives_excess::<$type>(Shape::named(stringify!($name)));
            } )+
        }

        mod the_cost_grows_no_faster_than_the_length {
            use super::*;
            $( #[test] fn $name() {
                has_no_quadratic_cost::<$type>(Shape::named(stringify!($name)));
            } )+
        }
    };
}

for_every_type!(every_type);

/// What cannot be read is read several times, to find out why and where: several, and not more the more there is of it.
#[test]
fn many_broken_values_cost_no_more_than_their_number() {
    for attachment in [
        r#"{"type":"FILE","fileId":[]}"#,
        r#"{"fileId":"1","type":"FILE"}"#,
        r#"{"type":"HOLOGRAM"}"#,
        r#"{"type":"CONTACT","contactProfile":{"emails":[{"email":5}]}}"#,
        "[]",
    ] {
        let message = |times| format!(r#"{{"attachments":{}}}"#, array(attachment, times));
        costs_grow_with_the_length::<Message>(attachment, message);
        // The message itself cannot be read either, behind all of its attachments.
        let event = |times| {
            let attachments = array(attachment, times);
            format!(
                r#"{{"message":{{"attachments":{attachments},"id":[]}},"type":"OUTGOING_CHANNEL_MESSAGE_CREATED"}}"#
            )
        };
        costs_grow_with_the_length::<ChannelEvent>(attachment, event);
        costs_grow_with_the_length::<ChannelEvents>(attachment, |times| array(&event(1), times));
    }
}
