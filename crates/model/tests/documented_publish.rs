//! The documented bodies of requests, built with every member and compared with JSON written by hand.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    AddressType, ContactAddress, ContactAttachment, ContactEmail, ContactName, ContactOrg, ContactPhone,
    ContactProfile, ContactUrl, DeliveryIdentifier, FileAttachment, FileUsageType, LocationAttachment, MediaType,
    MessageDirection, MessageHeaderAttachment, NewMessage, Number, Participant, PhoneType, PreResolvedContact,
    QuickRepliesAttachment, QuickReply, SocialMediaMetadataAttachment, SocialMetadata, StatusType, StatusUpdate,
    UnsupportedContentAttachment, decode,
};
use hubchannel_testkit::assert_same_json;

const BODY: &str = r#"{
    "channelAccountId": "3307400689",
    "messageDirection": "OUTGOING",
    "senders": [
        {
            "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "bridge"},
            "name": "Grace",
            "senderActorId": "A-4711"
        },
        {"deliveryIdentifier": {"type": "HS_SHORT_CODE", "value": "80011"}}
    ],
    "recipients": [
        {"deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "ada@example.com"}, "name": "Ada"},
        {"deliveryIdentifier": {"type": "HS_PHONE_NUMBER", "value": "+4915112345678"}}
    ],
    "text": "Choose one",
    "richText": "<b>Choose</b> one",
    "attachments": [
        {"type": "FILE", "fileId": "135790864", "fileUsageType": "STICKER"},
        {
            "type": "LOCATION", "latitude": 52.520008, "longitude": -13,
            "address": "Panoramastr. 1A", "name": "Tower", "url": "https://maps.example.com/tower"
        },
        {
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
                "phones": [{"phone": "+442079460000", "type": "CELL"}],
                "urls": [{"url": "https://ada.example.com", "type": "HOME"}]
            }
        },
        {"type": "UNSUPPORTED_CONTENT"},
        {"type": "MESSAGE_HEADER", "text": "News", "fileId": 135790864},
        {
            "type": "QUICK_REPLIES",
            "quickReplies": [
                {"value": "yes", "valueType": "TEXT", "label": "Yes, please"},
                {"value": "https://example.com/no", "valueType": "URL"}
            ]
        },
        {
            "type": "SOCIAL_MEDIA_METADATA",
            "socialMetadata": {
                "mediaType": "PHOTO", "id": "1798", "description": "A lamp", "mediaTitle": "Lamps",
                "mediaUrl": "https://social.example.com/1798", "mediaUrlString": "social.example.com/1798",
                "thumbnailUrl": "https://social.example.com/1798.png"
            }
        }
    ],
    "timestamp": "2026-03-14T09:26:53.589Z",
    "integrationThreadId": "chat-42",
    "integrationIdempotencyId": "chat-42/7",
    "inReplyToId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "associateWithContactId": 2718,
    "preResolvedContacts": {
        "contacts": [{"contactVid": 2718, "contactPropertiesLeadingToMatch": ["email", "phone"]}]
    }
}"#;

fn contact_card() -> ContactProfile {
    let name = ContactName::new()
        .set_first_name("Ada")
        .set_middle_name("King")
        .set_last_name("Lovelace")
        .set_prefix("Countess")
        .set_suffix("I");
    let org = ContactOrg::new()
        .set_company("Analytical Engines")
        .set_department("Programs")
        .set_title("Programmer");
    let address = ContactAddress::new()
        .set_street("12 St James's Square")
        .set_city("London")
        .set_state("Greater London")
        .set_zip("SW1Y 4JH")
        .set_country("United Kingdom")
        .set_country_code("GB")
        .set_type(AddressType::Home);
    ContactProfile::new()
        .set_name(name)
        .set_org(org)
        .add_address(address)
        .add_email(ContactEmail::new("ada@example.com").set_type(AddressType::Work))
        .add_phone(ContactPhone::new("+442079460000").set_type(PhoneType::Cell))
        .add_url(ContactUrl::new("https://ada.example.com").set_type(AddressType::Home))
}

#[test]
fn a_card_takes_addresses_without_a_purpose() {
    let card = ContactProfile::default()
        .add_email("ada@example.com")
        .add_email("lovelace@example.com")
        .add_phone("+442079460000")
        .add_url("https://ada.example.com");
    assert_same_json(
        &serde_json::to_string(&card).unwrap(),
        r#"{"emails":[{"email":"ada@example.com"},{"email":"lovelace@example.com"}],
            "phones":[{"phone":"+442079460000"}],"urls":[{"url":"https://ada.example.com"}]}"#,
    );
}

fn body() -> NewMessage {
    let sender = Participant::new(DeliveryIdentifier::opaque("bridge"))
        .set_name("Grace")
        .set_sender_actor_id("A-4711");
    let file = FileAttachment::new("135790864").set_file_usage_type(FileUsageType::Sticker);
    let location = LocationAttachment::new(Number::try_from(52.520008).unwrap(), Number::from(-13))
        .set_address("Panoramastr. 1A")
        .set_name("Tower")
        .set_url("https://maps.example.com/tower");
    let social = SocialMetadata::new(MediaType::Photo)
        .set_id("1798")
        .set_description("A lamp")
        .set_media_title("Lamps")
        .set_media_url("https://social.example.com/1798")
        .set_media_url_string("social.example.com/1798")
        .set_thumbnail_url("https://social.example.com/1798.png");

    NewMessage::new("3307400689", MessageDirection::Outgoing, sender, "Choose one")
        .add_sender(Participant::new(DeliveryIdentifier::new("HS_SHORT_CODE", "80011")))
        .add_recipient(Participant::new(DeliveryIdentifier::email("ada@example.com")).set_name("Ada"))
        .add_recipient(Participant::new(DeliveryIdentifier::phone("+4915112345678")))
        .set_rich_text("<b>Choose</b> one")
        .add_attachment(file)
        .add_attachment(location)
        .add_attachment(ContactAttachment::new(contact_card()))
        .add_attachment(UnsupportedContentAttachment::new())
        .add_attachment(MessageHeaderAttachment::new().set_text("News").set_file_id("135790864"))
        .add_attachment(QuickRepliesAttachment::new([
            QuickReply::text("yes").set_label("Yes, please"),
            QuickReply::url("https://example.com/no"),
        ]))
        .add_attachment(SocialMediaMetadataAttachment::new(social))
        .set_timestamp("2026-03-14T09:26:53.589Z")
        .set_integration_thread_id("chat-42")
        .set_integration_idempotency_id("chat-42/7")
        .set_in_reply_to_id("0a1b2c3d4e5f60718293a4b5c6d7e8f9")
        .set_associate_with_contact_id("2718")
        .set_pre_resolved_contacts([PreResolvedContact::new("2718", ["email", "phone"])])
}

#[test]
fn every_documented_member_of_a_publish_is_written() {
    let body = body();
    body.check().unwrap();
    assert_same_json(&serde_json::to_string(&body).unwrap(), BODY);
}

#[test]
fn a_publish_body_reads_back_as_it_was_built() {
    assert_eq!(decode::<NewMessage>(BODY.as_bytes()).unwrap(), body());
}

#[test]
fn lists_are_written_though_they_are_empty() {
    let body = NewMessage::incoming("1", Participant::new(DeliveryIdentifier::opaque("a")), "hi");
    assert_same_json(
        &serde_json::to_string(&body).unwrap(),
        r#"{
            "channelAccountId": "1", "messageDirection": "INCOMING", "text": "hi", "recipients": [], "attachments": [],
            "senders": [{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "a"}}]
        }"#,
    );
}

#[test]
fn status_updates_are_written_as_documented() {
    for (update, json) in [
        (StatusUpdate::sent(), r#"{"statusType":"SENT"}"#),
        (StatusUpdate::read(), r#"{"statusType":"READ"}"#),
        (StatusUpdate::failed("gone"), r#"{"statusType":"FAILED","errorMessage":"gone"}"#),
        (StatusUpdate::new(StatusType::from("SOON")), r#"{"statusType":"SOON"}"#),
    ] {
        assert_same_json(&serde_json::to_string(&update).unwrap(), json);
        assert_eq!(decode::<StatusUpdate>(json.as_bytes()).unwrap(), update);
    }
}
