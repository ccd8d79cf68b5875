//! Codes and tokens, with answers written by hand. What changes nothing is asked in process and over HTTP.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::Duration;

use common::{Answer, Ask, Bench, MESSAGES, hello, noon};
use hubchannel_api::{AuthorizeUrl, clock::ManualClock, server::query_pairs};
use hubchannel_emulator::{AppSeed, AuthorizationError, Emulator, Seed};
use serde_json::{Value, json};

const REDIRECT: &str = "https://bridge.example.com/oauth?x=1";
const CLIENT: (&str, &str) = ("client_id", "emulated-client-40776849");
const SECRET: (&str, &str) = ("client_secret", "emulated-client-secret");
const READ: &str = "conversations.custom_channels.read";
const WRITE: &str = "conversations.custom_channels.write";

/// Every known start of a path to OAuth, the oldest first.
const BASES: [&str; 4] = ["/oauth/v1", "/oauth/v3", "/oauth/2026-03", "/oauth/2026-09"];

fn seed(clock: &ManualClock) -> Seed {
    Seed::default().with_clock(clock.clone()).add_app(AppSeed::new(77))
}

async fn bench() -> (Bench, ManualClock) {
    let clock = ManualClock::new(noon());
    (Bench::new(Emulator::with_seed(seed(&clock))).await, clock)
}

fn page() -> AuthorizeUrl {
    AuthorizeUrl::new(CLIENT.1, REDIRECT)
        .add_scope(WRITE)
        .add_optional_scope(READ)
}

fn code(emulator: &Emulator) -> String {
    let authorization = emulator.authorize(62515, &page().to_string()).unwrap();
    authorization.code.expose().to_owned()
}

fn exchange(base: &str, code: &str) -> Ask {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        CLIENT,
        SECRET,
    ];
    Ask::form(format!("{base}/token"), &pairs)
}

fn renew(token: &str) -> Ask {
    Ask::form(
        "/oauth/v3/token",
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            CLIENT,
            SECRET,
        ],
    )
}

fn introspect(token: &str) -> Ask {
    Ask::form("/oauth/v3/token/introspect", &[CLIENT, SECRET, ("token", token)])
}

fn revoke(token: &str) -> Ask {
    Ask::form("/oauth/v3/token/revoke", &[CLIENT, SECRET, ("token", token)])
}

fn text(answer: &Answer, member: &str) -> String {
    answer.json()[member].as_str().unwrap().to_owned()
}

fn error(status: &str, message: &str, error: &str) -> Value {
    json!({"status": status, "message": message, "error": error, "error_description": message})
}

fn bad_refresh_token() -> Value {
    error("BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked", "invalid_grant")
}

#[tokio::test]
async fn a_user_comes_back_with_a_code_that_is_good_once() {
    let (bench, _) = bench().await;
    let back = bench
        .emulator
        .authorize(62515, &page().set_state("a&b").to_string())
        .unwrap();
    let request = http::Request::get(&*back.url).body(()).unwrap();
    let code = back.code.expose();
    let pairs = [("x", "1"), ("code", code), ("state", "a&b")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(query_pairs(&request), pairs);
    assert!(code.starts_with("na1-") && !format!("{back:?}").contains(code));
    let first = bench.ask(exchange("/oauth/v3", code)).await;
    assert_eq!(first.status, 200);
    assert_eq!(
        first.json(),
        json!({
            "token_type": "bearer",
            "refresh_token": text(&first, "refresh_token"),
            "access_token": text(&first, "access_token"),
            "expires_in": 1800,
            "hub_id": 62515,
            "scopes": [WRITE, READ],
        })
    );
    let again = bench.ask_twice(exchange("/oauth/v3", code)).await;
    let unknown = error("BAD_AUTH_CODE", "missing or unknown auth code", "invalid_grant");
    assert_eq!((again.status, again.error()), (400, unknown));
}

#[tokio::test]
async fn every_spelling_of_the_token_endpoint_works_and_the_oldest_says_least() {
    let (bench, _) = bench().await;
    for base in BASES {
        for slash in ["", "/"] {
            let code = code(&bench.emulator);
            let mut ask = exchange(base, &code);
            ask.path.push_str(slash);
            let answer = bench.ask(ask).await;
            assert_eq!(answer.status, 200, "{base}{slash}");
            let said: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
            let old = ["access_token", "expires_in", "refresh_token", "token_type"];
            assert_eq!(said.iter().all(|name| old.contains(&name.as_str())), base == "/oauth/v1", "{said:?}");
            let token = text(&answer, "refresh_token");
            let ask =
                |rest: &str| Ask::form(format!("{base}/token/{rest}{slash}"), &[CLIENT, SECRET, ("token", &token)]);
            assert_eq!(bench.ask_twice(ask("introspect")).await.json()["active"], true);
            let revoked = bench.ask_twice(ask("revoke")).await;
            assert_eq!((revoked.status, revoked.body.len()), (204, 0));
            assert_eq!(bench.ask_twice(ask("introspect")).await.json(), json!({"active": false}));
        }
    }
}

#[tokio::test]
async fn an_access_token_opens_its_portal_until_it_expires() {
    let (bench, clock) = bench().await;
    let answer = bench.ask(exchange("/oauth/v3", &code(&bench.emulator))).await;
    let (access, refresh) = (text(&answer, "access_token"), text(&answer, "refresh_token"));
    let read = |token: &str| Ask::get(format!("{MESSAGES}/5c1f")).token(token);
    assert_eq!(bench.ask_twice(read(&access)).await.status, 404);
    assert_eq!(bench.ask(Ask::publish(hello()).token(&access)).await.status, 201);
    clock.advance(Duration::from_millis(1_799_999));
    assert_eq!(bench.ask_twice(read(&access)).await.status, 404);
    clock.advance(Duration::from_millis(1));
    let expired = bench.ask_twice(read(&access)).await;
    assert_eq!((expired.status, expired.error()["category"].as_str()), (401, Some("EXPIRED_AUTHENTICATION")));
    let renewed = bench.ask(renew(&refresh)).await;
    assert_eq!((renewed.status, text(&renewed, "refresh_token")), (200, refresh));
    let second = text(&renewed, "access_token");
    assert_ne!(second, access);
    assert_eq!(renewed.json()["scopes"], json!([WRITE, READ]));
    assert_eq!(bench.ask_twice(read(&second)).await.status, 404);
}

#[tokio::test]
async fn a_token_has_the_scopes_that_the_user_has_allowed() {
    let (bench, _) = bench().await;
    let url = AuthorizeUrl::new(CLIENT.1, REDIRECT)
        .add_scope("oauth")
        .add_scope(READ)
        .to_string();
    let code = bench.emulator.authorize(62515, &url).unwrap().code;
    let answer = bench.ask(exchange("/oauth/v3", code.expose())).await;
    let publish = Ask::publish(hello()).token(&text(&answer, "access_token"));
    assert_eq!(bench.ask_twice(publish).await.status, 403);
}

#[tokio::test]
async fn a_code_ends_soon_and_is_for_one_app_and_address() {
    let (bench, clock) = bench().await;
    let code = code(&bench.emulator);
    let with = |changes: &[(&str, &str)]| {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", REDIRECT),
            CLIENT,
            SECRET,
        ];
        for (name, value) in changes {
            pairs.iter_mut().find(|(known, _)| known == name).unwrap().1 = value;
        }
        Ask::form("/oauth/v3/token", &pairs)
    };
    let unknown = error("BAD_AUTH_CODE", "missing or unknown auth code", "invalid_grant");
    let mismatch =
        error("MISMATCH_REDIRECT_URI_AUTH_CODE", "redirect URI does not match initial auth code URI", "invalid_grant");
    for (ask, error) in [
        (with(&[("redirect_uri", "https://bridge.example.com/oauth")]), mismatch),
        (with(&[("client_id", "emulated-client-77")]), unknown.clone()),
        (with(&[("code", "na1-")]), unknown.clone()),
        (with(&[("code", "")]), unknown.clone()),
    ] {
        let answer = bench.ask_twice(ask).await;
        assert_eq!((answer.status, answer.error()), (400, error));
    }
    // None of that has used it up, but time does.
    clock.advance(Duration::from_secs(60));
    assert_eq!(bench.ask_twice(with(&[])).await.error(), unknown);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_in_order() {
    let (bench, _) = bench().await;
    let refresh = bench.emulator.refresh_token(62515, [READ]);
    let token = ("refresh_token", refresh.expose());
    let grant = ("grant_type", "refresh_token");
    let client = error("BAD_CLIENT_ID", "missing or unknown client id", "invalid_request");
    let grant_type = error("BAD_GRANT_TYPE", "missing or unknown grant type", "unsupported_grant_type");
    let secret = error("BAD_CLIENT_SECRET", "missing or unknown client secret", "invalid_client");
    let other = error("MISMATCH_REFRESH_TOKEN_CLIENT", "refresh token was not issued to this client", "invalid_grant");
    let foreign = ("client_id", "emulated-client-77");
    for (pairs, expected) in [
        (vec![], client.clone()),
        (vec![("client_id", "nobody"), SECRET], client.clone()),
        (vec![CLIENT], grant_type.clone()),
        (vec![CLIENT, ("grant_type", "password")], grant_type.clone()),
        (vec![CLIENT, SECRET, ("grant_type", "client_credentials")], grant_type),
        (vec![CLIENT, grant, token], secret.clone()),
        (vec![CLIENT, grant, token, ("client_secret", "wrong")], secret.clone()),
        (vec![CLIENT, SECRET, grant], bad_refresh_token()),
        (vec![CLIENT, SECRET, grant, ("refresh_token", "wrong")], bad_refresh_token()),
        (vec![foreign, SECRET, grant, token], other.clone()),
        (vec![CLIENT, CLIENT, SECRET, grant, token], error("BAD_REQUEST", "client_id: comes twice", "invalid_request")),
    ] {
        let answer = bench.ask_twice(Ask::form("/oauth/v3/token", &pairs)).await;
        assert_eq!((answer.status, answer.error()), (400, expected), "{pairs:?}");
    }
    for path in ["introspect", "revoke"] {
        let missing = error("BAD_REQUEST", "missing token", "invalid_request");
        for (pairs, expected) in [
            (vec![SECRET, ("token", refresh.expose())], client.clone()),
            (vec![CLIENT, ("token", refresh.expose())], secret.clone()),
            (vec![CLIENT, SECRET], missing),
        ] {
            let answer = bench
                .ask_twice(Ask::form(format!("/oauth/v3/token/{path}"), &pairs))
                .await;
            assert_eq!((answer.status, answer.error()), (400, expected), "{path} {pairs:?}");
        }
    }
    let theirs = Ask::form("/oauth/v3/token/revoke", &[foreign, SECRET, ("token", refresh.expose())]);
    let answer = bench.ask_twice(theirs).await;
    assert_eq!((answer.status, answer.error()), (400, other));
    assert_eq!(bench.ask(renew(refresh.expose())).await.status, 200);
}

#[tokio::test]
async fn only_forms_are_taken() {
    let (bench, _) = bench().await;
    let answer = bench
        .ask_twice(
            Ask::new(http::Method::POST, "/oauth/v3/token")
                .anonymous()
                .json(json!({})),
        )
        .await;
    assert_eq!(answer.status, 415);
}

#[tokio::test]
async fn a_token_can_be_looked_at_by_its_app() {
    let (bench, clock) = bench().await;
    let answer = bench.ask(exchange("/oauth/v3", &code(&bench.emulator))).await;
    clock.advance(Duration::from_secs(11));
    let (access, refresh) = (text(&answer, "access_token"), text(&answer, "refresh_token"));
    let mut expected = json!({
        "active": true,
        "token": access,
        "hub_id": 62515,
        "user_id": 2_620_022,
        "client_id": CLIENT.1,
        "app_id": 40_776_849,
        "scopes": [WRITE, READ],
        "expires_in": 1789,
        "token_use": "access_token",
        "token_type": "Bearer",
    });
    assert_eq!(bench.ask_twice(introspect(&access)).await.json(), expected);
    // The page names the member after the token.
    let named = Ask::form("/oauth/v3/token/introspect", &[CLIENT, SECRET, ("access_token", &access)]);
    assert_eq!(bench.ask_twice(named).await.json(), expected);
    expected["token"] = refresh.as_str().into();
    expected["token_use"] = "refresh_token".into();
    expected.as_object_mut().unwrap().remove("expires_in");
    assert_eq!(bench.ask_twice(introspect(&refresh)).await.json(), expected);
    let forever = bench.ask_twice(introspect("emulated-access-token")).await.json();
    assert_eq!((&forever["active"], forever.get("expires_in")), (&json!(true), None));

    let none = json!({"active": false});
    assert_eq!(bench.ask_twice(introspect("unknown")).await.json(), none);
    let pairs = [("client_id", "emulated-client-77"), SECRET, ("token", &access)];
    assert_eq!(
        bench
            .ask_twice(Ask::form("/oauth/v3/token/introspect", &pairs))
            .await
            .json(),
        none
    );
    clock.advance(Duration::from_secs(1_789));
    assert_eq!(bench.ask_twice(introspect(&access)).await.json(), none);
}

#[tokio::test]
async fn a_revoked_token_makes_no_others_and_those_there_are_stay_good() {
    let (bench, _) = bench().await;
    let answer = bench.ask(exchange("/oauth/v3", &code(&bench.emulator))).await;
    let (access, refresh) = (text(&answer, "access_token"), text(&answer, "refresh_token"));
    assert_eq!(bench.ask_twice(revoke(&refresh)).await.status, 204);
    assert_eq!(bench.ask_twice(revoke("unknown")).await.status, 204);
    let renewed = bench.ask_twice(renew(&refresh)).await;
    assert_eq!((renewed.status, renewed.error()), (400, bad_refresh_token()));
    assert_eq!(bench.ask(Ask::publish(hello()).token(&access)).await.status, 201);
}

#[tokio::test]
async fn an_app_that_is_taken_out_of_a_portal_has_nothing_left_there() {
    let (bench, _) = bench().await;
    let answer = bench.ask(exchange("/oauth/v3", &code(&bench.emulator))).await;
    let pending = code(&bench.emulator);
    let other = bench.emulator.refresh_token(62516, [READ]);
    bench.emulator.uninstall(77, 62515);
    assert_eq!(bench.ask(renew(&text(&answer, "refresh_token"))).await.status, 200);
    bench.emulator.uninstall(40_776_849, 62515);
    for token in [text(&answer, "access_token"), "emulated-access-token".to_owned()] {
        let published = bench.ask_twice(Ask::publish(hello()).token(&token)).await;
        assert_eq!((published.status, published.error()["category"].as_str()), (401, Some("INVALID_AUTHENTICATION")));
    }
    assert_eq!(bench.ask_twice(renew(&text(&answer, "refresh_token"))).await.error(), bad_refresh_token());
    assert_eq!(bench.ask_twice(exchange("/oauth/v3", &pending)).await.status, 400);
    assert_eq!(bench.ask(renew(other.expose())).await.status, 200);
    // It can be let in again.
    assert_eq!(bench.ask(exchange("/oauth/v3", &code(&bench.emulator))).await.status, 200);
}

#[tokio::test]
async fn refresh_tokens_may_be_replaced_each_time() {
    let clock = ManualClock::new(noon());
    let bench = Bench::new(Emulator::with_seed(seed(&clock).with_rotating_refresh_tokens())).await;
    let first = bench.emulator.refresh_token(62515, [READ]);
    let answer = bench.ask(renew(first.expose())).await;
    let second = text(&answer, "refresh_token");
    assert_ne!(second, first.expose());
    assert_eq!(bench.ask_twice(renew(first.expose())).await.error(), bad_refresh_token());
    assert_eq!(bench.ask(renew(&second)).await.status, 200);
}

#[test]
fn a_page_that_asks_for_nothing_gives_no_code() {
    let emulator = Emulator::new();
    let base = "https://app.hubspot.com/oauth/authorize";
    for (url, error) in [
        ("not an address".to_owned(), AuthorizationError::NoAddress),
        (base.to_owned(), AuthorizationError::Missing("client_id")),
        (format!("{base}?client_id=1&scope=a"), AuthorizationError::Missing("redirect_uri")),
        (format!("{base}?client_id=1&redirect_uri=b&scope="), AuthorizationError::Missing("scope")),
        (format!("{base}?client_id=1&redirect_uri=b&scope=a"), AuthorizationError::NoApp("1".to_owned())),
    ] {
        assert_eq!(emulator.authorize(62515, &url).unwrap_err(), error);
        assert!(!error.to_string().is_empty());
    }
}
