//! What reading and writing cost in memory: what is not there costs nothing.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use allocation_counter::{AllocationInfo, measure};
use hubchannel_model::{Extra, Message, NewMessage, decode};
use hubchannel_testkit::bodies;
use serde::{Serialize, de::DeserializeOwned};

/// What decoding costs, while the value is still there.
fn cost_of_decoding<T: DeserializeOwned>(json: &str) -> AllocationInfo {
    // What is allocated once for the program shall not count.
    decode::<T>(json.as_bytes()).unwrap();
    let mut kept = None;
    let cost = measure(|| kept = Some(decode::<T>(json.as_bytes()).unwrap()));
    drop(kept);
    cost
}

/// What encoding into a buffer that is large enough costs.
fn cost_of_encoding<T: Serialize>(value: &T) -> AllocationInfo {
    let mut buffer = Vec::with_capacity(16 * 1024);
    measure(|| serde_json::to_writer(&mut buffer, value).unwrap())
}

#[test]
fn an_extra_is_one_pointer_wide() {
    assert_eq!(size_of::<Extra>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Extra>>(), 2 * size_of::<usize>());
}

#[test]
fn an_empty_message_allocates_nothing() {
    assert_eq!(cost_of_decoding::<Message>("{}").count_total, 0);
    assert_eq!(cost_of_decoding::<Message>(r#"{"senders":[],"attachments":null}"#).count_total, 0);
    assert_eq!(measure(|| drop(Message::default())).count_total, 0);
}

#[test]
fn ids_times_and_words_allocate_nothing() {
    let json = r#"{
        "type": "MESSAGE", "id": "9b2e7c4d1f6a4e0c8d3b5a7f9e1c2d40", "conversationsThreadId": 8210054417,
        "createdAt": "2026-03-14T09:26:53.589123+00:00", "createdBy": "A-4711", "direction": "OUTGOING",
        "client": {"clientType": "INTEGRATION", "integrationAppId": 1357911}, "status": {"statusType": "READ"}
    }"#;
    assert_eq!(cost_of_decoding::<Message>(json).count_total, 0);
}

#[test]
fn a_known_message_allocates_its_strings_and_lists_and_no_more() {
    // Two names, two addresses, text and rich text, the file's name and address; senders, recipients, attachments.
    const STRINGS: u64 = 2 + 2 + 2 + 2;
    const LISTS: u64 = 3;
    let cost = cost_of_decoding::<Message>(bodies::MESSAGE);
    assert_eq!(cost.count_total, STRINGS + LISTS);
    assert_eq!(cost.count_current, i64::try_from(STRINGS + LISTS).unwrap());

    // A name and an address on each side, text and key; senders, recipients, attachments.
    assert_eq!(cost_of_decoding::<NewMessage>(bodies::NEW_MESSAGE).count_total, 2 + 2 + 2 + 3);
}

#[test]
fn an_unknown_member_allocates_its_name_its_text_and_the_place_for_both() {
    let one = cost_of_decoding::<Message>(r#"{"mood":"calm"}"#);
    assert_eq!(one.count_total, 2 + 2);
    let four = cost_of_decoding::<Message>(r#"{"a":1,"b":{},"c":null,"d":"e"}"#);
    assert_eq!(four.count_total, 4 * 2 + 2);
}

#[test]
fn encoding_allocates_nothing_besides_its_output() {
    let known: Message = decode(bodies::MESSAGE.as_bytes()).unwrap();
    assert_eq!(cost_of_encoding(&known).count_total, 0);
    let unknown: Message = decode(bodies::message_from_tomorrow().as_bytes()).unwrap();
    assert_eq!(cost_of_encoding(&unknown).count_total, 0);
    let publish: NewMessage = decode(bodies::NEW_MESSAGE.as_bytes()).unwrap();
    assert_eq!(cost_of_encoding(&publish).count_total, 0);
}
