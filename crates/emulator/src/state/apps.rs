//! The apps that bridges are.

use hubchannel_api::model::Secret;
use serde::{Deserialize, Serialize};

use crate::seed::AppSeed;

/// Every app; no two have the same id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Apps(Vec<AppSeed>);

impl Apps {
    pub(super) fn new(seeds: &[AppSeed]) -> Self {
        Apps(seeds.to_vec())
    }

    pub(crate) fn all(&self) -> &[AppSeed] {
        &self.0
    }

    /// Adds one whose id no other has.
    pub(crate) fn add(&mut self, app: AppSeed) {
        self.0.push(app);
    }

    pub(super) fn set_client_secret(&mut self, id: u64, secret: Secret) {
        if let Some(app) = self.0.iter_mut().find(|app| app.id == id) {
            app.client_secret = secret;
        }
    }

    pub(crate) fn get(&self, id: u64) -> Option<&AppSeed> {
        self.0.iter().find(|app| app.id == id)
    }

    /// The app with this client id.
    pub(crate) fn client(&self, client_id: &str) -> Option<&AppSeed> {
        self.0.iter().find(|app| app.client_id == client_id)
    }

    /// Whether it is the key of any developer.
    pub(crate) fn knows_developer_key(&self, key: &Secret) -> bool {
        !key.is_empty() && self.0.iter().any(|app| app.developer_key == *key)
    }

    /// Those that are told of conversations.
    pub(crate) fn subscribers(&self) -> impl Iterator<Item = &AppSeed> {
        self.0.iter().filter(|app| app.subscription_url.is_some())
    }
}
