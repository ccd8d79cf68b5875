//! The schedule as it is kept between two emulators.

use std::time::SystemTime;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::{Queue, Schedule, WebhookDelivery, WebhookOutcome, WebhookState};
use crate::{
    Retention,
    snapshot::{MOST_EVER, SnapshotError, check_dropped},
};

/// What of a [`Schedule`] outlasts it: all but the policy, which a [`Seed`](crate::Seed) says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KeptSchedule {
    random: u64,
    added: usize,
    dropped: (u64, u64),
    deliveries: Vec<KeptDelivery>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeptDelivery {
    queue: Queue,
    delivery: WebhookDelivery,
}

impl Schedule {
    /// What is to be kept. What is under way now will be due at once: nobody will be there to hear how it ended.
    pub(crate) fn keep(&self, now: SystemTime) -> KeptSchedule {
        let deliveries = self.deliveries.values().cloned().map(|(queue, mut delivery)| {
            if delivery.state == WebhookState::UnderWay {
                delivery.state = WebhookState::Waiting { until: now };
                if let Some(attempt) = delivery.attempts.last_mut() {
                    attempt.ended_at = Some(now);
                    attempt.outcome = Some(WebhookOutcome::Abandoned);
                }
            }
            KeptDelivery { queue, delivery }
        });
        KeptSchedule {
            random: self.random.get_seed(),
            added: self.added,
            dropped: self.dropped,
            deliveries: deliveries.collect(),
        }
    }

    /// Takes the place of all that there is with what was kept. What is under way ends unheard.
    pub(crate) fn take_up(&mut self, kept: KeptSchedule, retention: Retention) {
        let deliveries = kept.deliveries.into_iter();
        let deliveries = deliveries.map(|KeptDelivery { queue, delivery }| (queue, delivery));
        self.replace(deliveries, kept.added, retention);
        self.random = Rng::with_seed(kept.random);
        self.dropped = kept.dropped;
    }
}

impl KeptSchedule {
    /// Fails where the parts do not belong together.
    pub(crate) fn check(&self) -> Result<(), SnapshotError> {
        if self.added >= MOST_EVER {
            return Err(SnapshotError::at("webhooks.added", "there were never so many deliveries"));
        }
        check_dropped("webhooks.dropped[0]", self.dropped.0)?;
        check_dropped("webhooks.dropped[1]", self.dropped.1)?;
        let mut free = 0;
        for (at, KeptDelivery { delivery, .. }) in self.deliveries.iter().enumerate() {
            let wrong = |member: &str, message: &str| {
                Err(SnapshotError::at(format!("webhooks.deliveries[{at}].delivery.{member}"), message))
            };
            if delivery.number < free || delivery.number >= self.added {
                return wrong("number", "numbers rise, and are less than `added`");
            }
            if delivery.state == WebhookState::UnderWay {
                return wrong("state", "nothing is under way in a snapshot");
            }
            free = delivery.number + 1;
        }
        Ok(())
    }
}
