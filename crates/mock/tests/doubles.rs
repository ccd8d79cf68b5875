//! The doubles made with mockall, behind a client.

use hubchannel_api::{
    ArchiveChannel, Client, CreateChannel, CreateChannelAccount, Error, ErrorKind, GetChannel, GetChannelAccount,
    GetMessage, ListChannelAccounts, ListChannels, Operation, PublishMessage, Reach, Reply, TransportError,
    TransportErrorKind, UpdateChannel, UpdateChannelAccount, UpdateChannelAccountStagingToken,
    model::{
        Channel, ChannelAccount, ChannelAccountQuery, ChannelAccountUpdate, ChannelCapabilities, ChannelPatch,
        ChannelQuery, DeliveryIdentifier, Message, NewChannel, NewChannelAccount, NewMessage, Page, Participant,
        StagingToken, StagingTokenUpdate, ThreadingModel,
    },
};
use hubchannel_mock::{Answer, MockCustomChannels, MockHttpTransport, MockTransport, when};

fn publish() -> PublishMessage {
    let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    PublishMessage::new("2930388", NewMessage::incoming("3307400689", visitor, "Hello"))
}

#[tokio::test]
async fn a_double_of_the_api_receives_what_hubspot_would() {
    let mut api = MockCustomChannels::new();
    api.expect_publish_message()
        .withf(|call| {
            call.channel_id == "2930388"
                && call.body.timestamp.is_value()
                && call.body.integration_idempotency_id.is_value()
        })
        .times(1)
        .returning(|call| {
            let mut message = Message::default();
            message.text = call.body.text;
            Ok(Reply::new(message))
        });
    let reply = Client::from_api(api).publish_message(publish()).await.unwrap();
    assert_eq!(reply.text.as_deref(), Some("Hello"));
    assert_eq!(reply.status(), None);
}

#[tokio::test]
async fn a_double_of_the_api_has_every_operation() {
    let mut api = MockCustomChannels::new();
    api.expect_list_channels()
        .withf(|call| call.query.limit == Some(5))
        .returning(|_| Ok(Reply::new(Page::new([Channel::default()]).set_next_cursor("Mg"))));
    api.expect_create_channel()
        .withf(|call| call.body.name.as_deref() == Some("Harbour chat"))
        .returning(|_| Ok(Reply::new(Channel::default())));
    api.expect_get_channel()
        .withf(|call| call.channel_id == "7")
        .returning(|_| Ok(Reply::new(Channel::default())));
    api.expect_update_channel()
        .withf(|call| call.body.webhook_url.is_null())
        .returning(|_| Ok(Reply::new(Channel::default())));
    api.expect_archive_channel()
        .withf(|call| call.channel_id == "7")
        .returning(|_| Ok(Reply::new(())));
    api.expect_update_channel_account_staging_token()
        .withf(|call| call.account_token.expose() == "a1b2")
        .returning(|_| Ok(Reply::new(StagingToken::default())));
    api.expect_list_channel_accounts()
        .withf(|call| call.query.archived == Some(true))
        .returning(|_| Ok(Reply::new(Page::new([ChannelAccount::default()]))));
    api.expect_create_channel_account()
        .withf(|call| call.body.inbox_id == "9".into())
        .returning(|_| Ok(Reply::new(ChannelAccount::default())));
    api.expect_get_channel_account()
        .withf(|call| call.channel_account_id == "8" && call.archived.is_none())
        .returning(|_| Ok(Reply::new(ChannelAccount::default())));
    api.expect_update_channel_account()
        .withf(|call| call.body.authorized.as_ref() == Some(&false))
        .returning(|_| Ok(Reply::new(ChannelAccount::default())));
    let client = Client::from_api(api);

    let page = client
        .list_channels(ListChannels::new(ChannelQuery::default().set_limit(5)))
        .await
        .unwrap();
    assert_eq!((page.items().len(), page.next_cursor()), (1, Some("Mg")));
    let channel = NewChannel::new("Harbour chat", ChannelCapabilities::new(ThreadingModel::IntegrationThreadId));
    client.create_channel(CreateChannel::new(channel)).await.unwrap();
    client.get_channel(GetChannel::new("7")).await.unwrap();
    let patch = ChannelPatch::new().clear_webhook_url();
    client.update_channel(UpdateChannel::new("7", patch)).await.unwrap();
    client.archive_channel(ArchiveChannel::new("7")).await.unwrap();
    let body = StagingTokenUpdate::new("Harbour", DeliveryIdentifier::opaque("harbour"));
    client
        .update_channel_account_staging_token(UpdateChannelAccountStagingToken::new("7", "a1b2", body))
        .await
        .unwrap();
    let archived = ChannelAccountQuery::default().set_archived(true);
    let page = client
        .list_channel_accounts(ListChannelAccounts::new("7", archived))
        .await
        .unwrap();
    assert_eq!(page.items().len(), 1);
    let account = NewChannelAccount::new("9", "Harbour");
    client
        .create_channel_account(CreateChannelAccount::new("7", account))
        .await
        .unwrap();
    client
        .get_channel_account(GetChannelAccount::new("7", "8"))
        .await
        .unwrap();
    let update = ChannelAccountUpdate::new().set_authorized(false);
    client
        .update_channel_account(UpdateChannelAccount::new("7", "8", update))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_double_s_error_shows_no_token_of_the_call() {
    let mut api = MockCustomChannels::new();
    api.expect_update_channel_account_staging_token().returning(|call| {
        let message = format!("lost on the way to {}", call.account_token.expose());
        let lost = TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, message);
        Err(Error::from_transport(UpdateChannelAccountStagingToken::INFO, lost))
    });
    let body = StagingTokenUpdate::new("Harbour", DeliveryIdentifier::opaque("harbour"));
    let call = UpdateChannelAccountStagingToken::new("7", "SECRET", body);
    let error = Client::from_api(api)
        .update_channel_account_staging_token(call)
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("SECRET") && shown.contains("lost on the way to …"), "{shown}");
}

#[tokio::test]
async fn a_recording_shows_no_token_of_the_call() {
    let transport = MockTransport::new().with(when().once(Answer::json(200, serde_json::json!({}))));
    let body = StagingTokenUpdate::new("Harbour", DeliveryIdentifier::opaque("harbour"));
    let call = UpdateChannelAccountStagingToken::new("7", "SECRET", body);
    let client = Client::new(transport.clone());
    client.update_channel_account_staging_token(call).await.unwrap();
    let received = &transport.requests()[0];
    let shown = format!("{received} {received:?} {transport:?}");
    assert!(!shown.contains("SECRET") && shown.contains("/channel-account-staging-tokens/…"), "{shown}");
    assert!(received.uri.path().ends_with("/SECRET"), "a test may look");
}

#[tokio::test]
async fn a_double_of_the_api_can_fail_with_any_error() {
    let mut api = MockCustomChannels::new();
    api.expect_publish_message().returning(|_| {
        let lost = TransportError::new(TransportErrorKind::Interrupted, Reach::Unknown, "connection lost");
        Err(Error::from_transport(PublishMessage::INFO, lost))
    });
    let error = Client::from_api(api).publish_message(publish()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.outcome_unknown());
    assert!(error.idempotency_key().is_some());
}

#[tokio::test]
async fn a_double_of_a_transport_can_fail() {
    let mut transport = MockHttpTransport::new();
    transport
        .expect_send()
        .returning(|_| Err(TransportError::new(TransportErrorKind::Connect, Reach::NotSent, "connection refused")));
    let client = Client::new(transport);
    let error = client
        .get_message(GetMessage::new("2930388", "5c1f0b8e"))
        .await
        .unwrap_err();
    assert!(error.is_connect());
}
