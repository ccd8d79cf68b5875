//! Doubles of HubSpot's custom channels: code that talks to HubSpot is tested without a network.
//!
//! ```
//! use hubchannel_api::{Client, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
//! use hubchannel_mock::{Answer, MockTransport, when};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = MockTransport::new().with(
//!     when()
//!         .operation::<PublishMessage>()
//!         .json_including(json!({"text": "Hello"}))
//!         .once(Answer::lost())
//!         .once(Answer::json(201, json!({"id": "5c1f0b8e"}))),
//! );
//! let client = Client::new(transport.clone());
//!
//! let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
//! let body = NewMessage::incoming("3307400689", visitor, "Hello").set_integration_idempotency_id("chat-42/7");
//! let publish = PublishMessage::new("2930388", body);
//! let error = client.publish_message(publish.clone()).await.unwrap_err();
//! assert!(error.outcome_unknown());
//! let message = client.publish_message(publish).await?;
//! assert_eq!(message.status().map(|status| status.as_u16()), Some(201));
//!
//! let requests = transport.requests();
//! for request in &requests {
//!     assert_eq!(request.json().ok_or("no JSON")?["integrationIdempotencyId"], "chat-42/7");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`MockTransport`] is a transport with a script: [`when`] names requests, [`Answer`] what they get, and in the end
//!   it is checked that all came as written.
//! - [`MockCustomChannels`] is a double of the typed API, made with `mockall`, for tests in which HTTP plays no part;
//!   [`MockConversations`], [`MockFiles`], [`MockOAuth`] and [`MockEndpoints`] are the same for their areas, and [`MockHttpTransport`] for a transport.
//! - `conformance` (a feature) checks what a transport must do, for those who write one.
//!
//! Nothing here opens a socket, reads a clock or needs an async runtime.

#[cfg(feature = "conformance")]
pub mod conformance;
mod doubles;
mod misuse;
mod transport;

pub use self::{
    doubles::{MockConversations, MockCustomChannels, MockEndpoints, MockFiles, MockHttpTransport, MockOAuth},
    transport::{Answer, MockTransport, Received, Rule, Unverified, When, when},
};
