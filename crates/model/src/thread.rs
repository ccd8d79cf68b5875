//! Conversations: their threads, and what stands in them.

use crate::{
    ActorId, Attachment, ChannelAccountId, ChannelId, Client, ContactId, Field, InboxId, Message, MessageId, Recipient,
    Sender, ThreadId, TicketId, Timestamp, Violations,
    preflight::Checker,
    tagged::tagged,
    wire::{open_enum, record},
};

record! {
    /// A conversation's thread, as the Conversations API returns it.
    ///
    /// ```
    /// use hubchannel_model::{Thread, ThreadStatus};
    ///
    /// let thread: Thread = serde_json::from_str(r#"{"id":"19615248623","status":"OPEN","assignedTo":"A-2620022"}"#)?;
    /// assert_eq!(thread.status, ThreadStatus::Open.into());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// A [`Page`](crate::Page) of threads has no `total`. Called `PublicThread` in HubSpot's descriptions.
    pub struct Thread {
        /// The thread's id.
        pub id: Field<ThreadId> => "id",
        /// When the conversation began.
        pub created_at: Field<Timestamp> => "createdAt",
        /// When it was closed.
        pub closed_at: Field<Timestamp> => "closedAt",
        /// Whether it is open.
        pub status: Field<ThreadStatus> => "status",
        /// The channel that it began on.
        pub original_channel_id: Field<ChannelId> => "originalChannelId",
        /// The channel account that it began on.
        pub original_channel_account_id: Field<ChannelAccountId> => "originalChannelAccountId",
        /// When its latest message was sent or received.
        pub latest_message_timestamp: Field<Timestamp> => "latestMessageTimestamp",
        /// When its latest message was sent.
        pub latest_message_sent_timestamp: Field<Timestamp> => "latestMessageSentTimestamp",
        /// When its latest message was received.
        pub latest_message_received_timestamp: Field<Timestamp> => "latestMessageReceivedTimestamp",
        /// Who is to answer.
        pub assigned_to: Field<ActorId> => "assignedTo",
        /// Whether it was found to be spam.
        pub spam: Field<bool> => "spam",
        /// The inbox that it is in.
        pub inbox_id: Field<InboxId> => "inboxId",
        /// The contact; where there is none, a visitor's id that no contact has (described).
        pub associated_contact_id: Field<ContactId> => "associatedContactId",
        /// Whether it is archived.
        pub archived: Field<bool> => "archived",
        /// What else it belongs to.
        pub thread_associations: Field<ThreadAssociations> => "threadAssociations",
    }
}

record! {
    /// What else a thread belongs to. Called `PublicThreadAssociations` in HubSpot's descriptions.
    pub struct ThreadAssociations {
        /// The ticket; a conversation in a help desk always has one (documented).
        pub associated_ticket_id: Field<TicketId> => "associatedTicketId",
    }
}

open_enum! {
    /// Whether a conversation is open.
    pub enum ThreadStatus {
        /// It is open.
        Open = "OPEN",
        /// It is closed. What a further message does to it is unknown.
        Closed = "CLOSED",
    }
}

record! {
    /// What to change of a thread: the body of `PATCH /conversations/v3/conversations/threads/{threadId}`.
    ///
    /// ```
    /// use hubchannel_model::ThreadUpdate;
    ///
    /// assert_eq!(serde_json::to_string(&ThreadUpdate::close())?, r#"{"status":"CLOSED"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Called `ThreadUpdateRequest` in HubSpot's descriptions.
    pub struct ThreadUpdate {
        /// Opens or closes it.
        pub status: Field<ThreadStatus> => "status",
        /// `false` restores an archived one; archiving is an operation of its own (documented).
        pub archived: Field<bool> => "archived",
    }
}

impl ThreadUpdate {
    /// Closes the conversation.
    pub fn close() -> Self {
        ThreadUpdate {
            status: Field::Value(ThreadStatus::Closed),
            ..ThreadUpdate::default()
        }
    }

    /// Opens the conversation again.
    pub fn reopen() -> Self {
        ThreadUpdate {
            status: Field::Value(ThreadStatus::Open),
            ..ThreadUpdate::default()
        }
    }

    /// Restores the conversation from the archive.
    pub fn restore() -> Self {
        ThreadUpdate {
            archived: Field::Value(false),
            ..ThreadUpdate::default()
        }
    }

    /// Checks that there is something to change, and that a status is one. One that this version does not name is left to
    /// HubSpot.
    ///
    /// # Errors
    /// When both members are absent, or the status is empty.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| {
            if self.status.is_absent() && self.archived.is_absent() {
                checker.refuse("", "must change something", "set status or archived");
            }
            checker.optional_text("status", &self.status, "use OPEN or CLOSED");
        })
    }
}

tagged! {
    /// One entry of a thread, as the Conversations API lists them: a message, or something that was done.
    ///
    /// ```
    /// use hubchannel_model::{Page, ThreadEntry};
    ///
    /// let page: Page<ThreadEntry> = serde_json::from_str(
    ///     r#"{"results":[{"type":"THREAD_STATUS_CHANGE","newStatus":"CLOSED"},{"type":"MESSAGE","text":"hello"}]}"#,
    /// )?;
    /// let texts: Vec<&str> = page.items().iter().filter_map(ThreadEntry::text).collect();
    /// assert_eq!(texts, ["hello"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Reading one never fails: an entry of an unknown kind, or of a known kind with members that do not decode, is
    /// kept whole and never costs the page.
    #[expect(clippy::large_enum_variant, reason = "most entries are messages")]
    pub enum ThreadEntry {
        /// A message. As an entry it is written with its `type`, whether or not it has one.
        Message(Message) = "MESSAGE",
        /// A remark that only agents see.
        Comment(Comment) = "COMMENT",
        /// A greeting that a chat began with.
        WelcomeMessage(WelcomeMessage) = "WELCOME_MESSAGE",
        /// Somebody was assigned.
        Assignment(Assignment) = "ASSIGNMENT",
        /// The conversation was closed or opened again.
        ThreadStatusChange(ThreadStatusChange) = "THREAD_STATUS_CHANGE",
        /// The conversation was moved to another inbox.
        ThreadInboxChange(ThreadInboxChange) = "THREAD_INBOX_CHANGE",
    }
}

impl ThreadEntry {
    /// The text of a message, a comment or a greeting.
    pub fn text(&self) -> Option<&str> {
        match self {
            ThreadEntry::Message(message) => message.text.as_deref(),
            ThreadEntry::Comment(comment) => comment.text.as_deref(),
            ThreadEntry::WelcomeMessage(message) => message.text.as_deref(),
            _ => None,
        }
    }
}

open_enum! {
    /// The kind of a [`ThreadEntry`].
    pub enum ThreadEntryType {
        /// A message.
        Message = "MESSAGE",
        /// A remark that only agents see.
        Comment = "COMMENT",
        /// A greeting that a chat began with.
        WelcomeMessage = "WELCOME_MESSAGE",
        /// Somebody was assigned.
        Assignment = "ASSIGNMENT",
        /// The conversation was closed or opened again.
        ThreadStatusChange = "THREAD_STATUS_CHANGE",
        /// The conversation was moved to another inbox.
        ThreadInboxChange = "THREAD_INBOX_CHANGE",
    }
}

macro_rules! entry {
    ($( $(#[$docs:meta])* $name:ident = $tag:literal {
        $( $(#[$member_docs:meta])* $member:ident: $type:ty => $wire:literal, )*
    } )+) => { $(
        record! {
            $(#[$docs])*
            pub struct $name tag $tag {
                /// The entry's id.
                pub id: Field<MessageId> => "id",
                /// The thread that it stands in.
                pub conversations_thread_id: Field<ThreadId> => "conversationsThreadId",
                /// When it was made.
                pub created_at: Field<Timestamp> => "createdAt",
                /// When it last changed.
                pub updated_at: Field<Timestamp> => "updatedAt",
                /// Who made it.
                pub created_by: Field<ActorId> => "createdBy",
                /// What made it.
                pub client: Field<Client> => "client",
                /// Who is named as its senders.
                pub senders: Field<Vec<Sender>> => "senders",
                /// Who is named as its recipients.
                pub recipients: Field<Vec<Recipient>> => "recipients",
                /// Whether it is archived.
                pub archived: Field<bool> => "archived",
                $( $(#[$member_docs])* pub $member: Field<$type> => $wire, )*
            }
        }
    )+ };
}

entry! {
    /// A remark that only agents see. Called `PublicComment` in HubSpot's descriptions.
    Comment = "COMMENT" {
        /// The text without formatting.
        text: String => "text",
        /// The text as HTML. Treat it as hostile wherever it is shown.
        rich_text: String => "richText",
        /// What it carries besides text.
        attachments: Vec<Attachment> => "attachments",
    }
    /// A greeting that a chat began with. Called `PublicWelcomeMessage` in HubSpot's descriptions.
    WelcomeMessage = "WELCOME_MESSAGE" {
        /// The text without formatting.
        text: String => "text",
        /// The text as HTML. Treat it as hostile wherever it is shown.
        rich_text: String => "richText",
    }
    /// Somebody was assigned to the conversation. Called `PublicAssignmentMessage` in HubSpot's descriptions.
    Assignment = "ASSIGNMENT" {
        /// Who is to answer now.
        assigned_to: ActorId => "assignedTo",
        /// Who was to answer before.
        assigned_from: ActorId => "assignedFrom",
    }
    /// The conversation was closed or opened again. Called `PublicThreadStatusChange` in HubSpot's descriptions.
    ThreadStatusChange = "THREAD_STATUS_CHANGE" {
        /// What it is now.
        new_status: ThreadStatus => "newStatus",
    }
    /// The conversation was moved to another inbox. Called `PublicThreadInboxChange` in HubSpot's descriptions.
    ThreadInboxChange = "THREAD_INBOX_CHANGE" {
        /// The inbox that it was in.
        from_inbox_id: InboxId => "fromInboxId",
        /// The inbox that it is in now.
        to_inbox_id: InboxId => "toInboxId",
    }
}
