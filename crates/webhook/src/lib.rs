//! HubSpot's webhooks: raw bytes in, verified typed events out.
//!
//! ```
//! use std::time::SystemTime;
//! use http::{HeaderMap, Method};
//! use hubchannel_webhook::Verifier;
//!
//! # fn example(secret: &str, headers: HeaderMap, body: Vec<u8>, now: SystemTime) -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Verifier::new(secret).public_url("https://bridge.example.com".parse()?);
//! let verified = verifier.verify(&Method::POST, "/hubspot/events?tenant=acme", &headers, body, now)?;
//! for event in &verified.parse()? {
//!     println!("{:?} in portal {:?}", event.kind(), event.portal_id());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Verifier`] tells what HubSpot has signed from everything else, or gives a [`Rejection`] that says what is wrong;
//! [`Verifier::explain`] tries the mistakes that people make until the signature fits.
//! [`Verified`] is a body that passed, and the way to its events. [`Signer`] is the other side, for tests.
//! [`AgentReply`] is what a bridge wants to know of a reply, and [`Deliveries`] keeps track of what is done. There is no I/O
//! and no clock in it: requests and times are handed in.
//!
//! [`Receiver`] is for servers. It takes an `http::Request`; with the feature `axum` it stands behind extractors, and with
//! the feature `tower` behind a layer.

#[cfg(feature = "conformance")]
pub mod conformance;
mod delivery;
mod escape;
mod explain;
mod forwarded;
mod headers;
mod inline_image;
mod public_url;
mod receiver;
mod rejection;
mod reply;
mod signature;
mod signer;
mod verified;
mod verifier;

pub use self::{
    delivery::{
        Begin, Claimed, Deliveries, Delivery, DeliveryKey, DeliveryStore, DeliveryStoreError, MemoryDeliveryStore,
    },
    explain::{Difference, Explanation, Part},
    inline_image::{ImageSource, InlineImage, inline_images},
    public_url::{InvalidPublicUrl, PublicUrl},
    receiver::{Answer, Receiver, Refusal, RefusalKind, Refused},
    rejection::{Rejection, RejectionKind},
    reply::{AgentReply, Threading},
    signature::{SIGNATURE_HEADER, SIGNATURE_V3_HEADER, SIGNATURE_VERSION_HEADER, SignatureVersion, TIMESTAMP_HEADER},
    signer::Signer,
    verified::Verified,
    verifier::Verifier,
};

#[cfg(feature = "axum")]
pub use self::receiver::Delivered;
#[cfg(feature = "tower")]
pub use self::receiver::{Verify, VerifyLayer};
