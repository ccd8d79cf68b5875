//! Any course of events over small bounds, beside a reference that keeps lists and looks through them.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    task::{Context, Poll, Waker},
};

use common::{Answer, Ask, MESSAGES, hello_with, in_process, noon};
use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{AccountSeed, Emulator, Retention, Seed, Snapshot};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

const THREADS: &str = "/conversations/v3/conversations/threads";

/// Messages and threads are named by their place among all there ever were.
#[derive(Clone, Debug)]
enum Event {
    Publish(Publish),
    Reply(usize),
    Close(usize),
    Reopen(usize),
    Assign(usize, bool),
    Read(usize),
    Report(usize, &'static str),
    /// Page by page, while something is published between two pages.
    Threads(u32, Vec<Publish>),
    Entries(usize, u32, Vec<Publish>),
    GoOnFromSnapshot,
}

#[derive(Clone, Debug)]
struct Publish {
    account: &'static str,
    thread: Option<&'static str>,
    key: Option<&'static str>,
    visitor: &'static str,
}

fn publish() -> impl Strategy<Value = Publish> {
    let account = select(vec!["3307400689", "3307400690"]);
    let thread = option::of(select(vec!["a", "b", "c"]));
    let key = option::of(select(vec!["k", "l"]));
    let visitor = select(vec!["ada@example.com", "bob@example.com", "eve@example.com"]);
    (account, thread, key, visitor).prop_map(|(account, thread, key, visitor)| Publish {
        account,
        thread,
        key,
        visitor,
    })
}

fn event() -> impl Strategy<Value = Event> {
    let at = || 0..10_usize;
    let between = || vec(publish(), 0..4);
    prop_oneof![
        8 => publish().prop_map(Event::Publish),
        2 => at().prop_map(Event::Reply),
        2 => at().prop_map(Event::Close),
        1 => at().prop_map(Event::Reopen),
        1 => (at(), any::<bool>()).prop_map(|(at, somebody)| Event::Assign(at, somebody)),
        2 => (0..20_usize).prop_map(Event::Read),
        1 => (0..20_usize, select(vec!["SENT", "READ"])).prop_map(|(at, status)| Event::Report(at, status)),
        1 => (1..3_u32, between()).prop_map(|(limit, between)| Event::Threads(limit, between)),
        1 => (at(), 1..3_u32, between()).prop_map(|(at, limit, between)| Event::Entries(at, limit, between)),
        1 => Just(Event::GoOnFromSnapshot),
    ]
}

impl Publish {
    fn body(&self) -> Value {
        hello_with(json!({
            "channelAccountId": self.account,
            "integrationThreadId": self.thread,
            "integrationIdempotencyId": self.key,
            "senders": [{"deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": self.visitor}}],
        }))
    }
}

#[derive(Clone, Debug)]
struct Entry {
    /// The thread's place.
    thread: usize,
    /// Its place in the thread.
    place: usize,
    message: Option<Message>,
}

#[derive(Clone, Debug)]
struct Message {
    /// Its place among all.
    at: usize,
    status: &'static str,
    key: Option<(&'static str, &'static str)>,
    visitor: &'static str,
    reply: bool,
}

#[derive(Clone, Debug)]
struct Thread {
    account: &'static str,
    own: Option<&'static str>,
    closed: bool,
    assigned: bool,
    entries: usize,
}

/// What the emulator must hold, and the ids that it gave to what there ever was.
#[derive(Default)]
struct Reference {
    most: usize,
    kept: Vec<Entry>,
    /// By place; those that have gone are not here.
    threads: BTreeMap<usize, Thread>,
    thread_ids: Vec<String>,
    message_ids: Vec<String>,
    /// Who is at an address.
    actors: BTreeMap<&'static str, String>,
    dropped: (u64, u64, u64),
}

impl Reference {
    fn messages(&self) -> impl Iterator<Item = &Message> {
        self.kept.iter().filter_map(|entry| entry.message.as_ref())
    }

    fn message(&mut self, at: usize) -> Option<&mut Message> {
        let mut messages = self.kept.iter_mut().filter_map(|entry| entry.message.as_mut());
        messages.find(|message| message.at == at)
    }

    fn thread_id(&self, at: usize) -> String {
        self.thread_ids.get(at).cloned().unwrap_or_else(|| "7".to_owned())
    }

    fn message_id(&self, at: usize) -> String {
        self.message_ids.get(at).cloned().unwrap_or_else(|| "5c1f".to_owned())
    }

    fn enter(&mut self, at: usize, message: Option<Message>) {
        let thread = self.threads.get_mut(&at).unwrap();
        self.kept.push(Entry {
            thread: at,
            place: thread.entries,
            message,
        });
        thread.entries += 1;
    }

    /// At the end of whatever was done.
    fn retain(&mut self) {
        while self.kept.len() > self.most.max(1) {
            // A message and the status that it has changed.
            if matches!(&self.kept[..], [first, second] if first.message.is_some() && second.message.is_none()) {
                break;
            }
            let entry = self.kept.remove(0);
            match entry.message {
                Some(_) => self.dropped.0 += 1,
                None => self.dropped.1 += 1,
            }
            if !self.kept.iter().any(|other| other.thread == entry.thread) {
                self.threads.remove(&entry.thread);
                self.dropped.2 += 1;
            }
        }
        let named: BTreeSet<&str> = self.messages().map(|message| message.visitor).collect();
        self.actors.retain(|visitor, _| named.contains(visitor));
    }

    fn status(&mut self, at: usize, closed: bool) {
        if self.threads[&at].closed != closed {
            self.threads.get_mut(&at).unwrap().closed = closed;
            self.enter(at, None);
        }
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the emulator never waits by itself"),
    }
}

struct World {
    clock: ManualClock,
    emulator: Emulator,
    reference: Reference,
}

impl World {
    fn new(most: usize) -> Self {
        let clock = ManualClock::new(noon());
        let seed = Seed::default()
            .add_account(AccountSeed::new("3307400690", "2930388", 62515))
            .with_clock(clock.clone())
            .without_rate_limits()
            .with_retention(Retention::default().set_entries(most));
        World {
            clock,
            emulator: Emulator::with_seed(seed),
            reference: Reference {
                most,
                ..Reference::default()
            },
        }
    }

    fn ask(&self, ask: Ask) -> Answer {
        now(in_process(&self.emulator, ask))
    }

    fn publish(&mut self, publish: &Publish) {
        let answer = self.ask(Ask::publish(publish.body()));
        assert_eq!(answer.status, 201);
        let (id, thread_id) = (answer.id(), answer.json()["conversationsThreadId"].as_str().unwrap().to_owned());
        let reference = &mut self.reference;
        let key = publish.key.map(|key| (publish.account, key));
        let first = key.and_then(|key| reference.messages().find(|message| message.key == Some(key)));
        if let Some(first) = first {
            assert_eq!(id, reference.message_ids[first.at], "a repeat is the first message");
            return;
        }
        assert!(!reference.message_ids.contains(&id), "an id was given twice");
        let belongs =
            |thread: &Thread| thread.account == publish.account && thread.own.is_some() && thread.own == publish.thread;
        let known = reference.threads.iter().find(|(_, thread)| belongs(thread));
        let known = known.map(|(at, _)| *at);
        let at = known.unwrap_or_else(|| {
            assert!(!reference.thread_ids.contains(&thread_id), "an id was given twice");
            reference.thread_ids.push(thread_id.clone());
            let at = reference.thread_ids.len() - 1;
            let thread = Thread {
                account: publish.account,
                own: publish.thread,
                closed: false,
                assigned: false,
                entries: 0,
            };
            reference.threads.insert(at, thread);
            at
        });
        assert_eq!(thread_id, reference.thread_ids[at]);
        let actor = answer.json()["senders"][0]["actorId"].as_str().unwrap().to_owned();
        match reference.actors.get(publish.visitor) {
            Some(known) => assert_eq!(actor, *known, "somebody who is known is the same one"),
            None => {
                let others = reference.actors.values();
                assert!(others.into_iter().all(|other| *other != actor), "somebody who is new is somebody else");
            }
        }
        reference.actors.insert(publish.visitor, actor);
        reference.message_ids.push(id);
        let message = Message {
            at: reference.message_ids.len() - 1,
            status: "RECEIVED",
            key,
            visitor: publish.visitor,
            reply: false,
        };
        reference.enter(at, Some(message));
        reference.status(at, false);
        reference.retain();
        assert_eq!(self.ask(Ask::get(format!("{MESSAGES}/{}", answer.id()))).status, 200, "it was just published");
    }

    fn act(&mut self, event: Event) {
        let reference = &mut self.reference;
        match event {
            Event::Publish(publish) => return self.publish(&publish),
            Event::Reply(at) => {
                let to = reference
                    .kept
                    .iter()
                    .rev()
                    .find(|entry| entry.thread == at && entry.message.is_some());
                let to = to.and_then(|entry| entry.message.clone());
                let answer = self.emulator.agent_replies(reference.thread_id(at), "Yes");
                // Who writes is whoever the last message was from or to.
                assert_eq!(answer.is_ok(), to.is_some(), "{answer:?}");
                if let (Ok(message), Some(to)) = (answer, to) {
                    reference.message_ids.push(message.id.as_ref().unwrap().to_string());
                    let message = Message {
                        at: reference.message_ids.len() - 1,
                        status: "SENT",
                        key: None,
                        visitor: to.visitor,
                        reply: true,
                    };
                    reference.enter(at, Some(message));
                    reference.status(at, false);
                }
            }
            Event::Close(at) | Event::Reopen(at) => {
                let closes = matches!(event, Event::Close(_));
                let id = reference.thread_id(at);
                let answer = match closes {
                    true => self.emulator.close_thread(id),
                    false => self.emulator.reopen_thread(id),
                };
                assert_eq!(answer.is_ok(), reference.threads.contains_key(&at));
                if answer.is_ok() {
                    reference.status(at, closes);
                }
            }
            Event::Assign(at, somebody) => {
                let id = reference.thread_id(at);
                let answer = match somebody {
                    true => self.emulator.assign_thread(id, "A-2620022"),
                    false => self.emulator.unassign_thread(id),
                };
                assert_eq!(answer.is_ok(), reference.threads.contains_key(&at));
                if answer.is_ok() && reference.threads[&at].assigned != somebody {
                    reference.threads.get_mut(&at).unwrap().assigned = somebody;
                    reference.enter(at, None);
                }
            }
            Event::Read(at) => {
                let answer =
                    now(in_process(&self.emulator, Ask::get(format!("{MESSAGES}/{}", reference.message_id(at)))));
                match reference.message(at) {
                    Some(message) => assert_eq!(answer.json()["status"]["statusType"], message.status),
                    None => assert_eq!(answer.status, 404),
                }
            }
            Event::Report(at, status) => {
                let id = reference.message_id(at);
                let answer = now(in_process(&self.emulator, Ask::patch(&id, json!({"statusType": status}))));
                match reference.message(at) {
                    Some(message) => {
                        assert_eq!(answer.status, 200);
                        message.status = status;
                    }
                    None => assert_eq!(answer.status, 404),
                }
            }
            Event::Threads(limit, between) => return self.list(None, limit, between),
            Event::Entries(at, limit, between) => return self.list(Some(at), limit, between),
            Event::GoOnFromSnapshot => {
                let snapshot = Snapshot::from_json(&self.emulator.snapshot().to_json()).unwrap();
                let seed = Seed::default().with_clock(self.clock.clone()).without_rate_limits();
                self.emulator = Emulator::from_snapshot(seed, snapshot);
            }
        }
        self.reference.retain();
    }

    /// The ids and places of what is left in a list.
    fn left(&self, thread: Option<usize>) -> Option<Vec<(usize, Option<String>)>> {
        let reference = &self.reference;
        let Some(thread) = thread else {
            let threads = reference.threads.keys();
            return Some(
                threads
                    .map(|at| (*at, Some(reference.thread_ids[*at].clone())))
                    .collect(),
            );
        };
        reference.threads.get(&thread)?;
        let entries = reference.kept.iter().filter(|entry| entry.thread == thread);
        let id = |entry: &Entry| Some(reference.message_ids[entry.message.as_ref()?.at].clone());
        Some(entries.map(|entry| (entry.place, id(entry))).collect())
    }

    fn list(&mut self, thread: Option<usize>, limit: u32, between: Vec<Publish>) {
        let path = match thread {
            None => THREADS.to_owned(),
            Some(at) => format!("{THREADS}/{}/messages", self.reference.thread_id(at)),
        };
        let (mut between, mut after) = (between.iter(), None::<usize>);
        loop {
            let cursor = after.map_or(String::new(), |after| format!("&after={after}"));
            let answer = self.ask(Ask::get(format!("{path}?limit={limit}{cursor}")));
            let Some(mut left) = self.left(thread) else {
                return assert_eq!(answer.status, 404);
            };
            left.retain(|(place, _)| after.is_none_or(|after| *place >= after));
            let page = answer.json();
            let shown: Vec<&Value> = page["results"].as_array().unwrap().iter().collect();
            let expected: Vec<_> = left.iter().take(limit as usize).collect();
            assert_eq!(shown.len(), expected.len(), "{page}");
            for (shown, (_, id)) in shown.iter().zip(&expected) {
                assert!(id.as_ref().is_none_or(|id| shown["id"] == **id), "{shown} is not {id:?}");
            }
            let next = page["paging"]["next"]["after"].as_str();
            assert_eq!(next.is_some(), left.len() > expected.len());
            let Some(next) = next else { return };
            after = Some(next.parse().unwrap());
            if let Some(publish) = between.next() {
                self.publish(publish);
            }
        }
    }

    fn check(&self) {
        let (emulator, reference) = (&self.emulator, &self.reference);
        let ids = |messages: Vec<hubchannel_api::model::Message>| -> Vec<String> {
            let ids = messages.iter().map(|message| message.id.as_ref().unwrap().to_string());
            ids.collect()
        };
        let kept: Vec<String> = reference
            .messages()
            .map(|message| reference.message_ids[message.at].clone())
            .collect();
        assert_eq!(ids(emulator.messages()), kept);
        let threads = emulator.threads();
        let shown: Vec<(String, Vec<String>)> = threads
            .iter()
            .map(|thread| (thread.id.to_string(), thread.messages.iter().map(ToString::to_string).collect()))
            .collect();
        let expected: Vec<(String, Vec<String>)> = reference
            .threads
            .keys()
            .map(|at| {
                let entries = reference.kept.iter().filter(|entry| entry.thread == *at);
                let messages = entries.filter_map(|entry| entry.message.as_ref());
                let messages = messages.map(|message| reference.message_ids[message.at].clone());
                (reference.thread_ids[*at].clone(), messages.collect())
            })
            .collect();
        assert_eq!(shown, expected);
        let replies = reference.messages().filter(|message| message.reply).count();
        assert_eq!(emulator.events().len(), replies, "the event of a message goes with it");
        assert_eq!(emulator.conversations().len(), reference.threads.len());
        let overview = emulator.overview();
        let dropped = overview.dropped;
        assert_eq!((dropped.messages, dropped.acts, dropped.conversations), reference.dropped);
        assert_eq!(overview.counts.messages, kept.len());
        // A contact that a message has made is there as long as a message or a conversation names it.
        let named: BTreeSet<&String> = reference.actors.values().collect();
        let contacts: BTreeSet<String> = emulator
            .contacts()
            .iter()
            .map(|contact| format!("V-{}", contact.id))
            .collect();
        assert!(named.iter().all(|actor| contacts.contains(*actor)), "{contacts:?} lack one of {named:?}");
        assert!(contacts.len() <= named.len() + reference.threads.len(), "{contacts:?} outlast {named:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_course_of_events_keeps_what_it_must_and_no_more(most in 1..7_usize, events in vec(event(), 0..48)) {
        let mut world = World::new(most);
        for event in events {
            world.act(event);
            world.check();
        }
    }
}
