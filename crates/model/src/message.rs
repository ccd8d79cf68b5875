//! A message as HubSpot returns it.

use crate::{
    ActorId, AppId, Attachment, ChannelAccountId, ChannelId, DeliveryIdentifier, MessageDirection, MessageId,
    MessageStatus, ThreadId, Timestamp,
    tagged::OfKind,
    wire::{open_enum, record},
};

record! {
    /// A message in a HubSpot conversation: the answer to publishing, reading and updating one, and the heart of the
    /// webhook that brings an agent's reply.
    ///
    /// ```
    /// use hubchannel_model::{Message, MessageDirection};
    ///
    /// let message: Message = serde_json::from_str(
    ///     r#"{"type":"MESSAGE","id":"5c1f","conversationsThreadId":"19615248623","direction":"INCOMING"}"#,
    /// )?;
    /// assert_eq!(message.id.as_ref().map(|id| id.as_str()), Some("5c1f"));
    /// assert_eq!(message.direction.as_ref(), Some(&MessageDirection::Incoming));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// HubSpot describes most members as required; each is a [`Field`](crate::Field) all the same, because what is
    /// described and what is sent have differed. Called `PublicConversationsMessage` in HubSpot's descriptions.
    ///
    /// A member of another JSON type than it should be fails, with its path. In a [`ChannelEvent`](crate::ChannelEvent)
    /// it costs nothing but itself, unless a bridge could not deliver the message without it; so does a member of a
    /// recipient other than its address.
    pub struct Message {
        /// What kind of thread entry this is; a message has `MESSAGE`.
        pub r#type: Field<MessageType> => "type" (required),
        /// The message's id, needed to read it and to report its delivery.
        pub id: Field<MessageId> => "id" (required) vital,
        /// HubSpot's id of the conversation that the message stands in.
        pub conversations_thread_id: Field<ThreadId> => "conversationsThreadId" (required) vital,
        /// When the message was created: whether by its own `timestamp` or when HubSpot recorded it is unknown.
        pub created_at: Field<Timestamp> => "createdAt" (required),
        /// When the message last changed, a status report for example.
        pub updated_at: Field<Timestamp> => "updatedAt",
        /// Who created it: `V-…` for a visitor, `A-…` for an agent, `I-…` for an app.
        pub created_by: Field<ActorId> => "createdBy" (required),
        /// What created it.
        pub client: Field<Client> => "client" (required),
        /// Who sent it.
        pub senders: Field<Vec<Sender>> => "senders" (required),
        /// Whom it is for; may be empty.
        pub recipients: Field<Vec<Recipient>> => "recipients" (required) vital as a whole,
        /// Whether the message is archived.
        pub archived: Field<bool> => "archived" (required),
        /// The text without formatting.
        pub text: Field<String> => "text" (required) vital,
        /// The text as HTML. Treat it as hostile wherever it is shown.
        pub rich_text: Field<String> => "richText" vital,
        /// The subject; for e-mail only.
        pub subject: Field<String> => "subject",
        /// Files, locations, cards and the rest.
        pub attachments: Field<Vec<Attachment>> => "attachments" (required) vital,
        /// Whether HubSpot has cut the text.
        pub truncation_status: Field<TruncationStatus> => "truncationStatus" (required),
        /// How far the message has come.
        pub status: Field<MessageStatus> => "status",
        /// Whether it came into HubSpot or leaves it.
        pub direction: Field<MessageDirection> => "direction" (required),
        /// The channel it travels on.
        pub channel_id: Field<ChannelId> => "channelId" (required),
        /// The channel account it travels on.
        pub channel_account_id: Field<ChannelAccountId> => "channelAccountId" (required) vital,
        /// The message that it answers.
        pub in_reply_to_id: Field<MessageId> => "inReplyToId",
    }
}

impl OfKind for Message {
    fn is_of_kind(&self, kind: &'static str) -> bool {
        self.r#type.as_ref().is_some_and(|r#type| *r#type == kind)
    }

    fn set_kind(&mut self, kind: &'static str) {
        self.r#type = kind.into();
    }
}

record! {
    /// What created a message. Called `PublicClient` in HubSpot's descriptions.
    pub struct Client {
        /// The kind of creator.
        pub client_type: Field<ClientType> => "clientType" (required),
        /// The app, where an app created it: a number on the wire.
        pub integration_app_id: Field<AppId> => "integrationAppId" (int32),
    }
}

record! {
    /// Who sent a message. Called `PublicSender` in HubSpot's descriptions.
    pub struct Sender {
        /// HubSpot's id of the sender. Agents have nothing else: their name is read by this id.
        pub actor_id: Field<ActorId> => "actorId",
        /// The name shown.
        pub name: Field<String> => "name",
        /// Which field of an e-mail named the sender.
        pub sender_field: Field<String> => "senderField",
        /// The sender's address in the outside service.
        pub delivery_identifier: Field<DeliveryIdentifier> => "deliveryIdentifier",
    }
}

record! {
    /// Whom a message is for. Called `PublicRecipient` in HubSpot's descriptions.
    pub struct Recipient {
        /// HubSpot's id of the recipient.
        pub actor_id: Field<ActorId> => "actorId",
        /// The name shown.
        pub name: Field<String> => "name",
        /// Which field of an e-mail named the recipient: `TO`, `CC` or `BCC`.
        pub recipient_field: Field<String> => "recipientField",
        /// The recipient's address in the outside service: where a bridge delivers an agent's reply.
        pub delivery_identifier: Field<DeliveryIdentifier> => "deliveryIdentifier" (required) vital,
    }
}

open_enum! {
    /// The kind of a thread entry.
    pub enum MessageType {
        /// A message.
        Message = "MESSAGE",
    }
}

open_enum! {
    /// What created a message.
    pub enum ClientType {
        /// HubSpot's own application: an agent, usually.
        HubSpot = "HUBSPOT",
        /// An app.
        Integration = "INTEGRATION",
        /// HubSpot itself.
        System = "SYSTEM",
        /// HubSpot does not know.
        Unknown = "UNKNOWN",
    }
}

open_enum! {
    /// Whether HubSpot has cut a message's text.
    pub enum TruncationStatus {
        /// The text is whole.
        NotTruncated = "NOT_TRUNCATED",
        /// The text is cut.
        Truncated = "TRUNCATED",
        /// Only the most recent reply of an e-mail is there.
        TruncatedToMostRecentReply = "TRUNCATED_TO_MOST_RECENT_REPLY",
    }
}
