//! The bytes on the wire, held against JSON written by hand.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use hubchannel_api::{
    ApiVersion, Client, GetMessage, PublishMessage, UpdateMessageStatus,
    model::{
        AddressType, Attachment, ContactAddress, ContactAttachment, ContactEmail, ContactName, ContactOrg,
        ContactPhone, ContactProfile, ContactUrl, DeliveryIdentifier, Field, FileAttachment, FileUsageType,
        LocationAttachment, MediaType, MessageDirection, MessageHeaderAttachment, NewMessage, Number, Participant,
        PhoneType, PreResolvedContact, QuickRepliesAttachment, QuickReply, SocialMediaMetadataAttachment,
        SocialMetadata, StatusUpdate, Timestamp, UnsupportedContentAttachment, decode,
    },
};
use hubchannel_reqwest::ReqwestTransport;
use serde_json::{Value, json};

/// Every member that HubSpot documents for a message to publish, with every kind of attachment that it accepts.
fn documented() -> Value {
    json!({
        "channelAccountId": "3307400689",
        "messageDirection": "OUTGOING",
        "text": "Grüße 👋 \"quoted\" \\ \n next",
        "richText": "<p>Grüße 👋</p>",
        "timestamp": "2026-05-27T12:16:00.000000+00:00",
        "integrationThreadId": "chat-42",
        "integrationIdempotencyId": "chat-42/7",
        "inReplyToId": "5c1f0b8e4e1a4b0f9f3b2f6d1a7c9e42",
        "associateWithContactId": 9007199254740993_i64,
        "preResolvedContacts": {
            "contacts": [{"contactVid": 1401, "contactPropertiesLeadingToMatch": ["email", "phone"]}],
        },
        "senders": [
            {
                "name": "Ada",
                "senderActorId": "A-2620022",
                "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "ada@example.com"},
            },
            {"deliveryIdentifier": {"type": "HS_SHORT_CODE", "value": "12345"}},
        ],
        "recipients": [
            {"name": "Shop", "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "shop:1"}},
            {"deliveryIdentifier": {"type": "HS_PHONE_NUMBER", "value": "+4915112345678"}},
        ],
        "attachments": [
            {"type": "FILE", "fileId": "122692044085", "fileUsageType": "VOICE_RECORDING"},
            {
                "type": "LOCATION",
                "latitude": 52.5,
                "longitude": -13,
                "address": "Unter den Linden 1",
                "name": "Office",
                "url": "https://example.com/place",
            },
            {
                "type": "CONTACT",
                "contactProfile": {
                    "name": {
                        "firstName": "Ada",
                        "middleName": "King",
                        "lastName": "Lovelace",
                        "prefix": "Lady",
                        "suffix": "I",
                    },
                    "org": {"company": "Engines", "department": "Analysis", "title": "Programmer"},
                    "addresses": [{
                        "street": "St James's Square 12",
                        "city": "London",
                        "state": "Greater London",
                        "zip": "SW1Y 4JH",
                        "country": "United Kingdom",
                        "countryCode": "GB",
                        "type": "HOME",
                    }],
                    "emails": [{"email": "ada@example.com", "type": "WORK"}],
                    "phones": [{"phone": "+442012345678", "type": "CELL"}],
                    "urls": [{"url": "https://example.com/ada", "type": "WORK"}],
                },
            },
            {"type": "UNSUPPORTED_CONTENT"},
            {"type": "MESSAGE_HEADER", "text": "Your order", "fileId": 122692044085_i64},
            {
                "type": "QUICK_REPLIES",
                "quickReplies": [
                    {"value": "yes", "valueType": "TEXT", "label": "Yes, please"},
                    {"value": "https://example.com/help", "valueType": "URL"},
                ],
            },
            {
                "type": "SOCIAL_MEDIA_METADATA",
                "socialMetadata": {
                    "mediaType": "STORY",
                    "id": "s-1",
                    "description": "A story",
                    "mediaTitle": "Title",
                    "mediaUrl": "https://example.com/story",
                    "mediaUrlString": "https://example.com/story?x=1",
                    "thumbnailUrl": "https://example.com/thumb.png",
                },
            },
        ],
    })
}

/// The same message, built as a program builds it.
fn built() -> NewMessage {
    let mut location = LocationAttachment::new(Number::try_from(52.5).unwrap(), Number::from(-13));
    location.address = "Unter den Linden 1".into();
    location.name = "Office".into();
    location.url = "https://example.com/place".into();

    let mut name = ContactName::default();
    name.first_name = "Ada".into();
    name.middle_name = "King".into();
    name.last_name = "Lovelace".into();
    name.prefix = "Lady".into();
    name.suffix = "I".into();
    let mut org = ContactOrg::default();
    org.company = "Engines".into();
    org.department = "Analysis".into();
    org.title = "Programmer".into();
    let mut address = ContactAddress::default();
    address.street = "St James's Square 12".into();
    address.city = "London".into();
    address.state = "Greater London".into();
    address.zip = "SW1Y 4JH".into();
    address.country = "United Kingdom".into();
    address.country_code = "GB".into();
    address.r#type = AddressType::Home.into();
    let mut email = ContactEmail::default();
    email.email = "ada@example.com".into();
    email.r#type = AddressType::Work.into();
    let mut phone = ContactPhone::default();
    phone.phone = "+442012345678".into();
    phone.r#type = PhoneType::Cell.into();
    let mut url = ContactUrl::default();
    url.url = "https://example.com/ada".into();
    url.r#type = AddressType::Work.into();
    let mut profile = ContactProfile::new();
    profile.name = name.into();
    profile.org = org.into();
    profile.addresses = vec![address].into();
    profile.emails = vec![email].into();
    profile.phones = vec![phone].into();
    profile.urls = vec![url].into();

    let mut social = SocialMetadata::new(MediaType::Story);
    social.id = "s-1".into();
    social.description = "A story".into();
    social.media_title = "Title".into();
    social.media_url = "https://example.com/story".into();
    social.media_url_string = "https://example.com/story?x=1".into();
    social.thumbnail_url = "https://example.com/thumb.png".into();

    let ada = Participant::new(DeliveryIdentifier::email("ada@example.com"))
        .set_name("Ada")
        .set_sender_actor_id("A-2620022");
    NewMessage::new("3307400689", MessageDirection::Outgoing, ada, "Grüße 👋 \"quoted\" \\ \n next")
        .add_sender(Participant::new(DeliveryIdentifier::new("HS_SHORT_CODE", "12345")))
        .add_recipient(Participant::new(DeliveryIdentifier::opaque("shop:1")).set_name("Shop"))
        .add_recipient(Participant::new(DeliveryIdentifier::phone("+4915112345678")))
        .set_rich_text("<p>Grüße 👋</p>")
        .set_timestamp("2026-05-27T12:16:00.000000+00:00")
        .set_integration_thread_id("chat-42")
        .set_integration_idempotency_id("chat-42/7")
        .set_in_reply_to_id("5c1f0b8e4e1a4b0f9f3b2f6d1a7c9e42")
        .set_associate_with_contact_id("9007199254740993")
        .set_pre_resolved_contacts([PreResolvedContact::new("1401", ["email", "phone"])])
        .add_attachment(FileAttachment::new("122692044085").set_file_usage_type(FileUsageType::VoiceRecording))
        .add_attachment(location)
        .add_attachment(ContactAttachment::new(profile))
        .add_attachment(UnsupportedContentAttachment::new())
        .add_attachment(
            MessageHeaderAttachment::new()
                .set_text("Your order")
                .set_file_id("122692044085"),
        )
        .add_attachment(QuickRepliesAttachment::new([
            QuickReply::text("yes").set_label("Yes, please"),
            QuickReply::url("https://example.com/help"),
        ]))
        .add_attachment(SocialMediaMetadataAttachment::new(social))
}

/// Answers one request with one body; gives back what it read.
fn serve(status: &'static str, body: String) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let request = read_request(&mut stream);
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}", body.len());
        write!(stream, "{head}\r\nx-hubspot-correlation-id: c-1\r\nconnection: close\r\n\r\n{body}").unwrap();
        request
    });
    (base_url, served)
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).unwrap();
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return text.into_owned();
            }
        }
        assert!(read > 0, "the request broke off: {text}");
    }
}

fn client(base_url: &str, version: ApiVersion) -> Client {
    let transport = ReqwestTransport::new().unwrap();
    Client::builder(transport)
        .base_url(base_url.parse().unwrap())
        .api_version(version)
        .build()
}

fn headers(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    headers.sort();
    headers
}

async fn published(message: NewMessage, version: ApiVersion) -> (String, Vec<(String, String)>, Value) {
    let (base_url, served) = serve("201 Created", "{}".to_owned());
    client(&base_url, version)
        .publish_message(PublishMessage::new("2930388", message))
        .await
        .unwrap();
    let request = served.join().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), headers(head), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn every_documented_member_of_a_publish_goes_over_the_wire() {
    let (line, headers, body) = published(built(), ApiVersion::V3).await;
    assert_eq!(line, "POST /conversations/v3/custom-channels/2930388/messages HTTP/1.1");
    assert_eq!(body, documented());
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["accept", "content-length", "content-type", "host", "user-agent"]);
    assert!(headers.contains(&("accept".to_owned(), "application/json".to_owned())));
    assert!(headers.contains(&("content-type".to_owned(), "application/json".to_owned())));
    let user_agent = headers.iter().find(|(name, _)| name == "user-agent").unwrap();
    assert!(user_agent.1.starts_with("hubchannel/"), "{user_agent:?}");
}

#[tokio::test]
async fn a_body_read_from_json_goes_over_the_wire_unchanged() {
    let message: NewMessage = decode(documented().to_string().as_bytes()).unwrap();
    let (line, _, body) = published(message, ApiVersion::V2026_09).await;
    assert_eq!(line, "POST /conversations/custom-channels/2026-09/2930388/messages HTTP/1.1");
    assert_eq!(body, documented());
}

#[tokio::test]
async fn every_documented_member_of_the_answer_arrives_typed() {
    let answer = r#"{
        "type": "MESSAGE", "id": "5c1f", "conversationsThreadId": "19615248623", "channelId": "2930388",
        "channelAccountId": "3307400689", "client": {"clientType": "INTEGRATION", "integrationAppId": 40776849},
        "senders": [{"actorId": "V-1401", "name": "Ada", "senderField": "FROM",
            "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "ada@example.com"}}],
        "recipients": [{"actorId": "A-1", "name": "Shop", "recipientField": "TO",
            "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "shop:1"}}],
        "attachments": [{"type": "FILE", "fileId": "12", "fileUsageType": "IMAGE", "name": "cat.png", "url": "u"},
            {"type": "WHATSAPP_TEMPLATE_METADATA", "crmObjectIds": {"contact": 1}, "parameters": {"a": "b"}}],
        "text": "t", "richText": "<p>t</p>", "subject": "s", "direction": "OUTGOING", "truncationStatus": "TRUNCATED",
        "status": {"statusType": "FAILED", "failureDetails": {"errorMessage": "m", "errorMessageTokens": {"k": "v"}}},
        "inReplyToId": "4b0f", "createdAt": "2026-05-27T12:15:00.123Z", "createdBy": "V-1401",
        "updatedAt": "2026-05-27T12:16:00Z", "archived": true }"#;
    let (base_url, served) = serve("200 OK", answer.to_owned());
    let client = client(&base_url, ApiVersion::V3);
    let message = client.get_message(GetMessage::new("2930388", "5c1f")).await.unwrap();
    served.join().unwrap();

    assert_eq!(message.status().map(|status| status.as_u16()), Some(200));
    assert_eq!(message.headers()["x-hubspot-correlation-id"], "c-1");
    assert_eq!(message.attempts().count, 1);
    let message = message.into_inner();
    assert_eq!(message.r#type.as_ref().unwrap(), &"MESSAGE");
    assert_eq!(message.id, "5c1f".into());
    assert_eq!(message.conversations_thread_id, "19615248623".into());
    assert_eq!(message.channel_id, "2930388".into());
    assert_eq!(message.channel_account_id, "3307400689".into());
    let creator = message.client.as_ref().unwrap();
    assert_eq!(creator.client_type.as_ref().unwrap(), &"INTEGRATION");
    assert!(
        creator
            .integration_app_id
            .as_ref()
            .is_some_and(|id| id.is_number() && *id == "40776849")
    );
    let sender = &message.senders.as_deref().unwrap()[0];
    assert_eq!(sender.actor_id, "V-1401".into());
    assert_eq!(sender.name, "Ada".into());
    assert_eq!(sender.sender_field, "FROM".into());
    assert_eq!(sender.delivery_identifier, DeliveryIdentifier::email("ada@example.com").into());
    let recipient = &message.recipients.as_deref().unwrap()[0];
    assert_eq!(recipient.actor_id, "A-1".into());
    assert_eq!(recipient.name, "Shop".into());
    assert_eq!(recipient.recipient_field, "TO".into());
    assert_eq!(recipient.delivery_identifier, DeliveryIdentifier::opaque("shop:1").into());
    let [Attachment::File(file), Attachment::WhatsAppTemplateMetadata(template)] =
        message.attachments.as_deref().unwrap()
    else {
        panic!("{:?}", message.attachments);
    };
    assert_eq!((&file.file_id, &file.file_usage_type), (&"12".into(), &"IMAGE".into()));
    assert_eq!((&file.name, &file.url), (&"cat.png".into(), &"u".into()));
    assert_eq!(template.crm_object_ids.as_ref().unwrap()["contact"], "1");
    assert_eq!(template.parameters.as_ref().unwrap()["a"], "b");
    assert_eq!((&message.text, &message.rich_text), (&"t".into(), &"<p>t</p>".into()));
    assert_eq!(message.subject, "s".into());
    assert_eq!(message.direction, Field::Value(MessageDirection::Outgoing));
    assert_eq!(message.truncation_status, "TRUNCATED".into());
    let status = message.status.as_ref().unwrap();
    assert_eq!(status.status_type, "FAILED".into());
    let details = status.failure_details.as_ref().unwrap();
    assert_eq!(details.error_message, "m".into());
    assert_eq!(details.error_message_tokens.as_ref().unwrap()["k"], "v");
    assert_eq!(message.in_reply_to_id, "4b0f".into());
    assert_eq!(message.created_at.as_ref().and_then(Timestamp::to_unix_millis), Some(1_779_884_100_123));
    assert_eq!(message.created_by, "V-1401".into());
    assert_eq!(message.updated_at, "2026-05-27T12:16:00.000Z".into());
    assert_eq!(message.archived, true.into());
    assert!(message.extra.is_empty());
}

#[tokio::test]
async fn a_status_report_goes_over_the_wire() {
    let reports = [
        (StatusUpdate::sent(), json!({"statusType": "SENT"})),
        (StatusUpdate::read(), json!({"statusType": "READ"})),
        (StatusUpdate::failed("no such number"), json!({"statusType": "FAILED", "errorMessage": "no such number"})),
    ];
    for (report, expected) in reports {
        let (base_url, served) = serve("200 OK", "{}".to_owned());
        let call = UpdateMessageStatus::new("2930388", "5c1f", report);
        client(&base_url, ApiVersion::V2026_03)
            .update_message_status(call)
            .await
            .unwrap();
        let request = served.join().unwrap();
        assert!(
            request.starts_with("PATCH /conversations/custom-channels/2026-03/2930388/messages/5c1f HTTP/1.1\r\n"),
            "{request}"
        );
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected);
    }
}
