//! Spans for calls and their attempts.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header::AUTHORIZATION, uri::PathAndQuery};
use hubchannel_api::{
    Attempts, Body, Call, Exchange, GaveUp, HttpTransport, Reach, Transport, TransportError, TransportErrorKind,
    redact::{ID_HEADERS, Path, SHORTEST_SECRET},
    status,
};
use tracing::{Instrument, Level, Span, debug_span, field::Empty, info_span, level_filters::LevelFilter};

use crate::progress::Progress;

/// Spans are found by this target, whatever the modules are called.
pub(crate) const TARGET: &str = "hubchannel";

/// Records each call as a span: target `hubchannel`, name `call`, level `INFO`.
///
/// ```
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::{CallSpan, Credentials};
///
/// fn recorded(transport: impl HttpTransport, token: &str) -> CallSpan {
///     CallSpan::new(Credentials::new(transport).access_token(token))
/// }
/// ```
///
/// | field | what |
/// |---|---|
/// | `operation` | the name of the client's method |
/// | `method`, `path` | the request line without its query and without a token in the path; of a foreign address only `/…` |
/// | `status` | of the last answer |
/// | `error` | what kept an answer away: `connect`, `timeout`, `interrupted`, `too_large`, `refused`, `rate_limited`, `source`, `other` |
/// | `outcome` | `done`; `failed`: nothing was done; `unknown`: it may have been done; `dropped`: the caller waits no more |
/// | `attempts`, `waited_ms` | how many there were, and how long was waited between them |
/// | `held_ms` | how long they were held back, beside that, for want of a token or of room in a limit |
/// | `gave_up` | why it was not tried further: `max_attempts`, `budget`, `deadline`, `not_repeatable`, `sent`, `read_once`, `daily_limit` |
/// | `correlation_id` | what HubSpot's support finds the last answer by |
///
/// A field that there is nothing to say of is left out. Where no [`Retry`](crate::Retry) counts, the times are left out or 0,
/// but for the `held_ms` of a call that its deadline ended. No header but the correlation id is recorded, and that only where
/// it looks like one and has nothing of the request's address and credential in it; nothing of any body is.
#[derive(Debug)]
pub struct CallSpan {
    inner: Transport,
}

impl CallSpan {
    /// A span around whatever happens there.
    pub fn new(inner: impl HttpTransport) -> Self {
        CallSpan {
            inner: Transport::new(inner),
        }
    }
}

impl HttpTransport for CallSpan {
    fn send<'a, 'exchange>(&'a self, request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        if LevelFilter::current() < Level::INFO {
            return self.inner.send(request);
        }
        Box::pin(self.recorded(request))
    }
}

impl CallSpan {
    async fn recorded(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let call = request.extensions().get::<Call>();
        let span = info_span!(
            target: TARGET,
            "call",
            operation = call.map(|call| call.operation.name),
            method = request.method().as_str(),
            path = %Path::of(call, request.uri().path()),
            status = Empty,
            error = Empty,
            outcome = Empty,
            attempts = Empty,
            waited_ms = Empty,
            held_ms = Empty,
            gave_up = Empty,
            correlation_id = Empty,
        );
        record(&self.inner, span, request, |span, result| {
            let attempts = match result {
                Ok(response) => response.extensions().get(),
                Err(error) => error.attempts(),
            };
            if let Some(attempts) = attempts {
                record_attempts(span, attempts);
            }
        })
        .await
    }
}

/// Records each attempt as a span: target `hubchannel`, name `attempt`, level `DEBUG`.
///
/// ```
/// use std::sync::Arc;
/// use hubchannel_api::HttpTransport;
/// use hubchannel_middleware::{AttemptSpan, Retry, RetryPolicy, TokioClock};
///
/// fn recorded(transport: impl HttpTransport) -> Retry {
///     Retry::new(AttemptSpan::new(transport), Arc::new(TokioClock), RetryPolicy::new())
/// }
/// ```
///
/// | field | what |
/// |---|---|
/// | `operation`, `method`, `path` | as those of [`CallSpan`] |
/// | `attempt` | its number; the first is 1 |
/// | `wait_ms` | how long was waited before it |
/// | `held_ms` | how long it was then held back, for want of a token or of room in a limit |
/// | `status`, `error`, `outcome`, `correlation_id` | as those of [`CallSpan`], of this attempt alone |
///
/// One that its own time or the call's cuts off has the `error` `timeout`, and its `outcome` is `unknown` where it has an
/// effect. By hand, put this around the [`AttemptTimeout`](crate::AttemptTimeout): beneath it, an attempt that takes too
/// long is `dropped`, as by a caller.
#[derive(Debug)]
pub struct AttemptSpan {
    inner: Transport,
}

impl AttemptSpan {
    /// A span around each exchange.
    pub fn new(inner: impl HttpTransport) -> Self {
        AttemptSpan {
            inner: Transport::new(inner),
        }
    }
}

impl HttpTransport for AttemptSpan {
    fn send<'a, 'exchange>(&'a self, request: Request<Body>) -> Exchange<'exchange>
    where
        'a: 'exchange,
        Self: 'exchange,
    {
        if LevelFilter::current() < Level::DEBUG {
            return self.inner.send(request);
        }
        Box::pin(self.recorded(request))
    }
}

impl AttemptSpan {
    async fn recorded(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let call = request.extensions().get::<Call>();
        let progress = Progress::of(&request);
        let (wait, held) = progress.map(Progress::waits).unwrap_or_default();
        let span = debug_span!(
            target: TARGET,
            "attempt",
            operation = call.map(|call| call.operation.name),
            method = request.method().as_str(),
            path = %Path::of(call, request.uri().path()),
            attempt = progress.map_or(1, |progress| progress.number().max(1)),
            wait_ms = milliseconds(wait),
            held_ms = progress.map(|_| milliseconds(held)),
            status = Empty,
            error = Empty,
            outcome = Empty,
            correlation_id = Empty,
        );
        record(&self.inner, span, request, |_, _| {}).await
    }
}

async fn record(
    inner: &Transport,
    span: Span,
    request: Request<Body>,
    more: impl Fn(&Span, &Result<Response<Body>, TransportError>) + Send,
) -> Result<Response<Body>, TransportError> {
    if span.is_disabled() {
        return inner.send(request).await;
    }
    let has_effect = has_effect(&request);
    let sent = Sent::of(&request);
    let mut unfinished = Unfinished {
        span: Some(&span),
        progress: Progress::of(&request).cloned(),
        has_effect,
    };
    // A layer may work before its future is polled, and that belongs to the span too.
    let sending = span.in_scope(|| inner.send(request));
    let result = sending.instrument(span.clone()).await;
    unfinished.span = None;
    record_result(&span, &result, has_effect, &sent);
    more(&span, &result);
    result
}

/// Says why a span's call is dropped.
struct Unfinished<'a> {
    span: Option<&'a Span>,
    progress: Option<Progress>,
    has_effect: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        let Some(span) = self.span else { return };
        if self.progress.as_ref().is_some_and(Progress::is_cut_off) {
            span.record("error", kind(TransportErrorKind::Timeout));
            span.record("outcome", if self.has_effect { "unknown" } else { "failed" });
        } else {
            span.record("outcome", "dropped");
        }
    }
}

fn has_effect(request: &Request<Body>) -> bool {
    match request.extensions().get::<Call>() {
        Some(call) => call.operation.effect.is_some(),
        None => !matches!(*request.method(), Method::GET | Method::HEAD),
    }
}

fn record_result(span: &Span, result: &Result<Response<Body>, TransportError>, has_effect: bool, sent: &Sent) {
    let (done, may_have_acted, attempts) = match result {
        Ok(response) => {
            let status = response.status();
            span.record("status", status.as_u16());
            if let Some(id) = correlation_id(response.headers(), sent) {
                span.record("correlation_id", id);
            }
            (status.is_success(), status::may_have_acted(status), response.extensions().get::<Attempts>())
        }
        Err(error) => {
            span.record("error", kind(error.kind()));
            (false, error.reach() == Reach::Unknown, error.attempts())
        }
    };
    let may_have_acted = may_have_acted || attempts.is_some_and(|attempts| attempts.earlier_unknown);
    let outcome = match () {
        () if done => "done",
        () if has_effect && may_have_acted => "unknown",
        () => "failed",
    };
    span.record("outcome", outcome);
}

fn record_attempts(span: &Span, attempts: &Attempts) {
    span.record("attempts", attempts.count);
    span.record("waited_ms", milliseconds(attempts.waited));
    span.record("held_ms", milliseconds(attempts.held));
    let gave_up = attempts.gave_up.map(|reason| match reason {
        GaveUp::MaxAttempts => "max_attempts",
        GaveUp::Budget => "budget",
        GaveUp::Deadline => "deadline",
        GaveUp::NotRepeatable => "not_repeatable",
        GaveUp::Sent => "sent",
        GaveUp::ReadOnce => "read_once",
        GaveUp::DailyLimit => "daily_limit",
        _ => "other",
    });
    if let Some(gave_up) = gave_up {
        span.record("gave_up", gave_up);
    }
}

/// What of a request its answer may repeat in place of an id.
struct Sent {
    uri: Uri,
    authorization: Option<HeaderValue>,
    foreign: bool,
}

impl Sent {
    fn of(request: &Request<Body>) -> Self {
        Sent {
            uri: request.uri().clone(),
            authorization: request.headers().get(AUTHORIZATION).cloned(),
            foreign: request.extensions().get::<Call>().is_some_and(|call| call.foreign),
        }
    }

    /// Whether a piece of the address or the credential is in this text. What is shorter is no secret.
    fn is_in(&self, text: &str) -> bool {
        let authorization = self.authorization.as_ref().and_then(|value| value.to_str().ok());
        let address = self.uri.path_and_query().map(PathAndQuery::as_str);
        let mut pieces = [authorization, address]
            .into_iter()
            .flatten()
            .flat_map(|part| part.split(['/', '?', '&', '=', ' ']));
        pieces.any(|piece| piece.len() >= SHORTEST_SECRET && text.contains(piece))
    }
}

/// Where it looks like one: a server could put anything there, and what a foreign one puts there is none of HubSpot's.
fn correlation_id<'a>(headers: &'a HeaderMap, sent: &Sent) -> Option<&'a str> {
    if sent.foreign {
        return None;
    }
    ID_HEADERS
        .iter()
        .filter_map(|name| headers.get(name)?.to_str().ok())
        .find(|id| {
            (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
                && !sent.is_in(id)
        })
}

fn kind(kind: TransportErrorKind) -> &'static str {
    match kind {
        TransportErrorKind::Connect => "connect",
        TransportErrorKind::Timeout => "timeout",
        TransportErrorKind::Interrupted => "interrupted",
        TransportErrorKind::ResponseTooLarge => "too_large",
        TransportErrorKind::RateLimited => "rate_limited",
        TransportErrorKind::Refused => "refused",
        TransportErrorKind::Source => "source",
        _ => "other",
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
