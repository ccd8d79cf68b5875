//! Events about channel accounts.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    ChannelAccountId, ChannelId, DeliveryIdentifier, EventId, PortalId, Timestamp,
    schema::{Described, Shape, Walk},
    shapes::ObjectOrString,
    wire::record,
};

macro_rules! account_event {
    ($( $(#[$docs:meta])* $name:ident = $tag:literal, )+) => { $(
        record! {
            $(#[$docs])*
            ///
            /// The members are those that one integration reads (observed); of a created and an updated account they
            /// are the same (documented).
            pub struct $name tag $tag {
                /// The portal that the account is in.
                pub portal_id: Field<PortalId> => "portalId",
                /// The channel that the account is of.
                pub channel_id: Field<ChannelId> => "channelId",
                /// The event's own id: the same in every repeated delivery (observed). May be missing.
                pub event_id: Field<EventId> => "eventId",
                /// When it happened.
                pub event_timestamp: Field<Timestamp> => "eventTimestamp",
                /// The account.
                pub channel_account_id: Field<ChannelAccountId> => "channelAccountId" vital,
                /// The account's own address in the outside service.
                pub channel_account_delivery_identifier: Field<AccountDeliveryIdentifier>
                    => "channelAccountDeliveryIdentifier" vital,
                /// Whether the bridge may use the account; assumed by one integration, unknown.
                pub authorized: Field<bool> => "authorized" vital,
            }
        }
    )+ };
}

account_event! {
    /// An account was connected, by the bridge itself or by a user.
    ChannelAccountCreated = "CHANNEL_ACCOUNT_CREATED",
    /// An account was changed.
    ChannelAccountUpdated = "CHANNEL_ACCOUNT_UPDATED",
    /// An account was removed for good. When HubSpot does that is unknown.
    ChannelAccountPurged = "CHANNEL_ACCOUNT_PURGED",
}

/// The address of an account in an event: an object or only its value; which of them HubSpot sends is unknown.
///
/// It is written as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountDeliveryIdentifier {
    /// An object with kind and value.
    Identifier(DeliveryIdentifier),
    /// Only the value.
    Value(String),
}

impl AccountDeliveryIdentifier {
    /// The address, in either form.
    pub fn value(&self) -> Option<&str> {
        match self {
            AccountDeliveryIdentifier::Identifier(identifier) => identifier.value.as_deref(),
            AccountDeliveryIdentifier::Value(value) => Some(value),
        }
    }

    /// Address and kind, where the kind is known.
    pub fn as_identifier(&self) -> Option<&DeliveryIdentifier> {
        match self {
            AccountDeliveryIdentifier::Identifier(identifier) => Some(identifier),
            AccountDeliveryIdentifier::Value(_) => None,
        }
    }
}

impl From<DeliveryIdentifier> for AccountDeliveryIdentifier {
    fn from(identifier: DeliveryIdentifier) -> Self {
        AccountDeliveryIdentifier::Identifier(identifier)
    }
}

impl From<&str> for AccountDeliveryIdentifier {
    fn from(value: &str) -> Self {
        AccountDeliveryIdentifier::Value(value.to_owned())
    }
}

impl Described for AccountDeliveryIdentifier {
    fn shape() -> Shape {
        DeliveryIdentifier::shape()
    }

    fn note_unknown(&self, walk: &mut Walk) {
        if let AccountDeliveryIdentifier::Identifier(identifier) = self {
            identifier.note_unknown(walk);
        }
    }
}

impl ObjectOrString for AccountDeliveryIdentifier {
    type Object = DeliveryIdentifier;

    fn from_object(object: DeliveryIdentifier) -> Self {
        object.into()
    }

    fn from_string(text: &str) -> Self {
        text.into()
    }
}

impl<'de> Deserialize<'de> for AccountDeliveryIdentifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ObjectOrString::read(deserializer)
    }
}

impl Serialize for AccountDeliveryIdentifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            AccountDeliveryIdentifier::Identifier(identifier) => identifier.serialize(serializer),
            AccountDeliveryIdentifier::Value(value) => serializer.serialize_str(value),
        }
    }
}
