//! Conversations: read and closed.

use hubchannel::{
    GetActor, GetInbox, GetThread, GetThreadMessage, ListThreadMessages, ReadActors, UpdateThread,
    emulator::Seed,
    model::{
        ActorBatch, InboxQuery, PortalChannelAccountQuery, ThreadEntryQuery, ThreadQuery, ThreadStatus, ThreadUpdate,
    },
};

use crate::{
    hub::{Hub, Told, both_ways},
    messages::{hello, publish},
};

#[tokio::test]
async fn a_bridge_closes_the_conversation_that_it_has_opened() {
    both_ways(Seed::default, async |hub: &Hub| {
        let opened = publish(hub, hello(hub, "a")).await.unwrap();
        let thread = opened.conversations_thread_id.as_ref().unwrap().as_str();
        let client = hub.conversations();
        let closed = client
            .update_thread(UpdateThread::new(thread, ThreadUpdate::close()))
            .await
            .unwrap();
        assert_eq!(closed.status, ThreadStatus::Closed.into());
        let read = client.get_thread(GetThread::new(thread)).await.unwrap().into_inner();
        assert_eq!(read, closed.into_inner());
        let list = ListThreadMessages::new(thread, ThreadEntryQuery::default());
        let entries = client.list_thread_messages(list).await.unwrap();
        assert_eq!(entries.items()[0].text(), Some("Hello"));
        (read, entries.into_inner())
    })
    .await;
}

#[tokio::test]
async fn who_takes_part_and_where_is_read() {
    both_ways(Seed::default, async |hub: &Hub| {
        let opened = publish(hub, hello(hub, "a")).await.unwrap();
        let client = hub.conversations();
        let mut inboxes = client.inboxes(InboxQuery::default());
        let inbox = inboxes.next().await.unwrap().unwrap();
        let mut threads = client.threads(ThreadQuery::default());
        let thread = threads.next().await.unwrap().unwrap();
        assert_eq!(thread.id.as_ref().unwrap(), opened.conversations_thread_id.as_ref().unwrap().as_str());
        let visitor = opened.senders.as_ref().unwrap()[0].actor_id.as_ref().unwrap().clone();
        let actors = client.read_actors(ReadActors::new(ActorBatch::new([visitor.as_str(), "A-1"])));
        let actors = actors.await.unwrap().into_inner();
        let actor = client
            .get_actor(GetActor::new(visitor.as_str()))
            .await
            .unwrap()
            .into_inner();
        let same = client
            .get_inbox(GetInbox::new(inbox.id.as_ref().unwrap().as_str()))
            .await
            .unwrap();
        assert_eq!(*same, inbox);
        let mut accounts = client.portal_channel_accounts(PortalChannelAccountQuery::default());
        let account = accounts.next().await.unwrap().unwrap();
        assert_eq!(account.id, hub.emulator.channel_account_id().into());
        let id = opened.id.as_ref().unwrap().as_str();
        let entry = client
            .get_thread_message(GetThreadMessage::new(thread.id.as_ref().unwrap().as_str(), id))
            .await
            .unwrap();
        assert_eq!(entry.text(), Some("Hello"));
        let missing = client.get_thread(GetThread::new("1")).await.unwrap_err();
        assert!(missing.is_not_found(), "{missing}");
        (inbox, thread, actors, actor, account, entry.into_inner(), Told::of(hub, &missing))
    })
    .await;
}
