//! Channel accounts: made sure of, read and changed.

use hubchannel::{
    AccountOutcome, Client, CreateChannelAccount, EnsureChannelAccount, EnsureError, GetChannelAccount,
    UpdateChannelAccount,
    emulator::{Fault, FaultRule, InboxSeed, Seed},
    model::{ChannelAccountUpdate, DeliveryIdentifier, NewChannelAccount},
};

use crate::hub::{Hub, Told, both_ways};

const CHANNEL: &str = "2930388";

fn seed() -> Seed {
    Seed::default().add_inbox(InboxSeed::new("900", 62515).set_name("Support"))
}

fn body(inbox: &str) -> NewChannelAccount {
    NewChannelAccount::new(inbox, "Harbour website").set_delivery_identifier(DeliveryIdentifier::opaque("harbour"))
}

async fn ensure(client: &Client, inbox: &str) -> Result<(String, AccountOutcome), EnsureError> {
    let call = EnsureChannelAccount::new(CHANNEL, body(inbox));
    let ensured = client.ensure_channel_account(call).await?;
    Ok((ensured.account.id.as_ref().unwrap().to_string(), ensured.outcome))
}

#[tokio::test]
async fn a_bridge_makes_sure_of_its_account_once() {
    both_ways(seed, async |hub: &Hub| {
        let (client, inbox) = (hub.client(), hub.emulator.inbox_id());
        let (id, outcome) = ensure(&client, inbox.as_str()).await.unwrap();
        assert_eq!(outcome, AccountOutcome::Created);
        assert_eq!(ensure(&client, inbox.as_str()).await.unwrap(), (id.clone(), AccountOutcome::Found));
        let forbid = ChannelAccountUpdate::new().set_authorized(false);
        client
            .update_channel_account(UpdateChannelAccount::new(CHANNEL, id.as_str(), forbid))
            .await
            .unwrap();
        assert_eq!(ensure(&client, inbox.as_str()).await.unwrap(), (id.clone(), AccountOutcome::Reauthorized));
        let read = client.get_channel_account(GetChannelAccount::new(CHANNEL, id.as_str()));
        let read = read.await.unwrap().into_inner();
        assert!(read.is_usable());
        assert_eq!(hub.emulator.channel_accounts()[1], read);

        let error = ensure(&client, "900").await.unwrap_err();
        assert!(matches!(error, EnsureError::OtherInbox { .. }), "{error}");
        assert_eq!(hub.emulator.channel_accounts().len(), 2);
        (read, error.to_string())
    })
    .await;
}

#[tokio::test]
async fn an_account_that_cannot_be_connected_is_told_with_hubspot_s_answer() {
    both_ways(seed, async |hub: &Hub| {
        let client = hub.client();
        let create = |inbox: &str| client.create_channel_account(CreateChannelAccount::new(CHANNEL, body(inbox)));
        let nowhere = create("1").await.unwrap_err();
        assert!(nowhere.is_not_found(), "{nowhere}");
        create("900").await.unwrap();
        let taken = create("900").await.unwrap_err();
        assert!(taken.is_conflict(), "{taken}");
        [nowhere, taken].map(|error| Told::of(hub, &error))
    })
    .await;
}

#[tokio::test]
async fn an_account_whose_answer_is_lost_is_looked_for() {
    both_ways(seed, async |hub: &Hub| {
        hub.emulator.add_fault(
            FaultRule::new(Fault::DropAfterEffect)
                .operation::<CreateChannelAccount>()
                .times(1),
        );
        let client = hub.client();
        let ensured = hub.turning(ensure(&client, "900")).await.unwrap();
        assert_eq!(ensured.1, AccountOutcome::Appeared);
        ensured
    })
    .await;
}
