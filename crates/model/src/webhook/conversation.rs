//! What an app's webhook subscriptions bring.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    AppId, EventId, MessageId, Number, PortalId, SubscriptionId, ThreadEntryType, ThreadId, ThreadStatus, Timestamp,
    Unrecognized,
    schema::{self, Described, Shape, Walk},
    tagged,
    wire::{
        decode_forgivingly, open_enum,
        raw::{self, FromJson},
        record,
    },
};

/// One event of a delivery of an app's webhook subscriptions.
///
/// ```
/// use hubchannel_model::{ConversationEvents, decode};
///
/// let events: ConversationEvents = decode(
///     br#"[{"subscriptionType":"conversation.creation","objectId":{}},
///         {"subscriptionType":"conversation.creation","objectId":19615248623}]"#,
/// )?;
/// assert_eq!(events[0].as_unrecognized().and_then(|kept| kept.kind()), Some("conversation.creation"));
/// let event = events[1].as_conversation();
/// assert_eq!(event.and_then(|event| event.object_id.as_ref()).map(|id| id.as_str()), Some("19615248623"));
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
///
/// Reading one never fails. A member of another JSON type than it should be costs nothing but itself: it is absent, as it
/// came in `extra`, and named by [`odd_members`](SubscriptionEvent::odd_members). An event of which the type, the thing or
/// the change cannot be read is kept whole, for [`as_unrecognized`](SubscriptionEvent::as_unrecognized) to show, and costs
/// none of the events beside it. Either is written again as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "the event is what nearly every one is")]
pub enum SubscriptionEvent {
    /// About a conversation; or about something else that the app has subscribed to, as its `subscription_type` says.
    Conversation(ConversationEvent),
    #[doc(hidden)]
    _Unrecognized(Unrecognized),
}

impl SubscriptionEvent {
    /// The event; `None` where it cannot be read.
    pub fn as_conversation(&self) -> Option<&ConversationEvent> {
        match self {
            SubscriptionEvent::Conversation(event) => Some(event),
            SubscriptionEvent::_Unrecognized(_) => None,
        }
    }

    /// The value as it came, when this version cannot read it.
    pub fn as_unrecognized(&self) -> Option<&Unrecognized> {
        match self {
            SubscriptionEvent::Conversation(_) => None,
            SubscriptionEvent::_Unrecognized(unrecognized) => Some(unrecognized),
        }
    }

    /// The paths of members that came as another JSON type than they should, and are in `extra`: `occurredAt`.
    pub fn odd_members(&self) -> Vec<String> {
        schema::odd(self)
    }
}

impl From<ConversationEvent> for SubscriptionEvent {
    fn from(event: ConversationEvent) -> Self {
        SubscriptionEvent::Conversation(event)
    }
}

impl Described for SubscriptionEvent {
    fn shape() -> Shape {
        ConversationEvent::shape()
    }

    fn note_unknown(&self, walk: &mut Walk) {
        match self {
            SubscriptionEvent::Conversation(event) => event.note_unknown(walk),
            SubscriptionEvent::_Unrecognized(_) => walk.found("is of no kind that can be read"),
        }
    }
}

impl FromJson for SubscriptionEvent {
    fn from_json(json: &str) -> serde_json::Result<Self> {
        tagged::read_or_keep(
            decode_forgivingly(json),
            json,
            "subscriptionType",
            SubscriptionEvent::Conversation,
            SubscriptionEvent::_Unrecognized,
        )
    }
}

impl<'de> Deserialize<'de> for SubscriptionEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        raw::read(deserializer)
    }
}

impl Serialize for SubscriptionEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            SubscriptionEvent::Conversation(event) => event.serialize(serializer),
            SubscriptionEvent::_Unrecognized(unrecognized) => unrecognized.serialize(serializer),
        }
    }
}

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
    /// for event in events.iter().filter_map(|event| event.as_conversation()) {
    ///     assert_eq!(event.subscription_type, ConversationEventType::PropertyChange.into());
    ///     assert_eq!(event.new_status(), Some(ThreadStatus::Closed));
    ///     assert_eq!(event.occurred_at(), Some("2026-05-27T12:15:00.123Z".into()));
    /// }
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
        pub subscription_type: Field<ConversationEventType> => "subscriptionType" vital,
        /// How often it was reported before: 0 the first time.
        pub attempt_number: Field<Number> => "attemptNumber",
        /// The conversation's thread: a number on the wire. In an event about something else, that thing's id.
        pub object_id: Field<ThreadId> => "objectId" vital,
        /// What caused it, such as `CRM`.
        pub change_source: Field<String> => "changeSource",
        /// How a thing changed, in events about other things.
        pub change_flag: Field<String> => "changeFlag",
        /// The property that changed: `assignedTo`, `status` or `isArchived`.
        pub property_name: Field<String> => "propertyName" vital,
        /// What the property changed to.
        pub property_value: Field<String> => "propertyValue" vital,
        /// The new message.
        pub message_id: Field<MessageId> => "messageId" vital,
        /// What kind of thread entry the new message is.
        pub message_type: Field<ThreadEntryType> => "messageType",
    }
}

impl ConversationEvent {
    /// When it happened; `None` where that is not said in whole milliseconds.
    pub fn occurred_at(&self) -> Option<Timestamp> {
        self.occurred_at.as_ref()?.as_i64().map(Timestamp::from_unix_millis)
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
