//! The operations on inboxes, actors and threads, which all channels of a portal share.

use std::iter;

use http::{Method, StatusCode};
use hubchannel_model::{
    Actor, ActorBatch, ActorBatchResult, ActorId, ChannelAccount, Inbox, InboxId, InboxQuery, MessageId, Page,
    PortalChannelAccountQuery, Thread, ThreadEntry, ThreadEntryQuery, ThreadId, ThreadQuery, ThreadUpdate, Violations,
};

use super::{
    Credential, Operation, OperationInfo, QueryParameter, QueryType, Repeat, Segment, json, operation,
    query::parameter, scope,
};
use crate::{Area, Body, Error};

const AFTER: QueryParameter = parameter("after", QueryType::Text);
const LIMIT: QueryParameter = parameter("limit", QueryType::Int32);
const DEFAULT_PAGE_LENGTH: QueryParameter = parameter("defaultPageLength", QueryType::Int32);
const SORT: QueryParameter = parameter("sort", QueryType::TextList);
const ARCHIVED: QueryParameter = parameter("archived", QueryType::Boolean);
const ASSOCIATION: QueryParameter = parameter("association", QueryType::WordList(&["TICKET"]));

const ONE_THREAD: &[Segment] = &[Segment::Literal("threads"), Segment::Int64("threadId")];

/// What every operation here that only reads has in common.
const READS: OperationInfo = OperationInfo {
    name: "",
    area: Area::Conversations,
    method: Method::GET,
    path: &[],
    query: &[],
    success: StatusCode::OK,
    effect: None,
    credential: Credential::PortalToken,
    scopes: &[scope::CONVERSATIONS_READ],
    repeat: Repeat::Always,
};

fn archived(archived: Option<bool>) -> Vec<(&'static str, String)> {
    let archived = archived.map(|archived| ("archived", archived.to_string()));
    archived.into_iter().collect()
}

operation! {
    /// Lists the portal's inboxes and help desks, page by page: `GET …/inboxes`.
    pub struct ListInboxes {
        /// Which inboxes, and which page of them.
        pub query: InboxQuery,
    }

    /// Lists these.
    pub fn new(query: InboxQuery);
}

impl Operation for ListInboxes {
    type Output = Page<Inbox>;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "list_inboxes",
        path: &[Segment::Literal("inboxes")],
        query: &[AFTER, LIMIT, DEFAULT_PAGE_LENGTH, SORT, ARCHIVED],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.query.check()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        self.query.to_pairs()
    }
}

operation! {
    /// Reads an inbox or a help desk: `GET …/inboxes/{inboxId}`.
    pub struct GetInbox {
        /// The inbox: digits.
        pub inbox_id: InboxId,
        /// Whether to look among the archived ones.
        pub archived: Option<bool>,
    }

    /// Reads this inbox.
    pub fn new(inbox_id: impl Into<InboxId>) leaving archived;
}

impl GetInbox {
    /// Sets whether to look among the archived ones.
    #[must_use]
    pub fn set_archived(mut self, archived: bool) -> Self {
        self.archived = Some(archived);
        self
    }
}

impl Operation for GetInbox {
    type Output = Inbox;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "get_inbox",
        path: &[Segment::Literal("inboxes"), Segment::Int64("inboxId")],
        query: &[ARCHIVED],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.inbox_id.as_str()].into_iter()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        archived(self.archived)
    }
}

operation! {
    /// Lists the portal's channel accounts, of every channel, page by page: `GET …/channel-accounts`.
    ///
    /// They come without their delivery identifiers (observed);
    /// [`ListChannelAccounts`](crate::ListChannelAccounts) has those of one custom channel.
    pub struct ListPortalChannelAccounts {
        /// Which accounts, and which page of them.
        pub query: PortalChannelAccountQuery,
    }

    /// Lists these.
    pub fn new(query: PortalChannelAccountQuery);
}

impl Operation for ListPortalChannelAccounts {
    type Output = Page<ChannelAccount>;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "list_portal_channel_accounts",
        path: &[Segment::Literal("channel-accounts")],
        query: &[
            AFTER,
            LIMIT,
            DEFAULT_PAGE_LENGTH,
            SORT,
            ARCHIVED,
            parameter("channelId", QueryType::TextList),
            parameter("inboxId", QueryType::TextList),
        ],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.query.check()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        self.query.to_pairs()
    }
}

operation! {
    /// Reads an actor, such as the agent who wrote a reply: `GET …/actors/{actorId}`.
    pub struct GetActor {
        /// The actor.
        pub actor_id: ActorId,
    }

    /// Reads this actor.
    pub fn new(actor_id: impl Into<ActorId>);
}

impl Operation for GetActor {
    type Output = Actor;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "get_actor",
        path: &[Segment::Literal("actors"), Segment::Text("actorId")],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.actor_id.as_str()].into_iter()
    }
}

operation! {
    /// Reads several actors at once: `POST …/actors/batch/read`. It changes nothing.
    ///
    /// ```
    /// use hubchannel_api::ReadActors;
    /// use hubchannel_model::ActorBatch;
    ///
    /// let read = ReadActors::new(ActorBatch::new(["A-2620022", "V-1401"]));
    /// assert_eq!(read.body.inputs.as_deref().map(<[_]>::len), Some(2));
    /// ```
    pub struct ReadActors {
        /// The actors.
        pub body: ActorBatch,
    }

    /// Reads these.
    pub fn new(body: ActorBatch);
}

impl Operation for ReadActors {
    type Output = ActorBatchResult;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "read_actors",
        method: Method::POST,
        path: &[
            Segment::Literal("actors"),
            Segment::Literal("batch"),
            Segment::Literal("read"),
        ],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body)
    }
}

operation! {
    /// Lists threads, page by page: `GET …/threads`.
    pub struct ListThreads {
        /// Which threads, and which page of them.
        pub query: ThreadQuery,
    }

    /// Lists these.
    pub fn new(query: ThreadQuery);
}

impl Operation for ListThreads {
    type Output = Page<Thread>;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "list_threads",
        path: &[Segment::Literal("threads")],
        query: &[
            AFTER,
            LIMIT,
            SORT,
            ARCHIVED,
            parameter("inboxId", QueryType::TextList),
            parameter("associatedContactId", QueryType::Text),
            parameter("threadStatus", QueryType::Text),
            parameter("latestMessageTimestampAfter", QueryType::Text),
            ASSOCIATION,
        ],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        iter::empty()
    }

    fn check(&self) -> Result<(), Violations> {
        self.query.check()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        self.query.to_pairs()
    }
}

operation! {
    /// Reads a thread: `GET …/threads/{threadId}`.
    pub struct GetThread {
        /// The thread: digits.
        pub thread_id: ThreadId,
        /// Whether to look among the archived ones.
        pub archived: Option<bool>,
        /// What else to tell of it; `TICKET` is known (described).
        pub association: Vec<String>,
    }

    /// Reads this thread.
    pub fn new(thread_id: impl Into<ThreadId>) leaving archived, association;
}

impl GetThread {
    /// Sets whether to look among the archived ones.
    #[must_use]
    pub fn set_archived(mut self, archived: bool) -> Self {
        self.archived = Some(archived);
        self
    }

    /// Adds what else to tell of the thread: `TICKET` for its ticket.
    #[must_use]
    pub fn add_association(mut self, association: impl Into<String>) -> Self {
        self.association.push(association.into());
        self
    }
}

impl Operation for GetThread {
    type Output = Thread;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "get_thread",
        path: ONE_THREAD,
        query: &[ARCHIVED, ASSOCIATION],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.thread_id.as_str()].into_iter()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = archived(self.archived);
        pairs.extend(self.association.iter().map(|kind| ("association", kind.clone())));
        pairs
    }
}

operation! {
    /// Closes a thread, opens it again, or restores it from the archive: `PATCH …/threads/{threadId}`.
    ///
    /// ```
    /// use hubchannel_api::UpdateThread;
    /// use hubchannel_model::ThreadUpdate;
    ///
    /// let close = UpdateThread::new("19615248623", ThreadUpdate::close());
    /// let restore = UpdateThread::new("19615248623", ThreadUpdate::restore()).set_archived(true);
    /// # let _ = (close, restore);
    /// ```
    ///
    /// Repeating a change sets the same values again.
    pub struct UpdateThread {
        /// The thread: digits.
        pub thread_id: ThreadId,
        /// What to change.
        pub body: ThreadUpdate,
        /// Whether to look among the archived ones, which is where one to be restored is.
        pub archived: Option<bool>,
    }

    /// Changes this of this thread.
    pub fn new(thread_id: impl Into<ThreadId>, body: ThreadUpdate) leaving archived;
}

impl UpdateThread {
    /// Sets whether to look among the archived ones.
    #[must_use]
    pub fn set_archived(mut self, archived: bool) -> Self {
        self.archived = Some(archived);
        self
    }
}

impl Operation for UpdateThread {
    type Output = Thread;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "update_thread",
        method: Method::PATCH,
        path: ONE_THREAD,
        query: &[ARCHIVED],
        effect: Some("updated"),
        scopes: &[scope::CONVERSATIONS_WRITE],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.thread_id.as_str()].into_iter()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        archived(self.archived)
    }

    fn check(&self) -> Result<(), Violations> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Body>, Error> {
        json::write(Self::INFO, &self.body)
    }
}

operation! {
    /// Lists what stands in a thread, page by page: `GET …/threads/{threadId}/messages`.
    ///
    /// Besides messages these are comments, greetings, assignments and other things that were done.
    pub struct ListThreadMessages {
        /// The thread: digits.
        pub thread_id: ThreadId,
        /// Which page.
        pub query: ThreadEntryQuery,
    }

    /// Lists this page of this thread.
    pub fn new(thread_id: impl Into<ThreadId>, query: ThreadEntryQuery);
}

impl Operation for ListThreadMessages {
    type Output = Page<ThreadEntry>;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "list_thread_messages",
        path: &[
            Segment::Literal("threads"),
            Segment::Int64("threadId"),
            Segment::Literal("messages"),
        ],
        query: &[AFTER, LIMIT, SORT, ARCHIVED],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.thread_id.as_str()].into_iter()
    }

    fn check(&self) -> Result<(), Violations> {
        self.query.check()
    }

    fn query_pairs(&self) -> Vec<(&'static str, String)> {
        self.query.to_pairs()
    }
}

operation! {
    /// Reads one message of a thread, of any channel: `GET …/threads/{threadId}/messages/{messageId}`.
    pub struct GetThreadMessage {
        /// The thread: digits.
        pub thread_id: ThreadId,
        /// The message.
        pub message_id: MessageId,
    }

    /// Reads this message of this thread.
    pub fn new(thread_id: impl Into<ThreadId>, message_id: impl Into<MessageId>);
}

impl Operation for GetThreadMessage {
    type Output = ThreadEntry;

    const INFO: &'static OperationInfo = &OperationInfo {
        name: "get_thread_message",
        path: &[
            Segment::Literal("threads"),
            Segment::Int64("threadId"),
            Segment::Literal("messages"),
            Segment::Text("messageId"),
        ],
        ..READS
    };

    fn path_values(&self) -> impl Iterator<Item = &str> {
        [self.thread_id.as_str(), self.message_id.as_str()].into_iter()
    }
}
