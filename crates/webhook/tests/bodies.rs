//! Bodies that come in piece by piece.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::{Ready, ready},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body::{Body, Frame};
use hubchannel_webhook::{Receiver, RejectionKind, Signer, Verified, VerifyLayer};
use tower_layer::Layer;
use tower_service::Service;

use self::common::{PUBLIC, SECRET, at, at_once, verifier};

const NOW: u64 = 1_780_000_000_000;
const MOST: u64 = 300_000;
const BODY: &str = r#"{"type":"CHANNEL_ACCOUNT_PURGED"}"#;

/// A body of which every piece takes its time.
#[derive(Clone, Debug, Default)]
struct Pieces {
    frames: VecDeque<Result<Bytes, ()>>,
    clock: Arc<AtomicU64>,
    each_takes: u64,
}

impl From<Bytes> for Pieces {
    fn from(bytes: Bytes) -> Self {
        Pieces {
            frames: [Ok(bytes)].into(),
            ..Pieces::default()
        }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.clock.fetch_add(self.each_takes, Ordering::Relaxed);
        Poll::Ready(self.frames.pop_front().map(|frame| match frame {
            Ok(bytes) => Ok(Frame::data(bytes)),
            Err(()) => {
                let mut trailers = HeaderMap::new();
                trailers.insert("x-trailer", "1".parse().unwrap());
                Ok(Frame::trailers(trailers))
            }
        }))
    }
}

/// What the service has seen: the pieces of its body.
type Seen = Arc<Mutex<Vec<Pieces>>>;

#[derive(Clone, Debug, Default)]
struct Inner(Seen);

impl Service<Request<Pieces>> for Inner {
    type Response = Response<Vec<u8>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Pieces>) -> Self::Future {
        assert_eq!(request.extensions().get::<Verified>().unwrap().body(), BODY);
        self.0.lock().unwrap().push(request.into_body());
        ready(Ok(Response::new(b"seen".to_vec())))
    }
}

/// A server whose clock moves with the bodies that it reads, and what was told of refusals.
struct Server {
    clock: Arc<AtomicU64>,
    seen: Seen,
    told: Arc<Mutex<Vec<RejectionKind>>>,
}

impl Server {
    fn new(millis: u64) -> Self {
        Server {
            clock: Arc::new(AtomicU64::new(millis)),
            seen: Seen::default(),
            told: Arc::default(),
        }
    }

    fn status(&self, frames: &[Result<&str, ()>], each_takes: u64) -> u16 {
        let (clock, told) = (Arc::clone(&self.clock), Arc::clone(&self.told));
        let receiver = Receiver::new(verifier(PUBLIC), move || at(clock.load(Ordering::Relaxed)));
        let receiver = receiver.on_refusal(move |refused| {
            let rejection = refused.refusal().rejection().unwrap();
            let explanation = refused.explain().unwrap();
            assert_eq!(explanation.rejection(), Some(rejection), "an explanation has the reason, body or none");
            told.lock().unwrap().push(rejection.kind());
        });
        let frames = frames
            .iter()
            .map(|frame| frame.map(|text| Bytes::copy_from_slice(text.as_bytes())));
        let body = Pieces {
            frames: frames.collect(),
            clock: Arc::clone(&self.clock),
            each_takes,
        };
        let mut request = Request::post("/events").body(body).unwrap();
        let url = "https://bridge.example.com/events";
        request
            .headers_mut()
            .extend(Signer::new(SECRET).sign(&Method::POST, url, BODY, at(NOW)));
        let mut service = VerifyLayer::new(receiver).layer(Inner(Arc::clone(&self.seen)));
        at_once(service.call(request)).unwrap().status().as_u16()
    }

    fn told(&self) -> Vec<RejectionKind> {
        self.told.lock().unwrap().clone()
    }
}

#[test]
fn a_service_gets_the_pieces_in_one_and_no_trailers() {
    let server = Server::new(NOW);
    let (one, other) = BODY.split_at(7);
    assert_eq!(server.status(&[Ok(one), Ok(""), Ok(other), Err(())], 0), 200);
    let seen = server.seen.lock().unwrap();
    assert_eq!(seen[0].frames, [Ok(Bytes::from_static(BODY.as_bytes()))]);
}

#[test]
fn a_body_may_take_its_time_as_long_as_the_signature_is_good() {
    let server = Server::new(NOW);
    // The end is asked for as well.
    assert_eq!(server.status(&[Ok(BODY)], MOST / 2), 200);
    assert_eq!(server.clock.load(Ordering::Relaxed), NOW + MOST);
}

#[test]
fn a_body_that_is_held_back_until_the_signature_is_old_is_refused() {
    let server = Server::new(NOW);
    assert_eq!(server.status(&[Ok(BODY)], MOST / 2 + 1), 401);
    assert_eq!(server.told(), [RejectionKind::Stale]);
    assert!(server.seen.lock().unwrap().is_empty());
}

#[test]
fn nobody_waits_for_the_body_of_what_is_old_or_from_the_future() {
    for (now, kind) in [
        (NOW + MOST + 1, RejectionKind::Stale),
        (NOW - MOST - 1, RejectionKind::Future),
    ] {
        let server = Server::new(now);
        assert_eq!(server.status(&[Ok(BODY)], 1), 401);
        assert_eq!(server.told(), [kind]);
        assert_eq!(server.clock.load(Ordering::Relaxed), now, "the body was read");
    }
}
