//! Two pieces of work in turn, and a table of how they compare.

#![allow(clippy::disallowed_methods, reason = "how long work really takes is the point here")]

use std::{
    fmt,
    time::{Duration, Instant},
};

/// How often the two take turns.
const ROUNDS: usize = 801;
/// How long one of them works before it is the other's turn: long against the clock's grain, short against the pace at
/// which a machine changes its own, and against the slices in which a busy one hands out its processors, so that most
/// turns are not interrupted.
const TURN: Duration = Duration::from_micros(250);

/// What was measured, line by line.
pub(crate) struct Table {
    wanted: Option<String>,
    rows: Vec<Row>,
}

struct Row {
    what: String,
    aim: Option<f64>,
    ratio: f64,
    ours: f64,
    baseline: f64,
}

impl Table {
    /// An empty table that takes only the rows which the command line asks for by a part of their name.
    pub(crate) fn new() -> Self {
        Table {
            wanted: std::env::args().skip(1).find(|argument| !argument.starts_with('-')),
            rows: Vec::new(),
        }
    }

    /// Whether rows with this in their name are asked for.
    pub(crate) fn wants(&self, what: &str) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| what.contains(wanted.as_str()))
    }

    /// Adds what was measured elsewhere, round by round.
    pub(crate) fn add(&mut self, what: &str, aim: Option<f64>, ours: &[f64], baseline: &[f64]) {
        let mut rounds: Vec<(f64, f64)> = ours.iter().copied().zip(baseline.iter().copied()).collect();
        self.rows.push(Row::of(what, aim, &mut rounds));
    }

    /// Measures `ours` against `baseline`; the aim is the most that the ratio should be.
    pub(crate) fn compare(&mut self, what: &str, aim: Option<f64>, mut ours: impl FnMut(), mut baseline: impl FnMut()) {
        if !self.wants(what) {
            return;
        }
        let repeats = [repeats_per_turn(&mut ours), repeats_per_turn(&mut baseline)];
        let mut rounds: Vec<(f64, f64)> = (0..ROUNDS)
            .map(|round| {
                // Who begins changes too, so that going second is nobody's advantage.
                if round % 2 == 0 {
                    let first = nanoseconds(&mut ours, repeats[0]);
                    (first, nanoseconds(&mut baseline, repeats[1]))
                } else {
                    let first = nanoseconds(&mut baseline, repeats[1]);
                    (nanoseconds(&mut ours, repeats[0]), first)
                }
            })
            .collect();
        self.rows.push(Row::of(what, aim, &mut rounds));
    }
}

impl Row {
    fn of(what: &str, aim: Option<f64>, rounds: &mut [(f64, f64)]) -> Self {
        Row {
            what: what.to_owned(),
            aim,
            ratio: median(rounds, |(ours, baseline)| ours / baseline),
            ours: median(rounds, |(ours, _)| ours),
            baseline: median(rounds, |(_, baseline)| baseline),
        }
    }
}

/// Enough repeats to fill a turn, by the quickest of a few tries: one that was interrupted would end the search at once,
/// and a turn of a single repeat measures little but cold caches.
fn repeats_per_turn(work: &mut impl FnMut()) -> u32 {
    const TRIES: u32 = 5;

    let mut repeats = 1;
    let mut quickest = |repeats| {
        let tries = (0..TRIES).map(|_| nanoseconds(work, repeats));
        tries.fold(f64::INFINITY, f64::min) * f64::from(repeats)
    };
    while quickest(repeats) < TURN.as_nanos() as f64 {
        repeats *= 2;
    }
    repeats
}

/// How long one repeat takes on average.
fn nanoseconds(work: &mut impl FnMut(), repeats: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..repeats {
        work();
    }
    start.elapsed().as_nanos() as f64 / f64::from(repeats)
}

fn median(rounds: &mut [(f64, f64)], of: impl Fn((f64, f64)) -> f64) -> f64 {
    rounds.sort_by(|left, right| of(*left).total_cmp(&of(*right)));
    of(rounds[rounds.len() / 2])
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<60} {:>6} {:>7}  {:>10} {:>10}", "", "aim", "ratio", "ours", "baseline")?;
        for Row {
            what,
            aim,
            ratio,
            ours,
            baseline,
        } in &self.rows
        {
            let shown = aim.map_or_else(String::new, |aim| format!("{aim:.2}"));
            let missed = if aim.is_some_and(|aim| *ratio > aim) {
                "  missed"
            } else {
                ""
            };
            writeln!(f, "{what:<60} {shown:>6} {ratio:>7.3}  {ours:>7.0} ns {baseline:>7.0} ns{missed}")?;
        }
        Ok(())
    }
}
