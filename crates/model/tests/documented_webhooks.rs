//! What webhooks bring: whole bodies, in every variation that has been seen, read and written again.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    AccountDeliveryIdentifier, ChannelAccountCreated, ChannelEvent, ChannelEvents, ConversationEvent,
    ConversationEventType, ConversationEvents, DeliveryIdentifier, FailureDetails, Field, FileAttachment, Message,
    MessageStatus, Number, OutgoingMessageCreated, StatusType, SubscriptionEvent, ThreadEntryType, ThreadStatus,
    decode,
};
use hubchannel_testkit::assert_same_json;
use serde::{Serialize, de::DeserializeOwned};

#[track_caller]
fn read<T: DeserializeOwned + Serialize>(json: &str) -> T {
    let value: T = decode(json.as_bytes()).unwrap();
    assert_same_json(&serde_json::to_string(&value).unwrap(), json);
    value
}

#[track_caller]
fn reply(json: &str) -> OutgoingMessageCreated {
    let event = read(json);
    let reply = match &event {
        ChannelEvent::OutgoingMessageCreated(reply) => Some(reply.clone()),
        _ => None,
    };
    assert!(reply.is_some(), "{event:?}");
    reply.unwrap()
}

const REPLY: &str = r#"{
    "type": "OUTGOING_CHANNEL_MESSAGE_CREATED",
    "portalId": "62515",
    "channelId": "2930388",
    "eventId": "0c1a5f7e-7d0b-4c37-8a53-2f0a5a9b8d11",
    "eventTimestamp": "2026-05-27T12:20:00.000Z",
    "channelIntegrationThreadIds": ["chat-42", "chat-41"],
    "message": {
        "type": "MESSAGE",
        "id": "8a7b6c5d",
        "conversationsThreadId": "19615248623",
        "channelAccountId": "3307400689",
        "createdBy": "A-2620022",
        "senders": [{"actorId": "A-2620022"}],
        "recipients": [{"actorId": "V-1401",
            "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:987654321"}}],
        "text": "Yes, the blue one is in stock",
        "attachments": [{"type": "FILE", "fileId": "122692044085", "name": "lamp.png"}],
        "direction": "OUTGOING",
        "status": {"statusType": "SENT"}
    },
    "shard": 7
}"#;

#[test]
fn a_reply_is_read_whole() {
    let event: ChannelEvent = read(REPLY);
    assert_eq!(event.kind(), Some("OUTGOING_CHANNEL_MESSAGE_CREATED"));
    assert!(event.as_unrecognized().is_none());
    assert_eq!(event.portal_id(), Some(&"62515".into()));
    assert_eq!(event.channel_id(), Some(&"2930388".into()));
    assert_eq!(event.event_id(), Some(&"0c1a5f7e-7d0b-4c37-8a53-2f0a5a9b8d11".into()));
    assert_eq!(event.event_timestamp(), Some(&"2026-05-27T12:20:00Z".into()));
    assert_eq!(event.channel_account_id(), Some(&"3307400689".into()));

    let reply = reply(REPLY);
    assert_eq!(*reply.integration_thread_ids().unwrap(), ["chat-42", "chat-41"]);
    assert_eq!(reply.extra.get("shard"), Some("7"));
    let message = reply.message.as_ref().unwrap();
    assert_eq!(message.text.as_deref(), Some("Yes, the blue one is in stock"));
    assert_eq!(message.status, MessageStatus::new(StatusType::Sent).into());
    let [file] = message.attachments.as_deref().unwrap() else {
        panic!("{message:?}")
    };
    let mut expected = FileAttachment::new("122692044085");
    expected.name = "lamp.png".into();
    assert_eq!(*file, expected.into());
}

#[test]
fn the_type_may_stand_anywhere() {
    let last = REPLY
        .replace(r#""type": "OUTGOING_CHANNEL_MESSAGE_CREATED","#, "")
        .replace(r#""shard": 7"#, r#""type": "OUTGOING_CHANNEL_\u004dESSAGE_CREATED""#);
    assert_eq!(reply(&last).message, reply(REPLY).message);
}

#[test]
fn ids_may_be_numbers_and_the_event_id_may_be_missing() {
    let event: ChannelEvent = read(
        r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":62515,"channelId":2930388,
            "channelIntegrationThreadIds":[8465029897],"message":{"channelAccountId":3307400689}}"#,
    );
    assert_eq!(event.portal_id(), Some(&"62515".into()));
    assert_eq!(event.channel_id(), Some(&"2930388".into()));
    assert_eq!(event.channel_account_id(), Some(&"3307400689".into()));
    assert_eq!((event.event_id(), event.event_timestamp()), (None, None));
}

#[test]
fn thread_ids_are_found_at_either_level() {
    let within = reply(
        r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED",
            "message":{"channelIntegrationThreadIds":["chat-42",7],"text":"hi"}}"#,
    );
    assert_eq!(*within.integration_thread_ids().unwrap(), ["chat-42", "7"]);
    for (json, expected) in [
        (r#"{"channelIntegrationThreadIds":["top"],"message":{"channelIntegrationThreadIds":["in"]}}"#, Some("top")),
        (r#"{"channelIntegrationThreadIds":null,"message":{"channelIntegrationThreadIds":["in"]}}"#, Some("in")),
        (r#"{"channelIntegrationThreadIds":[],"message":{"channelIntegrationThreadIds":["in"]}}"#, Some("in")),
        (r#"{"message":null}"#, None),
        ("{}", None),
    ] {
        let typed = json
            .replacen('{', r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","#, 1)
            .replace(",}", "}");
        let reply = reply(&typed);
        assert_eq!(reply.integration_thread_ids().unwrap().first().map(|id| id.as_str()), expected, "{json}");
    }
}

#[test]
fn a_status_may_be_a_string_and_stays_one() {
    let reply = reply(r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{"status":"SENT"}}"#);
    let status = reply.message.as_ref().unwrap().status.as_ref().unwrap();
    assert_eq!(status.status_type, StatusType::Sent.into());
    assert_ne!(*status, MessageStatus::new(StatusType::Sent));

    let mut message: Message = read(r#"{"status":"ON_ITS_WAY"}"#);
    let status = message.status.as_mut().unwrap();
    assert_eq!(status.status_type, "ON_ITS_WAY".into());
    status.failure_details = FailureDetails::default().into();
    assert_eq!(
        serde_json::to_string(&message).unwrap(),
        r#"{"status":{"statusType":"ON_ITS_WAY","failureDetails":{}}}"#
    );

    let whole: MessageStatus = read(
        r#"{"statusType":"FAILED","failureDetails":{"errorMessage":"no","errorMessageTokens":{"a":"b"}},"since":1.50}"#,
    );
    let details = whole.failure_details.as_ref().unwrap();
    assert_eq!(details.error_message.as_deref(), Some("no"));
    assert_eq!(details.error_message_tokens.as_ref().unwrap()["a"], "b");
    assert_eq!(whole.extra.get("since"), Some("1.50"));

    for (odd, kind) in [
        ("5", "a number"),
        ("1.5", "a number"),
        ("[]", "an array"),
        ("true", "a boolean"),
    ] {
        let error = decode::<Message>(format!(r#"{{"status":{odd}}}"#).as_bytes()).unwrap_err();
        assert_eq!(error.path(), "status");
        assert!(
            error
                .reason()
                .contains("expected an object (MessageStatus) or a string"),
            "{error}"
        );
        let shown = cfg!(exact_json) || error.reason().contains(kind);
        assert!(shown, "{error}");
    }
    for twice in [
        r#"{"statusType":"SENT","statusType":"SENT"}"#,
        r#"{"failureDetails":null,"failureDetails":null}"#,
    ] {
        assert!(
            decode::<MessageStatus>(twice.as_bytes())
                .unwrap_err()
                .reason()
                .contains("duplicate field")
        );
    }
}

#[test]
fn account_events_are_read_whole() {
    for kind in ["CREATED", "UPDATED", "PURGED"] {
        let event: ChannelEvent = read(&format!(
            r#"{{"portalId":"62515","type":"CHANNEL_ACCOUNT_{kind}","channelId":"2930388","eventId":7,
                "eventTimestamp":"2026-05-27T12:00:00.000Z","channelAccountId":"3307400689",
                "channelAccountDeliveryIdentifier":{{"type":"HS_SHORT_CODE","value":"71717"}},"authorized":false,
                "by":"hand"}}"#
        ));
        assert_eq!(event.kind().unwrap(), format!("CHANNEL_ACCOUNT_{kind}"));
        assert_eq!(event.portal_id(), Some(&"62515".into()));
        assert_eq!(event.channel_id(), Some(&"2930388".into()));
        assert_eq!(event.event_id(), Some(&"7".into()));
        assert_eq!(event.event_timestamp(), Some(&"2026-05-27T12:00:00Z".into()));
        assert_eq!(event.channel_account_id(), Some(&"3307400689".into()));
        let (identifier, authorized, extra) = match event {
            ChannelEvent::ChannelAccountCreated(event) => {
                (event.channel_account_delivery_identifier, event.authorized, event.extra)
            }
            ChannelEvent::ChannelAccountUpdated(event) => {
                (event.channel_account_delivery_identifier, event.authorized, event.extra)
            }
            ChannelEvent::ChannelAccountPurged(event) => {
                (event.channel_account_delivery_identifier, event.authorized, event.extra)
            }
            other => panic!("{other:?}"),
        };
        let identifier = identifier.into_option().unwrap();
        assert_eq!(identifier.value(), Some("71717"));
        assert_eq!(identifier.as_identifier(), Some(&DeliveryIdentifier::new("HS_SHORT_CODE", "71717")));
        assert_eq!(authorized, false.into());
        assert_eq!(extra.get("by"), Some(r#""hand""#));
    }
}

#[test]
fn an_accounts_identifier_may_be_a_string_and_stays_one() {
    let event: ChannelEvent =
        read(r#"{"type":"CHANNEL_ACCOUNT_CREATED","channelAccountDeliveryIdentifier":"harbour-website"}"#);
    let ChannelEvent::ChannelAccountCreated(created) = event else {
        panic!("{event:?}")
    };
    let identifier = created.channel_account_delivery_identifier.as_ref().unwrap();
    assert_eq!(*identifier, AccountDeliveryIdentifier::from("harbour-website"));
    assert_eq!(identifier.value(), Some("harbour-website"));
    assert_eq!(identifier.as_identifier(), None);

    let mut built = ChannelAccountCreated::default();
    built.channel_account_id = "1".into();
    let identifier = AccountDeliveryIdentifier::from(DeliveryIdentifier::opaque("a"));
    built.channel_account_delivery_identifier = identifier.into();
    assert_same_json(
        &serde_json::to_string(&ChannelEvent::from(built)).unwrap(),
        r#"{"type":"CHANNEL_ACCOUNT_CREATED","channelAccountId":"1",
            "channelAccountDeliveryIdentifier":{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"a"}}"#,
    );
}

#[test]
fn what_cannot_be_read_is_kept_whole_with_the_reason() {
    let new: ChannelEvent = read(r#"{"portalId":"1","type":"CHANNEL_SUNK","depth":12.50}"#);
    let kept = new.as_unrecognized().unwrap();
    assert_eq!((kept.kind(), new.kind()), (Some("CHANNEL_SUNK"), Some("CHANNEL_SUNK")));
    assert_eq!(kept.json(), r#"{"portalId":"1","type":"CHANNEL_SUNK","depth":12.50}"#);
    assert!(kept.decode_error().is_none());
    assert_eq!(kept.decode::<ChannelAccountCreated>().unwrap_err().path(), "type");
    assert_eq!((new.portal_id(), new.channel_account_id()), (None, None));

    let broken = REPLY.replace(r#""text": "Yes"#, r#""text": 5, "textWas": "Yes"#);
    let event: ChannelEvent = read(&broken);
    let kept = event.as_unrecognized().unwrap();
    assert_eq!(kept.kind(), Some("OUTGOING_CHANNEL_MESSAGE_CREATED"));
    assert_eq!(kept.decode_error().unwrap().path(), "message.text");
    assert!(!format!("{event:?}").contains("blue"), "{event:?}");

    for odd in [
        "{}",
        "[]",
        "null",
        "7",
        r#""text""#,
        r#"{"type":7}"#,
        r#"{"type":null}"#,
        r#"{"kind":"a"}"#,
        r#"{"type":"CHANNEL_ACCOUNT_CREATED","type":"CHANNEL_ACCOUNT_CREATED"}"#,
    ] {
        let event: ChannelEvent = read(odd);
        assert_eq!(event.as_unrecognized().unwrap().json(), odd);
    }
    for cut in [
        r#"{"type":"CHANNEL_ACCOUNT_CREATED""#,
        r#"{"type":"CHANNEL_SUNK","a":}"#,
        "",
    ] {
        assert!(decode::<ChannelEvent>(cut.as_bytes()).is_err(), "{cut}");
        assert!(decode::<ChannelEvents>(cut.as_bytes()).is_err(), "{cut}");
    }
}

#[test]
fn a_body_is_one_event_or_a_list_and_stays_what_it_was() {
    let one: ChannelEvents = read(REPLY);
    assert!(!one.is_list());
    assert_eq!(one.len(), 1);

    let list: ChannelEvents = read(&format!(r#"[{REPLY}, 7, {{"type":"CHANNEL_SUNK"}}]"#));
    assert!(list.is_list());
    let kinds: Vec<Option<&str>> = list.iter().map(ChannelEvent::kind).collect();
    assert_eq!(kinds, [Some("OUTGOING_CHANNEL_MESSAGE_CREATED"), None, Some("CHANNEL_SUNK")]);
    assert_eq!((&list).into_iter().count(), 3);
    assert_eq!(list.clone().into_iter().next(), Some(one[0].clone()));
    assert_eq!(list.into_vec().len(), 3);

    let single: ChannelEvents = read(&format!("[{REPLY}]"));
    assert_ne!(single, one);
    assert!(read::<ChannelEvents>("[]").is_empty());
    assert_eq!(ChannelEvents::from(one[0].clone()), one);
    assert_eq!(ChannelEvents::from(one.clone().into_vec()), single);
}

#[test]
fn conversation_events_are_read_whole() {
    let events: ConversationEvents = read(
        r#"[{"eventId":100,"subscriptionId":1546825,"portalId":62515,"appId":40776849,"occurredAt":1779884100123,
            "subscriptionType":"conversation.propertyChange","attemptNumber":2,"objectId":19615248623,
            "changeSource":"CRM","propertyName":"assignedTo","propertyValue":"2620022","sourceId":"x"},
          {"eventId":"101","subscriptionType":"conversation.newMessage","messageId":"8a7b","messageType":"COMMENT",
            "changeFlag":"NEW","occurredAt":1.5},
          {"subscriptionType":"conversation.propertyChange","propertyName":"status","propertyValue":"CLOSED"},
          {"subscriptionType":"contact.propertyChange","propertyName":"status2","propertyValue":null}]"#,
    );
    assert!(events.is_list());
    let events: Vec<_> = events.iter().filter_map(SubscriptionEvent::as_conversation).collect();
    let [assigned, written, closed, other] = events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(assigned.event_id, "100".into());
    assert_eq!(assigned.subscription_id, "1546825".into());
    assert_eq!(assigned.portal_id, "62515".into());
    assert_eq!(assigned.app_id, "40776849".into());
    assert_eq!(assigned.occurred_at(), Some("2026-05-27T12:15:00.123Z".into()));
    assert_eq!(assigned.subscription_type, ConversationEventType::PropertyChange.into());
    assert_eq!(assigned.attempt_number, Field::Value(Number::from(2)));
    assert_eq!(assigned.object_id, "19615248623".into());
    assert_eq!(assigned.change_source.as_deref(), Some("CRM"));
    assert_eq!(assigned.property_name.as_deref(), Some("assignedTo"));
    assert_eq!((assigned.new_assignee(), assigned.new_status()), (Some("2620022"), None));
    assert_eq!(assigned.extra.get("sourceId"), Some(r#""x""#));
    assert!(!written.event_id.as_ref().unwrap().is_number());
    assert_eq!(written.subscription_type, ConversationEventType::NewMessage.into());
    assert_eq!(written.message_id, "8a7b".into());
    assert_eq!(written.message_type, ThreadEntryType::Comment.into());
    assert_eq!(written.change_flag.as_deref(), Some("NEW"));
    assert_eq!(written.occurred_at(), None);
    assert_eq!((closed.new_status(), closed.new_assignee()), (Some(ThreadStatus::Closed), None));
    assert_eq!(closed.new_value("status"), Some("CLOSED"));
    assert_eq!(other.new_value("status2"), None);

    for kind in [
        "creation",
        "deletion",
        "privacyDeletion",
        "propertyChange",
        "newMessage",
    ] {
        assert!(ConversationEventType::from(&*format!("conversation.{kind}")).is_named(), "{kind}");
    }
}

#[test]
fn a_conversation_event_may_come_by_itself() {
    let one: ConversationEvents =
        read(r#"{"eventId":"100","subscriptionType":"conversation.creation","objectId":123}"#);
    assert!(!one.is_list());
    let event = one[0].as_conversation().unwrap();
    assert_eq!(event.subscription_type, ConversationEventType::Creation.into());
    let built = ConversationEvents::from(SubscriptionEvent::from(ConversationEvent::default()));
    assert_eq!(serde_json::to_string(&built).unwrap(), "{}");
}

#[test]
fn an_odd_conversation_event_costs_none_beside_it() {
    let events: ConversationEvents = read(
        r#"[{"eventId":1},{"objectId":false,"subscriptionType":"conversation.creation"},7,null,
            {"eventId":2,"eventId":2},{"subscriptionType":7},{"eventId":3}]"#,
    );
    let ids: Vec<Option<&str>> = events
        .iter()
        .map(|event| event.as_conversation()?.event_id.as_ref().map(|id| id.as_str()))
        .collect();
    assert_eq!(ids, [Some("1"), None, None, None, None, None, Some("3")]);
    let kept: Vec<(Option<&str>, &str, &str)> = events
        .iter()
        .filter_map(SubscriptionEvent::as_unrecognized)
        .map(|kept| (kept.kind(), kept.json(), kept.decode_error().unwrap().path()))
        .collect();
    assert_eq!(
        kept,
        [
            (
                Some("conversation.creation"),
                r#"{"objectId":false,"subscriptionType":"conversation.creation"}"#,
                "objectId"
            ),
            (None, "7", ""),
            (None, "null", ""),
            (None, r#"{"eventId":2,"eventId":2}"#, "eventId"),
            (None, r#"{"subscriptionType":7}"#, "subscriptionType"),
        ]
    );
    for odd in ["7", "null", r#""a""#, "[7]", r#"{"propertyName":7}"#] {
        let events: ConversationEvents = read(odd);
        let reason = events[0].as_unrecognized().unwrap().decode_error().unwrap();
        assert!(reason.reason().contains("expected"), "{reason}");
    }
    for cut in ["", "[", r#"[{"eventId":1}"#, r#"{"eventId":}"#] {
        assert!(decode::<ConversationEvents>(cut.as_bytes()).is_err(), "{cut}");
    }
}
