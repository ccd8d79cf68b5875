//! Rules for each kind of attachment.

use super::Checker;
use crate::{Attachment, ContactProfile, FileAttachment};

impl Attachment {
    pub(super) fn walk(&self, checker: &mut Checker<'_>) {
        match self {
            Attachment::File(file) => file.walk(checker),
            Attachment::Location(location) => {
                checker.required("latitude", &location.latitude, "give it in degrees north");
                checker.required("longitude", &location.longitude, "give it in degrees east");
            }
            Attachment::Contact(contact) => {
                if let Some(profile) = checker.required("contactProfile", &contact.contact_profile, "add the card") {
                    checker.at("contactProfile", |checker| profile.walk(checker));
                }
            }
            Attachment::QuickReplies(attachment) => {
                let remedy = "list the answers to choose from";
                checker.required_list("quickReplies", &attachment.quick_replies, remedy, |checker, reply| {
                    checker.required("value", &reply.value, "say what choosing it sends or opens");
                    checker.required_text("valueType", &reply.value_type, "say whether the value is TEXT or a URL");
                    checker.described("valueType", &reply.value_type);
                });
            }
            Attachment::SocialMediaMetadata(attachment) => {
                let remedy = "say what it refers to";
                if let Some(metadata) = checker.required("socialMetadata", &attachment.social_metadata, remedy) {
                    checker.at("socialMetadata", |checker| {
                        checker.required_text("mediaType", &metadata.media_type, "say what it is; NONE is a type too");
                        checker.described("mediaType", &metadata.media_type);
                    });
                }
            }
            Attachment::MessageHeader(header) => {
                checker.numeric_id("fileId", &header.file_id, "write the file's id as a number");
            }
            Attachment::UnsupportedContent(_) => {}
            Attachment::WhatsAppTemplateMetadata(_) => checker.advise(
                "",
                "is of a kind that HubSpot returns and does not describe for publishing",
                "leave it out",
            ),
            Attachment::_Unrecognized(attachment) => match (attachment.kind(), attachment.decode_error()) {
                (_, Some(error)) => {
                    checker.refuse(error.path(), error.reason(), "write the attachment as HubSpot describes its kind")
                }
                (None, None) => checker.refuse("type", "is required, as a string", "name the kind of attachment"),
                // HubSpot may have added it since, so it decides.
                (Some(_), None) => checker.advise(
                    "type",
                    "is a kind of attachment that this version does not know",
                    "see that HubSpot takes it",
                ),
            },
        }
    }
}

impl FileAttachment {
    fn walk(&self, checker: &mut Checker<'_>) {
        checker.required_id("fileId", &self.file_id, "upload the file to the portal and name it");
        checker.described("fileUsageType", &self.file_usage_type);
    }
}

impl ContactProfile {
    fn walk(&self, checker: &mut Checker<'_>) {
        checker.described_list("addresses", &self.addresses, |checker, address| {
            checker.described("type", &address.r#type);
        });
        checker.described_list("emails", &self.emails, |checker, email| {
            checker.required_text("email", &email.email, "give the address, or leave the item out");
            checker.described("type", &email.r#type);
        });
        checker.described_list("phones", &self.phones, |checker, phone| {
            checker.required_text("phone", &phone.phone, "give the number, or leave the item out");
            checker.described("type", &phone.r#type);
        });
        checker.described_list("urls", &self.urls, |checker, url| {
            checker.required_text("url", &url.url, "give the address, or leave the item out");
            checker.described("type", &url.r#type);
        });
    }
}
