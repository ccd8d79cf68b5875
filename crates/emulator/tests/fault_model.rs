//! Any rules and any requests, beside a reference that reckons beforehand which meetings a rule strikes; in process and
//! over HTTP, where the same must become of every request.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use common::{Ask, CHANNELS, hello, noon, try_in_process};
use http::{Method, StatusCode};
use hubchannel_api::{ArchiveChannel, GetMessage, ListChannels, PublishMessage, Reach, clock::ManualClock};
use hubchannel_emulator::{Emulator, Fault, FaultRule, Seed};
use proptest::{collection::vec, option, prelude::*, sample::select};

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    Publish {
        version: &'static str,
        channel: &'static str,
    },
    Get {
        channel: &'static str,
    },
    List,
    Nowhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Publish,
    Get,
    List,
    Archive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Refuse,
    DropBefore,
    DropAfter,
    Status(u16),
    StatusAfter(u16),
    Answer,
    Tear,
    Expire,
}

#[derive(Clone, Debug)]
struct Rule {
    wrong: Wrong,
    operation: Option<Operation>,
    channel: Option<&'static str>,
    post: Option<bool>,
    prefix: Option<&'static str>,
    times: Option<u64>,
    every: u64,
    from: u64,
    always: bool,
}

#[derive(Clone, Debug)]
enum Event {
    Ask(Request),
    Add(Rule),
    /// Of those that stand, the one at this place.
    Remove(usize),
}

/// What is seen of a request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Answer(u16),
    /// The head and some of the body.
    Torn,
    Nothing,
}

const V3: &str = CHANNELS;
const DATED: &str = "/conversations/custom-channels/2026-03";

fn request() -> impl Strategy<Value = Request> {
    let channel = || select(vec!["2930388", "2930388", "77"]);
    prop_oneof![
        5 => (select(vec![V3, DATED]), channel()).prop_map(|(version, channel)| Request::Publish { version, channel }),
        3 => channel().prop_map(|channel| Request::Get { channel }),
        1 => Just(Request::List),
        1 => Just(Request::Nowhere),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let wrong = select(vec![
        Wrong::Refuse,
        Wrong::DropBefore,
        Wrong::DropAfter,
        Wrong::Status(500),
        Wrong::Status(429),
        Wrong::StatusAfter(502),
        Wrong::Answer,
        Wrong::Tear,
        Wrong::Expire,
    ]);
    let operation = select(vec![
        Operation::Publish,
        Operation::Publish,
        Operation::Get,
        Operation::List,
        Operation::Archive,
    ]);
    let which = (
        option::of(operation),
        option::weighted(0.3, select(vec!["2930388", "77"])),
        option::weighted(0.2, any::<bool>()),
        option::weighted(0.2, select(vec![V3, DATED, "/now"])),
    );
    let how_often = (option::of(0..4_u64), 1..4_u64, 1..5_u64, prop::bool::weighted(0.9));
    (wrong, which, how_often).prop_map(|(wrong, which, how_often)| {
        let (operation, channel, post, prefix) = which;
        let (times, every, from, always) = how_often;
        Rule {
            wrong,
            operation,
            channel,
            post,
            prefix,
            times,
            every,
            from,
            always,
        }
    })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        12 => request().prop_map(Event::Ask),
        3 => rule().prop_map(Event::Add),
        1 => (0..4_usize).prop_map(Event::Remove),
    ]
}

impl Request {
    fn ask(self) -> Ask {
        match self {
            Request::Publish { version, channel } => {
                Ask::new(Method::POST, format!("{version}/{channel}/messages")).json(hello())
            }
            Request::Get { channel } => Ask::get(format!("{V3}/{channel}/messages/5c1f")),
            Request::List => Ask::get(V3).developer(),
            Request::Nowhere => Ask::get("/nowhere"),
        }
    }

    fn operation(self) -> Option<Operation> {
        match self {
            Request::Publish { .. } => Some(Operation::Publish),
            Request::Get { .. } => Some(Operation::Get),
            Request::List => Some(Operation::List),
            Request::Nowhere => None,
        }
    }

    fn channel(self) -> Option<&'static str> {
        match self {
            Request::Publish { channel, .. } | Request::Get { channel } => Some(channel),
            Request::List | Request::Nowhere => None,
        }
    }
}

impl Rule {
    fn fault_rule(&self) -> FaultRule {
        let status = |status| StatusCode::from_u16(status).unwrap();
        let mut rule = FaultRule::new(match self.wrong {
            Wrong::Refuse => Fault::RefuseConnection,
            Wrong::DropBefore => Fault::DropBeforeEffect,
            Wrong::DropAfter => Fault::DropAfterEffect,
            Wrong::Status(code) => Fault::StatusBeforeEffect(status(code)),
            Wrong::StatusAfter(code) => Fault::StatusAfterEffect(status(code)),
            Wrong::Answer => Fault::answer(status(299), "gone wrong"),
            Wrong::Tear => Fault::TearAnswer(3),
            Wrong::Expire => Fault::ExpireToken,
        });
        rule = match self.operation {
            None => rule,
            Some(Operation::Publish) => rule.operation::<PublishMessage>(),
            Some(Operation::Get) => rule.operation::<GetMessage>(),
            Some(Operation::List) => rule.operation::<ListChannels>(),
            Some(Operation::Archive) => rule.operation::<ArchiveChannel>(),
        };
        if let Some(channel) = self.channel {
            rule = rule.channel(channel);
        }
        if let Some(post) = self.post {
            rule = rule.method(if post { Method::POST } else { Method::GET });
        }
        if let Some(prefix) = self.prefix {
            rule = rule.path_prefix(prefix);
        }
        if let Some(times) = self.times {
            rule = rule.times(times);
        }
        if !self.always {
            rule = rule.with_probability(0.0);
        }
        rule.every(self.every).from(self.from)
    }

    fn is_for(&self, request: Request) -> bool {
        let ask = request.ask();
        (self.operation.is_none() || self.operation == request.operation())
            && (self.channel.is_none() || self.channel == request.channel())
            && self.post.is_none_or(|post| (ask.method == Method::POST) == post)
            && self.prefix.is_none_or(|prefix| ask.path.starts_with(prefix))
    }

    /// Which of the requests that it meets it strikes, counted from 1.
    fn struck(&self) -> Vec<u64> {
        let candidates = (self.from..10_000).collect::<Vec<_>>();
        let last_of_each = candidates.chunks_exact(usize::try_from(self.every).unwrap());
        let struck = last_of_each.filter_map(|chunk| chunk.last().copied());
        let times = self.times.unwrap_or(u64::MAX);
        struck
            .take(usize::try_from(times).unwrap())
            .filter(|_| self.always)
            .collect()
    }
}

struct Standing {
    rule: Rule,
    struck: Vec<u64>,
    met: u64,
}

#[derive(Default)]
struct Reference {
    standing: Vec<Standing>,
    messages: usize,
    expired: bool,
}

impl Reference {
    fn strike(&mut self, request: Request) -> Option<Wrong> {
        for standing in &mut self.standing {
            let used_up = match standing.rule.times {
                Some(0) => true,
                Some(_) => standing.struck.last().is_some_and(|last| standing.met >= *last),
                None => false,
            };
            if standing.rule.is_for(request) && !used_up {
                standing.met += 1;
                if standing.struck.contains(&standing.met) {
                    return Some(standing.rule.wrong);
                }
            }
        }
        None
    }

    /// Does what the request asks for.
    fn act(&mut self, request: Request) -> u16 {
        match request {
            Request::Nowhere => 404,
            Request::List => 200,
            _ if self.expired => 401,
            Request::Get { .. } => 404,
            Request::Publish { channel, .. } if channel != "2930388" => 404,
            Request::Publish { .. } => {
                self.messages += 1;
                201
            }
        }
    }

    fn ask(&mut self, request: Request) -> Seen {
        match self.strike(request) {
            None => Seen::Answer(self.act(request)),
            Some(Wrong::Refuse | Wrong::DropBefore) => Seen::Nothing,
            Some(Wrong::DropAfter) => {
                self.act(request);
                Seen::Nothing
            }
            Some(Wrong::Status(status)) => Seen::Answer(status),
            Some(Wrong::StatusAfter(status)) => {
                self.act(request);
                Seen::Answer(status)
            }
            Some(Wrong::Answer) => Seen::Answer(299),
            Some(Wrong::Tear) => {
                self.act(request);
                Seen::Torn
            }
            Some(Wrong::Expire) => {
                // The other requests have no token that could be looked up.
                self.expired |= request != Request::List;
                Seen::Answer(self.act(request))
            }
        }
    }
}

async fn near(emulator: &Emulator, request: Request) -> Seen {
    match try_in_process(emulator, request.ask()).await {
        Ok(answer) => Seen::Answer(answer.status),
        Err(error) if error.reach() == Reach::NotSent => Seen::Nothing,
        Err(error) if error.to_string().contains("break off") => Seen::Torn,
        Err(_) => Seen::Nothing,
    }
}

#[cfg(feature = "http")]
async fn far(server: &hubchannel_emulator::HttpServer, emulator: &Emulator, request: Request) -> Seen {
    let bytes = common::raw::write(request.ask(), emulator);
    let Ok(answer) = common::raw::exchange(server, &bytes).await else {
        return Seen::Nothing;
    };
    if answer.is_empty() {
        return Seen::Nothing;
    }
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    if body.len() < length {
        return Seen::Torn;
    }
    Seen::Answer(head.split(' ').nth(1).unwrap().parse().unwrap())
}

fn emulator() -> Emulator {
    Emulator::with_seed(
        Seed::default()
            .with_clock(ManualClock::new(noon()))
            .without_rate_limits(),
    )
}

async fn run(events: Vec<Event>) {
    let mut reference = Reference::default();
    let (close, distant) = (emulator(), emulator());
    #[cfg(feature = "http")]
    let server = hubchannel_emulator::HttpServer::start(distant.clone()).await.unwrap();
    for (number, event) in events.into_iter().enumerate() {
        match event {
            Event::Add(rule) => {
                assert_eq!(close.add_fault(rule.fault_rule()), distant.add_fault(rule.fault_rule()));
                let struck = rule.struck();
                reference.standing.push(Standing { rule, struck, met: 0 });
            }
            Event::Remove(at) => {
                let Some(standing) = close.faults().get(at).cloned() else {
                    continue;
                };
                assert!(close.remove_fault(standing.id) && distant.remove_fault(standing.id));
                reference.standing.remove(at);
            }
            Event::Ask(request) => {
                let expected = reference.ask(request);
                assert_eq!(near(&close, request).await, expected, "event {number}: {request:?} in process");
                #[cfg(feature = "http")]
                assert_eq!(far(&server, &distant, request).await, expected, "event {number}: {request:?} over HTTP");
            }
        }
        // Without HTTP nobody has asked the distant one.
        let asked = if cfg!(feature = "http") { 2 } else { 1 };
        for emulator in [&close, &distant].into_iter().take(asked) {
            let counts: Vec<(u64, u64)> = emulator
                .faults()
                .iter()
                .map(|fault| (fault.met, fault.struck))
                .collect();
            let expected: Vec<(u64, u64)> = reference
                .standing
                .iter()
                .map(|standing| {
                    let struck = standing.struck.iter().filter(|meeting| **meeting <= standing.met);
                    (standing.met, struck.count() as u64)
                })
                .collect();
            assert_eq!(counts, expected, "after event {number}");
            assert_eq!(emulator.messages().len(), reference.messages, "after event {number}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rules_strike_what_they_must_and_nothing_else(events in vec(event(), 0..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(run(events));
    }
}
