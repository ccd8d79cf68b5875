//! Making portals, apps, channels and what belongs to them.

use hubchannel_emulator::admin::{
    AccountInput, AgentInput, AppInput, ChannelInput, ContactInput, IdentifierInput, InboxInput, PortalInput,
};
use serde_json::{Value, json};

use crate::desk::Desk;

#[tokio::test]
async fn what_is_made_is_enough_for_another_bridge() {
    let desk = Desk::new().await;
    let app = desk.post("apps", json!({})).await;
    let app_id = &app["appId"];
    let portal = desk.post("portals", json!({"appId": app_id})).await;
    let channel = desk
        .post("channels", json!({"appId": app_id, "name": "Chat", "webhookUrl": "https://b.example/"}))
        .await;
    let channel = &channel["channel"];
    let identifier = json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "harbour"});
    let account = json!({"channelId": channel["id"], "inboxId": portal["inboxId"], "deliveryIdentifier": identifier});
    let account = desk.post("accounts", account).await["account"].clone();
    assert_eq!((&account["portalId"], &account["name"]), (&portal["portalId"], &json!("Chat")));
    let token = format!("Bearer {}", portal["accessToken"].as_str().unwrap());
    let body = json!({
        "channelAccountId": account["id"], "text": "Hello", "messageDirection": "INCOMING",
        "senders": [{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "a"}}],
    });
    let line = format!("POST /conversations/v3/custom-channels/{}/messages", channel["id"].as_str().unwrap());
    let headers = [
        ("host", &*desk.host()),
        ("authorization", &token),
        ("content-type", "application/json"),
    ];
    let published = desk.send(&line, &headers, body.to_string().as_bytes()).await;
    assert_eq!(published.status, 201, "{published:?}");
    let key = app["developerKey"].as_str().unwrap();
    let line = format!("GET /conversations/v3/custom-channels?hapikey={key}&appId={app_id}");
    assert_eq!(desk.send(&line, &[("host", &desk.host())], b"").await.status, 200);
    let credentials = desk.get("credentials").await.json();
    assert_eq!(credentials, serde_json::to_value(desk.emulator.credentials()).unwrap());
    assert!(credentials["apps"].as_array().unwrap().contains(&app));
    // The bridge is told of the account, as by HubSpot.
    assert_eq!(desk.emulator.deliveries().len(), 1);
}

#[tokio::test]
async fn the_same_inputs_from_rust_make_the_same_things() {
    let (one, other) = (Desk::new().await, Desk::new().await);
    let other = &other.emulator;
    let over_http = [
        one.post("portals", json!({"portalId": 7, "appId": 77})).await,
        one.post("portals", json!({})).await,
        one.post("apps", json!({"appId": 78, "subscriptionUrl": "https://b.example/"}))
            .await,
        one.post("channels", json!({"appId": 78, "name": "Chat"})).await["channel"].clone(),
        one.post("inboxes", json!({"portalId": 7, "name": "Help", "type": "HELP_DESK"}))
            .await["inbox"]
            .clone(),
        one.post(
            "accounts",
            json!({"channelId": "1000", "inboxId": "3000", "deliveryIdentifier": {"type": "x", "value": "y"}}),
        )
        .await["account"]
            .clone(),
        one.post("accounts/2000", json!({"active": false})).await["account"].clone(),
        one.post("agents", json!({"name": "Grace", "email": "grace@example.com"}))
            .await["agent"]
            .clone(),
        one.post("contacts", json!({"portalId": 7, "name": "Ada", "phone": "+15550100"}))
            .await["contact"]
            .clone(),
    ];
    fn value(of: impl serde::Serialize) -> Value {
        serde_json::to_value(of).unwrap()
    }
    let identifier = IdentifierInput {
        r#type: "x".to_owned(),
        value: "y".to_owned(),
    };
    let from_rust = [
        value(
            other
                .create_portal(PortalInput {
                    portal_id: Some(7),
                    app_id: Some(77),
                })
                .unwrap(),
        ),
        value(other.create_portal(PortalInput::default()).unwrap()),
        value(
            other
                .create_app(AppInput {
                    app_id: Some(78),
                    subscription_url: Some("https://b.example/".to_owned()),
                })
                .unwrap(),
        ),
        value(
            other
                .create_channel(ChannelInput {
                    app_id: Some(78),
                    name: "Chat".to_owned(),
                    ..ChannelInput::default()
                })
                .unwrap(),
        ),
        value(
            other
                .create_inbox(InboxInput {
                    portal_id: Some(7),
                    name: Some("Help".to_owned()),
                    r#type: Some("HELP_DESK".to_owned()),
                })
                .unwrap(),
        ),
        value(
            other
                .create_account(AccountInput {
                    channel_id: "1000".to_owned(),
                    inbox_id: "3000".to_owned(),
                    delivery_identifier: Some(identifier),
                    ..AccountInput::default()
                })
                .unwrap(),
        ),
        value(other.switch_account("2000", false).unwrap()),
        value(
            other
                .create_agent(AgentInput {
                    name: Some("Grace".to_owned()),
                    email: Some("grace@example.com".to_owned()),
                    ..AgentInput::default()
                })
                .unwrap(),
        ),
        value(
            other
                .create_contact(ContactInput {
                    portal_id: Some(7),
                    name: Some("Ada".to_owned()),
                    phone: Some("+15550100".to_owned()),
                    ..ContactInput::default()
                })
                .unwrap(),
        ),
    ];
    assert_eq!(over_http, from_rust);
    assert_eq!(one.get("overview").await.json(), value(other.overview()));
}

#[tokio::test]
async fn what_cannot_be_made_says_why_and_leaves_nothing() {
    let desk = Desk::new().await;
    let account = json!({"channelId": "1000", "inboxId": "3000", "deliveryIdentifier": {"type": "x", "value": "y"}});
    desk.post("accounts", account.clone()).await;
    let before = desk.emulator.last_change();
    for (path, body, status, field) in [
        ("portals", json!({"portalId": 62515}), 409, Some("portalId")),
        ("portals", json!({"appId": 1}), 400, Some("appId")),
        ("portals", json!({"portalId": -1}), 400, Some("portalId")),
        ("apps", json!({"appId": 77}), 409, Some("appId")),
        ("apps", json!({"subscriptionUrl": "ftp://x"}), 400, Some("subscriptionUrl")),
        ("channels", json!({}), 400, Some("name")),
        ("channels", json!({"name": "x", "appId": 1}), 400, Some("appId")),
        ("channels", json!({"name": "x", "webhookUrl": "javascript:x"}), 400, Some("webhookUrl")),
        ("channels", json!({"name": "x", "capabilities": 7}), 400, Some("capabilities")),
        ("inboxes", json!({"type": "DRAWER"}), 400, Some("type")),
        ("inboxes", json!({"portalId": 1}), 400, Some("portalId")),
        ("accounts", json!({"channelId": "1", "inboxId": "3000"}), 400, Some("channelId")),
        ("accounts", json!({"channelId": "1000", "inboxId": "1"}), 400, Some("inboxId")),
        ("accounts", account, 409, Some("deliveryIdentifier")),
        ("accounts/1", json!({"active": true}), 404, None),
        ("accounts/2000", json!({}), 400, None),
        ("agents", json!({"portalId": 1}), 400, Some("portalId")),
        ("contacts", json!({"id": "Ada"}), 400, Some("id")),
        ("files", json!({"name": "a/b", "mediaType": "image/png", "base64": ""}), 400, Some("name")),
        ("files", json!({"name": "a", "mediaType": "image", "base64": ""}), 400, Some("mediaType")),
        ("files", json!({"name": "a", "mediaType": "image/png", "base64": "=", "portalId": 1}), 400, Some("base64")),
        ("files", json!({"name": "a", "mediaType": "image/png", "base64": "", "portalId": 1}), 400, Some("portalId")),
    ] {
        let answer = desk.change("POST", path, &body).await;
        assert_eq!(answer.status, status, "{path} {body} {}", answer.json());
        assert_eq!(answer.json()["error"]["field"].as_str(), field, "{path} {body} {}", answer.json());
        answer.code();
    }
    assert_eq!(desk.emulator.last_change(), before);
}
