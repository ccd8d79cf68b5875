//! What lists of the Conversations API are asked by: the parameters of a query, with names and values not yet encoded.

use crate::{ChannelId, ContactId, DecodeError, InboxId, ThreadStatus, Timestamp, query::paged};

/// Which inboxes, and which page of them, to ask for.
///
/// ```
/// use hubchannel_model::InboxQuery;
///
/// let query = InboxQuery::default().set_limit(50).add_sort("name");
/// assert_eq!(InboxQuery::from_pairs(query.to_pairs())?, query);
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxQuery {
    /// The cursor of the page; from the page before it.
    pub after: Option<String>,
    /// The most items in the page: at most 2147483647, which [`check`](Self::check) sees to.
    pub limit: Option<u32>,
    /// Described, and not explained; presumably the limit where there is none. At most 2147483647 too.
    pub default_page_length: Option<u32>,
    /// What to sort by.
    pub sort: Vec<String>,
    /// Whether to list archived inboxes instead of the others.
    pub archived: Option<bool>,
}

/// Which of a portal's channel accounts, of every channel, and which page of them, to ask for.
///
/// ```
/// use hubchannel_model::PortalChannelAccountQuery;
///
/// let query = PortalChannelAccountQuery::default().add_channel_id("2930388").add_inbox_id("1431487401");
/// let pairs = [("channelId", "2930388"), ("inboxId", "1431487401")];
/// assert_eq!(query.to_pairs(), pairs.map(|(name, value)| (name, value.to_owned())));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PortalChannelAccountQuery {
    /// The cursor of the page; from the page before it.
    pub after: Option<String>,
    /// The most items in the page: at most 2147483647, which [`check`](Self::check) sees to.
    pub limit: Option<u32>,
    /// Described, and not explained; presumably the limit where there is none. At most 2147483647 too.
    pub default_page_length: Option<u32>,
    /// What to sort by.
    pub sort: Vec<String>,
    /// Whether to list archived accounts instead of the others.
    pub archived: Option<bool>,
    /// Only accounts of one of these channels.
    pub channel_id: Vec<ChannelId>,
    /// Only accounts that are connected to one of these inboxes.
    pub inbox_id: Vec<InboxId>,
}

/// Which threads, and which page of them, to ask for.
///
/// ```
/// use hubchannel_model::{ThreadQuery, ThreadStatus};
///
/// let query = ThreadQuery::default()
///     .add_inbox_id("1431487401")
///     .set_thread_status(ThreadStatus::Open)
///     .sort_by_latest_message_after("2026-05-01T00:00:00Z");
/// assert_eq!(ThreadQuery::from_pairs(query.to_pairs())?, query);
/// # Ok::<(), hubchannel_model::DecodeError>(())
/// ```
///
/// HubSpot takes at most 500 for `limit` and a single `inboxId` (documented). Threads with a contact need
/// `threadStatus` too, and `inboxId` may not be used with them (described).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreadQuery {
    /// The cursor of the page; from the page before it.
    pub after: Option<String>,
    /// The most items in the page: at most 2147483647, which [`check`](Self::check) sees to.
    pub limit: Option<u32>,
    /// What to sort by: `id`, or `latestMessageTimestamp` with the member of that name. Upwards, unless threads with a
    /// contact are asked for, where a `-` before it turns it round (described).
    pub sort: Vec<String>,
    /// Whether to list archived threads instead of the others.
    pub archived: Option<bool>,
    /// Only threads in this inbox. Of more than one HubSpot has announced to answer with an error (documented).
    pub inbox_id: Vec<InboxId>,
    /// Only threads with this contact; needs `thread_status` (described).
    pub associated_contact_id: Option<ContactId>,
    /// Only threads that are open, or closed.
    pub thread_status: Option<ThreadStatus>,
    /// Only threads whose latest message is younger; needed to sort by `latestMessageTimestamp` (described).
    pub latest_message_timestamp_after: Option<Timestamp>,
    /// What else to tell of each thread; `TICKET` is known (described).
    pub association: Vec<String>,
}

/// Which page of what stands in a thread to ask for.
///
/// ```
/// use hubchannel_model::ThreadEntryQuery;
///
/// let query = ThreadEntryQuery::default().set_limit(20).add_sort("-createdAt");
/// assert_eq!(query.to_pairs().len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreadEntryQuery {
    /// The cursor of the page; from the page before it.
    pub after: Option<String>,
    /// The most items in the page: at most 2147483647, which [`check`](Self::check) sees to.
    pub limit: Option<u32>,
    /// What to sort by: `createdAt`, or `-createdAt` for the latest first, which is so unless said otherwise (described).
    pub sort: Vec<String>,
    /// Whether to list archived entries instead of the others.
    pub archived: Option<bool>,
}

paged! {
    InboxQuery: sort archived default_page_length;
    PortalChannelAccountQuery: sort archived default_page_length;
    ThreadQuery: sort archived;
    ThreadEntryQuery: sort archived;
}

impl ThreadEntryQuery {
    fn filters(&self, _: &mut Vec<(&'static str, String)>) {}

    fn filter(&mut self, _: &str, _: &str) -> Result<(), DecodeError> {
        Ok(())
    }
}

impl InboxQuery {
    fn filters(&self, _: &mut Vec<(&'static str, String)>) {}

    fn filter(&mut self, _: &str, _: &str) -> Result<(), DecodeError> {
        Ok(())
    }
}

impl PortalChannelAccountQuery {
    /// Adds a channel whose accounts to list.
    #[must_use]
    pub fn add_channel_id(mut self, channel_id: impl Into<ChannelId>) -> Self {
        self.channel_id.push(channel_id.into());
        self
    }

    /// Adds an inbox whose accounts to list.
    #[must_use]
    pub fn add_inbox_id(mut self, inbox_id: impl Into<InboxId>) -> Self {
        self.inbox_id.push(inbox_id.into());
        self
    }

    fn filters(&self, pairs: &mut Vec<(&'static str, String)>) {
        pairs.extend(self.channel_id.iter().map(|id| ("channelId", id.to_string())));
        pairs.extend(self.inbox_id.iter().map(|id| ("inboxId", id.to_string())));
    }

    fn filter(&mut self, name: &str, value: &str) -> Result<(), DecodeError> {
        match name {
            "channelId" => self.channel_id.extend(value.split(',').map(ChannelId::from)),
            "inboxId" => self.inbox_id.extend(value.split(',').map(InboxId::from)),
            _ => {}
        }
        Ok(())
    }
}

impl ThreadQuery {
    /// Adds an inbox whose threads to list; one is all that HubSpot takes (documented).
    #[must_use]
    pub fn add_inbox_id(mut self, inbox_id: impl Into<InboxId>) -> Self {
        self.inbox_id.push(inbox_id.into());
        self
    }

    /// Sets the contact whose threads to list.
    #[must_use]
    pub fn set_associated_contact_id(mut self, contact_id: impl Into<ContactId>) -> Self {
        self.associated_contact_id = Some(contact_id.into());
        self
    }

    /// Sets whether to list open or closed threads.
    #[must_use]
    pub fn set_thread_status(mut self, status: impl Into<ThreadStatus>) -> Self {
        self.thread_status = Some(status.into());
        self
    }

    /// Sets the time that the latest message must be younger than, and sorts by the time of that message.
    #[must_use]
    pub fn sort_by_latest_message_after(mut self, time: impl Into<Timestamp>) -> Self {
        self.latest_message_timestamp_after = Some(time.into());
        self.sort = vec!["latestMessageTimestamp".to_owned()];
        self
    }

    /// Adds what else to tell of each thread: `TICKET` for its ticket.
    #[must_use]
    pub fn add_association(mut self, association: impl Into<String>) -> Self {
        self.association.push(association.into());
        self
    }

    fn filters(&self, pairs: &mut Vec<(&'static str, String)>) {
        pairs.extend(self.inbox_id.iter().map(|id| ("inboxId", id.to_string())));
        let contact = self.associated_contact_id.iter();
        pairs.extend(contact.map(|id| ("associatedContactId", id.to_string())));
        let status = self.thread_status.iter();
        pairs.extend(status.map(|status| ("threadStatus", status.as_str().to_owned())));
        let after = self.latest_message_timestamp_after.iter();
        pairs.extend(after.map(|time| ("latestMessageTimestampAfter", time.to_string())));
        pairs.extend(self.association.iter().map(|kind| ("association", kind.clone())));
    }

    fn filter(&mut self, name: &str, value: &str) -> Result<(), DecodeError> {
        match name {
            "inboxId" => self.inbox_id.extend(value.split(',').map(InboxId::from)),
            "associatedContactId" => self.associated_contact_id = Some(value.into()),
            "threadStatus" => self.thread_status = Some(value.into()),
            "latestMessageTimestampAfter" => self.latest_message_timestamp_after = Some(value.into()),
            "association" => self.association.extend(value.split(',').map(str::to_owned)),
            _ => {}
        }
        Ok(())
    }
}
