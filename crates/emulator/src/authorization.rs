//! How a user lets an app into a portal.

use std::{error, fmt};

use http::Request;
use hubchannel_api::{
    model::{Secret, Url},
    server::query_pairs,
};

/// A user who has let an app in and is on the way back to it.
///
/// ```
/// use hubchannel_api::{AuthorizeUrl, OAuthClient};
/// use hubchannel_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::new();
/// let app = emulator.oauth_app();
/// let page = AuthorizeUrl::new(app.client_id.as_str(), "https://bridge.example.com/oauth")
///     .add_scope("conversations.custom_channels.write")
///     .set_state("7");
/// let authorization = emulator.authorize(62515, &page.to_string())?;
/// assert!(authorization.url.starts_with("https://bridge.example.com/oauth?code="));
///
/// let oauth = OAuthClient::new(emulator.transport(), app);
/// let tokens = oauth.exchange_code(authorization.code, "https://bridge.example.com/oauth").await?;
/// assert_eq!(tokens.hub_id, 62515.into());
/// # Ok(())
/// # }
/// ```
///
/// `Debug` does not show the code.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Authorization {
    /// Where HubSpot sends the user: the app's address, with the code, and the app's `state` where there was one.
    pub url: Url,
    /// The code: good once, within a minute, and only for this address.
    pub code: Secret,
}

/// Why HubSpot shows a user an error instead.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorizationError {
    /// The address is none that a request can be made of.
    NoAddress,
    /// The address lacks this parameter, or it is empty.
    Missing(&'static str),
    /// No app has this client id.
    NoApp(String),
}

impl fmt::Display for AuthorizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AuthorizationError::NoAddress => f.write_str("the address of the page is none; take it from AuthorizeUrl"),
            AuthorizationError::Missing(name) => write!(f, "the address of the page has no {name}"),
            AuthorizationError::NoApp(id) => write!(f, "no app has the client id {id:?}; seed it with Seed::add_app"),
        }
    }
}

impl error::Error for AuthorizationError {}

/// What the address of HubSpot's page asks for.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) state: Option<String>,
}

impl Wish {
    pub(crate) fn read(url: &str) -> Result<Self, AuthorizationError> {
        let request = Request::get(url).body(()).map_err(|_| AuthorizationError::NoAddress)?;
        let mut pairs = query_pairs(&request);
        let mut take = |name: &str| {
            let found = pairs.iter().position(|(known, _)| known == name)?;
            Some(pairs.swap_remove(found).1).filter(|value| !value.is_empty())
        };
        let mut need = |name: &'static str| take(name).ok_or(AuthorizationError::Missing(name));
        let client_id = need("client_id")?;
        let redirect_uri = need("redirect_uri")?;
        let mut scopes = need("scope")?;
        if let Some(optional) = take("optional_scope") {
            scopes.push(' ');
            scopes.push_str(&optional);
        }
        let state = take("state");
        let mut scopes: Vec<String> = scopes.split_whitespace().map(str::to_owned).collect();
        scopes.dedup();
        Ok(Wish {
            client_id,
            redirect_uri,
            scopes,
            state,
        })
    }
}
