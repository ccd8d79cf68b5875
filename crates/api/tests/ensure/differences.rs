//! What of a channel counts as a difference, and how it is sent.

use hubchannel_api::{
    EnsureChannel, Waits,
    model::{
        Channel, ChannelCapabilities, ChannelPatch, NewChannel,
        schema::{Described, Shape},
    },
};
use serde_json::{Value, json};

use crate::{channels::seconds, world::World};

/// What is patched of a channel with these capabilities when those are wanted.
fn patched(has: Value, wanted: Value) -> Option<Value> {
    let has: ChannelCapabilities = serde_json::from_value(has).unwrap();
    let wanted: ChannelCapabilities = serde_json::from_value(wanted).unwrap();
    let world = World::new();
    world.add_channel(
        Channel::build(|channel| {
            channel.id = "6".into();
            channel.name = "Harbour chat".into();
            channel.capabilities = has.into();
        }),
        seconds(0),
    );
    let call = EnsureChannel::by_name(NewChannel::new("Harbour chat", wanted))
        .with_update(true)
        .with_waits_before(Waits::none());
    let found = world.run(world.client().ensure_channel(call)).unwrap();
    let patches = world.state().patches.clone();
    assert_eq!(found.updated, !patches.is_empty());
    let patch = patches.into_iter().next()?;
    let only = ChannelPatch::build(|only| only.capabilities = patch.capabilities.clone());
    assert_eq!(patch, only, "nothing else differs");
    Some(serde_json::to_value(patch.capabilities.as_ref().unwrap()).unwrap())
}

#[test]
fn capabilities_that_are_there_and_more_are_no_difference() {
    let has = json!({"threadingModel": "INTEGRATION_THREAD_ID", "maxFileAttachmentCount": 5, "allowHolograms": true});
    assert_eq!(patched(has.clone(), json!({"threadingModel": "INTEGRATION_THREAD_ID"})), None);
    assert_eq!(patched(has.clone(), json!({"maxFileAttachmentCount": 5.0})), None);
    assert_eq!(patched(has.clone(), json!({"allowHolograms": true})), None);
    assert_eq!(patched(has, json!({"allowMultipleRecipients": null})), None, "none is none");
}

#[test]
fn lists_in_another_order_are_no_difference() {
    let has = json!({"richText": ["BOLD", "ITALIC"], "outgoingAttachmentTypes": []});
    assert_eq!(patched(has.clone(), json!({"richText": ["ITALIC", "BOLD"]})), None);
    let patch = patched(has, json!({"richText": ["ITALIC"]}));
    assert_eq!(patch, Some(json!({"richText": ["ITALIC"], "outgoingAttachmentTypes": []})));
    assert!(patched(json!({"richText": ["BOLD", "BOLD"]}), json!({"richText": ["BOLD", "ITALIC"]})).is_some());
}

#[test]
fn capabilities_are_sent_in_whole_with_what_is_not_named() {
    let has = json!({"threadingModel": "INTEGRATION_THREAD_ID", "allowHolograms": {"depth": 1}});
    let wanted = json!({"allowOutgoingMessages": true});
    let whole = json!({
        "threadingModel": "INTEGRATION_THREAD_ID",
        "allowOutgoingMessages": true,
        "allowHolograms": {"depth": 1},
    });
    assert_eq!(patched(has.clone(), wanted), Some(whole));
    let whole = json!({"threadingModel": "INTEGRATION_THREAD_ID", "allowHolograms": {"depth": 2}});
    assert_eq!(patched(has, json!({"allowHolograms": {"depth": 2}})), Some(whole));
}

/// Every member that the model knows, so that none is forgotten when one is added.
#[test]
fn every_capability_counts() {
    let Shape::Record(table) = ChannelCapabilities::shape() else {
        panic!("capabilities are a record");
    };
    assert!(table.members.len() > 10);
    for member in table.members {
        // Whatever of these the member takes.
        let samples = [json!(true), json!(7), json!(["FILE"]), json!("DELIVERY_IDENTIFIER")];
        let fits = |sample: &&Value| {
            let capabilities = json!({ member.name: sample });
            serde_json::from_value::<ChannelCapabilities>(capabilities).is_ok_and(|read| read.odd_members().is_empty())
        };
        let sample = samples
            .iter()
            .find(fits)
            .unwrap_or_else(|| panic!("nothing fits {}", member.name));
        let wanted = json!({ member.name: sample });
        assert_eq!(patched(json!({}), wanted.clone()), Some(wanted.clone()), "{}", member.name);

        let (odd, other) = (json!({ member.name: {"odd": 1} }), json!({ member.name: {"odd": 2} }));
        assert_eq!(patched(odd.clone(), json!({})), None, "nothing else is wanted of {}", member.name);
        assert_eq!(patched(odd.clone(), odd.clone()), None, "the same is no difference in {}", member.name);
        for (has, wanted) in [
            (&odd, &wanted),
            (&wanted, &odd),
            (&odd, &other),
            (&odd, &json!({ member.name: null })),
            (&json!({ member.name: null }), &odd),
            (&json!({}), &odd),
        ] {
            assert_eq!(patched(has.clone(), wanted.clone()).as_ref(), Some(wanted), "{has} is not {wanted}");
        }
    }
}
