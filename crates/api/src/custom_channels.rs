//! The API as a trait.

use std::fmt;

use async_trait::async_trait;
use hubchannel_model::{Channel, ChannelAccount, Message, Page, StagingToken};

use crate::{
    ArchiveChannel, CreateChannel, CreateChannelAccount, Error, GetChannel, GetChannelAccount, GetMessage,
    ListChannelAccounts, ListChannels, PublishMessage, Reply, UpdateChannel, UpdateChannelAccount,
    UpdateChannelAccountStagingToken, UpdateMessageStatus,
};

/// HubSpot's custom channels, one method for each operation.
///
/// Code that talks to HubSpot takes a [`Client`](crate::Client); this trait is for those who put something else behind
/// one, such as the double `MockCustomChannels` of `hubchannel-mock`. Each method has a body that answers
/// [`Error::unsupported`], so that an implementation names only what it needs and goes on compiling when HubSpot's API
/// grows.
#[async_trait]
pub trait CustomChannels: fmt::Debug + Send + Sync + 'static {
    /// Lists the app's channels, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    async fn list_channels(&self, call: ListChannels) -> Result<Reply<Page<Channel>>, Error> {
        let _ = call;
        Err(Error::unsupported::<ListChannels>())
    }

    /// Registers a channel for the app.
    ///
    /// # Errors
    /// See [`Error`]. The channel may have been registered all the same when [`Error::outcome_unknown`] is true.
    async fn create_channel(&self, call: CreateChannel) -> Result<Reply<Channel>, Error> {
        let _ = call;
        Err(Error::unsupported::<CreateChannel>())
    }

    /// Reads a channel.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get_channel(&self, call: GetChannel) -> Result<Reply<Channel>, Error> {
        let _ = call;
        Err(Error::unsupported::<GetChannel>())
    }

    /// Changes a channel.
    ///
    /// # Errors
    /// See [`Error`].
    async fn update_channel(&self, call: UpdateChannel) -> Result<Reply<Channel>, Error> {
        let _ = call;
        Err(Error::unsupported::<UpdateChannel>())
    }

    /// Archives a channel, in every portal that uses it.
    ///
    /// # Errors
    /// See [`Error`].
    async fn archive_channel(&self, call: ArchiveChannel) -> Result<Reply<()>, Error> {
        let _ = call;
        Err(Error::unsupported::<ArchiveChannel>())
    }

    /// Says what the account is that a user is connecting.
    ///
    /// # Errors
    /// See [`Error`]. The account may be connected already when [`Error::is_conflict`] is true.
    async fn update_channel_account_staging_token(
        &self,
        call: UpdateChannelAccountStagingToken,
    ) -> Result<Reply<StagingToken>, Error> {
        let _ = call;
        Err(Error::unsupported::<UpdateChannelAccountStagingToken>())
    }

    /// Lists a channel's accounts in the portal, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    async fn list_channel_accounts(&self, call: ListChannelAccounts) -> Result<Reply<Page<ChannelAccount>>, Error> {
        let _ = call;
        Err(Error::unsupported::<ListChannelAccounts>())
    }

    /// Connects an account to an inbox.
    ///
    /// # Errors
    /// See [`Error`]. The account may have been connected all the same when [`Error::outcome_unknown`] is true.
    async fn create_channel_account(&self, call: CreateChannelAccount) -> Result<Reply<ChannelAccount>, Error> {
        let _ = call;
        Err(Error::unsupported::<CreateChannelAccount>())
    }

    /// Reads an account.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get_channel_account(&self, call: GetChannelAccount) -> Result<Reply<ChannelAccount>, Error> {
        let _ = call;
        Err(Error::unsupported::<GetChannelAccount>())
    }

    /// Renames an account, or allows or forbids its use.
    ///
    /// # Errors
    /// See [`Error`].
    async fn update_channel_account(&self, call: UpdateChannelAccount) -> Result<Reply<ChannelAccount>, Error> {
        let _ = call;
        Err(Error::unsupported::<UpdateChannelAccount>())
    }

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
