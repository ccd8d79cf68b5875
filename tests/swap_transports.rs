//! One function of a bridge, unchanged over every transport that there is.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use std::time::Duration;

use hubchannel::{
    Client, Error, HttpTransport, PublishMessage, Reply,
    emulator::{Emulator, Fault, HttpServer},
    hyper::HyperTransport,
    middleware::{RetryPolicy, Stack},
    mock::{Answer, MockCustomChannels, MockTransport, when},
    model::{DeliveryIdentifier, Message, NewMessage, Participant},
    reqwest::ReqwestTransport,
};
use serde_json::json;

/// What a bridge does with a visitor's message: publish it, and remember the conversation that it went into.
async fn forward(client: &Client, chat: &str, number: u64, text: &str) -> Result<String, Error> {
    let visitor = Participant::new(DeliveryIdentifier::opaque(chat));
    let body = NewMessage::incoming("3307400689", visitor, text)
        .set_integration_thread_id(chat)
        .set_integration_idempotency_id(format!("{chat}/{number}"));
    let message = client.publish_message(PublishMessage::new("2930388", body)).await?;
    Ok(message
        .conversations_thread_id
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default())
}

/// What a bridge does where no stack repeats for it: once more, if the error says that it may be.
async fn forward_and_repeat(client: &Client, chat: &str, number: u64, text: &str) -> Result<String, Error> {
    match forward(client, chat, number, text).await {
        Err(error) if error.is_retryable() => forward(client, chat, number, text).await,
        answer => answer,
    }
}

/// Repeats as every stack does, but without a pause before the first repeat.
fn at_once() -> RetryPolicy {
    RetryPolicy::new().first_wait(Duration::ZERO)
}

/// What is the same wherever there is an emulator at the other end.
async fn over_an_emulator(client: Client, emulator: &Emulator) {
    let thread = forward(&client, "chat-42", 7, "Is the blue one in stock?")
        .await
        .unwrap();
    assert_eq!(forward(&client, "chat-42", 8, "Hello?").await.unwrap(), thread, "one chat is one thread");
    assert_eq!(forward(&client, "chat-42", 8, "Hello?").await.unwrap(), thread);
    assert_ne!(forward(&client, "chat-43", 1, "Hi").await.unwrap(), thread);
    assert_eq!(emulator.messages().len(), 3, "a repeat creates nothing");

    for fault in [Fault::RefuseConnection, Fault::DropBeforeEffect, Fault::DropAfterEffect] {
        let before = emulator.messages().len();
        emulator.fail_next(fault.clone());
        let number = before as u64 + 100;
        assert_eq!(forward(&client, "chat-42", number, "again").await.unwrap(), thread, "{fault:?}");
        assert_eq!(emulator.messages().len(), before + 1, "{fault:?}: one message, not two and not none");
    }
}

#[tokio::test]
async fn over_the_emulator_in_process() {
    let emulator = Emulator::new();
    let client = Client::new(
        Stack::new(emulator.transport())
            .access_token(emulator.access_token())
            .retry(at_once())
            .build(),
    );
    over_an_emulator(client, &emulator).await;
}

#[tokio::test]
async fn over_reqwest_and_the_emulator_s_server() {
    over_a_socket(ReqwestTransport::new().unwrap()).await;
}

#[tokio::test]
async fn over_hyper_and_the_emulator_s_server() {
    over_a_socket(HyperTransport::new().unwrap()).await;
}

async fn over_a_socket(transport: impl HttpTransport) {
    let emulator = Emulator::new();
    let server = HttpServer::start(emulator.clone()).await.unwrap();
    let stack = Stack::new(transport)
        .access_token(emulator.access_token())
        .retry(at_once())
        .build();
    let client = Client::builder(stack).base_url(server.base_url()).build();
    over_an_emulator(client, &emulator).await;
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn over_a_script() {
    let script = when()
        .operation::<PublishMessage>()
        .once(Answer::lost())
        .once(Answer::json(201, json!({"id": "5c1f", "conversationsThreadId": "7"})));
    let transport = MockTransport::new().with(script);
    let client = Client::new(transport.clone());
    assert_eq!(forward_and_repeat(&client, "chat-42", 7, "Hello").await.unwrap(), "7");
    let requests = transport.requests();
    let keys: Vec<_> = requests
        .iter()
        .map(|request| request.json().unwrap()["integrationIdempotencyId"].clone())
        .collect();
    assert_eq!(keys, ["chat-42/7", "chat-42/7"]);
}

#[tokio::test]
async fn over_a_double_of_the_typed_trait() {
    let mut api = MockCustomChannels::new();
    api.expect_publish_message()
        .withf(|call| call.channel_id == "2930388" && call.body.text.as_deref() == Some("Hello"))
        .times(1)
        .returning(|_| {
            let mut message = Message::default();
            message.conversations_thread_id = "7".into();
            Ok(Reply::new(message))
        });
    let client = Client::from_api(api);
    assert_eq!(forward(&client, "chat-42", 7, "Hello").await.unwrap(), "7");
}
