//! The handle to conversations.

use std::{fmt, sync::Arc};

use http::HeaderValue;
use hubchannel_model::{
    Actor, ActorBatchResult, ActorId, ChannelAccount, Inbox, InboxQuery, Page, PortalChannelAccountQuery, Secret,
    Thread, ThreadEntry, ThreadEntryQuery, ThreadId, ThreadQuery,
};

use super::Conversations;
use crate::{
    ApiVersion, BaseUrl, Error, GetActor, GetInbox, GetThread, GetThreadMessage, HttpTransport, Items, ListInboxes,
    ListPortalChannelAccounts, ListThreadMessages, ListThreads, ReadActors, Reply, Transport, UpdateThread,
    http_api::HttpApi,
    operation::{Target, checked},
};

/// A handle to HubSpot's Conversations API. Cheap to clone; clones share everything.
///
/// ```
/// use hubchannel_api::{ConversationsClient, Error, GetActor, HttpTransport};
/// use hubchannel_model::ActorId;
///
/// /// The agent's name, which a webhook does not tell.
/// async fn name(transport: impl HttpTransport, agent: ActorId) -> Result<Option<String>, Error> {
///     let conversations = ConversationsClient::new(transport);
///     let actor = conversations.get_actor(GetActor::new(agent)).await?;
///     Ok(actor.into_inner().name.into_option())
/// }
/// ```
///
/// The transport is the same as a [`Client`](crate::Client)'s, with the portal's token.
#[derive(Clone)]
pub struct ConversationsClient {
    api: Arc<dyn Conversations>,
}

impl ConversationsClient {
    /// Conversations over this transport, in `v3`.
    pub fn new(transport: impl HttpTransport) -> Self {
        ConversationsClient::builder(transport).build()
    }

    /// Conversations over this transport with settings of their own.
    pub fn builder(transport: impl HttpTransport) -> ConversationsClientBuilder {
        ConversationsClientBuilder {
            transport: Transport::new(transport),
            target: Target::default(),
        }
    }

    /// Conversations over something that is no HTTP at all: a double in a test. It receives what HubSpot would.
    pub fn from_api(api: impl Conversations) -> Self {
        ConversationsClient { api: Arc::new(api) }
    }

    /// Lists the portal's inboxes and help desks, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_inboxes(&self, call: ListInboxes) -> Result<Reply<Page<Inbox>>, Error> {
        checked(call, |call| self.api.list_inboxes(call))?.await
    }

    /// Every inbox that the query asks for, from its page on.
    pub fn inboxes(&self, query: InboxQuery) -> Items<Inbox> {
        Items::of(self, ListInboxes::new(query), |client, call| {
            Box::pin(async move { client.list_inboxes(call).await })
        })
    }

    /// Reads an inbox or a help desk.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_inbox(&self, call: GetInbox) -> Result<Reply<Inbox>, Error> {
        checked(call, |call| self.api.get_inbox(call))?.await
    }

    /// Lists the portal's channel accounts, of every channel, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_portal_channel_accounts(
        &self,
        call: ListPortalChannelAccounts,
    ) -> Result<Reply<Page<ChannelAccount>>, Error> {
        checked(call, |call| self.api.list_portal_channel_accounts(call))?.await
    }

    /// Every channel account of the portal that the query asks for, from its page on.
    pub fn portal_channel_accounts(&self, query: PortalChannelAccountQuery) -> Items<ChannelAccount> {
        Items::of(self, ListPortalChannelAccounts::new(query), |client, call| {
            Box::pin(async move { client.list_portal_channel_accounts(call).await })
        })
    }

    /// Reads an actor, such as the agent who wrote a reply.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_actor(&self, call: GetActor) -> Result<Reply<Actor>, Error> {
        let personal = personal([&call.actor_id]);
        let result = checked(call, |call| self.api.get_actor(call))?.await;
        result.map_err(|error| error.hiding(personal))
    }

    /// Reads several actors at once. The body is checked first, see
    /// [`ActorBatch::check`](hubchannel_model::ActorBatch::check).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn read_actors(&self, call: ReadActors) -> Result<Reply<ActorBatchResult>, Error> {
        let personal = personal(call.body.inputs.as_deref().unwrap_or_default());
        let result = checked(call, |call| self.api.read_actors(call))?.await;
        result.map_err(|error| error.hiding(personal))
    }

    /// Lists threads, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_threads(&self, call: ListThreads) -> Result<Reply<Page<Thread>>, Error> {
        checked(call, |call| self.api.list_threads(call))?.await
    }

    /// Every thread that the query asks for, from its page on.
    pub fn threads(&self, query: ThreadQuery) -> Items<Thread> {
        Items::of(self, ListThreads::new(query), |client, call| {
            Box::pin(async move { client.list_threads(call).await })
        })
    }

    /// Reads a thread.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_thread(&self, call: GetThread) -> Result<Reply<Thread>, Error> {
        checked(call, |call| self.api.get_thread(call))?.await
    }

    /// Closes a thread, opens it again, or restores it from the archive. The body is checked first, see
    /// [`ThreadUpdate::check`](hubchannel_model::ThreadUpdate::check).
    ///
    /// ```
    /// use hubchannel_api::{ConversationsClient, Error, UpdateThread};
    /// use hubchannel_model::{ThreadId, ThreadUpdate};
    ///
    /// async fn close(conversations: &ConversationsClient, thread: ThreadId) -> Result<(), Error> {
    ///     conversations.update_thread(UpdateThread::new(thread, ThreadUpdate::close())).await?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_thread(&self, call: UpdateThread) -> Result<Reply<Thread>, Error> {
        checked(call, |call| self.api.update_thread(call))?.await
    }

    /// Lists what stands in a thread, page by page.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_thread_messages(&self, call: ListThreadMessages) -> Result<Reply<Page<ThreadEntry>>, Error> {
        checked(call, |call| self.api.list_thread_messages(call))?.await
    }

    /// Everything that stands in a thread, from the query's page on.
    pub fn thread_messages(&self, thread_id: impl Into<ThreadId>, query: ThreadEntryQuery) -> Items<ThreadEntry> {
        Items::of(self, ListThreadMessages::new(thread_id, query), |client, call| {
            Box::pin(async move { client.list_thread_messages(call).await })
        })
    }

    /// Reads one message of a thread, of any channel.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_thread_message(&self, call: GetThreadMessage) -> Result<Reply<ThreadEntry>, Error> {
        checked(call, |call| self.api.get_thread_message(call))?.await
    }
}

/// The ids with somebody's address in them, such as `E-ada@example.com`, and these addresses, which a server might repeat.
fn personal<'a>(actors: impl IntoIterator<Item = &'a ActorId>) -> Vec<Secret> {
    let ids = actors.into_iter().map(ActorId::as_str);
    ids.filter(|id| id.contains('@'))
        .flat_map(|id| [Some(id), id.split_once('-').map(|(_, address)| address)])
        .flatten()
        .map(Secret::from)
        .collect()
}

impl fmt::Debug for ConversationsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversationsClient").field("api", &self.api).finish()
    }
}

/// Settings of a [`ConversationsClient`].
#[derive(Debug)]
pub struct ConversationsClientBuilder {
    transport: Transport,
    target: Target,
}

impl ConversationsClientBuilder {
    /// The version of the API; `v3` unless set. Of the dated versions only `2026-09` has paths of its own, see
    /// [`Area::base`](crate::Area::base).
    #[must_use]
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.target.version = version;
        self
    }

    /// Where the API is; HubSpot's address unless set.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.target.base_url = base_url;
        self
    }

    /// Names the program in `User-Agent`, before hubchannel's own name and version.
    #[must_use]
    pub fn user_agent(mut self, program: &HeaderValue) -> Self {
        self.target.name_program(program);
        self
    }

    /// The handle.
    pub fn build(self) -> ConversationsClient {
        ConversationsClient::from_api(HttpApi::new(self.transport, self.target))
    }
}
