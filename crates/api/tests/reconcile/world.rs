//! A thread whose messages are shown late, in pages that fail.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{HeaderMap, StatusCode};
use hubchannel_api::{
    Body, CallOptions, CannotTell, Client, Conversations, ConversationsClient, CustomChannels, Error, GetMessage,
    GetThread, ListThreadMessages, Operation, PublishMessage, ReconcilePublish, Reconciled, Reply,
    clock::{Clock, ManualClock},
    model::{
        DeliveryIdentifier, Message, MessageDirection, MessageId, NewMessage, Page, Participant, Sender, Thread,
        ThreadEntry, ThreadStatus, Timestamp, decode,
    },
};
use serde_json::json;

pub(crate) struct State {
    pub(crate) status: ThreadStatus,
    /// Entries, and from when they are shown.
    pub(crate) entries: Vec<(ThreadEntry, Duration)>,
    /// Messages that can be read by their id, and from when.
    pub(crate) messages: Vec<(Message, Duration)>,
    /// The status, and the body, that no message can be read for.
    pub(crate) unreadable: Option<(u16, &'static str)>,
    /// The statuses that the next looks end with, by their second page; well where nothing is said.
    pub(crate) failures: VecDeque<Option<u16>>,
    pub(crate) read: usize,
    pub(crate) options: Vec<CallOptions>,
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

pub(crate) fn rejected<O: Operation>(status: u16) -> Error {
    Error::rejected(O::INFO, StatusCode::from_u16(status).unwrap(), HeaderMap::new(), Body::empty())
}

fn missing(id: &MessageId) -> Error {
    let body = json!({"status": "error", "category": "OBJECT_NOT_FOUND", "context": {"messageId": [id]}});
    Error::rejected(GetMessage::INFO, StatusCode::NOT_FOUND, HeaderMap::new(), Body::from(body.to_string()))
}

#[async_trait]
impl CustomChannels for World {
    async fn get_message(&self, call: GetMessage) -> Result<Reply<Message>, Error> {
        let mut state = self.state();
        state.read += 1;
        state.options.push(call.options);
        if let Some((status, body)) = state.unreadable {
            let status = StatusCode::from_u16(status).unwrap();
            return Err(Error::rejected(GetMessage::INFO, status, HeaderMap::new(), Body::from(body)));
        }
        let now = self.clock.monotonic();
        let mut shown = state.messages.iter().filter(|(_, from)| *from <= now);
        let message = shown.find(|(message, _)| message.id == call.message_id.clone().into());
        message.map_or_else(|| Err(missing(&call.message_id)), |(message, _)| Ok(Reply::new(message.clone())))
    }
}

#[async_trait]
impl Conversations for World {
    async fn get_thread(&self, call: GetThread) -> Result<Reply<Thread>, Error> {
        let mut state = self.state();
        state.options.push(call.options);
        Ok(Reply::new(Thread::build(|thread| thread.status = state.status.clone().into())))
    }

    /// One entry on each page.
    async fn list_thread_messages(&self, call: ListThreadMessages) -> Result<Reply<Page<ThreadEntry>>, Error> {
        let mut state = self.state();
        state.options.push(call.options);
        let now = self.clock.monotonic();
        let shown: Vec<ThreadEntry> = state
            .entries
            .iter()
            .filter(|(_, from)| *from <= now)
            .map(|(entry, _)| entry.clone())
            .collect();
        let at: usize = call.query.after.map_or(0, |after| after.parse().unwrap());
        let is_last = at + 1 >= shown.len();
        if is_last && let Some(Some(status)) = state.failures.pop_front() {
            return Err(rejected::<ListThreadMessages>(status));
        }
        let page = Page::new(shown.get(at).cloned());
        Ok(Reply::new(if is_last {
            page
        } else {
            page.set_next_cursor((at + 1).to_string())
        }))
    }
}

pub(crate) const SENT: i64 = 1_800_000_000_000;

impl World {
    pub(crate) fn new() -> Self {
        World {
            clock: ManualClock::new(SystemTime::UNIX_EPOCH),
            state: Arc::new(Mutex::new(State {
                status: ThreadStatus::Open,
                entries: Vec::new(),
                messages: Vec::new(),
                unreadable: None,
                failures: VecDeque::new(),
                read: 0,
                options: Vec::new(),
            })),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn show(&self, entry: impl Into<ThreadEntry>) -> &Self {
        self.show_from(entry, 0)
    }

    pub(crate) fn show_from(&self, entry: impl Into<ThreadEntry>, seconds: u64) -> &Self {
        self.state().entries.push((entry.into(), Duration::from_secs(seconds)));
        self
    }

    pub(crate) fn in_thread(&self) -> ReconcilePublish {
        let call = PublishMessage::new("2930388", body()).with_options(CallOptions::for_portal("62515"));
        ReconcilePublish::new(call).with_thread(ConversationsClient::from_api(self.clone()), "19615248623")
    }

    pub(crate) fn reconcile(&self, call: ReconcilePublish) -> Told {
        let client = Client::from_api(self.clone()).with_clock(self.clock.clone());
        let mut call = pin!(client.reconcile_publish(call));
        for _ in 0..100 {
            if let Poll::Ready(told) = is_send(call.as_mut()).poll(&mut Context::from_waker(Waker::noop())) {
                return told.into();
            }
            self.clock.advance(self.clock.next_wake().unwrap());
        }
        panic!("the call does not end");
    }
}

pub(crate) fn is_send<T: Send>(value: T) -> T {
    value
}

/// An answer in a form that is easy to compare.
#[derive(Debug, PartialEq)]
pub(crate) enum Told {
    Found(String),
    NotFound,
    NowhereToLook,
    Failed(Option<u16>),
    Ambiguous(Vec<String>),
    OtherThread,
    TooSoon,
}

impl From<Reconciled> for Told {
    fn from(told: Reconciled) -> Self {
        match told {
            Reconciled::Found(message) => Told::Found(message.id.as_ref().unwrap().to_string()),
            Reconciled::NotFound => Told::NotFound,
            Reconciled::CannotTell(why) => {
                assert!(why.to_string().ends_with("; publish it again with the same key"), "{why}");
                match why {
                    CannotTell::NowhereToLook => Told::NowhereToLook,
                    CannotTell::Failed(error) => Told::Failed(error.status().map(|status| status.as_u16())),
                    CannotTell::Ambiguous(ids) => Told::Ambiguous(ids.iter().map(ToString::to_string).collect()),
                    CannotTell::OtherThread => Told::OtherThread,
                    CannotTell::TooSoon => Told::TooSoon,
                    other => panic!("{other}"),
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn found(id: &str) -> Told {
    Told::Found(id.to_owned())
}

pub(crate) fn body() -> NewMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    NewMessage::incoming("3307400689", visitor, "Is the blue one in stock?")
        .set_integration_thread_id("chat-42")
        .set_timestamp(Timestamp::from_unix_millis(SENT))
}

/// The message as HubSpot shows it, so many milliseconds after it was sent.
pub(crate) fn message(id: &str, after: i64) -> Message {
    Message::build(|message| {
        message.id = id.into();
        message.text = body().text;
        message.direction = MessageDirection::Incoming.into();
        message.channel_id = "2930388".into();
        message.channel_account_id = "3307400689".into();
        message.created_at = Timestamp::from_unix_millis(SENT + after).into();
        message.attachments = Vec::new().into();
        let address = DeliveryIdentifier::opaque("chat:987654321");
        message.senders = vec![Sender::build(|sender| sender.delivery_identifier = address.into())].into();
    })
}

pub(crate) fn changed(id: &str, change: impl FnOnce(&mut Message)) -> ThreadEntry {
    let mut message = message(id, 0);
    change(&mut message);
    ThreadEntry::Message(message)
}

pub(crate) fn entry(json: serde_json::Value) -> ThreadEntry {
    decode(json.to_string().as_bytes()).unwrap()
}

pub(crate) fn at(after: i64) -> String {
    Timestamp::from_unix_millis(SENT + after).to_string()
}
