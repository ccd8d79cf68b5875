//! The body that publishes a message.

use crate::{
    ActorId, Attachment, ChannelAccountId, ContactId, DeliveryIdentifier, Field, IntegrationThreadId, MessageDirection,
    MessageId, Timestamp, wire::record,
};

record! {
    /// A message to publish over a custom channel: the body of `POST …/messages`.
    ///
    /// ```
    /// use hubchannel_model::{DeliveryIdentifier, FileAttachment, NewMessage, Participant};
    ///
    /// let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321")).set_name("Ada");
    /// let body = NewMessage::incoming("3307400689", visitor, "Here is the receipt")
    ///     .add_attachment(FileAttachment::new("122692044085"))
    ///     .set_integration_thread_id("chat-42");
    /// assert_eq!(
    ///     serde_json::to_value(&body)?,
    ///     serde_json::json!({
    ///         "channelAccountId": "3307400689",
    ///         "messageDirection": "INCOMING",
    ///         "senders": [{
    ///             "name": "Ada",
    ///             "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:987654321"},
    ///         }],
    ///         "recipients": [],
    ///         "text": "Here is the receipt",
    ///         "attachments": [{"type": "FILE", "fileId": "122692044085"}],
    ///         "integrationThreadId": "chat-42",
    ///     })
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Called `ChannelIntegrationMessageEgg` in HubSpot's descriptions.
    pub struct NewMessage {
        /// The channel account that the message travels on. Required.
        pub channel_account_id: Field<ChannelAccountId> => "channelAccountId" (required),
        /// From the visitor into HubSpot, or a reply that was made elsewhere and is to be recorded. Required.
        pub message_direction: Field<MessageDirection> => "messageDirection" (required),
        /// Who sent it; at least one. Required.
        pub senders: Field<Vec<Participant>> => "senders" (required),
        /// Whom it is for; always written, may be empty.
        pub recipients: Field<Vec<Participant>> => "recipients" (required),
        /// The text without formatting. Required; may be empty beside an attachment (observed). The longest that HubSpot
        /// takes is unknown.
        pub text: Field<String> => "text" (required),
        /// The text as HTML.
        pub rich_text: Field<String> => "richText",
        /// What the message carries besides text; always written, may be empty.
        pub attachments: Field<Vec<Attachment>> => "attachments" (required),
        /// When the message was sent in the outside service. The client fills in its own time where this is absent.
        pub timestamp: Field<Timestamp> => "timestamp" (required),
        /// The conversation's id in the outside service, for a channel that does its own threading: the same id, the
        /// same thread. `null` or absent for a channel that HubSpot threads by participants.
        pub integration_thread_id: Field<IntegrationThreadId> => "integrationThreadId",
        /// The message's identity in the outside service. A message that is published again carries the same one; how
        /// HubSpot uses it is not documented. The client makes one up where this is absent.
        pub integration_idempotency_id: Field<String> => "integrationIdempotencyId",
        /// HubSpot's id of the message that this one answers.
        pub in_reply_to_id: Field<MessageId> => "inReplyToId",
        /// The contact to associate the conversation with: a number on the wire.
        pub associate_with_contact_id: Field<ContactId> => "associateWithContactId" (int64),
        /// Contacts that the bridge has found for the senders itself.
        pub pre_resolved_contacts: Field<PreResolvedContacts> => "preResolvedContacts",
    }
}

impl NewMessage {
    /// A message from one sender.
    pub fn new(
        channel_account_id: impl Into<ChannelAccountId>,
        message_direction: impl Into<MessageDirection>,
        sender: Participant,
        text: impl Into<String>,
    ) -> Self {
        NewMessage {
            channel_account_id: Field::Value(channel_account_id.into().into_text()),
            message_direction: Field::Value(message_direction.into()),
            senders: Field::Value(vec![sender]),
            recipients: Field::Value(Vec::new()),
            text: Field::Value(text.into()),
            attachments: Field::Value(Vec::new()),
            ..NewMessage::default()
        }
    }

    /// A visitor's message into HubSpot's inbox.
    pub fn incoming(
        channel_account_id: impl Into<ChannelAccountId>,
        sender: Participant,
        text: impl Into<String>,
    ) -> Self {
        NewMessage::new(channel_account_id, MessageDirection::Incoming, sender, text)
    }

    /// Adds a sender.
    #[must_use]
    pub fn add_sender(mut self, sender: Participant) -> Self {
        push(&mut self.senders, sender);
        self
    }

    /// Adds a recipient.
    #[must_use]
    pub fn add_recipient(mut self, recipient: Participant) -> Self {
        push(&mut self.recipients, recipient);
        self
    }

    /// Adds an attachment.
    #[must_use]
    pub fn add_attachment(mut self, attachment: impl Into<Attachment>) -> Self {
        push(&mut self.attachments, attachment.into());
        self
    }

    /// Sets the text as HTML.
    #[must_use]
    pub fn set_rich_text(mut self, rich_text: impl Into<String>) -> Self {
        self.rich_text = Field::Value(rich_text.into());
        self
    }

    /// Sets when the message was sent in the outside service.
    #[must_use]
    pub fn set_timestamp(mut self, timestamp: impl Into<Timestamp>) -> Self {
        self.timestamp = Field::Value(timestamp.into());
        self
    }

    /// Sets the conversation's id in the outside service.
    #[must_use]
    pub fn set_integration_thread_id(mut self, id: impl Into<IntegrationThreadId>) -> Self {
        self.integration_thread_id = Field::Value(id.into().into_text());
        self
    }

    /// Sets the message's identity in the outside service: whatever names this message and no other, and is still
    /// known after a crash.
    #[must_use]
    pub fn set_integration_idempotency_id(mut self, id: impl Into<String>) -> Self {
        self.integration_idempotency_id = Field::Value(id.into());
        self
    }

    /// Sets the message that this one answers.
    #[must_use]
    pub fn set_in_reply_to_id(mut self, id: impl Into<MessageId>) -> Self {
        self.in_reply_to_id = Field::Value(id.into().into_text());
        self
    }

    /// Sets the contact to associate the conversation with; written as a number, as HubSpot describes it.
    #[must_use]
    pub fn set_associate_with_contact_id(mut self, id: impl Into<ContactId>) -> Self {
        self.associate_with_contact_id = Field::Value(id.into().into_number());
        self
    }

    /// Sets the contacts that the bridge has found for the senders.
    #[must_use]
    pub fn set_pre_resolved_contacts(mut self, contacts: impl IntoIterator<Item = PreResolvedContact>) -> Self {
        let contacts = Field::Value(contacts.into_iter().collect());
        self.pre_resolved_contacts = Field::Value(PreResolvedContacts {
            contacts,
            ..PreResolvedContacts::default()
        });
        self
    }
}

/// Appends to a list, which begins where there was none.
pub(crate) fn push<T>(list: &mut Field<Vec<T>>, item: T) {
    match list {
        Field::Value(items) => items.push(item),
        _ => *list = Field::Value(vec![item]),
    }
}

record! {
    /// A sender or recipient of a message to publish. Called `ChannelIntegrationParticipant` in HubSpot's
    /// descriptions.
    pub struct Participant {
        /// The name shown.
        pub name: Field<String> => "name",
        /// The address in the outside service. Required.
        pub delivery_identifier: Field<DeliveryIdentifier> => "deliveryIdentifier" (required),
        /// Who in HubSpot this is, such as `A-2620022`; meant for outgoing messages, as far as is known. Described
        /// only for `v3` and `2026-03`.
        pub sender_actor_id: Field<ActorId> => "senderActorId",
    }
}

impl Participant {
    /// A participant at this address.
    pub fn new(delivery_identifier: DeliveryIdentifier) -> Self {
        Participant {
            delivery_identifier: Field::Value(delivery_identifier),
            ..Participant::default()
        }
    }

    /// Sets the name shown.
    #[must_use]
    pub fn set_name(mut self, name: impl Into<String>) -> Self {
        self.name = Field::Value(name.into());
        self
    }

    /// Sets who in HubSpot this is.
    #[must_use]
    pub fn set_sender_actor_id(mut self, id: impl Into<ActorId>) -> Self {
        self.sender_actor_id = Field::Value(id.into());
        self
    }
}

record! {
    /// Contacts that the bridge has found for the senders itself.
    pub struct PreResolvedContacts {
        /// One by one. Required.
        pub contacts: Field<Vec<PreResolvedContact>> => "contacts" (required),
    }
}

record! {
    /// A contact that the bridge has found.
    pub struct PreResolvedContact {
        /// The contact: a number on the wire. Required.
        pub contact_vid: Field<ContactId> => "contactVid" (int64, required),
        /// The names of the contact's properties that it was found by, such as `email`. Required.
        pub contact_properties_leading_to_match: Field<Vec<String>> => "contactPropertiesLeadingToMatch" (required),
    }
}

impl PreResolvedContact {
    /// A contact found by these properties.
    pub fn new(
        contact_vid: impl Into<ContactId>,
        contact_properties_leading_to_match: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let properties = contact_properties_leading_to_match
            .into_iter()
            .map(Into::into)
            .collect();
        PreResolvedContact {
            contact_vid: Field::Value(contact_vid.into().into_number()),
            contact_properties_leading_to_match: Field::Value(properties),
            ..PreResolvedContact::default()
        }
    }
}
