//! Where idempotency keys come from when the caller has none.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// Makes up idempotency keys for messages that come without one.
pub trait KeySource: fmt::Debug + Send + Sync + 'static {
    /// A key that nobody has used before; not empty.
    fn next_key(&self) -> String;
}

/// Random keys in the form of a version 4 UUID.
///
/// They are drawn from the seed that the standard library takes from the operating system for its hash maps: unlike
/// any other process's and unlike each other, which is what a key needs, but not made to be secrets. On a platform
/// without such a seed (`wasm32-unknown-unknown`), bring a source of your own.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomKeys;

impl KeySource for RandomKeys {
    fn next_key(&self) -> String {
        static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        static DRAWN: AtomicU64 = AtomicU64::new(0);
        let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
        let high = SEED.hash_one((drawn, 0_u8));
        let low = SEED.hash_one((drawn, 1_u8));
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0x0fff,
            0x8000 | (low >> 48) & 0x3fff,
            low & 0xffff_ffff_ffff,
        )
    }
}
