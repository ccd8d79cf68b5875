//! What HubSpot knows of a token.

use super::{form::form, token::TokenUse};
use crate::{AppId, Field, Number, PortalId, Secret, UserId, Violations, preflight::Checker, wire::record};

record! {
    /// A token to ask about: the form of `POST /oauth/v3/token/introspect`, and of the dated versions.
    ///
    /// ```
    /// use hubchannel_model::IntrospectionRequest;
    ///
    /// let request = IntrospectionRequest::of_refresh_token("a0b1-client", "hush", "na1-refresh");
    /// request.check()?;
    /// assert_eq!(request.subject().map(|token| token.expose()), Some("na1-refresh"));
    /// # Ok::<(), hubchannel_model::Violations>(())
    /// ```
    ///
    /// HubSpot describes the token as the field `token`; its documentation names the field after the kind of token. Both
    /// are written here, and either is read.
    pub struct IntrospectionRequest {
        /// The app.
        pub client_id: Field<String> => "client_id",
        /// The app's secret.
        pub client_secret: Field<Secret> => "client_secret",
        /// The token, as described.
        pub token: Field<Secret> => "token",
        /// The token, if it is an access token, as documented.
        pub access_token: Field<Secret> => "access_token",
        /// The token, if it is a refresh token, as documented.
        pub refresh_token: Field<Secret> => "refresh_token",
        /// What kind of token it is.
        pub token_type_hint: Field<TokenUse> => "token_type_hint",
    }
}

form!(IntrospectionRequest { client_id client_secret token access_token refresh_token token_type_hint });

impl IntrospectionRequest {
    /// Asks about an access token.
    pub fn of_access_token(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        token: impl Into<Secret>,
    ) -> Self {
        let request = IntrospectionRequest::of(TokenUse::AccessToken, client_id, client_secret, token);
        IntrospectionRequest {
            access_token: request.token.clone(),
            ..request
        }
    }

    /// Asks about a refresh token.
    pub fn of_refresh_token(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        token: impl Into<Secret>,
    ) -> Self {
        let request = IntrospectionRequest::of(TokenUse::RefreshToken, client_id, client_secret, token);
        IntrospectionRequest {
            refresh_token: request.token.clone(),
            ..request
        }
    }

    fn of(
        token_use: TokenUse,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        token: impl Into<Secret>,
    ) -> Self {
        IntrospectionRequest {
            client_id: Field::Value(client_id.into()),
            client_secret: Field::Value(client_secret.into()),
            token: Field::Value(token.into()),
            token_type_hint: Field::Value(token_use),
            ..IntrospectionRequest::default()
        }
    }

    /// The token asked about, under whichever name it came, as described first; for servers. `None` where there is none:
    /// an empty one is none.
    pub fn subject(&self) -> Option<&Secret> {
        let fields = [&self.token, &self.access_token, &self.refresh_token];
        let mut tokens = fields.into_iter().filter_map(Field::as_ref);
        tokens.find(|token| !token.is_empty())
    }

    /// Checks that there is a token, and an app that asks.
    ///
    /// # Errors
    /// Everything found, with the name of each field.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| {
            checker.required_text("client_id", &self.client_id, "name the app");
            checker.required_secret("client_secret", &self.client_secret, "give the app's secret");
            if self.subject().is_none() {
                checker.required_secret("token", &self.token, "give the token to ask about");
            }
        })
    }
}

record! {
    /// What HubSpot knows of a token: the answer to an [`IntrospectionRequest`].
    ///
    /// ```
    /// use hubchannel_model::TokenIntrospection;
    ///
    /// let answer: TokenIntrospection = serde_json::from_str(r#"{"active":true,"hub_id":62515,"token":"CIrT-access"}"#)?;
    /// assert_eq!(answer.hub_id, "62515".into());
    /// assert!(!format!("{answer:?}").contains("CIrT"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// The version `2026-09` describes `active` alone, and of a token that is not active there may be no more. In `v1`,
    /// `GET /oauth/v1/access-tokens/{token}` and `GET /oauth/v1/refresh-tokens/{token}` answer with most of the same
    /// members; `token_type` is then `access` for an access token (documented).
    pub struct TokenIntrospection {
        /// Whether the token is good.
        pub active: Field<bool> => "active",
        /// The token itself.
        pub token: Field<Secret> => "token",
        /// The portal that it is for: a number on the wire.
        pub hub_id: Field<PortalId> => "hub_id",
        /// The user who consented: a number on the wire.
        pub user_id: Field<UserId> => "user_id",
        /// The app, by its client id.
        pub client_id: Field<String> => "client_id",
        /// The app: a number on the wire.
        pub app_id: Field<AppId> => "app_id",
        /// The user's e-mail address.
        pub user: Field<String> => "user",
        /// The portal's domain.
        pub hub_domain: Field<String> => "hub_domain",
        /// What it allows.
        pub scopes: Field<Vec<String>> => "scopes",
        /// The access token in another form; absent for a refresh token.
        pub signed_access_token: Field<SignedAccessToken> => "signed_access_token",
        /// For how many seconds more it is good; absent for a refresh token.
        pub expires_in: Field<Number> => "expires_in",
        /// Whether the app is distributed privately.
        pub is_private_distribution: Field<bool> => "is_private_distribution",
        /// What the token is good for.
        pub token_use: Field<TokenUse> => "token_use",
        /// `Bearer` (documented), in another case of letters than in a token's own answer: do not compare it.
        pub token_type: Field<String> => "token_type",
    }
}

impl TokenIntrospection {
    /// For how many whole seconds the token is good, from the moment at which HubSpot answered; `None` where HubSpot
    /// does not say. A negative number counts as none left.
    pub fn expires_in_seconds(&self) -> Option<u64> {
        self.expires_in.as_ref().map(Number::whole)
    }
}

record! {
    /// An access token taken apart and signed. Its members are in camelCase, other than around it. What HubSpot means
    /// it for is unknown; it is documented by its sample alone.
    pub struct SignedAccessToken {
        /// Until when it is good, in milliseconds since 1970.
        pub expires_at: Field<Number> => "expiresAt",
        /// What it allows, in a form of HubSpot's own.
        pub scopes: Field<String> => "scopes",
        /// The portal: a number on the wire.
        pub hub_id: Field<PortalId> => "hubId",
        /// The user: a number on the wire.
        pub user_id: Field<UserId> => "userId",
        /// The app: a number on the wire.
        pub app_id: Field<AppId> => "appId",
        /// The signature.
        pub signature: Field<Secret> => "signature",
        /// Which scopes belong together, in a form of HubSpot's own.
        pub scope_to_scope_group_pks: Field<String> => "scopeToScopeGroupPks",
        /// Another signature.
        pub new_signature: Field<Secret> => "newSignature",
        /// Where the portal's data are, such as `na1`.
        pub hublet: Field<String> => "hublet",
        /// Scopes on trial.
        pub trial_scopes: Field<String> => "trialScopes",
        /// Which scopes on trial belong together.
        pub trial_scope_to_scope_group_pks: Field<String> => "trialScopeToScopeGroupPks",
        /// Whether it is for a single user.
        pub is_user_level: Field<bool> => "isUserLevel",
        /// Whether the app is distributed privately.
        pub is_private_distribution: Field<bool> => "isPrivateDistribution",
    }
}
