//! What a custom channel can do.

use crate::{
    DeliveryIdentifierType, Field, Number,
    new_message::push,
    schema,
    wire::{open_enum, record},
};

record! {
    /// What a custom channel can do: what agents may send over it, and who threads its conversations.
    ///
    /// ```
    /// use hubchannel_model::{ChannelCapabilities, DeliveryIdentifierType, RichTextFeature, ThreadingModel};
    ///
    /// let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId)
    ///     .add_delivery_identifier_type(DeliveryIdentifierType::ChannelSpecificOpaqueId)
    ///     .set_rich_text([RichTextFeature::Hyperlink])
    ///     .set_allow_outgoing_messages(true);
    /// assert_eq!(
    ///     serde_json::to_value(&capabilities)?,
    ///     serde_json::json!({
    ///         "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID"],
    ///         "threadingModel": "INTEGRATION_THREAD_ID",
    ///         "richText": ["HYPERLINK"],
    ///         "allowOutgoingMessages": true,
    ///     })
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// HubSpot describes this as a map from any name to any value. The names here are those that are known; each may
    /// be left out (observed), and what HubSpot then takes in its place is unknown. Whether a name that HubSpot does
    /// not know is refused is unknown too; such a member is kept in `extra`.
    ///
    /// The types are only those that have been seen. A capability of another one costs nothing but itself: it is absent,
    /// as it came in `extra`, and named by [`odd_members`](ChannelCapabilities::odd_members).
    pub struct ChannelCapabilities keeps members {
        /// The kinds of address that the channel deals in. HubSpot checks each item (observed). They do not limit who
        /// may send: senders of other kinds are accepted (observed).
        pub delivery_identifier_types: Field<Vec<DeliveryIdentifierType>> => "deliveryIdentifierTypes",
        /// Who threads the conversations. HubSpot checks the value (observed).
        pub threading_model: Field<ThreadingModel> => "threadingModel",
        /// The formatting that agents may use; empty for plain text.
        pub rich_text: Field<Vec<RichTextFeature>> => "richText",
        /// Whether agents may put images into formatted text. They then arrive as `<img>` in `richText`, and not as
        /// attachments (observed).
        pub allow_inline_images: Field<bool> => "allowInlineImages",
        /// Whether agents may reply.
        pub allow_outgoing_messages: Field<bool> => "allowOutgoingMessages",
        /// Whether agents may switch to this channel within a conversation. It does not let them begin one
        /// (documented).
        pub allow_conversation_start: Field<bool> => "allowConversationStart",
        /// Whether a message may have several recipients.
        pub allow_multiple_recipients: Field<bool> => "allowMultipleRecipients",
        /// The kinds of attachment that agents may send; empty for none.
        pub outgoing_attachment_types: Field<Vec<OutgoingAttachmentType>> => "outgoingAttachmentTypes",
        /// The MIME types of files that agents may send. Patterns such as `image/*` are in use (observed).
        pub allowed_file_attachment_mime_types: Field<Vec<String>> => "allowedFileAttachmentMimeTypes",
        /// The most files in one message.
        pub max_file_attachment_count: Field<Number> => "maxFileAttachmentCount",
        /// The largest file, in bytes.
        pub max_file_attachment_size_bytes: Field<Number> => "maxFileAttachmentSizeBytes",
        /// The largest sum of the files in one message, in bytes.
        pub max_total_file_attachment_size_bytes: Field<Number> => "maxTotalFileAttachmentSizeBytes",
        /// Seen once, in a request that HubSpot refused for another member; whether it exists is unknown.
        pub allow_file_attachments: Field<bool> => "allowFileAttachments",
    }
}

impl ChannelCapabilities {
    /// A channel that threads in this way, with nothing else said.
    pub fn new(threading_model: impl Into<ThreadingModel>) -> Self {
        ChannelCapabilities {
            threading_model: Field::Value(threading_model.into()),
            ..ChannelCapabilities::default()
        }
    }

    /// The names of capabilities that came as another JSON type than any seen, and are in `extra`.
    ///
    /// ```
    /// use hubchannel_model::{Channel, Page, decode};
    ///
    /// let page: Page<Channel> = decode(
    ///     br#"{"results":[{"id":"2930388","capabilities":{"richText":"ALL","allowOutgoingMessages":true}}]}"#,
    /// )?;
    /// let capabilities = page.items()[0].capabilities.as_ref();
    /// assert_eq!(capabilities.map(|can| can.odd_members()), Some(vec!["richText".to_owned()]));
    /// assert_eq!(capabilities.and_then(|can| can.allow_outgoing_messages.as_ref()), Some(&true));
    /// # Ok::<(), hubchannel_model::DecodeError>(())
    /// ```
    pub fn odd_members(&self) -> Vec<String> {
        schema::odd(self)
    }

    /// Adds a kind of address that the channel deals in.
    #[must_use]
    pub fn add_delivery_identifier_type(mut self, kind: impl Into<DeliveryIdentifierType>) -> Self {
        push(&mut self.delivery_identifier_types, kind.into());
        self
    }

    /// Sets the formatting that agents may use.
    #[must_use]
    pub fn set_rich_text(mut self, features: impl IntoIterator<Item = impl Into<RichTextFeature>>) -> Self {
        self.rich_text = collected(features);
        self
    }

    /// Sets whether agents may put images into formatted text.
    #[must_use]
    pub fn set_allow_inline_images(mut self, allow: bool) -> Self {
        self.allow_inline_images = Field::Value(allow);
        self
    }

    /// Sets whether agents may reply.
    #[must_use]
    pub fn set_allow_outgoing_messages(mut self, allow: bool) -> Self {
        self.allow_outgoing_messages = Field::Value(allow);
        self
    }

    /// Sets whether agents may switch to this channel within a conversation.
    #[must_use]
    pub fn set_allow_conversation_start(mut self, allow: bool) -> Self {
        self.allow_conversation_start = Field::Value(allow);
        self
    }

    /// Sets whether a message may have several recipients.
    #[must_use]
    pub fn set_allow_multiple_recipients(mut self, allow: bool) -> Self {
        self.allow_multiple_recipients = Field::Value(allow);
        self
    }

    /// Sets the kinds of attachment that agents may send.
    #[must_use]
    pub fn set_outgoing_attachment_types(
        mut self,
        kinds: impl IntoIterator<Item = impl Into<OutgoingAttachmentType>>,
    ) -> Self {
        self.outgoing_attachment_types = collected(kinds);
        self
    }

    /// Sets the MIME types of files that agents may send.
    #[must_use]
    pub fn set_allowed_file_attachment_mime_types(
        mut self,
        types: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.allowed_file_attachment_mime_types = collected(types);
        self
    }

    /// Sets the most files in one message.
    #[must_use]
    pub fn set_max_file_attachment_count(mut self, count: u64) -> Self {
        self.max_file_attachment_count = number(count);
        self
    }

    /// Sets the largest file, in bytes.
    #[must_use]
    pub fn set_max_file_attachment_size_bytes(mut self, bytes: u64) -> Self {
        self.max_file_attachment_size_bytes = number(bytes);
        self
    }

    /// Sets the largest sum of the files in one message, in bytes.
    #[must_use]
    pub fn set_max_total_file_attachment_size_bytes(mut self, bytes: u64) -> Self {
        self.max_total_file_attachment_size_bytes = number(bytes);
        self
    }
}

fn collected<T>(items: impl IntoIterator<Item = impl Into<T>>) -> Field<Vec<T>> {
    Field::Value(items.into_iter().map(Into::into).collect())
}

fn number(value: u64) -> Field<Number> {
    Field::Value(Number::of_whole(value))
}

open_enum! {
    /// Who threads a channel's conversations (documented).
    ///
    /// Early documentation had a longer name for the second; a longer name was refused (observed).
    pub enum ThreadingModel {
        /// The bridge, by the `integrationThreadId` of each message: the same id, the same thread. A visitor may have
        /// several threads at a time.
        IntegrationThreadId = "INTEGRATION_THREAD_ID",
        /// HubSpot, by who takes part: one thread for each pair of participants, and no `integrationThreadId`.
        DeliveryIdentifier = "DELIVERY_IDENTIFIER",
    }
}

open_enum! {
    /// Formatting that agents may use, as far as seen; HubSpot publishes no complete list.
    pub enum RichTextFeature {
        /// Links.
        Hyperlink = "HYPERLINK",
        /// Text to the left, to the right, or centred.
        TextAlignment = "TEXT_ALIGNMENT",
        /// Quotations.
        Blockquote = "BLOCKQUOTE",
        /// Bold text.
        Bold = "BOLD",
        /// Italic text.
        Italic = "ITALIC",
        /// Lists.
        Lists = "LISTS",
        /// Coloured text.
        TextColor = "TEXT_COLOR",
    }
}

open_enum! {
    /// A kind of attachment that agents may send; no other is known.
    pub enum OutgoingAttachmentType {
        /// A file.
        File = "FILE",
    }
}
