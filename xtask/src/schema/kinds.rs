//! What a recorded body can be: the kinds, and the type that reads each of them.

use std::collections::BTreeMap;

use hubchannel_model::schema::{Described, unknown};
use hubchannel_model::{
    Actor, ActorBatch, ActorBatchResult, Channel, ChannelAccount, ChannelAccountUpdate, ChannelCapabilities,
    ChannelEvents, ChannelPatch, ConversationEvents, DecodeError, ErrorBody, FileUploadOptions, Inbox, Message,
    NewChannel, NewChannelAccount, NewMessage, Page, SignedUrl, StagingRedirect, StagingToken, StagingTokenUpdate,
    StatusUpdate, Thread, ThreadEntry, ThreadUpdate, UploadedFile, Violations, decode,
};
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
    "staging-token-update": request::<StagingTokenUpdate>,
    "status-update": request::<StatusUpdate>,
    "thread-update": request::<ThreadUpdate>,
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
    "message": answer::<Message>,
    "signed-url": answer::<SignedUrl>,
    "staging-redirect": parameters::<StagingRedirect>,
    "staging-token": answer::<StagingToken>,
    "subscription-webhook": answer::<ConversationEvents>,
    "thread": answer::<Thread>,
    "thread-entry-list": answer::<Page<ThreadEntry>>,
    "thread-list": answer::<Page<Thread>>,
    "webhook": answer::<ChannelEvents>,
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
    ActorBatch ChannelAccountUpdate ChannelPatch FileUploadOptions NewChannel NewChannelAccount NewMessage
    StagingTokenUpdate StatusUpdate ThreadUpdate
}

/// The names of all kinds.
pub(crate) fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}
