//! HubSpot's bodies as tables, written from its descriptions and not from the model, so that a test which compares the
//! two compares something.
//!
//! Every type of the model that is read from JSON has one line in [`for_every_type!`](crate::for_every_type), which pairs
//! it with its table.

mod attachments;
mod channels;
mod companions;
mod errors;
mod messages;
mod oauth;
mod smallest;
mod webhooks;

use proptest::strategy::BoxedStrategy;

use self::Kind::{Forgiving, Kept, Object, OneOrMany, Tagged, TaggedForgiving, TaggedObject};
use crate::{
    documents::{self, Limits},
    faults::{self, Fault},
    json::Json,
};

pub use self::smallest::SmallObject;

pub(crate) use self::attachments::ATTACHMENTS;

pub(crate) type Members = &'static [(&'static str, Kind)];

/// Tables by the `type` that an object has.
pub(crate) type Kinds = &'static [(&'static str, Members)];

/// What a member holds.
#[derive(Debug)]
pub(crate) enum Kind {
    Text,
    Time,
    /// A string or a number.
    Id,
    Number,
    Bool,
    /// One of these words, or a new one.
    Word(&'static [&'static str]),
    List(&'static Kind),
    /// An object with names of the sender's choice.
    Map(&'static Kind),
    Object(Members),
    /// An object of which a member that is something else is kept, and costs nothing but itself, unless it is vital.
    Forgiving(Members),
    /// What a member of an object that forgives is not let off for.
    Vital(&'static Kind),
    /// The same of a member which is an object, or a list of objects, that forgives what is within, where the object around
    /// it does.
    VitalAsAWhole(&'static Kind),
    /// One of these; whatever else it is, it is kept.
    Kept(&'static Kind),
    /// An object with this `type`.
    TaggedObject(&'static str, Members),
    /// An object of one of these kinds; whatever else it is, it is kept.
    Tagged(Kinds),
    /// The same of objects that forgive.
    TaggedForgiving(Kinds),
    /// Any one of these.
    Either(&'static [Kind]),
    /// One, or a list of them.
    OneOrMany(&'static Kind),
    /// What some senders write where the model has no member for it.
    Foreign(&'static Kind),
}

impl Kind {
    /// What the member holds, leaving aside how vital it is.
    pub(crate) fn held(&self) -> &Kind {
        match self {
            Kind::Vital(kind) | Kind::VitalAsAWhole(kind) => kind,
            kind => kind,
        }
    }

    /// Whether a value of this JSON type is one, leaving aside what is inside.
    pub(crate) fn takes(&self, value: &Json) -> bool {
        match self {
            Kind::Text | Kind::Time | Kind::Word(_) => matches!(value, Json::String(_)),
            Kind::Id => matches!(value, Json::String(_) | Json::Number(_)),
            Kind::Number => matches!(value, Json::Number(_)),
            Kind::Bool => matches!(value, Json::Bool(_)),
            Kind::List(_) => matches!(value, Json::Array(_)),
            Kind::Map(_) | Kind::Object(_) | Kind::Forgiving(_) | Kind::TaggedObject(..) => {
                matches!(value, Json::Object(_))
            }
            Kind::Either(kinds) => kinds.iter().any(|kind| kind.takes(value)),
            Kind::OneOrMany(kind) => matches!(value, Json::Array(_)) || kind.takes(value),
            Kind::Vital(kind) | Kind::VitalAsAWhole(kind) => kind.takes(value),
            Kind::Tagged(_) | Kind::TaggedForgiving(_) | Kind::Kept(_) | Kind::Foreign(_) => true,
        }
    }
}

/// One of HubSpot's bodies, or a part of one.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Its name in [`for_every_type!`](crate::for_every_type).
    pub name: &'static str,
    /// The model's type for it, as Rust writes it.
    pub type_name: &'static str,
    kind: &'static Kind,
}

impl Shape {
    /// The shape of this name.
    ///
    /// # Panics
    /// When there is none.
    pub fn named(name: &str) -> Self {
        *ALL.iter()
            .find(|shape| shape.name == name)
            .expect("the name is one of the list")
    }

    /// Documents that the type reads, weighted to the edges.
    pub fn documents(&self, limits: Limits) -> BoxedStrategy<Json> {
        documents::value(self.kind, limits)
    }

    /// Documents in which one known member, or one item of a list, has a value of another JSON type.
    pub fn mistaken(&self) -> BoxedStrategy<Fault> {
        faults::mistaken(self.kind)
    }

    /// Documents in which one known member comes twice.
    pub fn doubled(&self) -> BoxedStrategy<Fault> {
        faults::doubled(self.kind)
    }

    /// The names of its members; none where it is more than one kind of object.
    pub fn members(&self) -> Vec<&'static str> {
        match self.kind {
            Kind::Object(members) | Kind::Forgiving(members) => members.iter().map(|(name, _)| *name).collect(),
            Kind::TaggedObject(_, members) => members.iter().map(|(name, _)| *name).chain(["type"]).collect(),
            _ => Vec::new(),
        }
    }
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Hands the list of all shapes to a macro, which gets `name: Type = table,` for each.
///
/// ```
/// use hubchannel_model::*;
///
/// macro_rules! sizes {
///     ($($name:ident: $type:ty = $_table:expr,)+) => { [$((stringify!($name), size_of::<$type>()),)+] };
/// }
/// let sizes = hubchannel_testkit::for_every_type!(sizes);
/// assert_eq!(sizes.len(), hubchannel_testkit::shape::ALL.len());
/// ```
///
/// The types are those of `hubchannel_model` and must be in scope; the tables mean something in this crate only.
#[macro_export]
macro_rules! for_every_type {
    ($callback:ident) => {
        $callback! {
            message: Message = Object(messages::MESSAGE),
            client: Client = Object(messages::CLIENT),
            sender: Sender = Object(messages::SENDER),
            recipient: Recipient = Object(messages::RECIPIENT),
            delivery_identifier: DeliveryIdentifier = Object(messages::IDENTIFIER),
            message_status: MessageStatus = messages::MESSAGE_STATUS,
            failure_details: FailureDetails = Object(messages::FAILURE_DETAILS),
            new_message: NewMessage = Object(messages::NEW_MESSAGE),
            participant: Participant = Object(messages::PARTICIPANT),
            pre_resolved_contacts: PreResolvedContacts = Object(messages::PRE_RESOLVED_CONTACTS),
            pre_resolved_contact: PreResolvedContact = Object(messages::PRE_RESOLVED_CONTACT),
            status_update: StatusUpdate = Object(messages::STATUS_UPDATE),

            attachment: Attachment = Tagged(attachments::ATTACHMENTS),
            file_attachment: FileAttachment = TaggedObject("FILE", attachments::FILE),
            location_attachment: LocationAttachment = TaggedObject("LOCATION", attachments::LOCATION),
            contact_attachment: ContactAttachment = TaggedObject("CONTACT", attachments::CONTACT),
            unsupported_content_attachment: UnsupportedContentAttachment = TaggedObject("UNSUPPORTED_CONTENT", &[]),
            message_header_attachment: MessageHeaderAttachment =
                TaggedObject("MESSAGE_HEADER", attachments::MESSAGE_HEADER),
            quick_replies_attachment: QuickRepliesAttachment =
                TaggedObject("QUICK_REPLIES", attachments::QUICK_REPLIES),
            quick_reply: QuickReply = Object(attachments::QUICK_REPLY),
            social_media_metadata_attachment: SocialMediaMetadataAttachment =
                TaggedObject("SOCIAL_MEDIA_METADATA", attachments::SOCIAL_MEDIA_METADATA),
            social_metadata: SocialMetadata = Object(attachments::SOCIAL_METADATA),
            whatsapp_template_metadata_attachment: WhatsAppTemplateMetadataAttachment =
                TaggedObject("WHATSAPP_TEMPLATE_METADATA", attachments::WHATSAPP_TEMPLATE_METADATA),
            contact_profile: ContactProfile = Object(attachments::CONTACT_PROFILE),
            contact_name: ContactName = Object(attachments::CONTACT_NAME),
            contact_org: ContactOrg = Object(attachments::CONTACT_ORG),
            contact_address: ContactAddress = Object(attachments::CONTACT_ADDRESS),
            contact_email: ContactEmail = Object(attachments::CONTACT_EMAIL),
            contact_phone: ContactPhone = Object(attachments::CONTACT_PHONE),
            contact_url: ContactUrl = Object(attachments::CONTACT_URL),

            error_body: ErrorBody = Forgiving(errors::ERROR_BODY),
            error_detail: ErrorDetail = Kept(errors::DETAIL),
            detailed_error: DetailedError = Forgiving(errors::DETAILED_ERROR),

            channel: Channel = Object(channels::CHANNEL),
            new_channel: NewChannel = Object(channels::NEW_CHANNEL),
            channel_patch: ChannelPatch = Object(channels::CHANNEL_PATCH),
            channel_capabilities: ChannelCapabilities = Forgiving(channels::CAPABILITIES),
            channel_account: ChannelAccount = Object(channels::CHANNEL_ACCOUNT),
            new_channel_account: NewChannelAccount = Object(channels::NEW_CHANNEL_ACCOUNT),
            channel_account_update: ChannelAccountUpdate = Object(channels::CHANNEL_ACCOUNT_UPDATE),
            staging_token: StagingToken = Object(channels::STAGING_TOKEN),
            staging_token_update: StagingTokenUpdate = Object(channels::STAGING_TOKEN_UPDATE),

            page_of_channels: Page<Channel> = Object(channels::PAGE_OF_CHANNELS),
            page_of_channel_accounts: Page<ChannelAccount> = Object(channels::PAGE_OF_CHANNEL_ACCOUNTS),
            page_of_inboxes: Page<Inbox> = Object(companions::PAGE_OF_INBOXES),
            page_of_threads: Page<Thread> = Object(companions::PAGE_OF_THREADS),
            page_of_thread_entries: Page<ThreadEntry> = Object(companions::PAGE_OF_THREAD_ENTRIES),
            paging: Paging = Object(channels::PAGING),
            next_page: NextPage = Object(channels::NEXT_PAGE),
            previous_page: PreviousPage = Object(channels::PREVIOUS_PAGE),

            inbox: Inbox = Object(companions::INBOX),
            actor: Actor = Object(companions::ACTOR),
            actor_batch: ActorBatch = Object(companions::ACTOR_BATCH),
            actor_batch_result: ActorBatchResult = Object(companions::ACTOR_BATCH_RESULT),
            thread: Thread = Object(companions::THREAD),
            thread_associations: ThreadAssociations = Object(companions::THREAD_ASSOCIATIONS),
            thread_update: ThreadUpdate = Object(companions::THREAD_UPDATE),
            thread_entry: ThreadEntry = Tagged(companions::THREAD_ENTRIES),
            comment: Comment = TaggedObject("COMMENT", companions::COMMENT),
            welcome_message: WelcomeMessage = TaggedObject("WELCOME_MESSAGE", companions::WELCOME_MESSAGE),
            assignment: Assignment = TaggedObject("ASSIGNMENT", companions::ASSIGNMENT),
            thread_status_change: ThreadStatusChange =
                TaggedObject("THREAD_STATUS_CHANGE", companions::THREAD_STATUS_CHANGE),
            thread_inbox_change: ThreadInboxChange =
                TaggedObject("THREAD_INBOX_CHANGE", companions::THREAD_INBOX_CHANGE),
            uploaded_file: UploadedFile = Object(companions::UPLOADED_FILE),
            signed_url: SignedUrl = Object(companions::SIGNED_URL),
            file_upload_options: FileUploadOptions = Object(companions::FILE_UPLOAD_OPTIONS),

            channel_event: ChannelEvent = TaggedForgiving(webhooks::CHANNEL_EVENTS),
            channel_events: ChannelEvents = OneOrMany(&TaggedForgiving(webhooks::CHANNEL_EVENTS)),
            outgoing_message_created: OutgoingMessageCreated =
                TaggedObject("OUTGOING_CHANNEL_MESSAGE_CREATED", webhooks::OUTGOING_MESSAGE_CREATED),
            channel_account_created: ChannelAccountCreated =
                TaggedObject("CHANNEL_ACCOUNT_CREATED", webhooks::ACCOUNT_EVENT),
            channel_account_updated: ChannelAccountUpdated =
                TaggedObject("CHANNEL_ACCOUNT_UPDATED", webhooks::ACCOUNT_EVENT),
            channel_account_purged: ChannelAccountPurged =
                TaggedObject("CHANNEL_ACCOUNT_PURGED", webhooks::ACCOUNT_EVENT),
            account_delivery_identifier: AccountDeliveryIdentifier = webhooks::ACCOUNT_IDENTIFIER,
            conversation_event: ConversationEvent = Object(webhooks::CONVERSATION_EVENT),
            subscription_event: SubscriptionEvent = Kept(&Forgiving(webhooks::CONVERSATION_EVENT)),
            conversation_events: ConversationEvents = OneOrMany(&Kept(&Forgiving(webhooks::CONVERSATION_EVENT))),

            token_request: TokenRequest = Object(oauth::TOKEN_REQUEST),
            token_response: TokenResponse = Object(oauth::TOKEN),
            introspection_request: IntrospectionRequest = Object(oauth::INTROSPECTION_REQUEST),
            token_introspection: TokenIntrospection = Object(oauth::INTROSPECTION),
            signed_access_token: SignedAccessToken = Object(oauth::SIGNED_ACCESS_TOKEN),
            revocation_request: RevocationRequest = Object(oauth::REVOCATION_REQUEST),
            oauth_error_body: OAuthErrorBody = Forgiving(oauth::ERROR),
        }
    };
}

macro_rules! shapes {
    ($($name:ident: $type:ty = $table:expr,)+) => {
        /// Every shape.
        pub const ALL: &[Shape] = &[$(Shape {
            name: stringify!($name),
            type_name: stringify!($type),
            kind: &$table,
        },)+];
    };
}

for_every_type!(shapes);
