//! What reporting a delivery changes.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use common::{Ask, Bench, MESSAGES, hello};
use hubchannel_emulator::Emulator;
use serde_json::json;

#[tokio::test]
async fn a_reported_status_shows_in_a_later_read() {
    let bench = Bench::new(Emulator::new()).await;
    let id = bench.ask(Ask::publish(hello())).await.id();
    for (report, status) in [
        (json!({"statusType": "SENT"}), json!({"statusType": "SENT"})),
        (
            json!({"statusType": "FAILED", "errorMessage": "Number unreachable"}),
            json!({
                "statusType": "FAILED",
                "failureDetails": {"errorMessage": "Number unreachable", "errorMessageTokens": {}},
            }),
        ),
        (json!({"statusType": "FAILED"}), json!({"statusType": "FAILED"})),
        (json!({"statusType": "READ", "errorMessage": "none"}), json!({"statusType": "READ"})),
    ] {
        let answer = bench.ask(Ask::patch(&id, report)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["status"], status);
        assert!(answer.json()["updatedAt"].is_string());
        assert_eq!(bench.ask_twice(Ask::get(format!("{MESSAGES}/{id}"))).await.json(), answer.json());
    }
}

#[tokio::test]
async fn a_report_that_cannot_be_changes_nothing() {
    let bench = Bench::new(Emulator::new()).await;
    let published = bench.ask(Ask::publish(hello())).await;
    let refused = |value: &str| {
        format!(
            "Invalid input JSON on line -1, column -1: Cannot deserialize value of type `StatusType` from String \
             \"{value}\": not one of the values accepted for Enum class: [SENT, READ, FAILED]"
        )
    };
    for (report, message) in [
        (json!({"statusType": "RECEIVED"}), refused("RECEIVED")),
        (json!({"statusType": "DELIVERED"}), refused("DELIVERED")),
    ] {
        let answer = bench.ask_twice(Ask::patch(&published.id(), report)).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.error(), json!({"status": "error", "message": message}));
    }
    let answer = bench.ask_twice(Ask::patch(&published.id(), json!({}))).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.error(),
        json!({
            "status": "error",
            "message": "Invalid input JSON on line 1, column 2. Some required fields were not set: [statusType]",
            "category": "VALIDATION_ERROR",
        })
    );
    let read = bench.ask(Ask::get(format!("{MESSAGES}/{}", published.id()))).await;
    assert_eq!(read.json(), published.json());
}
