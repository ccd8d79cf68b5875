//! What there is to report to channels' webhooks, and to those who subscribe to conversations.

use std::collections::BTreeMap;

use hubchannel_api::model::{
    AccountDeliveryIdentifier, ChannelAccount, ChannelAccountCreated, ChannelAccountPurged, ChannelAccountUpdate,
    ChannelAccountUpdated, ChannelEvent, ChannelId, ConversationEvent, ConversationEventType, Field, Number, PortalId,
    ThreadId, Timestamp,
};

use serde::{Deserialize, Serialize};

use super::{
    NewAccount, State,
    accounts::{Taken, is_archived},
};
use crate::{changes::ChangeKind, snapshot::SnapshotError, webhooks::WebhookEvent};

/// What has happened: events of channels as long as they are kept, and what is not reported yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Events {
    /// By number.
    #[serde(with = "crate::snapshot::form::pairs")]
    kept: BTreeMap<u64, ChannelEvent>,
    /// How many events of channels there ever were, which is the number of the next.
    ever: u64,
    #[serde(skip)]
    fresh: Vec<WebhookEvent>,
}

impl Events {
    pub(crate) fn all(&self) -> impl Iterator<Item = &ChannelEvent> {
        self.kept.values()
    }

    /// Keeps an event of a channel and has it reported; its number.
    pub(super) fn push(&mut self, event: ChannelEvent) -> u64 {
        let number = self.ever;
        self.ever += 1;
        self.kept.insert(number, event.clone());
        self.fresh.push(WebhookEvent::Channel(event));
        number
    }

    /// Takes out what is not reported yet.
    pub(crate) fn take_fresh(&mut self) -> Vec<WebhookEvent> {
        std::mem::take(&mut self.fresh)
    }

    pub(super) fn remove(&mut self, number: u64) -> bool {
        self.kept.remove(&number).is_some()
    }

    /// Lets the oldest go where there are more than so many; how many went.
    pub(super) fn retain(&mut self, most: usize) -> u64 {
        let before = self.kept.len();
        while self.kept.len() > most.max(1) {
            self.kept.pop_first();
        }
        (before - self.kept.len()) as u64
    }

    /// Fails where a number was not given yet.
    pub(super) fn check(&self) -> Result<(), SnapshotError> {
        const END: u64 = 1 << 48;
        let last = self.kept.last_key_value().map(|(number, _)| *number);
        if self.ever >= END || last.is_some_and(|last| last >= self.ever) {
            let message = format!("numbers of events are less than `ever`, and that is less than {END}");
            return Err(SnapshotError::at("state.events.ever", message));
        }
        Ok(())
    }
}

/// An event about an account: the members that all of them have.
macro_rules! account_event {
    ($state:ident, $kind:ident, $portal_id:expr, $account:expr, $now:expr) => {{
        let (account, id): (&ChannelAccount, _) = ($account, $state.ids.event());
        let event = $kind::build(|event| {
            event.portal_id = PortalId::from($portal_id.to_string()).into();
            event.channel_id = account.channel_id.clone();
            event.event_id = id.into();
            event.event_timestamp = $now.into();
            event.channel_account_id = account.id.clone();
            event.channel_account_delivery_identifier = $state.identifier(account).into();
            event.authorized = account.authorized.clone();
        });
        let id = account.id.as_ref().map(ToString::to_string);
        $state.changes.note_in(ChangeKind::Account, id, None);
        $state.events.push(ChannelEvent::$kind(event));
    }};
}

impl State {
    /// Connects an account.
    pub(crate) fn connect(&mut self, new: NewAccount, now: Timestamp) -> Result<ChannelAccount, Taken> {
        let portal_id = new.portal_id;
        let account = self.accounts.connect(&mut self.ids, new, now.clone())?;
        account_event!(self, ChannelAccountCreated, portal_id, &account, now);
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
        self.changes.note(ChangeKind::Account, id);
        true
    }

    /// Removes an account for good, as only HubSpot does; `false` where there is none.
    pub(crate) fn purge_account(&mut self, id: &str, now: Timestamp) -> bool {
        let Some((portal_id, account)) = self.accounts.remove(id) else {
            return false;
        };
        account_event!(self, ChannelAccountPurged, portal_id, &account, now);
        true
    }

    fn updated(&mut self, portal_id: u64, account: &ChannelAccount, now: Timestamp) {
        account_event!(self, ChannelAccountUpdated, portal_id, account, now);
    }

    /// Reports to those who subscribe that something happened to a conversation.
    pub(super) fn tell_of(
        &mut self,
        portal_id: u64,
        thread: &ThreadId,
        what: ConversationEventType,
        now: &Timestamp,
        fill: impl FnOnce(&mut ConversationEvent),
    ) {
        let id = self.ids.conversation_event();
        if self.apps.subscribers().next().is_none() {
            return;
        }
        let event = ConversationEvent::build(|event| {
            event.event_id = id.into();
            event.portal_id = PortalId::from(portal_id.to_string()).into_number().into();
            event.occurred_at = now.to_unix_millis().map(Number::from).into();
            event.subscription_type = what.into();
            event.change_source = "CRM".to_owned().into();
            event.object_id = thread.clone().into_number().into();
            fill(event);
        });
        self.events.fresh.push(WebhookEvent::Conversation(event));
    }

    fn identifier(&self, account: &ChannelAccount) -> Option<AccountDeliveryIdentifier> {
        let identifier = account.delivery_identifier.as_ref()?;
        Some(match identifier.value.as_deref() {
            Some(value) if self.identifiers_as_text => value.into(),
            _ => identifier.clone().into(),
        })
    }
}
