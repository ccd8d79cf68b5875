//! Requests written by hand, over both ways to an emulator.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test is how this reports"
)]
#![allow(dead_code, reason = "each test file uses what it needs")]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use hubchannel_api::{Body, HttpTransport, TransportError};
use hubchannel_emulator::Emulator;
use serde_json::{Value, json};

pub(crate) const CHANNELS: &str = "/conversations/v3/custom-channels";

pub(crate) const MESSAGES: &str = "/conversations/v3/custom-channels/2930388/messages";

/// Every known start of a path to the channels, and the version's own spelling of it.
pub(crate) const SPELLINGS: [(&str, &str); 5] = [
    (CHANNELS, CHANNELS),
    ("/conversations/custom-channels/v3", CHANNELS),
    ("/conversations/custom-channels/2025-09", "/conversations/custom-channels/2025-09"),
    ("/conversations/custom-channels/2026-03", "/conversations/custom-channels/2026-03"),
    ("/conversations/custom-channels/2026-09", "/conversations/custom-channels/2026-09"),
];

/// When tests begin that hold the time still: 2023-11-14T22:13:20Z.
pub(crate) fn noon() -> std::time::SystemTime {
    std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000)
}

/// The value of a future that waits for nothing.
#[track_caller]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

/// An emulator and the ways to it.
pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    #[cfg(feature = "http")]
    server: hubchannel_emulator::HttpServer,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// A request; with the seeded token unless another `authorization` is set.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Ask {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Ask::new(Method::GET, path)
    }

    pub(crate) fn publish(body: Value) -> Self {
        Ask::new(Method::POST, MESSAGES).json(body)
    }

    pub(crate) fn patch(id: &str, body: Value) -> Self {
        Ask::new(Method::PATCH, format!("{MESSAGES}/{id}")).json(body)
    }

    /// With the developer's key instead of a token.
    pub(crate) fn developer(mut self) -> Self {
        let before = if self.path.contains('?') { '&' } else { '?' };
        self.path
            .push_str(&format!("{before}hapikey=emulated-developer-key&appId=40776849"));
        self.anonymous()
    }

    pub(crate) fn json(self, body: Value) -> Self {
        self.text(body.to_string())
    }

    pub(crate) fn text(self, body: impl Into<Vec<u8>>) -> Self {
        Ask {
            body: body.into(),
            ..self
        }
        .header("content-type", "application/json")
    }

    /// A form to send, anonymously.
    pub(crate) fn form(path: impl Into<String>, pairs: &[(&str, &str)]) -> Self {
        let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        Ask {
            body: pairs.join("&").into_bytes(),
            ..Ask::new(Method::POST, path)
        }
        .header("content-type", "application/x-www-form-urlencoded")
        .anonymous()
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn anonymous(self) -> Self {
        self.header("authorization", "")
    }

    fn signed(mut self, emulator: &Emulator) -> Self {
        if !self.headers.iter().any(|(name, _)| name == "authorization") {
            let token = emulator.access_token();
            self = self.token(token.expose());
        }
        self.headers
            .retain(|(name, value)| name != "authorization" || !value.is_empty());
        self
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The body without its correlation id, which must be the header's.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        let mut body = self.json();
        let id = body.as_object_mut().unwrap().remove("correlationId");
        assert_eq!(id.as_ref().and_then(Value::as_str), Some(self.header("x-hubspot-correlation-id")));
        body
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().expect("an id").to_owned()
    }
}

impl Bench {
    pub(crate) async fn new(emulator: Emulator) -> Self {
        Bench {
            #[cfg(feature = "http")]
            server: hubchannel_emulator::HttpServer::start(emulator.clone()).await.unwrap(),
            emulator,
        }
    }

    /// Asks in process.
    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        in_process(&self.emulator, ask).await
    }

    /// Asks in process and over HTTP, where it must be the same answer.
    ///
    /// For what changes nothing: it is asked twice.
    #[track_caller]
    pub(crate) fn ask_twice(&self, ask: Ask) -> impl Future<Output = Answer> {
        let place = std::panic::Location::caller();
        async move {
            let answer = self.ask(ask.clone()).await;
            #[cfg(feature = "http")]
            {
                let other = over_http(&self.server, &self.emulator, ask).await;
                assert_eq!(other.status, answer.status, "over HTTP, asked at {place}");
                let same = |answer: &Answer| {
                    let text = String::from_utf8_lossy(&answer.body).into_owned();
                    text.replace(answer.header("x-hubspot-correlation-id"), "")
                };
                assert_eq!(same(&other), same(&answer), "over HTTP, asked at {place}");
                for (name, value) in &answer.headers {
                    // Each request has an id of its own, and leaves less for the next one.
                    let differs = name == "x-hubspot-correlation-id" || name.as_str().ends_with("-remaining");
                    let other = other.headers.get(name);
                    assert!(differs || other == Some(value), "{name}, asked at {place}");
                }
            }
            let _ = place;
            answer
        }
    }

    #[cfg(feature = "http")]
    pub(crate) async fn ask_over_http(&self, ask: Ask) -> Answer {
        over_http(&self.server, &self.emulator, ask).await
    }
}

pub(crate) async fn in_process(emulator: &Emulator, ask: Ask) -> Answer {
    try_in_process(emulator, ask).await.unwrap()
}

pub(crate) async fn try_in_process(emulator: &Emulator, ask: Ask) -> Result<Answer, TransportError> {
    let ask = ask.signed(emulator);
    let mut request = Request::new(Body::from(ask.body));
    *request.method_mut() = ask.method;
    *request.uri_mut() = format!("https://api.hubapi.com{}", ask.path).parse().unwrap();
    for (name, value) in ask.headers {
        request
            .headers_mut()
            .append(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
    }
    let (parts, body) = emulator.transport().send(request).await?.into_parts();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.as_bytes().unwrap().to_vec(),
    })
}

#[cfg(feature = "http")]
pub(crate) mod raw {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    /// The bytes of a request.
    pub(crate) fn write(ask: Ask, emulator: &Emulator) -> Vec<u8> {
        let ask = ask.signed(emulator);
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n",
            ask.method,
            ask.path,
            ask.body.len()
        );
        for (name, value) in &ask.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.into_bytes(), ask.body].concat()
    }

    /// Writes these bytes and reads until the connection closes.
    pub(crate) async fn exchange(server: &hubchannel_emulator::HttpServer, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(server.address()).await?;
        stream.write_all(bytes).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(answer)
    }

    /// Reads an answer that says how long it is.
    pub(crate) fn read(bytes: &[u8]) -> Answer {
        let end = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .unwrap_or_else(|| panic!("no head in {:?}", String::from_utf8_lossy(bytes)));
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: HeaderMap = lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::try_from(value.trim()).unwrap()))
            .collect::<Vec<(HeaderName, HeaderValue)>>()
            .into_iter()
            .collect();
        let body = bytes[end + 4..].to_vec();
        let length = headers
            .get("content-length")
            .map(|value| value.to_str().unwrap().to_owned());
        // An answer without content says no length.
        let expected = (status != 204).then(|| body.len().to_string());
        assert_eq!((length, status == 204 && !body.is_empty()), (expected, false));
        Answer { status, headers, body }
    }
}

#[cfg(feature = "http")]
async fn over_http(server: &hubchannel_emulator::HttpServer, emulator: &Emulator, ask: Ask) -> Answer {
    let bytes = raw::write(ask, emulator);
    raw::read(&raw::exchange(server, &bytes).await.unwrap())
}

/// A body that asks for nothing special.
pub(crate) fn hello() -> Value {
    json!({
        "channelAccountId": "3307400689",
        "messageDirection": "INCOMING",
        "senders": [{
            "name": "Ada",
            "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:987654321"},
        }],
        "recipients": [],
        "text": "Hello",
        "attachments": [],
        "timestamp": "2026-05-27T12:15:00.123Z",
        "integrationThreadId": "chat-42",
    })
}

/// [`hello`] with members set, or removed where they are null.
pub(crate) fn hello_with(changes: Value) -> Value {
    let mut body = hello();
    let members = body.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    body
}
