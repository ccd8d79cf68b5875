//! What a channel's webhook brings.

use std::borrow::Cow;

use super::{ChannelAccountCreated, ChannelAccountPurged, ChannelAccountUpdated};
use crate::{
    ChannelAccountId, ChannelId, DecodeError, EventId, Extra, IntegrationThreadId, Message, PortalId, Timestamp,
    schema, tagged::tagged, wire::record,
};

tagged! {
    /// One event of a channel's webhook.
    ///
    /// ```
    /// use hubchannel_model::{ChannelEvent, decode};
    ///
    /// let event: ChannelEvent = decode(
    ///     br#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"62515","channelIntegrationThreadIds":["chat-42"],
    ///         "message":{"id":"8a7b","text":"Yes, the blue one is in stock"}}"#,
    /// )?;
    /// let ChannelEvent::OutgoingMessageCreated(reply) = &event else {
    ///     return Ok(());
    /// };
    /// assert_eq!(reply.integration_thread_ids()?[0].as_str(), "chat-42");
    /// let message = reply.message.as_ref();
    /// assert_eq!(message.and_then(|message| message.text.as_deref()), Some("Yes, the blue one is in stock"));
    ///
    /// let new: ChannelEvent = decode(br#"{"type":"CHANNEL_ARCHIVED"}"#)?;
    /// assert_eq!(new.kind(), Some("CHANNEL_ARCHIVED"));
    /// assert!(new.as_unrecognized().is_some());
    /// # Ok::<(), hubchannel_model::DecodeError>(())
    /// ```
    ///
    /// Reading one never fails. A member of another JSON type than it should be, of the event, of its message or of a
    /// recipient, costs nothing but itself: it is absent, as it came in `extra`, and named by
    /// [`odd_members`](ChannelEvent::odd_members). An event of an unknown kind, or one of which the bridge could not read
    /// what it acts on, is kept whole, for [`as_unrecognized`](ChannelEvent::as_unrecognized) to show; a bridge that
    /// answers such a delivery with an error will get it again. Either is written again as it came.
    ///
    /// What a bridge acts on is the message with its `id`, `conversationsThreadId`, `channelAccountId`, `recipients`,
    /// `text`, `richText` and `attachments`, the `deliveryIdentifier` of each recipient, and the event's
    /// `channelIntegrationThreadIds`; of an account its id, its address and `authorized`.
    ///
    /// HubSpot publishes no description of these bodies. What is known comes from its changelog and from integrations
    /// that read them (observed), so a bridge should take every member to be optional.
    #[expect(clippy::large_enum_variant, reason = "the message is what nearly every event brings")]
    pub enum ChannelEvent keeps members {
        /// An agent has replied, or has written first: the message is to be delivered.
        OutgoingMessageCreated(OutgoingMessageCreated) = "OUTGOING_CHANNEL_MESSAGE_CREATED",
        /// An account was connected.
        ChannelAccountCreated(ChannelAccountCreated) = "CHANNEL_ACCOUNT_CREATED",
        /// An account was changed.
        ChannelAccountUpdated(ChannelAccountUpdated) = "CHANNEL_ACCOUNT_UPDATED",
        /// An account was removed for good.
        ChannelAccountPurged(ChannelAccountPurged) = "CHANNEL_ACCOUNT_PURGED",
    }
}

macro_rules! common {
    ($( $(#[$docs:meta])* $member:ident: $type:ty, )+) => {
        impl ChannelEvent { $(
            $(#[$docs])*
            pub fn $member(&self) -> Option<&$type> {
                match self {
                    ChannelEvent::OutgoingMessageCreated(event) => event.$member.as_ref(),
                    ChannelEvent::ChannelAccountCreated(event) => event.$member.as_ref(),
                    ChannelEvent::ChannelAccountUpdated(event) => event.$member.as_ref(),
                    ChannelEvent::ChannelAccountPurged(event) => event.$member.as_ref(),
                    ChannelEvent::_Unrecognized(_) => None,
                }
            }
        )+ }
    };
}

common! {
    /// The portal that it happened in; `None` where the event is not recognized.
    portal_id: PortalId,
    /// The channel that it happened on; `None` where the event is not recognized.
    channel_id: ChannelId,
    /// The event's own id, the same in every repeated delivery (observed); it may be missing, and is `None` where the
    /// event is not recognized.
    event_id: EventId,
    /// When it happened; `None` where the event is not recognized.
    event_timestamp: Timestamp,
}

impl ChannelEvent {
    /// The channel account that it is about; of a message, the one that the message travels on.
    pub fn channel_account_id(&self) -> Option<&ChannelAccountId> {
        match self {
            ChannelEvent::OutgoingMessageCreated(event) => event.message.as_ref()?.channel_account_id.as_ref(),
            ChannelEvent::ChannelAccountCreated(event) => event.channel_account_id.as_ref(),
            ChannelEvent::ChannelAccountUpdated(event) => event.channel_account_id.as_ref(),
            ChannelEvent::ChannelAccountPurged(event) => event.channel_account_id.as_ref(),
            ChannelEvent::_Unrecognized(_) => None,
        }
    }

    /// The paths of members that came as another JSON type than they should, and are in `extra` of what they stand in:
    /// `message.createdAt`. A bridge does well to log them.
    ///
    /// ```
    /// use hubchannel_model::{ChannelEvent, decode};
    ///
    /// let event: ChannelEvent = decode(
    ///     br#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","eventTimestamp":1779884100123,
    ///         "message":{"id":"8a7b","text":"Yes","createdAt":{}}}"#,
    /// )?;
    /// assert_eq!(event.odd_members(), ["message.createdAt", "eventTimestamp"]);
    /// let ChannelEvent::OutgoingMessageCreated(reply) = &event else {
    ///     return Ok(());
    /// };
    /// assert_eq!(reply.message.as_ref().and_then(|message| message.text.as_deref()), Some("Yes"));
    /// assert!(reply.event_timestamp.is_absent());
    /// assert_eq!(reply.extra.get("eventTimestamp"), Some("1779884100123"));
    /// # Ok::<(), hubchannel_model::DecodeError>(())
    /// ```
    ///
    /// Thread ids within the message, of which [`Message`] has no member, are named too where they cannot be read.
    pub fn odd_members(&self) -> Vec<String> {
        let mut odd = schema::odd(self);
        if let ChannelEvent::OutgoingMessageCreated(event) = self
            && event.thread_ids_within_message().is_err()
        {
            odd.push(WITHIN_MESSAGE.to_owned());
        }
        odd
    }
}

record! {
    /// An agent has written a message, which is now to be delivered.
    ///
    /// The bridge delivers it to `message.recipients`, in the conversation named by
    /// [`integration_thread_ids`](OutgoingMessageCreated::integration_thread_ids), and reports how it fared with a
    /// [`StatusUpdate`](crate::StatusUpdate) for `message.id`. Deliveries are repeated (documented for HubSpot's
    /// webhooks in general), so it remembers what it has delivered, by `event_id` or `message.id`.
    pub struct OutgoingMessageCreated tag "OUTGOING_CHANNEL_MESSAGE_CREATED" {
        /// The portal that it happened in: a string where seen.
        pub portal_id: Field<PortalId> => "portalId",
        /// The channel that the message is to travel on.
        pub channel_id: Field<ChannelId> => "channelId",
        /// The event's own id: the same in every repeated delivery (observed). May be missing.
        pub event_id: Field<EventId> => "eventId",
        /// When it happened.
        pub event_timestamp: Field<Timestamp> => "eventTimestamp",
        /// The conversation's ids in the outside service, where the channel threads by itself.
        pub channel_integration_thread_ids: Field<Vec<IntegrationThreadId>> => "channelIntegrationThreadIds"
            vital,
        /// The message.
        pub message: Field<Message> => "message" vital as a whole,
    }
}

const THREAD_IDS: &str = "channelIntegrationThreadIds";
const WITHIN_MESSAGE: &str = "message.channelIntegrationThreadIds";

impl OutgoingMessageCreated {
    /// The conversation's ids in the outside service; none where HubSpot threads by participants.
    ///
    /// ```
    /// use hubchannel_model::{ChannelEvent, decode};
    ///
    /// let event: ChannelEvent = decode(
    ///     br#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{"channelIntegrationThreadIds":["chat-42",{}]}}"#,
    /// )?;
    /// let ChannelEvent::OutgoingMessageCreated(reply) = &event else {
    ///     return Ok(());
    /// };
    /// let path = reply.integration_thread_ids().map_err(|error| error.path().to_owned());
    /// assert_eq!(path, Err("message.channelIntegrationThreadIds[1]".to_owned()));
    /// assert_eq!(event.odd_members(), ["message.channelIntegrationThreadIds"]);
    /// # Ok::<(), hubchannel_model::DecodeError>(())
    /// ```
    ///
    /// They are read at the top level, where most integrations find them, and else within the message, where one
    /// expects them (observed). There may be several for one conversation. Absent, `null` and empty are none.
    ///
    /// # Errors
    /// When none are at the top level, and what stands in their place within the message, or in `extra`, is no list of
    /// ids, so that nobody knows which conversation it is. A bridge lets HubSpot come again until it is mended, or reports
    /// the message as failed.
    pub fn integration_thread_ids(&self) -> Result<Cow<'_, [IntegrationThreadId]>, DecodeError> {
        if let Some(ids @ [_, ..]) = self.channel_integration_thread_ids.as_deref() {
            return Ok(Cow::Borrowed(ids));
        }
        let mut ids = self.thread_ids_within_message()?;
        if ids.is_empty() {
            ids = thread_ids_in(&self.extra, THREAD_IDS)?;
        }
        Ok(Cow::Owned(ids))
    }

    fn thread_ids_within_message(&self) -> Result<Vec<IntegrationThreadId>, DecodeError> {
        let message = self.message.as_ref();
        message.map_or(Ok(Vec::new()), |message| thread_ids_in(&message.extra, WITHIN_MESSAGE))
    }
}

/// The ids among members without a field, at this path of the event.
fn thread_ids_in(extra: &Extra, path: &str) -> Result<Vec<IntegrationThreadId>, DecodeError> {
    let ids: Option<Option<Vec<_>>> = extra.decode(THREAD_IDS).map_err(|error| error.in_list(path))?;
    Ok(ids.flatten().unwrap_or_default())
}
