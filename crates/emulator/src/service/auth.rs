//! Whether a request may do what it asks for.

use std::time::SystemTime;

use http::{HeaderMap, Request, header::AUTHORIZATION};
use hubchannel_api::{Body, model::Secret, server};

use super::refusal::Refusal;
use crate::{seed::TokenSeed, state::State};

/// Finds the token of a request and checks that it is good.
pub(super) fn portal<'s>(state: &'s State, headers: &HeaderMap, now: SystemTime) -> Result<&'s TokenSeed, Refusal> {
    let token = bearer(headers)
        .and_then(|token| state.tokens.access(&token))
        .ok_or_else(Refusal::no_credentials)?;
    if let Some(expired) = token.expires_at.filter(|expiry| *expiry <= now) {
        return Err(Refusal::token_expired(expired, now));
    }
    Ok(token)
}

/// Checks that the token has one of these scopes.
pub(super) fn check_scopes(token: &TokenSeed, scopes: &[&str]) -> Result<(), Refusal> {
    if scopes.is_empty() || token.scopes.iter().any(|granted| scopes.contains(&granted.as_str())) {
        Ok(())
    } else {
        Err(Refusal::missing_scopes(scopes))
    }
}

/// Finds the developer's key of a request and the app that it names, and checks that they belong together.
pub(super) fn app(state: &State, request: &Request<Body>, now: SystemTime) -> Result<u64, Refusal> {
    let query = server::query_pairs(request);
    let parameter = |name: &str| {
        query
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    };
    let Some(key) = parameter("hapikey").map(|key| Secret::from(key.as_str())) else {
        // A good token is still the wrong kind of credential.
        return Err(match portal(state, request.headers(), now)? {
            token if token.private_app => Refusal::no_credentials(),
            _ => Refusal::scope_not_public(),
        });
    };
    if !state.apps.knows_developer_key(&key) {
        return Err(Refusal::invalid_key());
    }
    let app_id = parameter("appId").ok_or_else(|| Refusal::invalid("appId is required"))?;
    let id = app_id
        .parse()
        .map_err(|_| Refusal::unparseable_query_parameter("appId"))?;
    match state.apps.get(id) {
        Some(app) if app.developer_key == key => Ok(id),
        _ => Err(Refusal::no_application(app_id)),
    }
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim().into())
}
