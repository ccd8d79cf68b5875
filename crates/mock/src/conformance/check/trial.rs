//! One transport and one peer in a check: sends requests, waits without hanging, and looks for what may not be seen.

use std::{convert::Infallible, error::Error as StdError, fmt, pin::Pin};

use bytes::Bytes;
use http::{Method, Request, Response};
use hubchannel_api::{Body, HttpTransport, Reach, Transport, TransportError, TransportErrorKind};

use super::Verdict;
use crate::conformance::{
    Framing, Harness, Peer, Scene, Skip,
    drive::{First, race, turns},
    report::Stop,
};

/// What no error and no `Debug` may show, and where it stands.
pub(super) const TOKEN: &str = "conformance-token-7f3a91";
pub(super) const PATH: &str = "conformance-path-e16a4d";
pub(super) const QUERY: &str = "conformance-query-5b20c8";
pub(super) const BODY: &str = "conformance-body-c41d06";
pub(super) const ANSWER: &str = "conformance-answer-9e77b2";

const SECRETS: &[(&str, &str)] = &[
    (TOKEN, "the token of the header `authorization`"),
    (PATH, "the token in the path"),
    (QUERY, "the query"),
    (BODY, "the body of the request"),
    (ANSWER, "the body of the answer"),
];

pub(super) type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

/// Ends a check with what was seen.
pub(super) fn fail(what: impl fmt::Display) -> Stop {
    Stop::Fail(what.to_string())
}

/// Ends a check unless both are equal.
pub(super) fn same<T: PartialEq + fmt::Debug>(what: impl fmt::Display, seen: T, expected: T) -> Verdict {
    if seen == expected {
        return Ok(());
    }
    Err(fail(format_args!("{what}: expected {expected:?}, got {seen:?}")))
}

/// Ends a check unless both are the same bytes, of which there may be many.
pub(super) fn same_bytes(what: impl fmt::Display, seen: &[u8], expected: &[u8]) -> Verdict {
    if seen == expected {
        return Ok(());
    }
    let at = seen
        .iter()
        .zip(expected)
        .take_while(|(seen, expected)| seen == expected)
        .count();
    let (seen, expected) = (seen.len(), expected.len());
    Err(fail(format_args!("{what}: expected {expected} bytes, got {seen}, which differ from byte {at} on")))
}

/// Where a check gets its peers.
#[derive(Clone, Copy)]
pub(super) struct Exam<'a>(&'a dyn Harness);

impl<'a> Exam<'a> {
    pub(super) fn new(harness: &'a dyn Harness) -> Self {
        Exam(harness)
    }

    pub(super) async fn peer(self, peer: Peer) -> Result<Trial<'a>, Stop> {
        let scene = self.0.set_up(peer).await?;
        Ok(Trial { harness: self.0, scene })
    }

    /// Ends a check that needs connections where there are none.
    pub(super) fn connects(self) -> Verdict {
        if self.0.connects() {
            return Ok(());
        }
        Err(Stop::from(Skip::because("the harness has no connections")))
    }

    /// A peer that answers with this, its length told by the head.
    pub(super) async fn answering(self, response: Response<Bytes>) -> Result<Trial<'a>, Stop> {
        let framing = Framing::Length;
        self.peer(Peer::Answers { response, framing }).await
    }
}

pub(super) struct Trial<'a> {
    harness: &'a dyn Harness,
    scene: Scene,
}

impl Trial<'_> {
    pub(super) fn transport(&self) -> &Transport {
        &self.scene.transport
    }

    pub(super) fn base_url(&self) -> &hubchannel_api::BaseUrl {
        &self.scene.base_url
    }

    /// The headers that the transport says it adds.
    pub(super) fn adds(&self) -> &'static [&'static str] {
        self.harness.adds()
    }

    /// A request with a secret everywhere where one may be.
    pub(super) fn request(&self, method: Method, path: &str, body: impl Into<Body>) -> Result<Request<Body>, Stop> {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}/channel-account-staging-tokens/{PATH}?key={QUERY}", self.scene.base_url))
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("accept", "application/json")
            .header("user-agent", "conformance/1")
            .header("content-type", "application/octet-stream")
            .body(body.into())
            .map_err(|error| fail(format_args!("the base address gives no request: {error}")))
    }

    /// A request like most.
    pub(super) fn post(&self) -> Result<Request<Body>, Stop> {
        self.request(Method::POST, "/messages", BODY)
    }

    pub(super) fn sending(&self, request: Request<Body>) -> Sending<'_> {
        Box::pin(self.scene.transport.send(request))
    }

    /// What a future gives, unless it takes so long that it will never.
    pub(super) async fn wait<T>(&self, future: impl Future<Output = T>) -> Result<T, Stop> {
        match race(future, self.harness.patience()).await {
            First::Left(value) => Ok(value),
            First::Right(()) => Err(fail("nothing happened for longer than the harness is patient")),
        }
    }

    /// The same, while time is made to pass.
    pub(super) async fn wait_in_time<T>(&self, future: impl Future<Output = T>) -> Result<T, Stop> {
        self.wait(async {
            match race(future, self.keep_settling()).await {
                First::Left(value) => value,
                First::Right(never) => match never {},
            }
        })
        .await
    }

    async fn keep_settling(&self) -> Infallible {
        loop {
            self.settle().await;
        }
    }

    pub(super) async fn settle(&self) {
        self.harness.settle().await;
        // Even where there is nothing to settle, others must get their turn.
        turns(1).await;
    }

    /// Sends, and wants an answer.
    pub(super) async fn answer(&self, request: Request<Body>) -> Result<(http::response::Parts, Bytes), Stop> {
        match self.wait(self.sending(request)).await? {
            Ok(response) => {
                let (parts, body) = response.into_parts();
                Ok((parts, body.as_bytes().cloned().unwrap_or_default()))
            }
            Err(error) => Err(fail(format_args!("there was an answer, but the transport failed: {}", Chain(&error)))),
        }
    }

    /// Wants a failure that says this of itself and shows no secret.
    pub(super) fn failure(
        &self,
        result: Result<Response<Body>, TransportError>,
        kinds: &[TransportErrorKind],
        reach: Reach,
    ) -> Verdict {
        let error = match result {
            Ok(response) => {
                let (status, body) = (response.status(), response.body());
                return Err(fail(format_args!("expected a failure, got an answer: {status}, {body:?}")));
            }
            Err(error) => error,
        };
        shows_no_secret("the error", &error)?;
        if error.to_string().lines().count() != 1 {
            return Err(fail(format_args!("the error's text is not one line: {:?}", error.to_string())));
        }
        if !kinds.contains(&error.kind()) || error.reach() != reach {
            return Err(fail(format_args!(
                "expected a failure of kind {kinds:?}, {reach:?}; got {:?}, {:?}: {}",
                error.kind(),
                error.reach(),
                Chain(&error)
            )));
        }
        Ok(())
    }

    pub(super) fn received(&self) -> Vec<Request<Bytes>> {
        self.scene.received()
    }

    /// Waits until the peer has received so many requests.
    pub(super) async fn until_received(&self, count: usize) {
        while self.received().len() < count {
            self.settle().await;
        }
    }

    /// Wants so many requests at the peer, and no more.
    pub(super) async fn received_only(&self, count: usize) -> Verdict {
        self.settle().await;
        same("requests that the peer received", self.received().len(), count)
    }

    /// Wants the end of every connection to the peer, after an exchange was dropped in this way.
    pub(super) async fn ends_connections(&self, dropped: &str) -> Verdict {
        /// What is under way may still become a connection.
        const UNDER_WAY: usize = 4;
        for _ in 0..UNDER_WAY {
            self.settle().await;
        }
        let mut open = self.scene.open()?;
        let ended = async {
            while open > 0 {
                self.settle().await;
                open = self.scene.open()?;
            }
            Ok(())
        };
        match race(ended, self.harness.patience()).await {
            First::Left(ended) => ended,
            First::Right(()) => {
                Err(fail(format_args!("a connection stayed open after an exchange was dropped {dropped}")))
            }
        }
    }

    /// The one request that the peer received.
    pub(super) async fn received_one(&self) -> Result<Request<Bytes>, Stop> {
        self.received_only(1).await?;
        self.received()
            .pop()
            .ok_or_else(|| fail("the peer forgot a request that it had received"))
    }
}

/// An error with its causes.
pub(super) struct Chain<'a>(pub(super) &'a dyn StdError);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}

fn shows_no_secret(what: &str, error: &TransportError) -> Verdict {
    let mut next: Option<&dyn StdError> = Some(error);
    while let Some(error) = next {
        holds_no_secret(what, &format!("{error} {error:#} {error:?} {error:#?}"))?;
        next = error.source();
    }
    Ok(())
}

pub(super) fn holds_no_secret(what: &str, text: &str) -> Verdict {
    for (secret, where_from) in SECRETS {
        if text.contains(secret) {
            return Err(fail(format_args!("{what} shows {where_from}")));
        }
    }
    Ok(())
}
