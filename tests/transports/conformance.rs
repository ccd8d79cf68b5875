//! The conformance suite of transports, over loopback.

use std::{
    marker::PhantomData,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use async_trait::async_trait;
use hubchannel::{
    HttpTransport,
    hyper::HyperTransport,
    mock::conformance::{self, Harness, Peer, Scene, Skip},
    reqwest::ReqwestTransport,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::{
    server::{LIMIT, Server},
    transport::Loopback,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reqwest_does_what_a_transport_must() {
    let skipped = skipped_by::<ReqwestTransport>().await;
    assert!(skipped.is_empty(), "every peer can be had over loopback: {skipped:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hyper_does_what_a_transport_must() {
    let skipped = skipped_by::<HyperTransport>().await;
    assert_eq!(skipped, ["no_answer_in_time_is_unknown: it waits for ever"]);
}

/// Runs the suite, and tells which of its checks the transport cannot be asked.
async fn skipped_by<T: Loopback>() -> Vec<String> {
    let report = conformance::run(&Over::<T>(PhantomData)).await;
    report.assert();
    report
        .skipped()
        .map(|(check, reason)| format!("{check}: {reason}"))
        .collect()
}

struct Over<T>(PhantomData<fn() -> T>);

#[async_trait]
impl<T: Loopback> Harness for Over<T> {
    async fn set_up(&self, peer: Peer) -> Result<Scene, Skip> {
        match peer {
            // A socket that is bound and does not listen: nobody else can get the port, and connections are refused.
            Peer::Refuses => {
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind(loopback()).unwrap();
                let base_url = format!("http://{}", socket.local_addr().unwrap());
                Ok(scene(T::limited(LIMIT), &base_url, move || {
                    let _bound = &socket;
                    Vec::new()
                }))
            }
            // A server that never says a word of TLS: without TLS there is no connection.
            Peer::Unreachable => {
                let listener = TcpListener::bind(loopback()).unwrap();
                let base_url = format!("https://{}", listener.local_addr().unwrap());
                let transport = T::connecting_within(Duration::from_millis(50));
                Ok(scene(transport, &base_url, move || {
                    let _listening = &listener;
                    Vec::new()
                }))
            }
            Peer::TooSlow => {
                // In which a slow machine must have connected too.
                let transport = T::answered_within(Duration::from_secs(1))?;
                Ok(Server::start(Peer::Silent).scene(transport))
            }
            peer => Ok(Server::start(peer).scene(T::limited(LIMIT))),
        }
    }

    fn adds(&self) -> &'static [&'static str] {
        T::ADDS
    }

    #[expect(clippy::disallowed_methods, reason = "only a check that fails waits for this")]
    async fn patience(&self) {
        tokio::time::sleep(Duration::from_secs(20)).await;
    }

    /// A byte there and back over a connection of its own: in that time, any other has travelled.
    async fn settle(&self) {
        let listener = tokio::net::TcpListener::bind(loopback()).await.unwrap();
        let mut near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut far, _) = listener.accept().await.unwrap();
        near.write_all(&[1]).await.unwrap();
        let byte = far.read_u8().await.unwrap();
        far.write_all(&[byte]).await.unwrap();
        near.read_u8().await.unwrap();
        conformance::turns(16).await;
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn scene(
    transport: impl HttpTransport,
    base_url: &str,
    received: impl Fn() -> Vec<http::Request<bytes::Bytes>> + Send + Sync + 'static,
) -> Scene {
    Scene::new(transport, base_url.parse().unwrap(), received)
}
