//! What agents write.

use std::time::SystemTime;

use hubchannel_api::model::{
    Attachment, ChannelEvent, DuplicateValidationStrategy, FileAccess, FileAttachment, FileFolder, FileId,
    FileUsageType, IntegrationThreadId, Message, MessageDirection, MessageType, OutgoingMessageCreated, PortalId,
    Recipient, Sender, StatusType, ThreadId, Timestamp, TruncationStatus,
};

use super::{
    Address, Doer, Line, NewFile, State, StoredFile, USER, is_archived,
    messages::{Stored, status},
};
use crate::{
    changes::ChangeKind,
    people::{self, AgentError, AgentMessage, Enclosed, SentFile, actor_id},
    seed::Threading,
};

/// Where files are that agents upload while they write.
const FOLDER: &str = "/conversations";

impl State {
    /// Stores what an agent writes in a thread, and reports it.
    pub(crate) fn reply(
        &mut self,
        thread_id: &ThreadId,
        message: AgentMessage,
        now: SystemTime,
    ) -> Result<Message, AgentError> {
        let portal_id = self.conversation_by_id(thread_id)?.portal_id();
        let agent = message.agent.clone().unwrap_or_else(|| actor_id(USER));
        if self.people.agent(portal_id, &agent).is_none() {
            return Err(AgentError::NoAgent(agent));
        }
        let line = self.line_of(thread_id, portal_id, now)?;
        let known = self.enclosed(portal_id, &message)?;
        let files: Vec<SentFile<'_>> = message
            .files
            .iter()
            .zip(&known)
            .map(|(file, known)| sent(file, known.as_ref()))
            .collect();
        let channel = self.channels.seen(line.channel_id.as_str(), now);
        let capabilities = channel.and_then(|channel| channel.capabilities.as_ref());
        people::check(capabilities, &message, &files)?;
        let several = capabilities.and_then(|can| can.allow_multiple_recipients.as_ref()) == Some(&true);
        let mut recipients = self.outside(thread_id, several);
        // Somebody may have said since who it is.
        for recipient in &mut recipients {
            let known = Address::of(recipient).and_then(|address| self.people.known_at(portal_id, &address));
            if let Some(actor) = known {
                recipient.actor_id = actor.into();
            }
        }
        if recipients.is_empty() {
            return Err(AgentError::NobodyToWriteTo(thread_id.clone()));
        }
        let attachments = self.attach(portal_id, message.files, known, now);
        let id = self.ids.message();
        let at = Timestamp::from(now);
        let doer = Doer::agent_by(agent.clone());
        let message = Message::build(|new| {
            new.r#type = MessageType::Message.into();
            new.id = id.into();
            new.conversations_thread_id = thread_id.clone().into();
            new.created_at = at.clone().into();
            new.created_by = agent.clone().into();
            new.client = doer.client.into();
            new.senders = vec![Sender::build(|sender| sender.actor_id = agent.into())].into();
            new.recipients = recipients.into();
            new.archived = false.into();
            new.text = message.text.into();
            new.rich_text = message.rich_text.into();
            new.attachments = attachments.into();
            new.truncation_status = TruncationStatus::NotTruncated.into();
            new.status = status(StatusType::Sent).into();
            new.direction = MessageDirection::Outgoing.into();
            new.channel_id = line.channel_id.clone().into();
            new.channel_account_id = line.account_id.clone().into();
        });
        self.store(Stored::new(portal_id, message.clone()));
        self.converse(&line, &message, now);
        self.report_reply(portal_id, thread_id, &message, at);
        Ok(message)
    }

    fn report_reply(&mut self, portal_id: u64, thread_id: &ThreadId, message: &Message, at: Timestamp) {
        let conversation = self.conversations.get(thread_id);
        let own_ids = conversation.map(|of| of.own_ids().to_vec()).unwrap_or_default();
        let event = OutgoingMessageCreated::build(|event| {
            event.portal_id = PortalId::from(portal_id.to_string()).into();
            event.channel_id = message.channel_id.clone();
            event.event_id = self.ids.event().into();
            event.event_timestamp = at.into();
            if !own_ids.is_empty() {
                let own_ids = own_ids.into_iter().map(IntegrationThreadId::from);
                event.channel_integration_thread_ids = own_ids.collect::<Vec<_>>().into();
            }
            event.message = message.clone().into();
        });
        let number = self.events.push(ChannelEvent::OutgoingMessageCreated(event));
        self.messages.told_by(number);
    }

    /// What a reply in the thread travels on.
    fn line_of(&self, thread_id: &ThreadId, portal_id: u64, now: SystemTime) -> Result<Line, AgentError> {
        let conversation = self.conversation_by_id(thread_id)?;
        let (channel_id, account_id) = (&conversation.channel_id(), &conversation.account_id());
        let channel = self.channels.seen(channel_id.as_str(), now);
        let app_id = self.channels.owner(channel_id.as_str());
        let (Some(channel), Some(app_id)) = (channel, app_id) else {
            return Err(AgentError::NoChannel(channel_id.clone()));
        };
        let account = self.accounts.get(portal_id, channel_id, account_id.as_str());
        let Some(account) = account.filter(|account| !is_archived(account)) else {
            return Err(AgentError::NoChannelAccount(account_id.clone()));
        };
        for (lacking, has) in [("authorized", &account.authorized), ("active", &account.active)] {
            if has.as_ref() != Some(&true) {
                return Err(AgentError::AccountUnusable {
                    account: account_id.clone(),
                    lacking,
                });
            }
        }
        Ok(Line {
            channel_id: channel_id.clone(),
            account_id: account_id.clone(),
            portal_id,
            app_id,
            threading: Threading::of(channel),
        })
    }

    /// Those on the outside of the thread's latest message.
    pub(crate) fn outside(&self, thread_id: &ThreadId, several: bool) -> Vec<Recipient> {
        let messages = self.conversations.get(thread_id).into_iter();
        let mut found = messages.flat_map(|of| of.messages().rev()).map(|id| {
            let message = self.message_by_id(id);
            message.map(outside).unwrap_or_default()
        });
        let mut recipients = found.find(|found| !found.is_empty()).unwrap_or_default();
        if !several {
            recipients.truncate(1);
        }
        recipients
    }

    /// The message's files, as far as the portal has them already.
    fn enclosed(&self, portal_id: u64, message: &AgentMessage) -> Result<Vec<Option<StoredFile>>, AgentError> {
        let files = message.files.iter().map(|file| match file {
            Enclosed::New { .. } => Ok(None),
            Enclosed::Known(id) => match self.files.get(portal_id, id) {
                Some(file) => Ok(Some(file.clone())),
                None => Err(AgentError::NoFile(id.clone())),
            },
        });
        files.collect()
    }

    fn attach(
        &mut self,
        portal_id: u64,
        files: Vec<Enclosed>,
        known: Vec<Option<StoredFile>>,
        now: SystemTime,
    ) -> Vec<Attachment> {
        let files = files.into_iter().zip(known);
        let stored = files.filter_map(|(file, known)| match file {
            Enclosed::Known(_) => known,
            Enclosed::New {
                name,
                media_type,
                content,
            } => {
                let new = NewFile {
                    portal_id,
                    name,
                    folder: FileFolder::Path(FOLDER.to_owned()),
                    access: FileAccess::PublicNotIndexable,
                    overwrite: false,
                    strategy: Some(DuplicateValidationStrategy::None),
                    scope: None,
                    content,
                    media_type: Some(media_type),
                };
                // With this strategy no file is turned down.
                let stored = self.files.store(&mut self.ids, new, now).ok()?;
                let id = stored.shown.id.as_ref().map(ToString::to_string);
                self.changes.note_in(ChangeKind::File, id, None);
                Some(stored)
            }
        });
        let stored: Vec<StoredFile> = stored.collect();
        stored.iter().map(|file| self.attachment(file)).collect()
    }

    fn attachment(&self, file: &StoredFile) -> Attachment {
        let id = file.shown.id.as_ref().cloned();
        let mut attached = FileAttachment::new(id.unwrap_or_else(|| FileId::from("")));
        attached.file_usage_type = usage(file.media_type.as_deref()).into();
        attached.name = file.full_name.clone().into();
        attached.url = self.files.address(file).into();
        Attachment::File(attached)
    }
}

fn sent<'f>(file: &'f Enclosed, known: Option<&'f StoredFile>) -> SentFile<'f> {
    match (file, known) {
        (
            Enclosed::New {
                name,
                media_type,
                content,
            },
            _,
        ) => SentFile {
            name,
            media_type: Some(media_type),
            size: content.len() as u64,
        },
        (Enclosed::Known(_), Some(file)) => SentFile {
            name: &file.full_name,
            media_type: file.media_type.as_deref(),
            size: file.content.len() as u64,
        },
        (Enclosed::Known(id), None) => SentFile {
            name: id.as_str(),
            media_type: None,
            size: 0,
        },
    }
}

fn usage(media_type: Option<&str>) -> FileUsageType {
    match media_type.and_then(|media_type| media_type.split('/').next()) {
        Some("image") => FileUsageType::Image,
        Some("audio") => FileUsageType::Audio,
        _ => FileUsageType::Other,
    }
}

/// Those on the outside of a message, with their addresses.
fn outside(message: &Message) -> Vec<Recipient> {
    if message.direction.as_ref() == Some(&MessageDirection::Outgoing) {
        let recipients = message.recipients.as_deref().unwrap_or_default().iter();
        let addressed = recipients.filter(|recipient| recipient.delivery_identifier.is_value());
        return addressed.cloned().collect();
    }
    let senders = message.senders.as_deref().unwrap_or_default().iter();
    let addressed = senders.filter(|sender| sender.delivery_identifier.is_value());
    addressed
        .map(|sender| {
            Recipient::build(|recipient| {
                recipient.actor_id = sender.actor_id.clone();
                recipient.name = sender.name.clone();
                recipient.delivery_identifier = sender.delivery_identifier.clone();
            })
        })
        .collect()
}
