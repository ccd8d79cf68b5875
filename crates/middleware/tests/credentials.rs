//! Which credential goes where, and what is refused before anything is sent.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;
#[path = "common/hubspot.rs"]
mod hubspot;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{
    ArchiveChannel, Body, Call, CallOptions, Client, ConversationsClient, CreateChannel, DownloadFile, Error,
    ErrorKind, FilesClient, GetChannel, HttpTransport, ListChannels, ListInboxes, Operation as _, PublishMessage,
    TransportError, UpdateChannel,
    model::{
        ChannelCapabilities, ChannelPatch, ChannelQuery, DeliveryIdentifier, InboxQuery, NewChannel, NewMessage,
        Participant,
    },
};
use hubchannel_middleware::{
    Credentials, CredentialsError, DeveloperKey, MemoryTokenStore, PortalTokens, Stack, StackBuilder,
};

use self::{
    common::drive,
    hubspot::{HubSpot, PORTAL, read},
};

const KEY: &str = "hush+key/1&x=%";
const APP: &str = "40776849";
const TOKEN: &str = "hush-token";

/// An address, and what `Authorization` said.
type Seen = (String, Option<String>);

/// Answers everything and remembers it.
#[derive(Clone, Debug, Default)]
struct Wire(Arc<Mutex<Vec<Seen>>>);

impl Wire {
    fn seen(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    fn stack(&self) -> StackBuilder {
        Stack::new(self.clone()).retry(None)
    }
}

#[async_trait]
impl HttpTransport for Wire {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let header = request.headers().get("authorization");
        let header = header.map(|header| header.to_str().unwrap().to_owned());
        self.0.lock().unwrap().push((request.uri().to_string(), header));
        Ok(Response::new(Body::from(r#"{"id":"1"}"#)))
    }
}

fn key() -> DeveloperKey {
    DeveloperKey::new(APP, KEY)
}

fn publish() -> PublishMessage {
    let sender = Participant::new(DeliveryIdentifier::opaque("chat:1"));
    PublishMessage::new("1", NewMessage::incoming("2", sender, "hi"))
}

fn refused(error: &Error) -> String {
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(!error.outcome_unknown() && !error.is_retryable(), "{error}");
    error.to_string()
}

#[tokio::test]
async fn each_operation_gets_the_credential_that_it_needs_and_no_other() {
    let wire = Wire::default();
    let client = Client::new(wire.stack().access_token(TOKEN).developer_key(key()).build());
    client.publish_message(publish()).await.unwrap();
    client.get_channel(GetChannel::new("1")).await.unwrap();
    let query = "hapikey=hush%2Bkey%2F1%26x%3D%25&appId=40776849";
    let base = "https://api.hubapi.com/conversations/v3/custom-channels";
    assert_eq!(
        wire.seen(),
        [
            (format!("{base}/1/messages"), Some(format!("Bearer {TOKEN}"))),
            (format!("{base}/1?{query}"), None),
        ]
    );
}

#[tokio::test]
async fn every_operation_on_channels_takes_the_key_beside_its_own_query() {
    let wire = Wire::default();
    let client = Client::new(wire.stack().developer_key(key()).build());
    let new = NewChannel::new("Chat", ChannelCapabilities::default());
    drop(client.create_channel(CreateChannel::new(new)).await);
    drop(
        client
            .update_channel(UpdateChannel::new("1", ChannelPatch::default().set_name("Talk")))
            .await,
    );
    drop(client.archive_channel(ArchiveChannel::new("1")).await);
    let list = ListChannels::new(ChannelQuery::default().set_limit(5));
    drop(client.list_channels(list).await);
    let seen = wire.seen();
    assert_eq!(seen.len(), 4);
    for (address, header) in &seen {
        assert!(address.ends_with("hapikey=hush%2Bkey%2F1%26x%3D%25&appId=40776849"), "{address}");
        assert_eq!((address.matches('?').count(), header), (1, &None));
    }
    assert!(seen[3].0.contains("?limit=5&hapikey="));
}

#[tokio::test]
async fn the_wrong_kind_of_credential_is_refused_with_the_remedy() {
    let wire = Wire::default();
    let token_only = Client::new(wire.stack().access_token(TOKEN).build());
    let message = refused(&token_only.get_channel(GetChannel::new("1")).await.unwrap_err());
    assert!(message.contains("get_channel needs the developer's API key"), "{message}");
    assert!(message.contains("`developer_key`"), "{message}");

    let key_only = Client::new(wire.stack().developer_key(key()).build());
    let message = refused(&key_only.publish_message(publish()).await.unwrap_err());
    assert!(message.contains("publish_message needs the OAuth token of a portal"), "{message}");
    assert!(message.contains("`access_token`"), "{message}");
    assert!(wire.seen().is_empty());
}

#[tokio::test]
async fn a_key_that_no_address_can_carry_is_refused() {
    let wire = Wire::default();
    for (app, key) in [
        (APP, ""),
        (APP, "two words"),
        (APP, "hush\n"),
        ("my-app", "key"),
        ("", "key"),
        ("1&x=2", "key"),
    ] {
        let client = Client::new(wire.stack().developer_key(DeveloperKey::new(app, key)).build());
        let message = refused(&client.get_channel(GetChannel::new("1")).await.unwrap_err());
        assert!(key.is_empty() || key == "key" || !message.contains(key.trim()), "{message}");
    }
    let client = Client::new(
        wire.stack()
            .developer_key(DeveloperKey::new(APP, "k".repeat(70_000)))
            .build(),
    );
    refused(&client.get_channel(GetChannel::new("1")).await.unwrap_err());
    assert!(wire.seen().is_empty());
}

fn calling(operation: &'static hubchannel_api::OperationInfo, base: Option<&str>, address: &str) -> Request<Body> {
    let mut call = Call::new(operation);
    call.base_url = base.map(|base| base.parse().unwrap());
    let mut request = Request::get(address).body(Body::empty()).unwrap();
    request.extensions_mut().insert(call);
    request
}

#[tokio::test]
async fn a_credential_goes_to_the_api_s_own_server_and_to_no_other() {
    let proxy = Some("https://proxy.example.com/hubspot");
    let cases = [
        (None, "https://api.hubapi.com/x", true),
        (None, "https://api.hubapi.com:443/x", true),
        (None, "https://api.hubapi.com:8443/x", false),
        (None, "http://api.hubapi.com/x", false),
        (None, "https://api.hubapi.com.example.com/x", false),
        (None, "https://example.com/x", false),
        (None, "https://api.hubapi.com@example.com/x", false),
        (None, "http://127.0.0.1:8080/x", true),
        (None, "https://localhost/x", true),
        (proxy, "https://proxy.example.com/hubspot/x", true),
        (proxy, "https://api.hubapi.com/x", false),
        (proxy, "http://127.0.0.1:8080/x", false),
        (proxy, "https://proxy.example.com:444/hubspot/x", false),
        (Some("http://localhost:1"), "http://localhost:1/x", true),
        (Some("http://localhost:1"), "http://localhost:2/x", false),
        (Some("http://10.0.0.1"), "http://10.0.0.1/x", false),
    ];
    for (base, address, goes) in cases {
        for operation in [PublishMessage::INFO, GetChannel::INFO] {
            let wire = Wire::default();
            let layer = Credentials::new(wire.clone()).access_token(TOKEN).developer_key(key());
            let sent = layer.send(calling(operation, base, address)).await;
            assert_eq!(sent.is_ok(), goes, "{address} of {base:?}");
            assert_eq!(wire.seen().len(), usize::from(goes));
        }
    }
    let layer = Credentials::new(Wire::default()).access_token(TOKEN).allow_plain_http();
    let request = calling(PublishMessage::INFO, Some("http://10.0.0.1"), "http://10.0.0.1/x");
    assert!(layer.send(request).await.is_ok());
}

#[tokio::test]
async fn a_request_of_no_known_operation_takes_the_token_to_hubspot_only() {
    let wire = Wire::default();
    let layer = Credentials::new(wire.clone()).access_token(TOKEN);
    for (address, goes) in [
        ("https://api.hubapi.com/crm/v3/x", true),
        ("https://example.com/x", false),
    ] {
        let sent = layer.send(Request::get(address).body(Body::empty()).unwrap()).await;
        assert_eq!(sent.is_ok(), goes);
    }
    assert_eq!(wire.seen(), [("https://api.hubapi.com/crm/v3/x".to_owned(), Some(format!("Bearer {TOKEN}")))]);
}

#[tokio::test]
async fn a_download_from_elsewhere_takes_nothing_along() {
    let wire = Wire::default();
    let files = FilesClient::new(wire.stack().access_token(TOKEN).developer_key(key()).build());
    for url in [
        "https://cdn.example.com/lamp.png?s=1",
        "https://api.hubapi.com/files/v3/lamp",
    ] {
        files.download_file(DownloadFile::new(url)).await.unwrap();
    }
    let headers: Vec<bool> = wire.seen().iter().map(|(_, header)| header.is_some()).collect();
    assert_eq!(headers, [false, true]);
    assert!(wire.seen().iter().all(|(address, _)| !address.contains("hapikey")));
}

#[tokio::test]
async fn without_any_credential_a_stack_sends_requests_as_they_are_and_the_layer_refuses_them() {
    let wire = Wire::default();
    Client::new(wire.stack().build())
        .publish_message(publish())
        .await
        .unwrap();
    assert_eq!(wire.seen().len(), 1);
    refused(
        &Client::new(Credentials::new(wire.clone()))
            .publish_message(publish())
            .await
            .unwrap_err(),
    );
    assert_eq!(wire.seen().len(), 1);
}

#[test]
fn each_call_gets_the_token_of_its_portal() {
    let hubspot = HubSpot::new();
    let mut store = MemoryTokenStore::new();
    for portal in ["7", "8", "9"] {
        let (token, end) = hubspot.issue(600);
        store = store.with(portal, PortalTokens::new("hush-refresh").with_access_token(token, end));
    }
    let portals = hubspot.builder(store).build();
    let stack = Stack::new(hubspot.clone()).clock(hubspot.clock.clone()).retry(None);
    let client = Client::new(stack.portals(portals.clone()).build());
    for portal in ["9", "7", "9", "8"] {
        let call = read().with_options(CallOptions::for_portal(portal));
        drive(&hubspot.clock, client.get_message(call)).unwrap();
    }
    assert_eq!(hubspot.calls(), ["2", "0", "2", "1"]);

    let error = drive(&hubspot.clock, client.get_message(read())).unwrap_err();
    assert!(refused(&error).contains("does not say which"), "{error}");
    let call = read().with_options(CallOptions::for_portal("10"));
    let error = drive(&hubspot.clock, client.get_message(call)).unwrap_err();
    assert_eq!(CredentialsError::of(&error).unwrap().portal().unwrap(), "10");
    assert_eq!(hubspot.calls().len(), 4);
}

#[test]
fn a_client_of_one_portal_makes_no_calls_for_another() {
    let hubspot = HubSpot::new();
    let client = hubspot.client(hubspot.portal());
    let call = read().with_options(CallOptions::for_portal(PORTAL));
    drive(&hubspot.clock, client.get_message(call)).unwrap();
    let call = read().with_options(CallOptions::for_portal("99"));
    let error = drive(&hubspot.clock, client.get_message(call)).unwrap_err();
    assert!(refused(&error).contains("portal 99"), "{error}");
    assert_eq!(hubspot.calls().len(), 1);
}

#[test]
fn a_portal_is_the_same_whoever_asks_and_forgotten_when_nobody_does() {
    let hubspot = HubSpot::new();
    let portals = hubspot.builder(hubspot::connected()).build();
    let one = portals.portal(PORTAL);
    drive(&hubspot.clock, one.access_token()).unwrap();
    for stranger in 0..10_000_u32 {
        portals.portal(stranger.to_string());
    }
    assert!(format!("{portals:?}").contains("portals: "));
    let count: usize = format!("{portals:?}")
        .split("portals: ")
        .last()
        .unwrap()
        .split([',', ' '])
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(count < 200, "{count}");
    drive(&hubspot.clock, portals.portal(PORTAL).access_token()).unwrap();
    assert_eq!(hubspot.refreshes(), 1);
}

#[test]
fn other_areas_of_the_api_take_the_portal_s_token_too() {
    let hubspot = HubSpot::new();
    let stack = Stack::new(hubspot.clone()).clock(hubspot.clock.clone());
    let conversations = ConversationsClient::new(stack.oauth(hubspot.portal()).build());
    drive(&hubspot.clock, conversations.list_inboxes(ListInboxes::new(InboxQuery::default()))).unwrap();
    assert_eq!(hubspot.calls(), ["0"]);
}

#[test]
fn a_user_who_comes_back_connects_his_portal() {
    let hubspot = HubSpot::new();
    let portals = hubspot.builder(MemoryTokenStore::new()).build();
    let connected = drive(&hubspot.clock, portals.connect("hush-code", "https://bridge.example.com/oauth")).unwrap();
    assert_eq!(connected.portal_id(), PORTAL);
    drive(&hubspot.clock, hubspot.client(portals.portal(PORTAL)).get_message(read())).unwrap();
    assert_eq!((hubspot.refreshes(), hubspot.calls()), (1, vec!["0".to_owned()]));
    assert!(hubspot.state().asked[0].contains("grant_type=authorization_code"));
}

#[test]
fn a_body_that_can_be_read_once_is_sent_once_and_the_next_call_has_another_token() {
    let hubspot = HubSpot::new();
    let portal = hubspot.portal();
    let client = hubspot.client(portal.clone());
    drive(&hubspot.clock, client.get_message(read())).unwrap();
    hubspot.revoke_access();
    let layer = Credentials::new(hubspot.clone()).oauth(portal);
    let mut request = calling(PublishMessage::INFO, None, "https://api.hubapi.com/x");
    *request.body_mut() = Body::from_stream(Some(2), Body::from("{}").open());
    assert_eq!(drive(&hubspot.clock, layer.send(request)).unwrap().status(), 401);
    drive(&hubspot.clock, client.get_message(read())).unwrap();
    assert_eq!(hubspot.calls(), ["0", "0", "1"]);
}
