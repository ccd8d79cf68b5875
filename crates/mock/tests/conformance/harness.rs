//! The mock as a transport to be checked: each peer is a script.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use hubchannel_api::{BaseUrl, Body, BodyStream, HttpTransport, TransportError};
use hubchannel_mock::{
    Answer, MockTransport, Rule,
    conformance::{Harness, Peer, Scene, Skip, turns},
    when,
};

/// Every scene that was set up, by its host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts(Arc<Mutex<HashMap<String, Counted>>>);

impl Hosts {
    pub(crate) fn add(&self, transport: &Counted) -> BaseUrl {
        let mut hosts = self.0.lock().unwrap();
        let host = format!("peer-{}.example", hosts.len());
        let base_url = format!("http://{host}/hubspot").parse().unwrap();
        hosts.insert(host, transport.clone());
        base_url
    }

    pub(crate) fn get(&self, host: &str) -> Counted {
        self.0.lock().unwrap()[host].clone()
    }
}

/// The mock, and how many exchanges over it are under way.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    mock: MockTransport,
    pub(crate) under_way: Arc<AtomicUsize>,
}

struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        UnderWay(Arc::clone(count))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl HttpTransport for Counted {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let under_way = UnderWay::new(&self.under_way);
        let response = self.mock.send(request).await?;
        if response.body().as_bytes().is_some() {
            return Ok(response);
        }
        // It is so until the answer was read.
        let (head, body) = response.into_parts();
        let length = body.len();
        let stream = BodyStream::unfold((body.open(), under_way), |(mut stream, under_way)| async move {
            match stream.next().await {
                Some(piece) => Ok(Some((piece?, (stream, under_way)))),
                None => Ok(None),
            }
        });
        Ok(Response::from_parts(head, Body::from_stream(length, stream)))
    }
}

pub(crate) type Log = Box<dyn Fn() -> Vec<Request<Bytes>> + Send + Sync>;

#[derive(Default)]
pub(crate) struct MockHarness {
    pub(crate) hosts: Hosts,
}

impl MockHarness {
    /// A mock that behaves as if it reached this peer, its address, and what the peer would have received.
    pub(crate) fn stage(&self, peer: Peer) -> Result<(Counted, BaseUrl, Log), Skip> {
        // The mock sees what it is asked to send; what is never sent, no peer sees.
        let is_reached = !matches!(peer, Peer::Refuses | Peer::ClosesAtOnce | Peer::Unreachable);
        let mock = MockTransport::new().with(script(peer)?);
        let transport = Counted {
            mock: mock.clone(),
            under_way: Arc::default(),
        };
        let base_url = self.hosts.add(&transport);
        let log = move || match is_reached {
            true => mock.requests().into_iter().map(Into::into).collect(),
            false => Vec::new(),
        };
        Ok((transport, base_url, Box::new(log)))
    }
}

/// Why the mock cannot have a peer that does not read a request to its end.
pub(crate) const WHOLE: &str = "requests come whole or not at all";

fn script(peer: Peer) -> Result<Rule, Skip> {
    Ok(match peer {
        Peer::Answers { response, .. } | Peer::Drips { response, .. } => {
            when().always(Answer::from(response.map(Into::into)))
        }
        Peer::Echoes => when()
            .always(Answer::with(|request| Answer::bytes(200, request.body.as_bytes().cloned().unwrap_or_default()))),
        Peer::Refuses => when().always(Answer::refused()),
        Peer::Unreachable => when().always(Answer::timeout_before_sending()),
        Peer::Silent => when().always(Answer::silence()),
        Peer::TooSlow => when().always(Answer::timeout_after_sending()),
        Peer::HangsUp { after } => (0..after)
            .fold(when().always(Answer::lost()), |rule, _| rule.once(Answer::status(200)))
            .at_least(0),
        Peer::Resets { .. }
        | Peer::CutsHead { .. }
        | Peer::CutsOff { .. }
        | Peer::Garbles { .. }
        | Peer::ClosesAtOnce
        | Peer::ResetsAnswer { .. } => when().always(Answer::lost()),
        Peer::Stalls { response, after, .. } => when().always(Answer::with(move |_| stalling(&response, after))),
        Peer::TooLarge { .. } => when().always(Answer::too_large()),
        Peer::StopsReading { .. } => return Err(Skip::because(WHOLE)),
        _ => return Err(Skip::because("not known to this harness")),
    })
}

/// An answer whose body comes as far as this, and then no further.
fn stalling(response: &Response<Bytes>, after: usize) -> Answer {
    let body = response.body();
    let stream = BodyStream::unfold(Some(body.slice(..after)), |piece| async move {
        match piece {
            Some(piece) => Ok(Some((piece, None))),
            None => std::future::pending().await,
        }
    });
    let length = u64::try_from(body.len()).unwrap();
    Answer::from(response.clone().map(|_| Body::from_stream(Some(length), stream)))
}

#[async_trait]
impl Harness for MockHarness {
    async fn set_up(&self, peer: Peer) -> Result<Scene, Skip> {
        let (transport, base_url, log) = self.stage(peer)?;
        let under_way = Arc::clone(&transport.under_way);
        Ok(Scene::new(transport, base_url, log).with_open_connections(move || under_way.load(Ordering::SeqCst)))
    }

    fn connects(&self) -> bool {
        false
    }

    async fn patience(&self) {
        turns(10_000).await;
    }
}
