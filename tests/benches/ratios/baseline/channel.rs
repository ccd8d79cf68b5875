//! Channels.

use serde::{Deserialize, Serialize};

use super::message::DeliveryIdentifierType;

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Channel {
    id: String,
    name: String,
    capabilities: Capabilities,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_account_connection_redirect_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_logo_url: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Capabilities {
    delivery_identifier_types: Vec<DeliveryIdentifierType>,
    threading_model: ThreadingModel,
    rich_text: Vec<RichTextFeature>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_inline_images: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_outgoing_messages: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_conversation_start: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_multiple_recipients: Option<bool>,
    outgoing_attachment_types: Vec<AttachmentType>,
    allowed_file_attachment_mime_types: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_file_attachment_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_file_attachment_size_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_total_file_attachment_size_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_file_attachments: Option<bool>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ThreadingModel {
    IntegrationThreadId,
    DeliveryIdentifier,
    #[serde(other)]
    Other,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum RichTextFeature {
    Hyperlink,
    TextAlignment,
    Blockquote,
    #[serde(other)]
    Other,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum AttachmentType {
    File,
    QuickReplies,
    #[serde(other)]
    Other,
}
