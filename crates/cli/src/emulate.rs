//! The emulator as a server.

use std::thread;

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel::{Body, HttpTransport, TransportError, middleware::TokioClock, reqwest::ReqwestTransport};
use hubchannel_emulator::{Emulator, HttpServer, Retention, Seed, Snapshot, WebhookPolicy};

use crate::{
    args::{Args, Emulate},
    console,
    failure::Failure,
    interrupt::ending,
    output::{self, Style},
    state_file::StateFile,
};

pub(crate) async fn emulate(args: &Args, emulate: &Emulate) -> Result<(), Failure> {
    let file = emulate
        .state
        .as_deref()
        .map(|path| StateFile::open(path, emulate.client_secret.is_some()))
        .transpose()?;
    let emulator = match file.as_ref().map(StateFile::load).transpose()?.flatten() {
        Some(snapshot) => Emulator::from_snapshot(seed(emulate), as_asked(snapshot, emulate)),
        None => Emulator::with_seed(seed(emulate)),
    };
    let transport =
        ReqwestTransport::new().map_err(|error| Failure::internal(format!("no way to deliver webhooks: {error}")))?;
    let server = HttpServer::bind(emulator.clone(), emulate.listen)
        .await
        .map_err(|error| Failure::usage(format!("cannot listen on {}: {error}", emulate.listen)))?;
    if let Some(file) = &file {
        file.save(&emulator).map_err(Failure::usage)?;
    }
    // Heard from here on: whoever reads what is shown next may be done at once.
    let ending = ending()?;
    let own_secret = emulate.client_secret.is_none();
    output::emulator(&Style { json: args.json }, &emulator, server.base_url().as_str(), own_secret)?;
    if let Some(file) = &file {
        let (file, emulator) = (file.clone(), emulator.clone());
        tokio::spawn(async move { file.keep_saving(&emulator).await });
    }
    let courier = emulator.clone();
    let delivering = tokio::spawn(async move { courier.keep_delivering(&Told(transport)).await });
    // It ends with the program: reading the standard input cannot be broken off.
    let desk = emulator.clone();
    thread::spawn(move || console::listen(&desk));
    ending.await;
    let ended = server.shutdown().await;
    // As long as what is under way is that, so that it comes again.
    let saved = file.map_or(Ok(()), |file| file.save(&emulator));
    delivering.abort();
    saved.map_err(Failure::internal)?;
    ended.map_err(|error| Failure::internal(format!("the server ended badly: {error}")))
}

/// The snapshot with what the call says otherwise.
fn as_asked(mut snapshot: Snapshot, emulate: &Emulate) -> Snapshot {
    if let Some(url) = &emulate.webhook_url {
        snapshot = snapshot.with_webhook_url(url.as_str());
    }
    if let Some(secret) = &emulate.client_secret {
        snapshot = snapshot.with_client_secret(secret.as_str());
    }
    snapshot
}

fn seed(emulate: &Emulate) -> Seed {
    let mut seed = Seed::default()
        .with_clock(TokioClock)
        .with_webhook_policy(WebhookPolicy::default().set_spread(emulate.retry_within))
        .with_retention(Retention::default().set_entries(emulate.keep.get()));
    if emulate.without_rate_limits {
        seed = seed.without_rate_limits();
    }
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
