//! OAuth: where the tokens of portals come from.

mod authorize;
mod client;

use std::fmt;

use async_trait::async_trait;
use hubchannel_model::{TokenIntrospection, TokenResponse};

pub use self::{
    authorize::{AuthorizeHost, AuthorizeUrl},
    client::{OAuthApp, OAuthClient, OAuthClientBuilder},
};
use crate::{Error, IntrospectToken, Reply, RequestToken, RevokeToken};

/// HubSpot's OAuth, one method for each operation.
///
/// Code that needs tokens takes an [`OAuthClient`]; this trait is for those who put something else behind one, such as
/// the double `MockOAuth` of `hubchannel-mock`. Each method has a body that answers [`Error::unsupported`].
#[async_trait]
pub trait OAuth: fmt::Debug + Send + Sync + 'static {
    /// Makes an access token from an authorization code or a refresh token.
    ///
    /// # Errors
    /// See [`Error`]. A token may have been issued all the same when [`Error::outcome_unknown`] is true.
    async fn request_token(&self, call: RequestToken) -> Result<Reply<TokenResponse>, Error> {
        let _ = call;
        Err(Error::unsupported::<RequestToken>())
    }

    /// Asks what HubSpot knows of a token.
    ///
    /// # Errors
    /// See [`Error`].
    async fn introspect_token(&self, call: IntrospectToken) -> Result<Reply<TokenIntrospection>, Error> {
        let _ = call;
        Err(Error::unsupported::<IntrospectToken>())
    }

    /// Gives up a refresh token.
    ///
    /// # Errors
    /// See [`Error`]. It may have been given up all the same when [`Error::outcome_unknown`] is true.
    async fn revoke_token(&self, call: RevokeToken) -> Result<Reply<()>, Error> {
        let _ = call;
        Err(Error::unsupported::<RevokeToken>())
    }
}
