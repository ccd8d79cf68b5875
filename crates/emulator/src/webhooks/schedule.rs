//! When what is delivered: a state machine that is told the time and does nothing itself.
//!
//! Deliveries of one queue come one after the other: the first must be over before the next begins. Queues do not wait for
//! each other.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::SystemTime,
};

use bytes::Bytes;
use fastrand::Rng;
use http::HeaderMap;
use hubchannel_api::model::{ChannelEvent, ChannelId, Url};
use serde::{Deserialize, Serialize};

use super::{WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookOutcome, WebhookPolicy, WebhookState};
use crate::{
    retention::{Retention, json_length},
    state::Gone,
};

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum Target {
    Channel(ChannelId),
    /// The subscriptions of an app.
    App(u64),
}

/// What keeps an order: what one target is told about one thread or account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Queue {
    pub(crate) target: Target,
    pub(crate) subject: String,
}

#[derive(Debug)]
pub(crate) struct Schedule {
    policy: WebhookPolicy,
    retention: Retention,
    pub(super) random: Rng,
    /// Each with the queue that it is or was in.
    pub(super) deliveries: BTreeMap<usize, (Queue, WebhookDelivery)>,
    /// How many there were.
    pub(super) added: usize,
    /// What is not over, by place.
    queues: BTreeMap<Queue, VecDeque<usize>>,
    /// The first of each queue, where it waits, by when it is due.
    due: BTreeSet<(SystemTime, usize)>,
    /// Those that wait, in whichever place.
    waiting: BTreeSet<usize>,
    /// Those that are over.
    over: BTreeSet<usize>,
    /// Those that tell of a message or a thread.
    about: BTreeMap<Gone, BTreeSet<usize>>,
    /// How many bytes there are in events, bodies and answers.
    bytes: usize,
    /// How many that were over had to make room, and how many were given up to make it.
    pub(super) dropped: (u64, u64),
    /// How often others took the place of all deliveries.
    pub(super) term: u64,
}

/// An attempt that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) number: usize,
    term: u64,
}

/// What an event tells of, and goes with.
fn subject(event: &WebhookEvent) -> Option<Gone> {
    match event {
        WebhookEvent::Channel(ChannelEvent::OutgoingMessageCreated(event)) => {
            let id = event.message.as_ref()?.id.as_ref()?;
            Some(Gone::Message(id.clone()))
        }
        WebhookEvent::Channel(_) => None,
        WebhookEvent::Conversation(event) => match event.message_id.as_ref() {
            Some(id) => Some(Gone::Message(id.clone())),
            None => Some(Gone::Thread(event.object_id.as_ref()?.clone().into_text())),
        },
    }
}

fn weight(attempt: &WebhookAttempt) -> usize {
    let answer = match &attempt.outcome {
        Some(WebhookOutcome::Answered { body, .. }) => body.len(),
        _ => 0,
    };
    attempt.body.len() + answer
}

impl Schedule {
    pub(crate) fn new(policy: WebhookPolicy, seed: u64, retention: Retention) -> Self {
        Schedule {
            policy,
            retention,
            random: Rng::with_seed(seed),
            deliveries: BTreeMap::new(),
            added: 0,
            queues: BTreeMap::new(),
            due: BTreeSet::new(),
            waiting: BTreeSet::new(),
            over: BTreeSet::new(),
            about: BTreeMap::new(),
            bytes: 0,
            dropped: (0, 0),
            term: 0,
        }
    }

    pub(crate) fn policy(&self) -> WebhookPolicy {
        self.policy
    }

    pub(crate) fn deliveries(&self) -> impl DoubleEndedIterator<Item = &WebhookDelivery> {
        self.deliveries.values().map(|(_, delivery)| delivery)
    }

    pub(crate) fn len(&self) -> usize {
        self.deliveries.len()
    }

    /// How many are not over.
    pub(crate) fn pending(&self) -> usize {
        self.deliveries.len() - self.over.len()
    }

    /// Those that tell of this, the oldest first.
    pub(crate) fn about(&self, subject: &Gone) -> impl Iterator<Item = &WebhookDelivery> {
        let numbers = self.about.get(subject).into_iter().flatten();
        numbers.filter_map(|number| self.delivery(*number))
    }

    /// How many that were over had to make room, and how many were given up to make it.
    pub(crate) fn dropped(&self) -> (u64, u64) {
        self.dropped
    }

    /// Puts an event at the end of a queue, due at once.
    pub(crate) fn add(&mut self, queue: Queue, event: WebhookEvent, now: SystemTime) -> usize {
        self.push(queue, event, None, now)
    }

    /// Puts the event of this delivery at the end of its queue once more.
    pub(crate) fn replay(&mut self, number: usize, now: SystemTime) -> Option<usize> {
        let (queue, delivery) = self.deliveries.get(&number)?;
        let (queue, event) = (queue.clone(), delivery.event.clone());
        Some(self.push(queue, event, Some(number), now))
    }

    fn push(&mut self, queue: Queue, event: WebhookEvent, replay_of: Option<usize>, now: SystemTime) -> usize {
        let number = self.added;
        self.added += 1;
        let delivery = WebhookDelivery {
            number,
            event,
            replay_of,
            queued_at: now,
            attempts: Vec::new(),
            state: WebhookState::Waiting { until: now },
        };
        self.insert(queue, delivery);
        number
    }

    /// Takes a delivery in, behind those that are there.
    fn insert(&mut self, queue: Queue, delivery: WebhookDelivery) {
        let number = delivery.number;
        let attempts = delivery.attempts.iter().map(weight).sum::<usize>();
        self.bytes = self.bytes.saturating_add(json_length(&delivery.event) + attempts);
        if let Some(subject) = subject(&delivery.event) {
            self.about.entry(subject).or_default().insert(number);
        }
        match delivery.state {
            WebhookState::Waiting { until } => {
                let line = self.queues.entry(queue.clone()).or_default();
                line.push_back(number);
                if line.len() == 1 {
                    self.due.insert((until, number));
                }
                self.waiting.insert(number);
            }
            // Only what was begun here is under way.
            WebhookState::UnderWay => {}
            WebhookState::Delivered | WebhookState::GivenUp => {
                self.over.insert(number);
            }
        }
        self.deliveries.insert(number, (queue, delivery));
    }

    /// Takes the place of all that there is. What is under way ends unheard.
    pub(super) fn replace(
        &mut self,
        deliveries: impl Iterator<Item = (Queue, WebhookDelivery)>,
        added: usize,
        retention: Retention,
    ) {
        *self = Schedule {
            term: self.term + 1,
            random: self.random.clone(),
            added,
            dropped: self.dropped,
            ..Schedule::new(self.policy, 0, retention)
        };
        for (queue, delivery) in deliveries {
            self.insert(queue, delivery);
        }
    }

    /// Lets a delivery be in this state, and the next of its queue have its turn where it is over.
    fn enter(&mut self, number: usize, state: WebhookState) {
        let Some((queue, delivery)) = self.deliveries.get_mut(&number) else {
            return;
        };
        let before = std::mem::replace(&mut delivery.state, state);
        if let Some(until) = before.waits_until() {
            self.waiting.remove(&number);
            self.due.remove(&(until, number));
        }
        let Some(line) = self.queues.get_mut(queue) else { return };
        if state.is_over() {
            // Numbers rise in a queue.
            if let Ok(place) = line.binary_search(&number) {
                line.remove(place);
            }
            self.over.insert(number);
        }
        if state.waits_until().is_some() {
            self.waiting.insert(number);
        }
        match line.front().copied() {
            Some(first) => {
                let first = self.deliveries.get(&first).map(|(_, first)| first);
                let due = first.and_then(|first| Some((first.state.waits_until()?, first.number)));
                self.due.extend(due);
            }
            None => {
                let queue = queue.clone();
                self.queues.remove(&queue);
            }
        }
    }

    /// Forgets a delivery that is over.
    fn forget(&mut self, number: usize) {
        self.over.remove(&number);
        let Some((_, delivery)) = self.deliveries.remove(&number) else {
            return;
        };
        let attempts = delivery.attempts.iter().map(weight).sum::<usize>();
        self.bytes = self.bytes.saturating_sub(json_length(&delivery.event) + attempts);
        if let Some(subject) = subject(&delivery.event)
            && let Some(others) = self.about.get_mut(&subject)
        {
            others.remove(&number);
            if others.is_empty() {
                self.about.remove(&subject);
            }
        }
        self.dropped.0 += 1;
    }

    /// Forgets what is over of what tells of this.
    pub(crate) fn forget_about(&mut self, gone: &Gone) {
        let Some(numbers) = self.about.get(gone) else { return };
        let over = numbers.iter().copied().filter(|number| self.over.contains(number));
        for number in over.collect::<Vec<_>>() {
            self.forget(number);
        }
    }

    /// Lets go what there is too much of: what is over, the oldest first; and where too many are not over, the oldest that
    /// wait are given up. Their numbers.
    pub(crate) fn make_room(&mut self, now: SystemTime) -> Vec<usize> {
        let most = self.retention;
        let mut given_up = Vec::new();
        loop {
            let too_large = self.bytes > most.delivery_bytes && self.deliveries.len() > 1;
            let too_many_wait = self.pending() > most.waiting_deliveries || (too_large && self.over.is_empty());
            let oldest = self.waiting.first().copied();
            if too_many_wait && let Some(number) = oldest.filter(|number| number + 1 < self.added) {
                self.give_up(number, now);
                given_up.push(number);
            } else if (too_large || self.over.len() > most.deliveries)
                && let Some(number) = self.over.first().copied()
            {
                self.forget(number);
            } else {
                return given_up;
            }
        }
    }

    /// Gives up a delivery that waits, and says why.
    fn give_up(&mut self, number: usize, now: SystemTime) {
        if let Some((_, delivery)) = self.deliveries.get_mut(&number) {
            let reason = "more deliveries wait than the emulator keeps, and this was the oldest; deliver sooner, or \
                          raise Retention::set_waiting_deliveries or set_delivery_bytes";
            delivery.attempts.push(WebhookAttempt {
                at: now,
                url: Url::default(),
                headers: HeaderMap::new(),
                body: Bytes::new(),
                ended_at: Some(now),
                outcome: Some(WebhookOutcome::Unsent {
                    reason: reason.to_owned(),
                }),
            });
            self.enter(number, WebhookState::GivenUp);
            self.dropped.1 += 1;
        }
    }

    pub(crate) fn delivery(&self, number: usize) -> Option<&WebhookDelivery> {
        self.deliveries.get(&number).map(|(_, delivery)| delivery)
    }

    /// Makes a delivery that waits for its next attempt due now; `false` where there is none that waits.
    pub(crate) fn hurry(&mut self, number: usize, now: SystemTime) -> bool {
        let until = self.delivery(number).and_then(|delivery| delivery.state.waits_until());
        if let Some(until) = until {
            self.enter(number, WebhookState::Waiting { until: until.min(now) });
        }
        until.is_some()
    }

    /// When something is due next, if nothing else happens.
    pub(crate) fn next_due(&self) -> Option<SystemTime> {
        self.due.first().map(|(until, _)| *until)
    }

    /// What is to be attempted now, those first that were due first, each with whom to tell.
    pub(crate) fn due(&self, now: SystemTime) -> Vec<(usize, Target)> {
        let due = self.due.iter().take_while(|(until, _)| *until <= now);
        due.filter_map(|(_, number)| Some((*number, self.deliveries.get(number)?.0.target.clone())))
            .collect()
    }

    /// The event, and how often it has been attempted.
    pub(crate) fn event(&self, number: usize) -> Option<(&WebhookEvent, usize)> {
        let delivery = self.delivery(number)?;
        Some((&delivery.event, delivery.attempts.len()))
    }

    /// Begins an attempt.
    pub(crate) fn begin(&mut self, number: usize, attempt: WebhookAttempt) -> Ticket {
        if let Some((_, delivery)) = self.deliveries.get_mut(&number) {
            self.bytes = self.bytes.saturating_add(weight(&attempt));
            delivery.attempts.push(attempt);
            self.enter(number, WebhookState::UnderWay);
        }
        Ticket {
            number,
            term: self.term,
        }
    }

    /// Ends the attempt, which is the delivery's last.
    pub(crate) fn end(&mut self, ticket: Ticket, outcome: WebhookOutcome, now: SystemTime) {
        let number = ticket.number;
        let Some((_, delivery)) = self.deliveries.get_mut(&number) else {
            return;
        };
        if ticket.term != self.term || delivery.state != WebhookState::UnderWay {
            return;
        }
        let success = outcome.is_success();
        if let Some(attempt) = delivery.attempts.last_mut() {
            let before = weight(attempt);
            attempt.ended_at = Some(now);
            attempt.outcome = Some(outcome);
            self.bytes = self.bytes.saturating_add(weight(attempt) - before);
        }
        let first = delivery.attempts.first().map_or(now, |attempt| attempt.at);
        let state = if success {
            WebhookState::Delivered
        } else {
            let attempts = delivery.attempts.len();
            match self.policy.next(attempts, first, now, &mut self.random) {
                Some(until) => WebhookState::Waiting { until },
                None => WebhookState::GivenUp,
            }
        };
        self.enter(number, state);
    }
}
