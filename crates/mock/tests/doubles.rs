//! The doubles made with mockall, behind a client.

use hubchannel_api::{
    Client, Error, ErrorKind, GetMessage, Operation, PublishMessage, Reach, Reply, TransportError, TransportErrorKind,
    model::{DeliveryIdentifier, Message, NewMessage, Participant},
};
use hubchannel_mock::{MockCustomChannels, MockHttpTransport};

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
