//! How long a call and an attempt may take.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll, time::Duration};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{
    Attempts, Body, Call, HttpTransport, Reach, Transport, TransportError, TransportErrorKind, clock::Clock,
};

use crate::{
    incoming::{Limit, limited},
    progress::Progress,
};

/// Ends a call that takes too long, with everything that belongs to it.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::{Deadline, TokioClock};
///
/// fn in_time(transport: impl HttpTransport) -> Deadline {
///     Deadline::new(transport, Arc::new(TokioClock), Some(Duration::from_secs(60)))
/// }
/// ```
///
/// The time is the call's own, from [`CallOptions::deadline`](hubchannel_api::CallOptions), else the layer's. The
/// layers beneath learn of it: a [`Retry`](crate::Retry) gives up at once where the next attempt would begin too late.
///
/// The request may have been sent when the time is over, so the outcome is unknown. Only of a call without any time, and
/// in a [`Stack`](crate::Stack) of one that still waited for its turn, is it known that it was not sent. The error tells
/// what was tried until then where a [`Retry`](crate::Retry) counts.
///
/// Of an answer that is [handed over while it comes in](hubchannel_api::StreamResponse), such as a download, the layer's
/// time ends with the head, for nobody knows how large it is. A deadline of the call's own holds to the end of the body,
/// over all requests of one download: later, its stream ends with an error of the kind
/// [`Timeout`](TransportErrorKind::Timeout).
#[derive(Debug)]
pub struct Deadline {
    inner: Transport,
    clock: Arc<dyn Clock>,
    duration: Option<Duration>,
    knows_the_wire: bool,
}

impl Deadline {
    /// Gives every call this much time; `None` leaves it to the calls.
    pub fn new(inner: impl HttpTransport, clock: Arc<dyn Clock>, duration: Option<Duration>) -> Self {
        Deadline {
            inner: Transport::new(inner),
            clock,
            duration,
            knows_the_wire: false,
        }
    }

    /// For a stack, in which an [`AttemptTimeout`] tells when the wire is reached.
    pub(crate) fn told_of_the_wire(self) -> Self {
        Deadline {
            knows_the_wire: true,
            ..self
        }
    }
}

#[async_trait]
impl HttpTransport for Deadline {
    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let now = self.clock.monotonic();
        let call = request.extensions().get::<Call>();
        let own = call.and_then(|call| call.options.deadline);
        let Some(duration) = own.or(self.duration) else {
            return self.inner.send(request).await;
        };
        let began = call.filter(|_| own.is_some()).map_or(now, |call| call.began(now));
        let end = began.saturating_add(duration);
        let progress = Progress::until(Some(end));
        request.extensions_mut().insert(progress.clone());
        let late = |sent| {
            let (reach, attempts) = progress.cut_off(self.clock.monotonic(), self.knows_the_wire);
            let reach = if sent && !self.knows_the_wire {
                Reach::Unknown
            } else {
                reach
            };
            let error = too_late(reach, "the call took longer than its deadline", duration);
            match attempts.or_else(|| (!sent).then(Attempts::default)) {
                Some(attempts) => error.with_attempts(attempts),
                None => error,
            }
        };
        let response = within(&self.inner, &*self.clock, end.saturating_sub(now), request, late).await?;
        Ok(match own {
            Some(of) => limited(response, &self.clock, Limit::End { at: end, of }),
            None => response,
        })
    }
}

/// Ends an attempt whose answer does not come in time.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::{AttemptTimeout, TokioClock};
///
/// fn impatient(transport: impl HttpTransport) -> AttemptTimeout {
///     AttemptTimeout::new(transport, Arc::new(TokioClock), Duration::from_secs(30))
/// }
/// ```
///
/// The time is the call's own, from [`CallOptions::attempt_timeout`](hubchannel_api::CallOptions), else the layer's.
///
/// The request may have been sent by then, so the outcome is unknown; only of an attempt without any time is it known
/// that it was not sent.
///
/// Of an answer that is [handed over while it comes in](hubchannel_api::StreamResponse), such as a download, the time ends
/// with the head. From then on [`idle`](AttemptTimeout::idle) holds.
#[derive(Debug)]
pub struct AttemptTimeout {
    inner: Transport,
    clock: Arc<dyn Clock>,
    duration: Option<Duration>,
    idle: Option<Duration>,
}

impl AttemptTimeout {
    /// Gives every attempt this much time; `None` as much as it takes.
    pub fn new(inner: impl HttpTransport, clock: Arc<dyn Clock>, duration: impl Into<Option<Duration>>) -> Self {
        AttemptTimeout {
            inner: Transport::new(inner),
            clock,
            duration: duration.into(),
            idle: None,
        }
    }

    /// How long an answer that is handed over while it comes in may fall silent; for ever unless set.
    ///
    /// The call's own limit, from [`CallOptions::idle_timeout`](hubchannel_api::CallOptions), counts before the layer's.
    /// What takes longer to the next byte, while the reader waits for it, ends with an error of the kind
    /// [`Timeout`](TransportErrorKind::Timeout). A reader may take his time.
    #[must_use]
    pub fn idle(self, duration: impl Into<Option<Duration>>) -> Self {
        AttemptTimeout {
            idle: duration.into(),
            ..self
        }
    }
}

#[async_trait]
impl HttpTransport for AttemptTimeout {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let options = request.extensions().get::<Call>().map(|call| &call.options);
        let duration = options.and_then(|options| options.attempt_timeout).or(self.duration);
        let idle = options.and_then(|options| options.idle_timeout).or(self.idle);
        if let Some(progress) = Progress::of(&request)
            && duration != Some(Duration::ZERO)
        {
            progress.reaches_wire();
        }
        let late = |sent, duration| {
            let (reach, attempts) = if sent {
                (Reach::Unknown, Attempts::one())
            } else {
                (Reach::NotSent, Attempts::default())
            };
            too_late(reach, "no answer within the time of an attempt", duration).with_attempts(attempts)
        };
        let response = match duration {
            Some(duration) => {
                let late = |sent| late(sent, duration);
                within(&self.inner, &*self.clock, duration, request, late).await?
            }
            None => self.inner.send(request).await?,
        };
        Ok(match idle {
            Some(idle) => limited(response, &self.clock, Limit::Silence(idle)),
            None => response,
        })
    }
}

fn too_late(reach: Reach, what: &str, duration: Duration) -> TransportError {
    TransportError::new(TransportErrorKind::Timeout, reach, format!("{what} of {duration:?}"))
}

/// Sends the request and waits this long for the answer. The error is told whether anything was begun at all.
async fn within(
    inner: &Transport,
    clock: &dyn Clock,
    duration: Duration,
    request: Request<Body>,
    late: impl Fn(bool) -> TransportError + Send,
) -> Result<Response<Body>, TransportError> {
    if duration.is_zero() {
        return Err(late(false));
    }
    let mut answer = pin!(inner.send(request));
    let mut over = clock.sleep(duration);
    poll_fn(|context| {
        if let Poll::Ready(answer) = answer.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        over.as_mut().poll(context).map(|()| Err(late(true)))
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{
        task::{Context, Waker},
        time::SystemTime,
    };

    use hubchannel_api::clock::ManualClock;

    use super::*;
    use crate::{Retry, RetryPolicy};

    /// Never answers.
    #[derive(Debug)]
    struct Wire;

    #[async_trait]
    impl HttpTransport for Wire {
        async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
            std::future::pending().await
        }
    }

    /// Holds every request back, as a layer that fetches a token does.
    #[derive(Debug)]
    struct Held(AttemptTimeout, ManualClock, Duration);

    #[async_trait]
    impl HttpTransport for Held {
        async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
            self.1.sleep(self.2).await;
            self.0.send(request).await
        }
    }

    fn cut_off(held: u64, timeout: Option<Duration>) -> TransportError {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let wire = AttemptTimeout::new(Wire, Arc::clone(&shared), timeout);
        let held = Held(wire, clock.clone(), Duration::from_secs(held));
        let policy = RetryPolicy::new().first_wait(Duration::ZERO);
        let retry = Retry::new(held, Arc::clone(&shared), policy);
        let stack = Deadline::new(retry, shared, Some(Duration::from_secs(60))).told_of_the_wire();
        let mut call = stack.send(Request::new(Body::empty()));
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(result) = call.as_mut().poll(&mut context) {
                return result.unwrap_err();
            }
            clock.advance(clock.next_wake().unwrap());
        }
    }

    #[test]
    fn a_call_that_waited_for_its_turn_until_the_deadline_was_not_sent() {
        let error = cut_off(90, None);
        assert_eq!(error.reach(), Reach::NotSent);
        let attempts = error.attempts().unwrap();
        assert_eq!((attempts.count, attempts.earlier_unknown), (0, false));
    }

    #[test]
    fn a_call_that_had_its_turn_before_may_have_been_sent() {
        // One attempt reaches the wire and is given up there; the next waits for its turn until the end.
        let error = cut_off(40, Some(Duration::from_secs(10)));
        assert_eq!(error.reach(), Reach::NotSent);
        let attempts = error.attempts().unwrap();
        assert_eq!((attempts.count, attempts.earlier_unknown), (1, true));
    }

    #[test]
    fn a_call_on_the_wire_may_have_been_sent() {
        for timeout in [None, Some(Duration::from_secs(50))] {
            let error = cut_off(20, timeout);
            assert_eq!(error.reach(), Reach::Unknown);
            let attempts = error.attempts().unwrap();
            assert_eq!((attempts.count, attempts.earlier_unknown), (1, false));
        }
    }
}
