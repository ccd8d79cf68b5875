//! The clocks.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, SystemTime},
};

use hubchannel_api::clock::{Clock, ManualClock, SystemClock};
use proptest::prelude::*;

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

proptest! {
    #[test]
    fn waits_are_over_when_their_time_has_come_and_not_before(
        waits in proptest::collection::vec(0_u64..100, 1..20),
        steps in proptest::collection::vec(0_u64..40, 1..10),
    ) {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        let woken: Vec<Arc<Woken>> = waits.iter().map(|_| Arc::default()).collect();
        let mut sleeps: Vec<_> = waits.iter().map(|wait| Some(clock.sleep(Duration::from_millis(*wait)))).collect();
        let mut now = 0;
        for step in std::iter::once(0).chain(steps) {
            clock.advance(Duration::from_millis(step));
            now += step;
            let mut left = 0;
            for ((sleep, wait), woken) in sleeps.iter_mut().zip(&waits).zip(&woken) {
                let Some(future) = sleep else { continue };
                let waker = Waker::from(Arc::clone(woken));
                let before = woken.0.load(Ordering::SeqCst);
                let over = future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
                prop_assert_eq!(over, *wait <= now);
                prop_assert_eq!(before > 0, over && *wait > 0, "woken exactly when it is over");
                if over {
                    *sleep = None;
                } else {
                    left += 1;
                }
            }
            prop_assert_eq!(clock.sleepers(), left);
        }
        drop(sleeps);
        prop_assert_eq!(clock.sleepers(), 0, "a dropped wait is forgotten");
    }
}

#[test]
fn the_time_of_day_can_jump_without_a_wait_noticing() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
    let mut sleep = clock.sleep(Duration::from_secs(10));
    clock.set_wall(SystemTime::UNIX_EPOCH + Duration::from_secs(3600));
    assert!(
        sleep
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
    assert_eq!(clock.next_wake(), Some(Duration::from_secs(10)));
    clock.advance(Duration::from_secs(10));
    assert_eq!(sleep.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
    assert_eq!(clock.wall(), SystemTime::UNIX_EPOCH + Duration::from_secs(3610));
}

#[test]
fn the_machine_s_clock_wakes_without_a_runtime() {
    struct Send(mpsc::SyncSender<()>);
    impl Wake for Send {
        fn wake(self: Arc<Self>) {
            let _ = self.0.send(());
        }
    }

    let before = SystemClock.monotonic();
    let (sender, receiver) = mpsc::sync_channel(1);
    let waker = Waker::from(Arc::new(Send(sender)));
    let mut sleep = SystemClock.sleep(Duration::from_millis(5));
    while sleep.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
        receiver.recv().unwrap();
    }
    assert!(SystemClock.monotonic() - before >= Duration::from_millis(5));
    assert!(SystemClock.wall() > SystemTime::UNIX_EPOCH);
}
