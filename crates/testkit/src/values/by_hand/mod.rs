//! Values as a program builds them: member by member, each absent, null or filled, and never read from JSON.

mod records;
mod scalars;

use std::collections::BTreeMap;

use hubchannel_model::*;
use proptest::{collection, prelude::*, strategy::Union};

use super::decoded;
use crate::{Json, documents::Limits, shape::Shape};

/// A type of the model whose values can be built by hand.
pub trait ByHand: Sized {
    /// Any value, in its meaning good or bad.
    fn by_hand() -> BoxedStrategy<Self>;
}

impl<T: ByHand + Clone + std::fmt::Debug + 'static> ByHand for Field<T> {
    fn by_hand() -> BoxedStrategy<Self> {
        prop_oneof![
            2 => Just(Field::Absent),
            1 => Just(Field::Null),
            7 => T::by_hand().prop_map(Field::Value),
        ]
        .boxed()
    }
}

impl<T: ByHand + std::fmt::Debug + 'static> ByHand for Vec<T> {
    fn by_hand() -> BoxedStrategy<Self> {
        collection::vec(T::by_hand(), 0..3).boxed()
    }
}

impl<T: ByHand + std::fmt::Debug + 'static> ByHand for BTreeMap<String, T> {
    fn by_hand() -> BoxedStrategy<Self> {
        collection::btree_map(String::by_hand(), T::by_hand(), 0..3).boxed()
    }
}

/// Members that no type has a field for.
fn extra() -> BoxedStrategy<Extra> {
    let members = collection::vec(("x-[a-z]{0,3}", Field::<String>::by_hand()), 1..3);
    let some = members.prop_map(|members| {
        let mut extra = Extra::default();
        for (name, value) in members {
            extra.insert(&name, &value).expect("text and null are JSON");
        }
        extra
    });
    prop_oneof![3 => Just(Extra::default()), 1 => some].boxed()
}

/// What was read, and therefore may be unrecognized. It was written before, because text that is kept is compared as it
/// is spelt.
fn read<T: serde::de::DeserializeOwned + serde::Serialize + std::fmt::Debug + 'static>(
    shape: &str,
) -> BoxedStrategy<T> {
    let write = |value: &T| serde_json::to_string(value).expect("what was read can be written");
    let rewritten = move |document| {
        let rewritten: Json = write(&decoded::<T>(document)).parse().expect("it is JSON");
        decoded(rewritten)
    };
    Shape::named(shape).documents(Limits::None).prop_map(rewritten).boxed()
}

/// Of each of these variants, and what cannot be built but only read.
macro_rules! kinds {
    ($($name:ident = $shape:literal { $($record:ident)+ })+) => { $(
        impl ByHand for $name {
            fn by_hand() -> BoxedStrategy<Self> {
                Union::new([
                    $( $record::by_hand().prop_map($name::from).boxed(), )+
                    read($shape),
                ])
                .boxed()
            }
        }
    )+ };
}

kinds! {
    Attachment = "attachment" {
        FileAttachment LocationAttachment ContactAttachment UnsupportedContentAttachment MessageHeaderAttachment
        QuickRepliesAttachment SocialMediaMetadataAttachment WhatsAppTemplateMetadataAttachment
    }
    ChannelEvent = "channel_event" {
        OutgoingMessageCreated ChannelAccountCreated ChannelAccountUpdated ChannelAccountPurged
    }
    SubscriptionEvent = "subscription_event" {
        ConversationEvent
    }
    ThreadEntry = "thread_entry" {
        Message Comment WelcomeMessage Assignment ThreadStatusChange ThreadInboxChange
    }
}

impl ByHand for ErrorDetail {
    fn by_hand() -> BoxedStrategy<Self> {
        prop_oneof![
            DetailedError::by_hand().prop_map(ErrorDetail::Detailed),
            String::by_hand().prop_map(ErrorDetail::Message),
            read("error_detail"),
        ]
        .boxed()
    }
}

impl ByHand for AccountDeliveryIdentifier {
    fn by_hand() -> BoxedStrategy<Self> {
        prop_oneof![
            DeliveryIdentifier::by_hand().prop_map(AccountDeliveryIdentifier::from),
            String::by_hand().prop_map(AccountDeliveryIdentifier::Value),
        ]
        .boxed()
    }
}

impl<T: ByHand + Clone + std::fmt::Debug + 'static> ByHand for Page<T> {
    fn by_hand() -> BoxedStrategy<Self> {
        let members = (Field::by_hand(), Field::by_hand(), Field::by_hand(), extra());
        members
            .prop_map(|(total, results, paging, extra)| {
                Page::build(|page| {
                    (page.total, page.results, page.paging, page.extra) = (total, results, paging, extra)
                })
            })
            .boxed()
    }
}

impl<T: ByHand + serde::Serialize + std::fmt::Debug + 'static> ByHand for Events<T> {
    fn by_hand() -> BoxedStrategy<Self> {
        // An event that could not be read may be anything, but by itself it cannot be a list: that is a body of several.
        let is_list = |event: &T| serde_json::to_string(event).is_ok_and(|json| json.starts_with('['));
        prop_oneof![
            1 => T::by_hand().prop_filter("no list", move |event| !is_list(event)).prop_map(Events::from),
            2 => Vec::by_hand().prop_map(|events: Vec<T>| Events::from(events)),
        ]
        .boxed()
    }
}
