//! HubSpot as far as credentials go: a token endpoint that issues tokens, and operations that want them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test is how this reports")]
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{Request, Response, StatusCode};
use hubchannel_api::{
    Body, Client, GetMessage, HttpTransport, OAuthApp, OAuthClient, Reach, TransportError, TransportErrorKind,
    clock::{Clock, ManualClock},
    model::{PortalId, Secret},
};
use hubchannel_middleware::{
    MemoryTokenStore, PortalToken, PortalTokens, Portals, PortalsBuilder, Revision, Saved, Stack, StoreError, Stored,
    TokenStore,
};

pub const PORTAL: &str = "62515";
pub const CLIENT_SECRET: &str = "hush-client-secret";
/// Every token has this in it, so that nothing may show it.
pub const MARK: &str = "hush";
pub const REFRESH: &str = "hush-refresh-0";
pub const LIFETIME: u64 = 1800;

/// What the token endpoint does next.
#[derive(Clone, Debug)]
pub enum Next {
    Issue,
    /// With a new refresh token, after which the old one is taken no more.
    Replace(&'static str),
    Answer(u16, &'static str),
    Busy(&'static str),
    OtherPortal,
    Lost,
    Silence,
}

#[derive(Debug)]
pub struct State {
    pub next: VecDeque<Next>,
    pub takes: Duration,
    pub lifetime: u64,
    /// The refresh tokens that are taken.
    pub refresh_tokens: BTreeSet<String>,
    /// The access tokens that are taken.
    pub valid: BTreeSet<String>,
    /// When each stops being taken.
    pub issued: Vec<(String, SystemTime)>,
    /// What the token endpoint was asked with.
    pub asked: Vec<String>,
    /// What operations were asked with.
    pub calls: Vec<String>,
    /// How many ask the token endpoint at present, and how many have at most.
    pub asking: (usize, usize),
    /// Takes no access token at all.
    pub refuses_all: bool,
}

/// Clones are the same.
#[derive(Clone)]
pub struct HubSpot {
    pub clock: ManualClock,
    state: Arc<Mutex<State>>,
}

/// It knows every secret.
impl std::fmt::Debug for HubSpot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HubSpot")
    }
}

impl HubSpot {
    pub fn new() -> Self {
        HubSpot {
            clock: ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)),
            state: Arc::new(Mutex::new(State {
                next: VecDeque::new(),
                takes: Duration::ZERO,
                lifetime: LIFETIME,
                refresh_tokens: BTreeSet::from([REFRESH.to_owned()]),
                valid: BTreeSet::new(),
                issued: Vec::new(),
                asked: Vec::new(),
                calls: Vec::new(),
                asking: (0, 0),
                refuses_all: false,
            })),
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn then(&self, next: impl IntoIterator<Item = Next>) {
        self.state().next.extend(next);
    }

    /// How often the token endpoint was asked.
    pub fn refreshes(&self) -> usize {
        self.state().asked.len()
    }

    /// The access tokens of the operations that were asked for, shortened to their numbers.
    pub fn calls(&self) -> Vec<String> {
        self.state()
            .calls
            .iter()
            .map(|token| token.trim_start_matches("Bearer hush-access-").to_owned())
            .collect()
    }

    /// From now on takes none of the tokens issued so far, as after the user has changed something.
    pub fn revoke_access(&self) {
        self.state().valid.clear();
    }

    pub fn oauth(&self) -> OAuthClient {
        OAuthClient::new(self.clone(), OAuthApp::new("client-7", CLIENT_SECRET))
    }

    pub fn builder(&self, store: impl TokenStore) -> PortalsBuilder {
        Portals::builder(self.oauth(), store).clock(self.clock.clone())
    }

    /// A portal that is connected, without an access token.
    pub fn portal(&self) -> PortalToken {
        self.builder(connected()).build().portal(PORTAL)
    }

    /// One that makes one attempt for each call.
    pub fn client(&self, portal: PortalToken) -> Client {
        Client::new(
            Stack::new(self.clone())
                .clock(self.clock.clone())
                .oauth(portal)
                .retry(None)
                .build(),
        )
    }

    /// An access token that is taken until then.
    pub fn issue(&self, lifetime: u64) -> (Secret, SystemTime) {
        let end = self.clock.wall() + Duration::from_secs(lifetime);
        let mut state = self.state();
        let token = format!("hush-access-{}", state.issued.len());
        state.valid.insert(token.clone());
        state.issued.push((token.clone(), end));
        (token.into(), end)
    }

    async fn token(&self, form: String) -> Result<Response<Body>, TransportError> {
        let (next, takes, lifetime) = {
            let mut state = self.state();
            state.asked.push(form.clone());
            state.asking.0 += 1;
            state.asking.1 = state.asking.1.max(state.asking.0);
            (state.next.pop_front().unwrap_or(Next::Issue), state.takes, state.lifetime)
        };
        let _asking = Asking(self);
        if !takes.is_zero() {
            self.clock.sleep(takes).await;
        }
        let given = form
            .split('&')
            .find_map(|field| field.strip_prefix("refresh_token="))
            .unwrap_or_default();
        let taken = form.contains("grant_type=authorization_code") || self.state().refresh_tokens.contains(given);
        if matches!(next, Next::Issue | Next::Replace(_) | Next::OtherPortal) && !taken {
            return Ok(answer(400, DEAD));
        }
        match next {
            Next::Issue => Ok(answer(200, &self.tokens(lifetime, given, PORTAL))),
            Next::OtherPortal => Ok(answer(200, &self.tokens(lifetime, given, "99"))),
            Next::Replace(new) => {
                let mut state = self.state();
                state.refresh_tokens.remove(given);
                state.refresh_tokens.insert(new.to_owned());
                drop(state);
                Ok(answer(200, &self.tokens(lifetime, new, PORTAL)))
            }
            Next::Answer(status, body) => Ok(answer(status, body)),
            Next::Busy(after) => {
                let mut response = answer(429, "{}");
                response.headers_mut().insert("retry-after", after.parse().unwrap());
                Ok(response)
            }
            Next::Lost => Err(TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, "as scripted")),
            Next::Silence => std::future::pending().await,
        }
    }

    fn tokens(&self, lifetime: u64, refresh_token: &str, portal: &str) -> String {
        let (access, _) = self.issue(lifetime);
        let refresh = if refresh_token.is_empty() {
            "hush-refresh-0"
        } else {
            refresh_token
        };
        format!(
            r#"{{"token_type":"bearer","access_token":"{}","refresh_token":"{refresh}","expires_in":{lifetime},"hub_id":{portal}}}"#,
            access.expose()
        )
    }
}

/// One who asks the token endpoint.
struct Asking<'a>(&'a HubSpot);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.state().asking.0 -= 1;
    }
}

pub const DEAD: &str =
    r#"{"error":"invalid_grant","status":"BAD_REFRESH_TOKEN","message":"hush-refresh-0 is of no use"}"#;

fn answer(status: u16, body: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

#[async_trait]
impl HttpTransport for HubSpot {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        if request.uri().path() == "/oauth/v3/token" {
            let form = String::from_utf8(request.body().as_bytes().unwrap().to_vec()).unwrap();
            return self.token(form).await;
        }
        let header = request.headers().get("authorization");
        let header = header.map_or(String::new(), |header| header.to_str().unwrap().to_owned());
        let now = self.clock.wall();
        let mut state = self.state();
        let token = header.trim_start_matches("Bearer ");
        let end = state
            .issued
            .iter()
            .find(|(issued, _)| issued == token)
            .map(|(_, end)| *end);
        let good = !state.refuses_all && state.valid.contains(token) && end.is_some_and(|end| now < end);
        state.calls.push(header);
        Ok(answer(if good { 200 } else { 401 }, "{}"))
    }
}

/// A store with the portal's first refresh token.
pub fn connected() -> MemoryTokenStore {
    MemoryTokenStore::new().with(PORTAL, PortalTokens::new(REFRESH))
}

pub fn read() -> GetMessage {
    GetMessage::new("1", "2")
}

/// A store that can be told to fail, and that remembers what was done to it. Clones are the same.
#[derive(Clone, Debug)]
pub struct Flaky {
    pub beneath: MemoryTokenStore,
    pub log: Arc<Mutex<Vec<&'static str>>>,
    /// How many of the next saves fail.
    pub failing: Arc<Mutex<usize>>,
    /// Whether a save that fails has saved all the same.
    pub saves_all_the_same: bool,
    /// By which clock a save takes a second more than what it does.
    pub slow: Option<ManualClock>,
    /// What another process saves just before the next save.
    pub meanwhile: Arc<Mutex<Option<PortalTokens>>>,
}

impl Flaky {
    pub fn new(beneath: MemoryTokenStore) -> Self {
        Flaky {
            beneath,
            log: Arc::default(),
            failing: Arc::default(),
            saves_all_the_same: false,
            slow: None,
            meanwhile: Arc::default(),
        }
    }

    pub fn fail(&self, saves: usize) {
        *self.failing.lock().unwrap() = saves;
    }

    pub fn log(&self) -> Vec<&'static str> {
        self.log.lock().unwrap().clone()
    }

    /// What another process does: saves over whatever is there.
    pub async fn save_as_another(&self, tokens: &PortalTokens) {
        let portal = PORTAL.into();
        let there = self.beneath.load(&portal).await.unwrap().map(|stored| stored.revision);
        self.beneath.save(&portal, tokens, there.as_ref()).await.unwrap();
    }
}

#[async_trait]
impl TokenStore for Flaky {
    async fn load(&self, portal: &PortalId) -> Result<Option<Stored>, StoreError> {
        self.log.lock().unwrap().push("load");
        self.beneath.load(portal).await
    }

    async fn save(
        &self,
        portal: &PortalId,
        tokens: &PortalTokens,
        replaces: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        self.log.lock().unwrap().push("save");
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(tokens) = meanwhile {
            self.save_as_another(&tokens).await;
        }
        let fails = {
            let mut failing = self.failing.lock().unwrap();
            let fails = *failing > 0;
            *failing = failing.saturating_sub(1);
            fails
        };
        if fails && !self.saves_all_the_same {
            return Err(StoreError::unavailable("the disk is full"));
        }
        let saved = self.beneath.save(portal, tokens, replaces).await;
        if let Some(clock) = &self.slow {
            clock.sleep(Duration::from_secs(1)).await;
        }
        if fails {
            Err(StoreError::unavailable("the disk says nothing"))
        } else {
            saved
        }
    }

    async fn remove(&self, portal: &PortalId) -> Result<(), StoreError> {
        self.beneath.remove(portal).await
    }
}
