//! Documents that are cut off, altered, or put together of parts that do not belong together.

use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{Emulator, Snapshot, admin::Window};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    common::noon,
    events::{Event, act, busy, event, happen, turn},
    world::seed,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_cut_off_is_refused(events in vec(event(), 0..12), cut in any::<prop::sample::Index>()) {
        let clock = ManualClock::new(noon());
        let emulator = Emulator::with_seed(seed(&clock));
        happen(&emulator, &clock, &events);
        let json = emulator.snapshot().to_json();
        let error = Snapshot::from_json(&json[..cut.index(json.len())]).unwrap_err();
        prop_assert!(!error.message.is_empty());
        let error = Snapshot::from_json(&[&json[..], b"{}"].concat()).unwrap_err();
        prop_assert!(error.message.contains("behind the snapshot"), "{}", error);
    }

    #[test]
    fn whatever_is_altered_is_refused_by_its_place_or_does_no_harm(
        before in vec(event(), 4..20),
        after in vec(event(), 0..12),
        place in any::<prop::sample::Index>(),
        value in select(vec![
            Value::Null, json!(0), json!(-1), json!(u64::MAX), json!(i64::MAX), json!(""), json!("x"), json!([]), json!({}),
            json!([i64::MAX, 999_999_999]), json!([-62_135_596_800_i64, 0]), json!(true),
        ]),
    ) {
        let clock = ManualClock::new(noon());
        let emulator = Emulator::with_seed(seed(&clock));
        happen(&emulator, &clock, &before);
        let mut document: Value = serde_json::from_slice(&emulator.snapshot().to_json()).unwrap();
        let mut places = Vec::new();
        pointers(&document, &mut String::new(), &mut places);
        let pointer = &places[place.index(places.len())];
        *document.pointer_mut(pointer).unwrap() = value;
        match Snapshot::from_json(document.to_string().as_bytes()) {
            Err(error) => {
                let path = error.path.unwrap_or_default();
                prop_assert!(!path.is_empty() || pointer.is_empty(), "{} at {}", error.message, pointer);
            }
            Ok(snapshot) => {
                emulator.restore(snapshot);
                read_some(&emulator);
                for event in &after {
                    turn(&clock, event);
                    if !matches!(event, Event::Connect(_) | Event::Authorize(_) | Event::Upload(..) | Event::Forward(_)) {
                        act(&emulator, event);
                    }
                }
                read_some(&emulator);
                emulator.snapshot().to_json();
            }
        }
    }
}

/// What can be asked of an emulator of which nothing is known.
fn read_some(emulator: &Emulator) {
    json!(emulator.overview());
    json!(emulator.credentials());
    json!(emulator.delivery_log(Window::default()));
    for thread in emulator.threads() {
        json!(emulator.conversation(thread.id).ok());
    }
    emulator.until_next_delivery();
}

/// Where something stands in the document.
fn pointers(value: &Value, at: &mut String, found: &mut Vec<String>) {
    found.push(at.clone());
    let length = at.len();
    let mut inside = |name: &str, value: &Value| {
        at.push('/');
        at.push_str(&name.replace('~', "~0").replace('/', "~1"));
        pointers(value, at, found);
        at.truncate(length);
    };
    match value {
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(at, value)| inside(&at.to_string(), value)),
        Value::Object(members) => members.iter().for_each(|(name, value)| inside(name, value)),
        _ => {}
    }
}

#[test]
fn what_does_not_belong_together_is_refused_by_its_place() {
    let clock = ManualClock::new(noon());
    let document: Value = serde_json::from_slice(&busy(&clock).snapshot().to_json()).unwrap();
    let message = document["state"]["messages"]["all"]["kept"][0]["message"]["id"].clone();
    for (pointer, value, path) in [
        ("/format", json!("other"), "format"),
        ("/version", json!(3), "version"),
        ("/version", json!("1"), "version"),
        ("/state/ids/messages", json!(0), "state.ids.messages"),
        ("/state/ids/entries", json!(u64::MAX), "state.ids.entries"),
        ("/state/messages/all/kept/1/message/id", message, "state.messages.all.kept[1].message.id"),
        ("/state/messages/all/kept/1/message/id", json!("x"), "state.conversations.order[1]"),
        ("/state/messages/all/kept/1/message/id", json!({}), "state.messages.all.kept[1].message.id"),
        ("/state/messages/all/kept/1/key", json!("k"), "state.messages.all.kept[1].key"),
        ("/state/messages/all/gone", json!(9), "state.ids.messages"),
        ("/state/conversations/byBelonging/0/1", json!(1), "state.conversations.byBelonging[0][1]"),
        ("/state/conversations/all/0/0", json!(1), "state.conversations.all[0][0]"),
        ("/state/conversations/all/0/1/shown/id", json!(null), "state.conversations.all[0][1].shown.id"),
        ("/state/conversations/all/0/1/entries/kept", json!([]), "state.conversations.order[0]"),
        ("/state/conversations/all", json!([]), "state.conversations.byBelonging[0][1]"),
        ("/state/conversations/order", json!([]), "state.conversations.all[0][1].entries"),
        ("/state/conversations/order/1", json!(1), "state.conversations.order[1]"),
        ("/state/events/ever", json!(0), "state.events.ever"),
        ("/state/files/all/0/1/content", json!("%"), "state.files.all[0][1].content"),
        ("/state/files/ever", json!(0), "state.files.ever"),
        ("/state/files/ever", json!(u64::MAX), "state.files.ever"),
        ("/state/messages/all/gone", json!(u64::MAX), "state.messages.all.gone"),
        ("/state/conversations/ever", json!(u64::MAX), "state.conversations.ever"),
        ("/state/conversations/all/0/1/entries/gone", json!(u64::MAX), "state.conversations.all[0][1].entries.gone"),
        ("/state/people/contacts/ever", json!(u64::MAX), "state.people.contacts.ever"),
        ("/state/dropped/messages", json!(u64::MAX), "state.dropped.messages"),
        ("/state/dropped/waitingDeliveries", json!(u64::MAX), "state.dropped.waitingDeliveries"),
        ("/webhooks/dropped/0", json!(u64::MAX), "webhooks.dropped[0]"),
        ("/webhooks/dropped/1", json!(u64::MAX), "webhooks.dropped[1]"),
        ("/webhooks/added", json!(u64::MAX), "webhooks.added"),
        ("/state/retention/entries", json!(-1), "state.retention.entries"),
        ("/state/accounts/1/account/id", json!("3307400689"), "state.accounts[1]"),
        ("/state/channels/0/shownFrom", json!([i64::MAX, 0]), "state.channels[0].shownFrom"),
        ("/webhooks/added", json!(0), "webhooks.deliveries[0].delivery.number"),
        ("/webhooks/deliveries/0/delivery/state", json!("underWay"), "webhooks.deliveries[0].delivery.state"),
        ("/clock/going/shift/ahead/secs", json!(u64::MAX), "clock.going.shift"),
    ] {
        let mut altered = document.clone();
        *altered
            .pointer_mut(pointer)
            .unwrap_or_else(|| unreachable!("{pointer}")) = value;
        let error = Snapshot::from_json(altered.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.path.as_deref(), Some(path), "{error}");
        // Nor does it come in another way.
        assert!(serde_json::from_value::<Snapshot>(altered).is_err(), "{pointer}");
    }
    let mut more = document.clone();
    more["state"]["more"] = json!(1);
    let error = Snapshot::from_json(more.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("unknown field `more`"), "{error}");
    // A later form is one of another version, whatever else is in it.
    let error = Snapshot::from_json(br#"{"format": "hubchannel-emulator", "version": 3, "all": 1}"#).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("version"));
    assert!(error.message.contains("version 3"), "{error}");
    let error = Snapshot::from_json(b"[]").unwrap_err();
    assert!(!error.message.is_empty());
}
