//! A message that is about to be published: all that a request says, checked and tidied.

use hubchannel_api::model::{
    ActorId, Attachment, ChannelAccountId, ContactId, DeliveryIdentifier, MessageDirection, MessageId, Recipient,
    Timestamp,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) account: ChannelAccountId,
    pub(crate) direction: MessageDirection,
    pub(crate) senders: Vec<Party>,
    pub(crate) recipients: Vec<Party>,
    pub(crate) text: String,
    pub(crate) rich_text: Option<String>,
    /// As an answer shows them.
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) timestamp: Option<Timestamp>,
    /// Not empty.
    pub(crate) integration_thread: Option<String>,
    /// Not empty.
    pub(crate) key: Option<String>,
    pub(crate) in_reply_to: Option<MessageId>,
    /// Who those on the outside are, one after the other, as far as the bridge says so.
    pub(crate) contacts: Vec<ContactId>,
}

impl Draft {
    /// The participants on the outside.
    pub(super) fn visitors(&self) -> &[Party] {
        if self.direction == MessageDirection::Incoming {
            &self.senders
        } else {
            &self.recipients
        }
    }
}

/// A sender or recipient.
#[derive(Clone, Debug)]
pub(crate) struct Party {
    pub(crate) name: Option<String>,
    pub(crate) address: Address,
    /// Who in HubSpot it is, where the request says so.
    pub(crate) actor: Option<ActorId>,
}

/// A delivery identifier's type and value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Address {
    pub(crate) kind: String,
    pub(crate) value: String,
}

impl Address {
    /// Where a message is delivered to this recipient.
    pub(crate) fn of(recipient: &Recipient) -> Option<Self> {
        Address::read(recipient.delivery_identifier.as_ref()?)
    }

    pub(super) fn read(identifier: &DeliveryIdentifier) -> Option<Self> {
        Some(Address {
            kind: identifier.r#type.as_ref()?.as_str().to_owned(),
            value: identifier.value.as_ref()?.clone(),
        })
    }
}

impl From<&Address> for DeliveryIdentifier {
    fn from(address: &Address) -> Self {
        DeliveryIdentifier::new(address.kind.as_str(), address.value.as_str())
    }
}
