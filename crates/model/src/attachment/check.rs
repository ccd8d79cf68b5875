//! What each kind of attachment must have to be published.

use super::{Attachment, ContactProfile};
use crate::check::Checker;

impl Attachment {
    pub(crate) fn check(&self, checker: &mut Checker) {
        match self {
            Attachment::File(file) => checker.required_id("fileId", &file.file_id),
            Attachment::Location(location) => {
                checker.required("latitude", &location.latitude);
                checker.required("longitude", &location.longitude);
            }
            Attachment::Contact(contact) => {
                if let Some(profile) = checker.required("contactProfile", &contact.contact_profile) {
                    checker.at("contactProfile", |checker| profile.check(checker));
                }
            }
            Attachment::QuickReplies(attachment) => {
                checker.required_list("quickReplies", &attachment.quick_replies, |checker, reply| {
                    checker.required("value", &reply.value);
                    checker.required_text("valueType", &reply.value_type);
                });
            }
            Attachment::SocialMediaMetadata(attachment) => {
                if let Some(metadata) = checker.required("socialMetadata", &attachment.social_metadata) {
                    checker.at("socialMetadata", |checker| checker.required_text("mediaType", &metadata.media_type));
                }
            }
            Attachment::MessageHeader(header) => checker.numeric_id("fileId", &header.file_id),
            Attachment::UnsupportedContent(_) | Attachment::WhatsAppTemplateMetadata(_) => {}
            Attachment::_Unrecognized(attachment) => match (attachment.kind(), attachment.decode_error()) {
                (_, Some(error)) => checker.broken(error.path(), error.reason()),
                (None, None) => checker.broken("type", "is required, as a string: name the kind of attachment"),
                // A kind that HubSpot may have added since: it decides.
                (Some(_), None) => {}
            },
        }
    }
}

impl ContactProfile {
    fn check(&self, checker: &mut Checker) {
        checker.required_list("addresses", &self.addresses, |_, _| {});
        checker.required_list("emails", &self.emails, |checker, email| checker.required_text("email", &email.email));
        checker.required_list("phones", &self.phones, |checker, phone| checker.required_text("phone", &phone.phone));
        checker.required_list("urls", &self.urls, |checker, url| checker.required_text("url", &url.url));
    }
}
