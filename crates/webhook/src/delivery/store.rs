//! Where it is kept what is done.

use std::{error::Error as StdError, fmt, time::SystemTime};

use async_trait::async_trait;

use super::DeliveryKey;

/// Keeps which events are done.
///
/// ```
/// use std::{collections::BTreeMap, sync::{Mutex, PoisonError}, time::SystemTime};
/// use async_trait::async_trait;
/// use hubchannel_webhook::{DeliveryKey, DeliveryStore, DeliveryStoreError};
///
/// /// A table of a database, say: a key, and until when it counts.
/// #[derive(Debug, Default)]
/// struct Table(Mutex<BTreeMap<String, SystemTime>>);
///
/// #[async_trait]
/// impl DeliveryStore for Table {
///     async fn is_complete(&self, key: &DeliveryKey, now: SystemTime) -> Result<bool, DeliveryStoreError> {
///         let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         Ok(rows.get(key.as_str()).is_some_and(|until| *until > now))
///     }
///
///     async fn complete(
///         &self,
///         key: &DeliveryKey,
///         _now: SystemTime,
///         until: SystemTime,
///     ) -> Result<(), DeliveryStoreError> {
///         self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.as_str().to_owned(), until);
///         Ok(())
///     }
/// }
/// ```
///
/// A store
/// - knows what is done when [`complete`](DeliveryStore::complete) returns, also where the power fails then, if it is to
///   outlive the process;
/// - takes the same key again, and keeps it until the later time;
/// - may forget a key when its time is over, and not before.
#[async_trait]
pub trait DeliveryStore: fmt::Debug + Send + Sync + 'static {
    /// Whether the event is done, and `now` is before the time until which that counts.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn is_complete(&self, key: &DeliveryKey, now: SystemTime) -> Result<bool, DeliveryStoreError>;

    /// Keeps that the event is done, until that time.
    ///
    /// # Errors
    /// When nobody knows whether it is kept.
    async fn complete(&self, key: &DeliveryKey, now: SystemTime, until: SystemTime) -> Result<(), DeliveryStoreError>;
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
