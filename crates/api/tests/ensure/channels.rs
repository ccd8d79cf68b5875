//! Ensuring a channel.

use std::time::Duration;

use hubchannel_api::{
    CallOptions, ChannelOutcome, EnsureChannel, EnsureError, Waits,
    clock::Clock,
    model::{Channel, ChannelCapabilities, ChannelPatch, Field, NewChannel, ThreadingModel},
};

use crate::world::{Fate, World, poll};

pub(crate) const HOOK: &str = "https://bridge.example.com/hubspot?token=hush";

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn body() -> NewChannel {
    let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId).set_allow_outgoing_messages(true);
    NewChannel::new("Harbour chat", capabilities).set_webhook_url(HOOK)
}

pub(crate) fn channel(id: &str, name: &str, hook: &str) -> Channel {
    Channel::build(|channel| {
        channel.id = id.into();
        channel.name = name.into();
        channel.webhook_url = hook.into();
        channel.capabilities = body().capabilities;
    })
}

fn quick() -> EnsureChannel {
    EnsureChannel::by_webhook_url(body()).with_waits_before(Waits::none())
}

fn ids(error: EnsureError) -> (Vec<String>, Option<String>) {
    match error {
        EnsureError::Ambiguous { ids, created, .. } => (ids, created),
        error => panic!("{error}"),
    }
}

#[test]
fn a_channel_is_found_on_any_page_and_nothing_is_created() {
    let world = World::new();
    for number in 1..=5 {
        world.add_channel(channel(&number.to_string(), "Other", "https://other.example.com"), seconds(0));
    }
    world.add_channel(channel("6", "Harbour chat", HOOK), seconds(0));
    let found = world
        .run(world.client().ensure_channel(EnsureChannel::by_webhook_url(body())))
        .unwrap();
    assert_eq!((found.outcome, found.channel.id), (ChannelOutcome::Found, "6".into()));
    assert!(!found.updated && found.differences == ChannelPatch::new());
    assert_eq!((world.created(), world.clock.monotonic()), (0, seconds(0)));
}

#[test]
fn a_channel_is_found_by_name_whatever_its_address() {
    let world = World::new();
    world.add_channel(channel("6", "Harbour chat", "https://old.example.com"), seconds(0));
    let found = world
        .run(world.client().ensure_channel(EnsureChannel::by_name(body())))
        .unwrap();
    assert!(found.differed() && !found.updated);
    assert_eq!((found.outcome, found.channel.id), (ChannelOutcome::Found, "6".into()));
    assert_eq!(found.differences, ChannelPatch::new().set_webhook_url(HOOK));
    assert!(world.state().patches.is_empty(), "it is changed only if that is asked for");
}

#[test]
fn an_archived_channel_does_not_count() {
    let world = World::new();
    let mut archived = channel("6", "Harbour chat", HOOK);
    archived.extra.insert("archived", &true).unwrap();
    world.add_channel(archived, seconds(0));
    let ensured = world.run(world.client().ensure_channel(quick())).unwrap();
    assert_eq!(ensured.outcome, ChannelOutcome::Created);
}

#[test]
fn more_than_one_match_is_an_error_that_lists_them() {
    let world = World::new();
    for id in ["6", "7", "8"] {
        world.add_channel(channel(id, "Harbour chat", HOOK), seconds(0));
    }
    let error = world.run(world.client().ensure_channel(quick())).unwrap_err();
    let text = error.to_string();
    assert_eq!(
        text,
        "3 channels are what was asked for: 6, 7, 8; keep the one whose accounts are in use and archive the others"
    );
    assert!(!error.outcome_unknown());
    assert_eq!(ids(error), (vec!["6".into(), "7".into(), "8".into()], None));
    assert_eq!(world.created(), 0);
}

#[test]
fn one_channel_on_two_pages_is_one() {
    let world = World::new();
    // As when another is registered while the pages are read.
    for _ in 0..3 {
        world.add_channel(channel("6", "Harbour chat", HOOK), seconds(0));
    }
    let found = world.run(world.client().ensure_channel(quick())).unwrap();
    assert_eq!(found.outcome, ChannelOutcome::Found);
}

#[test]
fn a_channel_is_created_once_and_waited_for() {
    let world = World::new();
    world.state().delay = seconds(20);
    let created = world
        .run(world.client().ensure_channel(EnsureChannel::by_webhook_url(body())))
        .unwrap();
    assert_eq!((created.outcome, created.channel.id), (ChannelOutcome::Created, "9001".into()));
    // Looked after 0, 1, 3 and 7 seconds, created, and looked after 0, 1, 3, 7, 15 and 31 seconds more.
    assert_eq!(world.clock.monotonic(), seconds(7 + 31));
    let state = world.state();
    assert_eq!((state.created, state.looked), (1, 4 + 6));
}

#[test]
fn a_channel_that_was_created_before_a_crash_is_found_when_it_is_listed() {
    let world = World::new();
    world.add_channel(channel("6", "Harbour chat", HOOK), seconds(5));
    let found = world
        .run(world.client().ensure_channel(EnsureChannel::by_webhook_url(body())))
        .unwrap();
    assert_eq!(found.outcome, ChannelOutcome::Found);
    assert_eq!((world.created(), world.clock.monotonic()), (0, seconds(7)));
}

#[test]
fn a_channel_that_is_never_listed_is_handed_over_all_the_same() {
    let world = World::new();
    world.state().delay = seconds(1000);
    let created = world.run(world.client().ensure_channel(quick())).unwrap();
    assert_eq!((created.outcome, created.channel.id), (ChannelOutcome::CreatedNotVisible, "9001".into()));
    assert!(created.list_error.is_none());
    assert_eq!((world.clock.monotonic(), world.created()), (seconds(63), 1));
}

#[test]
fn a_list_that_fails_costs_no_created_channel() {
    for (fate, looked) in [(Fate::Rejected(503), 8), (Fate::Rejected(403), 2)] {
        let world = World::new();
        world.state().looks.push_back(Fate::Well);
        world.state().looks.extend([fate; 20]);
        let created = world.run(world.client().ensure_channel(quick())).unwrap();
        assert_eq!((created.outcome, created.channel.id), (ChannelOutcome::CreatedNotVisible, "9001".into()));
        assert!(created.list_error.is_some());
        assert_eq!(world.looked(), looked, "what does not pass by itself is not waited for");
    }
}

#[test]
fn a_list_that_fails_beforehand_creates_nothing() {
    for fate in [
        Fate::NotSent,
        Fate::LostAnswer,
        Fate::Rejected(500),
        Fate::Rejected(401),
    ] {
        let world = World::new();
        world.state().looks.extend([Fate::Well, fate]);
        let error = world
            .run(world.client().ensure_channel(EnsureChannel::by_webhook_url(body())))
            .unwrap_err();
        assert!(matches!(error, EnsureError::Call(_)) && !error.outcome_unknown(), "{error}");
        assert_eq!(world.created(), 0);
    }
}

#[test]
fn a_creation_that_was_turned_down_is_an_error_at_once() {
    for fate in [Fate::NotSent, Fate::Rejected(400), Fate::Rejected(429)] {
        let world = World::new();
        world.state().creations.push_back(fate);
        let error = world.run(world.client().ensure_channel(quick())).unwrap_err();
        assert!(matches!(error, EnsureError::Call(_)) && !error.outcome_unknown(), "{error}");
        assert_eq!((world.created(), world.looked()), (1, 1));
    }
}

#[test]
fn a_creation_without_an_answer_is_looked_for_and_not_repeated() {
    for fate in [Fate::LostAnswer, Fate::DoneAnd(502), Fate::DoneAnd(409)] {
        let world = World::new();
        world.state().creations.push_back(fate);
        world.state().delay = seconds(10);
        let appeared = world
            .run(world.client().ensure_channel(quick().with_update(true)))
            .unwrap();
        assert_eq!((appeared.outcome, appeared.channel.id), (ChannelOutcome::Appeared, "9001".into()));
        assert_eq!((world.created(), world.clock.monotonic()), (1, seconds(15)));
    }
}

#[test]
fn a_creation_that_nothing_comes_of_cannot_be_told() {
    let world = World::new();
    world.state().creations.push_back(Fate::LostRequest);
    let error = world.run(world.client().ensure_channel(quick())).unwrap_err();
    assert!(error.outcome_unknown());
    let text = error.to_string();
    assert_eq!(
        text,
        "create_channel: lost; it may have been registered; looked for it 7 times since, in vain; it may appear later, \
         so wait before calling again"
    );
    assert_eq!(world.created(), 1);
    // And called again, it creates the channel that is certainly not there.
    let created = world.run(world.client().ensure_channel(quick())).unwrap();
    assert_eq!(created.outcome, ChannelOutcome::Created);
}

#[test]
fn a_channel_of_another_process_beside_the_created_one_is_told() {
    let world = World::new();
    world.add_channel(channel("6", "Harbour chat", HOOK), seconds(1));
    world.state().delay = seconds(2);
    let error = world.run(world.client().ensure_channel(quick())).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("6, 9001, of which this call has created 9001"), "{text}");
    assert_eq!(ids(error), (vec!["6".into(), "9001".into()], Some("9001".into())));
}

#[test]
fn an_answer_without_an_id_is_made_up_for_by_the_list() {
    let world = World::new();
    world.add_channel(channel("5", "Old", "https://other.example.com"), seconds(0));
    world.state().keeps_id = true;
    world.state().delay = seconds(2);
    let created = world.run(world.client().ensure_channel(quick())).unwrap();
    assert_eq!((created.outcome, created.channel.id), (ChannelOutcome::Created, "9001".into()));
}

#[test]
fn a_channel_that_could_not_be_found_again_is_told() {
    // As when an address is kept in another spelling: every start would register one more.
    let world = World::new();
    world.state().delay = seconds(4);
    let client = world.client();
    let mut call = Box::pin(client.ensure_channel(quick()));
    while world.state().channels.is_empty() {
        assert!(poll(call.as_mut()).is_pending());
    }
    world.state().channels[0].thing.webhook_url = "https://bridge.example.com/hubspot/".into();
    let error = world.run(call).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("channel 9001 was created, but is listed with another webhookUrl"), "{text}");
}

#[test]
fn a_channel_with_other_values_is_changed_if_asked_for() {
    let world = World::new();
    let mut old = channel("6", "Old name", HOOK);
    old.channel_description = "gone".into();
    world.add_channel(old, seconds(0));
    let mut wanted = body();
    wanted.channel_description = Field::Null;
    let call = EnsureChannel::by_webhook_url(wanted).with_update(true);
    let found = world.run(world.client().ensure_channel(call.clone())).unwrap();
    let patch = ChannelPatch::new().set_name("Harbour chat").clear_channel_description();
    assert!(found.updated && found.outcome == ChannelOutcome::Found);
    assert_eq!((&found.differences, found.channel.name), (&patch, "Harbour chat".into()));
    assert_eq!(world.state().patches, [patch]);
    // Again: nothing is left to change.
    let found = world.run(world.client().ensure_channel(call)).unwrap();
    assert!(!found.updated && !found.differed());
    assert_eq!(world.state().patches.len(), 1);
}

#[test]
fn a_change_without_an_answer_is_an_error_that_may_be_repeated() {
    let world = World::new();
    world.add_channel(channel("6", "Old name", HOOK), seconds(0));
    let call = EnsureChannel::by_webhook_url(body()).with_update(true);
    world.state().changes.push_back(Fate::Rejected(403));
    let error = world.run(world.client().ensure_channel(call.clone())).unwrap_err();
    assert!(!error.outcome_unknown());
    let text = error.to_string();
    assert!(text.starts_with("channel 6 is there, but could not be changed: update_channel: "), "{text}");
    assert!(text.ends_with("; nothing was updated"), "{text}");
    world.state().changes.push_back(Fate::LostAnswer);
    let error = world.run(world.client().ensure_channel(call.clone())).unwrap_err();
    assert!(error.outcome_unknown());
    let text = error.to_string();
    assert!(
        text.starts_with("channel 6 is there, and nobody knows whether it was changed: update_channel: "),
        "{text}"
    );
    assert!(text.ends_with("; it may have been updated"), "{text}");
    let EnsureError::ChannelNotChanged { ensured, .. } = error else {
        panic!("{error}");
    };
    let patch = ChannelPatch::new().set_name("Harbour chat");
    assert_eq!((ensured.outcome, ensured.updated), (ChannelOutcome::Found, false));
    assert_eq!((&ensured.differences, ensured.channel.id), (&patch, "6".into()));
    let found = world.run(world.client().ensure_channel(call)).unwrap();
    assert!(!found.differed() && world.created() == 0);
}

#[test]
fn a_channel_that_appeared_is_not_lost_for_want_of_time_to_change_it() {
    let world = World::new();
    world.add_channel(channel("6", "Old name", HOOK), seconds(1));
    world.state().creations.push_back(Fate::LostRequest);
    let client = world.client();
    let call = quick()
        .with_update(true)
        .with_options(CallOptions::default().with_deadline(seconds(2)));
    let mut call = Box::pin(client.ensure_channel(call));
    while world.clock.monotonic() < seconds(1) {
        assert!(poll(call.as_mut()).is_pending());
        world.clock.advance(world.clock.next_wake().unwrap_or_default());
    }
    // The list in which it is takes the rest of the time.
    assert!(poll(call.as_mut()).is_pending());
    world.clock.advance(seconds(1));
    let error = world.run(call).unwrap_err();
    let EnsureError::ChannelNotChanged { ensured, error, .. } = error else {
        panic!("{error}");
    };
    assert_eq!((ensured.outcome, ensured.channel.id), (ChannelOutcome::Appeared, "6".into()));
    assert!(!error.outcome_unknown() && world.state().patches.is_empty());
}

#[test]
fn what_a_channel_is_found_by_must_be_there_before_anything_is_sent() {
    let world = World::new();
    let mut nowhere = body();
    nowhere.webhook_url = Field::Absent;
    let error = world
        .run(world.client().ensure_channel(EnsureChannel::by_webhook_url(nowhere)))
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("webhookUrl must be set, because the channel is found by it"), "{text}");
    let mut nameless = body();
    nameless.name = "".into();
    assert!(
        world
            .run(world.client().ensure_channel(EnsureChannel::by_name(nameless)))
            .is_err()
    );
    assert_eq!(world.looked(), 0);
}

#[test]
fn the_deadline_is_that_of_all_calls_together() {
    let world = World::new();
    world.state().delay = seconds(1000);
    let options = CallOptions::for_portal("62515").with_deadline(seconds(20));
    let call = EnsureChannel::by_webhook_url(body()).with_options(options);
    let created = world.run(world.client().ensure_channel(call)).unwrap();
    assert_eq!(created.outcome, ChannelOutcome::CreatedNotVisible);
    // 1 + 2 + 4 before, 1 + 2 + 4 after; 8 more would be too long.
    assert_eq!(world.clock.monotonic(), seconds(14));
    let state = world.state();
    assert!(
        state
            .options
            .iter()
            .all(|options| options.portal == Some("62515".into()))
    );
    let left: Vec<u64> = state
        .options
        .iter()
        .map(|options| options.deadline.unwrap().as_secs())
        .collect();
    assert_eq!(left, [20, 19, 17, 13, 13, 13, 12, 10, 6]);
}

#[test]
fn without_the_time_to_look_nothing_is_created() {
    let world = World::new();
    let call = EnsureChannel::by_webhook_url(body()).with_options(CallOptions::default().with_deadline(seconds(5)));
    let error = world.run(world.client().ensure_channel(call)).unwrap_err();
    assert!(!error.outcome_unknown());
    let text = error.to_string();
    assert!(text.contains("the deadline leaves no time") && text.contains("nothing was registered"), "{text}");
    assert_eq!(world.created(), 0);
}

#[test]
fn no_error_shows_the_webhook_s_secret() {
    let world = World::new();
    world.state().creations.push_back(Fate::LostRequest);
    let error = world.run(world.client().ensure_channel(quick())).unwrap_err();
    let shown = format!("{error} {error:?} {:?}", quick());
    assert!(!shown.contains("hush"), "{shown}");
}
