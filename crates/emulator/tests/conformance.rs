//! The conformance suite of transports, in process.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use async_trait::async_trait;
use bytes::Bytes;
use http::Request;
use hubchannel_emulator::{Emulator, Fault, Received};
use hubchannel_mock::conformance::{self, Harness, Peer, Scene, Skip};

#[tokio::test]
async fn the_transport_does_what_a_transport_must() {
    let report = conformance::run(&InProcess).await;
    report.assert();
    let mut reasons: Vec<&str> = report.skipped().map(|(_, reason)| reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    assert_eq!(
        reasons,
        [
            NO_ECHO,
            NO_LIMIT,
            NO_PIECES,
            NO_PARTS,
            NO_ENDS,
            NO_SERVER,
            NO_TIMEOUT,
            NO_BYTES,
            NO_CONNECTIONS
        ],
        "{report}"
    );
}

const NO_ECHO: &str = "an emulator does not give back what it got";
const NO_LIMIT: &str = "answers are in memory already and have no limit";
const NO_PIECES: &str = "answers come whole or not at all";
const NO_PARTS: &str = "requests come whole or not at all";
const NO_CONNECTIONS: &str = "there is no connection without a request";
const NO_ENDS: &str = "the harness does not see the ends of connections";
const NO_SERVER: &str = "the harness has no connections";
const NO_TIMEOUT: &str = "the transport has no timeouts, and waits for ever";
const NO_BYTES: &str = "there are no bytes of HTTP";

/// More requests than any check sends.
const ALL: usize = 1_000;

struct InProcess;

#[async_trait]
impl Harness for InProcess {
    async fn set_up(&self, peer: Peer) -> Result<Scene, Skip> {
        let emulator = Emulator::new();
        match peer {
            Peer::Answers { response, .. } | Peer::Drips { response, .. } => {
                emulator.fail_times(Fault::AnswerBeforeEffect(response.map(Into::into)), ALL);
            }
            Peer::Refuses => emulator.fail_times(Fault::RefuseConnection, ALL),
            Peer::Silent => emulator.fail_times(Fault::SilenceBeforeEffect, ALL),
            Peer::Resets { .. } => emulator.fail_times(Fault::DropBeforeEffect, ALL),
            Peer::HangsUp { after } => {
                emulator.fail_times(Fault::answer(http::StatusCode::OK, ""), after);
                emulator.fail_times(Fault::DropBeforeEffect, ALL);
            }
            Peer::Echoes => return Err(Skip::because(NO_ECHO)),
            Peer::Unreachable | Peer::TooSlow => return Err(Skip::because(NO_TIMEOUT)),
            Peer::StopsReading { .. } => return Err(Skip::because(NO_PARTS)),
            Peer::ClosesAtOnce => return Err(Skip::because(NO_CONNECTIONS)),
            Peer::CutsHead { .. } | Peer::CutsOff { .. } | Peer::ResetsAnswer { .. } | Peer::Stalls { .. } => {
                return Err(Skip::because(NO_PIECES));
            }
            Peer::TooLarge { .. } => return Err(Skip::because(NO_LIMIT)),
            Peer::Garbles { .. } => return Err(Skip::because(NO_BYTES)),
            other => return Err(Skip::because(format_args!("unknown: {other:?}"))),
        }
        let base_url = "https://emulator.example".parse().map_err(Skip::because)?;
        let transport = emulator.transport();
        Ok(Scene::new(transport, base_url, move || emulator.received().into_iter().map(request).collect()))
    }

    fn connects(&self) -> bool {
        false
    }

    async fn patience(&self) {
        conformance::turns(10_000).await;
    }
}

fn request(received: Received) -> Request<Bytes> {
    let mut request = Request::new(received.body);
    *request.method_mut() = received.method;
    *request.uri_mut() = received.path_and_query.parse().unwrap();
    *request.headers_mut() = received.headers;
    request
}
