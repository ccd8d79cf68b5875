//! After any course of events, two emulators that are the same stay the same.

use std::collections::BTreeSet;

use hubchannel_api::clock::ManualClock;
use hubchannel_emulator::Emulator;
use proptest::{collection::vec, prelude::*};

use crate::{
    common::noon,
    events::{act, event, happen, turn},
    world::{again, read, seed},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn after_any_course_of_events_another_emulator_goes_on(
        before in vec(event(), 0..24),
        after in vec(event(), 0..16),
    ) {
        let clock = ManualClock::new(noon());
        let first = Emulator::with_seed(seed(&clock));
        happen(&first, &clock, &before);
        let json = first.snapshot().to_json();
        let second = again(&first, &clock);
        prop_assert_eq!(second.snapshot().to_json(), json);
        prop_assert_eq!(read(&second), read(&first));
        for event in &after {
            turn(&clock, event);
            prop_assert_eq!(act(&second, event), act(&first, event), "{:?}", event);
        }
        prop_assert_eq!(read(&second), read(&first));
        prop_assert_eq!(second.snapshot().to_json(), first.snapshot().to_json());
        let messages = second.messages();
        let ids: BTreeSet<String> = messages.iter().map(|message| message.id.as_ref().unwrap().to_string()).collect();
        prop_assert_eq!(ids.len(), messages.len());
    }
}
