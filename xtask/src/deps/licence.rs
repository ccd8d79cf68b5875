//! Whether a licence expression can be met with the licences on a list.
//!
//! The expressions are those of SPDX with `AND`, `OR`, `WITH` and parentheses, and the older `/` for `OR`.

/// Whether the choices that the expression leaves can be made so that every licence needed is allowed. An expression
/// that makes no sense cannot be met.
pub(super) fn can_be_met(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = Words {
        words: spaced.split_whitespace().collect(),
        allowed,
    };
    words.words.reverse();
    words.any() == Some(true) && words.words.is_empty()
}

/// What is left of the expression, next word last.
struct Words<'a> {
    words: Vec<&'a str>,
    allowed: &'a [&'a str],
}

impl Words<'_> {
    fn any(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.take("OR") {
            met |= self.all()?;
        }
        Some(met)
    }

    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let met = self.any()?;
            return self.take(")").then_some(met);
        }
        let mut licence = self
            .words
            .pop()
            .filter(|word| !["AND", "OR", "WITH", ")"].contains(word))?
            .to_owned();
        if self.take("WITH") {
            licence = format!("{licence} WITH {}", self.words.pop()?);
        }
        Some(self.allowed.contains(&licence.as_str()))
    }

    fn take(&mut self, word: &str) -> bool {
        self.words.pop_if(|next| *next == word).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::can_be_met;

    const ALLOWED: &[&str] = &["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"];

    #[test]
    fn one_allowed_choice_is_enough() {
        assert!(can_be_met("MIT", ALLOWED));
        assert!(can_be_met("GPL-3.0-only OR MIT", ALLOWED));
        assert!(can_be_met("Unlicense/MIT", ALLOWED));
        assert!(!can_be_met("GPL-3.0-only", ALLOWED));
    }

    #[test]
    fn everything_needed_must_be_allowed() {
        assert!(can_be_met("(MIT OR Apache-2.0) AND Unicode-3.0", ALLOWED));
        assert!(!can_be_met("MIT AND OpenSSL", ALLOWED));
        // `AND` binds tighter than `OR`.
        assert!(can_be_met("MIT OR Apache-2.0 AND OpenSSL", ALLOWED));
        assert!(!can_be_met("(MIT OR Apache-2.0) AND OpenSSL", ALLOWED));
    }

    #[test]
    fn an_exception_belongs_to_its_licence() {
        assert!(can_be_met("Apache-2.0 WITH LLVM-exception OR GPL-3.0-only", ALLOWED));
        assert!(!can_be_met("MIT WITH LLVM-exception", ALLOWED));
    }

    #[test]
    fn nonsense_is_not_met() {
        for expression in ["", "MIT OR", "(MIT", "MIT)", "MIT MIT", "AND MIT", "MIT WITH"] {
            assert!(!can_be_met(expression, ALLOWED), "{expression:?}");
        }
    }
}
