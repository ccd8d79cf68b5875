//! Channel accounts: the connections of a channel to the inboxes of a portal.

use crate::{ChannelAccountId, ChannelId, DeliveryIdentifier, Field, InboxId, Timestamp, wire::record};

record! {
    /// An account to connect: the body of `POST …/{channelId}/channel-accounts`.
    ///
    /// ```
    /// use hubchannel_model::{DeliveryIdentifier, NewChannelAccount};
    ///
    /// let body = NewChannelAccount::new("1431487401", "Harbour website")
    ///     .set_delivery_identifier(DeliveryIdentifier::opaque("harbour-website"));
    /// assert_eq!(
    ///     serde_json::to_value(&body)?,
    ///     serde_json::json!({
    ///         "inboxId": "1431487401",
    ///         "name": "Harbour website",
    ///         "authorized": true,
    ///         "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "harbour-website"},
    ///     })
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// An inbox may have several accounts of one channel (observed). What HubSpot answers to an identifier that is
    /// taken is unknown. Called `PublicChannelAccountEgg` in HubSpot's descriptions.
    pub struct NewChannelAccount {
        /// The inbox or help desk; it cannot be changed later (documented). Required.
        pub inbox_id: Field<InboxId> => "inboxId" (required),
        /// The account's name, as agents see it. Required.
        pub name: Field<String> => "name" (required),
        /// Whether the bridge may use the account. Required; nearly always true.
        pub authorized: Field<bool> => "authorized" (required),
        /// The account's own address in the outside service: an object; a string is refused (observed).
        pub delivery_identifier: Field<DeliveryIdentifier> => "deliveryIdentifier",
    }
}

impl NewChannelAccount {
    /// An authorized account in this inbox.
    pub fn new(inbox_id: impl Into<InboxId>, name: impl Into<String>) -> Self {
        NewChannelAccount {
            inbox_id: Field::Value(inbox_id.into().into_text()),
            name: Field::Value(name.into()),
            authorized: Field::Value(true),
            ..NewChannelAccount::default()
        }
    }

    /// Sets whether the bridge may use the account.
    #[must_use]
    pub fn set_authorized(mut self, authorized: bool) -> Self {
        self.authorized = Field::Value(authorized);
        self
    }

    /// Sets the account's own address in the outside service.
    #[must_use]
    pub fn set_delivery_identifier(mut self, identifier: DeliveryIdentifier) -> Self {
        self.delivery_identifier = Field::Value(identifier);
        self
    }
}

record! {
    /// A channel account as HubSpot returns it.
    ///
    /// ```
    /// use hubchannel_model::ChannelAccount;
    ///
    /// let account: ChannelAccount = serde_json::from_str(
    ///     r#"{"id":"3307400689","channelId":"2930388","authorized":true,"active":false,"archived":false}"#,
    /// )?;
    /// assert!(!account.is_usable());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Called `PublicChannelAccount` in HubSpot's descriptions. The Conversations API lists accounts of every channel
    /// in the same form, without `deliveryIdentifier` where seen.
    pub struct ChannelAccount {
        /// The account's id: what a message names to travel on it.
        pub id: Field<ChannelAccountId> => "id" (required),
        /// The account's name, as agents see it.
        pub name: Field<String> => "name" (required),
        /// The channel that the account is of.
        pub channel_id: Field<ChannelId> => "channelId" (required),
        /// The inbox or help desk that it is connected to.
        pub inbox_id: Field<InboxId> => "inboxId" (required),
        /// When it was connected.
        pub created_at: Field<Timestamp> => "createdAt" (required),
        /// Whether HubSpot takes its messages; only HubSpot sets this (observed).
        pub active: Field<bool> => "active" (required),
        /// Whether the bridge may use it.
        pub authorized: Field<bool> => "authorized" (required),
        /// Whether it is archived.
        pub archived: Field<bool> => "archived" (required),
        /// When it was archived.
        pub archived_at: Field<Timestamp> => "archivedAt",
        /// Its own address in the outside service.
        pub delivery_identifier: Field<DeliveryIdentifier> => "deliveryIdentifier",
    }
}

impl ChannelAccount {
    /// Whether nothing in the answer speaks against using the account: it is not said to be inactive, unauthorized or
    /// archived.
    pub fn is_usable(&self) -> bool {
        let says = |field: &Field<bool>, value: bool| field.as_ref() == Some(&value);
        !(says(&self.active, false) || says(&self.authorized, false) || says(&self.archived, true))
    }
}

record! {
    /// What to change of an account: the body of `PATCH …/channel-accounts/{channelAccountId}`.
    ///
    /// ```
    /// use hubchannel_model::ChannelAccountUpdate;
    ///
    /// let body = ChannelAccountUpdate::new().set_authorized(false);
    /// body.check()?;
    /// assert!(ChannelAccountUpdate::new().check().is_err());
    /// # Ok::<(), hubchannel_model::Violations>(())
    /// ```
    ///
    /// Nothing else can be changed: another inbox, for example, is ignored (observed). Called
    /// `PublicChannelAccountUpdateRequest` in HubSpot's descriptions.
    pub struct ChannelAccountUpdate {
        /// The account's name, as agents see it.
        pub name: Field<String> => "name",
        /// Whether the bridge may use the account.
        pub authorized: Field<bool> => "authorized",
    }
}

impl ChannelAccountUpdate {
    /// No change yet.
    pub fn new() -> Self {
        ChannelAccountUpdate::default()
    }

    /// Changes the name.
    #[must_use]
    pub fn set_name(mut self, name: impl Into<String>) -> Self {
        self.name = Field::Value(name.into());
        self
    }

    /// Changes whether the bridge may use the account.
    #[must_use]
    pub fn set_authorized(mut self, authorized: bool) -> Self {
        self.authorized = Field::Value(authorized);
        self
    }
}
