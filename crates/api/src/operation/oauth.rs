//! The operations of OAuth: tokens made, asked about and given up. All of them are forms, so that no token is in an
//! address.

use std::iter;

use http::{HeaderValue, Method, StatusCode};
use hubchannel_model::{
    DecodeError, IntrospectionRequest, RevocationRequest, Secret, TokenIntrospection, TokenRequest, TokenResponse,
    Violations,
};

use super::{Credential, Operation, OperationInfo, Repeat, Segment, form, json, operation};
use crate::{Area, Body, Error};

operation! {
    /// Makes an access token from an authorization code or a refresh token: `POST /oauth/v3/token`.
    ///
    /// ```
    /// use hubchannel_api::RequestToken;
    /// use hubchannel_model::TokenRequest;
    ///
    /// let call = RequestToken::new(TokenRequest::from_refresh_token("a0b1-client", "hush", "na1-refresh"));
    /// let shown = format!("{call:?}");
    /// assert!(!shown.contains("hush") && !shown.contains("na1-refresh"));
    /// ```
    ///
    /// Never repeated when nobody knows whether it was done: a code is good for one use (documented), and whether HubSpot
    /// takes a refresh token that it has replaced is unknown. `2025-09` has no path of its own for OAuth that is known,
    /// and uses that of `v3`.
    pub struct RequestToken {
        /// What to make the token from, and for which app.
        pub body: TokenRequest,
    }

    /// Makes a token from this.
    pub fn new(body: TokenRequest);
}

impl RequestToken {
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let body = &self.body;
        let secrets = [
            &body.client_secret,
            &body.code,
            &body.refresh_token,
            &body.code_verifier,
            &body.client_assertion,
        ];
        secrets
            .into_iter()
            .filter_map(|secret| secret.as_ref().cloned())
            .collect()
    }
}

impl Operation for RequestToken {
    type Output = TokenResponse;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "request_token",
        area: Area::OAuth,
        method: Method::POST,
        path: &[Segment::Literal("token")],
        query: &[],
        success: StatusCode::OK,
        effect: Some("issued"),
        credential: Credential::None,
        scopes: &[],
        repeat: Repeat::Never,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        Ok(Some(form::write(&self.body.to_pairs())))
    }

    fn content_type(&self) -> HeaderValue {
        form::MEDIA_TYPE
    }

    fn read_output(body: &Body) -> Result<TokenResponse, DecodeError> {
        Ok(json::read::<TokenResponse>(body)?.with_documented_names())
    }
}

operation! {
    /// Asks what HubSpot knows of a token: `POST /oauth/v3/token/introspect`.
    pub struct IntrospectToken {
        /// The token, and the app that asks.
        pub body: IntrospectionRequest,
    }

    /// Asks this.
    pub fn new(body: IntrospectionRequest);
}

impl IntrospectToken {
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let body = &self.body;
        let secrets = [
            &body.client_secret,
            &body.token,
            &body.access_token,
            &body.refresh_token,
        ];
        secrets
            .into_iter()
            .filter_map(|secret| secret.as_ref().cloned())
            .collect()
    }
}

impl Operation for IntrospectToken {
    type Output = TokenIntrospection;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "introspect_token",
        area: Area::OAuth,
        method: Method::POST,
        path: &[Segment::Literal("token"), Segment::Literal("introspect")],
        query: &[],
        success: StatusCode::OK,
        effect: None,
        credential: Credential::None,
        scopes: &[],
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        Ok(Some(form::write(&self.body.to_pairs())))
    }

    fn content_type(&self) -> HeaderValue {
        form::MEDIA_TYPE
    }
}

operation! {
    /// Gives up a refresh token: `POST /oauth/v3/token/revoke`.
    ///
    /// Access tokens that were made from it stay good to their end, and the app stays installed (documented). A second
    /// time leaves it given up; what it is answered with is unknown, and so is the answer's body, which is not read.
    pub struct RevokeToken {
        /// The token, and the app that gives it up.
        pub body: RevocationRequest,
    }

    /// Gives up this.
    pub fn new(body: RevocationRequest);
}

impl RevokeToken {
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let secrets = [&self.body.client_secret, &self.body.token];
        secrets
            .into_iter()
            .filter_map(|secret| secret.as_ref().cloned())
            .collect()
    }
}

impl Operation for RevokeToken {
    type Output = ();

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "revoke_token",
        area: Area::OAuth,
        method: Method::POST,
        path: &[Segment::Literal("token"), Segment::Literal("revoke")],
        query: &[],
        success: StatusCode::NO_CONTENT,
        effect: Some("revoked"),
        credential: Credential::None,
        scopes: &[],
        repeat: Repeat::Always,
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        Ok(Some(form::write(&self.body.to_pairs())))
    }

    fn content_type(&self) -> HeaderValue {
        form::MEDIA_TYPE
    }

    fn read_output(_: &Body) -> Result<(), DecodeError> {
        Ok(())
    }
}
