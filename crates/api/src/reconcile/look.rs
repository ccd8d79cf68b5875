//! One look for a message: by its id, and in its thread.

use hubchannel_model::{
    ErrorCategory, Field, Message, MessageId, Page, ThreadEntry, ThreadEntryQuery, ThreadId, ThreadStatus,
    ThreadingModel,
};

use super::{
    ReconcilePublish,
    likeness::{Likeness, created_at, is_before, is_same_time, likeness},
};
use crate::{
    CallOptions, Client, ConversationsClient, Error, GetMessage, GetThread, ListThreadMessages, Operation,
    OperationInfo, Reply,
    ensure::{
        listing::{List, every},
        waits::Pace,
    },
};

/// What one look has shown.
pub(super) enum Look {
    Found(Box<Message>),
    /// It is not where it would have to be.
    Absent,
    /// These may be it.
    Ambiguous(Vec<MessageId>),
    /// It is not in the thread, which need not be its own.
    OtherThread,
    Failed(Error),
}

pub(super) async fn look(client: &Client, call: &ReconcilePublish, pace: &Pace<'_>) -> Look {
    let by_id = match &call.message_id {
        Some(id) => by_id(client, call, id, pace).await,
        None => Look::Absent,
    };
    let (Look::Absent | Look::Failed(_), Some((conversations, thread))) = (&by_id, &call.thread) else {
        return by_id;
    };
    let in_thread = in_thread(conversations, thread, call, pace)
        .await
        .unwrap_or_else(Look::Failed);
    match (in_thread, by_id) {
        (Look::Found(message), _) => Look::Found(message),
        (_, Look::Failed(error)) => Look::Failed(error),
        (look, _) => look,
    }
}

async fn by_id(client: &Client, call: &ReconcilePublish, id: &MessageId, pace: &Pace<'_>) -> Look {
    let get = GetMessage::new(call.publish.channel_id.clone(), id.clone());
    let read = match pace.call(GetMessage::INFO) {
        Ok(options) => client.get_message(get.with_options(options)).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(message) => Look::Found(Box::new(message.into_inner())),
        Err(error) if says_missing(&error, id) => Look::Absent,
        Err(error) => Look::Failed(error),
    }
}

/// Whether HubSpot says that there is no such message. A 404 alone may be of the channel, or of something on the way.
fn says_missing(error: &Error, id: &MessageId) -> bool {
    let Some(body) = error.error_body().filter(|_| error.is_not_found()) else {
        return false;
    };
    let in_message = || body.message.as_deref().is_some_and(|text| text.contains(id.as_str()));
    let in_context = || {
        let context = body.context.as_ref();
        context.is_some_and(|context| context.values().flatten().any(|value| value == id.as_str()))
    };
    body.category.as_ref() == Some(&ErrorCategory::ObjectNotFound) && (in_message() || in_context())
}

async fn in_thread(
    conversations: &ConversationsClient,
    thread_id: &ThreadId,
    call: &ReconcilePublish,
    pace: &Pace<'_>,
) -> Result<Look, Error> {
    // Before its messages: a thread that is closed meanwhile says so among them.
    let get = GetThread::new(thread_id.clone()).with_options(pace.call(GetThread::INFO)?);
    let thread = conversations.get_thread(get).await?;
    let is_open = thread.status.as_ref() == Some(&ThreadStatus::Open) && thread.archived.as_ref() != Some(&true);

    let entries = Entries {
        conversations,
        thread_id,
    };
    let entries =
        every(&entries, pace, |entry| likeness(entry, call) != Likeness::Other || may_change_thread(entry, call))
            .await?;
    let published = call.publish.body.timestamp.as_ref();
    let was_open = !entries.iter().any(|entry| may_change_thread(entry, call));
    let mut messages: Vec<(Likeness, &ThreadEntry)> = Vec::new();
    for entry in &entries {
        let likeness = likeness(entry, call);
        let is_new = || {
            !messages
                .iter()
                .any(|(_, other)| id(entry).is_some() && id(other) == id(entry))
        };
        if likeness != Likeness::Other && is_new() {
            messages.push((likeness, entry));
        }
    }

    let exact: Vec<&Message> = messages
        .iter()
        .filter(|(likeness, _)| *likeness > Likeness::Altered)
        .filter_map(|(_, entry)| message(entry))
        .filter(|message| is_same_time(message.created_at.as_ref(), published))
        .collect();
    let alike: Vec<&Message> = messages
        .iter()
        .filter(|(likeness, _)| *likeness == Likeness::Same)
        .filter_map(|(_, entry)| message(entry))
        .collect();
    Ok(match (&*exact, &*alike) {
        ([message], alike) if alike.iter().any(|other| std::ptr::eq(*other, *message)) => {
            Look::Found(Box::new((*message).clone()))
        }
        ([], [message]) if messages.len() == 1 => Look::Found(Box::new((*message).clone())),
        _ if !messages.is_empty() => {
            let ids = messages.iter().filter_map(|(_, entry)| id(entry).cloned());
            Look::Ambiguous(ids.collect())
        }
        _ if is_open && was_open && belongs_to_thread(call) => Look::Absent,
        _ => Look::OtherThread,
    })
}

/// Whether the same conversation is the same thread, as long as that is open (documented).
fn belongs_to_thread(call: &ReconcilePublish) -> bool {
    match &call.publish.body.integration_thread_id {
        Field::Value(id) => !id.as_str().is_empty(),
        Field::Absent | Field::Null => call.threading_model == Some(ThreadingModel::DeliveryIdentifier),
    }
}

/// Whether the thread may have been closed since the message was published, by an entry that says so or whose meaning is
/// unknown.
fn may_change_thread(entry: &ThreadEntry, call: &ReconcilePublish) -> bool {
    let unknown = created_at(entry);
    let at = match entry {
        ThreadEntry::ThreadStatusChange(change) => change.created_at.as_ref(),
        entry if entry.as_unrecognized().is_some() => unknown.as_ref(),
        _ => return false,
    };
    !is_before(at, call.publish.body.timestamp.as_ref(), call.tolerance)
}

fn message(entry: &ThreadEntry) -> Option<&Message> {
    match entry {
        ThreadEntry::Message(message) => Some(message),
        _ => None,
    }
}

fn id(entry: &ThreadEntry) -> Option<&MessageId> {
    message(entry)?.id.as_ref()
}

struct Entries<'a> {
    conversations: &'a ConversationsClient,
    thread_id: &'a ThreadId,
}

impl List for Entries<'_> {
    type Item = ThreadEntry;

    const INFO: &'static OperationInfo = ListThreadMessages::INFO;

    async fn page(&self, after: Option<String>, options: CallOptions) -> Result<Reply<Page<ThreadEntry>>, Error> {
        let mut query = ThreadEntryQuery::default();
        query.after = after;
        let call = ListThreadMessages::new(self.thread_id.clone(), query);
        self.conversations
            .list_thread_messages(call.with_options(options))
            .await
    }
}
