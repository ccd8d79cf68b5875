//! HubSpot's custom channels as operations over any HTTP transport.
//!
//! ```
//! use hubchannel_api::{Client, Error, GetMessage, HttpTransport};
//!
//! async fn text_of(transport: impl HttpTransport, message_id: &str) -> Result<Option<String>, Error> {
//!     let client = Client::new(transport);
//!     let message = client.get_message(GetMessage::new("2930388", message_id)).await?;
//!     Ok(message.into_inner().text.into_option())
//! }
//! ```
//!
//! - [`Client`] is what a program talks to: one method for each operation, each taking one value, such as
//!   [`PublishMessage`], and returning a [`Reply`] or an [`Error`].
//! - [`EnsureChannel`], [`EnsureChannelAccount`] and [`FinishConnection`] are what a bridge does at its start, safe to do
//!   again; [`ReconcilePublish`] tells what became of a message whose outcome is unknown.
//! - [`HttpTransport`] carries one exchange. Swap it to change the HTTP client, to test without a network, or to put a
//!   layer around another transport. [`CustomChannels`] is the typed trait behind the client, for doubles without
//!   HTTP.
//! - [`OAuthClient`] gets, renews and gives up the tokens that these operations need; [`OAuth`] is its trait, and
//!   [`AuthorizeUrl`] the page on which a user lets the app in.
//! - [`ConversationsClient`] reads inboxes, actors and threads and closes these; [`Conversations`] is its trait.
//! - [`FilesClient`] uploads files and downloads attachments, neither held in memory; [`Files`] is its trait.
//! - [`EndpointsClient`] calls whatever has no operation here, through the same transport; [`Endpoints`] is its trait.
//! - [`clock`] and [`KeySource`] bring time and randomness in from outside.
//! - `server` (a feature) reads the requests of every operation and writes their answers: the client's operations
//!   turned around, for emulators and proxies.
//! - `adapter` (with the feature `http-body`) is what a transport over another HTTP client needs for its bodies.
//!
//! Nothing here needs an async runtime or an HTTP client.

#[cfg(feature = "http-body")]
pub mod adapter;
mod address;
mod area;
mod attempts;
mod base_url;
mod body;
mod client;
pub mod clock;
mod conversations;
mod custom_channels;
mod endpoints;
mod ensure;
mod error;
mod files;
mod framing;
mod hidden;
mod http_api;
mod items;
mod key;
mod oauth;
mod operation;
mod reconcile;
pub mod redact;
mod reply;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod schema;
#[cfg(feature = "server")]
pub mod server;
pub mod status;
mod transport;
mod version;

pub use hubchannel_model as model;

pub use self::{
    address::check_address,
    area::Area,
    attempts::{Attempts, GaveUp},
    base_url::{BaseUrl, InvalidBaseUrl, is_confidential},
    body::{Body, BodySource, BodyStream, StreamResponse},
    client::{Client, ClientBuilder},
    conversations::{Conversations, ConversationsClient, ConversationsClientBuilder},
    custom_channels::CustomChannels,
    endpoints::{CallEndpoint, EndpointAnswer, Endpoints, EndpointsClient, EndpointsClientBuilder},
    ensure::{
        AccountOutcome, ChannelOutcome, ConnectionOutcome, EnsureChannel, EnsureChannelAccount, EnsureError,
        EnsuredChannel, EnsuredChannelAccount, FindChannelBy, FindConnectedAccount, FinishConnection,
        FinishedConnection, Waits,
    },
    error::{Error, ErrorKind},
    files::{Download, DownloadFile, Files, FilesClient, FilesClientBuilder},
    framing::check_framing,
    hidden::hide_secrets,
    items::Items,
    key::{KeySource, RandomKeys},
    oauth::{AuthorizeHost, AuthorizeUrl, OAuth, OAuthApp, OAuthClient, OAuthClientBuilder},
    operation::{
        ArchiveChannel, Call, CallOptions, CreateChannel, CreateChannelAccount, Credential, GetActor, GetChannel,
        GetChannelAccount, GetInbox, GetMessage, GetSignedUrl, GetThread, GetThreadMessage, IntrospectToken,
        ListChannelAccounts, ListChannels, ListInboxes, ListPortalChannelAccounts, ListThreadMessages, ListThreads,
        Operation, OperationInfo, PublishMessage, QueryParameter, QueryType, ReadActors, Repeat, RequestToken,
        RevokeToken, Segment, UpdateChannel, UpdateChannelAccount, UpdateChannelAccountStagingToken,
        UpdateMessageStatus, UpdateThread, UploadFile,
    },
    reconcile::{CannotTell, ReconcilePublish, Reconciled},
    reply::Reply,
    transport::{Exchange, HttpTransport, Reach, Transport, TransportError, TransportErrorKind, innermost},
    version::{ApiVersion, UnknownApiVersion},
};
