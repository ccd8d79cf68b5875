//! What goes wrong, at random but from a seed, so that what failed once can be seen again.

use std::time::Duration;

use crate::fault::{Answer, End, Fault};

/// All that goes wrong from one seed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    /// What becomes of requests.
    pub(crate) faults: Vec<Fault>,
    /// What becomes of requests for a token. Those after them are answered.
    pub(crate) tokens: Vec<TokenFault>,
    /// By how many seconds the time of day is set on or back: before a request is sent, and where time passes.
    pub(crate) jumps: Vec<i64>,
    /// How many requests may start in ten seconds.
    pub(crate) limit: Option<u32>,
    /// How long each call may take, in place of the stack's ten minutes.
    pub(crate) deadline: Option<Duration>,
    /// When the caller drops the first call.
    pub(crate) leave: Option<Leave>,
    /// How long the caller waits before he calls again.
    pub(crate) pause: Duration,
}

/// What becomes of a request for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// It is answered with a token.
    None,
    /// The connection ends without an answer.
    Lose,
    /// Nothing more is heard of it.
    FallSilent,
    /// It is answered like this.
    Answer(Answer),
}

/// When a caller drops a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leave {
    /// After it was polled so often. How far it is then, only a process alone can tell before.
    Polled(usize),
    /// After time has passed for it so often.
    Waited(usize),
    /// When so many requests have been read.
    Heard(usize),
}

impl Schedule {
    pub(crate) fn new(random: &mut Random) -> Self {
        Schedule {
            faults: faults(random),
            tokens: some(random, 4, token_fault),
            jumps: some(random, 6, jump),
            limit: maybe(random, 2, |random| 1 + u32::try_from(random.below(4)).unwrap()),
            deadline: maybe(random, 3, |random| seconds(random.below(70))),
            leave: maybe(random, 4, leave),
            pause: seconds(random.choose(&[0, 0, 1, 15, 400])),
        }
    }

    /// The same where others have a say in how often a call is polled.
    pub(crate) fn over_sockets(mut self) -> Self {
        if let Some(Leave::Polled(polls)) = self.leave {
            self.leave = Some(Leave::Heard(1 + polls % 4));
        }
        self
    }
}

fn seconds(count: usize) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap())
}

/// In one of so many cases.
fn maybe<T>(random: &mut Random, one_in: usize, of: impl FnOnce(&mut Random) -> T) -> Option<T> {
    (random.below(one_in) == 0).then(|| of(random))
}

/// None in half of the cases, else fewer than `end`.
fn some<T>(random: &mut Random, end: usize, of: impl Fn(&mut Random) -> T) -> Vec<T> {
    let count = if random.flip() { random.below(end) } else { 0 };
    (0..count).map(|_| of(random)).collect()
}

/// None, or a little or a lot, forward or back.
fn jump(random: &mut Random) -> i64 {
    random.choose(&[
        0,
        0,
        3,
        61,
        1_790,
        86_400,
        400 * 86_400,
        -3,
        -61,
        -1_790,
        -86_400,
        -400 * 86_400,
    ])
}

fn leave(random: &mut Random) -> Leave {
    match random.below(3) {
        0 => Leave::Polled(random.below(40)),
        1 => Leave::Waited(random.below(6)),
        _ => Leave::Heard(1 + random.below(4)),
    }
}

fn token_fault(random: &mut Random) -> TokenFault {
    let answer = |status, headers, body: &str| {
        let body = body.to_owned();
        TokenFault::Answer(Answer { status, headers, body })
    };
    match random.below(9) {
        0 | 1 => TokenFault::None,
        2 => TokenFault::Lose,
        3 => TokenFault::FallSilent,
        4 => answer(500, Vec::new(), r#"{"status":"error","message":"internal error"}"#),
        5 => answer(502, Vec::new(), "<html><h1>502 Bad Gateway</h1></html>"),
        6 => answer(429, vec![("retry-after", random.below(20).to_string())], r#"{"status":"error","message":"slow"}"#),
        7 => answer(200, Vec::new(), random.choose(&["", "{", "{}", "<html>"])),
        _ => answer(400, Vec::new(), r#"{"error":"invalid_grant","error_description":"refresh token is invalid"}"#),
    }
}

/// SplitMix64: short, and the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The seed is mixed first, or the numbers of one would be those of another.
    pub(crate) fn new(seed: u64) -> Self {
        Random(Random(seed).next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn flip(&mut self) -> bool {
        self.below(2) == 0
    }

    fn choose<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// What becomes of the requests of a call or two.
pub(crate) fn faults(random: &mut Random) -> Vec<Fault> {
    let count = random.below(7);
    (0..count).map(|_| fault(random)).collect()
}

fn fault(random: &mut Random) -> Fault {
    match random.below(10) {
        0 => Fault::NoServer,
        1 => Fault::CutRequest(random.below(700), end(random)),
        2 => Fault::CutAnswer(0, end(random)),
        3 => Fault::CutAnswer(random.below(80), end(random)),
        4 => Fault::FallSilent { done: random.flip() },
        5 => Fault::EndToken,
        6 => Fault::None,
        7 => Fault::Answer {
            answer: refusal(random),
            done: false,
        },
        // With a reset it is chance whether there was a connection.
        8 => Fault::CutConnection(End::Closed),
        _ => failure(random),
    }
}

fn end(random: &mut Random) -> End {
    random.choose(&End::ALL)
}

/// What the server says when it turns a request down: nothing was done.
pub(crate) fn refusal(random: &mut Random) -> Answer {
    let shapes = [
        r#"{"status":"error","message":"You have reached your secondly limit.","errorType":"RATE_LIMIT","correlationId":"c","policyName":"TEN_SECONDLY_ROLLING","requestId":"r"}"#,
        r#"{"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","policyName":"DAILY"}"#,
        r#"{"category":"RATE_LIMITS","status":"error","message":"slow down","correlationId":"c"}"#,
        "<html><body><h1>429</h1></body></html>",
        "",
    ];
    let mut headers = vec![("x-hubspot-ratelimit-interval-milliseconds", "10000".to_owned())];
    match random.below(4) {
        0 => headers.push(("retry-after", random.below(20).to_string())),
        1 => headers.push(("retry-after", "Mon, 01 Jan 2035 00:00:07 GMT".to_owned())),
        2 => headers.push(("retry-after", "soon".to_owned())),
        _ => {}
    }
    Answer {
        status: 429,
        headers,
        body: random.choose(&shapes).to_owned(),
    }
}

/// What the server says when something went wrong: it may have been done all the same.
fn failure(random: &mut Random) -> Fault {
    let status = random.choose(&[500, 502, 503, 504, 521, 524, 201]);
    let body = match status {
        // A success that tells nothing.
        201 => random.choose(&["", "{", r#"{"id":["#, "<html>"]),
        _ => random.choose(&[
            "<html><h1>502 Bad Gateway</h1></html>",
            r#"{"status":"error","message":"internal error"}"#,
            "",
        ]),
    };
    Fault::Answer {
        answer: Answer {
            status,
            headers: Vec::new(),
            body: body.to_owned(),
        },
        // Who says that it is done has done it.
        done: status == 201 || random.flip(),
    }
}
