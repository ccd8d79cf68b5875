//! The operations of HubSpot's Conversations that a bridge has to do with.

use http::Response;
use hubchannel_api::{
    Body, GetActor, GetInbox, GetThread, GetThreadMessage, ListInboxes, ListPortalChannelAccounts, ListThreadMessages,
    ListThreads, ReadActors, UpdateThread,
    model::{
        ActorBatch, ActorBatchResult, BatchStatus, Field, Inbox, InboxQuery, PortalChannelAccountQuery, Thread,
        ThreadEntryQuery, ThreadId, ThreadQuery, ThreadStatus, ThreadUpdate,
    },
    server::AnyCall,
};

use super::{
    Desk,
    draft::{named, require},
    page::Window,
    refusal::Refusal,
    success,
};
use crate::{
    seed::TokenSeed,
    state::{Conversation, Doer, EntryRef, is_archived},
};

/// For a portal.
pub(super) fn act(desk: Desk<'_>, token: &TokenSeed) -> Result<Response<Body>, Refusal> {
    let portal_id = token.portal_id;
    let call = desk.try_read()?;
    match desk.readable(call)? {
        AnyCall::ListInboxes(call) => inboxes(&desk, portal_id, &call.query),
        AnyCall::GetInbox(call) => {
            let id = call.inbox_id.as_str();
            let found = desk.state.inboxes.get(id).filter(|(portal, _)| *portal == portal_id);
            // No inbox is archived.
            let found = found.filter(|_| call.archived != Some(true));
            success::<GetInbox>(found.ok_or_else(|| Refusal::no_inbox(id))?.1, None)
        }
        AnyCall::ListPortalChannelAccounts(call) => accounts(&desk, portal_id, &call.query),
        AnyCall::GetActor(call) => {
            let actor = desk.state.actor(portal_id, token.app_id, &call.actor_id);
            success::<GetActor>(&actor.ok_or_else(|| Refusal::no_actor(call.actor_id.as_str()))?, None)
        }
        AnyCall::ReadActors(call) => actors(&desk, token, &call.body),
        AnyCall::ListThreads(call) => threads(&desk, portal_id, &call.query),
        AnyCall::GetThread(call) => {
            success::<GetThread>(thread(&desk, portal_id, &call.thread_id, call.archived)?, None)
        }
        AnyCall::UpdateThread(call) => {
            check(&call.body)?;
            thread(&desk, portal_id, &call.thread_id, call.archived)?;
            let now = desk.now.into();
            let changed = match call.body.status.into_option() {
                Some(status) => {
                    let doer = Doer::app(token.app_id);
                    desk.state.set_status(portal_id, &call.thread_id, status, &doer, now)
                }
                None => desk
                    .state
                    .conversation(portal_id, &call.thread_id)
                    .map(Conversation::shown),
            };
            success::<UpdateThread>(changed.ok_or_else(|| Refusal::no_thread(call.thread_id.as_str()))?, None)
        }
        AnyCall::ListThreadMessages(call) => entries(&desk, portal_id, &call.thread_id, &call.query),
        AnyCall::GetThreadMessage(call) => {
            let conversation = desk.state.conversation(portal_id, &call.thread_id);
            let conversation = conversation.ok_or_else(|| Refusal::no_thread(call.thread_id.as_str()))?;
            let mut entries = desk.state.entries(conversation);
            let found = entries.find(|(_, id, _)| **id == call.message_id);
            let (_, _, entry) = found.ok_or_else(|| Refusal::no_message(&call.message_id))?;
            success::<GetThreadMessage>(&entry.to_entry(), None)
        }
        _ => Err(Refusal::internal()),
    }
}

fn inboxes(desk: &Desk<'_>, portal_id: u64, query: &InboxQuery) -> Result<Response<Body>, Refusal> {
    let window = Window::new(query.after.as_deref(), query.limit, query.default_page_length)?;
    let all = desk.state.inboxes.of(portal_id);
    let wanted = all.filter(|_| query.archived != Some(true));
    let page = window.page(wanted, Inbox::clone);
    success::<ListInboxes>(&page, None)
}

fn accounts(desk: &Desk<'_>, portal_id: u64, query: &PortalChannelAccountQuery) -> Result<Response<Body>, Refusal> {
    let window = Window::new(query.after.as_deref(), query.limit, query.default_page_length)?;
    let all = desk.state.accounts.of_portal(portal_id);
    let wanted = all.filter(|(_, account)| {
        is_archived(account) == query.archived.unwrap_or(false)
            && is_one_of(&query.channel_id, &account.channel_id)
            && is_one_of(&query.inbox_id, &account.inbox_id)
    });
    let page = window.page(wanted, |account| {
        let mut account = account.clone();
        account.delivery_identifier = Field::Absent;
        account
    });
    success::<ListPortalChannelAccounts>(&page, None)
}

/// Whether the value is among these; any will do where there are none.
fn is_one_of<T: PartialEq>(wanted: &[T], value: &Field<T>) -> bool {
    wanted.is_empty() || value.as_ref().is_some_and(|value| wanted.contains(value))
}

fn actors(desk: &Desk<'_>, token: &TokenSeed, body: &ActorBatch) -> Result<Response<Body>, Refusal> {
    require(&[("inputs", body.inputs.is_value())], desk.end())?;
    let inputs = body.inputs.as_deref().unwrap_or_default();
    let found = inputs
        .iter()
        .filter_map(|id| desk.state.actor(token.portal_id, token.app_id, id));
    let result = ActorBatchResult::build(|result| {
        result.status = BatchStatus::Complete.into();
        result.results = found.collect::<Vec<_>>().into();
        result.started_at = Field::Value(desk.now.into());
        result.completed_at = Field::Value(desk.now.into());
    });
    success::<ReadActors>(&result, None)
}

fn threads(desk: &Desk<'_>, portal_id: u64, query: &ThreadQuery) -> Result<Response<Body>, Refusal> {
    let window = Window::of_threads(query.after.as_deref(), query.limit)?;
    if query.thread_status.as_ref().is_some_and(|status| !status.is_named()) {
        return Err(Refusal::unparseable_query_parameter("threadStatus"));
    }
    let since = query.latest_message_timestamp_after.as_ref();
    if since.is_some_and(|since| !since.is_valid()) {
        return Err(Refusal::unparseable_query_parameter("latestMessageTimestampAfter"));
    }
    let contact = query.associated_contact_id.as_slice();
    let status = query.thread_status.as_slice();
    let wanted = desk.state.conversations_of(portal_id).filter(|(_, thread)| {
        query.archived != Some(true)
            && is_one_of(&query.inbox_id, &thread.inbox_id)
            && is_one_of(contact, &thread.associated_contact_id)
            && is_one_of(status, &thread.status)
            && since.is_none_or(|since| thread.latest_message_timestamp.as_ref() > Some(since))
    });
    let mut page = window.page(wanted, Thread::clone);
    page.total = Field::Absent;
    success::<ListThreads>(&page, None)
}

/// The portal's thread; none is archived.
fn thread<'d>(
    desk: &'d Desk<'_>,
    portal_id: u64,
    id: &ThreadId,
    archived: Option<bool>,
) -> Result<&'d Thread, Refusal> {
    let found = desk
        .state
        .conversation(portal_id, id)
        .filter(|_| archived != Some(true));
    found
        .map(Conversation::shown)
        .ok_or_else(|| Refusal::no_thread(id.as_str()))
}

fn check(update: &ThreadUpdate) -> Result<(), Refusal> {
    named("ThreadStatus", update.status.as_ref(), ThreadStatus::NAMED)?;
    if !update.status.is_value() && !update.archived.is_value() {
        return Err(Refusal::invalid("Failed to update object. The body of the request is empty."));
    }
    if update.archived.as_ref() == Some(&true) {
        return Err(Refusal::invalid("archived must not be true"));
    }
    Ok(())
}

fn entries(
    desk: &Desk<'_>,
    portal_id: u64,
    id: &ThreadId,
    query: &ThreadEntryQuery,
) -> Result<Response<Body>, Refusal> {
    let conversation = desk.state.conversation(portal_id, id);
    let entries = desk
        .state
        .entries(conversation.ok_or_else(|| Refusal::no_thread(id.as_str()))?);
    let window = Window::new(query.after.as_deref(), query.limit, None)?;
    let wanted = entries.filter(|_| query.archived != Some(true));
    let mut page = window.page(wanted.map(|(place, _, entry)| (place, entry)), EntryRef::to_entry);
    page.total = Field::Absent;
    success::<ListThreadMessages>(&page, None)
}
