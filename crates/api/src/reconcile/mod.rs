//! What became of a message whose publishing ended without an answer.

mod likeness;
mod look;

use std::{fmt, time::Duration};

use http::header::LOCATION;
use hubchannel_model::{Message, MessageId, ThreadId, ThreadingModel};

use self::look::{Look, look};
use crate::{
    CallOptions, Client, ConversationsClient, Error, ErrorKind, PublishMessage,
    ensure::{Waits, waits::Pace},
};

/// Looks for a message of which nobody knows whether it was published; see [`Client::reconcile_publish`].
///
/// ```
/// use hubchannel_api::{Client, ConversationsClient, Error, PublishMessage, ReconcilePublish, Reconciled};
/// use hubchannel_model::MessageId;
///
/// /// Publishes a message of a conversation that HubSpot knows as this thread. The message names its `timestamp`,
/// /// `integrationThreadId` and `integrationIdempotencyId`.
/// async fn publish(
///     client: &Client,
///     conversations: &ConversationsClient,
///     call: PublishMessage,
///     thread: &str,
/// ) -> Result<Option<MessageId>, Error> {
///     let error = match client.publish_message(call.clone()).await {
///         Err(error) if error.outcome_unknown() => error,
///         answer => return Ok(answer?.into_inner().id.into_option()),
///     };
///     let reconcile = ReconcilePublish::after(call.clone(), &error).with_thread(conversations.clone(), thread);
///     match client.reconcile_publish(reconcile).await {
///         Reconciled::Found(message) => Ok(message.id.into_option()),
///         // With the same key, which the message names.
///         _ => Ok(client.publish_message(call).await?.into_inner().id.into_option()),
///     }
/// }
/// ```
///
/// HubSpot lists no messages by their `integrationIdempotencyId`, so a message can be looked for by its id only, where
/// that is known, or by its likeness in its thread.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReconcilePublish {
    /// The call as it was made. What the client fills in when it publishes is missing here unless the caller has set it:
    /// without a `timestamp` hardly any message can be told.
    pub publish: PublishMessage,
    /// The message's id, where it is known.
    pub message_id: Option<MessageId>,
    /// The thread that the message belongs to, and what it is read with.
    pub thread: Option<(ConversationsClient, ThreadId)>,
    /// Messages of the thread that are known to be others.
    pub others: Vec<MessageId>,
    /// Who threads the channel's conversations. Needed for a message without `integrationThreadId`: without either,
    /// nothing says that the message belongs to the thread.
    pub threading_model: Option<ThreadingModel>,
    /// How far HubSpot's time for the message may be from its `timestamp` for it to be found; ten seconds unless set. One
    /// that came up to a quarter of an hour before, or at any time after, is not found, but may be it.
    pub tolerance: Duration,
    /// When to look again.
    pub waits: Waits,
    /// The options of every call that is made. The deadline is that of all of them together, waits included.
    pub options: CallOptions,
}

impl ReconcilePublish {
    /// Looks for the message of this call.
    pub fn new(publish: PublishMessage) -> Self {
        ReconcilePublish {
            options: publish.options.clone(),
            publish,
            message_id: None,
            thread: None,
            others: Vec::new(),
            threading_model: None,
            tolerance: Duration::from_secs(10),
            waits: Waits::default(),
        }
    }

    /// Looks for the message of this call, which ended with this error. Where HubSpot answered, but with something that
    /// could not be read, the answer may tell the id.
    pub fn after(publish: PublishMessage, error: &Error) -> Self {
        ReconcilePublish {
            message_id: told_id(error),
            ..ReconcilePublish::new(publish)
        }
    }

    /// Sets the message's id.
    #[must_use]
    pub fn with_message_id(self, message_id: impl Into<MessageId>) -> Self {
        ReconcilePublish {
            message_id: Some(message_id.into()),
            ..self
        }
    }

    /// Sets the thread that the message belongs to: HubSpot's id of it, which earlier messages of the same
    /// `integrationThreadId`, or between the same participants, came back with.
    #[must_use]
    pub fn with_thread(self, conversations: ConversationsClient, thread_id: impl Into<ThreadId>) -> Self {
        ReconcilePublish {
            thread: Some((conversations, thread_id.into())),
            ..self
        }
    }

    /// Adds messages that are known to be others: those that other calls were answered with. Without them, a visitor who
    /// writes the same twice within seconds makes two messages that cannot be told apart.
    #[must_use]
    pub fn with_others(mut self, others: impl IntoIterator<Item = impl Into<MessageId>>) -> Self {
        self.others.extend(others.into_iter().map(Into::into));
        self
    }

    /// Sets who threads the channel's conversations.
    #[must_use]
    pub fn with_threading_model(self, model: impl Into<ThreadingModel>) -> Self {
        ReconcilePublish {
            threading_model: Some(model.into()),
            ..self
        }
    }

    /// Sets how far HubSpot's time for the message may be from its `timestamp`: what clocks differ by, and how long the
    /// message took.
    #[must_use]
    pub fn with_tolerance(self, tolerance: Duration) -> Self {
        ReconcilePublish { tolerance, ..self }
    }

    /// Sets when to look again. Without any wait the answer is never [`Reconciled::NotFound`].
    #[must_use]
    pub fn with_waits(self, waits: Waits) -> Self {
        ReconcilePublish { waits, ..self }
    }

    /// Sets how the calls differ from others; those of the publishing unless set.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        ReconcilePublish { options, ..self }
    }
}

/// The id that an answer of success told although it could not be read as a whole.
fn told_id(error: &Error) -> Option<MessageId> {
    if error.kind() != ErrorKind::Unreadable {
        return None;
    }
    let from_body = || {
        let body: serde_json::Value = serde_json::from_slice(error.body()?).ok()?;
        Some(body.get("id")?.as_str()?.to_owned())
    };
    let from_header = || {
        let location = error.headers()?.get(LOCATION)?.to_str().ok()?;
        let path = location.split(['?', '#']).next()?;
        Some(path.rsplit_once("/messages/")?.1.to_owned())
    };
    let is_plain = |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    from_body().or_else(from_header).filter(is_plain).map(Into::into)
}

/// What became of a message.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reconciled {
    /// It was published: this is it. By its id, or as the only one in the thread that is like it.
    Found(Box<Message>),
    /// It was not there after all the waits, in all of the thread or by its id, and it would have had to be: it was not
    /// published, or is not any more. Publish it again, with the same key all the same.
    ///
    /// In the thread there was no message of the same direction, account, text, sender and attachments from a quarter of an
    /// hour before its `timestamp` on, and none of the same direction and account at exactly that time, whatever it says. By
    /// its id HubSpot answered `OBJECT_NOT_FOUND` and named it.
    NotFound,
    /// It cannot be told. Publish it again with the same key: that is the only way to have it published, and what HubSpot
    /// does with a key that it knows is not documented.
    CannotTell(CannotTell),
}

/// Why it cannot be told what became of a message.
#[derive(Debug)]
#[non_exhaustive]
pub enum CannotTell {
    /// Neither the message's id nor its thread is known.
    NowhereToLook,
    /// A call failed, so that not everything was seen.
    Failed(Error),
    /// These messages of the thread may be it, and more than one, or none for certain.
    Ambiguous(Vec<MessageId>),
    /// It is not in the thread, but may be in another: the thread is or was closed, which makes HubSpot perhaps begin a
    /// new one (unknown), or nothing says that the message belongs to it.
    OtherThread,
    /// It was not there yet, and there was no time, or no wait was asked for, to look again.
    TooSoon,
}

impl fmt::Display for CannotTell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it cannot be told whether the message was published: ")?;
        match self {
            CannotTell::NowhereToLook => f.write_str("neither its id nor its thread is known")?,
            CannotTell::Failed(error) => write!(f, "{error}")?,
            CannotTell::Ambiguous(ids) => write!(f, "{} messages of its thread may be it", ids.len())?,
            CannotTell::OtherThread => f.write_str("it is not in its thread, but may be in another")?,
            CannotTell::TooSoon => f.write_str("it was not there, which may be too soon to say")?,
        }
        f.write_str("; publish it again with the same key")
    }
}

impl Client {
    /// Tells what became of a message whose publishing ended without an answer
    /// ([`Error::outcome_unknown`](crate::Error::outcome_unknown)): published, not published, or that it cannot be told.
    ///
    /// By its id the message is read. In its thread it is the one message with the same text, direction, sender, account
    /// and attachments, at its time: HubSpot says of a message when it was created, and whether that is its own
    /// `timestamp` is unknown, so an exactly equal time decides, and else any message since then may be it, or a quarter of
    /// an hour before, by which clocks may differ. It is looked for several times, for about
    /// a minute unless set otherwise, because HubSpot may show it late.
    ///
    /// It never says that a message was not published while a page was missing, while another message may be it, while
    /// the message may stand in another thread, or before it has waited. Archived messages are not seen. A message that
    /// is found may be another of the same words, where that one came at the same time and is not named by
    /// [`with_others`](ReconcilePublish::with_others).
    ///
    /// Only reads: call it as often, and from as many processes, as you like.
    pub async fn reconcile_publish(&self, call: ReconcilePublish) -> Reconciled {
        if call.message_id.is_none() && call.thread.is_none() {
            return Reconciled::CannotTell(CannotTell::NowhereToLook);
        }
        let pace = Pace::new(self.clock(), &call.options);
        let mut waits = call.waits.iter();
        loop {
            let look = look(self, &call, &pace).await;
            let goes_on = match &look {
                Look::Found(_) => false,
                // One that is shown late may be answered with any 404 before.
                Look::Failed(error) => error.is_retryable() || error.is_not_found(),
                Look::Absent | Look::Ambiguous(_) | Look::OtherThread => true,
            };
            let next = waits.next();
            if let Some(wait) = next
                && goes_on
                && pace.wait(wait).await
            {
                continue;
            }
            return match look {
                Look::Found(message) => Reconciled::Found(message),
                Look::Absent if next.is_none() && !call.waits.total().is_zero() => Reconciled::NotFound,
                Look::Absent => Reconciled::CannotTell(CannotTell::TooSoon),
                Look::Ambiguous(ids) => Reconciled::CannotTell(CannotTell::Ambiguous(ids)),
                Look::OtherThread => Reconciled::CannotTell(CannotTell::OtherThread),
                Look::Failed(error) => Reconciled::CannotTell(CannotTell::Failed(error)),
            };
        }
    }
}
