//! Lists as streams of their items.

use http::StatusCode;
use hubchannel::{
    Items, ListChannelAccounts, ListChannels, ListThreadMessages,
    emulator::{AccountSeed, ChannelSeed, Fault, FaultRule, Seed},
    model::{ChannelAccountQuery, ChannelQuery, ThreadEntryQuery},
};

use crate::{
    hub::{Hub, Told, both_ways},
    messages::{hello, publish},
};

/// Of each list seven.
fn seed() -> Seed {
    (1..7).fold(Seed::default(), |seed, number| {
        seed.add_channel(ChannelSeed::new(number.to_string(), 40_776_849))
            .add_account(AccountSeed::new((100 + number).to_string(), "2930388", 62515))
    })
}

/// All items in their order, and what went wrong in between, after which another list goes on.
async fn all<T: Unpin>(hub: &Hub, list: impl Fn(Option<String>) -> Items<T>) -> Vec<Result<T, Told>> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let mut items = list(after);
        let mut failed = false;
        while let Some(item) = items.next().await {
            failed = item.is_err();
            all.push(item.map_err(|error| Told::of(hub, &error)));
        }
        if !failed {
            return all;
        }
        after = items.cursor().map(str::to_owned);
    }
}

fn is_whole<T>(all: &[Result<T, Told>], failed_at: &[usize]) {
    let failed: Vec<usize> = (0..all.len()).filter(|at| all[*at].is_err()).collect();
    assert_eq!((all.len() - failed.len(), failed.as_slice()), (7, failed_at));
}

#[tokio::test]
async fn another_list_goes_on_with_the_page_that_failed() {
    both_ways(seed, async |hub: &Hub| {
        for fault in [
            FaultRule::new(Fault::DropAfterEffect)
                .operation::<ListChannels>()
                .from(2)
                .times(1),
            FaultRule::new(Fault::StatusBeforeEffect(StatusCode::SERVICE_UNAVAILABLE))
                .operation::<ListChannelAccounts>()
                .from(3)
                .times(1),
            FaultRule::new(Fault::TearAnswer(40))
                .operation::<ListThreadMessages>()
                .times(1),
        ] {
            hub.emulator.add_fault(fault);
        }
        let channels = |after| {
            let mut query = ChannelQuery::default().set_limit(2);
            query.after = after;
            hub.client().channels(query)
        };
        let channels = all(hub, channels).await;
        is_whole(&channels, &[2]);
        let accounts = |after| {
            let mut query = ChannelAccountQuery::default().set_limit(3);
            query.after = after;
            hub.client().channel_accounts("2930388", query)
        };
        let accounts = all(hub, accounts).await;
        is_whole(&accounts, &[6]);

        let mut thread = None;
        for number in 0..7 {
            let message = publish(hub, hello(hub, &format!("k{number}"))).await.unwrap();
            thread = message.conversations_thread_id.into_option();
        }
        let thread = thread.unwrap();
        let entries = |after| {
            let mut query = ThreadEntryQuery::default().set_limit(4);
            query.after = after;
            hub.conversations().thread_messages(thread.as_str(), query)
        };
        let entries = all(hub, entries).await;
        is_whole(&entries, &[0]);
        (channels, accounts, entries)
    })
    .await;
}
