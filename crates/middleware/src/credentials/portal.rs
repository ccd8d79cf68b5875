//! What is known of one portal's tokens, and what is to be done for a call.

use std::{
    fmt,
    future::poll_fn,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use hubchannel_api::{
    clock::Clock,
    model::{PortalId, Secret},
};

use super::{
    CredentialsError,
    access::{Access, Moment},
    flight::{Flight, Waiting, WeakFlight},
    portals::App,
    refresh,
    store::{PortalTokens, Revision, Stored},
};

/// How a refresh ends.
pub(super) type Outcome = Result<Arc<Access>, Unrefreshed>;

/// Why a refresh brought no token.
#[derive(Clone)]
pub(super) enum Unrefreshed {
    Failed(CredentialsError),
    /// HubSpot's token endpoint has failed or refused.
    NotGiven(CredentialsError),
    /// The token endpoint is left alone for having failed before, and the store has no token either.
    LeftAlone(CredentialsError),
    /// The portal was connected or disconnected meanwhile: who has waited has to look again.
    Overtaken,
}

impl From<CredentialsError> for Unrefreshed {
    fn from(error: CredentialsError) -> Self {
        Unrefreshed::Failed(error)
    }
}

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
    /// finished though the caller is dropped.
    ///
    /// # Errors
    /// When they cannot be saved now. They are kept, and saved with the portal's next call or the next
    /// [`access_token`](Self::access_token), unless HubSpot has given the store's later.
    pub async fn connect(&self, tokens: PortalTokens) -> Result<(), CredentialsError> {
        let saved = Flight::new(connect(Arc::clone(&self.0), tokens)).wait().await;
        saved.unwrap_or_else(|| Err(CredentialsError::panicked(&self.0.id)))
    }

    /// Removes the portal's tokens from memory and from the store, also those that are being saved meanwhile: it waits for
    /// that. HubSpot goes on taking them: see [`OAuthClient::revoke`](hubchannel_api::OAuthClient::revoke).
    ///
    /// # Errors
    /// When they may still be in the store. The next call uses them then.
    pub async fn disconnect(&self) -> Result<(), CredentialsError> {
        let saving = self.0.state().begin_anew();
        for saving in saving.iter().filter_map(WeakFlight::join) {
            drop(saving.await);
        }
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

    /// Whether nothing would be lost with it that the store has not.
    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.0.app.clock
    }

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
    let decision = portal.state().decision;
    let mut unsaved = UnsavedConsent {
        portal: &portal,
        decision,
        tokens: Some(tokens.clone()),
    };
    let revision = refresh::replace(&portal, &tokens).await?;
    unsaved.tokens = None;
    let now = portal.now();
    let mut state = portal.state();
    drop(state.begin_anew());
    state.adopt(Stored::new(tokens, revision), now, portal.app.margin);
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

/// What is known of the portal.
#[derive(Default)]
pub(super) struct State {
    /// What the store is known to have.
    held: Option<Held>,
    /// What it has not saved yet.
    pub(super) unsaved: Option<Unsaved>,
    /// The access token that HubSpot has refused last.
    refused: Option<Secret>,
    /// Until when a refusal is no reason for a refresh.
    patience: Duration,
    /// The refresh token that HubSpot takes no more, as long as the store has the same: with a new consent it may be taken
    /// again.
    pub(super) dead: Option<(Secret, Revision)>,
    failure: Option<Failure>,
    /// Until when HubSpot's token endpoint is left alone, and why.
    left_alone: Option<(Duration, CredentialsError)>,
    flight: WeakFlight<Outcome>,
    /// Those that may be saving, also of earlier eras.
    saving: Vec<WeakFlight<Outcome>>,
    /// How often somebody has decided to connect or disconnect the portal.
    decision: u64,
    /// How often that took effect. What a refresh of an earlier era comes to counts no more.
    era: u64,
}

struct Held {
    revision: Revision,
    access: Option<Arc<Access>>,
}

/// Tokens that must be saved before they are used.
#[derive(Clone)]
pub(super) struct Unsaved {
    pub(super) tokens: PortalTokens,
    pub(super) origin: Origin,
}

/// Where tokens are from.
#[derive(Clone)]
pub(super) enum Origin {
    /// They were made from this refresh token.
    Refresh(Secret),
    /// A new consent.
    Consent,
}

impl Unsaved {
    pub(super) fn is_of_consent(&self) -> bool {
        matches!(self.origin, Origin::Consent)
    }

    /// Whether what the store has, and whose access token may be fresh, makes them needless.
    fn is_outdated_by(&self, stored: &PortalTokens, is_fresh: bool) -> bool {
        match &self.origin {
            Origin::Refresh(token) => is_fresh || *token != stored.refresh_token,
            // The store has them already, or what HubSpot has given later, to another process.
            Origin::Consent => {
                let ends = stored.expires_at.zip(self.tokens.expires_at);
                *stored == self.tokens || ends.is_some_and(|(stored, ours)| stored > ours)
            }
        }
    }
}

struct Failure {
    error: CredentialsError,
    /// Until when it is not tried again, not even with the store.
    until: Duration,
    in_a_row: u32,
}

impl State {
    /// How long a token that has replaced a refused one is kept, even if it is refused as well. Something else than the
    /// token's age is wrong then, and every call would fetch another token.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// How long it is not tried again after a failure; after each further one twice as long, up to the longest.
    const PAUSE: Duration = Duration::from_secs(1);
    const LONGEST_PAUSE: Duration = Duration::from_secs(30);

    /// No `Retry-After` of the token endpoint is heeded for longer, so that no answer shuts a portal out for good.
    const LONGEST_ASKED: Duration = Duration::from_secs(24 * 60 * 60);

    /// How often the store is looked at while HubSpot is not asked: another process may have put a token there.
    const LOOK: Duration = Duration::from_secs(1);

    /// The token at hand, if HubSpot has not refused it and it has not ended.
    pub(super) fn good(&self, now: Moment) -> Option<Arc<Access>> {
        let access = self.held.as_ref()?.access.as_ref()?;
        let refused = self.refused.as_ref() == Some(&access.secret);
        (!refused && !access.has_ended(now)).then(|| Arc::clone(access))
    }

    /// The same, if it is not yet to be replaced.
    pub(super) fn fresh(&self, now: Moment) -> Option<Arc<Access>> {
        self.good(now).filter(|access| !access.is_due(now))
    }

    /// For how long after a failure HubSpot is not asked again.
    fn pause(&self, now: Moment) -> Option<Duration> {
        let failed = self.failure.as_ref().map(|failure| failure.until);
        let left_alone = self.left_alone.as_ref().map(|(until, _)| *until);
        let left = failed.max(left_alone)?.saturating_sub(now.monotonic);
        (!left.is_zero()).then_some(left)
    }

    /// Why HubSpot's token endpoint is not asked now.
    pub(super) fn left_alone(&self, now: Moment) -> Option<&CredentialsError> {
        let (until, why) = self.left_alone.as_ref()?;
        (now.monotonic < *until).then_some(why)
    }

    /// Takes note of a refusal; false where it is none of a token that can be replaced now.
    fn refuse(&mut self, access: &Access, now: Moment) -> bool {
        let at_hand = self.held.as_ref().and_then(|held| held.access.as_ref());
        let is_at_hand = at_hand.is_some_and(|at_hand| at_hand.secret == access.secret);
        // One that was replaced meanwhile says nothing of the one at hand.
        if !is_at_hand || self.refused.as_ref() == Some(&access.secret) {
            return true;
        }
        if now.monotonic < self.patience {
            return false;
        }
        self.patience = now.monotonic.saturating_add(State::PATIENCE);
        self.refused = Some(access.secret.clone());
        true
    }

    /// Takes over what the store has. What is not saved yet is dropped, unless it is to replace just that.
    pub(super) fn adopt(&mut self, stored: Stored, now: Moment, margin: Duration) {
        if self.held.as_ref().is_none_or(|held| held.revision != stored.revision) {
            self.hold(stored.revision.clone(), Access::of(&stored.tokens, now, margin));
        }
        let is_fresh = self.fresh(now).is_some();
        self.unsaved
            .take_if(|unsaved| unsaved.is_outdated_by(&stored.tokens, is_fresh));
    }

    /// Keeps tokens of a new consent that could not be saved. What is at hand is good until they are.
    fn keep(&mut self, tokens: PortalTokens) {
        self.era = self.era.wrapping_add(1);
        self.decision = self.decision.wrapping_add(1);
        self.flight = WeakFlight::default();
        self.failure = None;
        self.left_alone = None;
        self.unsaved = Some(Unsaved {
            tokens,
            origin: Origin::Consent,
        });
    }

    pub(super) fn has_unsaved_consent(&self) -> bool {
        self.unsaved.as_ref().is_some_and(Unsaved::is_of_consent)
    }

    /// Remembers what the store has.
    fn hold(&mut self, revision: Revision, access: Option<Access>) -> Option<Arc<Access>> {
        let access = access.map(Arc::new);
        self.held = Some(Held {
            revision,
            access: access.clone(),
        });
        access
    }

    /// The store has what HubSpot answered.
    pub(super) fn saved(&mut self, revision: Revision, access: Option<Access>) -> Option<Arc<Access>> {
        self.unsaved = None;
        // The very token that was refused: it is kept as any other that replaces one, or every call would ask for it anew.
        self.refused
            .take_if(|refused| access.as_ref().is_some_and(|access| access.secret == *refused));
        self.hold(revision, access)
    }

    /// The store has nothing of the portal any more.
    pub(super) fn forget(&mut self) {
        self.held = None;
        self.unsaved = None;
        self.dead = None;
    }

    /// Somebody has connected or disconnected the portal. What may be saving now is that of before.
    fn begin_anew(&mut self) -> Vec<WeakFlight<Outcome>> {
        let saving = mem::take(&mut self.saving);
        *self = State {
            saving: saving.clone(),
            decision: self.decision.wrapping_add(1),
            era: self.era.wrapping_add(1),
            ..State::default()
        };
        saving
    }

    /// The store has nothing of the portal since it was decided to disconnect it. What was read there in between counts no
    /// more, but a consent that was given in between does.
    fn removed(&mut self) {
        let consent = self.unsaved.take().filter(Unsaved::is_of_consent);
        *self = State {
            unsaved: consent,
            saving: mem::take(&mut self.saving),
            decision: self.decision,
            era: self.era.wrapping_add(1),
            ..State::default()
        };
    }

    /// The refresh that is under way saves from now on.
    pub(super) fn saves(&mut self) {
        self.saving.retain(WeakFlight::is_under_way);
        self.saving.push(self.flight.clone());
    }

    pub(super) fn is_of(&self, era: u64) -> bool {
        self.era == era
    }

    /// A refresh has brought a token.
    pub(super) fn succeeded(&mut self) {
        self.flight = WeakFlight::default();
        self.failure = None;
    }

    /// A refresh has brought none.
    pub(super) fn failed(&mut self, error: &CredentialsError, now: Moment) {
        let pause = self.next_pause();
        self.rest(error, now.monotonic.saturating_add(pause), 1);
    }

    /// HubSpot's token endpoint has brought none: it is left alone, and the store may have one soon.
    pub(super) fn not_given(&mut self, error: &CredentialsError, now: Moment) {
        let asked = error.asked_to_wait().unwrap_or_default().min(State::LONGEST_ASKED);
        let until = now.monotonic.saturating_add(self.next_pause().max(asked));
        self.left_alone = Some((until, error.clone()));
        self.rest(error, now.monotonic.saturating_add(State::LOOK), 1);
    }

    /// Nor has the store, while that is left alone.
    pub(super) fn looked_in_vain(&mut self, error: &CredentialsError, now: Moment) {
        let until = now.monotonic.saturating_add(State::LOOK);
        let until = self.left_alone.as_ref().map_or(until, |(end, _)| until.min(*end));
        self.rest(error, until, 0);
    }

    /// How long it is not tried again after one more failure.
    fn next_pause(&self) -> Duration {
        let in_a_row = self.failure.as_ref().map_or(0, |failure| failure.in_a_row);
        State::PAUSE
            .saturating_mul(1 << in_a_row.min(5))
            .min(State::LONGEST_PAUSE)
    }

    fn rest(&mut self, error: &CredentialsError, until: Duration, failures: u32) {
        self.flight = WeakFlight::default();
        let in_a_row = self.failure.as_ref().map_or(0, |failure| failure.in_a_row);
        self.failure = Some(Failure {
            error: error.clone(),
            until,
            in_a_row: in_a_row.saturating_add(failures),
        });
    }
}
