//! OAuth: how an app gets the tokens that the other operations take.
//!
//! Requests are forms on the wire (`application/x-www-form-urlencoded`; JSON is answered with 415, observed), answers
//! are JSON. So a request has `to_pairs` and `from_pairs` besides the JSON that tests and records are written in. Every
//! token, code and client secret is a [`Secret`](crate::Secret).

mod error;
mod form;
mod introspection;
mod revocation;
mod token;

pub use self::{
    error::{OAuthErrorBody, OAuthErrorCode, OAuthErrorStatus},
    introspection::{IntrospectionRequest, SignedAccessToken, TokenIntrospection},
    revocation::RevocationRequest,
    token::{GrantType, TokenRequest, TokenResponse, TokenUse},
};
