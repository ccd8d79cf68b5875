//! A bridge that takes agents' replies from HubSpot: verified, each done once, and answered so that none is lost.
//!
//! ```sh
//! cargo run -p hubchannel --example bridge --features webhook-axum
//! ```
//!
//! lets a visitor write, and an agent of an emulated HubSpot reply, and ends. With `HUBSPOT_CLIENT_SECRET`, `PUBLIC_URL`
//! and `HUBSPOT_ACCESS_TOKEN` in the environment it listens on port 8080 of this machine instead, for a proxy or tunnel that
//! HubSpot's calls come through. `HUBSPOT_BASE_URL` is where it reports how replies fared, if not to HubSpot: to
//! `hubchannel emulate --webhook-url http://127.0.0.1:8080/hubspot/events`, for example, with
//! `PUBLIC_URL=http://127.0.0.1:8080`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use std::{env, error::Error, net::Ipv4Addr};

use axum::{
    Router,
    extract::{FromRef, State},
    routing::post,
};
use http::{Method, Request};
use hubchannel::{
    Body, Client, HttpTransport, PublishMessage, UpdateMessageStatus,
    clock::{Clock, SystemClock},
    middleware::Stack,
    model::{
        ChannelEvent, ChannelEvents, DeliveryIdentifier, IntegrationThreadId, NewMessage, Participant, StatusUpdate,
    },
    reqwest::ReqwestTransport,
    webhook::{
        AgentReply, Answer, Begin, Delivered, Deliveries, DeliveryKey, MemoryDeliveryStore, Receiver, Signer, Verifier,
    },
};
use hubchannel_emulator::{Emulator, Seed, WebhookOutcome};
use tokio::net::TcpListener;

/// What the bridge has while it runs.
#[derive(Clone)]
struct Bridge {
    receiver: Receiver,
    deliveries: Deliveries,
    client: Client,
}

impl Bridge {
    fn new(verifier: Verifier, client: Client) -> Self {
        let receiver = Receiver::new(verifier, || SystemClock.wall());
        Bridge {
            // While a bridge is set up, `refused.explain()` says what differs; for every stranger it is too much work.
            receiver: receiver.on_refusal(|refused| eprintln!("refused: {refused}")),
            // A bridge that is not to repeat replies after a restart keeps this in its database.
            deliveries: Deliveries::new(MemoryDeliveryStore::new()),
            client,
        }
    }

    fn router(self) -> Router {
        Router::new().route("/hubspot/events", post(hook)).with_state(self)
    }
}

/// Where the extractor finds what verifies.
impl FromRef<Bridge> for Receiver {
    fn from_ref(bridge: &Bridge) -> Receiver {
        bridge.receiver.clone()
    }
}

async fn hook(State(bridge): State<Bridge>, Delivered(events): Delivered<ChannelEvents>) -> Answer {
    for event in &events {
        // HubSpot hangs up after some seconds, and the server then drops this handler: what is begun must not end with it,
        // or it would be begun again.
        let work = tokio::spawn(take(bridge.clone(), event.clone()));
        if work.await.unwrap_or(Answer::ComeAgain) == Answer::ComeAgain {
            return Answer::ComeAgain;
        }
    }
    Answer::Done
}

/// Does one event, unless it is done, or somebody is at it.
async fn take(bridge: Bridge, event: ChannelEvent) -> Answer {
    let key = DeliveryKey::of(&event);
    let mut delivery = match bridge.deliveries.begin(key, SystemClock.wall()).await {
        Ok(Begin::New(delivery)) => delivery,
        Ok(Begin::Complete) => return Answer::Done,
        Ok(Begin::UnderWay) | Err(_) => return Answer::ComeAgain,
    };
    // First the work, and then that it is done: what fails comes again, to whichever process it may be.
    let outcome = match work(&bridge.client, &event).await {
        Ok(()) => delivery.complete(SystemClock.wall()).await.map(|()| Answer::Done),
        Err(error) => {
            eprintln!("not passed on: {error}");
            delivery.release(SystemClock.wall()).await.map(|()| Answer::ComeAgain)
        }
    };
    outcome.unwrap_or(Answer::ComeAgain)
}

async fn work(client: &Client, event: &ChannelEvent) -> Result<(), String> {
    if let Some(reply) = AgentReply::of(event) {
        pass_on(&reply)?;
        // The reply is with the visitor, whatever becomes of the report.
        if let Err(error) = report(client, &reply).await {
            eprintln!("not reported: {error}");
        }
    } else if let Some(error) = event.as_unrecognized().and_then(|event| event.decode_error()) {
        // Perhaps a reply: HubSpot comes again, and the bridge may be mended until then.
        return Err(format!("the event cannot be read: {error}"));
    }
    Ok(())
}

/// Where a bridge sends the message to the visitor: into the conversation that it published with this id. Only where there
/// is none is the visitor enough, who may have several.
fn pass_on(reply: &AgentReply<'_>) -> Result<(), String> {
    let chats = reply.own_thread_ids();
    let chats = chats.map_err(|error| format!("nobody can tell which conversation the reply is for: {error}"))?;
    let visitor = reply.recipient().and_then(|recipient| recipient.value.as_deref());
    let text = reply.text().unwrap_or_default();
    match (&*chats, visitor) {
        ([], None) => return Err("the reply is for nobody".to_owned()),
        ([], Some(visitor)) => println!("to {visitor}: {text}"),
        (chats, visitor) => println!("to {} in {}: {text}", visitor.unwrap_or("a visitor"), joined(chats)),
    }
    for file in reply.files() {
        println!("  with the file {:?}", file.name);
    }
    for image in reply.inline_images() {
        println!("  with the image {:?}", image.source);
    }
    Ok(())
}

/// Several, where one thread of HubSpot's has come of several conversations.
fn joined(chats: &[IntegrationThreadId]) -> String {
    let chats: Vec<&str> = chats.iter().map(IntegrationThreadId::as_str).collect();
    chats.join(" or ")
}

/// Tells HubSpot that the message has been passed on.
async fn report(client: &Client, reply: &AgentReply<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
    let channel = reply.channel_id().ok_or("the reply names no channel")?;
    let message = reply.message_id().ok_or("the reply has no id")?;
    let update = UpdateMessageStatus::new(channel.clone(), message.clone(), StatusUpdate::sent());
    client.update_message_status(update).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if let (Ok(secret), Ok(public)) = (env::var("HUBSPOT_CLIENT_SECRET"), env::var("PUBLIC_URL")) {
        let stack = Stack::new(ReqwestTransport::new()?).access_token(env::var("HUBSPOT_ACCESS_TOKEN")?);
        let client = Client::builder(stack.build());
        let client = match env::var("HUBSPOT_BASE_URL") {
            Ok(base_url) => client.base_url(base_url.parse()?),
            Err(_) => client,
        };
        let bridge = Bridge::new(Verifier::new(secret).public_url(public.parse()?), client.build());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 8080)).await?;
        println!("waiting for {public}/hubspot/events on {}", listener.local_addr()?);
        return Ok(axum::serve(listener, bridge.router()).await?);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let public = format!("http://{}", listener.local_addr()?);
    let seed = Seed::default().with_webhook_url(format!("{public}/hubspot/events"));
    let emulator = Emulator::with_seed(seed.with_client_secret("client-secret"));
    let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
    let bridge = Bridge::new(Verifier::new("client-secret").public_url(public.parse()?), client.clone());
    tokio::spawn(async move { axum::serve(listener, bridge.router()).await });
    play(&emulator, &client).await
}

/// A visitor asks and an agent replies; the reply is delivered, once more as if the first answer had been lost, and then
/// without the secret.
async fn play(emulator: &Emulator, client: &Client) -> Result<(), Box<dyn Error>> {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    let question = NewMessage::incoming(emulator.channel_account_id(), visitor, "Is the lamp in stock?");
    let question = question.set_integration_thread_id("chat-42");
    let message = client
        .publish_message(PublishMessage::new(emulator.channel_id(), question))
        .await?;
    let thread = message
        .conversations_thread_id
        .as_ref()
        .ok_or("the message is in no thread")?;
    emulator.agent_replies(thread.clone(), "Yes, this one")?;

    let transport = ReqwestTransport::new()?;
    emulator.deliver(&transport).await;
    emulator.replay(0);
    emulator.deliver(&transport).await;
    let attempts: Vec<_> = emulator
        .deliveries()
        .into_iter()
        .flat_map(|delivery| delivery.attempts)
        .collect();
    for attempt in &attempts {
        if let Some(WebhookOutcome::Answered { status, .. }) = &attempt.outcome {
            println!("HubSpot is answered {status}");
        }
    }
    let real = attempts.first().ok_or("nothing was delivered")?;
    let headers = Signer::new("guessed").sign(&Method::POST, &real.url, &real.body, SystemClock.wall());
    let mut forged = Request::post(real.url.as_str()).body(Body::from(real.body.clone()))?;
    forged.headers_mut().extend(headers);
    println!("somebody else is answered {}", transport.send(forged).await?.status());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a reply with this list of threads within its message, and how often HubSpot is told of it.
    async fn taken(threads: &str) -> Result<(Answer, usize), Box<dyn Error>> {
        let emulator = Emulator::new();
        let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
        let event = format!(
            r#"{{"type":"OUTGOING_CHANNEL_MESSAGE_CREATED","eventId":"evt-1","channelId":"{}","message":{{"id":"msg-1",
            "recipients":[{{"deliveryIdentifier":{{"type":"CHANNEL_SPECIFIC_OPAQUE_ID","value":"chat:1"}}}}],
            "channelIntegrationThreadIds":{threads}}}}}"#,
            emulator.channel_id(),
        );
        let bridge = Bridge::new(Verifier::new("client-secret"), client);
        let answer = take(bridge, hubchannel::model::decode(event.as_bytes())?).await;
        Ok((answer, emulator.received().len()))
    }

    #[tokio::test]
    async fn a_reply_is_passed_on_only_where_its_conversation_can_be_read() -> Result<(), Box<dyn Error>> {
        assert_eq!(taken(r#"["chat-42"]"#).await?, (Answer::Done, 1));
        assert_eq!(taken("[]").await?, (Answer::Done, 1));
        assert_eq!(taken(r#"[{"id":"chat-42"}]"#).await?, (Answer::ComeAgain, 0));
        Ok(())
    }
}
