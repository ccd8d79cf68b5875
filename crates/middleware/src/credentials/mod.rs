//! Credentials, by what each operation needs.

mod access;
mod developer_key;
mod error;
mod flight;
mod portal;
mod portals;
mod refresh;
mod state;
mod store;

use std::{future, pin::pin, sync::Arc};

use http::{
    HeaderValue, Request, Response, StatusCode, Uri,
    header::AUTHORIZATION,
    uri::{PathAndQuery, Scheme},
};
use hubchannel_api::{
    Attempts, BaseUrl, Body, Call, Credential, Exchange, HttpTransport, Reach, Transport, TransportError,
    TransportErrorKind, hide_secrets, is_confidential,
    model::{PortalId, Secret},
};

use self::access::{Access, bearer};
pub use self::{
    developer_key::DeveloperKey,
    error::{CredentialsError, CredentialsErrorKind},
    portal::PortalToken,
    portals::{Portals, PortalsBuilder},
    store::{FileTokenStore, MemoryTokenStore, PortalTokens, Revision, Saved, StoreError, Stored, TokenStore},
};
use crate::progress::{Progress, hold};

/// Gives each request the credential that its operation needs: the OAuth token of a portal in `Authorization`, or the
/// developer's API key with the app's id in the query.
///
/// ```
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::{Credentials, DeveloperKey};
///
/// fn authorised(transport: impl HttpTransport, token: &str, key: &str) -> Credentials {
///     Credentials::new(transport).access_token(token).developer_key(DeveloperKey::new("40776849", key))
/// }
/// ```
///
/// | operations | need |
/// |---|---|
/// | on channels themselves: register, list, read, change, delete | a [`DeveloperKey`] |
/// | all others of custom channels, conversations, and files | a portal's token |
/// | OAuth, and downloads from other servers | nothing, and they get nothing |
/// | a [`CallEndpoint`](hubchannel_api::CallEndpoint) | what it names: a portal's token unless it is set |
///
/// It fails closed, before anything is sent:
/// - for an operation that needs a credential which was not given;
/// - with one that no header or address can carry;
/// - for an address that is not on the server of the API: that of [`Call::base_url`], which the clients say, and for a
///   request without it HubSpot's own or one on this machine;
/// - for a plain `http` address of another machine, where anybody on the way could read it.
///
/// A token that comes from [`Portals`] and is refused with 401 is replaced, and the request is sent once more: HubSpot has
/// turned it down, so nothing is done twice. Both count in [`Attempts`]. A second 401 is the answer, and so is the first
/// where the body cannot be read twice. A fixed token or key is not replaced, so nothing is repeated.
///
/// Where a server or a proxy repeats the credential in an answer that is no success, the call's error does not show it: see
/// [`hide_secrets`].
#[derive(Debug)]
pub struct Credentials {
    inner: Transport,
    given: Given,
    /// Whether a layer beneath leaves the secrets that stay the same with outcomes, which takes no future of this one.
    left_beneath: bool,
}

/// What was given to choose from.
#[derive(Debug, Default)]
pub(crate) struct Given {
    portal: Option<PortalSource>,
    developer_key: Option<DeveloperKey>,
    pub(crate) plain_http: bool,
}

/// Where the tokens of portals come from.
#[derive(Debug)]
enum PortalSource {
    /// With it as the value of a header, which does not print, or why there is none.
    Fixed(Secret, Result<HeaderValue, &'static str>),
    One(PortalToken),
    Many(Portals),
}

impl Given {
    pub(crate) fn access_token(&mut self, token: &Secret) {
        self.portal = Some(PortalSource::Fixed(token.clone(), bearer(token)));
    }

    pub(crate) fn oauth(&mut self, portal: PortalToken) {
        self.portal = Some(PortalSource::One(portal));
    }

    pub(crate) fn portals(&mut self, portals: Portals) {
        self.portal = Some(PortalSource::Many(portals));
    }

    pub(crate) fn developer_key(&mut self, key: DeveloperKey) {
        self.developer_key = Some(key);
    }

    /// The portal that all tokens are of, where that is known.
    pub(crate) fn only_portal(&self) -> Option<&PortalId> {
        match &self.portal {
            Some(PortalSource::One(portal)) => Some(portal.portal_id()),
            Some(PortalSource::Fixed(..) | PortalSource::Many(_)) | None => None,
        }
    }

    /// Those that stay the same.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let token = match &self.portal {
            Some(PortalSource::Fixed(token, _)) => Some(token),
            Some(PortalSource::One(_) | PortalSource::Many(_)) | None => None,
        };
        token
            .into_iter()
            .chain(self.developer_key.as_ref().map(DeveloperKey::secret))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.portal.is_none() && self.developer_key.is_none()
    }
}

impl Credentials {
    /// No credentials, to which some are added. Without any, every operation that needs one is refused.
    pub fn new(inner: impl HttpTransport) -> Self {
        Credentials {
            inner: Transport::new(inner),
            given: Given::default(),
            left_beneath: false,
        }
    }

    /// For a stack, in which an [`AttemptTimeout`](crate::AttemptTimeout) leaves the secrets that stay the same.
    pub(crate) fn with(inner: impl HttpTransport, given: Given) -> Self {
        Credentials {
            inner: Transport::new(inner),
            given,
            left_beneath: true,
        }
    }

    /// A portal's token that stays the same. Of this, [`oauth`](Credentials::oauth) and
    /// [`portals`](Credentials::portals) the last one counts.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.given.access_token(&token.into());
        self
    }

    /// The tokens of one portal. A call [for another](hubchannel_api::CallOptions::portal) is refused.
    #[must_use]
    pub fn oauth(mut self, portal: PortalToken) -> Self {
        self.given.oauth(portal);
        self
    }

    /// The tokens of many portals. Each call says [which](hubchannel_api::CallOptions::portal).
    #[must_use]
    pub fn portals(mut self, portals: Portals) -> Self {
        self.given.portals(portals);
        self
    }

    /// The developer's API key.
    #[must_use]
    pub fn developer_key(mut self, key: DeveloperKey) -> Self {
        self.given.developer_key(key);
        self
    }

    /// Allows plain `http` to any machine, for a network that is safe in itself.
    #[must_use]
    pub fn allow_plain_http(mut self) -> Self {
        self.given.plain_http = true;
        self
    }

    /// Whether a credential may go where the request goes.
    fn check_address(&self, request: &Request<Body>) -> Result<(), TransportError> {
        let address = request.uri();
        let base_url = request
            .extensions()
            .get::<Call>()
            .and_then(|call| call.base_url.as_ref());
        let is_the_api = match base_url {
            Some(base_url) => base_url.is_origin_of(address),
            None => BaseUrl::default().is_origin_of(address) || is_here(address),
        };
        if !is_the_api {
            return Err(refuse("a credential is sent to the API's own server only, and the address is of another"));
        }
        if !self.given.plain_http && !is_confidential(address) {
            return Err(refuse("a credential is not sent over plain http to another machine; use https, or allow it"));
        }
        Ok(())
    }

    /// The request with the developer's key.
    fn with_key(&self, mut request: Request<Body>) -> Result<Request<Body>, TransportError> {
        let Some(key) = &self.given.developer_key else {
            return Err(refuse(format!(
                "{} needs the developer's API key with the app's id, and not a portal's access token; give the stack a \
                 `developer_key`",
                name(&request)
            )));
        };
        self.check_address(&request)?;
        let mut parts = request.uri().clone().into_parts();
        let path_and_query = parts.path_and_query.as_ref().map_or("/", PathAndQuery::as_str);
        let path_and_query = key.in_query(path_and_query).map_err(refuse)?;
        // The cause would show the address.
        let too_long = |_| refuse("the address is too long with the developer's API key");
        parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).map_err(too_long)?);
        *request.uri_mut() = Uri::from_parts(parts).map_err(|_| refuse("the address is not absolute"))?;
        Ok(request)
    }

    /// Whose token the request is to have, where it may have one.
    fn source(&self, request: &Request<Body>) -> Result<Source<'_>, TransportError> {
        let Some(source) = &self.given.portal else {
            return Err(refuse(format!(
                "{} needs the OAuth token of a portal, and not the developer's API key; give the stack an `access_token`, \
                 or `oauth`, or `portals`",
                name(request)
            )));
        };
        self.check_address(request)?;
        let asked = request
            .extensions()
            .get::<Call>()
            .and_then(|call| call.options.portal.as_ref());
        Ok(match source {
            PortalSource::Fixed(_, header) => Source::Fixed(header.as_ref().map_err(|why| refuse(*why))?),
            PortalSource::One(portal) => Source::Portal(one(portal, asked)?),
            PortalSource::Many(portals) => Source::Portal(portals.portal(asked.cloned().ok_or_else(|| {
                refuse("the stack has the tokens of many portals, and the call does not say which; set its option `portal`")
            })?)),
        })
    }

    async fn send_for(&self, portal: PortalToken, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let progress = Progress::of(&request).cloned();
        let access = hold(progress.as_ref(), portal.clock(), pin!(token(&portal, None))).await?;
        let Some(access) = access else {
            return Err(refuse("the portal has no access token"));
        };
        let again = request.body().is_repeatable().then(|| request.clone());
        let outcome = self.inner.send(authorised(request, access.header.clone())).await;
        let response = hide_secrets(outcome, [&access.secret])?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        if let Some(progress) = &progress {
            progress.was_turned_down();
        }
        let other = hold(progress.as_ref(), portal.clock(), pin!(token(&portal, Some(&access)))).await?;
        let (Some(again), Some(other)) = (again, other) else {
            return Ok(response);
        };
        let outcome = self.inner.send(authorised(again, other.header.clone())).await;
        counted(hide_secrets(outcome, [&access.secret, &other.secret]))
    }

    async fn send_and_hide(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        hide_secrets(self.inner.send(request).await, self.given.secrets())
    }
}

impl HttpTransport for Credentials {
    fn send<'a, 'exchange>(&'a self, request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        let needs = request
            .extensions()
            .get::<Call>()
            .map_or(Credential::PortalToken, |call| call.operation.credential);
        let ready = match needs {
            Credential::None => Ok(request),
            Credential::PortalToken => match self.source(&request) {
                Ok(Source::Fixed(header)) => Ok(authorised(request, header.clone())),
                Ok(Source::Portal(portal)) => return Box::pin(self.send_for(portal, request)),
                Err(refused) => Err(refused),
            },
            Credential::DeveloperKey => self.with_key(request),
            _ => Err(refuse("the operation needs a credential of a kind that is not known here")),
        };
        match ready {
            Ok(request) if self.left_beneath => self.inner.send(request),
            Ok(request) => Box::pin(self.send_and_hide(request)),
            Err(refused) => Box::pin(future::ready(Err(refused))),
        }
    }
}

/// Where the token of one request comes from.
enum Source<'a> {
    Fixed(&'a HeaderValue),
    Portal(PortalToken),
}

async fn token(portal: &PortalToken, refused: Option<&Access>) -> Result<Option<Arc<Access>>, TransportError> {
    let access = portal.access(refused).await;
    // A refused token was sent.
    let attempts = refused.map_or_else(Attempts::default, |_| Attempts::one());
    access.map_err(|error| error.into_transport_error(attempts))
}

fn one(portal: &PortalToken, asked: Option<&PortalId>) -> Result<PortalToken, TransportError> {
    match asked {
        Some(asked) if asked != portal.portal_id() => Err(refuse(format!(
            "the call is for portal {}, and the stack has the tokens of portal {}",
            asked.as_str().escape_debug(),
            portal.portal_id().as_str().escape_debug()
        ))),
        _ => Ok(portal.clone()),
    }
}

fn authorised(mut request: Request<Body>, header: HeaderValue) -> Request<Body> {
    request.headers_mut().insert(AUTHORIZATION, header);
    request
}

/// An outcome that took two attempts beneath this layer.
fn counted(outcome: Result<Response<Body>, TransportError>) -> Result<Response<Body>, TransportError> {
    let and_one = |mut attempts: Attempts| {
        attempts.count = attempts.count.saturating_add(1);
        attempts
    };
    match outcome {
        Ok(mut response) => {
            let beneath = response.extensions().get().cloned();
            let attempts = and_one(beneath.unwrap_or_else(Attempts::one));
            response.extensions_mut().insert(attempts);
            Ok(response)
        }
        Err(error) => {
            let attempts = and_one(Attempts::of(&error));
            Err(error.with_attempts(attempts))
        }
    }
}

/// Whether an address is of this machine, as those of tests and emulators are.
fn is_here(address: &Uri) -> bool {
    let mut plain = address.clone().into_parts();
    plain.scheme = Some(Scheme::HTTP);
    Uri::from_parts(plain).is_ok_and(|plain| is_confidential(&plain))
}

fn name(request: &Request<Body>) -> &'static str {
    let call = request.extensions().get::<Call>();
    call.map_or("a request of no known operation", |call| call.operation.name)
}

fn refuse(message: impl Into<String>) -> TransportError {
    TransportError::new(TransportErrorKind::Refused, Reach::NotSent, message)
}
