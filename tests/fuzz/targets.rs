//! What the fuzz targets do with their input; the kept seeds go through the same functions in
//! `tests/seeds.rs`, without a fuzzer.
//!
//! A target fails by a panic: its own, when a value changes on its way through text, or one of the code under test.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a failing target is how this reports; a library for the fuzzer and a module for the test"
)]

mod webhooks;

use std::fmt::Debug;

use hubchannel_model::*;
use hubchannel_testkit::{Difference, Json, differences};
use serde::{Serialize, de::DeserializeOwned};

pub use self::webhooks::webhooks;

/// The first byte chooses the type, the rest is its JSON.
///
/// Counted from the space, so that the first byte of most seeds can be typed.
pub fn decoders(input: &[u8]) {
    if let Some((choice, json)) = input.split_first() {
        let at = usize::from(choice.wrapping_sub(b' '));
        let (_, decoder) = DECODERS[at % DECODERS.len()];
        decoder(json);
    }
}

/// What is decoded is equal to itself after a way through text, and the text is the JSON that was read.
fn survives<T: DeserializeOwned + Serialize + PartialEq + Debug>(json: &[u8]) {
    let value: T = match decode(json) {
        Ok(value) => value,
        Err(error) => {
            assert!(!error.reason().is_empty());
            return;
        }
    };
    let text = serde_json::to_string(&value).unwrap();
    let again: T = decode(text.as_bytes()).unwrap();
    assert_eq!(again, value, "{text}");
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
    let read = std::str::from_utf8(json).unwrap();
    match (text.parse::<Json>(), read.parse::<Json>()) {
        (Ok(written), Ok(read)) => {
            let mut found = differences(&written, &read);
            // A record that is told apart by its type can be read without one, and is written with it.
            found.retain(|Difference { path, right, .. }| path != "type" || right.is_some());
            assert!(found.is_empty(), "written | read: {found:#?}");
        }
        // The comparison goes less deep than the model.
        (_, Err(error)) if error.is_too_deep() => {}
        (written, read) => panic!("{written:?} | {read:?}"),
    }
}

macro_rules! decoders {
    ($($type:ty,)+) => {
        /// Every type of the model that is read from JSON, by name. New ones go to the end: seeds choose by place.
        pub const DECODERS: &[(&str, fn(&[u8]))] = &[$((stringify!($type), survives::<$type>),)+];
    };
}

decoders! {
    Message,
    NewMessage,
    StatusUpdate,
    ErrorBody,
    Attachment,
    ChannelEvents,
    ConversationEvents,
    Channel,
    NewChannel,
    ChannelPatch,
    ChannelAccount,
    NewChannelAccount,
    ChannelAccountUpdate,
    StagingToken,
    StagingTokenUpdate,
    Thread,
    ThreadEntry,
    ThreadUpdate,
    Page<Message>,
    Page<Channel>,
    Page<ChannelAccount>,
    Page<Inbox>,
    Page<Thread>,
    Page<ThreadEntry>,
    Actor,
    ActorBatch,
    ActorBatchResult,
    UploadedFile,
    SignedUrl,
    FileUploadOptions,
    MessageStatus,
    ErrorDetail,
    AccountDeliveryIdentifier,
    Number,
    Timestamp,
    Secret,
    ChannelCapabilities,
    DeliveryIdentifier,
    ChannelEvent,
    ConversationEvent,
    SubscriptionEvent,
    OutgoingMessageCreated,
    ChannelAccountCreated,
    ChannelAccountUpdated,
    ChannelAccountPurged,
    Comment,
    WelcomeMessage,
    Assignment,
    ThreadStatusChange,
    ThreadInboxChange,
    FileAttachment,
    LocationAttachment,
    ContactAttachment,
    UnsupportedContentAttachment,
    MessageHeaderAttachment,
    QuickRepliesAttachment,
    SocialMediaMetadataAttachment,
    WhatsAppTemplateMetadataAttachment,
    ContactProfile,
    ContactName,
    ContactOrg,
    ContactAddress,
    ContactEmail,
    ContactPhone,
    ContactUrl,
    QuickReply,
    SocialMetadata,
    Client,
    Sender,
    Recipient,
    Participant,
    PreResolvedContact,
    PreResolvedContacts,
    FailureDetails,
    DetailedError,
    Inbox,
    Paging,
    NextPage,
    PreviousPage,
    ThreadAssociations,
    ActorId,
    AppId,
    ChannelAccountId,
    ChannelId,
    ContactId,
    EventId,
    FileId,
    FolderId,
    InboxId,
    IntegrationThreadId,
    MessageId,
    ObjectId,
    PortalId,
    SubscriptionId,
    ThreadId,
    TicketId,
    UserId,
    ActorType,
    BatchStatus,
    AddressType,
    FileUsageType,
    MediaType,
    PhoneType,
    QuickReplyValueType,
    OutgoingAttachmentType,
    RichTextFeature,
    ThreadingModel,
    ErrorCategory,
    DuplicateValidationScope,
    DuplicateValidationStrategy,
    FileAccess,
    ImageSize,
    InboxType,
    ClientType,
    MessageType,
    TruncationStatus,
    DeliveryIdentifierType,
    MessageDirection,
    StatusType,
    ThreadEntryType,
    ThreadStatus,
    ConversationEventType,
    TokenRequest,
    TokenResponse,
    IntrospectionRequest,
    TokenIntrospection,
    SignedAccessToken,
    RevocationRequest,
    OAuthErrorBody,
    GrantType,
    OAuthErrorCode,
    OAuthErrorStatus,
    TokenUse,
    Url,
}

/// Text such as `after=MQ&limit=5` becomes the pairs of a query, which is read as everything that pairs can be.
pub fn pairs(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let pairs: Vec<(&str, &str)> = text
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();

    queries(&pairs);
    forms(&pairs);
    if let Ok(redirect) = StagingRedirect::from_pairs(pairs.iter().copied()) {
        let mut written = redirect.to_pairs();
        assert_eq!(StagingRedirect::from_pairs(written.iter().copied()).unwrap(), redirect);
        let mut read = pairs;
        written.sort_unstable();
        read.sort_unstable();
        assert_eq!(written, read);
    }
}

/// What is read from a query is written as a query that reads the same.
fn queries(pairs: &[(&str, &str)]) {
    macro_rules! query {
        ($($type:ty)+) => { $(
            if let Ok(query) = <$type>::from_pairs(pairs.iter().copied()) {
                let written = query.to_pairs();
                assert_eq!(<$type>::from_pairs(written.iter().cloned()).unwrap(), query, "{written:?}");
            }
        )+ };
    }
    query!(ChannelQuery ChannelAccountQuery InboxQuery PortalChannelAccountQuery ThreadQuery ThreadEntryQuery);
    query!(SignedUrlQuery);
    if let Ok(file) = NewFile::from_fields(pairs.iter().copied()) {
        let written = file.to_fields().unwrap();
        assert_eq!(NewFile::from_fields(written).unwrap(), file);
    }
}

/// What is read from a form is written as a form that reads the same.
fn forms(pairs: &[(&str, &str)]) {
    macro_rules! form {
        ($($type:ty)+) => { $(
            if let Ok(form) = <$type>::from_pairs(pairs.iter().copied()) {
                let written = form.to_pairs();
                assert_eq!(<$type>::from_pairs(written.iter().map(|(name, value)| (*name, &**value))).unwrap(), form);
            }
        )+ };
    }
    form!(TokenRequest IntrospectionRequest RevocationRequest);
}
