//! The suite for stores: the memory passes it, and stores that do what they must not do fail the check that says so.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    collections::BTreeMap,
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
    time::SystemTime,
};

use async_trait::async_trait;
use hubchannel_model::{ChannelEvents, decode};
use hubchannel_testkit::cases;
use hubchannel_webhook::{
    Claimed, DeliveryKey, DeliveryStore, DeliveryStoreError, MemoryDeliveryStore,
    conformance::{self, Report},
};
use proptest::prelude::*;

use self::common::{at, finish};

fn memory() -> Report {
    finish(conformance::run(async || {
        let store = MemoryDeliveryStore::new();
        Ok([store.clone(), store])
    }))
}

#[test]
fn the_memory_conforms() {
    let report = memory();
    report.assert();
    assert!(report.passed().count() >= 15, "{report}");
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// For one process only, and it says so to nobody.
    ForgetsClaims,
    ClaimsForEver,
    RefusesItsOwnHolder,
    DoesNotLengthen,
    TakesFromOthers,
    ClaimsOverWhatIsComplete,
    CompletesOnlyWhatIsHeld,
    CompletesOnlyWhileTheClaimLasts,
    KeepsTheLastTime,
    KeepsTheFirstTime,
    CompletesForEver,
    IsNotShared,
    LooksFirstAndWritesLater,
    FoldsCase,
    CutsKeys,
    ForgetsEverythingWhenSomethingIsOver,
    Fails,
}

const FAULTS: &[(Fault, &[&str])] = &[
    (
        Fault::ForgetsClaims,
        &[
            "what_is_claimed_is_refused_to_others",
            "of_claims_at_the_same_time_one_is_granted",
        ],
    ),
    (Fault::ClaimsForEver, &["a_claim_ends_with_its_lease"]),
    (Fault::RefusesItsOwnHolder, &["who_holds_a_claim_may_claim_it_for_longer"]),
    (
        Fault::DoesNotLengthen,
        &[
            "who_holds_a_claim_may_claim_it_for_longer",
            "a_claim_that_is_given_up_is_free_at_once",
        ],
    ),
    (Fault::TakesFromOthers, &["who_has_lost_a_claim_gets_it_no_more"]),
    (
        Fault::ClaimsOverWhatIsComplete,
        &[
            "what_is_complete_is_claimed_by_nobody_until_its_time",
            "what_is_complete_is_not_given_up",
        ],
    ),
    (Fault::CompletesOnlyWhatIsHeld, &["what_is_complete_counts_without_a_claim"]),
    (Fault::CompletesOnlyWhileTheClaimLasts, &["what_is_complete_counts_after_the_lease_has_run_out"]),
    (Fault::KeepsTheLastTime, &["what_is_complete_is_kept_until_the_later_time"]),
    (Fault::KeepsTheFirstTime, &["what_is_complete_is_kept_until_the_later_time"]),
    (Fault::CompletesForEver, &["what_is_complete_is_claimed_by_nobody_until_its_time"]),
    (Fault::IsNotShared, &["what_is_claimed_is_refused_to_others"]),
    (
        Fault::LooksFirstAndWritesLater,
        &[
            "of_claims_at_the_same_time_one_is_granted",
            "what_is_completed_while_others_claim_it_stays_complete",
        ],
    ),
    (Fault::FoldsCase, &["keys_have_nothing_to_do_with_each_other"]),
    (Fault::CutsKeys, &["keys_have_nothing_to_do_with_each_other"]),
    (Fault::ForgetsEverythingWhenSomethingIsOver, &["what_is_over_does_not_take_along_what_is_not"]),
    (Fault::Fails, &["what_is_claimed_is_refused_to_others"]),
];

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    holder: Option<String>,
    until: SystemTime,
}

/// A store that does one thing wrong, or none.
#[derive(Clone, Debug)]
struct Table {
    rows: Arc<Mutex<BTreeMap<String, Row>>>,
    fault: Option<Fault>,
}

impl Table {
    fn new(fault: Option<Fault>) -> Self {
        let rows = Arc::default();
        Table { rows, fault }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn place(&self, key: &DeliveryKey) -> String {
        let mut place = key.as_str().to_owned();
        if self.has(Fault::FoldsCase) {
            place.make_ascii_lowercase();
        }
        if self.has(Fault::CutsKeys) {
            place.truncate(100);
        }
        place
    }

    fn read(&self, key: &DeliveryKey) -> Option<Row> {
        self.rows.lock().unwrap().get(&self.place(key)).cloned()
    }

    fn write(&self, key: &DeliveryKey, row: Row) {
        self.rows.lock().unwrap().insert(self.place(key), row);
    }

    fn clean(&self, now: SystemTime) {
        let mut rows = self.rows.lock().unwrap();
        if self.has(Fault::ForgetsEverythingWhenSomethingIsOver) && rows.values().any(|row| row.until <= now) {
            rows.clear();
        }
    }

    fn may(&self) -> Result<(), DeliveryStoreError> {
        let fails = self.has(Fault::Fails);
        if fails {
            Err(DeliveryStoreError::new("out of order"))
        } else {
            Ok(())
        }
    }

    async fn pause(&self) {
        if self.has(Fault::LooksFirstAndWritesLater) {
            turn().await;
        }
    }
}

/// Lets others have their turn.
async fn turn() {
    let mut had = false;
    poll_fn(|context| {
        if had {
            return Poll::Ready(());
        }
        had = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[async_trait]
impl DeliveryStore for Table {
    async fn claim(
        &self,
        key: &DeliveryKey,
        holder: &str,
        now: SystemTime,
        until: SystemTime,
    ) -> Result<Claimed, DeliveryStoreError> {
        self.may()?;
        self.clean(now);
        let row = self.read(key);
        self.pause().await;
        let counts = |row: &Row| match row.holder {
            Some(_) => row.until > now || self.has(Fault::ClaimsForEver),
            None => row.until > now || self.has(Fault::CompletesForEver),
        };
        let mut claim = Row {
            holder: Some(holder.to_owned()),
            until,
        };
        match row.filter(counts) {
            Some(Row { holder: None, .. }) if !self.has(Fault::ClaimsOverWhatIsComplete) => {
                return Ok(Claimed::Complete);
            }
            Some(Row {
                holder: Some(other),
                until,
            }) => {
                let own = other == holder && !self.has(Fault::RefusesItsOwnHolder);
                if !own && !self.has(Fault::TakesFromOthers) {
                    return Ok(Claimed::Held);
                }
                if self.has(Fault::DoesNotLengthen) {
                    claim.until = until;
                }
            }
            _ => {}
        }
        if !self.has(Fault::ForgetsClaims) {
            self.write(key, claim);
        }
        Ok(Claimed::Granted)
    }

    async fn complete(&self, key: &DeliveryKey, now: SystemTime, until: SystemTime) -> Result<(), DeliveryStoreError> {
        self.may()?;
        self.clean(now);
        let row = self.read(key);
        self.pause().await;
        let claim_end = row.as_ref().filter(|row| row.holder.is_some()).map(|row| row.until);
        if self.has(Fault::CompletesOnlyWhatIsHeld) && claim_end.is_none()
            || self.has(Fault::CompletesOnlyWhileTheClaimLasts) && claim_end.is_some_and(|end| end <= now)
        {
            return Ok(());
        }
        let before = row.filter(|row| row.holder.is_none()).map_or(until, |row| row.until);
        let until = match self.fault {
            Some(Fault::KeepsTheLastTime) => until,
            Some(Fault::KeepsTheFirstTime) => before,
            _ => before.max(until),
        };
        self.write(key, Row { holder: None, until });
        Ok(())
    }
}

fn table(fault: Option<Fault>) -> Report {
    finish(conformance::run(async || {
        let store = Table::new(fault);
        let other = if fault == Some(Fault::IsNotShared) {
            Table::new(fault)
        } else {
            store.clone()
        };
        Ok([store, other])
    }))
}

#[test]
fn a_store_without_a_fault_conforms() {
    table(None).assert();
}

#[test]
fn every_fault_fails_the_checks_that_are_about_it() {
    for (fault, checks) in FAULTS {
        let report = table(Some(*fault));
        for check in *checks {
            assert!(report.failed().any(|(failed, _)| failed == *check), "{fault:?}: {check} did not fail\n{report}");
        }
    }
}

#[test]
fn every_check_fails_for_some_store() {
    let reports: Vec<Report> = FAULTS
        .iter()
        .filter(|(fault, _)| *fault != Fault::Fails)
        .map(|(fault, _)| table(Some(*fault)))
        .collect();
    for check in memory().passed() {
        assert!(
            reports
                .iter()
                .any(|report| report.failed().any(|(failed, _)| failed == check)),
            "{check}"
        );
    }
}

#[test]
#[should_panic(expected = "the store does not do what a store must do")]
fn a_report_with_a_failure_panics_where_it_is_asserted() {
    table(Some(Fault::ForgetsClaims)).assert();
}

#[test]
fn without_a_store_every_check_fails() {
    let none = async || Err::<[MemoryDeliveryStore; 2], _>(DeliveryStoreError::new("no connection"));
    let report = finish(conformance::run(none));
    assert_eq!(report.passed().count(), 0);
    assert!(report.to_string().contains("no store: no connection"), "{report}");
}

fn key(number: usize) -> DeliveryKey {
    let json = format!(r#"{{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{{"id":"{number}"}}}}"#);
    let events: ChannelEvents = decode(json.as_bytes()).unwrap();
    DeliveryKey::of(&events[0])
}

/// What somebody may ask of a store, so many seconds after the last one did.
#[derive(Clone, Debug)]
enum Step {
    Claim { key: usize, holder: usize, lease: u64 },
    Complete { key: usize, lifetime: u64 },
}

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    let passed = prop_oneof![4 => Just(0), 3 => 1..5_u64, 1 => 5..100_u64];
    let step = prop_oneof![
        3 => (0..3_usize, 0..3_usize, 0..20_u64).prop_map(|(key, holder, lease)| Step::Claim { key, holder, lease }),
        1 => (0..3_usize, 1..60_u64).prop_map(|(key, lifetime)| Step::Complete { key, lifetime }),
    ];
    prop::collection::vec((passed, step), 1..60)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_memory_answers_as_a_table_does_and_holds_no_more_than_what_counts(steps in steps()) {
        let (memory, table) = (MemoryDeliveryStore::new(), Table::new(None));
        let mut now = 0;
        for (passed, step) in steps {
            now += passed * 1000;
            match step {
                Step::Claim { key: number, holder, lease } => {
                    let (key, holder, until) = (key(number), ["a", "b", "c"][holder], at(now + lease * 1000));
                    let expected = finish(table.claim(&key, holder, at(now), until)).unwrap();
                    prop_assert_eq!(finish(memory.claim(&key, holder, at(now), until)).unwrap(), expected);
                }
                Step::Complete { key: number, lifetime } => {
                    let (key, until) = (key(number), at(now + lifetime * 1000));
                    finish(table.complete(&key, at(now), until)).unwrap();
                    finish(memory.complete(&key, at(now), until)).unwrap();
                }
            }
            let rows = table.rows.lock().unwrap();
            // A claim that was given up at once may still stand there.
            let count = rows.values().filter(|row| row.until > at(now)).count();
            prop_assert!((count..=count + 1).contains(&memory.len()));
        }
    }
}
