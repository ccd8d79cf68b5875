//! The emulator as a server.

use hubchannel_emulator::{Emulator, HttpServer};

use crate::{
    args::{Args, Emulate},
    failure::Failure,
    output::{self, Style},
};

pub(crate) async fn emulate(args: &Args, emulate: &Emulate) -> Result<(), Failure> {
    let emulator = Emulator::new();
    let server = HttpServer::bind(emulator.clone(), emulate.listen)
        .await
        .map_err(|error| Failure::usage(format!("cannot listen on {}: {error}", emulate.listen)))?;
    output::emulator(&Style { json: args.json }, &emulator, server.base_url().as_str())?;
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| Failure::internal(format!("cannot wait for Ctrl-C: {error}")))?;
    server
        .shutdown()
        .await
        .map_err(|error| Failure::internal(format!("the server ended badly: {error}")))
}
