//! A bridge that takes webhooks in process, and does with them what a test says.

use std::{
    collections::VecDeque,
    fmt, future,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use http::{Request, Response, Uri};
use hubchannel_api::{
    Body, Client, HttpTransport, PublishMessage, Reach, TransportError, TransportErrorKind,
    clock::{Clock, ManualClock},
    model::{ChannelEvents, DeliveryIdentifier, NewMessage, Participant},
};
use hubchannel_emulator::{AccountSeed, AppSeed, ChannelSeed, Emulator, Seed, TokenSeed};
use hubchannel_webhook::{AgentReply, Receiver, Verified, Verifier};

use crate::common::noon;

pub(crate) const URL: &str = "https://bridge.example.com/events?tenant=acme%3Aeu&mail=ops%40example.com";

pub(crate) fn clock() -> ManualClock {
    ManualClock::new(noon())
}

pub(crate) fn seed(clock: &ManualClock) -> Seed {
    Seed::new(
        ChannelSeed::new("1000", 77).set_webhook_url(URL),
        AccountSeed::new("2000", "1000", 62515).set_delivery_identifier(DeliveryIdentifier::opaque("harbour")),
        TokenSeed::new("token", 62515, 77),
    )
    .add_app(AppSeed::new(77).set_client("client", "hush"))
    .with_clock(clock.clone())
}

pub(crate) fn client(emulator: &Emulator) -> Client {
    Client::new(emulator.transport().with_access_token("token"))
}

/// A visitor opens this thread; its id in HubSpot.
pub(crate) async fn open(emulator: &Emulator, thread: &str) -> String {
    let visitor = Participant::new(DeliveryIdentifier::opaque(thread));
    let body = NewMessage::incoming("2000", visitor, "Hello").set_integration_thread_id(thread);
    let published = client(emulator)
        .publish_message(PublishMessage::new("1000", body))
        .await;
    published.unwrap().conversations_thread_id.as_ref().unwrap().to_string()
}

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    Taken,
    Answered(u16),
    /// Nobody is there.
    Refused,
    /// It arrives, and the answer is lost.
    Lost,
    /// There is no answer.
    Silence,
}

#[derive(Clone)]
pub(crate) struct Bridge(Arc<Inside>);

struct Inside {
    receiver: Receiver,
    clock: ManualClock,
    fates: Mutex<VecDeque<Fate>>,
    arrived: Mutex<Vec<Verified>>,
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bridge")
    }
}

impl Bridge {
    pub(crate) fn new(clock: &ManualClock) -> Self {
        let verifier = Verifier::new("hush").public_url("https://bridge.example.com".parse().unwrap());
        let time = clock.clone();
        Bridge(Arc::new(Inside {
            receiver: Receiver::new(verifier, move || time.wall()),
            clock: clock.clone(),
            fates: Mutex::default(),
            arrived: Mutex::default(),
        }))
    }

    /// What becomes of the next deliveries; those after them are taken.
    pub(crate) fn will(&self, fates: impl IntoIterator<Item = Fate>) {
        self.0.fates.lock().unwrap().extend(fates);
    }

    pub(crate) fn arrived(&self) -> Vec<Verified> {
        self.0.arrived.lock().unwrap().clone()
    }

    /// The texts of the replies, as often as they arrived.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for arrived in self.arrived() {
            let events: ChannelEvents = arrived.parse().unwrap();
            let replies = events.iter().filter_map(AgentReply::of);
            texts.extend(replies.map(|reply| reply.text().unwrap().to_owned()));
        }
        texts
    }

    pub(crate) fn clock(&self) -> &ManualClock {
        &self.0.clock
    }
}

#[async_trait]
impl HttpTransport for Bridge {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let fate = self.0.fates.lock().unwrap().pop_front().unwrap_or(Fate::Taken);
        if fate == Fate::Refused {
            return Err(TransportError::new(TransportErrorKind::Connect, Reach::NotSent, "nobody is there"));
        }
        let (mut parts, body) = request.into_parts();
        // A server sees path and query alone.
        parts.uri = parts.uri.path_and_query().unwrap().as_str().parse::<Uri>().unwrap();
        let body = body.read(u64::MAX).await.unwrap();
        let verified = self.0.receiver.receive(Request::from_parts(parts, body)).unwrap();
        self.0.arrived.lock().unwrap().push(verified);
        let status = match fate {
            Fate::Answered(status) => status,
            Fate::Silence => future::pending().await,
            Fate::Lost => {
                return Err(TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, "cut off"));
            }
            Fate::Taken | Fate::Refused => 204,
        };
        let mut response = Response::new(Body::from("answer"));
        *response.status_mut() = status.try_into().unwrap();
        Ok(response)
    }
}

/// Delivers until nothing waits, in no time.
pub(crate) async fn settle(emulator: &Emulator, bridge: &Bridge) {
    while let Some(wait) = emulator.until_next_delivery() {
        bridge.clock().advance(wait);
        emulator.deliver(bridge).await;
    }
}
