//! HubSpot's Conversations custom channels as plain data.
//!
//! ```
//! use hubchannel_model::{DeliveryIdentifier, Message, NewMessage, Participant};
//!
//! let visitor = Participant::new(DeliveryIdentifier::email("ada@example.com")).set_name("Ada");
//! let body = NewMessage::incoming("3307400689", visitor, "Is the blue one in stock?")
//!     .set_integration_thread_id("chat-42")
//!     .set_integration_idempotency_id("chat-42/7");
//! body.check()?;
//! let json = serde_json::to_string(&body)?;
//!
//! let answer = br#"{"id":"5c1f0b8e","conversationsThreadId":"19615248623","text":"Is the blue one in stock?"}"#;
//! let message: Message = hubchannel_model::decode(answer)?;
//! assert_eq!(message.conversations_thread_id.as_ref().map(|id| id.as_str()), Some("19615248623"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The types do no I/O, know no clock and need no runtime. They lose nothing: whatever is decoded encodes again to the
//! same JSON value, with members, enum values and attachment kinds that this version has never heard of, with every
//! digit of every number, and with absent, null and empty told apart.
//!
//! - [`NewMessage`] is the body that publishes a message, [`StatusUpdate`] the one that reports its delivery, and
//!   [`Message`] the answer to both; [`ErrorBody`] is the answer when something is wrong.
//! - A member is a [`Field`]: absent, null or a value. What no member is made for is in `extra`, an [`Extra`].
//! - Answers are built by hand where a test needs one: every record has a `build`.
//!
//! ```
//! use hubchannel_model::{Message, Sender};
//!
//! let reply = Message::build(|message| {
//!     message.id = "8a7b".into();
//!     message.text = "Yes, the blue one is in stock".into();
//!     message.senders = vec![Sender::build(|sender| sender.actor_id = "A-2620022".into())].into();
//! });
//! assert!(reply.rich_text.is_absent());
//! ```
//!
//! # What is read, and what is refused
//!
//! One rule holds for every type:
//!
//! - Any member may be absent, and any may be `null`, which is [`Field::Null`] and no value, whatever its type and however
//!   it is described. Within a list or a map, `null` is a value of the wrong type.
//! - Every enum is open. A value that this version does not name, an empty one too, is kept, readable by `as_str`, and
//!   written again.
//! - An attachment, an event or an entry of a thread that is of no kind known here is kept whole, as
//!   [`Unrecognized`]; so is one of a known kind that cannot be read.
//! - A member of another JSON type than it should be fails with its path. In what must not be lost for it, it costs
//!   nothing but itself: errors, capabilities, and events, unless it is what a bridge acts on
//!   ([`ChannelEvent::odd_members`]).
//! - A `check` refuses what is required and missing, what is empty and cannot be, and what HubSpot is known to refuse, but
//!   no value for being unknown here: that is advice.
//!
//! # Where what is
//!
//! | what for | types |
//! |---|---|
//! | publishing a message | [`NewMessage`], [`Participant`], [`DeliveryIdentifier`]; the answer is a [`Message`] |
//! | what a message carries | [`Attachment`] and its kinds, such as [`FileAttachment`] |
//! | reporting its delivery | [`StatusUpdate`]; what became of it is a [`MessageStatus`] |
//! | channels | [`NewChannel`], [`ChannelPatch`], [`Channel`], [`ChannelCapabilities`]; listed by a [`ChannelQuery`] |
//! | channel accounts | [`NewChannelAccount`], [`ChannelAccountUpdate`], [`ChannelAccount`]; listed by a [`ChannelAccountQuery`] |
//! | users who connect one | [`StagingRedirect`], [`StagingTokenUpdate`], [`StagingToken`] |
//! | lists | [`Page`], [`Paging`] |
//! | a channel's webhook | [`ChannelEvents`], [`ChannelEvent`], [`OutgoingMessageCreated`], [`ChannelAccountCreated`] |
//! | an app's subscriptions | [`ConversationEvents`], [`SubscriptionEvent`], [`ConversationEvent`] |
//! | conversations | [`Thread`], [`ThreadUpdate`], [`ThreadEntry`], [`Inbox`], [`Actor`], [`ActorBatch`], and their queries |
//! | files | [`NewFile`], [`FileUploadOptions`], [`UploadedFile`], [`SignedUrl`] |
//! | tokens | [`TokenRequest`], [`TokenResponse`], [`TokenIntrospection`], [`RevocationRequest`]; failures are an [`OAuthErrorBody`] |
//! | errors | [`ErrorBody`], [`ErrorDetail`] |
//! | before sending | `check` and `preflight` of each request; [`Preflight`], [`Violations`], [`Finding`] |
//! | what members are made of | [`Field`], [`Extra`], [`Unrecognized`], ids such as [`ChannelId`], [`Timestamp`], [`Number`], [`Url`], [`Secret`] |
//! | reading | [`decode`], [`DecodeError`]; `serde_json` works too |
//!
//! In the source, each type is in the module of its name or of its area, what is found before sending is in `preflight`,
//! and how records are read and written is in `wire`.
//!
//! What is known of HubSpot's behaviour, and how surely, stands in `FACTS.md` beside this crate; documentation here
//! marks facts as documented, described (in HubSpot's OpenAPI files), observed or unknown.

mod actor;
mod attachment;
mod capabilities;
mod channel;
mod channel_account;
mod conversation_query;
mod error_body;
mod file;
mod id;
mod inbox;
mod message;
mod message_status;
mod new_message;
mod number;
mod oauth;
mod page;
mod participant;
mod preflight;
mod query;
#[doc(hidden)]
pub mod schema;
mod secret;
mod shapes;
mod staging_token;
mod status_update;
mod tagged;
mod thread;
mod timestamp;
mod url;
mod webhook;
mod wire;

pub use self::{
    actor::{Actor, ActorBatch, ActorBatchResult, ActorType, BatchStatus},
    attachment::{
        AddressType, Attachment, ContactAddress, ContactAttachment, ContactEmail, ContactName, ContactOrg,
        ContactPhone, ContactProfile, ContactUrl, FileAttachment, FileUsageType, LocationAttachment, MediaType,
        MessageHeaderAttachment, PhoneType, QuickRepliesAttachment, QuickReply, QuickReplyValueType,
        SocialMediaMetadataAttachment, SocialMetadata, UnsupportedContentAttachment,
        WhatsAppTemplateMetadataAttachment,
    },
    capabilities::{ChannelCapabilities, OutgoingAttachmentType, RichTextFeature, ThreadingModel},
    channel::{Channel, ChannelPatch, NewChannel},
    channel_account::{ChannelAccount, ChannelAccountUpdate, NewChannelAccount},
    conversation_query::{InboxQuery, PortalChannelAccountQuery, ThreadEntryQuery, ThreadQuery},
    error_body::{DetailedError, ErrorBody, ErrorCategory, ErrorDetail},
    file::{
        DuplicateValidationScope, DuplicateValidationStrategy, FileAccess, FileFolder, FileUploadOptions, ImageSize,
        NewFile, SignedUrl, SignedUrlQuery, UploadedFile,
    },
    id::{
        ActorId, AppId, ChannelAccountId, ChannelId, ContactId, EventId, FileId, FolderId, InboxId,
        IntegrationThreadId, MessageId, ObjectId, PortalId, SubscriptionId, ThreadId, TicketId, UserId,
    },
    inbox::{Inbox, InboxType},
    message::{Client, ClientType, Message, MessageType, Recipient, Sender, TruncationStatus},
    message_status::{FailureDetails, MessageStatus},
    new_message::{NewMessage, Participant, PreResolvedContact, PreResolvedContacts},
    number::{NotFinite, Number},
    oauth::{
        GrantType, IntrospectionRequest, OAuthErrorBody, OAuthErrorCode, OAuthErrorStatus, RevocationRequest,
        SignedAccessToken, TokenIntrospection, TokenRequest, TokenResponse, TokenUse,
    },
    page::{NextPage, Page, Paging, PreviousPage},
    participant::{DeliveryIdentifier, DeliveryIdentifierType, MessageDirection, StatusType},
    preflight::{Finding, Preflight, Severity, Violations},
    query::{ChannelAccountQuery, ChannelQuery},
    secret::Secret,
    staging_token::{StagingRedirect, StagingToken, StagingTokenUpdate},
    status_update::StatusUpdate,
    tagged::Unrecognized,
    thread::{
        Assignment, Comment, Thread, ThreadAssociations, ThreadEntry, ThreadEntryType, ThreadInboxChange, ThreadStatus,
        ThreadStatusChange, ThreadUpdate, WelcomeMessage,
    },
    timestamp::Timestamp,
    url::Url,
    webhook::{
        AccountDeliveryIdentifier, ChannelAccountCreated, ChannelAccountPurged, ChannelAccountUpdated, ChannelEvent,
        ChannelEvents, ConversationEvent, ConversationEventType, ConversationEvents, Events, OutgoingMessageCreated,
        SubscriptionEvent,
    },
    wire::{DecodeError, Extra, Field, Place, decode},
};
