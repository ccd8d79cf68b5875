//! Downloads of attachments, from whatever address they came with.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{
    HeaderValue, Method, Request, StatusCode, Uri,
    header::{ACCEPT, LOCATION, USER_AGENT},
};
use hubchannel_model::Secret;
use percent_encoding::percent_decode_str;

use super::address::{self, Place, judge, resolve};
use crate::{
    Area, Attempts, Body, BodyStream, Call, CallOptions, Credential, Error, HttpTransport, OperationInfo, Reach,
    Repeat, Reply, StreamResponse, Transport, TransportError, TransportErrorKind,
    hidden::{empty_ids, take_hidden},
    operation::Target,
    redact::SHORTEST_SECRET,
};

/// A file to download from the address that it came with: an attachment's, or a signed one.
///
/// ```
/// use hubchannel_api::DownloadFile;
///
/// let download = DownloadFile::new("https://cdn.example.com/tour.mp4?signature=a1b2").set_max_bytes(10 << 20);
/// assert!(!format!("{download:?}").contains("a1b2"));
/// ```
///
/// The address is foreign text, so it is held at arm's length:
/// - The portal's token goes only to files on the API's own host: scheme, host and port of the base address, and behind
///   it a path that begins with `/files/` or `/filemanager/`. No other host gets it, and no host does once a redirect
///   has led away.
/// - A few redirects are followed, each judged like the first address. They lead over `https` only.
/// - No layer learns anything of HubSpot from another host: what that says of limits is not believed, and that it fails
///   uses up no budget for repeats. Spans show nothing of its address.
/// - Addresses of this machine and of private networks are refused, also in odd spellings, and so are names without a dot
///   or in a zone like `.internal`. Where the base address is loopback itself, as in tests, loopback and private hosts
///   are allowed, and loopback over plain `http`.
///
/// It is asked for as browsers would: with `.` and `..` resolved, and with what they escape escaped. A host has to be in
/// ASCII, as in `xn--bcher-kva.example`.
///
/// What a public name leads to, only the transport learns. Where the network has something to protect, let its firewall
/// or a resolver of the HTTP client's keep such names out.
#[derive(Clone)]
#[non_exhaustive]
pub struct DownloadFile {
    /// The address. Whoever has a signed one has the file, so it is never shown.
    pub url: Secret,
    /// The most bytes that are taken; 64 MiB unless set.
    pub max_bytes: u64,
    /// The most redirects that are followed; 5 unless set.
    pub max_redirects: usize,
    /// How this call differs from others. A deadline is for the whole download, redirects and body included.
    pub options: CallOptions,
}

impl DownloadFile {
    /// What is known of a download without a value of it. It has no path in HubSpot's API. Requests for files of the
    /// API's own carry another one of the same name, which asks for the portal's token.
    pub const INFO: &'static OperationInfo = &INFO;

    /// Downloads from this address.
    pub fn new(url: impl Into<Secret>) -> Self {
        DownloadFile {
            url: url.into(),
            max_bytes: 64 << 20,
            max_redirects: 5,
            options: CallOptions::default(),
        }
    }

    /// Sets the most bytes that are taken.
    #[must_use]
    pub fn set_max_bytes(self, max_bytes: u64) -> Self {
        DownloadFile { max_bytes, ..self }
    }

    /// Sets the most redirects that are followed.
    #[must_use]
    pub fn set_max_redirects(self, max_redirects: usize) -> Self {
        DownloadFile { max_redirects, ..self }
    }

    /// Sets how this call differs from others.
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        DownloadFile { options, ..self }
    }
}

impl fmt::Debug for DownloadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadFile")
            .field("url", &self.url)
            .field("max_bytes", &self.max_bytes)
            .field("max_redirects", &self.max_redirects)
            .field("options", &self.options)
            .finish()
    }
}

const INFO: OperationInfo = OperationInfo {
    name: "download_file",
    area: Area::Files,
    method: Method::GET,
    path: &[],
    query: &[],
    success: StatusCode::OK,
    effect: None,
    credential: Credential::None,
    scopes: &[],
    repeat: Repeat::Always,
};

const WITH_TOKEN: &OperationInfo = &OperationInfo {
    credential: Credential::PortalToken,
    ..INFO
};

/// The longest body of an error that is read, where a transport has not read it.
const LONGEST_ERROR: u64 = 64 << 10;

/// A file as it comes in.
///
/// ```
/// use hubchannel_api::{DownloadFile, Error, FilesClient};
///
/// async fn size(files: &FilesClient, url: &str) -> Result<u64, Error> {
///     let mut download = files.download_file(DownloadFile::new(url)).await?;
///     let mut size = 0;
///     while let Some(piece) = download.next().await {
///         size += piece?.len() as u64;
///     }
///     Ok(size)
/// }
/// ```
///
/// What breaks off or grows beyond the limit ends with an error, so a file is whole exactly when the end comes without
/// one. It is as the server sent it: were it encoded, which is not asked for, the reply's `Content-Encoding` would tell.
/// It is a [`Stream`] too.
///
/// A `Stack` of `hubchannel-middleware` ends it with an error of the kind [`Timeout`](crate::ErrorKind::Timeout) where
/// the server falls silent for 30 s, or for the call's [`idle_timeout`](CallOptions::idle_timeout), and where it takes
/// longer than the call's own [`deadline`](CallOptions::deadline). Without such a layer it takes as long as the server
/// lets it.
pub struct Download {
    stream: Option<BodyStream>,
    length: Option<u64>,
    left: u64,
    limit: u64,
    /// What was tried until the head of the answer came.
    attempts: Attempts,
    /// What no error may show.
    hidden: Vec<Secret>,
}

impl Download {
    /// A file of this content, for doubles.
    pub fn new(content: impl Into<Body>) -> Self {
        Download::limited(&content.into(), u64::MAX, Attempts::one(), Vec::new())
    }

    fn limited(body: &Body, limit: u64, attempts: Attempts, hidden: Vec<Secret>) -> Self {
        Download {
            length: body.len(),
            stream: Some(body.open()),
            left: limit,
            limit,
            attempts,
            hidden,
        }
    }

    /// How many bytes there will be, where the server has said it.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next piece, which is never empty; `None` at the end.
    ///
    /// # Errors
    /// When the file breaks off, or grows beyond the limit. There is nothing after an error.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Reads all that is left, which the limit keeps within bounds.
    ///
    /// # Errors
    /// When the file breaks off, or grows beyond the limit.
    pub async fn read(mut self) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.next().await {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole.freeze())
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(None);
        };
        let error = match ready!(Pin::new(stream).poll_next(context)) {
            Some(Ok(piece)) => match self.left.checked_sub(piece.len() as u64) {
                Some(left) => {
                    self.left = left;
                    return Poll::Ready(Some(Ok(piece)));
                }
                None => too_large(self.limit),
            },
            Some(Err(error)) => {
                Error::from_transport(DownloadFile::INFO, error).hiding(std::mem::take(&mut self.hidden))
            }
            None => {
                self.stream = None;
                return Poll::Ready(None);
            }
        };
        self.stream = None;
        let attempts = std::mem::take(&mut self.attempts);
        Poll::Ready(Some(Err(error.with_attempts(attempts))))
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Downloads a file.
pub(crate) async fn download(
    transport: &Transport,
    target: &Target,
    call: DownloadFile,
) -> Result<Reply<Download>, Error> {
    let mut secrets = vec![call.url.clone()];
    follow(transport, target, call, &mut secrets)
        .await
        .map_err(|error| error.hiding(secrets))
}

/// What of an address a server might repeat: the whole, what follows the host, and the values of the query; of a foreign
/// one also the path and its pieces, which may be all that it takes to have the file. Shorter values and pieces are hidden
/// with the whole only.
fn secrets(address: &Uri, place: Place) -> Vec<Secret> {
    let mut secrets = vec![address.to_string()];
    if place == Place::Foreign {
        secrets.extend(secrets_of_path(address.path()));
    }
    if let Some(query) = address.query().filter(|query| !query.is_empty()) {
        secrets.push(format!("{}?{query}", address.path()));
        secrets.push(query.to_owned());
        let values = query.split('&').filter_map(|pair| Some(pair.split_once('=')?.1));
        for value in values.filter(|value| value.len() >= SHORTEST_SECRET) {
            secrets.push(value.to_owned());
            secrets.extend(percent_decode_str(value).decode_utf8().ok().map(Into::into));
        }
    }
    secrets.into_iter().map(Secret::from).collect()
}

/// A path as it is and decoded, with and without its slashes, and its pieces.
fn secrets_of_path(path: &str) -> Vec<String> {
    let inner = path.trim_matches('/');
    if inner.is_empty() {
        return Vec::new();
    }
    let spellings = |text: &str| {
        [
            text.to_owned(),
            percent_decode_str(text).decode_utf8_lossy().into_owned(),
        ]
    };
    let parts = [inner].into_iter().chain(inner.split('/')).flat_map(spellings);
    let long = parts.filter(|part| part.len() >= SHORTEST_SECRET);
    spellings(path).into_iter().chain(long).collect()
}

async fn follow(
    transport: &Transport,
    target: &Target,
    call: DownloadFile,
    hidden: &mut Vec<Secret>,
) -> Result<Reply<Download>, Error> {
    let mut address = address::read(call.url.expose()).map_err(refused_address)?;
    let mut place = judge(&address, &target.base_url).map_err(refused_address)?;
    let began = Arc::default();
    let mut last = Attempts::default();
    for _ in 0..=call.max_redirects {
        hidden.extend(secrets(&address, place));
        let response = transport
            .send(request(&address, place, target, &call, &began))
            .await
            .map_err(|error| Error::from_transport(DownloadFile::INFO, error))?;
        let (mut parts, body) = response.into_parts();
        let attempts = parts.extensions.remove::<Attempts>().unwrap_or_else(Attempts::one);
        empty_ids(&mut parts.headers, hidden.iter());
        if is_whole(parts.status) {
            if body.len().is_some_and(|length| length > call.max_bytes) {
                return Err(too_large(call.max_bytes).with_attempts(attempts));
            }
            let download = Download::limited(&body, call.max_bytes, attempts.clone(), std::mem::take(hidden));
            return Ok(Reply::from_response(download, parts.status, parts.headers, attempts));
        }
        let location = match parts.status.as_u16() {
            301 | 302 | 303 | 307 | 308 => parts.headers.get(LOCATION),
            _ => None,
        };
        let Some(location) = location else {
            let body = match body.as_bytes() {
                Some(_) => body,
                None => body.read(LONGEST_ERROR).await.unwrap_or_default().into(),
            };
            hidden.extend(take_hidden(&mut parts.extensions));
            let error = Error::rejected(DownloadFile::INFO, parts.status, parts.headers, body);
            return Err(error.with_attempts(attempts));
        };
        // Servers write letters there as they are, and browsers follow them.
        address = str::from_utf8(location.as_bytes())
            .map_err(|_| "is not in UTF-8")
            .and_then(|location| resolve(&address, location))
            .map_err(|rule| refused_redirect(rule).with_attempts(attempts.clone()))?;
        let next =
            judge(&address, &target.base_url).map_err(|rule| refused_redirect(rule).with_attempts(attempts.clone()))?;
        last = attempts;
        // Whoever was led away does not come back with the token: the way back was another's choice.
        place = match (place, next) {
            (Place::Foreign, _) => Place::Foreign,
            (_, next) => next,
        };
    }
    Err(refused(format!("more than {} redirects", call.max_redirects)).with_attempts(last))
}

/// Whether an answer is the file. One of another success is a part of it, or nothing, or what comes instead.
fn is_whole(status: StatusCode) -> bool {
    matches!(status, StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION)
}

fn request(
    address: &Uri,
    place: Place,
    target: &Target,
    call: &DownloadFile,
    began: &Arc<OnceLock<Duration>>,
) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = address.clone();
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(USER_AGENT, target.user_agent.clone());
    let operation = match place {
        Place::OwnFiles => WITH_TOKEN,
        Place::Own | Place::Foreign => DownloadFile::INFO,
    };
    let mut told = Call::new(operation);
    told.foreign = place == Place::Foreign;
    told.options = call.options.clone();
    told.base_url = Some(target.base_url.clone());
    told.began = Some(Arc::clone(began));
    request.extensions_mut().insert(told);
    request.extensions_mut().insert(StreamResponse);
    request
}

fn refused_address(rule: &'static str) -> Error {
    Error::invalid_parameter(DownloadFile::INFO, "url", rule)
}

fn refused_redirect(rule: &'static str) -> Error {
    refused(format!("the server redirects to an address that is not followed: it {rule}"))
}

fn refused(message: String) -> Error {
    let error = TransportError::new(TransportErrorKind::Refused, Reach::NotSent, message);
    Error::from_transport(DownloadFile::INFO, error)
}

fn too_large(limit: u64) -> Error {
    let message = format!("the file is larger than the limit of {limit} bytes");
    let error = TransportError::new(TransportErrorKind::ResponseTooLarge, Reach::Unknown, message);
    Error::from_transport(DownloadFile::INFO, error)
}
