//! One call of every operation, with the request and the answer that belong to it, written by hand.

use hubchannel_api::{
    ArchiveChannel, Client, CreateChannel, CreateChannelAccount, Error, GetChannel, GetChannelAccount, GetMessage,
    ListChannelAccounts, ListChannels, PublishMessage, Reply, UpdateChannel, UpdateChannelAccount,
    UpdateChannelAccountStagingToken, UpdateMessageStatus,
    model::{
        ChannelAccountQuery, ChannelAccountUpdate, ChannelCapabilities, ChannelPatch, ChannelQuery, DeliveryIdentifier,
        DeliveryIdentifierType, NewChannel, NewChannelAccount, NewMessage, Participant, StagingTokenUpdate,
        StatusUpdate, ThreadingModel,
    },
};
use serde::Serialize;
use serde_json::{Value, json};

use super::now;

pub(crate) struct Case {
    /// Name, method, and what follows the base of the version in the address.
    pub(crate) line: &'static str,
    /// The request's body; null for none.
    pub(crate) body: Value,
    pub(crate) status: u16,
    /// The answer's body; null for none.
    pub(crate) answer: Value,
    pub(crate) call: fn(&Client) -> Result<Value, Error>,
}

impl Case {
    pub(crate) fn name(&self) -> &'static str {
        self.line.split(' ').next().unwrap_or_default()
    }
}

fn shown<T: Serialize>(reply: impl Future<Output = Result<Reply<T>, Error>>) -> Result<Value, Error> {
    now(reply).map(|reply| serde_json::to_value(reply.into_inner()).unwrap())
}

/// Every operation, in the order in which HubSpot describes them.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = of_channels();
    cases.extend(of_accounts());
    cases.extend(of_messages());
    cases
}

fn of_channels() -> Vec<Case> {
    let channel = json!({
        "id": "2930388",
        "name": "Harbour chat",
        "capabilities": {"threadingModel": "INTEGRATION_THREAD_ID", "newCapability": [1]},
        "createdAt": "2026-05-27T12:15:00Z",
    });
    vec![
        Case {
            line: "list_channels GET ?after=MQ%3D%3D&limit=50&defaultPageLength=20&sort=createdAt&sort=-a%26b%20c%2B%C3%BC",
            body: Value::Null,
            status: 200,
            answer: json!({"total": 2, "results": [channel], "paging": {"next": {"after": "Mg=="}}}),
            call: |client| {
                let query = ChannelQuery::default()
                    .set_after("MQ==")
                    .set_limit(50)
                    .set_default_page_length(20)
                    .add_sort("createdAt")
                    .add_sort("-a&b c+\u{fc}");
                shown(client.list_channels(ListChannels::new(query)))
            },
        },
        Case {
            line: "create_channel POST ",
            body: json!({
                "name": "Harbour chat",
                "capabilities": {
                    "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID"],
                    "threadingModel": "INTEGRATION_THREAD_ID",
                },
                "webhookUrl": "https://bridge.example.com/hubspot",
            }),
            status: 201,
            answer: channel.clone(),
            call: |client| {
                let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId)
                    .add_delivery_identifier_type(DeliveryIdentifierType::ChannelSpecificOpaqueId);
                let body =
                    NewChannel::new("Harbour chat", capabilities).set_webhook_url("https://bridge.example.com/hubspot");
                shown(client.create_channel(CreateChannel::new(body)))
            },
        },
        Case {
            line: "get_channel GET /2930388",
            body: Value::Null,
            status: 200,
            answer: channel.clone(),
            call: |client| shown(client.get_channel(GetChannel::new("2930388"))),
        },
        Case {
            line: "update_channel PATCH /2930388",
            body: json!({"name": "Harbour", "channelLogoUrl": null}),
            status: 200,
            answer: channel,
            call: |client| {
                let body = ChannelPatch::new().set_name("Harbour").clear_channel_logo_url();
                shown(client.update_channel(UpdateChannel::new("2930388", body)))
            },
        },
        Case {
            line: "archive_channel DELETE /2930388",
            body: Value::Null,
            status: 204,
            answer: Value::Null,
            call: |client| shown(client.archive_channel(ArchiveChannel::new("2930388"))),
        },
    ]
}

fn of_accounts() -> Vec<Case> {
    let account = json!({
        "id": "3307400689",
        "channelId": "2930388",
        "inboxId": "1431487401",
        "name": "Harbour website",
        "authorized": true,
        "active": true,
        "archived": false,
    });
    vec![
        Case {
            line: "update_channel_account_staging_token PATCH \
                   /2930388/channel-account-staging-tokens/a1%2Fb2%2B%3F%C3%BC",
            body: json!({
                "accountName": "Harbour website",
                "deliveryIdentifier": {"type": "HS_SHORT_CODE", "value": "12345"},
            }),
            status: 200,
            answer: json!({"accountToken": "a1/b2+?\u{fc}", "genericChannelId": 2_930_388, "inboxId": 1, "userId": 2}),
            call: |client| {
                let identifier = DeliveryIdentifier::new(DeliveryIdentifierType::HsShortCode, "12345");
                let body = StagingTokenUpdate::new("Harbour website", identifier);
                let call = UpdateChannelAccountStagingToken::new("2930388", "a1/b2+?\u{fc}", body);
                shown(client.update_channel_account_staging_token(call))
            },
        },
        Case {
            line: "list_channel_accounts GET /2930388/channel-accounts?after=Mg&limit=1&archived=true\
                   &deliveryIdentifierType=HS_EMAIL_ADDRESS&deliveryIdentifierType=NEW_TYPE\
                   &deliveryIdentifierValue=a%2Cb%40example.com&deliveryIdentifierValue=%2B4915112345678",
            body: Value::Null,
            status: 200,
            answer: json!({"total": 1, "results": [account]}),
            call: |client| {
                let query = ChannelAccountQuery::default()
                    .set_after("Mg")
                    .set_limit(1)
                    .set_archived(true)
                    .add_delivery_identifier_type(DeliveryIdentifierType::HsEmailAddress)
                    .add_delivery_identifier_type("NEW_TYPE")
                    .add_delivery_identifier_value("a,b@example.com")
                    .add_delivery_identifier_value("+4915112345678");
                shown(client.list_channel_accounts(ListChannelAccounts::new("2930388", query)))
            },
        },
        Case {
            line: "create_channel_account POST /2930388/channel-accounts",
            body: json!({"inboxId": "1431487401", "name": "Harbour website", "authorized": true}),
            status: 201,
            answer: account.clone(),
            call: |client| {
                let body = NewChannelAccount::new("1431487401", "Harbour website");
                shown(client.create_channel_account(CreateChannelAccount::new("2930388", body)))
            },
        },
        Case {
            line: "get_channel_account GET /2930388/channel-accounts/9223372036854775807?archived=true",
            body: Value::Null,
            status: 200,
            answer: account.clone(),
            call: |client| {
                let call = GetChannelAccount::new("2930388", "9223372036854775807").set_archived(true);
                shown(client.get_channel_account(call))
            },
        },
        Case {
            line: "update_channel_account PATCH /2930388/channel-accounts/3307400689",
            body: json!({"authorized": false}),
            status: 200,
            answer: account,
            call: |client| {
                let body = ChannelAccountUpdate::new().set_authorized(false);
                shown(client.update_channel_account(UpdateChannelAccount::new("2930388", "3307400689", body)))
            },
        },
    ]
}

fn of_messages() -> Vec<Case> {
    let message = json!({"type": "MESSAGE", "id": "5c1f0b8e", "text": "Hello", "newMember": {"a": null}});
    vec![
        Case {
            line: "publish_message POST /2930388/messages",
            body: json!({
                "channelAccountId": "3307400689",
                "messageDirection": "INCOMING",
                "senders": [{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "chat:1"}}],
                "recipients": [],
                "text": "Hello",
                "attachments": [],
                "timestamp": "2026-05-27T12:15:00Z",
                "integrationIdempotencyId": "chat:1/7",
            }),
            status: 201,
            answer: message.clone(),
            call: |client| {
                let visitor = Participant::new(DeliveryIdentifier::opaque("chat:1"));
                let body = NewMessage::incoming("3307400689", visitor, "Hello")
                    .set_timestamp("2026-05-27T12:15:00Z")
                    .set_integration_idempotency_id("chat:1/7");
                shown(client.publish_message(PublishMessage::new("2930388", body)))
            },
        },
        Case {
            line: "get_message GET /2930388/messages/5c1f%2F0b8e",
            body: Value::Null,
            status: 200,
            answer: message.clone(),
            call: |client| shown(client.get_message(GetMessage::new("2930388", "5c1f/0b8e"))),
        },
        Case {
            line: "update_message_status PATCH /2930388/messages/5c1f0b8e",
            body: json!({"statusType": "FAILED", "errorMessage": "Number unreachable"}),
            status: 200,
            answer: message,
            call: |client| {
                let body = StatusUpdate::failed("Number unreachable");
                shown(client.update_message_status(UpdateMessageStatus::new("2930388", "5c1f0b8e", body)))
            },
        },
    ]
}
