//! Answers as a test or a double builds them.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::time::{Duration, UNIX_EPOCH};

use hubchannel_model::*;
use hubchannel_testkit::assert_same_json;

#[test]
fn a_record_is_filled_with_what_a_test_has_at_hand() {
    let name = String::from("Ada");
    let message = Message::build(|message| {
        message.id = format!("5c1f{}", 7).into();
        message.conversations_thread_id = "19615248623".into();
        message.created_at = (UNIX_EPOCH + Duration::from_millis(1_779_884_100_123)).into();
        message.updated_at = String::from("2026-05-27T12:16:00Z").into();
        message.direction = String::from("INCOMING").into();
        message.client = Client::build(|client| client.integration_app_id = 4711.into()).into();
        message.senders = vec![Sender::build(|sender| sender.name = name.into())].into();
        message.status = MessageStatus::build(|status| {
            status.status_type = StatusType::Failed.into();
            status.failure_details = FailureDetails::build(|details| details.error_message = "gone".into()).into();
        })
        .into();
    });
    assert_same_json(
        &serde_json::to_string(&message).unwrap(),
        r#"{"id":"5c1f7","conversationsThreadId":"19615248623","createdAt":"2026-05-27T12:15:00.123Z",
            "updatedAt":"2026-05-27T12:16:00Z","direction":"INCOMING","client":{"integrationAppId":4711},
            "senders":[{"name":"Ada"}],
            "status":{"statusType":"FAILED","failureDetails":{"errorMessage":"gone"}}}"#,
    );

    let page: Page<Channel> = Page::build(|page| {
        page.total = 1.into();
        page.results = vec![Channel::build(|channel| {
            channel.webhook_url = String::from("https://a").into()
        })]
        .into();
    });
    assert_same_json(&serde_json::to_string(&page).unwrap(), r#"{"total":1,"results":[{"webhookUrl":"https://a"}]}"#);
    let token = StagingToken::build(|token| token.account_token = String::from("a1b2").into());
    assert_eq!(token.account_token.as_ref().unwrap().expose(), "a1b2");
}

#[test]
fn a_message_that_is_made_an_entry_of_a_thread_is_read_as_one() {
    for message in [
        Message::default(),
        Message::build(|message| message.r#type = Field::Null),
        Message::build(|message| message.r#type = "COMMENT".into()),
        Message::build(|message| message.extra.insert("type", "COMMENT").unwrap()),
    ] {
        let entry = ThreadEntry::from(message.clone());
        let json = serde_json::to_string(&entry).unwrap();
        assert_same_json(&json, r#"{"type":"MESSAGE"}"#);
        let again: ThreadEntry = decode(json.as_bytes()).unwrap();
        assert!(matches!(&again, ThreadEntry::Message(_)), "{again:?}");

        assert_eq!(serde_json::to_string(&ThreadEntry::Message(message)).unwrap(), json);
    }
}

/// A channel that HubSpot threads by participants has none, and some bridges say so.
#[test]
fn the_bridge_s_id_of_a_conversation_is_text_null_or_absent() {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:42"));
    let body = NewMessage::incoming("3307400689", visitor, "hello");
    assert!(body.integration_thread_id.is_absent());
    let mut body = body.set_integration_thread_id(IntegrationThreadId::from_number(42));
    assert!(
        serde_json::to_string(&body)
            .unwrap()
            .contains(r#""integrationThreadId":"42""#)
    );
    body.integration_thread_id = Field::Null;
    let json = serde_json::to_string(&body).unwrap();
    assert!(json.contains(r#""integrationThreadId":null"#), "{json}");
    assert_eq!(decode::<NewMessage>(json.as_bytes()).unwrap(), body);
    body.check().unwrap();
}

#[test]
fn no_address_shows_its_query() {
    let json = serde_json::json!({"avatar": "https://example.com/a?hush", "url": "https://example.com/a?hush",
        "mediaUrl": "https://example.com/a?hush", "mediaUrlString": "https://example.com/a?hush",
        "thumbnailUrl": "https://example.com/a?hush", "channelLogoUrl": "https://example.com/a?hush",
        "webhookUrl": "https://example.com/a?hush", "redirect_uri": "https://example.com/a?hush",
        "channelAccountConnectionRedirectUrl": "https://example.com/a?hush", "link": "https://example.com/a?hush"})
    .to_string();
    let json = json.as_bytes();
    let shown = [
        format!("{:?}", decode::<Actor>(json).unwrap()),
        format!("{:?}", decode::<Channel>(json).unwrap()),
        format!("{:?}", decode::<NewChannel>(json).unwrap()),
        format!("{:?}", decode::<ChannelPatch>(json).unwrap()),
        format!("{:?}", decode::<FileAttachment>(json).unwrap()),
        format!("{:?}", decode::<LocationAttachment>(json).unwrap()),
        format!("{:?}", decode::<ContactUrl>(json).unwrap()),
        format!("{:?}", decode::<SocialMetadata>(json).unwrap()),
        format!("{:?}", decode::<UploadedFile>(json).unwrap()),
        format!("{:?}", decode::<NextPage>(json).unwrap()),
        format!("{:?}", decode::<PreviousPage>(json).unwrap()),
        format!("{:?}", decode::<TokenRequest>(json).unwrap()),
    ];
    for shown in shown {
        assert!(shown.contains("https://example.com/a?…") && !shown.contains("hush"), "{shown}");
    }
}
