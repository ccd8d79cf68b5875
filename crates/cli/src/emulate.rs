//! The emulator as a server.

use std::thread;

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel::{Body, HttpTransport, TransportError, middleware::TokioClock, reqwest::ReqwestTransport};
use hubchannel_emulator::{Emulator, HttpServer, Seed, WebhookPolicy};

use crate::{
    args::{Args, Emulate},
    console,
    failure::Failure,
    output::{self, Style},
};

pub(crate) async fn emulate(args: &Args, emulate: &Emulate) -> Result<(), Failure> {
    let emulator = Emulator::with_seed(seed(emulate));
    let transport =
        ReqwestTransport::new().map_err(|error| Failure::internal(format!("no way to deliver webhooks: {error}")))?;
    let server = HttpServer::bind(emulator.clone(), emulate.listen)
        .await
        .map_err(|error| Failure::usage(format!("cannot listen on {}: {error}", emulate.listen)))?;
    let own_secret = emulate.client_secret.is_none();
    output::emulator(&Style { json: args.json }, &emulator, server.base_url().as_str(), own_secret)?;
    let courier = emulator.clone();
    let delivering = tokio::spawn(async move { courier.keep_delivering(&Told(transport)).await });
    // It ends with the program: reading the standard input cannot be broken off.
    thread::spawn(move || console::listen(&emulator));
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| Failure::internal(format!("cannot wait for Ctrl-C: {error}")))?;
    delivering.abort();
    server
        .shutdown()
        .await
        .map_err(|error| Failure::internal(format!("the server ended badly: {error}")))
}

fn seed(emulate: &Emulate) -> Seed {
    let mut seed = Seed::default()
        .with_clock(TokioClock)
        .with_webhook_policy(WebhookPolicy::default().set_spread(emulate.retry_within));
    if let Some(url) = &emulate.webhook_url {
        seed = seed.with_webhook_url(url.as_str());
    }
    if let Some(secret) = &emulate.client_secret {
        seed = seed.with_client_secret(secret.as_str());
    }
    seed
}

/// Tells of every webhook how it went.
#[derive(Debug)]
struct Told(ReqwestTransport);

#[async_trait]
impl HttpTransport for Told {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let result = self.0.send(request).await;
        output::note(&match &result {
            Ok(response) => format!("webhook answered {}", response.status().as_u16()),
            Err(error) => format!("webhook not answered: {error}"),
        });
        result
    }
}
