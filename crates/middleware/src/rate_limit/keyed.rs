//! A limiter for each of many portals.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::RateLimiter;

/// A [`RateLimiter`] for each portal and app, for a program that serves many. Clones share them.
///
/// ```
/// use std::sync::Arc;
/// use hubchannel_middleware::{RateLimiter, RateLimiters, TokioClock};
///
/// let limiters = RateLimiters::new(|| RateLimiter::public_app(Arc::new(TokioClock)));
/// let (portal, app) = (62515_u64, 33_u64);
/// let limiter = limiters.of((portal, app));
/// assert_eq!(limiter.limit().0, 110);
/// ```
///
/// What is a key is the program's to say; a stack that [takes them all](crate::StackBuilder::rate_limiters) says it by
/// [`RateLimitKey`](crate::RateLimitKey). A limiter that nobody holds and whose starts no
/// longer count is forgotten.
pub struct RateLimiters<K>(Arc<Shared<K>>);

struct Shared<K> {
    make: Box<dyn Fn() -> RateLimiter + Send + Sync>,
    made: Mutex<Made<K>>,
}

struct Made<K> {
    limiters: BTreeMap<K, RateLimiter>,
    /// How many there may be before it is seen who can be forgotten.
    room: usize,
}

impl<K: Ord> RateLimiters<K> {
    const ROOM: usize = 64;

    /// Makes each limiter in this way.
    pub fn new(make: impl Fn() -> RateLimiter + Send + Sync + 'static) -> Self {
        let made = Mutex::new(Made {
            limiters: BTreeMap::new(),
            room: Self::ROOM,
        });
        RateLimiters(Arc::new(Shared {
            make: Box::new(make),
            made,
        }))
    }

    /// The limiter of this key, always the same one while somebody holds it or its starts count.
    pub fn of(&self, key: K) -> RateLimiter {
        if let Some(limiter) = self.made().limiters.get(&key) {
            return limiter.clone();
        }
        let limiter = (self.0.make)();
        let mut made = self.made();
        if made.limiters.len() >= made.room {
            made.limiters.retain(|_, limiter| !limiter.can_be_forgotten());
            made.room = made.limiters.len().saturating_mul(2).max(Self::ROOM);
        }
        made.limiters.entry(key).or_insert(limiter).clone()
    }

    fn made(&self) -> MutexGuard<'_, Made<K>> {
        self.0.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K> Clone for RateLimiters<K> {
    fn clone(&self) -> Self {
        RateLimiters(Arc::clone(&self.0))
    }
}

impl<K: Ord + fmt::Debug> fmt::Debug for RateLimiters<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.made().limiters).finish()
    }
}
