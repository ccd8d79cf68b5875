//! An emulator on a socket, and a bridge that it delivers to: what stands behind the page.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    net::Ipv4Addr,
};

use axum::{
    Router,
    extract::{FromRef, State},
    routing::post,
};
use hubchannel::{
    Client, PublishMessage, UpdateMessageStatus,
    clock::Clock as _,
    emulator::{AccountSeed, ChannelSeed, Emulator, HttpServer, InboxSeed, Seed, TokenSeed},
    middleware::{Stack, TokioClock},
    model::{ChannelEvents, DeliveryIdentifier, Message, NewMessage, Participant, StatusUpdate},
    reqwest::ReqwestTransport,
    webhook::{AgentReply, Answer, Delivered, Receiver, Verifier},
};
use tokio::{net::TcpListener, sync::watch};

use crate::browser::Result;

/// What an agent writes to have the bridge report that the visitor was not reached.
pub(crate) const UNREACHABLE: &str = "Are you there?";

/// Why he was not, in the bridge's report.
pub(crate) const REASON: &str = "The number is not in service";

const PORTAL: u64 = 62515;
const APP: u64 = 40_776_849;

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) server: HttpServer,
    pub(crate) client: Client,
    /// The texts of the replies that the bridge was told of, with a signature that is right.
    pub(crate) replies: watch::Receiver<Vec<String>>,
}

impl World {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let bridge_url = format!("http://{}", listener.local_addr()?);
        let channel = ChannelSeed::new("2930388", APP).set_webhook_url(format!("{bridge_url}/hubspot/events"));
        let account = AccountSeed::new("3307400689", "2930388", PORTAL).set_inbox("485728346");
        let token = TokenSeed::new("emulated-access-token", PORTAL, APP);
        let seed = Seed::new(channel, account, token).add_inbox(InboxSeed::new("485728346", PORTAL));
        let emulator = Emulator::with_seed(seed.with_clock(TokioClock));
        let server = HttpServer::start(emulator.clone()).await?;

        let transport = ReqwestTransport::new()?;
        let stack = Stack::new(transport.clone())
            .access_token(emulator.access_token())
            .build();
        let client = Client::builder(stack).base_url(server.base_url()).build();
        let courier = emulator.clone();
        tokio::spawn(async move { courier.keep_delivering(&transport).await });

        let verifier = Verifier::new(emulator.oauth_app().client_secret).public_url(bridge_url.parse()?);
        let (told, replies) = watch::channel(Vec::new());
        let bridge = Bridge {
            receiver: Receiver::new(verifier, || TokioClock.wall()),
            client: client.clone(),
            told,
        };
        let router = Router::new().route("/hubspot/events", post(hook)).with_state(bridge);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(World {
            emulator,
            server,
            client,
            replies,
        })
    }

    /// Where the page is.
    pub(crate) fn page(&self) -> String {
        format!("http://{}/_emulator/", self.server.address())
    }

    /// Publishes what a visitor of this name says, as a bridge does.
    pub(crate) async fn visitor_says(&self, name: &str, text: &str) -> Result<Message> {
        let body = NewMessage::incoming(self.emulator.channel_account_id(), visitor(name), text);
        self.publish(body.set_integration_thread_id(address(name))).await
    }

    /// Publishes what he says with formatting.
    pub(crate) async fn visitor_says_html(&self, name: &str, html: &str) -> Result<Message> {
        let body = NewMessage::incoming(self.emulator.channel_account_id(), visitor(name), html);
        self.publish(body.set_rich_text(html).set_integration_thread_id(address(name)))
            .await
    }

    async fn publish(&self, body: NewMessage) -> Result<Message> {
        let call = PublishMessage::new(self.emulator.channel_id(), body);
        Ok(self.client.publish_message(call).await?.into_inner())
    }

    /// Waits until the bridge was told of this reply.
    pub(crate) async fn until_bridge_has(&mut self, text: &str) -> Result {
        self.replies
            .wait_for(|replies| replies.iter().any(|reply| reply == text))
            .await?;
        Ok(())
    }
}

/// Somebody of this name at an address of his own.
fn visitor(name: &str) -> Participant {
    Participant::new(DeliveryIdentifier::opaque(address(name))).set_name(name)
}

/// An address that two names do not share, whatever is in them.
fn address(name: &str) -> String {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    format!("chat:{}", hasher.finish())
}

/// Takes replies and reports how they fared.
#[derive(Clone)]
struct Bridge {
    receiver: Receiver,
    client: Client,
    told: watch::Sender<Vec<String>>,
}

/// Where the extractor finds what verifies.
impl FromRef<Bridge> for Receiver {
    fn from_ref(bridge: &Bridge) -> Receiver {
        bridge.receiver.clone()
    }
}

async fn hook(State(bridge): State<Bridge>, Delivered(events): Delivered<ChannelEvents>) -> Answer {
    for reply in events.iter().filter_map(AgentReply::of) {
        let (Some(channel), Some(message)) = (reply.channel_id(), reply.message_id()) else {
            return Answer::ComeAgain;
        };
        let text = reply.text().unwrap_or_default();
        let report = if text == UNREACHABLE {
            StatusUpdate::failed(REASON)
        } else {
            StatusUpdate::read()
        };
        let report = UpdateMessageStatus::new(channel.clone(), message.clone(), report);
        if bridge.client.update_message_status(report).await.is_err() {
            return Answer::ComeAgain;
        }
        bridge.told.send_modify(|replies| replies.push(text.to_owned()));
    }
    Answer::Done
}
