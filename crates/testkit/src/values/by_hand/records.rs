//! The members of each record, by their names in Rust.

use hubchannel_model::*;
use proptest::prelude::*;

use super::{ByHand, extra};

macro_rules! records {
    ($($record:ident { $($member:ident)* })+) => { $(
        impl ByHand for $record {
            fn by_hand() -> BoxedStrategy<Self> {
                let record = Just($record::default()).boxed();
                $( let record = (record, ByHand::by_hand())
                    .prop_map(|(mut record, member)| {
                        record.$member = member;
                        record
                    })
                    .boxed(); )*
                (record, extra())
                    .prop_map(|(mut record, extra)| {
                        record.extra = extra;
                        record
                    })
                    .boxed()
            }
        }
    )+ };
}

records! {
    TokenRequest {
        grant_type code redirect_uri refresh_token client_id client_secret code_verifier scope client_assertion
        client_assertion_type
    }
    TokenResponse { token_type refresh_token access_token expires_in hub_id scopes token_use user_id id_token }
    IntrospectionRequest { client_id client_secret token access_token refresh_token token_type_hint }
    TokenIntrospection {
        active token hub_id user_id client_id app_id user hub_domain scopes signed_access_token expires_in
        is_private_distribution token_use token_type
    }
    SignedAccessToken {
        expires_at scopes hub_id user_id app_id signature scope_to_scope_group_pks new_signature hublet trial_scopes
        trial_scope_to_scope_group_pks is_user_level is_private_distribution
    }
    RevocationRequest { client_id client_secret token token_type_hint }
    OAuthErrorBody { status message correlation_id error error_description }
    DeliveryIdentifier { r#type value }
    Message {
        r#type id conversations_thread_id created_at updated_at created_by client senders recipients archived text
        rich_text subject attachments truncation_status status direction channel_id channel_account_id in_reply_to_id
    }
    Client { client_type integration_app_id }
    Sender { actor_id name sender_field delivery_identifier }
    Recipient { actor_id name recipient_field delivery_identifier }
    FailureDetails { error_message error_message_tokens }
    MessageStatus { status_type failure_details }
    NewMessage {
        channel_account_id message_direction senders recipients text rich_text attachments timestamp
        integration_thread_id integration_idempotency_id in_reply_to_id associate_with_contact_id
        pre_resolved_contacts
    }
    Participant { name delivery_identifier sender_actor_id }
    PreResolvedContacts { contacts }
    PreResolvedContact { contact_vid contact_properties_leading_to_match }
    StatusUpdate { status_type error_message }
    ErrorBody {
        status message correlation_id category sub_category context errors links error_type policy_name group_name
        request_id
    }
    DetailedError { message code r#in sub_category context }
    FileAttachment { file_id file_usage_type name url }
    LocationAttachment { latitude longitude address name url }
    ContactAttachment { contact_profile }
    UnsupportedContentAttachment {}
    MessageHeaderAttachment { text file_id }
    QuickRepliesAttachment { quick_replies allow_multi_select allow_user_input }
    QuickReply { value value_type label }
    SocialMediaMetadataAttachment { social_metadata }
    SocialMetadata { media_type id description media_title media_url media_url_string thumbnail_url }
    WhatsAppTemplateMetadataAttachment { crm_object_ids parameters content_id mapped_template_id root_mic_id }
    ContactProfile { name org addresses emails phones urls }
    ContactName { first_name middle_name last_name prefix suffix }
    ContactOrg { company department title }
    ContactAddress { street city state zip country country_code r#type }
    ContactEmail { email r#type }
    ContactPhone { phone r#type }
    ContactUrl { url r#type }
    ChannelCapabilities {
        delivery_identifier_types threading_model rich_text allow_inline_images allow_outgoing_messages
        allow_conversation_start allow_multiple_recipients outgoing_attachment_types
        allowed_file_attachment_mime_types max_file_attachment_count max_file_attachment_size_bytes
        max_total_file_attachment_size_bytes allow_file_attachments
    }
    NewChannel {
        name capabilities webhook_url channel_account_connection_redirect_url channel_description channel_logo_url
    }
    Channel {
        id name capabilities created_at webhook_url channel_account_connection_redirect_url channel_description
        channel_logo_url
    }
    ChannelPatch {
        name capabilities webhook_url channel_account_connection_redirect_url channel_description channel_logo_url
    }
    NewChannelAccount { inbox_id name authorized delivery_identifier }
    ChannelAccount {
        id name channel_id inbox_id created_at active authorized archived archived_at delivery_identifier
    }
    ChannelAccountUpdate { name authorized }
    StagingTokenUpdate { account_name delivery_identifier }
    StagingToken { account_token created_at generic_channel_id inbox_id user_id account_name delivery_identifier }
    Paging { next prev }
    NextPage { after link }
    PreviousPage { before link }
    Inbox { id name r#type created_at updated_at archived archived_at }
    Actor { r#type id name email avatar }
    ActorBatch { inputs }
    ActorBatchResult { status results requested_at started_at completed_at links num_errors errors }
    Thread {
        id created_at closed_at status original_channel_id original_channel_account_id latest_message_timestamp
        latest_message_sent_timestamp latest_message_received_timestamp assigned_to spam inbox_id
        associated_contact_id archived thread_associations
    }
    ThreadAssociations { associated_ticket_id }
    ThreadUpdate { status archived }
    Comment {
        id conversations_thread_id created_at updated_at created_by client senders recipients archived text rich_text
        attachments
    }
    WelcomeMessage {
        id conversations_thread_id created_at updated_at created_by client senders recipients archived text rich_text
    }
    Assignment {
        id conversations_thread_id created_at updated_at created_by client senders recipients archived assigned_to
        assigned_from
    }
    ThreadStatusChange {
        id conversations_thread_id created_at updated_at created_by client senders recipients archived new_status
    }
    ThreadInboxChange {
        id conversations_thread_id created_at updated_at created_by client senders recipients archived from_inbox_id
        to_inbox_id
    }
    FileUploadOptions { access ttl overwrite duplicate_validation_strategy duplicate_validation_scope }
    UploadedFile {
        id created_at updated_at archived archived_at expires_at parent_folder_id name path size height width
        encoding r#type extension default_hosting_url url is_usable_in_content access file_md5 source_group
    }
    SignedUrl { url expires_at name extension r#type size height width }
    OutgoingMessageCreated { portal_id channel_id event_id event_timestamp channel_integration_thread_ids message }
    ChannelAccountCreated {
        portal_id channel_id event_id event_timestamp channel_account_id channel_account_delivery_identifier
        authorized
    }
    ChannelAccountUpdated {
        portal_id channel_id event_id event_timestamp channel_account_id channel_account_delivery_identifier
        authorized
    }
    ChannelAccountPurged {
        portal_id channel_id event_id event_timestamp channel_account_id channel_account_delivery_identifier
        authorized
    }
    ConversationEvent {
        event_id subscription_id portal_id app_id occurred_at subscription_type attempt_number object_id
        change_source change_flag property_name property_value message_id message_type
    }
}
