//! The conformance suite of transports, over loopback.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

mod server;

use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use async_trait::async_trait;
use hubchannel_mock::conformance::{self, Harness, Peer, Scene, Skip};
use hubchannel_reqwest::ReqwestTransport;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::server::{LIMIT, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_transport_does_what_a_transport_must() {
    let report = conformance::run(&Loopback).await;
    report.assert();
    let skipped: Vec<String> = report
        .skipped()
        .map(|(check, reason)| format!("{check}: {reason}"))
        .collect();
    assert!(skipped.is_empty(), "every peer can be had over loopback: {skipped:?}");
}

struct Loopback;

#[async_trait]
impl Harness for Loopback {
    async fn set_up(&self, peer: Peer) -> Result<Scene, Skip> {
        let transport = ReqwestTransport::builder().max_response_bytes(LIMIT);
        match peer {
            // A socket that is bound and does not listen: nobody else can get the port, and connections are refused.
            Peer::Refuses => {
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind(loopback()).unwrap();
                let base_url = format!("http://{}", socket.local_addr().unwrap());
                Ok(scene(transport.build().unwrap(), &base_url, move || {
                    let _bound = &socket;
                    Vec::new()
                }))
            }
            // A server that never says a word of TLS: without TLS there is no connection.
            Peer::Unreachable => {
                let listener = TcpListener::bind(loopback()).unwrap();
                let base_url = format!("https://{}", listener.local_addr().unwrap());
                let transport = transport.connect_timeout(Duration::from_millis(50)).build().unwrap();
                Ok(scene(transport, &base_url, move || {
                    let _listening = &listener;
                    Vec::new()
                }))
            }
            // The transport waits for ever, but a client that a program brings may not.
            Peer::TooSlow => {
                let client = reqwest::Client::builder()
                    .timeout(Duration::from_millis(50))
                    .build()
                    .unwrap();
                let server = Server::start(Peer::Silent);
                Ok(server.scene(ReqwestTransport::from_client(client)))
            }
            peer => Ok(Server::start(peer).scene(transport.build().unwrap())),
        }
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
    transport: ReqwestTransport,
    base_url: &str,
    received: impl Fn() -> Vec<http::Request<bytes::Bytes>> + Send + Sync + 'static,
) -> Scene {
    Scene::new(transport, base_url.parse().unwrap(), received)
}
