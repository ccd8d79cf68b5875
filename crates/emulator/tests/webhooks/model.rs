//! Any course of replies, failures, waits and replays, beside a reference that is too simple to be wrong.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{
    Body, HttpTransport, TransportError,
    clock::{Clock, ManualClock},
    model::{ChannelEvent, decode},
};
use hubchannel_emulator::{Emulator, WebhookState};
use proptest::{collection::vec, prelude::*};

use crate::{
    bridge::{clock, open, seed},
    common::now,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const THREADS: usize = 3;

#[derive(Clone, Debug)]
enum Act {
    Reply(usize),
    Wait(Duration),
    /// Delivers to a bridge that answers so, and then takes everything.
    Deliver(Vec<u16>),
    Replay(usize),
    Hurry(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..THREADS).prop_map(Act::Reply),
        3 => (0..90_000_u64).prop_map(|seconds| Act::Wait(Duration::from_secs(seconds))),
        4 => vec(prop_oneof![Just(500_u16), Just(204), Just(500)], 0..8).prop_map(Act::Deliver),
        1 => (0..12_usize).prop_map(Act::Replay),
        1 => (0..12_usize).prop_map(Act::Hurry),
    ]
}

/// What there must be.
struct Reference {
    queues: [VecDeque<usize>; THREADS],
    all: Vec<Expected>,
    answers: VecDeque<u16>,
}

struct Expected {
    thread: usize,
    event_id: String,
    first: Option<SystemTime>,
    failures: usize,
    over: Option<WebhookState>,
}

#[derive(Clone)]
struct World {
    emulator: Emulator,
    clock: ManualClock,
    threads: Vec<String>,
    reference: Arc<Mutex<Reference>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

#[async_trait]
impl HttpTransport for World {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let now = self.clock.wall();
        let event: ChannelEvent = decode(request.body().as_bytes().unwrap()).unwrap();
        let ChannelEvent::OutgoingMessageCreated(reply) = &event else {
            panic!("{event:?}")
        };
        let thread = reply
            .message
            .as_ref()
            .unwrap()
            .conversations_thread_id
            .as_ref()
            .unwrap();
        let thread = self.threads.iter().position(|known| *thread == **known).unwrap();

        let reference = &mut *self.reference.lock().unwrap();
        let number = *reference.queues[thread].front().expect("nothing waits in this thread");
        let expected = &mut reference.all[number];
        assert_eq!((expected.thread, &*expected.event_id), (thread, event.event_id().unwrap().as_str()), "the order");
        assert!(expected.failures <= 10, "too many attempts");
        // That it was due is for the state to say, which is checked wherever it is set.
        let deliveries = self.emulator.deliveries();
        assert_eq!(deliveries[number].state, WebhookState::UnderWay);
        expected.first.get_or_insert(now);
        let answer = reference.answers.pop_front().unwrap_or(204);
        if answer == 204 {
            expected.over = Some(WebhookState::Delivered);
        } else {
            expected.failures += 1;
            if expected.failures == 11 {
                expected.over = Some(WebhookState::GivenUp);
            }
        }
        if expected.over.is_some() {
            reference.queues[thread].pop_front();
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = answer.try_into().unwrap();
        Ok(response)
    }
}

impl World {
    fn new(id_seed: u64) -> Self {
        let clock = clock();
        let emulator = Emulator::with_seed(seed(&clock).with_id_seed(id_seed));
        let names = (0..THREADS).map(|number| format!("chat-{number}"));
        let threads = names.map(|name| now(open(&emulator, &name))).collect();
        let reference = Reference {
            queues: Default::default(),
            all: Vec::new(),
            answers: VecDeque::new(),
        };
        World {
            emulator,
            clock,
            threads,
            reference: Arc::new(Mutex::new(reference)),
        }
    }

    fn act(&self, act: Act) {
        match act {
            Act::Reply(thread) => {
                self.emulator.agent_replies(&*self.threads[thread], "x").unwrap();
                let event_id = self.emulator.events().last().unwrap().event_id().unwrap().to_string();
                self.expect(thread, event_id);
            }
            Act::Wait(time) => self.clock.advance(time),
            Act::Deliver(answers) => self.deliver(answers),
            Act::Replay(number) => {
                let known = self
                    .reference
                    .lock()
                    .unwrap()
                    .all
                    .get(number)
                    .map(|one| (one.thread, one.event_id.clone()));
                let new = self.emulator.replay(number);
                assert_eq!(new.is_some(), known.is_some());
                if let Some((thread, event_id)) = known {
                    self.expect(thread, event_id);
                }
            }
            Act::Hurry(number) => {
                let before = self.emulator.deliveries();
                let waits = before.get(number).is_some_and(|one| one.state.waits_until().is_some());
                assert_eq!(self.emulator.retry_now(number), waits);
            }
        }
        self.check();
    }

    fn expect(&self, thread: usize, event_id: String) {
        let reference = &mut *self.reference.lock().unwrap();
        reference.queues[thread].push_back(reference.all.len());
        reference.all.push(Expected {
            thread,
            event_id,
            first: None,
            failures: 0,
            over: None,
        });
    }

    fn deliver(&self, answers: Vec<u16>) {
        let early: Vec<_> = self
            .emulator
            .deliveries()
            .iter()
            .map(|one| (one.state, one.attempts.len()))
            .collect();
        self.reference.lock().unwrap().answers = answers.into();
        now(self.emulator.deliver(self));
        let time = self.clock.wall();
        // Nothing that was not due, and everything that was.
        for ((state, attempts), after) in early.iter().zip(self.emulator.deliveries()) {
            if state.waits_until().is_some_and(|until| until > time) {
                assert_eq!(*attempts, after.attempts.len(), "attempted before it was due: {after:?}");
            }
        }
        assert!(self.emulator.until_next_delivery() != Some(Duration::ZERO));
    }

    /// The emulator's deliveries are those of the reference, and wait for a time that may be.
    fn check(&self) {
        let reference = self.reference.lock().unwrap();
        let deliveries = self.emulator.deliveries();
        assert_eq!(deliveries.len(), reference.all.len());
        let time = self.clock.wall();
        for (expected, delivery) in reference.all.iter().zip(&deliveries) {
            assert_eq!(delivery.event.event_id().unwrap().as_str(), expected.event_id);
            match (expected.over, delivery.state) {
                (Some(over), state) => assert_eq!(state, over),
                (None, WebhookState::Waiting { until }) => {
                    let last = expected.first.map_or(time, |first| (first + DAY).max(time));
                    assert!(until <= last, "{delivery:?}");
                    assert_eq!(delivery.attempts.len(), expected.failures);
                }
                (None, state) => panic!("{state:?}"),
            }
            for pair in delivery.attempts.windows(2) {
                assert!(pair[0].ended_at.unwrap() <= pair[1].at);
            }
        }
        let waiting = reference.queues.iter().map(VecDeque::len).sum::<usize>();
        assert_eq!(self.emulator.pending_deliveries(), waiting);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_course_of_deliveries_keeps_their_order_and_loses_nothing(id_seed: u64, acts in vec(act(), 0..40)) {
        let world = World::new(id_seed);
        for act in acts {
            world.act(act);
        }
        while let Some(wait) = world.emulator.until_next_delivery() {
            world.act(Act::Wait(wait));
            world.act(Act::Deliver(Vec::new()));
        }
        let reference = world.reference.lock().unwrap();
        prop_assert!(reference.all.iter().all(|one| one.over.is_some()));
    }

    #[test]
    fn a_bridge_that_takes_nothing_is_left_alone_after_eleven_attempts(id_seed: u64) {
        let world = World::new(id_seed);
        world.act(Act::Reply(0));
        let start = world.clock.wall();
        let mut attempts = 0;
        while let Some(wait) = world.emulator.until_next_delivery() {
            world.act(Act::Wait(wait));
            world.act(Act::Deliver(vec![500; 11]));
            attempts += 1;
            prop_assert!(attempts <= 11);
        }
        prop_assert!(world.clock.wall() <= start + DAY);
        let deliveries = world.emulator.deliveries();
        prop_assert_eq!((deliveries[0].attempts.len(), deliveries[0].state), (11, WebhookState::GivenUp));
    }
}
