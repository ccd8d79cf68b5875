//! Transports that do what they must not do.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{
    HeaderValue, Request, Response, Uri,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, LOCATION, TRANSFER_ENCODING},
};
use hubchannel_api::{
    Body, BodyStream, HttpTransport, Reach, StreamResponse, TransportError, TransportErrorKind, check_address,
};
use hubchannel_mock::conformance::{Harness, Peer, Scene, Skip, turns};

use crate::harness::{Hosts, Log, MockHarness};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Repeats,
    FollowsRedirects,
    CallsEverythingNotSent,
    TakesHalfAnswers,
    Shows(&'static str),
    FailsOnStatus,
    KeepsOneValueOfAHeader,
    CutsBodies,
    Unpacks,
    DropsTheQuery,
    ResolvesDots,
    /// Takes a request with this in its first line.
    Takes(&'static str),
    AddsHeaders,
    /// One that the harness speaks of, or does not.
    AddsAccept {
        says_so: bool,
    },
    MixesAnswers,
    AnswersSilence,
    NeverAnswers,
    SendsNothingOfASource,
    SendsHalfOfASource,
    EndsStreamsEarly,
    SendsAnyLength,
    AnswersForWhoCloses,
    TakesResetAnswers,
    Detaches,
    KeepsAnswers,
    ReadsAhead,
    /// Not the transport's fault: a slow peer hears of a request long after its sender has given up.
    IsHeardLate,
    /// Nor this: the harness cannot have one peer.
    Declines,
    DeclinesAll,
}

pub(crate) struct Wrong {
    inner: MockHarness,
    fault: Fault,
}

impl Wrong {
    pub(crate) fn new(fault: Fault) -> Self {
        Wrong {
            inner: MockHarness::default(),
            fault,
        }
    }
}

#[async_trait]
impl Harness for Wrong {
    async fn set_up(&self, peer: Peer) -> Result<Scene, Skip> {
        if self.fault == Fault::DeclinesAll || self.fault == Fault::Declines && matches!(peer, Peer::Refuses) {
            return Err(Skip::because("there are no connections here"));
        }
        let staged = peer.clone();
        let peer = match peer {
            // Who reads the whole request before he sends any of it gets no further before either.
            Peer::StopsReading { .. } if self.fault == Fault::ReadsAhead => Peer::Silent,
            peer => peer,
        };
        let (counted, base_url, mut log) = self.inner.stage(peer)?;
        if self.fault == Fault::IsHeardLate && matches!(staged, Peer::TooSlow) {
            log = late(log);
        }
        let transport = WrongTransport {
            hosts: self.inner.hosts.clone(),
            fault: self.fault,
            peer: staged,
            held: Arc::default(),
        };
        let under_way = counted.under_way;
        Ok(Scene::new(transport, base_url, log).with_open_connections(move || under_way.load(Ordering::SeqCst)))
    }

    fn adds(&self) -> &'static [&'static str] {
        match self.fault {
            Fault::AddsAccept { says_so: true } => &["accept"],
            _ => &[],
        }
    }

    async fn patience(&self) {
        turns(1_000).await;
    }
}

#[derive(Debug)]
struct WrongTransport {
    hosts: Hosts,
    fault: Fault,
    peer: Peer,
    /// The answer to an earlier request.
    held: Arc<Mutex<Option<Response<Body>>>>,
}

impl WrongTransport {
    async fn pass_on(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let transport = self.hosts.get(request.uri().host().unwrap());
        transport.send(request).await
    }
}

#[async_trait]
impl HttpTransport for WrongTransport {
    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let line = format!("{} {}", request.method(), request.uri());
        match self.fault {
            Fault::Takes(what) if line.contains(what) => return Ok(Response::default()),
            _ => check_address(&request)?,
        }
        match self.fault {
            Fault::Repeats => match self.pass_on(request.clone()).await {
                Err(error) if error.reach() == Reach::Unknown => self.pass_on(request).await,
                result => result,
            },
            Fault::FollowsRedirects => {
                let response = self.pass_on(request.clone()).await?;
                let Some(location) = response.headers().get(LOCATION) else {
                    return Ok(response);
                };
                let location: Uri = location.to_str().unwrap().parse().unwrap();
                *request.uri_mut() = if location.host().is_some() {
                    location
                } else {
                    format!("http://{}{location}", request.uri().host().unwrap())
                        .parse()
                        .unwrap()
                };
                self.pass_on(request).await
            }
            Fault::CallsEverythingNotSent => self
                .pass_on(request)
                .await
                .map_err(|error| TransportError::new(error.kind(), Reach::NotSent, "failed")),
            Fault::TakesHalfAnswers => match self.pass_on(request).await {
                Err(error) if error.kind() == TransportErrorKind::Interrupted => Ok(Response::new("{".into())),
                result => result,
            },
            Fault::Shows(what) => {
                let secret = match what {
                    "headers" => format!("{:?}", request.headers()),
                    "path" => request.uri().path().to_owned(),
                    "query" => request.uri().query().unwrap_or_default().to_owned(),
                    _ => String::from_utf8_lossy(&bytes(request.body())).into_owned(),
                };
                self.pass_on(request)
                    .await
                    .map_err(|error| TransportError::new(error.kind(), error.reach(), "failed").with_source(secret))
            }
            Fault::FailsOnStatus => {
                let response = self.pass_on(request).await?;
                if response.status().is_success() {
                    return Ok(response);
                }
                Err(TransportError::new(TransportErrorKind::Other, Reach::Unknown, "no success"))
            }
            Fault::KeepsOneValueOfAHeader => {
                keep_one(request.headers_mut());
                let mut response = self.pass_on(request).await?;
                keep_one(response.headers_mut());
                Ok(response)
            }
            Fault::CutsBodies => {
                let request = request.map(cut);
                Ok(self.pass_on(request).await?.map(cut))
            }
            Fault::Unpacks => {
                let mut response = self.pass_on(request).await?;
                if response.headers_mut().remove(CONTENT_ENCODING).is_some() {
                    *response.body_mut() = "{\"id\":\"7\"}".into();
                }
                Ok(response)
            }
            Fault::DropsTheQuery => {
                let uri = request.uri().to_string();
                *request.uri_mut() = uri.split('?').next().unwrap().parse().unwrap();
                self.pass_on(request).await
            }
            Fault::ResolvesDots => {
                let uri = request.uri().to_string();
                *request.uri_mut() = uri.replace("/a/..", "").replace("/./", "/").parse().unwrap();
                self.pass_on(request).await
            }
            Fault::AddsHeaders => {
                request
                    .headers_mut()
                    .insert("accept-encoding", HeaderValue::from_static("gzip"));
                self.pass_on(request).await
            }
            Fault::AddsAccept { .. } => {
                let accept = request.headers_mut().entry("accept");
                accept.or_insert(HeaderValue::from_static("*/*"));
                self.pass_on(request).await
            }
            Fault::MixesAnswers => {
                let response = self.pass_on(request).await?;
                let held = self.held.lock().unwrap().replace(response.clone());
                Ok(held.unwrap_or(response))
            }
            Fault::AnswersSilence if matches!(self.peer, Peer::Silent) => Ok(Response::default()),
            Fault::AnswersForWhoCloses if matches!(self.peer, Peer::ClosesAtOnce) => Ok(Response::default()),
            Fault::TakesResetAnswers if matches!(self.peer, Peer::ResetsAnswer { .. }) => {
                self.pass_on(request).await.or(Ok(Response::default()))
            }
            Fault::NeverAnswers => pending().await,
            Fault::SendsNothingOfASource => {
                let request = request.map(|body| bytes(&body).into());
                self.pass_on(request).await
            }
            Fault::SendsHalfOfASource => {
                let (parts, body) = request.into_parts();
                let mut sent = Vec::new();
                let mut stream = body.open();
                while let Some(Ok(piece)) = stream.next().await {
                    sent.extend_from_slice(&piece);
                }
                self.pass_on(Request::from_parts(parts, sent.into())).await
            }
            Fault::EndsStreamsEarly => {
                let streams = request.extensions().get::<StreamResponse>().is_some();
                match self.pass_on(request).await {
                    Err(error) if streams && error.kind() == TransportErrorKind::Interrupted => Ok(Response::default()),
                    result => result,
                }
            }
            Fault::SendsAnyLength => {
                request.headers_mut().remove(CONTENT_LENGTH);
                request.headers_mut().remove(TRANSFER_ENCODING);
                self.pass_on(request).await
            }
            Fault::Detaches => {
                let transport = self.hosts.get(request.uri().host().unwrap());
                tokio::spawn(async move { transport.send(request).await })
                    .await
                    .unwrap()
            }
            Fault::KeepsAnswers => {
                let (head, body) = self.pass_on(request).await?.into_parts();
                if body.as_bytes().is_some() {
                    return Ok(Response::from_parts(head, body));
                }
                let length = body.len();
                let stream = BodyStream::unfold(Kept(Some(body.open())), |mut kept| async move {
                    match kept.0.as_mut().unwrap().next().await {
                        Some(piece) => Ok(Some((piece?, kept))),
                        None => Ok(None),
                    }
                });
                Ok(Response::from_parts(head, Body::from_stream(length, stream)))
            }
            Fault::Takes(_) => self.pass_on(request).await,
            // Of the harness, or before another peer. The mock reads ahead.
            Fault::AnswersSilence
            | Fault::AnswersForWhoCloses
            | Fault::TakesResetAnswers
            | Fault::ReadsAhead
            | Fault::IsHeardLate
            | Fault::Declines
            | Fault::DeclinesAll => self.pass_on(request).await,
        }
    }
}

/// A log that is empty the first times that somebody looks.
fn late(log: Log) -> Log {
    let looks = AtomicUsize::new(0);
    Box::new(move || match looks.fetch_add(1, Ordering::SeqCst) {
        ..5 => Vec::new(),
        _ => log(),
    })
}

/// A stream that nobody ends.
struct Kept(Option<BodyStream>);

impl Drop for Kept {
    fn drop(&mut self) {
        std::mem::forget(self.0.take());
    }
}

fn keep_one(headers: &mut http::HeaderMap) {
    for name in headers.keys().cloned().collect::<Vec<_>>() {
        let value = headers[&name].clone();
        headers.insert(name, value);
    }
}

fn cut(body: Body) -> Body {
    let bytes = bytes(&body);
    bytes.slice(..bytes.len().min(0x1_0000)).into()
}

fn bytes(body: &Body) -> Bytes {
    body.as_bytes().cloned().unwrap_or_default()
}
