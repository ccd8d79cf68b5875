//! The layers in the one order in which they work.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{Body, HttpTransport, Transport, TransportError, clock::Clock, model::Secret};

use crate::{
    AccessToken, AttemptSpan, AttemptTimeout, CallSpan, Deadline, RateLimit, RateLimiter, Retry, RetryPolicy,
    TokioClock,
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
    /// 30 s for an attempt, 60 s for a call.
    #[expect(clippy::new_ret_no_self, reason = "a stack is read as `Stack::new(…).….build()`")]
    pub fn new(transport: impl HttpTransport) -> StackBuilder {
        StackBuilder {
            transport: Transport::new(transport),
            access_token: None,
            plain_http: false,
            rate_limiter: None,
            retry: Some(RetryPolicy::new()),
            attempt_timeout: Some(Duration::from_secs(30)),
            deadline: Some(Duration::from_secs(60)),
            clock: Arc::new(TokioClock),
        }
    }
}

#[async_trait]
impl HttpTransport for Stack {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.0.send(request).await
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
    access_token: Option<Secret>,
    plain_http: bool,
    rate_limiter: Option<RateLimiter>,
    retry: Option<RetryPolicy>,
    attempt_timeout: Option<Duration>,
    deadline: Option<Duration>,
    clock: Arc<dyn Clock>,
}

impl StackBuilder {
    /// The OAuth token of the portal. Without one, requests go out as they are.
    #[must_use]
    pub fn access_token(self, token: impl Into<Secret>) -> Self {
        StackBuilder {
            access_token: Some(token.into()),
            ..self
        }
    }

    /// Allows the token over plain `http` to machines other than this one, for a network that is safe in itself.
    #[must_use]
    pub fn allow_plain_http(self) -> Self {
        StackBuilder {
            plain_http: true,
            ..self
        }
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
            rate_limiter: Some(limiter),
            ..self
        }
    }

    /// How long one attempt may take; 30 s unless set, `None` for as long as it takes.
    #[must_use]
    pub fn attempt_timeout(self, duration: impl Into<Option<Duration>>) -> Self {
        StackBuilder {
            attempt_timeout: duration.into(),
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
        let wire = AttemptSpan::new(self.transport);
        let mut transport = Transport::new(AttemptTimeout::new(wire, Arc::clone(&self.clock), self.attempt_timeout));
        if let Some(limiter) = self.rate_limiter {
            transport = Transport::new(RateLimit::new(transport, limiter));
        }
        if let Some(token) = self.access_token {
            let layer = AccessToken::new(transport, &token);
            transport = Transport::new(if self.plain_http {
                layer.allow_plain_http()
            } else {
                layer
            });
        }
        if let Some(policy) = self.retry {
            transport = Transport::new(Retry::new(transport, Arc::clone(&self.clock), policy));
        }
        let deadline = Deadline::new(transport, self.clock, self.deadline).told_of_the_wire();
        Stack(Transport::new(CallSpan::new(deadline)))
    }
}
