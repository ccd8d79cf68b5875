//! What the client does in several calls, on the wire.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::time::{Duration, SystemTime};

use hubchannel_api::{
    AccountOutcome, CannotTell, ChannelOutcome, Client, ConnectionOutcome, ConversationsClient, CreateChannel,
    CreateChannelAccount, EnsureChannel, EnsureChannelAccount, EnsureError, FinishConnection, GetMessage, GetThread,
    ListChannelAccounts, ListChannels, ListThreadMessages, PublishMessage, ReconcilePublish, Reconciled, UpdateChannel,
    UpdateChannelAccount, UpdateChannelAccountStagingToken, Waits,
    clock::ManualClock,
    model::{
        ChannelCapabilities, DeliveryIdentifier, NewChannel, NewChannelAccount, NewMessage, Participant,
        StagingRedirect, ThreadingModel,
    },
};
use hubchannel_mock::{Answer, MockTransport, Received, when};
use serde_json::{Value, json};

const HOOK: &str = "https://bridge.example.com/hubspot";

/// One more look, without any time between.
fn again() -> Waits {
    Waits::new([Duration::ZERO])
}

fn client(transport: &MockTransport) -> Client {
    Client::new(transport.clone()).with_clock(ManualClock::new(SystemTime::UNIX_EPOCH))
}

fn channel() -> EnsureChannel {
    let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId);
    EnsureChannel::by_webhook_url(NewChannel::new("Harbour chat", capabilities).set_webhook_url(HOOK))
        .with_waits_before(Waits::none())
        .with_waits_after(again())
}

fn account() -> EnsureChannelAccount {
    let body = NewChannelAccount::new("1431487401", "Harbour website")
        .set_delivery_identifier(DeliveryIdentifier::opaque("harbour"));
    EnsureChannelAccount::new("2930388", body).with_waits_after(again())
}

fn page(results: Value) -> Answer {
    Answer::json(200, json!({ "results": results }))
}

fn first_page(results: Value, after: &str) -> Answer {
    Answer::json(200, json!({ "results": results, "paging": { "next": { "after": after } } }))
}

/// The requests by method, what follows the area's path, and query.
fn asked(transport: &MockTransport) -> Vec<String> {
    let line = |request: &Received| {
        let path = request.uri.path_and_query().unwrap().as_str();
        format!("{} {}", request.method, path.strip_prefix("/conversations/v3/custom-channels").unwrap())
    };
    transport.requests().iter().map(line).collect()
}

#[tokio::test]
async fn a_channel_is_looked_for_on_all_pages_created_and_seen() {
    let created = json!({"id": "2930388", "name": "Harbour chat", "webhookUrl": HOOK});
    let transport = MockTransport::new()
        .with(
            when()
                .operation::<ListChannels>()
                .once(first_page(json!([{"id": "1", "webhookUrl": "https://other.example.com"}]), "Mg"))
                .once(page(json!([])))
                .once(page(json!([])))
                .once(page(json!([created]))),
        )
        .with(
            when()
                .operation::<CreateChannel>()
                .json(json!({
                    "name": "Harbour chat",
                    "capabilities": {"threadingModel": "INTEGRATION_THREAD_ID"},
                    "webhookUrl": HOOK,
                }))
                .once(Answer::json(201, &created)),
        );
    let ensured = client(&transport).ensure_channel(channel()).await.unwrap();
    assert_eq!((ensured.outcome, ensured.channel.id), (ChannelOutcome::Created, "2930388".into()));
    assert_eq!(asked(&transport), ["GET ", "GET ?after=Mg", "POST ", "GET ", "GET "]);
}

#[tokio::test]
async fn only_the_differences_are_patched() {
    let there = json!({
        "id": "2930388",
        "name": "Old name",
        "webhookUrl": HOOK,
        "capabilities": {"threadingModel": "INTEGRATION_THREAD_ID", "richText": []},
    });
    let transport = MockTransport::new()
        .with(when().operation::<ListChannels>().once(page(json!([there]))))
        .with(
            when()
                .operation::<UpdateChannel>()
                .json(json!({"name": "Harbour chat"}))
                .once(Answer::json(200, json!({"id": "2930388", "name": "Harbour chat"}))),
        );
    let ensured = client(&transport)
        .ensure_channel(channel().with_update(true))
        .await
        .unwrap();
    assert!(ensured.updated && ensured.outcome == ChannelOutcome::Found);
}

#[tokio::test]
async fn a_list_that_does_not_say_that_it_is_empty_creates_nothing() {
    let next = |after: &str| first_page(json!([]), after);
    let endless = MockTransport::new().with(
        when()
            .operation::<ListChannels>()
            .once(next("a"))
            .once(next("b"))
            .once(next("a")),
    );
    let empty = MockTransport::new().with(
        when()
            .operation::<ListChannels>()
            .once(Answer::json(200, json!({"total": 0}))),
    );
    let null = MockTransport::new().with(
        when()
            .operation::<ListChannels>()
            .once(Answer::json(200, json!({"results": null}))),
    );
    let html = MockTransport::new().with(
        when()
            .operation::<ListChannels>()
            .once(Answer::html(200, "<p>Soon</p>")),
    );
    for transport in [endless, empty, null, html] {
        let error = client(&transport).ensure_channel(channel()).await.unwrap_err();
        assert!(matches!(&error, EnsureError::Call(_)) && !error.outcome_unknown(), "{error}");
    }
}

#[tokio::test]
async fn a_creation_without_an_answer_is_sent_once() {
    let listed = json!([{"id": "2930388", "webhookUrl": HOOK}]);
    for lost in [
        Answer::lost(),
        Answer::timeout_after_sending(),
        Answer::status(504),
        Answer::html(201, "<p>OK</p>"),
    ] {
        let transport = MockTransport::new()
            .with(
                when()
                    .operation::<ListChannels>()
                    .once(page(json!([])))
                    .once(Answer::status(502))
                    .once(page(listed.clone())),
            )
            .with(when().operation::<CreateChannel>().once(lost));
        let ensured = client(&transport).ensure_channel(channel()).await.unwrap();
        assert_eq!((ensured.outcome, ensured.channel.id), (ChannelOutcome::Appeared, "2930388".into()));
    }
}

#[tokio::test]
async fn an_account_is_connected_and_authorized_again() {
    let listed = |authorized: bool| {
        page(json!([{
            "id": "3307400689",
            "inboxId": "1431487401",
            "authorized": authorized,
            "archived": false,
            "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "harbour"},
        }]))
    };
    let transport = MockTransport::new()
        .with(
            when()
                .operation::<ListChannelAccounts>()
                .once(page(json!([])))
                .once(listed(false)),
        )
        .with(
            when()
                .operation::<CreateChannelAccount>()
                .once(Answer::json(409, json!({"category": "CONFLICT"}))),
        )
        .with(
            when()
                .operation::<UpdateChannelAccount>()
                .json(json!({"authorized": true}))
                .once(Answer::json(200, json!({"id": "3307400689", "authorized": true}))),
        );
    let ensured = client(&transport).ensure_channel_account(account()).await.unwrap();
    assert_eq!(ensured.outcome, AccountOutcome::Reauthorized);
    let list = "GET /2930388/channel-accounts?limit=100&archived=false";
    let (create, update) = ("POST /2930388/channel-accounts", "PATCH /2930388/channel-accounts/3307400689");
    assert_eq!(asked(&transport), [list, create, list, update]);
}

#[tokio::test]
async fn a_connection_is_finished_over_the_wire() {
    let body = json!({
        "accountName": "Harbour website",
        "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "harbour"},
    });
    let transport = MockTransport::new().with(
        when()
            .operation::<UpdateChannelAccountStagingToken>()
            .path("/conversations/v3/custom-channels/2930388/channel-account-staging-tokens/SECRET")
            .json(body)
            .once(Answer::json(200, json!({"accountToken": "SECRET", "genericChannelId": 2930388})))
            .once(Answer::json(409, json!({"message": "SECRET is connected"})))
            .once(Answer::lost()),
    );
    let finish = async || {
        let mut visit = StagingRedirect::new("SECRET");
        visit.redirect_url = Some("https://app.hubspot.com/back".to_owned());
        let identifier = DeliveryIdentifier::opaque("harbour");
        let call = FinishConnection::new("2930388", visit, "Harbour website", identifier);
        client(&transport).finish_connection(call).await.unwrap()
    };
    let [first, second, third] = [finish().await, finish().await, finish().await];
    assert!(matches!(first.outcome, ConnectionOutcome::Connected(_)));
    assert!(matches!(second.outcome, ConnectionOutcome::AlreadyConnected(_)));
    assert!(matches!(third.outcome, ConnectionOutcome::Unknown(_)));
    for finished in [&first, &second, &third] {
        assert_eq!(finished.hubspot_redirect_url(), Some("https://app.hubspot.com/back"));
        assert!(!format!("{finished:?}").contains("SECRET"));
    }
}

#[tokio::test]
async fn a_lost_publish_is_found_in_its_thread() {
    let body = NewMessage::incoming("3307400689", Participant::new(DeliveryIdentifier::opaque("chat:1")), "Hello")
        .set_integration_thread_id("chat-42")
        .set_timestamp("2026-05-27T12:15:00.123Z");
    let entry = |created_at: &str| {
        json!({
            "type": "MESSAGE",
            "id": "5c1f",
            "text": "Hello",
            "direction": "INCOMING",
            "channelId": "2930388",
            "channelAccountId": "3307400689",
            "createdAt": created_at,
            "attachments": [],
            "senders": [{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:1"}}],
        })
    };
    let transport = MockTransport::new()
        .with(when().operation::<PublishMessage>().once(Answer::lost()))
        .with(
            when()
                .operation::<GetThread>()
                .always(Answer::json(200, json!({"status": "OPEN"}))),
        )
        .with(
            when()
                .operation::<ListThreadMessages>()
                .once(first_page(json!([entry("2026-05-26T12:15:00.123Z")]), "a"))
                .once(page(json!([{"type": "COMMENT"}])))
                .once(first_page(json!([]), "a"))
                .once(page(json!([entry("2026-05-27T12:15:00.123Z")]))),
        );
    let client = client(&transport);
    let publish = PublishMessage::new("2930388", body);
    let error = client.publish_message(publish.clone()).await.unwrap_err();
    let call = ReconcilePublish::after(publish, &error)
        .with_thread(ConversationsClient::new(transport.clone()), "19615248623")
        .with_waits(again());
    let told = client.reconcile_publish(call).await;
    assert!(matches!(&told, Reconciled::Found(message) if message.id == "5c1f".into()), "{told:?}");
}

#[tokio::test]
async fn a_publish_whose_answer_names_the_message_is_read_by_it() {
    let body = NewMessage::incoming("3307400689", Participant::new(DeliveryIdentifier::opaque("chat:1")), "Hello");
    let transport = MockTransport::new()
        .with(
            when()
                .operation::<PublishMessage>()
                .once(Answer::json(201, json!({"id": "5c1f", "senders": "Ada"}))),
        )
        .with(
            when()
                .operation::<GetMessage>()
                .once(Answer::status(500))
                .once(Answer::json(200, json!({"id": "5c1f"}))),
        );
    let client = client(&transport);
    let publish = PublishMessage::new("2930388", body);
    let error = client.publish_message(publish.clone()).await.unwrap_err();
    let call = ReconcilePublish::after(publish, &error);
    let failed = client.reconcile_publish(call.clone().with_waits(Waits::none())).await;
    assert!(matches!(failed, Reconciled::CannotTell(CannotTell::Failed(_))), "{failed:?}");
    let told = client.reconcile_publish(call).await;
    assert!(matches!(&told, Reconciled::Found(message) if message.id == "5c1f".into()), "{told:?}");
}
