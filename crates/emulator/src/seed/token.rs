//! Access tokens to start with.

use std::time::SystemTime;

use hubchannel_api::model::Secret;
use serde::{Deserialize, Serialize};

/// An OAuth access token of an app for a portal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenSeed {
    pub(crate) secret: Secret,
    pub(crate) portal_id: u64,
    pub(crate) app_id: u64,
    pub(crate) scopes: Vec<String>,
    #[serde(with = "crate::snapshot::form::maybe_time")]
    pub(crate) expires_at: Option<SystemTime>,
    pub(crate) private_app: bool,
}

impl TokenSeed {
    /// A token that does not expire, with the scopes of a bridge: to read and write custom channels and conversations, and
    /// for files.
    pub fn new(secret: impl Into<Secret>, portal_id: u64, app_id: u64) -> Self {
        TokenSeed {
            secret: secret.into(),
            portal_id,
            app_id,
            scopes: [
                "conversations.custom_channels.read",
                "conversations.custom_channels.write",
                "conversations.read",
                "conversations.write",
                "files",
            ]
            .map(str::to_owned)
            .into(),
            expires_at: None,
            private_app: false,
        }
    }

    /// Sets the scopes that it was granted.
    #[must_use]
    pub fn set_scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Makes it the token of a private app, which HubSpot does not support on custom channels (documented), see
    /// [`PrivateAppTokens`](crate::behaviour::PrivateAppTokens).
    #[must_use]
    pub fn private_app(self) -> Self {
        TokenSeed {
            private_app: true,
            ..self
        }
    }

    /// Sets when it stops being good, by the emulator's clock.
    #[must_use]
    pub fn set_expires_at(mut self, time: impl Into<SystemTime>) -> Self {
        self.expires_at = Some(time.into());
        self
    }
}
