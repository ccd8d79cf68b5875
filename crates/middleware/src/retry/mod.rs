//! Requests that are sent again where that is safe.

mod budget;
mod failure;
mod policy;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fastrand::Rng;
use http::{Method, Request};
use hubchannel_api::{Body, Call, Exchange, GaveUp, HttpTransport, Transport, clock::Clock};

use self::failure::{Ending, Outcome, Passing};
pub use self::{budget::RetryBudget, policy::RetryPolicy};
use crate::progress::Progress;

/// Sends a request again where that is safe and may help.
///
/// ```
/// use std::sync::Arc;
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::{Retry, RetryPolicy, TokioClock};
///
/// fn repeating(transport: impl HttpTransport) -> Retry {
///     Retry::new(transport, Arc::new(TokioClock), RetryPolicy::new().max_attempts(3))
/// }
/// ```
///
/// A [`Stack`](crate::Stack) has one unless told otherwise. After an attempt it asks, in this order:
/// 1. Does the reason pass by itself? See [`status::passes_by_itself`](hubchannel_api::status::passes_by_itself) and
///    [`TransportErrorKind::passes_by_itself`](hubchannel_api::TransportErrorKind::passes_by_itself). 401 does not, nor
///    does 409, which may say that it is done already. A 429 for the limit of the day passes at midnight, for which no
///    call waits: that answer is the last.
/// 2. Can it be sent again? Not with a body that [can be read only once](Body::is_repeatable).
/// 3. May it have been done? Where the request was not sent or the answer turns it down (423, 429, 477), any operation is
///    repeated; else only one that [may be](Call::may_repeat): a read, what changes nothing a second time, a publish with
///    a key. A request without a [`Call`] is one of those if it is a GET or HEAD. A policy may repeat
///    [only what was not sent](RetryPolicy::only_unsent), which no answer is.
/// 4. Has it been tried [as often as it is tried](RetryPolicy::max_attempts)?
/// 5. Would the next attempt have [time](RetryPolicy::least_time) before the end of the call after the least wait? If not,
///    it gives up now instead of waiting.
/// 6. Is there [budget](RetryBudget)? A download from a foreign host takes none and gives none, or a host that fails would
///    keep what is meant for HubSpot from being repeated. Nor does what was not sent for want of a token.
///
/// The wait is a floor and a random time on top. The floor is the server's `Retry-After`, in seconds or as a date,
/// however long, but not less than what is [known of the status](hubchannel_api::status::least_wait): 2 s after 423, 502,
/// 504 and 520 to 524, 1 s after 429, 10 s after 477 without `Retry-After`; and where there was no answer, what a layer
/// [knows](hubchannel_api::TransportError::retry_after), as of how long no token is asked for again. The random time is
/// drawn from nothing up to 500 ms, then 1 s, 2 s and so on up to 8 s; after a 429 without `Retry-After`, which HubSpot
/// does not promise to send, or with one that asks for no wait, from at least the ten seconds of its limits' window. It is
/// never drawn from more than there is time for.
///
/// Every attempt is the same request with the same body, and so with the same idempotency key. What was tried is in
/// [`Attempts`](hubchannel_api::Attempts), in the extensions of the response or in the error. Where `gave_up` is set in what
/// comes from beneath, a layer there repeats already, and this one does not.
///
/// Dropping a call at any time leaves nothing behind, and gives back what it took of the budget for an attempt not yet
/// begun.
#[derive(Debug)]
pub struct Retry {
    inner: Transport,
    clock: Arc<dyn Clock>,
    policy: RetryPolicy,
    rng: Mutex<Rng>,
}

impl Retry {
    /// Repeats by this policy. The clock must be that of the [`Deadline`](crate::Deadline) around it, if there is one.
    pub fn new(inner: impl HttpTransport, clock: Arc<dyn Clock>, policy: RetryPolicy) -> Self {
        Retry {
            inner: Transport::new(inner),
            clock,
            rng: Mutex::new(policy.rng()),
            policy,
        }
    }

    /// What an attempt leads to.
    fn judge(&self, asked: &Asked, outcome: &Outcome, reward: u32) -> Verdict {
        let ended = self.clock.monotonic();
        asked
            .progress
            .attempted(ended, failure::fate(outcome), &failure::made(outcome));
        let gave_up = failure::gave_up_beneath(outcome);
        match Ending::of(outcome, &*self.clock) {
            Ending::Passing(_) if gave_up.is_some() => Verdict::End(gave_up),
            Ending::Passing(_) if !asked.foreign && failure::day_is_used_up(outcome) => {
                Verdict::End(Some(GaveUp::DailyLimit))
            }
            Ending::Passing(passing) => Verdict::Again(passing),
            Ending::Settled if !asked.foreign => {
                self.policy.budget.give(reward);
                Verdict::End(gave_up)
            }
            Ending::Settled | Ending::Final => Verdict::End(gave_up),
        }
    }

    /// Sends the request again until there is no more to be done.
    async fn repeat(&self, asked: Asked, mut outcome: Outcome, mut passing: Passing) -> Outcome {
        let mut attempt = 1;
        let mut reward = RetryBudget::REWARD;
        loop {
            let next = match self.wait(&asked, &passing, attempt).await {
                Ok(next) => next,
                Err(reason) => return asked.report(outcome, Some(reason)),
            };
            if next.cost > 0 {
                reward = next.cost;
            }
            attempt += 1;
            asked.progress.begin(self.clock.monotonic(), next.waited);
            outcome = self.inner.send(next.request).await;
            match self.judge(&asked, &outcome, reward) {
                Verdict::Again(again) => passing = again,
                Verdict::End(gave_up) => return asked.report(outcome, gave_up),
            }
        }
    }

    /// Waits for the next attempt, or says why there is none.
    async fn wait(&self, asked: &Asked, passing: &Passing, attempt: u32) -> Result<Next, GaveUp> {
        let Some(request) = &asked.again else {
            return Err(GaveUp::ReadOnce);
        };
        if self.policy.only_unsent && asked.progress.may_have_been_sent() {
            return Err(GaveUp::Sent);
        }
        if asked.progress.may_have_acted() && !asked.repeatable {
            return Err(GaveUp::NotRepeatable);
        }
        if attempt >= self.policy.max_attempts {
            return Err(GaveUp::MaxAttempts);
        }
        let spare = self.spare(asked, self.clock.monotonic().saturating_add(passing.floor))?;
        let ceiling = self.policy.ceiling(attempt.saturating_add(1)).max(passing.spread);
        let wait = passing.floor.saturating_add(self.draw(ceiling.min(spare)));
        let taken = if asked.foreign {
            None
        } else {
            Some(self.policy.budget.take(passing.cost).ok_or(GaveUp::Budget)?)
        };
        let since = self.clock.monotonic();
        self.clock.sleep(wait).await;
        let now = self.clock.monotonic();
        // A timer ends a wait a little late, for which the least time has room. A machine that slept wakes too late: what
        // begins then would be cut off with its fate unknown.
        self.spare(asked, now.saturating_sub(self.policy.least_time / 2))?;
        Ok(Next {
            request: Request::clone(request),
            waited: now.saturating_sub(since),
            cost: taken.map_or(0, |taken| taken.spend()),
        })
    }

    /// How much later than then may be begun what is to have time before the call must have ended.
    fn spare(&self, asked: &Asked, begin: Duration) -> Result<Duration, GaveUp> {
        let Some(latest) = asked.progress.latest() else {
            return Ok(Duration::MAX);
        };
        match latest.checked_sub(begin) {
            Some(left) if !left.is_zero() => Ok(left.saturating_sub(Duration::from_nanos(1))),
            _ => Err(GaveUp::Deadline),
        }
    }

    /// Anything from nothing up to this, each as likely as the other.
    fn draw(&self, ceiling: Duration) -> Duration {
        let ceiling = u64::try_from(ceiling.as_nanos()).unwrap_or(u64::MAX);
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_nanos(rng.u64(..=ceiling))
    }
}

/// What stays the same from attempt to attempt.
struct Asked {
    progress: Progress,
    repeatable: bool,
    /// The same request, unless its body can be read only once.
    again: Option<Box<Request<Body>>>,
    /// Whether it is not HubSpot that is asked.
    foreign: bool,
}

/// What an attempt leads to.
enum Verdict {
    End(Option<GaveUp>),
    Again(Passing),
}

/// A further attempt, and what it took.
struct Next {
    request: Request<Body>,
    waited: Duration,
    cost: u32,
}

impl HttpTransport for Retry {
    fn send<'a, 'exchange>(&'a self, mut request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        let progress = Progress::claim(&mut request, self.policy.least_time);
        progress.begin(self.clock.monotonic(), Duration::ZERO);
        let asked = Asked {
            repeatable: may_repeat(&request),
            again: request.body().is_repeatable().then(|| Box::new(request.clone())),
            foreign: request.extensions().get::<Call>().is_some_and(|call| call.foreign),
            progress,
        };
        let first = self.inner.send(request);
        Box::pin(async move {
            let outcome = first.await;
            match self.judge(&asked, &outcome, RetryBudget::REWARD) {
                Verdict::End(gave_up) => asked.report(outcome, gave_up),
                // In a box of its own, because most calls never need the room.
                Verdict::Again(passing) => Box::pin(self.repeat(asked, outcome, passing)).await,
            }
        })
    }
}

impl Asked {
    /// The outcome with what was tried.
    fn report(&self, outcome: Outcome, gave_up: Option<GaveUp>) -> Outcome {
        let attempts = self.progress.report(gave_up);
        match outcome {
            Ok(mut response) => {
                response.extensions_mut().insert(attempts);
                Ok(response)
            }
            Err(error) => Err(error.with_attempts(attempts)),
        }
    }
}

/// Whether the request may be sent again although the server may have received it.
fn may_repeat(request: &Request<Body>) -> bool {
    match request.extensions().get::<Call>() {
        Some(call) => call.may_repeat(),
        None => matches!(*request.method(), Method::GET | Method::HEAD),
    }
}
