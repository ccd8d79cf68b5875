//! Whom an event is for, and the request that brings it.

use std::time::SystemTime;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Uri,
    header::{CONTENT_TYPE, USER_AGENT},
};
use hubchannel_api::{
    Body,
    model::{AppId, ChannelEvent, Secret, Url},
};
use hubchannel_webhook::Signer;

use super::{Queue, Target, WebhookAttempt, WebhookEvent};
use crate::{SERVER_NAME, state::State};

/// A request to a bridge, or why there is none.
pub(crate) struct Post {
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) request: Result<Request<Body>, String>,
}

/// Who is told of an event, and in which order with others.
pub(crate) fn targets(state: &State, event: WebhookEvent, now: SystemTime) -> Vec<(Queue, WebhookEvent)> {
    match event {
        WebhookEvent::Channel(event) => {
            let Some(channel_id) = event.channel_id() else {
                return Vec::new();
            };
            let target = Target::Channel(channel_id.clone());
            if address(state, &target, now).is_err() {
                return Vec::new();
            }
            let subject = subject(&event);
            vec![(Queue { target, subject }, WebhookEvent::Channel(event))]
        }
        WebhookEvent::Conversation(event) => {
            let portal_id = event.portal_id.as_ref().and_then(|id| id.as_str().parse().ok());
            let subject = event.object_id.as_ref().map_or("", |id| id.as_str());
            let apps = state.apps.subscribers().filter(|app| {
                let is_in = |portal_id| state.tokens.is_installed(app.id, portal_id);
                portal_id.is_some_and(is_in)
            });
            apps.map(|app| {
                let mut event = event.clone();
                event.app_id = AppId::from_number(app.id).into();
                let queue = Queue {
                    target: Target::App(app.id),
                    subject: subject.to_owned(),
                };
                (queue, WebhookEvent::Conversation(event))
            })
            .collect()
        }
    }
}

/// The thread of a message, or else the account that the event is about.
fn subject(event: &ChannelEvent) -> String {
    let thread = match event {
        ChannelEvent::OutgoingMessageCreated(event) => {
            let message = event.message.as_ref();
            message.and_then(|message| message.conversations_thread_id.as_ref())
        }
        _ => None,
    };
    match (thread, event.channel_account_id()) {
        (Some(thread), _) => format!("thread {thread}"),
        (None, Some(account)) => format!("account {account}"),
        (None, None) => String::new(),
    }
}

/// Where the target is to be told, and the secret that this is signed with.
fn address(state: &State, target: &Target, now: SystemTime) -> Result<(Url, Secret), String> {
    match target {
        Target::Channel(id) => {
            let channel = state.channels.seen(id.as_str(), now);
            let channel = channel.ok_or_else(|| format!("channel {id} is archived, or is not shown yet"))?;
            let url = channel.webhook_url.as_ref().filter(|url| !url.is_empty());
            let url = url.ok_or_else(|| format!("channel {id} has no webhookUrl"))?;
            let app = state
                .channels
                .owner(id.as_str())
                .and_then(|app_id| state.apps.get(app_id));
            let app = app.ok_or_else(|| format!("the emulator does not know the app of channel {id}"))?;
            Ok((url.clone(), app.client_secret.clone()))
        }
        Target::App(id) => {
            let app = state.apps.get(*id);
            let app = app.ok_or_else(|| format!("the emulator does not know the app {id}"))?;
            let url = app.subscription_url.clone();
            let url = url.ok_or_else(|| format!("app {id} has no address for subscriptions"))?;
            Ok((url, app.client_secret.clone()))
        }
    }
}

impl Post {
    /// What tells this target of this event now, after so many attempts.
    pub(crate) fn new(
        state: &State,
        target: &Target,
        (event, attempts): (&WebhookEvent, usize),
        now: SystemTime,
    ) -> Self {
        let body = body(event, attempts);
        match address(state, target, now) {
            Ok((url, secret)) => Post::to(url, &secret, target, body, now),
            Err(reason) => Post {
                url: Url::default(),
                headers: HeaderMap::new(),
                body,
                request: Err(reason),
            },
        }
    }

    fn to(url: Url, secret: &Secret, target: &Target, body: Bytes, now: SystemTime) -> Self {
        let mut headers = HeaderMap::new();
        let uri = Uri::try_from(url.as_str())
            .ok()
            .filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
        let Some(uri) = uri else {
            let reason = "the address is none of the form https://host/path".to_owned();
            return Post {
                url,
                headers,
                body,
                request: Err(reason),
            };
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(SERVER_NAME));
        let signer = Signer::new(secret.clone());
        // What is signed is what goes over the wire, which has a path where the address has none.
        headers.extend(signer.sign(&Method::POST, &uri.to_string(), &body, now));
        if matches!(target, Target::App(_)) {
            headers.extend(signer.sign_v1(&body));
        }
        let mut request = Request::new(Body::from(body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers.clone();
        Post {
            url,
            headers,
            body,
            request: Ok(request),
        }
    }

    /// The attempt that begins now.
    pub(crate) fn attempt(&self, now: SystemTime) -> WebhookAttempt {
        WebhookAttempt {
            at: now,
            url: self.url.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            ended_at: None,
            outcome: None,
        }
    }
}

fn body(event: &WebhookEvent, attempts: usize) -> Bytes {
    let json = match event {
        WebhookEvent::Channel(event) => serde_json::to_vec(event),
        WebhookEvent::Conversation(event) => {
            let mut event = event.clone();
            event.attempt_number = i64::try_from(attempts).unwrap_or(i64::MAX).into();
            serde_json::to_vec(&[event])
        }
    };
    // What the emulator has made of the model's types has nothing in it that is no JSON.
    json.unwrap_or_default().into()
}
