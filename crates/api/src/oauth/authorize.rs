//! The page on which a user lets an app into his portal.

use std::fmt;

use percent_encoding::utf8_percent_encode;

use crate::operation::RESERVED;

/// Where users of a portal log in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizeHost {
    /// `app.hubspot.com` (documented).
    #[default]
    Global,
    /// `app-eu1.hubspot.com`, for portals whose data are in the European Union (observed).
    Eu1,
}

impl AuthorizeHost {
    /// The host's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            AuthorizeHost::Global => "app.hubspot.com",
            AuthorizeHost::Eu1 => "app-eu1.hubspot.com",
        }
    }
}

/// The address to send a user to, so that he lets the app into his portal. `Display` writes it.
///
/// ```
/// use hubchannel_api::AuthorizeUrl;
///
/// let url = AuthorizeUrl::new("a0b1-client", "https://bridge.example.com/oauth")
///     .add_scope("oauth")
///     .add_scope("conversations.read")
///     .add_optional_scope("files")
///     .set_state("8c1f");
/// assert_eq!(
///     url.to_string(),
///     "https://app.hubspot.com/oauth/authorize?client_id=a0b1-client\
///      &redirect_uri=https%3A%2F%2Fbridge.example.com%2Foauth&scope=oauth%20conversations.read\
///      &optional_scope=files&state=8c1f"
/// );
/// ```
///
/// The user comes back to the redirect address with `code` in the query, or with `error` (documented). A portal whose
/// tier lacks what a scope is about refuses it on this page (observed); optional scopes are left out instead (documented).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizeUrl {
    host: AuthorizeHost,
    client_id: String,
    redirect_uri: String,
    scopes: Vec<String>,
    optional_scopes: Vec<String>,
    state: Option<String>,
}

impl AuthorizeUrl {
    /// The address for this app, whose settings must name the address to come back to.
    pub fn new(client_id: impl Into<String>, redirect_uri: impl Into<String>) -> Self {
        AuthorizeUrl {
            host: AuthorizeHost::default(),
            client_id: client_id.into(),
            redirect_uri: redirect_uri.into(),
            scopes: Vec::new(),
            optional_scopes: Vec::new(),
            state: None,
        }
    }

    /// Asks for a scope without which the app cannot be let in.
    #[must_use]
    pub fn add_scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// Asks for a scope that is left out where the portal cannot give it.
    #[must_use]
    pub fn add_optional_scope(mut self, scope: impl Into<String>) -> Self {
        self.optional_scopes.push(scope.into());
        self
    }

    /// Sets what comes back unchanged with the user. Make it unguessable, and refuse whoever comes back with another: it
    /// is what keeps a stranger from connecting his portal in a user's name.
    #[must_use]
    pub fn set_state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// Sets where the user logs in.
    #[must_use]
    pub fn set_host(self, host: AuthorizeHost) -> Self {
        AuthorizeUrl { host, ..self }
    }
}

impl fmt::Display for AuthorizeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        write!(
            f,
            "https://{}/oauth/authorize?client_id={}&redirect_uri={}&scope={}",
            self.host.as_str(),
            encoded(&self.client_id),
            encoded(&self.redirect_uri),
            encoded(&self.scopes.join(" ")),
        )?;
        if !self.optional_scopes.is_empty() {
            write!(f, "&optional_scope={}", encoded(&self.optional_scopes.join(" ")))?;
        }
        match &self.state {
            Some(state) => write!(f, "&state={}", encoded(state)),
            None => Ok(()),
        }
    }
}
