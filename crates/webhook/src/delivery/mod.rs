//! What was delivered already.
//!
//! HubSpot delivers an event again unless it is answered well and in time, so a bridge has to know what it has done.

mod holder;
mod key;
mod memory;
mod store;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

pub use self::{
    key::DeliveryKey,
    memory::MemoryDeliveryStore,
    store::{Claimed, DeliveryStore, DeliveryStoreError},
};

/// Lets every event be worked on by one at a time, and until it is done once. Clones are the same.
///
/// ```
/// use std::time::SystemTime;
/// use hubchannel_model::ChannelEvent;
/// use hubchannel_webhook::{Answer, Begin, Deliveries, DeliveryKey, DeliveryStoreError};
///
/// # async fn pass_on(event: &ChannelEvent) -> bool { true }
/// /// To be run in a task of its own (`tokio::spawn(receive(…))`): HubSpot hangs up on a handler that takes long.
/// async fn receive(
///     deliveries: Deliveries,
///     event: ChannelEvent,
///     now: impl Fn() -> SystemTime,
/// ) -> Result<Answer, DeliveryStoreError> {
///     let mut delivery = match deliveries.begin(DeliveryKey::of(&event), now()).await? {
///         Begin::New(delivery) => delivery,
///         Begin::Complete => return Ok(Answer::Done),
///         Begin::UnderWay => return Ok(Answer::ComeAgain),
///     };
///     // First the work, and then that it is done: the other way round, what fails in between is lost.
///     if pass_on(&event).await {
///         delivery.complete(now()).await?;
///         Ok(Answer::Done)
///     } else {
///         delivery.release(now()).await?;
///         Ok(Answer::ComeAgain)
///     }
/// }
/// ```
///
/// What is kept is that an event is *done*, not that it has arrived: a bridge that dies in between gets it again. Between
/// the work and [`Delivery::complete`] it may die too, so that the work is done twice; there is no help against that but
/// work that may be repeated, such as a message to the outside service under a key of its own.
///
/// # Several processes
///
/// Processes that share a store share the work: who begins an event claims it for a [lease](Deliveries::with_lease), one
/// minute unless told otherwise, in which it is under way for all others. A process that dies leaves its claims behind, and
/// when they have run out, the next delivery is begun anew. Work that may take longer than the lease
/// [renews](Delivery::renew) it; without that another process may do it as well. Leases are judged by each process's own
/// clock, so they should be longer than the clocks are apart.
///
/// # Work that is cut short
///
/// HubSpot hangs up after five seconds, and servers then drop the handler in the middle of what it does. A [`Delivery`] that
/// is dropped is not done: this process may begin it anew at once, and others when the lease has run out, or at once if it
/// is [released](Delivery::release). What the handler had sent by then is sent again. So work with effects outside
/// belongs in a task of its own, which takes the delivery with it and which nobody drops.
///
/// A [`complete`](Delivery::complete) that fails, or is dropped before it ends, is not forgotten by this process: it may be
/// called again, and else the next delivery of the event writes it down and gives [`Begin::Complete`], without the work
/// being done again. A process that ends before that has forgotten it.
///
/// # For how long
///
/// It is kept for three days, unless told otherwise. HubSpot's general rule is up to ten repeats within a day (documented);
/// for channels it is unknown. What comes after that is done again.
#[derive(Clone)]
pub struct Deliveries {
    shared: Arc<Shared>,
    holder: Arc<str>,
    lease: Duration,
}

struct Shared {
    store: Box<dyn DeliveryStore>,
    lifetime: Duration,
    here: Mutex<BTreeMap<DeliveryKey, Here>>,
}

/// What this process knows of an event and the store may not.
enum Here {
    UnderWay,
    /// It is done, which counts until that time, and could not be written down.
    Done(SystemTime),
}

impl Shared {
    fn here(&self) -> MutexGuard<'_, BTreeMap<DeliveryKey, Here>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to do with an event.
#[derive(Debug)]
pub enum Begin {
    /// Nobody has done it: do it. It is under way until this is completed, released or dropped.
    New(Delivery),
    /// Somebody is doing it, in this process or another. Answer so that HubSpot comes again, because it may fail yet.
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

    /// How long an event is one process's to work on, unless that renews it: many times what HubSpot waits for.
    pub const LEASE: Duration = Duration::from_secs(60);

    /// The shortest lease: HubSpot waits for five seconds (documented), and does not come again sooner.
    pub const SHORTEST_LEASE: Duration = Duration::from_secs(5);

    /// The longest lease: HubSpot has to come again after it, for what a process left that has died.
    pub const LONGEST_LEASE: Duration = Duration::from_secs(60 * 60);

    /// Keeps in this store what is done.
    pub fn new(store: impl DeliveryStore) -> Self {
        Deliveries::with_lifetime(store, Deliveries::LIFETIME)
    }

    /// Keeps it so long, and no shorter than [`SHORTEST_LIFETIME`](Deliveries::SHORTEST_LIFETIME).
    ///
    /// A signature of version 1 or 2 is good for ever, and so who accepts these keeps it for ever: `Duration::MAX`.
    pub fn with_lifetime(store: impl DeliveryStore, lifetime: Duration) -> Self {
        Deliveries {
            shared: Arc::new(Shared {
                store: Box::new(store),
                lifetime: lifetime.max(Deliveries::SHORTEST_LIFETIME),
                here: Mutex::default(),
            }),
            holder: holder::unique(),
            lease: Deliveries::LEASE,
        }
    }

    /// Claims events for so long: no shorter than [`SHORTEST_LEASE`](Deliveries::SHORTEST_LEASE), no longer than
    /// [`LONGEST_LEASE`](Deliveries::LONGEST_LEASE).
    #[must_use]
    pub fn with_lease(self, lease: Duration) -> Self {
        let lease = lease.clamp(Deliveries::SHORTEST_LEASE, Deliveries::LONGEST_LEASE);
        Deliveries { lease, ..self }
    }

    /// Claims events under this name instead of a random one.
    ///
    /// No two processes that are alive may have the same name: each would take the other's work for its own, and do it as
    /// well. A random name is another one after a restart, so that what the process left has to run out first; under a name
    /// that stays, such as a pod's, it is begun anew at once. On a platform without randomness for hash maps
    /// (`wasm32-unknown-unknown`) a name of your own is needed wherever processes share a store.
    #[must_use]
    pub fn with_holder(self, name: &str) -> Self {
        Deliveries {
            holder: name.into(),
            ..self
        }
    }

    /// Begins to work on an event, if that is to be done.
    ///
    /// # Errors
    /// When the store cannot tell. Answer so that HubSpot comes again.
    pub async fn begin(&self, key: DeliveryKey, now: SystemTime) -> Result<Begin, DeliveryStoreError> {
        let Some(mut delivery) = self.take(key, now) else {
            return Ok(Begin::UnderWay);
        };
        if let Some(until) = delivery.unwritten {
            delivery.write_down(now, until).await?;
            return Ok(Begin::Complete);
        }
        match delivery.claim(now, after(now, self.lease)).await? {
            Claimed::Granted => Ok(Begin::New(delivery)),
            Claimed::Held => Ok(Begin::UnderWay),
            Claimed::Complete => Ok(Begin::Complete),
        }
    }

    /// Takes an event that nobody in this process has.
    fn take(&self, key: DeliveryKey, now: SystemTime) -> Option<Delivery> {
        let mut here = self.shared.here();
        here.retain(|_, state| match state {
            Here::UnderWay => true,
            Here::Done(until) => *until > now,
        });
        let unwritten = match here.insert(key.clone(), Here::UnderWay) {
            None => None,
            Some(Here::Done(until)) => Some(until),
            Some(Here::UnderWay) => return None,
        };
        Some(Delivery {
            key,
            deliveries: self.clone(),
            unwritten,
        })
    }
}

impl fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deliveries")
            .field("store", &self.shared.store)
            .field("lifetime", &self.shared.lifetime)
            .field("holder", &self.holder)
            .field("lease", &self.lease)
            .field("here", &self.shared.here().len())
            .finish()
    }
}

/// An event that is worked on. Dropped, it is not done, and may be begun anew: see [`Deliveries`] for when and where.
#[must_use = "dropped, the event is not done and will be delivered again"]
pub struct Delivery {
    key: DeliveryKey,
    deliveries: Deliveries,
    /// It is done, which counts until that time, and the store may not know.
    unwritten: Option<SystemTime>,
}

impl Delivery {
    /// What it is known by.
    pub fn key(&self) -> &DeliveryKey {
        &self.key
    }

    /// Keeps that the event is done, which counts even where the lease has run out and another has begun it.
    ///
    /// # Errors
    /// When nobody knows whether that is kept. The work is done all the same, so call it again, now or after a while; or
    /// answer so that HubSpot comes again, which then does nothing but write it down, unless this process has ended or
    /// another one is asked. Who cannot live with doing it twice answers well.
    pub async fn complete(&mut self, now: SystemTime) -> Result<(), DeliveryStoreError> {
        let until = after(now, self.deliveries.shared.lifetime);
        let until = self.unwritten.map_or(until, |before| before.max(until));
        // Before anything can fail or be dropped.
        self.unwritten = Some(until);
        self.write_down(now, until).await
    }

    /// Claims the event for another lease from now on, for work that takes longer than one. `false` where it is too late:
    /// another has begun it meanwhile, or has done it.
    ///
    /// # Errors
    /// When nobody knows whether it is claimed.
    pub async fn renew(&mut self, now: SystemTime) -> Result<bool, DeliveryStoreError> {
        let until = after(now, self.deliveries.lease);
        Ok(self.claim(now, until).await? == Claimed::Granted)
    }

    /// Lets anybody begin the event anew at once: it is not done. One that is [completed](Delivery::complete) stays so.
    ///
    /// # Errors
    /// When nobody knows whether others may. They may when the lease has run out.
    pub async fn release(self, now: SystemTime) -> Result<(), DeliveryStoreError> {
        if self.unwritten.is_none() {
            self.claim(now, now).await?;
        }
        Ok(())
    }

    async fn claim(&self, now: SystemTime, until: SystemTime) -> Result<Claimed, DeliveryStoreError> {
        let Deliveries { shared, holder, .. } = &self.deliveries;
        shared.store.claim(&self.key, holder, now, until).await
    }

    async fn write_down(&mut self, now: SystemTime, until: SystemTime) -> Result<(), DeliveryStoreError> {
        self.deliveries.shared.store.complete(&self.key, now, until).await?;
        self.unwritten = None;
        Ok(())
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        let mut here = self.deliveries.shared.here();
        match self.unwritten {
            Some(until) => here.insert(self.key.clone(), Here::Done(until)),
            None => here.remove(&self.key),
        };
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Delivery").field(&self.key).finish()
    }
}

fn after(now: SystemTime, by: Duration) -> SystemTime {
    /// Nobody asks after that, and every calendar has it.
    const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

    now.checked_add(by.min(FOR_EVER)).unwrap_or(now)
}
