//! Events of a channel's webhook.

use serde::{Deserialize, Serialize};

use super::Message;

#[derive(Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub(crate) enum Event {
    OutgoingChannelMessageCreated {
        portal_id: String,
        channel_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        event_id: Option<String>,
        event_timestamp: String,
        #[serde(default)]
        channel_integration_thread_ids: Vec<String>,
        message: Box<Message>,
    },
    ChannelAccountCreated {
        portal_id: String,
        channel_id: String,
        event_id: Option<String>,
        channel_account_id: String,
    },
    ChannelAccountPurged {
        portal_id: String,
        channel_id: String,
        event_id: Option<String>,
        channel_account_id: String,
    },
    #[serde(other)]
    Other,
}
