//! Accounts that users connect in HubSpot's settings.

use hubchannel::{
    ConnectionOutcome, FinishConnection, UpdateChannelAccountStagingToken,
    emulator::{ChannelSeed, Seed},
    model::{DeliveryIdentifier, StagingTokenUpdate},
};

use crate::hub::{Hub, Told, both_ways};

const CHANNEL: &str = "2930388";

fn seed() -> Seed {
    let redirect = "https://bridge.example.com/connect";
    Seed::default()
        .add_channel(ChannelSeed::new(CHANNEL, 40_776_849).set_channel_account_connection_redirect_url(redirect))
}

#[tokio::test]
async fn a_bridge_that_hears_of_a_conflict_has_its_account() {
    both_ways(seed, async |hub: &Hub| {
        let visit = hub
            .emulator
            .start_connection(CHANNEL, hub.emulator.inbox_id())
            .unwrap()
            .redirect;
        let token = visit.account_token.expose().to_owned();
        let body = StagingTokenUpdate::new("Harbour website", DeliveryIdentifier::opaque("harbour"));
        let update = UpdateChannelAccountStagingToken::new(CHANNEL, token.as_str(), body);
        let client = hub.client();
        let first = client
            .update_channel_account_staging_token(update.clone())
            .await
            .unwrap();
        let error = client.update_channel_account_staging_token(update).await.unwrap_err();
        assert!(error.is_conflict() && !error.to_string().contains(&token), "{error}");
        assert_eq!(hub.emulator.channel_accounts().len(), 2);
        assert!(!format!("{:?}", hub.emulator.received()).contains(&token));
        (first.into_inner(), Told::of(hub, &error))
    })
    .await;
}

#[tokio::test]
async fn a_connection_is_finished_once_and_again() {
    both_ways(seed, async |hub: &Hub| {
        let visit = hub.emulator.start_connection(CHANNEL, hub.emulator.inbox_id()).unwrap();
        let identifier = DeliveryIdentifier::opaque("harbour");
        let call = FinishConnection::new(CHANNEL, visit.redirect, "Harbour website", identifier);
        let client = hub.client();
        let first = client.finish_connection(call.clone()).await.unwrap();
        assert!(matches!(first.outcome, ConnectionOutcome::Connected(_)), "{:?}", first.outcome);
        let again = client.finish_connection(call).await.unwrap();
        assert_eq!(hub.emulator.channel_accounts().len(), 2);
        let back = first.hubspot_redirect_url().map(str::to_owned);
        assert_eq!(again.hubspot_redirect_url(), back.as_deref());
        back
    })
    .await;
}
