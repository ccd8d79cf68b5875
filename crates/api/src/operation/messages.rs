//! The operations on messages.

use http::{Method, StatusCode};
use hubchannel_model::{ChannelId, DecodeError, Message, MessageId, NewMessage, StatusUpdate};

use super::{CallOptions, Credential, Operation, OperationInfo, Repeat, Segment, json};
use crate::{Body, Error};

const READ: &str = "conversations.custom_channels.read";
const WRITE: &str = "conversations.custom_channels.write";

const ONE_MESSAGE: &[Segment] = &[
    Segment::Digits("channelId"),
    Segment::Literal("messages"),
    Segment::Text("messageId"),
];

/// Publishes a message: `POST …/{channelId}/messages`.
///
/// ```
/// use hubchannel_api::PublishMessage;
/// use hubchannel_model::{DeliveryIdentifier, NewMessage, Participant};
///
/// let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
/// let publish = PublishMessage::new("2930388", NewMessage::incoming("3307400689", visitor, "Hello"));
/// assert_eq!(publish.channel_id, "2930388");
/// ```
///
/// Safe to repeat with the same `integrationIdempotencyId` as far as HubSpot keeps to it, which is not documented.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PublishMessage {
    /// The channel to publish over: digits.
    pub channel_id: ChannelId,
    /// The message.
    pub body: NewMessage,
    /// How this call differs from others.
    pub options: CallOptions,
}

impl PublishMessage {
    /// Publishes this message over this channel.
    pub fn new(channel_id: impl Into<ChannelId>, body: NewMessage) -> Self {
        PublishMessage {
            channel_id: channel_id.into(),
            body,
            options: CallOptions::default(),
        }
    }

    /// Sets how this call differs from others.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        PublishMessage { options, ..self }
    }
}

impl Operation for PublishMessage {
    type Output = Message;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "publish_message",
        method: Method::POST,
        path: &[Segment::Digits("channelId"), Segment::Literal("messages")],
        success: StatusCode::CREATED,
        effect: Some("published"),
        credential: Credential::PortalToken,
        scopes: &[WRITE],
        repeat: Repeat::WithKey,
    };

    fn path_values(&self) -> Vec<&str> {
        vec![self.channel_id.as_str()]
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body).map(Some)
    }

    fn read_output(body: &Body) -> Result<Message, DecodeError> {
        json::read(body)
    }

    fn options(&self) -> &CallOptions {
        &self.options
    }

    fn is_keyed(&self) -> bool {
        self.body
            .integration_idempotency_id
            .as_deref()
            .is_some_and(|key| !key.is_empty())
    }
}

/// Reads a message: `GET …/{channelId}/messages/{messageId}`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GetMessage {
    /// The channel that the message travels on: digits.
    pub channel_id: ChannelId,
    /// The message.
    pub message_id: MessageId,
    /// How this call differs from others.
    pub options: CallOptions,
}

impl GetMessage {
    /// Reads this message of this channel.
    pub fn new(channel_id: impl Into<ChannelId>, message_id: impl Into<MessageId>) -> Self {
        GetMessage {
            channel_id: channel_id.into(),
            message_id: message_id.into(),
            options: CallOptions::default(),
        }
    }

    /// Sets how this call differs from others.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        GetMessage { options, ..self }
    }
}

impl Operation for GetMessage {
    type Output = Message;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "get_message",
        method: Method::GET,
        path: ONE_MESSAGE,
        success: StatusCode::OK,
        effect: None,
        credential: Credential::PortalToken,
        scopes: &[READ],
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> Vec<&str> {
        vec![self.channel_id.as_str(), self.message_id.as_str()]
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        Ok(None)
    }

    fn read_output(body: &Body) -> Result<Message, DecodeError> {
        json::read(body)
    }

    fn options(&self) -> &CallOptions {
        &self.options
    }
}

/// Reports how an agent's reply fared: `PATCH …/{channelId}/messages/{messageId}`.
///
/// Repeating a report sets the same status again.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UpdateMessageStatus {
    /// The channel that the message travels on: digits.
    pub channel_id: ChannelId,
    /// The message: the id that came in the webhook.
    pub message_id: MessageId,
    /// The status.
    pub body: StatusUpdate,
    /// How this call differs from others.
    pub options: CallOptions,
}

impl UpdateMessageStatus {
    /// Reports this of this message.
    pub fn new(channel_id: impl Into<ChannelId>, message_id: impl Into<MessageId>, body: StatusUpdate) -> Self {
        UpdateMessageStatus {
            channel_id: channel_id.into(),
            message_id: message_id.into(),
            body,
            options: CallOptions::default(),
        }
    }

    /// Sets how this call differs from others.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        UpdateMessageStatus { options, ..self }
    }
}

impl Operation for UpdateMessageStatus {
    type Output = Message;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "update_message_status",
        method: Method::PATCH,
        path: ONE_MESSAGE,
        success: StatusCode::OK,
        effect: Some("updated"),
        credential: Credential::PortalToken,
        scopes: &[WRITE],
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> Vec<&str> {
        vec![self.channel_id.as_str(), self.message_id.as_str()]
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body).map(Some)
    }

    fn read_output(body: &Body) -> Result<Message, DecodeError> {
        json::read(body)
    }

    fn options(&self) -> &CallOptions {
        &self.options
    }
}
