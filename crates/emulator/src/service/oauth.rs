//! The operations on tokens.

use std::time::SystemTime;

use http::Response;
use hubchannel_api::{
    Body, IntrospectToken, RequestToken, RevokeToken,
    model::{
        Field, GrantType, IntrospectionRequest, Number, OAuthErrorCode, Secret, TokenIntrospection, TokenRequest,
        TokenResponse, TokenUse,
    },
    server::{AnyCall, ReadError},
};

use super::{Desk, refusal::Refusal, success};
use crate::{
    behaviour::RefreshTokens,
    seed::AppSeed,
    state::{Grant, LIFETIME, NotIssued, USER},
};

pub(super) fn act(desk: Desk<'_>) -> Result<Response<Body>, Refusal> {
    let call = match desk.try_read()? {
        Err(ReadError::Body(error)) => {
            let problem = format!("{}: {}", error.path(), error.reason());
            return Err(Refusal::oauth("BAD_REQUEST", &problem, OAuthErrorCode::InvalidRequest));
        }
        call => desk.readable(call)?,
    };
    match call {
        AnyCall::RequestToken(call) => request(desk, call.body),
        AnyCall::IntrospectToken(call) => introspect(desk, &call.body),
        AnyCall::RevokeToken(call) => {
            let app = client(&desk, &call.body.client_id, &call.body.client_secret)?.id;
            let token = given(&call.body.token).ok_or_else(no_token)?;
            desk.state
                .tokens
                .revoke(app, token)
                .map_err(|_| Refusal::wrong_client())?;
            success::<RevokeToken>(&(), None)
        }
        _ => Err(Refusal::internal()),
    }
}

/// The app that asks, where it shows its secret.
fn client(desk: &Desk<'_>, id: &Field<String>, secret: &Field<Secret>) -> Result<AppSeed, Refusal> {
    let app = named(desk, id)?;
    check_secret(&app, secret)?;
    Ok(app)
}

fn named(desk: &Desk<'_>, id: &Field<String>) -> Result<AppSeed, Refusal> {
    let app = id.as_deref().and_then(|id| desk.state.apps.client(id)).cloned();
    app.ok_or_else(|| Refusal::oauth("BAD_CLIENT_ID", "missing or unknown client id", OAuthErrorCode::InvalidRequest))
}

fn check_secret(app: &AppSeed, secret: &Field<Secret>) -> Result<(), Refusal> {
    if given(secret) == Some(&app.client_secret) {
        Ok(())
    } else {
        Err(Refusal::oauth("BAD_CLIENT_SECRET", "missing or unknown client secret", OAuthErrorCode::InvalidClient))
    }
}

/// The secret, where there is one and it is not empty.
fn given(secret: &Field<Secret>) -> Option<&Secret> {
    secret.as_ref().filter(|secret| !secret.is_empty())
}

fn no_token() -> Refusal {
    Refusal::oauth("BAD_REQUEST", "missing token", OAuthErrorCode::InvalidRequest)
}

fn request(desk: Desk<'_>, body: TokenRequest) -> Result<Response<Body>, Refusal> {
    let app = named(&desk, &body.client_id)?;
    let grant_type = body.grant_type.as_ref();
    if !matches!(grant_type, Some(GrantType::AuthorizationCode | GrantType::RefreshToken)) {
        let code = OAuthErrorCode::UnsupportedGrantType;
        return Err(Refusal::oauth("BAD_GRANT_TYPE", "missing or unknown grant type", code));
    }
    check_secret(&app, &body.client_secret)?;
    let state = &mut *desk.state;
    let issued = if grant_type == Some(&GrantType::AuthorizationCode) {
        let redirect_uri = body.redirect_uri.as_deref().unwrap_or_default();
        let code = given(&body.code).ok_or_else(Refusal::bad_code)?;
        state
            .tokens
            .redeem(&mut state.ids, app.id, code, redirect_uri, desk.now)
            .map_err(|reason| match reason {
                NotIssued::OtherAddress => Refusal::oauth(
                    "MISMATCH_REDIRECT_URI_AUTH_CODE",
                    "redirect URI does not match initial auth code URI",
                    OAuthErrorCode::InvalidGrant,
                ),
                _ => Refusal::bad_code(),
            })?
    } else {
        let token = given(&body.refresh_token).ok_or_else(Refusal::bad_refresh_token)?;
        let rotate = desk.seed.behaviour().refresh_tokens == RefreshTokens::Rotate;
        state
            .tokens
            .renew(&mut state.ids, app.id, token, rotate, desk.now)
            .map_err(|reason| match reason {
                NotIssued::OtherApp => Refusal::wrong_client(),
                _ => Refusal::bad_refresh_token(),
            })?
    };
    let lifetime = u32::try_from(LIFETIME.as_secs()).unwrap_or(u32::MAX);
    let mut response = TokenResponse::new(issued.access, lifetime).set_refresh_token(issued.refresh);
    // The oldest version says no more.
    if !desk.request.uri().path().starts_with("/oauth/v1/") {
        response.hub_id = issued.grant.portal_id.into();
        response.scopes = issued.grant.scopes.into();
    }
    success::<RequestToken>(&response, None)
}

fn introspect(desk: Desk<'_>, body: &IntrospectionRequest) -> Result<Response<Body>, Refusal> {
    let app = client(&desk, &body.client_id, &body.client_secret)?;
    let token = body.subject().ok_or_else(no_token)?;
    let known = look_up(&desk, token).filter(|known| known.grant.app_id == app.id);
    let introspection = TokenIntrospection::build(|shown| {
        shown.active = known.is_some().into();
        let Some(Known { grant, left }) = known else { return };
        shown.token = token.clone().into();
        shown.hub_id = grant.portal_id.into();
        shown.user_id = USER.into();
        shown.client_id = app.client_id.clone().into();
        shown.app_id = app.id.into();
        shown.scopes = grant.scopes.into();
        shown.token_type = "Bearer".into();
        shown.token_use = match left {
            Some(_) => TokenUse::AccessToken,
            None => TokenUse::RefreshToken,
        }
        .into();
        shown.expires_in = left.flatten().map(Number::from).into();
    });
    success::<IntrospectToken>(&introspection, None)
}

/// What is known of a token that is good.
struct Known {
    grant: Grant,
    /// Of an access token, how many seconds it has left; `Some(None)` where it never ends.
    left: Option<Option<i64>>,
}

fn look_up(desk: &Desk<'_>, token: &Secret) -> Option<Known> {
    if let Some(grant) = desk.state.tokens.refresh(token) {
        return Some(Known {
            grant: grant.clone(),
            left: None,
        });
    }
    let access = desk.state.tokens.access(token)?;
    let left = match access.expires_at {
        Some(end) => Some(seconds_until(end, desk.now)?),
        None => None,
    };
    Some(Known {
        grant: Grant {
            app_id: access.app_id,
            portal_id: access.portal_id,
            scopes: access.scopes.clone(),
        },
        left: Some(left),
    })
}

/// `None` where it is over.
fn seconds_until(end: SystemTime, now: SystemTime) -> Option<i64> {
    let left = end.duration_since(now).ok().filter(|left| !left.is_zero())?;
    i64::try_from(left.as_secs()).ok()
}
