//! Where it is kept what is done, and who is at work on what.

use std::{error::Error as StdError, fmt, time::SystemTime};

use async_trait::async_trait;

use super::DeliveryKey;

/// Keeps which events are done, and which are worked on, for one process or for many.
///
/// ```
/// use std::{collections::BTreeMap, sync::{Mutex, PoisonError}, time::SystemTime};
/// use async_trait::async_trait;
/// use hubchannel_webhook::{Claimed, DeliveryKey, DeliveryStore, DeliveryStoreError};
///
/// /// A table of a database, say: for each key who works on it, or nobody where it is done, and until when that counts.
/// #[derive(Debug, Default)]
/// struct Table(Mutex<BTreeMap<String, (Option<String>, SystemTime)>>);
///
/// #[async_trait]
/// impl DeliveryStore for Table {
///     async fn claim(
///         &self,
///         key: &DeliveryKey,
///         holder: &str,
///         now: SystemTime,
///         until: SystemTime,
///     ) -> Result<Claimed, DeliveryStoreError> {
///         // insert into deliveries (key, holder, until) values ($key, $holder, $until) on conflict (key) do update
///         // set holder = $holder, until = $until where deliveries.until <= $now or deliveries.holder = $holder
///         let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         match rows.get(key.as_str()) {
///             Some((None, end)) if *end > now => Ok(Claimed::Complete),
///             Some((Some(other), end)) if *end > now && other != holder => Ok(Claimed::Held),
///             _ => {
///                 rows.insert(key.as_str().to_owned(), (Some(holder.to_owned()), until));
///                 Ok(Claimed::Granted)
///             }
///         }
///     }
///
///     async fn complete(
///         &self,
///         key: &DeliveryKey,
///         _now: SystemTime,
///         until: SystemTime,
///     ) -> Result<(), DeliveryStoreError> {
///         // insert into deliveries (key, holder, until) values ($key, null, $until) on conflict (key) do update
///         // set until = case when deliveries.holder is null then greatest(deliveries.until, $until) else $until end,
///         // holder = null
///         let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         let row = rows.entry(key.as_str().to_owned()).or_insert((None, until));
///         *row = (None, if row.0.is_none() { row.1.max(until) } else { until });
///         Ok(())
///     }
/// }
/// ```
///
/// A store has one row for each key: claimed by a holder, or complete, each until a time. Both methods must look at the row
/// and change it in one step, as the statements above do: two that claim at the same time are not both granted. A store
/// - grants a claim unless the key is complete, or claimed by another holder, at `now`; who holds it already may claim it
///   anew, for longer, or give it up with an end that is not after `now`;
/// - records a completion whoever holds the key, also when the claim has run out and another has taken over: the work is
///   done all the same;
/// - keeps what is complete until the later of the times that it was given, whatever is claimed meanwhile;
/// - has written what it was told when a method returns, also where the power fails then, if it is to outlive the process;
/// - may forget a row when its time is over, and not before. Times may be kept to the millisecond.
///
/// The feature `conformance` has checks of all that but the power.
#[async_trait]
pub trait DeliveryStore: fmt::Debug + Send + Sync + 'static {
    /// Claims an event for a holder until that time, unless it is done or somebody else's: compare and set.
    ///
    /// The holder is whoever does the work, in printable ASCII of at most 64 bytes unless a user says otherwise.
    ///
    /// # Errors
    /// When nobody knows whether it is claimed.
    async fn claim(
        &self,
        key: &DeliveryKey,
        holder: &str,
        now: SystemTime,
        until: SystemTime,
    ) -> Result<Claimed, DeliveryStoreError>;

    /// Keeps that the event is done, until that time.
    ///
    /// # Errors
    /// When nobody knows whether it is kept.
    async fn complete(&self, key: &DeliveryKey, now: SystemTime, until: SystemTime) -> Result<(), DeliveryStoreError>;
}

/// What came of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claimed {
    /// It is the holder's, until the time that was asked for.
    Granted,
    /// It is another holder's.
    Held,
    /// It is done.
    Complete,
}

/// Why a store failed.
#[derive(Debug)]
pub struct DeliveryStoreError {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl DeliveryStoreError {
    /// A failure, in a word or two.
    pub fn new(message: impl Into<String>) -> Self {
        DeliveryStoreError {
            message: message.into(),
            source: None,
        }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        DeliveryStoreError {
            source: Some(source.into()),
            ..self
        }
    }
}

impl fmt::Display for DeliveryStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for DeliveryStoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_ref()?;
        Some(&**source)
    }
}
