//! What a channel can do, as far as HubSpot checks it.

use hubchannel_api::{
    Body,
    model::{ChannelCapabilities, DeliveryIdentifierType, ThreadingModel},
};
use serde_json::Value;

use super::{body::bytes, refusal::Refusal, tidy::tidy};

/// Fails with every capability in the body whose value is not of its kind, in HubSpot's words.
///
/// It looks at the JSON as it came: to HubSpot the capabilities are a map of anything, so that what is wrong in them is no
/// failure of its parser.
pub(super) fn check(body: &Body) -> Result<(), Refusal> {
    let Ok(json) = serde_json::from_slice::<Value>(bytes(body)) else {
        return Ok(());
    };
    let Some(capabilities) = json.get("capabilities").and_then(Value::as_object) else {
        return Ok(());
    };
    let wrong: Vec<String> = capabilities
        .iter()
        .filter(|(name, value)| !value.is_null() && !is_good(name, value))
        .map(|(name, value)| format!("\"{name}\": \"{value}\""))
        .collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid_capabilities(&wrong))
    }
}

fn is_good(name: &str, value: &Value) -> bool {
    let every = |is_good: fn(&str) -> bool| {
        let items = value.as_array();
        items.is_some_and(|items| items.iter().all(|item| item.as_str().is_some_and(is_good)))
    };
    match name {
        "threadingModel" => value
            .as_str()
            .is_some_and(|model| ThreadingModel::NAMED.contains(&model)),
        "deliveryIdentifierTypes" => every(|kind| DeliveryIdentifierType::NAMED.contains(&kind)),
        "richText" | "outgoingAttachmentTypes" | "allowedFileAttachmentMimeTypes" => every(|_| true),
        "allowInlineImages"
        | "allowOutgoingMessages"
        | "allowConversationStart"
        | "allowMultipleRecipients"
        | "allowFileAttachments" => value.is_boolean(),
        "maxFileAttachmentCount" | "maxFileAttachmentSizeBytes" | "maxTotalFileAttachmentSizeBytes" => value.is_u64(),
        _ => true,
    }
}

/// Without what is unknown or null.
pub(super) fn tidied(mut capabilities: ChannelCapabilities) -> ChannelCapabilities {
    tidy!(
        capabilities: delivery_identifier_types,
        threading_model,
        rich_text,
        allow_inline_images,
        allow_outgoing_messages,
        allow_conversation_start,
        allow_multiple_recipients,
        outgoing_attachment_types,
        allowed_file_attachment_mime_types,
        max_file_attachment_count,
        max_file_attachment_size_bytes,
        max_total_file_attachment_size_bytes,
        allow_file_attachments
    );
    capabilities
}
