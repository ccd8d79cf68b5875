//! OAuth: whole bodies, read and written again, as JSON and as forms.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::{
    ErrorBody, Field, GrantType, IntrospectionRequest, Number, OAuthErrorBody, OAuthErrorCode, OAuthErrorStatus,
    RevocationRequest, Secret, TokenIntrospection, TokenRequest, TokenResponse, TokenUse, decode,
};
use hubchannel_testkit::{assert_same_json, cases};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

#[track_caller]
fn read<T: DeserializeOwned + Serialize>(json: &str) -> T {
    let value: T = decode(json.as_bytes()).unwrap();
    assert_same_json(&serde_json::to_string(&value).unwrap(), json);
    value
}

/// Pairs as text that owns itself.
fn owned<'p>(pairs: impl IntoIterator<Item = (&'p str, impl Into<String>)>) -> Vec<(String, String)> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

fn exposed(field: &Field<Secret>) -> Option<&str> {
    field.as_ref().map(Secret::expose)
}

#[test]
fn a_code_is_sent_with_its_address_and_its_verifier() {
    let request =
        TokenRequest::from_authorization_code("client-7", "hush", "na1-code", "https://bridge.example.com/back")
            .set_code_verifier("hush-verifier")
            .set_scope("oauth conversations.read");
    request.check().unwrap();
    assert_eq!(
        owned(request.to_pairs()),
        owned([
            ("grant_type", "authorization_code"),
            ("code", "na1-code"),
            ("redirect_uri", "https://bridge.example.com/back"),
            ("client_id", "client-7"),
            ("client_secret", "hush"),
            ("code_verifier", "hush-verifier"),
            ("scope", "oauth conversations.read"),
        ])
    );
    assert_eq!(TokenRequest::from_pairs(request.to_pairs()).unwrap(), request);
    assert_same_json(
        &serde_json::to_string(&request).unwrap(),
        r#"{"grant_type":"authorization_code","code":"na1-code","redirect_uri":"https://bridge.example.com/back",
            "client_id":"client-7","client_secret":"hush","code_verifier":"hush-verifier",
            "scope":"oauth conversations.read"}"#,
    );
}

#[test]
fn a_token_request_is_read_whole() {
    let request: TokenRequest = read(
        r#"{"grant_type":"client_credentials","client_id":"client-7","client_assertion":"hush",
            "client_assertion_type":"jwt","refresh_token":"hush","scope":null,"resource":"inbox"}"#,
    );
    assert_eq!(request.grant_type, GrantType::ClientCredentials.into());
    assert_eq!(request.client_id.as_deref(), Some("client-7"));
    assert_eq!((exposed(&request.client_assertion), exposed(&request.refresh_token)), (Some("hush"), Some("hush")));
    assert_eq!(request.client_assertion_type.as_deref(), Some("jwt"));
    assert!(request.scope.is_null());
    assert_eq!(GrantType::NAMED, ["authorization_code", "refresh_token", "client_credentials"]);
    request.check().unwrap();
}

#[test]
fn a_token_request_must_have_what_its_grant_needs() {
    for (json, expected) in [
        ("{}", &["grant_type", "client_id"][..]),
        (r#"{"grant_type":"authorization_code","client_id":"a"}"#, &["code", "redirect_uri"]),
        (r#"{"grant_type":"refresh_token","client_id":"a"}"#, &["refresh_token"]),
        (r#"{"grant_type":"refresh_token","client_id":"","refresh_token":""}"#, &["refresh_token", "client_id"]),
        (
            r#"{"grant_type":"refresh_token","client_id":"a","refresh_token":"b","client_secret":""}"#,
            &["client_secret"],
        ),
        (r#"{"grant_type":"refresh_token","client_id":"a","refresh_token":"b"}"#, &[]),
        (r#"{"grant_type":"device_code","client_id":"a"}"#, &[]),
    ] {
        let found = decode::<TokenRequest>(json.as_bytes()).unwrap().check();
        let paths: Vec<String> = found
            .err()
            .iter()
            .flat_map(|all| all.iter().map(|one| one.path.clone()))
            .collect();
        assert_eq!(paths, expected, "{json}");
    }
}

#[test]
fn a_token_is_read_whole() {
    let answer: TokenResponse = read(
        r#"{"token_type":"bearer","refresh_token":"na1-hush","access_token":"CIrT-hush","expires_in":1800.0,
            "hub_id":62515,"scopes":["oauth","conversations.read"],"token_use":"access_token","user_id":2620022,
            "id_token":"ey-hush","scope":"oauth"}"#,
    );
    assert_eq!(answer.token_type.as_deref(), Some("bearer"));
    assert_eq!(exposed(&answer.refresh_token), Some("na1-hush"));
    assert_eq!(exposed(&answer.access_token), Some("CIrT-hush"));
    assert_eq!(answer.expires_in, Field::Value(Number::from(1800)));
    assert_eq!(answer.hub_id, "62515".into());
    assert_eq!(answer.scopes.as_deref().unwrap(), ["oauth", "conversations.read"]);
    assert_eq!(answer.token_use, TokenUse::AccessToken.into());
    assert_eq!(answer.user_id, "2620022".into());
    assert_eq!(exposed(&answer.id_token), Some("ey-hush"));
    assert_eq!(answer.extra.get("scope"), Some(r#""oauth""#));
    assert!(!format!("{answer:?}").contains("hush"));
    assert_eq!(TokenUse::NAMED, ["access_token", "refresh_token"]);
}

#[test]
fn a_token_says_for_how_long_it_is_good() {
    for (json, expected) in [
        ("{}", None),
        (r#"{"expires_in":null}"#, None),
        (r#"{"expires_in":1800}"#, Some(1800)),
        (r#"{"expires_in":1789.9}"#, Some(1789)),
        (r#"{"expires_in":1.8e3}"#, Some(1800)),
        (r#"{"expires_in":-60}"#, Some(0)),
        (r#"{"expires_in":1e400}"#, Some(u64::MAX)),
    ] {
        assert_eq!(read::<TokenResponse>(json).expires_in_seconds(), expected, "{json}");
        assert_eq!(read::<TokenIntrospection>(json).expires_in_seconds(), expected, "{json}");
    }
    assert_eq!(TokenResponse::new("a", 1800).expires_in_seconds(), Some(1800));
}

#[test]
fn a_refresh_token_that_does_not_come_again_goes_on() {
    let old = Secret::new("old");
    for (json, expected) in [
        ("{}", "old"),
        (r#"{"refresh_token":null}"#, "old"),
        (r#"{"refresh_token":""}"#, "old"),
        (r#"{"refresh_token":"new"}"#, "new"),
    ] {
        assert_eq!(read::<TokenResponse>(json).refresh_token_or(&old).expose(), expected, "{json}");
    }
    assert_eq!(
        TokenResponse::new("a", 1)
            .set_refresh_token("new")
            .refresh_token_or(&old)
            .expose(),
        "new"
    );
}

#[test]
fn names_in_camel_case_lose_nothing_and_find_their_fields() {
    let json = r#"{"tokenType":"bearer","refreshToken":"na1-hush","accessToken":"CIrT-hush","expiresIn":1800,
        "hubId":62515,"scopes":["oauth"],"tokenUse":"access_token","userId":2620022,"idToken":"ey-hush","mood":1}"#;
    let raw: TokenResponse = read(json);
    assert!(raw.access_token.is_absent() && !format!("{raw:?}").contains("hush"));
    let answer = raw.with_documented_names();
    let expected: TokenResponse = read(
        r#"{"token_type":"bearer","refresh_token":"na1-hush","access_token":"CIrT-hush","expires_in":1800,"mood":1,
            "hub_id":62515,"scopes":["oauth"],"token_use":"access_token","user_id":2620022,"id_token":"ey-hush"}"#,
    );
    assert_eq!(answer, expected);
    assert_eq!(answer.clone().with_documented_names(), answer);
}

#[test]
fn a_name_in_camel_case_takes_no_other_members_place() {
    for json in [
        r#"{"access_token":"a","accessToken":"b"}"#,
        r#"{"access_token":null,"accessToken":"b"}"#,
        r#"{"accessToken":"a","accessToken":"b"}"#,
    ] {
        let raw: TokenResponse = read(json);
        assert_eq!(raw.clone().with_documented_names(), raw);
    }
    let null: TokenResponse = read(r#"{"refreshToken":null}"#);
    assert!(null.with_documented_names().refresh_token.is_null());
    let wrong: TokenResponse = read(r#"{"accessToken":[4711]}"#);
    let answer = wrong.clone().with_documented_names();
    assert_eq!(answer, wrong, "what does not fit stays where it was");

    let spoilt: TokenResponse = decode(br#"{"accessToken":"a","refreshToken":"r","hubId":{}}"#).unwrap();
    let answer = spoilt.with_documented_names();
    assert_eq!(answer.refresh_token.as_ref().map(|token| token.expose()), Some("r"), "one odd member costs no token");
    assert_eq!(answer.extra.get("hubId"), Some("{}"));
}

#[test]
fn a_token_is_asked_about_by_every_name_it_has() {
    let request = IntrospectionRequest::of_access_token("client-7", "hush", "CIrT-hush");
    assert_eq!(
        owned(request.to_pairs()),
        owned([
            ("client_id", "client-7"),
            ("client_secret", "hush"),
            ("token", "CIrT-hush"),
            ("access_token", "CIrT-hush"),
            ("token_type_hint", "access_token"),
        ])
    );
    let request = IntrospectionRequest::of_refresh_token("client-7", "hush", "na1-hush");
    assert_same_json(
        &serde_json::to_string(&request).unwrap(),
        r#"{"client_id":"client-7","client_secret":"hush","token":"na1-hush","refresh_token":"na1-hush",
            "token_type_hint":"refresh_token"}"#,
    );
    request.check().unwrap();
    assert_eq!(IntrospectionRequest::from_pairs(request.to_pairs()).unwrap(), request);

    for name in ["token", "access_token", "refresh_token"] {
        let pairs = [("client_id", "client-7"), ("client_secret", "hush"), (name, "T")];
        let request = IntrospectionRequest::from_pairs(pairs).unwrap();
        assert_eq!(request.subject().map(Secret::expose), Some("T"));
        request.check().unwrap();
    }
    // An empty token is none, so that one of another name counts.
    let pairs = [("token", ""), ("access_token", ""), ("refresh_token", "T")];
    let request = IntrospectionRequest::from_pairs(pairs).unwrap();
    assert_eq!(request.subject().map(Secret::expose), Some("T"));
    for pairs in [&[][..], &[("token", "")], &[("token", ""), ("refresh_token", "")]] {
        let request = IntrospectionRequest::from_pairs(pairs.iter().copied()).unwrap();
        assert_eq!(request.subject(), None);
        assert!(
            request
                .check()
                .unwrap_err()
                .iter()
                .any(|violation| violation.path == "token")
        );
    }
    let found = IntrospectionRequest::default().check().unwrap_err().to_string();
    assert!(
        ["client_id", "client_secret", "token"]
            .iter()
            .all(|name| found.contains(name)),
        "{found}"
    );
}

#[test]
fn what_is_known_of_an_access_token_is_read_whole() {
    let answer: TokenIntrospection = read(
        r#"{"active":true,"token":"CIrT-hush","hub_id":62515,"user_id":2620022,"client_id":"client-7","app_id":4711,
            "user":"grace@example.com","hub_domain":"harbour.example.com","scopes":["oauth"],"expires_in":1789,
            "is_private_distribution":true,"token_use":"access_token","token_type":"Bearer","mood":{},
            "signed_access_token":{"expiresAt":1769213087721,"scopes":"AAEC","hubId":62515,"userId":2620022,
                "appId":4711,"signature":"hush-1","scopeToScopeGroupPks":"AwQ","newSignature":"hush-2","hublet":"na1",
                "trialScopes":"","trialScopeToScopeGroupPks":"","isUserLevel":false,"isPrivateDistribution":true,
                "mood":0}}"#,
    );
    assert_eq!((&answer.active, &answer.is_private_distribution), (&true.into(), &true.into()));
    assert_eq!(exposed(&answer.token), Some("CIrT-hush"));
    assert_eq!((&answer.hub_id, &answer.user_id), (&"62515".into(), &"2620022".into()));
    assert_eq!((&answer.app_id, answer.client_id.as_deref()), (&"4711".into(), Some("client-7")));
    assert_eq!(answer.user.as_deref(), Some("grace@example.com"));
    assert_eq!(answer.hub_domain.as_deref(), Some("harbour.example.com"));
    assert_eq!(answer.scopes.as_deref().unwrap(), ["oauth"]);
    assert_eq!(answer.expires_in_seconds(), Some(1789));
    assert_eq!((&answer.token_use, answer.token_type.as_deref()), (&TokenUse::AccessToken.into(), Some("Bearer")));
    assert_eq!(answer.extra.len(), 1);

    let signed = answer.signed_access_token.as_ref().unwrap();
    assert_eq!(signed.expires_at, Field::Value(Number::from(1_769_213_087_721)));
    assert_eq!(signed.scopes.as_deref(), Some("AAEC"));
    assert_eq!((&signed.hub_id, &signed.user_id), (&"62515".into(), &"2620022".into()));
    assert_eq!((&signed.app_id, signed.hublet.as_deref()), (&"4711".into(), Some("na1")));
    assert_eq!((exposed(&signed.signature), exposed(&signed.new_signature)), (Some("hush-1"), Some("hush-2")));
    assert_eq!(signed.scope_to_scope_group_pks.as_deref(), Some("AwQ"));
    assert_eq!(signed.trial_scopes.as_deref(), Some(""));
    assert_eq!(signed.trial_scope_to_scope_group_pks.as_deref(), Some(""));
    assert_eq!((&signed.is_user_level, &signed.is_private_distribution), (&false.into(), &true.into()));
    assert_eq!(signed.extra.len(), 1);
    assert!(!format!("{answer:?}").contains("hush"));
}

#[test]
fn a_token_that_is_no_good_needs_no_more_than_that() {
    let answer: TokenIntrospection = read(r#"{"active":false}"#);
    assert_eq!((&answer.active, answer.expires_in_seconds()), (&false.into(), None));
}

#[test]
fn a_refresh_token_is_given_up() {
    let request = RevocationRequest::new("client-7", "hush", "na1-hush");
    request.check().unwrap();
    let pairs = owned([
        ("client_id", "client-7"),
        ("client_secret", "hush"),
        ("token", "na1-hush"),
        ("token_type_hint", "refresh_token"),
    ]);
    assert_eq!(owned(request.to_pairs()), pairs);
    assert_eq!(RevocationRequest::from_pairs(pairs).unwrap(), request);
    assert!(!format!("{request:?}").contains("hush"));
    assert!(RevocationRequest::default().check().is_err());
}

#[test]
fn errors_are_read_in_both_forms() {
    let body: OAuthErrorBody = read(
        r#"{"status":"BAD_REFRESH_TOKEN","message":"no such token","correlationId":"019db0fe","error":"invalid_grant",
            "error_description":"it was revoked","mood":1}"#,
    );
    assert_eq!(body.status, OAuthErrorStatus::BadRefreshToken.into());
    assert_eq!(body.message.as_deref(), Some("no such token"));
    assert_eq!(body.correlation_id.as_deref(), Some("019db0fe"));
    assert_eq!(body.error, OAuthErrorCode::InvalidGrant.into());
    assert_eq!(body.error_description.as_deref(), Some("it was revoked"));
    assert_eq!(body.extra.len(), 1);
    for status in OAuthErrorStatus::NAMED {
        let json = format!(r#"{{"status":"{status}","message":"m"}}"#);
        assert!(read::<OAuthErrorBody>(&json).status.as_ref().unwrap().is_named());
        assert_eq!(read::<ErrorBody>(&json).status.as_deref(), Some(*status));
    }
    assert_eq!(OAuthErrorStatus::NAMED.len(), 7);
    assert_eq!(OAuthErrorCode::NAMED.len(), 6);
    assert_eq!(read::<OAuthErrorBody>(r#"{"status":"error"}"#).status, "error".into());
}

#[test]
fn a_form_field_must_not_come_twice() {
    let twice = [("token", "hush-1"), ("client_id", "a"), ("token", "hush-2")];
    let error = RevocationRequest::from_pairs(twice).unwrap_err();
    assert_eq!(error.to_string(), "token: comes twice");
}

#[test]
fn a_form_writes_no_name_twice_that_has_a_field() {
    let mut request = RevocationRequest::new("client-7", "hush", "T");
    request.extra.insert("token", "other").unwrap();
    request.extra.insert("tries", &3).unwrap();
    let names: Vec<&str> = request.to_pairs().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["client_id", "client_secret", "token", "token_type_hint", "tries"]);
}

#[test]
fn an_odd_member_of_an_error_costs_nothing_but_itself() {
    let json = r#"{"status":"BAD_REFRESH_TOKEN","message":{"text":"no"},"correlationId":7,"error":"invalid_grant",
        "error_description":["no"]}"#;
    let body: OAuthErrorBody = read(json);
    assert_eq!(body.status.as_ref(), Some(&OAuthErrorStatus::BadRefreshToken));
    assert_eq!(body.error.as_ref(), Some(&OAuthErrorCode::InvalidGrant));
    assert!(body.message.is_absent() && body.correlation_id.is_absent());
    assert_eq!(body.extra.get("message"), Some(r#"{"text":"no"}"#));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_form_loses_nothing(
        known in proptest::sample::subsequence(
            vec!["grant_type", "code", "redirect_uri", "refresh_token", "client_id", "client_secret", "code_verifier",
                "scope", "client_assertion", "client_assertion_type"],
            0..10,
        ),
        values in proptest::collection::vec(any::<String>(), 10),
        unknown in proptest::collection::vec(("x[a-z]{0,3}", any::<String>()), 0..4),
    ) {
        let mut pairs = owned(known.into_iter().zip(values));
        pairs.extend(unknown);
        let form = TokenRequest::from_pairs(pairs.clone()).unwrap();
        prop_assert_eq!(owned(form.to_pairs()), pairs);
        let again: TokenRequest = decode(&serde_json::to_vec(&form).unwrap()).unwrap();
        prop_assert_eq!(again, form);
    }
}
