//! The layers in the one order in which they work.

use std::{sync::Arc, time::Duration};

use http::Request;
use hubchannel_api::{Body, Exchange, HttpTransport, Transport, clock::Clock, model::Secret};

use crate::{
    AttemptSpan, AttemptTimeout, CallSpan, Credentials, Deadline, DeveloperKey, PortalToken, Portals, RateLimit,
    RateLimitKey, RateLimiter, RateLimiters, Retry, RetryPolicy, TokioClock, credentials::Given,
};

/// A transport with credentials, repeats, limits, timeouts and spans around it, itself a transport. Cheap to clone.
///
/// Clones share everything, the budget for repeats and the limiter included.
///
/// ```
/// use std::time::Duration;
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::Stack;
///
/// fn stack(transport: impl HttpTransport, token: &str) -> Stack {
///     Stack::new(transport).access_token(token).deadline(Duration::from_secs(20)).build()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Stack(Transport);

impl Stack {
    /// Layers around this transport. Unless set otherwise: no credentials; at most 4 attempts, where a repeat is safe;
    /// 30 s for an attempt, 60 s for a call, 30 s of silence in an answer that is read while it comes in.
    #[expect(clippy::new_ret_no_self, reason = "a stack is read as `Stack::new(…).….build()`")]
    pub fn new(transport: impl HttpTransport) -> StackBuilder {
        StackBuilder {
            transport: Transport::new(transport),
            credentials: Given::default(),
            limits: None,
            retry: Some(RetryPolicy::new()),
            attempt_timeout: Some(Duration::from_secs(30)),
            idle_timeout: Some(Duration::from_secs(30)),
            deadline: Some(Duration::from_secs(60)),
            clock: Arc::new(TokioClock),
        }
    }
}

impl HttpTransport for Stack {
    fn send<'a, 'exchange>(&'a self, request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        self.0.send(request)
    }
}

/// The slots of a [`Stack`]. In which order they are filled makes no difference.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::{RateLimiter, RetryPolicy, Stack, TokioClock};
///
/// fn careful(transport: impl HttpTransport, token: &str) -> Stack {
///     Stack::new(transport)
///         .access_token(token)
///         .retry(RetryPolicy::new().max_attempts(6))
///         .rate_limiter(RateLimiter::public_app(Arc::new(TokioClock)))
///         .attempt_timeout(Duration::from_secs(10))
///         .deadline(Duration::from_secs(120))
///         .build()
/// }
/// ```
#[derive(Debug)]
pub struct StackBuilder {
    transport: Transport,
    credentials: Given,
    limits: Option<Limits>,
    retry: Option<RetryPolicy>,
    attempt_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    deadline: Option<Duration>,
    clock: Arc<dyn Clock>,
}

/// What keeps requests to HubSpot's limits.
#[derive(Debug)]
enum Limits {
    One(RateLimiter),
    Each(RateLimiters<RateLimitKey>),
}

impl StackBuilder {
    /// A portal's OAuth token that stays the same. Of this, [`oauth`](StackBuilder::oauth) and
    /// [`portals`](StackBuilder::portals) the last one counts. Without any credential, requests go out as they are; with
    /// one, a call that needs another is refused: see [`Credentials`].
    #[must_use]
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.credentials.access_token(&token.into());
        self
    }

    /// The OAuth tokens of one portal, replaced before they end and when they are refused. A call
    /// [for another](hubchannel_api::CallOptions::portal) is refused.
    #[must_use]
    pub fn oauth(mut self, portal: PortalToken) -> Self {
        self.credentials.oauth(portal);
        self
    }

    /// The OAuth tokens of many portals. Each call says [which](hubchannel_api::CallOptions::portal). HubSpot limits the
    /// requests of each portal, so such a stack is given [`rate_limiters`](StackBuilder::rate_limiters) and not one for all.
    #[must_use]
    pub fn portals(mut self, portals: Portals) -> Self {
        self.credentials.portals(portals);
        self
    }

    /// The developer's API key, for the operations on channels themselves.
    #[must_use]
    pub fn developer_key(mut self, key: DeveloperKey) -> Self {
        self.credentials.developer_key(key);
        self
    }

    /// Allows credentials over plain `http` to machines other than this one, for a network that is safe in itself.
    #[must_use]
    pub fn allow_plain_http(mut self) -> Self {
        self.credentials.plain_http = true;
        self
    }

    /// How often, after which waits and within which budget requests are repeated; [`RetryPolicy::new`] unless set, `None`
    /// for a single attempt. What is repeated at all, and what never, says [`Retry`].
    #[must_use]
    pub fn retry(self, policy: impl Into<Option<RetryPolicy>>) -> Self {
        StackBuilder {
            retry: policy.into(),
            ..self
        }
    }

    /// Starts no more requests than this limiter lets; none unless set. Give the same limiter to every stack of the same
    /// app and portal.
    #[must_use]
    pub fn rate_limiter(self, limiter: RateLimiter) -> Self {
        StackBuilder {
            limits: Some(Limits::One(limiter)),
            ..self
        }
    }

    /// Starts no more requests of each portal than a limiter of its own lets, and no more with the developer's key than
    /// another; none unless set. Of this and [`rate_limiter`](StackBuilder::rate_limiter) the last one counts. Give the same
    /// limiters to every stack of the same app.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use hubchannel_api::HttpTransport;
    /// use hubchannel_middleware::{Portals, RateLimiter, RateLimiters, Stack, TokioClock};
    ///
    /// fn of_all_portals(transport: impl HttpTransport, portals: Portals) -> Stack {
    ///     let limiters = RateLimiters::new(|| RateLimiter::public_app(Arc::new(TokioClock)));
    ///     Stack::new(transport).portals(portals).rate_limiters(limiters).build()
    /// }
    /// ```
    ///
    /// The portal is that of [`oauth`](StackBuilder::oauth), else the one that the
    /// [call names](hubchannel_api::CallOptions::portal). With an [`access_token`](StackBuilder::access_token), name it in
    /// all calls or in none.
    #[must_use]
    pub fn rate_limiters(self, limiters: RateLimiters<RateLimitKey>) -> Self {
        StackBuilder {
            limits: Some(Limits::Each(limiters)),
            ..self
        }
    }

    /// How long one attempt may take where the call does not say; 30 s unless set, `None` for as long as it takes.
    #[must_use]
    pub fn attempt_timeout(self, duration: impl Into<Option<Duration>>) -> Self {
        StackBuilder {
            attempt_timeout: duration.into(),
            ..self
        }
    }

    /// How long an answer that is read while it comes in, such as a download, may fall silent where the call does not say;
    /// 30 s unless set, `None` for as long as it does. See [`AttemptTimeout::idle`].
    #[must_use]
    pub fn idle_timeout(self, duration: impl Into<Option<Duration>>) -> Self {
        StackBuilder {
            idle_timeout: duration.into(),
            ..self
        }
    }

    /// How long a whole call may take where the call does not say; 60 s unless set, `None` for as long as it takes.
    #[must_use]
    pub fn deadline(self, duration: impl Into<Option<Duration>>) -> Self {
        StackBuilder {
            deadline: duration.into(),
            ..self
        }
    }

    /// Where the time comes from; Tokio's clock unless set.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        StackBuilder {
            clock: Arc::new(clock),
            ..self
        }
    }

    /// The stack.
    pub fn build(self) -> Stack {
        let timeout = AttemptTimeout::new(self.transport, Arc::clone(&self.clock), self.attempt_timeout)
            .idle(self.idle_timeout)
            .hiding(self.credentials.secrets().cloned().collect());
        let mut transport = Transport::new(AttemptSpan::new(timeout));
        transport = match self.limits {
            Some(Limits::One(limiter)) => Transport::new(RateLimit::new(transport, limiter)),
            Some(Limits::Each(limiters)) => {
                let portal = self.credentials.only_portal().cloned();
                Transport::new(RateLimit::keyed_for(transport, limiters, portal))
            }
            None => transport,
        };
        if !self.credentials.is_empty() {
            transport = Transport::new(Credentials::with(transport, self.credentials));
        }
        if let Some(policy) = self.retry {
            transport = Transport::new(Retry::new(transport, Arc::clone(&self.clock), policy));
        }
        let deadline = Deadline::new(transport, self.clock, self.deadline).told_of_the_wire();
        Stack(Transport::new(CallSpan::new(deadline)))
    }
}
