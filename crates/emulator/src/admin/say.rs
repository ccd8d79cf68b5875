//! What agents and visitors say.

use hubchannel_api::model::{
    ActorId, Attachment, ChannelAccountId, ChannelId, DeliveryIdentifier, FileAttachment, FileId, Message, NewMessage,
    Participant, ThreadId,
};
use serde::Deserialize;

use super::{
    AdminError,
    files::{FileInput, Named},
};
use crate::{AgentError, AgentMessage, Emulator, emulator::World, service};

/// What an agent replies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ReplyInput {
    /// The text; where there is only `rich_text`, its plain form unless set.
    pub text: Option<String>,
    /// The text as HTML.
    pub rich_text: Option<String>,
    /// Who replies, such as `A-7001`; the user 2620022 unless set.
    pub agent_id: Option<String>,
    /// Files.
    pub files: Vec<FileInput>,
}

impl ReplyInput {
    fn read(self) -> Result<AgentMessage, AdminError> {
        let mut message = match (self.text, self.rich_text) {
            (Some(text), None) => AgentMessage::new(text),
            (None, Some(html)) => AgentMessage::html(html),
            (Some(text), Some(html)) => AgentMessage::new(text).set_rich_text(html),
            (None, None) => AgentMessage::new(""),
        };
        for (place, file) in self.files.iter().enumerate() {
            message = match file.read(&format!("files[{place}]"))? {
                Named::Known(id) => message.add_file(id),
                Named::New(new) => message.add_new_file(new.name, new.media_type, new.content),
            };
        }
        Ok(match self.agent_id {
            Some(agent) => message.set_agent(ActorId::from(agent)),
            None => message,
        })
    }
}

/// What a visitor says in a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VisitorInput {
    /// The text; it may be empty beside a file.
    pub text: String,
    /// The text as HTML.
    pub rich_text: Option<String>,
    /// Files.
    pub files: Vec<FileInput>,
}

/// What a visitor says who need not have a conversation yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NewVisitorInput {
    /// The channel account that the message comes in by.
    pub channel_account_id: String,
    /// Who it is.
    pub sender: SenderInput,
    /// The text; it may be empty beside a file.
    pub text: String,
    /// The text as HTML.
    pub rich_text: Option<String>,
    /// Files.
    pub files: Vec<FileInput>,
    /// The bridge's id of the conversation.
    pub integration_thread_id: Option<String>,
}

/// A visitor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SenderInput {
    /// Where the visitor is in the outside service.
    pub value: String,
    /// What kind of address this is; `CHANNEL_SPECIFIC_OPAQUE_ID` unless set.
    pub r#type: Option<String>,
    /// What the visitor is called.
    pub name: Option<String>,
}

impl From<AgentError> for AdminError {
    fn from(error: AgentError) -> Self {
        let message = error.to_string();
        match error {
            AgentError::NoThread(_) => AdminError::not_found(message),
            AgentError::NoAgent(_) => AdminError::invalid("agentId", message),
            AgentError::NoContact(_) => AdminError::invalid("contactId", message),
            AgentError::NoFile(_) => AdminError::invalid("files", message),
            _ => AdminError::refused(message),
        }
    }
}

/// # Saying something
impl Emulator {
    /// Lets an agent reply, as [`agent_replies`](Emulator::agent_replies) does.
    ///
    /// # Errors
    /// When the input is not what it must be, or the channel does not let agents send this.
    pub fn reply(&self, conversation: impl Into<ThreadId>, reply: ReplyInput) -> Result<Message, AdminError> {
        let message = reply.read()?;
        Ok(self.agent_replies(conversation, message)?)
    }

    /// Lets the visitor of a conversation say something in it: a message comes in as if a bridge had published it.
    ///
    /// ```
    /// use hubchannel_emulator::{Emulator, admin::{NewVisitorInput, SenderInput, VisitorInput}};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::new();
    /// let first = emulator.new_visitor_says(NewVisitorInput {
    ///     channel_account_id: emulator.channel_account_id().to_string(),
    ///     sender: SenderInput { value: "chat:987654321".to_owned(), ..SenderInput::default() },
    ///     text: "Hello".to_owned(),
    ///     ..NewVisitorInput::default()
    /// })?;
    /// let conversation = first.conversations_thread_id.as_ref().ok_or("no conversation")?;
    /// let input = VisitorInput { text: "Anybody there?".to_owned(), ..VisitorInput::default() };
    /// emulator.visitor_says(conversation.clone(), input)?;
    /// assert_eq!(emulator.overview().conversations[0].message_count, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When there is no such conversation, or the emulator would turn the message down if a bridge published it.
    pub fn visitor_says(&self, conversation: impl Into<ThreadId>, input: VisitorInput) -> Result<Message, AdminError> {
        let id = conversation.into();
        self.say(|world| {
            let state = &world.state;
            let conversation = state.conversation_by_id(&id)?;
            let visitors = state.visitors_of(conversation).into_iter();
            let senders: Vec<Participant> = visitors
                .map(|(address, name)| {
                    let visitor = Participant::new(DeliveryIdentifier::from(&address));
                    match name {
                        Some(name) => visitor.set_name(name),
                        None => visitor,
                    }
                })
                .collect();
            let mut senders = senders.into_iter();
            let first = senders.next().ok_or_else(|| AgentError::NobodyToWriteTo(id.clone()))?;
            let mut body = NewMessage::incoming(conversation.account_id(), first, input.text.clone());
            if let Some(known) = body.senders.as_mut() {
                known.extend(senders);
            }
            if let Some(own) = conversation.own_ids().first() {
                body = body.set_integration_thread_id(own.clone());
            }
            Ok((body, input.rich_text.clone(), input.files.clone()))
        })
    }

    /// Lets a visitor say something who need not have a conversation yet: a message comes in as if a bridge had published it.
    ///
    /// # Errors
    /// When the emulator would turn the message down if a bridge published it.
    pub fn new_visitor_says(&self, input: NewVisitorInput) -> Result<Message, AdminError> {
        if input.channel_account_id.is_empty() {
            return Err(AdminError::invalid("channelAccountId", "say by which channel account the message comes in"));
        }
        if input.sender.value.is_empty() {
            return Err(AdminError::invalid("sender.value", "say where the visitor is in the outside service"));
        }
        self.say(|_| {
            let sender = &input.sender;
            let identifier = match sender.r#type.as_deref() {
                None => DeliveryIdentifier::opaque(sender.value.clone()),
                Some(kind) => DeliveryIdentifier::new(kind, sender.value.clone()),
            };
            let mut visitor = Participant::new(identifier);
            if let Some(name) = &sender.name {
                visitor = visitor.set_name(name.clone());
            }
            let account = ChannelAccountId::from(input.channel_account_id.as_str());
            let mut body = NewMessage::incoming(account, visitor, input.text.clone());
            if let Some(own) = &input.integration_thread_id {
                body = body.set_integration_thread_id(own.clone());
            }
            Ok((body, input.rich_text.clone(), input.files.clone()))
        })
    }

    fn say(
        &self,
        compose: impl FnOnce(&World) -> Result<(NewMessage, Option<String>, Vec<FileInput>), AdminError>,
    ) -> Result<Message, AdminError> {
        self.change_world(|world, now| {
            let (mut body, rich_text, files) = compose(world)?;
            if let Some(html) = rich_text {
                body.rich_text = html.into();
            }
            let account = body.channel_account_id.as_ref().cloned().unwrap_or_else(|| "".into());
            let state = &mut world.state;
            let Some((portal_id, channel_id)) = state.accounts.place(account.as_str()) else {
                let message = format!("there is no channel account {account}; the overview lists them");
                return Err(AdminError::invalid("channelAccountId", message));
            };
            let files = enclosed(world, portal_id, &files, now, &body, &channel_id)?;
            if !files.is_empty() {
                body.attachments = files.into();
            }
            let said = service::publish(&mut world.state, (portal_id, &channel_id), body, now);
            said.map_err(AdminError::refused)
        })
    }
}

/// The attachments that the files are. Nothing is stored where one of them, or the message, is refused.
fn enclosed(
    world: &mut World,
    portal_id: u64,
    files: &[FileInput],
    now: std::time::SystemTime,
    body: &NewMessage,
    channel_id: &ChannelId,
) -> Result<Vec<Attachment>, AdminError> {
    let mut named = Vec::new();
    for (place, file) in files.iter().enumerate() {
        let field = format!("files[{place}]");
        let file = file.read(&field)?;
        if let Named::Known(id) = &file
            && world.state.files.get(portal_id, id).is_none()
        {
            let message = format!("the portal has no file {id}; upload it first");
            return Err(AdminError::invalid(format!("{field}.fileId"), message));
        }
        named.push(file);
    }
    let mut tried = body.clone();
    if !named.is_empty() {
        tried.attachments = vec![Attachment::File(FileAttachment::new(FileId::from("0")))].into();
    }
    service::check_publish(&world.state, (portal_id, channel_id), tried, now).map_err(AdminError::refused)?;
    let ids = named.into_iter().map(|file| match file {
        Named::Known(id) => Ok(id),
        Named::New(upload) => {
            let stored = world.state.take_file(portal_id, upload, now)?;
            Ok(stored.shown.id.as_ref().cloned().unwrap_or_else(|| "".into()))
        }
    });
    ids.map(|id| id.map(|id| Attachment::File(FileAttachment::new(id))))
        .collect()
}
