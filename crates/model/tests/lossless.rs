//! Whatever is decoded encodes again to the same JSON value, from every source that serde_json has; whatever is built
//! and encoded decodes to the same value. For every type.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::fmt::Debug;

use hubchannel_model::*;
use hubchannel_testkit::{
    Json, assert_same_json, cases, documents, documents::Limits, for_all, for_every_type, samples, shape::Shape,
    values::ByHand,
};
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
        let [first, others @ ..] = decoded.map(|value| serde_json::to_string_pretty(&value).unwrap());
        assert_same_json(&first, &text);
        for other in others {
            assert_eq!(other, first);
        }
        let value: T = serde_json::from_str(&text).unwrap();
        assert_same_json(&serde_json::to_string(&value).unwrap(), &text);
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

/// Encodes, decodes and encodes again.
#[track_caller]
fn value_survives<T: DeserializeOwned + Serialize + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    let again: T = decode(text.as_bytes()).unwrap();
    assert_eq!(again, *value, "{text}");
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
    text
}

/// The tables were written from HubSpot's descriptions, the values from the fields of the types: that each knows the
/// other's members says that neither has forgotten one.
#[track_caller]
fn has_every_member<T: ByHand + Serialize + Debug>(shape: Shape) {
    let mut described = shape.members();
    if described.is_empty() {
        return;
    }
    let mut written = std::collections::BTreeSet::new();
    for value in samples(&T::by_hand(), 64) {
        let text = serde_json::to_string(&value).unwrap();
        let Json::Object(members) = text.parse().unwrap() else {
            unreachable!("what has members is an object: {value:?}");
        };
        let names = members.into_iter().map(|(name, _)| name.replace('"', ""));
        written.extend(names.filter(|name| !name.starts_with("x-")));
    }
    described.sort_unstable();
    assert_eq!(written.into_iter().collect::<Vec<_>>(), described);
}

macro_rules! every_type {
    ($($name:ident: $type:ty = $_table:expr,)+) => {
        mod a_text_loses_nothing {
            use super::*;
            $( #[test] fn $name() {
                let documents = Shape::named(stringify!($name)).documents(Limits::None);
                for_all(&documents, |document| text_survives::<$type>(&document));
            } )+
        }

        mod a_buffer_loses_nothing_more {
            use super::*;
            $( #[test] fn $name() {
                let documents = Shape::named(stringify!($name)).documents(Limits::Buffered);
                for_all(&documents, |document| buffer_survives::<$type>(&document));
            } )+
        }

        mod what_is_built_by_hand_is_read_as_it_was {
            use super::*;
            $( #[test] fn $name() {
                for_all(&<$type>::by_hand(), |value| { value_survives(&value); });
            } )+
        }

        mod what_is_built_by_hand_has_the_described_members {
            use super::*;
            $( #[test] fn $name() {
                has_every_member::<$type>(Shape::named(stringify!($name)));
            } )+
        }
    };
}

for_every_type!(every_type);

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_known_attachment_is_recognised(document in documents::known_attachment(Limits::None)) {
        let attachment: Attachment = decode(document.to_string().as_bytes()).unwrap();
        prop_assert!(attachment.as_unrecognized().is_none(), "{:?}", attachment);
    }
}

/// What `lib.rs` exports and this file has no test for, because it is no body and no part of one that has members.
const NO_SHAPE: &[&str] = &[
    // Ids and words are members of other types; `scalars.rs` is about them.
    "ActorId AppId ChannelAccountId ChannelId ContactId EventId FileId FolderId InboxId IntegrationThreadId MessageId",
    "ObjectId PortalId SubscriptionId ThreadId TicketId UserId Number NotFinite Timestamp Secret Url",
    "ActorType AddressType BatchStatus ClientType ConversationEventType DeliveryIdentifierType",
    "DuplicateValidationScope DuplicateValidationStrategy ErrorCategory FileAccess FileUsageType ImageSize InboxType MediaType",
    "MessageDirection MessageType OutgoingAttachmentType PhoneType QuickReplyValueType RichTextFeature StatusType",
    "GrantType OAuthErrorCode OAuthErrorStatus ThreadEntryType ThreadStatus ThreadingModel TokenUse TruncationStatus",
    // What values are made of, and what is wrong with them.
    "DecodeError Extra Field Finding Place Preflight Severity Unrecognized Violations decode",
    // What is written as pairs alone is in `pairs.rs`; a list of events is here under the names of its two kinds.
    "ChannelAccountQuery ChannelQuery FileFolder NewFile StagingRedirect Events",
    "InboxQuery PortalChannelAccountQuery SignedUrlQuery ThreadEntryQuery ThreadQuery",
];

#[test]
fn every_type_that_is_exported_has_a_shape() {
    let exports = include_str!("../src/lib.rs").split_once("pub use self::{").unwrap().1;
    let (exports, _) = exports.split_once("\n};").unwrap();
    let exports = exports.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let is_type = |name: &&str| name.starts_with(char::is_uppercase) || *name == "decode";
    let shaped: Vec<&str> = hubchannel_testkit::shape::ALL
        .iter()
        .map(|shape| shape.type_name.split(['<', ' ']).next().unwrap())
        .collect();
    let missing: Vec<&str> = exports
        .clone()
        .filter(is_type)
        .filter(|name| {
            !shaped.contains(name) && !NO_SHAPE.iter().any(|line| line.split(' ').any(|known| known == *name))
        })
        .collect();
    assert!(missing.is_empty(), "no line in `for_every_type!` and none in NO_SHAPE for {missing:?}");

    let exported: Vec<&str> = exports.filter(is_type).collect();
    let stale: Vec<&str> = NO_SHAPE
        .iter()
        .flat_map(|line| line.split(' '))
        .filter(|name| !exported.contains(name) || shaped.contains(name))
        .collect();
    assert!(stale.is_empty(), "NO_SHAPE need not name {stale:?}");
}

#[test]
fn an_attachment_kept_whole_equals_what_is_written_of_it() {
    let read = |json: &str| -> Attachment { decode(json.as_bytes()).unwrap() };
    let spaced = r#"{ "ty\u0070e" : "HOLOGRAM", "size": [ 1.50 ] }"#;
    let kept = read(spaced);
    assert_eq!(kept.as_unrecognized().map(|attachment| attachment.json()), Some(spaced));
    assert_eq!(read(&serde_json::to_string(&kept).unwrap()), kept);

    for other in [
        r#"{"type":"HOLOGRAM","size":[ 1.5 ]}"#,
        r#"{"size":[ 1.50 ],"type":"HOLOGRAM"}"#,
        r#"{"type":"HOLOGRAM"}"#,
        "null",
    ] {
        assert_ne!(read(other), kept);
    }
}
