//! Starting no more requests than HubSpot allows.

mod day;
pub(crate) mod headers;
mod keyed;
mod layer;
mod queue;
mod turn;
mod window;

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::Response;
use hubchannel_api::{Body, TransportError, clock::Clock};

use self::{
    day::Day,
    headers::Told,
    queue::Queue,
    turn::{State, Waiting},
    window::{Limit, Window},
};
pub use self::{
    keyed::RateLimiters,
    layer::{RateLimit, RateLimitKey},
};

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
/// arrive. It counts each start a fiftieth longer than the window, because HubSpot counts requests when they arrive and
/// the way there is not equally long for all; so at most 98 % of the limit are used.
///
/// HubSpot counts for each portal and app; make one limiter for each such pair, as [`RateLimiters`] does, and hand it to
/// every [`Stack`](crate::Stack) that calls for it; or hand all of them to
/// [one stack](crate::StackBuilder::rate_limiters). Limits for calls with a developer's key are unknown.
///
/// Who waits is served in the order of arrival. Only one who does not come when it is his turn, because his future is not
/// polled, is passed by until he does. Who stops waiting leaves his place to the next and has taken nothing; a request
/// that was handed on counts, whatever becomes of it, because nobody knows whether HubSpot counted it.
///
/// It learns from what HubSpot answers:
/// - `X-HubSpot-RateLimit-Max` and `-Interval-Milliseconds` replace the limit. An interval that is not between one second
///   and one minute is ignored with its limit, and no limit is faster than [`learn_at_most`](RateLimiter::learn_at_most).
/// - Where `X-HubSpot-RateLimit-Remaining` says that more was used than started here, others use the same limit: what they
///   have used counts here too, from the answer on for as long as a start does.
/// - After a 429 nothing starts until its `Retry-After`, a second at least and a day at most, or without one the
///   window, has passed.
/// - Where `X-HubSpot-RateLimit-Daily-Remaining` is 0, or a 429 names the policy `DAILY`, requests are refused at once for
///   [`DAILY_PAUSE`](RateLimiter::DAILY_PAUSE). The limit resets at midnight in the account's time zone, which is not
///   known here, so one request is then tried, and the others only when its answer shows that the day has changed.
#[derive(Clone)]
pub struct RateLimiter(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

impl RateLimiter {
    /// The window of all of HubSpot's limits but that of the day (documented).
    pub const WINDOW: Duration = Duration::from_secs(10);

    /// Starts in a [`WINDOW`](RateLimiter::WINDOW) of a public app that users connect by OAuth, for each portal
    /// (documented).
    pub const PUBLIC_APP: u32 = 110;

    /// Starts in a [`WINDOW`](RateLimiter::WINDOW) of a private app of a free or Starter account (documented).
    pub const PRIVATE_APP_STARTER: u32 = 100;

    /// Starts in a [`WINDOW`](RateLimiter::WINDOW) of a private app of a Professional or Enterprise account (documented).
    pub const PRIVATE_APP_PROFESSIONAL: u32 = 190;

    /// Starts in a [`WINDOW`](RateLimiter::WINDOW) of a private app with the add-on for a higher limit (documented).
    pub const PRIVATE_APP_ADD_ON: u32 = 250;

    /// How long requests are refused after an answer has said that nothing is left of the day's limit.
    pub const DAILY_PAUSE: Duration = Duration::from_secs(300);

    /// At most `limit` starts in any `interval`. A limit of 0 counts as 1, an interval of less than 1 ms as that.
    ///
    /// The clock must be that of the stacks that use the limiter.
    pub fn new(limit: u32, interval: Duration, clock: Arc<dyn Clock>) -> Self {
        let limit = Limit { max: limit, interval };
        let state = Mutex::new(State {
            window: Window::new(limit),
            day: Day::default(),
            queue: Queue::default(),
        });
        RateLimiter(Arc::new(Shared { clock, state }))
    }

    /// The limit of a public app that users connect by OAuth, which is what custom channels need: 110 requests in ten
    /// seconds for each portal (documented).
    pub fn public_app(clock: Arc<dyn Clock>) -> Self {
        RateLimiter::new(RateLimiter::PUBLIC_APP, RateLimiter::WINDOW, clock)
    }

    /// The largest limit that is learnt from answers, for the interval that the limiter was made with, and in proportion
    /// for others; four times the limit that it was made with unless set.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use hubchannel_middleware::{RateLimiter, TokioClock};
    ///
    /// // This process is to use no more than its share.
    /// let limiter = RateLimiter::new(50, RateLimiter::WINDOW, Arc::new(TokioClock)).learn_at_most(50);
    /// ```
    #[must_use]
    pub fn learn_at_most(self, limit: u32) -> Self {
        self.with(|state, _| (state.window.learn_at_most(limit), Vec::new()));
        self
    }

    /// The limit in force and its window.
    pub fn limit(&self) -> (u32, Duration) {
        let limit = self.with(|state, _| (state.window.limit(), Vec::new()));
        (limit.max, limit.interval)
    }

    /// How many wait for their start.
    pub fn waiting(&self) -> usize {
        self.with(|state, _| (state.queue.len(), Vec::new()))
    }

    /// Waits for a start, and takes it. Send the request at once.
    ///
    /// # Errors
    /// Of the kind [`RateLimited`](hubchannel_api::TransportErrorKind::RateLimited) when the day's limit is used up, or when
    /// the start would come at `end` or later, a time of the limiter's clock, as far as is known at the time; with the time
    /// until there is room, or until it is seen whether there is. Nothing is taken then.
    pub async fn start(&self, end: Option<Duration>) -> Result<Start, TransportError> {
        self.wait(end).await
    }

    fn wait(&self, end: Option<Duration>) -> Waiting<'_> {
        Waiting {
            limiter: self,
            ticket: None,
            end,
            sleep: None,
        }
    }

    fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// Whether nobody holds it and a new one, once it has learnt what this one has, would do the same.
    fn can_be_forgotten(&self) -> bool {
        Arc::strong_count(&self.0) == 1
            && self.with(|state, now| {
                let idle = state.window.is_idle(now) && !state.day.is_used_up();
                (idle, Vec::new())
            })
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

/// A start that was taken. It counts, whatever is done with it.
#[derive(Debug)]
#[must_use = "the answer to what starts tells of the limits"]
pub struct Start {
    limiter: RateLimiter,
    at: Duration,
    probe: bool,
}

impl Start {
    fn new(limiter: &RateLimiter, at: Duration, probe: bool) -> Self {
        Start {
            limiter: limiter.clone(),
            at,
            probe,
        }
    }

    /// Learns from the answer to what started.
    pub fn learn(mut self, response: &Response<Body>) {
        let probe = std::mem::take(&mut self.probe);
        let told = Told::read(response, || self.limiter.0.clock.wall());
        if !probe && told == Told::default() {
            return;
        }
        self.limiter.with(|state, now| {
            let all = state.window.learn(now, self.at, &told);
            state.day.learn(now, probe, &told);
            // Whom it makes too late is to be told at once, and whom it lets start.
            let wakers = if all || told.day_is_used_up {
                state.queue.call(usize::MAX, None, now)
            } else {
                Vec::new()
            };
            ((), wakers)
        });
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        if self.probe {
            self.limiter.with(|state, now| (state.day.lost(now), Vec::new()));
        }
    }
}
