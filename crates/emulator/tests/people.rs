//! Agents who answer, contacts who are found, and what stands in a thread of what was done.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use common::{Ask, hello_with, in_process, noon};
use http::Method;
use hubchannel_api::{
    clock::ManualClock,
    model::{ChannelCapabilities, ChannelEvent, OutgoingAttachmentType, RichTextFeature, ThreadingModel},
};
use hubchannel_emulator::{
    AccountSeed, Agent, AgentError, AgentMessage, ChannelSeed, Contact, Emulator, Seed, Threading, TokenSeed,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const CONVERSATIONS: &str = "/conversations/v3/conversations";

fn seed() -> Seed {
    Seed::default()
        .with_clock(ManualClock::new(noon()))
        .add_agent(Agent::new(7001, 62515).set_name("Grace").set_email("grace@example.com"))
        .add_agent(Agent::new(7002, 62516))
        .add_contact(
            Contact::new("151", 62515)
                .set_name("Ada L.")
                .set_email("Ada@example.com"),
        )
        .add_contact(Contact::new("152", 62515).set_phone("+4915112345678"))
        .add_contact(Contact::new("153", 62516).set_phone("+4915112345679"))
}

/// The channel with these capabilities.
fn able(capabilities: ChannelCapabilities) -> Emulator {
    Emulator::with_seed(Seed::new(
        ChannelSeed::new("2930388", 40_776_849).set_capabilities(capabilities),
        AccountSeed::new("3307400689", "2930388", 62515),
        TokenSeed::new("emulated-access-token", 62515, 40_776_849),
    ))
}

fn outgoing() -> ChannelCapabilities {
    ChannelCapabilities::new(ThreadingModel::IntegrationThreadId).set_allow_outgoing_messages(true)
}

async fn publish(emulator: &Emulator, changes: Value) -> Value {
    let answer = in_process(emulator, Ask::publish(hello_with(changes))).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

fn thread_of(message: &Value) -> String {
    message["conversationsThreadId"].as_str().unwrap().to_owned()
}

async fn read(emulator: &Emulator, path: &str) -> Value {
    let answer = in_process(emulator, Ask::get(format!("{CONVERSATIONS}/{path}"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn entries(emulator: &Emulator, thread: &str) -> Vec<Value> {
    let page = read(emulator, &format!("threads/{thread}/messages")).await;
    page["results"].as_array().unwrap().clone()
}

fn from(kind: &str, value: &str) -> Value {
    json!([{"deliveryIdentifier": {"type": kind, "value": value}}])
}

#[tokio::test]
async fn a_reply_stands_in_the_thread_and_is_reported_with_all_that_a_bridge_needs() {
    let emulator = Emulator::with_seed(seed());
    let published = publish(&emulator, json!({})).await;
    let thread = thread_of(&published);
    emulator.add_integration_thread_id(&*thread, "chat-43").unwrap();
    let reply = emulator
        .agent_replies(&*thread, AgentMessage::new("Yes").set_agent("A-7001"))
        .unwrap();
    let id = reply.id.as_ref().unwrap().to_string();
    let expected = json!({
        "type": "MESSAGE",
        "id": id,
        "conversationsThreadId": thread,
        "channelId": "2930388",
        "channelAccountId": "3307400689",
        "createdAt": "2023-11-14T22:13:20.000Z",
        "createdBy": "A-7001",
        "client": {"clientType": "HUBSPOT"},
        "senders": [{"actorId": "A-7001"}],
        "recipients": [{
            "actorId": "V-1401",
            "name": "Ada",
            "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:987654321"},
        }],
        "text": "Yes",
        "attachments": [],
        "direction": "OUTGOING",
        "truncationStatus": "NOT_TRUNCATED",
        "status": {"statusType": "SENT"},
        "archived": false,
    });
    let [ChannelEvent::OutgoingMessageCreated(event)] = &emulator.events()[..] else {
        panic!("{:?}", emulator.events());
    };
    assert_eq!(
        serde_json::to_value(event).unwrap(),
        json!({
            "type": "OUTGOING_CHANNEL_MESSAGE_CREATED",
            "portalId": "62515",
            "channelId": "2930388",
            "eventId": event.event_id.as_ref().unwrap().as_str(),
            "eventTimestamp": "2023-11-14T22:13:20.000Z",
            "channelIntegrationThreadIds": ["chat-42", "chat-43"],
            "message": expected,
        })
    );
    let over_api = in_process(&emulator, Ask::get(format!("{}/{id}", common::MESSAGES))).await;
    assert_eq!((over_api.status, over_api.json()), (200, expected.clone()));
    assert_eq!(entries(&emulator, &thread).await, [published, expected]);
    let reported = in_process(&emulator, Ask::patch(&id, json!({"statusType": "READ"}))).await;
    assert_eq!(reported.json()["status"], json!({"statusType": "READ"}));
    assert_eq!(read(&emulator, "actors/A-7001").await["name"], "Grace");
}

#[tokio::test]
async fn a_message_with_any_of_a_threads_own_ids_comes_into_it() {
    let emulator = Emulator::with_seed(seed());
    let thread = thread_of(&publish(&emulator, json!({})).await);
    emulator.add_integration_thread_id(&*thread, "chat-43").unwrap();
    emulator.add_integration_thread_id(&*thread, "chat-43").unwrap();
    let second = publish(&emulator, json!({"integrationThreadId": "chat-43"})).await;
    assert_eq!(thread_of(&second), thread);
    let other = thread_of(&publish(&emulator, json!({"integrationThreadId": "chat-44"})).await);
    let error = emulator.add_integration_thread_id(&*thread, "chat-44").unwrap_err();
    assert!(matches!(&error, AgentError::ThreadIdTaken { thread, .. } if *thread == *other), "{error}");
}

#[tokio::test]
async fn what_is_done_to_a_thread_stands_in_it() {
    let emulator = Emulator::with_seed(seed());
    let thread = thread_of(&publish(&emulator, json!({})).await);
    emulator.assign_thread(&*thread, "A-7001").unwrap();
    emulator.assign_thread(&*thread, "A-7001").unwrap();
    assert_eq!(read(&emulator, &format!("threads/{thread}")).await["assignedTo"], "A-7001");
    emulator.unassign_thread(&*thread).unwrap();
    emulator.close_thread(&*thread).unwrap();
    emulator.close_thread(&*thread).unwrap();
    emulator.reopen_thread(&*thread).unwrap();
    let by_bridge = Ask::new(Method::PATCH, format!("{CONVERSATIONS}/threads/{thread}"));
    in_process(&emulator, by_bridge.json(json!({"status": "CLOSED"}))).await;
    publish(&emulator, json!({"text": "again"})).await;

    let all = entries(&emulator, &thread).await;
    let shown: Vec<Value> = all
        .iter()
        .map(|entry| {
            let what = ["assignedTo", "assignedFrom", "newStatus", "text"];
            let what: Vec<&Value> = what.iter().filter_map(|member| entry.get(member)).collect();
            json!([entry["type"], entry["createdBy"], what])
        })
        .collect();
    assert_eq!(
        shown,
        [
            json!(["MESSAGE", "V-1401", ["Hello"]]),
            json!(["ASSIGNMENT", "A-2620022", ["A-7001"]]),
            json!(["ASSIGNMENT", "A-2620022", ["A-7001"]]),
            json!(["THREAD_STATUS_CHANGE", "A-2620022", ["CLOSED"]]),
            json!(["THREAD_STATUS_CHANGE", "A-2620022", ["OPEN"]]),
            json!(["THREAD_STATUS_CHANGE", "I-40776849", ["CLOSED"]]),
            json!(["MESSAGE", "V-1401", ["again"]]),
            json!(["THREAD_STATUS_CHANGE", "S-hubspot", ["OPEN"]]),
        ]
    );
    assert_eq!((all[1].get("assignedFrom"), all[2].get("assignedTo")), (None, None));
    assert_eq!(all[5]["client"], json!({"clientType": "INTEGRATION", "integrationAppId": 40776849}));
    let id = all[3]["id"].as_str().unwrap();
    assert_eq!(read(&emulator, &format!("threads/{thread}/messages/{id}")).await, all[3]);
}

#[tokio::test]
async fn a_message_to_a_closed_thread_may_open_a_new_one() {
    let emulator = Emulator::with_seed(seed().with_new_threads_after_closed_ones());
    let first = thread_of(&publish(&emulator, json!({})).await);
    emulator.close_thread(&*first).unwrap();
    let second = thread_of(&publish(&emulator, json!({})).await);
    assert_ne!(second, first);
    assert_eq!(thread_of(&publish(&emulator, json!({})).await), second);
    assert_eq!(read(&emulator, &format!("threads/{first}")).await["status"], "CLOSED");
}

#[tokio::test]
async fn a_contact_is_found_by_address_and_made_where_there_is_none() {
    let emulator = Emulator::with_seed(seed());
    let who = async |kind: &str, value: &str| {
        let body = json!({"senders": from(kind, value), "integrationThreadId": value});
        let message = publish(&emulator, body).await;
        let thread = read(&emulator, &format!("threads/{}", thread_of(&message))).await;
        let visitor = message["createdBy"].as_str().unwrap().to_owned();
        assert_eq!(format!("V-{}", thread["associatedContactId"].as_str().unwrap()), visitor);
        visitor
    };
    assert_eq!(who("HS_EMAIL_ADDRESS", "ada@EXAMPLE.com").await, "V-151");
    assert_eq!(who("HS_PHONE_NUMBER", "+4915112345678").await, "V-152");
    // A contact of another portal is nobody here.
    assert_eq!(who("HS_PHONE_NUMBER", "+4915112345679").await, "V-1401");
    assert_eq!(who("CHANNEL_SPECIFIC_OPAQUE_ID", "ada@example.com").await, "V-1402");
    assert_eq!(who("HS_EMAIL_ADDRESS", "new@example.com").await, "V-1403");
    let made: Vec<_> = emulator.contacts().into_iter().skip(3).collect();
    let expected = [
        Contact::new("1401", 62515).set_phone("+4915112345679"),
        Contact::new("1403", 62515).set_email("new@example.com"),
    ];
    assert_eq!(made, expected);
    assert_eq!(
        read(&emulator, "actors/V-151").await,
        json!({"type": "VISITOR", "id": "V-151", "name": "Ada L.", "email": "Ada@example.com"})
    );
}

#[tokio::test]
async fn who_somebody_is_can_be_said_and_is_remembered() {
    let emulator = Emulator::with_seed(seed());
    let opaque = |value: &str, more: Value| {
        let mut body = json!({
            "senders": from("CHANNEL_SPECIFIC_OPAQUE_ID", value),
            "integrationThreadId": value,
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let found = |id: u64| json!({"contacts": [{"contactVid": id, "contactPropertiesLeadingToMatch": ["email"]}]});
    for (value, more, contact) in [
        ("a", json!({"associateWithContactId": 151}), "151"),
        ("b", json!({"preResolvedContacts": found(152)}), "152"),
        ("c", json!({"associateWithContactId": 151, "preResolvedContacts": found(152)}), "151"),
        // Of a contact that nobody has heard of, only the number is known.
        ("d", json!({"associateWithContactId": 999}), "999"),
    ] {
        for more in [more, json!({})] {
            let message = publish(&emulator, opaque(value, more)).await;
            assert_eq!(message["createdBy"], format!("V-{contact}"));
            let thread = read(&emulator, &format!("threads/{}", thread_of(&message))).await;
            assert_eq!(thread["associatedContactId"], contact);
        }
    }
    let unknown = publish(&emulator, opaque("e", json!({}))).await;
    let thread = thread_of(&unknown);
    assert_eq!(unknown["createdBy"], "V-1401");
    assert!(read(&emulator, "actors/V-1401").await.get("name").is_none());
    assert_eq!(emulator.associate_contact(&*thread, "153"), Err(AgentError::NoContact("153".into())));
    emulator.associate_contact(&*thread, "152").unwrap();
    assert_eq!(read(&emulator, &format!("threads/{thread}")).await["associatedContactId"], "152");
    let reply = emulator.agent_replies(&*thread, "Hello").unwrap();
    assert_eq!(reply.recipients.as_ref().unwrap()[0].actor_id, "V-152".into());
    let later = publish(&emulator, opaque("e", json!({"integrationThreadId": "another"}))).await;
    assert_eq!(later["createdBy"], "V-152");
}

#[tokio::test]
async fn two_contacts_at_one_address_are_both_there() {
    let emulator = Emulator::with_seed(seed());
    let sender = &from("CHANNEL_SPECIFIC_OPAQUE_ID", "a")[0];
    let found = [7, 8].map(|id| json!({"contactVid": id, "contactPropertiesLeadingToMatch": ["email"]}));
    let body = json!({"senders": [sender, sender], "preResolvedContacts": {"contacts": found}});
    let message = publish(&emulator, body).await;
    let thread = read(&emulator, &format!("threads/{}", thread_of(&message))).await;
    assert_eq!(thread["associatedContactId"], "7");
    let contacts = emulator.contacts();
    let there = |id: &str| contacts.iter().any(|contact| contact.id.as_str() == id);
    assert!(there("7") && there("8"), "{contacts:?}");
    assert_eq!(emulator.overview().dropped.contacts, 0);
}

#[tokio::test]
async fn a_file_of_an_agents_can_be_downloaded_from_its_address() {
    let files = outgoing().set_outgoing_attachment_types([OutgoingAttachmentType::File]);
    let emulator = able(files);
    let thread = thread_of(&publish(&emulator, json!({})).await);
    let message = AgentMessage::new("").add_new_file("a lamp.png", "image/png", "png");
    let reply = serde_json::to_value(emulator.agent_replies(&*thread, message).unwrap()).unwrap();
    let file = &reply["attachments"][0];
    assert_eq!(
        (&file["type"], &file["name"], &file["fileUsageType"]),
        (&json!("FILE"), &json!("a lamp.png"), &json!("IMAGE"))
    );
    let path = file["url"]
        .as_str()
        .unwrap()
        .strip_prefix("https://api.hubapi.com")
        .unwrap();
    let downloaded = in_process(&emulator, Ask::get(path).anonymous()).await;
    assert_eq!((downloaded.status, downloaded.body.as_slice()), (200, b"png".as_slice()));
    let id = file["fileId"].as_str().unwrap();
    let again = emulator
        .agent_replies(&*thread, AgentMessage::new("again").add_file(id))
        .unwrap();
    assert_eq!(serde_json::to_value(&again).unwrap()["attachments"][0], *file);
    let unknown = emulator.agent_replies(&*thread, AgentMessage::new("x").add_file("1"));
    assert_eq!(unknown, Err(AgentError::NoFile("1".into())));
}

#[tokio::test]
async fn an_agent_sends_what_the_channel_can_do_and_nothing_else() {
    use AgentError as E;
    let file = |media_type: &str, bytes: usize| AgentMessage::new("x").add_new_file("f", media_type, vec![0; bytes]);
    let files = outgoing().set_outgoing_attachment_types([OutgoingAttachmentType::File]);
    let small = files
        .clone()
        .set_max_file_attachment_size_bytes(4)
        .set_max_total_file_attachment_size_bytes(6);
    let html = AgentMessage::html;
    let too_large = |size, most| E::FileTooLarge {
        name: "f".into(),
        size,
        most,
    };
    for (capabilities, message, expected) in [
        (ChannelCapabilities::default(), AgentMessage::new("x"), Some(E::NoOutgoingMessages)),
        (outgoing().set_allow_outgoing_messages(false), AgentMessage::new("x"), Some(E::NoOutgoingMessages)),
        (outgoing(), AgentMessage::new("x"), None),
        (outgoing(), AgentMessage::new(""), Some(E::Empty)),
        (outgoing(), AgentMessage::new("x").set_agent("A-1"), Some(E::NoAgent("A-1".into()))),
        (outgoing(), AgentMessage::new("x").set_agent("A-7002"), Some(E::NoAgent("A-7002".into()))),
        (outgoing(), html("<p>plain</p>"), None),
        (outgoing(), html("<b>x</b>"), Some(E::Formatting(RichTextFeature::Bold))),
        (outgoing().set_rich_text([RichTextFeature::Bold]), html("<b>x</b>"), None),
        (
            outgoing().set_rich_text([RichTextFeature::Bold]),
            html("<b><a href='https://example.com'>x</a></b>"),
            Some(E::Formatting(RichTextFeature::Hyperlink)),
        ),
        (outgoing(), html("<img src='https://example.com/x.png'>"), Some(E::InlineImages)),
        (outgoing().set_allow_inline_images(true), html("<img src='https://example.com/x.png'>"), None),
        (outgoing(), file("image/png", 1), Some(E::NoFiles)),
        (files.clone(), file("image/png", 1), None),
        (
            files.clone().set_max_file_attachment_count(0),
            file("image/png", 1),
            Some(E::TooManyFiles { count: 1, most: 0 }),
        ),
        (
            files.clone().set_allowed_file_attachment_mime_types(["image/*"]),
            file("text/plain", 1),
            Some(E::MediaType {
                name: "f".into(),
                media_type: "text/plain".into(),
            }),
        ),
        (files.clone().set_allowed_file_attachment_mime_types(["image/*"]), file("image/png", 1), None),
        (small.clone(), file("a/b", 4), None),
        (small.clone(), file("a/b", 5), Some(too_large(5, 4))),
        (small, file("a/b", 4).add_new_file("g", "a/b", vec![0; 3]), Some(E::FilesTooLarge { size: 7, most: 6 })),
    ] {
        let emulator = able(capabilities.clone());
        let thread = thread_of(&publish(&emulator, json!({})).await);
        let result = emulator.agent_replies(&*thread, message.clone());
        assert_eq!(result.as_ref().err(), expected.as_ref(), "{capabilities:?} and {message:?}");
        let count = usize::from(expected.is_none());
        assert_eq!((emulator.events().len(), emulator.messages().len()), (count, 1 + count));
    }
}

#[tokio::test]
async fn an_agent_writes_over_what_is_in_use_and_to_somebody() {
    let emulator = Emulator::with_seed(seed());
    let thread = thread_of(&publish(&emulator, json!({})).await);
    let reply = || emulator.agent_replies(&*thread, "x").map(|_| ());
    assert_eq!(emulator.agent_replies("1", "x"), Err(AgentError::NoThread("1".into())));
    let account = emulator.channel_account_id();
    let unusable = |lacking| {
        let account = account.clone();
        Err(AgentError::AccountUnusable { account, lacking })
    };
    emulator.set_channel_account_active(account.clone(), false);
    assert_eq!(reply(), unusable("active"));
    emulator.set_channel_account_active(account.clone(), true);
    let patch = |body| {
        let path = format!("{}/2930388/channel-accounts/{account}", common::CHANNELS);
        Ask::new(Method::PATCH, path).json(body)
    };
    in_process(&emulator, patch(json!({"authorized": false}))).await;
    assert_eq!(reply(), unusable("authorized"));
    in_process(&emulator, patch(json!({"authorized": true}))).await;
    assert_eq!(reply(), Ok(()));
    let recorded = json!({"messageDirection": "OUTGOING", "integrationThreadId": "monologue"});
    let alone = thread_of(&publish(&emulator, recorded).await);
    assert_eq!(emulator.agent_replies(&*alone, "x"), Err(AgentError::NobodyToWriteTo(alone.as_str().into())));
    emulator.archive_channel_account(account.clone());
    assert_eq!(reply(), Err(AgentError::NoChannelAccount(account)));
    let delete = Ask::new(Method::DELETE, format!("{}/2930388", common::CHANNELS)).developer();
    assert_eq!(in_process(&emulator, delete).await.status, 204);
    assert_eq!(reply(), Err(AgentError::NoChannel("2930388".into())));
}

#[tokio::test]
async fn a_reply_goes_to_all_only_where_a_message_may_have_several_recipients() {
    for (several, expected) in [(false, 1), (true, 2)] {
        let emulator = able(outgoing().set_allow_multiple_recipients(several));
        let two = [from("HS_SHORT_CODE", "1"), from("HS_SHORT_CODE", "2")];
        let two: Vec<Value> = two.iter().map(|one| one[0].clone()).collect();
        let thread = thread_of(&publish(&emulator, json!({"senders": two})).await);
        let reply = emulator.agent_replies(&*thread, "x").unwrap();
        assert_eq!(reply.recipients.as_ref().unwrap().len(), expected);
    }
}

#[tokio::test]
async fn a_reply_on_a_channel_that_threads_by_participants_names_no_ids() {
    let seed = Seed::new(
        ChannelSeed::new("2930388", 40_776_849).set_threading(Threading::DeliveryIdentifier),
        AccountSeed::new("3307400689", "2930388", 62515),
        TokenSeed::new("emulated-access-token", 62515, 40_776_849),
    );
    let emulator = Emulator::with_seed(seed);
    let thread = thread_of(&publish(&emulator, json!({})).await);
    emulator.agent_replies(&*thread, "x").unwrap();
    let event = serde_json::to_value(&emulator.events()[0]).unwrap();
    assert!(event.get("channelIntegrationThreadIds").is_none());
    assert_eq!(thread_of(&publish(&emulator, json!({})).await), thread);
    let error = emulator.add_integration_thread_id(&*thread, "own");
    assert_eq!(error, Err(AgentError::NoOwnIds("2930388".into())));
}

proptest! {
    #[test]
    fn any_html_is_checked_without_harm(html in "[<>a-z/='\" !-]{0,60}") {
        let _ = AgentMessage::html(html);
    }
}
