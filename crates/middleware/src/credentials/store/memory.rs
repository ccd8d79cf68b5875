//! Tokens in memory.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use hubchannel_api::model::PortalId;

use super::{PortalTokens, Revision, Saved, StoreError, Stored, TokenStore};

/// Keeps tokens in memory, for tests and for programs that get them anew at each start. Clones are the same store.
///
/// ```
/// use hubchannel_middleware::{MemoryTokenStore, PortalTokens};
///
/// let store = MemoryTokenStore::new().with("62515", PortalTokens::new("na1-refresh"));
/// assert!(!format!("{store:?}").contains("na1"));
/// ```
///
/// It is lost with its last clone, and with it, where HubSpot has replaced a refresh token, the new one.
#[derive(Clone, Default)]
pub struct MemoryTokenStore(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    saves: u64,
    portals: BTreeMap<PortalId, Stored>,
}

impl State {
    fn put(&mut self, portal: &PortalId, tokens: &PortalTokens) -> Revision {
        self.saves += 1;
        let revision = Revision::new(self.saves.to_string());
        self.portals
            .insert(portal.clone(), Stored::new(tokens.clone(), revision.clone()));
        revision
    }
}

impl MemoryTokenStore {
    /// An empty store.
    pub fn new() -> Self {
        MemoryTokenStore::default()
    }

    /// The same store, with these tokens of this portal.
    #[must_use]
    pub fn with(self, portal: impl Into<PortalId>, tokens: PortalTokens) -> Self {
        self.lock().put(&portal.into(), &tokens);
        self
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn load(&self, portal: &PortalId) -> Result<Option<Stored>, StoreError> {
        Ok(self.lock().portals.get(portal).cloned())
    }

    async fn save(
        &self,
        portal: &PortalId,
        tokens: &PortalTokens,
        replaces: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        let mut state = self.lock();
        if state.portals.get(portal).map(|stored| &stored.revision) != replaces {
            return Ok(Saved::Conflict);
        }
        Ok(Saved::Done(state.put(portal, tokens)))
    }

    async fn remove(&self, portal: &PortalId) -> Result<(), StoreError> {
        self.lock().portals.remove(portal);
        Ok(())
    }
}

impl fmt::Debug for MemoryTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTokenStore")
            .field("portals", &self.lock().portals.len())
            .finish()
    }
}
