//! Any course of events, beside a reference that is too simple to be wrong.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::collections::BTreeMap;

use common::{Answer, Ask, MESSAGES, hello_with, in_process, now};
use hubchannel_api::HttpTransport as _;
use hubchannel_emulator::{AccountSeed, Emulator, Fault, Seed};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

#[derive(Clone, Debug)]
enum Event {
    Publish(Publish),
    /// A publish whose answer is lost.
    Lost(Publish),
    /// A publish that is turned down.
    Wrong(Publish),
    /// Of one of the messages so far, or of none.
    Read(usize),
    Report(usize, &'static str),
}

#[derive(Clone, Debug)]
struct Publish {
    account: &'static str,
    thread: Option<&'static str>,
    key: Option<&'static str>,
    text: String,
}

fn publish() -> impl Strategy<Value = Publish> {
    let account = select(vec!["3307400689", "3307400690"]);
    let thread = option::of(select(vec!["a", "b"]));
    let key = option::of(select(vec!["", "k", "l"]));
    (account, thread, key, ".{1,8}").prop_map(|(account, thread, key, text)| Publish {
        account,
        thread,
        key,
        text,
    })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => publish().prop_map(Event::Publish),
        1 => publish().prop_map(Event::Lost),
        1 => publish().prop_map(Event::Wrong),
        2 => (0..12_usize).prop_map(Event::Read),
        2 => (0..12_usize, select(vec!["SENT", "READ", "FAILED", "RECEIVED"]))
            .prop_map(|(at, status)| Event::Report(at, status)),
    ]
}

impl Publish {
    fn body(&self) -> Value {
        hello_with(json!({
            "channelAccountId": self.account,
            "integrationThreadId": self.thread,
            "integrationIdempotencyId": self.key,
            "text": self.text,
        }))
    }
}

/// What the emulator must hold.
#[derive(Default)]
struct Reference {
    messages: Vec<Known>,
    keys: BTreeMap<(&'static str, &'static str), usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Known {
    account: String,
    text: String,
    status: String,
    /// Messages with the same are in the same thread.
    thread: Thread,
}

#[derive(Clone, Debug, PartialEq)]
enum Thread {
    Named(&'static str, &'static str),
    Alone(usize),
}

impl Reference {
    /// Which message it is.
    fn publish(&mut self, publish: &Publish) -> usize {
        let key = publish
            .key
            .filter(|key| !key.is_empty())
            .map(|key| (publish.account, key));
        if let Some(first) = key.and_then(|key| self.keys.get(&key)) {
            return *first;
        }
        let at = self.messages.len();
        self.keys.extend(key.map(|key| (key, at)));
        self.messages.push(Known {
            account: publish.account.to_owned(),
            text: publish.text.clone(),
            status: "RECEIVED".to_owned(),
            thread: publish
                .thread
                .map_or(Thread::Alone(at), |thread| Thread::Named(publish.account, thread)),
        });
        at
    }
}

fn is(answer: &Value, known: &Known) -> bool {
    answer["channelAccountId"] == known.account
        && answer["text"] == known.text
        && answer["status"]["statusType"] == known.status
}

proptest! {
    #[test]
    fn any_course_of_events_leaves_what_it_must(events in vec(event(), 0..40)) {
        let seed = Seed::default().add_account(AccountSeed::new("3307400690", "2930388", 62515));
        let emulator = Emulator::with_seed(seed.without_rate_limits());
        let ask = |ask: Ask| -> Answer { now(in_process(&emulator, ask)) };
        let id_of = |at: usize| {
            let messages = emulator.messages();
            messages.get(at).map_or("none".to_owned(), |message| message.id.as_ref().unwrap().to_string())
        };
        let mut reference = Reference::default();
        for event in events {
            match event {
                Event::Publish(publish) => {
                    let at = reference.publish(&publish);
                    let answer = ask(Ask::publish(publish.body()));
                    prop_assert_eq!(answer.status, 201);
                    prop_assert_eq!(answer.id(), id_of(at));
                    prop_assert!(is(&answer.json(), &reference.messages[at]));
                }
                Event::Lost(publish) => {
                    reference.publish(&publish);
                    emulator.fail_next(Fault::DropAfterEffect);
                    let request = http::Request::post(MESSAGES)
                        .header("authorization", "Bearer emulated-access-token")
                        .header("content-type", "application/json")
                        .body(publish.body().to_string().into())
                        .unwrap();
                    prop_assert!(now(emulator.transport().send(request)).is_err());
                }
                Event::Wrong(publish) => {
                    let mut body = publish.body();
                    body["senders"] = json!([]);
                    prop_assert_eq!(ask(Ask::publish(body)).status, 400);
                }
                Event::Read(at) => {
                    let answer = ask(Ask::get(format!("{MESSAGES}/{}", id_of(at))));
                    match reference.messages.get(at) {
                        Some(known) => prop_assert!(is(&answer.json(), known)),
                        None => prop_assert_eq!(answer.status, 404),
                    }
                }
                Event::Report(at, status) => {
                    let answer = ask(Ask::patch(&id_of(at), json!({"statusType": status})));
                    match reference.messages.get_mut(at) {
                        _ if status == "RECEIVED" => prop_assert_eq!(answer.status, 400),
                        Some(known) => {
                            known.status = status.to_owned();
                            prop_assert!(is(&answer.json(), known));
                        }
                        None => prop_assert_eq!(answer.status, 404),
                    }
                }
            }
        }
        let messages = serde_json::to_value(emulator.messages()).unwrap();
        let messages = messages.as_array().unwrap();
        prop_assert_eq!(messages.len(), reference.messages.len());
        for (one, known_one) in messages.iter().zip(&reference.messages) {
            prop_assert!(is(one, known_one), "{one} is not {known_one:?}");
            for (other, known_other) in messages.iter().zip(&reference.messages) {
                prop_assert_eq!(
                    one["conversationsThreadId"] == other["conversationsThreadId"],
                    known_one.thread == known_other.thread
                );
            }
        }
        let threaded: usize = emulator.threads().iter().map(|thread| thread.messages.len()).sum();
        prop_assert_eq!(threaded, messages.len());
    }
}
