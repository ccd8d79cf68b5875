//! How a refresh token is given up.

use super::{form::form, token::TokenUse};
use crate::{Field, Secret, Violations, preflight::Checker, wire::record};

record! {
    /// A refresh token to give up: the form of `POST /oauth/v3/token/revoke`, and of the dated versions.
    ///
    /// ```
    /// use hubchannel_model::RevocationRequest;
    ///
    /// let request = RevocationRequest::new("a0b1-client", "hush", "na1-refresh");
    /// request.check()?;
    /// assert!(!format!("{request:?}").contains("na1-refresh"));
    /// # Ok::<(), hubchannel_model::Violations>(())
    /// ```
    ///
    /// Access tokens that were made from it stay good to their end, and the app stays installed (documented). `v1` has
    /// `DELETE /oauth/v1/refresh-tokens/{token}` in its place.
    pub struct RevocationRequest {
        /// The app.
        pub client_id: Field<String> => "client_id",
        /// The app's secret.
        pub client_secret: Field<Secret> => "client_secret",
        /// The token. Required.
        pub token: Field<Secret> => "token",
        /// What kind of token it is.
        pub token_type_hint: Field<TokenUse> => "token_type_hint",
    }
}

form!(RevocationRequest { client_id client_secret token token_type_hint });

impl RevocationRequest {
    /// Gives up this refresh token.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        refresh_token: impl Into<Secret>,
    ) -> Self {
        RevocationRequest {
            client_id: Field::Value(client_id.into()),
            client_secret: Field::Value(client_secret.into()),
            token: Field::Value(refresh_token.into()),
            token_type_hint: Field::Value(TokenUse::RefreshToken),
            ..RevocationRequest::default()
        }
    }

    /// Checks that there is a token, and an app that gives it up.
    ///
    /// # Errors
    /// Everything found, with the name of each field.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| {
            checker.required_text("client_id", &self.client_id, "name the app");
            checker.required_secret("client_secret", &self.client_secret, "give the app's secret");
            checker.required_secret("token", &self.token, "give the refresh token");
        })
    }
}
