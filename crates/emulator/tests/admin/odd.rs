//! Any requests in any order: each gets an answer that is what the contract says, and what is there stays whole.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::desk::Desk;

/// Ids that may or may not be there, and what is no id.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (1_u64..4).prop_map(|number| (19_615_248_000 + number).to_string()),
        2 => prop::sample::select(vec!["0", "1", "2", "2000", "1000", "3000", "A-2620022", "18446744073709551616", "-1", "x", "%00", ""])
            .prop_map(str::to_owned),
        1 => "[a-zA-Z0-9%._~-]{0,8}",
    ]
}

fn path() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec![
        "overview",
        "credentials",
        "requests",
        "deliveries",
        "faults",
        "clock",
        "portals",
        "apps",
        "channels",
        "inboxes",
        "accounts",
        "agents",
        "contacts",
        "files",
        "visitor-messages",
        "clock/freeze",
        "clock/resume",
        "clock/advance",
        "requests?after=1&limit=2",
        "deliveries?before=x",
        "nothing",
        "",
        "//",
        "overview/",
    ]);
    let with_id = prop::sample::select(vec![
        "conversations/*",
        "conversations/*/replies",
        "conversations/*/visitor-messages",
        "conversations/*/assign",
        "conversations/*/close",
        "conversations/*/reopen",
        "accounts/*",
        "deliveries/*",
        "deliveries/*/replay",
        "deliveries/*/retry",
        "faults/*",
        "files/*/content",
    ]);
    prop_oneof![
        1 => plain.prop_map(str::to_owned),
        2 => (with_id, id()).prop_map(|(path, id)| path.replace('*', &id)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_u64..5).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        id().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        prop::sample::select(vec![
            json!({}),
            json!([]),
            json!([{}]),
            json!("2000"),
            json!("1000"),
            json!("3000"),
            json!("Hello"),
            json!("<b>x"),
            json!("INBOX"),
            json!("https://b.example/"),
            json!({"value": "chat:1"}),
            json!({"value": "a@example.com", "type": "HS_EMAIL_ADDRESS"}),
            json!({"kind": "DROP_AFTER_EFFECT"}),
            json!({"kind": "STATUS_BEFORE_EFFECT", "status": 500}),
            json!([{"name": "a.png", "mediaType": "image/png", "base64": "AA=="}]),
            json!([{"fileId": "194210000001"}]),
            json!({"type": "x", "value": "y"}),
            json!(62515),
            json!(77),
            json!(u64::MAX),
        ]),
    ]
}

fn body() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "text",
        "richText",
        "agentId",
        "files",
        "channelAccountId",
        "sender",
        "integrationThreadId",
        "portalId",
        "appId",
        "name",
        "webhookUrl",
        "capabilities",
        "type",
        "channelId",
        "inboxId",
        "deliveryIdentifier",
        "active",
        "userId",
        "email",
        "id",
        "phone",
        "mediaType",
        "base64",
        "fault",
        "operation",
        "method",
        "path",
        "times",
        "every",
        "from",
        "probability",
        "ms",
        "odd",
    ]);
    // Bodies that may do something, and any others.
    let likely = prop::sample::select(vec![
        json!({}),
        json!({"text": "Hello"}),
        json!({"channelAccountId": "2000", "sender": {"value": "chat:1"}, "text": "Hi"}),
        json!({"agentId": null}),
        json!({"agentId": "A-2620022"}),
        json!({"active": true}),
        json!({"active": false}),
        json!({"name": "x"}),
        json!({"ms": 86_400_000}),
        json!({"channelId": "1000", "inboxId": "3000"}),
        json!({"fault": {"kind": "EXPIRE_TOKEN"}}),
        json!({"name": "a.png", "mediaType": "image/png", "base64": "AA=="}),
    ]);
    prop_oneof![
        2 => likely,
        1 => prop::collection::btree_map(name.prop_map(str::to_owned), value(), 0..4)
            .prop_map(|members| Value::Object(members.into_iter().collect())),
        1 => value(),
    ]
}

/// What must hold whatever was asked.
async fn check(desk: &Desk) {
    let overview = desk.get("overview").await.json();
    assert_eq!(overview, serde_json::to_value(desk.emulator.overview()).unwrap());
    let portals: BTreeSet<u64> = overview["portals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["portalId"].as_u64().unwrap())
        .collect();
    for kind in ["inboxes", "accounts", "agents", "contacts", "conversations"] {
        for one in overview[kind].as_array().unwrap() {
            assert!(portals.contains(&one["portalId"].as_u64().unwrap()), "{kind} {one}");
        }
    }
    let ids = |kind: &str, id: &str| {
        let all: Vec<String> = overview[kind]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one[id].to_string())
            .collect();
        let different: BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{kind} {all:?}");
    };
    for (kind, id) in [
        ("apps", "appId"),
        ("channels", "id"),
        ("inboxes", "id"),
        ("accounts", "id"),
        ("conversations", "id"),
    ] {
        ids(kind, id);
    }
    let mut messages = 0;
    for summary in overview["conversations"].as_array().unwrap() {
        let view = desk
            .get(&format!("conversations/{}", summary["id"].as_str().unwrap()))
            .await
            .json();
        assert_eq!(view["conversation"], *summary);
        let entries = view["entries"].as_array().unwrap();
        let own = entries.iter().filter(|entry| entry["kind"] == "MESSAGE").count();
        assert_eq!(summary["messageCount"], own);
        messages += own;
    }
    assert_eq!(overview["counts"]["messages"], messages);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_requests_get_an_answer_of_the_contract_and_leave_a_whole_emulator(
        requests in prop::collection::vec(
            (prop::sample::select(vec!["GET", "POST", "POST", "POST", "DELETE", "PUT"]), path(), body()),
            1..16,
        )
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new().await;
            desk.open().await;
            let mut sequence = desk.emulator.last_change();
            for (method, path, body) in requests {
                let answer = desk.change(method, &path, &body).await;
                let what = format!("{method} {path} {body}");
                let is_known = [200, 400, 404, 405, 409].contains(&answer.status);
                assert!(is_known, "{what}: {answer:?}");
                assert!(!answer.header("content-security-policy").is_empty(), "{what}");
                let last = desk.emulator.last_change();
                if answer.status != 200 {
                    assert!(!answer.code().is_empty(), "{what}");
                    assert_eq!(last, sequence, "{what}");
                }
                sequence = last;
            }
            check(&desk).await;
        });
    }
}
