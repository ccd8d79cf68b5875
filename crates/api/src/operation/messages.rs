//! The operations on messages.

use http::{Method, StatusCode};
use hubchannel_model::{ChannelId, Message, MessageId, NewMessage, StatusUpdate, Violations};

use super::{Credential, Operation, OperationInfo, Repeat, Segment, json, operation, scope};
use crate::{Area, Body, Error};

const MESSAGES: &[Segment] = &[Segment::Int32("channelId"), Segment::Literal("messages")];

const ONE_MESSAGE: &[Segment] = &[
    Segment::Int32("channelId"),
    Segment::Literal("messages"),
    Segment::Text("messageId"),
];

operation! {
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
    pub struct PublishMessage {
        /// The channel to publish over: digits.
        pub channel_id: ChannelId,
        /// The message.
        pub body: NewMessage,
    }

    /// Publishes this message over this channel.
    pub fn new(channel_id: impl Into<ChannelId>, body: NewMessage);
}

impl Operation for PublishMessage {
    type Output = Message;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "publish_message",
        area: Area::CustomChannels,
        method: Method::POST,
        path: MESSAGES,
        query: &[],
        success: StatusCode::CREATED,
        effect: Some("published"),
        credential: Credential::PortalToken,
        scopes: &[scope::WRITE],
        repeat: Repeat::WithKey,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str()].into_iter()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body)
    }

    fn is_keyed(&self) -> bool {
        self.body
            .integration_idempotency_id
            .as_deref()
            .is_some_and(|key| !key.is_empty())
    }
}

operation! {
    /// Reads a message: `GET …/{channelId}/messages/{messageId}`.
    pub struct GetMessage {
        /// The channel that the message travels on: digits.
        pub channel_id: ChannelId,
        /// The message.
        pub message_id: MessageId,
    }

    /// Reads this message of this channel.
    pub fn new(channel_id: impl Into<ChannelId>, message_id: impl Into<MessageId>);
}

impl Operation for GetMessage {
    type Output = Message;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "get_message",
        area: Area::CustomChannels,
        method: Method::GET,
        path: ONE_MESSAGE,
        query: &[],
        success: StatusCode::OK,
        effect: None,
        credential: Credential::PortalToken,
        scopes: &[scope::READ],
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str(), self.message_id.as_str()].into_iter()
    }
}

operation! {
    /// Reports how an agent's reply fared: `PATCH …/{channelId}/messages/{messageId}`.
    ///
    /// Repeating a report sets the same status again.
    pub struct UpdateMessageStatus {
        /// The channel that the message travels on: digits.
        pub channel_id: ChannelId,
        /// The message: the id that came in the webhook.
        pub message_id: MessageId,
        /// The status.
        pub body: StatusUpdate,
    }

    /// Reports this of this message.
    pub fn new(channel_id: impl Into<ChannelId>, message_id: impl Into<MessageId>, body: StatusUpdate);
}

impl Operation for UpdateMessageStatus {
    type Output = Message;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "update_message_status",
        area: Area::CustomChannels,
        method: Method::PATCH,
        path: ONE_MESSAGE,
        query: &[],
        success: StatusCode::OK,
        effect: Some("updated"),
        credential: Credential::PortalToken,
        scopes: &[scope::WRITE],
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.channel_id.as_str(), self.message_id.as_str()].into_iter()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body)
    }
}
