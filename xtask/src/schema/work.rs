//! How much may be done for one comparison.
//!
//! Most of it grows with the size of the files. But records can be made to cross: two circles of names whose lengths have
//! no divisor in common, or a large part that is put together with something else at very many places, are as much work as
//! the product of both. No description of an API is like that, so it is refused before it takes hours.

use std::cell::Cell;
use std::fmt;

/// The most steps: schemas, members, values and alternatives that are looked at, and places that are told of. HubSpot's
/// versions take a few thousand.
pub(crate) const MOST: usize = 1_000_000;

/// Counts the steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work(Cell<usize>);

impl Work {
    pub(crate) fn add(&self, steps: usize) {
        self.0.set(self.0.get().saturating_add(steps));
    }

    pub(crate) fn steps(&self) -> usize {
        self.0.get()
    }
}

/// That it would be too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the schemas cross at so many places that this would take more than {MOST} steps, where HubSpot's take a few \
             thousand; look for circles of `$ref`, and for `allOf` or `oneOf` with very many parts"
        )
    }
}
