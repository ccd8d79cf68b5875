//! The rules that stand, and what they have done.

use std::fmt;

use http::Request;
use hubchannel_api::Body;

use super::{Fault, FaultRule, rule::Subject};

/// A rule that was added to an emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaultId(u64);

impl FaultId {
    pub(crate) fn from_number(number: u64) -> Self {
        FaultId(number)
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A rule of an emulator and what it has done so far.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StandingFault {
    /// What it is known by.
    pub id: FaultId,
    /// The rule.
    pub rule: FaultRule,
    /// How many requests it has met.
    pub met: u64,
    /// How many of them it has struck.
    pub struck: u64,
}

/// All rules, in the order in which requests meet them.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: u64,
    added: u64,
    standing: Vec<StandingFault>,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Faults {
            seed,
            added: 0,
            standing: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, rule: FaultRule) -> FaultId {
        self.added += 1;
        let id = FaultId(self.added);
        self.standing.push(StandingFault {
            id,
            rule,
            met: 0,
            struck: 0,
        });
        id
    }

    pub(crate) fn remove(&mut self, id: FaultId) -> bool {
        let before = self.standing.len();
        self.standing.retain(|standing| standing.id != id);
        self.standing.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.standing.clear();
    }

    pub(crate) fn standing(&self) -> &[StandingFault] {
        &self.standing
    }

    /// The strikes that are left of the rules that have a number of them.
    pub(crate) fn pending(&self) -> usize {
        let left = |standing: &StandingFault| standing.rule.left(standing.struck).unwrap_or(0);
        let left = self.standing.iter().map(left).fold(0, u64::saturating_add);
        usize::try_from(left).unwrap_or(usize::MAX)
    }

    /// What goes wrong with this request.
    pub(crate) fn strike(&mut self, request: &Request<Body>) -> Option<Fault> {
        if self.standing.is_empty() {
            return None;
        }
        let subject = Subject::new(request);
        let seed = self.seed;
        self.standing.iter_mut().find_map(|standing| {
            let StandingFault { id, rule, met, struck } = standing;
            // A rule that is used up meets nothing any more: its numbers tell of its work alone.
            if rule.left(*struck) == Some(0) || !rule.is_for(&subject) {
                return None;
            }
            *met += 1;
            let strikes = rule.strikes(seed, id.0, *met, *struck);
            *struck += u64::from(strikes);
            strikes.then(|| rule.fault().clone())
        })
    }
}
