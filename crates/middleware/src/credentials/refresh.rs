//! How a new access token is got: from the store, where another process has put one, or from HubSpot.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

use hubchannel_api::model::Secret;
use tracing::{Instrument as _, debug_span, field::Empty};

use super::{
    CredentialsError, CredentialsErrorKind,
    access::{Access, bearer},
    portal::{Inner, Outcome, Unsaved},
    store::{PortalTokens, Revision, Saved, StoreError, Stored},
};
use crate::{retry::after::retry_after, trace::TARGET};

/// How often it is begun anew because another process was quicker.
const ROUNDS: usize = 3;

/// Gets a new access token and takes note of what came of it.
pub(super) async fn refresh(portal: Arc<Inner>, era: u64) -> Outcome {
    let span = debug_span!(target: TARGET, "refresh", portal = portal.id.as_str(), outcome = Empty);
    let outcome = renew(&portal).instrument(span.clone()).await;
    let (word, outcome) = match outcome {
        Ok((access, word)) => (word, Ok(access)),
        Err(error) => (name(error.kind()), Err(error)),
    };
    span.record("outcome", word);
    let now = portal.now();
    portal.state().ended(&outcome, now, era);
    outcome
}

fn name(kind: CredentialsErrorKind) -> &'static str {
    match kind {
        CredentialsErrorKind::NotConnected => "not_connected",
        CredentialsErrorKind::Reconnect => "reconnect",
        CredentialsErrorKind::App => "app",
        CredentialsErrorKind::WrongPortal => "wrong_portal",
        CredentialsErrorKind::Unavailable => "unavailable",
        CredentialsErrorKind::Rejected => "rejected",
        CredentialsErrorKind::Store => "store",
    }
}

/// A new access token, and a word for where it is from.
async fn renew(portal: &Inner) -> Result<(Arc<Access>, &'static str), CredentialsError> {
    for _ in 0..ROUNDS {
        let Some(stored) = load(portal).await? else {
            portal.state().forget();
            return Err(CredentialsError::not_connected(&portal.id));
        };
        let (refresh_token, replaces) = (stored.tokens.refresh_token.clone(), stored.revision.clone());
        let unsaved = {
            let now = portal.now();
            let mut state = portal.state();
            state.adopt(stored, now, portal.app.margin);
            if let Some(access) = state.fresh(now) {
                return Ok((access, "found"));
            }
            if state.unsaved.is_none() && state.dead.as_ref() == Some(&refresh_token) {
                return Err(CredentialsError::reconnect(&portal.id));
            }
            state.unsaved.clone()
        };
        let (unsaved, from) = match unsaved {
            // What could not be saved before is saved now, in place of asking for more.
            Some(unsaved) => (unsaved, "saved"),
            None => (ask(portal, refresh_token).await?, "refreshed"),
        };
        let Some(access) = save(portal, &unsaved, &replaces).await? else {
            continue;
        };
        let now = portal.now();
        let usable = portal.state().good(now).is_some();
        // A token without any time is for those who have waited for it, once.
        if usable || from == "refreshed" {
            return Ok((access, from));
        }
    }
    Err(busy(portal))
}

async fn load(portal: &Inner) -> Result<Option<Stored>, CredentialsError> {
    let loaded = portal
        .in_time("reading the store", portal.app.store.load(&portal.id))
        .await?;
    loaded.map_err(|error| CredentialsError::store(&portal.id, error))
}

/// Asks HubSpot for an access token.
async fn ask(portal: &Inner, refresh_token: Secret) -> Result<Unsaved, CredentialsError> {
    let asked_at = portal.now().wall;
    let answer = portal.app.oauth.refresh(refresh_token.clone());
    let answer = match portal.in_time("the answer of HubSpot's token endpoint", answer).await? {
        Ok(answer) => answer.into_inner(),
        Err(error) => {
            let wall = portal.now().wall;
            let wait = error.headers().and_then(|headers| retry_after(headers, wall));
            let error = CredentialsError::of_answer(Some(&portal.id), error, wait);
            if error.kind() == CredentialsErrorKind::Reconnect {
                portal.state().dead = Some(refresh_token);
            }
            return Err(error);
        }
    };
    if let Some(other) = answer.hub_id.as_ref().filter(|other| **other != portal.id) {
        return Err(CredentialsError::wrong_portal(&portal.id, other));
    }
    if answer.access_token.as_ref().is_none_or(|token| bearer(token).is_err()) {
        return Err(CredentialsError::unusable_answer(Some(&portal.id), "no access token that a header can carry"));
    }
    let unsaved = Unsaved {
        tokens: PortalTokens::new(refresh_token.clone()).with_answer(&answer, asked_at),
        made_from: refresh_token,
    };
    portal.state().unsaved = Some(unsaved.clone());
    Ok(unsaved)
}

/// Saves tokens over the revision that they replace; `None` where something else is there.
async fn save(portal: &Inner, unsaved: &Unsaved, replaces: &Revision) -> Result<Option<Arc<Access>>, CredentialsError> {
    let saved = portal.app.store.save(&portal.id, &unsaved.tokens, Some(replaces));
    let saved = portal.in_time("saving to the store", saved).await?;
    match saved.map_err(|error| CredentialsError::store(&portal.id, error))? {
        Saved::Done(revision) => {
            let access = Access::of_new(&unsaved.tokens, portal.now(), portal.app.margin);
            Ok(portal.state().saved(revision, access))
        }
        Saved::Conflict => Ok(None),
    }
}

/// Saves tokens over whatever is there.
pub(super) async fn replace(portal: &Inner, tokens: &PortalTokens) -> Result<Revision, CredentialsError> {
    for _ in 0..ROUNDS {
        let there = load(portal).await?.map(|stored| stored.revision);
        let saved = portal.app.store.save(&portal.id, tokens, there.as_ref());
        let saved = portal.in_time("saving to the store", saved).await?;
        if let Saved::Done(revision) = saved.map_err(|error| CredentialsError::store(&portal.id, error))? {
            return Ok(revision);
        }
    }
    Err(busy(portal))
}

fn busy(portal: &Inner) -> CredentialsError {
    let error = StoreError::unavailable("other processes save the portal's tokens all the time");
    CredentialsError::store(&portal.id, error)
}

impl Inner {
    /// What comes of it, if it comes in time: one that hangs must not keep every call of the portal waiting for ever.
    pub(super) async fn in_time<T>(&self, what: &str, work: impl Future<Output = T>) -> Result<T, CredentialsError> {
        let limit = self.app.patience;
        let mut work = pin!(work);
        let mut over = self.app.clock.sleep(limit);
        poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            over.as_mut()
                .poll(context)
                .map(|()| Err(CredentialsError::too_late(&self.id, what, limit)))
        })
        .await
    }
}
