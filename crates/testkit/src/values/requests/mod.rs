//! The bodies that a client sends: made by constructors and setters alone, each setter used or not, and passing their
//! checks.

mod attachments;

use hubchannel_model::{
    ActorBatch, ChannelAccountUpdate, ChannelCapabilities, ChannelPatch, DeliveryIdentifier, DeliveryIdentifierType,
    DuplicateValidationScope, DuplicateValidationStrategy, FileAccess, FileUploadOptions, MessageDirection, NewChannel,
    NewChannelAccount, NewMessage, OutgoingAttachmentType, Participant, PreResolvedContact, RichTextFeature,
    StagingTokenUpdate, StatusUpdate, ThreadUpdate, ThreadingModel, Timestamp,
};
use proptest::{collection::vec, option, prelude::*, sample::select, strategy::Union};

pub use self::attachments::attachment;

/// A message to publish, with every setter, and every kind of attachment that HubSpot takes. It has a time, which the
/// client would fill in otherwise.
pub fn new_message() -> BoxedStrategy<NewMessage> {
    let direction = word::<MessageDirection>(MessageDirection::NAMED);
    let body = (id(), direction, participant(), text())
        .prop_map(|(account, direction, sender, text)| NewMessage::new(account, direction, sender, text));
    let incoming =
        (id(), participant(), text()).prop_map(|(account, sender, text)| NewMessage::incoming(account, sender, text));
    // Only what carries something else may go without text.
    let silent = (id(), participant(), attachment())
        .prop_map(|(account, sender, attachment)| NewMessage::incoming(account, sender, "").add_attachment(attachment));
    let body = prop_oneof![3 => body, 1 => incoming, 1 => silent];

    let body = (body, vec(participant(), 0..3), vec(participant(), 0..3), vec(attachment(), 0..4), time()).prop_map(
        |(body, senders, recipients, attachments, time)| {
            let body = senders.into_iter().fold(body, NewMessage::add_sender);
            let body = recipients.into_iter().fold(body, NewMessage::add_recipient);
            let body = attachments.into_iter().fold(body, NewMessage::add_attachment);
            body.set_timestamp(time)
        },
    );
    let body = perhaps(body, "<p>\\PC{0,20}</p>", |body, html| body.set_rich_text(html));
    let body = perhaps(body, text(), |body, id| body.set_integration_thread_id(id));
    let body = perhaps(body, text(), |body, id| body.set_integration_idempotency_id(id));
    let body = perhaps(body, "[0-9a-f]{32}", |body, id| body.set_in_reply_to_id(id));
    let body = perhaps(body, id(), |body, id| body.set_associate_with_contact_id(id));
    perhaps(body, vec(pre_resolved_contact(), 0..3), |body, contacts| body.set_pre_resolved_contacts(contacts))
}

fn participant() -> BoxedStrategy<Participant> {
    let participant = identifier().prop_map(Participant::new);
    let participant = perhaps(participant, "\\PC{0,12}", |participant, name| participant.set_name(name));
    perhaps(participant, "A-[1-9][0-9]{0,8}", |participant, id| participant.set_sender_actor_id(id))
}

/// An address, made in each of the ways that there are.
pub fn identifier() -> BoxedStrategy<DeliveryIdentifier> {
    prop_oneof![
        text().prop_map(DeliveryIdentifier::opaque),
        email().prop_map(DeliveryIdentifier::email),
        phone().prop_map(DeliveryIdentifier::phone),
        "[0-9]{3,6}".prop_map(|code| DeliveryIdentifier::new(DeliveryIdentifierType::HsShortCode, code)),
    ]
    .boxed()
}

fn pre_resolved_contact() -> impl Strategy<Value = PreResolvedContact> {
    const PROPERTIES: &[&str] = &["email", "firstname", "hs_whatsapp_phone_number", "phone"];
    (id(), vec(select(PROPERTIES), 0..3)).prop_map(|(id, properties)| PreResolvedContact::new(id, properties))
}

/// A report of how a message fared.
pub fn status_update() -> BoxedStrategy<StatusUpdate> {
    prop_oneof![
        Just(StatusUpdate::sent()),
        Just(StatusUpdate::read()),
        "\\PC{0,40}".prop_map(StatusUpdate::failed),
        select(&["SENT", "READ", "FAILED"]).prop_map(StatusUpdate::new),
    ]
    .boxed()
}

/// A channel to register.
pub fn new_channel() -> BoxedStrategy<NewChannel> {
    let body = (text(), capabilities()).prop_map(|(name, capabilities)| NewChannel::new(name, capabilities));
    let body = perhaps(body, url(), |body, url| body.set_webhook_url(url));
    let body = perhaps(body, url(), |body, url| body.set_channel_account_connection_redirect_url(url));
    let body = perhaps(body, "\\PC{0,40}", |body, text| body.set_channel_description(text));
    perhaps(body, url(), |body, url| body.set_channel_logo_url(url))
}

/// A change of a channel, of nothing at all perhaps; each member is left, set or cleared.
pub fn channel_patch() -> BoxedStrategy<ChannelPatch> {
    let body = Just(ChannelPatch::new());
    let body = perhaps(body, text(), |body, name| body.set_name(name));
    let body = perhaps(body, capabilities(), |body, capabilities| body.set_capabilities(capabilities));
    let body = perhaps(body, option::of(url()), |body, url| match url {
        Some(url) => body.set_webhook_url(url),
        None => body.clear_webhook_url(),
    });
    let body = perhaps(body, option::of(url()), |body, url| match url {
        Some(url) => body.set_channel_account_connection_redirect_url(url),
        None => body.clear_channel_account_connection_redirect_url(),
    });
    let body = perhaps(body, option::of("\\PC{0,40}"), |body, text| match text {
        Some(text) => body.set_channel_description(text),
        None => body.clear_channel_description(),
    });
    perhaps(body, option::of(url()), |body, url| match url {
        Some(url) => body.set_channel_logo_url(url),
        None => body.clear_channel_logo_url(),
    })
}

/// What a channel can do.
pub fn capabilities() -> BoxedStrategy<ChannelCapabilities> {
    const MIME_TYPES: &[&str] = &["application/pdf", "image/*", "image/png", "video/mp4"];

    let body = word::<ThreadingModel>(ThreadingModel::NAMED).prop_map(ChannelCapabilities::new);
    let kinds = vec(word::<DeliveryIdentifierType>(DeliveryIdentifierType::NAMED), 0..4);
    let body = (body, kinds).prop_map(|(body, kinds)| {
        kinds
            .into_iter()
            .fold(body, ChannelCapabilities::add_delivery_identifier_type)
    });
    let features = vec(word::<RichTextFeature>(RichTextFeature::NAMED), 0..4);
    let body = perhaps(body, features, |body, features| body.set_rich_text(features));
    let body = perhaps(body, any::<bool>(), |body, allow| body.set_allow_inline_images(allow));
    let body = perhaps(body, any::<bool>(), |body, allow| body.set_allow_outgoing_messages(allow));
    let body = perhaps(body, any::<bool>(), |body, allow| body.set_allow_conversation_start(allow));
    let body = perhaps(body, any::<bool>(), |body, allow| body.set_allow_multiple_recipients(allow));
    let kinds = vec(Just(OutgoingAttachmentType::File), 0..2);
    let body = perhaps(body, kinds, |body, kinds| body.set_outgoing_attachment_types(kinds));
    let types = vec(select(MIME_TYPES), 0..4);
    let body = perhaps(body, types, |body, types| body.set_allowed_file_attachment_mime_types(types));
    let body = perhaps(body, 0..6_u64, |body, count| body.set_max_file_attachment_count(count));
    let body = perhaps(body, any::<u64>(), |body, bytes| body.set_max_file_attachment_size_bytes(bytes));
    perhaps(body, any::<u64>(), |body, bytes| body.set_max_total_file_attachment_size_bytes(bytes))
}

/// An account to connect.
pub fn new_channel_account() -> BoxedStrategy<NewChannelAccount> {
    let body = (id(), text()).prop_map(|(inbox, name)| NewChannelAccount::new(inbox, name));
    let body = perhaps(body, any::<bool>(), |body, authorized| body.set_authorized(authorized));
    perhaps(body, identifier(), |body, identifier| body.set_delivery_identifier(identifier))
}

/// A change of an account.
pub fn channel_account_update() -> BoxedStrategy<ChannelAccountUpdate> {
    let both = (text(), any::<bool>())
        .prop_map(|(name, authorized)| ChannelAccountUpdate::new().set_name(name).set_authorized(authorized));
    prop_oneof![
        text().prop_map(|name| ChannelAccountUpdate::new().set_name(name)),
        any::<bool>().prop_map(|authorized| ChannelAccountUpdate::new().set_authorized(authorized)),
        both,
    ]
    .boxed()
}

/// What an account is that a user is connecting.
pub fn staging_token_update() -> BoxedStrategy<StagingTokenUpdate> {
    (text(), identifier())
        .prop_map(|(name, identifier)| StagingTokenUpdate::new(name, identifier))
        .boxed()
}

/// A change of a thread.
pub fn thread_update() -> BoxedStrategy<ThreadUpdate> {
    select(vec![ThreadUpdate::close(), ThreadUpdate::reopen(), ThreadUpdate::restore()]).boxed()
}

/// Which actors to read.
pub fn actor_batch() -> BoxedStrategy<ActorBatch> {
    vec("[ABEILSV]-[0-9]{1,9}", 0..4).prop_map(ActorBatch::new).boxed()
}

/// What is said of a file to upload.
pub fn file_upload_options() -> BoxedStrategy<FileUploadOptions> {
    let body = word::<FileAccess>(FileAccess::NAMED).prop_map(FileUploadOptions::new);
    let body = perhaps(body, "P[1-9]M", |body, period| body.set_ttl(period));
    let body = perhaps(body, any::<bool>(), |body, overwrite| body.set_overwrite(overwrite));
    let validation = (
        word::<DuplicateValidationStrategy>(DuplicateValidationStrategy::NAMED),
        word::<DuplicateValidationScope>(DuplicateValidationScope::NAMED),
    );
    perhaps(body, validation, |body, (strategy, scope)| body.set_duplicate_validation(strategy, scope))
}

/// With this set, or as it was.
pub(super) fn perhaps<B, V>(
    body: impl Strategy<Value = B> + 'static,
    value: impl Strategy<Value = V> + 'static,
    set: fn(B, V) -> B,
) -> BoxedStrategy<B>
where
    B: std::fmt::Debug + 'static,
    V: std::fmt::Debug + 'static,
{
    (body, option::of(value))
        .prop_map(move |(body, value)| match value {
            Some(value) => set(body, value),
            None => body,
        })
        .boxed()
}

/// One of the words that the model names.
fn word<T: for<'w> From<&'w str> + std::fmt::Debug + 'static>(named: &'static [&'static str]) -> BoxedStrategy<T> {
    Union::new(named.iter().map(|word| Just(*word)))
        .prop_map(T::from)
        .boxed()
}

fn text() -> &'static str {
    "\\PC{1,20}"
}

fn id() -> &'static str {
    "[1-9][0-9]{3,11}"
}

fn email() -> &'static str {
    "[a-z]{1,8}@example\\.com"
}

fn phone() -> &'static str {
    "\\+49[0-9]{8,11}"
}

fn url() -> &'static str {
    "https://[a-z]{1,8}\\.example\\.com/[a-z0-9/]{0,12}(\\?[a-z]{1,3}=[a-z0-9]{0,8})?"
}

fn time() -> BoxedStrategy<Timestamp> {
    prop_oneof![
        any::<i64>().prop_map(Timestamp::from_unix_millis),
        (0..4_102_444_800_000_i64).prop_map(Timestamp::from_unix_millis),
        any::<std::time::SystemTime>().prop_map(Timestamp::from),
        select(&["2026-05-27T12:15:00Z", "2026-05-27T14:15:00.123456+02:00"]).prop_map(Timestamp::from),
    ]
    .boxed()
}
