//! The layer that waits for a limiter.

use http::Request;
use hubchannel_api::{Body, Call, Credential, Exchange, HttpTransport, Transport, model::PortalId};

use super::{RateLimiter, RateLimiters};
use crate::progress::{Progress, hold};

/// Waits for the limiter before each request, and lets it learn from each answer. Downloads from foreign hosts neither
/// wait nor teach: those are not HubSpot's limits.
///
/// ```
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::{RateLimit, RateLimiter};
///
/// fn within_the_limit(transport: impl HttpTransport, limiter: &RateLimiter) -> RateLimit {
///     RateLimit::new(transport, limiter.clone())
/// }
/// ```
///
/// A [`Stack`](crate::Stack) that is given a limiter has one beneath what repeats requests, so that every attempt counts.
#[derive(Debug)]
pub struct RateLimit {
    inner: Transport,
    limits: Limits,
}

#[derive(Debug)]
enum Limits {
    One(RateLimiter),
    Each {
        limiters: RateLimiters<RateLimitKey>,
        /// The one portal that the credentials are of, where that is known.
        portal: Option<PortalId>,
    },
}

/// Whose limit a request counts for, as far as a stack can tell.
///
/// ```
/// use std::sync::Arc;
/// use hubchannel_middleware::{RateLimitKey, RateLimiter, RateLimiters, TokioClock};
///
/// let limiters = RateLimiters::new(|| RateLimiter::public_app(Arc::new(TokioClock)));
/// let limiter = limiters.of(RateLimitKey::Portal("62515".into()));
/// assert_eq!(limiter.waiting(), 0);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RateLimitKey {
    /// A call with the token of this portal.
    Portal(PortalId),
    /// A call with a portal's token, and neither the call nor the stack says of which.
    AnyPortal,
    /// A call with the developer's API key. Which limits such calls have is unknown.
    DeveloperKey,
    /// A call without any credential, as for tokens. Which limits such calls have is unknown.
    NoCredential,
}

impl RateLimitKey {
    fn of(call: Option<&Call>, portal: Option<&PortalId>) -> Self {
        match call.map_or(Credential::PortalToken, |call| call.operation.credential) {
            Credential::None => RateLimitKey::NoCredential,
            Credential::DeveloperKey => RateLimitKey::DeveloperKey,
            _ => portal
                .or_else(|| call?.options.portal.as_ref())
                .map_or(RateLimitKey::AnyPortal, |portal| RateLimitKey::Portal(portal.clone())),
        }
    }
}

impl RateLimit {
    /// Keeps requests to this limiter.
    pub fn new(inner: impl HttpTransport, limiter: RateLimiter) -> Self {
        RateLimit {
            inner: Transport::new(inner),
            limits: Limits::One(limiter),
        }
    }

    /// Keeps the requests of each portal to a limiter of its own, and those of the developer's key to another.
    pub fn keyed(inner: impl HttpTransport, limiters: RateLimiters<RateLimitKey>) -> Self {
        RateLimit::keyed_for(inner, limiters, None)
    }

    /// The same with credentials that are all of this portal, whether a call names it or not.
    pub(crate) fn keyed_for(
        inner: impl HttpTransport,
        limiters: RateLimiters<RateLimitKey>,
        portal: Option<PortalId>,
    ) -> Self {
        RateLimit {
            inner: Transport::new(inner),
            limits: Limits::Each { limiters, portal },
        }
    }

    fn limiter(&self, call: Option<&Call>) -> RateLimiter {
        match &self.limits {
            Limits::One(limiter) => limiter.clone(),
            Limits::Each { limiters, portal } => limiters.of(RateLimitKey::of(call, portal.as_ref())),
        }
    }
}

impl HttpTransport for RateLimit {
    fn send<'a, 'exchange>(&'a self, request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        let call = request.extensions().get::<Call>();
        if call.is_some_and(|call| call.foreign) {
            return self.inner.send(request);
        }
        let limiter = self.limiter(call);
        // A start is taken no earlier than somebody waits for the answer.
        Box::pin(async move {
            let progress = Progress::of(&request);
            let latest = progress.and_then(Progress::latest);
            let start = hold(progress, limiter.clock(), limiter.wait(latest)).await?;
            let response = self.inner.send(request).await?;
            start.learn(&response);
            Ok(response)
        })
    }
}
