//! The way to an emulator inside the process.

use std::future;

use async_trait::async_trait;
use http::{HeaderValue, Request, Response, Uri, header::AUTHORIZATION};
use hubchannel_api::{
    Body, Call, Credential, HttpTransport, Reach, TransportError, TransportErrorKind, check_framing,
    model::{AppId, Secret},
};

use crate::{
    Emulator,
    escape::with_query,
    exchange::Outcome,
    service::{BODY_LIMIT, TooLarge},
};

/// Carries requests to an [`Emulator`] in the same process: without socket, without runtime, whatever their host.
///
/// ```
/// use http::Request;
/// use hubchannel_api::{Body, HttpTransport};
/// use hubchannel_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::new();
/// let request = Request::get("https://api.hubapi.com/conversations/v3/custom-channels/2930388/messages/5c1f");
/// let response = emulator.transport().send(request.body(Body::empty())?).await?;
/// assert_eq!(response.status(), 401);
/// # Ok(())
/// # }
/// ```
///
/// Like any transport it refuses a request whose headers contradict its body (see [`check_framing`]), and brings no
/// credentials. Put the layers around it that the program has around its real one, or
/// say [`with_access_token`](EmulatorTransport::with_access_token) and
/// [`with_developer_key`](EmulatorTransport::with_developer_key).
#[derive(Clone, Debug)]
pub struct EmulatorTransport {
    emulator: Emulator,
    token: Option<Secret>,
    key: Option<(AppId, Secret)>,
}

impl EmulatorTransport {
    pub(crate) fn new(emulator: Emulator) -> Self {
        EmulatorTransport {
            emulator,
            token: None,
            key: None,
        }
    }

    /// Adds this token to requests that come without an `Authorization`, for tests that have no layer which does.
    #[must_use]
    pub fn with_access_token(self, token: impl Into<Secret>) -> Self {
        EmulatorTransport {
            token: Some(token.into()),
            ..self
        }
    }

    /// Adds this developer's key and app to the operations that want them, for tests that have no layer which does.
    ///
    /// ```
    /// use hubchannel_api::{Client, GetChannel};
    /// use hubchannel_emulator::Emulator;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), hubchannel_api::Error> {
    /// let emulator = Emulator::new();
    /// let transport = emulator.transport().with_developer_key(emulator.app_id(), emulator.developer_key());
    /// let channel = Client::new(transport).get_channel(GetChannel::new(emulator.channel_id())).await?;
    /// assert_eq!(channel.name.as_deref(), Some("Emulated channel"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_developer_key(self, app_id: impl Into<AppId>, key: impl Into<Secret>) -> Self {
        EmulatorTransport {
            key: Some((app_id.into(), key.into())),
            ..self
        }
    }

    fn authorize(&self, request: &mut Request<Body>) -> Result<(), TransportError> {
        let call = request.extensions().get::<Call>();
        if call.is_some_and(|call| call.operation.credential == Credential::DeveloperKey) {
            return self
                .key
                .as_ref()
                .map_or(Ok(()), |(app_id, key)| sign(request, app_id, key));
        }
        let Some(token) = &self.token else { return Ok(()) };
        if request.headers().contains_key(AUTHORIZATION) {
            return Ok(());
        }
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| unfit("the access token is not fit for a header"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }
}

/// Adds a developer's key and app to the query.
fn sign(request: &mut Request<Body>, app_id: &AppId, key: &Secret) -> Result<(), TransportError> {
    let pairs = [("hapikey", key.expose()), ("appId", app_id.as_str())];
    let signed = with_query(&request.uri().to_string(), pairs);
    *request.uri_mut() = Uri::try_from(signed).map_err(|_| unfit("the developer's key is not fit for an address"))?;
    Ok(())
}

fn unfit(what: &'static str) -> TransportError {
    TransportError::new(TransportErrorKind::Refused, Reach::NotSent, what)
}

/// The request with its body in memory, as far as the emulator reads it.
async fn whole(request: Request<Body>) -> Result<Request<Body>, TransportError> {
    let (mut parts, body) = request.into_parts();
    let body = match body.read(BODY_LIMIT as u64).await {
        Ok(bytes) => bytes.into(),
        Err(error) if error.kind() == TransportErrorKind::ResponseTooLarge => {
            parts.extensions.insert(TooLarge);
            Body::empty()
        }
        Err(error) => return Err(error.with_reach(Reach::NotSent)),
    };
    Ok(Request::from_parts(parts, body))
}

#[async_trait]
impl HttpTransport for EmulatorTransport {
    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, TransportError> {
        check_framing(&request)?;
        self.authorize(&mut request)?;
        match self.emulator.exchange(whole(request).await?, || ()).await {
            Outcome::Answer(response) => Ok(response),
            Outcome::Torn(_, bytes) => Err(TransportError::new(
                TransportErrorKind::Interrupted,
                Reach::Unknown,
                format!("the emulator was told to break off its answer after {bytes} bytes"),
            )),
            Outcome::Refused => Err(TransportError::new(
                TransportErrorKind::Connect,
                Reach::NotSent,
                "the emulator was told to refuse the connection",
            )),
            Outcome::Dropped => Err(TransportError::new(
                TransportErrorKind::Interrupted,
                Reach::Unknown,
                "the emulator was told to drop the connection before its answer",
            )),
            Outcome::Silent => future::pending().await,
        }
    }
}
