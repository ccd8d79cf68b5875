//! Conversations: inboxes, actors and threads, which all channels of a portal share.

mod client;

use std::fmt;

use async_trait::async_trait;
use hubchannel_model::{Actor, ActorBatchResult, ChannelAccount, Inbox, Page, Thread, ThreadEntry};

pub use self::client::{ConversationsClient, ConversationsClientBuilder};
use crate::{
    Error, GetActor, GetInbox, GetThread, GetThreadMessage, ListInboxes, ListPortalChannelAccounts, ListThreadMessages,
    ListThreads, ReadActors, Reply, UpdateThread,
};

/// HubSpot's Conversations API as far as a bridge needs it, one method for each operation.
///
/// Code that needs it takes a [`ConversationsClient`]; this trait is for those who put something else behind one, such as
/// the double `MockConversations` of `hubchannel-mock`. Each method has a body that answers [`Error::unsupported`].
#[async_trait]
pub trait Conversations: fmt::Debug + Send + Sync + 'static {
    /// Lists the portal's inboxes and help desks, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    async fn list_inboxes(&self, call: ListInboxes) -> Result<Reply<Page<Inbox>>, Error> {
        let _ = call;
        Err(Error::unsupported::<ListInboxes>())
    }

    /// Reads an inbox or a help desk.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get_inbox(&self, call: GetInbox) -> Result<Reply<Inbox>, Error> {
        let _ = call;
        Err(Error::unsupported::<GetInbox>())
    }

    /// Lists the portal's channel accounts, of every channel, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    async fn list_portal_channel_accounts(
        &self,
        call: ListPortalChannelAccounts,
    ) -> Result<Reply<Page<ChannelAccount>>, Error> {
        let _ = call;
        Err(Error::unsupported::<ListPortalChannelAccounts>())
    }

    /// Reads an actor, such as the agent who wrote a reply.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get_actor(&self, call: GetActor) -> Result<Reply<Actor>, Error> {
        let _ = call;
        Err(Error::unsupported::<GetActor>())
    }

    /// Reads several actors at once.
    ///
    /// # Errors
    /// See [`Error`].
    async fn read_actors(&self, call: ReadActors) -> Result<Reply<ActorBatchResult>, Error> {
        let _ = call;
        Err(Error::unsupported::<ReadActors>())
    }

    /// Lists threads, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    async fn list_threads(&self, call: ListThreads) -> Result<Reply<Page<Thread>>, Error> {
        let _ = call;
        Err(Error::unsupported::<ListThreads>())
    }

    /// Reads a thread.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get_thread(&self, call: GetThread) -> Result<Reply<Thread>, Error> {
        let _ = call;
        Err(Error::unsupported::<GetThread>())
    }

    /// Closes a thread, opens it again, or restores it from the archive.
    ///
    /// # Errors
    /// See [`Error`]. It may have been changed all the same when [`Error::outcome_unknown`] is true.
    async fn update_thread(&self, call: UpdateThread) -> Result<Reply<Thread>, Error> {
        let _ = call;
        Err(Error::unsupported::<UpdateThread>())
    }

    /// Lists what stands in a thread, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    async fn list_thread_messages(&self, call: ListThreadMessages) -> Result<Reply<Page<ThreadEntry>>, Error> {
        let _ = call;
        Err(Error::unsupported::<ListThreadMessages>())
    }

    /// Reads one message of a thread, of any channel.
    ///
    /// # Errors
    /// See [`Error`].
    async fn get_thread_message(&self, call: GetThreadMessage) -> Result<Reply<ThreadEntry>, Error> {
        let _ = call;
        Err(Error::unsupported::<GetThreadMessage>())
    }
}
