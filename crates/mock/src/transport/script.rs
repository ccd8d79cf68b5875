//! The script as it is played: what was asked, which rule answered, and whether all came as written.

use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use super::{Answer, Received, Rule};
use crate::misuse::misuse;

#[derive(Default)]
pub(super) struct Script(Mutex<State>);

#[derive(Default)]
struct State {
    parts: Vec<Part>,
    received: Vec<Received>,
    /// What was wrong with requests that no rule answered.
    unanswered: Vec<String>,
    verified: bool,
}

/// A rule and how many requests it has answered.
#[derive(Clone)]
struct Part {
    rule: Arc<Rule>,
    answered: usize,
}

impl Script {
    pub(super) fn add(&self, rule: Rule) {
        let mut state = self.lock();
        state.verified = false;
        state.parts.push(Part {
            rule: Arc::new(rule),
            answered: 0,
        });
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.lock().received.clone()
    }

    /// The answer to a request, which is remembered.
    pub(super) fn answer(&self, received: &Received) -> Option<Answer> {
        let parts = {
            let mut state = self.lock();
            state.verified = false;
            state.received.push(received.clone());
            state.parts.clone()
        };
        // A matcher is the test's own code and may look at the mock, so it runs without the lock.
        let answer = parts
            .iter()
            .enumerate()
            .filter(|(_, part)| part.rule.matches(received))
            .find_map(|(at, _)| self.take(at));
        if answer.is_none() {
            let why = why_unanswered(received, &parts);
            self.lock().unanswered.push(why);
        }
        answer
    }

    fn take(&self, at: usize) -> Option<Answer> {
        let mut state = self.lock();
        let part = state.parts.get_mut(at)?;
        let answer = part.rule.answer(part.answered)?.clone();
        part.answered += 1;
        Some(answer)
    }

    pub(super) fn verify(&self) -> Result<(), Unverified> {
        let mut state = self.lock();
        state.verified = true;
        state.verify()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn verify(&self) -> Result<(), Unverified> {
        let mut text = String::new();
        for (at, Part { rule, answered }) in self.parts.iter().enumerate() {
            let expected = rule.expected();
            if !expected.allows(*answered) {
                let _ = write!(text, "\n  rule {} ({rule}): expected {expected}, got {answered}", at + 1);
            }
        }
        for why in &self.unanswered {
            let _ = write!(text, "\n  {why}");
        }
        if text.is_empty() {
            return Ok(());
        }
        if self.received.is_empty() {
            text.push_str("\nno request came");
        } else {
            text.push_str("\nthe requests that came:");
            for received in &self.received {
                let _ = write!(text, "\n  {received}");
            }
        }
        Err(Unverified(text))
    }
}

fn why_unanswered(received: &Received, parts: &[Part]) -> String {
    let mut text = format!("no rule answered {received}:");
    if parts.is_empty() {
        text.push_str(" there are no rules");
    }
    for (at, Part { rule, .. }) in parts.iter().enumerate() {
        let misses = rule.misses(received);
        let _ = if misses.is_empty() {
            write!(text, "\n    rule {} ({rule}) has no answer left", at + 1)
        } else {
            write!(text, "\n    rule {} wants {}", at + 1, misses.join(", "))
        };
    }
    text
}

impl Drop for Script {
    fn drop(&mut self) {
        let state = mem::take(self.0.get_mut().unwrap_or_else(PoisonError::into_inner));
        if state.verified || thread::panicking() {
            return;
        }
        if let Err(mismatch) = state.verify() {
            misuse(mismatch)
        }
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        let rules: Vec<_> = state.parts.iter().map(|part| &part.rule).collect();
        f.debug_struct("Script")
            .field("rules", &rules)
            .field("received", &state.received)
            .finish()
    }
}

/// What came was not what the script of a [`MockTransport`](crate::MockTransport) says: what was expected, and what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified(String);

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the mock transport was not used as its script says:{}", self.0)
    }
}

impl StdError for Unverified {}
