//! Apps to start with.

use hubchannel_api::model::{Secret, Url};
use serde::{Deserialize, Serialize};

/// An app, which owns channels, and the credentials that it has of its own.
///
/// ```
/// use hubchannel_emulator::{AppSeed, Emulator, Seed};
///
/// let seed = Seed::default().add_app(AppSeed::new(77).set_developer_key("the-key-of-77"));
/// let emulator = Emulator::with_seed(seed);
/// assert_eq!(emulator.developer_key().expose(), "emulated-developer-key");
/// ```
///
/// Apps of one developer may share a key, as they do in HubSpot. The app of the first channel is there without being
/// added; one that is added with the same number takes its place.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppSeed {
    pub(crate) id: u64,
    pub(crate) developer_key: Secret,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) subscription_url: Option<Url>,
}

impl AppSeed {
    /// An app with the key `emulated-developer-key` and the client secret `emulated-client-secret`. Its client id is
    /// `emulated-client-` with its number behind.
    pub fn new(id: u64) -> Self {
        AppSeed {
            id,
            developer_key: "emulated-developer-key".into(),
            client_id: format!("emulated-client-{id}"),
            client_secret: "emulated-client-secret".into(),
            subscription_url: None,
        }
    }

    /// Sets the API key of the developer whose app it is. With an empty one nobody gets in.
    #[must_use]
    pub fn set_developer_key(self, key: impl Into<Secret>) -> Self {
        AppSeed {
            developer_key: key.into(),
            ..self
        }
    }

    /// Sets what the app shows HubSpot to get tokens. No two apps have the same client id.
    #[must_use]
    pub fn set_client(self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        AppSeed {
            client_id: id.into(),
            client_secret: secret.into(),
            ..self
        }
    }

    /// Sets where the app is told what happens in conversations of portals that have it: that they begin, get messages, are
    /// assigned, closed and opened. Unless set it has no such subscriptions.
    #[must_use]
    pub fn set_subscription_url(self, url: impl Into<Url>) -> Self {
        AppSeed {
            subscription_url: Some(url.into()),
            ..self
        }
    }
}
