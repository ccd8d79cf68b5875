//! Channel accounts to start with.

use hubchannel_api::model::{ChannelAccount, ChannelAccountId, ChannelId, DeliveryIdentifier, InboxId, Timestamp};

/// A channel account: the connection of a channel to an inbox in one portal.
#[derive(Clone, Debug)]
pub struct AccountSeed {
    pub(crate) id: ChannelAccountId,
    pub(crate) channel_id: ChannelId,
    pub(crate) portal_id: u64,
    pub(crate) inbox_id: Option<InboxId>,
    name: String,
    delivery_identifier: Option<DeliveryIdentifier>,
    active: bool,
    authorized: bool,
}

impl AccountSeed {
    /// An account of this channel in this portal, active and authorized, in the portal's first inbox. A portal that has
    /// none gets one.
    pub fn new(id: impl Into<ChannelAccountId>, channel_id: impl Into<ChannelId>, portal_id: u64) -> Self {
        AccountSeed {
            id: id.into(),
            channel_id: channel_id.into(),
            portal_id,
            inbox_id: None,
            name: "Emulated account".to_owned(),
            delivery_identifier: None,
            active: true,
            authorized: true,
        }
    }

    /// Sets the inbox, which must be the portal's. One that is not there gets made.
    #[must_use]
    pub fn set_inbox(self, inbox_id: impl Into<InboxId>) -> Self {
        AccountSeed {
            inbox_id: Some(inbox_id.into()),
            ..self
        }
    }

    /// Sets the name, which is `Emulated account` else.
    #[must_use]
    pub fn set_name(self, name: impl Into<String>) -> Self {
        AccountSeed {
            name: name.into(),
            ..self
        }
    }

    /// Sets its own address in the outside service.
    #[must_use]
    pub fn set_delivery_identifier(self, identifier: DeliveryIdentifier) -> Self {
        AccountSeed {
            delivery_identifier: Some(identifier),
            ..self
        }
    }

    /// Sets whether it is switched on in HubSpot.
    #[must_use]
    pub fn set_active(self, active: bool) -> Self {
        AccountSeed { active, ..self }
    }

    /// Sets whether it may be used.
    #[must_use]
    pub fn set_authorized(self, authorized: bool) -> Self {
        AccountSeed { authorized, ..self }
    }

    /// What a read shows of it.
    pub(crate) fn account(&self, inbox_id: InboxId, created_at: Timestamp) -> ChannelAccount {
        ChannelAccount::build(|account| {
            account.id = self.id.clone().into_text().into();
            account.name = self.name.clone().into();
            account.channel_id = self.channel_id.clone().into_text().into();
            account.inbox_id = inbox_id.into_text().into();
            account.created_at = created_at.into();
            account.active = self.active.into();
            account.authorized = self.authorized.into();
            account.archived = false.into();
            account.delivery_identifier = self.delivery_identifier.clone().into();
        })
    }
}
