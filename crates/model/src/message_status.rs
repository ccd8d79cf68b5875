//! How far a message has come.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::MapAccess, ser::SerializeMap};

use crate::{
    Extra, Field, StatusType,
    schema::{Described, Member, Shape, Table, Walk},
    shapes::ObjectOrString,
    wire::{Filling, Record, record, refuse_double},
};

/// How far a message has come. Called `PublicMessageStatus` in HubSpot's descriptions.
///
/// ```
/// use hubchannel_model::{Message, StatusType};
///
/// for json in [r#"{"status":{"statusType":"SENT"}}"#, r#"{"status":"SENT"}"#] {
///     let message: Message = serde_json::from_str(json)?;
///     let status = message.status.as_ref().and_then(|status| status.status_type.as_ref());
///     assert_eq!(status, Some(&StatusType::Sent));
///     assert_eq!(serde_json::to_string(&message)?, json);
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// An object as described; one integration says that webhooks have only a string (observed). A status that was read
/// from a string is written as one again, unless it has got more to say since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageStatus {
    /// The status itself.
    pub status_type: Field<StatusType>,
    /// Why it failed, where it did.
    pub failure_details: Field<FailureDetails>,
    /// The members that have no field here, kept as they came.
    pub extra: Extra,
    is_string: bool,
}

impl MessageStatus {
    /// This status, without more.
    pub fn new(status_type: impl Into<StatusType>) -> Self {
        MessageStatus {
            status_type: Field::Value(status_type.into()),
            ..MessageStatus::default()
        }
    }

    /// Builds one by hand, for a test or a double: what `fill` leaves alone stays absent.
    pub fn build(fill: impl FnOnce(&mut Self)) -> Self {
        let mut status = Self::default();
        fill(&mut status);
        status
    }
}

record! {
    /// Why a message failed. Called `PublicMessageFailureDetails` in HubSpot's descriptions.
    pub struct FailureDetails {
        /// The reason that the bridge reported.
        pub error_message: Field<String> => "errorMessage",
        /// Values for placeholders in the message.
        pub error_message_tokens: Field<BTreeMap<String, String>> => "errorMessageTokens" (required),
    }
}

/// Described as the object alone.
impl Described for MessageStatus {
    fn shape() -> Shape {
        const TABLE: &Table = &Table {
            name: MessageStatus::NAME,
            file: file!(),
            line: line!(),
            tag: None,
            members: &[
                Member::new("statusType", StatusType::shape).required(),
                Member::new("failureDetails", FailureDetails::shape),
            ],
        };
        Shape::Record(TABLE)
    }

    fn note_unknown(&self, walk: &mut Walk) {
        if let Some(status) = self.status_type.as_ref() {
            walk.member("statusType", |walk| status.note_unknown(walk));
        }
        if let Some(details) = self.failure_details.as_ref() {
            walk.member("failureDetails", |walk| details.note_unknown(walk));
        }
        self.extra.note_unknown(walk, Self::MEMBERS);
    }
}

impl ObjectOrString for MessageStatus {
    type Object = Self;

    fn from_object(object: Self) -> Self {
        object
    }

    fn from_string(text: &str) -> Self {
        MessageStatus {
            is_string: true,
            ..MessageStatus::new(text)
        }
    }
}

impl<'de> Deserialize<'de> for MessageStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ObjectOrString::read(deserializer)
    }
}

impl Serialize for MessageStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.status_type {
            Field::Value(status) if self.is_string && self.failure_details.is_absent() && self.extra.is_empty() => {
                status.serialize(serializer)
            }
            _ => self.write_to(serializer),
        }
    }
}

/// By hand, because of the member that is in no JSON.
impl Record for MessageStatus {
    const NAME: &'static str = "MessageStatus";
    const MEMBERS: &'static [&'static str] = &["statusType", "failureDetails"];
    const TAG: Option<&'static str> = None;

    fn find(name: &str) -> usize {
        match name {
            "statusType" => 0,
            "failureDetails" => 1,
            _ => 2,
        }
    }

    fn is_present(&self, member: usize) -> bool {
        match member {
            0 => !self.status_type.is_absent(),
            1 => !self.failure_details.is_absent(),
            _ => false,
        }
    }

    fn read<'de, const FORGIVES: bool, A: MapAccess<'de>>(
        &mut self,
        member: usize,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match Self::MEMBERS.get(member) {
            Some(name) if self.is_present(member) => refuse_double(map, name),
            Some(&"statusType") => map.next_value_seed(Filling(&mut self.status_type)),
            _ => map.next_value_seed(Filling(&mut self.failure_details)),
        }
    }

    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        if !self.status_type.is_absent() {
            map.serialize_entry("statusType", &self.status_type)?;
        }
        if !self.failure_details.is_absent() {
            map.serialize_entry("failureDetails", &self.failure_details)?;
        }
        self.extra.write(map, |name| self.is_present(Self::find(name)))
    }

    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }
}
