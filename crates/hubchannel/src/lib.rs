//! HubSpot's Conversations custom channels: bridge a message service of your own into HubSpot's inbox.
//!
//! ```no_run
//! use hubchannel::{
//!     Client, PublishMessage,
//!     middleware::Stack,
//!     model::{DeliveryIdentifier, NewMessage, Participant},
//!     reqwest::ReqwestTransport,
//! };
//!
//! # async fn example(token: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let transport = ReqwestTransport::new()?;
//! let client = Client::new(Stack::new(transport).access_token(token).build());
//!
//! let visitor = Participant::new(DeliveryIdentifier::email("ada@example.com")).set_name("Ada");
//! let body = NewMessage::incoming("3307400689", visitor, "Is the blue one in stock?")
//!     .set_integration_thread_id("chat-42")
//!     .set_integration_idempotency_id("chat-42/7");
//! let message = client.publish_message(PublishMessage::new("2930388", body)).await?;
//! println!("{:?} in thread {:?}", message.id, message.conversations_thread_id);
//! # Ok(())
//! # }
//! ```
//!
//! This crate only gathers others under one name; each can be used alone.
//!
//! | here | crate | what it is | feature |
//! |---|---|---|---|
//! | [`model`] | `hubchannel-model` | every JSON body as plain data | |
//! | the root | `hubchannel-api` | client, operations, traits, errors | |
//! | `adapter` | `hubchannel-api` | bodies between a transport of your own and its HTTP client | `http-body` |
//! | `reqwest` | `hubchannel-reqwest` | the transport over reqwest | `reqwest` (default) |
//! | `hyper` | `hubchannel-hyper` | the transport straight over hyper, which costs less and can do less | `hyper`, `hyper-rustls` |
//! | `middleware` | `hubchannel-middleware` | credentials, repeats, limits, timeouts, spans; files on disk as bodies | `middleware` (default) |
//! | `mock` | `hubchannel-mock` | doubles for tests | `mock` |
//! | `webhook` | `hubchannel-webhook` | HubSpot's webhooks: raw bytes in, verified typed events out | `webhook` (default), `webhook-axum`, `webhook-tower` |
//! | `emulator` | `hubchannel-emulator` | HubSpot's side, in process or, with `emulator-http`, as a server | `emulator` |

pub use hubchannel_api::*;
#[cfg(feature = "emulator")]
pub use hubchannel_emulator as emulator;
#[cfg(feature = "hyper")]
pub use hubchannel_hyper as hyper;
#[cfg(feature = "middleware")]
pub use hubchannel_middleware as middleware;
#[cfg(feature = "mock")]
pub use hubchannel_mock as mock;
pub use hubchannel_model as model;
#[cfg(feature = "reqwest")]
pub use hubchannel_reqwest as reqwest;
#[cfg(feature = "webhook")]
pub use hubchannel_webhook as webhook;
