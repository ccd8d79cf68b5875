//! The clock, waiting, and the stream of changes.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use hubchannel_emulator::{
    Heard,
    admin::{AdminErrorKind, FoundThings, Sought, StatusInput, WaitInput},
};
use serde_json::{Value, json};

use crate::desk::{Desk, Live};

#[tokio::test]
async fn the_clock_stands_and_goes_on() {
    let desk = Desk::new().await;
    let start = json!({"now": "2023-11-14T22:13:20.000Z", "frozen": false, "offsetMs": 0});
    assert_eq!(desk.get("clock").await.json(), start);
    desk.post("clock/freeze", json!({})).await;
    desk.clock.advance(Duration::from_secs(10));
    let reading = desk.get("clock").await.json();
    assert_eq!(reading, json!({"now": "2023-11-14T22:13:20.000Z", "frozen": true, "offsetMs": -10_000}));
    let reading = desk.post("clock/advance", json!({"ms": 3_600_000})).await;
    assert_eq!(reading, json!({"now": "2023-11-14T23:13:20.000Z", "frozen": true, "offsetMs": 3_590_000}));
    desk.post("clock/resume", json!({})).await;
    desk.clock.advance(Duration::from_secs(1));
    assert_eq!(desk.get("clock").await.json()["now"], "2023-11-14T23:13:21.000Z");
    assert_eq!(serde_json::to_value(desk.emulator.clock_reading()).unwrap(), desk.get("clock").await.json());
    for ms in [u64::MAX, 253_370_764_800_000] {
        let answer = desk.change("POST", "clock/advance", &json!({"ms": ms})).await;
        assert_eq!((answer.status, answer.json()["error"]["field"].as_str()), (400, Some("ms")));
    }
    let answer = desk.change("POST", "clock/advance", &json!({"ms": -1})).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn tokens_expire_by_the_clock_that_was_put_forward() {
    let desk = Desk::new().await;
    let secret = desk
        .emulator
        .refresh_token(62515, ["conversations.custom_channels.read"]);
    let oauth = hubchannel_api::OAuthClient::new(desk.emulator.transport(), desk.emulator.oauth_app());
    let token = oauth
        .refresh(secret)
        .await
        .unwrap()
        .access_token
        .as_ref()
        .unwrap()
        .clone();
    let read = async || {
        let headers = [
            ("host", &*desk.host()),
            ("authorization", &format!("Bearer {}", token.expose())),
        ];
        let line = "GET /conversations/v3/custom-channels/1000/channel-accounts";
        desk.send(line, &headers, b"").await.status
    };
    assert_eq!(read().await, 200);
    desk.post("clock/advance", json!({"ms": 1_800_000})).await;
    assert_eq!(read().await, 401);
}

#[tokio::test]
async fn who_waits_is_told_when_it_is_there() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    let body = json!({"for": "message", "direction": "OUTGOING", "textContains": "es", "conversationId": id});
    let (waited, replied) = tokio::join!(desk.change("POST", "wait", &body), async {
        // Whether it is there before or after the wait begins, it is found.
        desk.post(&format!("conversations/{id}/replies"), json!({"text": "Yes"}))
            .await
    });
    assert_eq!(waited.status, 200, "{waited:?}");
    assert_eq!(waited.json()["found"], json!([replied["message"]]));
    let input = WaitInput {
        direction: Some("OUTGOING".to_owned()),
        ..WaitInput::new(Sought::Message)
    };
    let found = desk.emulator.wait_for(input).await.unwrap();
    assert!(matches!(&found.found, FoundThings::Messages(messages) if messages.len() == 1));
}

#[tokio::test]
async fn a_wait_looks_only_when_something_changes_and_ends_by_the_clock() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    let input = WaitInput {
        count: Some(2),
        timeout_ms: Some(5_000),
        ..WaitInput::new(Sought::Message)
    };
    let mut context = Context::from_waker(Waker::noop());
    let mut found = pin!(desk.emulator.wait_for(input.clone()));
    assert!(found.as_mut().poll(&mut context).is_pending());
    // A frozen emulator does not keep anybody waiting for ever.
    desk.emulator.freeze_clock();
    assert!(found.as_mut().poll(&mut context).is_pending());
    desk.clock.advance(Duration::from_secs(5));
    let Poll::Ready(Err(error)) = found.as_mut().poll(&mut context) else {
        panic!("no end")
    };
    assert_eq!(error.kind, AdminErrorKind::TimedOut);
    let mut found = pin!(desk.emulator.wait_for(input));
    assert!(found.as_mut().poll(&mut context).is_pending());
    desk.emulator.agent_replies(&*id, "Yes").unwrap();
    assert!(matches!(found.as_mut().poll(&mut context), Poll::Ready(Ok(found)) if found.found.len() == 2));
}

#[tokio::test]
async fn each_kind_of_thing_can_be_waited_for() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    desk.emulator.agent_replies(&*id, "Yes").unwrap();
    let headers = [("host", &*desk.host()), ("authorization", "Bearer token")];
    desk.send("GET /conversations/v3/custom-channels/1000/messages/1", &headers, b"")
        .await;
    for body in [
        json!({"for": "conversation", "id": id, "status": "OPEN"}),
        json!({"for": "request", "operation": "get_message", "status": 404, "method": "GET", "pathContains": "/messages/"}),
        json!({"for": "delivery", "state": "WAITING", "number": 0, "eventType": "OUTGOING_CHANNEL_MESSAGE_CREATED"}),
        json!({"for": "message", "status": "SENT", "channelAccountId": "2000"}),
        json!({"for": "message", "count": 0, "textContains": "nothing"}),
    ] {
        let answer = desk.change("POST", "wait", &body).await;
        assert_eq!(answer.status, 200, "{body} {}", answer.json());
        let count = answer.json()["found"].as_array().unwrap().len();
        assert_eq!(count, usize::from(body.get("count").is_none()), "{body}");
    }
    for (body, field) in [
        (json!({"for": "message", "state": "WAITING"}), "state"),
        (json!({"for": "message", "status": 200}), "status"),
        (json!({"for": "request", "status": "SENT"}), "status"),
        (json!({"for": "weather"}), "for"),
    ] {
        let answer = desk.change("POST", "wait", &body).await;
        assert_eq!((answer.status, answer.json()["error"]["field"].as_str()), (400, Some(field)), "{body}");
    }
    let error = desk.emulator.wait_for(WaitInput {
        status: Some(StatusInput::Number(200)),
        ..WaitInput::new(Sought::Message)
    });
    assert_eq!(error.await.unwrap_err().kind, AdminErrorKind::Invalid);
}

#[tokio::test]
async fn changes_stream_in_order_and_go_on_behind_the_last_one_seen() {
    let desk = Desk::new().await;
    let mut live = Live::open(&desk, None).await;
    let start = desk.emulator.last_change();
    let id = desk.open().await;
    let mut kinds = Vec::new();
    let mut expected = start;
    while kinds.last() != Some(&"conversation".to_owned()) {
        let event = live.next().await;
        expected += 1;
        assert_eq!(event["sequence"], expected);
        kinds.push(event["kind"].as_str().unwrap().to_owned());
    }
    assert!(kinds.contains(&"message".to_owned()), "{kinds:?}");
    drop(live);
    desk.emulator.close_thread(&*id).unwrap();
    let mut again = Live::open(&desk, Some(expected)).await;
    let event = again.next().await;
    assert_eq!(event, json!({"sequence": expected + 1, "kind": "conversation", "id": id}));
    let mut feed = desk.emulator.changes_after(expected);
    assert!(matches!(feed.next().await, Heard::Change(change) if change.id.as_deref() == Some(&*id)));
}

#[tokio::test]
async fn who_was_away_too_long_is_told_to_look_again() {
    let desk = Desk::new().await;
    for _ in 0..1_100 {
        desk.emulator.freeze_clock();
    }
    let mut live = Live::open(&desk, Some(1)).await;
    let event = live.next().await;
    assert_eq!(event, json!({"sequence": desk.emulator.last_change(), "kind": "reload"}));
    desk.emulator.resume_clock();
    assert_eq!(live.next().await["kind"], "clock");
    // One that an emulator before this one has given.
    let mut live = Live::open(&desk, Some(1_000_000)).await;
    assert_eq!(live.next().await["kind"], "reload");
    let bad = desk
        .send("GET /_emulator/api/events", &[("host", &desk.host()), ("last-event-id", "x")], b"")
        .await;
    assert_eq!(bad.json()["error"]["field"], Value::from("Last-Event-ID"));
}

#[tokio::test]
async fn a_stream_ends_when_the_server_stops() {
    let desk = Desk::new().await;
    let live = Live::open(&desk, None).await;
    desk.server.shutdown().await.unwrap();
    assert!(live.ends().await);
}
