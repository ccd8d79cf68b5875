//! Where the tokens of portals are kept.

mod file;
mod memory;

use std::{
    error::Error as StdError,
    fmt,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use hubchannel_api::model::{PortalId, Secret, TokenResponse};

pub use self::{file::FileTokenStore, memory::MemoryTokenStore};

/// What an app has of a portal.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use hubchannel_middleware::PortalTokens;
///
/// // A refresh token alone is enough: the first call gets an access token.
/// let tokens = PortalTokens::new("na1-refresh");
/// let tokens = tokens.with_access_token("CIrT-access", SystemTime::UNIX_EPOCH + Duration::from_secs(1_800));
/// assert!(!format!("{tokens:?}").contains("CIrT"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PortalTokens {
    /// What access tokens are made from, for as long as the app is installed.
    pub refresh_token: Secret,
    /// The access token.
    pub access_token: Option<Secret>,
    /// When the access token stops being good, by the time of day. Without it the access token is not used.
    pub expires_at: Option<SystemTime>,
}

impl PortalTokens {
    /// For how long an access token is good where HubSpot does not say (documented).
    const LIFETIME: Duration = Duration::from_secs(1800);

    /// A refresh token alone.
    pub fn new(refresh_token: impl Into<Secret>) -> Self {
        PortalTokens {
            refresh_token: refresh_token.into(),
            access_token: None,
            expires_at: None,
        }
    }

    /// Adds an access token that is good until then.
    #[must_use]
    pub fn with_access_token(self, token: impl Into<Secret>, expires_at: SystemTime) -> Self {
        PortalTokens {
            access_token: Some(token.into()),
            expires_at: Some(expires_at),
            ..self
        }
    }

    /// What HubSpot answered to who asked at that time; `None` without a refresh token.
    ///
    /// An answer that does not say for how long the access token is good stands for 30 minutes (documented).
    pub fn from_response(answer: &TokenResponse, asked_at: SystemTime) -> Option<Self> {
        let refresh_token = answer.refresh_token.as_ref().filter(|token| !token.is_empty())?;
        Some(PortalTokens::new(refresh_token.clone()).with_answer(answer, asked_at))
    }

    /// The same with what HubSpot answered to this refresh token: the access token, and the refresh token where there
    /// is a new one.
    pub(super) fn with_answer(self, answer: &TokenResponse, asked_at: SystemTime) -> Self {
        let lifetime = lifetime(answer);
        PortalTokens {
            refresh_token: answer.refresh_token_or(&self.refresh_token).clone(),
            access_token: answer.access_token.as_ref().cloned(),
            expires_at: asked_at.checked_add(lifetime),
        }
    }
}

/// For how long an access token is good, but no longer than any calendar goes.
fn lifetime(answer: &TokenResponse) -> Duration {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let said = answer.expires_in_seconds().map(Duration::from_secs);
    said.unwrap_or(PortalTokens::LIFETIME).min(YEAR)
}

/// Keeps the tokens of portals, so that a restart needs no user's consent.
///
/// ```
/// use std::{collections::BTreeMap, sync::{Mutex, PoisonError}};
/// use async_trait::async_trait;
/// use hubchannel_api::model::PortalId;
/// use hubchannel_middleware::{PortalTokens, Revision, Saved, StoreError, Stored, TokenStore};
///
/// /// Two tables of a database, say: how often was saved, and what.
/// #[derive(Debug, Default)]
/// struct Tables(Mutex<(u64, BTreeMap<PortalId, Stored>)>);
///
/// #[async_trait]
/// impl TokenStore for Tables {
///     async fn load(&self, portal: &PortalId) -> Result<Option<Stored>, StoreError> {
///         let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         Ok(tables.1.get(portal).cloned())
///     }
///
///     async fn save(
///         &self,
///         portal: &PortalId,
///         tokens: &PortalTokens,
///         replaces: Option<&Revision>,
///     ) -> Result<Saved, StoreError> {
///         let (saves, table) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         if table.get(portal).map(|stored| &stored.revision) != replaces {
///             return Ok(Saved::Conflict);
///         }
///         *saves += 1;
///         let revision = Revision::new(saves.to_string());
///         table.insert(portal.clone(), Stored::new(tokens.clone(), revision.clone()));
///         Ok(Saved::Done(revision))
///     }
///
///     async fn remove(&self, portal: &PortalId) -> Result<(), StoreError> {
///         self.0.lock().unwrap_or_else(PoisonError::into_inner).1.remove(portal);
///         Ok(())
///     }
/// }
/// ```
///
/// A store
/// - has saved when [`save`](TokenStore::save) returns [`Saved::Done`], also where the power fails then: a token is used
///   only after that;
/// - saves only over the revision that it is told, in one step, so that of two processes that share a store and refresh at
///   the same time neither wipes out what the other has saved;
/// - gives every save a [`Revision`] that the portal's tokens never had before, not even before a removal;
/// - never hands over half of what was saved;
/// - shows no token in `Debug` or in an error;
/// - may be dropped at any await; then it has saved all or nothing.
///
/// The tokens are in clear. Whoever reads the store can act for its portals.
#[async_trait]
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// What was saved last of this portal; `None` of one that nothing was saved of, or that was removed.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn load(&self, portal: &PortalId) -> Result<Option<Stored>, StoreError>;

    /// Saves the portal's tokens if what is there is still of the revision `replaces`; `None` if nothing is there.
    ///
    /// # Errors
    /// When nobody knows whether they are saved. It may be tried again, and may then find a conflict with itself.
    async fn save(
        &self,
        portal: &PortalId,
        tokens: &PortalTokens,
        replaces: Option<&Revision>,
    ) -> Result<Saved, StoreError>;

    /// Removes what is there of the portal, whatever its revision; nothing is fine.
    ///
    /// # Errors
    /// When it may still be there.
    async fn remove(&self, portal: &PortalId) -> Result<(), StoreError>;
}

/// Tokens as a store has them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// The tokens.
    pub tokens: PortalTokens,
    /// Which of all that were saved of the portal they are.
    pub revision: Revision,
}

impl Stored {
    /// Tokens of this revision.
    pub fn new(tokens: PortalTokens, revision: Revision) -> Self {
        Stored { tokens, revision }
    }
}

/// One of all the states that a portal's tokens have had in a store: compare it and hand it back. It is no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Revision(Box<str>);

impl Revision {
    /// A revision that the store can tell from all others of the portal: a number that rises, a tag, something random.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Revision(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What came of saving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// They are saved, under this revision.
    Done(Revision),
    /// Something else has been saved or removed meanwhile. It is still as it was.
    Conflict,
}

/// Why a store failed. `Display` shows no token.
#[derive(Debug)]
pub struct StoreError {
    message: String,
    retryable: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl StoreError {
    /// A failure that may pass: a database that is not reachable, a disk that is full.
    pub fn unavailable(message: impl Into<String>) -> Self {
        StoreError {
            message: message.into(),
            retryable: true,
            source: None,
        }
    }

    /// A failure that somebody has to mend: what is there cannot be read, what is given cannot be kept.
    pub fn broken(message: impl Into<String>) -> Self {
        StoreError {
            retryable: false,
            ..StoreError::unavailable(message)
        }
    }

    /// Adds the cause, which must show no token either.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        StoreError {
            source: Some(source.into()),
            ..self
        }
    }

    /// Whether it may pass without anybody mending it.
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_ref()?;
        Some(&**source)
    }
}
