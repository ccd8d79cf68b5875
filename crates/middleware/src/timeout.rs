//! How long a call and an attempt may take.

use std::{
    future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::Request;
use hubchannel_api::{
    Attempts, Body, Call, Exchange, HttpTransport, Reach, Transport, TransportError, TransportErrorKind,
    clock::{Clock, Sleep},
    hide_secrets,
    model::Secret,
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

impl HttpTransport for Deadline {
    fn send<'a, 'exchange>(&'a self, mut request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        let now = self.clock.monotonic();
        let call = request.extensions().get::<Call>();
        let own = call.and_then(|call| call.options.deadline);
        let Some(duration) = own.or(self.duration) else {
            return self.inner.send(request);
        };
        let began = call.filter(|_| own.is_some()).map_or(now, |call| call.began(now));
        let end = began.saturating_add(duration);
        let progress = Progress::until(Some(end));
        let left = end.saturating_sub(now);
        if left.is_zero() {
            return refused(self.too_late(&progress, false, duration));
        }
        request.extensions_mut().insert(progress.clone());
        let mut within = Within {
            work: self.inner.send(request),
            over: self.clock.sleep(left),
        };
        Box::pin(async move {
            // What is cut off is dropped only after the call is known to be over, and so can tell why.
            let answer = (&mut within).await;
            let response = answer.ok_or_else(|| self.too_late(&progress, true, duration))??;
            Ok(match own {
                Some(of) => limited(response, &self.clock, Limit::End { at: end, of }),
                None => response,
            })
        })
    }
}

impl Deadline {
    /// What becomes of a call when its time is over; of one that had none, nothing was begun.
    fn too_late(&self, progress: &Progress, begun: bool, duration: Duration) -> TransportError {
        let (reach, attempts) = progress.cut_off(self.clock.monotonic(), self.knows_the_wire);
        let reach = if begun && !self.knows_the_wire {
            Reach::Unknown
        } else {
            reach
        };
        let error = too_late(reach, "the call took longer than its deadline", duration);
        match attempts.or_else(|| (!begun).then(Attempts::default)) {
            Some(attempts) => error.with_attempts(attempts),
            None => error,
        }
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
    hidden: Vec<Secret>,
}

impl AttemptTimeout {
    /// Gives every attempt this much time; `None` as much as it takes.
    pub fn new(inner: impl HttpTransport, clock: Arc<dyn Clock>, duration: impl Into<Option<Duration>>) -> Self {
        AttemptTimeout {
            inner: Transport::new(inner),
            clock,
            duration: duration.into(),
            idle: None,
            hidden: Vec::new(),
        }
    }

    /// For a stack, whose credentials then need no future of their own to [hide](hide_secrets) these.
    pub(crate) fn hiding(self, hidden: Vec<Secret>) -> Self {
        AttemptTimeout { hidden, ..self }
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

impl HttpTransport for AttemptTimeout {
    fn send<'a, 'exchange>(&'a self, request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        let options = request.extensions().get::<Call>().map(|call| &call.options);
        let duration = options.and_then(|options| options.attempt_timeout).or(self.duration);
        let idle = options.and_then(|options| options.idle_timeout).or(self.idle);
        let late = |reach, attempts, duration| {
            too_late(reach, "no answer within the time of an attempt", duration).with_attempts(attempts)
        };
        if duration == Some(Duration::ZERO) {
            return refused(late(Reach::NotSent, Attempts::default(), Duration::ZERO));
        }
        if let Some(progress) = Progress::of(&request) {
            progress.reaches_wire();
        }
        let work = self.inner.send(request);
        let over = duration.map(|duration| (self.clock.sleep(duration), duration));
        Box::pin(async move {
            let outcome = match over {
                Some((over, duration)) => Within { work, over }
                    .await
                    .unwrap_or_else(|| Err(late(Reach::Unknown, Attempts::one(), duration))),
                None => work.await,
            };
            let response = hide_secrets(outcome, &self.hidden)?;
            Ok(match idle {
                Some(idle) => limited(response, &self.clock, Limit::Silence(idle)),
                None => response,
            })
        })
    }
}

fn refused<'a>(error: TransportError) -> Exchange<'a> {
    Box::pin(future::ready(Err(error)))
}

fn too_late(reach: Reach, what: &str, duration: Duration) -> TransportError {
    TransportError::new(TransportErrorKind::Timeout, reach, format!("{what} of {duration:?}"))
}

/// What comes of work, or nothing where the wait is over before.
pub(crate) struct Within<W> {
    pub(crate) work: W,
    pub(crate) over: Sleep,
}

impl<W: Future + Unpin> Future for Within<W> {
    type Output = Option<W::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(done) = Pin::new(&mut self.work).poll(context) {
            return Poll::Ready(Some(done));
        }
        self.over.as_mut().poll(context).map(|()| None)
    }
}

#[cfg(test)]
mod tests {
    use std::{task::Waker, time::SystemTime};

    use async_trait::async_trait;
    use http::Response;
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
