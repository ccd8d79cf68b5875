//! Whatever is decoded encodes again to the same JSON value, from every source that serde_json has.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{Attachment, ErrorBody, Message, NewMessage, StatusUpdate, decode};
use hubchannel_testkit::{Json, assert_same_json, cases, documents, documents::Limits};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Decodes from each source of text and encodes again.
#[track_caller]
fn text_survives<T: DeserializeOwned + Serialize>(document: &Json) {
    for text in [document.to_string(), document.spaced()] {
        let decoded: [T; 4] = [
            decode(text.as_bytes()).unwrap(),
            serde_json::from_str(&text).unwrap(),
            serde_json::from_slice(text.as_bytes()).unwrap(),
            T::deserialize(&mut serde_json::Deserializer::from_reader(text.as_bytes())).unwrap(),
        ];
        for value in decoded {
            assert_same_json(&serde_json::to_string(&value).unwrap(), &text);
            assert_same_json(&serde_json::to_string_pretty(&value).unwrap(), &text);
        }
    }
}

/// Decodes from a `serde_json::Value` and encodes again, to text and to a `Value`.
#[track_caller]
fn buffer_survives<T: DeserializeOwned + Serialize>(document: &Json) {
    let buffer: Value = serde_json::from_str(&document.to_string()).unwrap();
    let normalised = buffer.to_string();
    let borrowed = T::deserialize(&buffer).unwrap();
    let owned: T = serde_json::from_value(buffer).unwrap();
    for value in [borrowed, owned] {
        let text = serde_json::to_string(&value).unwrap();
        assert_same_json(&text, &normalised);
        // Not the buffer from above: serde_json may read a float differently from how it has printed it.
        let again: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(&value).unwrap(), again);
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_message_loses_nothing(document in documents::message(Limits::None)) {
        text_survives::<Message>(&document);
    }

    #[test]
    fn a_publish_body_loses_nothing(document in documents::new_message(Limits::None)) {
        text_survives::<NewMessage>(&document);
    }

    #[test]
    fn a_status_update_loses_nothing(document in documents::status_update(Limits::None)) {
        text_survives::<StatusUpdate>(&document);
    }

    #[test]
    fn an_error_body_loses_nothing(document in documents::error_body(Limits::None)) {
        text_survives::<ErrorBody>(&document);
    }

    #[test]
    fn an_attachment_loses_nothing(document in documents::attachment(Limits::None)) {
        text_survives::<Attachment>(&document);
    }

    #[test]
    fn a_known_attachment_is_recognised(document in documents::known_attachment(Limits::None)) {
        let attachment: Attachment = decode(document.to_string().as_bytes()).unwrap();
        prop_assert!(attachment.as_unrecognized().is_none(), "{:?}", attachment);
    }

    #[test]
    fn a_buffered_message_loses_nothing_more(document in documents::message(Limits::Buffered)) {
        buffer_survives::<Message>(&document);
    }

    #[test]
    fn a_buffered_publish_body_loses_nothing_more(document in documents::new_message(Limits::Buffered)) {
        buffer_survives::<NewMessage>(&document);
    }

    #[test]
    fn a_buffered_error_body_loses_nothing_more(document in documents::error_body(Limits::Buffered)) {
        buffer_survives::<ErrorBody>(&document);
    }
}
