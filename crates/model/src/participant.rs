//! Addresses in the outside service, and the words that requests and answers share.

use crate::wire::{open_enum, record};

record! {
    /// An address in the outside service. Called `PublicDeliveryIdentifier` in HubSpot's descriptions.
    pub struct DeliveryIdentifier {
        /// What kind of address it is.
        pub r#type: Field<DeliveryIdentifierType> => "type" (required),
        /// The address.
        pub value: Field<String> => "value" (required),
    }
}

impl DeliveryIdentifier {
    /// An address of this kind.
    pub fn new(r#type: impl Into<DeliveryIdentifierType>, value: impl Into<String>) -> Self {
        DeliveryIdentifier {
            r#type: crate::Field::Value(r#type.into()),
            value: crate::Field::Value(value.into()),
            ..DeliveryIdentifier::default()
        }
    }

    /// Any text that identifies a person in the outside service: a chat id, a user name, a session.
    pub fn opaque(value: impl Into<String>) -> Self {
        DeliveryIdentifier::new(DeliveryIdentifierType::ChannelSpecificOpaqueId, value)
    }

    /// An e-mail address; HubSpot finds the contact by it (documented).
    pub fn email(value: impl Into<String>) -> Self {
        DeliveryIdentifier::new(DeliveryIdentifierType::HsEmailAddress, value)
    }

    /// A phone number in E.164, such as `+4915112345678`; HubSpot finds the contact by it (documented).
    pub fn phone(value: impl Into<String>) -> Self {
        DeliveryIdentifier::new(DeliveryIdentifierType::HsPhoneNumber, value)
    }
}

open_enum! {
    /// The kind of a [`DeliveryIdentifier`].
    pub enum DeliveryIdentifierType {
        /// Anything the channel understands; HubSpot matches no contact by it until an agent has linked one.
        ChannelSpecificOpaqueId = "CHANNEL_SPECIFIC_OPAQUE_ID",
        /// An e-mail address.
        HsEmailAddress = "HS_EMAIL_ADDRESS",
        /// A phone number.
        HsPhoneNumber = "HS_PHONE_NUMBER",
        /// A short code of a mobile network.
        HsShortCode = "HS_SHORT_CODE",
    }
}

open_enum! {
    /// Whether a message comes into HubSpot or leaves it.
    pub enum MessageDirection {
        /// From the visitor into HubSpot's inbox.
        Incoming = "INCOMING",
        /// From an agent to the visitor.
        Outgoing = "OUTGOING",
    }
}

open_enum! {
    /// How far a message has come. There is no status for "delivered" (described).
    pub enum StatusType {
        /// It reached the outside service.
        Sent = "SENT",
        /// The recipient has read it.
        Read = "READ",
        /// It did not reach the recipient.
        Failed = "FAILED",
        /// It arrived in HubSpot; only HubSpot sets this.
        Received = "RECEIVED",
    }
}
