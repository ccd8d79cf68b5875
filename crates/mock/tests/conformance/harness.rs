//! The mock as a transport to be checked: each peer is a script.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use hubchannel_api::{BaseUrl, Body, BodyStream};
use hubchannel_mock::{
    Answer, MockTransport, Rule,
    conformance::{Harness, Peer, Scene, Skip, turns},
    when,
};

/// Every scene that was set up, by its host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts(Arc<Mutex<HashMap<String, MockTransport>>>);

impl Hosts {
    pub(crate) fn add(&self, transport: &MockTransport) -> BaseUrl {
        let mut hosts = self.0.lock().unwrap();
        let host = format!("peer-{}.example", hosts.len());
        let base_url = format!("http://{host}/hubspot").parse().unwrap();
        hosts.insert(host, transport.clone());
        base_url
    }

    pub(crate) fn get(&self, host: &str) -> MockTransport {
        self.0.lock().unwrap()[host].clone()
    }
}

pub(crate) type Log = Box<dyn Fn() -> Vec<Request<Bytes>> + Send + Sync>;

#[derive(Default)]
pub(crate) struct MockHarness {
    pub(crate) hosts: Hosts,
}

impl MockHarness {
    /// A mock that behaves as if it reached this peer, its address, and what the peer would have received.
    pub(crate) fn stage(&self, peer: Peer) -> Result<(MockTransport, BaseUrl, Log), Skip> {
        // The mock sees what it is asked to send; what is never sent, no peer sees.
        let is_reached = !matches!(peer, Peer::Refuses | Peer::Unreachable);
        let transport = MockTransport::new().with(script(peer)?);
        let base_url = self.hosts.add(&transport);
        let mock = transport.clone();
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
        Peer::Resets { .. } | Peer::CutsHead { .. } | Peer::CutsOff { .. } | Peer::Garbles { .. } => {
            when().always(Answer::lost())
        }
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
        Ok(Scene::new(transport, base_url, log))
    }

    async fn patience(&self) {
        turns(10_000).await;
    }
}
