//! Access tokens in a row, of which each is found by its text.

use std::collections::{HashMap, VecDeque};

use hubchannel_api::model::Secret;
use serde::{Deserialize, Serialize, Serializer};

use super::row::Row;
use crate::seed::TokenSeed;

/// The oldest first. Of two with the same text the later one counts.
#[derive(Clone, Default, Deserialize)]
#[serde(from = "VecDeque<TokenSeed>")]
pub(super) struct TokenRow {
    all: Row<TokenSeed>,
    by_text: HashMap<Box<str>, usize>,
}

impl TokenRow {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &TokenSeed> {
        self.all.iter()
    }

    pub(super) fn get(&self, token: &Secret) -> Option<&TokenSeed> {
        let found = self.all.get(*self.by_text.get(token.expose())?);
        found.filter(|known| known.secret == *token)
    }

    pub(super) fn push(&mut self, token: TokenSeed) {
        let text = token.secret.expose().into();
        let place = self.all.push(token);
        self.by_text.insert(text, place);
    }

    /// Lets the oldest go.
    pub(super) fn pop(&mut self) {
        let place = self.all.ever() - self.all.len();
        if let Some(token) = self.all.pop()
            && self.by_text.get(token.secret.expose()) == Some(&place)
        {
            self.by_text.remove(token.secret.expose());
        }
    }

    /// Changes every token; their texts must stay.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut TokenSeed> {
        self.all.iter_mut()
    }

    /// Keeps these alone.
    pub(super) fn retain(&mut self, stays: impl Fn(&TokenSeed) -> bool) {
        let kept: VecDeque<_> = self.all.iter().filter(|token| stays(token)).cloned().collect();
        *self = kept.into();
    }
}

impl From<VecDeque<TokenSeed>> for TokenRow {
    fn from(tokens: VecDeque<TokenSeed>) -> Self {
        let mut row = TokenRow::default();
        tokens.into_iter().for_each(|token| row.push(token));
        row
    }
}

impl Serialize for TokenRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.all.iter())
    }
}

/// Shows no text of a token.
impl std::fmt::Debug for TokenRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portals(row: &TokenRow, texts: &[&str]) -> Vec<Option<u64>> {
        let found = texts.iter().map(|text| row.get(&Secret::from(*text)));
        found.map(|token| token.map(|token| token.portal_id)).collect()
    }

    #[test]
    fn of_two_tokens_with_one_text_the_later_counts_as_long_as_it_is_there() {
        let mut row = TokenRow::default();
        for (text, portal_id) in [("a", 1), ("b", 2), ("a", 3)] {
            row.push(TokenSeed::new(text, portal_id, 7));
        }
        assert_eq!(portals(&row, &["a", "b", "c"]), [Some(3), Some(2), None]);
        let mut earlier = row.clone();
        earlier.retain(|token| token.portal_id != 3);
        assert_eq!(portals(&earlier, &["a", "b"]), [Some(1), Some(2)]);
        row.pop();
        row.pop();
        assert_eq!(portals(&row, &["a", "b"]), [Some(3), None]);
        row.pop();
        assert_eq!((portals(&row, &["a"]), row.len()), (vec![None], 0));
        assert!(!format!("{earlier:?}").contains("\"a\""));
    }
}
