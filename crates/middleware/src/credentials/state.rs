//! What is known of one portal's tokens.

use std::{mem, sync::Arc, time::Duration};

use hubchannel_api::model::Secret;

use super::{
    CredentialsError,
    access::{Access, Moment},
    flight::WeakFlight,
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

/// What is known of the portal.
#[derive(Default)]
pub(super) struct State {
    /// What the store is known to have.
    pub(super) held: Option<Held>,
    /// What it has not saved yet.
    pub(super) unsaved: Option<Unsaved>,
    /// The access token that HubSpot has refused last.
    refused: Option<Secret>,
    /// Until when a refusal is no reason for a refresh.
    patience: Duration,
    /// The refresh token that HubSpot takes no more, as long as the store has the same: with a new consent it may be taken
    /// again.
    pub(super) dead: Option<(Secret, Revision)>,
    pub(super) failure: Option<Failure>,
    /// Until when HubSpot's token endpoint is left alone, and why.
    left_alone: Option<(Duration, CredentialsError)>,
    pub(super) flight: WeakFlight<Outcome>,
    /// Those that may be saving, also of earlier eras.
    saving: Saving,
    /// How often somebody has decided to connect or disconnect the portal.
    pub(super) decision: u64,
    /// How often that took effect. What a refresh of an earlier era comes to counts no more.
    pub(super) era: u64,
}

/// What may be saving tokens.
#[derive(Clone, Default)]
pub(super) struct Saving {
    refreshes: Vec<WeakFlight<Outcome>>,
    connects: Vec<WeakFlight<Result<(), CredentialsError>>>,
}

impl Saving {
    pub(super) async fn ends(self) {
        for refresh in self.refreshes.iter().filter_map(WeakFlight::join) {
            drop(refresh.await);
        }
        for connect in self.connects.iter().filter_map(WeakFlight::join) {
            drop(connect.await);
        }
    }
}

pub(super) struct Held {
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

pub(super) struct Failure {
    pub(super) error: CredentialsError,
    /// Until when it is not tried again, not even with the store.
    pub(super) until: Duration,
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
    pub(super) fn pause(&self, now: Moment) -> Option<Duration> {
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
    pub(super) fn refuse(&mut self, access: &Access, now: Moment) -> bool {
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
    pub(super) fn keep(&mut self, tokens: PortalTokens) {
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
    pub(super) fn begin_anew(&mut self) -> Saving {
        let saving = mem::take(&mut self.saving);
        *self = State {
            saving: saving.clone(),
            decision: self.decision.wrapping_add(1),
            era: self.era.wrapping_add(1),
            ..State::default()
        };
        saving
    }

    /// Somebody has saved over what somebody else may have saved or removed since: the next call looks at the store.
    pub(super) fn look_again(&mut self) {
        self.era = self.era.wrapping_add(1);
        self.held = None;
        self.failure = None;
        self.flight = WeakFlight::default();
    }

    /// The store has nothing of the portal since it was decided to disconnect it. What was read there in between counts no
    /// more, but a consent that was given in between does.
    pub(super) fn removed(&mut self) {
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
        self.saving.refreshes.retain(WeakFlight::is_under_way);
        self.saving.refreshes.push(self.flight.clone());
    }

    /// Somebody begins to connect the portal.
    pub(super) fn connects(&mut self, connecting: WeakFlight<Result<(), CredentialsError>>) {
        self.saving.connects.retain(WeakFlight::is_under_way);
        self.saving.connects.push(connecting);
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
