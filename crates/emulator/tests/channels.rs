//! Channels: registering, listing, changing and archiving them, with answers written by hand. What changes nothing is asked
//! in process and over HTTP.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::time::Duration;

use common::{Ask, Bench, CHANNELS, SPELLINGS, hello, noon};
use http::Method;
use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{AppSeed, ChannelSeed, Emulator, Seed, TokenSeed};
use serde_json::{Value, json};

async fn bench() -> Bench {
    Bench::new(Emulator::with_seed(Seed::default().with_clock(ManualClock::new(noon())))).await
}

fn create(body: Value) -> Ask {
    Ask::new(Method::POST, CHANNELS).developer().json(body)
}

fn patch(id: &str, body: Value) -> Ask {
    Ask::new(Method::PATCH, format!("{CHANNELS}/{id}"))
        .developer()
        .json(body)
}

fn get(id: &str) -> Ask {
    Ask::get(format!("{CHANNELS}/{id}")).developer()
}

fn list(query: &str) -> Ask {
    Ask::get(format!("{CHANNELS}?{query}")).developer()
}

fn ids(page: &Value) -> Vec<&str> {
    let results = page["results"].as_array().unwrap();
    results.iter().map(|channel| channel["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_registered_channel_is_what_was_asked_for() {
    let bench = bench().await;
    let capabilities = json!({
        "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID", "HS_PHONE_NUMBER"],
        "threadingModel": "DELIVERY_IDENTIFIER",
        "richText": ["HYPERLINK", "SOMETHING_NEW"],
        "allowInlineImages": false,
        "outgoingAttachmentTypes": [],
        "allowedFileAttachmentMimeTypes": ["image/*"],
        "maxFileAttachmentCount": 3,
    });
    let answer = bench
        .ask(create(json!({
            "name": "Harbour chat",
            "capabilities": capabilities,
            "webhookUrl": "https://bridge.example.com/hubspot?t=1",
            "channelAccountConnectionRedirectUrl": null,
            "channelLogoUrl": "https://bridge.example.com/logo.png",
            "unknown": 1,
        })))
        .await;
    assert_eq!(answer.status, 201);
    let id = answer.id();
    assert!(id.parse::<i32>().is_ok(), "{id}");
    assert_eq!(
        answer.json(),
        json!({
            "id": id,
            "name": "Harbour chat",
            "capabilities": capabilities,
            "createdAt": "2023-11-14T22:13:20.000Z",
            "webhookUrl": "https://bridge.example.com/hubspot?t=1",
            "channelLogoUrl": "https://bridge.example.com/logo.png",
        })
    );
    assert_eq!(answer.header("location"), format!("{CHANNELS}/{id}"));
    assert_eq!(bench.ask_twice(get(&id)).await.json(), answer.json());
    assert_eq!(bench.ask_twice(get(&format!("00{id}"))).await.json(), answer.json());
    let listed = bench.ask_twice(list("")).await.json();
    assert_eq!(ids(&listed), ["2930388", &id]);
    assert_eq!(listed["results"][1], answer.json());
    assert_eq!(listed["total"], 2);
    assert_eq!(listed.get("paging"), None);
}

#[tokio::test]
async fn unknown_and_null_capabilities_are_left_out() {
    let bench = bench().await;
    let capabilities = json!({"threadingModel": null, "holograms": {"a": 1}, "allowOutgoingMessages": true});
    let answer = bench
        .ask(create(json!({"name": "x", "capabilities": capabilities})))
        .await;
    assert_eq!(answer.json()["capabilities"], json!({"allowOutgoingMessages": true}));
}

#[tokio::test]
async fn every_version_and_spelling_reaches_the_same_channels() {
    let bench = bench().await;
    for (spelling, own) in SPELLINGS {
        for slash in ["", "/"] {
            let body = json!({"name": spelling, "capabilities": {}});
            let path = |rest: &str| format!("{spelling}{rest}{slash}");
            let created = bench.ask(Ask::new(Method::POST, path("")).developer().json(body)).await;
            assert_eq!(created.status, 201, "{spelling}{slash}");
            let one = format!("/{}", created.id());
            assert_eq!(created.header("location"), format!("{own}{one}"));
            assert_eq!(bench.ask_twice(Ask::get(path(&one)).developer()).await.json(), created.json());
            let listed = bench.ask_twice(Ask::get(path("")).developer()).await.json();
            assert_eq!(listed["total"], 2, "{spelling}{slash}");
            let renamed = Ask::new(Method::PATCH, path(&one))
                .developer()
                .json(json!({"name": "Other"}));
            assert_eq!(bench.ask_twice(renamed).await.json()["name"], "Other");
            let archived = bench.ask(Ask::new(Method::DELETE, path(&one)).developer()).await;
            assert_eq!((archived.status, archived.body.len()), (204, 0));
        }
    }
}

#[tokio::test]
async fn a_patch_sets_keeps_and_clears() {
    let bench = bench().await;
    let before = json!({
        "id": "2930388",
        "name": "Emulated channel",
        "capabilities": {
            "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID"],
            "threadingModel": "INTEGRATION_THREAD_ID",
            "allowOutgoingMessages": true,
        },
        "createdAt": "2023-11-14T22:13:20.000Z",
    });
    assert_eq!(bench.ask_twice(get("2930388")).await.json(), before);
    let mut expected = before.clone();
    for (change, member) in [
        (json!({"webhookUrl": "https://a.example.com"}), "webhookUrl"),
        (
            json!({"channelAccountConnectionRedirectUrl": "https://b.example.com"}),
            "channelAccountConnectionRedirectUrl",
        ),
        (json!({"channelDescription": "d"}), "channelDescription"),
        (json!({"channelLogoUrl": "l"}), "channelLogoUrl"),
        (json!({"name": "Harbour"}), "name"),
        (json!({"capabilities": {"allowInlineImages": true}}), "capabilities"),
    ] {
        expected[member] = change[member].clone();
        let answer = bench.ask_twice(patch("2930388", change)).await;
        assert_eq!((answer.status, answer.json()), (200, expected.clone()));
    }
    let cleared = json!({"webhookUrl": null, "channelDescription": null, "channelLogoUrl": null});
    for member in ["webhookUrl", "channelDescription", "channelLogoUrl"] {
        expected.as_object_mut().unwrap().remove(member);
    }
    assert_eq!(bench.ask_twice(patch("2930388", cleared)).await.json(), expected);
    assert_eq!(bench.ask_twice(get("2930388")).await.json(), expected);
}

#[tokio::test]
async fn a_patch_that_cannot_be_changes_nothing() {
    let bench = bench().await;
    let before = bench.ask_twice(get("2930388")).await.json();
    let empty = json!({
        "status": "error",
        "message": "Failed to update object. The body of the request is empty.",
        "category": "VALIDATION_ERROR",
        "subCategory": "CustomChannelsError.EMPTY_UPDATE_REQUEST_BODY",
    });
    let invalid = |message: &str| json!({"status": "error", "message": message, "category": "VALIDATION_ERROR"});
    for (body, error) in [
        (json!({}), empty.clone()),
        (json!({"id": "7"}), empty),
        (json!({"name": null}), invalid("name must not be null")),
        (json!({"webhookUrl": "x", "capabilities": null}), invalid("capabilities must not be null")),
        (json!({"name": ""}), invalid("name must not be empty")),
        (
            json!({"webhookUrl": {}}),
            json!({
                "status": "error",
                "message": "Invalid input JSON on line 1, column 14: Cannot construct instance of `webhookUrl`, \
                            problem: invalid type: an object, expected a string",
            }),
        ),
    ] {
        let answer = bench.ask_twice(patch("2930388", body.clone())).await;
        assert_eq!((answer.status, answer.error()), (400, error), "{body}");
    }
    assert_eq!(bench.ask_twice(get("2930388")).await.json(), before);
}

#[tokio::test]
async fn what_is_missing_of_a_channel_is_named() {
    let bench = bench().await;
    for (body, members) in [
        (json!({}), "name, capabilities"),
        (json!({"name": null, "capabilities": {}}), "name"),
        (json!({"name": "x"}), "capabilities"),
    ] {
        let column = body.to_string().len();
        let answer = bench.ask_twice(create(body)).await;
        assert_eq!(answer.status, 400);
        assert_eq!(
            answer.error()["message"],
            format!("Invalid input JSON on line 1, column {column}. Some required fields were not set: [{members}]")
        );
    }
    let nameless = bench.ask_twice(create(json!({"name": "", "capabilities": {}}))).await;
    assert_eq!((nameless.status, nameless.error()["message"].as_str()), (400, Some("name must not be empty")));
    assert_eq!(bench.emulator.channels().len(), 1);
}

#[tokio::test]
async fn a_capability_that_cannot_be_is_shown_as_it_came() {
    let bench = bench().await;
    for (capabilities, shown) in [
        (
            json!({"threadingModel": "DELIVERY_IDENTFIER_BASED_THREADING"}),
            vec![r#""threadingModel": ""DELIVERY_IDENTFIER_BASED_THREADING"""#],
        ),
        (
            json!({"deliveryIdentifierTypes": [{"type": "HS_EMAIL_ADDRESS", "value": "<some email"}]}),
            vec![r#""deliveryIdentifierTypes": "[{"type":"HS_EMAIL_ADDRESS","value":"<some email"}]""#],
        ),
        (json!({"deliveryIdentifierTypes": ["EMAIL"]}), vec![r#""deliveryIdentifierTypes": "["EMAIL"]""#]),
        (json!({"threadingModel": 5, "richText": []}), vec![r#""threadingModel": "5""#]),
        (json!({"richText": "BOLD"}), vec![r#""richText": ""BOLD"""#]),
        (
            json!({"allowInlineImages": "yes", "maxFileAttachmentCount": -1}),
            vec![r#""allowInlineImages": ""yes"""#, r#""maxFileAttachmentCount": "-1""#],
        ),
    ] {
        let quoted: Vec<String> = shown.iter().map(|shown| format!("`{shown}`")).collect();
        let error = json!({
            "status": "error",
            "message": format!("One or more Channel Capabilities specified had invalid values: {}", quoted.join(", ")),
            "category": "VALIDATION_ERROR",
            "subCategory": "CustomChannelsError.INVALID_CHANNEL_CAPABILITY_VALUES",
            "context": {"capabilityKeysAndValues": shown},
        });
        for ask in [
            create(json!({"name": "x", "capabilities": capabilities})),
            patch("2930388", json!({"capabilities": capabilities})),
        ] {
            let answer = bench.ask_twice(ask).await;
            assert_eq!((answer.status, answer.error()), (400, error.clone()));
        }
    }
    assert_eq!(bench.emulator.channels().len(), 1);
}

#[tokio::test]
async fn the_list_comes_in_pages() {
    let bench = bench().await;
    let mut all = vec!["2930388".to_owned()];
    for number in 0..4 {
        all.push(
            bench
                .ask(create(json!({"name": format!("{number}"), "capabilities": {}})))
                .await
                .id(),
        );
    }
    let mut seen = Vec::new();
    let mut query = "limit=2".to_owned();
    loop {
        let page = bench.ask_twice(list(&query)).await.json();
        assert_eq!(page["total"], 5);
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(after) = page["paging"]["next"]["after"].as_str() else {
            break;
        };
        query = format!("limit=2&after={after}");
    }
    assert_eq!(seen, all);

    // One that goes in between neither hides another nor shows one twice.
    let first = bench.ask_twice(list("defaultPageLength=2")).await.json();
    assert_eq!(ids(&first), all[..2]);
    let after = first["paging"]["next"]["after"].as_str().unwrap().to_owned();
    bench
        .ask(Ask::new(Method::DELETE, format!("{CHANNELS}/{}", all[0])).developer())
        .await;
    let second = bench
        .ask_twice(list(&format!("after={after}&limit=100&sort=name")))
        .await
        .json();
    assert_eq!(ids(&second), all[2..]);

    for (query, message) in [
        ("limit=0", "limit must be between 1 and 100"),
        ("limit=101", "limit must be between 1 and 100"),
        ("defaultPageLength=0", "defaultPageLength must be between 1 and 100"),
        ("after=next", "after is not a cursor of this list: next"),
    ] {
        let answer = bench.ask_twice(list(query)).await;
        let error = json!({"status": "error", "message": message, "category": "VALIDATION_ERROR"});
        assert_eq!((answer.status, answer.error()), (400, error));
    }
    for query in ["limit=many", "limit=-1", "limit=2147483648"] {
        let answer = bench.ask_twice(list(query)).await;
        let error = json!({"status": "error", "message": "Unable to parse value for query parameter: limit"});
        assert_eq!((answer.status, answer.error()), (400, error));
    }
}

#[tokio::test]
async fn an_archived_channel_is_gone_for_everybody() {
    let bench = bench().await;
    let message = bench.ask(Ask::publish(hello())).await.id();
    let archive = Ask::new(Method::DELETE, format!("{CHANNELS}/2930388")).developer();
    assert_eq!(bench.ask(archive.clone()).await.status, 204);
    let error = json!({
        "status": "error",
        "message": "Channel 2930388 not found",
        "category": "OBJECT_NOT_FOUND",
        "context": {"channelId": ["2930388"]},
    });
    for ask in [
        archive,
        get("2930388"),
        patch("2930388", json!({"name": "x"})),
        Ask::get(format!("{}/{message}", common::MESSAGES)),
    ] {
        let answer = bench.ask_twice(ask).await;
        assert_eq!((answer.status, answer.error()), (404, error.clone()));
    }
    assert_eq!(bench.ask_twice(Ask::publish(hello())).await.status, 404);
    assert_eq!(ids(&bench.ask_twice(list("")).await.json()), [""; 0]);
    assert_eq!(bench.emulator.messages().len(), 1);
}

#[tokio::test]
async fn an_app_has_ten_channels_at_most() {
    let bench = bench().await;
    let new = || create(json!({"name": "x", "capabilities": {}}));
    let mut last = String::new();
    for _ in 1..10 {
        last = bench.ask(new()).await.id();
    }
    let answer = bench.ask_twice(new()).await;
    let error = json!({
        "status": "error",
        "message": "An app may have at most 10 custom channels",
        "category": "VALIDATION_ERROR",
    });
    assert_eq!((answer.status, answer.error()), (400, error));
    // An archived one makes room, and its id is not used again.
    bench
        .ask(Ask::new(Method::DELETE, format!("{CHANNELS}/{last}")).developer())
        .await;
    let answer = bench.ask(new()).await;
    assert_eq!(answer.status, 201);
    assert_ne!(answer.id(), last);
}

#[tokio::test]
async fn a_new_channel_takes_no_id_that_is_taken() {
    let bench = bench().await;
    let next = bench.ask(create(json!({"name": "x", "capabilities": {}}))).await.id();
    let seed = Seed::default().add_channel(ChannelSeed::new(next.as_str(), 77));
    let crowded = Bench::new(Emulator::with_seed(seed)).await;
    let answer = crowded.ask(create(json!({"name": "x", "capabilities": {}}))).await;
    assert_eq!(answer.status, 201);
    assert_ne!(answer.id(), next);
}

#[tokio::test]
async fn channels_are_their_app_s() {
    let seed = Seed::default()
        .add_app(AppSeed::new(77))
        .add_app(AppSeed::new(78).set_developer_key("another developer+"))
        .add_channel(ChannelSeed::new("500", 77).set_name("Of 77"));
    let bench = Bench::new(Emulator::with_seed(seed)).await;
    let by =
        |method: Method, path: &str, query: &str| Ask::new(method, format!("{CHANNELS}{path}?{query}")).anonymous();
    let listed = bench
        .ask_twice(by(Method::GET, "", "hapikey=emulated-developer-key&appId=77"))
        .await;
    assert_eq!(ids(&listed.json()), ["500"]);
    for id in ["500", "501"] {
        for ask in [
            get(id),
            patch(id, json!({"name": "mine"})),
            patch(id, json!({"name": 5})),
        ] {
            assert_eq!(bench.ask_twice(ask).await.error()["context"], json!({"channelId": [id]}));
        }
    }
    let other = by(Method::GET, "/", "hapikey=another+developer%2B&appId=78");
    assert_eq!(bench.ask_twice(other).await.json()["total"], 0);
}

#[tokio::test]
async fn only_the_developer_s_key_with_its_app_gets_in() {
    let seed = Seed::default()
        .with_clock(ManualClock::new(noon()))
        .add_app(AppSeed::new(77).set_developer_key("other"))
        .add_app(AppSeed::new(78).set_developer_key(""))
        .add_token(TokenSeed::new("expired", 62515, 40_776_849).set_expires_at(noon()));
    let bench = Bench::new(Emulator::with_seed(seed)).await;
    let error = |message: &str, category: &str| json!({"status": "error", "message": message, "category": category});
    let none = error(
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details \
         at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "INVALID_AUTHENTICATION",
    );
    let mut invalid = error(
        "The API key provided is invalid. View or manage your API key here: https://app.hubspot.com/l/api-key/",
        "INVALID_AUTHENTICATION",
    );
    invalid["links"] = json!({"api key": "https://app.hubspot.com/l/api-key/"});
    let mut token = error(
        "The scope needed for this API call isn't available for public use. If you have questions, contact support or \
         post in our developer forum.",
        "MISSING_SCOPES",
    );
    token["links"] = json!({
        "support": "https://help.hubspot.com/",
        "forum": "https://community.hubspot.com/t5/APIs-Integrations/bd-p/integrations",
    });
    let mut expired =
        error("The OAuth token used to make this call expired 0 second(s) ago.", "EXPIRED_AUTHENTICATION");
    expired["context"] = json!({"expire time": ["2023-11-14T22:13:20.000Z"]});
    let foreign = |app: &str| {
        let mut body = error(&format!("Application {app} not found"), "OBJECT_NOT_FOUND");
        body["context"] = json!({"appId": [app]});
        body["subCategory"] = "OwnedApplicationError.APPLICATION_NOT_FOUND".into();
        body
    };
    let key = "hapikey=emulated-developer-key";
    for (query, authorization, status, body) in [
        ("".to_owned(), "", 401, none.clone()),
        ("appId=40776849".to_owned(), "", 401, none.clone()),
        ("appId=40776849".to_owned(), "Bearer unknown", 401, none.clone()),
        ("appId=40776849".to_owned(), "Bearer emulated-access-token", 403, token),
        ("appId=40776849".to_owned(), "Bearer expired", 401, expired),
        ("hapikey=wrong&appId=40776849".to_owned(), "", 401, invalid.clone()),
        ("hapikey=&appId=78".to_owned(), "Bearer emulated-access-token", 401, invalid),
        (key.to_owned(), "", 400, error("appId is required", "VALIDATION_ERROR")),
        (format!("{key}&appId=77"), "", 404, foreign("77")),
        (format!("{key}&appId=1"), "", 404, foreign("1")),
        (
            format!("{key}&appId=mine"),
            "",
            400,
            json!({"status": "error", "message": "Unable to parse value for query parameter: appId"}),
        ),
    ] {
        for (method, path) in [
            (Method::GET, ""),
            (Method::POST, ""),
            (Method::GET, "/2930388"),
            (Method::PATCH, "/1"),
            (Method::DELETE, "/2930388"),
        ] {
            // Before the channel and before the body.
            let ask = Ask::new(method, format!("{CHANNELS}{path}?{query}")).header("authorization", authorization);
            let answer = bench.ask_twice(ask.text("{")).await;
            assert_eq!((answer.status, answer.error()), (status, body.clone()), "{query} {authorization}");
            let failed = if status == 401 { "401 Unauthorized" } else { "" };
            assert_eq!(answer.header("x-hubspot-auth-failure"), failed);
        }
    }
    // A token beside the key does no harm; the key instead of a token does not do.
    let both = Ask::get(format!("{CHANNELS}?{key}&appId=40776849")).token("unknown");
    assert_eq!(bench.ask_twice(both).await.status, 200);
    let message = Ask::get(format!("{}/5c1f?{key}&appId=40776849", common::MESSAGES)).anonymous();
    assert_eq!(bench.ask_twice(message).await.error(), none);
    assert_eq!(bench.emulator.channels().len(), 1);
    let shown = format!("{:?} {:?}", bench.emulator.received(), bench.emulator);
    assert!(!shown.contains("emulated-developer-key"), "{shown}");
}

#[tokio::test]
async fn a_new_channel_may_be_seen_late() {
    let clock = ManualClock::new(noon());
    let seed = Seed::default()
        .with_clock(clock.clone())
        .with_listing_delay(Duration::from_secs(5));
    let bench = Bench::new(Emulator::with_seed(seed)).await;
    assert_eq!(bench.ask_twice(list("")).await.json()["total"], 1);
    let id = bench.ask(create(json!({"name": "x", "capabilities": {}}))).await.id();
    clock.advance(Duration::from_millis(4_999));
    assert_eq!(ids(&bench.ask_twice(list("")).await.json()), ["2930388"]);
    let portal = Ask::get(format!("{CHANNELS}/{id}/messages/5c1f"));
    assert_eq!(bench.ask_twice(portal.clone()).await.error()["context"], json!({"channelId": [id.as_str()]}));
    // Whoever has made it reaches it at once.
    assert_eq!(bench.ask_twice(get(&id)).await.status, 200);
    assert_eq!(bench.ask_twice(patch(&id, json!({"name": "y"}))).await.status, 200);
    clock.advance(Duration::from_millis(1));
    assert_eq!(ids(&bench.ask_twice(list("")).await.json()), ["2930388", &id]);
    assert_eq!(bench.ask_twice(portal).await.error()["context"], json!({"messageId": ["5c1f"]}));
}

#[tokio::test]
async fn the_threading_of_a_channel_can_be_changed() {
    let bench = bench().await;
    let first = bench.ask(Ask::publish(hello())).await.json();
    let change = patch("2930388", json!({"capabilities": {"threadingModel": "DELIVERY_IDENTIFIER"}}));
    assert_eq!(bench.ask(change).await.status, 200);
    let second = bench.ask(Ask::publish(hello())).await.json();
    let third = bench
        .ask(Ask::publish(common::hello_with(json!({"integrationThreadId": "other"}))))
        .await
        .json();
    assert_ne!(first["conversationsThreadId"], second["conversationsThreadId"]);
    assert_eq!(third["conversationsThreadId"], second["conversationsThreadId"]);
}
