//! No token, key or secret is in anything that a program might log.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;
#[path = "common/hubspot.rs"]
mod hubspot;

use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use http::{Request, Response, StatusCode};
use hubchannel_api::{Body, Client, GetChannel, HttpTransport, Reach, TransportError, TransportErrorKind};
use hubchannel_middleware::{
    Credentials, CredentialsError, DeveloperKey, FileTokenStore, MemoryTokenStore, PortalTokens, RetryPolicy, Stack,
    TokenStore,
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use self::{
    common::drive,
    hubspot::{DEAD, Flaky, HubSpot, MARK, Next, PORTAL, connected, read},
};

/// Everything that was recorded.
static LOG: Mutex<String> = Mutex::new(String::new());

/// Writes down every span, field and event of the process.
#[derive(Debug)]
struct Log(AtomicU64);

struct Fields;

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(LOG.lock().unwrap(), " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        writeln!(LOG.lock().unwrap(), "\nspan {}", attributes.metadata().name()).unwrap();
        attributes.record(&mut Fields);
        Id::from_u64(self.0.fetch_add(1, Ordering::SeqCst))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What was shown, and what showed it.
#[derive(Default)]
struct Shown(Vec<String>);

impl Shown {
    fn debug(&mut self, value: &dyn fmt::Debug) {
        self.0.push(format!("{value:?}\n{value:#?}"));
    }

    fn error(&mut self, error: &(dyn StdError + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.0.push(format!("{error}\n{error:?}\n{error:#?}"));
            next = error.source();
        }
    }

    fn check(&self) {
        let log = LOG.lock().unwrap();
        for text in self.0.iter().chain([&*log]) {
            assert!(!text.contains(MARK), "{text}");
        }
        // What is expected to be there is there, so the scanner sees.
        for span in ["call", "attempt", "refresh"] {
            assert!(log.contains(&format!("span {span}\n")), "{log}");
        }
        for outcome in [
            "refreshed",
            "found",
            "saved",
            "reconnect",
            "unavailable",
            "store",
            "not_connected",
        ] {
            assert!(log.contains(&format!("outcome=\"{outcome}\"")), "{outcome}: {log}");
        }
    }
}

/// One call of a client, and everything around it.
fn call(shown: &mut Shown, hubspot: &HubSpot, client: &Client) {
    shown.debug(client);
    if let Err(error) = drive(&hubspot.clock, client.get_message(read())) {
        shown.error(&error);
        if let Some(error) = CredentialsError::of(&error) {
            shown.debug(error);
        }
    }
    shown.debug(client);
}

#[test]
fn nothing_shows_a_token_a_key_or_a_secret() {
    tracing::subscriber::set_global_default(Log(AtomicU64::new(1))).unwrap();
    let mut shown = Shown::default();

    let answers = [
        Next::Issue,
        Next::Replace("hush-refresh-1"),
        Next::Answer(400, DEAD),
        Next::Answer(400, r#"{"status":"BAD_CLIENT_ID","message":"no client with hush-client-secret"}"#),
        Next::Answer(503, "hush-refresh-0"),
        Next::Answer(200, "hush-refresh-0"),
        Next::Answer(200, r#"{"access_token":"hush access"}"#),
        Next::Answer(200, r#"{"access_token":7,"refresh_token":"hush-refresh-0"}"#),
        Next::OtherPortal,
        Next::Busy("5"),
        Next::Lost,
        Next::Silence,
    ];
    for next in answers {
        let hubspot = HubSpot::new();
        hubspot.then([next]);
        let client = hubspot.client(hubspot.portal());
        call(&mut shown, &hubspot, &client);
        call(&mut shown, &hubspot, &client);
        hubspot.state().refuses_all = true;
        call(&mut shown, &hubspot, &client);
        hubspot.clock.advance(Duration::from_secs(3_600));
        call(&mut shown, &hubspot, &client);
    }

    // Stores: one that fails, one that others use, one with nothing, one in files.
    let hubspot = HubSpot::new();
    let store = Flaky::new(connected());
    store.fail(1);
    let portals = hubspot.builder(store.clone());
    shown.debug(&portals);
    let portals = portals.build();
    let client = hubspot.client(portals.portal(PORTAL));
    call(&mut shown, &hubspot, &client);
    hubspot.clock.advance(Duration::from_secs(5));
    call(&mut shown, &hubspot, &client);
    let other = hubspot.builder(store.clone()).build();
    call(&mut shown, &hubspot, &hubspot.client(other.portal(PORTAL)));
    let nobody = hubspot.builder(MemoryTokenStore::new()).build();
    call(&mut shown, &hubspot, &hubspot.client(nobody.portal(PORTAL)));
    shown.debug(&(&portals, portals.portal(PORTAL), &store.beneath));
    shown.debug(&drive(&hubspot.clock, store.load(&PORTAL.into())));
    let place = tempfile::tempdir().unwrap();
    let files = FileTokenStore::open(place.path()).unwrap();
    let portals = hubspot.builder(files.clone()).build();
    drive(&hubspot.clock, portals.connect("hush-code", "https://bridge.example.com/oauth")).unwrap();
    call(&mut shown, &hubspot, &hubspot.client(portals.portal(PORTAL)));
    std::fs::write(place.path().join(format!("{PORTAL}.tokens")), "hush").unwrap();
    shown.error(&drive(&hubspot.clock, files.load(&PORTAL.into())).unwrap_err());
    shown.error(&drive(&hubspot.clock, files.save(&"1".into(), &PortalTokens::new("hush\n"), None)).unwrap_err());
    shown.debug(&files);
    hubspot.then([Next::Answer(
        400,
        r#"{"status":"BAD_AUTH_CODE","message":"hush-code is of no use"}"#,
    )]);
    shown.error(&drive(&hubspot.clock, portals.connect("hush-code", "https://bridge.example.com/oauth")).unwrap_err());

    // The key and a fixed token, sent and refused, with repeats around them.
    let key = DeveloperKey::new("40776849", "hush-key");
    shown.debug(&key);
    for stack in [
        Stack::new(hubspot.clone())
            .developer_key(key.clone())
            .access_token("hush-token"),
        Stack::new(hubspot.clone()).developer_key(key).oauth(hubspot.portal()),
        Stack::new(hubspot.clone()).developer_key(DeveloperKey::new("40776849", "hush key")),
        Stack::new(hubspot.clone()).access_token("hush token"),
    ] {
        let stack = stack.clock(hubspot.clock.clone()).retry(RetryPolicy::new().seed(7));
        shown.debug(&stack);
        let client = Client::new(stack.build());
        call(&mut shown, &hubspot, &client);
        if let Err(error) = drive(&hubspot.clock, client.get_channel(GetChannel::new("1"))) {
            shown.error(&error);
        }
    }
    shown.check();
}

/// A proxy that repeats every credential that a call came with, in an answer or where there is none.
#[derive(Clone, Debug)]
struct Echo {
    status: Option<u16>,
    seen: Arc<Mutex<String>>,
}

#[async_trait]
impl HttpTransport for Echo {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let mut seen = self.seen.lock().unwrap();
        let header = request.headers().get("authorization");
        let header = header.map_or("", |header| header.to_str().unwrap());
        if !seen.contains(request.uri().path()) {
            seen.clear();
        }
        write!(seen, "cannot pass on {} with {header}; ", request.uri()).unwrap();
        let Some(status) = self.status else {
            return Err(TransportError::new(TransportErrorKind::Connect, Reach::NotSent, seen.as_str()));
        };
        let body = format!(r#"{{"message":"{seen}","category":"{header}","correlationId":"{header}"}}"#);
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        Ok(response)
    }
}

#[test]
fn nothing_shows_the_credential_of_a_call_where_the_server_repeats_it() {
    let hubspot = HubSpot::new();
    for status in [None, Some(400), Some(401), Some(404), Some(503)] {
        let echo = || Echo {
            status,
            seen: Arc::default(),
        };
        let key = || DeveloperKey::new("40776849", "hush/key");
        let stack = || Stack::new(echo()).clock(hubspot.clock.clone()).developer_key(key());
        for client in [
            Client::new(stack().access_token("hush-token").build()),
            Client::new(
                stack()
                    .access_token("hush-token")
                    .attempt_timeout(None)
                    .retry(None)
                    .build(),
            ),
            Client::new(stack().oauth(hubspot.portal()).build()),
            Client::new(Credentials::new(echo()).access_token("hush-token").developer_key(key())),
            Client::new(Credentials::new(echo()).oauth(hubspot.portal()).developer_key(key())),
        ] {
            let mut shown = Shown::default();
            let errors = [
                drive(&hubspot.clock, client.get_message(read())).unwrap_err(),
                drive(&hubspot.clock, client.get_channel(GetChannel::new("8"))).unwrap_err(),
            ];
            for error in &errors {
                assert!(error.to_string().contains("cannot pass on "), "{error}");
                shown.error(error);
            }
            let text = shown.0.concat();
            assert!(!text.contains(MARK), "{status:?}, {client:?}: {text}");
        }
    }
}
