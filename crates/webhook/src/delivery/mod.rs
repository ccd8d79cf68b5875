//! What was delivered already.
//!
//! HubSpot delivers an event again unless it is answered well and in time, so a bridge has to know what it has done.

mod key;
mod memory;
mod store;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

pub use self::{
    key::DeliveryKey,
    memory::MemoryDeliveryStore,
    store::{DeliveryStore, DeliveryStoreError},
};

/// Lets every event be worked on by one at a time, and until it is done once. Clones are the same.
///
/// ```
/// use std::time::SystemTime;
/// use hubchannel_model::ChannelEvent;
/// use hubchannel_webhook::{Deliveries, DeliveryKey, DeliveryStoreError, Begin};
///
/// # async fn pass_on(event: &ChannelEvent) -> bool { true }
/// /// The status to answer with.
/// async fn receive(
///     deliveries: &Deliveries,
///     event: &ChannelEvent,
///     now: impl Fn() -> SystemTime,
/// ) -> Result<u16, DeliveryStoreError> {
///     match deliveries.begin(DeliveryKey::of(event), now()).await? {
///         Begin::New(delivery) => {
///             if !pass_on(event).await {
///                 return Ok(503);                 // dropped, it is not done: HubSpot comes again
///             }
///             delivery.complete(now()).await?;
///             Ok(204)
///         }
///         Begin::Complete => Ok(204),
///         Begin::UnderWay => Ok(503),
///     }
/// }
/// ```
///
/// What is kept is that an event is *done*, not that it has arrived: a bridge that dies in between gets it again. Between
/// the work and [`Delivery::complete`] it may die too, so that the work is done twice; there is no help against that but
/// work that may be repeated, such as a message to the outside service under a key of its own.
///
/// While an event is worked on, this process tells who comes again that it is under way. Other processes do not know:
/// where several share a store, two may work on one event.
///
/// It is kept for three days, unless told otherwise. HubSpot's general rule is up to ten repeats within a day (documented);
/// for channels it is unknown. What comes after that is done again.
#[derive(Clone)]
pub struct Deliveries(Arc<Inner>);

struct Inner {
    store: Box<dyn DeliveryStore>,
    lifetime: Duration,
    under_way: Mutex<BTreeSet<DeliveryKey>>,
}

impl Inner {
    fn under_way(&self) -> MutexGuard<'_, BTreeSet<DeliveryKey>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to do with an event.
#[derive(Debug)]
pub enum Begin {
    /// Nobody has done it: do it. It is under way until this is completed or dropped.
    New(Delivery),
    /// Somebody in this process is doing it. Answer so that HubSpot comes again, because it may fail yet.
    UnderWay,
    /// It is done. Answer well, so that HubSpot does not come again.
    Complete,
}

impl Deliveries {
    /// How long it is kept that an event is done.
    pub const LIFETIME: Duration = Duration::from_secs(3 * 24 * 60 * 60);

    /// The shortest that it can be kept: HubSpot's day (documented), and an hour for a clock that is off and for the last
    /// repeat's own time.
    pub const SHORTEST_LIFETIME: Duration = Duration::from_secs(25 * 60 * 60);

    /// Keeps in this store what is done.
    pub fn new(store: impl DeliveryStore) -> Self {
        Deliveries::with_lifetime(store, Deliveries::LIFETIME)
    }

    /// Keeps it so long, and no shorter than [`SHORTEST_LIFETIME`](Deliveries::SHORTEST_LIFETIME).
    ///
    /// A signature of version 1 or 2 is good for ever, and so who accepts these keeps it for ever: `Duration::MAX`.
    pub fn with_lifetime(store: impl DeliveryStore, lifetime: Duration) -> Self {
        Deliveries(Arc::new(Inner {
            store: Box::new(store),
            lifetime: lifetime.max(Deliveries::SHORTEST_LIFETIME),
            under_way: Mutex::default(),
        }))
    }

    /// Begins to work on an event, if that is to be done.
    ///
    /// # Errors
    /// When the store cannot tell. Answer so that HubSpot comes again.
    pub async fn begin(&self, key: DeliveryKey, now: SystemTime) -> Result<Begin, DeliveryStoreError> {
        if !self.0.under_way().insert(key.clone()) {
            return Ok(Begin::UnderWay);
        }
        let delivery = Delivery {
            key,
            inner: Arc::clone(&self.0),
        };
        if self.0.store.is_complete(&delivery.key, now).await? {
            Ok(Begin::Complete)
        } else {
            Ok(Begin::New(delivery))
        }
    }
}

impl fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deliveries")
            .field("store", &self.0.store)
            .field("lifetime", &self.0.lifetime)
            .field("under_way", &self.0.under_way().len())
            .finish()
    }
}

/// An event that is worked on. Dropped, it is not done, and may be begun anew.
#[must_use = "dropped, the event is not done and will be delivered again"]
pub struct Delivery {
    key: DeliveryKey,
    inner: Arc<Inner>,
}

impl Delivery {
    /// What it is known by.
    pub fn key(&self) -> &DeliveryKey {
        &self.key
    }

    /// Keeps that the event is done.
    ///
    /// # Errors
    /// When nobody knows whether that is kept. The work is done all the same: who can live with doing it twice answers so
    /// that HubSpot comes again, who cannot answers well.
    pub async fn complete(self, now: SystemTime) -> Result<(), DeliveryStoreError> {
        /// Nobody asks after that, and every calendar has it.
        const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

        let until = now.checked_add(self.inner.lifetime.min(FOR_EVER)).unwrap_or(now);
        self.inner.store.complete(&self.key, now, until).await
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.inner.under_way().remove(&self.key);
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Delivery").field(&self.key).finish()
    }
}
