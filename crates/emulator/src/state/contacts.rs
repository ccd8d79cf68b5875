//! Contacts, and who has which address.

use std::collections::{BTreeMap, BTreeSet};

use hubchannel_api::model::DeliveryIdentifierType;
use serde::{Deserialize, Serialize};

use super::Address;
use crate::{
    people::Contact,
    snapshot::{MOST_EVER, SnapshotError},
};

/// Every contact, by its place, and where each is found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Contacts {
    #[serde(with = "crate::snapshot::form::pairs")]
    all: BTreeMap<usize, Held>,
    /// How many there ever were, which is the place of the next.
    ever: usize,
    #[serde(skip)]
    by_id: BTreeMap<(u64, String), usize>,
    /// By e-mail address and phone number; the first one counts.
    #[serde(skip)]
    by_reach: BTreeMap<(u64, Reach), BTreeSet<usize>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Held {
    contact: Contact,
    /// Whether a message has made it, and nobody has added it.
    made: bool,
}

/// What a contact is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// In small letters.
    Email(String),
    Phone(String),
}

fn reaches(contact: &Contact) -> impl Iterator<Item = (u64, Reach)> {
    let email = contact
        .email
        .as_ref()
        .map(|email| Reach::Email(email.to_ascii_lowercase()));
    let phone = contact.phone.clone().map(Reach::Phone);
    let portal_id = contact.portal_id;
    email.into_iter().chain(phone).map(move |reach| (portal_id, reach))
}

fn key(contact: &Contact) -> (u64, String) {
    (contact.portal_id, contact.id.as_str().to_owned())
}

impl Contacts {
    pub(super) fn ever(&self) -> usize {
        self.ever
    }

    /// Those at this place and behind it.
    pub(super) fn from(&self, place: usize) -> impl Iterator<Item = &Contact> {
        self.all.range(place..).map(|(_, held)| &held.contact)
    }

    pub(super) fn get(&self, portal_id: u64, id: &str) -> Option<&Contact> {
        let place = self.by_id.get(&(portal_id, id.to_owned()))?;
        self.all.get(place).map(|held| &held.contact)
    }

    /// The contact that has this e-mail address or phone number.
    pub(super) fn at(&self, portal_id: u64, address: &Address) -> Option<&Contact> {
        let reach = match DeliveryIdentifierType::from(address.kind.as_str()) {
            DeliveryIdentifierType::HsEmailAddress => Reach::Email(address.value.to_ascii_lowercase()),
            DeliveryIdentifierType::HsPhoneNumber => Reach::Phone(address.value.clone()),
            _ => return None,
        };
        let place = self.by_reach.get(&(portal_id, reach))?.first()?;
        self.all.get(place).map(|held| &held.contact)
    }

    /// Adds a contact, in the place of the one that has its id.
    pub(super) fn put(&mut self, contact: Contact, made: bool) {
        let key = key(&contact);
        let place = match self.by_id.get(&key) {
            Some(place) => *place,
            None => {
                self.ever += 1;
                self.ever - 1
            }
        };
        self.forget_reaches(place);
        for reach in reaches(&contact) {
            self.by_reach.entry(reach).or_default().insert(place);
        }
        self.by_id.insert(key, place);
        self.all.insert(place, Held { contact, made });
    }

    /// Drops a contact that a message has made; `false` where there is none.
    pub(super) fn drop_made(&mut self, portal_id: u64, id: &str) -> bool {
        let key = (portal_id, id.to_owned());
        let Some(place) = self.by_id.get(&key).copied() else {
            return false;
        };
        if !self.all.get(&place).is_some_and(|held| held.made) {
            return false;
        }
        self.forget_reaches(place);
        self.by_id.remove(&key);
        self.all.remove(&place).is_some()
    }

    fn forget_reaches(&mut self, place: usize) {
        let Some(held) = self.all.get(&place) else { return };
        for reach in reaches(&held.contact) {
            if let Some(places) = self.by_reach.get_mut(&reach) {
                places.remove(&place);
                if places.is_empty() {
                    self.by_reach.remove(&reach);
                }
            }
        }
    }

    /// Fails where two cannot be told apart, and finds again which has which id and address.
    pub(super) fn check(&mut self) -> Result<(), SnapshotError> {
        self.by_id.clear();
        self.by_reach.clear();
        let last = self.all.last_key_value().map(|(place, _)| *place);
        if self.ever >= MOST_EVER || last.is_some_and(|last| last >= self.ever) {
            let message = format!("places of contacts are less than `ever`, and that is less than {MOST_EVER}");
            return Err(SnapshotError::at("state.people.contacts.ever", message));
        }
        for (at, (place, held)) in self.all.iter().enumerate() {
            if self.by_id.insert(key(&held.contact), *place).is_some() {
                let path = format!("state.people.contacts.all[{at}][1].contact.id");
                return Err(SnapshotError::at(path, "another contact of the portal has this id"));
            }
            for reach in reaches(&held.contact) {
                self.by_reach.entry(reach).or_default().insert(*place);
            }
        }
        Ok(())
    }
}
