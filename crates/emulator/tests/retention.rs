//! How much is kept, kind by kind; `retention_model` has messages and threads in any course of events.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use common::{Answer, Ask, MESSAGES, hello_with, in_process, noon};
use http::{Request, Response};
use hubchannel_api::{
    AuthorizeUrl, Body, HttpTransport, Reach, TransportError, TransportErrorKind, clock::ManualClock, model::Secret,
};
use hubchannel_emulator::{
    AppSeed, Contact, Emulator, Retention, Seed, Snapshot, WebhookOutcome, WebhookState, admin::FileUpload,
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

fn emulator(retention: Retention) -> Emulator {
    let seed = Seed::default()
        .with_clock(ManualClock::new(noon()))
        .without_rate_limits()
        .with_webhook_url("https://bridge.example.com/events")
        .with_retention(retention);
    Emulator::with_seed(seed)
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing waits here"),
    }
}

fn ask(emulator: &Emulator, ask: Ask) -> Answer {
    now(in_process(emulator, ask))
}

fn publish(emulator: &Emulator, changes: Value) -> Value {
    let answer = ask(emulator, Ask::publish(hello_with(changes)));
    assert_eq!(answer.status, 201);
    answer.json()
}

fn thread(message: &Value) -> String {
    message["conversationsThreadId"].as_str().unwrap().to_owned()
}

/// Takes everything, or nothing.
#[derive(Debug, Default)]
struct Bridge {
    down: bool,
    arrived: Mutex<Vec<Value>>,
}

#[async_trait]
impl HttpTransport for Bridge {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        if self.down {
            return Err(TransportError::new(TransportErrorKind::Connect, Reach::NotSent, "nobody is there"));
        }
        let body = request.into_body().read(u64::MAX).await.unwrap();
        self.arrived
            .lock()
            .unwrap()
            .push(serde_json::from_slice(&body).unwrap());
        Ok(Response::new(Body::empty()))
    }
}

#[test]
fn messages_go_by_their_bytes_too_but_for_the_last() {
    let emulator = emulator(Retention::default().set_entry_bytes(10_000));
    for place in 0..6 {
        publish(&emulator, json!({"integrationThreadId": place.to_string(), "text": "x".repeat(2_000)}));
    }
    let kept = emulator.messages();
    let bytes: usize = kept
        .iter()
        .map(|message| serde_json::to_vec(message).unwrap().len())
        .sum();
    assert!((2..6).contains(&kept.len()) && bytes <= 10_000, "{} messages of {bytes} bytes", kept.len());
    // A status, a key and the bridge's id of a thread take room like anything else.
    let last = kept.last().unwrap().id.as_ref().unwrap().to_string();
    let report = json!({"statusType": "FAILED", "errorMessage": "y".repeat(9_000)});
    assert_eq!(ask(&emulator, Ask::patch(&last, report)).status, 200);
    assert_eq!(emulator.messages().len(), 1);
    for member in ["integrationIdempotencyId", "integrationThreadId"] {
        publish(&emulator, json!({member: "z".repeat(6_000)}));
        publish(&emulator, json!({member: "w".repeat(6_000)}));
        assert_eq!(emulator.messages().len(), 1, "{member}");
    }
    // Bytes are counted again in what goes on from a snapshot.
    let snapshot = Snapshot::from_json(&emulator.snapshot().to_json()).unwrap();
    let emulator = Emulator::from_snapshot(Seed::default().without_rate_limits(), snapshot);
    publish(&emulator, json!({"text": "x".repeat(4_000)}));
    assert_eq!(emulator.messages().len(), 1);
    publish(&emulator, json!({"text": "x".repeat(50_000)}));
    assert_eq!(emulator.messages().len(), 1);
}

#[test]
fn a_message_that_opens_its_thread_again_stays() {
    for retention in [
        Retention::default().set_entries(1),
        Retention::default().set_entry_bytes(100),
    ] {
        let emulator = emulator(retention);
        let first = publish(&emulator, json!({"text": "first"}));
        emulator.close_thread(thread(&first)).unwrap();
        let second = publish(&emulator, json!({"integrationIdempotencyId": "second"}));
        let kept = emulator.messages();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].id.as_ref().unwrap().as_str(), second["id"]);
    }
    // What comes behind it pushes it out all the same.
    let emulator = emulator(Retention::default().set_entries(1));
    let thread = thread(&publish(&emulator, json!({})));
    for _ in 0..4 {
        emulator.close_thread(&*thread).unwrap();
        emulator.reopen_thread(&*thread).unwrap();
    }
    assert_eq!((emulator.messages().len(), emulator.overview().dropped.acts), (0, 7));
}

#[test]
fn who_is_known_by_messages_alone_is_known_as_long_as_they_are() {
    let emulator = emulator(Retention::default().set_entries(2));
    emulator.add_contact(Contact::new("151", emulator.portal_id()).set_email("ada@example.com"));
    let from = |kind: &str, value: &str| {
        let sender = json!([{"name": "Bob", "deliveryIdentifier": {"type": kind, "value": value}}]);
        let message = publish(&emulator, json!({"senders": sender, "integrationThreadId": value}));
        message["senders"][0]["actorId"].as_str().unwrap().to_owned()
    };
    let actor = |id: &str| ask(&emulator, Ask::get(format!("/conversations/v3/conversations/actors/{id}"))).status;
    let ada = from("HS_EMAIL_ADDRESS", "ada@example.com");
    let bob = from("HS_PHONE_NUMBER", "+4915112345678");
    assert_eq!((ada.as_str(), actor(&bob), emulator.contacts().len()), ("V-151", 200, 2));
    assert_eq!(from("HS_PHONE_NUMBER", "+4915112345678"), bob);
    assert_eq!(from("CHANNEL_SPECIFIC_OPAQUE_ID", "chat:1"), from("CHANNEL_SPECIFIC_OPAQUE_ID", "chat:1"));
    // Who was added stays, who was made has gone.
    assert_eq!((actor(&ada), actor(&bob), emulator.contacts().len()), (200, 404, 1));
    assert_eq!(emulator.overview().dropped.contacts, 1);
    assert_ne!(from("HS_PHONE_NUMBER", "+4915112345678"), bob);
    assert_eq!(from("HS_EMAIL_ADDRESS", "ada@example.com"), ada);
}

#[test]
fn contacts_that_a_bridge_names_go_with_its_messages() {
    let emulator = emulator(Retention::default().set_entries(3));
    for number in 0..20 {
        // Neither of them is an actor of the message.
        let sender = json!([{
            "senderActorId": "V-9",
            "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": format!("chat:{number}")},
        }]);
        publish(&emulator, json!({"senders": sender, "associateWithContactId": 5_000 + number}));
    }
    assert!(emulator.contacts().len() <= 3, "{:?}", emulator.contacts());
    assert_eq!(emulator.conversations()[0].associated_contact_id, "5019".into());
}

#[test]
fn files_go_by_number_and_by_bytes_and_what_names_them_stays() {
    let upload = |emulator: &Emulator, name: &str, bytes: usize| {
        let upload = FileUpload {
            portal_id: None,
            name: name.to_owned(),
            media_type: "text/plain".to_owned(),
            content: vec![b'x'; bytes].into(),
        };
        emulator.upload_file(upload).unwrap().id.to_string()
    };
    let few = emulator(Retention::default().set_files(2));
    let first = upload(&few, "a", 1);
    let signed = |emulator: &Emulator, id: &str| ask(emulator, Ask::get(format!("/files/v3/files/{id}/signed-url")));
    assert_eq!(signed(&few, &first).status, 200);
    let attachments = json!([{"type": "FILE", "fileId": first}]);
    let id = publish(&few, json!({"attachments": attachments}))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let rest = [upload(&few, "b", 1), upload(&few, "c", 1)];
    assert_eq!(few.overview().counts.files, 2);
    assert_eq!((signed(&few, &first).status, signed(&few, &rest[0]).status), (404, 200));
    assert_eq!(ask(&few, Ask::get(format!("/emulated-files/{first}/a"))).status, 404);
    let message = ask(&few, Ask::get(format!("{MESSAGES}/{id}"))).json();
    assert_eq!(message["attachments"][0]["fileId"], *first);

    let small = emulator(Retention::default().set_file_bytes(100));
    let ids: Vec<String> = [60, 60, 30].map(|bytes| upload(&small, "same", bytes)).into();
    let there = |id: &String| small.file_content(id).is_ok();
    assert_eq!(ids.iter().map(there).collect::<Vec<_>>(), [false, true, true]);
    let large = upload(&small, "large", 500);
    assert_eq!((there(&ids[2]), there(&large)), (false, true));
    assert_eq!(small.overview().dropped.files, 3);
}

#[test]
fn tokens_that_apps_got_go_and_those_of_the_seed_stay() {
    let emulator = emulator(Retention::default().set_tokens(2));
    let refresh = emulator.refresh_token(62515, ["conversations.read"]);
    let mut tokens = Vec::new();
    for _ in 0..4 {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose()),
            ("client_id", "emulated-client-40776849"),
            ("client_secret", "emulated-client-secret"),
        ];
        let app = emulator.oauth_app();
        let pairs = pairs.map(|(name, value)| match name {
            "client_id" => (name, app.client_id.as_str()),
            "client_secret" => (name, app.client_secret.expose()),
            _ => (name, value),
        });
        let answer = ask(&emulator, Ask::form("/oauth/v1/token", &pairs));
        tokens.push(answer.json()["access_token"].as_str().unwrap().to_owned());
    }
    let is_good = |token: &String| {
        let inboxes = Ask::get("/conversations/v3/conversations/inboxes").token(token);
        ask(&emulator, inboxes).status == 200
    };
    assert_eq!(tokens.iter().map(is_good).collect::<Vec<_>>(), [false, false, true, true]);
    assert!(is_good(&emulator.access_token().expose().to_owned()));
    assert_eq!(emulator.overview().dropped.tokens, 2);
}

#[test]
fn codes_and_refresh_tokens_go_those_first_that_were_not_used_for_longest() {
    let emulator = emulator(Retention::default().set_tokens(2));
    let app = emulator.oauth_app();
    let token = |what: &[(&str, &str)], grant: &str| {
        let own = [
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose()),
        ];
        let pairs = [&[("grant_type", grant)], what, &own].concat();
        ask(&emulator, Ask::form("/oauth/v1/token", &pairs))
    };
    let renew = |refresh: &Secret| token(&[("refresh_token", refresh.expose())], "refresh_token").status;
    let install = || emulator.refresh_token(62515, ["conversations.read"]);
    let (first, second) = (install(), install());
    assert_eq!(renew(&first), 200);
    let third = install();
    let snapshot: Value = serde_json::from_slice(&emulator.snapshot().to_json()).unwrap();
    assert_eq!(snapshot["state"]["tokens"]["refresh"].as_array().unwrap().len(), 2);
    assert_eq!([&first, &second, &third].map(renew), [200, 400, 200]);
    assert_eq!(emulator.overview().dropped.tokens, 2);

    let address = "https://bridge.example.com/oauth";
    let page = AuthorizeUrl::new(app.client_id.as_str(), address).add_scope("conversations.read");
    let codes = [(); 3].map(|()| emulator.authorize(62515, &page.to_string()).unwrap().code);
    let redeem =
        |code: Secret| token(&[("code", code.expose()), ("redirect_uri", address)], "authorization_code").status;
    assert_eq!(codes.map(redeem), [400, 200, 200]);
}

#[test]
fn a_webhook_that_waits_outlives_its_message_and_one_that_is_over_does_not() {
    let emulator = emulator(Retention::default().set_entries(2));
    let first = publish(&emulator, json!({"integrationThreadId": "a"}));
    emulator.agent_replies(thread(&first), "early").unwrap();
    let bridge = Bridge::default();
    assert_eq!(now(emulator.deliver(&bridge)), 1);
    let second = publish(&emulator, json!({"integrationThreadId": "b"}));
    emulator.agent_replies(thread(&second), "late").unwrap();
    publish(&emulator, json!({"integrationThreadId": "c"}));
    publish(&emulator, json!({"integrationThreadId": "c"}));
    // Both replies have gone; of their deliveries only that which was over.
    assert!(emulator.events().is_empty());
    let states: Vec<_> = emulator
        .deliveries()
        .iter()
        .map(|delivery| delivery.state.is_over())
        .collect();
    assert_eq!(states, [false]);
    assert_eq!(now(emulator.deliver(&bridge)), 1);
    let arrived = bridge.arrived.lock().unwrap();
    assert_eq!([&arrived[0]["message"]["text"], &arrived[1]["message"]["text"]], ["early", "late"]);
    assert_eq!(emulator.overview().dropped.deliveries, 1);
    // What is over now is kept as any other, and can be replayed.
    let number = emulator.deliveries()[0].number;
    assert!(emulator.replay(number).is_some());
}

#[test]
fn the_oldest_that_wait_are_given_up_and_say_why() {
    let emulator = emulator(Retention::default().set_waiting_deliveries(2));
    let first = publish(&emulator, json!({}));
    for text in ["one", "two", "three"] {
        emulator.agent_replies(thread(&first), text).unwrap();
    }
    assert_eq!((emulator.pending_deliveries(), emulator.overview().dropped.waiting_deliveries), (2, 1));
    let given_up = &emulator.deliveries()[0];
    assert_eq!(given_up.state, WebhookState::GivenUp);
    let outcome = given_up.attempts[0].outcome.as_ref();
    assert!(
        matches!(outcome, Some(WebhookOutcome::Unsent { reason }) if reason.contains("set_waiting_deliveries")),
        "{outcome:?}"
    );
    let bridge = Bridge::default();
    assert_eq!(now(emulator.deliver(&bridge)), 2);
    let texts: Vec<Value> = bridge
        .arrived
        .lock()
        .unwrap()
        .iter()
        .map(|event| event["message"]["text"].clone())
        .collect();
    assert_eq!(texts, ["two", "three"]);
}

#[test]
fn what_is_over_stays_in_the_log_however_many_wait() {
    let emulator = emulator(Retention::default().set_deliveries(2).set_waiting_deliveries(4));
    let first = publish(&emulator, json!({}));
    let reply = || emulator.agent_replies(thread(&first), "Yes").unwrap();
    let states = || -> Vec<(usize, WebhookState)> {
        let deliveries = emulator.deliveries();
        let over = deliveries.iter().filter(|delivery| delivery.state.is_over());
        over.map(|delivery| (delivery.number, delivery.state)).collect()
    };
    reply();
    assert_eq!(now(emulator.deliver(&Bridge::default())), 1);
    (0..4).for_each(|_| drop(reply()));
    assert_eq!(states(), [(0, WebhookState::Delivered)]);
    reply();
    assert_eq!(states(), [(0, WebhookState::Delivered), (1, WebhookState::GivenUp)]);
    reply();
    assert_eq!(states(), [(1, WebhookState::GivenUp), (2, WebhookState::GivenUp)]);
    assert_eq!((emulator.pending_deliveries(), emulator.overview().dropped.deliveries), (4, 1));
}

#[test]
fn deliveries_go_by_their_bytes_those_first_that_are_over() {
    let emulator = emulator(Retention::default().set_delivery_bytes(20_000));
    let first = publish(&emulator, json!({}));
    let text = "x".repeat(3_000);
    emulator.agent_replies(thread(&first), text.as_str()).unwrap();
    assert_eq!(now(emulator.deliver(&Bridge::default())), 1);
    for _ in 0..4 {
        emulator.agent_replies(thread(&first), text.as_str()).unwrap();
    }
    assert_eq!(
        (emulator.deliveries()[0].number, emulator.deliveries().len(), emulator.pending_deliveries()),
        (1, 4, 4)
    );
    for _ in 0..4 {
        emulator.agent_replies(thread(&first), text.as_str()).unwrap();
    }
    let dropped = emulator.overview().dropped;
    assert!(dropped.waiting_deliveries > 0 && emulator.pending_deliveries() < 8, "{dropped:?}");
    assert_eq!(emulator.deliveries().last().map(|last| last.number), Some(8));
}

#[test]
fn events_about_accounts_are_bounded_like_messages() {
    let emulator = emulator(Retention::default().set_entries(3));
    for active in [false, true, false, true, false] {
        emulator.set_channel_account_active(emulator.channel_account_id(), active);
    }
    assert_eq!((emulator.events().len(), emulator.overview().dropped.events), (3, 2));
}

#[test]
fn a_snapshot_keeps_the_retention_and_what_was_dropped() {
    let first = emulator(Retention::default().set_entries(2).set_requests(3));
    for _ in 0..4 {
        publish(&first, json!({}));
    }
    let json = first.snapshot().to_json();
    let second = Emulator::from_snapshot(Seed::default().without_rate_limits(), Snapshot::from_json(&json).unwrap());
    assert_eq!(second.overview().dropped.messages, 2);
    for _ in 0..4 {
        publish(&second, json!({}));
    }
    assert_eq!((second.messages().len(), second.overview().dropped.messages), (2, 6));
    assert_eq!((second.received().len(), second.overview().dropped.requests), (3, 1));
    let overview = json!(second.overview());
    assert_eq!(overview["dropped"]["messages"], 6);
    assert_eq!(overview["dropped"]["waitingDeliveries"], 0);
}

#[test]
fn without_bounds_nothing_is_dropped() {
    let emulator = emulator(Retention::unlimited());
    for _ in 0..50 {
        publish(&emulator, json!({}));
    }
    let overview = emulator.overview();
    assert_eq!((overview.counts.messages, overview.dropped), (50, Default::default()));
}

/// What happens to deliveries; threads are three.
#[derive(Clone, Copy, Debug)]
enum Step {
    Reply(usize),
    Deliver { down: bool },
    Replay(usize),
    Hurry(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..3_usize).prop_map(Step::Reply),
        2 => any::<bool>().prop_map(|down| Step::Deliver { down }),
        1 => (0..12_usize).prop_map(Step::Replay),
        1 => (0..12_usize).prop_map(Step::Hurry),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn of_every_delivery_it_is_known_what_became_of_it(
        waiting in 1..4_usize,
        most in 1..6_usize,
        steps in vec(step(), 0..40),
    ) {
        let retention = Retention::default().set_waiting_deliveries(waiting).set_deliveries(most);
        let app = AppSeed::new(40_776_849).set_subscription_url("https://bridge.example.com/conversations");
        let seed = Seed::default().add_app(app).with_webhook_url("https://bridge.example.com/events");
        let emulator = Emulator::with_seed(
            seed.with_clock(ManualClock::new(noon())).without_rate_limits().with_retention(retention),
        );
        let threads = ["a", "b", "c"].map(|own| thread(&publish(&emulator, json!({"integrationThreadId": own}))));
        for step in steps {
            match step {
                Step::Reply(at) => {
                    emulator.agent_replies(&*threads[at], "Yes").unwrap();
                }
                Step::Deliver { down } => {
                    now(emulator.deliver(&Bridge { down, ..Bridge::default() }));
                }
                Step::Replay(number) => {
                    emulator.replay(number);
                }
                Step::Hurry(number) => {
                    emulator.retry_now(number);
                }
            }
            let deliveries = emulator.deliveries();
            let pending = deliveries.iter().filter(|delivery| !delivery.state.is_over()).count();
            prop_assert_eq!(pending, emulator.pending_deliveries());
            prop_assert!(pending <= waiting, "{pending} wait");
            let over = deliveries.len() - pending;
            let dropped = emulator.overview().dropped.deliveries;
            prop_assert!(over <= most && (over == most || dropped == 0), "{over} are kept, {dropped} have gone");
            // Those that wait are the latest of all that are not delivered.
            let oldest = deliveries.iter().find(|delivery| !delivery.state.is_over()).map(|delivery| delivery.number);
            let by_room = deliveries.iter().filter(|delivery| {
                let last = delivery.attempts.last().and_then(|attempt| attempt.outcome.as_ref());
                matches!(last, Some(WebhookOutcome::Unsent { .. }))
            });
            for delivery in by_room {
                prop_assert_eq!(delivery.state, WebhookState::GivenUp);
                prop_assert!(oldest.is_none_or(|oldest| delivery.number < oldest));
            }
            // Nothing that is due is left behind when a bridge is there.
            if matches!(step, Step::Deliver { down: false }) {
                prop_assert!(emulator.until_next_delivery() != Some(std::time::Duration::ZERO));
            }
        }
        let snapshot: Value = serde_json::from_slice(&emulator.snapshot().to_json()).unwrap();
        prop_assert_eq!(
            snapshot["webhooks"]["added"].as_u64(),
            Some(emulator.deliveries().len() as u64 + emulator.overview().dropped.deliveries)
        );
    }
}
