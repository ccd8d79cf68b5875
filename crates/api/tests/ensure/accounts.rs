//! Ensuring an account.

use hubchannel_api::{
    AccountOutcome, CallOptions, EnsureChannelAccount, EnsureError, EnsuredChannelAccount, Waits,
    clock::Clock,
    model::{ChannelAccount, ChannelAccountUpdate, DeliveryIdentifier, NewChannelAccount},
};
use proptest::prelude::*;

use crate::{
    channels::seconds,
    world::{Fate, World},
};

pub(crate) fn account(id: &str, inbox: &str, address: &str) -> ChannelAccount {
    ChannelAccount::build(|account| {
        account.id = id.into();
        account.inbox_id = inbox.into();
        account.authorized = true.into();
        account.archived = false.into();
        account.delivery_identifier = DeliveryIdentifier::opaque(address).into();
    })
}

fn wanted() -> EnsureChannelAccount {
    let body = NewChannelAccount::new("1431487401", "Harbour website")
        .set_delivery_identifier(DeliveryIdentifier::opaque("harbour"));
    EnsureChannelAccount::new("2930388", body)
}

fn ensure(world: &World) -> Result<EnsuredChannelAccount, EnsureError> {
    world.run(world.client().ensure_channel_account(wanted()))
}

fn told(ensured: Result<EnsuredChannelAccount, EnsureError>) -> (AccountOutcome, String) {
    let ensured = ensured.unwrap();
    (ensured.outcome, ensured.account.id.into_option().unwrap().to_string())
}

#[test]
fn an_account_is_found_by_inbox_and_identifier_on_any_page() {
    let world = World::new();
    for (id, inbox, address) in [("1", "7", "other"), ("2", "1431487401", "other"), ("3", "7", "harbour")] {
        world.add_account(account(id, inbox, address), seconds(0));
    }
    world.add_account(account("4", "1431487401", "harbour"), seconds(0));
    assert_eq!(told(ensure(&world)), (AccountOutcome::Found, "4".into()));
    assert_eq!((world.created(), world.updated()), (0, 0));
}

#[test]
fn an_account_without_authorization_is_authorized_again() {
    let world = World::new();
    let mut old = account("4", "1431487401", "harbour");
    old.authorized = false.into();
    world.add_account(old, seconds(0));
    let ensured = ensure(&world).unwrap();
    assert_eq!(ensured.outcome, AccountOutcome::Reauthorized);
    assert_eq!(ensured.account.authorized, true.into());
    assert_eq!(world.state().updates, [ChannelAccountUpdate::new().set_authorized(true)]);
    assert_eq!(told(ensure(&world)), (AccountOutcome::Found, "4".into()));
}

#[test]
fn an_archived_account_is_not_looked_at() {
    let world = World::new();
    let mut old = account("4", "1431487401", "harbour");
    old.archived = true.into();
    world.add_account(old, seconds(0));
    assert_eq!(told(ensure(&world)), (AccountOutcome::Created, "9001".into()));
}

#[test]
fn an_account_of_the_same_text_and_another_kind_is_another() {
    let world = World::new();
    let mut other = account("4", "1431487401", "harbour");
    other.delivery_identifier = DeliveryIdentifier::email("harbour").into();
    world.add_account(other, seconds(0));
    assert_eq!(told(ensure(&world)), (AccountOutcome::Created, "9001".into()));
}

#[test]
fn an_identifier_in_another_inbox_is_not_connected_twice() {
    let world = World::new();
    world.add_account(account("4", "77", "harbour"), seconds(0));
    let error = ensure(&world).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the identifier is that of account 4 in inbox 77, not 1431487401, and an account cannot be moved; ask for that \
         inbox, or archive the account in HubSpot's settings and call again"
    );
    assert!(matches!(error, EnsureError::OtherInbox { account, .. } if account.id == "4".into()));
    assert_eq!(world.created(), 0);
}

#[test]
fn after_a_conflict_or_a_lost_answer_the_account_is_looked_for() {
    for fate in [Fate::LostAnswer, Fate::DoneAnd(409), Fate::DoneAnd(500)] {
        let world = World::new();
        world.state().creations.push_back(fate);
        world.state().delay = seconds(5);
        assert_eq!(told(ensure(&world)), (AccountOutcome::Appeared, "9001".into()));
        assert_eq!((world.created(), world.clock.monotonic()), (1, seconds(7)));
    }
}

#[test]
fn a_conflict_with_an_account_in_another_inbox_says_where() {
    let world = World::new();
    world.add_account(account("4", "77", "harbour"), seconds(1));
    world.state().creations.push_back(Fate::Rejected(409));
    assert!(matches!(ensure(&world), Err(EnsureError::OtherInbox { .. })));
}

#[test]
fn an_account_that_appears_without_authorization_is_authorized() {
    let world = World::new();
    let mut others = account("4", "1431487401", "harbour");
    others.authorized = false.into();
    world.add_account(others, seconds(1));
    world.state().creations.push_back(Fate::Rejected(409));
    assert_eq!(told(ensure(&world)), (AccountOutcome::Reauthorized, "4".into()));
}

#[test]
fn an_account_that_cannot_be_authorized_is_told_with_how_it_came_to_be_there() {
    for (creation, outcome) in [
        (Fate::LostAnswer, AccountOutcome::Appeared),
        (Fate::Well, AccountOutcome::Found),
    ] {
        for (change, unknown) in [(Fate::Rejected(403), false), (Fate::LostRequest, true)] {
            let world = World::new();
            let mut others = account("4", "1431487401", "harbour");
            others.authorized = false.into();
            let listed_from = if creation == Fate::Well { seconds(0) } else { seconds(1) };
            world.add_account(others, listed_from);
            // What is created without an answer is listed long after that of another process.
            world.state().creations.push_back(creation);
            world.state().delay = seconds(900);
            world.state().changes.push_back(change);
            let error = ensure(&world).unwrap_err();
            assert_eq!(error.outcome_unknown(), unknown);
            let text = error.to_string();
            let told = if unknown {
                "and nobody knows whether it was authorized"
            } else {
                "but could not be authorized"
            };
            let start = format!("account 4 is there, {told}: update_channel_account: ");
            assert!(text.starts_with(&start), "{text}");
            let EnsureError::AccountNotAuthorized { ensured, .. } = error else {
                panic!("{error}");
            };
            assert_eq!((ensured.outcome, &ensured.account.id), (outcome, &"4".into()));
        }
    }
}

#[test]
fn an_account_that_nobody_sees_after_a_conflict_cannot_be_told() {
    let world = World::new();
    world.state().creations.push_back(Fate::Rejected(409));
    let error = ensure(&world).unwrap_err();
    assert!(matches!(error, EnsureError::Unknown { looks: 7, .. }), "{error}");
    assert_eq!(world.created(), 1);
}

#[test]
fn a_call_without_identifier_or_inbox_is_not_sent() {
    let world = World::new();
    let call = EnsureChannelAccount::new("2930388", NewChannelAccount::new("1431487401", "Harbour website"));
    let error = world.run(world.client().ensure_channel_account(call)).unwrap_err();
    assert!(error.to_string().contains("deliveryIdentifier must be set"), "{error}");
    assert_eq!(world.looked(), 0);
}

#[test]
fn every_call_is_for_the_portal() {
    let world = World::new();
    let call = wanted()
        .with_options(CallOptions::for_portal("62515"))
        .with_waits_before(Waits::doubling(seconds(1), 1));
    world.run(world.client().ensure_channel_account(call)).unwrap();
    let state = world.state();
    assert_eq!(state.options.len(), 4);
    assert!(
        state
            .options
            .iter()
            .all(|options| options.portal == Some("62515".into()))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is connected, of whatever else.
    #[test]
    fn an_account_is_created_only_where_none_has_the_identifier(
        accounts in proptest::collection::vec((0_u8..3, 0_u8..3, any::<bool>(), any::<bool>()), 0..8),
        page_size in 1_usize..4,
    ) {
        let world = World::new();
        world.state().page_size = page_size;
        let (mut here, mut elsewhere) = (Vec::new(), 0);
        for (at, (inbox, address, archived, authorized)) in accounts.iter().enumerate() {
            let inbox = ["1431487401", "77", "78"][usize::from(*inbox)];
            let address = ["harbour", "Harbour", "other"][usize::from(*address)];
            let id = at.to_string();
            let mut account = account(&id, inbox, address);
            account.archived = (*archived).into();
            account.authorized = (*authorized).into();
            world.add_account(account, seconds(0));
            if address == "harbour" && !archived {
                if inbox == "1431487401" { here.push((id, *authorized)) } else { elsewhere += 1 }
            }
        }
        let result = ensure(&world);
        let state = world.state();
        match (&*here, elsewhere) {
            ([(id, authorized)], _) => {
                let outcome = if *authorized { AccountOutcome::Found } else { AccountOutcome::Reauthorized };
                prop_assert_eq!(told(result), (outcome, id.clone()));
                prop_assert_eq!((state.created, state.updates.len()), (0, usize::from(!*authorized)));
            }
            ([], 0) => {
                prop_assert_eq!(told(result), (AccountOutcome::Created, "9001".to_owned()));
                prop_assert_eq!((state.created, state.updates.len()), (1, 0));
            }
            ([], _) => {
                let is_told = matches!(result, Err(EnsureError::OtherInbox { .. }));
                prop_assert!(is_told);
                prop_assert_eq!(state.created, 0);
            }
            (several, _) => {
                let listed: Vec<String> = several.iter().map(|(id, _)| id.clone()).collect();
                let is_listed = matches!(&result, Err(EnsureError::Ambiguous { ids, .. }) if *ids == listed);
                prop_assert!(is_listed, "{:?}", result);
                prop_assert_eq!(state.created, 0);
            }
        }
    }
}
