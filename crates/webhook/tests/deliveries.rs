//! An event is done once, unless its doing failed; what is kept is that it is done.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use hubchannel_model::{ChannelEvents, decode};
use hubchannel_testkit::cases;
use hubchannel_webhook::{
    Begin, Deliveries, Delivery, DeliveryKey, DeliveryStore, DeliveryStoreError, MemoryDeliveryStore,
};
use proptest::prelude::*;

use self::common::{at, at_once};

fn key(number: usize) -> DeliveryKey {
    let json = format!(r#"{{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","message":{{"id":"{number}"}}}}"#);
    let events: ChannelEvents = decode(json.as_bytes()).unwrap();
    DeliveryKey::of(&events[0])
}

fn begin(deliveries: &Deliveries, number: usize, now: SystemTime) -> Begin {
    at_once(deliveries.begin(key(number), now)).unwrap()
}

fn new(begin: Begin) -> Delivery {
    match begin {
        Begin::New(delivery) => delivery,
        other => panic!("{other:?}"),
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn what_has_only_arrived_comes_again_and_what_is_done_does_not() {
    let deliveries = Deliveries::new(MemoryDeliveryStore::new());
    let first = new(begin(&deliveries, 1, at(0)));
    assert!(matches!(begin(&deliveries.clone(), 1, at(0)), Begin::UnderWay));
    drop(first);
    let second = new(begin(&deliveries, 1, at(1)));
    assert_eq!(second.key(), &key(1));
    at_once(second.complete(at(2))).unwrap();
    assert!(matches!(begin(&deliveries, 1, at(3)), Begin::Complete));
    drop(new(begin(&deliveries, 2, at(3))));
}

#[test]
fn what_is_done_is_known_beyond_hubspots_last_repeat() {
    let store = MemoryDeliveryStore::new();
    let deliveries = Deliveries::new(store.clone());
    at_once(new(begin(&deliveries, 1, at(0))).complete(at(0))).unwrap();
    assert!(matches!(begin(&deliveries, 1, at(0) + 3 * DAY - Duration::from_nanos(1)), Begin::Complete));
    drop(new(begin(&deliveries, 1, at(0) + 3 * DAY)));

    for (asked, given) in [
        (Duration::ZERO, Deliveries::SHORTEST_LIFETIME),
        (Duration::MAX, 36_500 * DAY),
    ] {
        let deliveries = Deliveries::with_lifetime(MemoryDeliveryStore::new(), asked);
        at_once(new(begin(&deliveries, 1, at(0))).complete(at(0))).unwrap();
        assert!(matches!(begin(&deliveries, 1, at(0) + given - Duration::from_secs(1)), Begin::Complete));
        drop(new(begin(&deliveries, 1, at(0) + given)));
    }
}

#[test]
fn the_memory_forgets_what_is_over_and_keeps_the_later_time() {
    let store = MemoryDeliveryStore::new();
    let complete =
        |number: usize, now: u64, until: u64| at_once(store.complete(&key(number), at(now), at(until))).unwrap();
    complete(1, 0, 10);
    complete(2, 0, 20);
    complete(1, 0, 30);
    complete(2, 0, 15);
    assert_eq!(store.len(), 2);
    let known = |number: usize, now: u64| at_once(store.is_complete(&key(number), at(now))).unwrap();
    assert!(known(1, 29) && !known(1, 30) && known(2, 19) && !known(2, 20));
    complete(3, 20, 40);
    assert_eq!(store.len(), 2);
    complete(4, 40, 50);
    assert_eq!(store.len(), 1);
    assert_eq!(format!("{store:?}"), "MemoryDeliveryStore { keys: 1 }");
}

/// A store that is out of order now and then.
#[derive(Clone, Debug, Default)]
struct Moody {
    store: MemoryDeliveryStore,
    fails: Arc<AtomicBool>,
}

impl Moody {
    fn may(&self) -> Result<(), DeliveryStoreError> {
        if self.fails.load(Ordering::Relaxed) {
            Err(DeliveryStoreError::new("the table is locked").with_source("who knows"))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl DeliveryStore for Moody {
    async fn is_complete(&self, key: &DeliveryKey, now: SystemTime) -> Result<bool, DeliveryStoreError> {
        self.may()?;
        self.store.is_complete(key, now).await
    }

    async fn complete(&self, key: &DeliveryKey, now: SystemTime, until: SystemTime) -> Result<(), DeliveryStoreError> {
        self.may()?;
        self.store.complete(key, now, until).await
    }
}

#[test]
fn a_store_that_fails_leaves_nothing_under_way() {
    let store = Moody::default();
    let deliveries = Deliveries::new(store.clone());
    store.fails.store(true, Ordering::Relaxed);
    let error = at_once(deliveries.begin(key(1), at(0))).unwrap_err();
    assert_eq!(error.to_string(), "the table is locked");
    assert!(std::error::Error::source(&error).is_some());
    store.fails.store(false, Ordering::Relaxed);
    let delivery = new(begin(&deliveries, 1, at(0)));
    store.fails.store(true, Ordering::Relaxed);
    assert!(at_once(delivery.complete(at(0))).is_err());
    store.fails.store(false, Ordering::Relaxed);
    drop(new(begin(&deliveries, 1, at(0))));
}

/// What may happen to one of a few events.
#[derive(Clone, Debug)]
enum Step {
    Begin(usize),
    Complete(usize),
    Drop(usize),
    Pass(u64),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..4_usize).prop_map(Step::Begin),
        3 => (0..4_usize).prop_map(Step::Complete),
        2 => (0..4_usize).prop_map(Step::Drop),
        2 => prop::sample::select(vec![1, 3_600, 86_400, 259_199, 259_200]).prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn events_are_begun_exactly_when_they_are_neither_done_nor_under_way(steps in steps()) {
        let store = MemoryDeliveryStore::new();
        let mut deliveries = Deliveries::new(store.clone());
        let mut under_way: BTreeMap<usize, Delivery> = BTreeMap::new();
        let mut done: BTreeMap<usize, SystemTime> = BTreeMap::new();
        let mut now = at(0);
        for step in steps {
            match step {
                Step::Begin(number) => match begin(&deliveries, number, now) {
                    Begin::New(delivery) => {
                        let over = done.get(&number).is_none_or(|since| now >= *since + 3 * DAY);
                        prop_assert!(over && !under_way.contains_key(&number));
                        under_way.insert(number, delivery);
                    }
                    Begin::UnderWay => prop_assert!(under_way.contains_key(&number)),
                    Begin::Complete => prop_assert!(now < done[&number] + 3 * DAY),
                },
                Step::Complete(number) => {
                    if let Some(delivery) = under_way.remove(&number) {
                        at_once(delivery.complete(now)).unwrap();
                        done.insert(number, now);
                    }
                }
                Step::Drop(number) => drop(under_way.remove(&number)),
                Step::Pass(seconds) => now += Duration::from_secs(seconds),
                Step::Restart => {
                    under_way.clear();
                    deliveries = Deliveries::new(store.clone());
                }
            }
        }
    }
}
