//! The same schedules before the scripted mock: each fault is the answer to one request.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use hubchannel::{
    BaseUrl, OAuthClient, PublishMessage, RequestToken,
    mock::{Answer, MockTransport, Received, Rule, when},
};

use crate::{
    AGAIN, SEED, Scene,
    course::{Bridge, Tally},
    fault::Fault,
    ledger::{Keeps, Ledger},
    line::{Far, Line, START, clock_at},
    request::Request,
    schedule::{Random, Schedule, TokenFault},
    seeds,
    tokens::token,
    world::{REFRESH_TOKEN, app, client},
};

const SCHEDULES: u64 = 3_000;

/// What the answers of a script do.
#[derive(Default)]
struct Scripted {
    ledger: Mutex<Ledger>,
    tokens: AtomicUsize,
    silences: AtomicUsize,
    /// How many silences are over.
    over: AtomicUsize,
}

impl Scripted {
    /// The answer to a request that has this fate.
    fn give(&self, fault: &Fault, received: &Received) -> Answer {
        let request = Request {
            method: received.method.to_string(),
            path: received.uri.path().to_owned(),
            token: received.header("authorization").unwrap_or_default().to_owned(),
            body: received.json().unwrap_or_default(),
            length: received.body.as_bytes().unwrap().len(),
        };
        let mut ledger = self.ledger();
        ledger.hidden += usize::from(fault.hides());
        let is_done = match fault {
            Fault::None | Fault::CutAnswer(..) | Fault::EndToken => true,
            Fault::FallSilent { done } | Fault::Answer { done, .. } => *done,
            Fault::NoServer | Fault::CutConnection(_) | Fault::CutRequest(..) => false,
        };
        if *fault == Fault::EndToken {
            ledger.end(&request.token);
        }
        let done = is_done.then(|| ledger.answer(&request));
        // Where there is nobody, nobody hears of it.
        if *fault != Fault::NoServer {
            ledger.note(&request, 0);
        }
        match fault {
            Fault::NoServer => Answer::refused(),
            Fault::CutConnection(_) | Fault::CutRequest(..) | Fault::CutAnswer(..) => Answer::lost(),
            Fault::FallSilent { .. } => {
                self.silences.fetch_add(1, Ordering::SeqCst);
                Answer::silence()
            }
            Fault::Answer { answer, .. } => answer.to_response().into(),
            Fault::None | Fault::EndToken => done.unwrap().to_response().into(),
        }
    }

    fn script(self: &Arc<Self>, faults: &[Fault]) -> Rule {
        let answer = |fault: Fault| {
            let far = Arc::clone(self);
            Answer::with(move |received| far.give(&fault, received))
        };
        let rule = when().operation::<PublishMessage>().always(answer(Fault::None));
        let faults = faults.iter().cloned();
        faults.fold(rule, |rule, fault| rule.once(answer(fault))).at_least(0)
    }

    fn script_of_tokens(self: &Arc<Self>, faults: &[TokenFault]) -> Rule {
        let far = Arc::clone(self);
        let issued = Answer::with(move |_| token(far.tokens.fetch_add(1, Ordering::SeqCst)).to_response().into());
        let rule = when().operation::<RequestToken>().always(issued.clone());
        let faults = faults.iter().map(|fault| match fault {
            TokenFault::None => issued.clone(),
            TokenFault::Lose => Answer::lost(),
            TokenFault::FallSilent => Answer::silence(),
            TokenFault::Answer(answer) => answer.to_response().into(),
        });
        faults.fold(rule, Rule::once).at_least(0)
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl Far for Scripted {
    fn silent(&self) -> usize {
        self.silences.load(Ordering::SeqCst) - self.over.load(Ordering::SeqCst)
    }

    fn let_go(&self, _: &str) {
        self.over.store(self.silences.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    fn heard(&self) -> usize {
        self.ledger().requests
    }
}

impl Keeps for Scripted {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn play(seed: u64, tally: &mut Tally) -> String {
    let schedule = Schedule::new(&mut Random::new(seed));
    let _scene = Scene(format!("{SEED}={seed}: {schedule:?}"));
    let far = Arc::new(Scripted::default());
    let mock = MockTransport::new()
        .with(far.script(&schedule.faults))
        .with(far.script_of_tokens(&schedule.tokens));
    let line = Line::new(clock_at(START), Arc::clone(&far) as Arc<dyn Far>, &schedule.jumps);
    let oauth = OAuthClient::new(mock.clone(), app());
    let tokens = ("62515", REFRESH_TOKEN);
    let client = client(seed, &schedule, &line, mock.clone(), oauth, tokens, BaseUrl::default());
    let bridge = Bridge {
        client: &client,
        line: &line,
        truth: &*far,
    };
    let story = bridge.play(seed, &schedule, tally).await;
    mock.verify().unwrap();
    story
}

#[tokio::test]
async fn whatever_goes_wrong_before_the_mock_no_message_is_doubled_and_the_caller_is_told_the_truth() {
    let mut tally = Tally::default();
    for seed in seeds(SCHEDULES) {
        play(seed, &mut tally).await;
    }
    tally.tells_enough(seeds(SCHEDULES));
}

#[tokio::test]
async fn a_seed_happens_again_before_the_mock_as_it_happened() {
    let mut tally = Tally::default();
    for seed in seeds(AGAIN) {
        let first = play(seed, &mut tally).await;
        assert_eq!(play(seed, &mut tally).await, first, "{SEED}={seed}");
    }
}
