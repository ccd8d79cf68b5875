//! What was asked of the emulator, and what it told bridges.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Request};
use hubchannel_api::{
    model::{ChannelEvent, ConversationEvent, EventId, Timestamp, Url},
    redact,
    server::{self, query_pairs},
};
use serde::{Serialize, Serializer};

use super::AdminError;
use crate::{
    Emulator, Received, WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookOutcome, WebhookState, escape::escaped,
};

/// The most bytes of a body that are shown.
const SHOWN: usize = 16 * 1024;

/// The most entries of one answer.
const MOST: usize = 500;

/// Which part of a log is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Only entries with a number over this one, the first of them; without it the last entries.
    pub after: Option<usize>,
    /// Only entries with a number under this one.
    pub before: Option<usize>,
    /// How many at most; 100 unless set, and never more than 500.
    pub limit: Option<usize>,
}

impl Window {
    fn cut<T>(self, all: impl DoubleEndedIterator<Item = T>, number: impl Fn(&T) -> usize) -> Vec<T> {
        let limit = self.limit.unwrap_or(100).min(MOST);
        let all = all.filter(|one| self.before.is_none_or(|before| number(one) < before));
        match self.after {
            Some(after) => all.filter(|one| number(one) > after).take(limit).collect(),
            None => {
                let mut last: Vec<T> = all.rev().take(limit).collect();
                last.reverse();
                last
            }
        }
    }
}

/// A request to the emulator and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RequestView {
    /// Its place among all requests, from 0.
    pub number: usize,
    /// When it arrived.
    pub at: Timestamp,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The method.
    pub method: String,
    /// Path and query, where `***` stands for tokens and keys.
    pub path: String,
    /// The operation that it is, named as the client's method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<&'static str>,
    /// The answer's status; not there where no answer was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The headers of the request, where `***` stands for what may be secret.
    pub request_headers: BTreeMap<String, String>,
    /// The body of the request.
    pub request_body: BodyView,
    /// The body of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_body: Option<BodyView>,
}

impl From<&Received> for RequestView {
    fn from(received: &Received) -> Self {
        RequestView {
            number: received.number,
            at: received.at.into(),
            ended_at: received.ended_at.map(Timestamp::from),
            method: received.method.to_string(),
            path: shown_path(received),
            operation: operation(received),
            status: received.answered.map(|status| status.as_u16()),
            request_headers: redacted_headers(&received.headers),
            request_body: BodyView::new(&received.body),
            response_body: received.answered.map(|_| BodyView::new(&received.answer)),
        }
    }
}

fn bare(received: &Received) -> Option<Request<()>> {
    let request = Request::builder()
        .method(received.method.clone())
        .uri(received.path_and_query.as_str());
    request.body(()).ok()
}

/// The operation that a request is.
pub(super) fn operation(received: &Received) -> Option<&'static str> {
    let route = server::route(&bare(received)?).ok()?;
    Some(route.operation().name)
}

/// The parameters of a query that hold no secret; of any other only the name is shown.
const SHOWN_PARAMETERS: &[&str] = &[
    "after",
    "appId",
    "archived",
    "defaultPageLength",
    "default_page_length",
    "inboxId",
    "limit",
    "portalId",
    "property",
    "sort",
    "threadStatus",
];

fn shown_path(received: &Received) -> String {
    let mut path = redact::Path(&received.path_and_query).to_string().replace('…', "***");
    let pairs = bare(received).map(|request| query_pairs(&request)).unwrap_or_default();
    for (place, (name, value)) in pairs.iter().enumerate() {
        path.push(if place == 0 { '?' } else { '&' });
        path.push_str(&escaped(name));
        path.push('=');
        if SHOWN_PARAMETERS.contains(&name.as_str()) {
            path.push_str(&escaped(value));
        } else {
            path.push_str("***");
        }
    }
    path
}

/// A body, of which only the first 16 KiB are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyView {
    /// Its beginning.
    pub beginning: Bytes,
    /// How many bytes it has in all.
    pub size: usize,
}

impl BodyView {
    fn new(body: &Bytes) -> Self {
        let mut end = body.len().min(SHOWN);
        // A character that is cut in two is left out, where the rest is text.
        if let Err(error) = std::str::from_utf8(&body[..end])
            && error.error_len().is_none()
        {
            end = error.valid_up_to();
        }
        BodyView {
            beginning: body.slice(..end),
            size: body.len(),
        }
    }
}

/// `text` or `base64`, `size`, and `cut` where there is more.
impl Serialize for BodyView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'b> {
            #[serde(skip_serializing_if = "Option::is_none")]
            text: Option<&'b str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            base64: Option<String>,
            size: usize,
            #[serde(skip_serializing_if = "Option::is_none")]
            cut: Option<bool>,
        }
        let text = std::str::from_utf8(&self.beginning).ok();
        let shown = Shown {
            text,
            base64: text.is_none().then(|| super::files::encode(&self.beginning)),
            size: self.size,
            cut: (self.beginning.len() < self.size).then_some(true),
        };
        shown.serialize(serializer)
    }
}

/// An event on its way to a bridge.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeliveryView {
    /// Its place among all deliveries, from 0.
    pub number: usize,
    /// `WAITING`, `UNDER_WAY`, `DELIVERED` or `GIVEN_UP`.
    pub state: &'static str,
    /// What is told.
    pub event: EventView,
    /// What kind of event it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// The event's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// The delivery that this one repeats on demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<usize>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it is attempted next, once those before it in its thread are over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// Every attempt.
    pub attempts: Vec<AttemptView>,
}

/// An event as a body has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "the first is what nearly every one is")]
pub enum EventView {
    /// For a channel's webhook.
    Channel(ChannelEvent),
    /// For the subscriptions of an app.
    Conversation(ConversationEvent),
}

/// One request to a bridge.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AttemptView {
    /// When it was sent.
    pub at: Timestamp,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Where it was sent to.
    pub url: Url,
    /// Its headers, with the signature.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: BodyView,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeView>,
}

/// How an attempt ended.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutcomeView {
    /// `ANSWERED`, `TIMED_OUT`, `FAILED`, `UNSENT` or `ABANDONED`.
    pub kind: &'static str,
    /// The answer's status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The answer's body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyView>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

pub(super) fn state_name(state: &WebhookState) -> &'static str {
    match state {
        WebhookState::Waiting { .. } => "WAITING",
        WebhookState::UnderWay => "UNDER_WAY",
        WebhookState::Delivered => "DELIVERED",
        WebhookState::GivenUp => "GIVEN_UP",
    }
}

impl From<&WebhookDelivery> for DeliveryView {
    fn from(delivery: &WebhookDelivery) -> Self {
        DeliveryView {
            number: delivery.number,
            state: state_name(&delivery.state),
            event: match &delivery.event {
                WebhookEvent::Channel(event) => EventView::Channel(event.clone()),
                WebhookEvent::Conversation(event) => EventView::Conversation(event.clone()),
            },
            event_type: delivery.event.kind().map(str::to_owned),
            event_id: delivery.event.event_id().cloned(),
            replay_of: delivery.replay_of,
            queued_at: delivery.queued_at.into(),
            next_attempt_at: delivery.state.waits_until().map(Timestamp::from),
            attempts: delivery.attempts.iter().map(AttemptView::from).collect(),
        }
    }
}

impl From<&WebhookAttempt> for AttemptView {
    fn from(attempt: &WebhookAttempt) -> Self {
        AttemptView {
            at: attempt.at.into(),
            ended_at: attempt.ended_at.map(Timestamp::from),
            url: attempt.url.clone(),
            headers: shown_headers(&attempt.headers),
            body: BodyView::new(&attempt.body),
            outcome: attempt.outcome.as_ref().map(OutcomeView::from),
        }
    }
}

fn redacted_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut shown = shown_headers(headers);
    for name in headers.keys().filter(|name| !redact::is_shown(name)) {
        shown.insert(name.as_str().to_owned(), "***".to_owned());
    }
    shown
}

fn shown_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let shown = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    shown.collect()
}

impl From<&WebhookOutcome> for OutcomeView {
    fn from(outcome: &WebhookOutcome) -> Self {
        let (kind, status, body, message) = match outcome {
            WebhookOutcome::Answered { status, body } => {
                ("ANSWERED", Some(status.as_u16()), Some(BodyView::new(body)), None)
            }
            WebhookOutcome::TimedOut => ("TIMED_OUT", None, None, None),
            WebhookOutcome::Failed { message, .. } => ("FAILED", None, None, Some(message.clone())),
            WebhookOutcome::Unsent { reason } => ("UNSENT", None, None, Some(reason.clone())),
            WebhookOutcome::Abandoned => ("ABANDONED", None, None, None),
        };
        OutcomeView {
            kind,
            status,
            body,
            message,
        }
    }
}

/// # Logs
impl Emulator {
    /// Requests that came in, the oldest first, as [`received`](Emulator::received) keeps them, without secrets in their paths
    /// and with the beginnings of their bodies.
    pub fn request_log(&self, window: Window) -> Vec<RequestView> {
        let world = self.world();
        let cut = window.cut(world.received.all(), |request| request.number);
        cut.into_iter().map(RequestView::from).collect()
    }

    /// Webhook deliveries, the oldest first, as [`deliveries`](Emulator::deliveries) keeps them.
    pub fn delivery_log(&self, window: Window) -> Vec<DeliveryView> {
        let world = self.world();
        let cut = window.cut(world.schedule.deliveries(), |delivery| delivery.number);
        cut.into_iter().map(DeliveryView::from).collect()
    }

    /// One webhook delivery.
    ///
    /// # Errors
    /// When there is no such delivery, or it is not kept any more.
    pub fn delivery(&self, number: usize) -> Result<DeliveryView, AdminError> {
        let world = self.world();
        let delivery = world.schedule.delivery(number).map(DeliveryView::from);
        delivery.ok_or_else(|| AdminError::not_found(format!("there is no delivery {number}; the log lists them")))
    }
}
