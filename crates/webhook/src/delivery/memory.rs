//! What is done, in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use async_trait::async_trait;

use super::{DeliveryKey, DeliveryStore, DeliveryStoreError};

/// Keeps in memory what is done, for tests and for bridges that may do an event again after a restart. Clones are the same
/// store.
///
/// ```
/// use hubchannel_webhook::{Deliveries, MemoryDeliveryStore};
///
/// let store = MemoryDeliveryStore::new();
/// let deliveries = Deliveries::new(store.clone());
/// assert!(store.is_empty());
/// ```
///
/// It forgets a key when it is told of the next one after its time; until then it holds about two hundred bytes for each.
#[derive(Clone, Default)]
pub struct MemoryDeliveryStore(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    until: BTreeMap<DeliveryKey, SystemTime>,
    by_time: BTreeSet<(SystemTime, DeliveryKey)>,
}

impl Kept {
    fn forget_before(&mut self, now: SystemTime) {
        while let Some((until, _)) = self.by_time.first()
            && *until <= now
            && let Some((_, key)) = self.by_time.pop_first()
        {
            self.until.remove(&key);
        }
    }

    fn keep(&mut self, key: &DeliveryKey, until: SystemTime) {
        let before = self.until.get(key).copied();
        if before.is_some_and(|before| before >= until) {
            return;
        }
        if let Some(before) = before {
            self.by_time.remove(&(before, key.clone()));
        }
        self.until.insert(key.clone(), until);
        self.by_time.insert((until, key.clone()));
    }
}

impl MemoryDeliveryStore {
    /// An empty store.
    pub fn new() -> Self {
        MemoryDeliveryStore::default()
    }

    /// How many keys it holds.
    pub fn len(&self) -> usize {
        self.lock().until.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl DeliveryStore for MemoryDeliveryStore {
    async fn is_complete(&self, key: &DeliveryKey, now: SystemTime) -> Result<bool, DeliveryStoreError> {
        Ok(self.lock().until.get(key).is_some_and(|until| *until > now))
    }

    async fn complete(&self, key: &DeliveryKey, now: SystemTime, until: SystemTime) -> Result<(), DeliveryStoreError> {
        let mut kept = self.lock();
        kept.forget_before(now);
        kept.keep(key, until);
        Ok(())
    }
}

impl fmt::Debug for MemoryDeliveryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDeliveryStore")
            .field("keys", &self.len())
            .finish()
    }
}
