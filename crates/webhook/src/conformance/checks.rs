//! The checks, and what they share.

use std::{
    future::poll_fn,
    pin::Pin,
    task::Poll,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    Claimed::{self, Complete, Granted, Held},
    DeliveryKey, DeliveryStore,
};

type Verdict = Result<(), String>;

type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

type Check = for<'a> fn(&'a Exam<'a>) -> Work<'a, Verdict>;

/// A table of checks, each called by the name of its function.
macro_rules! checks {
    ($($check:ident),* $(,)?) => {
        &[$((stringify!($check), |exam| Box::pin($check(exam)))),*]
    };
}

pub(super) const CHECKS: &[(&str, Check)] = checks![
    what_is_claimed_is_refused_to_others,
    a_claim_ends_with_its_lease,
    who_holds_a_claim_may_claim_it_for_longer,
    who_has_lost_a_claim_gets_it_no_more,
    a_claim_that_is_given_up_is_free_at_once,
    of_claims_at_the_same_time_one_is_granted,
    what_is_complete_is_claimed_by_nobody_until_its_time,
    what_is_complete_counts_without_a_claim,
    what_is_complete_counts_after_the_lease_has_run_out,
    what_is_complete_counts_while_another_holds_it,
    what_is_complete_is_kept_until_the_later_time,
    what_is_complete_is_not_given_up,
    what_is_completed_while_others_claim_it_stays_complete,
    keys_have_nothing_to_do_with_each_other,
    what_is_over_does_not_take_along_what_is_not,
];

/// A store as two processes see it, and whoever asks them.
pub(super) struct Exam<'a> {
    one: &'a dyn DeliveryStore,
    other: &'a dyn DeliveryStore,
}

/// A process: by which name it claims, and how it sees the store.
#[derive(Clone, Copy)]
struct Process<'a> {
    name: &'static str,
    store: &'a dyn DeliveryStore,
}

impl<'a> Exam<'a> {
    pub(super) fn new(one: &'a dyn DeliveryStore, other: &'a dyn DeliveryStore) -> Self {
        Exam { one, other }
    }

    fn processes(&self) -> [Process<'a>; 2] {
        let (one, other) = ("one", "other");
        [
            Process {
                name: one,
                store: self.one,
            },
            Process {
                name: other,
                store: self.other,
            },
        ]
    }
}

impl Process<'_> {
    async fn claim(&self, key: &DeliveryKey, now: u64, until: u64) -> Result<Claimed, String> {
        let claimed = self.store.claim(key, self.name, at(now), at(until)).await;
        claimed.map_err(|error| format!("a claim failed: {error}"))
    }

    async fn complete(&self, key: &DeliveryKey, now: u64, until: u64) -> Verdict {
        let kept = self.store.complete(key, at(now), at(until)).await;
        kept.map_err(|error| format!("a completion failed: {error}"))
    }

    /// Claims, and wants this to come of it.
    async fn gets(&self, expected: Claimed, key: &DeliveryKey, now: u64, until: u64) -> Verdict {
        let claimed = self.claim(key, now, until).await?;
        if claimed == expected {
            return Ok(());
        }
        let name = self.name;
        Err(format!("`{name}` claims at {now} s until {until} s: expected {expected:?}, got {claimed:?}"))
    }
}

/// So many seconds after the suite began, which is always the same time.
fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_780_000_000 + seconds)
}

fn key(name: &str) -> DeliveryKey {
    DeliveryKey::of_check(name)
}

const DAY: u64 = 24 * 60 * 60;

async fn what_is_claimed_is_refused_to_others(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    other.gets(Held, &key, 0, 60).await?;
    other.gets(Held, &key, 59, 119).await
}

async fn a_claim_ends_with_its_lease(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    other.gets(Granted, &key, 60, 120).await
}

async fn who_holds_a_claim_may_claim_it_for_longer(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    one.gets(Granted, &key, 30, 90).await?;
    other.gets(Held, &key, 60, 120).await?;
    other.gets(Held, &key, 89, 149).await?;
    other.gets(Granted, &key, 90, 150).await
}

async fn who_has_lost_a_claim_gets_it_no_more(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    other.gets(Granted, &key, 60, 120).await?;
    one.gets(Held, &key, 61, 121).await?;
    // Giving up what another holds changes nothing.
    one.gets(Held, &key, 62, 62).await?;
    one.gets(Held, &key, 63, 123).await?;
    one.gets(Granted, &key, 120, 180).await
}

async fn a_claim_that_is_given_up_is_free_at_once(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    one.gets(Granted, &key, 10, 10).await?;
    other.gets(Granted, &key, 10, 70).await?;
    one.gets(Held, &key, 10, 70).await
}

async fn of_claims_at_the_same_time_one_is_granted(exam: &Exam<'_>) -> Verdict {
    const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

    let (processes, key) = (exam.processes(), key("a"));
    let mut claims: Vec<Work<'_, _>> = Vec::new();
    for (name, Process { store, .. }) in NAMES.into_iter().zip(processes.into_iter().cycle()) {
        let claimant = Process { name, store };
        let key = &key;
        claims.push(Box::pin(async move { claimant.claim(key, 0, 60).await }));
    }
    let outcomes: Vec<Claimed> = all(claims).await.into_iter().collect::<Result<_, _>>()?;
    let granted = outcomes.iter().filter(|outcome| **outcome == Granted).count();
    let held = outcomes.iter().filter(|outcome| **outcome == Held).count();
    if (granted, held) == (1, NAMES.len() - 1) {
        return Ok(());
    }
    Err(format!("expected one claim to be granted and all others to be held, got {outcomes:?}"))
}

async fn what_is_complete_is_claimed_by_nobody_until_its_time(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    one.complete(&key, 5, 5 + 3 * DAY).await?;
    for (now, process) in [(5, one), (6, other), (60, other), (DAY, one), (4 + 3 * DAY, other)] {
        process.gets(Complete, &key, now, now + 60).await?;
    }
    other.gets(Granted, &key, 5 + 3 * DAY, 65 + 3 * DAY).await?;
    one.gets(Held, &key, 6 + 3 * DAY, 66 + 3 * DAY).await
}

async fn what_is_complete_counts_without_a_claim(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.complete(&key, 0, DAY).await?;
    other.gets(Complete, &key, 1, 61).await
}

async fn what_is_complete_counts_after_the_lease_has_run_out(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    one.complete(&key, 100, 100 + DAY).await?;
    other.gets(Complete, &key, 101, 161).await
}

async fn what_is_complete_counts_while_another_holds_it(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    other.gets(Granted, &key, 60, 120).await?;
    one.complete(&key, 70, 70 + DAY).await?;
    other.gets(Complete, &key, 71, 131).await?;
    other.complete(&key, 80, 80 + DAY).await?;
    one.gets(Complete, &key, 79 + DAY, 139 + DAY).await
}

async fn what_is_complete_is_kept_until_the_later_time(exam: &Exam<'_>) -> Verdict {
    let [one, other] = exam.processes();
    for (name, first, second) in [("a", DAY, 2 * DAY), ("b", 2 * DAY, DAY)] {
        let key = key(name);
        one.complete(&key, 0, first).await?;
        other.complete(&key, 1, second).await?;
        one.gets(Complete, &key, 2 * DAY - 1, 2 * DAY + 59).await?;
        one.gets(Granted, &key, 2 * DAY, 2 * DAY + 60).await?;
    }
    Ok(())
}

async fn what_is_complete_is_not_given_up(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    one.complete(&key, 5, 5 + DAY).await?;
    one.gets(Complete, &key, 6, 6).await?;
    other.gets(Complete, &key, 7, 67).await
}

async fn what_is_completed_while_others_claim_it_stays_complete(exam: &Exam<'_>) -> Verdict {
    let ([one, other], key) = (exam.processes(), key("a"));
    one.gets(Granted, &key, 0, 60).await?;
    let key = &key;
    let steps: Vec<Work<'_, Verdict>> = vec![
        Box::pin(async move { other.claim(key, 60, 120).await.map(drop) }),
        Box::pin(async move { one.complete(key, 60, 60 + DAY).await }),
        Box::pin(async move { other.claim(key, 60, 120).await.map(drop) }),
    ];
    all(steps).await.into_iter().collect::<Verdict>()?;
    one.gets(Complete, key, 61, 121).await
}

async fn keys_have_nothing_to_do_with_each_other(exam: &Exam<'_>) -> Verdict {
    let [one, other] = exam.processes();
    let longest = "k".repeat(DeliveryKey::MAX_LENGTH - 1);
    let names = [
        "a".to_owned(),
        "A".to_owned(),
        "a%2F".to_owned(),
        format!("{longest}1"),
        format!("{longest}2"),
    ];
    for name in &names {
        one.gets(Granted, &key(name), 0, 60).await?;
    }
    one.complete(&key(&names[0]), 1, DAY).await?;
    one.complete(&key(&names[3]), 1, DAY).await?;
    for (name, expected) in names.iter().zip([Complete, Held, Held, Complete, Held]) {
        other
            .gets(expected, &key(name), 2, 62)
            .await
            .map_err(|why| format!("the key `{name}`: {why}"))?;
    }
    Ok(())
}

async fn what_is_over_does_not_take_along_what_is_not(exam: &Exam<'_>) -> Verdict {
    let [one, other] = exam.processes();
    let (long, short, claimed) = (key("long"), key("short"), key("claimed"));
    one.complete(&long, 0, 2 * DAY).await?;
    one.complete(&short, 0, DAY).await?;
    one.gets(Granted, &claimed, DAY - 30, DAY + 30).await?;
    one.complete(&key("later"), DAY, 3 * DAY).await?;
    other.gets(Granted, &short, DAY + 1, DAY + 61).await?;
    other.gets(Complete, &long, DAY + 2, DAY + 62).await?;
    other.gets(Held, &claimed, DAY + 3, DAY + 63).await
}

/// Waits for all of these at once.
async fn all<T>(mut futures: Vec<Work<'_, T>>) -> Vec<T> {
    let mut values: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, value) in futures.iter_mut().zip(&mut values) {
            if value.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *value = Some(ready);
            }
        }
        if values.iter().all(Option::is_some) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    values.into_iter().flatten().collect()
}
