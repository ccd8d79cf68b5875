//! A bridge that takes agents' replies from HubSpot: verified, each done once, and answered so that none is lost.
//!
//! ```sh
//! cargo run -p hubchannel --example bridge --features webhook-axum
//! ```
//!
//! plays HubSpot once against the bridge and ends. With `HUBSPOT_CLIENT_SECRET` and `PUBLIC_URL` in the environment it
//! listens on port 8080 of this machine instead, for a proxy or tunnel that HubSpot's calls come through.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use std::{env, error::Error, net::Ipv4Addr};

use axum::{
    Router,
    extract::{FromRef, State},
    routing::post,
};
use http::{Method, Request};
use hubchannel::{
    Body, HttpTransport,
    clock::{Clock, SystemClock},
    model::{ChannelEvent, ChannelEvents},
    reqwest::ReqwestTransport,
    webhook::{
        AgentReply, Answer, Begin, Delivered, Deliveries, DeliveryKey, MemoryDeliveryStore, Receiver, Signer, Verifier,
    },
};
use tokio::net::TcpListener;

/// What the bridge has while it runs.
#[derive(Clone)]
struct Bridge {
    receiver: Receiver,
    deliveries: Deliveries,
}

impl Bridge {
    fn new(verifier: Verifier) -> Self {
        let receiver = Receiver::new(verifier, || SystemClock.wall());
        Bridge {
            // While a bridge is set up, `refused.explain()` says what differs; for every stranger it is too much work.
            receiver: receiver.on_refusal(|refused| eprintln!("refused: {refused}")),
            // A bridge that is not to repeat replies after a restart keeps this in its database.
            deliveries: Deliveries::new(MemoryDeliveryStore::new()),
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
        let work = tokio::spawn(take(bridge.deliveries.clone(), event.clone()));
        if work.await.unwrap_or(Answer::ComeAgain) == Answer::ComeAgain {
            return Answer::ComeAgain;
        }
    }
    Answer::Done
}

/// Does one event, unless it is done, or somebody is at it.
async fn take(deliveries: Deliveries, event: ChannelEvent) -> Answer {
    let mut delivery = match deliveries.begin(DeliveryKey::of(&event), SystemClock.wall()).await {
        Ok(Begin::New(delivery)) => delivery,
        Ok(Begin::Complete) => return Answer::Done,
        Ok(Begin::UnderWay) | Err(_) => return Answer::ComeAgain,
    };
    // First the work, and then that it is done: what fails comes again, to whichever process it may be.
    let outcome = match work(&event) {
        Ok(()) => delivery.complete(SystemClock.wall()).await.map(|()| Answer::Done),
        Err(error) => {
            eprintln!("not passed on: {error}");
            delivery.release(SystemClock.wall()).await.map(|()| Answer::ComeAgain)
        }
    };
    outcome.unwrap_or(Answer::ComeAgain)
}

fn work(event: &ChannelEvent) -> Result<(), String> {
    if let Some(reply) = AgentReply::of(event) {
        pass_on(&reply).map_err(str::to_owned)
    } else if let Some(error) = event.as_unrecognized().and_then(|event| event.decode_error()) {
        // Perhaps a reply: HubSpot comes again, and the bridge may be mended until then.
        Err(format!("the event cannot be read: {error}"))
    } else {
        Ok(())
    }
}

/// Where a bridge sends the message to the visitor.
fn pass_on(reply: &AgentReply<'_>) -> Result<(), &'static str> {
    let to = reply.recipient().and_then(|recipient| recipient.value.as_deref());
    let to = to.ok_or("the reply is for nobody")?;
    println!("to {to}: {}", reply.text().unwrap_or_default());
    for file in reply.files() {
        println!("  with the file {:?}", file.name);
    }
    for image in reply.inline_images() {
        println!("  with the image {:?}", image.source);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if let (Ok(secret), Ok(public)) = (env::var("HUBSPOT_CLIENT_SECRET"), env::var("PUBLIC_URL")) {
        let bridge = Bridge::new(Verifier::new(secret).public_url(public.parse()?));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 8080)).await?;
        println!("waiting for {public}/hubspot/events on {}", listener.local_addr()?);
        return Ok(axum::serve(listener, bridge.router()).await?);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let public = format!("http://{}", listener.local_addr()?);
    let bridge = Bridge::new(Verifier::new("client-secret").public_url(public.parse()?));
    tokio::spawn(async move { axum::serve(listener, bridge.router()).await });
    play_hubspot(&format!("{public}/hubspot/events")).await
}

/// Delivers a reply, once more as if the first answer had been lost, and then without the secret.
async fn play_hubspot(url: &str) -> Result<(), Box<dyn Error>> {
    let transport = ReqwestTransport::new()?;
    for secret in ["client-secret", "client-secret", "guessed"] {
        let headers = Signer::new(secret).sign(&Method::POST, url, REPLY, SystemClock.wall());
        let mut request = Request::post(url).body(Body::from(REPLY))?;
        request.headers_mut().extend(headers);
        println!("HubSpot is answered {}", transport.send(request).await?.status());
    }
    Ok(())
}

const REPLY: &str = r#"{
    "type": "OUTGOING_CHANNEL_MESSAGE_CREATED", "portalId": "62515", "channelId": "2930388", "eventId": "0c1a5f7e",
    "channelIntegrationThreadIds": ["chat-42"],
    "message": {
        "id": "8a7b6c5d", "conversationsThreadId": "19615248623", "channelAccountId": "3307400689",
        "senders": [{"actorId": "A-2620022"}],
        "recipients": [{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:987654321"}}],
        "text": "Yes, this one", "richText": "<p>Yes, this one</p><img src='https://files.example.com/lamp.png'>",
        "attachments": [{"type": "FILE", "fileId": "122692044085", "name": "invoice.pdf"}]
    }
}"#;
