//! The token endpoint: an authorization code or a refresh token becomes an access token.

use super::form::{FormText, form};
use crate::{
    Extra, Field, Number, PortalId, Secret, Url, UserId, Violations,
    preflight::Checker,
    wire::{open_enum, record},
};

record! {
    /// What to make an access token from: the form of `POST /oauth/v1/token`, and of `v3` and the dated versions.
    ///
    /// ```
    /// use hubchannel_model::TokenRequest;
    ///
    /// let request = TokenRequest::from_refresh_token("a0b1-client", "hush", "na1-refresh");
    /// request.check()?;
    /// let fields: Vec<&str> = request.to_pairs().iter().map(|(name, _)| *name).collect();
    /// assert_eq!(fields, ["grant_type", "refresh_token", "client_id", "client_secret"]);
    /// assert!(!format!("{request:?}").contains("hush"));
    /// # Ok::<(), hubchannel_model::Violations>(())
    /// ```
    ///
    /// HubSpot looks at the client id before anything else (observed). `v1` is described to take `client_secret` and
    /// `refresh_token` in the query too; later versions take everything in the form, so that it reaches no log.
    pub struct TokenRequest {
        /// What the token is made from. Required.
        pub grant_type: Field<GrantType> => "grant_type",
        /// The code that the user came back with: short-lived and good for one use. Required for a code.
        pub code: Field<Secret> => "code",
        /// The address that the user came back to; the same as was asked for, or HubSpot refuses the code. Required for
        /// a code.
        pub redirect_uri: Field<Url> => "redirect_uri",
        /// The refresh token. Required for one.
        pub refresh_token: Field<Secret> => "refresh_token",
        /// The app. Required.
        pub client_id: Field<String> => "client_id",
        /// The app's secret.
        pub client_secret: Field<Secret> => "client_secret",
        /// The text whose digest was sent when the user was asked (PKCE). Described, and not explained.
        pub code_verifier: Field<Secret> => "code_verifier",
        /// The scopes, with spaces between them. Described, and not explained.
        pub scope: Field<String> => "scope",
        /// A signed text in place of the secret. Described for `v3` and `2026-03`, and not explained.
        pub client_assertion: Field<Secret> => "client_assertion",
        /// What kind of signed text it is.
        pub client_assertion_type: Field<String> => "client_assertion_type",
    }
}

form!(TokenRequest {
    grant_type code redirect_uri refresh_token client_id client_secret code_verifier scope client_assertion
    client_assertion_type
});

impl TokenRequest {
    /// A token for the code that a user came back with, at the address that the user was to come back to.
    pub fn from_authorization_code(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        code: impl Into<Secret>,
        redirect_uri: impl Into<Url>,
    ) -> Self {
        TokenRequest {
            code: Field::Value(code.into()),
            redirect_uri: Field::Value(redirect_uri.into()),
            ..TokenRequest::of(GrantType::AuthorizationCode, client_id, client_secret)
        }
    }

    /// A token in place of one that has expired or soon will.
    pub fn from_refresh_token(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        refresh_token: impl Into<Secret>,
    ) -> Self {
        TokenRequest {
            refresh_token: Field::Value(refresh_token.into()),
            ..TokenRequest::of(GrantType::RefreshToken, client_id, client_secret)
        }
    }

    fn of(grant_type: GrantType, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        TokenRequest {
            grant_type: Field::Value(grant_type),
            client_id: Field::Value(client_id.into()),
            client_secret: Field::Value(client_secret.into()),
            ..TokenRequest::default()
        }
    }

    /// Sets the text whose digest was sent when the user was asked (PKCE).
    #[must_use]
    pub fn set_code_verifier(mut self, verifier: impl Into<Secret>) -> Self {
        self.code_verifier = Field::Value(verifier.into());
        self
    }

    /// Sets the scopes to ask for, with spaces between them.
    #[must_use]
    pub fn set_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Field::Value(scope.into());
        self
    }

    /// Checks what its kind of grant needs: the client id, and the code with its address or the refresh token.
    ///
    /// A missing client secret passes: it may be signed for, or travel in the query.
    ///
    /// # Errors
    /// Everything found, with the name of each field.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| {
            checker.required_text("grant_type", &self.grant_type, "say authorization_code or refresh_token");
            match self.grant_type.as_ref() {
                Some(GrantType::AuthorizationCode) => {
                    checker.required_secret("code", &self.code, "give the code that the user came back with");
                    checker.required_text(
                        "redirect_uri",
                        &self.redirect_uri,
                        "repeat the address that the user came back to",
                    );
                }
                Some(GrantType::RefreshToken) => {
                    checker.required_secret("refresh_token", &self.refresh_token, "give the refresh token")
                }
                _ => {}
            }
            checker.required_text("client_id", &self.client_id, "name the app");
            checker.optional_secret("client_secret", &self.client_secret, "give the app's secret");
        })
    }
}

open_enum! {
    /// What an access token is made from.
    pub enum GrantType {
        /// A code that a user came back with after consenting.
        AuthorizationCode = "authorization_code",
        /// A refresh token.
        RefreshToken = "refresh_token",
        /// The app alone; for HubSpot's webhook journal and nothing else (documented).
        ClientCredentials = "client_credentials",
    }
}

impl FormText for GrantType {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn from_text(text: &str) -> Self {
        text.into()
    }
}

record! {
    /// An access token, and what it goes with: the answer of the token endpoint.
    ///
    /// ```
    /// use hubchannel_model::{Secret, TokenResponse};
    ///
    /// let answer: TokenResponse = serde_json::from_str(
    ///     r#"{"token_type":"bearer","access_token":"CIrT-access","expires_in":1800}"#,
    /// )?;
    /// assert_eq!(answer.expires_in_seconds(), Some(1800));
    /// // No new refresh token: the old one goes on.
    /// let old = Secret::new("na1-refresh");
    /// assert_eq!(answer.refresh_token_or(&old), &old);
    /// assert!(!format!("{answer:?}").contains("CIrT"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// `v1` documents the first four members, `v3` adds `hub_id` and `scopes`; the rest is described. One generated page
    /// of HubSpot's shows the names in camelCase. No such answer has been seen; if one comes, its members are in
    /// `extra`, and [`with_documented_names`](TokenResponse::with_documented_names) brings them to their fields.
    pub struct TokenResponse {
        /// `bearer`, in any case of letters (documented): do not compare it.
        pub token_type: Field<String> => "token_type",
        /// The refresh token. It may be the old one again, or missing, and then the old one goes on (observed): see
        /// [`refresh_token_or`](TokenResponse::refresh_token_or).
        pub refresh_token: Field<Secret> => "refresh_token",
        /// The access token: opaque, up to 512 characters (documented).
        pub access_token: Field<Secret> => "access_token",
        /// For how many seconds it is good: 1800 (documented).
        pub expires_in: Field<Number> => "expires_in",
        /// The portal that it is for: a number on the wire.
        pub hub_id: Field<PortalId> => "hub_id",
        /// What it allows.
        pub scopes: Field<Vec<String>> => "scopes",
        /// What it is good for. Described.
        pub token_use: Field<TokenUse> => "token_use",
        /// The user who consented: a number on the wire. Described.
        pub user_id: Field<UserId> => "user_id",
        /// Who the user is, signed. Described.
        pub id_token: Field<Secret> => "id_token",
    }
}

impl TokenResponse {
    /// A token that is good for so many seconds; for servers and tests.
    pub fn new(access_token: impl Into<Secret>, expires_in_seconds: u32) -> Self {
        TokenResponse {
            token_type: Field::Value("bearer".to_owned()),
            access_token: Field::Value(access_token.into()),
            expires_in: Field::Value(i64::from(expires_in_seconds).into()),
            ..TokenResponse::default()
        }
    }

    /// Sets the refresh token.
    #[must_use]
    pub fn set_refresh_token(mut self, refresh_token: impl Into<Secret>) -> Self {
        self.refresh_token = Field::Value(refresh_token.into());
        self
    }

    /// For how many whole seconds the token is good, from the moment at which HubSpot answered; `None` where HubSpot
    /// does not say. A negative number counts as none left.
    ///
    /// Integrations ask for the next token one to five minutes before the end (observed).
    pub fn expires_in_seconds(&self) -> Option<u64> {
        self.expires_in.as_ref().map(Number::whole)
    }

    /// The refresh token to keep: the new one where there is one with text in it, else the old one.
    pub fn refresh_token_or<'t>(&'t self, old: &'t Secret) -> &'t Secret {
        self.refresh_token.as_ref().filter(|new| !new.is_empty()).unwrap_or(old)
    }

    /// The same answer, with members that came in camelCase brought to the fields of their documented names.
    ///
    /// ```
    /// use hubchannel_model::TokenResponse;
    ///
    /// let answer: TokenResponse = serde_json::from_str(r#"{"accessToken":"CIrT-access","expiresIn":1800}"#)?;
    /// assert!(answer.access_token.is_absent());
    /// let answer = answer.with_documented_names();
    /// assert_eq!(answer.access_token.as_ref().map(|token| token.expose()), Some("CIrT-access"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A member whose field is there already stays in `extra`, and so do one that comes twice and one that is not of its
    /// field's type: what they are worth is not for this crate to say, and no token is lost for them.
    #[must_use]
    pub fn with_documented_names(mut self) -> Self {
        adopt(&mut self.extra, "tokenType", &mut self.token_type);
        adopt(&mut self.extra, "refreshToken", &mut self.refresh_token);
        adopt(&mut self.extra, "accessToken", &mut self.access_token);
        adopt(&mut self.extra, "expiresIn", &mut self.expires_in);
        adopt(&mut self.extra, "hubId", &mut self.hub_id);
        adopt(&mut self.extra, "tokenUse", &mut self.token_use);
        adopt(&mut self.extra, "userId", &mut self.user_id);
        adopt(&mut self.extra, "idToken", &mut self.id_token);
        self
    }
}

/// Takes a member out of the unknown ones into its field, if that is empty and the member fits.
fn adopt<T: serde::de::DeserializeOwned>(extra: &mut Extra, name: &str, field: &mut Field<T>) {
    let once = extra.iter().filter(|(known, _)| *known == name).count() == 1;
    if once
        && field.is_absent()
        && let Ok(Some(found)) = extra.decode::<Field<T>>(name)
    {
        *field = found;
        extra.remove(name);
    }
}

open_enum! {
    /// What a token is good for.
    pub enum TokenUse {
        /// For calls.
        AccessToken = "access_token",
        /// For getting the next access token.
        RefreshToken = "refresh_token",
    }
}

impl FormText for TokenUse {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn from_text(text: &str) -> Self {
        text.into()
    }
}
