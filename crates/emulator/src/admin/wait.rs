//! Waiting for something to be there.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use hubchannel_api::model::{Message, StatusType, ThreadId};
use serde::{Deserialize, Serialize};

use super::{
    AdminError, ConversationSummary, DeliveryView, RequestView,
    log::{operation, state_name},
    overview::summary,
};
use crate::{Emulator, WebhookOutcome, emulator::World};

/// The longest wait, in milliseconds.
const LONGEST: u64 = 300_000;

/// What is waited for.
///
/// ```
/// use hubchannel_emulator::{Emulator, admin::{Sought, WaitInput}};
///
/// # async fn example(emulator: &Emulator) -> Result<(), hubchannel_emulator::admin::AdminError> {
/// // Until the bridge has taken the second reply.
/// let replies = WaitInput { state: Some("DELIVERED".to_owned()), count: Some(2), ..WaitInput::new(Sought::Delivery) };
/// emulator.wait_for(replies).await?;
/// # Ok(())
/// # }
/// ```
///
/// It is there when so many match all that is set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WaitInput {
    /// What kind of thing.
    pub r#for: Sought,
    /// How many must match at least; 1 unless set.
    #[serde(default)]
    pub count: Option<usize>,
    /// How long is waited, in milliseconds by the clock of the [`Seed`](crate::Seed::with_clock), which nobody freezes; 30,000
    /// unless set, and never more than 300,000.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
    /// A message's conversation.
    #[serde(default)]
    pub conversation_id: Option<String>,
    /// A message's channel account.
    #[serde(default)]
    pub channel_account_id: Option<String>,
    /// A message's direction: `INCOMING` or `OUTGOING`.
    #[serde(default)]
    pub direction: Option<String>,
    /// What is in a message's text.
    #[serde(default)]
    pub text_contains: Option<String>,
    /// The status of a message or a conversation, by name; that of the answer to a request or to a delivery's last attempt, by
    /// number.
    #[serde(default)]
    pub status: Option<StatusInput>,
    /// A conversation's id.
    #[serde(default)]
    pub id: Option<String>,
    /// Who is to answer in a conversation.
    #[serde(default)]
    pub assigned_to: Option<String>,
    /// The operation that a request is, named as the client's method.
    #[serde(default)]
    pub operation: Option<String>,
    /// A request's method.
    #[serde(default)]
    pub method: Option<String>,
    /// What is in a request's path.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// A delivery's number.
    #[serde(default)]
    pub number: Option<usize>,
    /// The kind of a delivery's event.
    #[serde(default)]
    pub event_type: Option<String>,
    /// How far a delivery has come: `WAITING`, `UNDER_WAY`, `DELIVERED` or `GIVEN_UP`.
    #[serde(default)]
    pub state: Option<String>,
}

/// What kind of thing is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Sought {
    /// A message.
    Message,
    /// A conversation.
    Conversation,
    /// A request that has come in.
    Request,
    /// A webhook delivery.
    Delivery,
}

/// A status, by name or by number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum StatusInput {
    /// Such as 201.
    Number(u16),
    /// Such as `READ`.
    Name(String),
}

/// What was waited for.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Found {
    /// The sequence number of the last change when it was there.
    pub sequence: u64,
    /// All that match, the oldest first.
    pub found: FoundThings,
}

/// Things of one kind.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum FoundThings {
    /// Messages.
    Messages(Vec<Message>),
    /// Conversations.
    Conversations(Vec<ConversationSummary>),
    /// Requests.
    Requests(Vec<RequestView>),
    /// Deliveries.
    Deliveries(Vec<DeliveryView>),
}

impl FoundThings {
    /// How many they are.
    pub fn len(&self) -> usize {
        match self {
            FoundThings::Messages(found) => found.len(),
            FoundThings::Conversations(found) => found.len(),
            FoundThings::Requests(found) => found.len(),
            FoundThings::Deliveries(found) => found.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl WaitInput {
    /// Anything of this kind.
    pub fn new(r#for: Sought) -> Self {
        WaitInput {
            r#for,
            count: None,
            timeout_ms: None,
            conversation_id: None,
            channel_account_id: None,
            direction: None,
            text_contains: None,
            status: None,
            id: None,
            assigned_to: None,
            operation: None,
            method: None,
            path_contains: None,
            number: None,
            event_type: None,
            state: None,
        }
    }

    /// Fails where something is set that things of the kind do not have: it would match in silence.
    fn check(&self) -> Result<(), AdminError> {
        use Sought::{Conversation, Delivery, Message, Request};
        let members: [(&str, bool, &[Sought]); 12] = [
            ("conversationId", self.conversation_id.is_some(), &[Message]),
            ("channelAccountId", self.channel_account_id.is_some(), &[Message]),
            ("direction", self.direction.is_some(), &[Message]),
            ("textContains", self.text_contains.is_some(), &[Message]),
            ("id", self.id.is_some(), &[Conversation]),
            ("assignedTo", self.assigned_to.is_some(), &[Conversation]),
            ("operation", self.operation.is_some(), &[Request]),
            ("method", self.method.is_some(), &[Request]),
            ("pathContains", self.path_contains.is_some(), &[Request]),
            ("number", self.number.is_some(), &[Delivery]),
            ("eventType", self.event_type.is_some(), &[Delivery]),
            ("state", self.state.is_some(), &[Delivery]),
        ];
        for (name, is_set, kinds) in members {
            if is_set && !kinds.contains(&self.r#for) {
                return Err(AdminError::invalid(name, format!("what is waited for has no {name}; leave it out")));
            }
        }
        let by_name = matches!(self.r#for, Message | Conversation);
        match &self.status {
            Some(StatusInput::Number(_)) if by_name => {
                Err(AdminError::invalid("status", "the status of messages and conversations is a name, such as READ"))
            }
            Some(StatusInput::Name(_)) if !by_name => {
                Err(AdminError::invalid("status", "the status of requests and deliveries is a number, such as 201"))
            }
            _ => Ok(()),
        }
    }

    fn find(&self, world: &World) -> Found {
        let state = &world.state;
        let found = match self.r#for {
            Sought::Message => {
                let found = state.messages().filter(|message| self.is_message(message));
                FoundThings::Messages(found.cloned().collect())
            }
            Sought::Conversation => {
                let all = state.conversations().map(|conversation| summary(state, conversation));
                FoundThings::Conversations(all.filter(|conversation| self.is_conversation(conversation)).collect())
            }
            Sought::Request => {
                let found = world.received.all().filter(|request| {
                    let is_operation = |name: &String| operation(request) == Some(name.as_str());
                    same(&self.method, Some(request.method.as_str()))
                        && self
                            .path_contains
                            .as_ref()
                            .is_none_or(|path| request.path_and_query.contains(path.as_str()))
                        && self.has_number(request.answered.map(|status| status.as_u16()))
                        && self.operation.as_ref().is_none_or(is_operation)
                });
                FoundThings::Requests(found.map(RequestView::from).collect())
            }
            Sought::Delivery => {
                let found = world.schedule.deliveries().filter(|delivery| {
                    let last = delivery.attempts.last().and_then(|attempt| attempt.outcome.as_ref());
                    let status = match last {
                        Some(WebhookOutcome::Answered { status, .. }) => Some(status.as_u16()),
                        _ => None,
                    };
                    self.number.is_none_or(|number| delivery.number == number)
                        && same(&self.event_type, delivery.event.kind())
                        && same(&self.state, Some(state_name(&delivery.state)))
                        && self.has_number(status)
                });
                FoundThings::Deliveries(found.map(DeliveryView::from).collect())
            }
        };
        Found {
            sequence: state.changes.last(),
            found,
        }
    }

    fn is_message(&self, message: &Message) -> bool {
        let status = message.status.as_ref().and_then(|status| status.status_type.as_ref());
        let contains = |text: &String| message.text.as_ref().is_some_and(|own| own.contains(text.as_str()));
        same(&self.conversation_id, message.conversations_thread_id.as_ref().map(ThreadId::as_str))
            && same(&self.channel_account_id, message.channel_account_id.as_ref().map(|id| id.as_str()))
            && same(&self.direction, message.direction.as_ref().map(|direction| direction.as_str()))
            && self.text_contains.as_ref().is_none_or(contains)
            && self.has_name(status.map(StatusType::as_str))
    }

    fn is_conversation(&self, conversation: &ConversationSummary) -> bool {
        same(&self.id, Some(conversation.id.as_str()))
            && same(&self.assigned_to, conversation.assigned_to.as_deref())
            && self.has_name(conversation.status.as_ref().map(|status| status.as_str()))
    }

    fn has_name(&self, status: Option<&str>) -> bool {
        match &self.status {
            Some(StatusInput::Name(name)) => status == Some(name.as_str()),
            _ => true,
        }
    }

    fn has_number(&self, status: Option<u16>) -> bool {
        match &self.status {
            Some(StatusInput::Number(number)) => status == Some(*number),
            _ => true,
        }
    }
}

fn same(wanted: &Option<String>, own: Option<&str>) -> bool {
    wanted.as_deref().is_none_or(|wanted| own == Some(wanted))
}

impl Emulator {
    /// Waits until there is what is waited for. It looks at once and after every change, and at no other time.
    ///
    /// # Errors
    /// When it does not come in time, or something is set that cannot be waited for.
    pub async fn wait_for(&self, input: WaitInput) -> Result<Found, AdminError> {
        input.check()?;
        let least = input.count.unwrap_or(1);
        let millis = input.timeout_ms.unwrap_or(30_000).min(LONGEST);
        // Not by the emulator's own clock, which may be frozen.
        let mut timer = self.seed().clock().sleep(Duration::from_millis(millis));
        let mut found = pin!(self.wait_until(|emulator| {
            let found = input.find(&emulator.world());
            (found.found.len() >= least).then_some(found)
        }));
        poll_fn(|context| match found.as_mut().poll(context) {
            Poll::Ready(found) => Poll::Ready(Ok(found)),
            Poll::Pending => timer.as_mut().poll(context).map(|()| {
                let message = format!(
                    "this did not come within {millis} ms; look at the logs for what did, or wait longer with timeoutMs"
                );
                Err(AdminError::timed_out(message))
            }),
        })
        .await
    }
}
