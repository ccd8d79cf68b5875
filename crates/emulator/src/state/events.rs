//! What there is to report to channels' webhooks.

use hubchannel_api::model::{
    AccountDeliveryIdentifier, ChannelAccount, ChannelAccountCreated, ChannelAccountUpdate, ChannelAccountUpdated,
    ChannelEvent, ChannelId, Field, PortalId, Timestamp,
};

use super::{
    NewAccount, State,
    accounts::{Taken, is_archived},
};

/// Fills the members that all events about accounts have.
macro_rules! tell {
    ($event:ident of $account:ident in $portal_id:ident, $id:expr, $now:expr) => {
        $event.portal_id = PortalId::from($portal_id.to_string()).into();
        $event.channel_id = $account.channel_id.clone();
        $event.event_id = $id.into();
        $event.event_timestamp = $now.into();
        $event.channel_account_id = $account.id.clone();
        let identifier = $account.delivery_identifier.as_ref().cloned();
        $event.channel_account_delivery_identifier = identifier.map(AccountDeliveryIdentifier::from).into();
        $event.authorized = $account.authorized.clone();
    };
}

impl State {
    /// Connects an account.
    pub(crate) fn connect(&mut self, new: NewAccount, now: Timestamp) -> Result<ChannelAccount, Taken> {
        let portal_id = new.portal_id;
        let account = self.accounts.connect(&mut self.ids, new, now.clone())?;
        let id = self.ids.event();
        self.events
            .push(ChannelEvent::ChannelAccountCreated(ChannelAccountCreated::build(|event| {
                tell!(event of account in portal_id, id, now);
            })));
        Ok(account)
    }

    /// Changes an account, for a bridge.
    pub(crate) fn change_account(
        &mut self,
        portal_id: u64,
        channel_id: &ChannelId,
        id: &str,
        update: ChannelAccountUpdate,
        now: Timestamp,
    ) -> Option<ChannelAccount> {
        let account = self.accounts.change(portal_id, channel_id, id, update)?;
        self.updated(portal_id, &account, now);
        Some(account)
    }

    /// Switches an account on or off, as only HubSpot does; `false` where there is none.
    pub(crate) fn set_account_active(&mut self, id: &str, active: bool, now: Timestamp) -> bool {
        let found = self.accounts.any_mut(id).filter(|(_, account)| !is_archived(account));
        let Some((portal_id, account)) = found else {
            return false;
        };
        account.active = active.into();
        let account = account.clone();
        self.updated(portal_id, &account, now);
        true
    }

    /// Archives an account, as only HubSpot does; `false` where there is none.
    pub(crate) fn archive_account(&mut self, id: &str, now: Timestamp) -> bool {
        let found = self.accounts.any_mut(id).filter(|(_, account)| !is_archived(account));
        let Some((_, account)) = found else { return false };
        account.archived = true.into();
        account.archived_at = Field::Value(now);
        true
    }

    fn updated(&mut self, portal_id: u64, account: &ChannelAccount, now: Timestamp) {
        let id = self.ids.event();
        self.events
            .push(ChannelEvent::ChannelAccountUpdated(ChannelAccountUpdated::build(|event| {
                tell!(event of account in portal_id, id, now);
            })));
    }
}
