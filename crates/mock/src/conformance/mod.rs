//! What a transport must do, as checks that anybody who writes one can run.
//!
//! ```
//! use async_trait::async_trait;
//! use hubchannel_mock::conformance::{self, Harness, Peer, Scene, Skip};
//! # use hubchannel_mock::{Answer, MockTransport, when};
//!
//! struct MyTransport;
//!
//! #[async_trait]
//! impl Harness for MyTransport {
//!     async fn set_up(&self, peer: Peer) -> Result<Scene, Skip> {
//!         let answer = match peer {
//!             Peer::Answers { response, .. } => Answer::from(response.map(Into::into)),
//!             // … the other peers …
//!             _ => return Err(Skip::because("this example knows one peer only")),
//!         };
//!         // Where there are sockets: start a server that behaves like the peer, and make a transport.
//!         let transport = MockTransport::new().with(when().always(answer));
//!         let base_url = "http://peer.example".parse().map_err(Skip::because)?;
//!         let log = transport.clone();
//!         Ok(Scene::new(transport, base_url, move || log.requests().into_iter().map(Into::into).collect()))
//!     }
//!
//!     fn connects(&self) -> bool {
//!         // Where there are sockets: leave this out.
//!         false
//!     }
//!
//!     async fn patience(&self) {
//!         // Where there are sockets: some seconds by a timer of the runtime.
//!         conformance::turns(1_000).await;
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let report = conformance::run(&MyTransport).await;
//! report.assert();
//! for (check, reason) in report.skipped() {
//!     println!("{check}: {reason}");
//! }
//! # }
//! ```
//!
//! A [`Harness`] brings the transport. For each check it is asked for a [`Peer`] that behaves in a certain way, and
//! answers with a [`Scene`]: a transport, the address at which it finds the peer, and what the peer received. A peer
//! that cannot exist for a transport is declined with a reason, and the [`Report`] lists what was not checked because of
//! it.
//!
//! The checks are those of the list at [`HttpTransport`](hubchannel_api::HttpTransport). Whatever fails in them is also
//! searched for secrets: neither the text nor the `Debug` of an error or of its sources may show a token of the request's
//! headers or of its path, its query, or a part of a body.
//!
//! An exchange that is dropped must end its connection, or its stream where exchanges share one. That is checked where the
//! scene tells how many are open; see [`Scene::with_open_connections`].
//!
//! The suite needs no runtime and no clock. It waits for events, and only where nothing must happen does it ask the
//! harness to [`settle`](Harness::settle); a check that would wait for ever ends when the harness loses its
//! [`patience`](Harness::patience).

mod check;
mod drive;
mod harness;
mod peer;
mod report;

pub use self::{
    drive::turns,
    harness::{Harness, Scene, Skip},
    peer::{Framing, Peer},
    report::Report,
};

/// Runs all checks, one after the other.
///
/// Panics only where the harness does.
pub async fn run(harness: &dyn Harness) -> Report {
    check::run(harness).await
}
