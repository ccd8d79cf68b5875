//! One portal's tokens, and what is to be done for a call.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use hubchannel_api::{
    clock::Clock,
    model::{PortalId, Secret},
};

use super::{
    CredentialsError,
    access::{Access, Moment},
    flight::{Flight, Waiting},
    portals::App,
    refresh,
    state::{Outcome, State, Unrefreshed},
    store::{PortalTokens, Stored},
};

/// The access tokens of one portal, each got in place of the one before. Cheap to clone; clones share everything.
///
/// ```
/// use hubchannel_api::{Client, HttpTransport, OAuthClient};
/// use hubchannel_middleware::{Portals, Stack, TokenStore};
///
/// fn client(transport: impl HttpTransport, oauth: OAuthClient, store: impl TokenStore) -> Client {
///     let portal = Portals::new(oauth, store).portal("62515");
///     Client::new(Stack::new(transport).oauth(portal).build())
/// }
/// ```
///
/// It comes from [`Portals`](crate::Portals), which says what is done when.
#[derive(Clone)]
pub struct PortalToken(Arc<Inner>);

pub(super) struct Inner {
    pub(super) id: PortalId,
    pub(super) app: Arc<App>,
    state: Mutex<State>,
}

impl PortalToken {
    pub(super) fn new(id: PortalId, app: Arc<App>) -> Self {
        PortalToken(Arc::new(Inner {
            id,
            app,
            state: Mutex::default(),
        }))
    }

    /// The portal.
    pub fn portal_id(&self) -> &PortalId {
        &self.0.id
    }

    /// An access token that is good now, for calls that no stack makes.
    ///
    /// # Errors
    /// When there is none to be had.
    pub async fn access_token(&self) -> Result<Secret, CredentialsError> {
        let access = self.access(None).await?;
        access
            .map(|access| access.secret.clone())
            .ok_or_else(|| CredentialsError::not_connected(&self.0.id))
    }

    /// Saves tokens of a new consent in place of what is there, and uses them from now on. In a Tokio runtime that is
    /// finished though the caller is dropped. Of two at once, the one that the store has in the end counts.
    ///
    /// # Errors
    /// When they cannot be saved now. They are kept, and saved with the portal's next call or the next
    /// [`access_token`](Self::access_token), unless HubSpot has given the store's later.
    pub async fn connect(&self, tokens: PortalTokens) -> Result<(), CredentialsError> {
        let connecting = Flight::new(connect(Arc::clone(&self.0), tokens));
        self.0.state().connects(connecting.downgrade());
        let saved = connecting.wait().await;
        saved.unwrap_or_else(|| Err(CredentialsError::panicked(&self.0.id)))
    }

    /// Removes the portal's tokens from memory and from the store, also those that a refresh or a
    /// [`connect`](Self::connect) is saving: it waits for them. Those of a `connect` that begins before this is over stay if
    /// the store has them in the end. HubSpot goes on taking what is removed: see
    /// [`OAuthClient::revoke`](hubchannel_api::OAuthClient::revoke).
    ///
    /// # Errors
    /// When they may still be in the store. The next call uses them then.
    pub async fn disconnect(&self) -> Result<(), CredentialsError> {
        let saving = self.0.state().begin_anew();
        saving.ends().await;
        let removed = self.0.app.store.remove(&self.0.id);
        let removed = self.0.in_time("removing the tokens from the store", removed).await?;
        removed.map_err(|error| CredentialsError::store(&self.0.id, error))?;
        self.0.state().removed();
        Ok(())
    }

    /// An access token for a call; for one whose token was refused, another one, or `None` if none is to be had now.
    pub(super) async fn access(&self, refused: Option<&Access>) -> Result<Option<Arc<Access>>, CredentialsError> {
        loop {
            let outcome = match self.0.step(refused) {
                Step::Use(access) => return Ok(Some(access)),
                Step::Keep => return Ok(None),
                Step::Fail(error) => return Err(error),
                Step::Wait(waiting) => waiting.await,
                Step::Replace(access, waiting) => match at_once(waiting).await {
                    Ok(outcome) => outcome,
                    Err(waiting) if waiting.goes_on_alone() => return Ok(Some(access)),
                    Err(waiting) => waiting.await,
                },
            };
            return match outcome.unwrap_or_else(|| Err(CredentialsError::panicked(&self.0.id).into())) {
                Ok(access) if refused.is_some_and(|refused| refused.secret == access.secret) => Ok(None),
                Ok(access) => Ok(Some(access)),
                Err(Unrefreshed::Overtaken) => continue,
                // While the token at hand is good, a failure to replace it costs nothing.
                Err(Unrefreshed::Failed(error) | Unrefreshed::NotGiven(error) | Unrefreshed::LeftAlone(error)) => {
                    let now = self.0.now();
                    let state = self.0.state();
                    let good = state.good(now);
                    good.map(Some).ok_or_else(|| error.with_pause(state.pause(now)))
                }
            };
        }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.0.app.clock
    }

    /// Whether nothing would be lost with it that the store has not.
    pub(super) fn can_be_forgotten(&self) -> bool {
        let state = self.0.state();
        let waits = state.pause(self.0.now()).is_some();
        Arc::strong_count(&self.0) == 1 && state.unsaved.is_none() && !waits
    }
}

impl fmt::Debug for PortalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.state();
        f.debug_struct("PortalToken")
            .field("portal", &self.0.id)
            .field("held", &state.held.is_some())
            .field("refresh", &state.flight)
            .field("failure", &state.failure.as_ref().map(|failure| &failure.error))
            .finish_non_exhaustive()
    }
}

impl Inner {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Moment {
        Moment::now(&*self.app.clock)
    }

    fn step(self: &Arc<Self>, refused: Option<&Access>) -> Step {
        let now = self.now();
        let mut state = self.state();
        if let Some(refused) = refused
            && !state.refuse(refused, now)
        {
            return Step::Keep;
        }
        let good = state.good(now);
        if let Some(access) = &good
            && !access.is_due(now)
            && !state.has_unsaved_consent()
        {
            return Step::Use(Arc::clone(access));
        }
        if let Some(failure) = state.failure.as_ref().filter(|failure| now.monotonic < failure.until) {
            return match good {
                Some(access) => Step::Use(access),
                None => Step::Fail(failure.error.clone().with_pause(state.pause(now))),
            };
        }
        let waiting = state.flight.join().unwrap_or_else(|| {
            let flight = Flight::new(refresh::refresh(Arc::clone(self), state.era));
            state.flight = flight.downgrade();
            flight.wait()
        });
        match good {
            Some(access) => Step::Replace(access, waiting),
            None => Step::Wait(waiting),
        }
    }
}

/// Saves tokens of a new consent.
pub(super) async fn connect(portal: Arc<Inner>, tokens: PortalTokens) -> Result<(), CredentialsError> {
    let (decision, era) = {
        let state = portal.state();
        (state.decision, state.era)
    };
    let mut unsaved = UnsavedConsent {
        portal: &portal,
        decision,
        tokens: Some(tokens.clone()),
    };
    let revision = refresh::replace(&portal, &tokens).await?;
    unsaved.tokens = None;
    let now = portal.now();
    let mut state = portal.state();
    if state.is_of(era) {
        drop(state.begin_anew());
        state.adopt(Stored::new(tokens, revision), now, portal.app.margin);
    } else {
        // Only the store knows what of it all came last.
        state.look_again();
    }
    Ok(())
}

/// Tokens of a consent that is given only once: what keeps the store from having them does not lose them.
struct UnsavedConsent<'a> {
    portal: &'a Inner,
    decision: u64,
    tokens: Option<PortalTokens>,
}

impl Drop for UnsavedConsent<'_> {
    fn drop(&mut self) {
        let mut state = self.portal.state();
        // Whoever has connected or disconnected the portal meanwhile has done so later.
        if let Some(tokens) = self.tokens.take().filter(|_| state.decision == self.decision) {
            state.keep(tokens);
        }
    }
}

/// What is there without any waiting.
async fn at_once(mut waiting: Waiting<Outcome>) -> Result<Option<Outcome>, Waiting<Outcome>> {
    let polled = poll_fn(|context| Poll::Ready(Pin::new(&mut waiting).poll(context))).await;
    match polled {
        Poll::Ready(outcome) => Ok(outcome),
        Poll::Pending => Err(waiting),
    }
}

/// What is to be done for a call.
enum Step {
    /// Go on with this token.
    Use(Arc<Access>),
    /// Leave it at the refusal: no other token is to be had now.
    Keep,
    Fail(CredentialsError),
    Wait(Waiting<Outcome>),
    /// Go on with this token, which is good but due, while it is replaced.
    Replace(Arc<Access>, Waiting<Outcome>),
}
