//! What an app's webhook subscriptions bring.

use crate::{
    AppId, EventId, MessageId, Number, PortalId, SubscriptionId, ThreadEntryType, ThreadId, ThreadStatus, Timestamp,
    wire::{open_enum, record},
};

record! {
    /// Something that happened to a conversation.
    ///
    /// ```
    /// use hubchannel_model::{ConversationEventType, ConversationEvents, ThreadStatus, decode};
    ///
    /// let events: ConversationEvents = decode(
    ///     br#"[{"eventId":101,"subscriptionType":"conversation.propertyChange","objectId":19615248623,
    ///         "occurredAt":1779884100123,"propertyName":"status","propertyValue":"CLOSED"}]"#,
    /// )?;
    /// assert_eq!(events[0].subscription_type, ConversationEventType::PropertyChange.into());
    /// assert_eq!(events[0].new_status(), Some(ThreadStatus::Closed));
    /// assert_eq!(events[0].occurred_at(), Some("2026-05-27T12:15:00.123Z".into()));
    /// # Ok::<(), hubchannel_model::DecodeError>(())
    /// ```
    ///
    /// Channels do not report who is assigned to a conversation, nor that it was closed; the app's webhook
    /// subscriptions do (documented). An app has one address for all its subscriptions, so events of other types,
    /// about contacts for example, may stand beside these; they are read as well.
    pub struct ConversationEvent {
        /// The event's own id: a number, and in a test delivery a string (observed).
        pub event_id: Field<EventId> => "eventId",
        /// The subscription that it is reported for.
        pub subscription_id: Field<SubscriptionId> => "subscriptionId",
        /// The portal that it happened in: a number on the wire.
        pub portal_id: Field<PortalId> => "portalId",
        /// The app that subscribed: a number on the wire.
        pub app_id: Field<AppId> => "appId",
        /// When it happened, in milliseconds since 1970; see [`occurred_at`](ConversationEvent::occurred_at).
        pub occurred_at: Field<Number> => "occurredAt",
        /// What happened.
        pub subscription_type: Field<ConversationEventType> => "subscriptionType",
        /// How often it was reported before: 0 the first time.
        pub attempt_number: Field<Number> => "attemptNumber",
        /// The conversation's thread: a number on the wire. In an event about something else, that thing's id.
        pub object_id: Field<ThreadId> => "objectId",
        /// What caused it, such as `CRM`.
        pub change_source: Field<String> => "changeSource",
        /// How a thing changed, in events about other things.
        pub change_flag: Field<String> => "changeFlag",
        /// The property that changed: `assignedTo`, `status` or `isArchived`.
        pub property_name: Field<String> => "propertyName",
        /// What the property changed to.
        pub property_value: Field<String> => "propertyValue",
        /// The new message.
        pub message_id: Field<MessageId> => "messageId",
        /// What kind of thread entry the new message is.
        pub message_type: Field<ThreadEntryType> => "messageType",
    }
}

impl ConversationEvent {
    /// When it happened; `None` where that is not said in whole milliseconds.
    pub fn occurred_at(&self) -> Option<Timestamp> {
        let millis = self.occurred_at.as_ref()?.as_str().parse().ok()?;
        Some(Timestamp::from_unix_millis(millis))
    }

    /// What a property changed to, if this event says that this property changed.
    pub fn new_value(&self, property: &str) -> Option<&str> {
        let of_this = self.subscription_type.as_ref() == Some(&ConversationEventType::PropertyChange)
            && self.property_name.as_deref() == Some(property);
        if of_this { self.property_value.as_deref() } else { None }
    }

    /// The conversation's new status, if this event says that it has one.
    pub fn new_status(&self) -> Option<ThreadStatus> {
        self.new_value("status").map(Into::into)
    }

    /// Who is now assigned, if this event says so: an actor's id, or a user's without its letter (observed); empty for
    /// nobody.
    pub fn new_assignee(&self) -> Option<&str> {
        self.new_value("assignedTo")
    }
}

open_enum! {
    /// What happened to a conversation.
    pub enum ConversationEventType {
        /// It began.
        Creation = "conversation.creation",
        /// It was archived or deleted.
        Deletion = "conversation.deletion",
        /// It was deleted for somebody's privacy.
        PrivacyDeletion = "conversation.privacyDeletion",
        /// One of its properties changed.
        PropertyChange = "conversation.propertyChange",
        /// It has got a new message.
        NewMessage = "conversation.newMessage",
    }
}
