//! What is done and worked on, in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use async_trait::async_trait;

use super::{Claimed, DeliveryKey, DeliveryStore, DeliveryStoreError};

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
/// It forgets a key when it is asked for any one after its time; until then it holds about two hundred bytes for each.
#[derive(Clone, Default)]
pub struct MemoryDeliveryStore(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    rows: BTreeMap<DeliveryKey, Row>,
    by_time: BTreeSet<(SystemTime, DeliveryKey)>,
}

struct Row {
    /// `None` where it is done.
    holder: Option<Box<str>>,
    until: SystemTime,
}

impl Kept {
    fn forget_before(&mut self, now: SystemTime) {
        while let Some((until, _)) = self.by_time.first()
            && *until <= now
            && let Some((_, key)) = self.by_time.pop_first()
        {
            self.rows.remove(&key);
        }
    }

    fn keep(&mut self, key: &DeliveryKey, row: Row) {
        let until = row.until;
        if let Some(before) = self.rows.insert(key.clone(), row) {
            self.by_time.remove(&(before.until, key.clone()));
        }
        self.by_time.insert((until, key.clone()));
    }
}

impl MemoryDeliveryStore {
    /// An empty store.
    pub fn new() -> Self {
        MemoryDeliveryStore::default()
    }

    /// How many keys it holds: those that are done, and those that are worked on.
    pub fn len(&self) -> usize {
        self.lock().rows.len()
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
    async fn claim(
        &self,
        key: &DeliveryKey,
        holder: &str,
        now: SystemTime,
        until: SystemTime,
    ) -> Result<Claimed, DeliveryStoreError> {
        let mut kept = self.lock();
        kept.forget_before(now);
        match kept.rows.get(key).map(|row| row.holder.as_deref()) {
            Some(None) => Ok(Claimed::Complete),
            Some(Some(other)) if other != holder => Ok(Claimed::Held),
            _ => {
                let holder = Some(holder.into());
                kept.keep(key, Row { holder, until });
                Ok(Claimed::Granted)
            }
        }
    }

    async fn complete(&self, key: &DeliveryKey, now: SystemTime, until: SystemTime) -> Result<(), DeliveryStoreError> {
        let mut kept = self.lock();
        kept.forget_before(now);
        let done_until = kept
            .rows
            .get(key)
            .filter(|row| row.holder.is_none())
            .map(|row| row.until);
        let until = done_until.map_or(until, |before| before.max(until));
        kept.keep(key, Row { holder: None, until });
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
