//! Things in a row, of which the oldest go.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::snapshot::{MOST_EVER, SnapshotError};

/// Each thing has a place, which it keeps whatever goes before it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Row<T> {
    /// How many have gone.
    gone: usize,
    kept: VecDeque<T>,
}

impl<T> Default for Row<T> {
    fn default() -> Self {
        Row {
            gone: 0,
            kept: VecDeque::new(),
        }
    }
}

impl<T> Row<T> {
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many there ever were, which is the place of the next.
    pub(super) fn ever(&self) -> usize {
        self.gone.saturating_add(self.kept.len())
    }

    /// Adds one, and says where it is.
    pub(super) fn push(&mut self, thing: T) -> usize {
        self.kept.push_back(thing);
        self.ever() - 1
    }

    /// Takes the oldest out.
    pub(super) fn pop(&mut self) -> Option<T> {
        let oldest = self.kept.pop_front()?;
        self.gone += 1;
        Some(oldest)
    }

    pub(super) fn get(&self, place: usize) -> Option<&T> {
        self.kept.get(place.checked_sub(self.gone)?)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.kept.get_mut(place.checked_sub(self.gone)?)
    }

    /// Fails where a place could be more than can be counted.
    pub(super) fn check(&self, path: impl FnOnce() -> String) -> Result<(), SnapshotError> {
        if self.ever() < MOST_EVER {
            return Ok(());
        }
        let message = format!("together with what is kept this is less than {MOST_EVER}");
        Err(SnapshotError::at(path() + ".gone", message))
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.kept.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.kept.iter_mut()
    }

    /// Each with its place.
    pub(super) fn places(&self) -> impl DoubleEndedIterator<Item = (usize, &T)> {
        let gone = self.gone;
        self.kept.iter().enumerate().map(move |(at, thing)| (gone + at, thing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_when_the_oldest_go() {
        let mut row = Row::default();
        assert_eq!([row.push('a'), row.push('b'), row.push('c')], [0, 1, 2]);
        assert_eq!(row.pop(), Some('a'));
        assert_eq!((row.get(0), row.get(1), row.get(2), row.get(3)), (None, Some(&'b'), Some(&'c'), None));
        assert_eq!(row.push('d'), 3);
        assert_eq!(row.places().collect::<Vec<_>>(), [(1, &'b'), (2, &'c'), (3, &'d')]);
        assert_eq!((row.len(), row.ever()), (3, 4));
    }
}
