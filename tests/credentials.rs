//! A bridge whose tokens expire, over the emulator: what its users notice, which is nothing.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use hubchannel::{
    CallOptions, Client, CreateChannel, Error, OAuthApp, OAuthClient, PublishMessage, Reply,
    clock::{Clock as _, ManualClock},
    emulator::{AccountSeed, ChannelSeed, Emulator, HttpServer, Seed, TokenSeed},
    middleware::{CredentialsError, DeveloperKey, FileTokenStore, MemoryTokenStore, PortalTokens, Portals, Stack},
    mock::{Answer, MockOAuth, MockTransport, when},
    model::{ChannelCapabilities, DeliveryIdentifier, NewChannel, NewMessage, Participant, TokenResponse},
    reqwest::ReqwestTransport,
};
use serde_json::json;

const APP: u64 = 40_776_849;
const LIFETIME: u32 = 1800;

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000))
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// An emulator in which each portal has a channel account and tokens that end after one another: `62515-0`, `62515-1` ….
fn emulator(clock: &ManualClock, portals: &[u64]) -> Emulator {
    let mut seed = Seed::new(
        ChannelSeed::new("1000", APP),
        AccountSeed::new(portals[0].to_string(), "1000", portals[0]),
        TokenSeed::new("unused", portals[0], APP),
    )
    .with_clock(clock.clone());
    for portal in portals {
        seed = seed.add_account(AccountSeed::new(portal.to_string(), "1000", *portal));
        for number in 0..8_u32 {
            let end = clock.wall() + Duration::from_secs(u64::from(LIFETIME * (number + 1)));
            let token = TokenSeed::new(format!("{portal}-{number}"), *portal, APP).set_expires_at(end);
            seed = seed.add_token(token);
        }
    }
    Emulator::with_seed(seed)
}

/// HubSpot's token endpoint, which the emulator has not: from `refresh-62515` it makes `62515-0`, then `62515-1` ….
fn oauth(asked: &Arc<AtomicUsize>) -> OAuthClient {
    let asked = Arc::clone(asked);
    let mut api = MockOAuth::new();
    api.expect_request_token().returning(move |call| {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        let refresh_token = call.body.refresh_token.as_ref().unwrap().expose().to_owned();
        let portal = refresh_token.strip_prefix("refresh-").unwrap();
        Ok(Reply::new(
            TokenResponse::new(format!("{portal}-{number}"), LIFETIME).set_refresh_token(refresh_token.as_str()),
        ))
    });
    OAuthClient::from_api(api, OAuthApp::new("client-7", "hush"))
}

fn message(portal: u64, number: usize) -> PublishMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat-42"));
    let body = NewMessage::incoming(portal.to_string(), visitor, "Hello?")
        .set_integration_thread_id("chat-42")
        .set_integration_idempotency_id(format!("chat-42/{number}"));
    PublishMessage::new("1000", body)
}

fn store(portals: &[u64]) -> MemoryTokenStore {
    portals.iter().fold(MemoryTokenStore::new(), |store, portal| {
        store.with(portal.to_string(), PortalTokens::new(format!("refresh-{portal}")))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_messages_at_once_with_an_expired_token_refresh_it_once() {
    let (clock, asked) = (clock(), Arc::new(AtomicUsize::new(0)));
    let emulator = emulator(&clock, &[62515]);
    let portals = Portals::builder(oauth(&asked), store(&[62515]))
        .clock(clock.clone())
        .build();
    let client = Client::new(
        Stack::new(emulator.transport())
            .clock(clock.clone())
            .oauth(portals.portal("62515"))
            .build(),
    );
    client.publish_message(message(62515, 0)).await.unwrap();
    clock.advance(minutes(31));
    let calls: Vec<_> = (1..=1_000)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move { client.publish_message(message(62515, number)).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(emulator.messages().len(), 1_001);
    assert!(
        emulator
            .received()
            .iter()
            .all(|request| request.answered.unwrap() == 201)
    );
}

#[tokio::test]
async fn a_token_that_ends_sooner_than_it_said_costs_one_more_request_and_no_message() {
    let (clock, asked) = (clock(), Arc::new(AtomicUsize::new(0)));
    let emulator = emulator(&clock, &[62515]);
    let portals = Portals::builder(oauth(&asked), store(&[62515]))
        .clock(clock.clone())
        .build();
    let client = Client::new(
        Stack::new(emulator.transport())
            .clock(clock.clone())
            .oauth(portals.portal("62515"))
            .build(),
    );
    // Ten minutes later than the emulator's tokens begin: the first is promised for longer than it is good.
    clock.advance(minutes(10));
    client.publish_message(message(62515, 0)).await.unwrap();
    clock.advance(minutes(25));
    let reply = client.publish_message(message(62515, 1)).await.unwrap();
    assert_eq!(reply.attempts().count, 2);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let answers: Vec<u16> = emulator
        .received()
        .iter()
        .map(|request| request.answered.unwrap().as_u16())
        .collect();
    assert_eq!(answers, [201, 401, 201]);
    assert_eq!(emulator.messages().len(), 2);
}

#[tokio::test]
async fn one_client_publishes_for_many_portals() {
    let (clock, asked) = (clock(), Arc::new(AtomicUsize::new(0)));
    let ids = [62515, 62516, 62517];
    let emulator = emulator(&clock, &ids);
    let portals = Portals::builder(oauth(&asked), store(&ids))
        .clock(clock.clone())
        .build();
    let client = Client::new(Stack::new(emulator.transport()).clock(clock).portals(portals).build());
    for (number, portal) in ids.into_iter().cycle().take(6).enumerate() {
        let options = CallOptions::for_portal(portal.to_string());
        client
            .publish_message(message(portal, number).with_options(options))
            .await
            .unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    assert_eq!(emulator.messages().len(), 6);

    let options = CallOptions::for_portal("1");
    let error = client
        .publish_message(message(1, 9).with_options(options))
        .await
        .unwrap_err();
    assert!(CredentialsError::of(&error).unwrap().must_reconnect(), "{error}");
}

struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_bridge_that_restarts_goes_on_with_the_token_in_its_files() {
    let (clock, asked) = (clock(), Arc::new(AtomicUsize::new(0)));
    let emulator = emulator(&clock, &[62515]);
    let server = HttpServer::start(emulator.clone()).await.unwrap();
    let directory = Directory(std::env::temp_dir().join(format!("hubchannel-bridge-{}", std::process::id())));
    let oauth = oauth(&asked);
    let start = || {
        let files = FileTokenStore::open(&directory.0).unwrap();
        let portals = Portals::builder(oauth.clone(), files).clock(clock.clone()).build();
        let portal = portals.portal("62515");
        let stack = Stack::new(ReqwestTransport::new().unwrap())
            .oauth(portal.clone())
            .build();
        (Client::builder(stack).base_url(server.base_url()).build(), portal)
    };
    let (client, portal) = start();
    portal.connect(PortalTokens::new("refresh-62515")).await.unwrap();
    client.publish_message(message(62515, 0)).await.unwrap();
    let (client, _) = start();
    client.publish_message(message(62515, 1)).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    clock.advance(minutes(29));
    client.publish_message(message(62515, 2)).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(emulator.messages().len(), 3);
    server.shutdown().await.unwrap();
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
