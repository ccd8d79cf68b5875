//! What goes wrong, at random but from a seed, so that what failed once can be seen again.

use crate::ledger::{Answer, Fault};

/// SplitMix64: short, and the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
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
    match random.below(9) {
        0 => Fault::NoServer,
        1 => Fault::CutRequest(random.below(700)),
        2 => Fault::LoseAnswer,
        3 => Fault::CutAnswer(random.below(80)),
        4 => Fault::FallSilent { done: random.flip() },
        5 => Fault::EndToken,
        6 => Fault::None,
        7 => Fault::Answer {
            answer: refusal(random),
            done: false,
        },
        _ => failure(random),
    }
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
