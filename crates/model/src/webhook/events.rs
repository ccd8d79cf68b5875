//! One event, or a list of them.

use std::{fmt, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ChannelEvent, SubscriptionEvent};
use crate::{
    schema::{Described, Shape, Walk},
    wire::{
        parse,
        raw::{self, FromJson},
    },
};

/// The body of one delivery: a list of events, or one event by itself.
///
/// ```
/// use hubchannel_model::{ChannelEvents, decode};
///
/// for json in [r#"{"type":"CHANNEL_ACCOUNT_PURGED"}"#, r#"[{"type":"CHANNEL_ACCOUNT_PURGED"}]"#] {
///     let events: ChannelEvents = decode(json.as_bytes())?;
///     assert_eq!(events.len(), 1);
///     assert_eq!(serde_json::to_string(&events)?, json);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A channel's webhook sends one object and subscriptions send a list (observed), but a test delivery of a
/// subscription has been one object (observed) and some bridges expect lists of channel events. Both are read in
/// either form and written as they were read. Derefs to the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Events<T> {
    events: Vec<T>,
    is_list: bool,
}

impl<T> Events<T> {
    /// Whether the body is a list; else it is one event by itself.
    pub fn is_list(&self) -> bool {
        self.is_list
    }

    /// The events.
    pub fn into_vec(self) -> Vec<T> {
        self.events
    }

    fn one(event: T) -> Self {
        Events {
            events: vec![event],
            is_list: false,
        }
    }

    fn list(events: Vec<T>) -> Self {
        Events { events, is_list: true }
    }
}

impl<T> Deref for Events<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.events
    }
}

impl<T: fmt::Debug> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.events.fmt(f)
    }
}

/// A body that is one event by itself.
impl<T> From<T> for Events<T> {
    fn from(event: T) -> Self {
        Events::one(event)
    }
}

/// A body that is a list.
impl<T> From<Vec<T>> for Events<T> {
    fn from(events: Vec<T>) -> Self {
        Events::list(events)
    }
}

impl<T> IntoIterator for Events<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.events.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Events<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.events.iter()
    }
}

impl<T: Serialize> Serialize for Events<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &*self.events {
            [event] if !self.is_list => event.serialize(serializer),
            events => events.serialize(serializer),
        }
    }
}

impl<T: Described> Described for Events<T> {
    fn shape() -> Shape {
        <Vec<T>>::shape()
    }

    fn note_unknown(&self, walk: &mut Walk) {
        match &*self.events {
            [event] if !self.is_list => event.note_unknown(walk),
            _ => self.events.note_unknown(walk),
        }
    }
}

macro_rules! read_in_either_form {
    ($($event:ident)+) => { $(
        /// Reads any JSON: what is no list is one event, and an event that cannot be read is kept.
        impl<'de> Deserialize<'de> for Events<$event> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                raw::read(deserializer)
            }
        }

        impl FromJson for Events<$event> {
            fn from_json(json: &str) -> serde_json::Result<Self> {
                if json.starts_with('[') {
                    parse::from_str(json).map(Events::list)
                } else {
                    parse::from_str(json).map(Events::one)
                }
            }
        }
    )+ };
}

read_in_either_form!(ChannelEvent SubscriptionEvent);
