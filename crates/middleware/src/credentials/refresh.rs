//! How a new access token is got: from the store, where another process has put one, or from HubSpot.

use std::sync::{Arc, MutexGuard};

use hubchannel_api::{model::Secret, status};
use tracing::{Instrument as _, debug_span, field::Empty};

use super::{
    CredentialsError, CredentialsErrorKind,
    access::{Access, bearer},
    portal::Inner,
    portals::TOKEN_ENDPOINT,
    state::{Origin, Outcome, State, Unrefreshed, Unsaved},
    store::{PortalTokens, Revision, Saved, StoreError, Stored},
};
use crate::trace::TARGET;

/// How often it is begun anew because another process was quicker.
const ROUNDS: usize = 3;

/// Gets a new access token and takes note of what came of it.
pub(super) async fn refresh(portal: Arc<Inner>, era: u64) -> Outcome {
    let span = debug_span!(target: TARGET, "refresh", portal = portal.id.as_str(), outcome = Empty);
    let renewed = renew(&portal, era).instrument(span.clone()).await;
    let now = portal.now();
    let (word, outcome) = match (portal.state_in(era), renewed) {
        // Whatever came of it, it is of tokens that are no longer the portal's.
        (Err(overtaken), _) => ("overtaken", Err(overtaken)),
        (Ok(mut state), Ok((access, word))) => {
            state.succeeded();
            (word, Ok(access))
        }
        (Ok(mut state), Err(unrefreshed)) => {
            let word = match &unrefreshed {
                Unrefreshed::Failed(error) => {
                    state.failed(error, now);
                    name(error.kind())
                }
                Unrefreshed::NotGiven(error) => {
                    state.not_given(error, now);
                    name(error.kind())
                }
                Unrefreshed::LeftAlone(error) => {
                    state.looked_in_vain(error, now);
                    "left_alone"
                }
                Unrefreshed::Overtaken => "overtaken",
            };
            (word, Err(unrefreshed))
        }
    };
    span.record("outcome", word);
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

/// What is to be done, given what the store has.
enum Plan {
    /// Use this: the store has it.
    Use(Arc<Access>),
    Save(Unsaved),
    Ask(Secret, Revision),
}

/// A new access token, and a word for where it is from.
async fn renew(portal: &Inner, era: u64) -> Result<(Arc<Access>, &'static str), Unrefreshed> {
    for _ in 0..ROUNDS {
        let stored = load(portal).await?;
        let replaces = stored.as_ref().map(|stored| stored.revision.clone());
        let (unsaved, from) = match plan(portal, era, stored)? {
            Plan::Use(access) => return Ok((access, "found")),
            // What could not be saved before is saved now, in place of asking for more.
            Plan::Save(unsaved) => (unsaved, "saved"),
            Plan::Ask(refresh_token, found) => {
                let asked = ask(portal, era, refresh_token, &found).await;
                let unsaved = asked.map_err(|unrefreshed| match unrefreshed {
                    Unrefreshed::Failed(error) => Unrefreshed::NotGiven(error),
                    other => other,
                });
                (unsaved?, "refreshed")
            }
        };
        let Some(access) = save(portal, era, &unsaved, replaces.as_ref()).await? else {
            continue;
        };
        let now = portal.now();
        let usable = portal.state_in(era)?.good(now).is_some();
        // A token without any time is for those who have waited for it, once.
        if usable || from == "refreshed" {
            return Ok((access, from));
        }
    }
    Err(busy(portal).into())
}

fn plan(portal: &Inner, era: u64, stored: Option<Stored>) -> Result<Plan, Unrefreshed> {
    let now = portal.now();
    let mut state = portal.state_in(era)?;
    let Some(stored) = stored else {
        let consent = state.unsaved.take().filter(Unsaved::is_of_consent);
        state.forget();
        state.unsaved = consent;
        let unsaved = state.unsaved.clone().map(Plan::Save);
        return unsaved.ok_or_else(|| CredentialsError::not_connected(&portal.id).into());
    };
    let (refresh_token, found) = (stored.tokens.refresh_token.clone(), stored.revision.clone());
    state.adopt(stored, now, portal.app.margin);
    if let Some(unsaved) = state.unsaved.as_ref().filter(|unsaved| unsaved.is_of_consent()) {
        return Ok(Plan::Save(unsaved.clone()));
    }
    if let Some(access) = state.fresh(now) {
        return Ok(Plan::Use(access));
    }
    if let Some(unsaved) = &state.unsaved {
        return Ok(Plan::Save(unsaved.clone()));
    }
    if let Some(error) = state.left_alone(now) {
        return Err(Unrefreshed::LeftAlone(error.clone()));
    }
    let is_dead = state
        .dead
        .as_ref()
        .is_some_and(|(token, revision)| *token == refresh_token && *revision == found);
    if is_dead {
        return Err(CredentialsError::reconnect(&portal.id).into());
    }
    Ok(Plan::Ask(refresh_token, found))
}

async fn load(portal: &Inner) -> Result<Option<Stored>, CredentialsError> {
    let loaded = portal
        .in_time("reading the store", portal.app.store.load(&portal.id))
        .await?;
    loaded.map_err(|error| CredentialsError::store(&portal.id, error))
}

/// Asks HubSpot for an access token.
async fn ask(portal: &Inner, era: u64, refresh_token: Secret, found: &Revision) -> Result<Unsaved, Unrefreshed> {
    let asked_at = portal.now().wall;
    let answer = portal.app.oauth.refresh(refresh_token.clone());
    let answer = match portal.in_time(TOKEN_ENDPOINT, answer).await? {
        Ok(answer) => answer.into_inner(),
        Err(error) => {
            let wall = portal.now().wall;
            let wait = error
                .headers()
                .and_then(|headers| status::retry_after(headers, Some(wall)));
            let error = CredentialsError::of_refresh(&portal.id, error, wait);
            if error.kind() == CredentialsErrorKind::Reconnect {
                portal.state_in(era)?.dead = Some((refresh_token, found.clone()));
            }
            return Err(error.into());
        }
    };
    if let Some(other) = answer.hub_id.as_ref().filter(|other| **other != portal.id) {
        return Err(CredentialsError::wrong_portal(&portal.id, other).into());
    }
    if answer.access_token.as_ref().is_none_or(|token| bearer(token).is_err()) {
        let what = "no access token that a header can carry";
        return Err(CredentialsError::unusable_answer(Some(&portal.id), what).into());
    }
    let unsaved = Unsaved {
        tokens: PortalTokens::new(refresh_token.clone()).with_answer(&answer, asked_at),
        origin: Origin::Refresh(refresh_token),
    };
    portal.state_in(era)?.unsaved = Some(unsaved.clone());
    Ok(unsaved)
}

/// Saves tokens over the revision that they replace, or where there is none; `None` where something else is there, or no
/// usable access token is among them.
async fn save(
    portal: &Inner,
    era: u64,
    unsaved: &Unsaved,
    replaces: Option<&Revision>,
) -> Result<Option<Arc<Access>>, Unrefreshed> {
    portal.state_in(era)?.saves();
    let saved = portal.app.store.save(&portal.id, &unsaved.tokens, replaces);
    let saved = portal.in_time("saving to the store", saved).await?;
    match saved.map_err(|error| CredentialsError::store(&portal.id, error))? {
        Saved::Done(revision) => {
            let access = Access::of_new(&unsaved.tokens, portal.now(), portal.app.margin);
            Ok(portal.state_in(era)?.saved(revision, access))
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
    /// What is known, unless the portal was connected or disconnected since this era: what a refresh of an earlier one has
    /// to tell would undo that.
    fn state_in(&self, era: u64) -> Result<MutexGuard<'_, State>, Unrefreshed> {
        let state = self.state();
        if state.is_of(era) {
            Ok(state)
        } else {
            Err(Unrefreshed::Overtaken)
        }
    }

    /// What comes of it, if it comes in time: one that hangs must not keep every call of the portal waiting for ever.
    pub(super) async fn in_time<T>(&self, what: &str, work: impl Future<Output = T>) -> Result<T, CredentialsError> {
        self.app.in_time(Some(&self.id), what, work).await
    }
}
