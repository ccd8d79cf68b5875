//! HubSpot's custom channels without HubSpot: a stateful double to build and test a bridge against.
//!
//! ```
//! use hubchannel_api::{Client, GetMessage, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
//! use hubchannel_emulator::Emulator;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = Emulator::new();
//! let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
//!
//! let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
//! let body = NewMessage::incoming(emulator.channel_account_id(), visitor, "Hello");
//! let published = client.publish_message(PublishMessage::new(emulator.channel_id(), body)).await?;
//!
//! let id = published.id.as_ref().ok_or("no id")?.clone();
//! let read = client.get_message(GetMessage::new(emulator.channel_id(), id)).await?;
//! assert_eq!(read.into_inner(), published.into_inner());
//! assert_eq!(emulator.messages().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! - [`Emulator`] is the double: it starts with a portal, an app, a channel, a channel account and an access token,
//!   which a [`Seed`] can say otherwise, and shows afterwards what it holds and what it [`Received`].
//! - [`EmulatorTransport`] is the way to it inside the process, without socket and runtime; `HttpServer`, behind the
//!   feature `http`, is the same emulator on a socket.
//! - [`Emulator::agent_replies`] and its neighbours are the people in the inbox: [`Agent`]s who answer within the channel's
//!   capabilities, [`Contact`]s who are found, threads that are assigned, closed and opened again.
//! - [`Emulator::deliver`] brings what happens to the bridge's webhook, signed as HubSpot's, over any transport; every
//!   [`WebhookDelivery`] with every attempt can be looked at and delivered again.
//! - [`Fault`] makes a request go wrong in one of the ways in which networks and servers do, and a [`FaultRule`] says
//!   which requests and how often.
//! - A [`Snapshot`] is all that an emulator holds, as one JSON document, from which it or another one goes on.
//! - [`Retention`] says how much an emulator keeps, so that one that runs for long does not grow for ever.
//! - [`behaviour`] lists what the emulator does where HubSpot's behaviour is not known, and what of it can be switched.
//!
//! Requests are read and answers are written with the client's own operations, see [`hubchannel_api::server`]. Time
//! comes from a [`Clock`](hubchannel_api::clock::Clock) and ids from a seed, so that a test run can be repeated.

pub mod behaviour;

pub mod admin;
mod authorization;
mod changes;
mod connection;
mod dial;
mod emulator;
mod escape;
mod exchange;
mod fault;
#[cfg(feature = "http")]
mod http_server;
mod origin;
mod people;
mod random;
mod received;
mod retention;
mod seed;
mod service;
mod snapshot;
mod state;
mod transport;
mod webhooks;

#[cfg(feature = "http")]
pub use self::http_server::{HttpServer, ServerTimeouts};
pub use self::{
    authorization::{Authorization, AuthorizationError},
    changes::{Change, ChangeFeed, ChangeKind, Heard},
    connection::{Connection, ConnectionError},
    emulator::Emulator,
    fault::{Fault, FaultId, FaultRule, StandingFault},
    people::{Agent, AgentError, AgentMessage, Contact},
    received::Received,
    retention::Retention,
    seed::{AccountSeed, AppSeed, ChannelSeed, InboxSeed, RateLimitBody, RateLimits, Seed, Threading, TokenSeed},
    service::SERVER_NAME,
    snapshot::{Snapshot, SnapshotError},
    state::Thread,
    transport::EmulatorTransport,
    webhooks::{WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookOutcome, WebhookPolicy, WebhookState},
};
