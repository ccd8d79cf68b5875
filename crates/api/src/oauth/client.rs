//! A handle to OAuth over some transport, for one app.

use std::{fmt, sync::Arc};

use http::HeaderValue;
use hubchannel_model::{
    IntrospectionRequest, RevocationRequest, Secret, TokenIntrospection, TokenRequest, TokenResponse, Url,
};

use super::OAuth;
use crate::{
    ApiVersion, BaseUrl, Error, HttpTransport, IntrospectToken, Reply, RequestToken, RevokeToken, Transport,
    http_api::HttpApi,
    operation::{Target, checked},
};

/// An app, as it proves to HubSpot who it is: both are on the page of the app's settings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OAuthApp {
    /// The client id, which is no secret.
    pub client_id: String,
    /// The client secret.
    pub client_secret: Secret,
}

impl OAuthApp {
    /// The app with this client id and secret.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        OAuthApp {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
        }
    }
}

/// A handle to HubSpot's OAuth for one app. Cheap to clone; clones share everything.
///
/// ```
/// use hubchannel_api::{Error, HttpTransport, OAuthApp, OAuthClient, model::Secret};
///
/// /// Turns the code that a user came back with into the tokens of his portal.
/// async fn install(transport: impl HttpTransport, code: &str) -> Result<Option<Secret>, Error> {
///     let app = OAuthApp::new("a0b1-client", "the client secret");
///     let oauth = OAuthClient::new(transport, app);
///     let tokens = oauth.exchange_code(code, "https://bridge.example.com/oauth").await?;
///     Ok(tokens.into_inner().refresh_token.into_option())
/// }
/// ```
///
/// The operations need no token, so the transport brings none. Errors show neither the app's secret nor a token, not even
/// where the server's answer repeats it; only the answer's own [`body`](Error::body) and
/// [`error_body`](Error::error_body) may have it.
#[derive(Clone)]
pub struct OAuthClient {
    api: Arc<dyn OAuth>,
    app: Arc<OAuthApp>,
}

impl OAuthClient {
    /// OAuth over this transport for this app, in `v3`.
    pub fn new(transport: impl HttpTransport, app: OAuthApp) -> Self {
        OAuthClient::builder(transport, app).build()
    }

    /// OAuth over this transport for this app with settings of its own.
    pub fn builder(transport: impl HttpTransport, app: OAuthApp) -> OAuthClientBuilder {
        OAuthClientBuilder {
            transport: Transport::new(transport),
            app,
            target: Target::default(),
        }
    }

    /// OAuth over something that is no HTTP at all: a double in a test. It receives what HubSpot would.
    pub fn from_api(api: impl OAuth, app: OAuthApp) -> Self {
        OAuthClient {
            api: Arc::new(api),
            app: Arc::new(app),
        }
    }

    /// The app.
    pub fn app(&self) -> &OAuthApp {
        &self.app
    }

    /// Makes tokens from the code that a user came back with, at the address that he was to come back to.
    ///
    /// # Errors
    /// See [`Error`]. A code is good for one use and a short time (documented): after an error whose
    /// [`outcome_unknown`](Error::outcome_unknown) is true the user has to consent again.
    pub async fn exchange_code(
        &self,
        code: impl Into<Secret>,
        redirect_uri: impl Into<Url>,
    ) -> Result<Reply<TokenResponse>, Error> {
        let (id, secret) = self.proof();
        self.request_token(RequestToken::new(TokenRequest::from_authorization_code(id, secret, code, redirect_uri)))
            .await
    }

    /// Makes an access token from a refresh token. The answer may have a new refresh token, see
    /// [`TokenResponse::refresh_token_or`].
    ///
    /// # Errors
    /// See [`Error`]. `BAD_REFRESH_TOKEN` in the answer means that the user has to consent again.
    pub async fn refresh(&self, refresh_token: impl Into<Secret>) -> Result<Reply<TokenResponse>, Error> {
        let (id, secret) = self.proof();
        self.request_token(RequestToken::new(TokenRequest::from_refresh_token(id, secret, refresh_token)))
            .await
    }

    /// Asks what HubSpot knows of an access token, such as the portal that it is for.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn introspect_access_token(&self, token: impl Into<Secret>) -> Result<Reply<TokenIntrospection>, Error> {
        let (id, secret) = self.proof();
        self.introspect_token(IntrospectToken::new(IntrospectionRequest::of_access_token(id, secret, token)))
            .await
    }

    /// Asks what HubSpot knows of a refresh token.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn introspect_refresh_token(&self, token: impl Into<Secret>) -> Result<Reply<TokenIntrospection>, Error> {
        let (id, secret) = self.proof();
        self.introspect_token(IntrospectToken::new(IntrospectionRequest::of_refresh_token(id, secret, token)))
            .await
    }

    /// Gives up a refresh token. Access tokens made from it stay good to their end (documented).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn revoke(&self, refresh_token: impl Into<Secret>) -> Result<Reply<()>, Error> {
        let (id, secret) = self.proof();
        self.revoke_token(RevokeToken::new(RevocationRequest::new(id, secret, refresh_token)))
            .await
    }

    /// Makes an access token from what the call says, for what [`exchange_code`](OAuthClient::exchange_code) and
    /// [`refresh`](OAuthClient::refresh) have no argument for. The call names its app itself.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn request_token(&self, call: RequestToken) -> Result<Reply<TokenResponse>, Error> {
        let secrets = call.secrets();
        let result = checked(call, |call| self.api.request_token(call))?.await;
        result.map_err(|error| error.hiding(secrets))
    }

    /// Asks what HubSpot knows of a token. The call names its app itself.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn introspect_token(&self, call: IntrospectToken) -> Result<Reply<TokenIntrospection>, Error> {
        let secrets = call.secrets();
        let result = checked(call, |call| self.api.introspect_token(call))?.await;
        result.map_err(|error| error.hiding(secrets))
    }

    /// Gives up a refresh token. The call names its app itself.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn revoke_token(&self, call: RevokeToken) -> Result<Reply<()>, Error> {
        let secrets = call.secrets();
        let result = checked(call, |call| self.api.revoke_token(call))?.await;
        result.map_err(|error| error.hiding(secrets))
    }

    fn proof(&self) -> (&str, Secret) {
        (&self.app.client_id, self.app.client_secret.clone())
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("api", &self.api)
            .field("app", &self.app)
            .finish()
    }
}

/// Settings of an [`OAuthClient`].
#[derive(Debug)]
pub struct OAuthClientBuilder {
    transport: Transport,
    app: OAuthApp,
    target: Target,
}

impl OAuthClientBuilder {
    /// The version of the API; `v3` unless set.
    #[must_use]
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.target.version = version;
        self
    }

    /// Where the API is; HubSpot's address unless set.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.target.base_url = base_url;
        self
    }

    /// Names the program in `User-Agent`, before hubchannel's own name and version.
    #[must_use]
    pub fn user_agent(mut self, program: &HeaderValue) -> Self {
        self.target.name_program(program);
        self
    }

    /// Allows the app's secret over plain `http` to machines other than this one, for a network that is safe in itself.
    #[must_use]
    pub fn allow_plain_http(mut self) -> Self {
        self.target.plain_http = true;
        self
    }

    /// The handle.
    pub fn build(self) -> OAuthClient {
        OAuthClient::from_api(HttpApi::new(self.transport, self.target), self.app)
    }
}
