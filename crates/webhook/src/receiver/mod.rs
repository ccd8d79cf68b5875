//! From a request to what it brings, with everything that stands around it in a server.

mod answer;
#[cfg(feature = "axum")]
mod axum;
#[cfg(any(feature = "axum", feature = "tower"))]
mod body;
mod refusal;
#[cfg(feature = "tower")]
mod tower;

use std::{fmt, sync::Arc, time::SystemTime};

use ::http::{HeaderMap, Method, Request};
use bytes::Bytes;

#[cfg(feature = "axum")]
pub use self::axum::Delivered;
#[cfg(feature = "tower")]
pub use self::tower::{Verify, VerifyLayer};
pub use self::{
    answer::Answer,
    refusal::{Refusal, RefusalKind, Refused},
};
use crate::{Verified, Verifier};

/// Takes whole requests, for servers: a [`Verifier`] with a clock, a limit to bodies, and somebody to tell of what was
/// refused. Clones are the same.
///
/// ```
/// use http::{Request, StatusCode};
/// use hubchannel_webhook::{Answer, Receiver, Verifier};
///
/// # fn example(verifier: Verifier, clock: impl Fn() -> std::time::SystemTime + Send + Sync + 'static) {
/// let receiver = Receiver::new(verifier, clock).on_refusal(|refused| eprintln!("{refused}"));
///
/// let handle = |request: Request<Vec<u8>>| -> StatusCode {
///     match receiver.receive(request) {
///         Ok(verified) => match verified.parse() {
///             Ok(events) => {
///                 println!("{} events", events.len());
///                 Answer::Done.status()
///             }
///             Err(_) => StatusCode::BAD_REQUEST,
///         },
///         Err(refusal) => refusal.status(),
///     }
/// };
/// # }
/// ```
///
/// With the feature `axum`, it stands in a router's state, and [`Verified`] and `Delivered` are extractors. With the feature
/// `tower`, `VerifyLayer` lets only verified requests through, whatever is behind it. Both look at the headers before they
/// read a body, and read no more than the limit. The clock is asked when the headers have come and again when the body has:
/// a signature must be good both times, so that a body which is held back is not taken after its time. HubSpot itself
/// waits for five seconds in all (documented). How long they wait for a body is for a timeout around them: there is no timer
/// in here.
#[derive(Clone)]
pub struct Receiver(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    verifier: Verifier,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    body_limit: usize,
    on_refusal: Option<OnRefusal>,
}

type OnRefusal = Arc<dyn Fn(&Refused<'_>) + Send + Sync>;

/// A request as it came in, as far as it has been read.
#[derive(Clone, Copy)]
struct Received<'r> {
    method: &'r Method,
    target: &'r str,
    headers: &'r HeaderMap,
    body: Option<&'r Bytes>,
    now: SystemTime,
}

impl Receiver {
    /// The longest body that is read unless said otherwise: 1 MiB, while events are of a few kilobytes (observed).
    pub const BODY_LIMIT: usize = 1024 * 1024;

    /// Takes what the verifier takes, by this clock: `SystemTime::now`, or one that a test turns.
    pub fn new(verifier: Verifier, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Receiver(Arc::new(Inner {
            verifier,
            now: Arc::new(now),
            body_limit: Receiver::BODY_LIMIT,
            on_refusal: None,
        }))
    }

    /// Takes bodies of at most so many bytes.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        self.with(|inner| inner.body_limit = bytes)
    }

    /// Tells of every request that is refused: for a log, because whoever called is told only that.
    #[must_use]
    pub fn on_refusal(self, tell: impl Fn(&Refused<'_>) + Send + Sync + 'static) -> Self {
        self.with(|inner| inner.on_refusal = Some(Arc::new(tell)))
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Takes a request that has been read whole. Its address is as it came in, before any router took a part away.
    ///
    /// # Errors
    /// When it is too long, or is not signed as it should be. [`Refusal::status`] is what to answer.
    pub fn receive<B: Into<Bytes>>(&self, request: Request<B>) -> Result<Verified, Refusal> {
        let (parts, body) = request.into_parts();
        let body = body.into();
        let target = parts.uri.to_string();
        self.judge(Received {
            method: &parts.method,
            target: &target,
            headers: &parts.headers,
            body: Some(&body),
            now: (self.0.now)(),
        })
    }

    fn judge(&self, received: Received<'_>) -> Result<Verified, Refusal> {
        let Received {
            method,
            target,
            headers,
            body,
            now,
        } = received;
        let body = body.cloned().unwrap_or_default();
        let outcome = if body.len() > self.0.body_limit {
            Err(Refusal::too_large(self.0.body_limit))
        } else {
            let outcome = self.0.verifier.verify(method, target, headers, body, now);
            outcome.map_err(Refusal::from)
        };
        outcome.inspect_err(|refusal| self.tell(refusal, received))
    }

    fn tell(&self, refusal: &Refusal, received: Received<'_>) {
        if let Some(tell) = &self.0.on_refusal {
            tell(&Refused {
                refusal,
                verifier: &self.0.verifier,
                received,
            });
        }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("verifier", &self.0.verifier)
            .field("body_limit", &self.0.body_limit)
            .finish_non_exhaustive()
    }
}
