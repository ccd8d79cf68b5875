//! Custom channels: how one is registered, read and changed.

use crate::{ChannelCapabilities, ChannelId, Field, Timestamp, Url, wire::record};

record! {
    /// A channel to register: the body of `POST …/custom-channels`.
    ///
    /// ```
    /// use hubchannel_model::{ChannelCapabilities, NewChannel, ThreadingModel};
    ///
    /// let capabilities = ChannelCapabilities::new(ThreadingModel::IntegrationThreadId)
    ///     .add_delivery_identifier_type("CHANNEL_SPECIFIC_OPAQUE_ID")
    ///     .set_allow_outgoing_messages(true);
    /// let body = NewChannel::new("Harbour chat", capabilities)
    ///     .set_webhook_url("https://bridge.example.com/hubspot")
    ///     .set_channel_description("The chat on the harbour's website");
    /// body.check()?;
    /// # Ok::<(), hubchannel_model::Violations>(())
    /// ```
    ///
    /// A channel belongs to the app and is shared by every portal that installs it (documented). An app may have ten
    /// (observed). Addresses and descriptions may come later, by a [`ChannelPatch`] (documented). Called
    /// `PublicChannelIntegrationChannelCreate` in HubSpot's descriptions.
    pub struct NewChannel {
        /// The channel's name, as agents see it. Required.
        pub name: Field<String> => "name" (required),
        /// What the channel can do. Required.
        pub capabilities: Field<ChannelCapabilities> => "capabilities" (required),
        /// Where HubSpot reports agents' replies and changes of accounts. Its query string is kept (observed).
        pub webhook_url: Field<Url> => "webhookUrl",
        /// Where HubSpot sends a user who connects an account; see [`StagingRedirect`](crate::StagingRedirect).
        pub channel_account_connection_redirect_url: Field<Url> => "channelAccountConnectionRedirectUrl",
        /// What the channel is, for users who connect it.
        pub channel_description: Field<String> => "channelDescription",
        /// The address of the channel's logo.
        pub channel_logo_url: Field<Url> => "channelLogoUrl",
    }
}

impl NewChannel {
    /// A channel of this name.
    pub fn new(name: impl Into<String>, capabilities: ChannelCapabilities) -> Self {
        NewChannel {
            name: Field::Value(name.into()),
            capabilities: Field::Value(capabilities),
            ..NewChannel::default()
        }
    }

    /// Sets where HubSpot reports what happens.
    #[must_use]
    pub fn set_webhook_url(mut self, url: impl Into<Url>) -> Self {
        self.webhook_url = Field::Value(url.into());
        self
    }

    /// Sets where HubSpot sends a user who connects an account.
    #[must_use]
    pub fn set_channel_account_connection_redirect_url(mut self, url: impl Into<Url>) -> Self {
        self.channel_account_connection_redirect_url = Field::Value(url.into());
        self
    }

    /// Sets what the channel is, for users who connect it.
    #[must_use]
    pub fn set_channel_description(mut self, description: impl Into<String>) -> Self {
        self.channel_description = Field::Value(description.into());
        self
    }

    /// Sets the address of the channel's logo.
    #[must_use]
    pub fn set_channel_logo_url(mut self, url: impl Into<Url>) -> Self {
        self.channel_logo_url = Field::Value(url.into());
        self
    }
}

record! {
    /// A custom channel as HubSpot returns it.
    ///
    /// ```
    /// use hubchannel_model::{Channel, ThreadingModel};
    ///
    /// let channel: Channel = serde_json::from_str(
    ///     r#"{"id":"2930388","name":"Harbour chat","capabilities":{"threadingModel":"DELIVERY_IDENTIFIER"}}"#,
    /// )?;
    /// assert_eq!(channel.threading_model(), Some(&ThreadingModel::DeliveryIdentifier));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// A channel that was just registered may be missing from the list for some seconds (observed). Called
    /// `PublicChannelIntegrationChannel` in HubSpot's descriptions.
    pub struct Channel {
        /// The channel's id: a string of digits.
        pub id: Field<ChannelId> => "id" (required),
        /// The channel's name, as agents see it.
        pub name: Field<String> => "name" (required),
        /// What the channel can do.
        pub capabilities: Field<ChannelCapabilities> => "capabilities" (required),
        /// When the channel was registered.
        pub created_at: Field<Timestamp> => "createdAt" (required),
        /// Where HubSpot reports what happens.
        pub webhook_url: Field<Url> => "webhookUrl",
        /// Where HubSpot sends a user who connects an account.
        pub channel_account_connection_redirect_url: Field<Url> => "channelAccountConnectionRedirectUrl",
        /// What the channel is, for users who connect it.
        pub channel_description: Field<String> => "channelDescription",
        /// The address of the channel's logo.
        pub channel_logo_url: Field<Url> => "channelLogoUrl",
    }
}

impl Channel {
    /// Who threads the channel's conversations, if the channel says.
    pub fn threading_model(&self) -> Option<&crate::ThreadingModel> {
        self.capabilities.as_ref()?.threading_model.as_ref()
    }
}

record! {
    /// What to change of a channel: the body of `PATCH …/custom-channels/{channelId}`.
    ///
    /// ```
    /// use hubchannel_model::ChannelPatch;
    ///
    /// let body = ChannelPatch::new()
    ///     .set_webhook_url("https://bridge.example.com/hubspot")
    ///     .clear_channel_account_connection_redirect_url();
    /// let json =
    ///     r#"{"webhookUrl":"https://bridge.example.com/hubspot","channelAccountConnectionRedirectUrl":null}"#;
    /// assert_eq!(serde_json::to_string(&body)?, json);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Any subset may be there: a member that is absent stays as it is, one that is `null` is cleared (observed since
    /// October 2024), and texts are plain strings (observed). HubSpot describes each member as required and most as
    /// objects; that is wrong. Called `PublicChannelIntegrationChannelPatch` in HubSpot's descriptions.
    pub struct ChannelPatch {
        /// The channel's name.
        pub name: Field<String> => "name",
        /// What the channel can do. Presumably these replace all former ones; unknown, so give them all.
        pub capabilities: Field<ChannelCapabilities> => "capabilities",
        /// Where HubSpot reports what happens.
        pub webhook_url: Field<Url> => "webhookUrl",
        /// Where HubSpot sends a user who connects an account.
        pub channel_account_connection_redirect_url: Field<Url> => "channelAccountConnectionRedirectUrl",
        /// What the channel is, for users who connect it.
        pub channel_description: Field<String> => "channelDescription",
        /// The address of the channel's logo.
        pub channel_logo_url: Field<Url> => "channelLogoUrl",
    }
}

impl ChannelPatch {
    /// No change yet.
    pub fn new() -> Self {
        ChannelPatch::default()
    }

    /// Changes the name.
    #[must_use]
    pub fn set_name(mut self, name: impl Into<String>) -> Self {
        self.name = Field::Value(name.into());
        self
    }

    /// Changes what the channel can do.
    #[must_use]
    pub fn set_capabilities(mut self, capabilities: ChannelCapabilities) -> Self {
        self.capabilities = Field::Value(capabilities);
        self
    }

    /// Changes where HubSpot reports what happens.
    #[must_use]
    pub fn set_webhook_url(mut self, url: impl Into<Url>) -> Self {
        self.webhook_url = Field::Value(url.into());
        self
    }

    /// Lets HubSpot report nothing any more.
    #[must_use]
    pub fn clear_webhook_url(mut self) -> Self {
        self.webhook_url = Field::Null;
        self
    }

    /// Changes where HubSpot sends a user who connects an account.
    #[must_use]
    pub fn set_channel_account_connection_redirect_url(mut self, url: impl Into<Url>) -> Self {
        self.channel_account_connection_redirect_url = Field::Value(url.into());
        self
    }

    /// Lets users connect no account by themselves any more.
    #[must_use]
    pub fn clear_channel_account_connection_redirect_url(mut self) -> Self {
        self.channel_account_connection_redirect_url = Field::Null;
        self
    }

    /// Changes what the channel is, for users who connect it.
    #[must_use]
    pub fn set_channel_description(mut self, description: impl Into<String>) -> Self {
        self.channel_description = Field::Value(description.into());
        self
    }

    /// Takes the description away.
    #[must_use]
    pub fn clear_channel_description(mut self) -> Self {
        self.channel_description = Field::Null;
        self
    }

    /// Changes the address of the channel's logo.
    #[must_use]
    pub fn set_channel_logo_url(mut self, url: impl Into<Url>) -> Self {
        self.channel_logo_url = Field::Value(url.into());
        self
    }

    /// Takes the logo away.
    #[must_use]
    pub fn clear_channel_logo_url(mut self) -> Self {
        self.channel_logo_url = Field::Null;
        self
    }
}
