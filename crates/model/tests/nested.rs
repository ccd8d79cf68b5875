//! Model types inside a user's own types, where serde often hands over buffered values instead of text.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::*;
use hubchannel_testkit::{Json, assert_same_json, documents::Limits, for_all, for_every_type, shape::Shape};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

#[derive(Deserialize, Serialize)]
#[serde(tag = "$event")]
enum InternallyTagged<T> {
    Arrived(T),
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "$event", content = "$body")]
enum AdjacentlyTagged<T> {
    Arrived(T),
}

#[derive(Deserialize, Serialize)]
enum ExternallyTagged<T> {
    Arrived(T),
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Untagged<T> {
    Count(u64),
    Arrived(T),
}

#[derive(Deserialize, Serialize)]
struct Flattened<T> {
    #[serde(rename = "$cursor")]
    cursor: u64,
    #[serde(flatten)]
    body: T,
}

#[derive(Deserialize, Serialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Record<T> {
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    last: Field<T>,
    all: Vec<Option<T>>,
}

#[track_caller]
fn survives<T: DeserializeOwned + Serialize>(text: &str, expected: &str) {
    let value: T = serde_json::from_str(text).unwrap();
    assert_same_json(&serde_json::to_string(&value).unwrap(), expected);
}

/// The text as serde_json's own buffer prints it.
fn normalised(text: &str) -> String {
    serde_json::from_str::<Value>(text).unwrap().to_string()
}

#[track_caller]
fn survives_everywhere<T: DeserializeOwned + Serialize>(document: &Json) {
    let text = document.to_string();
    if let Some(members) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        survives_among_members::<T>(members);
    }

    let tag_first = format!(r#"{{"$event":"Arrived","$body":{document}}}"#);
    let tag_last = format!(r#"{{"$body":{document},"$event":"Arrived"}}"#);
    survives::<AdjacentlyTagged<T>>(&tag_first, &tag_first);
    survives::<AdjacentlyTagged<T>>(&tag_last, &normalised(&tag_last));

    let external = format!(r#"{{"Arrived":{document}}}"#);
    survives::<ExternallyTagged<T>>(&external, &external);

    if !matches!(document, Json::Number(_)) {
        survives::<Untagged<T>>(&text, &normalised(&text));
    }
    if !matches!(document, Json::Null) {
        let record = format!(r#"{{"last":{document},"all":[null,{document}]}}"#);
        survives::<Record<T>>(&record, &record);
    }
}

/// Where the user's own members stand beside the body's.
#[track_caller]
fn survives_among_members<T: DeserializeOwned + Serialize>(members: &str) {
    let comma = if members.is_empty() { "" } else { "," };

    let tag_first = format!(r#"{{"$event":"Arrived"{comma}{members}}}"#);
    let tag_last = format!(r#"{{{members}{comma}"$event":"Arrived"}}"#);
    survives::<InternallyTagged<T>>(&tag_first, &normalised(&tag_first));
    survives::<InternallyTagged<T>>(&tag_last, &normalised(&tag_last));

    let text = format!(r#"{{{members}{comma}"$cursor":7}}"#);
    survives::<Flattened<T>>(&text, &normalised(&text));
}

macro_rules! every_type {
    ($($name:ident: $type:ty = $_table:expr,)+) => {
        mod a_body_survives_in_types_of_the_user {
            use super::*;
            $( #[test] fn $name() {
                let documents = Shape::named(stringify!($name)).documents(Limits::Buffered);
                for_all(&documents, |document| survives_everywhere::<$type>(&document));
            } )+
        }
    };
}

for_every_type!(every_type);

#[test]
fn a_flattened_message_leaves_the_members_around_it_to_their_owner() {
    let text = r#"{"$cursor":7,"text":"hello","sentiment":{"score":0.5}}"#;
    let page: Flattened<Message> = serde_json::from_str(text).unwrap();
    assert_eq!(page.cursor, 7);
    assert_eq!(page.body.text.as_deref(), Some("hello"));
    assert_eq!(page.body.extra.get("sentiment"), Some(r#"{"score":0.5}"#));
    assert_eq!(page.body.extra.len(), 1);
}

#[test]
fn an_attachment_in_a_buffer_is_as_readable_as_in_text() {
    let text = r#"{"$event":"Arrived","attachments":[{"fileId":7,"type":"FILE"},{"type":"HOLOGRAM"}]}"#;
    let InternallyTagged::<Message>::Arrived(message) = serde_json::from_str(text).unwrap();
    let [Attachment::File(file), hologram] = message.attachments.as_deref().unwrap() else {
        panic!("{:?}", message.attachments)
    };
    assert!(file.file_id.as_ref().is_some_and(|id| id.is_number() && *id == "7"));
    assert_eq!(hologram.as_unrecognized().map(|attachment| attachment.json()), Some(r#"{"type":"HOLOGRAM"}"#));
}

#[test]
fn a_name_that_serde_json_gives_to_itself_smuggles_nothing_through_a_buffer() {
    const NAME: &str = "$serde_json::private::RawValue";
    for value in [
        r#""1,\"archived\":true""#,
        r#""[""#,
        r#""""#,
        "\"\\u0031 2\"",
        "7",
        "null",
    ] {
        for member in ["mood", "id", "attachments"] {
            let text = format!(r#"{{"$event":"Arrived","{member}":{{"{NAME}":{value}}}}}"#);
            assert!(serde_json::from_str::<InternallyTagged<Message>>(&text).is_err(), "{text}");
            let text = format!(r#"{{"$cursor":7,"{member}":[{{"{NAME}":{value}}}]}}"#);
            assert!(serde_json::from_str::<Flattened<Message>>(&text).is_err(), "{text}");
        }
    }
}

#[test]
fn absent_null_and_value_are_told_apart_in_a_record_of_the_user() {
    for text in [
        r#"{"all":[]}"#,
        r#"{"last":null,"all":[]}"#,
        r#"{"last":1.50,"all":[null]}"#,
    ] {
        let record: Record<Number> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), text);
    }
}
