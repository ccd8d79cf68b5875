//! What a recorded body can be: the kinds, and the type that reads each of them.

use std::collections::BTreeMap;

use hubchannel_model::schema::{Described, unknown};
use hubchannel_model::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One kind of body.
pub(crate) struct Kind {
    /// As a manifest and a folder name it.
    pub(crate) name: &'static str,
    pub(crate) read: Read,
}

/// Reads bytes as some type.
pub(crate) type Read = fn(&[u8]) -> Result<Reading, DecodeError>;

/// What a type made of some bytes.
pub(crate) struct Reading {
    /// The value, encoded again.
    pub(crate) json: String,
    /// The places of all that the type has no name for.
    pub(crate) unknown: Vec<String>,
    /// What would be refused before it is sent: the place, and what is said of it. Nothing for what is only received.
    pub(crate) refused: Vec<(String, String)>,
}

macro_rules! kinds {
    ($($name:literal: $read:ident::<$type:ty>,)+) => {
        /// Every kind.
        pub(crate) const KINDS: &[Kind] = &[$( Kind { name: $name, read: $read::<$type> }, )+];
    };
}

kinds! {
    // What a bridge sends.
    "account-create": request::<NewChannelAccount>,
    "account-update": request::<ChannelAccountUpdate>,
    "actor-batch": request::<ActorBatch>,
    "channel-create": request::<NewChannel>,
    "channel-patch": request::<ChannelPatch>,
    "file-upload-options": request::<FileUploadOptions>,
    "publish-request": request::<NewMessage>,
    "introspection-request": request::<IntrospectionRequest>,
    "staging-token-update": request::<StagingTokenUpdate>,
    "status-update": request::<StatusUpdate>,
    "thread-update": request::<ThreadUpdate>,
    "token-request": request::<TokenRequest>,
    "token-revocation": request::<RevocationRequest>,
    // What a bridge receives.
    "account": answer::<ChannelAccount>,
    "account-list": answer::<Page<ChannelAccount>>,
    "actor": answer::<Actor>,
    "actor-batch-result": answer::<ActorBatchResult>,
    "capabilities": answer::<ChannelCapabilities>,
    "channel": answer::<Channel>,
    "channel-list": answer::<Page<Channel>>,
    "error": answer::<ErrorBody>,
    "file": answer::<UploadedFile>,
    // An upload before the present API: a list of files by the name `objects`.
    "file-upload-legacy": answer::<BTreeMap<String, Vec<UploadedFile>>>,
    "headers": answer::<BTreeMap<String, String>>,
    "inbox": answer::<Inbox>,
    "inbox-list": answer::<Page<Inbox>>,
    "introspection": answer::<TokenIntrospection>,
    "message": answer::<Message>,
    "oauth-error": answer::<OAuthErrorBody>,
    "signed-url": answer::<SignedUrl>,
    "staging-redirect": parameters::<StagingRedirect>,
    "staging-token": answer::<StagingToken>,
    "subscription-webhook": answer::<ConversationEvents>,
    "thread": answer::<Thread>,
    "thread-entry-list": answer::<Page<ThreadEntry>>,
    "thread-list": answer::<Page<Thread>>,
    "token": answer::<TokenResponse>,
    "webhook": answer::<ChannelEvents>,
}

macro_rules! records {
    ($($read:ident { $($type:ty),+ $(,)? })+) => {
        /// What reads each record of the table of operations, by the record's name there, and by its table.
        const RECORDS: &[(&str, Read)] = &[$($( (stringify!($type), $read::<$type>), )+)+];
    };
}

records! {
    request {
        ChannelAccountUpdate, ChannelPatch, NewChannel, NewChannelAccount, NewMessage, StagingTokenUpdate, StatusUpdate,
    }
    answer {
        Channel, ChannelAccount, ChannelCapabilities, Client, ContactAddress, ContactAttachment, ContactEmail, ContactName,
        ContactOrg, ContactPhone, ContactProfile, ContactUrl, DeliveryIdentifier, DetailedError, ErrorBody, FailureDetails,
        FileAttachment, LocationAttachment, Message, MessageHeaderAttachment, MessageStatus, NextPage, Page<Channel>,
        Page<ChannelAccount>, Paging, Participant, PreResolvedContact, PreResolvedContacts, PreviousPage,
        QuickRepliesAttachment, QuickReply, Recipient, Sender, SocialMediaMetadataAttachment, SocialMetadata, StagingToken,
        UnsupportedContentAttachment, WhatsAppTemplateMetadataAttachment,
    }
}

/// What reads a record, by the name that the contract of the code has for it.
pub(crate) fn record(name: &str) -> Option<Read> {
    // A record that has two faces is read by one type.
    let name = name
        .strip_suffix(" (sent)")
        .or_else(|| name.strip_suffix(" (received)"))
        .unwrap_or(name);
    RECORDS.iter().find(|(known, _)| *known == name).map(|(_, read)| *read)
}

/// The kind of this name.
pub(crate) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

fn answer<T: Described + DeserializeOwned + Serialize>(json: &[u8]) -> Result<Reading, DecodeError> {
    reading(&decode::<T>(json)?)
}

fn request<T: Described + DeserializeOwned + Serialize + Checked>(json: &[u8]) -> Result<Reading, DecodeError> {
    let request: T = decode(json)?;
    let refused = match request.checked() {
        Ok(()) => Vec::new(),
        Err(violations) => violations
            .iter()
            .map(|found| (found.path.clone(), found.to_string()))
            .collect(),
    };
    Ok(Reading {
        refused,
        ..reading(&request)?
    })
}

fn reading<T: Described + Serialize>(value: &T) -> Result<Reading, DecodeError> {
    // Writing into a string fails only where a type is wrong in itself; the text then differs from the body.
    let json = serde_json::to_string(value).unwrap_or_else(|error| format!("cannot be written: {error}"));
    Ok(Reading {
        json,
        unknown: unknown(value),
        refused: Vec::new(),
    })
}

/// The parameters of a query, recorded as an object of strings.
trait Parameters: Sized {
    fn from_parameters(parameters: &BTreeMap<String, String>) -> Result<Self, DecodeError>;
    fn parameters(&self) -> BTreeMap<&str, &str>;
}

impl Parameters for StagingRedirect {
    fn from_parameters(parameters: &BTreeMap<String, String>) -> Result<Self, DecodeError> {
        StagingRedirect::from_pairs(parameters)
    }

    fn parameters(&self) -> BTreeMap<&str, &str> {
        self.to_pairs().into_iter().collect()
    }
}

fn parameters<T: Parameters>(json: &[u8]) -> Result<Reading, DecodeError> {
    let parameters: BTreeMap<String, String> = decode(json)?;
    let value = T::from_parameters(&parameters)?;
    let written = value
        .parameters()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    reading(&written.collect::<BTreeMap<String, String>>())
}

/// A request that is checked before it is sent.
trait Checked {
    fn checked(&self) -> Result<(), Violations>;
}

macro_rules! checked {
    ($($type:ty)+) => { $(
        impl Checked for $type {
            fn checked(&self) -> Result<(), Violations> {
                self.check()
            }
        }
    )+ };
}

checked! {
    ActorBatch ChannelAccountUpdate ChannelPatch FileUploadOptions IntrospectionRequest NewChannel NewChannelAccount
    NewMessage RevocationRequest StagingTokenUpdate StatusUpdate ThreadUpdate TokenRequest
}

/// The names of all kinds.
pub(crate) fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hubchannel_api::ApiVersion;

    use super::*;
    use crate::schema::code;

    #[test]
    fn every_record_of_the_operations_has_a_reader_and_no_other() {
        let contract = code::of(ApiVersion::V3).contract;
        let led_to = contract
            .records
            .keys()
            .map(|name| name.split(" (").next().unwrap_or_default());
        let led_to: BTreeSet<&str> = led_to.collect();
        let read: BTreeSet<&str> = RECORDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(read, led_to);
        assert!(contract.records.keys().all(|name| record(name).is_some()));
    }

    #[test]
    fn kinds_are_named_once() {
        let names: BTreeSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), KINDS.len());
    }
}
