//! What a client does for one publish besides the exchange itself.

use std::{
    hint::black_box,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel::{
    Body, Client, HttpTransport, PublishMessage, TransportError,
    middleware::{RateLimiter, Stack, TokioClock},
    model::{NewMessage, decode},
};
use hubchannel_testkit::bodies;

use crate::{baseline, measure::Table};

/// A transport that is there at once.
#[derive(Debug)]
struct Instant(Body);

#[async_trait]
impl HttpTransport for Instant {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        black_box(request);
        Ok(Response::new(self.0.clone()))
    }
}

/// A whole publish by a client alone and with all that a bridge has around its transport, beside writing and reading the
/// same two bodies with derived structs and nothing else.
pub(crate) fn publish(table: &mut Table) {
    let transport = || Instant(Body::from(bodies::MESSAGE));
    let limiter = RateLimiter::new(10_000_000, Duration::from_secs(10), Arc::new(TokioClock));
    let stack = Stack::new(transport()).access_token("token").rate_limiter(limiter);
    let derived: baseline::NewMessage = serde_json::from_str(bodies::NEW_MESSAGE).unwrap();
    let bodies_alone = || {
        drop(black_box(serde_json::to_vec(black_box(&derived.clone())).unwrap()));
        let answer: baseline::Message = serde_json::from_slice(black_box(bodies::MESSAGE.as_bytes())).unwrap();
        drop(black_box(answer));
    };
    for (what, client) in [
        ("publish, client's own work", Client::new(transport())),
        ("publish, client's and stack's own work", Client::new(stack.build())),
    ] {
        table.compare(what, None, publishing(&client), bodies_alone);
    }
}

fn publishing(client: &Client) -> impl FnMut() {
    let body: NewMessage = decode(bodies::NEW_MESSAGE.as_bytes()).unwrap();
    move || {
        let call = PublishMessage::new("2930388", body.clone());
        let future = pin!(client.publish_message(call));
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(reply) => drop(black_box(reply.unwrap())),
            Poll::Pending => unreachable!("the transport is there at once"),
        }
    }
}
