//! What a failed attempt says about a further one.

use std::time::{Duration, SystemTime};

use http::{Response, StatusCode};
use hubchannel_api::{Attempts, Body, GaveUp, Reach, TransportError, TransportErrorKind, clock::Clock, status};

use super::RetryBudget;
use crate::{
    progress::Fate,
    rate_limit::{RateLimiter, headers},
};

/// What came of an attempt.
pub(super) type Outcome = Result<Response<Body>, TransportError>;

/// How an attempt ended, for whoever decides about a further one.
#[derive(Debug)]
pub(super) enum Ending {
    /// With an answer for good: success, or a refusal that stays one.
    Settled,
    /// With something that a further attempt does not mend, and that does not show a server in good health.
    Final,
    /// With something that may pass.
    Passing(Passing),
}

#[derive(Debug)]
pub(super) struct Passing {
    /// The least time until the next attempt.
    pub(super) floor: Duration,
    /// From how much time beyond the floor is drawn at least.
    pub(super) spread: Duration,
    /// What a repeat costs.
    pub(super) cost: u32,
}

/// How far the request came in this attempt, as far as the outcome tells.
pub(super) fn fate(outcome: &Outcome) -> Fate {
    match outcome {
        Ok(response) if !response.status().is_success() && status::may_have_acted(response.status()) => {
            Fate::MayHaveActed
        }
        Ok(_) => Fate::Answered,
        Err(error) if error.reach() == Reach::Unknown => Fate::MayHaveActed,
        Err(_) => Fate::NotSent,
    }
}

/// Whether it was turned down because nothing is left of the day's limit.
pub(super) fn day_is_used_up(outcome: &Outcome) -> bool {
    let response = outcome.as_ref().ok();
    response
        .is_some_and(|response| response.status() == StatusCode::TOO_MANY_REQUESTS && headers::day_is_used_up(response))
}

/// What was tried for this outcome: what a layer beneath has said, else what an outcome says of itself.
pub(super) fn made(outcome: &Outcome) -> Attempts {
    match outcome {
        Ok(_) => attempts(outcome).cloned().unwrap_or_else(Attempts::one),
        Err(error) => Attempts::of(error),
    }
}

fn attempts(outcome: &Outcome) -> Option<&Attempts> {
    match outcome {
        Ok(response) => response.extensions().get(),
        Err(error) => error.attempts(),
    }
}

/// Why a layer beneath, which repeats requests too, has stopped doing so.
pub(super) fn gave_up_beneath(outcome: &Outcome) -> Option<GaveUp> {
    attempts(outcome)?.gave_up
}

impl Ending {
    pub(super) fn of(outcome: &Outcome, clock: &dyn Clock) -> Self {
        match outcome {
            Ok(response) if !status::passes_by_itself(response.status()) => {
                if response.status().is_server_error() {
                    Ending::Final
                } else {
                    Ending::Settled
                }
            }
            Ok(response) => Ending::Passing(Passing::of_answer(response, clock.wall())),
            Err(error) if !error.kind().passes_by_itself() => Ending::Final,
            Err(error) => Ending::Passing(Passing {
                floor: error.retry_after().unwrap_or_default(),
                spread: Duration::ZERO,
                // What was handed to nobody has added to no outage.
                cost: if Attempts::of(error).count == 0 && error.reach() == Reach::NotSent {
                    0
                } else {
                    cost(error.kind() == TransportErrorKind::Timeout)
                },
            }),
        }
    }
}

impl Passing {
    fn of_answer(response: &Response<Body>, wall: SystemTime) -> Self {
        let code = response.status();
        let asked = status::retry_after(response.headers(), Some(wall));
        // Without a word of how long the limit holds, callers come back spread over the whole of its window. No wait at
        // all is no such word.
        let told = asked.is_some_and(|asked| !asked.is_zero());
        let spread = if code == StatusCode::TOO_MANY_REQUESTS && !told {
            RateLimiter::WINDOW
        } else {
            Duration::ZERO
        };
        Passing {
            floor: status::least_wait(code, asked),
            spread,
            cost: cost(matches!(code.as_u16(), 408 | 504 | 522 | 524)),
        }
    }
}

fn cost(timeout: bool) -> u32 {
    if timeout {
        RetryBudget::TIMEOUT_COST
    } else {
        RetryBudget::COST
    }
}
