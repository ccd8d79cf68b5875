//! What is found, missing, or cannot be told.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use hubchannel_api::{
    Body, CallOptions, Error, Operation, PublishMessage, ReconcilePublish, Waits,
    clock::Clock,
    model::{
        Attachment, DeliveryIdentifier, FileAttachment, Message, MessageDirection, Participant, Sender, ThreadEntry,
        ThreadStatus, ThreadingModel, Timestamp, TruncationStatus, decode,
    },
};
use serde_json::json;

use crate::world::{SENT, Told, World, at, body, changed, entry, found, message, rejected};

#[test]
fn the_message_is_found_among_others_on_any_page() {
    let world = World::new();
    world
        .show(changed("1", |other| other.text = "Hello".into()))
        .show(changed("2", |other| other.direction = MessageDirection::Outgoing.into()))
        .show(changed("3", |other| other.channel_account_id = "1".into()))
        .show(changed("4", |other| other.channel_id = "1".into()))
        .show(changed("5", |other| {
            let address = DeliveryIdentifier::opaque("chat:1");
            other.senders = vec![Sender::build(|sender| sender.delivery_identifier = address.into())].into();
        }))
        .show(changed("6", |other| {
            other.attachments = vec![Attachment::from(FileAttachment::new("1"))].into();
        }))
        .show(ThreadEntry::Message(message("7", -60_000)))
        .show(entry(json!({"type": "COMMENT", "text": "Is the blue one in stock?", "createdAt": at(0)})))
        .show(changed("8", |it| it.text = " Is the blue one\r\nin stock? ".into()));
    assert_eq!(world.reconcile(world.in_thread()), found("8"));
    assert_eq!(world.clock.monotonic(), Duration::ZERO);
    let state = world.state();
    assert!(
        state
            .options
            .iter()
            .all(|options| options.portal == Some("62515".into())),
        "the options of publishing"
    );
}

#[test]
fn a_message_that_is_shown_late_is_waited_for() {
    let world = World::new();
    world.show_from(ThreadEntry::Message(message("1", 300)), 20);
    assert_eq!(world.reconcile(world.in_thread()), found("1"));
    assert_eq!(world.clock.monotonic(), Duration::from_secs(31));
}

#[test]
fn a_message_that_is_not_there_after_a_minute_was_not_published() {
    let world = World::new();
    world.show(changed("1", |other| {
        other.text = "Hello".into();
        other.created_at = Timestamp::from_unix_millis(SENT + 1).into();
    }));
    world.show(ThreadEntry::Message(message("2", -900_001)));
    assert_eq!(world.reconcile(world.in_thread()), Told::NotFound);
    assert_eq!(world.clock.monotonic(), Duration::from_secs(63));
}

#[test]
fn nothing_is_said_to_be_missing_before_a_wait() {
    let world = World::new();
    for waits in [Waits::none(), Waits::new([Duration::ZERO])] {
        assert_eq!(world.reconcile(world.in_thread().with_waits(waits)), Told::TooSoon);
    }
    let options = CallOptions::default().with_deadline(Duration::from_secs(30));
    assert_eq!(world.reconcile(world.in_thread().with_options(options)), Told::TooSoon);
}

#[test]
fn nothing_is_said_to_be_missing_from_a_thread_that_was_closed() {
    let closed_since = entry(json!({"type": "THREAD_STATUS_CHANGE", "newStatus": "CLOSED", "createdAt": at(5000)}));
    let unreadable = entry(json!({"type": "THREAD_STATUS_CHANGE", "newStatus": [], "createdAt": at(5000)}));
    let unknown = entry(json!({"type": "THREAD_SPLIT", "createdAt": at(5000)}));
    let whenever = entry(json!({"type": "THREAD_STATUS_CHANGE"}));
    for entry in [closed_since, unreadable, unknown, whenever] {
        let world = World::new();
        world.show(entry);
        assert_eq!(world.reconcile(world.in_thread()), Told::OtherThread);
    }
    for before in ["THREAD_STATUS_CHANGE", "THREAD_SPLIT"] {
        let world = World::new();
        world.show(entry(json!({"type": before, "createdAt": at(-900_001)})));
        assert_eq!(world.reconcile(world.in_thread()), Told::NotFound);
    }
    let world = World::new();
    world.state().status = ThreadStatus::Closed;
    assert_eq!(world.reconcile(world.in_thread()), Told::OtherThread);
    // But what is there is there.
    world.show(ThreadEntry::Message(message("1", 0)));
    assert_eq!(world.reconcile(world.in_thread()), found("1"));
}

#[test]
fn nothing_is_said_to_be_missing_from_a_thread_that_need_not_be_the_message_s() {
    let world = World::new();
    let mut call = world.in_thread();
    call.publish.body.integration_thread_id = None.into();
    assert_eq!(world.reconcile(call.clone()), Told::OtherThread);
    let call = call.with_threading_model(ThreadingModel::DeliveryIdentifier);
    assert_eq!(world.reconcile(call), Told::NotFound);
}

#[test]
fn a_page_that_is_missing_leaves_it_open() {
    let world = World::new();
    // Not even what was seen before it decides: another may be as like.
    world.show(ThreadEntry::Message(message("1", 300)));
    world.show(changed("2", |other| {
        other.text = "Hello".into();
        other.created_at = Timestamp::from_unix_millis(SENT + 1).into();
    }));
    world.state().failures.extend([Some(500); 7]);
    assert_eq!(world.reconcile(world.in_thread()), Told::Failed(Some(500)));
    assert_eq!(world.clock.monotonic(), Duration::from_secs(63));
    // What passes is waited for, and what does not is not.
    world.state().failures.extend([Some(502), None]);
    assert_eq!(world.reconcile(world.in_thread()), found("1"));
    world.state().failures.extend([Some(403)]);
    let before = world.clock.monotonic();
    assert_eq!(world.reconcile(world.in_thread()), Told::Failed(Some(403)));
    assert_eq!(world.clock.monotonic(), before);
}

#[test]
fn two_of_the_same_words_are_told_apart_by_their_time_or_not_at_all() {
    let two = |first: i64, second: i64| {
        let world = World::new();
        world.show(ThreadEntry::Message(message("1", first)));
        world.show(ThreadEntry::Message(message("2", second)));
        world
    };
    let both = || Told::Ambiguous(vec!["1".into(), "2".into()]);
    for (first, second, told) in [
        (0, 700, found("1")),
        (0, 3_600_000, found("1")),
        (300, 700, both()),
        (300, 3_600_000, both()),
        (0, 0, both()),
        (-900_001, 300, found("2")),
        (-900_000, 300, both()),
        (-60_000, 0, found("2")),
    ] {
        let world = two(first, second);
        assert_eq!(world.reconcile(world.in_thread()), told, "{first} {second}");
    }
    let world = two(300, 700);
    assert_eq!(world.reconcile(world.in_thread().with_others(["2"])), found("1"));
    assert_eq!(world.reconcile(world.in_thread().with_others(["1", "2"])), Told::NotFound);
}

#[test]
fn what_would_tell_and_is_missing_leaves_it_open() {
    type Change = fn(&mut Message);
    let changes: [Change; 11] = [
        // At the very time, the same way: whether HubSpot keeps the rest as it was is not documented.
        |it| it.text = "Hello".into(),
        |it| it.channel_id = "1".into(),
        |it| it.attachments = vec![Attachment::from(FileAttachment::new("1"))].into(),
        // Clocks differ.
        |it| it.created_at = Timestamp::from_unix_millis(SENT - 900_000).into(),
        |it| it.text = None.into(),
        |it| it.direction = None.into(),
        |it| it.senders = vec![Sender::build(|sender| sender.actor_id = "V-1".into())].into(),
        |it| it.created_at = "yesterday".into(),
        |it| it.created_at = Timestamp::from_unix_millis(SENT + 3_600_000).into(),
        |it| it.channel_account_id = None.into(),
        |it| {
            it.text = "Is the blue o…".into();
            it.truncation_status = TruncationStatus::Truncated.into();
        },
    ];
    for change in changes {
        let world = World::new();
        world.show(changed("1", change));
        assert_eq!(world.reconcile(world.in_thread()), Told::Ambiguous(vec!["1".into()]));
    }
    for odd in [
        json!({"type": "MESSAGE", "text": 5, "createdAt": at(0)}),
        json!({"text": "?"}),
        json!(7),
    ] {
        let world = World::new();
        world.show(entry(odd));
        assert_eq!(world.reconcile(world.in_thread()), Told::Ambiguous(Vec::new()));
    }
    let world = World::new();
    world.show(ThreadEntry::Message(message("1", 0)));
    let mut timeless = world.in_thread();
    timeless.publish.body.timestamp = None.into();
    assert_eq!(world.reconcile(timeless), Told::Ambiguous(vec!["1".into()]));
}

#[test]
fn addresses_of_people_are_the_same_in_another_spelling() {
    for (sent, shown, same) in [
        (DeliveryIdentifier::email("Ada@example.com"), DeliveryIdentifier::email("ada@example.com"), true),
        (DeliveryIdentifier::phone("+4915112345678"), DeliveryIdentifier::phone("+49 151 12345678"), true),
        (DeliveryIdentifier::phone("+4915112345678"), DeliveryIdentifier::phone("+4915112345679"), false),
        (DeliveryIdentifier::opaque("Ada"), DeliveryIdentifier::opaque("ada"), false),
        (DeliveryIdentifier::opaque("ada@example.com"), DeliveryIdentifier::email("ada@example.com"), false),
    ] {
        let world = World::new();
        world.show(changed("1", |message| {
            message.created_at = Timestamp::from_unix_millis(SENT + 1).into();
            message.senders = vec![Sender::build(|sender| sender.delivery_identifier = shown.into())].into();
        }));
        let mut call = world.in_thread();
        call.publish.body.senders = vec![Participant::new(sent)].into();
        assert_eq!(world.reconcile(call), if same { found("1") } else { Told::NotFound });
    }
}

#[test]
fn files_tell_messages_without_words_apart() {
    let world = World::new();
    for (id, file) in [("1", "77"), ("2", "78")] {
        world.show(changed(id, |message| {
            message.text = "".into();
            message.attachments = vec![Attachment::from(FileAttachment::new(file))].into();
        }));
    }
    let mut call = world.in_thread();
    call.publish.body = call.publish.body.add_attachment(FileAttachment::new("78"));
    call.publish.body.text = "".into();
    assert_eq!(world.reconcile(call), found("2"));
}

#[test]
fn a_message_is_read_by_its_id() {
    let world = World::new();
    world
        .state()
        .messages
        .push((message("5c1f", 0), Duration::from_secs(3)));
    let call = ReconcilePublish::new(PublishMessage::new("2930388", body()));
    assert_eq!(world.reconcile(call.clone()), Told::NowhereToLook);
    assert_eq!(world.reconcile(call.clone().with_message_id("5c1f")), found("5c1f"));
    assert_eq!(world.state().read, 3);
    assert_eq!(world.reconcile(call.with_message_id("0000")), Told::NotFound);
}

#[test]
fn a_message_that_cannot_be_read_by_its_id_is_looked_for_in_its_thread_and_not_missed_there() {
    let world = World::new();
    let call = world.in_thread().with_message_id("5c1f");
    for (status, body) in [
        (503, ""),
        (404, ""),
        (404, "<html>5c1f</html>"),
        (404, r#"{"message":"Channel 2930388 not found","category":"OBJECT_NOT_FOUND"}"#),
        (404, r#"{"message":"nothing at /messages/5c1f"}"#),
    ] {
        world.state().unreadable = Some((status, body));
        let before = world.clock.monotonic();
        assert_eq!(world.reconcile(call.clone()), Told::Failed(Some(status)), "{body}");
        assert_eq!(world.clock.monotonic() - before, Duration::from_secs(63), "it may be shown late");
    }
    world.state().unreadable = Some((404, r#"{"message":"No message 5c1f","category":"OBJECT_NOT_FOUND"}"#));
    assert_eq!(world.reconcile(call.clone()), Told::NotFound);
    world.show(ThreadEntry::Message(message("5c1f", 0)));
    assert_eq!(world.reconcile(call), found("5c1f"));
}

#[test]
fn an_answer_that_could_not_be_read_may_tell_the_id() {
    let unreadable = |headers: HeaderMap, body: &'static str| {
        let error = decode::<Message>(body.as_bytes()).unwrap_err();
        Error::unreadable(PublishMessage::INFO, StatusCode::CREATED, headers, Body::from(body), error)
    };
    let location = |location: &'static str| {
        HeaderMap::from_iter([("location".parse().unwrap(), location.parse::<HeaderValue>().unwrap())])
    };
    let path = "https://api.hubapi.com/conversations/v3/custom-channels/2930388/messages/5c1f?x=1";
    for (error, id) in [
        (unreadable(HeaderMap::new(), r#"{"id": "5c1f", "senders": 5}"#), Some("5c1f")),
        (unreadable(location(path), "<html>"), Some("5c1f")),
        (unreadable(location("/elsewhere/5c1f"), "<html>"), None),
        (unreadable(location("/messages/../x"), "<html>"), None),
        (unreadable(HeaderMap::new(), "{"), None),
        (rejected::<PublishMessage>(500), None),
    ] {
        let call = ReconcilePublish::after(PublishMessage::new("2930388", body()), &error);
        assert_eq!(call.message_id.as_ref().map(|id| id.as_str()), id, "{error}");
    }
}
