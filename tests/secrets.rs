//! Whatever goes wrong with whatever call: nothing that is said of it has a secret in it.
//!
//! Every secret that a call can carry has the same mark, and so has every word of a visitor. What errors, values and spans
//! say is searched for the marks.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test is how this reports")]

use std::{
    error::Error as _,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hubchannel::{
    CallEndpoint, Client, ConversationsClient, CreateChannel, CreateChannelAccount, DownloadFile, EndpointsClient,
    Error, FilesClient, GetActor, GetChannelAccount, GetMessage, GetSignedUrl, ListChannelAccounts, ListChannels,
    ListThreadMessages, OAuthApp, OAuthClient, PublishMessage, ReadActors, Reply, UpdateChannel, UpdateChannelAccount,
    UpdateChannelAccountStagingToken, UpdateMessageStatus, UploadFile,
    middleware::{DeveloperKey, RetryPolicy, Stack},
    mock::{Answer, MockTransport, Received, when},
    model::{
        ActorBatch, ChannelAccountQuery, ChannelAccountUpdate, ChannelCapabilities, ChannelPatch, ChannelQuery,
        DeliveryIdentifier, FileAccess, FileFolder, FileUploadOptions, NewChannel, NewChannelAccount, NewFile,
        NewMessage, Participant, StagingTokenUpdate, StatusUpdate, ThreadEntryQuery,
    },
};
use serde_json::json;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// In every token, key and code, and in every address that lets in whoever has it.
const SECRET: &str = "HUSH";
/// In what people write to each other, and in who they are.
const WORDS: &str = "WORDS";

/// A call of some client over this stack, and what its answer looks like.
type Call = fn(Stack) -> Pin<Box<dyn Future<Output = Result<String, Error>> + Send>>;

fn seen<T: fmt::Debug>(reply: Result<Reply<T>, Error>) -> Result<String, Error> {
    reply.map(|reply| format!("{reply:?}"))
}

macro_rules! calls {
    ($($name:literal: |$stack:ident| $call:expr,)*) => {
        &[$(($name, |$stack| Box::pin(async move { seen($call.await) })),)*]
    };
}

fn visitor() -> Participant {
    Participant::new(DeliveryIdentifier::opaque("WORDS-address")).set_name("WORDS name")
}

fn message() -> NewMessage {
    NewMessage::incoming("7", visitor(), "WORDS text")
        .set_rich_text("<p>WORDS</p>")
        .set_integration_idempotency_id("chat-42/7")
}

fn oauth(stack: Stack) -> OAuthClient {
    OAuthClient::new(stack, OAuthApp::new("client-7", "HUSH-client"))
}

const CALLS: &[(&str, Call)] = calls! {
    "publish": |stack| Client::new(stack).publish_message(PublishMessage::new("1", message())),
    "read": |stack| Client::new(stack).get_message(GetMessage::new("1", "2")),
    "status": |stack| Client::new(stack)
        .update_message_status(UpdateMessageStatus::new("1", "2", StatusUpdate::failed("WORDS unreachable"))),
    "channels": |stack| Client::new(stack).list_channels(ListChannels::new(ChannelQuery::default())),
    "create channel": |stack| Client::new(stack)
        .create_channel(CreateChannel::new(NewChannel::new("shop", ChannelCapabilities::default()))),
    "patch channel": |stack| Client::new(stack)
        .update_channel(UpdateChannel::new("1", ChannelPatch::default().set_name("shop"))),
    "accounts": |stack| Client::new(stack)
        .list_channel_accounts(ListChannelAccounts::new("1", ChannelAccountQuery::default())),
    "account": |stack| Client::new(stack).get_channel_account(GetChannelAccount::new("1", "2")),
    "create account": |stack| Client::new(stack).create_channel_account(CreateChannelAccount::new(
        "1",
        NewChannelAccount::new("7", "shop").set_delivery_identifier(DeliveryIdentifier::opaque("WORDS-shop")),
    )),
    "update account": |stack| Client::new(stack)
        .update_channel_account(UpdateChannelAccount::new("1", "2", ChannelAccountUpdate::new().set_name("shop"))),
    "staging token": |stack| Client::new(stack).update_channel_account_staging_token(
        UpdateChannelAccountStagingToken::new(
            "1",
            "HUSH-staging",
            StagingTokenUpdate::new("shop", DeliveryIdentifier::opaque("WORDS-shop")),
        ),
    ),
    "actors": |stack| ConversationsClient::new(stack).read_actors(ReadActors::new(ActorBatch::new(["A-1"]))),
    "actor": |stack| ConversationsClient::new(stack).get_actor(GetActor::new("E-WORDS@example.com")),
    "entries": |stack| ConversationsClient::new(stack)
        .list_thread_messages(ListThreadMessages::new("7", ThreadEntryQuery::default())),
    "upload": |stack| FilesClient::new(stack)
        .upload_file(UploadFile::new(
            NewFile::new("notes.txt", FileFolder::Path("/bridge".to_owned()), FileUploadOptions::new(FileAccess::Private)),
            "WORDS in a file",
        )),
    "signed url": |stack| FilesClient::new(stack).get_signed_url(GetSignedUrl::new("7")),
    "download": |stack| FilesClient::new(stack)
        .download_file(DownloadFile::new("https://files.example.com/f/7?signature=HUSH-signature")),
    "endpoint": |stack| EndpointsClient::new(stack).call_endpoint(
        CallEndpoint::post("/crm/v3/objects/contacts").add_query("q", "WORDS").set_json(&json!({"a": "WORDS"})).unwrap(),
    ),
    "endpoint of somebody": |stack| EndpointsClient::new(stack)
        .call_endpoint(CallEndpoint::get("/crm/v3/objects/contacts").add_segment("WORDS of a name")),
    "code": |stack| oauth(stack).exchange_code("HUSH-code", "https://bridge.example.com/back?state=HUSH-state"),
    "refresh": |stack| oauth(stack).refresh("HUSH-refresh"),
    "introspect": |stack| oauth(stack).introspect_access_token("HUSH-access"),
    "revoke": |stack| oauth(stack).revoke("HUSH-refresh"),
};

/// What came, with all that is in it, as a server might put it into an answer that nobody should show.
fn echo(received: &Received) -> String {
    let body = received
        .body
        .as_bytes()
        .map(|body| String::from_utf8_lossy(body).into_owned());
    format!("{} {:?} {}", received.uri, received.headers, body.unwrap_or_default())
}

/// All ways in which a call can end.
fn ends() -> Vec<(&'static str, Answer)> {
    let html = |status: u16| Answer::with(move |received| Answer::html(status, format!("<p>{}</p>", echo(received))));
    let members = |status: u16| {
        Answer::with(move |received| {
            let echo = echo(received);
            Answer::json(
                status,
                json!({
                    "status": "error", "category": "VALIDATION_ERROR", "message": "it is not as it must be",
                    "context": {"request": [&echo]}, "links": {"x": &echo}, "unheard": &echo,
                }),
            )
            .header("x-echo", "HUSH WORDS")
            .header("location", "https://example.com/?HUSH")
        })
    };
    vec![
        ("refused", Answer::refused()),
        ("lost", Answer::lost()),
        ("late", Answer::timeout_after_sending()),
        ("never begun", Answer::timeout_before_sending()),
        ("too large", Answer::too_large()),
        ("turned down", members(400)),
        ("forbidden", members(403)),
        ("no token", members(401)),
        ("limited", members(429)),
        ("moved", members(302)),
        ("failed", html(502)),
        ("failed with members", members(500)),
        ("success in HTML", html(200)),
        (
            "success in part",
            Answer::with(|received| Answer::text(200, format!("{{\"id\": \"{}", echo(received).escape_debug()))),
        ),
        (
            "success",
            Answer::with(|received| match received.operation() {
                Some(name) if name.contains("token") && !name.contains("account") => Answer::json(
                    200,
                    json!({"access_token": "HUSH-new", "refresh_token": "HUSH-next", "expires_in": 1800, "token_type": "bearer"}),
                ),
                _ => Answer::json(
                    200,
                    json!({"id": "7", "accountToken": "HUSH-staging", "url": "https://f.example.com/?HUSH"}),
                ),
            }),
        ),
    ]
}

// Waits between attempts take no time.
#[tokio::test(start_paused = true)]
async fn nothing_that_is_said_of_any_call_in_any_failure_has_a_secret_in_it() {
    tracing::subscriber::set_global_default(Log).unwrap();
    let (mut failures, mut logged) = (0, 0);
    for (call, make) in CALLS {
        for (end, answer) in ends() {
            let transport = MockTransport::new().with(when().always(answer));
            let stack = Stack::new(transport.clone())
                .access_token("HUSH-token")
                .developer_key(DeveloperKey::new(40_776_849, "HUSH-key"))
                .retry(RetryPolicy::new().first_wait(Duration::ZERO).max_attempts(2))
                .build();
            let shown = format!("{stack:?} {transport:?} {:?}", transport.requests());
            holds(&shown, &[SECRET], call, end);
            let told = match make(stack).await {
                Ok(reply) => {
                    holds(&reply, &[SECRET], call, end);
                    String::new()
                }
                Err(error) => {
                    failures += 1;
                    all_of(&error)
                }
            };
            holds(&told, &[SECRET, WORDS], call, end);
            holds(&format!("{:?}", transport.requests()), &[SECRET, WORDS], call, end);
            let said = said();
            logged += said.len();
            holds(&said, &[SECRET, WORDS], call, end);
        }
    }
    assert!(failures > 200, "only {failures}");
    assert!(logged > 10_000, "only {logged}");
    // That the search finds something at all.
    assert!(std::panic::catch_unwind(|| holds("a HUSH b", &[SECRET], "", "")).is_err());
}

fn holds(text: &str, marks: &[&str], call: &str, end: &str) {
    for mark in marks {
        assert!(!text.contains(mark), "{mark} after {call}, {end}:\n{text}");
    }
}

/// An error in every way to show it, and all that caused it.
fn all_of(error: &Error) -> String {
    let mut said = format!("{error}\n{error:?}\n{error:#?}");
    let mut cause = error.source();
    while let Some(of) = cause {
        said.push_str(&format!("\n{of}\n{of:?}\n{of:#?}"));
        cause = of.source();
    }
    said
}

static SAID: Mutex<String> = Mutex::new(String::new());

/// What spans and events have said since the last time.
fn said() -> String {
    std::mem::take(&mut *SAID.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Writes down every field of every span and event of this project.
struct Log;

struct Writer<'a>(&'a mut String);

impl Visit for Writer<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

fn write(record: impl FnOnce(&mut Writer<'_>)) {
    record(&mut Writer(&mut SAID.lock().unwrap_or_else(PoisonError::into_inner)));
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("hubchannel")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        write(|writer| span.record(writer));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        write(|writer| values.record(writer));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        write(|writer| event.record(writer));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
