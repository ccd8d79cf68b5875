//! Starting no more requests than HubSpot allows.

mod headers;
mod window;

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use async_trait::async_trait;
use http::{Request, Response, StatusCode};
use hubchannel_api::{
    Attempts, Body, GaveUp, HttpTransport, Reach, Transport, TransportError, TransportErrorKind,
    clock::{Clock, Sleep},
};

use self::{
    headers::Told,
    window::{Ticket, Window},
};
use crate::progress::Progress;

/// How many requests of one app may start for one portal, shared by whoever sends them. Clones are the same limiter.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use hubchannel_middleware::{RateLimiter, TokioClock};
///
/// let limiter = RateLimiter::new(110, Duration::from_secs(10), Arc::new(TokioClock));
/// let same = limiter.clone();
/// assert_eq!(RateLimiter::public_app(Arc::new(TokioClock)).limit(), same.limit());
/// ```
///
/// HubSpot counts in rolling windows (documented): of any ten seconds, none may have more than so many requests. So does
/// this: in no interval of the window's length, both ends included, do more requests start than the limit, however they
/// arrive. The window begins for each portal and app; make one limiter for each such pair and hand it to every
/// [`Stack`](crate::Stack) that calls for it. Limits for calls with a developer's key are unknown.
///
/// Who waits is served in the order of arrival. Who stops waiting leaves his place to the next and has taken nothing; a
/// request that was handed on counts, whatever becomes of it, because nobody knows whether HubSpot counted it.
///
/// It learns from what HubSpot answers:
/// - `X-HubSpot-RateLimit-Max` and `-Interval-Milliseconds` replace the limit, within [`MOST`](RateLimiter::MOST) requests
///   and between one second and one minute; anything else is ignored.
/// - Where `X-HubSpot-RateLimit-Remaining` says that more was used than started here, somebody else uses the same limit:
///   so much less starts here until the window has passed.
/// - After a 429 nothing starts until its `Retry-After`, given in seconds, or the window has passed.
/// - Where `X-HubSpot-RateLimit-Daily-Remaining` is 0, requests are refused at once for
///   [`DAILY_PAUSE`](RateLimiter::DAILY_PAUSE). The limit resets at midnight in the account's time zone, which is not
///   known here, so one request is then tried again.
#[derive(Clone)]
pub struct RateLimiter(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    window: Mutex<Window>,
}

impl RateLimiter {
    /// The largest limit that is learnt from an answer. HubSpot's largest is 250.
    pub const MOST: u32 = 1000;

    /// How long requests are refused after an answer has said that nothing is left of the day's limit.
    pub const DAILY_PAUSE: Duration = Duration::from_secs(300);

    /// At most `limit` starts in any `interval`. A limit of 0 counts as 1.
    ///
    /// The clock must be that of the stacks that use the limiter.
    pub fn new(limit: u32, interval: Duration, clock: Arc<dyn Clock>) -> Self {
        let window = Mutex::new(Window::new(limit, interval));
        RateLimiter(Arc::new(Shared { clock, window }))
    }

    /// The limit of a public app that users connect by OAuth, which is what custom channels need: 110 requests in ten
    /// seconds for each portal (documented).
    pub fn public_app(clock: Arc<dyn Clock>) -> Self {
        RateLimiter::new(110, Duration::from_secs(10), clock)
    }

    /// The limit in force and its window.
    pub fn limit(&self) -> (u32, Duration) {
        let window = self.window();
        (window.limit(), window.interval())
    }

    /// How many wait for their start.
    pub fn waiting(&self) -> usize {
        self.window().waiting()
    }

    /// Waits for a start, and takes it.
    ///
    /// # Errors
    /// When the day's limit is used up, or when the start would come after `end`, a time of the limiter's clock. Nothing is
    /// taken then.
    pub async fn start(&self, end: Option<Duration>) -> Result<(), TransportError> {
        let start = Start {
            limiter: self,
            ticket: None,
            end,
            sleep: None,
        };
        start.await
    }

    /// Learns from an answer.
    pub fn learn<B>(&self, response: &Response<B>) {
        let now = self.0.clock.monotonic();
        let told = Told::read(response.headers());
        let closed = response.status() == StatusCode::TOO_MANY_REQUESTS;
        self.window().learn(now, &told, closed);
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.0.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (limit, interval) = self.limit();
        f.debug_struct("RateLimiter")
            .field("limit", &limit)
            .field("interval", &interval)
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

/// A wait for a start. Dropped, it leaves its place.
struct Start<'l> {
    limiter: &'l RateLimiter,
    ticket: Option<Ticket>,
    end: Option<Duration>,
    sleep: Option<(Duration, Sleep)>,
}

impl Future for Start<'_> {
    type Output = Result<(), TransportError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let now = this.limiter.0.clock.monotonic();
            let mut window = this.limiter.window();
            if let Some(open) = window.closed_for_the_day(now) {
                return Poll::Ready(Err(day_is_used_up(open.saturating_sub(now))));
            }
            let came = this.ticket.is_none();
            let ticket = *this.ticket.get_or_insert_with(|| window.enter());
            let is_next = window.is_next(&ticket);
            // Those behind the first were told when they came; who gave up since has only made it earlier.
            if came || is_next {
                let begin = window.begin(&ticket, now);
                if this.end.is_some_and(|end| begin >= end) {
                    return Poll::Ready(Err(too_late(begin.saturating_sub(now))));
                }
            }
            if !is_next {
                window.wake_when_next(&ticket, context.waker());
                return Poll::Pending;
            }
            let begin = window.begin(&ticket, now);
            if begin <= now {
                window.start(&ticket, now);
                this.ticket = None;
                return Poll::Ready(Ok(()));
            }
            window.wake_when_next(&ticket, context.waker());
            drop(window);
            // What is learnt in the meantime moves the beginning.
            if this.sleep.as_ref().is_none_or(|(until, _)| *until != begin) {
                this.sleep = Some((begin, this.limiter.0.clock.sleep(begin.saturating_sub(now))));
            }
            let over = this.sleep.as_mut().map(|(_, sleep)| sleep.as_mut().poll(context));
            if over != Some(Poll::Ready(())) {
                return Poll::Pending;
            }
            this.sleep = None;
        }
    }
}

impl Drop for Start<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.limiter.window().leave(&ticket);
        }
    }
}

fn too_late(wait: Duration) -> TransportError {
    let message = format!("the rate limit has room again in {wait:?}, which is too late for this call");
    // Trying again within the call is no use, and what repeats requests is to know that.
    let mut attempts = Attempts::default();
    attempts.gave_up = Some(GaveUp::Deadline);
    TransportError::new(TransportErrorKind::Timeout, Reach::NotSent, message).with_attempts(attempts)
}

fn day_is_used_up(wait: Duration) -> TransportError {
    let message = format!(
        "the account's daily limit of requests is used up; it resets at midnight in the account's time zone, and is tried \
         again in {wait:?} at the earliest"
    );
    TransportError::new(TransportErrorKind::Refused, Reach::NotSent, message)
}

/// Waits for the limiter before each request, and lets it learn from each answer.
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
    limiter: RateLimiter,
}

impl RateLimit {
    /// Keeps requests to this limiter.
    pub fn new(inner: impl HttpTransport, limiter: RateLimiter) -> Self {
        RateLimit {
            inner: Transport::new(inner),
            limiter,
        }
    }
}

#[async_trait]
impl HttpTransport for RateLimit {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let end = Progress::of(&request).and_then(Progress::end);
        self.limiter.start(end).await?;
        let response = self.inner.send(request).await?;
        self.limiter.learn(&response);
        Ok(response)
    }
}
