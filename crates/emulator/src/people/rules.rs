//! What a channel's capabilities let agents send.

use hubchannel_api::model::{ChannelCapabilities, Number, OutgoingAttachmentType};

use super::{AgentError, AgentMessage, html::Formatting};

/// A file that is to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SentFile<'f> {
    pub(crate) name: &'f str,
    pub(crate) media_type: Option<&'f str>,
    pub(crate) size: u64,
}

/// Fails where the message is more than the channel can do.
///
/// What a channel allows it must say; what it limits it need not.
pub(crate) fn check(
    capabilities: Option<&ChannelCapabilities>,
    message: &AgentMessage,
    files: &[SentFile<'_>],
) -> Result<(), AgentError> {
    let none = ChannelCapabilities::default();
    let can = capabilities.unwrap_or(&none);
    if message.text.is_empty() && message.rich_text.is_none() && files.is_empty() {
        return Err(AgentError::Empty);
    }
    if can.allow_outgoing_messages.as_ref() != Some(&true) {
        return Err(AgentError::NoOutgoingMessages);
    }
    if let Some(html) = &message.rich_text {
        check_formatting(can, &Formatting::of(html))?;
    }
    check_files(can, files)
}

fn check_formatting(can: &ChannelCapabilities, formatting: &Formatting) -> Result<(), AgentError> {
    let allowed = can.rich_text.as_deref().unwrap_or_default();
    if let Some(feature) = formatting.features.iter().find(|feature| !allowed.contains(feature)) {
        return Err(AgentError::Formatting(feature.clone()));
    }
    if formatting.has_images && can.allow_inline_images.as_ref() != Some(&true) {
        return Err(AgentError::InlineImages);
    }
    Ok(())
}

fn check_files(can: &ChannelCapabilities, files: &[SentFile<'_>]) -> Result<(), AgentError> {
    if files.is_empty() {
        return Ok(());
    }
    let kinds = can.outgoing_attachment_types.as_deref().unwrap_or_default();
    if !kinds.contains(&OutgoingAttachmentType::File) {
        return Err(AgentError::NoFiles);
    }
    if let Some(most) = limit(can.max_file_attachment_count.as_ref())
        && files.len() as u64 > most
    {
        return Err(AgentError::TooManyFiles {
            count: files.len(),
            most,
        });
    }
    let types = can.allowed_file_attachment_mime_types.as_deref();
    for file in files {
        let media_type = file.media_type.unwrap_or_default();
        if types.is_some_and(|types| !types.iter().any(|pattern| covers(pattern, media_type))) {
            return Err(AgentError::MediaType {
                name: file.name.to_owned(),
                media_type: media_type.to_owned(),
            });
        }
        if let Some(most) = limit(can.max_file_attachment_size_bytes.as_ref())
            && file.size > most
        {
            return Err(AgentError::FileTooLarge {
                name: file.name.to_owned(),
                size: file.size,
                most,
            });
        }
    }
    let size = files.iter().map(|file| file.size).fold(0, u64::saturating_add);
    match limit(can.max_total_file_attachment_size_bytes.as_ref()) {
        Some(most) if size > most => Err(AgentError::FilesTooLarge { size, most }),
        _ => Ok(()),
    }
}

fn limit(number: Option<&Number>) -> Option<u64> {
    number?.as_str().parse().ok()
}

/// Whether the type is one of those that the pattern stands for, whatever its parameters.
fn covers(pattern: &str, media_type: &str) -> bool {
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (pattern, media_type) = (essence(pattern), essence(media_type));
    match pattern.strip_suffix('*') {
        Some("*/") => media_type.contains('/'),
        Some(kind) if kind.ends_with('/') => media_type.starts_with(kind),
        _ => !pattern.is_empty() && pattern == media_type,
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_stands_for_a_type_or_for_a_kind() {
        for (pattern, media_type, expected) in [
            ("image/png", "IMAGE/PNG", true),
            ("text/plain", "text/plain; charset=utf-8", true),
            ("image/*", "image/png", true),
            ("image/*", "imagery/png", false),
            ("*/*", "image/png", true),
            ("*/*", "", false),
            ("", "", false),
            ("image/png", "image/jpeg", false),
        ] {
            assert_eq!(covers(pattern, media_type), expected, "{pattern} for {media_type}");
        }
    }
}
