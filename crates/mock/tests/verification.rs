//! What a script says of itself in the end.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::Request;
use hubchannel_api::{Body, HttpTransport};
use hubchannel_mock::{Answer, MockTransport, when};

async fn ask(transport: &MockTransport, path: &str) {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let _ = transport.send(request).await;
}

/// What the panic said that dropping this caused, if it did.
fn panic_on_drop(value: impl Sized) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(value))).err()?;
    Some(panic.downcast_ref::<String>().unwrap().clone())
}

#[tokio::test]
async fn a_script_that_was_kept_to_is_silent() {
    let transport = MockTransport::new()
        .with(when().path("/a").once(Answer::status(503)).once(Answer::status(200)))
        .with(when().path("/b").always(Answer::status(200)).times(2))
        .with(when().path("/c").always(Answer::status(200)));
    for path in ["/a", "/b", "/a", "/b"] {
        ask(&transport, path).await;
    }
    assert_eq!(transport.verify(), Ok(()));
    assert_eq!(panic_on_drop(transport), None);
}

#[tokio::test]
async fn answers_that_were_not_used_fail_with_what_was_expected_and_what_came() {
    let transport = MockTransport::new()
        .with(when().path("/a").once(Answer::status(503)).once(Answer::status(200)))
        .with(when().path("/b").always(Answer::status(200)));
    ask(&transport, "/b").await;
    ask(&transport, "/a").await;
    let expected = "the mock transport was not used as its script says:\n  \
                    rule 1 (path /a): expected at least 2 requests, got 1\n\
                    the requests that came:\n  GET /b\n  GET /a";
    assert_eq!(panic_on_drop(transport).as_deref(), Some(expected));
}

#[tokio::test]
async fn too_many_requests_fail() {
    let transport = MockTransport::new().with(when().always(Answer::status(200)).times(1));
    ask(&transport, "/a").await;
    assert_eq!(transport.verify(), Ok(()));
    ask(&transport, "/a").await;
    let mismatch = transport.verify().unwrap_err().to_string();
    assert!(mismatch.contains("rule 1 (any request): expected exactly 1 request, got 2"), "{mismatch}");
}

#[tokio::test]
async fn too_few_requests_fail_where_a_least_number_is_expected() {
    let transport = MockTransport::new().with(when().always(Answer::status(200)).at_least(2));
    ask(&transport, "/a").await;
    assert!(transport.verify().is_err());
    for _ in 0..2 {
        ask(&transport, "/a").await;
    }
    assert_eq!(transport.verify(), Ok(()));
}

#[tokio::test]
async fn scripted_answers_may_be_declared_optional() {
    let transport = MockTransport::new().with(when().once(Answer::status(200)).at_least(0));
    assert_eq!(panic_on_drop(transport), None);
}

#[tokio::test]
async fn a_request_that_no_rule_answered_fails_and_says_what_each_rule_wants() {
    let transport = MockTransport::new()
        .with(
            when()
                .method("POST".parse().unwrap())
                .path("/a")
                .always(Answer::status(200)),
        )
        .with(when().header("x-tag", "b").always(Answer::status(200)));
    ask(&transport, "/a").await;
    let expected = "the mock transport was not used as its script says:\n  \
                    no rule answered GET /a:\n    \
                    rule 1 wants method POST\n    \
                    rule 2 wants header x-tag: …\n\
                    the requests that came:\n  GET /a";
    assert_eq!(panic_on_drop(transport).as_deref(), Some(expected));
}

#[tokio::test]
async fn only_the_last_clone_verifies_on_drop() {
    let transport = MockTransport::new().with(when().once(Answer::status(200)));
    let clone = transport.clone();
    assert_eq!(panic_on_drop(transport), None);
    ask(&clone, "/a").await;
    assert_eq!(panic_on_drop(clone), None);
}

#[tokio::test]
async fn what_was_verified_is_not_verified_again_unless_more_comes() {
    let transport = MockTransport::new().with(when().once(Answer::status(200)).times(1));
    assert!(transport.verify().is_err());
    assert_eq!(panic_on_drop(transport.clone()), None);
    ask(&transport, "/a").await;
    ask(&transport, "/a").await;
    assert!(panic_on_drop(transport).is_some());
}

#[test]
fn a_test_that_fails_already_is_not_aborted_by_a_second_panic() {
    let panic = catch_unwind(|| {
        let _transport = MockTransport::new().with(when().once(Answer::status(200)));
        panic!("the test's own");
    });
    assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"the test's own"));
}

#[test]
fn a_matcher_may_look_at_the_mock() {
    let transport = MockTransport::new();
    let inner = transport.clone();
    transport.add(
        when()
            .matching("something before it", move |_| inner.requests().len() > 1)
            .always(Answer::status(200)),
    );
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        ask(&transport, "/a").await;
        ask(&transport, "/a").await;
    });
    assert!(
        transport
            .verify()
            .unwrap_err()
            .to_string()
            .contains("rule 1 wants something before it")
    );
}

#[test]
#[should_panic(expected = "99 is no HTTP status")]
fn a_status_that_cannot_be_stops_the_test() {
    let _ = Answer::status(99);
}

#[test]
#[should_panic(expected = "this is no value for the header retry-after")]
fn a_header_that_cannot_be_stops_the_test() {
    let _ = Answer::status(200).header("retry-after", "1\n");
}

#[test]
#[should_panic(expected = "a path has no query")]
fn a_path_that_can_match_nothing_stops_the_test() {
    let _ = when().path("/messages?limit=1");
}
