//! A wire that follows a script, and a hand on the clock.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test is how this reports")]
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use hubchannel_api::{
    Attempts, Body, Call, CreateChannelAccount, GetMessage, HttpTransport, Operation, OperationInfo, PublishMessage,
    Reach, TransportError, TransportErrorKind, UpdateMessageStatus,
    clock::{Clock, ManualClock},
};
use hubchannel_middleware::{Retry, RetryPolicy};

pub const READ: &OperationInfo = GetMessage::INFO;
pub const PUBLISH: &OperationInfo = PublishMessage::INFO;
pub const UPDATE: &OperationInfo = UpdateMessageStatus::INFO;
pub const CREATE: &OperationInfo = CreateChannelAccount::INFO;

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub type Outcome = Result<Response<Body>, TransportError>;

/// The end of an attempt.
#[derive(Clone, Debug)]
pub enum End {
    Status(u16, Vec<(&'static str, String)>),
    Failure(TransportErrorKind, Reach),
}

impl End {
    pub fn status(status: u16) -> Self {
        End::Status(status, Vec::new())
    }

    pub fn with_header(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            End::Status(status, mut headers) => {
                headers.push((name, value.into()));
                End::Status(status, headers)
            }
            End::Failure(..) => panic!("only an answer has headers"),
        }
    }

    pub fn refused() -> Self {
        End::Failure(TransportErrorKind::Connect, Reach::NotSent)
    }

    pub fn lost() -> Self {
        End::Failure(TransportErrorKind::Interrupted, Reach::Unknown)
    }

    pub fn result(self) -> Result<Response<Body>, TransportError> {
        match self {
            End::Failure(kind, reach) => Err(TransportError::new(kind, reach, "as scripted")),
            End::Status(status, headers) => {
                let mut response = Response::new(Body::from("{}"));
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                for (name, value) in headers {
                    let (name, value) = (HeaderName::from_static(name), HeaderValue::try_from(value).unwrap());
                    response.headers_mut().append(name, value);
                }
                Ok(response)
            }
        }
    }
}

/// What reached the wire, and when.
#[derive(Clone, Debug)]
pub struct Seen {
    pub at: Duration,
    pub method: Method,
    pub address: String,
    pub body: Body,
    pub keyed: Option<bool>,
}

/// Ends attempts as the script says, each after its time; beyond the script it never answers. Clones are the same.
#[derive(Clone, Debug)]
pub struct Wire {
    pub clock: ManualClock,
    script: Arc<Mutex<VecDeque<(Duration, End)>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Wire {
    pub fn new(script: impl IntoIterator<Item = End>) -> Self {
        Wire::timed(script.into_iter().map(|end| (Duration::ZERO, end)))
    }

    pub fn timed(script: impl IntoIterator<Item = (Duration, End)>) -> Self {
        Wire {
            clock: ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            seen: Arc::default(),
        }
    }

    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    pub fn then(&self, script: impl IntoIterator<Item = (Duration, End)>) {
        self.script.lock().unwrap().extend(script);
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The times between the end of an attempt and the start of the next, where attempts take no time.
    pub fn waits(&self) -> Vec<Duration> {
        let seen = self.seen();
        seen.windows(2).map(|pair| pair[1].at - pair[0].at).collect()
    }
}

#[async_trait]
impl HttpTransport for Wire {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.seen.lock().unwrap().push(Seen {
            at: self.clock.monotonic(),
            method: request.method().clone(),
            address: request.uri().to_string(),
            body: request.body().clone(),
            keyed: request.extensions().get::<Call>().map(|call| call.keyed),
        });
        let next = self.script.lock().unwrap().pop_front();
        let Some((takes, end)) = next else {
            return std::future::pending().await;
        };
        if !takes.is_zero() {
            self.clock.sleep(takes).await;
        }
        end.result()
    }
}

/// A request of this operation.
pub fn request(operation: &'static OperationInfo, keyed: bool) -> Request<Body> {
    let mut call = Call::new(operation);
    call.keyed = keyed;
    request_of(call)
}

pub fn request_of(call: Call) -> Request<Body> {
    let mut request = bare_request(call.operation.method.clone());
    request.extensions_mut().insert(call);
    request
}

/// A request that says nothing of its operation.
pub fn bare_request(method: Method) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri("https://api.hubapi.com/conversations/v3/custom-channels/7/messages?hapikey=not-to-be-seen")
        .body(Body::from(r#"{"text":"not to be seen either"}"#))
        .unwrap()
}

/// Turns the clock from wait to wait until the future is done.
pub fn drive<T>(clock: &ManualClock, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        match clock.next_wake() {
            Some(wait) => clock.advance(wait),
            None => panic!("it waits for what never comes"),
        }
    }
}

/// Polls once; true if it is not done.
pub fn pends<F: Future + ?Sized>(future: std::pin::Pin<&mut F>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_pending()
}

/// The layer alone, drawing the same waits every time.
pub fn retry(wire: &Wire, policy: RetryPolicy) -> Retry {
    Retry::new(wire.clone(), wire.clock(), policy.seed(7))
}

/// What comes of a request to the layer alone.
pub fn run(wire: &Wire, policy: RetryPolicy, request: Request<Body>) -> Outcome {
    drive(&wire.clock, retry(wire, policy).send(request))
}

/// What the layer says that it tried.
pub fn attempts(outcome: &Outcome) -> Attempts {
    match outcome {
        Ok(response) => response.extensions().get::<Attempts>(),
        Err(error) => error.attempts(),
    }
    .cloned()
    .unwrap()
}
