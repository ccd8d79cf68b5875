//! What is on the way to the other side, and the turning of the clock: time passes only where nothing else goes on.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel::{
    Body, HttpTransport, TransportError,
    clock::{Clock as _, ManualClock},
};

use crate::schedule::Leave;

/// Shortly before the date in `Retry-After`.
pub(crate) const START: Duration = Duration::from_secs(2_051_222_400);

pub(crate) fn clock_at(since_epoch: Duration) -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + since_epoch)
}

/// How often a call may be looked at without anything going on. No machine is so slow that this is not a standstill.
const STANDSTILL: u32 = 100_000_000;

/// The same where a connection that nobody uses does not end.
pub(crate) const STAYS_OPEN: u32 = 10_000_000;

/// How often other tasks get their turn before time passes.
const TURNS: u32 = 3;

/// The other side, as far as the one who turns the clock has to know it.
pub(crate) trait Far: fmt::Debug + Send + Sync {
    /// How many requests wait for an answer that will not come.
    fn silent(&self) -> usize;

    /// Whether it waits for the end of a connection on which it says nothing more.
    fn is_held(&self) -> bool {
        self.silent() > 0
    }

    /// Gives no answer to the request of this number, since the caller leaves when it was read. Otherwise he might be told
    /// before he has left.
    fn withhold(&self, _request: Option<usize>) {}

    /// The client has let go of what was on the way to this path. Who sees the ends of connections need not be told.
    fn let_go(&self, _path: &str) {}

    /// How many requests were read.
    fn heard(&self) -> usize;
}

/// The way to the other side. One call after the other uses it, and beside it may be a request for a token.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) clock: ManualClock,
    far: Arc<dyn Far>,
    on_wire: AtomicUsize,
    jumps: Mutex<VecDeque<i64>>,
}

impl Line {
    pub(crate) fn new(clock: ManualClock, far: Arc<dyn Far>, jumps: &[i64]) -> Arc<Self> {
        Arc::new(Line {
            clock,
            far,
            on_wire: AtomicUsize::new(0),
            jumps: Mutex::new(jumps.iter().copied().collect()),
        })
    }

    /// Runs a call to its end, or until the caller leaves.
    pub(crate) async fn run<T>(&self, leave: Option<Leave>, call: impl Future<Output = T>) -> Option<T> {
        self.far.withhold(match leave {
            Some(Leave::Heard(count)) => Some(count),
            _ => None,
        });
        let told = self.until_told(leave, call).await;
        self.nothing_is_held().await;
        told
    }

    async fn until_told<T>(&self, leave: Option<Leave>, call: impl Future<Output = T>) -> Option<T> {
        let mut call = Box::pin(call);
        let (mut polled, mut waited, mut turns) = (0, 0, 0);
        for _ in 0..STANDSTILL {
            let leaves = leave.is_some_and(|leave| match leave {
                Leave::Polled(times) => polled >= times,
                Leave::Waited(times) => waited > times,
                Leave::Heard(count) => self.far.heard() >= count,
            });
            if leaves {
                return None;
            }
            polled += 1;
            if let Poll::Ready(done) = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await {
                return Some(done);
            }
            turns += 1;
            self.nothing_is_held().await;
            // Whatever else is on the way must come first.
            if self.on_wire.load(Ordering::SeqCst) <= self.far.silent()
                && turns > TURNS
                && let Some(wake) = self.clock.next_wake()
            {
                self.jump();
                self.clock.advance(wake);
                (waited, turns) = (waited + 1, 0);
            }
            tokio::task::yield_now().await;
        }
        panic!("nothing goes on: {:?}", self.clock);
    }

    fn is_idle(&self) -> bool {
        self.on_wire.load(Ordering::SeqCst) == 0
    }

    /// Waits until the other side has seen the end of every connection that was let go of.
    async fn nothing_is_held(&self) {
        for _ in 0..STAYS_OPEN {
            if !(self.is_idle() && self.far.is_held()) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("a connection stays open that nobody uses: {:?}", self.far);
    }

    /// Sets the time of day, if it is its turn.
    fn jump(&self) {
        let jump = self.jumps.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(seconds) = jump else { return };
        let (by, wall) = (Duration::from_secs(seconds.unsigned_abs()), self.clock.wall());
        self.clock.set_wall(if seconds < 0 { wall - by } else { wall + by });
    }
}

/// A transport whose requests are known to be on the way.
pub(crate) struct Watched<T> {
    line: Arc<Line>,
    transport: T,
}

impl<T> Watched<T> {
    pub(crate) fn new(line: &Arc<Line>, transport: T) -> Self {
        Watched {
            line: Arc::clone(line),
            transport,
        }
    }
}

impl<T> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

/// Held while a request is on the way.
struct OnWire<'a> {
    line: &'a Line,
    path: String,
}

impl Drop for OnWire<'_> {
    fn drop(&mut self) {
        self.line.on_wire.fetch_sub(1, Ordering::SeqCst);
        self.line.far.let_go(&self.path);
    }
}

#[async_trait]
impl<T: HttpTransport> HttpTransport for Watched<T> {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.line.jump();
        self.line.nothing_is_held().await;
        self.line.on_wire.fetch_add(1, Ordering::SeqCst);
        let _on_wire = OnWire {
            line: &self.line,
            path: request.uri().path().to_owned(),
        };
        self.transport.send(request).await
    }
}
