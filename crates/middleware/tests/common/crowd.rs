//! Many callers at once on a clock that is turned by hand, without a runtime.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test is how this reports")]
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, SystemTime},
};

use hubchannel_api::clock::{Clock, ManualClock};

pub fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Whether a future asked to be polled.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Caller<T> {
    who: usize,
    call: Pin<Box<dyn Future<Output = T>>>,
    woken: Arc<Flag>,
    /// Whether its owner polls it. One that is not polled is not dropped either.
    polled: bool,
}

/// Callers, each polled when it has asked for it and at no other time; the oldest first.
pub struct Crowd<T> {
    pub clock: ManualClock,
    callers: Vec<Caller<T>>,
    came: usize,
    /// Who is done, when, and what came of it.
    pub done: Vec<(usize, Duration, T)>,
}

impl<T> Crowd<T> {
    pub fn new() -> Self {
        Crowd {
            clock: ManualClock::new(SystemTime::UNIX_EPOCH),
            callers: Vec::new(),
            came: 0,
            done: Vec::new(),
        }
    }

    /// A further caller, who is polled at once; its number.
    pub fn come(&mut self, call: impl Future<Output = T> + 'static) -> usize {
        self.callers.push(Caller {
            who: self.came,
            call: Box::pin(call),
            woken: Arc::new(Flag(AtomicBool::new(true))),
            polled: true,
        });
        self.came += 1;
        self.settle();
        self.came - 1
    }

    /// How many are not done.
    pub fn waiting(&self) -> usize {
        self.callers.len()
    }

    /// How many of them nobody polls.
    pub fn idle(&self) -> usize {
        self.callers.iter().filter(|caller| !caller.polled).count()
    }

    /// Drops one of those who are not done.
    pub fn give_up(&mut self, at: usize) {
        if !self.callers.is_empty() {
            drop(self.callers.remove(at % self.callers.len()));
            self.settle();
        }
    }

    /// From now on, one of those who are not done is polled no more, or is polled again.
    pub fn set_polled(&mut self, at: usize, polled: bool) {
        if !self.callers.is_empty() {
            let at = at % self.callers.len();
            self.callers[at].polled = polled;
            self.settle();
        }
    }

    pub fn poll_all_again(&mut self) {
        self.callers.iter_mut().for_each(|caller| caller.polled = true);
        self.settle();
    }

    pub fn advance(&mut self, time: Duration) {
        self.clock.advance(time);
        self.settle();
    }

    /// Moves the clock through everything that is to happen until this much later.
    pub fn advance_through(&mut self, time: Duration) {
        let end = self.clock.monotonic() + time;
        while let Some(wait) = self.clock.next_wake()
            && self.clock.monotonic() + wait <= end
        {
            self.advance(wait);
        }
        self.advance(end - self.clock.monotonic());
    }

    /// Moves the clock to where something is to happen; `false` where nothing is.
    pub fn advance_to_next(&mut self) -> bool {
        let wait = self.clock.next_wake();
        wait.into_iter().for_each(|wait| self.advance(wait));
        wait.is_some()
    }

    /// Polls whoever has asked for it.
    pub fn settle(&mut self) {
        let asked = |caller: &Caller<T>| caller.polled && caller.woken.0.swap(false, Ordering::SeqCst);
        while let Some(at) = self.callers.iter().position(asked) {
            let caller = &mut self.callers[at];
            let waker = Waker::from(Arc::clone(&caller.woken));
            if let Poll::Ready(value) = caller.call.as_mut().poll(&mut Context::from_waker(&waker)) {
                let caller = self.callers.remove(at);
                self.done.push((caller.who, self.clock.monotonic(), value));
            }
        }
    }
}
