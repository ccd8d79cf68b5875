//! Work that many wait for and that is done once.

use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Wake, Waker},
};

use tokio::runtime::Handle;

/// Work that is under way. Whoever waits for it drives it, so that it hangs on none of them: not on the one who began
/// it, and not on one who is dropped or no longer polled.
///
/// When the last one is dropped before the end, a task of the Tokio runtime goes on. Without a runtime the work ends
/// with him.
pub(super) struct Flight<T>(Arc<Shared<T>>);

/// The same work as long as somebody waits for it.
#[derive(Clone)]
pub(super) struct WeakFlight<T>(Weak<Shared<T>>);

struct Shared<T>(Mutex<State<T>>);

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

struct State<T> {
    /// Gone while somebody polls it, and for good when it is done.
    work: Option<Work<T>>,
    /// Whether it has asked to be polled.
    woken: bool,
    ended: bool,
    /// `None` of work that has panicked.
    result: Option<T>,
    wakers: BTreeMap<u64, Waker>,
    came: u64,
    waiting: usize,
}

impl<T: Clone + Send + 'static> Flight<T> {
    pub(super) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Flight(Arc::new(Shared(Mutex::new(State {
            work: Some(Box::pin(work)),
            woken: true,
            ended: false,
            result: None,
            wakers: BTreeMap::new(),
            came: 0,
            waiting: 0,
        }))))
    }

    /// One more who waits for it.
    pub(super) fn wait(self) -> Waiting<T> {
        let number = self.0.lock().come();
        self.waiting(number)
    }

    fn waiting(self, number: u64) -> Waiting<T> {
        Waiting {
            flight: self,
            number,
            in_background: false,
        }
    }

    pub(super) fn downgrade(&self) -> WeakFlight<T> {
        WeakFlight(Arc::downgrade(&self.0))
    }
}

/// No work.
impl<T> Default for WeakFlight<T> {
    fn default() -> Self {
        WeakFlight(Weak::new())
    }
}

impl<T: Clone + Send + 'static> WeakFlight<T> {
    /// Whether somebody waits for it, and it is not done.
    pub(super) fn is_under_way(&self) -> bool {
        self.0.upgrade().is_some_and(|shared| !shared.lock().ended)
    }

    /// One more who waits for it, unless it is done or nobody waits for it any more.
    pub(super) fn join(&self) -> Option<Waiting<T>> {
        let flight = Flight(self.0.upgrade()?);
        let number = {
            let mut state = flight.0.lock();
            if state.ended {
                return None;
            }
            state.come()
        };
        Some(flight.waiting(number))
    }
}

impl<T> State<T> {
    fn come(&mut self) -> u64 {
        self.came += 1;
        self.waiting += 1;
        self.came
    }
}

impl<T> fmt::Debug for WeakFlight<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.strong_count() == 0 {
            "none"
        } else {
            "under way"
        })
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State<T>)) {
        let wakers = {
            let mut state = self.lock();
            change(&mut state);
            std::mem::take(&mut state.wakers)
        };
        wakers.into_values().for_each(Waker::wake);
    }
}

impl<T: Send + 'static> Wake for Shared<T> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.change(|state| state.woken = true);
    }
}

/// Ends the work that panics while it is polled, so that nobody waits for it forever.
struct Polling<'a, T> {
    shared: &'a Shared<T>,
    came_back: bool,
}

impl<T> Drop for Polling<'_, T> {
    fn drop(&mut self) {
        if !self.came_back {
            self.shared.change(|state| state.ended = true);
        }
    }
}

/// One who waits for the work.
pub(super) struct Waiting<T: Clone + Send + 'static> {
    flight: Flight<T>,
    number: u64,
    in_background: bool,
}

impl<T: Clone + Send + 'static> Waiting<T> {
    /// Whether the work goes on although this one is dropped: in a task of the runtime, if nobody else waits.
    pub(super) fn goes_on_alone(&self) -> bool {
        Handle::try_current().is_ok()
    }
}

impl<T: Clone + Send + 'static> Future for Waiting<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let shared = &self.flight.0;
        let mut work = {
            let mut state = shared.lock();
            if state.ended {
                return Poll::Ready(state.result.clone());
            }
            state.wakers.insert(self.number, context.waker().clone());
            match state.work.take() {
                Some(work) if state.woken => {
                    state.woken = false;
                    work
                }
                other => {
                    state.work = other;
                    return Poll::Pending;
                }
            }
        };
        let mut polling = Polling {
            shared,
            came_back: false,
        };
        let waker = Waker::from(Arc::clone(shared));
        let polled = work.as_mut().poll(&mut Context::from_waker(&waker));
        polling.came_back = true;
        match polled {
            Poll::Ready(result) => {
                drop(work);
                shared.change(|state| {
                    state.ended = true;
                    state.result = Some(result.clone());
                });
                Poll::Ready(Some(result))
            }
            Poll::Pending => {
                let mut state = shared.lock();
                state.work = Some(work);
                let asked_meanwhile = state.woken;
                drop(state);
                if asked_meanwhile {
                    shared.change(|_| {});
                }
                Poll::Pending
            }
        }
    }
}

impl<T: Clone + Send + 'static> Drop for Waiting<T> {
    fn drop(&mut self) {
        let runtime = Handle::try_current().ok().filter(|_| !self.in_background);
        let shared = &self.flight.0;
        let mut state = shared.lock();
        state.wakers.remove(&self.number);
        state.waiting = state.waiting.saturating_sub(1);
        if state.waiting > 0 || state.ended {
            return;
        }
        let Some(runtime) = runtime else {
            // What the work waits for knows how to wake it, and so holds it.
            state.ended = true;
            let work = state.work.take();
            drop(state);
            drop(work);
            return;
        };
        let number = state.come();
        drop(state);
        let waiting = Waiting {
            flight: Flight(Arc::clone(shared)),
            number,
            in_background: true,
        };
        runtime.spawn(async move { drop(waiting.await) });
    }
}

#[cfg(test)]
mod tests {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::atomic::{AtomicUsize, Ordering},
        time::{Duration, SystemTime},
    };

    use hubchannel_api::clock::{Clock, ManualClock};

    use super::*;

    fn polled<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn clock() -> ManualClock {
        ManualClock::new(SystemTime::UNIX_EPOCH)
    }

    fn begin<T: Clone + Send + 'static>(flight: Flight<T>) -> (WeakFlight<T>, Waiting<T>) {
        (flight.downgrade(), flight.wait())
    }

    /// Work of two waits that counts how often it was begun.
    fn work(clock: &ManualClock, begun: &Arc<AtomicUsize>) -> Flight<usize> {
        let (clock, begun) = (clock.clone(), Arc::clone(begun));
        Flight::new(async move {
            let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
            clock.sleep(Duration::from_secs(1)).await;
            clock.sleep(Duration::from_secs(1)).await;
            number
        })
    }

    #[test]
    fn it_hangs_neither_on_one_who_is_dropped_nor_on_one_who_is_no_longer_polled() {
        let (clock, begun) = (clock(), Arc::new(AtomicUsize::new(0)));
        let (weak, mut leader) = begin(work(&clock, &begun));
        let (mut idle, mut last) = (weak.join().unwrap(), weak.join().unwrap());
        assert!(polled(&mut leader).is_pending());
        assert!(polled(&mut idle).is_pending());
        drop(leader);
        clock.advance(Duration::from_secs(1));
        assert!(polled(&mut idle).is_pending(), "the second wait");
        clock.advance(Duration::from_secs(1));
        assert_eq!(polled(&mut last), Poll::Ready(Some(1)));
        assert_eq!(polled(&mut idle), Poll::Ready(Some(1)));
        assert_eq!(begun.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn in_a_runtime_it_goes_on_without_anybody() {
        let (clock, begun) = (clock(), Arc::new(AtomicUsize::new(0)));
        let (weak, mut only) = begin(work(&clock, &begun));
        assert!(polled(&mut only).is_pending());
        drop(only);
        for _ in 0..2 {
            tokio::task::yield_now().await;
            drop(weak.join().unwrap());
            clock.advance(Duration::from_secs(1));
        }
        tokio::task::yield_now().await;
        assert!(weak.join().is_none(), "done");
        assert_eq!(clock.sleepers(), 0);
    }

    #[test]
    fn without_a_runtime_it_ends_with_the_last_who_waits() {
        let (clock, begun) = (clock(), Arc::new(AtomicUsize::new(0)));
        let (weak, mut only) = begin(work(&clock, &begun));
        assert!(polled(&mut only).is_pending());
        drop(only);
        assert!(weak.join().is_none());
        assert_eq!(clock.sleepers(), 0);
    }

    #[test]
    fn of_work_that_panics_everybody_learns() {
        let (weak, mut one) = begin(Flight::<()>::new(async { panic!("as a store of somebody else's may") }));
        let mut other = weak.join().unwrap();
        assert!(catch_unwind(AssertUnwindSafe(|| polled(&mut one))).is_err());
        assert_eq!(polled(&mut other), Poll::Ready(None));
        assert!(weak.join().is_none(), "the next one begins anew");
    }

    #[test]
    fn it_is_polled_only_when_it_has_asked() {
        let polls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&polls);
        let (weak, only) = begin(Flight::<()>::new(std::future::poll_fn(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Poll::Pending
        })));
        let mut crowd = vec![only];
        crowd.extend((0..100).map(|_| weak.join().unwrap()));
        crowd.iter_mut().for_each(|one| assert!(polled(one).is_pending()));
        assert_eq!(polls.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn who_asks_again_while_being_polled_is_polled_again() {
        let mut left = 3;
        let flight = Flight::new(std::future::poll_fn(move |context| {
            left -= 1;
            context.waker().wake_by_ref();
            if left == 0 { Poll::Ready(7) } else { Poll::Pending }
        }));
        let mut only = flight.wait();
        assert!(polled(&mut only).is_pending() && polled(&mut only).is_pending());
        assert_eq!(polled(&mut only), Poll::Ready(Some(7)));
    }

    #[test]
    fn who_looked_in_while_it_was_polled_and_asked_is_woken() {
        struct Flag(AtomicUsize);
        impl Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let flag = Arc::new(Flag(AtomicUsize::new(0)));
        let other: Arc<Mutex<Option<Waiting<()>>>> = Arc::default();
        let (looks_in, woken) = (Arc::clone(&other), Waker::from(Arc::clone(&flag)));
        let (weak, mut only) = begin(Flight::new(std::future::poll_fn(move |context| {
            context.waker().wake_by_ref();
            let mut other = looks_in.lock().unwrap();
            let other = Pin::new(other.as_mut().unwrap());
            assert!(other.poll(&mut Context::from_waker(&woken)).is_pending());
            Poll::Pending
        })));
        *other.lock().unwrap() = weak.join();
        assert!(polled(&mut only).is_pending());
        assert_eq!(flag.0.load(Ordering::SeqCst), 1, "it may be the only one who is still polled");
    }
}
