//! Messages, the threads that they are in, and how their delivery went.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use hubchannel_api::model::{
    ActorId, AppId, ChannelAccountId, ChannelId, Client, ClientType, FailureDetails, Field, Message, MessageDirection,
    MessageId, MessageStatus, MessageType, Recipient, Sender, StatusType, ThreadId, Timestamp, TruncationStatus,
};

use super::{Address, Draft, Line, Party, State};
use crate::seed::Threading;

/// A conversation's thread.
///
/// ```
/// use hubchannel_api::{Client, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
/// use hubchannel_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), hubchannel_api::Error> {
/// let emulator = Emulator::new();
/// let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
/// let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
/// for text in ["Hello", "Anybody there?"] {
///     let body = NewMessage::incoming(emulator.channel_account_id(), visitor.clone(), text)
///         .set_integration_thread_id("chat-42");
///     client.publish_message(PublishMessage::new(emulator.channel_id(), body)).await?;
/// }
/// let threads = emulator.threads();
/// assert_eq!(threads.len(), 1);
/// assert_eq!(threads[0].integration_thread_id.as_deref(), Some("chat-42"));
/// assert_eq!(threads[0].messages.len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Thread {
    /// HubSpot's id of it.
    pub id: ThreadId,
    /// The channel that it began on.
    pub channel_id: ChannelId,
    /// The channel account that it began on.
    pub channel_account_id: ChannelAccountId,
    /// The bridge's id of it, or the one that was made up in its place; `None` on a channel that threads by
    /// participants.
    pub integration_thread_id: Option<String>,
    /// Its messages, in the order of publishing.
    pub messages: Vec<MessageId>,
}

/// What is published.
#[derive(Debug, Default)]
pub(super) struct Messages {
    pub(super) all: Vec<Stored>,
    pub(super) by_id: BTreeMap<String, usize>,
    /// By account and idempotency key.
    by_key: BTreeMap<(ChannelAccountId, String), usize>,
    pub(super) threads: Vec<Thread>,
    threads_by: BTreeMap<(ChannelAccountId, Belonging), usize>,
    /// By portal and address.
    visitors: BTreeMap<(u64, Address), ActorId>,
}

#[derive(Debug)]
pub(super) struct Stored {
    pub(super) portal_id: u64,
    pub(super) message: Message,
}

/// What messages of one thread share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Belonging {
    Id(String),
    Visitors(BTreeSet<Address>),
}

/// How a message's delivery went.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) status: StatusType,
    pub(crate) reason: Option<String>,
}

impl State {
    pub(crate) fn messages(&self) -> impl ExactSizeIterator<Item = &Message> {
        self.messages.all.iter().map(|stored| &stored.message)
    }

    pub(crate) fn threads(&self) -> &[Thread] {
        &self.messages.threads
    }

    /// The message of this id, where portal and channel are its own.
    pub(crate) fn message(&self, portal_id: u64, channel_id: &ChannelId, id: &MessageId) -> Option<&Message> {
        let stored = self.messages.all.get(*self.messages.by_id.get(id.as_str())?)?;
        (stored.portal_id == portal_id && stored.message.channel_id.as_ref() == Some(channel_id))
            .then_some(&stored.message)
    }

    /// Stores the message, or returns the one that was stored with the same key before.
    pub(crate) fn publish(&mut self, line: &Line, draft: Draft, now: SystemTime) -> Message {
        let key = draft.key.clone().map(|key| (line.account_id.clone(), key));
        let first = key.as_ref().and_then(|key| self.messages.by_key.get(key));
        if let Some(first) = first.and_then(|at| self.messages.all.get(*at)) {
            return first.message.clone();
        }
        let id = self.ids.message();
        let thread_id = self.thread(line, &draft, &id);
        let message = self.compose(line, draft, id, thread_id, now);
        let at = self.messages.all.len();
        self.messages.all.push(Stored {
            portal_id: line.portal_id,
            message: message.clone(),
        });
        self.messages
            .by_id
            .extend(message.id.as_ref().map(|id| (id.as_str().to_owned(), at)));
        self.messages.by_key.extend(key.map(|key| (key, at)));
        self.converse(line, &message, now);
        message
    }

    /// Finds or opens the thread that the message belongs to, and adds it there.
    fn thread(&mut self, line: &Line, draft: &Draft, message: &MessageId) -> ThreadId {
        let belonging = match line.threading {
            Threading::IntegrationThreadId => {
                let given = draft.integration_thread.clone();
                Some(Belonging::Id(given.unwrap_or_else(|| self.ids.integration_thread())))
            }
            Threading::DeliveryIdentifier => {
                let visitors: BTreeSet<_> = draft.visitors().iter().map(|party| party.address.clone()).collect();
                // Nobody is no reason to belong together.
                (!visitors.is_empty()).then_some(Belonging::Visitors(visitors))
            }
        };
        let place = belonging.clone().map(|belonging| (line.account_id.clone(), belonging));
        let known = place.as_ref().and_then(|place| self.messages.threads_by.get(place));
        if let Some(thread) = known.and_then(|at| self.messages.threads.get_mut(*at)) {
            thread.messages.push(message.clone());
            return thread.id.clone();
        }
        let thread = Thread {
            id: self.ids.thread(),
            channel_id: line.channel_id.clone(),
            channel_account_id: line.account_id.clone(),
            integration_thread_id: match belonging {
                Some(Belonging::Id(id)) => Some(id),
                _ => None,
            },
            messages: vec![message.clone()],
        };
        let id = thread.id.clone();
        let at = self.messages.threads.len();
        self.messages.threads_by.extend(place.map(|place| (place, at)));
        self.messages.threads.push(thread);
        id
    }

    fn compose(&mut self, line: &Line, draft: Draft, id: MessageId, thread_id: ThreadId, now: SystemTime) -> Message {
        let incoming = draft.direction == MessageDirection::Incoming;
        let app = ActorId::from(format!("I-{}", line.app_id));
        let senders: Vec<Sender> = draft
            .senders
            .iter()
            .map(|party| {
                let mut sender = Sender::default();
                let actor = match &party.actor {
                    Some(actor) => actor.clone(),
                    None if incoming => self.visitor(line.portal_id, &party.address),
                    None => app.clone(),
                };
                sender.actor_id = actor.into();
                sender.name = party.name.clone().into();
                sender.delivery_identifier = Field::Value((&party.address).into());
                sender
            })
            .collect();
        let recipients: Vec<Recipient> = draft
            .recipients
            .iter()
            .map(|party| {
                let mut recipient = Recipient::default();
                let actor = match &party.actor {
                    Some(actor) => Some(actor.clone()),
                    None if incoming => None,
                    None => Some(self.visitor(line.portal_id, &party.address)),
                };
                recipient.actor_id = actor.into();
                recipient.name = party.name.clone().into();
                recipient.delivery_identifier = Field::Value((&party.address).into());
                recipient
            })
            .collect();
        let mut client = Client::default();
        client.client_type = ClientType::Integration.into();
        client.integration_app_id = AppId::from_number(line.app_id).into();

        let mut message = Message::default();
        message.r#type = MessageType::Message.into();
        message.id = id.into();
        message.conversations_thread_id = thread_id.into();
        message.created_at = created_at(draft.timestamp.as_ref(), now).into();
        message.created_by = senders
            .first()
            .and_then(|sender| sender.actor_id.as_ref().cloned())
            .unwrap_or(app)
            .into();
        message.client = client.into();
        message.senders = senders.into();
        message.recipients = recipients.into();
        message.archived = false.into();
        message.text = draft.text.into();
        message.rich_text = draft.rich_text.into();
        message.attachments = draft.attachments.into();
        message.truncation_status = TruncationStatus::NotTruncated.into();
        message.status = status(if incoming {
            StatusType::Received
        } else {
            StatusType::Sent
        })
        .into();
        message.direction = draft.direction.into();
        message.channel_id = line.channel_id.clone().into();
        message.channel_account_id = line.account_id.clone().into();
        message.in_reply_to_id = draft.in_reply_to.into();
        message
    }

    /// The visitor at this address: the same one each time.
    fn visitor(&mut self, portal_id: u64, address: &Address) -> ActorId {
        let ids = &mut self.ids;
        self.messages
            .visitors
            .entry((portal_id, address.clone()))
            .or_insert_with(|| ids.visitor())
            .clone()
    }

    /// Notes how the message's delivery went; `None` where there is no such message.
    pub(crate) fn report(
        &mut self,
        portal_id: u64,
        channel_id: &ChannelId,
        id: &MessageId,
        report: Report,
        now: SystemTime,
    ) -> Option<&Message> {
        self.message(portal_id, channel_id, id)?;
        let at = *self.messages.by_id.get(id.as_str())?;
        let stored = self.messages.all.get_mut(at)?;
        let failed = report.status == StatusType::Failed;
        let mut reported = status(report.status);
        if let (true, Some(reason)) = (failed, report.reason) {
            let mut details = FailureDetails::default();
            details.error_message = reason.into();
            details.error_message_tokens = BTreeMap::new().into();
            reported.failure_details = details.into();
        }
        stored.message.status = reported.into();
        stored.message.updated_at = Timestamp::from(now).into();
        Some(&stored.message)
    }
}

impl Draft {
    /// The participants on the outside.
    fn visitors(&self) -> &[Party] {
        if self.direction == MessageDirection::Incoming {
            &self.senders
        } else {
            &self.recipients
        }
    }
}

fn status(status: StatusType) -> MessageStatus {
    let mut value = MessageStatus::default();
    value.status_type = status.into();
    value
}

/// The time that the request gives, else the present one; in UTC, to the millisecond.
fn created_at(timestamp: Option<&Timestamp>, now: SystemTime) -> Timestamp {
    timestamp
        .and_then(Timestamp::to_unix_millis)
        .map_or_else(|| now.into(), Timestamp::from_unix_millis)
}
