//! An emulator with a bridge, all that can be read of it, and the one that goes on from its snapshot.

use std::sync::Mutex;

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{Body, HttpTransport, Reach, TransportError, TransportErrorKind, clock::ManualClock};
use hubchannel_emulator::{AccountSeed, AppSeed, ChannelSeed, Emulator, Seed, Snapshot, TokenSeed, admin::Window};
use serde_json::{Value, json};

use crate::common::{Answer, Ask, MESSAGES, in_process, now};

/// With two accounts, a webhook, and an app that is told of conversations.
pub(crate) fn seed(clock: &ManualClock) -> Seed {
    let channel = ChannelSeed::new("2930388", 77)
        .set_webhook_url("https://bridge.example.com/events?tenant=acme")
        .set_channel_account_connection_redirect_url("https://bridge.example.com/connect");
    let capabilities = json!({
        "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID", "HS_EMAIL_ADDRESS"],
        "threadingModel": "INTEGRATION_THREAD_ID",
        "allowOutgoingMessages": true,
        "outgoingAttachmentTypes": ["FILE"],
    });
    let channel = channel.set_capabilities(serde_json::from_value(capabilities).unwrap());
    let account = AccountSeed::new("3307400689", "2930388", 62515);
    let token = TokenSeed::new("emulated-access-token", 62515, 77);
    let app = AppSeed::new(77).set_subscription_url("https://bridge.example.com/conversations");
    Seed::new(channel, account, token)
        .add_app(app)
        .add_account(AccountSeed::new("3307400690", "2930388", 62515))
        .with_clock(clock.clone())
        .without_rate_limits()
}

/// Answers with these statuses, 0 for nobody there, and then takes everything.
#[derive(Debug, Default)]
pub(crate) struct Bridge {
    pub(crate) fates: Mutex<Vec<u16>>,
    pub(crate) arrived: Mutex<Vec<Value>>,
}

#[async_trait]
impl HttpTransport for Bridge {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let fate = self.fates.lock().unwrap().pop().unwrap_or(204);
        if fate == 0 {
            return Err(TransportError::new(TransportErrorKind::Connect, Reach::NotSent, "nobody is there"));
        }
        let body = request.into_body().read(u64::MAX).await.unwrap();
        self.arrived
            .lock()
            .unwrap()
            .push(serde_json::from_slice(&body).unwrap());
        let mut response = Response::new(Body::from("answer"));
        *response.status_mut() = fate.try_into().unwrap();
        Ok(response)
    }
}

pub(crate) fn show(answer: &Answer) -> Value {
    json!([answer.status, String::from_utf8_lossy(&answer.body)])
}

/// All that can be read of it.
pub(crate) fn read(emulator: &Emulator) -> Value {
    let mut overview = json!(emulator.overview());
    let members = overview.as_object_mut().unwrap();
    // Which changes there were, and how many requests, is of one emulator alone.
    members.remove("sequence").unwrap();
    members["counts"].as_object_mut().unwrap().remove("requests").unwrap();
    let ask = |path: String| show(&now(in_process(emulator, Ask::get(path))));
    let messages = emulator.messages();
    let messages = messages.iter().map(|message| {
        let id = message.id.as_ref().unwrap();
        ask(format!("{MESSAGES}/{id}"))
    });
    let threads = emulator.threads();
    let threads = threads.iter().map(|thread| {
        let view = emulator.conversation(thread.id.clone()).unwrap();
        let messages = ask(format!("/conversations/v3/conversations/threads/{}/messages", thread.id));
        json!([format!("{thread:?}"), json!(view), messages])
    });
    json!({
        "overview": overview,
        "credentials": json!(emulator.credentials()),
        "known": [
            json!(emulator.channel_id()),
            json!(emulator.channel_account_id()),
            json!(emulator.access_token()),
            json!(emulator.portal_id()),
            json!(emulator.inbox_id()),
        ],
        "messages": messages.collect::<Vec<_>>(),
        "threads": threads.collect::<Vec<_>>(),
        "events": emulator.events(),
        "deliveries": emulator.delivery_log(Window::default()),
        "due": format!("{:?}", emulator.until_next_delivery()),
        "clock": emulator.clock_reading(),
    })
}

pub(crate) fn again(emulator: &Emulator, clock: &ManualClock) -> Emulator {
    let snapshot = Snapshot::from_json(&emulator.snapshot().to_json()).unwrap();
    Emulator::from_snapshot(Seed::default().with_clock(clock.clone()).without_rate_limits(), snapshot)
}
