//! An agent's reply, from whatever HubSpot leaves out.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{ChannelEvent, ChannelEvents, decode};
use hubchannel_testkit::bodies;
use hubchannel_webhook::{AgentReply, DeliveryKey, Threading};

fn events(json: &str) -> ChannelEvents {
    decode(json.as_bytes()).unwrap()
}

#[test]
fn a_whole_reply_is_seen_whole() {
    let events = events(
        r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"62515","channelId":"2930388","eventId":"evt-1",
        "channelIntegrationThreadIds":["chat-42","chat-43"],
        "message":{"type":"MESSAGE","id":"8a7b","conversationsThreadId":"19615248623","channelAccountId":"3307400689",
            "createdBy":"I-1","senders":[{"name":"Grace"},{"actorId":"A-2620022"}],
            "recipients":[{"actorId":"V-1401"},
                {"deliveryIdentifier":{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"chat:1"}},
                {"deliveryIdentifier":{"type":"HS_PHONE_NUMBER","value":"+4915112345678"}}],
            "text":"Hello","richText":"<p>Hello <img src='https://a.example/1.png'></p><img src=cid:2>",
            "attachments":[{"type":"FILE","fileId":"1","url":"https://a.example/f"},{"type":"LOCATION"},{"type":"NEW"}],
            "truncationStatus":"TRUNCATED"}}"#,
    );
    let reply = AgentReply::of(&events[0]).unwrap();
    assert_eq!(reply.message_id().unwrap(), "8a7b");
    assert_eq!(reply.thread_id().unwrap(), "19615248623");
    assert_eq!(*reply.own_thread_ids().unwrap(), ["chat-42", "chat-43"]);
    assert_eq!(reply.threading(), Threading::OwnIds);
    assert_eq!(reply.recipient().unwrap().value.as_deref(), Some("chat:1"));
    assert_eq!(reply.recipients().count(), 2);
    assert_eq!((reply.text(), reply.is_truncated()), (Some("Hello"), true));
    assert_eq!(reply.attachments().len(), 3);
    assert_eq!(
        reply
            .files()
            .map(|file| file.file_id.as_ref().unwrap().as_str())
            .collect::<Vec<_>>(),
        ["1"]
    );
    let images: Vec<_> = reply
        .inline_images()
        .map(|image| image.source.web().map(|url| url.to_string()))
        .collect();
    assert_eq!(images, [Some("https://a.example/1.png".to_owned()), None]);
    assert_eq!(reply.agent().unwrap(), "A-2620022");
    assert_eq!(reply.channel_id().unwrap(), "2930388");
    assert_eq!(reply.channel_account_id().unwrap(), "3307400689");
    assert_eq!(reply.portal_id().unwrap(), "62515");
    assert_eq!(reply.delivery_key().as_str(), "message/62515/8a7b");
    assert_eq!(reply.message(), reply.event().message.as_ref());
}

#[test]
fn whatever_is_missing_costs_nothing_else() {
    for json in [
        r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED"}"#,
        r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":null}"#,
        r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{"recipients":null,"attachments":[]}}"#,
    ] {
        let events = events(json);
        let reply = AgentReply::of(&events[0]).unwrap();
        assert_eq!((reply.message_id(), reply.recipient(), reply.text(), reply.agent()), (None, None, None, None));
        assert_eq!(reply.threading(), Threading::Participants);
        assert!(reply.own_thread_ids().unwrap().is_empty() && reply.attachments().is_empty() && !reply.is_truncated());
        assert_eq!(reply.inline_images().count(), 0);
    }
    let created =
        events(r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{"createdBy":"A-1","channelId":"7"}}"#);
    let reply = AgentReply::of(&created[0]).unwrap();
    assert_eq!((reply.agent().unwrap().as_str(), reply.channel_id().unwrap().as_str()), ("A-1", "7"));
    for other in [r#"{"type":"CHANNEL_ACCOUNT_CREATED"}"#, r#"{"type":"NEW"}"#, "7"] {
        assert_eq!(AgentReply::of(&events(other)[0]), None);
    }
}

#[test]
fn ids_that_hubspot_may_have_made_up_are_told_from_the_bridges_own() {
    let threading = |ids: &str| {
        let events =
            events(&format!(r#"{{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","channelIntegrationThreadIds":{ids}}}"#));
        AgentReply::of(&events[0]).unwrap().threading()
    };
    assert_eq!(threading(r#"["8465029897"]"#), Threading::Numbers);
    assert_eq!(threading("[8465029897]"), Threading::Numbers);
    assert_eq!(threading(r#"["8465029897","chat-42"]"#), Threading::OwnIds);
    assert_eq!(threading(r#"["eb-reply-12345"]"#), Threading::OwnIds);
    assert_eq!(threading(r#"[""]"#), Threading::OwnIds);
    assert_eq!(threading("[]"), Threading::Participants);
    assert_eq!(threading("null"), Threading::Participants);
}

#[test]
fn ids_that_cannot_be_read_are_not_taken_for_none() {
    let within = |ids: &str| {
        let json = format!(
            r#"{{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{{"channelIntegrationThreadIds":{ids}}}}}"#
        );
        let events = events(&json);
        let reply = AgentReply::of(&events[0]).unwrap();
        assert_eq!(reply.own_thread_ids().is_err(), reply.threading() == Threading::Unreadable, "{ids}");
        reply.threading()
    };
    for odd in [
        "7",
        "true",
        "{}",
        r#""chat-42""#,
        r#"[{"id":"chat-42"}]"#,
        "[null]",
        r#"["chat-42",[]]"#,
    ] {
        assert_eq!(within(odd), Threading::Unreadable, "{odd}");
    }
    for none in ["[]", "null"] {
        assert_eq!(within(none), Threading::Participants, "{none}");
    }
    assert_eq!(within(r#"["chat-42"]"#), Threading::OwnIds);

    // A member that is known and could not be read stands among the unknown ones.
    let whole = r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{"channelIntegrationThreadIds":["chat-42"]}}"#;
    for (json, expected) in [
        (whole, Threading::OwnIds),
        (r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{}}"#, Threading::Unreadable),
        (r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED"}"#, Threading::Unreadable),
    ] {
        let mut events: Vec<ChannelEvent> = events(json).iter().cloned().collect();
        let ChannelEvent::OutgoingMessageCreated(event) = &mut events[0] else {
            panic!("{json}")
        };
        event.extra.insert("channelIntegrationThreadIds", "chat-42").unwrap();
        assert_eq!(AgentReply::of(&events[0]).unwrap().threading(), expected, "{json}");
    }
}

fn key(json: &str) -> DeliveryKey {
    DeliveryKey::of(&events(json)[0])
}

#[test]
fn a_message_is_known_by_its_id_whatever_brings_it() {
    let message = |event: &str, id: &str| {
        key(&format!(
            r#"{{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":62515,"eventId":"{event}","message":{{"id":"{id}"}}}}"#
        ))
    };
    assert_eq!(message("evt-1", "8a7b"), message("evt-2", "8a7b"));
    assert_ne!(message("evt-1", "8a7b"), message("evt-1", "8a7c"));
    let alone = r#"{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"62515","eventId":"evt-1","message":{}}"#;
    assert_eq!(key(alone).as_str(), "event/OUTGOING_CHANNEL_MESSAGE_CREATED/62515/evt-1");
}

#[test]
fn an_event_is_known_by_its_id_or_by_all_that_it_says() {
    let purged = r#"{"type":"CHANNEL_ACCOUNT_PURGED","portalId":"1","eventId":"x/y%"}"#;
    assert_eq!(key(purged).as_str(), "event/CHANNEL_ACCOUNT_PURGED/1/x%2Fy%25");
    // What tells nothing apart is no id.
    assert!(key(&purged.replace("x/y%", "")).as_str().starts_with("digest/"));
    let (one, other) =
        (r#"{"type":"CHANNEL_ACCOUNT_PURGED","channelAccountId":"1"}"#, r#"{"type":"NEW","eventId":"1"}"#);
    assert_eq!(key(one), key(one));
    assert_ne!(key(one), key(&one.replace("\"1\"", "\"2\"")));
    assert_ne!(key(other), key(&other.replace("\"1\"", "\"2\"")));
    assert!(key(other).as_str().starts_with("digest/"));
}

#[test]
fn keys_are_short_and_never_the_same_by_their_parts() {
    let message = |portal: &str, id: &str| {
        key(&format!(
            r#"{{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","portalId":"{portal}","message":{{"id":"{id}"}}}}"#
        ))
    };
    assert_ne!(message("a/b", "c"), message("a", "b/c"));
    assert_ne!(message("a%2Fb", "c"), message("a/b", "c"));
    assert_ne!(message("", "1"), message("1", ""));
    let long = "ü".repeat(1000);
    let key = message(&long, &long);
    assert!(key.as_str().len() <= DeliveryKey::MAX_LENGTH && key.as_str().is_ascii());
    assert_ne!(key, message(&long, &"ü".repeat(1001)));
}

#[test]
fn an_event_of_a_subscription_is_the_same_at_every_attempt() {
    let key = |json: &str| {
        let events: hubchannel_model::ConversationEvents = decode(json.as_bytes()).unwrap();
        DeliveryKey::of_conversation_event(&events[0])
    };
    let event = |id: u64, attempt: &str, value: &str| {
        key(&format!(
            r#"[{{"eventId":{id},"subscriptionType":"conversation.propertyChange","objectId":1,"occurredAt":2,
            "propertyName":"status","propertyValue":"{value}","attemptNumber":{attempt}}}]"#
        ))
    };
    assert_eq!(event(1, "0", "CLOSED"), event(1, "3", "CLOSED"));
    assert_ne!(event(1, "0", "CLOSED"), event(1, "0", "OPEN"), "an event id need not be its own alone");
    assert_ne!(event(1, "0", "CLOSED"), event(2, "0", "CLOSED"));
    assert_ne!(key("[7]"), key("[8]"));
}

#[test]
fn the_typical_event_is_seen_without_a_copy() {
    let events = events(&bodies::reply_event(bodies::MESSAGE));
    let reply = AgentReply::of(&events[0]).unwrap();
    let cost = allocation_counter::measure(|| {
        assert!(reply.message_id().is_some() && reply.recipient().is_some() && reply.text().is_some());
        assert_eq!((reply.threading(), reply.own_thread_ids().unwrap().len()), (Threading::OwnIds, 1));
        assert_eq!(reply.files().count(), 1);
    });
    assert_eq!(cost.count_total, 0);
}
