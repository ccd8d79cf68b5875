//! Whether a request may do what it asks for.

use std::time::SystemTime;

use http::{HeaderMap, header::AUTHORIZATION};

use super::refusal::Refusal;
use crate::seed::{Seed, TokenSeed};

/// Finds the token of a request and checks that it is good and has one of these scopes.
pub(super) fn check<'s>(
    seed: &'s Seed,
    headers: &HeaderMap,
    scopes: &[&str],
    now: SystemTime,
) -> Result<&'s TokenSeed, Refusal> {
    let token = bearer(headers)
        .and_then(|text| seed.token(text))
        .ok_or_else(Refusal::no_credentials)?;
    if let Some(expired) = token.expires_at.filter(|expiry| *expiry <= now) {
        return Err(Refusal::token_expired(expired, now));
    }
    if !scopes.is_empty() && !token.scopes.iter().any(|granted| scopes.contains(&granted.as_str())) {
        return Err(Refusal::missing_scopes(scopes));
    }
    Ok(token)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim())
}
