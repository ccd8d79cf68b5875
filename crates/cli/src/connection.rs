//! Where calls go: HubSpot, another server, or the emulator inside this program.

use std::env::{self, VarError};

use http::HeaderMap;
use hubchannel::{
    Client,
    middleware::{RetryPolicy, Stack},
    model::{ChannelId, Secret},
    reqwest::ReqwestTransport,
};
use hubchannel_emulator::{Emulator, SERVER_NAME};

use crate::{
    args::{Args, Channel},
    failure::Failure,
};

const TOKEN: &str = "HUBSPOT_ACCESS_TOKEN";

/// A client, and the emulator that it talks to where it talks to one.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) emulator: Option<Emulator>,
}

impl Connection {
    pub(crate) fn open(args: &Args) -> Result<Self, Failure> {
        let emulator = args.emulator.then(Emulator::new);
        let stack = match &emulator {
            Some(emulator) => Stack::new(emulator.transport()).access_token(emulator.access_token()),
            None => {
                let token = token()?;
                let transport = ReqwestTransport::new().map_err(|error| Failure::internal(error.to_string()))?;
                Stack::new(transport).access_token(token)
            }
        };
        let attempts = args.attempts.get();
        let stack = stack
            .retry(RetryPolicy::new().max_attempts(attempts))
            .deadline(args.timeout);
        // A single attempt may take all of the call's time.
        let stack = if attempts == 1 {
            stack.attempt_timeout(None)
        } else {
            stack
        };
        let stack = stack.build();
        let client = Client::builder(stack)
            .base_url(args.base_url.clone())
            .api_version(args.api_version)
            .build();
        Ok(Connection { client, emulator })
    }

    /// The channel that is asked for, else the emulator's.
    pub(crate) fn channel(&self, channel: &Channel) -> Result<ChannelId, Failure> {
        channel
            .channel
            .clone()
            .or_else(|| self.emulator.as_ref().map(Emulator::channel_id))
            .ok_or_else(|| Failure::usage("no channel: give --channel ID, or --emulator to try without HubSpot"))
    }
}

fn token() -> Result<Secret, Failure> {
    match env::var(TOKEN) {
        Ok(token) if !token.is_empty() => Ok(Secret::new(token)),
        Ok(_) | Err(VarError::NotPresent) => Err(Failure::usage(format!(
            "no credentials, so nothing was sent: set {TOKEN} to the portal's OAuth token, or give --emulator to try \
             without HubSpot"
        ))),
        Err(VarError::NotUnicode(_)) => Err(Failure::usage(format!("{TOKEN} is not text"))),
    }
}

/// Whether an answer comes from an emulator, in this program or behind an address.
pub(crate) fn is_emulated(headers: &HeaderMap) -> bool {
    headers.get("server").is_some_and(|server| server == SERVER_NAME)
}
