//! What of a channel is not as it is wanted.

use hubchannel_model::{Channel, ChannelCapabilities, ChannelPatch, Extra, Field, NewChannel};
use serde_json::Value;

/// The change that makes a channel what is wanted: nothing of what is as it should be, and nothing of what is not named.
pub(super) fn between(channel: &Channel, wanted: &NewChannel) -> ChannelPatch {
    let mut patch = ChannelPatch::new();
    patch.name = differing(&channel.name, &wanted.name);
    patch.webhook_url = differing(&channel.webhook_url, &wanted.webhook_url);
    patch.channel_account_connection_redirect_url =
        differing(&channel.channel_account_connection_redirect_url, &wanted.channel_account_connection_redirect_url);
    patch.channel_description = differing(&channel.channel_description, &wanted.channel_description);
    patch.channel_logo_url = differing(&channel.channel_logo_url, &wanted.channel_logo_url);
    if let Some(wanted) = wanted.capabilities.as_ref() {
        let has = channel.capabilities.as_ref().cloned().unwrap_or_default();
        let merged = merged(has.clone(), wanted);
        if merged != has {
            patch.capabilities = Field::Value(merged);
        }
    }
    patch
}

/// What is wanted where it is something else; to have none is the same whether it is said or not.
fn differing<T: Clone + PartialEq>(has: &Field<T>, wanted: &Field<T>) -> Field<T> {
    match wanted {
        Field::Absent => Field::Absent,
        Field::Null if !has.is_value() => Field::Absent,
        wanted if wanted == has => Field::Absent,
        wanted => wanted.clone(),
    }
}

/// The capabilities in whole, because whether HubSpot replaces or merges them is unknown: what is wanted, and besides it
/// whatever is there.
fn merged(mut has: ChannelCapabilities, wanted: &ChannelCapabilities) -> ChannelCapabilities {
    macro_rules! merge {
        ($($take:ident: $($member:ident = $name:literal)+;)+) => { $( $(
            settle_odd($name, (&mut has.$member, &mut has.extra), (&wanted.$member, &wanted.extra));
            $take(&mut has.$member, &wanted.$member);
        )+ )+ };
    }
    merge! {
        take:
            threading_model = "threadingModel"
            allow_inline_images = "allowInlineImages"
            allow_outgoing_messages = "allowOutgoingMessages"
            allow_conversation_start = "allowConversationStart"
            allow_multiple_recipients = "allowMultipleRecipients"
            max_file_attachment_count = "maxFileAttachmentCount"
            max_file_attachment_size_bytes = "maxFileAttachmentSizeBytes"
            max_total_file_attachment_size_bytes = "maxTotalFileAttachmentSizeBytes"
            allow_file_attachments = "allowFileAttachments";
        take_list:
            delivery_identifier_types = "deliveryIdentifierTypes"
            rich_text = "richText"
            outgoing_attachment_types = "outgoingAttachmentTypes"
            allowed_file_attachment_mime_types = "allowedFileAttachmentMimeTypes";
    }
    for (name, _) in wanted.extra.iter() {
        let value = wanted.extra.decode::<Value>(name);
        if let Ok(Some(value)) = value
            && has.extra.decode::<Value>(name) != Ok(Some(value.clone()))
        {
            // What was read from JSON can be written as JSON.
            _ = has.extra.insert(name, &value);
        }
    }
    has
}

/// A capability of another type than it should be is among those without a field. It is not what is wanted unless the same
/// is wanted, and neither is it nothing.
fn settle_odd<T>(name: &str, has: (&mut Field<T>, &mut Extra), wanted: (&Field<T>, &Extra)) {
    let (field, extra) = has;
    match wanted {
        (Field::Absent, wanted) if wanted.get(name).is_some() => *field = Field::Absent,
        (Field::Absent, _) => {}
        (wanted, _) if field.is_absent() && extra.remove(name).is_some() && wanted.is_null() => *field = Field::Null,
        _ => {}
    }
}

fn take<T: Clone + PartialEq>(has: &mut Field<T>, wanted: &Field<T>) {
    let differing = differing(has, wanted);
    if !differing.is_absent() {
        *has = differing;
    }
}

/// Nothing is known to depend on the order of these lists, so another order is no difference.
fn take_list<T: Clone + PartialEq>(has: &mut Field<Vec<T>>, wanted: &Field<Vec<T>>) {
    let same = match (has.as_ref(), wanted.as_ref()) {
        (Some(has), Some(wanted)) => has.len() == wanted.len() && is_within(has, wanted) && is_within(wanted, has),
        _ => false,
    };
    if !same {
        take(has, wanted);
    }
}

fn is_within<T: PartialEq>(items: &[T], others: &[T]) -> bool {
    items.iter().all(|item| others.contains(item))
}
