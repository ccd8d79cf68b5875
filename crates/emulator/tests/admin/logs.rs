//! Logs and fault rules.

use async_trait::async_trait;
use http::{Request, Response, StatusCode};
use hubchannel_api::{Body, HttpTransport, TransportError};
use hubchannel_emulator::admin::Window;
use serde_json::{Value, json};

use crate::desk::Desk;

/// Answers every webhook with this status.
#[derive(Debug)]
struct Bridge(StatusCode);

#[async_trait]
impl HttpTransport for Bridge {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
        let mut response = Response::new(Body::from("noted"));
        *response.status_mut() = self.0;
        Ok(response)
    }
}

#[tokio::test]
async fn requests_are_in_the_log_without_secrets_and_with_the_beginnings_of_their_bodies() {
    let desk = Desk::new().await;
    let host = desk.host();
    let headers = [
        ("host", host.as_str()),
        ("authorization", "Bearer token"),
        ("content-type", "application/json"),
        ("x-api-key", "hush"),
    ];
    let text = "é".repeat(20_000);
    let body = json!({
        "channelAccountId": "2000", "text": text, "integrationThreadId": "chat-1", "messageDirection": "INCOMING",
        "senders": [{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "a"}}],
    });
    desk.send(
        "POST /conversations/v3/custom-channels/1000/messages?hapikey=hush&limit=3&x%3D=hush",
        &headers,
        body.to_string().as_bytes(),
    )
    .await;
    desk.send("GET /conversations/v3/custom-channels/1000/channel-account-staging-tokens/hush", &headers, b"")
        .await;
    let log = desk.get("requests").await.json();
    assert_eq!(log, json!({"requests": desk.emulator.request_log(Window::default())}));
    let [publish, staging] = log["requests"].as_array().unwrap().as_slice() else {
        panic!("{log}")
    };
    assert_eq!(publish["path"], "/conversations/v3/custom-channels/1000/messages?hapikey=***&limit=3&x%3D=***");
    assert_eq!((&publish["operation"], &publish["status"]), (&json!("publish_message"), &json!(201)));
    assert_eq!(publish["requestBody"]["size"], body.to_string().len());
    assert_eq!(publish["requestBody"]["cut"], true);
    let shown = publish["requestBody"]["text"].as_str().unwrap();
    assert!(body.to_string().starts_with(shown) && shown.len() > 16_000);
    assert!(
        publish["responseBody"]["text"]
            .as_str()
            .unwrap()
            .contains("conversationsThreadId")
    );
    assert_eq!(publish["requestHeaders"]["content-type"], "application/json");
    assert!(!log.to_string().contains("hush") && !log.to_string().contains("Bearer"), "{staging}");
}

#[tokio::test]
async fn a_part_of_a_log_can_be_asked_for() {
    let desk = Desk::new().await;
    for _ in 0..5 {
        desk.send("GET /nothing", &[("host", &desk.host())], b"").await;
    }
    let numbers = async |query: &str| {
        let log = desk.get(&format!("requests{query}")).await.json();
        let numbers: Vec<u64> = log["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["number"].as_u64().unwrap())
            .collect();
        numbers
    };
    assert_eq!(numbers("").await, [0, 1, 2, 3, 4]);
    assert_eq!(numbers("?limit=2").await, [3, 4]);
    assert_eq!(numbers("?after=1&limit=2").await, [2, 3]);
    assert_eq!(numbers("?before=3&limit=2").await, [1, 2]);
    assert_eq!(numbers("?after=4").await, [0_u64; 0]);
    for (query, field) in [("?limit=x", "limit"), ("?page=2", "page"), ("?after=-1", "after")] {
        let answer = desk.get(&format!("requests{query}")).await;
        assert_eq!((answer.status, answer.json()["error"]["field"].as_str()), (400, Some(field)));
    }
}

#[tokio::test]
async fn a_delivery_fails_waits_is_put_forward_and_replayed() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    let reply = desk
        .post(&format!("conversations/{id}/replies"), json!({"text": "Yes"}))
        .await;
    let state = async || {
        let view = desk.get(&format!("conversations/{id}")).await.json();
        view["entries"][1]["deliveries"].clone()
    };
    assert_eq!(state().await, json!([{"number": 0, "state": "WAITING"}]));
    assert_eq!(desk.emulator.deliver(&Bridge(StatusCode::INTERNAL_SERVER_ERROR)).await, 1);
    let delivery = desk.get("deliveries/0").await.json()["delivery"].clone();
    assert_eq!(
        delivery["attempts"][0]["outcome"],
        json!({"kind": "ANSWERED", "status": 500, "body": {"text": "noted", "size": 5}})
    );
    assert!(delivery["attempts"][0]["headers"]["x-hubspot-signature-v3"].is_string());
    assert_eq!(delivery["event"]["message"], reply["message"]);
    assert!(delivery["nextAttemptAt"].is_string());
    // Nothing is due before its time, and all of it is when the clock is put forward.
    assert_eq!(desk.emulator.deliver(&Bridge(StatusCode::OK)).await, 0);
    desk.post("clock/advance", json!({"ms": 24 * 60 * 60 * 1000})).await;
    assert_eq!(desk.emulator.deliver(&Bridge(StatusCode::OK)).await, 1);
    assert_eq!(state().await, json!([{"number": 0, "state": "DELIVERED"}]));
    let replayed = desk.post("deliveries/0/replay", json!({})).await;
    assert_eq!((&replayed["delivery"]["number"], &replayed["delivery"]["replayOf"]), (&json!(1), &json!(0)));
    assert_eq!(replayed["delivery"]["eventId"], delivery["eventId"]);
    desk.post("deliveries/1/retry", json!({})).await;
    assert_eq!(desk.emulator.deliver(&Bridge(StatusCode::OK)).await, 1);
    let log = desk.get("deliveries").await.json();
    assert_eq!(log, json!({"deliveries": desk.emulator.delivery_log(Window::default())}));
    assert_eq!(log["deliveries"].as_array().unwrap().len(), 2);
    let over = desk.change("POST", "deliveries/1/retry", &json!({})).await;
    assert_eq!((over.status, over.code().as_str()), (409, "refused"));
    for path in ["deliveries/2/replay", "deliveries/2/retry", "deliveries/x/replay"] {
        let answer = desk.change("POST", path, &json!({})).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "notFound"), "{path}");
    }
}

#[tokio::test]
async fn requests_go_wrong_by_rules_that_are_added_listed_and_removed() {
    let desk = Desk::new().await;
    let rule = json!({
        "fault": {"kind": "STATUS_BEFORE_EFFECT", "status": 503}, "operation": "get_message", "channelId": "1000",
        "method": "get", "pathPrefix": "/conversations", "times": 1, "every": 1, "from": 1, "probability": 1.0,
    });
    let added = desk.post("faults", rule.clone()).await["fault"].clone();
    for (name, value) in rule.as_object().unwrap() {
        let expected = if name == "method" { json!("GET") } else { value.clone() };
        assert_eq!(added[name], expected, "{name}");
    }
    let ask = async || {
        let headers = [("host", &*desk.host()), ("authorization", "Bearer token")];
        desk.send("GET /conversations/v3/custom-channels/1000/messages/1", &headers, b"")
            .await
            .status
    };
    assert_eq!((ask().await, ask().await), (503, 404));
    let list = desk.get("faults").await.json();
    assert_eq!(list, json!({"faults": desk.emulator.fault_list()}));
    assert_eq!(list["faults"][0]["struck"], 1);
    let left = desk
        .change("DELETE", &format!("faults/{}", added["id"]), &json!({}))
        .await;
    assert_eq!((left.status, left.json()), (200, json!({"faults": []})));
    let gone = desk
        .change("DELETE", &format!("faults/{}", added["id"]), &json!({}))
        .await;
    assert_eq!((gone.status, gone.code().as_str()), (404, "notFound"));
    for (rule, field) in [
        (json!({}), "fault.kind"),
        (json!({"fault": {"kind": "MELT"}}), "fault.kind"),
        (json!({"fault": {"kind": "STATUS_AFTER_EFFECT", "status": 99}}), "fault.status"),
        (json!({"fault": {"kind": "DELAY_AFTER_EFFECT"}}), "fault.delayMs"),
        (json!({"fault": {"kind": "TEAR_ANSWER"}}), "fault.bytes"),
        (json!({"fault": {"kind": "EXPIRE_TOKEN"}, "operation": "melt"}), "operation"),
        (json!({"fault": {"kind": "EXPIRE_TOKEN"}, "probability": 1.5}), "probability"),
        (json!({"fault": {"kind": "EXPIRE_TOKEN"}, "method": "A B"}), "method"),
        (json!({"fault": {"kind": "EXPIRE_TOKEN"}, "path": "/", "pathPrefix": "/"}), "pathPrefix"),
    ] {
        let answer = desk.change("POST", "faults", &rule).await;
        assert_eq!(answer.json()["error"]["field"], Value::from(field), "{rule}");
    }
    assert!(desk.emulator.faults().is_empty());
}
