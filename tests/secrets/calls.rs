//! Calls of every kind, with a mark in all that is secret and in all that is of people.

use std::{error::Error, fmt, future::Future, pin::Pin, time::Duration};

use hubchannel::{
    ArchiveChannel, CallEndpoint, Client, ConversationsClient, CreateChannel, CreateChannelAccount, DownloadFile,
    EndpointsClient, EnsureChannel, EnsureChannelAccount, FilesClient, FinishConnection, GetActor, GetChannel,
    GetChannelAccount, GetInbox, GetMessage, GetSignedUrl, GetThread, GetThreadMessage, ListChannelAccounts,
    ListChannels, ListInboxes, ListPortalChannelAccounts, ListThreadMessages, ListThreads, OAuthApp, OAuthClient,
    PublishMessage, ReadActors, ReconcilePublish, UpdateChannel, UpdateChannelAccount,
    UpdateChannelAccountStagingToken, UpdateMessageStatus, UpdateThread, UploadFile,
    clock::Clock as _,
    middleware::{
        Credentials, DeveloperKey, MemoryTokenStore, PortalTokens, Portals, RetryPolicy, Stack, StackBuilder,
        TokioClock,
    },
    mock::MockTransport,
    model::{
        ActorBatch, ChannelAccountQuery, ChannelAccountUpdate, ChannelCapabilities, ChannelPatch, ChannelQuery,
        DeliveryIdentifier, FileAccess, FileFolder, FileUploadOptions, InboxQuery, NewChannel, NewChannelAccount,
        NewFile, NewMessage, Participant, PortalChannelAccountQuery, StagingRedirect, StagingTokenUpdate, StatusUpdate,
        ThreadEntryQuery, ThreadQuery, ThreadUpdate,
    },
};
use serde_json::json;

use crate::said;

/// What a call came to, as it is shown: a value, or an error.
type Shown = Result<String, String>;

/// A call over this transport.
pub(crate) type Call = fn(MockTransport) -> Pin<Box<dyn Future<Output = Shown> + Send>>;

fn seen<T: fmt::Debug, E: Error + 'static>(result: Result<T, E>) -> Shown {
    result
        .map(|value| format!("{value:?}"))
        .map_err(|error| said::by_error(&error))
}

macro_rules! calls {
    ($($name:literal: |$transport:ident| $call:expr,)*) => {
        &[$(($name, |$transport| Box::pin(async move { seen($call.await) })),)*]
    };
}

pub(crate) fn key() -> DeveloperKey {
    DeveloperKey::new(40_776_849, "HUSH-key")
}

fn quick(transport: MockTransport) -> StackBuilder {
    Stack::new(transport).retry(RetryPolicy::new().first_wait(Duration::ZERO).max_attempts(2))
}

/// With a token that stays the same.
pub(crate) fn stack(transport: MockTransport) -> Stack {
    quick(transport).access_token("HUSH-token").developer_key(key()).build()
}

/// One whose waits take no time either.
fn client(transport: MockTransport) -> Client {
    Client::new(stack(transport)).with_clock(TokioClock)
}

fn conversations(transport: MockTransport) -> ConversationsClient {
    ConversationsClient::new(stack(transport))
}

fn oauth(transport: MockTransport) -> OAuthClient {
    OAuthClient::new(stack(transport), OAuthApp::new("client-7", "HUSH-client"))
}

/// One has an access token that is good, and another has none.
fn portals(transport: MockTransport) -> Portals {
    let good = TokioClock.wall() + Duration::from_secs(1_800);
    let store = MemoryTokenStore::new()
        .with("62515", PortalTokens::new("HUSH-refresh").with_access_token("HUSH-access", good))
        .with("62516", PortalTokens::new("HUSH-refresh"));
    Portals::new(oauth(transport), store)
}

fn client_of(transport: MockTransport, portal: &str) -> Client {
    let portal = portals(transport.clone()).portal(portal);
    Client::new(quick(transport).oauth(portal).build())
}

fn visitor() -> Participant {
    Participant::new(DeliveryIdentifier::opaque("WORDS-address")).set_name("WORDS name")
}

fn message() -> NewMessage {
    NewMessage::incoming("7", visitor(), "WORDS text")
        .set_rich_text("<p>WORDS</p>")
        .set_integration_idempotency_id("chat-42/7")
}

fn shop() -> DeliveryIdentifier {
    DeliveryIdentifier::opaque("WORDS-shop")
}

fn account() -> NewChannelAccount {
    NewChannelAccount::new("7", "shop").set_delivery_identifier(shop())
}

fn channel() -> NewChannel {
    NewChannel::new("shop", ChannelCapabilities::default()).set_webhook_url("https://bridge.example.com/hubspot")
}

pub(crate) const CALLS: &[(&str, Call)] = calls! {
    "publish": |wire| client(wire).publish_message(PublishMessage::new("1", message())),
    "read": |wire| client(wire).get_message(GetMessage::new("1", "2")),
    "status": |wire| client(wire)
        .update_message_status(UpdateMessageStatus::new("1", "2", StatusUpdate::failed("WORDS unreachable"))),
    "reconcile": |wire| async {
        let call = ReconcilePublish::new(PublishMessage::new("1", message())).with_message_id("2");
        let call = call.with_thread(conversations(wire.clone()), "7");
        Ok::<_, hubchannel::Error>(client(wire).reconcile_publish(call).await)
    },
    "channels": |wire| client(wire).list_channels(ListChannels::new(ChannelQuery::default())),
    "channel": |wire| client(wire).get_channel(GetChannel::new("1")),
    "create channel": |wire| client(wire).create_channel(CreateChannel::new(channel())),
    "patch channel": |wire| client(wire)
        .update_channel(UpdateChannel::new("1", ChannelPatch::default().set_name("shop"))),
    "archive channel": |wire| client(wire).archive_channel(ArchiveChannel::new("1")),
    "ensure channel": |wire| client(wire).ensure_channel(EnsureChannel::by_webhook_url(channel())),
    "accounts": |wire| client(wire).list_channel_accounts(ListChannelAccounts::new("1", ChannelAccountQuery::default())),
    "account": |wire| client(wire).get_channel_account(GetChannelAccount::new("1", "2")),
    "create account": |wire| client(wire).create_channel_account(CreateChannelAccount::new("1", account())),
    "update account": |wire| client(wire)
        .update_channel_account(UpdateChannelAccount::new("1", "2", ChannelAccountUpdate::new().set_name("shop"))),
    "ensure account": |wire| client(wire).ensure_channel_account(EnsureChannelAccount::new("1", account())),
    "staging token": |wire| client(wire).update_channel_account_staging_token(
        UpdateChannelAccountStagingToken::new("1", "HUSH-staging", StagingTokenUpdate::new("shop", shop())),
    ),
    "finish connection": |wire| client(wire)
        .finish_connection(FinishConnection::new("1", StagingRedirect::new("HUSH-staging"), "shop", shop())),
    "inboxes": |wire| conversations(wire).list_inboxes(ListInboxes::new(InboxQuery::default())),
    "inbox": |wire| conversations(wire).get_inbox(GetInbox::new("7")),
    "accounts of a portal": |wire| conversations(wire)
        .list_portal_channel_accounts(ListPortalChannelAccounts::new(PortalChannelAccountQuery::default())),
    "actors": |wire| conversations(wire).read_actors(ReadActors::new(ActorBatch::new(["A-1", "E-WORDS@example.com"]))),
    "actor": |wire| conversations(wire).get_actor(GetActor::new("E-WORDS@example.com")),
    "threads": |wire| conversations(wire).list_threads(ListThreads::new(ThreadQuery::default())),
    "thread": |wire| conversations(wire).get_thread(GetThread::new("7")),
    "close thread": |wire| conversations(wire).update_thread(UpdateThread::new("7", ThreadUpdate::close())),
    "entries": |wire| conversations(wire)
        .list_thread_messages(ListThreadMessages::new("7", ThreadEntryQuery::default())),
    "entry": |wire| conversations(wire).get_thread_message(GetThreadMessage::new("7", "2")),
    "upload": |wire| FilesClient::new(stack(wire))
        .upload_file(UploadFile::new(
            NewFile::new("notes.txt", FileFolder::Path("/bridge".to_owned()), FileUploadOptions::new(FileAccess::Private)),
            "WORDS in a file",
        )),
    "signed url": |wire| FilesClient::new(stack(wire)).get_signed_url(GetSignedUrl::new("7")),
    "download": |wire| FilesClient::new(stack(wire))
        .download_file(DownloadFile::new("https://files.example.com/HUSH-path/7?signature=HUSH-signature")),
    "endpoint": |wire| EndpointsClient::new(stack(wire)).call_endpoint(
        CallEndpoint::post("/crm/v3/objects/contacts").add_query("q", "WORDS of one").set_json(&json!({"a": "WORDS"})).unwrap(),
    ),
    "endpoint of somebody": |wire| EndpointsClient::new(stack(wire))
        .call_endpoint(CallEndpoint::get("/crm/v3/objects/contacts").add_segment("WORDS of a name")),
    "endpoint of a token": |wire| EndpointsClient::new(stack(wire))
        .call_endpoint(CallEndpoint::get("/oauth/v1/access-tokens").add_segment("HUSH-access").add_query("key", "HUSH-key-2")),
    "code": |wire| oauth(wire).exchange_code("HUSH-code", "https://bridge.example.com/back?state=WORDS"),
    "refresh": |wire| oauth(wire).refresh("HUSH-refresh"),
    "introspect": |wire| oauth(wire).introspect_access_token("HUSH-access"),
    "revoke": |wire| oauth(wire).revoke("HUSH-refresh"),
    "connect a portal": |wire| async { portals(wire).connect("HUSH-code", "https://bridge.example.com/back").await },
    "token of a portal": |wire| async { portals(wire).portal("62516").access_token().await },
    "read for a portal": |wire| async { client_of(wire, "62515").get_message(GetMessage::new("1", "2")).await },
    "publish for a portal": |wire| async {
        client_of(wire, "62516").publish_message(PublishMessage::new("1", message())).await
    },
    "read without a stack": |wire| async {
        let wire = Credentials::new(wire).access_token("HUSH-token").developer_key(key());
        Client::new(wire).get_message(GetMessage::new("1", "2")).await
    },
};
