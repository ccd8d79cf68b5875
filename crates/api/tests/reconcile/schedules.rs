//! Random threads and failures, against a reference that knows all of them beforehand.

use std::time::Duration;

use hubchannel_api::{
    Waits,
    clock::Clock,
    model::{DeliveryIdentifier, Sender, ThreadEntry},
};
use proptest::{prelude::*, sample::select};

use crate::world::{Told, World, message};

/// One message of a thread, by what of it is not as it was published.
#[derive(Clone, Copy, Debug)]
struct Shown {
    text: bool,
    sender: Option<bool>,
    after: i64,
    from: u64,
}

fn shown() -> impl Strategy<Value = Shown> {
    (
        prop::bool::weighted(0.8),
        select(vec![Some(true), Some(true), Some(true), Some(false), None]),
        select(vec![0, 0, 300, 9_999, 10_001, -9_999, -10_001, -899_999, -900_001, 3_600_000]),
        select(vec![0, 0, 0, 5, 900]),
    )
        .prop_map(|(text, sender, after, from)| Shown {
            text,
            sender,
            after,
            from,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Never found where several may be it, never missing where one may be it or was not seen.
    #[test]
    fn the_answer_is_what_the_looks_allow(
        messages in proptest::collection::vec(shown(), 0..5),
        failures in proptest::collection::vec(select(vec![None, None, None, Some(500), Some(403)]), 0..4),
        waits in proptest::collection::vec(0_u64..8, 0..4),
    ) {
        let world = World::new();
        for (at, shown) in messages.iter().enumerate() {
            let mut message = message(&at.to_string(), shown.after);
            if !shown.text {
                message.text = "Hello".into();
            }
            let address = shown.sender.map(|same| if same { "chat:987654321" } else { "chat:1" });
            message.senders = vec![Sender::build(|sender| {
                sender.delivery_identifier = address.map(DeliveryIdentifier::opaque).into();
            })]
            .into();
            world.show_from(ThreadEntry::Message(message), shown.from);
        }
        world.state().failures.extend(&failures);
        let told = world.reconcile(
            world.in_thread().with_waits(Waits::new(waits.iter().map(|wait| Duration::from_secs(*wait)))),
        );

        let alike = |it: &Shown| it.text && it.sender != Some(false);
        let (mut now, mut expected) = (0, Told::TooSoon);
        for (look, wait) in waits.iter().map(Some).chain([None]).enumerate() {
            let mut goes_on = true;
            if let Some(Some(status)) = failures.get(look) {
                expected = Told::Failed(Some(*status));
                goes_on = *status == 500;
            } else {
                let may_be: Vec<(usize, &Shown)> = messages
                    .iter()
                    .enumerate()
                    .filter(|(_, it)| it.from <= now && (it.after == 0 || alike(it) && it.after >= -900_000))
                    .collect();
                let name = |(at, _): &(usize, &Shown)| at.to_string();
                let exact: Vec<_> = may_be.iter().filter(|(_, it)| it.after == 0 && alike(it)).collect();
                let sure = |it: &Shown| alike(it) && it.sender == Some(true) && it.after.abs() <= 10_000;
                expected = match (&*may_be, &*exact) {
                    (_, [one]) if sure(one.1) => Told::Found(name(one)),
                    ([one], []) if sure(one.1) => Told::Found(name(one)),
                    ([], _) if now == 0 && waits.iter().sum::<u64>() == 0 => Told::TooSoon,
                    ([], _) => Told::NotFound,
                    (several, _) => Told::Ambiguous(several.iter().map(name).collect()),
                };
                if matches!(expected, Told::Found(_)) {
                    break;
                }
            }
            match wait {
                Some(wait) if goes_on => now += wait,
                _ => break,
            }
        }
        prop_assert_eq!(told, expected);
        prop_assert_eq!(world.clock.monotonic(), Duration::from_secs(now));
    }
}
