//! The tables that `cargo xtask schema` holds against HubSpot's descriptions say what the types do.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    Attachment, Channel, ChannelEvent, ChannelEvents, Message, MessageDirection, Page, decode,
    schema::{Described, Presence, Shape, Table, unknown},
};
use serde::{Serialize, de::DeserializeOwned};

fn table<T: Described>() -> &'static Table {
    match T::shape() {
        Shape::Record(table) => table,
        other => panic!("no record: {other:?}"),
    }
}

/// Each member of the table is read as a member, and nothing else is.
fn names_are_those_that_are_read<T: Described + DeserializeOwned + Serialize>() {
    for member in table::<T>().members {
        let value: T = decode(format!(r#"{{"{}":null}}"#, member.name).as_bytes()).unwrap();
        assert_eq!(unknown(&value), [""; 0], "{}", member.name);
        let value: T = decode(format!(r#"{{"{}?":null}}"#, member.name).as_bytes()).unwrap();
        assert_eq!(unknown(&value), [format!("{}? is no member", member.name)]);
    }
}

#[test]
fn tables_written_by_hand_name_what_is_read() {
    names_are_those_that_are_read::<hubchannel_model::MessageStatus>();
    names_are_those_that_are_read::<Page<Channel>>();
    names_are_those_that_are_read::<Message>();
}

#[test]
fn a_table_tells_where_it_is_declared_and_how_it_is_described() {
    let table = table::<Message>();
    assert_eq!((table.name, table.file), ("Message", "crates/model/src/message.rs"));
    let id = table.members.iter().find(|member| member.name == "id").unwrap();
    assert_eq!(id.received, Presence::Required);
    let subject = table.members.iter().find(|member| member.name == "subject").unwrap();
    assert_eq!(subject.received, Presence::Optional);
}

#[test]
fn an_enum_tells_where_it_is_declared_and_what_it_names() {
    let (words, kinds) = match (MessageDirection::shape(), Attachment::shape()) {
        (Shape::Words(words), Shape::OneOf(kinds, _)) => (words, kinds),
        other => panic!("no enums: {other:?}"),
    };
    assert_eq!((words.name, words.file), ("MessageDirection", "crates/model/src/participant.rs"));
    assert_eq!(words.named, MessageDirection::NAMED);
    assert_eq!((kinds.name, kinds.file), ("Attachment", "crates/model/src/attachment/mod.rs"));
    assert_eq!(kinds.named, Attachment::NAMED);
}

#[test]
fn everything_without_a_name_is_found_wherever_it_is() {
    let events: ChannelEvents = decode(
        br#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","mood":1,"message":{"direction":"SIDEWAYS",
            "senders":[{},{"age":3}],"attachments":[{"type":"HOLOGRAM"},{"type":"FILE","depth":2}],
            "status":{"statusType":"SENT","by":"x","failureDetails":{"errorMessageTokens":{"a":"b"}}}}}"#,
    )
    .unwrap();
    let mut found = unknown(&events);
    found.sort();
    assert_eq!(
        found,
        [
            "message.attachments[0] is of no kind that can be read",
            "message.attachments[1].depth is no member",
            "message.direction has no name for its value",
            "message.senders[1].age is no member",
            "message.status.by is no member",
            "mood is no member",
        ]
    );
    let event: ChannelEvent = decode(br#"[1]"#).unwrap();
    assert_eq!(unknown(&event), ["is of no kind that can be read"]);
}
