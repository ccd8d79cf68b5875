//! A transport that answers what the test says and remembers what it was sent.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

pub(crate) mod cases;

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use http::{HeaderMap, Request, Response, StatusCode};
use hubchannel_api::{
    Body, Client, Error, HttpTransport, PublishMessage, Reply, TransportError,
    model::{DeliveryIdentifier, Message, NewMessage, Participant},
};

type Answer = Box<dyn Fn() -> Result<Response<Body>, TransportError> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Wire {
    answer: Arc<Answer>,
    sent: Arc<Mutex<Vec<Request<Body>>>>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    pub(crate) fn new(answer: impl Fn() -> Result<Response<Body>, TransportError> + Send + Sync + 'static) -> Self {
        Wire {
            answer: Arc::new(Box::new(answer)),
            sent: Arc::default(),
        }
    }

    /// Answers with this status, these headers and this body.
    pub(crate) fn answering(status: u16, headers: &[(&'static str, &str)], body: &str) -> Self {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let body = body.to_owned();
        Wire::new(move || {
            let mut response = Response::new(Body::from(body.clone()));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            *response.headers_mut() = headers.clone();
            Ok(response)
        })
    }

    pub(crate) fn ok() -> Self {
        Wire::answering(201, &[], r#"{"id":"5c1f0b8e"}"#)
    }

    pub(crate) fn sent(&self) -> Vec<Request<Body>> {
        self.sent.lock().unwrap().clone()
    }

    /// The one request that was sent.
    pub(crate) fn only(&self) -> Request<Body> {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "one request was sent");
        sent.remove(0)
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.clone())
    }
}

#[async_trait]
impl HttpTransport for Wire {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.sent.lock().unwrap().push(request);
        (self.answer)()
    }
}

/// Runs what never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

pub(crate) fn hello() -> NewMessage {
    NewMessage::incoming("2", Participant::new(DeliveryIdentifier::opaque("chat:1")), "hello")
}

pub(crate) fn publish(wire: &Wire) -> Result<Reply<Message>, Error> {
    now(wire.client().publish_message(PublishMessage::new("1", hello())))
}

pub(crate) fn json(request: &Request<Body>) -> serde_json::Value {
    serde_json::from_slice(request.body().as_bytes().unwrap()).unwrap()
}
