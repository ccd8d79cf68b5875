//! The layers as a program meets them: around a transport, under a client, on a clock that the test turns.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    error::Error as _,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{HeaderMap, Request, Response};
use hubchannel_api::{
    Body, CallOptions, Client, ErrorKind, GetChannel, GetMessage, HttpTransport, PublishMessage, TransportError,
    clock::{Clock, ManualClock},
    model::{DeliveryIdentifier, NewMessage, Participant},
};
use hubchannel_middleware::{RateLimiter, RetryPolicy, Stack, StackBuilder, TokioClock};

const TOKEN: &str = "pat-eu1-not-to-be-seen";

/// Answers at once, or never; remembers the headers that reached it.
#[derive(Clone, Debug, Default)]
struct Wire {
    silent: bool,
    seen: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Wire {
    fn silent() -> Self {
        Wire {
            silent: true,
            ..Wire::default()
        }
    }

    fn seen(&self) -> Vec<HeaderMap> {
        self.seen.lock().unwrap().clone()
    }
}

#[async_trait]
impl HttpTransport for Wire {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.seen.lock().unwrap().push(request.headers().clone());
        if self.silent {
            std::future::pending::<()>().await;
        }
        Ok(Response::new(Body::from(r#"{"id":"1"}"#)))
    }
}

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH)
}

/// A client of a stack that makes one attempt.
fn client(stack: StackBuilder) -> Client {
    Client::new(stack.retry(None).build())
}

fn publish() -> PublishMessage {
    let sender = Participant::new(DeliveryIdentifier::opaque("chat:1"));
    PublishMessage::new("1", NewMessage::incoming("2", sender, "hi"))
}

/// Lets a call begin, turns the clock, and waits for what comes of it.
async fn after<T>(clock: &ManualClock, time: Duration, call: impl Future<Output = T>) -> T {
    let mut call = Box::pin(call);
    let begun = std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context).is_pending())).await;
    assert!(begun, "the call is waiting");
    clock.advance(time);
    call.await
}

#[tokio::test]
async fn the_token_goes_with_every_request() {
    let wire = Wire::default();
    client(Stack::new(wire.clone()).access_token(TOKEN))
        .publish_message(publish())
        .await
        .unwrap();
    let header = wire.seen()[0]["authorization"].clone();
    assert_eq!(header, format!("Bearer {TOKEN}"));
    assert!(header.is_sensitive());
}

#[tokio::test]
async fn without_a_token_requests_go_out_as_they_are() {
    let wire = Wire::default();
    client(Stack::new(wire.clone()))
        .publish_message(publish())
        .await
        .unwrap();
    assert!(!wire.seen()[0].contains_key("authorization"));
}

#[tokio::test]
async fn a_token_that_no_header_can_carry_is_refused_before_anything_is_sent() {
    for token in ["", "two words", "line\nend", "finis\r\n", "ünsafe\u{7f}"] {
        let wire = Wire::default();
        let error = client(Stack::new(wire.clone()).access_token(token))
            .publish_message(publish())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{token:?}");
        assert!(!error.outcome_unknown() && !error.is_retryable());
        assert!(wire.seen().is_empty(), "{token:?}");
        assert!(token.is_empty() || !error.to_string().contains(token.trim()));
    }
}

#[tokio::test]
async fn a_token_goes_over_plain_http_to_this_machine_only() {
    let cases = [
        ("http://example.com", false),
        ("http://10.0.0.1:8080", false),
        ("http://localhost.example.com", false),
        ("http://127.0.0.1.example.com", false),
        ("http://0.0.0.0", false),
        ("http://[2001:db8::1]", false),
        ("http://localhost:8080", true),
        ("http://127.0.0.1", true),
        ("http://127.8.8.8:1", true),
        ("http://[::1]:8080", true),
        ("https://example.com", true),
    ];
    for (base_url, safe) in cases {
        let wire = Wire::default();
        let stack = Stack::new(wire.clone()).access_token(TOKEN).build();
        let client = Client::builder(stack).base_url(base_url.parse().unwrap()).build();
        let answer = client.publish_message(publish()).await;
        assert_eq!(answer.is_ok(), safe, "{base_url}");
        assert_eq!(wire.seen().len(), usize::from(safe), "{base_url}");
    }
}

#[tokio::test]
async fn plain_http_can_be_allowed() {
    let stack = Stack::new(Wire::default())
        .access_token(TOKEN)
        .allow_plain_http()
        .build();
    let client = Client::builder(stack)
        .base_url("http://example.com".parse().unwrap())
        .build();
    assert!(client.publish_message(publish()).await.is_ok());
}

#[tokio::test]
async fn an_attempt_without_an_answer_ends_with_an_unknown_outcome() {
    let clock = clock();
    let stack = Stack::new(Wire::silent())
        .clock(clock.clone())
        .attempt_timeout(Duration::from_secs(5));
    let client = client(stack.deadline(None));
    let error = after(&clock, Duration::from_secs(5), client.publish_message(publish()))
        .await
        .unwrap_err();
    assert!(error.is_timeout() && error.outcome_unknown());
    assert!(error.is_retryable(), "the message has a key");
    assert!(error.idempotency_key().is_some());
    assert_eq!(clock.sleepers(), 0, "nothing is left waiting");
}

#[tokio::test]
async fn an_attempt_is_not_ended_before_its_time() {
    let clock = clock();
    let stack = Stack::new(Wire::silent())
        .clock(clock.clone())
        .attempt_timeout(Duration::from_secs(5));
    let client = client(stack);
    let mut call = Box::pin(client.publish_message(publish()));
    for _ in 0..4 {
        let pending = std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context).is_pending()));
        assert!(pending.await);
        clock.advance(Duration::from_secs(1));
    }
    let ended = after(&clock, Duration::from_secs(1), call).await;
    assert!(ended.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_call_s_time_begins_when_somebody_waits_for_it() {
    let (clock, wire) = (clock(), Wire::silent());
    let stack = Stack::new(wire.clone()).clock(clock.clone()).attempt_timeout(None);
    let client = Client::new(stack.build());
    let call = client.publish_message(publish());
    assert_eq!(clock.sleepers(), 0);
    clock.advance(Duration::from_secs(70));
    assert_eq!(wire.seen().len(), 0, "nobody has waited for it");
    let mut call = Box::pin(call);
    let pending = std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context).is_pending()));
    assert!(pending.await);
    clock.advance(Duration::from_secs(59));
    let error = after(&clock, Duration::from_secs(1), call).await.unwrap_err();
    assert!(error.is_timeout() && error.outcome_unknown());
    assert_eq!(error.attempts().elapsed, Duration::from_secs(60));
}

#[tokio::test]
async fn a_read_that_takes_too_long_leaves_nothing_unknown() {
    let clock = clock();
    let client = client(Stack::new(Wire::silent()).clock(clock.clone()));
    let error = after(&clock, Duration::from_secs(30), client.get_message(GetMessage::new("1", "2")))
        .await
        .unwrap_err();
    assert!(error.is_timeout() && !error.outcome_unknown() && error.is_retryable());
}

#[tokio::test]
async fn a_call_has_a_deadline_of_its_own() {
    let clock = clock();
    let client = client(Stack::new(Wire::silent()).clock(clock.clone()).attempt_timeout(None));
    let mut options = CallOptions::default();
    options.deadline = Some(Duration::from_millis(250));
    let call = client.publish_message(publish().with_options(options));
    let error = after(&clock, Duration::from_millis(250), call).await.unwrap_err();
    assert!(error.is_timeout());
    assert!(error.to_string().contains("250ms"), "{error}");
}

#[tokio::test]
async fn an_attempt_has_the_time_that_its_call_gives_it() {
    let clock = clock();
    let client = client(Stack::new(Wire::silent()).clock(clock.clone()).retry(None));
    // Longer than the layer's, as a large upload needs, and shorter.
    for own in [Duration::from_secs(50), Duration::from_millis(250)] {
        let options = CallOptions::default().with_attempt_timeout(own);
        let call = client.publish_message(publish().with_options(options));
        let error = after(&clock, own, call).await.unwrap_err();
        assert!(error.is_timeout() && error.outcome_unknown());
        assert!(error.to_string().contains(&format!("an attempt of {own:?}")), "{error}");
    }
}

#[tokio::test]
async fn a_call_without_any_time_is_not_sent() {
    let wire = Wire::default();
    let client = client(Stack::new(wire.clone()).deadline(Duration::ZERO));
    let error = client.publish_message(publish()).await.unwrap_err();
    assert!(error.is_timeout() && !error.outcome_unknown());
    assert!(wire.seen().is_empty());
}

#[tokio::test]
async fn a_dropped_call_leaves_nothing_waiting() {
    let clock = clock();
    let client = client(Stack::new(Wire::silent()).clock(clock.clone()));
    let mut call = Box::pin(client.publish_message(publish()));
    std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context).is_pending())).await;
    assert_eq!(clock.sleepers(), 2, "the call and its attempt");
    drop(call);
    assert_eq!(clock.sleepers(), 0);
}

#[tokio::test]
async fn no_layer_shows_the_token() {
    let clock = clock();
    let stack = Stack::new(Wire::silent()).access_token(TOKEN).clock(clock.clone());
    let builder = format!("{stack:?}");
    let shown = format!("{builder} {:?}", stack.build());
    assert!(!shown.contains(TOKEN), "{shown}");

    let client = client(Stack::new(Wire::silent()).access_token(TOKEN).clock(clock.clone()));
    let error = after(&clock, Duration::from_secs(60), client.publish_message(publish()))
        .await
        .unwrap_err();
    let source = error.source().map(|source| format!("{source} {source:?}"));
    let shown = format!("{error} {error:?} {source:?} {client:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn tokio_s_clock_follows_a_paused_runtime() {
    let before = TokioClock.monotonic();
    TokioClock.sleep(Duration::from_secs(3600)).await;
    let passed = TokioClock.monotonic() - before;
    assert!(passed >= Duration::from_secs(3600) && passed < Duration::from_secs(3601), "{passed:?}");
}

#[tokio::test]
async fn a_call_that_no_layer_handed_on_counts_no_attempt() {
    for retry in [None, Some(RetryPolicy::new().max_attempts(3))] {
        let wire = Wire::default();
        let clock = clock();
        let full = RateLimiter::new(1, Duration::from_secs(600), Arc::new(clock.clone()));
        let stack = Stack::new(wire.clone())
            .clock(clock.clone())
            .retry(retry.clone())
            .access_token(TOKEN);
        let without_a_key = Client::new(stack.build());
        let error = without_a_key.get_channel(GetChannel::new("2930388")).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts().count), (ErrorKind::Refused, 0), "{error}");

        let stack = Stack::new(wire.clone()).clock(clock.clone()).retry(retry.clone());
        let limited = Client::new(stack.rate_limiter(full).build());
        assert_eq!(limited.publish_message(publish()).await.unwrap().attempts().count, 1);
        let error = limited.publish_message(publish()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts().count), (ErrorKind::RateLimited, 0), "{error}");
        assert!(!error.to_string().contains("after 0 attempts"), "{error}");

        let stack = Stack::new(wire.clone())
            .clock(clock)
            .retry(retry)
            .deadline(Duration::ZERO);
        let error = Client::new(stack.build()).publish_message(publish()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts().count), (ErrorKind::Timeout, 0), "{error}");
        assert_eq!(wire.seen().len(), 1);
    }
}
