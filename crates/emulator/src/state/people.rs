//! Who takes part in conversations: agents, contacts, and the visitors at addresses.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use hubchannel_api::model::{Actor, ActorId, ActorType, ContactId, DeliveryIdentifierType, Message};
use serde::{Deserialize, Serialize};

use super::{Address, Draft, Ids, State, USER, contacts::Contacts};
use crate::{
    people::{Agent, Contact},
    snapshot::SnapshotError,
};

/// Those who were added stay. Who is known by messages alone is known as long as there are such messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct People {
    agents: Vec<Agent>,
    contacts: Contacts,
    /// Who is at an address, by portal.
    #[serde(with = "crate::snapshot::form::pairs")]
    known: BTreeMap<(u64, Address), ActorId>,
    /// How often messages name an address.
    #[serde(skip)]
    addresses: Count<(u64, Address)>,
    /// How often messages, conversations and addresses name a visitor.
    #[serde(skip)]
    visitors: Count<(u64, ActorId)>,
    /// How many contacts have gone.
    #[serde(skip)]
    dropped: u64,
}

impl People {
    pub(super) fn new(agents: &[Agent], contacts: &[Contact]) -> Self {
        let mut people = People {
            agents: agents.to_vec(),
            contacts: Contacts::default(),
            known: BTreeMap::new(),
            addresses: Count::default(),
            visitors: Count::default(),
            dropped: 0,
        };
        contacts.iter().for_each(|contact| people.add(contact.clone()));
        people
    }

    pub(super) fn portals(&self) -> impl Iterator<Item = u64> {
        let agents = self.agents.iter().map(|agent| agent.portal_id);
        agents.chain(self.contacts().map(|contact| contact.portal_id))
    }

    pub(crate) fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.from(0)
    }

    /// How many contacts there ever were.
    pub(super) fn ever(&self) -> usize {
        self.contacts.ever()
    }

    /// The contacts behind the first so many.
    pub(super) fn contacts_from(&self, place: usize) -> impl Iterator<Item = &Contact> {
        self.contacts.from(place)
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
        self.contacts.put(contact, false);
    }

    pub(crate) fn contact(&self, portal_id: u64, id: &str) -> Option<&Contact> {
        self.contacts.get(portal_id, id)
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
            self.contacts.put(Contact::new(id.clone(), portal_id), true);
        }
        self.know((portal_id, address.clone()), visitor(id.as_str()));
    }

    fn know(&mut self, place: (u64, Address), actor: ActorId) {
        let portal_id = place.0;
        self.visitors.add((portal_id, actor.clone()));
        if let Some(other) = self.known.insert(place, actor) {
            self.release_visitor(portal_id, other);
        }
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
        let found = self.contacts.at(portal_id, address);
        let actor = match found.map(|contact| visitor(contact.id.as_str())) {
            Some(actor) => actor,
            None => self.arrive(ids, portal_id, address),
        };
        self.know(place, actor.clone());
        actor
    }

    /// Somebody new. An e-mail address or a phone number makes a contact of him.
    fn arrive(&mut self, ids: &mut Ids, portal_id: u64, address: &Address) -> ActorId {
        let number = self.unused_contact(ids, portal_id);
        let contact = Contact::new(&*number, portal_id);
        match DeliveryIdentifierType::from(address.kind.as_str()) {
            DeliveryIdentifierType::HsEmailAddress => self.contacts.put(contact.set_email(address.value.clone()), true),
            DeliveryIdentifierType::HsPhoneNumber => self.contacts.put(contact.set_phone(address.value.clone()), true),
            _ => {}
        }
        visitor(&number)
    }

    /// Notes whom a message names. Who the bridge says that they are is noted [beforehand](People::mention_contact).
    pub(super) fn mention(&mut self, portal_id: u64, message: &Message) {
        for (actor, _, identifier) in participants(message) {
            if let Some(address) = identifier.and_then(Address::read) {
                self.addresses.add((portal_id, address));
            }
            if let Some(actor) = actor.filter(|actor| is_visitor(actor)) {
                self.visitors.add((portal_id, actor.clone()));
            }
        }
    }

    /// Notes that the contact, or who may become one, is named.
    pub(super) fn mention_contact(&mut self, portal_id: u64, id: &ContactId) {
        self.visitors.add((portal_id, visitor(id.as_str())));
    }

    /// Forgets those whom this message was the last to name.
    pub(super) fn release(&mut self, portal_id: u64, message: &Message, contacts: &[ContactId]) {
        for (actor, _, identifier) in participants(message) {
            if let Some(address) = identifier.and_then(Address::read) {
                let place = (portal_id, address);
                if self.addresses.take(&place)
                    && let Some(known) = self.known.remove(&place)
                {
                    self.release_visitor(portal_id, known);
                }
            }
            if let Some(actor) = actor.filter(|actor| is_visitor(actor)) {
                self.release_visitor(portal_id, actor.clone());
            }
        }
        contacts.iter().for_each(|id| self.release_contact(portal_id, id));
    }

    /// Forgets the contact if this was the last to name it, and a message had made it.
    pub(super) fn release_contact(&mut self, portal_id: u64, id: &ContactId) {
        self.release_visitor(portal_id, visitor(id.as_str()));
    }

    fn release_visitor(&mut self, portal_id: u64, actor: ActorId) {
        let number = actor.key().map(str::to_owned);
        if self.visitors.take(&(portal_id, actor))
            && let Some(number) = number
            && self.contacts.drop_made(portal_id, &number)
        {
            self.dropped += 1;
        }
    }

    /// How many contacts have gone since this was asked.
    pub(super) fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }

    /// Whether a message or a conversation names the visitor.
    fn is_named(&self, portal_id: u64, actor: &ActorId) -> bool {
        self.visitors.has(&(portal_id, actor.clone()))
    }

    /// Fails where contacts cannot be told apart, and counts again what follows from the rest.
    pub(super) fn check(&mut self) -> Result<(), SnapshotError> {
        self.contacts.check()?;
        self.addresses = Count::default();
        self.visitors = Count::default();
        for ((portal_id, _), actor) in &self.known {
            self.visitors.add((*portal_id, actor.clone()));
        }
        Ok(())
    }
}

/// How often each thing is named.
#[derive(Clone, Debug)]
struct Count<K>(HashMap<K, usize>);

impl<K> Default for Count<K> {
    fn default() -> Self {
        Count(HashMap::new())
    }
}

impl<K: Eq + Hash> Count<K> {
    fn has(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    fn add(&mut self, key: K) {
        *self.0.entry(key).or_default() += 1;
    }

    /// Counts one less; whether that was the last.
    fn take(&mut self, key: &K) -> bool {
        match self.0.get_mut(key) {
            Some(count) if *count > 1 => {
                *count -= 1;
                false
            }
            Some(_) => {
                self.0.remove(key);
                true
            }
            None => false,
        }
    }
}

fn is_visitor(actor: &ActorId) -> bool {
    actor.actor_type() == Some(ActorType::Visitor)
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
        // Before anybody is found at an address, which could be the end of who was there.
        for contact in &draft.contacts {
            self.people.mention_contact(portal_id, contact);
        }
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
        if !self.people.is_named(portal_id, id) {
            return found;
        }
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
