//! OAuth as a program meets it: what is sent, what is read, and what no text shows.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use common::{Wire, now};
use hubchannel_api::{
    ApiVersion, AuthorizeHost, AuthorizeUrl, Call, Credential, Error, OAuth, OAuthApp, OAuthClient, RequestToken,
    model::{Secret, TokenRequest},
};

const CLIENT_SECRET: &str = "SECRET client";
const REFRESH: &str = "SECRET&refresh=1";

fn app() -> OAuthApp {
    OAuthApp::new("a0b1", CLIENT_SECRET)
}

fn oauth(wire: &Wire) -> OAuthClient {
    OAuthClient::new(wire.clone(), app())
}

fn tokens() -> Wire {
    Wire::answering(200, &[], r#"{"access_token":"SECRET-access","expires_in":1800,"refresh_token":"SECRET-new"}"#)
}

fn body(wire: &Wire) -> String {
    String::from_utf8(wire.only().body().as_bytes().unwrap().to_vec()).unwrap()
}

#[test]
fn every_version_has_its_path() {
    let paths = [
        (ApiVersion::V3, "/oauth/v3/token"),
        (ApiVersion::V2025_09, "/oauth/v3/token"),
        (ApiVersion::V2026_03, "/oauth/2026-03/token"),
        (ApiVersion::V2026_09, "/oauth/2026-09/token"),
    ];
    for (version, path) in paths {
        let wire = tokens();
        let oauth = OAuthClient::builder(wire.clone(), app()).api_version(version).build();
        now(oauth.refresh("r")).unwrap();
        now(oauth.introspect_access_token("a")).unwrap();
        now(oauth.revoke("r")).unwrap();
        let sent: Vec<String> = wire
            .sent()
            .iter()
            .map(|sent| format!("{} {}", sent.method(), sent.uri()))
            .collect();
        let at = |end| format!("POST https://api.hubapi.com{path}{end}");
        assert_eq!(sent, [at(""), at("/introspect"), at("/revoke")]);
    }
}

#[test]
fn requests_are_forms_with_every_value_encoded() {
    let wire = tokens();
    now(oauth(&wire).refresh(REFRESH)).unwrap();
    assert_eq!(wire.only().headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(wire.only().headers()["accept"], "application/json");
    let expected =
        "grant_type=refresh_token&refresh_token=SECRET%26refresh%3D1&client_id=a0b1&client_secret=SECRET%20client";
    assert_eq!(body(&wire), expected);

    let wire = tokens();
    now(oauth(&wire).exchange_code("c", "https://bridge.example.com/o?a=1")).unwrap();
    let expected = "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fbridge.example.com%2Fo%3Fa%3D1\
                    &client_id=a0b1&client_secret=SECRET%20client";
    assert_eq!(body(&wire), expected);

    let wire = Wire::answering(200, &[], r#"{"active":true}"#);
    let known = now(oauth(&wire).introspect_refresh_token("r")).unwrap();
    assert_eq!(known.active.as_ref(), Some(&true));
    let expected = "client_id=a0b1&client_secret=SECRET%20client&token=r&refresh_token=r&token_type_hint=refresh_token";
    assert_eq!(body(&wire), expected);

    let wire = Wire::answering(204, &[], "");
    now(oauth(&wire).revoke("r")).unwrap();
    assert_eq!(body(&wire), "client_id=a0b1&client_secret=SECRET%20client&token=r&token_type_hint=refresh_token");
}

#[test]
fn layers_are_told_that_no_token_is_needed() {
    let wire = tokens();
    now(oauth(&wire).refresh("r")).unwrap();
    let call = wire.only().extensions().get::<Call>().unwrap().clone();
    assert_eq!(call.operation.credential, Credential::None);
    assert!(!call.may_repeat(), "a refresh token may have been replaced");
}

#[test]
fn a_client_secret_goes_over_plain_http_to_this_machine_only() {
    for (base_url, allowed, sent) in [
        ("http://127.0.0.1:8080", false, true),
        ("http://example.com", false, false),
        ("http://example.com", true, true),
    ] {
        let wire = tokens();
        let builder = OAuthClient::builder(wire.clone(), app()).base_url(base_url.parse().unwrap());
        let builder = if allowed { builder.allow_plain_http() } else { builder };
        let answer = now(builder.build().refresh("r"));
        assert_eq!((answer.is_ok(), wire.sent().len()), (sent, usize::from(sent)), "{base_url}");
        assert!(
            answer
                .err()
                .is_none_or(|error| error.is_invalid() && error.to_string().contains("https"))
        );
    }
}

#[test]
fn an_answer_in_camel_case_is_brought_to_the_documented_names() {
    let wire = Wire::answering(200, &[], r#"{"accessToken":"a","expiresIn":1800}"#);
    let tokens = now(oauth(&wire).refresh("r")).unwrap();
    assert_eq!(tokens.access_token.as_ref().map(Secret::expose), Some("a"));
    assert_eq!(tokens.expires_in_seconds(), Some(1800));
}

#[test]
fn a_request_without_what_its_grant_needs_is_not_sent() {
    let wire = tokens();
    let error = now(oauth(&wire).refresh("")).unwrap_err();
    assert!(error.is_invalid() && error.to_string().contains("refresh_token"), "{error}");
    assert!(wire.sent().is_empty());
}

fn shown(error: &Error) -> String {
    let source = std::error::Error::source(error).map(|source| format!("{source} {source:?}"));
    format!("{error} {error:?} {source:?}")
}

#[test]
fn no_error_shows_a_secret_of_its_call_even_where_the_server_repeats_it() {
    let encoded = "SECRET%26refresh%3D1 SECRET%20client";
    let answer = format!(r#"{{"status":"BAD_REFRESH_TOKEN","message":"{REFRESH} of {CLIENT_SECRET}, {encoded}"}}"#);
    for status in [200, 400, 500] {
        let wire = Wire::answering(status, &[], &answer.replace("\"status\"", "\"refresh_token\":[],\"status\""));
        let errors = [
            now(oauth(&wire).refresh(REFRESH)).err(),
            now(oauth(&wire).exchange_code(REFRESH, "https://bridge.example.com")).err(),
            now(oauth(&wire).introspect_access_token(REFRESH)).err(),
            now(oauth(&wire).revoke(REFRESH)).err(),
        ];
        let errors: Vec<Error> = errors.into_iter().flatten().collect();
        assert!(!errors.is_empty());
        for error in errors {
            assert!(!shown(&error).contains("SECRET"), "{}", shown(&error));
        }
    }
}

#[test]
fn neither_calls_nor_answers_nor_handles_show_a_secret() {
    let wire = tokens();
    let client = oauth(&wire);
    let reply = now(client.refresh(REFRESH)).unwrap();
    let call = RequestToken::new(TokenRequest::from_authorization_code("a0b1", CLIENT_SECRET, REFRESH, "x"));
    let shown = format!("{client:?} {reply:?} {call:?} {:?} {:?}", wire.only(), app());
    assert!(!shown.contains("SECRET"), "{shown}");
}

#[test]
fn a_double_may_know_a_part_of_oauth() {
    #[derive(Debug)]
    struct Nothing;
    impl OAuth for Nothing {}

    let oauth = OAuthClient::from_api(Nothing, app());
    let error = now(oauth.revoke("r")).unwrap_err();
    assert_eq!(error.operation().unwrap().name, "revoke_token");
    assert!(!error.outcome_unknown());
}

#[test]
fn the_page_of_consent_has_everything_encoded() {
    let url = AuthorizeUrl::new("a&b", "https://bridge.example.com/?x=1#y")
        .add_scope("oauth")
        .add_scope("files")
        .set_host(AuthorizeHost::Eu1)
        .set_state("s=1&code=x");
    let expected = "https://app-eu1.hubspot.com/oauth/authorize?client_id=a%26b\
                    &redirect_uri=https%3A%2F%2Fbridge.example.com%2F%3Fx%3D1%23y&scope=oauth%20files&state=s%3D1%26code%3Dx";
    assert_eq!(url.to_string(), expected);
}

#[cfg(feature = "server")]
mod server {
    use http::{Method, Request};
    use hubchannel_api::{
        Body,
        server::{AnyCall, ReadError, RouteError, route},
    };

    use super::*;

    fn request(path: &str, media_type: &str, form: &'static str) -> Request<Body> {
        let request = Request::post(format!("http://localhost{path}")).header("content-type", media_type);
        request.body(Body::from(form)).unwrap()
    }

    #[test]
    fn a_server_reads_the_form_that_a_client_wrote() {
        for version in ApiVersion::ALL {
            let wire = tokens();
            let oauth = OAuthClient::builder(wire.clone(), app()).api_version(version).build();
            now(oauth.refresh(REFRESH)).unwrap();
            let AnyCall::RequestToken(call) = route(&wire.only()).unwrap().read(&wire.only()).unwrap() else {
                panic!("another operation")
            };
            assert_eq!(call.body, TokenRequest::from_refresh_token("a0b1", CLIENT_SECRET, REFRESH));
        }
        let wire = tokens();
        now(oauth(&wire).introspect_access_token(REFRESH)).unwrap();
        let AnyCall::IntrospectToken(call) = route(&wire.only()).unwrap().read(&wire.only()).unwrap() else {
            panic!("another operation")
        };
        assert_eq!(call.body.subject().map(Secret::expose), Some(REFRESH));
        let wire = tokens();
        now(oauth(&wire).revoke(REFRESH)).unwrap();
        let AnyCall::RevokeToken(call) = route(&wire.only()).unwrap().read(&wire.only()).unwrap() else {
            panic!("another operation")
        };
        assert_eq!(call.body.token.as_ref().map(Secret::expose), Some(REFRESH));
    }

    #[test]
    fn the_oldest_spelling_of_the_token_endpoint_is_known() {
        let form = "application/x-www-form-urlencoded;charset=utf-8";
        let asked = request("/oauth/v1/token", form, "grant_type=refresh_token&refresh_token=a+b");
        let AnyCall::RequestToken(call) = route(&asked).unwrap().read(&asked).unwrap() else {
            panic!("another operation")
        };
        assert_eq!(call.body.refresh_token.as_ref().map(Secret::expose), Some("a b"));
    }

    #[test]
    fn json_is_no_form() {
        let asked = request("/oauth/v3/token", "application/json", "{}");
        let error = route(&asked).unwrap().read(&asked).unwrap_err();
        assert_eq!(error, ReadError::MediaType);
    }

    #[test]
    fn an_area_has_its_own_paths_only() {
        for path in [
            "/oauth/v3",
            "/oauth/v3/2930388",
            "/conversations/v3/custom-channels/token",
        ] {
            let found = route(&request(path, "application/x-www-form-urlencoded", ""));
            let wrong = !matches!(found, Ok(found) if found.operation().name == "request_token");
            assert!(wrong, "{path}");
        }
        let mut asked = request("/oauth/v3/token", "", "");
        *asked.method_mut() = Method::GET;
        let allowed = vec![Method::POST];
        assert_eq!(route(&asked).unwrap_err(), RouteError::MethodNotAllowed { allowed });
    }
}
