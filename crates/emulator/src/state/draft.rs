//! A message that is about to be published: all that a request says, checked and tidied.

use hubchannel_api::model::{
    ActorId, Attachment, ChannelAccountId, DeliveryIdentifier, MessageDirection, MessageId, Timestamp,
};

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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    pub(crate) kind: String,
    pub(crate) value: String,
}

impl From<&Address> for DeliveryIdentifier {
    fn from(address: &Address) -> Self {
        DeliveryIdentifier::new(address.kind.as_str(), address.value.as_str())
    }
}
