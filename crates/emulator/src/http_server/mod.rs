//! An emulator on a socket.

mod admin;
mod connection;
mod page;
mod patience;
mod torn;

use std::{
    fmt,
    future::poll_fn,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    task::Poll,
};

use axum::{
    Router,
    body::HttpBody,
    extract::{ConnectInfo, Request, State},
    response::Response,
};
use http::{
    HeaderValue,
    header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS},
};
use hubchannel_api::{BaseUrl, Body};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub use self::patience::ServerTimeouts;
use self::{
    connection::{Door, Scissors, Stop},
    patience::{Late, Patience, Ticking},
    torn::TornBody,
};
use crate::{
    Emulator,
    exchange::Outcome,
    service::{BODY_LIMIT, TooLarge},
};

/// An [`Emulator`] that answers over HTTP. It stops when this is dropped.
///
/// ```
/// use hubchannel_emulator::{Emulator, HttpServer};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = HttpServer::start(Emulator::new()).await?;
/// let base_url = server.base_url();
/// assert!(base_url.as_str().starts_with("http://127.0.0.1:"));
/// server.shutdown().await?;
/// # Ok(())
/// # }
/// ```
///
/// The answers are the same as in process; a clone of the emulator shows what has come in and makes requests fail.
/// Bodies over 4 MiB are turned down, and who is [too slow](ServerTimeouts) to ask is hung up on. There is no encryption:
/// keep it on loopback.
///
/// At `/_emulator/` it has a page for people: the inbox with its conversations, where one answers as an agent and speaks as
/// a visitor, the log of calls and deliveries, faults, the clock, and forms for portals, apps, channels, channel accounts and
/// contacts.
///
/// Starting it needs a Tokio runtime with I/O.
pub struct HttpServer {
    base_url: BaseUrl,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    _ticking: Ticking,
    task: JoinHandle<io::Result<()>>,
}

impl HttpServer {
    /// Answers on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start(emulator: Emulator) -> io::Result<Self> {
        HttpServer::bind(emulator, (Ipv4Addr::LOCALHOST, 0)).await
    }

    /// Answers at this address; port 0 is any free one. Any address but a loopback one lets others in.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn bind(emulator: Emulator, address: impl Into<SocketAddr>) -> io::Result<Self> {
        HttpServer::bind_with(emulator, address, ServerTimeouts::default()).await
    }

    /// Answers at this address, as [`bind`](HttpServer::bind) does, and waits so long for slow clients.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn bind_with(
        emulator: Emulator,
        address: impl Into<SocketAddr>,
        timeouts: ServerTimeouts,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address.into()).await?;
        let address = listener.local_addr()?;
        let base_url = base_url(address)?;
        emulator.change(|state, _| state.files.serve_at(base_url.as_str()));
        let (sender, receiver) = watch::channel(false);
        let stop = Stop(receiver);
        let (patience, ticking) = Patience::new(emulator.clone(), timeouts);
        let door = Door {
            listener,
            stop: stop.clone(),
            patience: patience.clone(),
        };
        let router = Router::new().fallback(answer).with_state(Shared {
            emulator,
            address,
            stop: stop.clone(),
            patience,
        });
        let service = router.into_make_service_with_connect_info::<Scissors>();
        let serve = axum::serve(door, service).with_graceful_shutdown(stop.wait());
        Ok(HttpServer {
            base_url,
            address,
            stop: sender,
            _ticking: ticking,
            task: tokio::spawn(async move { serve.await }),
        })
    }

    /// Where the API is, for a client.
    pub fn base_url(&self) -> BaseUrl {
        self.base_url.clone()
    }

    /// The address with the port that was found.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops: takes nothing more in, answers what it has read whole, and closes every connection.
    ///
    /// # Errors
    /// When the server had failed before.
    pub async fn shutdown(self) -> io::Result<()> {
        let HttpServer { stop, task, .. } = self;
        stop.send_replace(true);
        task.await.map_err(io::Error::other)?
    }
}

impl fmt::Debug for HttpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// What may not run, and is of no site.
const SANDBOX: &str = "sandbox; default-src 'none'";

/// The address to call: where the server listens everywhere, this machine.
fn base_url(mut address: SocketAddr) -> io::Result<BaseUrl> {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{address}").parse().map_err(io::Error::other)
}

#[derive(Clone, Debug)]
struct Shared {
    emulator: Emulator,
    address: SocketAddr,
    stop: Stop,
    patience: Patience,
}

async fn answer(
    State(Shared {
        emulator,
        address,
        stop,
        patience,
    }): State<Shared>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let _turn = scissors.turn();
    if admin::is_for(request.uri().path()) {
        return admin::answer(emulator, address, stop, request).await;
    }
    let mut response = exchange(emulator, stop, patience, scissors, request).await;
    // What is downloaded comes from where the admin API is, and must not be able to drive it.
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn exchange(
    emulator: Emulator,
    stop: Stop,
    patience: Patience,
    scissors: Scissors,
    request: Request,
) -> Response {
    if let Some(request) = receive(request, patience.with_body()).await {
        match emulator.exchange(request, || scissors.promise()).await {
            Outcome::Answer(response) => {
                let (parts, body) = response.into_parts();
                if let Ok(bytes) = body.read(u64::MAX).await {
                    return Response::from_parts(parts, bytes.into());
                }
            }
            Outcome::Torn(response, length) => {
                let (parts, body) = response.into_parts();
                if let Ok(bytes) = body.read(u64::MAX).await {
                    let torn = TornBody::new(bytes, length, scissors);
                    return Response::from_parts(parts, axum::body::Body::new(torn));
                }
            }
            Outcome::Silent => stop.wait().await,
            Outcome::Refused | Outcome::Dropped => {}
        }
    }
    scissors.cut();
    // Which now finds no way out.
    Response::default()
}

/// The request with its whole body; `None` where the body breaks off, or comes too late.
async fn receive(request: Request, mut late: Late) -> Option<http::Request<Body>> {
    /// A caller who is still writing may not see an answer, so a body that is too large is read on for a while.
    const PATIENCE: usize = 16 * BODY_LIMIT;

    let (mut parts, mut body) = request.into_parts();
    let mut bytes = Vec::new();
    let mut length = 0_usize;
    let mut next = async || {
        poll_fn(|context| match Pin::new(&mut body).poll_frame(context) {
            Poll::Ready(frame) => Poll::Ready(Ok(frame)),
            Poll::Pending => late.as_mut().poll(context).map(Err),
        })
        .await
    };
    while let Some(frame) = next().await.ok()? {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        length += data.len();
        if length <= BODY_LIMIT {
            bytes.extend_from_slice(&data);
        } else if length > PATIENCE {
            break;
        }
    }
    if length > BODY_LIMIT {
        bytes = Vec::new();
        parts.extensions.insert(TooLarge);
    }
    Some(http::Request::from_parts(parts, bytes.into()))
}
