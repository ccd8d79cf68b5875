//! A bridge whose tokens expire, over the emulator, in process and over HTTP: what its users notice, which is nothing.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

#[path = "both_ways/hub.rs"]
mod hub;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use hubchannel::{
    AuthorizeUrl, CallOptions, Client, CreateChannel, Error, OAuthApp, OAuthClient, PublishMessage, Reply,
    emulator::{AccountSeed, ChannelSeed, Emulator, Seed, TokenSeed},
    middleware::{
        CredentialsError, DeveloperKey, FileTokenStore, MemoryTokenStore, PortalTokens, Portals, Stack, StackBuilder,
    },
    mock::{Answer, MockOAuth, MockTransport, when},
    model::{ChannelCapabilities, DeliveryIdentifier, NewChannel, NewMessage, Participant, TokenResponse},
};
use serde_json::json;

use crate::hub::{Hub, START, Told, both_ways, both_ways_at_once};

const APP: u64 = 40_776_849;
const LIFETIME: u32 = 1800;
const WRITE: &str = "conversations.custom_channels.write";

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// In which each portal has a channel account.
fn seed(portals: &[u64]) -> Seed {
    let seed = Seed::new(
        ChannelSeed::new("1000", APP),
        AccountSeed::new(portals[0].to_string(), "1000", portals[0]),
        TokenSeed::new("unused", portals[0], APP),
    );
    let accounts = portals
        .iter()
        .map(|portal| AccountSeed::new(portal.to_string(), "1000", *portal));
    // More come at once than HubSpot takes.
    accounts.fold(seed.without_rate_limits(), Seed::add_account)
}

/// The emulator's OAuth, through a stack that repeats.
fn oauth(hub: &Hub) -> OAuthClient {
    OAuthClient::builder(Stack::new(hub.transport()).build(), hub.emulator.oauth_app())
        .base_url(hub.base_url())
        .build()
}

/// The portals of these tokens.
fn portals(hub: &Hub, store: MemoryTokenStore) -> Portals {
    Portals::builder(oauth(hub), store).clock(hub.clock.clone()).build()
}

/// A refresh token of each portal.
fn store(emulator: &Emulator, portals: &[u64]) -> MemoryTokenStore {
    portals.iter().fold(MemoryTokenStore::new(), |store, portal| {
        store.with(portal.to_string(), PortalTokens::new(emulator.refresh_token(*portal, [WRITE])))
    })
}

/// How the requests to paths that end so were answered.
fn answers(emulator: &Emulator, end: &str) -> Vec<u16> {
    let received = emulator.received();
    let asked = received.iter().filter(|request| request.path_and_query.ends_with(end));
    asked.map(|request| request.answered.unwrap().as_u16()).collect()
}

fn message(portal: u64, number: usize) -> PublishMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat-42"));
    let body = NewMessage::incoming(portal.to_string(), visitor, "Hello?")
        .set_integration_thread_id("chat-42")
        .set_integration_idempotency_id(format!("chat-42/{number}"));
    PublishMessage::new("1000", body)
}

fn stack(hub: &Hub) -> StackBuilder {
    Stack::new(hub.transport()).clock(hub.clock.clone())
}

/// A client of the one portal.
fn client(hub: &Hub, portals: &Portals) -> Client {
    hub.client_over(stack(hub).oauth(portals.portal("62515")).build())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_messages_at_once_with_an_expired_token_refresh_it_once() {
    both_ways_at_once(
        || seed(&[62515]),
        async |hub: &Hub| {
            // Each of those over HTTP has a connection, of which a process may have fewer.
            let many = if hub.is_over_http() { 100 } else { 1_000 };
            let emulator = &hub.emulator;
            let client = client(hub, &portals(hub, store(emulator, &[62515])));
            client.publish_message(message(62515, 0)).await.unwrap();
            hub.clock.advance(minutes(31));
            let calls: Vec<_> = (1..=many)
                .map(|number| {
                    let client = client.clone();
                    tokio::spawn(async move { client.publish_message(message(62515, number)).await.map(drop) })
                })
                .collect();
            for call in calls {
                call.await.unwrap().unwrap();
            }
            assert_eq!(answers(emulator, "/token"), [200, 200]);
            assert_eq!(emulator.messages().len(), many + 1);
            assert_eq!(answers(emulator, "/messages"), vec![201; many + 1]);
        },
    )
    .await;
}

/// A token endpoint that promises more than it keeps, as the emulator's never does: it makes `62515-0`, then `62515-1` ….
fn boaster(asked: &Arc<AtomicUsize>) -> OAuthClient {
    let asked = Arc::clone(asked);
    let mut api = MockOAuth::new();
    api.expect_request_token().returning(move |_| {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        Ok(Reply::new(TokenResponse::new(format!("62515-{number}"), LIFETIME)))
    });
    OAuthClient::from_api(api, OAuthApp::new("client-7", "hush"))
}

#[tokio::test]
async fn a_token_that_ends_sooner_than_it_said_costs_one_more_request_and_no_message() {
    let token = |number: u64| {
        let end = SystemTime::UNIX_EPOCH + START + minutes(20 * (number + 1));
        TokenSeed::new(format!("62515-{number}"), 62515, APP).set_expires_at(end)
    };
    both_ways(
        || seed(&[62515]).add_token(token(0)).add_token(token(1)),
        async |hub: &Hub| {
            let asked = Arc::new(AtomicUsize::new(0));
            let store = MemoryTokenStore::new().with("62515", PortalTokens::new("refresh"));
            let portals = Portals::builder(boaster(&asked), store)
                .clock(hub.clock.clone())
                .build();
            let client = client(hub, &portals);
            client.publish_message(message(62515, 0)).await.unwrap();
            hub.clock.advance(minutes(25));
            let reply = client.publish_message(message(62515, 1)).await.unwrap();
            assert_eq!(reply.attempts().count, 2);
            assert_eq!(asked.load(Ordering::SeqCst), 2);
            assert_eq!(answers(&hub.emulator, "/messages"), [201, 401, 201]);
            assert_eq!(hub.emulator.messages().len(), 2);
            reply.into_inner()
        },
    )
    .await;
}

#[tokio::test]
async fn one_client_publishes_for_many_portals() {
    let ids = [62515, 62516, 62517];
    both_ways(
        || seed(&ids),
        async |hub: &Hub| {
            let portals = portals(hub, store(&hub.emulator, &ids));
            let client = hub.client_over(stack(hub).portals(portals).build());
            for (number, portal) in ids.into_iter().cycle().take(6).enumerate() {
                let options = CallOptions::for_portal(portal.to_string());
                client
                    .publish_message(message(portal, number).with_options(options))
                    .await
                    .unwrap();
            }
            assert_eq!(answers(&hub.emulator, "/token"), [200; 3]);
            assert_eq!(hub.emulator.messages().len(), 6);

            let options = CallOptions::for_portal("1");
            let error = client
                .publish_message(message(1, 9).with_options(options))
                .await
                .unwrap_err();
            assert!(CredentialsError::of(&error).unwrap().must_reconnect(), "{error}");
            Told::of(hub, &error)
        },
    )
    .await;
}

#[tokio::test]
async fn a_bridge_that_restarts_goes_on_with_the_token_in_its_files() {
    both_ways(
        || seed(&[62515]),
        async |hub: &Hub| {
            let directory = tempfile::tempdir().unwrap();
            let start = || {
                let files = FileTokenStore::open(directory.path()).unwrap();
                let portals = Portals::builder(oauth(hub), files).clock(hub.clock.clone()).build();
                (client(hub, &portals), portals.portal("62515"))
            };
            let (client, portal) = start();
            let refresh_token = hub.emulator.refresh_token(62515, [WRITE]);
            portal.connect(PortalTokens::new(refresh_token)).await.unwrap();
            client.publish_message(message(62515, 0)).await.unwrap();
            let (client, _) = start();
            client.publish_message(message(62515, 1)).await.unwrap();
            assert_eq!(answers(&hub.emulator, "/token"), [200]);
            hub.clock.advance(minutes(31));
            client.publish_message(message(62515, 2)).await.unwrap();
            assert_eq!(answers(&hub.emulator, "/token"), [200, 200]);
            assert_eq!(hub.emulator.messages().len(), 3);
        },
    )
    .await;
}

#[tokio::test]
async fn a_portal_is_connected_by_its_user_and_lost_when_the_app_is_taken_out() {
    const REDIRECT: &str = "https://bridge.example.com/oauth";
    both_ways(
        || seed(&[62515]).with_rotating_refresh_tokens(),
        async |hub: &Hub| {
            let emulator = &hub.emulator;
            let portals = portals(hub, MemoryTokenStore::new());
            let page = AuthorizeUrl::new(emulator.oauth_app().client_id, REDIRECT)
                .add_scope(WRITE)
                .to_string();
            let code = emulator.authorize(62515, &page).unwrap().code;
            portals.connect(code.expose(), REDIRECT).await.unwrap();
            let client = hub.client_over(stack(hub).portals(portals).build());
            let publish = |number| message(62515, number).with_options(CallOptions::for_portal("62515"));
            // Each hour brings another refresh token, of which none may be lost.
            for number in 0..5 {
                client.publish_message(publish(number)).await.unwrap();
                hub.clock.advance(minutes(60));
            }
            assert_eq!(answers(emulator, "/token"), [200; 5]);
            emulator.uninstall(APP, 62515);
            let error = client.publish_message(publish(5)).await.unwrap_err();
            assert!(CredentialsError::of(&error).unwrap().must_reconnect(), "{error}");
            assert_eq!(emulator.messages().len(), 5);
            Told::of(hub, &error)
        },
    )
    .await;
}

#[tokio::test]
async fn a_channel_is_registered_with_the_developer_s_key() -> Result<(), Error> {
    let script = when()
        .operation::<CreateChannel>()
        .matching("the key and the app in the query", |request| {
            request.uri.query() == Some("hapikey=eu1-key&appId=40776849")
        })
        .once(Answer::json(201, json!({"id": "2930388"})));
    let wire = MockTransport::new().with(script);
    let stack = Stack::new(wire.clone())
        .developer_key(DeveloperKey::new(APP.to_string(), "eu1-key"))
        .build();
    let client = Client::new(stack);
    let channel = NewChannel::new("Chat", ChannelCapabilities::default());
    let channel = client.create_channel(CreateChannel::new(channel)).await?;
    assert_eq!(channel.id.as_ref().unwrap(), "2930388");
    assert!(!format!("{client:?} {:?}", wire.requests()).contains("eu1-key"));

    let error = client.publish_message(message(62515, 0)).await.unwrap_err();
    assert!(error.to_string().contains("needs the OAuth token of a portal"), "{error}");
    assert_eq!(wire.requests().len(), 1);
    Ok(())
}
