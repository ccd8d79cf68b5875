//! An emulator, its server, and requests to its admin API.

use std::time::Duration;

use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{AccountSeed, AppSeed, ChannelSeed, Emulator, HttpServer, InboxSeed, Seed, TokenSeed};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) struct Desk {
    pub(crate) emulator: Emulator,
    pub(crate) clock: ManualClock,
    pub(crate) server: HttpServer,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut lines = self.head.split("\r\n").filter_map(|line| line.split_once(": "));
        lines
            .find_map(|(own, value)| own.eq_ignore_ascii_case(name).then_some(value))
            .unwrap_or("")
    }

    /// The error's code.
    pub(crate) fn code(&self) -> String {
        let body = self.json();
        assert!(
            body["error"]["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty()),
            "{body}"
        );
        body["error"]["code"].as_str().unwrap().to_owned()
    }
}

impl Desk {
    /// With a channel that can do everything, and a webhook.
    pub(crate) async fn new() -> Self {
        let capabilities = json!({
            "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID"],
            "threadingModel": "INTEGRATION_THREAD_ID",
            "allowOutgoingMessages": true,
            "allowInlineImages": true,
            "richText": ["HYPERLINK", "BOLD"],
            "outgoingAttachmentTypes": ["FILE"],
        });
        let channel = ChannelSeed::new("1000", 77)
            .set_capabilities(serde_json::from_value(capabilities).unwrap())
            .set_webhook_url("https://bridge.example.com/events");
        let account = AccountSeed::new("2000", "1000", 62515);
        let clock = ManualClock::new(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        let seed = Seed::new(channel, account, TokenSeed::new("token", 62515, 77))
            .add_app(AppSeed::new(77))
            .add_inbox(InboxSeed::new("3000", 62515))
            .with_clock(clock.clone());
        let emulator = Emulator::with_seed(seed);
        Desk {
            server: HttpServer::start(emulator.clone()).await.unwrap(),
            emulator,
            clock,
        }
    }

    pub(crate) fn host(&self) -> String {
        self.server.address().to_string()
    }

    /// A request with these lines in its head and this body.
    pub(crate) async fn send(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!("{line} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut stream = TcpStream::connect(self.server.address()).await.unwrap();
        stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer to {line}"));
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head,
            body: bytes[end + 4..].to_vec(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let line = format!("GET /_emulator/api/{path}");
        self.send(&line, &[("host", &self.host())], b"").await
    }

    pub(crate) async fn change(&self, method: &str, path: &str, body: &Value) -> Answer {
        let line = format!("{method} /_emulator/api/{path}");
        let host = self.host();
        let headers = [("host", host.as_str()), ("content-type", "application/json")];
        self.send(&line, &headers, body.to_string().as_bytes()).await
    }

    /// A change that must be made.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: Value) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        async move {
            let answer = self.change("POST", path, &body).await;
            assert_eq!(answer.status, 200, "{} at {place}", String::from_utf8_lossy(&answer.body));
            answer.json()
        }
    }

    /// A conversation in which a visitor has said hello.
    pub(crate) async fn open(&self) -> String {
        let body = json!({
            "channelAccountId": "2000",
            "sender": {"value": "chat:987654321", "name": "Ada"},
            "text": "Hello",
            "integrationThreadId": "chat-42",
        });
        let said = self.post("visitor-messages", body).await;
        said["message"]["conversationsThreadId"].as_str().unwrap().to_owned()
    }
}

/// A connection to the stream of changes.
pub(crate) struct Live(TcpStream, String);

impl Live {
    pub(crate) async fn open(desk: &Desk, last: Option<u64>) -> Self {
        let last = last.map_or_else(String::new, |last| format!("last-event-id: {last}\r\n"));
        let head = format!("GET /_emulator/api/events HTTP/1.1\r\nhost: {}\r\n{last}\r\n", desk.host());
        let mut stream = TcpStream::connect(desk.server.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut live = Live(stream, String::new());
        let opening = live.until("\n\n").await;
        assert!(opening.contains("text/event-stream"), "{opening}");
        live
    }

    /// What comes until this, with it.
    async fn until(&mut self, end: &str) -> String {
        loop {
            if let Some(at) = self.1.find(end) {
                let rest = self.1.split_off(at + end.len());
                return std::mem::replace(&mut self.1, rest);
            }
            let mut bytes = [0; 4096];
            let length = self.0.read(&mut bytes).await.unwrap();
            assert!(length > 0, "the stream has ended after {:?}", self.1);
            self.1.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
        }
    }

    /// The data of the next event, whose id and kind must be those of its lines.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            let event = self.until("\n\n").await;
            let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: ")) else {
                continue;
            };
            let data: Value = serde_json::from_str(data).unwrap();
            assert!(event.contains(&format!("id: {}\n", data["sequence"])), "{event}");
            assert!(event.contains(&format!("event: {}\n", data["kind"].as_str().unwrap())), "{event}");
            return data;
        }
    }

    /// Whether the stream ends.
    pub(crate) async fn ends(mut self) -> bool {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).await.is_ok()
    }
}
