//! The whole as one document.

use hubchannel_emulator::{Emulator, Seed, Snapshot};
use serde_json::{Value, json};

use crate::desk::{Desk, Live};

#[tokio::test]
async fn all_there_is_moves_to_another_emulator() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    let reply = json!({"files": [{"name": "a.png", "mediaType": "image/png", "base64": "AJ+Slg=="}]});
    desk.post(&format!("conversations/{id}/replies"), reply).await;
    let answer = desk.get("snapshot").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.body, desk.emulator.snapshot().to_json());

    let other = Desk::new().await;
    let mut live = Live::open(&other, None).await;
    other.post("clock/freeze", json!({})).await;
    live.next().await;
    let overview = other.change("PUT", "snapshot", &answer.json()).await;
    assert_eq!(overview.status, 200, "{overview:?}");
    assert_eq!(overview.json(), other.get("overview").await.json());
    assert_eq!(live.next().await["kind"], "reload");
    assert_eq!(other.get("snapshot").await.body, answer.body);
    let view = other.get(&format!("conversations/{id}")).await.json();
    assert_eq!(view, desk.get(&format!("conversations/{id}")).await.json());
    let from_rust = Emulator::from_snapshot(Seed::default(), Snapshot::from_json(&answer.body).unwrap());
    assert_eq!(from_rust.messages(), desk.emulator.messages());
}

#[tokio::test]
async fn what_is_no_snapshot_changes_nothing() {
    let desk = Desk::new().await;
    desk.open().await;
    let before = desk.get("snapshot").await;
    let mut broken = before.json();
    broken["state"]["conversations"]["order"] = json!([]);
    let mut later = before.json();
    later["version"] = json!(3);
    for (body, field) in [
        (json!({}), Some("format")),
        (broken, Some("state.conversations.all[0][1].entries")),
        (later, Some("version")),
        (json!([]), None),
    ] {
        let answer = desk.change("PUT", "snapshot", &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid"), "{body}");
        if let Some(field) = field {
            assert_eq!(answer.json()["error"]["field"], field);
        }
        assert_eq!(desk.get("snapshot").await.body, before.body);
    }
    for (method, status) in [("POST", 405), ("DELETE", 405)] {
        assert_eq!(desk.change(method, "snapshot", &Value::Null).await.status, status, "{method}");
    }
    let line = "PUT /_emulator/api/snapshot";
    let headers = [("host", &*desk.host()), ("content-type", "application/json")];
    let cut = &before.body[..before.body.len() / 2];
    let answer = desk.send(line, &headers, cut).await;
    assert_eq!(answer.status, 400);
    // Another site must not take the place of all there is.
    let headers = [("host", &*desk.host()), ("content-type", "text/plain")];
    assert_eq!(desk.send(line, &headers, &before.body).await.status, 415);
    assert_eq!(desk.get("snapshot").await.body, before.body);
}
