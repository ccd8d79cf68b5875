//! How requests are turned down, compared with bodies written by hand. Everything is asked in process and over HTTP.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::Duration;

use common::{Ask, Bench, MESSAGES, hello, hello_with, noon};
use http::Method;
use hubchannel_api::{ApiVersion, Credential, Segment, clock::ManualClock};
use hubchannel_emulator::{AccountSeed, ChannelSeed, Emulator, Seed, TokenSeed};
use serde_json::{Value, json};

/// A portal with everything that can be wrong in it.
fn crooked() -> Emulator {
    let clock = ManualClock::new(noon());
    let expired = |ago: u64| noon() - Duration::from_millis(ago);
    let seed = Seed::default()
        .with_clock(clock)
        .add_channel(ChannelSeed::new("500", 40_776_849))
        .add_channel(ChannelSeed::new("600", 99))
        .add_account(AccountSeed::new("501", "500", 62515))
        .add_account(AccountSeed::new("701", "2930388", 62516))
        .add_account(AccountSeed::new("801", "2930388", 62515).set_authorized(false))
        .add_account(AccountSeed::new("802", "2930388", 62515).set_active(false))
        .add_token(TokenSeed::new("other-app", 62515, 99))
        .add_token(TokenSeed::new("just-expired", 62515, 40_776_849).set_expires_at(expired(0)))
        .add_token(TokenSeed::new("long-expired", 62515, 40_776_849).set_expires_at(expired(90_061_007)))
        .add_token(TokenSeed::new("read-only", 62515, 40_776_849).set_scopes(["conversations.custom_channels.read"]))
        .add_token(TokenSeed::new("write-only", 62515, 40_776_849).set_scopes(["conversations.custom_channels.write"]));
    Emulator::with_seed(seed)
}

/// Asks both ways; the status and body must be these, and nothing may have been created.
async fn refused(ask: Ask, status: u16, body: Value) {
    let bench = Bench::new(crooked()).await;
    let shown = format!("{} {}", ask.method, ask.path);
    let answer = bench.ask_twice(ask).await;
    assert_eq!(answer.error(), body, "{shown}");
    assert_eq!(answer.status, status, "{shown}");
    assert_eq!(answer.header("content-type"), "application/json;charset=utf-8");
    let failed = if status == 401 { "401 Unauthorized" } else { "" };
    assert_eq!(answer.header("x-hubspot-auth-failure"), failed);
    assert!(bench.emulator.messages().is_empty());
}

fn everything() -> [Ask; 3] {
    [
        Ask::publish(hello()),
        Ask::get(format!("{MESSAGES}/5c1f")),
        Ask::patch("5c1f", json!({"statusType": "SENT"})),
    ]
}

#[tokio::test]
async fn without_good_credentials_nobody_gets_in() {
    let body = json!({
        "status": "error",
        "message": "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find \
                    more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "category": "INVALID_AUTHENTICATION",
    });
    for ask in everything() {
        refused(ask.clone().anonymous(), 401, body.clone()).await;
        refused(ask.clone().token("wrong"), 401, body.clone()).await;
        refused(ask.header("authorization", "Basic emulated-access-token"), 401, body.clone()).await;
    }
}

#[tokio::test]
async fn an_expired_token_says_since_when() {
    for ask in everything() {
        let body = |ago: &str, since: &str| {
            json!({
                "status": "error",
                "message": format!("The OAuth token used to make this call expired {ago} ago."),
                "category": "EXPIRED_AUTHENTICATION",
                "context": {"expire time": [since]},
            })
        };
        let just = body("0 second(s)", "2023-11-14T22:13:20.000Z");
        refused(ask.clone().token("just-expired"), 401, just).await;
        refused(ask.token("long-expired"), 401, body("1 day(s)", "2023-11-13T21:12:18.993Z")).await;
    }
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let [publish, read, report] = everything();
    let body = |scope: &str| {
        json!({
            "status": "error",
            "message": "This app hasn't been granted all required scopes to make this call. Read more about required \
                        scopes here: https://developers.hubspot.com/scopes.",
            "category": "MISSING_SCOPES",
            "errors": [{
                "message": "One or more of the following scopes are required.",
                "context": {"requiredScopes": [scope]},
            }],
            "links": {"scopes": "https://developers.hubspot.com/scopes"},
        })
    };
    refused(publish.token("read-only"), 403, body("conversations.custom_channels.write")).await;
    refused(report.token("read-only"), 403, body("conversations.custom_channels.write")).await;
    refused(read.token("write-only"), 403, body("conversations.custom_channels.read")).await;
}

#[tokio::test]
async fn a_channel_that_is_not_the_app_s_is_not_there() {
    for (id, token) in [
        ("477835", "emulated-access-token"),
        ("600", "emulated-access-token"),
        ("2930388", "other-app"),
    ] {
        let path = format!("/conversations/v3/custom-channels/{id}/messages");
        let body = |sub_category: Option<&str>| {
            let mut body = json!({
                "status": "error",
                "message": format!("Channel {id} not found"),
                "category": "OBJECT_NOT_FOUND",
                "context": {"channelId": [id]},
            });
            if let Some(sub_category) = sub_category {
                body["subCategory"] = sub_category.into();
            }
            body
        };
        // However broken the body: the channel comes first.
        for text in ["{", r#"{"timestamp": "now"}"#, &hello().to_string()] {
            let publish = Ask::new(Method::POST, path.as_str()).text(text).token(token);
            let sub_category = "ChannelIntegrationMessagePublishError.CHANNEL_DOES_NOT_EXIST";
            refused(publish, 404, body(Some(sub_category))).await;
        }
        refused(Ask::get(format!("{path}/5c1f")).token(token), 404, body(None)).await;
        let report = Ask::new(Method::PATCH, format!("{path}/5c1f")).json(json!({"statusType": "SENT"}));
        refused(report.token(token), 404, body(None)).await;
    }
}

#[tokio::test]
async fn an_account_must_be_the_channel_s_and_in_use() {
    // Unknown, of another channel, of another portal, and no id at all.
    for id in ["1", "501", "701", ""] {
        let body = json!({
            "status": "error",
            "message": format!("Channel account {id} not found"),
            "category": "OBJECT_NOT_FOUND",
            "context": {"channelAccountId": [id]},
        });
        refused(Ask::publish(hello_with(json!({"channelAccountId": id}))), 404, body).await;
    }
    for (id, lacking) in [("801", "authorized"), ("802", "active")] {
        let body = json!({
            "status": "error",
            "message": format!("Channel account {id} is not {lacking}"),
            "category": "VALIDATION_ERROR",
            "context": {"channelAccountId": [id]},
        });
        refused(Ask::publish(hello_with(json!({"channelAccountId": id}))), 400, body).await;
    }
}

#[tokio::test]
async fn an_unknown_message_is_not_there() {
    let body = json!({
        "status": "error",
        "message": "Message 5c1f not found",
        "category": "OBJECT_NOT_FOUND",
        "context": {"messageId": ["5c1f"]},
    });
    let [_, read, report] = everything();
    refused(read, 404, body.clone()).await;
    refused(report, 404, body).await;
}

#[tokio::test]
async fn a_message_is_not_seen_from_another_channel() {
    let emulator = crooked();
    let id = common::in_process(&emulator, Ask::publish(hello())).await.id();
    let path = format!("/conversations/v3/custom-channels/500/messages/{id}");
    assert_eq!(common::in_process(&emulator, Ask::get(path)).await.status, 404);
}

#[tokio::test]
async fn a_channel_id_must_be_a_number() {
    let body = json!({"status": "error", "message": "Unable to parse value for path parameter: channelId"});
    for path in ["abc/messages", "abc/messages/", "%20/messages", "1.5/messages"] {
        let path = format!("/conversations/v3/custom-channels/{path}");
        // The path comes before credentials.
        refused(Ask::new(Method::POST, path).json(hello()).anonymous(), 400, body.clone()).await;
    }
}

#[tokio::test]
async fn a_body_must_be_declared_as_json() {
    let body = json!({"status": "error", "message": "HTTP 415 Unsupported Media Type"});
    for declared in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "",
    ] {
        let mut ask = Ask::publish(hello());
        ask.headers.clear();
        refused(ask.header("content-type", declared), 415, body.clone()).await;
    }
    let bench = Bench::new(Emulator::new()).await;
    let mut ask = Ask::publish(hello());
    ask.headers.clear();
    let ask = ask.header("content-type", "Application/JSON; charset=UTF-8");
    assert_eq!(bench.ask(ask).await.status, 201);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_turned_down() {
    let body = json!({"status": "error", "message": "HTTP 413 Payload Too Large"});
    let publish = Ask::publish(hello_with(json!({"text": "x".repeat(4 * 1024 * 1024)})));
    refused(publish, 413, body).await;
    let bench = Bench::new(Emulator::new()).await;
    let room = 4 * 1024 * 1024 - hello_with(json!({"text": ""})).to_string().len();
    let publish = Ask::publish(hello_with(json!({"text": "x".repeat(room)})));
    let answer = bench.ask(publish).await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn malformed_json_is_shown_where_it_breaks() {
    for (text, message) in [
        ("", "line 1, column 0: Unexpected end-of-input: EOF while parsing a value"),
        ("{\n \"text\": \"a\",", "line 2, column 13: Unexpected end-of-input: EOF while parsing a value"),
        ("{ \\\"text\\\": 1}", "line 1, column 3: Unexpected character ('\\' (code 92)): key must be a string"),
        ("{\"text\": ü}", "line 1, column 10: Unexpected character ('ü' (code 252)): expected value"),
        ("{} {}", "line 1, column 4: Unexpected character ('{' (code 123)): trailing characters"),
    ] {
        let body = json!({"status": "error", "message": format!("Invalid input JSON on {message}")});
        refused(Ask::new(Method::POST, MESSAGES).text(text), 400, body).await;
    }
    let body = json!({
        "status": "error",
        "message": "Invalid input JSON on line 1, column 11: Invalid UTF-8 start byte 0xff",
    });
    refused(Ask::new(Method::POST, MESSAGES).text(b"{\"text\": \"\xff\"}"), 400, body).await;
}

#[tokio::test]
async fn a_member_of_the_wrong_type_is_named() {
    for (text, message) in [
        (
            r#"{"senders": [{"deliveryIdentifier": "chat:7"}]}"#,
            "line 1, column 44: Cannot construct instance of `senders[0].deliveryIdentifier`, problem: invalid type: \
             a string, expected an object (DeliveryIdentifier)",
        ),
        (
            "{\n\"text\": 5}",
            "line 2, column 9: Cannot construct instance of `text`, problem: invalid type: a number, expected a \
             string",
        ),
        (
            "[]",
            "line 1, column 0: Cannot construct instance of `the body`, problem: invalid type: an array, expected an \
             object (NewMessage)",
        ),
    ] {
        let body = json!({"status": "error", "message": format!("Invalid input JSON on {message}")});
        refused(Ask::new(Method::POST, MESSAGES).text(text), 400, body).await;
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let missing = |body: &Value, members: &str| {
        let column = body.to_string().len();
        json!({
            "status": "error",
            "message": format!(
                "Invalid input JSON on line 1, column {column}. Some required fields were not set: [{members}]"
            ),
            "category": "VALIDATION_ERROR",
        })
    };
    for (changes, members) in [
        (json!({"text": null}), "text"),
        (json!({"senders": null}), "senders"),
        (json!({"channelAccountId": null}), "channelAccountId"),
        (json!({"text": null, "channelAccountId": null, "senders": null}), "text, channelAccountId, senders"),
        (json!({"senders": [{"name": "Ada"}]}), "deliveryIdentifier"),
        (json!({"senders": [{"deliveryIdentifier": {"value": "7"}}]}), "type"),
        (json!({"recipients": [{"deliveryIdentifier": {}}]}), "type, value"),
        (json!({"attachments": [{"type": "FILE"}]}), "fileId"),
        (json!({"attachments": [{"type": "LOCATION", "latitude": 1}]}), "longitude"),
        (json!({"attachments": [{"type": "CONTACT"}]}), "contactProfile"),
        (json!({"attachments": [{"type": "CONTACT", "contactProfile": {"emails": []}}]}), "addresses, phones, urls"),
        (json!({"attachments": [{"type": "QUICK_REPLIES"}]}), "quickReplies"),
        (json!({"attachments": [{"type": "QUICK_REPLIES", "quickReplies": [{"label": "x"}]}]}), "value, valueType"),
        (json!({"attachments": [{"type": "SOCIAL_MEDIA_METADATA"}]}), "socialMetadata"),
        (json!({"preResolvedContacts": {}}), "contacts"),
        (json!({"preResolvedContacts": {"contacts": [{"contactVid": 1}]}}), "contactPropertiesLeadingToMatch"),
    ] {
        let body = hello_with(changes);
        refused(Ask::publish(body.clone()), 400, missing(&body, members)).await;
    }
    let text = "{\n  \"text\": null\n}\n";
    let body = json!({
        "status": "error",
        "message": "Invalid input JSON on line 3, column 1. Some required fields were not set: [text, \
                    channelAccountId, senders]",
        "category": "VALIDATION_ERROR",
    });
    refused(Ask::new(Method::POST, MESSAGES).text(text), 400, body).await;
}

#[tokio::test]
async fn a_value_of_no_known_kind_is_shown() {
    let no_enum = |kind: &str, value: &str, names: &str| {
        format!(
            "Cannot deserialize value of type `{kind}` from String \"{value}\": not one of the values accepted for \
             Enum class: [{names}]"
        )
    };
    for (changes, problem) in [
        (json!({"messageDirection": "SIDEWAYS"}), no_enum("MessageDirection", "SIDEWAYS", "INCOMING, OUTGOING")),
        (
            json!({"senders": [{"deliveryIdentifier": {"type": "EMAIL", "value": "a@b"}}]}),
            no_enum(
                "DeliveryIdentifierType",
                "EMAIL",
                "CHANNEL_SPECIFIC_OPAQUE_ID, HS_EMAIL_ADDRESS, HS_PHONE_NUMBER, HS_SHORT_CODE",
            ),
        ),
        (
            json!({"attachments": [{"type": "FILE", "fileId": "7", "fileUsageType": "FONT"}]}),
            no_enum("FileUsageType", "FONT", "AUDIO, IMAGE, OTHER, STICKER, VOICE_RECORDING"),
        ),
        (
            json!({"timestamp": "tomorrow"}),
            "Cannot construct instance of `com.hubspot.apiutils.core.models.time.Iso8601Instant`, problem: Failed to \
             parse tomorrow as an ISO8601 string"
                .to_owned(),
        ),
        (
            json!({"attachments": [{"type": "HOLOGRAM"}]}),
            "Could not resolve type id 'HOLOGRAM' as a subtype of `Attachment`: known type ids = [FILE, LOCATION, \
             CONTACT, UNSUPPORTED_CONTENT, MESSAGE_HEADER, QUICK_REPLIES, SOCIAL_MEDIA_METADATA]"
                .to_owned(),
        ),
        (
            json!({"attachments": [{"type": "WHATSAPP_TEMPLATE_METADATA"}]}),
            "Could not resolve type id 'WHATSAPP_TEMPLATE_METADATA' as a subtype of `Attachment`: known type ids = \
             [FILE, LOCATION, CONTACT, UNSUPPORTED_CONTENT, MESSAGE_HEADER, QUICK_REPLIES, SOCIAL_MEDIA_METADATA]"
                .to_owned(),
        ),
        (
            json!({"attachments": [{"fileId": "7"}]}),
            "Could not resolve subtype of `Attachment`: missing type id property 'type'".to_owned(),
        ),
        (
            json!({"attachments": [{"type": "FILE", "fileId": true}]}),
            "Cannot construct instance of `attachments.fileId`, problem: invalid type: a boolean, expected an id (a \
             string or a number)"
                .to_owned(),
        ),
        (
            json!({"associateWithContactId": "ada"}),
            "Cannot deserialize value of type `long` for associateWithContactId from \"ada\": not a valid `long` value"
                .to_owned(),
        ),
    ] {
        let message = format!("Invalid input JSON on line -1, column -1: {problem}");
        let body = json!({"status": "error", "message": message});
        refused(Ask::publish(hello_with(changes)), 400, body).await;
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_is_turned_down() {
    let sender = |kind: &str, value: &str| json!({"senders": [{"deliveryIdentifier": {"type": kind, "value": value}}]});
    for (changes, message) in [
        (json!({"senders": []}), "senders must not be empty"),
        (json!({"text": ""}), "text must not be empty"),
        (sender("HS_PHONE_NUMBER", "015112345678"), "015112345678 is not a valid HS_PHONE_NUMBER"),
        (sender("HS_PHONE_NUMBER", "+0151"), "+0151 is not a valid HS_PHONE_NUMBER"),
        (sender("HS_PHONE_NUMBER", "+1234567890123456"), "+1234567890123456 is not a valid HS_PHONE_NUMBER"),
        (sender("HS_EMAIL_ADDRESS", "ada"), "ada is not a valid HS_EMAIL_ADDRESS"),
        (sender("HS_EMAIL_ADDRESS", "a@b@c"), "a@b@c is not a valid HS_EMAIL_ADDRESS"),
        (sender("HS_SHORT_CODE", "12a"), "12a is not a valid HS_SHORT_CODE"),
        (sender("CHANNEL_SPECIFIC_OPAQUE_ID", ""), " is not a valid CHANNEL_SPECIFIC_OPAQUE_ID"),
    ] {
        let body = json!({"status": "error", "message": message, "category": "VALIDATION_ERROR"});
        refused(Ask::publish(hello_with(changes)), 400, body).await;
    }
    let bench = Bench::new(Emulator::new()).await;
    let file = hello_with(json!({"text": "", "attachments": [{"type": "FILE", "fileId": "7"}]}));
    assert_eq!(bench.ask(Ask::publish(file)).await.status, 201);
}

#[tokio::test]
async fn every_operation_that_hubspot_has_is_answered() {
    for operation in hubchannel_api::server::OPERATIONS {
        let pieces: Vec<String> = operation
            .path
            .iter()
            .map(|segment| match segment {
                Segment::Literal(literal) => format!("/{literal}"),
                _ => "/7".to_owned(),
            })
            .collect();
        for version in ApiVersion::ALL {
            let path = format!("{}{}", operation.area.base(version), pieces.concat());
            let bench = Bench::new(crooked()).await;
            let answer = bench
                .ask_twice(Ask::new(operation.method.clone(), path).anonymous().text("{"))
                .await;
            let expected = match operation.credential {
                Credential::None => 415,
                _ => 401,
            };
            assert_eq!(answer.status, expected, "{} in {version}", operation.name);
        }
    }
}

#[tokio::test]
async fn a_recording_shows_no_token_in_a_path() {
    let emulator = Emulator::new();
    let path = "/conversations/v3/custom-channels/2930388/channel-account-staging-tokens/SECRET?x=SECRET";
    common::in_process(&emulator, Ask::new(Method::PATCH, path)).await;
    let received = emulator.received();
    let shown = format!("{received:?}");
    assert!(!shown.contains("SECRET") && shown.contains("/channel-account-staging-tokens/…"), "{shown}");
    assert_eq!(received[0].path_and_query, path, "a test may look");
}

#[tokio::test]
async fn where_nothing_is_there_is_a_page_for_browsers() {
    let bench = Bench::new(Emulator::new()).await;
    let page = async |ask: Ask, status: u16, title: &str| {
        let answer = bench.ask_twice(ask.anonymous()).await;
        assert_eq!(answer.status, status);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert_ne!(answer.header("x-hubspot-correlation-id"), "");
        let text = String::from_utf8(answer.body.clone()).unwrap();
        assert!(text.starts_with("<html>") && text.contains(title), "{text}");
        answer
    };
    for path in [
        "/",
        "/conversations/v3/custom-channels/2930388/messages/5c1f/more",
        "/oauth/v0/token",
    ] {
        page(Ask::get(path), 404, "Error 404 Not Found").await;
    }
    let answer = page(Ask::new(Method::DELETE, MESSAGES), 405, "Error 405 Method Not Allowed").await;
    assert_eq!(answer.header("allow"), "POST");
    let answer = page(Ask::new(Method::PUT, format!("{MESSAGES}/5c1f")), 405, "Error 405 Method Not Allowed").await;
    assert_eq!(answer.header("allow"), "GET, PATCH");
}
