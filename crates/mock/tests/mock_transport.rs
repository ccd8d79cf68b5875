//! What a script does to the requests that are sent to it.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use http::{Method, Request, header::AUTHORIZATION};
use hubchannel_api::{
    Body, Client, GetMessage, HttpTransport, PublishMessage, Reach, TransportError, TransportErrorKind,
    model::{DeliveryIdentifier, NewMessage, Participant},
};
use hubchannel_mock::{Answer, MockTransport, when};
use serde_json::json;

fn request(method: Method, path: &str, body: &'static str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(format!("https://api.hubapi.com{path}"))
        .header("x-tag", "a")
        .header("x-tag", "b")
        .body(Body::from(body))
        .unwrap()
}

fn get(path: &str) -> Request<Body> {
    request(Method::GET, path, "")
}

async fn status(transport: &MockTransport, request: Request<Body>) -> u16 {
    transport.send(request).await.unwrap().status().as_u16()
}

async fn failure(transport: &MockTransport, request: Request<Body>) -> TransportError {
    transport.send(request).await.unwrap_err()
}

#[tokio::test]
async fn the_first_rule_that_matches_answers() {
    let transport = MockTransport::new()
        .with(when().path("/a").always(Answer::status(201)))
        .with(when().path_prefix("/a").method(Method::GET).always(Answer::status(202)))
        .with(when().always(Answer::status(203)));
    assert_eq!(status(&transport, get("/a?x=1")).await, 201);
    assert_eq!(status(&transport, get("/ab")).await, 202);
    assert_eq!(status(&transport, request(Method::POST, "/ab", "")).await, 203);
}

#[tokio::test]
async fn answers_given_once_come_in_order_and_the_one_given_always_comes_after_them() {
    let transport = MockTransport::new().with(
        when()
            .once(Answer::status(503))
            .once(Answer::status(429))
            .always(Answer::status(200)),
    );
    for expected in [503, 429, 200, 200] {
        assert_eq!(status(&transport, get("/")).await, expected);
    }
}

#[tokio::test]
async fn a_spent_rule_leaves_requests_to_the_rules_after_it() {
    let transport = MockTransport::new()
        .with(when().once(Answer::status(503)))
        .with(when().once(Answer::status(200)));
    assert_eq!(status(&transport, get("/")).await, 503);
    assert_eq!(status(&transport, get("/")).await, 200);
    failure(&transport, get("/")).await;
    let mismatch = transport.verify().unwrap_err().to_string();
    assert!(mismatch.contains("rule 2 (any request) has no answer left"), "{mismatch}");
}

#[tokio::test]
async fn headers_and_bodies_are_matched() {
    let transport = MockTransport::new()
        .with(
            when()
                .header("x-tag", "b")
                .json(json!({"b": 2, "a": 1}))
                .always(Answer::status(201)),
        )
        .with(when().json_including(json!({"a": 1})).always(Answer::status(202)))
        .with(when().header("x-tag", "c").always(Answer::status(203)))
        .with(
            when()
                .matching("no body", |request| request.body.is_empty())
                .always(Answer::status(204)),
        );
    assert_eq!(status(&transport, request(Method::POST, "/", r#"{"a": 1, "b": 2}"#)).await, 201);
    assert_eq!(status(&transport, request(Method::POST, "/", r#"{"a": 1, "c": 2}"#)).await, 202);
    assert_eq!(status(&transport, get("/")).await, 204);
}

#[tokio::test]
async fn a_response_is_delivered_as_it_was_scripted() {
    let answer = Answer::bytes(477, [0, 159, 255].as_slice())
        .header("set-cookie", "a=1")
        .header("set-cookie", "b=2");
    let transport = MockTransport::new().with(when().always(answer));
    let response = transport.send(get("/")).await.unwrap();
    assert_eq!(response.status().as_u16(), 477);
    assert_eq!(response.headers().get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=1", "b=2"]);
    assert_eq!(response.body().as_bytes().unwrap(), [0, 159, 255].as_slice());
}

#[tokio::test]
async fn an_answer_can_be_made_from_the_request() {
    let transport = MockTransport::new().with(when().always(Answer::with(|request| match request.uri.path() {
        "/lost" => Answer::lost(),
        path => Answer::text(200, path),
    })));
    let response = transport.send(get("/here")).await.unwrap();
    assert_eq!(response.body().as_bytes().unwrap(), "/here");
    assert_eq!(failure(&transport, get("/lost")).await.reach(), Reach::Unknown);
}

#[tokio::test]
async fn each_fault_says_whether_the_request_can_have_arrived() {
    use TransportErrorKind::{Connect, Interrupted, ResponseTooLarge, Timeout};
    for (answer, kind, reach) in [
        (Answer::refused(), Connect, Reach::NotSent),
        (Answer::timeout_before_sending(), Timeout, Reach::NotSent),
        (Answer::timeout_after_sending(), Timeout, Reach::Unknown),
        (Answer::lost(), Interrupted, Reach::Unknown),
        (Answer::too_large(), ResponseTooLarge, Reach::Unknown),
    ] {
        let transport = MockTransport::new().with(when().once(answer));
        let error = failure(&transport, get("/")).await;
        assert_eq!((error.kind(), error.reach()), (kind, reach));
    }
}

#[tokio::test]
async fn silence_lasts_until_it_is_dropped() {
    let transport = MockTransport::new().with(when().once(Answer::silence()).once(Answer::status(200)));
    let silent = tokio::spawn({
        let transport = transport.clone();
        async move { transport.send(get("/")).await }
    });
    while transport.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!silent.is_finished());
    silent.abort();
    assert!(silent.await.unwrap_err().is_cancelled());
    assert_eq!(status(&transport, get("/")).await, 200);
}

#[tokio::test]
async fn a_request_without_an_answer_fails_as_not_sent_and_shows_no_query() {
    let transport = MockTransport::new();
    let error = failure(&transport, get("/a?hapikey=secret")).await;
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Other, Reach::NotSent));
    assert_eq!(error.to_string(), "no rule of the mock transport answers GET /a");
    let mismatch = transport.verify().unwrap_err().to_string();
    assert!(mismatch.contains("no rule answered GET /a: there are no rules"), "{mismatch}");
    assert!(!mismatch.contains("secret"), "{mismatch}");
}

#[tokio::test]
async fn what_was_received_is_recorded_with_what_the_call_says_of_itself() {
    let transport = MockTransport::new().with(
        when()
            .operation::<PublishMessage>()
            .always(Answer::json(201, json!({"id": "5c1f0b8e"}))),
    );
    let client = Client::new(transport.clone());
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    let body = NewMessage::incoming("3307400689", visitor, "Hello").set_integration_idempotency_id("chat-42/7");
    client
        .publish_message(PublishMessage::new("2930388", body))
        .await
        .unwrap();
    let error = client
        .get_message(GetMessage::new("2930388", "5c1f0b8e"))
        .await
        .unwrap_err();
    assert!(!error.outcome_unknown());

    let requests = transport.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].method, Method::POST);
    assert_eq!(requests[0].uri, "https://api.hubapi.com/conversations/v3/custom-channels/2930388/messages");
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[0].operation(), Some("publish_message"));
    assert!(requests[0].is_keyed());
    assert_eq!(requests[0].json().unwrap()["integrationIdempotencyId"], "chat-42/7");
    assert_eq!(requests[1].operation(), Some("get_message"));
    assert!(!requests[1].is_keyed());
    transport.verify().unwrap_err();
}

#[tokio::test]
async fn what_is_printed_of_a_request_holds_no_secret() {
    let transport = MockTransport::new().with(
        when()
            .header(AUTHORIZATION, "Bearer secret")
            .always(Answer::text(200, "secret").header("set-cookie", "secret")),
    );
    let mut request = request(Method::POST, "/a?hapikey=secret", r#"{"text": "secret"}"#);
    request
        .headers_mut()
        .insert(AUTHORIZATION, "Bearer secret".parse().unwrap());
    request.headers_mut().insert("user-agent", "shop/1".parse().unwrap());
    transport.send(request).await.unwrap();
    for text in [format!("{transport:?}"), format!("{:#?}", transport.requests())] {
        assert!(!text.contains("secret"), "{text}");
        for shown in ["\"/a\"", "shop/1", "authorization"] {
            assert!(text.contains(shown), "{shown} is not in {text}");
        }
    }
}
