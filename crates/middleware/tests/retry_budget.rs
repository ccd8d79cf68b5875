//! What repeats cost, and what is left of a call that is dropped.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod common;

use std::{
    task::{Context, Poll, Waker},
    time::Duration,
};

use hubchannel_api::{Call, DownloadFile, GaveUp, HttpTransport, Reach, TransportErrorKind};
use hubchannel_middleware::{RetryBudget, RetryPolicy, Stack};

use self::common::{End, PUBLISH, READ, Wire, attempts, drive, pends, request, request_of, retry, run, seconds};

#[test]
fn an_outage_is_not_multiplied() {
    let budget = RetryBudget::default();
    let wire = Wire::new((0..5_000).map(|_| End::status(503)));
    let retry = retry(&wire, RetryPolicy::new().budget(budget.clone()));
    for _ in 0..1_000 {
        drive(&wire.clock, retry.send(request(READ, false))).unwrap();
    }
    assert_eq!(wire.seen().len(), 1_100, "a hundred repeats, however many calls");
    assert_eq!(budget.available(), 0);
    let outcome = drive(&wire.clock, retry.send(request(READ, false)));
    assert_eq!(attempts(&outcome).gave_up, Some(GaveUp::Budget));
}

#[test]
fn timeouts_cost_twice_and_answers_give_back() {
    let timeout = End::Failure(TransportErrorKind::Timeout, Reach::Unknown);
    let cases = [
        (vec![End::status(200)], 101),
        (vec![End::status(404)], 101),
        (vec![End::status(525)], 100),
        (vec![End::Failure(TransportErrorKind::Refused, Reach::NotSent)], 100),
        (vec![End::refused(), End::status(200)], 100),
        (vec![End::refused(), End::status(409)], 100),
        (vec![timeout.clone(), End::status(200)], 100),
        (vec![End::refused(), End::refused(), End::status(200)], 95),
        (vec![timeout.clone(), End::refused(), End::status(200)], 90),
        (vec![End::refused(), timeout.clone(), End::status(200)], 95),
        (vec![End::refused(); 4], 85),
        (vec![timeout; 4], 70),
        (vec![End::status(504); 4], 70),
        (vec![End::status(408), End::status(522), End::status(524), End::status(503)], 70),
        (
            vec![
                End::refused(),
                End::Failure(TransportErrorKind::Refused, Reach::NotSent),
            ],
            95,
        ),
    ];
    for (script, left) in cases {
        let budget = RetryBudget::new(200);
        // Half of it is gone, so that what is given can be seen.
        let drained = Wire::new((0..11).map(|_| End::status(504)));
        run(&drained, RetryPolicy::new().max_attempts(11).budget(budget.clone()), request(READ, false)).unwrap();
        assert_eq!(budget.available(), 100);
        let _ = run(&Wire::new(script.clone()), RetryPolicy::new().budget(budget.clone()), request(READ, false));
        assert_eq!(budget.available(), left, "{script:?}");
    }
}

#[test]
fn a_foreign_host_that_fails_uses_up_nothing_that_is_meant_for_hubspot() {
    let foreign = || {
        let mut call = Call::new(DownloadFile::INFO);
        call.foreign = true;
        request_of(call)
    };
    let budget = RetryBudget::new(10);
    let policy = RetryPolicy::new().max_attempts(3).budget(budget.clone());
    for _ in 0..9 {
        let wire = Wire::new([End::status(503), End::status(504), End::status(503)]);
        run(&wire, policy.clone(), foreign()).unwrap();
        assert_eq!(wire.seen().len(), 3);
    }
    assert_eq!(budget.available(), 10);
    // Nor does it bring back what repeats to HubSpot have cost.
    run(&Wire::new([End::status(503), End::status(525)]), policy.clone(), request(READ, false)).unwrap();
    let left = budget.available();
    run(&Wire::new([End::status(200)]), policy, foreign()).unwrap();
    assert!(left < 10);
    assert_eq!(budget.available(), left);
}

#[test]
fn a_budget_never_holds_more_than_its_capacity() {
    let budget = RetryBudget::new(10);
    let wire = Wire::new((0..50).map(|_| End::status(200)));
    let retry = retry(&wire, RetryPolicy::new().budget(budget.clone()));
    for _ in 0..50 {
        drive(&wire.clock, retry.send(request(READ, false))).unwrap();
    }
    assert_eq!(budget.available(), 10);
    assert_eq!(format!("{budget:?}"), "RetryBudget { available: 10, capacity: 10 }");
}

#[test]
fn callers_at_once_share_one_budget() {
    let budget = RetryBudget::new(100);
    let wire = Wire::timed((0..400).map(|number| (Duration::from_millis(1 + number % 13), End::status(503))));
    let stack = Stack::new(wire.clone())
        .clock(wire.clock.clone())
        .retry(RetryPolicy::new().budget(budget.clone()).seed(1))
        .build();
    let mut calls: Vec<_> = (0..100)
        .map(|_| {
            let stack = stack.clone();
            Some(Box::pin(async move { stack.send(request(READ, false)).await }))
        })
        .collect();
    let mut open = calls.len();
    let mut made = 0;
    while open > 0 {
        for slot in &mut calls {
            let Some(call) = slot else { continue };
            let context = &mut Context::from_waker(Waker::noop());
            if let Poll::Ready(outcome) = call.as_mut().poll(context) {
                made += attempts(&outcome).count;
                *slot = None;
                open -= 1;
            }
        }
        if let Some(wait) = wire.clock.next_wake() {
            wire.clock.advance(wait);
        }
    }
    assert_eq!(wire.seen().len(), 120, "a hundred calls and twenty repeats");
    assert_eq!((made, budget.available(), wire.clock.sleepers()), (120, 0, 0));
}

#[test]
fn threads_share_one_budget() {
    let budget = RetryBudget::new(500);
    let sent: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let budget = budget.clone();
                scope.spawn(move || {
                    let wire = Wire::new((0..400).map(|_| End::refused()));
                    let retry = retry(&wire, RetryPolicy::new().budget(budget));
                    for _ in 0..100 {
                        drive(&wire.clock, retry.send(request(READ, false))).unwrap_err();
                    }
                    wire.seen().len()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((sent, budget.available()), (900, 0));
}

#[test]
fn a_call_dropped_after_any_number_of_polls_leaves_nothing() {
    let script = [
        (seconds(1), End::status(503)),
        (seconds(40), End::lost()),
        (seconds(1), End::status(429)),
        (seconds(1), End::status(201)),
    ];
    let mut polls = 0;
    loop {
        let budget = RetryBudget::new(100);
        let wire = Wire::timed(script.clone());
        let stack = Stack::new(wire.clone())
            .clock(wire.clock.clone())
            .deadline(seconds(120))
            .retry(RetryPolicy::new().budget(budget.clone()).seed(1))
            .build();
        let mut call = stack.send(request(PUBLISH, true));
        let mut pending = true;
        for poll in 0..polls {
            if poll > 0 {
                wire.clock.advance(wire.clock.next_wake().unwrap());
            }
            pending = pends(call.as_mut());
        }
        let waiting = wire.clock.sleepers();
        assert_eq!(waiting > 0, pending && polls > 0, "after {polls} polls");
        drop(call);
        assert_eq!(wire.clock.sleepers(), 0, "after {polls} polls");
        assert!((75..=100).contains(&budget.available()), "after {polls} polls: {budget:?}");
        if !pending {
            break;
        }
        polls += 1;
    }
    assert_eq!(polls, 8, "it pauses in each of four attempts and three waits");
}

#[test]
fn a_dropped_wait_gives_back_what_it_took() {
    let budget = RetryBudget::new(100);
    let wire = Wire::new([End::status(504)]);
    let retry = retry(&wire, RetryPolicy::new().budget(budget.clone()));
    let mut call = retry.send(request(READ, false));
    assert!(pends(call.as_mut()));
    assert_eq!((budget.available(), wire.clock.sleepers()), (90, 1));
    drop(call);
    assert_eq!((budget.available(), wire.clock.sleepers()), (100, 0));
}

#[test]
fn a_dropped_attempt_has_been_paid_for() {
    let budget = RetryBudget::new(100);
    let wire = Wire::new([End::status(503)]);
    let retry = retry(&wire, RetryPolicy::new().budget(budget.clone()));
    let mut call = retry.send(request(READ, false));
    assert!(pends(call.as_mut()));
    wire.clock.advance(seconds(1));
    assert!(pends(call.as_mut()));
    assert_eq!(wire.seen().len(), 2);
    drop(call);
    assert_eq!(budget.available(), 95, "the server has had the work");
}
