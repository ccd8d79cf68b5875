//! What is under way, or waits, when an emulator ends and another one goes on.

use std::{
    sync::Mutex,
    task::{Context, Waker},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{Request, Response};
use hubchannel_api::{
    Body, HttpTransport, TransportError,
    clock::{Clock as _, ManualClock},
};
use hubchannel_emulator::{Emulator, Heard, Seed, WebhookState};

use crate::{
    common::{noon, now},
    events::{Event, busy, happen},
    world::{Bridge, again, read, seed},
};

#[test]
fn a_webhook_that_waits_is_delivered_by_the_next_emulator() {
    let clock = ManualClock::new(noon());
    let first = busy(&clock);
    let down = Bridge {
        fates: Mutex::new(vec![0; 20]),
        ..Bridge::default()
    };
    now(first.deliver(&down));
    let waiting = first.pending_deliveries();
    assert!(waiting > 0);
    let second = again(&first, &clock);
    assert_eq!(second.pending_deliveries(), waiting);
    let bridge = Bridge::default();
    while let Some(wait) = second.until_next_delivery() {
        clock.advance(wait);
        now(second.deliver(&bridge));
    }
    assert_eq!(second.pending_deliveries(), 0);
    let arrived = bridge.arrived.lock().unwrap();
    assert!(arrived.iter().any(|event| event["message"]["text"] == "Yes"), "{arrived:?}");
    assert_eq!(arrived.len(), waiting);
}

/// Never answers.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl HttpTransport for Silent {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
        std::future::pending().await
    }
}

#[test]
fn what_is_under_way_is_due_at_once_and_its_old_attempt_ends_unheard() {
    let clock = ManualClock::new(noon());
    let emulator = busy(&clock);
    let mut old = Box::pin(emulator.deliver(&Silent));
    let context = &mut Context::from_waker(Waker::noop());
    assert!(old.as_mut().poll(context).is_pending());
    let number = emulator
        .deliveries()
        .iter()
        .position(|delivery| delivery.state == WebhookState::UnderWay)
        .unwrap();
    let snapshot = emulator.snapshot();
    emulator.restore(snapshot);
    assert_eq!(emulator.deliveries()[number].state, WebhookState::Waiting { until: clock.wall() });
    let mut new = Box::pin(emulator.deliver(&Silent));
    assert!(new.as_mut().poll(context).is_pending());
    assert_eq!(emulator.deliveries()[number].attempts.len(), 2);
    drop(old);
    assert_eq!(emulator.deliveries()[number].state, WebhookState::UnderWay);
    drop(new);
    assert_ne!(emulator.deliveries()[number].state, WebhookState::UnderWay);
}

#[test]
fn an_emulator_goes_back_to_where_it_was_and_tells_who_watches() {
    let clock = ManualClock::new(noon());
    let emulator = busy(&clock);
    let (before, snapshot) = (read(&emulator), emulator.snapshot());
    let json = snapshot.to_json();
    happen(
        &emulator,
        &clock,
        &[
            Event::Freeze,
            Event::Forward(5_000),
            Event::Close(0),
            Event::Register("x".to_owned()),
        ],
    );
    assert_ne!(read(&emulator), before);
    let mut feed = emulator.changes();
    emulator.restore(snapshot);
    assert!(matches!(now(feed.next()), Heard::Missed { .. }));
    assert_eq!(emulator.snapshot().to_json(), json);
}

#[test]
fn times_before_1970_are_kept_to_the_nanosecond() {
    for time in [
        SystemTime::UNIX_EPOCH - Duration::new(5, 1),
        SystemTime::UNIX_EPOCH - Duration::from_secs(7),
        noon() + Duration::from_nanos(999_999_999),
    ] {
        let clock = ManualClock::new(time);
        let emulator = Emulator::with_seed(seed(&clock));
        emulator.freeze_clock();
        clock.advance(Duration::from_secs(60));
        let second = again(&emulator, &clock);
        assert_eq!(second.clock_reading(), emulator.clock_reading());
        assert_eq!(second.snapshot().to_json(), emulator.snapshot().to_json());
    }
}

#[test]
fn a_bridge_that_moves_and_a_secret_of_ones_own_are_said_anew() {
    let clock = ManualClock::new(noon());
    let snapshot = busy(&clock)
        .snapshot()
        .with_client_secret("own")
        .with_webhook_url("https://moved.example.com/x");
    let emulator = Emulator::from_snapshot(Seed::default(), snapshot);
    assert_eq!(emulator.oauth_app().client_secret.expose(), "own");
    assert_eq!(emulator.channels()[0].webhook_url.as_deref(), Some("https://moved.example.com/x"));
    assert!(!format!("{:?}", emulator.snapshot()).contains("emulated"));
}
