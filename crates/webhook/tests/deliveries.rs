//! An event is done once, unless its doing failed; what is kept is that it is done.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    collections::BTreeMap,
    future::pending,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Waker},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use hubchannel_model::{ChannelEvents, decode};
use hubchannel_testkit::cases;
use hubchannel_webhook::{
    Begin, Claimed, Deliveries, Delivery, DeliveryKey, DeliveryStore, DeliveryStoreError, MemoryDeliveryStore,
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

fn complete(mut delivery: Delivery, now: SystemTime) {
    at_once(delivery.complete(now)).unwrap();
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn what_has_only_arrived_comes_again_and_what_is_done_does_not() {
    let deliveries = Deliveries::new(MemoryDeliveryStore::new());
    let first = new(begin(&deliveries, 1, at(0)));
    assert!(matches!(begin(&deliveries.clone(), 1, at(0)), Begin::UnderWay));
    drop(first);
    let second = new(begin(&deliveries, 1, at(1)));
    assert_eq!(second.key(), &key(1));
    complete(second, at(2));
    assert!(matches!(begin(&deliveries, 1, at(3)), Begin::Complete));
    drop(new(begin(&deliveries, 2, at(3))));
}

#[test]
fn what_is_done_is_known_beyond_hubspots_last_repeat() {
    let store = MemoryDeliveryStore::new();
    let deliveries = Deliveries::new(store.clone());
    complete(new(begin(&deliveries, 1, at(0))), at(0));
    assert!(matches!(begin(&deliveries, 1, at(0) + 3 * DAY - Duration::from_nanos(1)), Begin::Complete));
    drop(new(begin(&deliveries, 1, at(0) + 3 * DAY)));

    for (asked, given) in [
        (Duration::ZERO, Deliveries::SHORTEST_LIFETIME),
        (Duration::MAX, 36_500 * DAY),
    ] {
        let deliveries = Deliveries::with_lifetime(MemoryDeliveryStore::new(), asked);
        complete(new(begin(&deliveries, 1, at(0))), at(0));
        assert!(matches!(begin(&deliveries, 1, at(0) + given - SECOND), Begin::Complete));
        drop(new(begin(&deliveries, 1, at(0) + given)));
    }
}

#[test]
fn the_memory_forgets_what_is_over() {
    let store = MemoryDeliveryStore::new();
    let deliveries = Deliveries::new(store.clone());
    for number in 0..10 {
        complete(new(begin(&deliveries, number, at(0))), at(0));
    }
    let left = new(begin(&deliveries, 10, at(0)));
    assert_eq!(store.len(), 11);
    assert_eq!(format!("{store:?}"), "MemoryDeliveryStore { keys: 11 }");
    drop(left);
    drop(new(begin(&deliveries, 11, at(0) + MINUTE)));
    assert_eq!(store.len(), 11);
    drop(new(begin(&deliveries, 12, at(0) + 3 * DAY)));
    assert_eq!(store.len(), 1);
}

#[test]
fn processes_that_share_a_store_share_the_work() {
    let store = MemoryDeliveryStore::new();
    let (one, other) = (Deliveries::new(store.clone()), Deliveries::new(store));
    let delivery = new(begin(&one, 1, at(0)));
    assert!(matches!(begin(&other, 1, at(0) + MINUTE - SECOND), Begin::UnderWay));
    complete(delivery, at(0) + MINUTE - SECOND);
    assert!(matches!(begin(&other, 1, at(0) + MINUTE), Begin::Complete));
}

#[test]
fn what_a_process_left_that_died_is_begun_anew_when_the_lease_is_over() {
    let store = MemoryDeliveryStore::new();
    let (one, other) = (Deliveries::new(store.clone()), Deliveries::new(store));
    let hanging = new(begin(&one, 1, at(0)));
    assert!(matches!(begin(&other, 1, at(0) + MINUTE - SECOND), Begin::UnderWay));
    let taken_over = new(begin(&other, 1, at(0) + MINUTE));
    // It was not dead after all, and has done it: that counts, and nothing that it does disturbs the other one.
    complete(hanging, at(0) + MINUTE + SECOND);
    assert!(matches!(begin(&one, 1, at(0) + MINUTE + SECOND), Begin::Complete));
    complete(taken_over, at(0) + MINUTE + SECOND);
}

#[test]
fn a_holder_that_was_too_slow_disturbs_nobody() {
    let store = MemoryDeliveryStore::new();
    let (one, other) = (Deliveries::new(store.clone()), Deliveries::new(store.clone()));
    let third = Deliveries::new(store);
    let mut slow = new(begin(&one, 1, at(0)));
    let taken_over = new(begin(&other, 1, at(0) + MINUTE));
    assert!(!at_once(slow.renew(at(0) + MINUTE + SECOND)).unwrap());
    at_once(slow.release(at(0) + MINUTE + SECOND)).unwrap();
    for deliveries in [&one, &third] {
        assert!(matches!(begin(deliveries, 1, at(0) + MINUTE + 2 * SECOND), Begin::UnderWay));
    }
    complete(taken_over, at(0) + MINUTE + 3 * SECOND);
}

#[test]
fn work_that_takes_longer_than_a_lease_renews_it() {
    let store = MemoryDeliveryStore::new();
    let (one, other) = (Deliveries::new(store.clone()), Deliveries::new(store));
    let mut delivery = new(begin(&one, 1, at(0)));
    assert!(at_once(delivery.renew(at(0) + MINUTE - SECOND)).unwrap());
    assert!(matches!(begin(&other, 1, at(0) + 2 * MINUTE - 2 * SECOND), Begin::UnderWay));
    // Too late, but nobody else was there.
    assert!(at_once(delivery.renew(at(0) + 3 * MINUTE)).unwrap());
    assert!(matches!(begin(&other, 1, at(0) + 3 * MINUTE), Begin::UnderWay));
    complete(delivery, at(0) + 3 * MINUTE);
    assert!(matches!(begin(&other, 1, at(0) + 3 * MINUTE), Begin::Complete));
}

#[test]
fn what_is_released_may_be_begun_anywhere_at_once() {
    let store = MemoryDeliveryStore::new();
    let (one, other) = (Deliveries::new(store.clone()), Deliveries::new(store));
    at_once(new(begin(&one, 1, at(0))).release(at(0))).unwrap();
    let delivery = new(begin(&other, 1, at(0)));
    // What is dropped is this process's again, and others wait for the lease.
    drop(delivery);
    assert!(matches!(begin(&one, 1, at(0)), Begin::UnderWay));
    let mut delivery = new(begin(&other, 1, at(0)));
    at_once(delivery.complete(at(0))).unwrap();
    at_once(delivery.release(at(0))).unwrap();
    assert!(matches!(begin(&one, 1, at(0)), Begin::Complete));
}

#[test]
fn a_process_with_its_old_name_gets_its_work_back() {
    let store = MemoryDeliveryStore::new();
    let pod = || Deliveries::new(store.clone()).with_holder("pod-1");
    drop(new(begin(&pod(), 1, at(0))));
    drop(new(begin(&pod(), 1, at(0))));
    assert!(matches!(begin(&pod().with_holder("pod-2"), 1, at(0)), Begin::UnderWay));
    assert!(format!("{:?}", pod()).contains("pod-1"));
}

#[test]
fn a_lease_is_as_long_as_asked_within_reason() {
    for (asked, given) in [
        (Duration::ZERO, Deliveries::SHORTEST_LEASE),
        (10 * MINUTE, 10 * MINUTE),
        (Duration::MAX, Deliveries::LONGEST_LEASE),
    ] {
        let store = MemoryDeliveryStore::new();
        let one = Deliveries::new(store.clone()).with_lease(asked);
        let other = Deliveries::new(store);
        drop(new(begin(&one, 1, at(0))));
        assert!(matches!(begin(&other, 1, at(0) + given - SECOND), Begin::UnderWay));
        drop(new(begin(&other, 1, at(0) + given)));
    }
}

/// A store that is out of order now and then, or never answers.
#[derive(Clone, Debug, Default)]
struct Moody {
    store: MemoryDeliveryStore,
    mood: Arc<AtomicU8>,
}

const FAILS: u8 = 1;
const HANGS: u8 = 2;
/// Does what it is told, and the answer is lost.
const FAILS_AFTERWARDS: u8 = 3;

impl Moody {
    fn is(&self, mood: u8) {
        self.mood.store(mood, Ordering::Relaxed);
    }

    async fn may(&self, afterwards: bool) -> Result<(), DeliveryStoreError> {
        match (self.mood.load(Ordering::Relaxed), afterwards) {
            (FAILS, false) | (FAILS_AFTERWARDS, true) => {
                Err(DeliveryStoreError::new("the table is locked").with_source("who knows"))
            }
            (HANGS, false) => pending().await,
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl DeliveryStore for Moody {
    async fn claim(
        &self,
        key: &DeliveryKey,
        holder: &str,
        now: SystemTime,
        until: SystemTime,
    ) -> Result<Claimed, DeliveryStoreError> {
        self.may(false).await?;
        let claimed = self.store.claim(key, holder, now, until).await;
        self.may(true).await?;
        claimed
    }

    async fn complete(&self, key: &DeliveryKey, now: SystemTime, until: SystemTime) -> Result<(), DeliveryStoreError> {
        self.may(false).await?;
        self.store.complete(key, now, until).await?;
        self.may(true).await
    }
}

/// Starts a future, and drops it in the middle of what it does.
fn cut_short<T>(future: impl Future<Output = T>) {
    assert!(pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[test]
fn a_beginning_that_fails_or_is_dropped_leaves_nothing_under_way() {
    let store = Moody::default();
    let deliveries = Deliveries::new(store.clone());
    for mood in [FAILS, FAILS_AFTERWARDS] {
        store.is(mood);
        let error = at_once(deliveries.begin(key(1), at(0))).unwrap_err();
        assert_eq!(error.to_string(), "the table is locked");
        assert!(std::error::Error::source(&error).is_some());
    }
    store.is(HANGS);
    cut_short(deliveries.begin(key(1), at(0)));
    store.is(0);
    drop(new(begin(&deliveries, 1, at(0))));
}

#[test]
fn work_that_is_dropped_in_the_middle_is_begun_anew() {
    let deliveries = Deliveries::new(MemoryDeliveryStore::new());
    cut_short(async {
        let mut delivery = new(deliveries.begin(key(1), at(0)).await.unwrap());
        pending::<()>().await;
        delivery.complete(at(0)).await.unwrap();
    });
    drop(new(begin(&deliveries, 1, at(0))));
}

#[test]
fn a_completion_that_failed_is_repeated_without_the_work() {
    let store = Moody::default();
    let deliveries = Deliveries::new(store.clone());
    let mut delivery = new(begin(&deliveries, 1, at(0)));
    for mood in [FAILS, FAILS_AFTERWARDS, FAILS] {
        store.is(mood);
        assert!(at_once(delivery.complete(at(0))).is_err());
    }
    store.is(0);
    at_once(delivery.complete(at(0))).unwrap();
    drop(delivery);
    assert!(matches!(begin(&deliveries, 1, at(0)), Begin::Complete));
    let elsewhere = Deliveries::new(store);
    assert!(matches!(begin(&elsewhere, 1, at(0)), Begin::Complete));
}

#[test]
fn the_next_delivery_writes_down_what_was_done() {
    for mood in [FAILS, HANGS] {
        let store = Moody::default();
        let deliveries = Deliveries::new(store.clone());
        let mut delivery = new(begin(&deliveries, 1, at(0)));
        store.is(mood);
        if mood == FAILS {
            assert!(at_once(delivery.complete(at(0))).is_err());
        } else {
            cut_short(delivery.complete(at(0)));
        }
        drop(delivery);
        store.is(FAILS);
        for _ in 0..2 {
            assert!(at_once(deliveries.begin(key(1), at(0) + SECOND)).is_err());
        }
        store.is(0);
        assert!(matches!(begin(&deliveries, 1, at(0) + SECOND), Begin::Complete));
        // It is written down now, for as long as if nothing had gone wrong.
        let elsewhere = Deliveries::new(store);
        assert!(matches!(begin(&elsewhere, 1, at(0) + 3 * DAY - SECOND), Begin::Complete));
        drop(new(begin(&elsewhere, 1, at(0) + 3 * DAY)));
    }
}

#[test]
fn what_could_not_be_written_down_is_not_given_up_and_ends_with_its_time() {
    let store = Moody::default();
    let deliveries = Deliveries::new(store.clone());
    let mut delivery = new(begin(&deliveries, 1, at(0)));
    store.is(FAILS);
    assert!(at_once(delivery.complete(at(0))).is_err());
    store.is(0);
    at_once(delivery.release(at(0))).unwrap();
    store.is(FAILS);
    assert!(at_once(deliveries.begin(key(1), at(0) + 3 * DAY - SECOND)).is_err());
    store.is(0);
    drop(new(begin(&deliveries, 1, at(0) + 3 * DAY)));
}

/// What may happen to one of a few events in one of a few processes.
#[derive(Clone, Debug)]
enum Step {
    Begin(usize, usize),
    Complete(usize, usize),
    CompleteInVain(usize, usize),
    Renew(usize, usize),
    Release(usize, usize),
    Drop(usize, usize),
    Pass(u64),
    Restart(usize),
}

const PROCESSES: usize = 3;
const EVENTS: usize = 2;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = || (0..PROCESSES, 0..EVENTS);
    let step = prop_oneof![
        8 => place().prop_map(|(process, event)| Step::Begin(process, event)),
        2 => place().prop_map(|(process, event)| Step::Complete(process, event)),
        1 => place().prop_map(|(process, event)| Step::CompleteInVain(process, event)),
        2 => place().prop_map(|(process, event)| Step::Renew(process, event)),
        2 => place().prop_map(|(process, event)| Step::Release(process, event)),
        2 => place().prop_map(|(process, event)| Step::Drop(process, event)),
        3 => prop::sample::select(vec![1, 30, 59, 60, 3_600, 259_199, 259_200]).prop_map(Step::Pass),
        1 => (0..PROCESSES).prop_map(Step::Restart),
    ];
    prop::collection::vec(step, 1..80)
}

/// An event, as it ought to stand.
#[derive(Clone, Debug, Default)]
struct Event {
    done_until: Option<SystemTime>,
    /// By which life of which process, and until when.
    claim: Option<((usize, usize), SystemTime)>,
}

impl Event {
    fn is_done(&self, now: SystemTime) -> bool {
        self.done_until.is_some_and(|until| until > now)
    }

    /// Whether this one may have it; then it is its.
    fn claim(&mut self, who: (usize, usize), now: SystemTime, until: SystemTime) -> bool {
        let others = self.claim.is_some_and(|(holder, until)| holder != who && until > now);
        let granted = !self.is_done(now) && !others;
        if granted {
            (self.done_until, self.claim) = (None, Some((who, until)));
        }
        granted
    }

    fn complete(&mut self, until: SystemTime) {
        (self.done_until, self.claim) = (self.done_until.max(Some(until)), None);
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn events_are_begun_exactly_when_they_are_neither_done_nor_anybodys(steps in steps()) {
        let store = Moody::default();
        let mut lives = [0; PROCESSES];
        let mut processes = [(); PROCESSES].map(|()| Deliveries::new(store.clone()));
        let mut under_way: BTreeMap<(usize, usize), Delivery> = BTreeMap::new();
        let mut unwritten: BTreeMap<(usize, usize), SystemTime> = BTreeMap::new();
        let mut events = [(); EVENTS].map(|()| Event::default());
        let mut now = at(0);
        for step in steps {
            match step {
                Step::Begin(process, event) => {
                    let (place, who) = ((process, event), (process, lives[process]));
                    let begun = begin(&processes[process], event, now);
                    let is_here = under_way.contains_key(&place);
                    if is_here {
                        prop_assert!(matches!(begun, Begin::UnderWay));
                    } else if let Some(until) = unwritten.remove(&place).filter(|until| *until > now) {
                        prop_assert!(matches!(begun, Begin::Complete));
                        events[event].complete(until);
                    } else if events[event].is_done(now) {
                        prop_assert!(matches!(begun, Begin::Complete));
                    } else if events[event].claim(who, now, now + MINUTE) {
                        under_way.insert(place, new(begun));
                    } else {
                        prop_assert!(matches!(begun, Begin::UnderWay));
                    }
                }
                Step::Complete(process, event) => {
                    if let Some(delivery) = under_way.remove(&(process, event)) {
                        complete(delivery, now);
                        events[event].complete(now + 3 * DAY);
                    }
                }
                Step::CompleteInVain(process, event) => {
                    if let Some(mut delivery) = under_way.remove(&(process, event)) {
                        store.is(FAILS);
                        prop_assert!(at_once(delivery.complete(now)).is_err());
                        store.is(0);
                        drop(delivery);
                        unwritten.insert((process, event), now + 3 * DAY);
                    }
                }
                Step::Renew(process, event) => {
                    if let Some(delivery) = under_way.get_mut(&(process, event)) {
                        let who = (process, lives[process]);
                        let renewed = at_once(delivery.renew(now)).unwrap();
                        prop_assert_eq!(renewed, events[event].claim(who, now, now + MINUTE));
                    }
                }
                Step::Release(process, event) => {
                    if let Some(delivery) = under_way.remove(&(process, event)) {
                        at_once(delivery.release(now)).unwrap();
                        events[event].claim((process, lives[process]), now, now);
                    }
                }
                Step::Drop(process, event) => drop(under_way.remove(&(process, event))),
                Step::Pass(seconds) => now += Duration::from_secs(seconds),
                Step::Restart(process) => {
                    under_way.retain(|place, _| place.0 != process);
                    unwritten.retain(|place, _| place.0 != process);
                    lives[process] += 1;
                    processes[process] = Deliveries::new(store.clone());
                }
            }
        }
    }
}
