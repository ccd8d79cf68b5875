//! What tells one event from every other.

use std::{fmt, sync::Arc};

use hmac::digest::Digest as _;
use hubchannel_model::{ChannelEvent, Field, SubscriptionEvent};
use serde::Serialize;
use sha2::Sha256;

use crate::{AgentReply, signature::hex};

/// What tells one event from every other, however often it is delivered: short text, in printable ASCII. Cheap to clone.
///
/// ```
/// use hubchannel_model::{ChannelEvents, decode};
/// use hubchannel_webhook::DeliveryKey;
///
/// let events: ChannelEvents = decode(
///     br#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"62515","eventId":"evt-1","message":{"id":"8a7b"}}"#,
/// )?;
/// assert_eq!(DeliveryKey::of(&events[0]).as_str(), "message/62515/8a7b");
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
///
/// A message is known by its own id, because it is delivered to the visitor once, whatever brings it; else an event is
/// known by its kind and its event id (assumed to stay the same), and where it has none, by all that it says.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey(Arc<str>);

impl DeliveryKey {
    /// The longest that a key is, in bytes.
    pub const MAX_LENGTH: usize = 200;

    /// What this event of a channel is known by.
    pub fn of(event: &ChannelEvent) -> Self {
        match AgentReply::of(event) {
            Some(reply) => DeliveryKey::of_reply(&reply),
            None => DeliveryKey::of_event(event),
        }
    }

    pub(crate) fn of_reply(reply: &AgentReply<'_>) -> Self {
        match reply.message_id().filter(|id| !id.as_str().is_empty()) {
            Some(id) => DeliveryKey::join(["message", text(reply.portal_id()), id.as_str()]),
            None => DeliveryKey::of_event(&reply.event().clone().into()),
        }
    }

    fn of_event(event: &ChannelEvent) -> Self {
        match event.event_id().filter(|id| !id.as_str().is_empty()) {
            Some(id) => {
                let kind = event.kind().unwrap_or_default();
                DeliveryKey::join(["event", kind, text(event.portal_id()), id.as_str()])
            }
            None => DeliveryKey::of_all(event),
        }
    }

    /// What this event of an app's subscriptions is known by: all that it says, but for the number of the attempt. Its
    /// event id need not be its own alone (documented).
    pub fn of_conversation_event(event: &SubscriptionEvent) -> Self {
        match event {
            SubscriptionEvent::Conversation(event) => {
                let mut same = event.clone();
                same.attempt_number = Field::Absent;
                same.extra.remove("attemptNumber");
                DeliveryKey::of_all(&same)
            }
            unreadable => DeliveryKey::of_all(unreadable),
        }
    }

    #[cfg(feature = "conformance")]
    pub(crate) fn of_check(name: &str) -> Self {
        DeliveryKey(name.into())
    }

    /// The text, to keep it by.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Joins parts so that other parts never make the same.
    fn join<const COUNT: usize>(parts: [&str; COUNT]) -> Self {
        let mut joined = String::new();
        for (place, part) in parts.into_iter().enumerate() {
            if place > 0 {
                joined.push('/');
            }
            for byte in part.bytes() {
                match byte {
                    b'/' | b'%' => joined.push_str(&format!("%{byte:02X}")),
                    byte if byte.is_ascii_graphic() => joined.push(char::from(byte)),
                    byte => joined.push_str(&format!("%{byte:02X}")),
                }
            }
        }
        if joined.len() > DeliveryKey::MAX_LENGTH {
            DeliveryKey::digest(joined.into_bytes())
        } else {
            DeliveryKey(joined.into())
        }
    }

    fn of_all<T: Serialize + fmt::Debug>(event: &T) -> Self {
        // What was read can be written; if not, two different events shall not be taken for one.
        DeliveryKey::digest(serde_json::to_vec(event).unwrap_or_else(|_| format!("{event:?}").into_bytes()))
    }

    fn digest(bytes: Vec<u8>) -> Self {
        DeliveryKey(format!("digest/{}", hex(&Sha256::digest(bytes))).into())
    }
}

fn text<T: AsRef<str>>(id: Option<&T>) -> &str {
    id.map_or("", AsRef::as_ref)
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
