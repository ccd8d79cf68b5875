//! Who takes part in conversations: agents, contacts, and the visitors at addresses.

use std::collections::BTreeMap;

use hubchannel_api::model::{Actor, ActorId, ActorType, ContactId, DeliveryIdentifierType, Message};
use serde::{Deserialize, Serialize};

use super::{Address, Draft, Ids, State, USER};
use crate::people::{Agent, Contact};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct People {
    agents: Vec<Agent>,
    contacts: Vec<Contact>,
    /// Who is at an address, by portal.
    #[serde(with = "crate::snapshot::form::pairs")]
    known: BTreeMap<(u64, Address), ActorId>,
}

impl People {
    pub(super) fn new(agents: &[Agent], contacts: &[Contact]) -> Self {
        let mut people = People {
            agents: agents.to_vec(),
            contacts: Vec::new(),
            known: BTreeMap::new(),
        };
        contacts.iter().for_each(|contact| people.add(contact.clone()));
        people
    }

    pub(super) fn portals(&self) -> impl Iterator<Item = u64> {
        let agents = self.agents.iter().map(|agent| agent.portal_id);
        agents.chain(self.contacts.iter().map(|contact| contact.portal_id))
    }

    pub(crate) fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    /// Adds a user, in the place of the one that has the number in the portal.
    pub(crate) fn add_agent(&mut self, agent: Agent) {
        let same = |other: &Agent| (other.portal_id, other.user_id) == (agent.portal_id, agent.user_id);
        self.agents.retain(|other| !same(other));
        self.agents.push(agent);
    }

    /// A number that no contact of the portal has.
    pub(crate) fn unused_contact(&self, ids: &mut Ids, portal_id: u64) -> String {
        loop {
            let number = ids.visitor();
            if self.contact(portal_id, &number).is_none() {
                return number;
            }
        }
    }

    /// Adds a contact, in the place of the one that has its id.
    pub(crate) fn add(&mut self, contact: Contact) {
        let same = |other: &&mut Contact| (other.portal_id, &other.id) == (contact.portal_id, &contact.id);
        match self.contacts.iter_mut().find(same) {
            Some(other) => *other = contact,
            None => self.contacts.push(contact),
        }
    }

    pub(crate) fn contact(&self, portal_id: u64, id: &str) -> Option<&Contact> {
        self.contacts
            .iter()
            .find(|contact| contact.portal_id == portal_id && contact.id == *id)
    }

    /// The user of the portal; of two with the same number the later one.
    pub(super) fn agent(&self, portal_id: u64, id: &ActorId) -> Option<Agent> {
        let mut agents = self.agents.iter().rev();
        let added = agents.find(|agent| agent.portal_id == portal_id && agent.actor_id() == *id);
        let default = || Some(Agent::new(USER, portal_id)).filter(|agent| agent.actor_id() == *id);
        added.cloned().or_else(default)
    }

    /// Notes that a contact, which is made where there is none, is at this address.
    pub(super) fn identify(&mut self, portal_id: u64, address: &Address, id: &ContactId) {
        if self.contact(portal_id, id.as_str()).is_none() {
            self.contacts.push(Contact::new(id.clone(), portal_id));
        }
        self.known.insert((portal_id, address.clone()), visitor(id.as_str()));
    }

    pub(super) fn known_at(&self, portal_id: u64, address: &Address) -> Option<ActorId> {
        self.known.get(&(portal_id, address.clone())).cloned()
    }

    /// The visitor at this address: the same one each time.
    pub(super) fn at(&mut self, ids: &mut Ids, portal_id: u64, address: &Address) -> ActorId {
        let place = (portal_id, address.clone());
        if let Some(known) = self.known.get(&place) {
            return known.clone();
        }
        let actor = self
            .find(portal_id, address)
            .unwrap_or_else(|| self.arrive(ids, portal_id, address));
        self.known.insert(place, actor.clone());
        actor
    }

    /// The contact that has this e-mail address or phone number.
    fn find(&self, portal_id: u64, address: &Address) -> Option<ActorId> {
        let is_at = |contact: &&Contact| match DeliveryIdentifierType::from(address.kind.as_str()) {
            DeliveryIdentifierType::HsEmailAddress => {
                let email = contact.email.as_ref();
                email.is_some_and(|email| email.eq_ignore_ascii_case(&address.value))
            }
            DeliveryIdentifierType::HsPhoneNumber => contact.phone.as_ref() == Some(&address.value),
            _ => false,
        };
        let found = self.contacts.iter().filter(|contact| contact.portal_id == portal_id);
        found
            .into_iter()
            .find(is_at)
            .map(|contact| visitor(contact.id.as_str()))
    }

    /// Somebody new. An e-mail address or a phone number makes a contact of him.
    fn arrive(&mut self, ids: &mut Ids, portal_id: u64, address: &Address) -> ActorId {
        let number = self.unused_contact(ids, portal_id);
        let contact = Contact::new(&*number, portal_id);
        match DeliveryIdentifierType::from(address.kind.as_str()) {
            DeliveryIdentifierType::HsEmailAddress => self.contacts.push(contact.set_email(address.value.clone())),
            DeliveryIdentifierType::HsPhoneNumber => self.contacts.push(contact.set_phone(address.value.clone())),
            _ => {}
        }
        visitor(&number)
    }
}

fn visitor(number: &str) -> ActorId {
    ActorId::from(format!("V-{number}"))
}

impl State {
    /// The users of every portal: those that were added, and in each portal the one who does what nobody else is named for.
    pub(crate) fn agents(&self) -> Vec<Agent> {
        let mut agents: Vec<Agent> = Vec::new();
        // Of two with the same number the later one counts.
        for agent in self.people.agents.iter().rev() {
            let same = |other: &Agent| (other.portal_id, other.user_id) == (agent.portal_id, agent.user_id);
            if !agents.iter().any(same) {
                agents.push(agent.clone());
            }
        }
        agents.reverse();
        for portal_id in self.portals() {
            if !agents
                .iter()
                .any(|agent| (agent.portal_id, agent.user_id) == (portal_id, USER))
            {
                agents.push(Agent::new(USER, portal_id));
            }
        }
        agents
    }

    /// Notes who those on the outside are, as far as the bridge says so.
    pub(super) fn introduce(&mut self, portal_id: u64, draft: &Draft) {
        for (party, contact) in draft.visitors().iter().zip(&draft.contacts) {
            self.people.identify(portal_id, &party.address, contact);
        }
    }

    /// Who acts in the portal under this id.
    pub(crate) fn actor(&self, portal_id: u64, app_id: u64, id: &ActorId) -> Option<Actor> {
        let (name, email) = match id.actor_type()? {
            ActorType::Visitor => self.visitor(portal_id, id)?,
            ActorType::Agent => {
                let agent = self.people.agent(portal_id, id)?;
                (Some(agent.name), Some(agent.email))
            }
            ActorType::Integrator if id.key() == Some(&app_id.to_string()) => (Some("Emulated app".to_owned()), None),
            ActorType::System if id.key() == Some("hubspot") => (Some("HubSpot".to_owned()), None),
            _ => return None,
        };
        Some(Actor::build(|actor| {
            actor.r#type = id.actor_type().into();
            actor.id = id.clone().into();
            actor.name = name.into();
            actor.email = email.into();
        }))
    }

    /// Name and e-mail address: the contact's, and else what messages say; `None` where nobody has the id.
    fn visitor(&self, portal_id: u64, id: &ActorId) -> Option<(Option<String>, Option<String>)> {
        let contact = id.key().and_then(|number| self.people.contact(portal_id, number));
        let seen = self.seen(portal_id, id);
        if contact.is_none() && seen.is_none() {
            return None;
        }
        let (name, email) = seen.unwrap_or_default();
        let of_contact = |member: fn(&Contact) -> &Option<String>| contact.and_then(|contact| member(contact).clone());
        Some((of_contact(|contact| &contact.name).or(name), of_contact(|contact| &contact.email).or(email)))
    }

    /// What a visitor was called last, and the address where it is one of e-mail; `None` where nobody has the id.
    fn seen(&self, portal_id: u64, id: &ActorId) -> Option<(Option<String>, Option<String>)> {
        let mut found = None;
        for message in self.messages_of(portal_id) {
            for (actor, name, identifier) in participants(message) {
                if actor != Some(id) {
                    continue;
                }
                let (last_name, last_email) = found.get_or_insert((None, None));
                if let Some(name) = name {
                    *last_name = Some(name.clone());
                }
                let is_email = |kind: &DeliveryIdentifierType| *kind == DeliveryIdentifierType::HsEmailAddress;
                let kind = identifier.and_then(|identifier| identifier.r#type.as_ref());
                if kind.is_some_and(is_email) {
                    *last_email = identifier.and_then(|identifier| identifier.value.as_ref().cloned());
                }
            }
        }
        found
    }
}

type Participant<'m> = (Option<&'m ActorId>, Option<&'m String>, Option<&'m hubchannel_api::model::DeliveryIdentifier>);

/// Senders and then recipients.
fn participants(message: &Message) -> impl Iterator<Item = Participant<'_>> {
    let senders = message.senders.as_deref().unwrap_or_default().iter();
    let senders = senders.map(|sender| (&sender.actor_id, &sender.name, &sender.delivery_identifier));
    let recipients = message.recipients.as_deref().unwrap_or_default().iter();
    let recipients = recipients.map(|other| (&other.actor_id, &other.name, &other.delivery_identifier));
    senders
        .chain(recipients)
        .map(|(actor, name, identifier)| (actor.as_ref(), name.as_ref(), identifier.as_ref()))
}
