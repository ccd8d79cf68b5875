//! The emulator's answers, held against HubSpot's descriptions: whatever is asked of it, in each of the versions, what
//! it answers is what that version allows for that operation.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    task::{Context, Poll, Waker},
};

use http::{Request, Response, StatusCode, Uri};
use hubchannel_api::{Body, HttpTransport};
use hubchannel_emulator::{Emulator, Seed};
use hubchannel_testkit::samples;
use jsonschema::Validator;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::contract::tests::checked_in;
use super::contract::{Contract, OperationId, Schema, Shape};
use super::json_schema;

/// What the emulator's answers have, or lack, against a description, each with the reason.
const DEVIATIONS: &[(&str, &str)] = &[(
    "/$defs/PublicChannelIntegrationChannel/properties/capabilities/additionalProperties/type: ",
    "described as a map to objects, which no capability is: they are lists, numbers and booleans (observed)",
)];

/// One request: which of the contract's operations, with ids among those that there are, and a body with something done
/// to it.
#[derive(Clone, Debug)]
struct Ask {
    operation: usize,
    channel: usize,
    other: usize,
    body: usize,
    query: &'static str,
    change: Change,
    credential: Credential,
}

#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Drop(usize),
    Replace(usize, Value),
    Text(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Credential {
    Right,
    Wrong,
    None,
}

fn ask() -> impl Strategy<Value = Ask> {
    let odd = vec![
        json!(null),
        json!(5),
        json!(""),
        json!([]),
        json!({}),
        json!("x"),
        json!([null]),
        json!({"type": "HS_PHONE_NUMBER", "value": "no number"}),
        json!("\u{0}<b>\u{1f44b}"),
    ];
    let texts = vec![
        "",
        "{",
        "null",
        "[]",
        "{\"text\":\"\u{fffd}",
        "{\"a\":1,\"a\":2}",
        "\u{feff}{}",
    ];
    let change = prop_oneof![
        8 => Just(Change::Nothing),
        1 => (0..8_usize).prop_map(Change::Drop),
        2 => (0..8_usize, select(odd)).prop_map(|(at, value)| Change::Replace(at, value)),
        1 => select(texts).prop_map(Change::Text),
    ];
    let queries = vec![
        "",
        "",
        "",
        "limit=1",
        "limit=0",
        "after=x",
        "archived=true",
        "deliveryIdentifierType=X",
        "%ff",
    ];
    let credential =
        prop_oneof![20 => Just(Credential::Right), 1 => Just(Credential::Wrong), 1 => Just(Credential::None)];
    (0..13_usize, 0..5_usize, 0..6_usize, 0..6_usize, select(queries), change, credential).prop_map(
        |(operation, channel, other, body, query, change, credential)| Ask {
            operation,
            channel,
            other,
            body,
            query,
            change,
            credential,
        },
    )
}

/// A body that the operation takes.
fn body(id: &OperationId, number: usize) -> Option<Value> {
    let identifier = |value: &str| json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": format!("{value}-{number}")});
    let capabilities = json!({
        "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID", "HS_PHONE_NUMBER"],
        "threadingModel": if number.is_multiple_of(2) { "INTEGRATION_THREAD_ID" } else { "DELIVERY_IDENTIFIER" },
        "richText": ["BOLD"],
        "allowOutgoingMessages": true,
        "maxFileAttachmentCount": 5,
    });
    let attachments = [
        json!([]),
        json!([{"type": "FILE", "fileId": "44", "fileUsageType": "IMAGE"}, {"type": "FILE", "fileId": "45"}]),
        json!([{"type": "LOCATION", "latitude": 52.5, "longitude": -13.4, "name": "here"}]),
        json!([{"type": "QUICK_REPLIES", "quickReplies": [{"value": "yes", "valueType": "TEXT", "label": "Yes"}]}]),
        json!([{"type": "UNSUPPORTED_CONTENT"}, {"type": "MESSAGE_HEADER", "text": "head", "fileId": 7}]),
        json!([
            {"type": "SOCIAL_MEDIA_METADATA", "socialMetadata": {"mediaType": "PHOTO", "id": "1"}},
            {"type": "CONTACT", "contactProfile": {
                "addresses": [{"city": "Berlin", "type": "HOME"}], "emails": [{"email": "a@b.example", "type": "WORK"}],
                "phones": [{"phone": "+15550001111", "type": "CELL"}], "urls": [{"url": "https://a.example"}],
                "name": {"firstName": "A"}, "org": {"company": "B"},
            }},
        ]),
    ];
    let path = id.path.trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap();
    Some(match (id.method.as_str(), last) {
        ("POST", "messages") => json!({
            "text": "Hello", "richText": "<b>Hello</b>", "channelAccountId": "3307400689",
            "messageDirection": if number == 3 { "OUTGOING" } else { "INCOMING" },
            "senders": [{"name": "Visitor", "deliveryIdentifier": identifier("s")}],
            "recipients": [{"deliveryIdentifier": identifier("r")}],
            "attachments": attachments[number], "timestamp": "2026-05-27T12:15:00.123Z",
            "integrationThreadId": format!("thread-{number}"), "inReplyToId": "5c1f",
        }),
        ("PATCH", "{messageId}") => {
            let status = ["SENT", "READ", "FAILED"][number % 3];
            json!({"statusType": status, "errorMessage": "Number unreachable"})
        }
        ("POST", "channel-accounts") => json!({
            "inboxId": "485728346", "name": "Account", "authorized": true, "deliveryIdentifier": identifier("a"),
        }),
        ("PATCH", "{channelAccountId}") => json!({"name": format!("Account {number}"), "authorized": true}),
        ("PATCH", "{accountToken}") => json!({"accountName": "Account", "deliveryIdentifier": identifier("t")}),
        ("PATCH", "{channelId}") => json!({
            "webhookUrl": "https://bridge.example/events",
            "channelDescription": if number == 0 { Value::Null } else { json!("A channel") },
            "channelAccountConnectionRedirectUrl": "https://bridge.example/connect",
        }),
        ("POST", _) => json!({
            "name": "Channel", "capabilities": capabilities, "webhookUrl": "https://bridge.example/events",
            "channelAccountConnectionRedirectUrl": "https://bridge.example/connect",
        }),
        _ => return None,
    })
}

fn changed(body: Value, change: &Change) -> String {
    let mut body = body;
    let member = |body: &Value, at: usize| {
        let members = body.as_object().unwrap();
        members.keys().nth(at % members.len()).unwrap().clone()
    };
    match change {
        Change::Nothing => {}
        Change::Text(text) => return (*text).to_owned(),
        Change::Drop(at) => {
            let member = member(&body, *at);
            body.as_object_mut().unwrap().remove(&member);
        }
        Change::Replace(at, value) => {
            let member = member(&body, *at);
            body[member] = value.clone();
        }
    }
    body.to_string()
}

/// The emulator answers in process without waiting.
fn at_once<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the emulator waits"),
    }
}

/// An emulator, and the ids to ask it for.
struct World {
    emulator: Emulator,
    tokens: Vec<String>,
}

impl World {
    fn new() -> Self {
        let channel = hubchannel_emulator::ChannelSeed::new("2930388", 40_776_849)
            .set_channel_account_connection_redirect_url("https://bridge.example/connect");
        let seed = Seed::default().add_channel(channel).without_rate_limits();
        World {
            emulator: Emulator::with_seed(seed),
            tokens: Vec::new(),
        }
    }

    /// The value of a parameter: of what there is, or of what there is not.
    fn value(&mut self, name: &str, ask: &Ask) -> String {
        let pick = |all: Vec<String>, at: usize, odd: [&str; 2]| match all.len() {
            0 => odd[at % 2].to_owned(),
            _ if at >= 4 => odd[at % 2].to_owned(),
            count => all[at % count].clone(),
        };
        let emulator = &self.emulator;
        let text = |id: Option<&str>| id.unwrap_or_default().to_owned();
        match name {
            "channelId" if ask.channel < 3 => "2930388".to_owned(),
            "channelId" => {
                let channels = emulator.channels();
                let ids = channels
                    .iter()
                    .map(|channel| text(channel.id.as_ref().map(|id| id.as_str())));
                // The first one stays, so that there is something to ask.
                pick(ids.skip(1).collect(), ask.channel + ask.other, ["77", "x"])
            }
            "channelAccountId" => {
                let accounts = emulator.channel_accounts();
                let ids = accounts
                    .iter()
                    .map(|account| text(account.id.as_ref().map(|id| id.as_str())));
                pick(ids.collect(), ask.other, ["77", "x"])
            }
            "messageId" => {
                let messages = emulator.messages();
                let ids = messages
                    .iter()
                    .map(|message| text(message.id.as_ref().map(|id| id.as_str())));
                pick(ids.collect(), ask.other, ["5c1f", "%00"])
            }
            "accountToken" => {
                if let Ok(connection) = emulator.start_connection("2930388", "485728346") {
                    self.tokens.push(connection.redirect.account_token.expose().to_owned());
                }
                let token = match ask.other {
                    0..3 => self.tokens.last(),
                    3 => self.tokens.first(),
                    _ => None,
                };
                token.map_or("unknown", String::as_str).to_owned()
            }
            other => panic!("a parameter that is not known: {other}"),
        }
    }

    fn send(&mut self, id: &OperationId, ask: &Ask) -> Response<Body> {
        let is_developers = !id.path.contains("/messages") && !id.path.contains("/channel-account");
        let mut path = String::new();
        for piece in id.path.split('/').skip(1) {
            path.push('/');
            match piece.strip_prefix('{').and_then(|piece| piece.strip_suffix('}')) {
                Some(name) => path.push_str(&self.value(name, ask)),
                None => path.push_str(piece),
            }
        }
        let mut query = vec![ask.query.to_owned()];
        let mut request = Request::builder().method(id.method.as_str());
        match (is_developers, ask.credential) {
            (_, Credential::None) => {}
            (true, right) => {
                let key = if right == Credential::Right {
                    "emulated-developer-key"
                } else {
                    "no key"
                };
                query.push(format!("hapikey={}&appId=40776849", key.replace(' ', "+")));
            }
            (false, right) => {
                let token = if right == Credential::Right {
                    "emulated-access-token"
                } else {
                    "unknown"
                };
                request = request.header("authorization", format!("Bearer {token}"));
            }
        }
        query.retain(|part| !part.is_empty());
        let address = format!("https://api.hubapi.com{path}?{}", query.join("&"));
        request = request.uri(address.parse::<Uri>().unwrap());
        let body = match body(id, ask.body) {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(changed(body, &ask.change))
            }
            None => Body::empty(),
        };
        at_once(self.emulator.transport().send(request.body(body).unwrap())).unwrap()
    }
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

/// HubSpot's description of errors requires a `category` and knows no `status`; real ones may lack the former and have
/// the latter (observed).
fn error_validator(contract: &Contract) -> Validator {
    let named = Schema {
        shape: Shape::Named("Error".to_owned()),
        ..Schema::default()
    };
    let mut schema = json_schema::of(contract, &named);
    let error = &mut schema["$defs"]["Error"];
    error["required"] = json!(["status", "message", "correlationId"]);
    error["properties"]["status"] = json!({"const": "error"});
    validator(&schema)
}

/// The validators of an operation's successes, by status; `None` for one without a body.
fn success_validators(contract: &Contract, id: &OperationId) -> BTreeMap<String, Option<Validator>> {
    let responses = contract.operations[id].responses.iter();
    responses
        .filter(|(status, _)| status.as_str() != "default")
        .map(|(status, response)| {
            let schema = response.content.values().next();
            (status.clone(), schema.map(|schema| validator(&json_schema::of(contract, schema))))
        })
        .collect()
}

fn complaints(validator: &Validator, value: &Value) -> Vec<String> {
    let complaints = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.schema_path()));
    complaints
        .filter(|complaint| !DEVIATIONS.iter().any(|(item, _)| complaint.starts_with(item)))
        .collect()
}

#[test]
fn every_answer_of_the_emulator_is_one_that_the_description_allows() {
    let courses = vec(ask(), 1..60);
    for contract in checked_in() {
        let ids: Vec<&OperationId> = contract.operations.keys().collect();
        let successes: Vec<_> = ids.iter().map(|id| success_validators(&contract, id)).collect();
        let error = error_validator(&contract);
        let (mut succeeded, mut failed) = (BTreeSet::new(), BTreeMap::<u16, usize>::new());
        for course in samples(&courses, 64) {
            let mut world = World::new();
            for ask in course {
                let id = ids[ask.operation];
                let (parts, body) = world.send(id, &ask).into_parts();
                let bytes = body.as_bytes().cloned().unwrap_or_default();
                let shown = format!("{} {} in {}: {ask:?}", id.method, id.path, contract.version);
                let json = || -> Value {
                    assert_eq!(parts.headers["content-type"], "application/json;charset=utf-8", "{shown}");
                    serde_json::from_slice(&bytes).unwrap()
                };
                if parts.status.is_success() {
                    succeeded.insert(ask.operation);
                    match successes[ask.operation].get(parts.status.as_str()) {
                        None => panic!("{} is no success of {shown}", parts.status),
                        Some(None) => assert!(bytes.is_empty(), "{shown}"),
                        Some(Some(validator)) => {
                            assert_eq!(complaints(validator, &json()), [""; 0], "{shown}\n{:#}", json());
                        }
                    }
                    assert_eq!(parts.headers.contains_key("location"), parts.status == StatusCode::CREATED, "{shown}");
                } else {
                    *failed.entry(parts.status.as_u16()).or_default() += 1;
                    assert!(parts.status.is_client_error(), "{} for {shown}", parts.status);
                    assert_eq!(complaints(&error, &json()), [""; 0], "{shown}\n{:#}", json());
                }
            }
        }
        assert_eq!(succeeded.len(), 13, "operations of {} never succeeded", contract.version);
        let seen: Vec<u16> = failed.keys().copied().collect();
        assert_eq!(seen, [400, 401, 404, 409], "{}", contract.version);
    }
}

#[test]
fn an_answer_that_lacks_what_is_required_is_seen() {
    let contract = &checked_in()[0];
    let id = contract
        .operations
        .keys()
        .find(|id| id.method == "POST" && id.path.ends_with("/messages"));
    let validators = success_validators(contract, id.unwrap());
    let validator = validators["201"].as_ref().unwrap();
    assert!(!complaints(validator, &json!({"id": "1"})).is_empty());
    let error = error_validator(contract);
    let good = json!({"status": "error", "message": "m", "correlationId": "019db0fe-71a1-7000-8000-000000000000"});
    assert_eq!(complaints(&error, &good), [""; 0]);
    for (member, wrong) in [
        ("status", json!("ok")),
        ("correlationId", json!("1")),
        ("context", json!({"a": "b"})),
    ] {
        let mut bad = good.clone();
        bad[member] = wrong;
        assert!(!complaints(&error, &bad).is_empty(), "{member}");
    }
}
