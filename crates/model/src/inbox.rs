//! Inboxes and help desks.

use crate::{
    InboxId, Timestamp,
    wire::{open_enum, record},
};

record! {
    /// An inbox or a help desk of a portal, as the Conversations API returns it: what an account is connected to.
    ///
    /// ```
    /// use hubchannel_model::{Inbox, InboxType, Page};
    ///
    /// let page: Page<Inbox> = serde_json::from_str(r#"{"results":[{"id":"1431487401","type":"HELP_DESK"}]}"#)?;
    /// assert_eq!(page.items()[0].r#type, InboxType::HelpDesk.into());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Each new conversation in a help desk makes a ticket (documented). Called `PublicInbox` in HubSpot's
    /// descriptions.
    pub struct Inbox {
        /// The inbox's id.
        pub id: Field<InboxId> => "id",
        /// The inbox's name.
        pub name: Field<String> => "name",
        /// Inbox or help desk.
        pub r#type: Field<InboxType> => "type",
        /// When it was made.
        pub created_at: Field<Timestamp> => "createdAt",
        /// When it last changed.
        pub updated_at: Field<Timestamp> => "updatedAt",
        /// Whether it is archived.
        pub archived: Field<bool> => "archived",
        /// When it was archived.
        pub archived_at: Field<Timestamp> => "archivedAt",
    }
}

open_enum! {
    /// What an [`Inbox`] is.
    pub enum InboxType {
        /// An inbox.
        Inbox = "INBOX",
        /// A help desk.
        HelpDesk = "HELP_DESK",
    }
}
