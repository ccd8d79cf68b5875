//! Snapshots: whatever has happened, an emulator that goes on from one cannot be told from the first.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    collections::BTreeSet,
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use common::{Answer, Ask, CHANNELS, MESSAGES, hello_with, in_process, noon};
use http::{Method, Request, Response};
use hubchannel_api::{
    AuthorizeUrl, Body, HttpTransport, Reach, TransportError, TransportErrorKind,
    clock::{Clock as _, ManualClock},
};
use hubchannel_emulator::{
    AccountSeed, AgentMessage, AppSeed, ChannelSeed, Emulator, Heard, Seed, Snapshot, TokenSeed, WebhookState,
    admin::{AgentInput, ContactInput, FileUpload, Window},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

/// With two accounts, a webhook, and an app that is told of conversations.
fn seed(clock: &ManualClock) -> Seed {
    let channel = ChannelSeed::new("2930388", 77)
        .set_webhook_url("https://bridge.example.com/events?tenant=acme")
        .set_channel_account_connection_redirect_url("https://bridge.example.com/connect");
    let capabilities = json!({
        "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID", "HS_EMAIL_ADDRESS"],
        "threadingModel": "INTEGRATION_THREAD_ID",
        "allowOutgoingMessages": true,
        "outgoingAttachmentTypes": ["FILE"],
    });
    let channel = channel.set_capabilities(serde_json::from_value(capabilities).unwrap());
    let account = AccountSeed::new("3307400689", "2930388", 62515);
    let token = TokenSeed::new("emulated-access-token", 62515, 77);
    let app = AppSeed::new(77).set_subscription_url("https://bridge.example.com/conversations");
    Seed::new(channel, account, token)
        .add_app(app)
        .add_account(AccountSeed::new("3307400690", "2930388", 62515))
        .with_clock(clock.clone())
        .without_rate_limits()
}

/// Something that happens. Things are named by their place; a place that is not taken names none.
#[derive(Clone, Debug)]
enum Event {
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

fn event() -> impl Strategy<Value = Event> {
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

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing waits here"),
    }
}

/// Answers with these statuses, 0 for nobody there, and then takes everything.
#[derive(Debug, Default)]
struct Bridge {
    fates: Mutex<Vec<u16>>,
    arrived: Mutex<Vec<Value>>,
}

#[async_trait]
impl HttpTransport for Bridge {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let fate = self.fates.lock().unwrap().pop().unwrap_or(204);
        if fate == 0 {
            return Err(TransportError::new(TransportErrorKind::Connect, Reach::NotSent, "nobody is there"));
        }
        let body = request.into_body().read(u64::MAX).await.unwrap();
        self.arrived
            .lock()
            .unwrap()
            .push(serde_json::from_slice(&body).unwrap());
        let mut response = Response::new(Body::from("answer"));
        *response.status_mut() = fate.try_into().unwrap();
        Ok(response)
    }
}

fn show(answer: &Answer) -> Value {
    json!([answer.status, String::from_utf8_lossy(&answer.body)])
}

/// Lets it happen; what comes of it.
fn act(emulator: &Emulator, event: &Event) -> Value {
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

/// All that can be read of it.
fn read(emulator: &Emulator) -> Value {
    let mut overview = json!(emulator.overview());
    let members = overview.as_object_mut().unwrap();
    // Which changes there were, and how many requests, is of one emulator alone.
    members.remove("sequence").unwrap();
    members["counts"].as_object_mut().unwrap().remove("requests").unwrap();
    let ask = |path: String| show(&now(in_process(emulator, Ask::get(path))));
    let messages = emulator.messages();
    let messages = messages.iter().map(|message| {
        let id = message.id.as_ref().unwrap();
        ask(format!("{MESSAGES}/{id}"))
    });
    let threads = emulator.threads();
    let threads = threads.iter().map(|thread| {
        let view = emulator.conversation(thread.id.clone()).unwrap();
        let messages = ask(format!("/conversations/v3/conversations/threads/{}/messages", thread.id));
        json!([format!("{thread:?}"), json!(view), messages])
    });
    json!({
        "overview": overview,
        "credentials": json!(emulator.credentials()),
        "known": [
            json!(emulator.channel_id()),
            json!(emulator.channel_account_id()),
            json!(emulator.access_token()),
            json!(emulator.portal_id()),
            json!(emulator.inbox_id()),
        ],
        "messages": messages.collect::<Vec<_>>(),
        "threads": threads.collect::<Vec<_>>(),
        "events": emulator.events(),
        "deliveries": emulator.delivery_log(Window::default()),
        "due": format!("{:?}", emulator.until_next_delivery()),
        "clock": emulator.clock_reading(),
    })
}

fn again(emulator: &Emulator, clock: &ManualClock) -> Emulator {
    let snapshot = Snapshot::from_json(&emulator.snapshot().to_json()).unwrap();
    Emulator::from_snapshot(Seed::default().with_clock(clock.clone()).without_rate_limits(), snapshot)
}

fn happen(emulator: &Emulator, clock: &ManualClock, events: &[Event]) {
    for event in events {
        if let Event::Pass(millis) = event {
            clock.advance(Duration::from_millis(*millis));
        }
        act(emulator, event);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn after_any_course_of_events_another_emulator_goes_on(
        before in vec(event(), 0..24),
        after in vec(event(), 0..16),
    ) {
        let clock = ManualClock::new(noon());
        let first = Emulator::with_seed(seed(&clock));
        happen(&first, &clock, &before);
        let json = first.snapshot().to_json();
        let second = again(&first, &clock);
        prop_assert_eq!(second.snapshot().to_json(), json);
        prop_assert_eq!(read(&second), read(&first));
        for event in &after {
            if let Event::Pass(millis) = event {
                clock.advance(Duration::from_millis(*millis));
            }
            prop_assert_eq!(act(&second, event), act(&first, event), "{:?}", event);
        }
        prop_assert_eq!(read(&second), read(&first));
        prop_assert_eq!(second.snapshot().to_json(), first.snapshot().to_json());
        let messages = second.messages();
        let ids: BTreeSet<String> = messages.iter().map(|message| message.id.as_ref().unwrap().to_string()).collect();
        prop_assert_eq!(ids.len(), messages.len());
    }

    #[test]
    fn what_is_cut_off_is_refused(events in vec(event(), 0..12), cut in any::<prop::sample::Index>()) {
        let clock = ManualClock::new(noon());
        let emulator = Emulator::with_seed(seed(&clock));
        happen(&emulator, &clock, &events);
        let json = emulator.snapshot().to_json();
        let error = Snapshot::from_json(&json[..cut.index(json.len())]).unwrap_err();
        prop_assert!(!error.message.is_empty());
        let error = Snapshot::from_json(&[&json[..], b"{}"].concat()).unwrap_err();
        prop_assert!(error.message.contains("behind the snapshot"), "{}", error);
    }

    #[test]
    fn whatever_is_altered_is_refused_by_its_place_or_does_no_harm(
        before in vec(event(), 4..20),
        after in vec(event(), 0..12),
        place in any::<prop::sample::Index>(),
        value in select(vec![
            Value::Null, json!(0), json!(-1), json!(u64::MAX), json!(i64::MAX), json!(""), json!("x"), json!([]), json!({}),
            json!([i64::MAX, 999_999_999]), json!([-62_135_596_800_i64, 0]), json!(true),
        ]),
    ) {
        let clock = ManualClock::new(noon());
        let emulator = Emulator::with_seed(seed(&clock));
        happen(&emulator, &clock, &before);
        let mut document: Value = serde_json::from_slice(&emulator.snapshot().to_json()).unwrap();
        let mut places = Vec::new();
        pointers(&document, &mut String::new(), &mut places);
        let pointer = &places[place.index(places.len())];
        *document.pointer_mut(pointer).unwrap() = value;
        match Snapshot::from_json(document.to_string().as_bytes()) {
            Err(error) => {
                let path = error.path.unwrap_or_default();
                prop_assert!(!path.is_empty() || pointer.is_empty(), "{} at {}", error.message, pointer);
            }
            Ok(snapshot) => {
                emulator.restore(snapshot);
                read_some(&emulator);
                for event in &after {
                    if let Event::Pass(millis) = event {
                        clock.advance(Duration::from_millis(*millis));
                    }
                    if !matches!(event, Event::Connect(_) | Event::Authorize(_) | Event::Upload(..) | Event::Forward(_)) {
                        act(&emulator, event);
                    }
                }
                read_some(&emulator);
                emulator.snapshot().to_json();
            }
        }
    }
}

/// What can be asked of an emulator of which nothing is known.
fn read_some(emulator: &Emulator) {
    json!(emulator.overview());
    json!(emulator.credentials());
    json!(emulator.delivery_log(Window::default()));
    for thread in emulator.threads() {
        json!(emulator.conversation(thread.id).ok());
    }
    emulator.until_next_delivery();
}

/// Where something stands in the document.
fn pointers(value: &Value, at: &mut String, found: &mut Vec<String>) {
    found.push(at.clone());
    let length = at.len();
    let mut inside = |name: &str, value: &Value| {
        at.push('/');
        at.push_str(&name.replace('~', "~0").replace('/', "~1"));
        pointers(value, at, found);
        at.truncate(length);
    };
    match value {
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(at, value)| inside(&at.to_string(), value)),
        Value::Object(members) => members.iter().for_each(|(name, value)| inside(name, value)),
        _ => {}
    }
}

/// Two messages and a reply with a file in one thread.
fn busy(clock: &ManualClock) -> Emulator {
    let emulator = Emulator::with_seed(seed(clock));
    for text in ["Hello", "Anybody there?"] {
        let key = Some(if text == "Hello" { "k" } else { "l" });
        act(&emulator, &Event::Publish(Some("a"), key, "3307400689", text.to_owned(), json!([])));
    }
    act(&emulator, &Event::Reply(0, "Yes".to_owned(), Some(vec![0, 159, 146, 150])));
    emulator
}

#[test]
fn what_does_not_belong_together_is_refused_by_its_place() {
    let clock = ManualClock::new(noon());
    let document: Value = serde_json::from_slice(&busy(&clock).snapshot().to_json()).unwrap();
    let message = document["state"]["messages"]["all"][0]["message"]["id"].clone();
    for (pointer, value, path) in [
        ("/format", json!("other"), "format"),
        ("/version", json!(2), "version"),
        ("/version", json!("1"), "version"),
        ("/state/ids/messages", json!(0), "state.ids.messages"),
        ("/state/ids/entries", json!(u64::MAX), "state.ids.entries"),
        ("/state/messages/all/1/message/id", message, "state.messages.all[1].message.id"),
        ("/state/messages/all/1/message/id", json!("x"), "state.threads.all[0].messages[1]"),
        ("/state/messages/all/1/message/id", json!({}), "state.messages.all[1].message.id"),
        ("/state/messages/byKey/1/1", json!(3), "state.messages.byKey[1][1]"),
        ("/state/threads/by/0/1", json!(1), "state.threads.by[0][1]"),
        ("/state/threads/all/0/id", json!("1"), "state.conversations[0].shown.id"),
        ("/state/conversations", json!([]), "state.conversations[0].shown.id"),
        ("/state/files/all/0/content", json!("%"), "state.files.all[0].content"),
        ("/state/accounts/1/account/id", json!("3307400689"), "state.accounts[1]"),
        ("/state/channels/0/shownFrom", json!([i64::MAX, 0]), "state.channels[0].shownFrom"),
        ("/webhooks/added", json!(0), "webhooks.deliveries[0].delivery.number"),
        ("/webhooks/deliveries/0/delivery/state", json!("underWay"), "webhooks.deliveries[0].delivery.state"),
        ("/clock/going/shift/ahead/secs", json!(u64::MAX), "clock.going.shift"),
    ] {
        let mut altered = document.clone();
        *altered
            .pointer_mut(pointer)
            .unwrap_or_else(|| unreachable!("{pointer}")) = value;
        let error = Snapshot::from_json(altered.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.path.as_deref(), Some(path), "{error}");
        // Nor does it come in another way.
        assert!(serde_json::from_value::<Snapshot>(altered).is_err(), "{pointer}");
    }
    let mut more = document.clone();
    more["state"]["more"] = json!(1);
    let error = Snapshot::from_json(more.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("unknown field `more`"), "{error}");
    // A later form is one of another version, whatever else is in it.
    let error = Snapshot::from_json(br#"{"format": "hubchannel-emulator", "version": 2, "all": 1}"#).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("version"));
    assert!(error.message.contains("version 2"), "{error}");
    let error = Snapshot::from_json(b"[]").unwrap_err();
    assert!(!error.message.is_empty());
}

#[test]
fn a_webhook_that_waits_is_delivered_by_the_next_emulator() {
    let clock = ManualClock::new(noon());
    let first = busy(&clock);
    let down = Bridge {
        fates: Mutex::new(vec![0; 20]),
        ..Bridge::default()
    };
    now(first.deliver(&down));
    let waiting = first.pending_deliveries();
    assert!(waiting > 0);
    let second = again(&first, &clock);
    assert_eq!(second.pending_deliveries(), waiting);
    let bridge = Bridge::default();
    while let Some(wait) = second.until_next_delivery() {
        clock.advance(wait);
        now(second.deliver(&bridge));
    }
    assert_eq!(second.pending_deliveries(), 0);
    let arrived = bridge.arrived.lock().unwrap();
    assert!(arrived.iter().any(|event| event["message"]["text"] == "Yes"), "{arrived:?}");
    assert_eq!(arrived.len(), waiting);
}

/// Never answers.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl HttpTransport for Silent {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
        std::future::pending().await
    }
}

#[test]
fn what_is_under_way_is_due_at_once_and_its_old_attempt_ends_unheard() {
    let clock = ManualClock::new(noon());
    let emulator = busy(&clock);
    let mut old = Box::pin(emulator.deliver(&Silent));
    let context = &mut Context::from_waker(Waker::noop());
    assert!(old.as_mut().poll(context).is_pending());
    let number = emulator
        .deliveries()
        .iter()
        .position(|delivery| delivery.state == WebhookState::UnderWay)
        .unwrap();
    let snapshot = emulator.snapshot();
    emulator.restore(snapshot);
    assert_eq!(emulator.deliveries()[number].state, WebhookState::Waiting { until: clock.wall() });
    let mut new = Box::pin(emulator.deliver(&Silent));
    assert!(new.as_mut().poll(context).is_pending());
    assert_eq!(emulator.deliveries()[number].attempts.len(), 2);
    drop(old);
    assert_eq!(emulator.deliveries()[number].state, WebhookState::UnderWay);
    drop(new);
    assert_ne!(emulator.deliveries()[number].state, WebhookState::UnderWay);
}

#[test]
fn an_emulator_goes_back_to_where_it_was_and_tells_who_watches() {
    let clock = ManualClock::new(noon());
    let emulator = busy(&clock);
    let (before, snapshot) = (read(&emulator), emulator.snapshot());
    let json = snapshot.to_json();
    happen(
        &emulator,
        &clock,
        &[
            Event::Freeze,
            Event::Forward(5_000),
            Event::Close(0),
            Event::Register("x".to_owned()),
        ],
    );
    assert_ne!(read(&emulator), before);
    let mut feed = emulator.changes();
    emulator.restore(snapshot);
    assert!(matches!(now(feed.next()), Heard::Missed { .. }));
    assert_eq!(emulator.snapshot().to_json(), json);
}

#[test]
fn times_before_1970_are_kept_to_the_nanosecond() {
    for time in [
        SystemTime::UNIX_EPOCH - Duration::new(5, 1),
        SystemTime::UNIX_EPOCH - Duration::from_secs(7),
        noon() + Duration::from_nanos(999_999_999),
    ] {
        let clock = ManualClock::new(time);
        let emulator = Emulator::with_seed(seed(&clock));
        emulator.freeze_clock();
        clock.advance(Duration::from_secs(60));
        let second = again(&emulator, &clock);
        assert_eq!(second.clock_reading(), emulator.clock_reading());
        assert_eq!(second.snapshot().to_json(), emulator.snapshot().to_json());
    }
}

#[test]
fn a_bridge_that_moves_and_a_secret_of_ones_own_are_said_anew() {
    let clock = ManualClock::new(noon());
    let snapshot = busy(&clock)
        .snapshot()
        .with_client_secret("own")
        .with_webhook_url("https://moved.example.com/x");
    let emulator = Emulator::from_snapshot(Seed::default(), snapshot);
    assert_eq!(emulator.oauth_app().client_secret.expose(), "own");
    assert_eq!(emulator.channels()[0].webhook_url.as_deref(), Some("https://moved.example.com/x"));
    assert!(!format!("{:?}", emulator.snapshot()).contains("emulated"));
}
