//! Any course of registering channels and connecting accounts, beside a reference that is too simple to be wrong; in process
//! and over HTTP, where every answer must be the same.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use common::{Answer, Ask, Bench, CHANNELS, noon};
use http::Method;
use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::{ChannelSeed, Emulator, Seed};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

/// Channels and accounts are named by their place among all there ever were; a place that is not taken names none.
#[derive(Clone, Debug)]
enum Event {
    Register(String),
    Patch(usize, &'static str, Value),
    Archive(usize),
    Channels(u32),
    Connect(usize, Account),
    Change(usize, usize, Option<bool>, Option<String>),
    ArchiveAccount(usize),
    Accounts(usize, bool, Option<&'static str>, u32),
    Read(usize, usize, bool),
}

#[derive(Clone, Debug)]
struct Account {
    inbox: &'static str,
    name: String,
    value: Option<&'static str>,
}

fn event() -> impl Strategy<Value = Event> {
    let channel = || 0..5_usize;
    let account = || 0..8_usize;
    let value = || option::of(select(vec!["a", "b", "c,d"]));
    let name = || "[a-z]{0,2}";
    let members = select(vec!["name", "webhookUrl", "channelDescription"]);
    let change = prop_oneof![Just(Value::Null), name().prop_map(Value::from)];
    let connect = (select(vec!["485728346", "485728346", "1"]), name(), value());
    prop_oneof![
        2 => name().prop_map(Event::Register),
        2 => (channel(), members, change).prop_map(|(at, member, change)| Event::Patch(at, member, change)),
        1 => channel().prop_map(Event::Archive),
        1 => (0..4_u32).prop_map(Event::Channels),
        6 => (channel(), connect).prop_map(|(at, (inbox, name, value))| {
            Event::Connect(at, Account { inbox, name, value })
        }),
        2 => (channel(), account(), option::of(any::<bool>()), option::of(name()))
            .prop_map(|(channel, account, authorized, name)| Event::Change(channel, account, authorized, name)),
        1 => account().prop_map(Event::ArchiveAccount),
        2 => (channel(), any::<bool>(), value(), 1..4_u32)
            .prop_map(|(at, archived, value, limit)| Event::Accounts(at, archived, value, limit)),
        2 => (channel(), account(), any::<bool>())
            .prop_map(|(channel, account, archived)| Event::Read(channel, account, archived)),
    ]
}

/// What the emulator must hold: channels and accounts as a read shows them, with what a read does not show.
#[derive(Default)]
struct Reference {
    channels: Vec<(Value, bool)>,
    accounts: Vec<(usize, Value)>,
}

impl Reference {
    fn channel(&self, at: usize) -> Option<&Value> {
        self.channels
            .get(at)
            .filter(|(_, archived)| !archived)
            .map(|(channel, _)| channel)
    }

    fn channel_id(&self, at: usize) -> String {
        self.channels
            .get(at)
            .map_or("7", |(channel, _)| channel["id"].as_str().unwrap())
            .to_owned()
    }

    fn account_id(&self, at: usize) -> String {
        self.accounts
            .get(at)
            .map_or("7", |(_, account)| account["id"].as_str().unwrap())
            .to_owned()
    }

    /// The account, where it is the channel's and the channel is there.
    fn account(&mut self, channel: usize, at: usize, archived: bool) -> Option<&mut Value> {
        self.channel(channel)?;
        let (own, account) = self.accounts.get_mut(at)?;
        (*own == channel && account["archived"] == archived).then_some(account)
    }
}

/// An emulator to ask in process, and its double to ask over HTTP.
struct Pair {
    near: Bench,
    far: Bench,
}

impl Pair {
    async fn new() -> Self {
        let seed = || {
            Seed::default()
                .with_clock(ManualClock::new(noon()))
                .without_rate_limits()
                .add_channel(ChannelSeed::new("500", 99))
        };
        Pair {
            near: Bench::new(Emulator::with_seed(seed())).await,
            far: Bench::new(Emulator::with_seed(seed())).await,
        }
    }

    async fn ask(&self, ask: Ask) -> Answer {
        let near = self.near.ask(ask.clone()).await;
        #[cfg(feature = "http")]
        {
            let far = self.far.ask_over_http(ask).await;
            assert_eq!((far.status, &far.body), (near.status, &near.body));
            assert_eq!(far.header("location"), near.header("location"));
        }
        near
    }

    fn archive_account(&self, id: &str) -> bool {
        let near = self.near.emulator.archive_channel_account(id);
        // Without HTTP nobody has told the double of the accounts.
        let far = self.far.emulator.archive_channel_account(id);
        assert!(far == near || cfg!(not(feature = "http")));
        near
    }

    /// Every page of a list.
    async fn list(&self, path: &str, limit: u32, developer: bool) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let ask = Ask::get(format!("{path}limit={limit}{after}"));
            let page = self.ask(if developer { ask.developer() } else { ask }).await.json();
            let results = page["results"].as_array().unwrap();
            assert!(results.len() <= limit as usize);
            all.extend(results.iter().cloned());
            match page["paging"]["next"]["after"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => {
                    assert_eq!(page["total"], all.len());
                    return all;
                }
            }
        }
    }
}

async fn run(events: Vec<Event>) {
    let pair = Pair::new().await;
    let mut reference = Reference::default();
    let seeded = pair
        .ask(Ask::get(format!("{CHANNELS}/2930388")).developer())
        .await
        .json();
    reference.channels.push((seeded, false));
    let account = pair
        .ask(Ask::get(format!("{CHANNELS}/2930388/channel-accounts/3307400689")))
        .await
        .json();
    reference.accounts.push((0, account));
    for event in events {
        let shown = format!("{event:?}");
        match event {
            Event::Register(name) => {
                let body = json!({"name": name, "capabilities": {}});
                let answer = pair.ask(Ask::new(Method::POST, CHANNELS).developer().json(body)).await;
                let there = reference.channels.iter().filter(|(_, archived)| !archived).count();
                if name.is_empty() || there == 10 {
                    assert_eq!(answer.status, 400, "{shown}");
                } else {
                    assert_eq!((answer.status, &answer.json()["name"]), (201, &json!(name)), "{shown}");
                    reference.channels.push((answer.json(), false));
                }
            }
            Event::Patch(at, member, value) => {
                let path = format!("{CHANNELS}/{}", reference.channel_id(at));
                let answer = pair
                    .ask(Ask::new(Method::PATCH, path).developer().json(json!({member: value})))
                    .await;
                let wrong = member == "name" && (value.is_null() || value == "");
                match reference.channels.get_mut(at).filter(|(_, archived)| !archived) {
                    None => assert_eq!(answer.status, 404, "{shown}"),
                    Some(_) if wrong => assert_eq!(answer.status, 400, "{shown}"),
                    Some((channel, _)) => {
                        let members = channel.as_object_mut().unwrap();
                        members.remove(member);
                        if !value.is_null() {
                            members.insert(member.to_owned(), value);
                        }
                        assert_eq!((answer.status, &answer.json()), (200, &*channel), "{shown}");
                    }
                }
            }
            Event::Archive(at) => {
                let path = format!("{CHANNELS}/{}", reference.channel_id(at));
                let answer = pair.ask(Ask::new(Method::DELETE, path).developer()).await;
                match reference.channels.get_mut(at) {
                    Some((_, archived @ false)) => {
                        assert_eq!(answer.status, 204, "{shown}");
                        *archived = true;
                    }
                    _ => assert_eq!(answer.status, 404, "{shown}"),
                }
            }
            Event::Channels(limit) => {
                let listed = pair.list(&format!("{CHANNELS}?"), limit.max(1), true).await;
                let all = reference.channels.iter().filter(|(_, archived)| !archived);
                assert_eq!(listed, all.map(|(channel, _)| channel.clone()).collect::<Vec<_>>(), "{shown}");
            }
            Event::Connect(at, Account { inbox, name, value }) => {
                let identifier = value.map(|value| json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": value}));
                let body =
                    json!({"inboxId": inbox, "name": name, "authorized": true, "deliveryIdentifier": identifier});
                let path = format!("{CHANNELS}/{}/channel-accounts", reference.channel_id(at));
                let answer = pair.ask(Ask::new(Method::POST, path).json(body)).await;
                let taken = identifier.as_ref().is_some_and(|identifier| {
                    let mut accounts = reference.accounts.iter();
                    accounts.any(|(channel, account)| {
                        *channel == at && account["archived"] == false && account["deliveryIdentifier"] == *identifier
                    })
                });
                let expected = match reference.channel(at) {
                    None => 404,
                    Some(_) if name.is_empty() => 400,
                    Some(_) if inbox == "1" => 404,
                    Some(_) if taken => 409,
                    Some(_) => 201,
                };
                assert_eq!(answer.status, expected, "{shown}");
                if expected == 201 {
                    let account = answer.json();
                    assert_eq!(account["channelId"], reference.channel_id(at), "{shown}");
                    assert_eq!(account.get("deliveryIdentifier"), identifier.as_ref(), "{shown}");
                    reference.accounts.push((at, account));
                }
            }
            Event::Change(channel, at, authorized, name) => {
                let mut body = json!({});
                if let Some(authorized) = authorized {
                    body["authorized"] = authorized.into();
                }
                if let Some(name) = &name {
                    body["name"] = name.as_str().into();
                }
                let (own, id) = (reference.channel_id(channel), reference.account_id(at));
                let path = format!("{CHANNELS}/{own}/channel-accounts/{id}");
                let answer = pair.ask(Ask::new(Method::PATCH, path).json(body.clone())).await;
                let wrong = body == json!({}) || name.as_deref() == Some("");
                if wrong && reference.channel(channel).is_some() {
                    assert_eq!(answer.status, 400, "{shown}");
                } else if let Some(account) = reference.account(channel, at, false) {
                    for (member, value) in body.as_object().unwrap() {
                        account[member] = value.clone();
                    }
                    assert_eq!((answer.status, &answer.json()), (200, &*account), "{shown}");
                } else {
                    assert_eq!(answer.status, 404, "{shown}");
                }
            }
            Event::ArchiveAccount(at) => {
                let done = pair.archive_account(&reference.account_id(at));
                let account = reference
                    .accounts
                    .get_mut(at)
                    .filter(|(_, account)| account["archived"] == false);
                assert_eq!(done, account.is_some(), "{shown}");
                if let Some((_, account)) = account {
                    account["archived"] = true.into();
                    account["archivedAt"] = account["createdAt"].clone();
                }
            }
            Event::Accounts(at, archived, value, limit) => {
                let path = format!("{CHANNELS}/{}/channel-accounts?archived={archived}&", reference.channel_id(at));
                if reference.channel(at).is_none() {
                    assert_eq!(pair.ask(Ask::get(path)).await.status, 404, "{shown}");
                    continue;
                }
                let filter = value.map_or(String::new(), |value| format!("deliveryIdentifierValue={value}&"));
                let listed = pair.list(&format!("{path}{filter}"), limit, false).await;
                let all = reference.accounts.iter().filter(|(channel, account)| {
                    let own = account["deliveryIdentifier"]["value"].as_str();
                    *channel == at && account["archived"] == archived && (value.is_none() || own == value)
                });
                assert_eq!(listed, all.map(|(_, account)| account.clone()).collect::<Vec<_>>(), "{shown}");
            }
            Event::Read(channel, at, archived) => {
                let (own, id) = (reference.channel_id(channel), reference.account_id(at));
                let path = format!("{CHANNELS}/{own}/channel-accounts/{id}?archived={archived}");
                let answer = pair.ask(Ask::get(path)).await;
                match reference.account(channel, at, archived) {
                    Some(account) => assert_eq!(answer.json(), *account, "{shown}"),
                    None => assert_eq!(answer.status, 404, "{shown}"),
                }
            }
        }
    }
    // But for the other app's, which is not reached.
    let mut own = pair.near.emulator.channels();
    own.retain(|channel| channel.id.as_ref().is_some_and(|id| *id != "500"));
    let channels = reference.channels.iter().filter(|(_, archived)| !archived);
    assert_eq!(
        serde_json::to_value(own).unwrap(),
        Value::from(channels.map(|(channel, _)| channel.clone()).collect::<Vec<_>>())
    );
    let accounts = reference.accounts.iter().map(|(_, account)| account.clone());
    assert_eq!(
        serde_json::to_value(pair.near.emulator.channel_accounts()).unwrap(),
        Value::from(accounts.collect::<Vec<_>>())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_course_of_events_leaves_what_it_must(events in vec(event(), 0..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(run(events));
    }
}
