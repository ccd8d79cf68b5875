//! Reading and writing bodies, beside derived structs that drop what they do not know.

use std::hint::black_box;

use hubchannel_model::{Attachment, Channel, ChannelEvent, DeliveryIdentifier, Message, Page, StatusUpdate, decode};
use hubchannel_testkit::{assert_same_json, bodies};
use serde::{Serialize, de::DeserializeOwned};

use crate::{baseline, measure::Table};

/// The most that each kind of work may cost, as a part of what the derived structs cost.
const DECODE: f64 = 0.65;
const DECODE_UNKNOWN: f64 = 0.80;
const ENCODE: f64 = 1.02;

/// The message that the design speaks of, and what else one could do with its bytes.
pub(crate) fn message(table: &mut Table) {
    let last = bodies::MESSAGE.replace(FILE, &bodies::with_type_last(FILE));
    let tomorrow = bodies::message_from_tomorrow();
    known::<Message, baseline::Message>(table, "message", bodies::MESSAGE);
    type_last::<Message, baseline::Message>(table, "message", &last);
    unknown::<Message, baseline::Message>(table, "message", &tomorrow);

    let json = bodies::MESSAGE;
    let derived: baseline::Message = serde_json::from_str(json).unwrap();
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let from_slice = || decode_derived::<baseline::Message>(json);
    table.compare("message, decode serde_json::Value", None, || decode_derived::<serde_json::Value>(json), from_slice);
    table.compare("message, decode derive from text", None, || decode_text(json), from_slice);
    table.compare("message, encode serde_json::Value", None, || encode(&value), || encode(&derived));
}

/// The attachment in the message.
const FILE: &str = concat!(
    r#"{"type":"FILE","fileId":"122692044085","fileUsageType":"IMAGE","name":"lamp.png","#,
    r#""url":"https://files.example.com/a/122692044085/lamp.png"}"#,
);

/// Bodies of two members, where what is done once for a body weighs most.
pub(crate) fn smallest(table: &mut Table) {
    both::<StatusUpdate, baseline::StatusUpdate>(table, "status update", bodies::STATUS_UPDATE);
    both::<DeliveryIdentifier, baseline::DeliveryIdentifier>(table, "identifier", bodies::DELIVERY_IDENTIFIER);
}

/// Bodies that are long, deep, or told apart by their type.
pub(crate) fn largest(table: &mut Table) {
    both::<Channel, baseline::Channel>(table, "channel", bodies::CHANNEL);

    both::<Attachment, baseline::Attachment>(table, "contact card", bodies::CONTACT_CARD);
    let last = bodies::with_type_last(bodies::CONTACT_CARD);
    type_last::<Attachment, baseline::Attachment>(table, "contact card", &last);

    let event = bodies::reply_event(bodies::MESSAGE);
    both::<ChannelEvent, baseline::Event>(table, "webhook event", &event);
    type_last::<ChannelEvent, baseline::Event>(table, "webhook event", &bodies::with_type_last(&event));

    let tomorrow = bodies::page(&bodies::message_from_tomorrow(), 100);
    known::<Page<Message>, baseline::Page<baseline::Message>>(
        table,
        "100 messages",
        &bodies::page(bodies::MESSAGE, 100),
    );
    unknown::<Page<Message>, baseline::Page<baseline::Message>>(table, "100 messages", &tomorrow);
}

/// A body as it is, and with a member that nobody has heard of.
fn both<Ours, Derived>(table: &mut Table, what: &str, json: &str)
where
    Ours: DeserializeOwned + Serialize,
    Derived: DeserializeOwned + Serialize,
{
    known::<Ours, Derived>(table, what, json);
    unknown::<Ours, Derived>(table, what, &bodies::with_stranger(json));
}

fn known<Ours, Derived>(table: &mut Table, what: &str, json: &str)
where
    Ours: DeserializeOwned + Serialize,
    Derived: DeserializeOwned + Serialize,
{
    let ours: Ours = decode(json.as_bytes()).unwrap();
    let derived: Derived = serde_json::from_str(json).unwrap();
    assert_same_json(&serde_json::to_string(&ours).unwrap(), json);
    assert_same_json(&serde_json::to_string(&derived).unwrap(), json);
    let decode = format!("{what}, decode");
    table.compare(&decode, Some(DECODE), || decode_ours::<Ours>(json), || decode_derived::<Derived>(json));
    table.compare(&format!("{what}, encode"), Some(ENCODE), || encode(&ours), || encode(&derived));
}

fn type_last<Ours, Derived>(table: &mut Table, what: &str, json: &str)
where
    Ours: DeserializeOwned + Serialize,
    Derived: DeserializeOwned + Serialize,
{
    assert_same_json(&serde_json::to_string(&decode::<Ours>(json.as_bytes()).unwrap()).unwrap(), json);
    let what = format!("{what}, decode, type last");
    table.compare(&what, Some(DECODE), || decode_ours::<Ours>(json), || decode_derived::<Derived>(json));
}

fn unknown<Ours, Derived>(table: &mut Table, what: &str, json: &str)
where
    Ours: DeserializeOwned + Serialize,
    Derived: DeserializeOwned,
{
    assert_same_json(&serde_json::to_string(&decode::<Ours>(json.as_bytes()).unwrap()).unwrap(), json);
    let what = format!("{what}, decode with unknowns");
    table.compare(&what, Some(DECODE_UNKNOWN), || decode_ours::<Ours>(json), || decode_derived::<Derived>(json));
}

fn decode_ours<T: DeserializeOwned>(json: &str) {
    drop(black_box(decode::<T>(black_box(json.as_bytes())).unwrap()));
}

fn decode_derived<T: DeserializeOwned>(json: &str) {
    drop(black_box(serde_json::from_slice::<T>(black_box(json.as_bytes())).unwrap()));
}

/// What is left when the derived structs are read as cleverly as this project reads its own: one check of the bytes.
fn decode_text(json: &str) {
    let text = std::str::from_utf8(black_box(json.as_bytes())).unwrap();
    drop(black_box(serde_json::from_str::<baseline::Message>(text).unwrap()));
}

fn encode<T: Serialize>(value: &T) {
    drop(black_box(serde_json::to_vec(black_box(value)).unwrap()));
}
