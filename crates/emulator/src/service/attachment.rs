//! Attachments, from how a request has them to how an answer does.

use hubchannel_api::model::{
    AddressType, Attachment, ContactProfile, Field, FileId, FileUsageType, MediaType, PhoneType, QuickReplyValueType,
    UnsupportedContentAttachment,
};

use super::{
    draft::{Place, check_number, named, require},
    refusal::Refusal,
    tidy::tidy,
};

/// The kinds that HubSpot takes.
const KINDS: &str =
    "FILE, LOCATION, CONTACT, UNSUPPORTED_CONTENT, MESSAGE_HEADER, QUICK_REPLIES, SOCIAL_MEDIA_METADATA";

/// Checks an attachment and makes of it what a read will show.
pub(super) fn read(attachment: &Attachment, end: Place<'_>) -> Result<Attachment, Refusal> {
    let mut attachment = attachment.clone();
    match &mut attachment {
        Attachment::File(file) => {
            named("FileUsageType", file.file_usage_type.as_ref(), FileUsageType::NAMED)?;
            require(&[("fileId", file.file_id.is_value())], end)?;
            if let Field::Value(id) = &file.file_id {
                file.file_id = FileId::new(id).into();
            }
            if !file.file_usage_type.is_value() {
                file.file_usage_type = FileUsageType::Other.into();
            }
            // Name and address are the file manager's to say.
            file.name = Field::Absent;
            file.url = Field::Absent;
            tidy!(file:);
        }
        Attachment::Location(place) => {
            require(
                &[
                    ("latitude", place.latitude.is_value()),
                    ("longitude", place.longitude.is_value()),
                ],
                end,
            )?;
            tidy!(place: address, name, url);
        }
        Attachment::Contact(contact) => {
            let Some(profile) = contact.contact_profile.as_mut() else {
                return Err(Refusal::missing(end, &["contactProfile"]));
            };
            tidy_profile(profile, end)?;
            tidy!(contact:);
        }
        Attachment::UnsupportedContent(content) => *content = UnsupportedContentAttachment::new(),
        Attachment::MessageHeader(header) => {
            check_number("fileId", &header.file_id)?;
            if let Field::Value(id) = &header.file_id {
                header.file_id = id.clone().into_number().into();
            }
            tidy!(header: text, file_id);
        }
        Attachment::QuickReplies(replies) => {
            for reply in replies.quick_replies.as_mut().into_iter().flatten() {
                named("QuickReplyValueType", reply.value_type.as_ref(), QuickReplyValueType::NAMED)?;
                require(
                    &[
                        ("value", reply.value.is_value()),
                        ("valueType", reply.value_type.is_value()),
                    ],
                    end,
                )?;
                tidy!(reply: label);
            }
            require(&[("quickReplies", replies.quick_replies.is_value())], end)?;
            replies.allow_multi_select = false.into();
            replies.allow_user_input = false.into();
            tidy!(replies:);
        }
        Attachment::SocialMediaMetadata(social) => {
            let Some(metadata) = social.social_metadata.as_mut() else {
                return Err(Refusal::missing(end, &["socialMetadata"]));
            };
            named("MediaType", metadata.media_type.as_ref(), MediaType::NAMED)?;
            require(&[("mediaType", metadata.media_type.is_value())], end)?;
            tidy!(metadata: id, description, media_title, media_url, media_url_string, thumbnail_url);
            tidy!(social:);
        }
        other => return Err(refuse(other)),
    }
    Ok(attachment)
}

fn tidy_profile(profile: &mut ContactProfile, end: Place<'_>) -> Result<(), Refusal> {
    for address in profile.addresses.as_mut().into_iter().flatten() {
        named("AddressType", address.r#type.as_ref(), AddressType::NAMED)?;
        tidy!(address: street, city, state, zip, country, country_code, r#type);
    }
    for email in profile.emails.as_mut().into_iter().flatten() {
        named("AddressType", email.r#type.as_ref(), AddressType::NAMED)?;
        require(&[("email", email.email.is_value())], end)?;
        tidy!(email: r#type);
    }
    for phone in profile.phones.as_mut().into_iter().flatten() {
        named("PhoneType", phone.r#type.as_ref(), PhoneType::NAMED)?;
        require(&[("phone", phone.phone.is_value())], end)?;
        tidy!(phone: r#type);
    }
    for url in profile.urls.as_mut().into_iter().flatten() {
        named("AddressType", url.r#type.as_ref(), AddressType::NAMED)?;
        require(&[("url", url.url.is_value())], end)?;
        tidy!(url: r#type);
    }
    if let Some(name) = profile.name.as_mut() {
        tidy!(name: first_name, middle_name, last_name, prefix, suffix);
    }
    if let Some(org) = profile.org.as_mut() {
        tidy!(org: company, department, title);
    }
    require(
        &[
            ("addresses", profile.addresses.is_value()),
            ("emails", profile.emails.is_value()),
            ("phones", profile.phones.is_value()),
            ("urls", profile.urls.is_value()),
        ],
        end,
    )?;
    tidy!(profile: name, org);
    Ok(())
}

/// An attachment that is of no kind that can be published, or not as its kind must be.
fn refuse(attachment: &Attachment) -> Refusal {
    let error = attachment
        .as_unrecognized()
        .and_then(|unrecognized| unrecognized.decode_error());
    let problem = match (error, attachment.kind()) {
        (Some(error), _) => {
            let what = match error.path() {
                "" => "attachments".to_owned(),
                path => format!("attachments.{path}"),
            };
            format!("Cannot construct instance of `{what}`, problem: {}", error.reason())
        }
        (None, Some(kind)) => {
            format!("Could not resolve type id '{kind}' as a subtype of `Attachment`: known type ids = [{KINDS}]")
        }
        (None, None) => "Could not resolve subtype of `Attachment`: missing type id property 'type'".to_owned(),
    };
    Refusal::bad_json(None, &problem)
}
