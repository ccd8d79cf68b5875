//! Channel accounts: where channels are connected to inboxes.

use hubchannel_api::model::{
    ChannelAccount, ChannelAccountId, ChannelAccountUpdate, ChannelId, DeliveryIdentifier, Field, InboxId, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Ids, Inboxes};
use crate::{behaviour::DuplicateIdentifier, seed::Seed};

/// Every account there ever was, in the order of connecting.
#[derive(Debug)]
pub(crate) struct Accounts(Vec<Held>, DuplicateIdentifier);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Held {
    portal_id: u64,
    account: ChannelAccount,
}

/// An account to connect.
#[derive(Clone, Debug)]
pub(crate) struct NewAccount {
    pub(crate) portal_id: u64,
    pub(crate) channel_id: ChannelId,
    pub(crate) inbox_id: InboxId,
    pub(crate) name: String,
    pub(crate) authorized: bool,
    pub(crate) delivery_identifier: Option<DeliveryIdentifier>,
}

/// The account that has the identifier already.
#[derive(Clone, Debug)]
pub(crate) struct Taken(pub(crate) ChannelAccountId);

impl Held {
    pub(super) fn id(&self) -> Option<&str> {
        self.account.id.as_ref().map(|id| id.as_str())
    }

    fn is(&self, id: &str) -> bool {
        self.account.id.as_ref().is_some_and(|own| own == id)
    }

    fn is_on(&self, portal_id: u64, channel_id: &ChannelId) -> bool {
        self.portal_id == portal_id && self.account.channel_id.as_ref() == Some(channel_id)
    }
}

pub(crate) fn is_archived(account: &ChannelAccount) -> bool {
    account.archived.as_ref() == Some(&true)
}

impl Accounts {
    /// These, connected now.
    pub(super) fn new(seed: &Seed, inboxes: &mut Inboxes, ids: &mut Ids, created_at: &Timestamp) -> Self {
        let mut accounts = Accounts(Vec::new(), seed.behaviour().duplicate_identifier);
        for seed in seed.accounts() {
            let inbox_id = inboxes.for_account(ids, seed.portal_id, seed.inbox_id.clone(), created_at);
            accounts.0.retain(|held| !held.is(seed.id.as_str()));
            accounts.0.push(Held {
                portal_id: seed.portal_id,
                account: seed.account(inbox_id, created_at.clone()),
            });
        }
        accounts
    }

    /// These, as they were kept.
    pub(super) fn with_held(held: Vec<Held>, seed: &Seed) -> Self {
        Accounts(held, seed.behaviour().duplicate_identifier)
    }

    pub(super) fn held(&self) -> &[Held] {
        &self.0
    }

    /// All of them, archived ones too.
    pub(crate) fn all(&self) -> impl Iterator<Item = &ChannelAccount> {
        self.0.iter().map(|held| &held.account)
    }

    /// All of them, each with its portal.
    pub(crate) fn everywhere(&self) -> impl Iterator<Item = (u64, &ChannelAccount)> {
        self.0.iter().map(|held| (held.portal_id, &held.account))
    }

    /// The portal and the channel of the account of this id.
    pub(crate) fn place(&self, id: &str) -> Option<(u64, ChannelId)> {
        let held = self.0.iter().find(|held| held.is(id))?;
        Some((held.portal_id, held.account.channel_id.as_ref()?.clone()))
    }

    /// The portal's, of whichever channel, each with its place among all there ever were.
    pub(crate) fn of_portal(&self, portal_id: u64) -> impl Iterator<Item = (usize, &ChannelAccount)> {
        let all = self.0.iter().enumerate();
        all.filter(move |(_, held)| held.portal_id == portal_id)
            .map(|(place, held)| (place, &held.account))
    }

    /// The account of this id, where portal and channel are its own.
    pub(crate) fn get(&self, portal_id: u64, channel_id: &ChannelId, id: &str) -> Option<&ChannelAccount> {
        let found = self
            .0
            .iter()
            .find(|held| held.is(id) && held.is_on(portal_id, channel_id));
        found.map(|held| &held.account)
    }

    /// The account of this id and its portal.
    pub(super) fn any_mut(&mut self, id: &str) -> Option<(u64, &mut ChannelAccount)> {
        let found = self.0.iter_mut().find(|held| held.is(id));
        found.map(|held| (held.portal_id, &mut held.account))
    }

    /// Takes the account of this id out, and says of which portal it was.
    pub(super) fn remove(&mut self, id: &str) -> Option<(u64, ChannelAccount)> {
        let at = self.0.iter().position(|held| held.is(id))?;
        let held = self.0.remove(at);
        Some((held.portal_id, held.account))
    }

    /// Whether the identifier is free on this channel in this portal, or need not be.
    pub(crate) fn check_free(
        &self,
        portal_id: u64,
        channel_id: &ChannelId,
        identifier: Option<&DeliveryIdentifier>,
    ) -> Result<(), Taken> {
        let Some(identifier) = identifier.filter(|_| self.1 == DuplicateIdentifier::Conflict) else {
            return Ok(());
        };
        let holder = self.0.iter().find(|held| {
            held.is_on(portal_id, channel_id)
                && !is_archived(&held.account)
                && held.account.delivery_identifier.as_ref() == Some(identifier)
        });
        match holder.and_then(|held| held.account.id.as_ref()) {
            Some(id) => Err(Taken(id.clone())),
            None => Ok(()),
        }
    }

    pub(super) fn connect(
        &mut self,
        ids: &mut Ids,
        new: NewAccount,
        created_at: Timestamp,
    ) -> Result<ChannelAccount, Taken> {
        self.check_free(new.portal_id, &new.channel_id, new.delivery_identifier.as_ref())?;
        let account = ChannelAccount::build(|account| {
            account.id = self.unused(ids).into();
            account.name = new.name.into();
            account.channel_id = new.channel_id.into();
            account.inbox_id = new.inbox_id.into();
            account.created_at = created_at.into();
            account.active = true.into();
            account.authorized = new.authorized.into();
            account.archived = false.into();
            account.delivery_identifier = new.delivery_identifier.into();
        });
        self.0.push(Held {
            portal_id: new.portal_id,
            account: account.clone(),
        });
        Ok(account)
    }

    /// An id that no account has ever had.
    fn unused(&self, ids: &mut Ids) -> ChannelAccountId {
        loop {
            let id = ids.account();
            if !self.0.iter().any(|held| held.is(id.as_str())) {
                return id;
            }
        }
    }

    /// Changes what the update has.
    pub(super) fn change(
        &mut self,
        portal_id: u64,
        channel_id: &ChannelId,
        id: &str,
        update: ChannelAccountUpdate,
    ) -> Option<ChannelAccount> {
        let held = self
            .0
            .iter_mut()
            .find(|held| held.is(id) && held.is_on(portal_id, channel_id) && !is_archived(&held.account))?;
        let account = &mut held.account;
        if let Field::Value(name) = update.name {
            account.name = name.into();
        }
        if let Field::Value(authorized) = update.authorized {
            account.authorized = authorized.into();
        }
        Some(account.clone())
    }
}
