//! What can happen to an emulator.

use std::{sync::Mutex, time::Duration};

use http::Method;
use hubchannel_api::{AuthorizeUrl, clock::ManualClock};
use hubchannel_emulator::{
    AgentMessage, Emulator,
    admin::{AgentInput, ContactInput, FileUpload},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    common::{Ask, CHANNELS, hello_with, in_process, now},
    world::{Bridge, seed, show},
};

#[derive(Clone, Debug)]
pub(crate) enum Event {
    Publish(Option<&'static str>, Option<&'static str>, &'static str, String, Value),
    Report(usize, &'static str),
    Reply(usize, String, Option<Vec<u8>>),
    Close(usize),
    Reopen(usize),
    Assign(usize, bool),
    Upload(String, Vec<u8>),
    Agent(String),
    Contact(String),
    Register(String),
    Connect(String),
    Authorize(bool),
    Renew,
    Switch(bool),
    Purge,
    Deliver(Vec<u16>),
    Replay(usize),
    Hurry(usize),
    Pass(u64),
    Forward(u64),
    Freeze,
    Resume,
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let place = || 0..6_usize;
    let bytes = || vec(any::<u8>(), 0..6);
    let thread = option::of(select(vec!["a", "b"]));
    let key = option::of(select(vec!["k", "l"]));
    let account = select(vec!["3307400689", "3307400690"]);
    let odd = prop_oneof![
        3 => Just(json!([])),
        1 => Just(json!([{"type": "LOCATION", "latitude": 13, "longitude": 52.520_006_600_000_01}])),
        1 => Just(json!([{"type": "QUICK_REPLIES", "quickReplies": [{"value": "y", "valueType": "TEXT", "label": "Y"}]}])),
    ];
    prop_oneof![
        6 => (thread, key, account, ".{1,8}", odd)
            .prop_map(|(thread, key, account, text, odd)| Event::Publish(thread, key, account, text, odd)),
        2 => (place(), select(vec!["SENT", "READ", "FAILED"])).prop_map(|(at, status)| Event::Report(at, status)),
        4 => (place(), ".{1,8}", option::of(bytes())).prop_map(|(at, text, file)| Event::Reply(at, text, file)),
        1 => place().prop_map(Event::Close),
        1 => place().prop_map(Event::Reopen),
        1 => (place(), any::<bool>()).prop_map(|(at, somebody)| Event::Assign(at, somebody)),
        1 => ("[a-z]{1,3}", bytes()).prop_map(|(name, content)| Event::Upload(name, content)),
        1 => "[a-z]{1,3}".prop_map(Event::Agent),
        1 => "[a-z]{1,3}".prop_map(Event::Contact),
        1 => "[a-z]{1,3}".prop_map(Event::Register),
        1 => "[a-z]{1,3}".prop_map(Event::Connect),
        1 => any::<bool>().prop_map(Event::Authorize),
        1 => Just(Event::Renew),
        1 => any::<bool>().prop_map(Event::Switch),
        1 => Just(Event::Purge),
        3 => vec(select(vec![204_u16, 500, 0]), 0..3).prop_map(Event::Deliver),
        1 => place().prop_map(Event::Replay),
        1 => place().prop_map(Event::Hurry),
        2 => (0..100_000_000_u64).prop_map(Event::Pass),
        1 => (0..100_000_u64).prop_map(Event::Forward),
        1 => Just(Event::Freeze),
        1 => Just(Event::Resume),
    ]
}

/// Lets it happen; what comes of it.
pub(crate) fn act(emulator: &Emulator, event: &Event) -> Value {
    let ask = |ask: Ask| now(in_process(emulator, ask));
    let message = |at: usize| {
        let messages = emulator.messages();
        messages
            .get(at)
            .map_or("none".to_owned(), |message| message.id.as_ref().unwrap().to_string())
    };
    let thread = |at: usize| {
        let threads = emulator.threads();
        threads.get(at).map_or("7".into(), |thread| thread.id.clone())
    };
    match event {
        Event::Publish(thread, key, account, text, attachments) => {
            let body = hello_with(json!({
                "channelAccountId": account,
                "integrationThreadId": thread,
                "integrationIdempotencyId": key,
                "text": text,
                "attachments": attachments,
                "timestamp": null,
            }));
            show(&ask(Ask::publish(body)))
        }
        Event::Report(at, status) => {
            let body = json!({"statusType": status, "errorMessage": "no such number"});
            show(&ask(Ask::patch(&message(*at), body)))
        }
        Event::Reply(at, text, file) => {
            let mut reply = AgentMessage::new(text.as_str());
            if let Some(content) = file {
                reply = reply.add_new_file("a b.pdf", "application/pdf", content.clone());
            }
            json!(format!(
                "{:?}",
                emulator
                    .agent_replies(thread(*at), reply)
                    .map_err(|error| error.to_string())
            ))
        }
        Event::Close(at) => json!(format!("{:?}", emulator.close_thread(thread(*at)))),
        Event::Reopen(at) => json!(format!("{:?}", emulator.reopen_thread(thread(*at)))),
        Event::Assign(at, true) => json!(format!("{:?}", emulator.assign_thread(thread(*at), "A-2620022"))),
        Event::Assign(at, false) => json!(format!("{:?}", emulator.unassign_thread(thread(*at)))),
        Event::Upload(name, content) => {
            let upload = FileUpload {
                portal_id: None,
                name: format!("{name}.txt"),
                media_type: "text/plain".to_owned(),
                content: content.clone().into(),
            };
            json!(emulator.upload_file(upload).unwrap())
        }
        Event::Agent(name) => {
            let input: AgentInput = serde_json::from_value(json!({"name": name})).unwrap();
            json!(format!("{:?}", emulator.create_agent(input)))
        }
        Event::Contact(name) => {
            let input = json!({"name": name, "email": format!("{name}@example.com")});
            let input: ContactInput = serde_json::from_value(input).unwrap();
            json!(format!("{:?}", emulator.create_contact(input)))
        }
        Event::Register(name) => {
            let body = json!({"name": name, "capabilities": {"threadingModel": "DELIVERY_IDENTIFIER"}});
            let path = format!("{CHANNELS}?hapikey=emulated-developer-key&appId=77");
            show(&ask(Ask::new(Method::POST, path).json(body).anonymous()))
        }
        Event::Connect(name) => {
            let connection = emulator.start_connection("2930388", emulator.inbox_id()).unwrap();
            let token = connection.redirect.account_token.expose();
            let path = format!("{CHANNELS}/2930388/channel-account-staging-tokens/{token}");
            let body = json!({
                "accountName": name,
                "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": name},
            });
            show(&ask(Ask::new(Method::PATCH, path).json(body)))
        }
        Event::Authorize(redeemed) => {
            let page = AuthorizeUrl::new("emulated-client-77", "https://bridge.example.com/oauth").add_scope("files");
            let code = emulator.authorize(62516, &page.to_string()).unwrap().code;
            if !redeemed {
                return json!(code);
            }
            let pairs = [
                ("grant_type", "authorization_code"),
                ("code", code.expose()),
                ("redirect_uri", "https://bridge.example.com/oauth"),
                ("client_id", "emulated-client-77"),
                ("client_secret", "emulated-client-secret"),
            ];
            show(&ask(Ask::form("/oauth/v1/token", &pairs)))
        }
        Event::Renew => {
            let token = emulator.refresh_token(62515, ["conversations.read"]);
            let pairs = [
                ("grant_type", "refresh_token"),
                ("refresh_token", token.expose()),
                ("client_id", "emulated-client-77"),
                ("client_secret", "emulated-client-secret"),
            ];
            show(&ask(Ask::form("/oauth/v1/token", &pairs)))
        }
        Event::Switch(active) => json!(emulator.set_channel_account_active("3307400690", *active)),
        Event::Purge => json!(emulator.purge_channel_account("3307400690")),
        Event::Deliver(fates) => {
            let bridge = Bridge {
                fates: Mutex::new(fates.clone()),
                ..Bridge::default()
            };
            let attempts = now(emulator.deliver(&bridge));
            json!([attempts, bridge.arrived.into_inner().unwrap()])
        }
        Event::Replay(at) => json!(emulator.replay(*at)),
        Event::Hurry(at) => json!(emulator.retry_now(*at)),
        // The clock that both have is turned by who has them.
        Event::Pass(_) => json!(null),
        Event::Forward(millis) => {
            emulator.advance_clock(Duration::from_millis(*millis)).unwrap();
            json!(emulator.clock_reading())
        }
        Event::Freeze => json!(emulator.freeze_clock()),
        Event::Resume => json!(emulator.resume_clock()),
    }
}

/// Turns the clock where that is what happens.
pub(crate) fn turn(clock: &ManualClock, event: &Event) {
    if let Event::Pass(millis) = event {
        clock.advance(Duration::from_millis(*millis));
    }
}

pub(crate) fn happen(emulator: &Emulator, clock: &ManualClock, events: &[Event]) {
    for event in events {
        turn(clock, event);
        act(emulator, event);
    }
}

/// Two messages and a reply with a file in one thread.
pub(crate) fn busy(clock: &ManualClock) -> Emulator {
    let emulator = Emulator::with_seed(seed(clock));
    for text in ["Hello", "Anybody there?"] {
        let key = Some(if text == "Hello" { "k" } else { "l" });
        act(&emulator, &Event::Publish(Some("a"), key, "3307400689", text.to_owned(), json!([])));
    }
    act(&emulator, &Event::Reply(0, "Yes".to_owned(), Some(vec![0, 159, 146, 150])));
    emulator
}
