//! What is said and done in conversations.

use hubchannel_emulator::admin::{FileInput, NewVisitorInput, ReplyInput, SenderInput, VisitorInput};
use serde_json::{Value, json};

use crate::desk::Desk;

#[tokio::test]
async fn a_conversation_is_the_same_over_http_and_from_rust() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    desk.post(&format!("conversations/{id}/replies"), json!({"text": "Yes?"}))
        .await;
    let from_rust = desk.emulator.conversation(&*id).unwrap();
    let over_http = desk.get(&format!("conversations/{id}")).await.json();
    assert_eq!(over_http, serde_json::to_value(from_rust).unwrap());
    let summary = &over_http["conversation"];
    assert_eq!(summary["visitorName"], "Ada");
    assert_eq!(summary["visitorAddress"]["value"], "chat:987654321");
    assert_eq!(summary["integrationThreadIds"], json!(["chat-42"]));
    assert_eq!(summary["messageCount"], 2);
    assert_eq!(summary["lastMessage"]["text"], "Yes?");
    let overview = desk.get("overview").await.json();
    assert_eq!(overview, serde_json::to_value(desk.emulator.overview()).unwrap());
    assert_eq!(overview["conversations"], json!([summary]));
}

#[tokio::test]
async fn a_visitor_goes_on_in_the_conversation_and_the_message_is_as_if_published() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    let said = desk
        .post(&format!("conversations/{id}/visitor-messages"), json!({"text": "Anybody?"}))
        .await;
    assert_eq!(said["message"]["conversationsThreadId"], *id);
    let from_rust = desk.emulator.messages();
    assert_eq!(serde_json::to_value(&from_rust[1]).unwrap(), said["message"]);
    assert_eq!(from_rust[0].created_by, from_rust[1].created_by);
    assert_eq!(desk.emulator.threads().len(), 1);
    let input = VisitorInput {
        text: "Still me".to_owned(),
        ..VisitorInput::default()
    };
    desk.emulator.visitor_says(&*id, input).unwrap();
    assert_eq!(desk.emulator.threads()[0].messages.len(), 3);
}

#[tokio::test]
async fn several_visitors_who_are_threaded_by_their_addresses_go_on_in_their_conversation() {
    let desk = Desk::new().await;
    let made = desk
        .post(
            "channels",
            json!({"name": "Chat", "capabilities": {
                "threadingModel": "DELIVERY_IDENTIFIER",
                "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID"],
                "allowOutgoingMessages": true,
            }}),
        )
        .await;
    let account = desk
        .post("accounts", json!({"channelId": made["channel"]["id"], "inboxId": "3000"}))
        .await;
    let body = json!({"channelAccountId": account["account"]["id"], "sender": {"value": "a"}, "text": "One"});
    let said = desk.post("visitor-messages", body).await;
    let id = said["message"]["conversationsThreadId"].as_str().unwrap().to_owned();
    desk.emulator.agent_replies(&*id, "Yes?").unwrap();
    let said = desk
        .post(&format!("conversations/{id}/visitor-messages"), json!({"text": "Two"}))
        .await;
    assert_eq!(said["message"]["conversationsThreadId"], *id);
    assert_eq!(desk.emulator.threads().len(), 1);
}

#[tokio::test]
async fn an_agent_takes_a_conversation_and_closes_it() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    let agent = desk
        .post("agents", json!({"name": "Grace", "email": "grace@example.com"}))
        .await;
    let agent = agent["agent"]["id"].as_str().unwrap().to_owned();
    let view = desk
        .post(&format!("conversations/{id}/assign"), json!({"agentId": agent}))
        .await;
    assert_eq!(view["conversation"]["assignedTo"], *agent);
    let view = desk.post(&format!("conversations/{id}/close"), json!({})).await;
    assert_eq!(view["conversation"]["status"], "CLOSED");
    let view = desk.post(&format!("conversations/{id}/reopen"), json!({})).await;
    assert_eq!(view["conversation"]["status"], "OPEN");
    let view = desk
        .post(&format!("conversations/{id}/assign"), json!({"agentId": null}))
        .await;
    assert_eq!(view["conversation"].get("assignedTo"), None);
    let kinds: Vec<&str> = view["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    let change = "THREAD_STATUS_CHANGE";
    assert_eq!(kinds, ["MESSAGE", "ASSIGNMENT", change, change, "ASSIGNMENT"]);
    let absent = desk
        .change("POST", &format!("conversations/{id}/assign"), &json!({}))
        .await;
    assert_eq!((absent.status, absent.code().as_str()), (400, "invalid"));
    let nobody = desk
        .change("POST", &format!("conversations/{id}/assign"), &json!({"agentId": "A-1"}))
        .await;
    assert_eq!((nobody.status, nobody.json()["error"]["field"].as_str()), (400, Some("agentId")));
}

#[tokio::test]
async fn files_are_uploaded_sent_and_shown_without_becoming_pages_of_the_emulators_own() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    let upload = json!({"name": "a.html", "mediaType": "text/html", "base64": "PHNjcmlwdD4="});
    let file = desk.post("files", upload).await["file"].clone();
    let reply = json!({"text": "", "files": [
        {"fileId": file["id"]},
        {"name": "b.png", "mediaType": "image/png", "base64": "iVBORw=="},
    ]});
    let message = desk.post(&format!("conversations/{id}/replies"), reply).await["message"].clone();
    assert_eq!(message["attachments"][0]["name"], "a.html");
    let content = desk
        .get(&format!("files/{}/content", file["id"].as_str().unwrap()))
        .await;
    assert_eq!(content.body, b"<script>");
    assert_eq!(content.header("content-disposition"), "attachment");
    let image = message["attachments"][1]["fileId"].as_str().unwrap();
    let content = desk.get(&format!("files/{image}/content")).await;
    assert_eq!((content.header("content-type"), content.header("content-disposition")), ("image/png", "inline"));
    assert_eq!(content.header("content-security-policy"), "sandbox; default-src 'none'");
    // The address that a bridge downloads from is of the same origin.
    let path = file["url"]
        .as_str()
        .unwrap()
        .strip_prefix(desk.server.base_url().as_str().trim_end_matches('/'))
        .unwrap();
    let download = desk.send(&format!("GET {path}"), &[("host", &desk.host())], b"").await;
    assert_eq!(download.body, b"<script>");
    assert_eq!(download.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(download.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn formatted_text_is_shown_as_far_as_it_is_harmless() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    let upload = json!({"name": "a.png", "mediaType": "image/png", "base64": "iVBORw=="});
    let file = desk.post("files", upload).await["file"].clone();
    let html = format!(
        "<b onclick=x()>Hi</b><script>x()</script><img src=\"{}\"><img src=https://evil.example/pixel>",
        file["url"].as_str().unwrap()
    );
    let body = json!({"richText": html});
    desk.post(&format!("conversations/{id}/replies"), body.clone()).await;
    let view = desk.get(&format!("conversations/{id}")).await.json();
    assert_eq!(view["entries"][1]["entry"]["richText"], *html);
    let expected =
        format!("<b>Hi</b><img src=\"/_emulator/api/files/{}/content\" alt=\"\">", file["id"].as_str().unwrap());
    assert_eq!(view["entries"][1]["safeHtml"], *expected);
    assert_eq!(view["entries"][0].get("safeHtml"), None);
}

#[tokio::test]
async fn what_is_refused_says_why_and_changes_nothing() {
    let desk = Desk::new().await;
    let id = desk.open().await;
    let replies = format!("conversations/{id}/replies");
    let says = format!("conversations/{id}/visitor-messages");
    let file =
        |base64: &str| json!({"text": "x", "files": [{"name": "a.png", "mediaType": "image/png", "base64": base64}]});
    for (path, body, status, code, field) in [
        ("conversations/1/replies", json!({"text": "x"}), 404, "notFound", Value::Null),
        (&replies, json!({}), 409, "refused", Value::Null),
        (&replies, json!({"text": "x", "agentId": "A-9"}), 400, "invalid", json!("agentId")),
        (&replies, json!({"richText": "<i>x</i>"}), 409, "refused", Value::Null),
        (&replies, file("***"), 400, "invalid", json!("files[0].base64")),
        (&says, file("***"), 400, "invalid", json!("files[0].base64")),
        (&replies, json!({"files": [{"fileId": "1", "name": "a"}]}), 400, "invalid", json!("files[0]")),
        (&says, json!({"text": "x", "files": [{"fileId": "1"}]}), 400, "invalid", json!("files[0].fileId")),
        (&says, json!({"text": ""}), 409, "refused", Value::Null),
        (&says, json!({"text": 7}), 400, "invalid", json!("text")),
        (&says, json!({"texts": "x"}), 400, "invalid", json!("texts")),
        (
            "visitor-messages",
            json!({"channelAccountId": "9", "sender": {"value": "a"}, "text": "x"}),
            400,
            "invalid",
            json!("channelAccountId"),
        ),
        ("visitor-messages", json!({"channelAccountId": "2000", "text": "x"}), 400, "invalid", json!("sender.value")),
        ("visitor-messages", json!([]), 400, "invalid", Value::Null),
    ] {
        let before = (desk.emulator.messages().len(), desk.emulator.overview().counts.files);
        let answer = desk.change("POST", path, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{path} {body} {:?}", answer.json());
        assert_eq!(answer.json()["error"]["field"], field, "{path} {body} {}", answer.json());
        let after = (desk.emulator.messages().len(), desk.emulator.overview().counts.files);
        assert_eq!(after, before, "{path} {body}");
    }
    desk.post("accounts/2000", json!({"active": false})).await;
    let answer = desk.change("POST", &says, &json!({"text": "x"})).await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "refused"));
    let input = VisitorInput {
        text: "x".to_owned(),
        ..VisitorInput::default()
    };
    let error = desk.emulator.visitor_says(&*id, input).unwrap_err();
    assert_eq!(answer.json()["error"]["message"], error.message);
}

#[tokio::test]
async fn the_same_inputs_from_rust_give_the_same_messages() {
    let (one, other) = (Desk::new().await, Desk::new().await);
    one.open().await;
    let input = NewVisitorInput {
        channel_account_id: "2000".to_owned(),
        sender: SenderInput {
            value: "chat:987654321".to_owned(),
            name: Some("Ada".to_owned()),
            ..SenderInput::default()
        },
        text: "Hello".to_owned(),
        integration_thread_id: Some("chat-42".to_owned()),
        ..NewVisitorInput::default()
    };
    let said = other.emulator.new_visitor_says(input).unwrap();
    let id = said.conversations_thread_id.as_ref().unwrap().clone();
    let file = FileInput {
        name: Some("b.png".to_owned()),
        media_type: Some("image/png".to_owned()),
        base64: Some("iVBORw==".to_owned()),
        ..FileInput::default()
    };
    let reply = ReplyInput {
        rich_text: Some("<b>Hi</b>".to_owned()),
        files: vec![file],
        ..ReplyInput::default()
    };
    other.emulator.reply(id.clone(), reply).unwrap();
    let body =
        json!({"richText": "<b>Hi</b>", "files": [{"name": "b.png", "mediaType": "image/png", "base64": "iVBORw=="}]});
    one.post(&format!("conversations/{id}/replies"), body).await;
    // But for the ports in the addresses of files.
    let text = |desk: &Desk| {
        serde_json::to_string(&desk.emulator.messages())
            .unwrap()
            .replace(&desk.host(), "")
    };
    assert_eq!(text(&one), text(&other));
}
