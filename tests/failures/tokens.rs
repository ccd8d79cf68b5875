//! HubSpot's endpoint for tokens: `token-0`, `token-1` …, and what goes wrong with it.

use std::{
    collections::VecDeque,
    fmt,
    future::pending,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel::{Body, HttpTransport, Reach, TransportError, TransportErrorKind};
use serde_json::json;

use crate::{fault::Answer, schedule::TokenFault, world::REFRESH_TOKEN};

/// Clones would be other endpoints, so there are none.
pub(crate) struct TokenEndpoint(Mutex<State>);

struct State {
    faults: VecDeque<TokenFault>,
    issued: usize,
}

impl TokenEndpoint {
    pub(crate) fn new(faults: &[TokenFault]) -> Self {
        TokenEndpoint(Mutex::new(State {
            faults: faults.iter().cloned().collect(),
            issued: 0,
        }))
    }

    fn answer(&self) -> TokenFault {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.faults.pop_front() {
            None | Some(TokenFault::None) => {
                let number = state.issued;
                state.issued += 1;
                TokenFault::Answer(token(number))
            }
            Some(fault) => fault,
        }
    }
}

/// The answer with the token of this number.
pub(crate) fn token(number: usize) -> Answer {
    let body = json!({
        "token_type": "bearer",
        "access_token": format!("token-{number}"),
        "refresh_token": REFRESH_TOKEN,
        "expires_in": 1800,
    });
    Answer {
        status: 200,
        headers: Vec::new(),
        body: body.to_string(),
    }
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenEndpoint")
    }
}

#[async_trait]
impl HttpTransport for TokenEndpoint {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
        match self.answer() {
            TokenFault::Answer(answer) => Ok(answer.to_response()),
            TokenFault::FallSilent => pending().await,
            TokenFault::Lose | TokenFault::None => {
                Err(TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, "the connection ended"))
            }
        }
    }
}
