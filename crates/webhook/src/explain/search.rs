//! The fewest mistakes with which a signature fits.

use super::{
    Difference,
    choices::{AXES, Choices},
};
use crate::headers::Claim;

/// More mistakes at once are not looked for: there are too many ways to make them.
const MOST_MISTAKES: usize = 3;

/// How much is hashed at the most.
const MOST_BYTES: usize = 64 * 1024 * 1024;

pub(super) enum Outcome {
    /// It fits with these differences, or as it is.
    Found(Vec<Difference>),
    /// It fits with nothing that was tried, and that was everything.
    Exhausted,
    /// The body is too long to try everything.
    OutOfBudget,
}

pub(super) fn search(choices: &Choices, claim: &Claim<'_>) -> Outcome {
    let mut search = Search {
        choices,
        claim,
        bytes_left: MOST_BYTES,
    };
    for mistakes in 0..=MOST_MISTAKES {
        let mut picks = [0; AXES];
        if search.fits(0, mistakes, &mut picks) {
            return Outcome::Found(choices.differences_of(&picks));
        }
    }
    if search.bytes_left == 0 {
        Outcome::OutOfBudget
    } else {
        Outcome::Exhausted
    }
}

struct Search<'s> {
    choices: &'s Choices,
    claim: &'s Claim<'s>,
    bytes_left: usize,
}

impl Search<'_> {
    /// Tries every choice from this axis on that takes exactly so many mistakes more; leaves those that fit.
    fn fits(&mut self, axis: usize, mistakes: usize, picks: &mut [usize; AXES]) -> bool {
        let choices = self.choices;
        let Some(differences) = choices.axes().get(axis).copied() else {
            return mistakes == 0 && self.is_right(picks);
        };
        for (pick, difference) in differences.iter().enumerate() {
            if self.bytes_left == 0 {
                return false;
            }
            picks[axis] = pick;
            let left = mistakes.checked_sub(usize::from(difference.is_some()));
            if left.is_some_and(|left| self.fits(axis + 1, left, picks)) {
                return true;
            }
        }
        false
    }

    fn is_right(&mut self, picks: &[usize; AXES]) -> bool {
        let (key, signed) = self.choices.pick(picks, self.claim.timestamp);
        // What is hashed besides is short, but not nothing. An address is looked at byte by byte before it is hashed.
        const BESIDES: usize = 512;
        const ADDRESS: usize = 4;
        let address: usize = signed.uri.iter().map(|piece| piece.len()).sum();
        let bytes = signed.body.len() + ADDRESS * address + BESIDES;
        match self.bytes_left.checked_sub(bytes) {
            Some(left) => {
                self.bytes_left = left;
                key.is_tag(&signed, &self.claim.tag)
            }
            None => {
                self.bytes_left = 0;
                false
            }
        }
    }
}
