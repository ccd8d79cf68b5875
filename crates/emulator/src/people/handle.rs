//! What can be done in the inbox.

use hubchannel_api::model::{ActorId, ContactId, Message, ThreadId, ThreadStatus};

use super::{AgentError, AgentMessage, Contact};
use crate::{
    Emulator,
    changes::ChangeKind,
    state::{Doer, USER},
};

/// # People in the inbox
impl Emulator {
    /// Lets an agent reply in a thread.
    ///
    /// ```
    /// use hubchannel_api::{Client, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
    /// use hubchannel_emulator::Emulator;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::new();
    /// let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
    /// let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    /// let body = NewMessage::incoming(emulator.channel_account_id(), visitor, "Is it in stock?");
    /// let message = client.publish_message(PublishMessage::new(emulator.channel_id(), body)).await?;
    /// let thread = message.conversations_thread_id.as_ref().ok_or("no thread")?;
    ///
    /// let reply = emulator.agent_replies(thread.clone(), "The blue one is")?;
    /// assert_eq!(reply.created_by, "A-2620022".into());
    /// assert_eq!(emulator.events().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It goes to those on the outside of the thread's latest message: to all of them where the channel's
    /// `allowMultipleRecipients` is true, else to the first. It opens a closed thread again.
    ///
    /// # Errors
    /// When there is no such thread, agent or file, the channel account is not authorized and active, or the channel's
    /// capabilities do not let agents send this.
    pub fn agent_replies(
        &self,
        thread_id: impl Into<ThreadId>,
        message: impl Into<AgentMessage>,
    ) -> Result<Message, AgentError> {
        let (thread_id, message) = (thread_id.into(), message.into());
        self.change(|state, now| state.reply(&thread_id, message, now))
    }

    /// Gives a thread one more id of the bridge's, as a thread in HubSpot may have several; replies name all of them, and
    /// messages that are published with any of them come into this thread.
    ///
    /// # Errors
    /// When there is no such thread, its channel threads by participants, or another thread has the id.
    pub fn add_integration_thread_id(
        &self,
        thread_id: impl Into<ThreadId>,
        integration_thread_id: impl Into<String>,
    ) -> Result<(), AgentError> {
        let (thread_id, own) = (thread_id.into(), integration_thread_id.into());
        self.change(|state, _| state.add_integration_thread(&thread_id, own))
    }

    /// Lets an agent close a thread; nothing changes where it is closed.
    ///
    /// # Errors
    /// When there is no such thread.
    pub fn close_thread(&self, thread_id: impl Into<ThreadId>) -> Result<(), AgentError> {
        self.set_thread_status(thread_id.into(), ThreadStatus::Closed)
    }

    /// Lets an agent open a thread again; nothing changes where it is open.
    ///
    /// # Errors
    /// When there is no such thread.
    pub fn reopen_thread(&self, thread_id: impl Into<ThreadId>) -> Result<(), AgentError> {
        self.set_thread_status(thread_id.into(), ThreadStatus::Open)
    }

    fn set_thread_status(&self, thread_id: ThreadId, status: ThreadStatus) -> Result<(), AgentError> {
        self.change(|state, now| {
            let portal_id = state.conversation_by_id(&thread_id)?.portal_id();
            let changed = state.set_status(portal_id, &thread_id, status, &Doer::agent(USER), now.into());
            changed.map(|_| ()).ok_or(AgentError::NoThread(thread_id))
        })
    }

    /// Assigns a thread to an agent, such as `A-7001`; nothing changes where it is assigned to that one.
    ///
    /// # Errors
    /// When there is no such thread or agent.
    pub fn assign_thread(&self, thread_id: impl Into<ThreadId>, agent: impl Into<ActorId>) -> Result<(), AgentError> {
        let (thread_id, agent) = (thread_id.into(), agent.into());
        self.change(|state, now| state.assign(&thread_id, Some(agent), now.into()))
    }

    /// Assigns a thread to nobody.
    ///
    /// # Errors
    /// When there is no such thread.
    pub fn unassign_thread(&self, thread_id: impl Into<ThreadId>) -> Result<(), AgentError> {
        let thread_id = thread_id.into();
        self.change(|state, now| state.assign(&thread_id, None, now.into()))
    }

    /// Lets an agent say which contact the thread's visitor is. It is remembered: whatever comes from the visitor's address
    /// later, in any thread of the portal, is the contact's.
    ///
    /// ```
    /// use hubchannel_api::{Client, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
    /// use hubchannel_emulator::{Contact, Emulator};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::new();
    /// emulator.add_contact(Contact::new("151", emulator.portal_id()).set_name("Ada Lovelace"));
    /// let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
    /// let publish = async |text: &str| {
    ///     let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
    ///     let body = NewMessage::incoming(emulator.channel_account_id(), visitor, text);
    ///     client.publish_message(PublishMessage::new(emulator.channel_id(), body)).await
    /// };
    ///
    /// let first = publish("Hello").await?;
    /// assert_eq!(first.created_by, "V-1401".into());
    /// emulator.associate_contact(first.conversations_thread_id.as_ref().ok_or("no thread")?.clone(), "151")?;
    /// assert_eq!(publish("It is me again").await?.created_by, "V-151".into());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When there is no such thread or contact.
    pub fn associate_contact(
        &self,
        thread_id: impl Into<ThreadId>,
        contact_id: impl Into<ContactId>,
    ) -> Result<(), AgentError> {
        let (thread_id, contact_id) = (thread_id.into(), contact_id.into().into_text());
        self.change(|state, _| state.associate(&thread_id, contact_id))
    }

    /// Adds a contact, in the place of one with the same id in the portal.
    pub fn add_contact(&self, contact: Contact) {
        self.change(|state, _| {
            state.changes.note(ChangeKind::Contact, &contact.id);
            state.people.add(contact);
        });
    }

    /// Every contact of every portal: those that were added, and those that messages from unknown e-mail addresses and phone
    /// numbers have made.
    pub fn contacts(&self) -> Vec<Contact> {
        self.look(|state| state.people.contacts().cloned().collect())
    }
}
