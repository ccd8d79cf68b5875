//! The same schedules before the emulator, which knows what it was asked and what it did.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hubchannel::{
    BaseUrl, HttpTransport, OAuthClient, PublishMessage, RequestToken,
    clock::ManualClock,
    emulator::{Emulator, Fault as Fate, FaultRule, HttpServer, Seed},
};
use serde_json::Value;

use crate::{
    AGAIN, SEED, Scene, Wires,
    course::{Bridge, Tally, Truth},
    fault::Fault,
    line::{Far, Line, START, Watched, clock_at},
    schedule::{Random, Schedule, TokenFault},
    seeds,
    world::client,
};

const IN_PROCESS: u64 = 3_000;
const OVER_HTTP: u64 = 1_000;

/// An emulator as the other side.
struct Emulated {
    emulator: Emulator,
    refresh_token: String,
    over_http: bool,
    /// How many of its faults are of requests to publish. The others are of requests for a token.
    publishes: usize,
    /// How many silences are over of each kind of request.
    over: [AtomicUsize; 2],
}

impl Emulated {
    fn new(seed: Seed, schedule: &Schedule, over_http: bool) -> Arc<Self> {
        let emulator = Emulator::with_seed(seed.without_rate_limits());
        for fault in &schedule.faults {
            emulator.add_fault(FaultRule::new(fate(fault)).operation::<PublishMessage>().times(1));
        }
        for fault in &schedule.tokens {
            emulator.add_fault(FaultRule::new(token_fate(fault)).operation::<RequestToken>().times(1));
        }
        let scopes = [
            "conversations.custom_channels.read",
            "conversations.custom_channels.write",
        ];
        let refresh_token = emulator.refresh_token(emulator.portal_id(), scopes);
        Arc::new(Emulated {
            refresh_token: refresh_token.expose().to_owned(),
            emulator,
            over_http,
            publishes: schedule.faults.len(),
            over: Default::default(),
        })
    }

    /// How many requests had a fate of which this is so.
    fn struck(&self, is_so: impl Fn(&FaultRule) -> bool) -> usize {
        let faults = self.emulator.faults().into_iter();
        faults
            .filter(|fault| is_so(&fault.rule))
            .map(|fault| usize::try_from(fault.struck).unwrap())
            .sum()
    }

    /// How many requests of each kind got no answer.
    fn silences(&self) -> [usize; 2] {
        let mut silences = [0, 0];
        for (number, fault) in self.emulator.faults().into_iter().enumerate() {
            if let Fate::SilenceBeforeEffect | Fate::SilenceAfterEffect = fault.rule.fault() {
                silences[usize::from(number >= self.publishes)] += usize::try_from(fault.struck).unwrap();
            }
        }
        silences
    }

    fn texts(&self) -> impl Iterator<Item = (String, Value)> {
        let received = self.emulator.received().into_iter();
        received.filter_map(|received| {
            let body: Value = serde_json::from_slice(&received.body).ok()?;
            Some((body["text"].as_str()?.to_owned(), body))
        })
    }
}

impl fmt::Debug for Emulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Emulated")
    }
}

impl Far for Emulated {
    fn silent(&self) -> usize {
        let over = self.over.iter().map(|over| over.load(Ordering::SeqCst));
        self.silences().into_iter().sum::<usize>() - over.sum::<usize>()
    }

    // While a call waits, a token may come that was asked for beside it: that ends no silence but its own.
    fn let_go(&self, path: &str) {
        let kind = usize::from(path.ends_with("/token"));
        self.over[kind].store(self.silences()[kind], Ordering::SeqCst);
    }

    fn heard(&self) -> usize {
        self.texts().count()
    }
}

impl Truth for Emulated {
    fn made(&self, text: &str) -> Vec<String> {
        let messages = self.emulator.messages().into_iter();
        messages
            .filter(|message| message.text.as_ref().is_some_and(|of| of == text))
            .map(|message| message.id.as_ref().unwrap().as_str().to_owned())
            .collect()
    }

    fn hidden(&self) -> usize {
        self.struck(|rule| hides(rule.fault(), self.over_http))
    }

    fn keys(&self, text: &str) -> Vec<String> {
        let of_text = self.texts().filter(|(of, _)| of == text);
        of_text
            .map(|(_, body)| body["integrationIdempotencyId"].as_str().unwrap().to_owned())
            .collect()
    }

    fn story(&self) -> String {
        let texts: Vec<_> = self.texts().collect();
        format!("{texts:?} {:?}", self.emulator.messages())
    }

    fn secrets(&self) -> Vec<String> {
        let issued = self.emulator.received().into_iter().filter_map(|received| {
            let answer: Value = serde_json::from_slice(&received.answer).ok()?;
            Some(answer["access_token"].as_str()?.to_owned())
        });
        let app = self.emulator.oauth_app();
        let ours = [self.refresh_token.clone(), app.client_secret.expose().to_owned()];
        ours.into_iter().chain(issued).collect()
    }

    // Its server may read a request after the client has let go of it.
    fn is_settled(&self) -> bool {
        !self.over_http
    }
}

/// Whether the client cannot know if it was done.
fn hides(fate: &Fate, over_http: bool) -> bool {
    match fate {
        Fate::DelayBeforeEffect(_) | Fate::ExpireToken => false,
        // There is a connection before there is a request.
        Fate::RefuseConnection => over_http,
        Fate::AnswerBeforeEffect(answer) => !answer.status().is_client_error(),
        _ => true,
    }
}

/// What the emulator makes of it. It knows no request that comes in part, which does as little as one that is not read.
fn fate(fault: &Fault) -> Fate {
    match fault {
        Fault::None => Fate::DelayBeforeEffect(Duration::ZERO),
        Fault::NoServer => Fate::RefuseConnection,
        Fault::CutConnection(_) | Fault::CutRequest(..) => Fate::DropBeforeEffect,
        Fault::CutAnswer(0, _) => Fate::DropAfterEffect,
        Fault::CutAnswer(bytes, _) => Fate::TearAnswer(*bytes),
        Fault::FallSilent { done: false } => Fate::SilenceBeforeEffect,
        Fault::FallSilent { done: true } => Fate::SilenceAfterEffect,
        Fault::Answer { answer, done: false } => Fate::AnswerBeforeEffect(answer.to_response()),
        Fault::Answer { answer, done: true } => Fate::AnswerAfterEffect(answer.to_response()),
        Fault::EndToken => Fate::ExpireToken,
    }
}

fn token_fate(fault: &TokenFault) -> Fate {
    match fault {
        TokenFault::None => Fate::DelayBeforeEffect(Duration::ZERO),
        TokenFault::Lose => Fate::DropAfterEffect,
        TokenFault::FallSilent => Fate::SilenceBeforeEffect,
        TokenFault::Answer(answer) => Fate::AnswerBeforeEffect(answer.to_response()),
    }
}

/// Plays a schedule over this way to the emulator.
async fn play<T: HttpTransport + Clone>(
    seed: u64,
    schedule: &Schedule,
    far: &Arc<Emulated>,
    (clock, transport, base_url): (&ManualClock, T, &BaseUrl),
    tally: &mut Tally,
) -> String {
    let line = Line::new(clock.clone(), Arc::clone(far) as Arc<dyn Far>, &schedule.jumps);
    let emulator = &far.emulator;
    let oauth = OAuthClient::builder(Watched::new(&line, transport.clone()), emulator.oauth_app())
        .base_url(base_url.clone())
        .build();
    let portal = emulator.portal_id().to_string();
    let tokens = (portal.as_str(), far.refresh_token.as_str());
    let client = client(seed, schedule, &line, transport, oauth, tokens, base_url.clone());
    let bridge = Bridge {
        client: &client,
        line: &line,
        truth: &**far,
    };
    bridge.play(seed, schedule, tally).await
}

async fn play_in_process(seed: u64, tally: &mut Tally) -> String {
    let schedule = Schedule::new(&mut Random::new(seed));
    let _scene = Scene(format!("{SEED}={seed}: {schedule:?}"));
    let clock = clock_at(START);
    let far = Emulated::new(Seed::default().with_clock(clock.clone()), &schedule, false);
    let transport = far.emulator.transport();
    play(seed, &schedule, &far, (&clock, transport, &BaseUrl::default()), tally).await
}

async fn play_over_http(seed: u64, wires: &Wires, tally: &mut Tally) -> String {
    let schedule = Schedule::new(&mut Random::new(seed)).over_sockets();
    let _scene = Scene(format!("{SEED}={seed}: {schedule:?}"));
    let clock = clock_at(START);
    let far = Emulated::new(Seed::default().with_clock(clock.clone()), &schedule, true);
    let server = HttpServer::start(far.emulator.clone()).await.unwrap();
    play(seed, &schedule, &far, (&clock, wires.of(seed).clone(), &server.base_url()), tally).await
}

#[tokio::test]
async fn whatever_goes_wrong_before_the_emulator_no_message_is_doubled_and_the_caller_is_told_the_truth() {
    let mut tally = Tally::default();
    for seed in seeds(IN_PROCESS) {
        play_in_process(seed, &mut tally).await;
    }
    tally.tells_enough(seeds(IN_PROCESS));
}

#[tokio::test]
async fn whatever_goes_wrong_before_the_emulator_over_http_no_message_is_doubled_and_the_caller_is_told_the_truth() {
    let wires = Wires::new();
    let mut tally = Tally::default();
    for seed in seeds(OVER_HTTP) {
        play_over_http(seed, &wires, &mut tally).await;
    }
    tally.tells_enough(seeds(OVER_HTTP));
}

#[tokio::test]
async fn a_seed_happens_again_before_the_emulator_as_it_happened() {
    let wires = Wires::new();
    let mut tally = Tally::default();
    for seed in seeds(AGAIN) {
        let first = play_in_process(seed, &mut tally).await;
        assert_eq!(play_in_process(seed, &mut tally).await, first, "{SEED}={seed}");
        let first = play_over_http(seed, &wires, &mut tally).await;
        assert_eq!(play_over_http(seed, &wires, &mut tally).await, first, "{SEED}={seed}");
    }
}
