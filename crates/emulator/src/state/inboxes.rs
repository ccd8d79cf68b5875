//! The inboxes of portals.

use hubchannel_api::model::{Inbox, InboxId, InboxType, Timestamp};
use serde::{Deserialize, Serialize};

use super::Ids;
use crate::seed::InboxSeed;

/// Every inbox, in the order of seeding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Inboxes(Vec<(u64, Inbox)>);

impl Inboxes {
    /// These, made now.
    pub(super) fn new(seeds: &[InboxSeed], created_at: &Timestamp) -> Self {
        let mut inboxes = Inboxes(Vec::new());
        for seed in seeds {
            inboxes.0.retain(|(_, inbox)| inbox.id.as_ref() != Some(&seed.id));
            inboxes.add(seed.clone(), created_at.clone());
        }
        inboxes
    }

    /// Every inbox with its portal.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u64, &Inbox)> {
        self.0.iter().map(|(portal_id, inbox)| (*portal_id, inbox))
    }

    /// Makes an inbox with an id that no other has.
    pub(crate) fn make(
        &mut self,
        ids: &mut Ids,
        portal_id: u64,
        name: String,
        kind: InboxType,
        created_at: Timestamp,
    ) -> Inbox {
        let id = self.unused(ids);
        let seed = InboxSeed {
            id,
            portal_id,
            name,
            kind,
        };
        self.add(seed, created_at)
    }

    fn unused(&self, ids: &mut Ids) -> InboxId {
        loop {
            let id = ids.inbox();
            if self.get(id.as_str()).is_none() {
                return id;
            }
        }
    }

    fn add(&mut self, seed: InboxSeed, created_at: Timestamp) -> Inbox {
        let inbox = Inbox::build(|inbox| {
            inbox.id = seed.id.into_text().into();
            inbox.name = seed.name.into();
            inbox.r#type = seed.kind.into();
            inbox.created_at = created_at.clone().into();
            inbox.updated_at = created_at.into();
            inbox.archived = false.into();
        });
        self.0.push((seed.portal_id, inbox.clone()));
        inbox
    }

    /// The portal's inboxes, each with its place among all.
    pub(crate) fn of(&self, portal_id: u64) -> impl Iterator<Item = (usize, &Inbox)> {
        let all = self.0.iter().enumerate();
        all.filter(move |(_, (portal, _))| *portal == portal_id)
            .map(|(place, (_, inbox))| (place, inbox))
    }

    /// The inbox and its portal.
    pub(crate) fn get(&self, id: &str) -> Option<(u64, &Inbox)> {
        let found = self
            .0
            .iter()
            .find(|(_, inbox)| inbox.id.as_ref().is_some_and(|own| own == id));
        found.map(|(portal_id, inbox)| (*portal_id, inbox))
    }

    pub(crate) fn is_of(&self, portal_id: u64, id: &str) -> bool {
        self.get(id).is_some_and(|(portal, _)| portal == portal_id)
    }

    /// The inbox that an account to start with is in: the one that it names, or the portal's first. Made where it is not
    /// there.
    pub(super) fn for_account(
        &mut self,
        ids: &mut Ids,
        portal_id: u64,
        wanted: Option<InboxId>,
        created_at: &Timestamp,
    ) -> InboxId {
        let first = || self.of(portal_id).find_map(|(_, inbox)| inbox.id.as_ref().cloned());
        let id = match wanted.or_else(first) {
            Some(id) => id,
            None => self.unused(ids),
        };
        if self.get(id.as_str()).is_none() {
            let seed = InboxSeed {
                id: id.clone(),
                portal_id,
                name: "Inbox".to_owned(),
                kind: InboxType::Inbox,
            };
            self.add(seed, created_at.clone());
        }
        id
    }
}
