//! The emulator's own time: that of the clock which it was given, until somebody turns it.

use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use hubchannel_api::clock::{Clock, Sleep};
use serde::{Deserialize, Serialize};

use crate::snapshot::SnapshotError;

/// A clock on top of another one, which can be stopped and put forward. Clones are the same clock.
#[derive(Clone)]
pub(crate) struct Dial(Arc<Works>);

struct Works {
    source: Arc<dyn Clock>,
    setting: Mutex<Setting>,
}

#[derive(Default)]
struct Setting {
    /// Both times while it stands still.
    stopped: Option<(Duration, SystemTime)>,
    monotonic: Shift,
    wall: Shift,
    /// How often it was turned.
    turns: u64,
    sleepers: BTreeMap<u64, Waker>,
    next: u64,
}

/// How far a time is from that of the source.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Shift {
    ahead: Duration,
    behind: Duration,
}

/// How a dial is set, without its source.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum KeptDial {
    Frozen {
        #[serde(with = "crate::snapshot::form::time")]
        at: SystemTime,
    },
    Going {
        shift: Shift,
    },
}

impl KeptDial {
    /// Fails where it leads to times that have no timestamp.
    pub(crate) fn check(&self) -> Result<(), SnapshotError> {
        /// 7,900 years.
        const MOST: Duration = Duration::from_secs(249_303_000_000);
        match self {
            KeptDial::Going { shift } if shift.ahead > MOST || shift.behind > MOST => {
                Err(SnapshotError::at("clock.going.shift", "the clock was never turned this far"))
            }
            _ => Ok(()),
        }
    }
}

impl Shift {
    /// From one time to the other.
    fn between(ahead: Option<Duration>, behind: Option<Duration>) -> Self {
        Shift {
            ahead: ahead.unwrap_or_default(),
            behind: behind.unwrap_or_default(),
        }
    }

    fn forward(&mut self, duration: Duration) {
        self.ahead = self.ahead.saturating_add(duration);
        let both = self.ahead.min(self.behind);
        self.ahead -= both;
        self.behind -= both;
    }
}

impl Setting {
    fn monotonic(&self, source: &dyn Clock) -> Duration {
        match self.stopped {
            Some((monotonic, _)) => monotonic,
            None => {
                let shifted = source.monotonic().saturating_add(self.monotonic.ahead);
                shifted.saturating_sub(self.monotonic.behind)
            }
        }
    }

    fn wall(&self, source: &dyn Clock) -> SystemTime {
        match self.stopped {
            Some((_, wall)) => wall,
            None => {
                let wall = source.wall();
                let ahead = wall.checked_add(self.wall.ahead).unwrap_or(wall);
                ahead.checked_sub(self.wall.behind).unwrap_or(ahead)
            }
        }
    }

    /// Says that it was turned; those to wake.
    fn turned(&mut self) -> BTreeMap<u64, Waker> {
        self.turns += 1;
        std::mem::take(&mut self.sleepers)
    }
}

impl Dial {
    pub(crate) fn new(source: Arc<dyn Clock>) -> Self {
        Dial(Arc::new(Works {
            source,
            setting: Mutex::default(),
        }))
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.lock().stopped.is_some()
    }

    /// Lets it stand still.
    pub(crate) fn stop(&self) {
        let mut setting = self.lock();
        let source = &*self.0.source;
        let times = (setting.monotonic(source), setting.wall(source));
        setting.stopped.get_or_insert(times);
        let awake = setting.turned();
        drop(setting);
        awake.into_values().for_each(Waker::wake);
    }

    /// Lets it go on from where it stands.
    pub(crate) fn go_on(&self) {
        let mut setting = self.lock();
        if let Some((monotonic, wall)) = setting.stopped.take() {
            let source = self.0.source.monotonic();
            setting.monotonic = Shift::between(monotonic.checked_sub(source), source.checked_sub(monotonic));
            let source = self.0.source.wall();
            setting.wall = Shift::between(wall.duration_since(source).ok(), source.duration_since(wall).ok());
        }
        let awake = setting.turned();
        drop(setting);
        awake.into_values().for_each(Waker::wake);
    }

    /// How it is set against its source.
    pub(crate) fn keep(&self) -> KeptDial {
        let setting = self.lock();
        match setting.stopped {
            Some((_, wall)) => KeptDial::Frozen { at: wall },
            None => KeptDial::Going { shift: setting.wall },
        }
    }

    /// Sets it as it was kept; those to wake. Monotonic time goes on from where it is.
    pub(crate) fn take_up(&self, kept: KeptDial) -> Vec<Waker> {
        let mut setting = self.lock();
        let source = self.0.source.monotonic();
        let monotonic = setting.monotonic(&*self.0.source);
        setting.monotonic = Shift::between(monotonic.checked_sub(source), source.checked_sub(monotonic));
        match kept {
            KeptDial::Frozen { at } => setting.stopped = Some((monotonic, at)),
            KeptDial::Going { shift } => {
                setting.stopped = None;
                setting.wall = shift;
            }
        }
        setting.turned().into_values().collect()
    }

    /// Puts it forward, be it standing or not.
    pub(crate) fn forward(&self, duration: Duration) {
        let mut setting = self.lock();
        match &mut setting.stopped {
            Some((monotonic, wall)) => {
                *monotonic = monotonic.saturating_add(duration);
                *wall = wall.checked_add(duration).unwrap_or(*wall);
            }
            None => {
                setting.monotonic.forward(duration);
                setting.wall.forward(duration);
            }
        }
        let awake = setting.turned();
        drop(setting);
        awake.into_values().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Setting> {
        self.0.setting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setting = self.lock();
        f.debug_struct("Dial")
            .field("source", &self.0.source)
            .field("stopped", &setting.stopped)
            .field("monotonic", &setting.monotonic)
            .field("wall", &setting.wall)
            .finish()
    }
}

impl Clock for Dial {
    fn monotonic(&self) -> Duration {
        self.lock().monotonic(&*self.0.source)
    }

    fn wall(&self) -> SystemTime {
        self.lock().wall(&*self.0.source)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let mut setting = self.lock();
        setting.next += 1;
        Box::pin(DialSleep {
            number: setting.next,
            until: setting.monotonic(&*self.0.source).saturating_add(duration),
            dial: self.clone(),
            inner: None,
        })
    }
}

struct DialSleep {
    dial: Dial,
    number: u64,
    until: Duration,
    /// A wait of the source's, and after how many turns it was begun.
    inner: Option<(u64, Sleep)>,
}

impl Future for DialSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let dial = self.dial.clone();
            let mut setting = dial.lock();
            let left = self.until.saturating_sub(setting.monotonic(&*dial.0.source));
            if left.is_zero() {
                setting.sleepers.remove(&self.number);
                return Poll::Ready(());
            }
            setting.sleepers.insert(self.number, context.waker().clone());
            let (turns, stopped) = (setting.turns, setting.stopped.is_some());
            drop(setting);
            if stopped {
                self.inner = None;
                return Poll::Pending;
            }
            let (_, inner) = match self.inner.take() {
                Some(inner) if inner.0 == turns => self.inner.insert(inner),
                _ => self.inner.insert((turns, dial.0.source.sleep(left))),
            };
            if inner.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.inner = None;
        }
    }
}

impl Drop for DialSleep {
    fn drop(&mut self) {
        self.dial.lock().sleepers.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use hubchannel_api::clock::ManualClock;

    use super::*;

    struct Count(AtomicUsize);

    impl std::task::Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_dial_goes_with_its_source_until_it_is_turned() {
        let source = ManualClock::new(SystemTime::UNIX_EPOCH);
        let dial = Dial::new(Arc::new(source.clone()));
        let since = |dial: &Dial| dial.wall().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        source.advance(seconds(10));
        assert_eq!((dial.monotonic(), since(&dial)), (seconds(10), seconds(10)));
        dial.stop();
        source.advance(seconds(10));
        assert_eq!((dial.monotonic(), since(&dial)), (seconds(10), seconds(10)));
        dial.forward(seconds(3));
        dial.go_on();
        assert_eq!((dial.monotonic(), since(&dial)), (seconds(13), seconds(13)));
        source.advance(seconds(1));
        dial.forward(seconds(100));
        assert_eq!((dial.monotonic(), since(&dial)), (seconds(114), seconds(114)));
    }

    #[test]
    fn a_wait_ends_by_the_dial_and_not_by_its_source() {
        let source = ManualClock::new(SystemTime::UNIX_EPOCH);
        let dial = Dial::new(Arc::new(source.clone()));
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let waker = Waker::from(count.clone());
        let mut context = Context::from_waker(&waker);
        let mut wait = dial.sleep(seconds(60));
        assert!(wait.as_mut().poll(&mut context).is_pending());
        dial.stop();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        assert!(wait.as_mut().poll(&mut context).is_pending());
        source.advance(seconds(100));
        assert!(wait.as_mut().poll(&mut context).is_pending());
        dial.forward(seconds(20));
        assert!(wait.as_mut().poll(&mut context).is_pending());
        dial.go_on();
        assert!(wait.as_mut().poll(&mut context).is_pending());
        assert_eq!(source.next_wake(), Some(seconds(40)));
        source.advance(seconds(40));
        assert!(wait.as_mut().poll(&mut context).is_ready());
        assert_eq!(source.sleepers(), 0);
    }

    #[test]
    fn a_wait_that_is_put_over_its_end_is_woken() {
        let dial = Dial::new(Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH)));
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let waker = Waker::from(count.clone());
        let mut context = Context::from_waker(&waker);
        let mut wait = dial.sleep(seconds(60));
        assert!(wait.as_mut().poll(&mut context).is_pending());
        dial.forward(seconds(60));
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        assert!(wait.as_mut().poll(&mut context).is_ready());
    }
}
