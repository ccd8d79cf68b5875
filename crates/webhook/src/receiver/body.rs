//! Requests whose bodies come in piece by piece.

use std::{future::poll_fn, pin::pin};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::request::Parts;
use http_body::Body;

use super::{Received, Receiver, Refusal};
use crate::Verified;

impl Receiver {
    /// Takes a request, and reads its body only if the headers are worth it.
    ///
    /// The time counts at both ends: when the headers have come, so that nobody waits for the body of what is old, and when
    /// the body has, so that who holds it back cannot have a signature taken after its time.
    pub(super) async fn receive_body<B: Body>(&self, parts: &Parts, body: B) -> Result<Verified, Refusal> {
        let target = target(parts);
        let received = Received {
            method: &parts.method,
            target: &target,
            headers: &parts.headers,
            body: None,
            now: (self.0.now)(),
        };
        let read = match self.0.verifier.claim(&parts.headers, received.now) {
            Ok(_) => read(body, self.0.body_limit).await,
            Err(rejection) => Err(rejection.into()),
        };
        match read {
            Ok(body) => self.judge(Received {
                body: Some(&body),
                now: (self.0.now)(),
                ..received
            }),
            Err(refusal) => {
                self.tell(&refusal, received);
                Err(refusal)
            }
        }
    }
}

#[cfg(feature = "axum")]
impl Receiver {
    /// Refuses what is signed and cannot be read, and tells of it as of all that is refused.
    pub(super) fn unreadable(
        &self,
        parts: &Parts,
        verified: &Verified,
        error: hubchannel_model::DecodeError,
    ) -> Refusal {
        let refusal = Refusal::from(error);
        let target = target(parts);
        let received = Received {
            method: &parts.method,
            target: &target,
            headers: &parts.headers,
            body: Some(verified.body()),
            now: (self.0.now)(),
        };
        self.tell(&refusal, received);
        refusal
    }
}

/// The address as it came in: within a nested router the request itself has only the rest of it.
fn target(parts: &Parts) -> String {
    #[cfg(feature = "axum")]
    if let Some(original) = parts.extensions.get::<axum::extract::OriginalUri>() {
        return original.0.to_string();
    }
    parts.uri.to_string()
}

/// How much room a body is given before anything of it has come.
const FIRST_ROOM: usize = 64 * 1024;

async fn read<B: Body>(body: B, limit: usize) -> Result<Bytes, Refusal> {
    let mut body = pin!(body);
    let least = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if least > limit {
        return Err(Refusal::too_large(limit));
    }
    let mut bytes = BytesMut::with_capacity(least.min(FIRST_ROOM));
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|_| Refusal::incomplete())?;
        let Ok(data) = frame.into_data() else { continue };
        if data.remaining() > limit - bytes.len() {
            return Err(Refusal::too_large(limit));
        }
        bytes.put(data);
    }
    Ok(bytes.freeze())
}
