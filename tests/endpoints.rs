//! Endpoints that have no operation, through the same stack as those that have one.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{sync::Arc, time::Duration};

use http::{HeaderValue, Method, header};
use hubchannel::{
    CallEndpoint, Credential, EndpointAnswer, Endpoints, EndpointsClient, Error, ErrorKind, Reply,
    middleware::{DeveloperKey, RateLimiter, RetryPolicy, Stack, TokioClock},
    mock::{Answer, MockEndpoints, MockTransport, when},
};
use serde::Deserialize;
use serde_json::json;

const TOKEN: &str = "pat-na1-0123";

#[derive(Debug, Deserialize, PartialEq)]
struct Account {
    #[serde(rename = "portalId")]
    portal_id: u64,
}

fn stack(transport: &MockTransport) -> Stack {
    let limiter = RateLimiter::new(1_000, RateLimiter::WINDOW, Arc::new(TokioClock));
    Stack::new(transport.clone())
        .access_token(TOKEN)
        .rate_limiter(limiter)
        .retry(RetryPolicy::new().first_wait(Duration::ZERO))
        .build()
}

fn endpoints(transport: &MockTransport) -> EndpointsClient {
    EndpointsClient::new(stack(transport))
}

#[tokio::test]
async fn an_endpoint_without_an_operation_is_called_like_one_that_has_one() {
    let answers = when()
        .method(Method::GET)
        .path("/account-info/v3/details")
        .once(Answer::status(503))
        .once(Answer::json(200, json!({"portalId": 62515})).header("x-hubspot-correlation-id", "a1b2"));
    let transport = MockTransport::new().with(answers);
    let call = CallEndpoint::get("/account-info/v3/details").add_query("a b", "c&d");
    let reply = endpoints(&transport).call_endpoint(call).await.unwrap();
    assert_eq!(reply.status().unwrap(), 200);
    assert_eq!(reply.headers()["x-hubspot-correlation-id"], "a1b2");
    assert_eq!(reply.attempts().count, 2);
    assert_eq!(reply.body(), r#"{"portalId":62515}"#);

    // All of it stays with the value that it is read as.
    let account = reply.decode::<Account>().unwrap();
    assert_eq!(*account, Account { portal_id: 62515 });
    assert_eq!((account.status().unwrap().as_u16(), account.attempts().count), (200, 2));
    assert_eq!(account.headers()["x-hubspot-correlation-id"], "a1b2");

    for received in transport.requests() {
        assert_eq!(received.uri, "https://api.hubapi.com/account-info/v3/details?a%20b=c%26d");
        assert_eq!(received.header("authorization"), Some("Bearer pat-na1-0123"));
        assert_eq!(received.header("accept"), Some("application/json"));
        assert!(received.header("user-agent").unwrap().starts_with("hubchannel/"));
        assert_eq!(received.header("content-type"), None);
        assert_eq!(received.operation(), Some("call_endpoint"));
    }
}

#[tokio::test]
async fn what_changes_something_is_repeated_only_where_that_is_said() {
    let once = MockTransport::new().with(when().once(Answer::lost()));
    let call = CallEndpoint::post("/crm/v3/objects/contacts")
        .set_json(&json!({"a": 1}))
        .unwrap();
    let error = endpoints(&once).call_endpoint(call.clone()).await.unwrap_err();
    assert!(error.outcome_unknown() && !error.is_retryable());
    assert!(error.to_string().ends_with("; it may have been done"), "{error}");
    let received = &once.requests()[0];
    assert_eq!(received.json(), Some(json!({"a": 1})));
    assert_eq!(received.header("content-type"), Some("application/json"));

    let twice = MockTransport::new().with(when().once(Answer::lost()).once(Answer::status(204)));
    let reply = endpoints(&twice)
        .call_endpoint(call.set_repeatable(true))
        .await
        .unwrap();
    assert_eq!((reply.status().unwrap().as_u16(), reply.attempts().count), (204, 2));
    assert!(reply.body().is_empty());

    // And what only reads is, unless that is forbidden.
    let once = MockTransport::new().with(when().once(Answer::lost()));
    let call = CallEndpoint::get("/x").set_repeatable(false);
    let error = endpoints(&once).call_endpoint(call).await.unwrap_err();
    assert!(!error.outcome_unknown());
    assert_eq!(error.attempts().count, 1);
}

#[tokio::test]
async fn the_credential_is_the_one_that_the_call_names() {
    let transport = MockTransport::new().with(when().always(Answer::status(200)));
    let endpoints = endpoints(&transport);
    let call = CallEndpoint::delete("/x");
    endpoints
        .call_endpoint(call.clone().set_credential(Credential::None))
        .await
        .unwrap();
    assert_eq!(transport.requests()[0].header("authorization"), None);
    // A stack that has only the other kind sends nothing.
    let error = endpoints
        .call_endpoint(call.set_credential(Credential::DeveloperKey))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(!error.outcome_unknown());
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test]
async fn a_stack_with_every_credential_gives_each_call_the_one_that_it_names_wherever_the_api_is() {
    let transport = MockTransport::new().with(when().always(Answer::status(200)));
    let stack = Stack::new(transport.clone())
        .access_token(TOKEN)
        .developer_key(DeveloperKey::new("40776849", "eu1-key"))
        .build();
    let endpoints = EndpointsClient::builder(stack)
        .base_url("https://proxy.example.com/hubspot".parse().unwrap())
        .build();
    let call = CallEndpoint::get("/x").add_query("a", "b");
    for credential in [Credential::PortalToken, Credential::DeveloperKey, Credential::None] {
        endpoints
            .call_endpoint(call.clone().set_credential(credential))
            .await
            .unwrap();
    }
    let sent: Vec<_> = transport
        .requests()
        .iter()
        .map(|received| (received.uri.to_string(), received.header("authorization").map(str::to_owned)))
        .collect();
    let address = "https://proxy.example.com/hubspot/x?a=b";
    assert_eq!(
        sent,
        [
            (address.to_owned(), Some(format!("Bearer {TOKEN}"))),
            (format!("{address}&hapikey=eu1-key&appId=40776849"), None),
            (address.to_owned(), None),
        ]
    );
}

#[tokio::test]
async fn what_the_caller_says_of_body_and_headers_counts() {
    let transport = MockTransport::new().with(when().always(Answer::status(200)));
    let call = CallEndpoint::put("/x")
        .set_body(HeaderValue::from_static("text/csv"), "a,b")
        .set_header(header::ACCEPT, HeaderValue::from_static("*/*"));
    endpoints(&transport).call_endpoint(call).await.unwrap();
    let received = &transport.requests()[0];
    assert_eq!((received.method.as_str(), received.uri.path()), ("PUT", "/x"));
    assert_eq!(received.header("content-type"), Some("text/csv"));
    assert_eq!(received.headers.get_all("accept").iter().count(), 1);
    assert_eq!(received.header("accept"), Some("*/*"));
    assert_eq!(received.body.as_bytes().unwrap(), "a,b");
}

#[tokio::test]
async fn no_text_from_outside_leads_to_another_endpoint() {
    let transport = MockTransport::new().with(when().always(Answer::status(200)));
    let endpoints = endpoints(&transport);
    let call = CallEndpoint::get("/crm/v3/objects/contacts/")
        .add_segment("../a?b#c/d")
        .add_segment("e");
    endpoints.call_endpoint(call).await.unwrap();
    let addresses: Vec<_> = transport
        .requests()
        .iter()
        .map(|received| received.uri.to_string())
        .collect();
    assert_eq!(addresses, ["https://api.hubapi.com/crm/v3/objects/contacts/..%2Fa%3Fb%23c%2Fd/e"]);

    for path in [
        "",
        "x",
        "@evil.example/x",
        ".evil.example/x",
        "https://evil.example/x",
        "/x?y=1",
        "/x#y",
        "/x/../y",
        "/x/%2e%2E/y",
        "/x/a%2f..%2fb",
        "/x/..;z/y",
        "/x\\..\\y",
        "/./x",
        "/a b",
    ] {
        let error = endpoints.call_endpoint(CallEndpoint::get(path)).await.unwrap_err();
        assert!(error.is_invalid(), "{path}: {error}");
    }
    for segment in ["", ".", ".."] {
        let call = CallEndpoint::delete("/crm/v3/objects/contacts").add_segment(segment);
        let error = endpoints.call_endpoint(call).await.unwrap_err();
        assert!(error.is_invalid() && !error.outcome_unknown(), "{segment}: {error}");
    }
    assert_eq!(transport.requests().len(), 1, "nothing of it was sent");
}

#[tokio::test]
async fn the_base_address_keeps_its_path() {
    let transport = MockTransport::new().with(when().always(Answer::status(200)));
    let endpoints = EndpointsClient::builder(transport.clone())
        .base_url("https://proxy.example.com/hubspot/".parse().unwrap())
        .user_agent(&HeaderValue::from_static("bridge/2.0"))
        .build();
    endpoints.call_endpoint(CallEndpoint::get("/x")).await.unwrap();
    let received = &transport.requests()[0];
    assert_eq!(received.uri, "https://proxy.example.com/hubspot/x");
    assert!(
        received
            .header("user-agent")
            .unwrap()
            .starts_with("bridge/2.0 hubchannel/")
    );
}

#[tokio::test]
async fn an_answer_that_is_no_success_is_an_error_with_all_of_it() {
    let body = json!({"status": "error", "message": "no such thing", "correlationId": "c1"});
    let answer = Answer::json(404, body).header("x-more", "1");
    let transport = MockTransport::new().with(when().always(answer));
    let error = endpoints(&transport)
        .call_endpoint(CallEndpoint::patch("/x"))
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.headers().unwrap()["x-more"], "1");
    assert_eq!(error.error_body().unwrap().message.as_deref(), Some("no such thing"));
    let text = "call_endpoint: the server answered 404 Not Found: no such thing (correlation id c1); nothing was done";
    assert_eq!(error.to_string(), text);

    let transport = MockTransport::new().with(when().always(Answer::text(200, "hello").header("x-more", "1")));
    let reply = endpoints(&transport)
        .call_endpoint(CallEndpoint::post("/x"))
        .await
        .unwrap();
    let error = reply.decode::<Account>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert_eq!((error.status().unwrap().as_u16(), error.body().unwrap().as_ref()), (200, &b"hello"[..]));
    assert_eq!(error.headers().unwrap()["x-more"], "1");
    assert!(error.outcome_unknown(), "it was done, most likely");
}

#[tokio::test]
async fn nothing_secret_of_a_call_is_shown() {
    let call = CallEndpoint::get("/oauth/v1/refresh-tokens")
        .add_segment("SECRET")
        .add_query("hapikey", "SECRET")
        .set_header(header::COOKIE, HeaderValue::from_static("SECRET"))
        .set_body(HeaderValue::from_static("text/plain"), "SECRET");
    let transport = MockTransport::new().with(when().once(Answer::text(200, "SECRET")));
    let endpoints = endpoints(&transport);
    let shown = format!("{call:?}");
    let reply = endpoints.call_endpoint(call).await.unwrap();
    let shown = format!("{shown} {reply:?} {endpoints:?} {:?}", transport.requests());
    assert!(shown.contains("/oauth/v1/refresh-tokens/…") && !shown.contains("SECRET"), "{shown}");
}

#[tokio::test]
async fn a_double_of_endpoints_needs_nothing_else() {
    let mut api = MockEndpoints::new();
    api.expect_call_endpoint()
        .withf(|call| call.path == "/x" && call.method == Method::GET)
        .returning(|_| Ok(Reply::new(EndpointAnswer::new(r#"{"portalId":7}"#))));
    let endpoints = EndpointsClient::from_api(api);
    let reply = endpoints.call_endpoint(CallEndpoint::get("/x")).await.unwrap();
    assert_eq!(reply.decode::<Account>().unwrap().portal_id, 7);
    // It receives only what would be sent.
    assert!(
        endpoints
            .call_endpoint(CallEndpoint::get("x"))
            .await
            .unwrap_err()
            .is_invalid()
    );

    #[derive(Debug)]
    struct Nothing;

    impl Endpoints for Nothing {}

    let error: Error = EndpointsClient::from_api(Nothing)
        .call_endpoint(CallEndpoint::get("/x"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn how_long_the_body_is_is_nobody_else_s_to_say() {
    let transport = MockTransport::new();
    for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        let call = CallEndpoint::post("/crm/v3/objects/contacts").set_header(name, HeaderValue::from_static("1"));
        let error = endpoints(&transport).call_endpoint(call).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(error.to_string().contains("must not say how long the body is"), "{error}");
    }
    assert!(transport.requests().is_empty());
}
