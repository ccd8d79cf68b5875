//! Finishing a user's connection.

use hubchannel_api::{
    CallOptions, ConnectionOutcome, EnsureError, FinishConnection, FinishedConnection,
    clock::Clock,
    model::{DeliveryIdentifier, StagingRedirect},
};

use crate::{
    accounts::account,
    channels::seconds,
    world::{Fate, World},
};

const BACK: &str = "https://app.hubspot.com/live-messages-settings/62515?x=%2F&y";

fn visit() -> StagingRedirect {
    StagingRedirect::from_pairs([
        ("accountToken", "SECRET"),
        ("channelId", "2930388"),
        ("inboxId", "1431487401"),
        ("portalId", "62515"),
        ("redirectUrl", BACK),
    ])
    .unwrap()
}

fn call(visit: StagingRedirect) -> FinishConnection {
    FinishConnection::new("2930388", visit, "Harbour website", DeliveryIdentifier::opaque("harbour"))
        .with_options(CallOptions::for_portal("62515"))
}

fn finish(world: &World) -> FinishedConnection {
    world.run(world.client().finish_connection(call(visit()))).unwrap()
}

#[test]
fn a_connection_is_finished_once_and_the_way_back_is_unchanged() {
    let world = World::new();
    let finished = finish(&world);
    assert!(matches!(finished.outcome, ConnectionOutcome::Connected(_)));
    assert_eq!(finished.hubspot_redirect_url(), Some(BACK));
    {
        let state = world.state();
        let (token, body) = &state.staged[0];
        assert_eq!((token.as_str(), body.account_name.as_deref()), ("SECRET", Some("Harbour website")));
        assert_eq!(state.options[0].portal, Some("62515".into()));
    }
    // After a crash, or in another process.
    let again = finish(&world);
    assert!(matches!(again.outcome, ConnectionOutcome::AlreadyConnected(_)), "{again:?}");
    assert_eq!(again.hubspot_redirect_url(), Some(BACK));
    assert_eq!(world.staged(), 1);
}

#[test]
fn a_lost_answer_is_not_repeated_and_not_taken_for_a_failure() {
    for (fate, staged) in [(Fate::LostAnswer, 1), (Fate::LostRequest, 0), (Fate::DoneAnd(503), 1)] {
        let world = World::new();
        world.state().changes.push_back(fate);
        let finished = finish(&world);
        assert!(matches!(&finished.outcome, ConnectionOutcome::Unknown(error) if error.outcome_unknown()));
        assert_eq!(finished.hubspot_redirect_url(), Some(BACK));
        assert_eq!((world.staged(), world.asked()), (staged, 1));
        assert!(!format!("{finished:?}").contains("SECRET"));
    }
}

#[test]
fn what_hubspot_turns_down_is_an_error() {
    let world = World::new();
    world.state().changes.push_back(Fate::Rejected(404));
    let error = world.run(world.client().finish_connection(call(visit()))).unwrap_err();
    assert!(error.is_not_found() && !error.outcome_unknown());
}

#[test]
fn a_visit_for_another_channel_is_turned_away() {
    let world = World::new();
    let mut visit = visit();
    visit.channel_id = Some("1".into());
    let error = world.run(world.client().finish_connection(call(visit))).unwrap_err();
    assert!(error.is_invalid() && world.state().options.is_empty());
}

#[test]
fn an_address_that_is_not_hubspot_s_is_not_for_redirects() {
    let world = World::new();
    let mut visit = visit();
    visit.redirect_url = Some("https://app.hubspot.com.example.com/".to_owned());
    let finished = world.run(world.client().finish_connection(call(visit))).unwrap();
    assert_eq!(finished.hubspot_redirect_url(), None);
}

#[test]
fn the_account_is_waited_for() {
    let world = World::new();
    let finished = finish(&world);
    world.add_account(account("3", "77", "harbour"), seconds(0));
    world.add_account(account("4", "1431487401", "harbour"), seconds(5));
    let found = world
        .run(world.client().find_connected_account(finished.find_account()))
        .unwrap();
    assert_eq!(found.unwrap().id, "4".into());
    assert_eq!(world.clock.monotonic(), seconds(7));
}

#[test]
fn a_list_that_fails_in_between_is_asked_again() {
    let world = World::new();
    let finished = finish(&world);
    world.add_account(account("4", "1431487401", "harbour"), seconds(0));
    world.state().looks.extend([Fate::LostAnswer, Fate::Rejected(502)]);
    let found = world
        .run(world.client().find_connected_account(finished.find_account()))
        .unwrap();
    assert_eq!(found.unwrap().id, "4".into());
}

#[test]
fn an_account_that_does_not_come_is_no_error_and_a_list_that_fails_is_one() {
    let world = World::new();
    let finished = finish(&world);
    let found = world
        .run(world.client().find_connected_account(finished.find_account()))
        .unwrap();
    assert!(found.is_none() && world.clock.monotonic() == seconds(63));
    world.state().looks.push_back(Fate::Rejected(403));
    let found = world.run(world.client().find_connected_account(finished.find_account()));
    assert!(matches!(found, Err(EnsureError::Call(error)) if error.is_auth()));
}

#[test]
fn two_accounts_of_one_address_are_told() {
    let world = World::new();
    world.add_account(account("3", "1431487401", "harbour"), seconds(0));
    world.add_account(account("4", "1431487401", "harbour"), seconds(0));
    let finished = finish(&world);
    let found = world.run(world.client().find_connected_account(finished.find_account()));
    assert!(matches!(found, Err(EnsureError::Ambiguous { ids, .. }) if ids == ["3", "4"]));
}
