//! Channels to start with.

use hubchannel_api::model::{
    Channel, ChannelCapabilities, ChannelId, DeliveryIdentifierType, Field, ThreadingModel, Timestamp, Url,
};

/// A custom channel, which belongs to an app and is shared by all portals that have the app.
#[derive(Clone, Debug)]
pub struct ChannelSeed {
    pub(crate) id: ChannelId,
    pub(crate) app_id: u64,
    capabilities: ChannelCapabilities,
    name: String,
    webhook_url: Option<Url>,
    connection_redirect_url: Option<Url>,
}

impl ChannelSeed {
    /// A channel of this app. The id is digits; it threads by `integrationThreadId`, takes addresses of its own kind, and
    /// lets agents reply.
    pub fn new(id: impl Into<ChannelId>, app_id: u64) -> Self {
        ChannelSeed {
            id: id.into(),
            app_id,
            capabilities: ChannelCapabilities::new(ThreadingModel::IntegrationThreadId)
                .add_delivery_identifier_type(DeliveryIdentifierType::ChannelSpecificOpaqueId)
                .set_allow_outgoing_messages(true),
            name: "Emulated channel".to_owned(),
            webhook_url: None,
            connection_redirect_url: None,
        }
    }

    /// Sets the name, which is `Emulated channel` else.
    #[must_use]
    pub fn set_name(self, name: impl Into<String>) -> Self {
        ChannelSeed {
            name: name.into(),
            ..self
        }
    }

    /// Sets where HubSpot reports what happens.
    #[must_use]
    pub fn set_webhook_url(self, url: impl Into<Url>) -> Self {
        ChannelSeed {
            webhook_url: Some(url.into()),
            ..self
        }
    }

    /// Sets where HubSpot sends a user who connects an account.
    #[must_use]
    pub fn set_channel_account_connection_redirect_url(self, url: impl Into<Url>) -> Self {
        ChannelSeed {
            connection_redirect_url: Some(url.into()),
            ..self
        }
    }

    /// Sets who decides which messages belong together.
    #[must_use]
    pub fn set_threading(mut self, threading: Threading) -> Self {
        self.capabilities.threading_model = Field::Value(match threading {
            Threading::IntegrationThreadId => ThreadingModel::IntegrationThreadId,
            Threading::DeliveryIdentifier => ThreadingModel::DeliveryIdentifier,
        });
        self
    }

    /// Sets all that it can do, which says also how it threads.
    ///
    /// ```
    /// use hubchannel_api::model::{ChannelCapabilities, OutgoingAttachmentType, RichTextFeature, ThreadingModel};
    /// use hubchannel_emulator::ChannelSeed;
    ///
    /// let capabilities = ChannelCapabilities::new(ThreadingModel::DeliveryIdentifier)
    ///     .set_allow_outgoing_messages(true)
    ///     .set_rich_text([RichTextFeature::Bold])
    ///     .set_outgoing_attachment_types([OutgoingAttachmentType::File]);
    /// let channel = ChannelSeed::new("1000", 77).set_capabilities(capabilities);
    /// # let _ = channel;
    /// ```
    #[must_use]
    pub fn set_capabilities(self, capabilities: ChannelCapabilities) -> Self {
        ChannelSeed { capabilities, ..self }
    }

    pub(crate) fn into_capabilities(self) -> ChannelCapabilities {
        self.capabilities
    }

    /// What a read shows of it.
    pub(crate) fn channel(&self, created_at: Timestamp) -> Channel {
        let mut channel = Channel::default();
        channel.id = self.id.clone().into_text().into();
        channel.name = self.name.clone().into();
        channel.capabilities = self.capabilities.clone().into();
        channel.created_at = created_at.into();
        channel.webhook_url = Field::from(self.webhook_url.clone());
        channel.channel_account_connection_redirect_url = Field::from(self.connection_redirect_url.clone());
        channel
    }
}

/// Who decides which messages belong together: a channel's `threadingModel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Threading {
    /// The bridge, by `integrationThreadId`.
    IntegrationThreadId,
    /// HubSpot, by the participants.
    DeliveryIdentifier,
}

impl Threading {
    /// How a channel threads; by `integrationThreadId` where it does not say.
    pub(crate) fn of(channel: &Channel) -> Self {
        match channel.threading_model() {
            Some(ThreadingModel::DeliveryIdentifier) => Threading::DeliveryIdentifier,
            _ => Threading::IntegrationThreadId,
        }
    }
}
