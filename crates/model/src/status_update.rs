//! The body that reports how a message fared.

use crate::{Field, StatusType, wire::record};

record! {
    /// How an agent's reply fared in the outside service: the body of `PATCH …/messages/{messageId}`.
    ///
    /// ```
    /// use hubchannel_model::StatusUpdate;
    ///
    /// let update = StatusUpdate::failed("Number unreachable");
    /// let json = r#"{"statusType":"FAILED","errorMessage":"Number unreachable"}"#;
    /// assert_eq!(serde_json::to_string(&update)?, json);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Which statuses may follow which is unknown. Called `PublicChannelIntegrationMessageUpdateRequest` in HubSpot's
    /// descriptions.
    pub struct StatusUpdate {
        /// `SENT`, `READ` or `FAILED`. Required.
        pub status_type: Field<StatusType> => "statusType" (required),
        /// Why it failed, shown to the agent.
        pub error_message: Field<String> => "errorMessage",
    }
}

impl StatusUpdate {
    /// The message reached the outside service.
    pub fn sent() -> Self {
        StatusUpdate::new(StatusType::Sent)
    }

    /// The recipient has read the message.
    pub fn read() -> Self {
        StatusUpdate::new(StatusType::Read)
    }

    /// The message did not reach the recipient, with the reason that the agent is shown.
    pub fn failed(error_message: impl Into<String>) -> Self {
        StatusUpdate {
            error_message: Field::Value(error_message.into()),
            ..StatusUpdate::new(StatusType::Failed)
        }
    }

    /// A report of this status.
    pub fn new(status_type: impl Into<StatusType>) -> Self {
        StatusUpdate {
            status_type: Field::Value(status_type.into()),
            ..StatusUpdate::default()
        }
    }
}
