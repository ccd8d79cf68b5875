//! The API as a trait.

use std::fmt;

use async_trait::async_trait;
use hubchannel_model::Message;

use crate::{Error, GetMessage, PublishMessage, Reply, UpdateMessageStatus};

/// HubSpot's custom channels, one method for each operation.
///
/// Code that talks to HubSpot takes a [`Client`](crate::Client); this trait is for those who put something else behind
/// one, such as the double `MockCustomChannels` of `hubchannel-mock`. Each method has a body that answers
/// [`Error::unsupported`], so that an implementation names only what it needs and goes on compiling when HubSpot's API
/// grows.
#[async_trait]
pub trait CustomChannels: fmt::Debug + Send + Sync + 'static {
    /// Publishes a message.
    ///
    /// # Errors
    /// See [`Error`]. The message may have been published all the same when [`Error::outcome_unknown`] is true.
    async fn publish_message(&self, call: PublishMessage) -> Result<Reply<Message>, Error> {
        let _ = call;
        Err(Error::unsupported::<PublishMessage>())
    }

    /// Reads a message.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get_message(&self, call: GetMessage) -> Result<Reply<Message>, Error> {
        let _ = call;
        Err(Error::unsupported::<GetMessage>())
    }

    /// Reports how an agent's reply fared.
    ///
    /// # Errors
    /// See [`Error`].
    async fn update_message_status(&self, call: UpdateMessageStatus) -> Result<Reply<Message>, Error> {
        let _ = call;
        Err(Error::unsupported::<UpdateMessageStatus>())
    }
}
