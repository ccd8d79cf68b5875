//! When what is delivered: a state machine that is told the time and does nothing itself.
//!
//! Deliveries of one queue come one after the other: the first must be over before the next begins. Queues do not wait for
//! each other.

use std::{
    collections::{BTreeMap, VecDeque},
    time::SystemTime,
};

use fastrand::Rng;
use hubchannel_api::model::ChannelId;
use serde::{Deserialize, Serialize};

use super::{WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookOutcome, WebhookPolicy, WebhookState};

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

/// How many deliveries are kept, unless more of them are not over.
const MOST: usize = 10_000;

#[derive(Debug)]
pub(crate) struct Schedule {
    policy: WebhookPolicy,
    pub(super) random: Rng,
    /// Each with the queue that it is or was in.
    pub(super) deliveries: BTreeMap<usize, (Queue, WebhookDelivery)>,
    /// How many there were.
    pub(super) added: usize,
    /// What is not over, by place.
    pub(super) queues: BTreeMap<Queue, VecDeque<usize>>,
    /// How often others took the place of all deliveries.
    pub(super) term: u64,
}

/// An attempt that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) number: usize,
    term: u64,
}

impl Schedule {
    pub(crate) fn new(policy: WebhookPolicy, seed: u64) -> Self {
        Schedule {
            policy,
            random: Rng::with_seed(seed),
            deliveries: BTreeMap::new(),
            added: 0,
            queues: BTreeMap::new(),
            term: 0,
        }
    }

    pub(crate) fn policy(&self) -> WebhookPolicy {
        self.policy
    }

    pub(crate) fn deliveries(&self) -> impl DoubleEndedIterator<Item = &WebhookDelivery> {
        self.deliveries.values().map(|(_, delivery)| delivery)
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
        self.queues.entry(queue.clone()).or_default().push_back(number);
        let delivery = WebhookDelivery {
            number,
            event,
            replay_of,
            queued_at: now,
            attempts: Vec::new(),
            state: WebhookState::Waiting { until: now },
        };
        self.deliveries.insert(number, (queue, delivery));
        self.forget();
        number
    }

    /// Lets those go that were over first, where there are too many.
    fn forget(&mut self) {
        while self.deliveries.len() > MOST {
            let over = self
                .deliveries
                .iter()
                .find(|(_, (_, delivery))| delivery.state.is_over());
            let Some(number) = over.map(|(number, _)| *number) else {
                return;
            };
            self.deliveries.remove(&number);
        }
    }

    pub(crate) fn delivery(&self, number: usize) -> Option<&WebhookDelivery> {
        self.deliveries.get(&number).map(|(_, delivery)| delivery)
    }

    /// Makes a delivery that waits for its next attempt due now; `false` where there is none that waits.
    pub(crate) fn hurry(&mut self, number: usize, now: SystemTime) -> bool {
        let delivery = self.deliveries.get_mut(&number);
        match delivery.map(|(_, delivery)| &mut delivery.state) {
            Some(WebhookState::Waiting { until }) => {
                *until = (*until).min(now);
                true
            }
            _ => false,
        }
    }

    /// The first delivery of each queue, where it waits, and until when.
    fn heads(&self) -> impl Iterator<Item = (usize, SystemTime)> {
        let heads = self.queues.values().filter_map(VecDeque::front);
        heads.filter_map(|number| match self.deliveries.get(number)?.1.state {
            WebhookState::Waiting { until } => Some((*number, until)),
            _ => None,
        })
    }

    /// When something is due next, if nothing else happens.
    pub(crate) fn next_due(&self) -> Option<SystemTime> {
        self.heads().map(|(_, until)| until).min()
    }

    /// What is to be attempted now, those first that were due first, each with whom to tell.
    pub(crate) fn due(&self, now: SystemTime) -> Vec<(usize, Target)> {
        let mut due: Vec<(usize, SystemTime)> = self.heads().filter(|(_, until)| *until <= now).collect();
        due.sort_by_key(|(number, until)| (*until, *number));
        let due = due.into_iter();
        due.filter_map(|(number, _)| Some((number, self.deliveries.get(&number)?.0.target.clone())))
            .collect()
    }

    /// The event, and how often it has been attempted.
    pub(crate) fn event(&self, number: usize) -> Option<(&WebhookEvent, usize)> {
        let (_, delivery) = self.deliveries.get(&number)?;
        Some((&delivery.event, delivery.attempts.len()))
    }

    /// Begins an attempt.
    pub(crate) fn begin(&mut self, number: usize, attempt: WebhookAttempt) -> Ticket {
        if let Some((_, delivery)) = self.deliveries.get_mut(&number) {
            delivery.attempts.push(attempt);
            delivery.state = WebhookState::UnderWay;
        }
        Ticket {
            number,
            term: self.term,
        }
    }

    /// Ends the attempt, which is the delivery's last.
    pub(crate) fn end(&mut self, ticket: Ticket, outcome: WebhookOutcome, now: SystemTime) {
        let number = ticket.number;
        let Some((queue, delivery)) = self.deliveries.get_mut(&number) else {
            return;
        };
        if ticket.term != self.term || delivery.state != WebhookState::UnderWay {
            return;
        }
        let success = outcome.is_success();
        if let Some(attempt) = delivery.attempts.last_mut() {
            attempt.ended_at = Some(now);
            attempt.outcome = Some(outcome);
        }
        let first = delivery.attempts.first().map_or(now, |attempt| attempt.at);
        delivery.state = if success {
            WebhookState::Delivered
        } else {
            let attempts = delivery.attempts.len();
            match self.policy.next(attempts, first, now, &mut self.random) {
                Some(until) => WebhookState::Waiting { until },
                None => WebhookState::GivenUp,
            }
        };
        if delivery.state.is_over()
            && let Some(waiting) = self.queues.get_mut(queue)
        {
            waiting.retain(|other| *other != number);
            if waiting.is_empty() {
                self.queues.remove(&*queue);
            }
        }
    }
}
