//! By which name a process claims its work.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// A name that nobody else has: drawn from the seed that the standard library takes from the operating system, and unlike
/// every other one of this process.
pub(super) fn unique() -> Arc<str> {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
    let (high, low) = (SEED.hash_one((drawn, 0_u8)), SEED.hash_one((drawn, 1_u8)));
    format!("{high:016x}{low:016x}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_another() {
        let names: std::collections::BTreeSet<_> = (0..1000).map(|_| unique()).collect();
        assert_eq!(names.len(), 1000);
        assert!(names.iter().all(|name| name.len() == 32));
    }
}
