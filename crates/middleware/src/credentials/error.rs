//! Why there is no credential for a call.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use hubchannel_api::{
    Attempts, Error, ErrorKind, Reach, TransportError, TransportErrorKind,
    model::{ErrorBody, PortalId, decode},
    status,
};

use super::store::StoreError;

/// Why a portal's token cannot be had.
///
/// ```
/// use hubchannel_api::{Client, GetMessage};
/// use hubchannel_middleware::CredentialsError;
///
/// # async fn example(client: &Client) {
/// if let Err(error) = client.get_message(GetMessage::new("2930388", "5c1f0b8e")).await
///     && let Some(credentials) = CredentialsError::of(&error)
///     && credentials.must_reconnect()
/// {
///     println!("ask somebody of portal {:?} to install the app again", credentials.portal());
/// }
/// # }
/// ```
///
/// It is the source of the error that a call fails with; [`of`](CredentialsError::of) finds it there. `Display` is for
/// people and shows no token. Cheap to clone.
#[derive(Clone)]
pub struct CredentialsError {
    inner: Arc<Inner>,
    /// For how long it is not tried again.
    pause: Option<Duration>,
}

struct Inner {
    kind: CredentialsErrorKind,
    portal: Option<PortalId>,
    message: String,
    passes: bool,
    asked_to_wait: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What is wrong with a portal's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialsErrorKind {
    /// The store has nothing of the portal: nobody of it has let the app in, or it was disconnected.
    NotConnected,
    /// HubSpot takes the refresh token no more (`invalid_grant`, `BAD_REFRESH_TOKEN`), as after the app was uninstalled, or
    /// does not take the code of a consent (`BAD_AUTH_CODE`). Somebody of the portal has to install the app again.
    Reconnect,
    /// HubSpot does not take the app: its client id, its secret, or a refresh token that another app was given. Mend the
    /// settings.
    App,
    /// HubSpot answered for another portal, so the store has the tokens of one under the name of the other. They are not
    /// used. Connect the portal again.
    WrongPortal,
    /// No answer, or one that says to come again. It may pass.
    Unavailable,
    /// HubSpot refused for a reason that is not known here.
    Rejected,
    /// The store failed. A token that it did not save is kept in memory and saved the next time, but not used before.
    Store,
}

impl CredentialsError {
    /// What is wrong with credentials, where that is why a call failed.
    pub fn of<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            next = error.source();
        }
        None
    }

    /// What is wrong.
    pub fn kind(&self) -> CredentialsErrorKind {
        self.inner.kind
    }

    /// The portal, where it is known.
    pub fn portal(&self) -> Option<&PortalId> {
        self.inner.portal.as_ref()
    }

    /// Whether only somebody of the portal can mend it, by installing the app. Repeating helps nobody before.
    pub fn must_reconnect(&self) -> bool {
        use CredentialsErrorKind::{NotConnected, Reconnect, WrongPortal};
        matches!(self.kind(), NotConnected | Reconnect | WrongPortal)
    }

    /// Whether it may pass without anybody mending it.
    pub fn is_retryable(&self) -> bool {
        self.inner.passes
    }

    /// For how long from the error on no token is asked for again, so that calls fail with this same error meanwhile;
    /// nothing where it [does not pass](CredentialsError::is_retryable).
    pub fn retry_after(&self) -> Option<Duration> {
        self.pause.filter(|_| self.is_retryable())
    }

    pub(super) fn with_pause(self, pause: Option<Duration>) -> Self {
        CredentialsError { pause, ..self }
    }

    fn new(kind: CredentialsErrorKind, portal: Option<&PortalId>, message: impl Into<String>) -> Self {
        CredentialsError::with(kind, portal, message, |_| {})
    }

    fn with(
        kind: CredentialsErrorKind,
        portal: Option<&PortalId>,
        message: impl Into<String>,
        change: impl FnOnce(&mut Inner),
    ) -> Self {
        let mut inner = Inner {
            kind,
            portal: portal.cloned(),
            message: message.into(),
            passes: false,
            asked_to_wait: None,
            source: None,
        };
        change(&mut inner);
        CredentialsError {
            inner: Arc::new(inner),
            pause: None,
        }
    }

    pub(super) fn not_connected(portal: &PortalId) -> Self {
        let message = "the store has no tokens of it; let somebody of the portal install the app";
        CredentialsError::new(CredentialsErrorKind::NotConnected, Some(portal), message)
    }

    pub(super) fn reconnect(portal: &PortalId) -> Self {
        let message = "HubSpot takes its refresh token no more; let somebody of the portal install the app again";
        CredentialsError::new(CredentialsErrorKind::Reconnect, Some(portal), message)
    }

    pub(super) fn wrong_portal(portal: &PortalId, other: &PortalId) -> Self {
        let message = format!(
            "its refresh token is that of portal {}; let somebody of the portal install the app again",
            other.as_str().escape_debug()
        );
        CredentialsError::new(CredentialsErrorKind::WrongPortal, Some(portal), message)
    }

    /// An answer that lacks what it is for.
    pub(super) fn unusable_answer(portal: Option<&PortalId>, what: &str) -> Self {
        let message = format!("HubSpot's answer has {what}");
        CredentialsError::with(CredentialsErrorKind::Unavailable, portal, message, |inner| inner.passes = true)
    }

    pub(super) fn too_late(portal: Option<&PortalId>, what: &str, limit: Duration) -> Self {
        let message = format!("{what} took longer than {limit:?}");
        CredentialsError::with(CredentialsErrorKind::Unavailable, portal, message, |inner| inner.passes = true)
    }

    pub(super) fn panicked(portal: &PortalId) -> Self {
        let message = "refreshing its token panicked";
        CredentialsError::with(CredentialsErrorKind::Unavailable, Some(portal), message, |inner| inner.passes = true)
    }

    pub(super) fn connecting_panicked() -> Self {
        let message = "connecting a portal panicked; let the user consent again";
        CredentialsError::new(CredentialsErrorKind::Rejected, None, message)
    }

    /// The same, where it is a failure of the store whatever its form.
    pub(super) fn of_store(self) -> Self {
        self.instead(|inner| inner.kind = CredentialsErrorKind::Store)
    }

    /// The same of what repeating does not mend, with what that means.
    pub(super) fn for_good(self, consequence: &str) -> Self {
        self.instead(|inner| {
            inner.passes = false;
            inner.message = format!("{}; {consequence}", inner.message);
        })
    }

    fn instead(self, change: impl FnOnce(&mut Inner)) -> Self {
        let (kind, portal, message) = (self.kind(), self.inner.portal.clone(), self.inner.message.clone());
        CredentialsError::with(kind, portal.as_ref(), message, |inner| {
            inner.source = Some(Box::new(self));
            change(inner);
        })
    }

    pub(super) fn store(portal: &PortalId, error: StoreError) -> Self {
        CredentialsError::with(CredentialsErrorKind::Store, Some(portal), format!("the store: {error}"), |inner| {
            inner.passes = error.is_retryable();
            inner.source = Some(Box::new(error));
        })
    }

    /// What the token endpoint's refusal of a refresh token means. `asked_to_wait` is how long the server asked to be left
    /// alone.
    pub(super) fn of_refresh(portal: &PortalId, error: Error, asked_to_wait: Option<Duration>) -> Self {
        let dead = "HubSpot takes its refresh token no more; let somebody of the portal install the app again";
        CredentialsError::of_refusal(Some(portal), error, dead, asked_to_wait)
    }

    /// What it means that a code was not exchanged: one that may be used up is of no more use.
    pub(super) fn of_exchange(error: Error) -> Self {
        let may_be_used_up = error.outcome_unknown();
        let dead = "HubSpot does not take the code, which is good for one use, for a short time, and with the address that \
                    the user was sent back to; let the user consent again";
        let error = CredentialsError::of_refusal(None, error, dead, None);
        if may_be_used_up { error.may_be_used_up() } else { error }
    }

    pub(super) fn of_introspection(error: Error) -> Self {
        CredentialsError::of_refusal(None, error, "HubSpot does not take the token that it has just issued", None)
    }

    /// The same, where nobody knows whether HubSpot has taken the code.
    pub(super) fn may_be_used_up(self) -> Self {
        self.for_good("the code may be used up; let the user consent again")
    }

    fn of_refusal(portal: Option<&PortalId>, error: Error, dead: &str, asked_to_wait: Option<Duration>) -> Self {
        let kind = kind_of(&error);
        let message = match kind {
            CredentialsErrorKind::Reconnect => format!("{dead} ({error})"),
            CredentialsErrorKind::App => format!("HubSpot does not take the app's client id, secret or grant: {error}"),
            _ => error.to_string(),
        };
        CredentialsError::with(kind, portal, message, |inner| {
            inner.passes = kind == CredentialsErrorKind::Unavailable;
            inner.asked_to_wait = asked_to_wait;
            inner.source = Some(Box::new(error));
        })
    }

    /// How long the server asked to be left alone.
    pub(super) fn asked_to_wait(&self) -> Option<Duration> {
        self.inner.asked_to_wait
    }

    /// As a layer of a transport fails with it. Nothing was done: the call was not sent, or turned down for its token, which
    /// is an attempt.
    pub(super) fn into_transport_error(self, attempts: Attempts) -> TransportError {
        let kind = if self.is_retryable() {
            TransportErrorKind::Other
        } else {
            TransportErrorKind::Refused
        };
        let message = format!("no access token: {self}");
        let error = TransportError::new(kind, Reach::NotSent, message).with_attempts(attempts);
        let error = match self.retry_after() {
            Some(pause) => error.with_retry_after(pause),
            None => error,
        };
        error.with_source(self)
    }
}

fn kind_of(error: &Error) -> CredentialsErrorKind {
    if let Some(transport) = error.transport_error() {
        return if transport.kind().passes_by_itself() {
            CredentialsErrorKind::Unavailable
        } else {
            CredentialsErrorKind::Rejected
        };
    }
    match (error.kind(), error.status()) {
        // It lacks the client id or the refresh token, which no store should have let through.
        (ErrorKind::Invalid, _) => CredentialsErrorKind::App,
        (ErrorKind::Unreadable, _) => CredentialsErrorKind::Unavailable,
        (_, Some(status)) if status::passes_by_itself(status) => CredentialsErrorKind::Unavailable,
        (_, Some(status)) if status.is_client_error() => kind_of_refusal(error),
        _ => CredentialsErrorKind::Rejected,
    }
}

/// By HubSpot's own code, which is in `status`, and else by OAuth's, which is in `error` since 2026 (observed).
fn kind_of_refusal(error: &Error) -> CredentialsErrorKind {
    let body = error.body().and_then(|body| decode::<ErrorBody>(body).ok());
    let code = body.as_ref().and_then(|body| body.status.as_deref());
    match code {
        Some("BAD_REFRESH_TOKEN" | "BAD_AUTH_CODE") => return CredentialsErrorKind::Reconnect,
        Some("BAD_CLIENT_ID" | "BAD_CLIENT_SECRET" | "MISMATCH_REFRESH_TOKEN_CLIENT") => {
            return CredentialsErrorKind::App;
        }
        _ => {}
    }
    let code = body.and_then(|body| body.extra.decode::<String>("error").ok().flatten());
    match code.as_deref() {
        Some("invalid_grant") => CredentialsErrorKind::Reconnect,
        Some("invalid_client" | "unauthorized_client") => CredentialsErrorKind::App,
        _ => CredentialsErrorKind::Rejected,
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(portal) = &self.inner.portal {
            write!(f, "portal {}: ", portal.as_str().escape_debug())?;
        }
        f.write_str(&self.inner.message)
    }
}

impl fmt::Debug for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsError")
            .field("kind", &self.inner.kind)
            .field("portal", &self.inner.portal)
            .field("message", &self.inner.message)
            .finish_non_exhaustive()
    }
}

impl StdError for CredentialsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.inner.source.as_ref()?;
        Some(&**source)
    }
}
