//! The documented answer, written by hand, read member by member.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    AddressType, Attachment, ClientType, DeliveryIdentifierType, Extra, Field, FileUsageType, MediaType, Message,
    MessageDirection, MessageType, PhoneType, QuickReplyValueType, StatusType, TruncationStatus, decode,
};
use hubchannel_testkit::assert_same_json;

const ANSWER: &str = r#"{
    "type": "MESSAGE",
    "id": "9b2e7c4d1f6a4e0c8d3b5a7f9e1c2d40",
    "conversationsThreadId": "8210054417",
    "createdAt": "2026-03-14T09:26:53.589Z",
    "updatedAt": "2026-03-14T09:27:01Z",
    "createdBy": "A-4711",
    "client": {"clientType": "INTEGRATION", "integrationAppId": 1357911},
    "senders": [{
        "actorId": "A-4711",
        "name": "Grace",
        "senderField": "FROM",
        "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "grace@example.com"}
    }],
    "recipients": [
        {
            "actorId": "V-2718",
            "name": "Ada",
            "recipientField": "TO",
            "deliveryIdentifier": {"type": "HS_PHONE_NUMBER", "value": "+4915112345678"}
        },
        {"deliveryIdentifier": {"type": "HS_SHORT_CODE", "value": "80011"}},
        {"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:42"}}
    ],
    "archived": true,
    "text": "The lamp is on its way.",
    "richText": "<p>The lamp is on its way.</p>",
    "subject": "Your order",
    "attachments": [],
    "truncationStatus": "TRUNCATED_TO_MOST_RECENT_REPLY",
    "status": {
        "statusType": "FAILED",
        "failureDetails": {
            "errorMessage": "{recipient} is not reachable",
            "errorMessageTokens": {"recipient": "+4915112345678"}
        }
    },
    "direction": "OUTGOING",
    "channelId": "2930388",
    "channelAccountId": "3307400689",
    "inReplyToId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
}"#;

fn message() -> Message {
    decode(ANSWER.as_bytes()).unwrap()
}

#[test]
fn every_member_of_a_message_arrives_typed() {
    let message = message();
    assert_eq!(message.r#type, Field::Value(MessageType::Message));
    assert_eq!(message.id, "9b2e7c4d1f6a4e0c8d3b5a7f9e1c2d40".into());
    assert_eq!(message.conversations_thread_id, "8210054417".into());
    assert_eq!(message.created_at.as_ref().and_then(|time| time.to_unix_millis()), Some(1_773_480_413_589));
    assert_eq!(message.updated_at.as_ref().and_then(|time| time.to_unix_millis()), Some(1_773_480_421_000));
    assert_eq!(message.created_by, "A-4711".into());
    assert_eq!(message.archived, Field::Value(true));
    assert_eq!(message.text, "The lamp is on its way.".into());
    assert_eq!(message.rich_text, "<p>The lamp is on its way.</p>".into());
    assert_eq!(message.subject, "Your order".into());
    assert_eq!(message.attachments, Field::Value(Vec::new()));
    assert_eq!(message.truncation_status, Field::Value(TruncationStatus::TruncatedToMostRecentReply));
    assert_eq!(message.direction, Field::Value(MessageDirection::Outgoing));
    assert_eq!(message.channel_id, "2930388".into());
    assert_eq!(message.channel_account_id, "3307400689".into());
    assert_eq!(message.in_reply_to_id, "0a1b2c3d4e5f60718293a4b5c6d7e8f9".into());
    assert_eq!(message.extra, Extra::default());
    assert_same_json(&serde_json::to_string(&message).unwrap(), ANSWER);
}

#[test]
fn the_creator_arrives_typed() {
    let message = message();
    let client = message.client.as_ref().unwrap();
    assert_eq!(client.client_type, Field::Value(ClientType::Integration));
    let app = client.integration_app_id.as_ref().unwrap();
    assert_eq!((app.as_str(), app.is_number()), ("1357911", true));
    assert!(client.extra.is_empty());
}

#[test]
fn senders_and_recipients_arrive_typed() {
    let message = message();
    let [sender] = message.senders.as_deref().unwrap() else {
        panic!("{:?}", message.senders)
    };
    assert_eq!(sender.actor_id, "A-4711".into());
    assert_eq!(sender.name, "Grace".into());
    assert_eq!(sender.sender_field, "FROM".into());
    let identifier = sender.delivery_identifier.as_ref().unwrap();
    assert_eq!(identifier.r#type, Field::Value(DeliveryIdentifierType::HsEmailAddress));
    assert_eq!(identifier.value, "grace@example.com".into());

    let [ada, short_code, opaque] = message.recipients.as_deref().unwrap() else {
        panic!("{:?}", message.recipients)
    };
    assert_eq!(ada.actor_id, "V-2718".into());
    assert_eq!(ada.name, "Ada".into());
    assert_eq!(ada.recipient_field, "TO".into());
    let identifier = ada.delivery_identifier.as_ref().unwrap();
    assert_eq!(identifier.r#type, Field::Value(DeliveryIdentifierType::HsPhoneNumber));
    assert_eq!(identifier.value, "+4915112345678".into());
    assert!(short_code.actor_id.is_absent() && short_code.name.is_absent() && short_code.recipient_field.is_absent());
    let identifier = short_code.delivery_identifier.as_ref().unwrap();
    assert_eq!(identifier.r#type, Field::Value(DeliveryIdentifierType::HsShortCode));
    let identifier = opaque.delivery_identifier.as_ref().unwrap();
    assert_eq!(identifier.r#type, Field::Value(DeliveryIdentifierType::ChannelSpecificOpaqueId));
}

#[test]
fn a_failed_status_arrives_typed() {
    let message = message();
    let status = message.status.as_ref().unwrap();
    assert_eq!(status.status_type, Field::Value(StatusType::Failed));
    let details = status.failure_details.as_ref().unwrap();
    assert_eq!(details.error_message, "{recipient} is not reachable".into());
    let tokens = details.error_message_tokens.as_ref().unwrap();
    assert_eq!(tokens.get("recipient").map(String::as_str), Some("+4915112345678"));
    assert_eq!(tokens.len(), 1);
}

/// Decodes one attachment, as part of a message, and proves that it is written again as it came.
fn attachment(json: &str) -> Attachment {
    let text = format!(r#"{{"attachments":[{json}]}}"#);
    let mut message: Message = decode(text.as_bytes()).unwrap();
    assert_same_json(&serde_json::to_string(&message).unwrap(), &text);
    message.attachments.as_mut().and_then(Vec::pop).unwrap()
}

/// Decodes one attachment as the kind that it must be.
macro_rules! attachment_of {
    ($kind:ident, $json:expr) => {
        match attachment($json) {
            Attachment::$kind(attachment) => attachment,
            other => panic!("{other:?}"),
        }
    };
}

#[test]
fn a_file_arrives_typed() {
    let file = attachment_of!(
        File,
        r#"{
            "type": "FILE", "fileId": "135790864", "fileUsageType": "VOICE_RECORDING",
            "name": "note.ogg", "url": "https://files.example.com/note.ogg"
        }"#
    );
    assert_eq!(file.file_id, "135790864".into());
    assert_eq!(file.file_usage_type, Field::Value(FileUsageType::VoiceRecording));
    assert_eq!(file.name, "note.ogg".into());
    assert_eq!(file.url, "https://files.example.com/note.ogg".into());
}

#[test]
fn a_location_arrives_typed() {
    let location = attachment_of!(
        Location,
        r#"{
            "type": "LOCATION", "latitude": 52.520008, "longitude": -13.404954,
            "address": "Panoramastr. 1A", "name": "Tower", "url": "https://maps.example.com/tower"
        }"#
    );
    assert_eq!(location.latitude.as_ref().map(|number| number.as_f64()), Some(52.520008));
    assert_eq!(location.longitude.as_ref().map(|number| number.as_str()), Some("-13.404954"));
    assert_eq!(location.address, "Panoramastr. 1A".into());
    assert_eq!(location.name, "Tower".into());
    assert_eq!(location.url, "https://maps.example.com/tower".into());
}

#[test]
fn a_contact_card_arrives_typed() {
    let contact = attachment_of!(
        Contact,
        r#"{
            "type": "CONTACT",
            "contactProfile": {
                "name": {
                    "firstName": "Ada", "middleName": "King", "lastName": "Lovelace",
                    "prefix": "Countess", "suffix": "I"
                },
                "org": {"company": "Analytical Engines", "department": "Programs", "title": "Programmer"},
                "addresses": [{
                    "street": "12 St James's Square", "city": "London", "state": "Greater London",
                    "zip": "SW1Y 4JH", "country": "United Kingdom", "countryCode": "GB", "type": "HOME"
                }],
                "emails": [{"email": "ada@example.com", "type": "WORK"}],
                "phones": [{"phone": "+442079460000", "type": "CELL"}, {"phone": "+442079460001", "type": "MAIN"}],
                "urls": [{"url": "https://ada.example.com", "type": "HOME"}]
            }
        }"#
    );
    let profile = contact.contact_profile.as_ref().unwrap();
    let name = profile.name.as_ref().unwrap();
    assert_eq!(name.first_name, "Ada".into());
    assert_eq!(name.middle_name, "King".into());
    assert_eq!(name.last_name, "Lovelace".into());
    assert_eq!(name.prefix, "Countess".into());
    assert_eq!(name.suffix, "I".into());
    let org = profile.org.as_ref().unwrap();
    assert_eq!(org.company, "Analytical Engines".into());
    assert_eq!(org.department, "Programs".into());
    assert_eq!(org.title, "Programmer".into());
    let [address] = profile.addresses.as_deref().unwrap() else {
        panic!("{profile:?}")
    };
    assert_eq!(address.street, "12 St James's Square".into());
    assert_eq!(address.city, "London".into());
    assert_eq!(address.state, "Greater London".into());
    assert_eq!(address.zip, "SW1Y 4JH".into());
    assert_eq!(address.country, "United Kingdom".into());
    assert_eq!(address.country_code, "GB".into());
    assert_eq!(address.r#type, Field::Value(AddressType::Home));
    let [email] = profile.emails.as_deref().unwrap() else {
        panic!("{profile:?}")
    };
    assert_eq!((&email.email, &email.r#type), (&"ada@example.com".into(), &Field::Value(AddressType::Work)));
    let [cell, main] = profile.phones.as_deref().unwrap() else {
        panic!("{profile:?}")
    };
    assert_eq!((&cell.phone, &cell.r#type), (&"+442079460000".into(), &Field::Value(PhoneType::Cell)));
    assert_eq!((&main.phone, &main.r#type), (&"+442079460001".into(), &Field::Value(PhoneType::Main)));
    let [url] = profile.urls.as_deref().unwrap() else {
        panic!("{profile:?}")
    };
    assert_eq!((&url.url, &url.r#type), (&"https://ada.example.com".into(), &Field::Value(AddressType::Home)));
}

#[test]
fn unsupported_content_arrives_typed() {
    let unsupported = attachment_of!(UnsupportedContent, r#"{"type": "UNSUPPORTED_CONTENT"}"#);
    assert!(unsupported.extra.is_empty());
}

#[test]
fn a_message_header_arrives_typed() {
    let header = attachment_of!(MessageHeader, r#"{"type": "MESSAGE_HEADER", "text": "News", "fileId": 135790864}"#);
    assert_eq!(header.text, "News".into());
    assert!(
        header
            .file_id
            .as_ref()
            .is_some_and(|id| id.is_number() && *id == "135790864")
    );
}

#[test]
fn quick_replies_arrive_typed() {
    let replies = attachment_of!(
        QuickReplies,
        r#"{
            "type": "QUICK_REPLIES",
            "quickReplies": [
                {"value": "yes", "valueType": "TEXT", "label": "Yes, please"},
                {"value": "https://example.com/no", "valueType": "URL"}
            ],
            "allowMultiSelect": false,
            "allowUserInput": true
        }"#
    );
    let [yes, no] = replies.quick_replies.as_deref().unwrap() else {
        panic!("{replies:?}")
    };
    assert_eq!(yes.value, "yes".into());
    assert_eq!(yes.value_type, Field::Value(QuickReplyValueType::Text));
    assert_eq!(yes.label, "Yes, please".into());
    assert_eq!(no.value, "https://example.com/no".into());
    assert_eq!(no.value_type, Field::Value(QuickReplyValueType::Url));
    assert!(no.label.is_absent());
    assert_eq!(replies.allow_multi_select, Field::Value(false));
    assert_eq!(replies.allow_user_input, Field::Value(true));
}

#[test]
fn social_media_metadata_arrives_typed() {
    let social = attachment_of!(
        SocialMediaMetadata,
        r#"{
            "type": "SOCIAL_MEDIA_METADATA",
            "socialMetadata": {
                "mediaType": "STORY", "id": "1798", "description": "A story", "mediaTitle": "Lamps",
                "mediaUrl": "https://social.example.com/1798", "mediaUrlString": "social.example.com/1798",
                "thumbnailUrl": "https://social.example.com/1798.png"
            }
        }"#
    );
    let metadata = social.social_metadata.as_ref().unwrap();
    assert_eq!(metadata.media_type, Field::Value(MediaType::Story));
    assert_eq!(metadata.id, "1798".into());
    assert_eq!(metadata.description, "A story".into());
    assert_eq!(metadata.media_title, "Lamps".into());
    assert_eq!(metadata.media_url, "https://social.example.com/1798".into());
    assert_eq!(metadata.media_url_string, "social.example.com/1798".into());
    assert_eq!(metadata.thumbnail_url, "https://social.example.com/1798.png".into());
}

#[test]
fn whatsapp_template_metadata_arrives_typed() {
    let template = attachment_of!(
        WhatsAppTemplateMetadata,
        r#"{
            "type": "WHATSAPP_TEMPLATE_METADATA", "crmObjectIds": {"CONTACT": 2718, "DEAL": 9007199254740993},
            "parameters": {"name": "Ada"}, "contentId": "c-1", "mappedTemplateId": "t-2", "rootMicId": 314
        }"#
    );
    let objects = template.crm_object_ids.as_ref().unwrap();
    assert!(objects["CONTACT"].is_number() && objects["CONTACT"] == "2718");
    assert!(objects["DEAL"].is_number() && objects["DEAL"] == "9007199254740993");
    assert_eq!(template.parameters.as_ref().unwrap()["name"], "Ada");
    assert_eq!(template.content_id.as_ref().map(|id| id.as_str()), Some("c-1"));
    assert_eq!(template.mapped_template_id.as_ref().map(|id| id.as_str()), Some("t-2"));
    assert!(
        template
            .root_mic_id
            .as_ref()
            .is_some_and(|id| id.is_number() && *id == "314")
    );
}
