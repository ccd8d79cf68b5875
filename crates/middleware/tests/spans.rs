//! What a program's log learns of calls, and what it must not.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{cell::RefCell, collections::BTreeMap, fmt, sync::Once, time::Duration};

use http::Method;
use hubchannel_api::{
    Attempts, Call, Client, DownloadFile, GetMessage, HttpTransport, Operation, PublishMessage, Reach,
    TransportErrorKind, UpdateChannelAccountStagingToken,
    model::{DeliveryIdentifier, NewMessage, Participant},
};
use hubchannel_middleware::{AttemptSpan, CallSpan, Credentials, RateLimiter, RetryPolicy, Stack, StackBuilder};
use tracing::{
    Event, Instrument as _, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use self::common::{End, PUBLISH, READ, Wire, bare_request, drive, pends, request, request_of, seconds};

#[derive(Clone, Debug)]
struct Span {
    target: &'static str,
    name: &'static str,
    level: Level,
    parent: Option<usize>,
    fields: BTreeMap<&'static str, String>,
    handles: u32,
}

impl Span {
    fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }
}

impl Visit for Span {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

#[derive(Debug, Default)]
struct State {
    spans: Vec<Span>,
    entered: Vec<usize>,
    events: usize,
}

impl State {
    fn with<T>(use_it: impl FnOnce(&mut State) -> T) -> T {
        STATE.with_borrow_mut(use_it)
    }
}

/// Remembers the spans of each thread for itself.
///
/// One for the whole process: whether anybody listens is remembered for each place that makes spans, and subscribers
/// that come and go in other threads would upset that.
#[derive(Debug)]
struct Log;

fn place(id: &Id) -> usize {
    usize::try_from(id.into_u64()).unwrap() - 1
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let metadata = attributes.metadata();
        let mut span = Span {
            target: metadata.target(),
            name: metadata.name(),
            level: *metadata.level(),
            parent: State::with(|state| state.entered.last().copied()),
            fields: BTreeMap::new(),
            handles: 1,
        };
        attributes.record(&mut span);
        State::with(|state| {
            state.spans.push(span);
            Id::from_u64(state.spans.len() as u64)
        })
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        State::with(|state| values.record(&mut state.spans[place(id)]));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        State::with(|state| state.events += 1);
    }

    fn enter(&self, id: &Id) {
        State::with(|state| state.entered.push(place(id)));
    }

    fn exit(&self, id: &Id) {
        assert_eq!(State::with(|state| state.entered.pop()), Some(place(id)));
    }

    fn clone_span(&self, id: &Id) -> Id {
        State::with(|state| state.spans[place(id)].handles += 1);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        State::with(|state| {
            let span = &mut state.spans[place(&id)];
            span.handles -= 1;
            span.handles == 0
        })
    }
}

/// What is recorded while this runs.
fn logged(run: impl FnOnce()) -> Vec<Span> {
    static LISTEN: Once = Once::new();
    LISTEN.call_once(|| tracing::subscriber::set_global_default(Log).unwrap());
    State::with(std::mem::take);
    run();
    let state = State::with(std::mem::take);
    assert!(state.entered.is_empty(), "no span is left entered");
    assert!(state.spans.iter().all(|span| span.handles == 0), "every span is closed");
    assert_eq!(state.events, 0, "spans say all there is to say");
    state.spans
}

fn stack(wire: &Wire) -> StackBuilder {
    Stack::new(wire.clone())
        .clock(wire.clock.clone())
        .retry(RetryPolicy::new().seed(5))
        .access_token("pat-eu1-not-to-be-seen")
}

#[test]
fn a_call_and_each_of_its_attempts_is_a_span() {
    let wire = Wire::new([
        End::refused(),
        End::status(429)
            .with_header("retry-after", "7")
            .with_header("x-hubspot-correlation-id", "019db0fe-1"),
        End::status(201).with_header("x-hubspot-correlation-id", "019db0fe-2"),
    ]);
    let stack = stack(&wire).build();
    let spans = logged(|| {
        drive(&wire.clock, stack.send(request(PUBLISH, true))).unwrap();
    });
    let named: Vec<_> = spans.iter().map(|span| (span.name, span.level, span.parent)).collect();
    let attempt = ("attempt", Level::DEBUG, Some(0));
    assert_eq!(named, [("call", Level::INFO, None), attempt, attempt, attempt]);
    for span in &spans {
        assert_eq!(span.target, "hubchannel");
        assert_eq!(span.get("operation"), Some("publish_message"));
        assert_eq!(span.get("method"), Some("POST"));
        assert_eq!(span.get("path"), Some("/conversations/v3/custom-channels/7/messages"));
    }
    let fields = |at: usize, names: [&str; 6]| names.map(|name| spans[at].get(name));
    let of_attempts = ["attempt", "wait_ms", "status", "error", "outcome", "correlation_id"];
    let waits: Vec<_> = wire
        .waits()
        .into_iter()
        .map(|wait| wait.as_millis().to_string())
        .collect();
    assert_eq!(fields(1, of_attempts), [Some("1"), Some("0"), None, Some("connect"), Some("failed"), None]);
    assert_eq!(
        fields(2, of_attempts),
        [
            Some("2"),
            Some(&*waits[0]),
            Some("429"),
            None,
            Some("failed"),
            Some("019db0fe-1")
        ]
    );
    assert_eq!(
        fields(3, of_attempts),
        [
            Some("3"),
            Some(&*waits[1]),
            Some("201"),
            None,
            Some("done"),
            Some("019db0fe-2")
        ]
    );
    let of_call = [
        "attempts",
        "waited_ms",
        "status",
        "gave_up",
        "outcome",
        "correlation_id",
    ];
    let waited = wire.waits().iter().sum::<Duration>().as_millis().to_string();
    assert_eq!(
        fields(0, of_call),
        [
            Some("3"),
            Some(&*waited),
            Some("201"),
            None,
            Some("done"),
            Some("019db0fe-2")
        ]
    );
}

/// Layers by hand, those between the spans being of the kind that does its work at once.
fn by_hand(wire: &Wire) -> CallSpan {
    CallSpan::new(Credentials::new(AttemptSpan::new(wire.clone())).access_token("pat-eu1-not-to-be-seen"))
}

#[test]
fn an_attempt_belongs_to_its_call_whatever_is_in_between() {
    let wire = Wire::new([End::status(201)]);
    let spans = logged(|| {
        drive(&wire.clock, by_hand(&wire).send(request(PUBLISH, true))).unwrap();
    });
    let parents: Vec<_> = spans.iter().map(|span| (span.name, span.parent)).collect();
    assert_eq!(parents, [("call", None), ("attempt", Some(0))]);
}

#[test]
fn a_call_belongs_to_where_it_is_waited_for() {
    let wire = Wire::new([End::status(201)]);
    let layers = by_hand(&wire);
    let spans = logged(|| {
        let sending = layers.send(request(PUBLISH, true));
        let around = tracing::info_span!("around");
        drive(&wire.clock, Box::pin(sending.instrument(around))).unwrap();
    });
    let parents: Vec<_> = spans.iter().map(|span| (span.name, span.parent)).collect();
    assert_eq!(parents, [("around", None), ("call", Some(0)), ("attempt", Some(1))]);
}

#[test]
fn a_call_that_nobody_waits_for_is_none() {
    let wire = Wire::new([End::status(201)]);
    let spans = logged(|| drop(by_hand(&wire).send(request(PUBLISH, true))));
    assert!(spans.is_empty(), "{spans:?}");
}

#[test]
fn the_outcome_is_told_as_the_error_tells_it() {
    let publish = || request(PUBLISH, true);
    let cases = [
        (publish(), vec![End::status(201)], "done", None),
        (publish(), vec![End::status(400)], "failed", None),
        (publish(), vec![End::status(409)], "unknown", None),
        (publish(), vec![End::lost(), End::status(201)], "done", None),
        (publish(), vec![End::lost(), End::status(401)], "unknown", None),
        (publish(), vec![End::refused(); 4], "failed", Some("max_attempts")),
        (publish(), vec![End::status(500); 4], "unknown", Some("max_attempts")),
        (publish(), vec![End::status(477).with_header("retry-after", "3600")], "failed", Some("deadline")),
        (request(PUBLISH, false), vec![End::lost()], "unknown", Some("not_repeatable")),
        (request(READ, false), vec![End::status(500); 4], "failed", Some("max_attempts")),
        (bare_request(Method::GET), vec![End::lost(); 4], "failed", Some("max_attempts")),
        (bare_request(Method::POST), vec![End::lost()], "unknown", Some("not_repeatable")),
    ];
    for (request, script, outcome, gave_up) in cases {
        let wire = Wire::new(script.clone());
        let stack = stack(&wire).build();
        let spans = logged(|| {
            let _ = drive(&wire.clock, stack.send(request));
        });
        let told = (spans[0].get("outcome"), spans[0].get("gave_up"));
        assert_eq!(told, (Some(outcome), gave_up), "{script:?}");
    }
}

#[test]
fn a_call_that_is_cut_off_says_how() {
    let wire = Wire::new([]);
    let stack = stack(&wire).attempt_timeout(None).build();
    let spans = logged(|| {
        drive(&wire.clock, stack.send(request(PUBLISH, true))).unwrap_err();
    });
    assert_eq!((spans[0].get("error"), spans[0].get("outcome")), (Some("timeout"), Some("unknown")));
    assert_eq!((spans[0].get("gave_up"), spans[0].get("attempts")), (Some("deadline"), Some("1")));
    assert_eq!((spans[1].get("error"), spans[1].get("outcome")), (Some("timeout"), Some("unknown")));
}

#[test]
fn an_attempt_without_an_answer_in_time_says_so() {
    for (request, outcome) in [(request(PUBLISH, true), "unknown"), (request(READ, false), "failed")] {
        let wire = Wire::new([]);
        let stack = stack(&wire).attempt_timeout(seconds(20)).deadline(seconds(30)).build();
        let spans = logged(|| {
            drive(&wire.clock, stack.send(request)).unwrap_err();
        });
        let told =
            |span: &Span| ["attempt", "error", "outcome"].map(|field| span.get(field).unwrap_or_default().to_owned());
        // The first is cut off by its own time, the second by that of the call.
        let attempts: Vec<_> = spans[1..].iter().map(told).collect();
        assert_eq!(attempts, [["1", "timeout", outcome], ["2", "timeout", outcome]]);
    }
}

#[test]
fn the_wait_for_room_in_a_limit_is_told_apart_from_the_wait_for_a_repeat() {
    let wire = Wire::timed([
        (Duration::ZERO, End::status(201)),
        (seconds(1), End::status(503)),
        (seconds(1), End::status(201)),
    ]);
    let limiter = RateLimiter::new(1, seconds(10), wire.clock());
    let stack = stack(&wire)
        .retry(RetryPolicy::new().first_wait(Duration::ZERO))
        .rate_limiter(limiter)
        .build();
    let spans = logged(|| {
        for _ in 0..2 {
            drive(&wire.clock, stack.send(request(PUBLISH, true))).unwrap();
        }
    });
    let starts: Vec<u128> = wire.seen().iter().map(|seen| seen.at.as_millis()).collect();
    let held = [0, starts[1] - starts[0], starts[2] - starts[1] - 1000];
    assert!(held[1] >= 10_000 && held[2] >= 9_000, "{held:?}");
    let told = |name| {
        let number = |field: &str| field.parse::<u128>().unwrap();
        let fields = |span: &Span| ["waited_ms", "wait_ms", "held_ms"].map(|field| span.get(field).map(number));
        let spans = spans.iter().filter(|span| span.name == name);
        spans.map(fields).collect::<Vec<_>>()
    };
    assert_eq!(told("attempt"), held.map(|held| [None, Some(0), Some(held)]));
    assert_eq!(told("call"), [held[0], held[1] + held[2]].map(|held| [Some(0), None, Some(held)]));
}

#[test]
fn without_repeats_only_the_attempt_s_span_tells_what_was_held_back() {
    let wire = Wire::new([End::status(200), End::status(200)]);
    let limiter = RateLimiter::new(1, seconds(10), wire.clock());
    let stack = stack(&wire).retry(None).rate_limiter(limiter);
    let client = Client::new(stack.build());
    let read = || GetMessage::new("1", "2");
    let spans = logged(|| {
        drive(&wire.clock, client.get_message(read())).unwrap();
        let reply = drive(&wire.clock, client.get_message(read())).unwrap();
        assert_eq!(*reply.attempts(), Attempts::one());
    });
    let told = |name, field| {
        let spans = spans.iter().filter(|span| span.name == name);
        spans.map(|span| span.get(field).map(str::to_owned)).collect::<Vec<_>>()
    };
    let held = wire.waits()[0].as_millis();
    assert!(held >= 10_000, "{held}");
    assert_eq!(told("attempt", "held_ms"), [0, held].map(|held| Some(held.to_string())));
    for field in ["attempts", "waited_ms", "held_ms"] {
        assert_eq!(told("call", field), [None, None], "{field}");
    }
}

#[test]
fn a_call_that_is_dropped_says_so() {
    let wire = Wire::new([]);
    let stack = stack(&wire).build();
    let spans = logged(|| {
        let mut call = stack.send(request(PUBLISH, true));
        assert!(pends(call.as_mut()));
    });
    assert_eq!(spans.len(), 2);
    assert!(spans.iter().all(|span| span.get("outcome") == Some("dropped")), "{spans:?}");
}

#[test]
fn a_correlation_id_is_recorded_only_where_it_looks_like_one() {
    let long = "a".repeat(65);
    let cases = [
        ("0195b7f6-41c5-7b06-8a64-f7d7d5a0d4b2", true),
        ("a.b:c_d-1", true),
        ("", false),
        ("two words", false),
        ("secret=\"1\"", false),
        (&*long, false),
    ];
    for (id, shown) in cases {
        let wire = Wire::new([End::status(200).with_header("x-hubspot-correlation-id", id)]);
        let stack = stack(&wire).build();
        let spans = logged(|| {
            drive(&wire.clock, stack.send(request(READ, false))).unwrap();
        });
        for span in spans {
            assert_eq!(span.get("correlation_id"), shown.then_some(id));
        }
    }
}

#[test]
fn spans_show_no_token_no_query_no_text_and_no_header() {
    let secret = "not-to-be-seen";
    let scripts = [
        vec![End::status(201)],
        vec![
            End::status(400)
                .with_header("set-cookie", secret)
                .with_header("x-request-id", "id with not-to-be-seen"),
        ],
        vec![
            End::status(503).with_header("location", secret),
            End::lost(),
            End::refused(),
            End::status(429),
        ],
        vec![
            End::Failure(TransportErrorKind::Other, Reach::Unknown),
            End::status(302).with_header("location", secret),
        ],
    ];
    for script in scripts {
        let wire = Wire::new(script);
        let client = Client::new(stack(&wire).build());
        let sender = Participant::new(DeliveryIdentifier::opaque(secret));
        let body = NewMessage::incoming("2", sender, secret).set_integration_idempotency_id(secret);
        let spans = logged(|| {
            let _ = drive(&wire.clock, client.publish_message(PublishMessage::new("7", body)));
        });
        assert!(spans.len() > 1);
        let shown = format!("{spans:?}");
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn spans_show_neither_the_token_in_a_path_nor_its_query() {
    let wire = Wire::new([End::status(200)]);
    let mut request = request(UpdateChannelAccountStagingToken::INFO, false);
    let tokens = "https://api.hubapi.com/conversations/v3/custom-channels/7/channel-account-staging-tokens";
    *request.uri_mut() = format!("{tokens}/not-to-be-seen?a=not-to-be-seen").parse().unwrap();
    let stack = stack(&wire).build();
    let spans = logged(|| {
        drive(&wire.clock, stack.send(request)).unwrap();
    });
    for span in spans {
        let path = span.get("path").unwrap();
        assert!(path.ends_with("/channel-account-staging-tokens/…"), "{path}");
        assert!(!format!("{span:?}").contains("not-to-be-seen"), "{span:?}");
    }
}

#[test]
fn spans_show_nothing_of_a_foreign_address() {
    let spans = logged(|| {
        let wire = Wire::new([End::status(200)]);
        let mut call = Call::new(DownloadFile::INFO);
        call.foreign = true;
        let mut request = request_of(call);
        *request.uri_mut() = "https://cdn.example.com/SECRET/x?s=SECRET".parse().unwrap();
        drive(&wire.clock, stack(&wire).build().send(request)).unwrap();
    });
    assert_eq!(spans.len(), 2);
    for span in spans {
        assert_eq!(span.get("path"), Some("/…"));
        assert!(!format!("{span:?}").contains("SECRET"));
    }
}
