//! Time, as something that is handed in.
//!
//! Whatever waits or asks for the time does it through a [`Clock`], so that a test can hold the time still and turn it
//! by hand with a [`ManualClock`].

use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant, SystemTime},
};

/// A wait that is over when its time has come.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A source of time.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Time that only moves forward, from a start that means nothing.
    fn monotonic(&self) -> Duration;

    /// The time of day.
    fn wall(&self) -> SystemTime;

    /// Waits until that much more monotonic time has passed. Does nothing unless polled; may be dropped.
    fn sleep(&self, duration: Duration) -> Sleep;
}

/// The machine's clock. Works in every runtime and without one.
///
/// Each wait costs a thread while it lasts. Whoever waits often uses a clock of his runtime, such as the `TokioClock`
/// of `hubchannel-middleware`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn monotonic(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let deadline = self.monotonic().saturating_add(duration);
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        let mut started = false;
        let mut wait = clock.sleep(duration);
        Box::pin(std::future::poll_fn(move |context| {
            if !std::mem::replace(&mut started, true) {
                let clock = clock.clone();
                thread::spawn(move || {
                    let left = deadline.saturating_sub(SystemClock.monotonic());
                    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
                    thread::sleep(left);
                    clock.advance(duration);
                });
            }
            wait.as_mut().poll(context)
        }))
    }
}

/// A clock that stands still until it is moved by hand. Clones are the same clock.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use hubchannel_api::clock::{Clock, ManualClock};
///
/// let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
/// clock.advance(Duration::from_secs(5));
/// assert_eq!(clock.wall(), SystemTime::UNIX_EPOCH + Duration::from_secs(5));
/// assert_eq!(clock.monotonic(), Duration::from_secs(5));
/// ```
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<State>>);

struct State {
    monotonic: Duration,
    wall: SystemTime,
    next: u64,
    sleepers: BTreeMap<(Duration, u64), Waker>,
}

impl ManualClock {
    /// A clock that shows this time of day.
    pub fn new(wall: SystemTime) -> Self {
        let state = State {
            monotonic: Duration::ZERO,
            wall,
            next: 0,
            sleepers: BTreeMap::new(),
        };
        ManualClock(Arc::new(Mutex::new(state)))
    }

    /// Moves both times forward and ends the waits that are then over.
    pub fn advance(&self, duration: Duration) {
        let awake = {
            let mut state = self.lock();
            state.monotonic = state.monotonic.saturating_add(duration);
            state.wall = state.wall.checked_add(duration).unwrap_or(state.wall);
            let now = state.monotonic;
            let later = state.sleepers.split_off(&(now, u64::MAX));
            std::mem::replace(&mut state.sleepers, later)
        };
        awake.into_values().for_each(Waker::wake);
    }

    /// Sets the time of day, forward or back, as when somebody sets the machine's clock. Waits do not notice.
    pub fn set_wall(&self, wall: SystemTime) {
        self.lock().wall = wall;
    }

    /// How many waits are going on.
    pub fn sleepers(&self) -> usize {
        self.lock().sleepers.len()
    }

    /// When the next wait is over, measured from now.
    pub fn next_wake(&self) -> Option<Duration> {
        let state = self.lock();
        state
            .sleepers
            .keys()
            .next()
            .map(|(deadline, _)| deadline.saturating_sub(state.monotonic))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("ManualClock")
            .field("monotonic", &state.monotonic)
            .field("wall", &state.wall)
            .field("sleepers", &state.sleepers.len())
            .finish()
    }
}

impl Clock for ManualClock {
    fn monotonic(&self) -> Duration {
        self.lock().monotonic
    }

    fn wall(&self) -> SystemTime {
        self.lock().wall
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let mut state = self.lock();
        state.next += 1;
        let key = (state.monotonic.saturating_add(duration), state.next);
        Box::pin(ManualSleep {
            clock: self.clone(),
            key,
        })
    }
}

struct ManualSleep {
    clock: ManualClock,
    key: (Duration, u64),
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.lock();
        if state.monotonic >= self.key.0 {
            state.sleepers.remove(&self.key);
            return Poll::Ready(());
        }
        state.sleepers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        self.clock.lock().sleepers.remove(&self.key);
    }
}
