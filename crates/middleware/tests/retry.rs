//! What is repeated and what is told of it.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use async_trait::async_trait;
use http::{Method, Request};
use hubchannel_api::{
    Attempts, Body, BodyStream, Client, GaveUp, HttpTransport, PublishMessage, Reach, TransportErrorKind,
    clock::Clock,
    model::{DeliveryIdentifier, NewMessage, Participant},
};
use hubchannel_middleware::{Deadline, Retry, RetryBudget, RetryPolicy, Stack};

use self::common::{
    CREATE, End, Outcome, PUBLISH, READ, UPDATE, Wire, attempts, bare_request, drive, request, retry, run, seconds,
};

/// Who is repeated after an end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Repeated {
    /// Whatever was asked.
    Anything,
    /// What may be done twice.
    Safe,
    Nothing,
}

#[test]
fn a_repeat_depends_on_the_operation_the_key_and_what_ended_the_attempt() {
    use Repeated::{Anything, Nothing, Safe};
    use TransportErrorKind::{Connect, Interrupted, Other, Refused, ResponseTooLarge, Timeout};
    let turned_down = [423, 429, 477].map(|status| (End::status(status), Anything));
    let unknown = [408, 500, 502, 503, 504, 520, 521, 522, 523, 524].map(|status| (End::status(status), Safe));
    let for_good = [
        200, 201, 204, 207, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 409, 410, 413, 414, 415, 422, 451, 501,
        505, 525, 526, 599,
    ]
    .map(|status| (End::status(status), Nothing));
    let failures = [
        (Connect, Reach::NotSent, Anything),
        (Connect, Reach::Unknown, Safe),
        (Timeout, Reach::NotSent, Anything),
        (Timeout, Reach::Unknown, Safe),
        (Interrupted, Reach::NotSent, Anything),
        (Interrupted, Reach::Unknown, Safe),
        (Other, Reach::NotSent, Anything),
        (Other, Reach::Unknown, Safe),
        (Refused, Reach::NotSent, Nothing),
        (ResponseTooLarge, Reach::Unknown, Nothing),
    ]
    .map(|(kind, reach, repeated)| (End::Failure(kind, reach), repeated));
    let requests: [(&str, Request<Body>, bool); 9] = [
        ("a read", request(READ, false), true),
        ("a publish with a key", request(PUBLISH, true), true),
        ("a publish without a key", request(PUBLISH, false), false),
        ("an update", request(UPDATE, false), true),
        ("what must not be done twice", request(CREATE, false), false),
        ("what must not be done twice, key or not", request(CREATE, true), false),
        ("a GET of nobody knows what", bare_request(Method::GET), true),
        ("a HEAD of nobody knows what", bare_request(Method::HEAD), true),
        ("a POST of nobody knows what", bare_request(Method::POST), false),
    ];
    let ends = turned_down.into_iter().chain(unknown).chain(for_good).chain(failures);
    for (end, repeated) in ends {
        for (name, request, safe) in &requests {
            let again = match repeated {
                Anything => true,
                Safe => *safe,
                Nothing => false,
            };
            let wire = Wire::new([end.clone(), End::status(201)]);
            let outcome = run(&wire, RetryPolicy::new(), request.clone());
            assert_eq!(wire.seen().len(), if again { 2 } else { 1 }, "{name} after {end:?}");
            let attempts = attempts(&outcome);
            let held_back = matches!(end, End::Failure(Refused, Reach::NotSent));
            assert_eq!(attempts.count, if held_back { 0 } else { wire.seen().len() as u32 }, "{name} after {end:?}");
            let stopped = (repeated == Safe && !again).then_some(GaveUp::NotRepeatable);
            assert_eq!(attempts.gave_up, stopped, "{name} after {end:?}");
        }
    }
}

#[test]
fn a_policy_can_keep_to_what_was_not_sent() {
    let ends = [
        (End::refused(), None),
        (End::Failure(TransportErrorKind::Timeout, Reach::NotSent), None),
        (End::lost(), Some(GaveUp::Sent)),
        (End::Failure(TransportErrorKind::Connect, Reach::Unknown), Some(GaveUp::Sent)),
        (End::status(423), Some(GaveUp::Sent)),
        (End::status(429), Some(GaveUp::Sent)),
        (End::status(503), Some(GaveUp::Sent)),
    ];
    for (end, gave_up) in ends {
        for request in [request(READ, false), request(PUBLISH, true), request(CREATE, false)] {
            let wire = Wire::new([End::refused(), end.clone(), End::status(201)]);
            let outcome = run(&wire, RetryPolicy::new().only_unsent(), request);
            assert_eq!(wire.seen().len(), if gave_up.is_none() { 3 } else { 2 }, "{end:?}");
            assert_eq!(attempts(&outcome).gave_up, gave_up, "{end:?}");
        }
    }
}

#[test]
fn every_attempt_is_the_same_request() {
    let wire = Wire::new([End::lost(), End::status(502), End::status(429), End::status(201)]);
    run(&wire, RetryPolicy::new(), request(PUBLISH, true)).unwrap();
    let seen = wire.seen();
    assert_eq!(seen.len(), 4);
    for one in &seen {
        assert_eq!(one.method, seen[0].method);
        assert_eq!(one.address, seen[0].address);
        assert_eq!(one.body.as_bytes(), seen[0].body.as_bytes());
        assert_eq!(one.keyed, Some(true));
    }
}

#[test]
fn a_publish_over_the_whole_stack_keeps_its_key() {
    let wire = Wire::new([End::lost(), End::status(503), End::status(201)]);
    let stack = Stack::new(wire.clone())
        .clock(wire.clock.clone())
        .access_token("token")
        .build();
    let client = Client::new(stack);
    let sender = Participant::new(DeliveryIdentifier::opaque("chat:1"));
    let call = PublishMessage::new("1", NewMessage::incoming("2", sender, "hi"));
    let reply = drive(&wire.clock, client.publish_message(call)).unwrap();
    assert_eq!((reply.attempts().count, reply.attempts().earlier_unknown), (3, true));
    let bodies: Vec<_> = wire
        .seen()
        .into_iter()
        .map(|seen| seen.body.as_bytes().cloned())
        .collect();
    assert!(
        bodies[0]
            .as_ref()
            .is_some_and(|body| body.windows(24).any(|part| part == b"integrationIdempotencyId"))
    );
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[test]
fn an_unkeyed_publish_is_repeated_until_it_may_have_been_done() {
    let wire = Wire::new([End::refused(), End::status(429), End::lost(), End::status(201)]);
    let outcome = run(&wire, RetryPolicy::new(), request(PUBLISH, false));
    assert_eq!(wire.seen().len(), 3);
    let attempts = attempts(&outcome);
    assert_eq!((attempts.count, attempts.gave_up), (3, Some(GaveUp::NotRepeatable)));
    assert!(!attempts.earlier_unknown, "the last one is unknown, not one before it");
    assert_eq!(outcome.unwrap_err().reach(), Reach::Unknown);
}

#[test]
fn a_refusal_after_an_unknown_attempt_does_not_make_it_known() {
    let wire = Wire::new([End::lost(), End::status(401)]);
    let outcome = run(&wire, RetryPolicy::new(), request(PUBLISH, true));
    assert!(attempts(&outcome).earlier_unknown);
    assert_eq!(attempts(&outcome).gave_up, None);
}

#[test]
fn attempts_tell_how_often_and_how_long() {
    let wire = Wire::timed([
        (seconds(3), End::lost()),
        (seconds(4), End::status(503).with_header("retry-after", "20")),
    ]);
    wire.then([(seconds(1), End::status(201))]);
    let outcome = run(&wire, RetryPolicy::new(), request(PUBLISH, true));
    let attempts = attempts(&outcome);
    assert_eq!((attempts.count, attempts.earlier_unknown, attempts.gave_up), (3, true, None));
    assert_eq!(attempts.elapsed, wire.clock.monotonic());
    assert_eq!(attempts.waited, attempts.elapsed - seconds(8));
    assert!(attempts.waited >= seconds(20));
}

#[test]
fn after_as_many_attempts_as_are_made_the_last_answer_is_handed_back() {
    for (max, made) in [(0, 1), (1, 1), (2, 2), (6, 6)] {
        let wire = Wire::new((0..9).map(|number| End::status(503).with_header("x-number", number.to_string())));
        let outcome = run(&wire, RetryPolicy::new().max_attempts(max), request(READ, false));
        assert_eq!((wire.seen().len(), attempts(&outcome).gave_up), (made, Some(GaveUp::MaxAttempts)));
        assert_eq!(outcome.unwrap().headers()["x-number"], (made - 1).to_string());
    }
}

#[test]
fn a_stack_without_repeats_makes_one_attempt() {
    let wire = Wire::new([End::status(503), End::status(200)]);
    let stack = Stack::new(wire.clone()).clock(wire.clock.clone()).retry(None).build();
    let response = drive(&wire.clock, stack.send(request(READ, false))).unwrap();
    assert_eq!((response.status().as_u16(), wire.seen().len()), (503, 1));
    assert_eq!(response.extensions().get::<Attempts>(), None);
}

#[test]
fn two_layers_that_repeat_do_not_multiply() {
    let wire = Wire::new((0..50).map(|_| End::status(503)));
    let inner = Retry::new(wire.clone(), wire.clock(), RetryPolicy::new().max_attempts(3));
    let outer = Retry::new(inner, wire.clock(), RetryPolicy::new().max_attempts(3));
    let layers = Deadline::new(outer, wire.clock(), Some(seconds(600)));
    let outcome = drive(&wire.clock, layers.send(request(READ, false)));
    let attempts = attempts(&outcome);
    assert_eq!((wire.seen().len(), attempts.count, attempts.gave_up), (3, 3, Some(GaveUp::MaxAttempts)));
    assert_eq!(attempts.waited, attempts.elapsed);
}

/// Makes two attempts of one without giving up, as a layer that renews a token does.
#[derive(Debug)]
struct Twice(Wire);

#[async_trait]
impl HttpTransport for Twice {
    async fn send(&self, request: Request<Body>) -> Outcome {
        let first = self.0.send(request.clone()).await;
        let mut attempts = Attempts::one();
        attempts.count = 2;
        attempts.earlier_unknown = first.is_err();
        match self.0.send(request).await {
            Ok(mut response) => {
                response.extensions_mut().insert(attempts);
                Ok(response)
            }
            Err(error) => Err(error.with_attempts(attempts)),
        }
    }
}

#[test]
fn attempts_of_layers_beneath_are_counted() {
    let wire = Wire::new([End::status(401), End::status(503), End::status(401), End::status(200)]);
    let retry = Retry::new(Twice(wire.clone()), wire.clock(), RetryPolicy::new());
    let outcome = drive(&wire.clock, retry.send(request(READ, false)));
    assert_eq!(attempts(&outcome).count, 4);
}

#[test]
fn what_a_layer_beneath_may_have_done_is_not_done_again() {
    let wire = Wire::new([End::lost(), End::status(429), End::status(201)]);
    let retry = Retry::new(Twice(wire.clone()), wire.clock(), RetryPolicy::new());
    let outcome = drive(&wire.clock, retry.send(request(PUBLISH, false)));
    assert_eq!((wire.seen().len(), attempts(&outcome).gave_up), (2, Some(GaveUp::NotRepeatable)));
    assert!(attempts(&outcome).earlier_unknown);
}

#[test]
fn the_layer_and_the_error_agree() {
    for end in [
        End::status(500),
        End::status(429),
        End::status(409),
        End::lost(),
        End::refused(),
    ] {
        let wire = Wire::new([end.clone(), end.clone(), End::status(201)]);
        let stack = Stack::new(wire.clone())
            .clock(wire.clock.clone())
            .retry(RetryPolicy::new().max_attempts(2));
        let client = Client::new(stack.build());
        let sender = Participant::new(DeliveryIdentifier::opaque("chat:1"));
        let call = PublishMessage::new("1", NewMessage::incoming("2", sender, "hi"));
        let error = drive(&wire.clock, client.publish_message(call)).unwrap_err();
        assert_eq!(error.is_retryable(), wire.seen().len() == 2, "{end:?}");
        assert_eq!(error.attempts().gave_up.is_some(), error.is_retryable(), "{end:?}: {error}");
        assert_eq!(error.attempts().count as usize, wire.seen().len());
    }
}

#[test]
fn layers_are_shareable_and_show_no_request() {
    fn is_shareable<T: Send + Sync + 'static>(_: &T) {}
    let wire = Wire::new([]);
    let retry = retry(&wire, RetryPolicy::new());
    is_shareable(&retry);
    is_shareable(&RetryBudget::default());
    assert!(format!("{retry:?}").contains("max_attempts: 4"));
}

/// The second attempt would fail with that, and what kept the first away would be lost.
#[test]
fn a_body_that_can_be_read_once_is_sent_once() {
    for end in [End::refused(), End::lost(), End::status(503), End::status(429)] {
        let wire = Wire::new([end.clone(), End::status(200)]);
        let mut sent = request(READ, false);
        *sent.body_mut() = Body::from_stream(None, BodyStream::once(Default::default()));
        let outcome = run(&wire, RetryPolicy::new(), sent);
        assert_eq!(wire.seen().len(), 1, "{end:?}");
        assert_eq!(attempts(&outcome).gave_up, Some(GaveUp::ReadOnce));
        match (outcome, end) {
            (Ok(response), End::Status(status, _)) => assert_eq!(response.status().as_u16(), status),
            (Err(error), End::Failure(kind, reach)) => assert_eq!((error.kind(), error.reach()), (kind, reach)),
            (outcome, end) => panic!("{end:?} became {outcome:?}"),
        }
    }
}
