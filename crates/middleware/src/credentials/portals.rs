//! The tokens of all portals that have let an app in.

use std::{
    collections::BTreeMap,
    fmt,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hubchannel_api::{
    OAuthClient,
    clock::Clock,
    model::{PortalId, Secret},
};

use super::{
    CredentialsError, PortalToken,
    flight::Flight,
    store::{PortalTokens, TokenStore},
};
use crate::{TokioClock, timeout::Within};

/// The access tokens of all portals that have let one app in. Cheap to clone; clones share everything.
///
/// ```
/// use hubchannel_api::{
///     CallOptions, Client, Error, HttpTransport, OAuthApp, OAuthClient, PublishMessage, model::NewMessage,
/// };
/// use hubchannel_middleware::{FileTokenStore, Portals, Stack, StoreError};
///
/// /// One client for the calls of all portals. The token endpoint is reached over a stack without credentials.
/// fn client(transport: impl HttpTransport + Clone, app: OAuthApp) -> Result<Client, StoreError> {
///     let oauth = OAuthClient::new(Stack::new(transport.clone()).build(), app);
///     let portals = Portals::new(oauth, FileTokenStore::open("/var/lib/bridge/tokens")?);
///     Ok(Client::new(Stack::new(transport).portals(portals).build()))
/// }
///
/// async fn publish(client: &Client, portal: &str, body: NewMessage) -> Result<(), Error> {
///     let call = PublishMessage::new("2930388", body).with_options(CallOptions::for_portal(portal));
///     client.publish_message(call).await?;
///     Ok(())
/// }
/// ```
///
/// A token is replaced
/// - two minutes before its end, unless [set otherwise](PortalsBuilder::refresh_before). Calls go on with the one at hand
///   while it is good, whether that fails or takes its time; without a Tokio runtime, which is to replace it meanwhile,
///   they wait for it;
/// - when HubSpot refuses it with 401. The call is then repeated, once. Only the token that was refused is replaced: who is
///   told late of one that has been replaced gets the one that is there. One that has replaced a refused token stays for a
///   minute even if it is refused as well, or is the same one, for then something else is wrong.
///
/// However many calls need it at the same time, one request is made, and all of them hear what came of it. It is made by
/// all who wait together, so that none of them can hold it up. When the last of them is dropped, a task of the Tokio
/// runtime finishes it; without such a runtime it ends there.
///
/// A new token is used when the store has it, and never before. Before HubSpot is asked, the store is, where another
/// process may have put one; what another saves meanwhile is not wiped out. HubSpot may answer with the same refresh token
/// or with none, and the old one goes on then (observed), so a program that ends between the answer and the save loses
/// nothing. Whether HubSpot ever replaces a refresh token, and whether it takes the old one after that, is not documented.
/// Where it sends a new one, that is saved; should the save fail, it is kept and saved before anything else is tried. A
/// program that ends before that save has lost it: if the old one is taken no more, calls fail with
/// [`Reconnect`](crate::CredentialsErrorKind::Reconnect), and somebody of the portal has to install the app again.
///
/// After a failure HubSpot is not asked again for a second, then two, and so on up to 30 s, nor before its `Retry-After`,
/// of which a day is heeded at most. Calls without a good token fail meanwhile, with a [`CredentialsError`] that says
/// whether it may pass; but once a second one of them looks whether another process has put a token into the store, unless
/// it was the store that failed. A refresh token that HubSpot takes no more is not sent again; that the portal was
/// connected anew is seen in the store, even with the same refresh token.
///
/// Each replacement is a span: target `hubchannel`, name `refresh`, level `DEBUG`, with the `portal` and an `outcome`:
/// `refreshed`; `found` in the store; `saved`, of a token that could not be saved before; `left_alone`, of a
/// look at the store in vain while HubSpot is not asked; `overtaken`, because the portal was connected or disconnected
/// meanwhile; or the [kind](crate::CredentialsErrorKind) of what failed.
#[derive(Clone)]
pub struct Portals(Arc<Shared>);

struct Shared {
    app: Arc<App>,
    made: Mutex<Made>,
}

struct Made {
    portals: BTreeMap<PortalId, PortalToken>,
    /// How many there may be before it is seen who can be forgotten.
    room: usize,
}

/// What all portals have in common.
pub(super) struct App {
    pub(super) oauth: OAuthClient,
    pub(super) store: Box<dyn TokenStore>,
    pub(super) clock: Arc<dyn Clock>,
    /// How long before its end a token is replaced.
    pub(super) margin: Duration,
    /// How long an answer of HubSpot's or of the store's may take.
    pub(super) patience: Duration,
}

/// What is waited for.
pub(super) const TOKEN_ENDPOINT: &str = "the answer of HubSpot's token endpoint";

impl App {
    /// What comes of it, if it comes in time.
    pub(super) async fn in_time<T>(
        &self,
        portal: Option<&PortalId>,
        what: &str,
        work: impl Future<Output = T>,
    ) -> Result<T, CredentialsError> {
        let within = Within {
            work: pin!(work),
            over: self.clock.sleep(self.patience),
        };
        within
            .await
            .ok_or_else(|| CredentialsError::too_late(portal, what, self.patience))
    }
}

impl Portals {
    const ROOM: usize = 64;

    /// The portals of this app, whose tokens are in this store.
    pub fn new(oauth: OAuthClient, store: impl TokenStore) -> Self {
        Portals::builder(oauth, store).build()
    }

    /// The same with settings.
    pub fn builder(oauth: OAuthClient, store: impl TokenStore) -> PortalsBuilder {
        PortalsBuilder {
            app: App {
                oauth,
                store: Box::new(store),
                clock: Arc::new(TokioClock),
                margin: Duration::from_secs(120),
                patience: Duration::from_secs(30),
            },
        }
    }

    /// The tokens of this portal, whether it is connected or not; always the same ones.
    pub fn portal(&self, id: impl Into<PortalId>) -> PortalToken {
        let id = id.into();
        let mut made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(portal) = made.portals.get(&id) {
            return portal.clone();
        }
        if made.portals.len() >= made.room {
            made.portals.retain(|_, portal| !portal.can_be_forgotten());
            made.room = made.portals.len().saturating_mul(2).max(Self::ROOM);
        }
        let portal = PortalToken::new(id.clone(), Arc::clone(&self.0.app));
        made.portals.insert(id, portal.clone());
        portal
    }

    /// Connects the portal whose user came back with this code, at the address that he was to come back to: gets its
    /// tokens, asks HubSpot which portal they are for where it has not said so, and saves them.
    ///
    /// ```
    /// use hubchannel_middleware::{CredentialsError, Portals};
    ///
    /// async fn installed(portals: &Portals, code: &str) -> Result<String, CredentialsError> {
    ///     let portal = portals.connect(code, "https://bridge.example.com/oauth").await?;
    ///     Ok(portal.portal_id().to_string())
    /// }
    /// ```
    ///
    /// In a Tokio runtime what has begun is finished though the caller is dropped, as when a browser goes away.
    ///
    /// # Errors
    /// When there are no tokens, or they cannot be saved now. A code is good for one use, so no error that comes after it
    /// was used, or may have been, is [retryable](CredentialsError::is_retryable): only one where HubSpot was not reached or
    /// says to come again. Where the kind is
    /// [`Store`](crate::CredentialsErrorKind::Store), nobody has to consent again: the tokens of that
    /// [portal](CredentialsError::portal) are kept in memory, and its next call saves and uses them. After any other the
    /// user has to.
    pub async fn connect(&self, code: &str, redirect_uri: &str) -> Result<PortalToken, CredentialsError> {
        let (portals, code, redirect_uri) = (self.clone(), Secret::from(code), redirect_uri.to_owned());
        let work = async move { portals.exchange(code.expose(), &redirect_uri).await };
        let connected = Flight::new(work).wait().await;
        connected.unwrap_or_else(|| Err(CredentialsError::connecting_panicked()))
    }

    async fn exchange(&self, code: &str, redirect_uri: &str) -> Result<PortalToken, CredentialsError> {
        let app = &self.0.app;
        let asked_at = app.clock.wall();
        let answer = app.oauth.exchange_code(code, redirect_uri);
        let answer = app.in_time(None, TOKEN_ENDPOINT, answer).await;
        let answer = answer
            .map_err(CredentialsError::may_be_used_up)?
            .map_err(CredentialsError::of_exchange)?;
        let consent_again = |error: CredentialsError| error.for_good("the code is used up; let the user consent again");
        let (Some(tokens), Some(access_token)) =
            (PortalTokens::from_response(&answer, asked_at), answer.access_token.as_ref())
        else {
            return Err(consent_again(CredentialsError::unusable_answer(None, "no tokens")));
        };
        let portal = match answer.hub_id.as_ref() {
            Some(portal) => Some(portal.clone()),
            None => {
                let told = app.oauth.introspect_access_token(access_token.clone());
                let told = app.in_time(None, TOKEN_ENDPOINT, told).await;
                let told = told.and_then(|told| told.map_err(CredentialsError::of_introspection));
                told.map_err(consent_again)?.hub_id.as_ref().cloned()
            }
        };
        let portal = portal.ok_or_else(|| consent_again(CredentialsError::unusable_answer(None, "no portal")))?;
        let portal = self.portal(portal);
        let kept = "the code is used up, and its tokens are kept and saved with the portal's next call";
        portal.connect(tokens).await.map_err(|error| {
            // Reading or writing that took too long is the store's failure too.
            error.of_store().for_good(kept)
        })?;
        Ok(portal)
    }
}

impl fmt::Debug for Portals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Portals")
            .field("store", &self.0.app.store)
            .field("portals", &made.portals.len())
            .finish_non_exhaustive()
    }
}

/// Settings of [`Portals`].
pub struct PortalsBuilder {
    app: App,
}

impl PortalsBuilder {
    /// How long before its end a token is replaced; two minutes unless set. One that is good for a shorter time is
    /// replaced halfway.
    #[must_use]
    pub fn refresh_before(mut self, margin: Duration) -> Self {
        self.app.margin = margin;
        self
    }

    /// How long an answer of HubSpot's token endpoint or of the store may take; 30 s unless set. Calls that wait for it
    /// have their own deadlines, but none of them ends it for the others.
    #[must_use]
    pub fn answer_timeout(mut self, patience: Duration) -> Self {
        self.app.patience = patience;
        self
    }

    /// Where the time comes from; Tokio's clock unless set. It must be that of the stacks that use the portals.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.app.clock = Arc::new(clock);
        self
    }

    /// The portals.
    pub fn build(self) -> Portals {
        Portals(Arc::new(Shared {
            app: Arc::new(self.app),
            made: Mutex::new(Made {
                portals: BTreeMap::new(),
                room: Portals::ROOM,
            }),
        }))
    }
}

impl fmt::Debug for PortalsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalsBuilder")
            .field("store", &self.app.store)
            .field("refresh_before", &self.app.margin)
            .field("answer_timeout", &self.app.patience)
            .finish_non_exhaustive()
    }
}
