//! Messages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::contact::ContactProfile;

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    r#type: String,
    id: String,
    conversations_thread_id: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<String>,
    created_by: String,
    client: Client,
    senders: Vec<Sender>,
    recipients: Vec<Recipient>,
    archived: bool,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rich_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    attachments: Vec<Attachment>,
    truncation_status: TruncationStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    direction: Direction,
    channel_id: String,
    channel_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to_id: Option<String>,
}

/// What a bridge publishes.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewMessage {
    channel_account_id: String,
    message_direction: Direction,
    senders: Vec<Participant>,
    recipients: Vec<Participant>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rich_text: Option<String>,
    attachments: Vec<Attachment>,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    integration_thread_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    integration_idempotency_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to_id: Option<String>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Participant {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    delivery_identifier: DeliveryIdentifier,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Client {
    client_type: ClientType,
    #[serde(skip_serializing_if = "Option::is_none")]
    integration_app_id: Option<i64>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sender {
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_identifier: Option<DeliveryIdentifier>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_field: Option<String>,
    delivery_identifier: DeliveryIdentifier,
}

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct DeliveryIdentifier {
    r#type: DeliveryIdentifierType,
    value: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusUpdate {
    status_type: StatusType,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    status_type: StatusType,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_details: Option<FailureDetails>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    error_message_tokens: BTreeMap<String, String>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub(crate) enum Attachment {
    File {
        file_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_usage_type: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    Location {
        latitude: f64,
        longitude: f64,
    },
    Contact {
        contact_profile: Box<ContactProfile>,
    },
    UnsupportedContent,
    MessageHeader {
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_id: Option<i64>,
    },
    #[serde(other)]
    Other,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum DeliveryIdentifierType {
    ChannelSpecificOpaqueId,
    HsEmailAddress,
    HsPhoneNumber,
    HsShortCode,
    #[serde(other)]
    Other,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum TruncationStatus {
    NotTruncated,
    Truncated,
    TruncatedToMostRecentReply,
    #[serde(other)]
    Other,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum ClientType {
    HubSpot,
    Integration,
    System,
    Unknown,
    #[serde(other)]
    Other,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Direction {
    Incoming,
    Outgoing,
    #[serde(other)]
    Other,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum StatusType {
    Sent,
    Read,
    Failed,
    Received,
    #[serde(other)]
    Other,
}
