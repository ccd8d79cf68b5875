//! A whole bridge between two emulated sides: an outside service with visitors, and HubSpot with agents. Whatever goes wrong
//! on the way, nothing is lost and nothing is doubled, whether HubSpot is asked in process or over HTTP.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

#[path = "both_ways/hub.rs"]
mod hub;

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use http::{Request, Response, StatusCode, Uri};
use hubchannel::{
    Body, Client, HttpTransport, PublishMessage, Reach, TransportError, TransportErrorKind, UpdateMessageStatus,
    clock::{Clock, ManualClock},
    emulator::{Fault, Seed, WebhookState},
    model::{
        ChannelEvent, ChannelEvents, ChannelId, DeliveryIdentifier, MessageDirection, MessageId, NewMessage,
        Participant, StatusType, StatusUpdate,
    },
    webhook::{AgentReply, Begin, Deliveries, DeliveryKey, MemoryDeliveryStore, Receiver, Verifier},
};
use proptest::{collection::vec, prelude::*};

use crate::hub::{Hub, both_ways};

/// The outside service: a chat for each visitor.
#[derive(Default)]
struct Outside {
    /// What agents' replies have come, by chat.
    replies: BTreeMap<String, Vec<String>>,
    /// How many times from now on it takes nothing.
    down: usize,
}

impl Outside {
    fn post(&mut self, chat: &str, text: &str) -> Result<(), &'static str> {
        if self.down > 0 {
            self.down -= 1;
            return Err("the outside service is down");
        }
        self.replies.entry(chat.to_owned()).or_default().push(text.to_owned());
        Ok(())
    }
}

/// What becomes of an exchange between HubSpot and the bridge.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Good,
    /// The request does not arrive.
    Refused,
    /// It arrives, and the answer is lost.
    Lost,
    /// Something on the way answers instead of the bridge.
    BadGateway,
    /// The outside service is down, so that the bridge answers with an error.
    OutsideDown,
}

#[derive(Clone)]
struct Bridge(Arc<Inside>);

struct Inside {
    receiver: Receiver,
    deliveries: Deliveries,
    client: Client,
    clock: ManualClock,
    work: Mutex<Work>,
}

#[derive(Default)]
struct Work {
    outside: Outside,
    /// What is to be published: by the message's own id, until HubSpot has answered.
    outbox: VecDeque<NewMessage>,
    /// What is to be reported as sent.
    reports: VecDeque<(ChannelId, MessageId)>,
    fates: VecDeque<Fate>,
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bridge")
    }
}

impl Bridge {
    fn work(&self) -> MutexGuard<'_, Work> {
        self.0.work.lock().unwrap()
    }

    /// Publishes and reports what there is; what fails stays for the next time.
    async fn work_off(&self) {
        loop {
            let next = self.work().outbox.front().cloned();
            let Some(message) = next else { break };
            let publish = PublishMessage::new("2930388", message);
            if self.0.client.publish_message(publish).await.is_err() {
                break;
            }
            self.work().outbox.pop_front();
        }
        loop {
            let next = self.work().reports.front().cloned();
            let Some((channel, message)) = next else { break };
            let report = UpdateMessageStatus::new(channel, message, StatusUpdate::sent());
            if self.0.client.update_message_status(report).await.is_err() {
                break;
            }
            self.work().reports.pop_front();
        }
    }

    /// What the bridge's server does with a request.
    async fn hook(&self, request: Request<Body>) -> StatusCode {
        let (mut parts, body) = request.into_parts();
        parts.uri = parts.uri.path_and_query().unwrap().as_str().parse::<Uri>().unwrap();
        let body = body.read(u64::MAX).await.unwrap();
        let verified = match self.0.receiver.receive(Request::from_parts(parts, body)) {
            Ok(verified) => verified,
            Err(refusal) => return refusal.status(),
        };
        let events: ChannelEvents = verified.parse().unwrap();
        for event in &events {
            if !self.take(event).await {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
        }
        StatusCode::NO_CONTENT
    }

    async fn take(&self, event: &ChannelEvent) -> bool {
        let now = self.0.clock.wall();
        match self.0.deliveries.begin(DeliveryKey::of(event), now).await {
            Ok(Begin::New(mut delivery)) => {
                let Some(reply) = AgentReply::of(event) else {
                    return false;
                };
                let chat = reply.own_thread_ids().unwrap()[0].to_string();
                let sent = self.work().outside.post(&chat, reply.text().unwrap());
                if sent.is_err() {
                    return false;
                }
                let report = (reply.channel_id().unwrap().clone(), reply.message_id().unwrap().clone());
                self.work().reports.push_back(report);
                delivery.complete(now).await.is_ok()
            }
            Ok(Begin::Complete) => true,
            _ => false,
        }
    }
}

#[async_trait]
impl HttpTransport for Bridge {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let fate = self.work().fates.pop_front().unwrap_or(Fate::Good);
        if fate == Fate::OutsideDown {
            self.work().outside.down = 1;
        }
        let status = match fate {
            Fate::Refused => {
                return Err(TransportError::new(TransportErrorKind::Connect, Reach::NotSent, "refused"));
            }
            Fate::BadGateway => StatusCode::BAD_GATEWAY,
            Fate::Good | Fate::Lost | Fate::OutsideDown => self.hook(request).await,
        };
        if fate == Fate::Lost {
            return Err(TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, "cut off"));
        }
        // Where it was already done, the outside service is not asked.
        self.work().outside.down = 0;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Ok(response)
    }
}

/// Both sides, and the bridge between them.
struct World<'h> {
    hub: &'h Hub,
    bridge: Bridge,
    /// What was said, in its order: by visitors and by agents, by chat.
    visitors: BTreeMap<String, Vec<String>>,
    agents: BTreeMap<String, Vec<String>>,
}

fn seed() -> Seed {
    Seed::default()
        .with_webhook_url("https://bridge.example.com/events?tenant=acme")
        .with_client_secret("hush")
}

impl<'h> World<'h> {
    fn new(hub: &'h Hub) -> Self {
        let verifier = Verifier::new("hush").public_url("https://bridge.example.com".parse().unwrap());
        let clock = hub.clock.clone();
        let bridge = Bridge(Arc::new(Inside {
            receiver: Receiver::new(verifier, move || clock.wall()),
            deliveries: Deliveries::new(MemoryDeliveryStore::new()),
            client: hub.client(),
            clock: hub.clock.clone(),
            work: Mutex::default(),
        }));
        World {
            hub,
            bridge,
            visitors: BTreeMap::new(),
            agents: BTreeMap::new(),
        }
    }

    async fn visitor_says(&mut self, chat: &str) {
        let said = self.visitors.entry(chat.to_owned()).or_default();
        let text = format!("question {}", said.len());
        let visitor = Participant::new(DeliveryIdentifier::opaque(format!("visitor of {chat}")));
        let message = NewMessage::incoming(self.hub.emulator.channel_account_id(), visitor, &*text)
            .set_integration_thread_id(chat)
            .set_integration_idempotency_id(format!("{chat}/{}", said.len()))
            .set_timestamp(self.hub.clock.wall());
        said.push(text);
        self.bridge.work().outbox.push_back(message);
        self.bridge.work_off().await;
    }

    /// Where the visitor's first message is in HubSpot already.
    fn agent_replies(&mut self, chat: &str) {
        let threads = self.hub.emulator.threads();
        let thread = threads.iter().find(|thread| thread.integration_thread_ids == [chat]);
        let Some(thread) = thread else { return };
        let said = self.agents.entry(chat.to_owned()).or_default();
        let text = format!("answer {}", said.len());
        self.hub.emulator.agent_replies(thread.id.clone(), &*text).unwrap();
        said.push(text);
    }

    /// Lets everything come to rest, as time goes by and nothing goes wrong any more.
    async fn settle(&self) {
        self.hub.emulator.clear_faults();
        while let Some(wait) = self.hub.emulator.until_next_delivery() {
            self.hub.clock.advance(wait);
            self.hub.emulator.deliver(&self.bridge).await;
        }
        self.bridge.work_off().await;
    }

    /// Both sides have all that was said, once and in order, and HubSpot knows that it was sent.
    fn check(&self) {
        assert_eq!(self.bridge.work().outside.replies, self.agents, "what agents said, outside");
        let messages = self.hub.emulator.messages();
        let threads = self.hub.emulator.threads();
        let mut published: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for message in &messages {
            let thread = message.conversations_thread_id.as_ref().unwrap();
            let chat = threads
                .iter()
                .find(|known| known.id == *thread)
                .unwrap()
                .integration_thread_ids
                .concat();
            if message.direction.as_ref() == Some(&MessageDirection::Incoming) {
                let text = message.text.as_ref().unwrap().clone();
                published.entry(chat).or_default().push(text);
            } else {
                let status = message.status.as_ref().unwrap().status_type.as_ref();
                assert!(status == Some(&StatusType::Sent) && message.updated_at.is_value(), "reported: {message:?}");
            }
        }
        assert_eq!(published, self.visitors, "what visitors said, in HubSpot");
        assert!(
            self.hub
                .emulator
                .deliveries()
                .iter()
                .all(|delivery| delivery.state == WebhookState::Delivered)
        );
    }
}

#[tokio::test]
async fn a_question_comes_to_the_agent_and_the_answer_to_the_visitor() {
    both_ways(seed, async |hub: &Hub| {
        let mut world = World::new(hub);
        world.visitor_says("chat-1").await;
        world.agent_replies("chat-1");
        assert_eq!(hub.emulator.deliver(&world.bridge).await, 1);
        world.bridge.work_off().await;
        world.check();
        assert_eq!(world.bridge.work().outside.replies["chat-1"], ["answer 0"]);
    })
    .await;
}

#[tokio::test]
async fn each_fault_of_a_webhook_alone_costs_nothing() {
    for fate in [Fate::Refused, Fate::Lost, Fate::BadGateway, Fate::OutsideDown] {
        both_ways(seed, async |hub: &Hub| {
            let mut world = World::new(hub);
            world.visitor_says("chat-1").await;
            world.agent_replies("chat-1");
            world.agent_replies("chat-1");
            world.bridge.work().fates.push_back(fate);
            assert_eq!(hub.emulator.deliver(&world.bridge).await, 1, "{fate:?}");
            world.settle().await;
            assert_eq!(hub.emulator.deliveries()[0].attempts.len(), 2, "{fate:?}");
            world.check();
        })
        .await;
    }
}

#[tokio::test]
async fn a_delivery_that_comes_twice_is_done_once() {
    both_ways(seed, async |hub: &Hub| {
        let mut world = World::new(hub);
        world.visitor_says("chat-1").await;
        world.agent_replies("chat-1");
        world.settle().await;
        hub.emulator.replay(0).unwrap();
        assert_eq!(hub.emulator.deliver(&world.bridge).await, 1);
        world.check();
    })
    .await;
}

#[tokio::test]
async fn what_is_signed_with_another_secret_is_not_taken() {
    both_ways(seed, async |hub: &Hub| {
        let mut world = World::new(hub);
        world.visitor_says("chat-1").await;
        world.agent_replies("chat-1");
        let attempt = {
            hub.emulator.deliver(&world.bridge).await;
            hub.emulator.deliveries()[0].attempts[0].clone()
        };
        let mut request = Request::post(attempt.url.as_str())
            .body(Body::from(attempt.body.clone()))
            .unwrap();
        *request.headers_mut() = attempt.headers;
        request
            .headers_mut()
            .insert("x-hubspot-request-timestamp", "1700000000001".parse().unwrap());
        assert_eq!(world.bridge.hook(request).await, StatusCode::UNAUTHORIZED);
        world.bridge.work_off().await;
        world.check();
    })
    .await;
}

#[derive(Clone, Debug)]
enum Act {
    Visitor(&'static str),
    Agent(&'static str),
    Deliver,
    Wait(u64),
    Replay(usize),
    WorkOff,
    /// Of a request of the bridge's to HubSpot: refused, lost before or after it acts, answered with an error.
    Fault(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let chat = || prop::sample::select(vec!["chat-1", "chat-2"]);
    prop_oneof![
        3 => chat().prop_map(Act::Visitor),
        3 => chat().prop_map(Act::Agent),
        3 => Just(Act::Deliver),
        1 => (0..20_000_u64).prop_map(Act::Wait),
        1 => (0..8_usize).prop_map(Act::Replay),
        2 => Just(Act::WorkOff),
        2 => (0..4_u8).prop_map(Act::Fault),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    let all = vec![
        Fate::Good,
        Fate::Refused,
        Fate::Lost,
        Fate::BadGateway,
        Fate::OutsideDown,
    ];
    prop::sample::select(all)
}

/// Does all this, and lets it come to rest.
async fn play(hub: &Hub, acts: &[Act], fates: &[Fate]) {
    let mut world = World::new(hub);
    world.bridge.work().fates.extend(fates);
    for act in acts {
        match *act {
            Act::Visitor(chat) => world.visitor_says(chat).await,
            Act::Agent(chat) => world.agent_replies(chat),
            Act::Deliver => {
                hub.emulator.deliver(&world.bridge).await;
            }
            Act::Wait(seconds) => hub.clock.advance(Duration::from_secs(seconds)),
            Act::Replay(number) => {
                hub.emulator.replay(number);
            }
            Act::WorkOff => world.bridge.work_off().await,
            Act::Fault(kind) => hub.emulator.fail_next(match kind {
                0 => Fault::RefuseConnection,
                1 => Fault::DropBeforeEffect,
                2 => Fault::DropAfterEffect,
                _ => Fault::answer(StatusCode::BAD_GATEWAY, "bad gateway"),
            }),
        }
    }
    world.settle().await;
    world.check();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Ten faults at most, so that no delivery is given up.
    #[test]
    fn whatever_goes_wrong_nothing_is_lost_and_nothing_is_doubled(
        id_seed: u64,
        acts in vec(act(), 0..40),
        fates in vec(fate(), 0..10),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(both_ways(
            || seed().with_id_seed(id_seed),
            async |hub: &Hub| play(hub, &acts, &fates).await,
        ));
    }
}
