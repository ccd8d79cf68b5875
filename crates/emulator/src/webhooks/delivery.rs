//! What has been delivered, and how it went.

use std::{fmt, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use hubchannel_api::{
    TransportErrorKind,
    model::{ChannelEvent, ConversationEvent, EventId, Url},
    redact::Headers,
};
use serde::{Deserialize, Serialize};

/// What is reported: to a channel's webhook, or to an app that has subscribed to conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "the first is what nearly every one is")]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum WebhookEvent {
    /// For the channel's `webhookUrl`.
    Channel(ChannelEvent),
    /// For the address of an app's subscriptions.
    Conversation(ConversationEvent),
}

impl WebhookEvent {
    /// The event's own id, the same however often it is delivered.
    pub fn event_id(&self) -> Option<&EventId> {
        match self {
            WebhookEvent::Channel(event) => event.event_id(),
            WebhookEvent::Conversation(event) => event.event_id.as_ref(),
        }
    }

    /// What kind of event it is, as it stands in the body.
    pub fn kind(&self) -> Option<&str> {
        match self {
            WebhookEvent::Channel(event) => event.kind(),
            WebhookEvent::Conversation(event) => event.subscription_type.as_ref().map(|kind| kind.as_str()),
        }
    }
}

/// One event on its way to one bridge, with every attempt so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookDelivery {
    /// Its place among all deliveries, from 0.
    pub number: usize,
    /// What is reported.
    pub event: WebhookEvent,
    /// The delivery that this one repeats on demand.
    pub replay_of: Option<usize>,
    /// When it was put into the queue of its thread.
    #[serde(with = "crate::snapshot::form::time")]
    pub queued_at: SystemTime,
    /// Every attempt, in their order.
    pub attempts: Vec<WebhookAttempt>,
    /// How far it has come.
    pub state: WebhookState,
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum WebhookState {
    /// It is attempted next at this time, once those before it in its thread are over.
    Waiting {
        /// The time.
        #[serde(with = "crate::snapshot::form::time")]
        until: SystemTime,
    },
    /// It is being attempted.
    UnderWay,
    /// The bridge has taken it.
    Delivered,
    /// Every attempt has failed, and there are no more.
    GivenUp,
}

impl WebhookState {
    /// Until when it waits for its next attempt; `None` where it does not wait.
    pub fn waits_until(&self) -> Option<SystemTime> {
        match self {
            WebhookState::Waiting { until } => Some(*until),
            _ => None,
        }
    }

    /// Whether nothing more comes of it.
    pub fn is_over(&self) -> bool {
        matches!(self, WebhookState::Delivered | WebhookState::GivenUp)
    }
}

/// One request to a bridge.
///
/// `Debug` shows neither the signature nor the body, nor the query of the address.
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookAttempt {
    /// When it was sent, which is the time that is signed.
    #[serde(with = "crate::snapshot::form::time")]
    pub at: SystemTime,
    /// Where it was sent to; empty where there was no address.
    pub url: Url,
    /// Its headers, with the signature.
    #[serde(with = "crate::snapshot::form::headers")]
    pub headers: HeaderMap,
    /// Its body.
    #[serde(with = "crate::snapshot::form::base64")]
    pub body: Bytes,
    /// When it ended; `None` while it is under way.
    #[serde(with = "crate::snapshot::form::maybe_time")]
    pub ended_at: Option<SystemTime>,
    /// How it ended; `None` while it is under way.
    pub outcome: Option<WebhookOutcome>,
}

impl fmt::Debug for WebhookAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookAttempt")
            .field("at", &self.at)
            .field("url", &self.url)
            .field("headers", &Headers(&self.headers))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("ended_at", &self.ended_at)
            .field("outcome", &self.outcome)
            .finish()
    }
}

/// How an attempt ended.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum WebhookOutcome {
    /// The bridge has answered.
    Answered {
        /// The answer's status. Anything but 2xx is a failure.
        #[serde(with = "crate::snapshot::form::status")]
        status: StatusCode,
        /// The answer's body, as far as it could be read: nothing of what is longer than 64 KiB.
        #[serde(with = "crate::snapshot::form::base64")]
        body: Bytes,
    },
    /// There was no answer in time.
    TimedOut,
    /// There was no answer.
    Failed {
        /// What kept it away.
        #[serde(with = "crate::snapshot::form::transport_error")]
        kind: TransportErrorKind,
        /// The same for people.
        message: String,
    },
    /// Nothing was sent.
    Unsent {
        /// Why, for people.
        reason: String,
    },
    /// Whoever delivered stopped in the middle, so that the bridge may have got it.
    Abandoned,
}

impl WebhookOutcome {
    /// Whether the bridge has taken the event.
    pub fn is_success(&self) -> bool {
        matches!(self, WebhookOutcome::Answered { status, .. } if status.is_success())
    }
}

/// Without the answer's body.
impl fmt::Debug for WebhookOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WebhookOutcome::Answered { status, body } => {
                write!(f, "Answered({}, {} bytes)", status.as_u16(), body.len())
            }
            WebhookOutcome::TimedOut => f.write_str("TimedOut"),
            WebhookOutcome::Failed { kind, message } => write!(f, "Failed({kind:?}, {message:?})"),
            WebhookOutcome::Unsent { reason } => write!(f, "Unsent({reason:?})"),
            WebhookOutcome::Abandoned => f.write_str("Abandoned"),
        }
    }
}
