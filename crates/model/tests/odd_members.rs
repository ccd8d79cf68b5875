//! A member of an event, or a capability, that came as another JSON type than it should costs nothing but itself, unless a
//! bridge acts on it.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    Channel, ChannelEvent, ChannelEvents, ConversationEvent, ConversationEvents, DeliveryIdentifier, FileAttachment,
    Message, MessageDirection, NewChannel, NewMessage, OutgoingMessageCreated, Page, Participant, SubscriptionEvent,
    ThreadEntry, decode,
};
use hubchannel_testkit::assert_same_json;

const REPLY: &str = r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"62515","channelId":"2930388",
    "eventId":"e-1","eventTimestamp":"2026-05-27T12:15:00.123Z","channelIntegrationThreadIds":["chat-42"],
    "message":{"type":"MESSAGE","id":"8a7b","conversationsThreadId":"19615248623","channelAccountId":"3307400689",
    "createdAt":"2026-05-27T12:15:00.123Z","updatedAt":null,"createdBy":"A-2620022","client":{"clientType":"HUBSPOT"},
    "senders":[{"actorId":"A-2620022"}],"recipients":[{"actorId":"V-1401"}],"archived":false,"text":"Yes",
    "richText":"<p>Yes</p>","subject":null,"attachments":[],"truncationStatus":"NOT_TRUNCATED",
    "status":{"statusType":"SENT"},"direction":"OUTGOING","channelId":"2930388","inReplyToId":"5c1f"}}"#;

const ACCOUNT: &str = r#"{"type":"CHANNEL_ACCOUNT_UPDATED","portalId":"62515","channelId":"2930388","eventId":"e-2",
    "eventTimestamp":"2026-05-27T12:15:00.123Z","channelAccountId":"3307400689",
    "channelAccountDeliveryIdentifier":"harbour-website","authorized":true}"#;

const CHANGE: &str = r#"{"eventId":101,"subscriptionId":7,"portalId":62515,"appId":1160452,"occurredAt":1779884100123,
    "subscriptionType":"conversation.propertyChange","attemptNumber":0,"objectId":19615248623,"changeSource":"CRM",
    "changeFlag":"UPDATED","propertyName":"status","propertyValue":"CLOSED","messageId":"8a7b",
    "messageType":"MESSAGE"}"#;

/// The document with another value at this path, and what stood there.
fn with(json: &str, path: &str, odd: serde_json::Value) -> String {
    let mut document: serde_json::Value = serde_json::from_str(json).unwrap();
    let place = path
        .split('.')
        .fold(&mut document, |value, name| value.get_mut(name).unwrap());
    *place = odd;
    document.to_string()
}

fn odd_value() -> serde_json::Value {
    serde_json::json!([{"odd": [1.50]}])
}

fn read(json: &str) -> ChannelEvent {
    let event: ChannelEvent = decode(json.as_bytes()).unwrap();
    assert_same_json(&serde_json::to_string(&event).unwrap(), json);
    event
}

#[track_caller]
fn costs_nothing_but_itself(json: &str, path: &str) {
    let json = with(json, path, odd_value());
    let event = read(&json);
    assert!(event.as_unrecognized().is_none(), "{path}: {event:?}");
    assert_eq!(event.odd_members(), [path]);
}

#[track_caller]
fn costs_the_event(json: &str, path: &str) {
    // One that is let off does not hide the other.
    let json = with(&with(json, "eventTimestamp", odd_value()), path, serde_json::json!({"odd": {}}));
    let event = read(&json);
    assert!(event.as_unrecognized().is_some(), "{path} is lost: {event:?}");
    let refused = event.as_unrecognized().unwrap().decode_error().unwrap();
    assert!(refused.path().starts_with(path), "{path}: {refused}");
    assert!(event.odd_members().is_empty());
}

#[test]
fn an_odd_member_of_a_reply_costs_nothing_but_itself() {
    for path in [
        "portalId",
        "channelId",
        "eventId",
        "eventTimestamp",
        "message.type",
        "message.createdAt",
        "message.createdBy",
        "message.client",
        "message.archived",
        "message.truncationStatus",
        "message.direction",
        "message.channelId",
        "message.inReplyToId",
    ] {
        costs_nothing_but_itself(REPLY, path);
    }
    for (path, odd) in [
        ("message.senders", serde_json::json!({})),
        ("message.status", serde_json::json!(7)),
        ("message.updatedAt", serde_json::json!(1_779_884_100_123_u64)),
        ("message.subject", serde_json::json!({"a": 1})),
    ] {
        let event = read(&with(REPLY, path, odd));
        assert_eq!(event.odd_members(), [path]);
    }
}

#[test]
fn what_a_bridge_cannot_deliver_a_reply_without_costs_the_event_with_its_path() {
    for path in [
        "channelIntegrationThreadIds",
        "message.id",
        "message.conversationsThreadId",
        "message.channelAccountId",
        "message.recipients",
        "message.text",
        "message.richText",
        "message.attachments",
    ] {
        costs_the_event(REPLY, path);
    }
    let event = read(&with(REPLY, "message", serde_json::json!("Yes")));
    assert_eq!(event.as_unrecognized().unwrap().decode_error().unwrap().path(), "message");
}

/// The reply with a second recipient that has these members besides an address.
fn with_recipient(members: &[(&str, serde_json::Value)]) -> String {
    let mut recipient = serde_json::json!({"actorId": "V-1402", "name": "Ada", "recipientField": "TO",
        "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "ada@example.com"}});
    for (name, value) in members {
        recipient[name] = value.clone();
    }
    with(REPLY, "message.recipients", serde_json::json!([{"actorId": "V-1401"}, recipient]))
}

#[test]
fn an_odd_member_of_a_recipient_costs_nothing_but_itself() {
    for name in ["actorId", "name", "recipientField"] {
        let event = read(&with_recipient(&[(name, odd_value())]));
        assert_eq!(event.odd_members(), [format!("message.recipients[1].{name}")]);
        let ChannelEvent::OutgoingMessageCreated(reply) = &event else {
            panic!("{name}: {event:?}")
        };
        let message = reply.message.as_ref().unwrap();
        let [first, second] = message.recipients.as_deref().unwrap() else {
            panic!("{name}: {message:?}")
        };
        assert_eq!((&first.actor_id, first.extra.is_empty()), (&"V-1401".into(), true));
        assert_eq!(second.delivery_identifier, DeliveryIdentifier::email("ada@example.com").into());
        assert_eq!(second.extra.decode::<serde_json::Value>(name).unwrap(), Some(odd_value()));
        let left = [&second.name, &second.recipient_field].map(|field| field.as_deref());
        let all = [("name", "Ada"), ("recipientField", "TO")];
        assert_eq!(left, all.map(|(member, text)| (member != name).then_some(text)));
        assert_eq!(second.actor_id.as_ref().is_some(), name != "actorId");
    }
    let odd = ["actorId", "name"].map(|name| (name, odd_value()));
    let event = read(&with(&with_recipient(&odd), "message.createdAt", odd_value()));
    let mut names = event.odd_members();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "message.createdAt",
            "message.recipients[1].actorId",
            "message.recipients[1].name"
        ]
    );
}

#[test]
fn recipients_whose_addresses_cannot_be_read_cost_the_event_with_their_path() {
    let refused_at = |json: &str| {
        let event = read(json);
        let refused = event.as_unrecognized().and_then(|event| event.decode_error());
        assert!(event.odd_members().is_empty());
        refused.map(|error| error.path().to_owned())
    };
    for (address, path) in [
        (serde_json::json!("ada@example.com"), ""),
        (odd_value(), ""),
        (serde_json::json!({"type": 7, "value": "ada@example.com"}), ".type"),
        (serde_json::json!({"type": "HS_EMAIL_ADDRESS", "value": ["ada@example.com"]}), ".value"),
    ] {
        let json = with_recipient(&[("name", odd_value()), ("deliveryIdentifier", address)]);
        assert_eq!(refused_at(&json), Some(format!("message.recipients[1].deliveryIdentifier{path}")));
    }
    for (recipients, path) in [
        (serde_json::json!({}), "message.recipients"),
        (serde_json::json!("V-1401"), "message.recipients"),
        (serde_json::json!([{"name": 5}, null]), "message.recipients[1]"),
        (serde_json::json!(["V-1401"]), "message.recipients[0]"),
        (serde_json::json!([{"name": 5}, [{}]]), "message.recipients[1]"),
    ] {
        assert_eq!(refused_at(&with(REPLY, "message.recipients", recipients)).as_deref(), Some(path));
    }
    let twice = with_recipient(&[("name", serde_json::json!(5))]).replace(r#""name":5"#, r#""name":5,"name":"Ada""#);
    assert_eq!(refused_at(&twice).as_deref(), Some("message.recipients[1].name"));
    for none in [serde_json::json!([]), serde_json::Value::Null] {
        assert_eq!(refused_at(&with(REPLY, "message.recipients", none)), None);
    }
}

#[test]
fn a_reply_with_odd_members_shows_all_the_others() {
    let json = with(&with(REPLY, "message.createdAt", odd_value()), "portalId", odd_value());
    let ChannelEvent::OutgoingMessageCreated(reply) = read(&json) else {
        panic!("not recognized")
    };
    let ChannelEvent::OutgoingMessageCreated(expected) = read(REPLY) else {
        panic!("not recognized")
    };
    let (message, other) = (reply.message.as_ref().unwrap(), expected.message.as_ref().unwrap());
    assert!(reply.portal_id.is_absent() && message.created_at.is_absent());
    assert_eq!(message.extra.decode::<serde_json::Value>("createdAt").unwrap(), Some(odd_value()));
    assert_eq!(reply.integration_thread_ids().unwrap(), expected.integration_thread_ids().unwrap());
    assert_eq!((&message.id, &message.text, &message.recipients), (&other.id, &other.text, &other.recipients));
    assert_eq!((&message.senders, &message.status), (&other.senders, &other.status));
}

/// Of which a message has no member by that name: they stand there for one integration alone.
#[test]
fn thread_ids_within_the_message_that_cannot_be_read_are_told_from_none() {
    const PATH: &str = "message.channelIntegrationThreadIds";

    let read_with = |top: Option<&str>, within: &str| {
        let top = top
            .map(|ids| format!(r#","channelIntegrationThreadIds":{ids}"#))
            .unwrap_or_default();
        let message = format!(r#"{{"id":"8a7b","channelIntegrationThreadIds":{within}}}"#);
        read(&format!(r#"{{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED"{top},"message":{message}}}"#))
    };
    let ids_of = |event: &ChannelEvent| match event {
        ChannelEvent::OutgoingMessageCreated(reply) => {
            let ids = reply
                .integration_thread_ids()
                .map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>());
            ids.map_err(|error| error.path().to_owned())
        }
        other => panic!("{other:?}"),
    };
    for (odd, at) in [
        ("7", ""),
        ("{}", ""),
        (r#""chat-42""#, ""),
        ("[null]", "[0]"),
        (r#"["chat-42",[]]"#, "[1]"),
    ] {
        for top in [None, Some("null"), Some("[]")] {
            let event = read_with(top, odd);
            assert_eq!(ids_of(&event), Err(format!("{PATH}{at}")), "{top:?} {odd}");
            assert_eq!(event.odd_members(), [PATH], "{top:?} {odd}");
        }
        // Those at the top are what counts, and the others are odd all the same.
        let event = read_with(Some(r#"["chat-42"]"#), odd);
        assert_eq!(ids_of(&event), Ok(vec!["chat-42".to_owned()]));
        assert_eq!(event.odd_members(), [PATH], "{odd}");
    }
    for (none, ids) in [
        ("null", vec![]),
        ("[]", vec![]),
        (r#"["chat-42",7]"#, vec!["chat-42".to_owned(), "7".to_owned()]),
    ] {
        let event = read_with(None, none);
        assert_eq!(ids_of(&event), Ok(ids), "{none}");
        assert!(event.odd_members().is_empty(), "{none}");
    }
    let event = read(
        r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","eventId":{},
            "message":{"createdAt":7,"channelIntegrationThreadIds":7,"recipients":[{"name":5}]}}"#,
    );
    let mut odd = event.odd_members();
    odd.sort_unstable();
    assert_eq!(odd, ["eventId", PATH, "message.createdAt", "message.recipients[0].name"]);
}

#[test]
fn an_odd_member_of_an_account_costs_nothing_but_itself() {
    for path in ["portalId", "channelId", "eventId", "eventTimestamp"] {
        costs_nothing_but_itself(ACCOUNT, path);
    }
    for path in [
        "channelAccountId",
        "channelAccountDeliveryIdentifier.value",
        "authorized",
    ] {
        let json = with(ACCOUNT, "channelAccountDeliveryIdentifier", serde_json::json!({"value": "a"}));
        costs_the_event(&json, path);
    }
}

#[test]
fn an_odd_member_of_a_conversation_s_event_costs_nothing_but_itself() {
    let read = |path: &str| {
        let json = format!("[{},{CHANGE}]", with(CHANGE, path, odd_value()));
        let events: ConversationEvents = decode(json.as_bytes()).unwrap();
        assert_same_json(&serde_json::to_string(&events).unwrap(), &json);
        assert!(events[1].as_conversation().is_some() && events[1].odd_members().is_empty());
        events.into_vec().swap_remove(0)
    };
    for path in [
        "eventId",
        "subscriptionId",
        "portalId",
        "appId",
        "occurredAt",
        "attemptNumber",
        "changeSource",
        "changeFlag",
        "messageType",
    ] {
        let event: SubscriptionEvent = read(path);
        assert_eq!(event.odd_members(), [path]);
        assert_eq!(event.as_conversation().and_then(ConversationEvent::new_status), Some("CLOSED".into()));
    }
    for path in [
        "subscriptionType",
        "objectId",
        "propertyName",
        "propertyValue",
        "messageId",
    ] {
        let event = read(path);
        assert_eq!(event.as_unrecognized().unwrap().decode_error().unwrap().path(), path);
    }
}

#[test]
fn a_member_that_comes_twice_is_never_let_off() {
    for odd in ["5", r#""2026-05-27T12:15:00Z""#] {
        let json = format!(r#"{{"type":"CHANNEL_ACCOUNT_PURGED","eventTimestamp":[],"eventTimestamp":{odd}}}"#);
        let event = read(&json);
        let refused = event.as_unrecognized().unwrap().decode_error().unwrap();
        assert_eq!(refused.path(), "eventTimestamp");
        assert!(refused.reason().contains("duplicate field"), "{refused}");
    }
}

#[test]
fn an_odd_event_costs_none_of_those_beside_it() {
    let json = format!("[{},{ACCOUNT}]", with(REPLY, "message.createdAt", odd_value()));
    let events: ChannelEvents = decode(json.as_bytes()).unwrap();
    assert!(events.iter().all(|event| event.as_unrecognized().is_none()));
    assert_same_json(&serde_json::to_string(&events).unwrap(), &json);
}

/// Who asks for a message, and not for what a webhook brings, is told that it is none.
#[test]
fn apart_from_events_a_member_of_the_wrong_type_fails_with_its_path() {
    let json = with(REPLY, "message.createdAt", odd_value());
    let error = decode::<OutgoingMessageCreated>(json.as_bytes()).unwrap_err();
    assert_eq!(error.path(), "message.createdAt");

    let message = serde_json::from_str::<serde_json::Value>(&json).unwrap()["message"].to_string();
    assert_eq!(decode::<Message>(message.as_bytes()).unwrap_err().path(), "createdAt");
    let error = decode::<Message>(br#"{"recipients":[{},{"name":5}]}"#).unwrap_err();
    assert_eq!(error.path(), "recipients[1].name");
    let page: Page<ThreadEntry> = decode(format!(r#"{{"results":[{message}]}}"#).as_bytes()).unwrap();
    let entry = page.items()[0].as_unrecognized().unwrap();
    assert_eq!(entry.decode_error().unwrap().path(), "createdAt");
}

#[test]
fn a_member_that_is_mended_by_hand_is_written_as_mended() {
    let ChannelEvent::OutgoingMessageCreated(mut reply) = read(&with(REPLY, "portalId", odd_value())) else {
        panic!("not recognized")
    };
    reply.portal_id = "62515".into();
    let mended = serde_json::to_string(&ChannelEvent::OutgoingMessageCreated(reply)).unwrap();
    assert_same_json(&mended, &serde_json::from_str::<serde_json::Value>(REPLY).unwrap().to_string());
}

#[test]
fn an_odd_capability_costs_neither_the_channel_nor_the_list() {
    let json = r#"{"results":[{"id":"6","capabilities":{"threadingModel":["INTEGRATION_THREAD_ID"],"richText":{"all":true},
        "allowOutgoingMessages":"false","maxFileAttachmentCount":null,"outgoingAttachmentTypes":["FILE",1.50]}},
        {"id":"7"}]}"#;
    let page: Page<Channel> = decode(json.as_bytes()).unwrap();
    assert_same_json(&serde_json::to_string(&page).unwrap(), json);
    assert_eq!(page.items().len(), 2);
    let capabilities = page.items()[0].capabilities.as_ref().unwrap();
    let odd = [
        "threadingModel",
        "richText",
        "allowOutgoingMessages",
        "outgoingAttachmentTypes",
    ];
    assert_eq!(capabilities.odd_members(), odd);
    assert!(capabilities.max_file_attachment_count.is_null());
    let error = decode::<Page<Channel>>(br#"{"results":[{"capabilities":[]}]}"#).unwrap_err();
    assert_eq!(error.path(), "results[0].capabilities");

    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:42"));
    let reply = NewMessage::new("3307400689", MessageDirection::Outgoing, visitor, "Yes")
        .set_rich_text("<p>Yes</p>")
        .add_attachment(FileAttachment::new("122692044085"));
    assert!(reply.preflight(Some(capabilities)).is_empty(), "nothing is known of what is odd");

    let found = NewChannel::new("Harbour chat", capabilities.clone()).preflight();
    assert_eq!(found.refusals().count(), 0);
    let advised: Vec<String> = found.advice().map(|finding| finding.path.clone()).collect();
    assert_eq!(advised, odd.map(|name| format!("capabilities.{name}")));
}
