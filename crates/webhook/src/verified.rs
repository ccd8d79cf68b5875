//! A body that is HubSpot's.

use std::{fmt, time::SystemTime};

use bytes::Bytes;
use hubchannel_model::{ChannelEvents, ConversationEvents, DecodeError, Events, decode};
use serde::de::DeserializeOwned;

use crate::SignatureVersion;

/// The body of a request that HubSpot has signed. There is no way to one but through a
/// [`Verifier`](crate::Verifier).
///
/// ```
/// use std::time::SystemTime;
/// use http::Method;
/// use hubchannel_webhook::{Signer, Verifier};
///
/// let now = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_780_000_000);
/// let body = r#"{"type":"CHANNEL_ACCOUNT_PURGED","channelAccountId":"3307400689"}"#;
/// let headers = Signer::new("client-secret").sign(&Method::POST, "https://bridge.example.com/events", body, now);
///
/// let verifier = Verifier::new("client-secret").public_url("https://bridge.example.com".parse()?);
/// let verified = verifier.verify(&Method::POST, "/events", &headers, body, now)?;
/// let events = verified.parse()?;
/// assert_eq!(events[0].kind(), Some("CHANNEL_ACCOUNT_PURGED"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Verified {
    pub(crate) body: Bytes,
    pub(crate) version: SignatureVersion,
    pub(crate) signed_at: Option<SystemTime>,
    pub(crate) secret: usize,
}

impl Verified {
    /// The events of a channel's webhook: one, where HubSpot sends it as it always has (observed).
    ///
    /// An event of an unknown kind is kept whole and is no error. Neither is one of a known kind of which something that a
    /// bridge acts on cannot be read, which may be an agent's reply: its [`as_unrecognized`](hubchannel_model::ChannelEvent::as_unrecognized) has a
    /// [`decode_error`](hubchannel_model::Unrecognized::decode_error), and a bridge that answers
    /// [`ComeAgain`](crate::Answer::ComeAgain) has time to be mended before the reply is lost. Any other member that
    /// cannot be read costs nothing but itself: [`odd_members`](hubchannel_model::ChannelEvent::odd_members) names them.
    ///
    /// # Errors
    /// When the body is not JSON.
    pub fn parse(&self) -> Result<ChannelEvents, DecodeError> {
        events(&self.body)
    }

    /// The events of an app's webhook subscriptions, which tell of assignment and closing: a list (observed).
    ///
    /// # Errors
    /// When the body is not JSON.
    pub fn parse_conversation_events(&self) -> Result<ConversationEvents, DecodeError> {
        events(&self.body)
    }

    /// The body as it came.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as it came.
    pub fn into_body(self) -> Bytes {
        self.body
    }

    /// How it was signed.
    pub fn version(&self) -> SignatureVersion {
        self.version
    }

    /// When it was signed, to the millisecond; `None` for versions 1 and 2, which do not say.
    pub fn signed_at(&self) -> Option<SystemTime> {
        self.signed_at
    }

    /// Which of the verifier's secrets it was signed with, counted from 0 in the order in which they were given, without
    /// empty ones, which are none. When the old one has not been seen for a day, it may go.
    pub fn secret_index(&self) -> usize {
        self.secret
    }
}

/// Reads one event or a list as what it is, by a look at the first byte. To read it as either is to parse it twice.
fn events<T: DeserializeOwned>(body: &[u8]) -> Result<Events<T>, DecodeError> {
    if body.trim_ascii_start().starts_with(b"[") {
        decode::<Vec<T>>(body).map(Events::from)
    } else {
        decode::<T>(body).map(Events::from)
    }
}

/// Without the body, which is somebody's words.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("bytes", &self.body.len())
            .field("version", &self.version)
            .field("signed_at", &self.signed_at)
            .field("secret", &self.secret)
            .finish()
    }
}
